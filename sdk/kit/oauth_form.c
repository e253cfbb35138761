// SPDX-License-Identifier: Apache-2.0
//
// The fields, in the order in which an administrator can answer them: first what everybody knows (who, which cloud, what
// kind of access), then what stands on the Overview page of the application in Entra ID.
//
// The preset grant is client-secret. What people come for is acting as other people's mailboxes, and in Exchange Online
// only an application can: ApplicationImpersonation is gone there, so that a person who signs in reaches nothing but
// what was delegated to that person. Of the two ways in which an application proves itself the secret is the one that
// can be answered by copying a line out of the portal; the certificate is better kept, and is offered beside it.
#include "oauth_form.h"

#include "way.h"

#define LEARN "https://learn.microsoft.com/"
#define GUID  "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"

const tenon_page oauth_page_credentials = {
    .size = sizeof oauth_page_credentials,
    .id = OAUTH_PAGE_CREDENTIALS,
    .title = "Admin's credentials",
    .help = "Who administers the organization, and how tenon gets in: as an application of its "
            "own, which can act as other people's mailboxes, or as a person who signs in.",
    .link = LEARN "entra/identity-platform/authentication-vs-authorization",
};

const tenon_page oauth_page_application = {
    .size = sizeof oauth_page_application,
    .id = OAUTH_PAGE_APPLICATION,
    .title = "Application details",
    .help = "The application's registration: Microsoft Entra admin center, Entra ID, App "
            "registrations, the application, Overview. Where there is none yet: New "
            "registration, accounts in this organizational directory only.",
    .link = LEARN "entra/identity-platform/quickstart-register-app",
};

static const tenon_choice cloud_choices[] = {
    {"global", "Worldwide, and GCC", "nearly everybody: login.microsoftonline.com"},
    {"gcc-high", "GCC High (US government, L4)", "login.microsoftonline.us, graph.microsoft.us"},
    {"dod", "DoD (US government, L5)", "login.microsoftonline.us, dod-graph.microsoft.us"},
    {"china", "China, run by 21Vianet", "login.partner.microsoftonline.cn"},
    {NULL, NULL, NULL},
};

static const tenon_choice grant_choices[] = {
    {"client-secret", "An application, with a client secret",
     "Acts as all mailboxes that it was permitted, and nobody has to sign in. Needs a "
     "registration with application permissions, an administrator's consent, and a secret, "
     "which ends after two years at the latest."},
    {"certificate", "An application, with a certificate",
     "The same, proven by a key that never leaves this machine; what Microsoft recommends for "
     "production. Needs the certificate uploaded to the registration, and the file with its key "
     "here."},
    {"device-code", "A person, by a code typed into any browser",
     "You sign in on any screen, MFA and all, and tenon acts as you: it reaches your mailbox and "
     "those that you were given access to. Needs `Allow public client flows`; some organizations "
     "forbid it."},
    {"browser", "A person, in this machine's browser",
     "The same with a browser here, so that rules about devices can be met. Needs the redirect "
     "URI http://localhost under Mobile and desktop applications."},
    {"managed-identity", "The managed identity of this Azure machine",
     "For tenon on a virtual machine in Azure: no secret to keep. The identity needs the same "
     "application permissions."},
    {NULL, NULL, NULL},
};

const tenon_field oauth_field_admin = {
    .size = sizeof oauth_field_admin,
    .type = TENON_EMAIL,
    .flags = TENON_REQUIRED | TENON_SHARED,
    .page = OAUTH_PAGE_CREDENTIALS,
    .key = TENON_KEY_ADMIN,
    .label = "Administrator",
    .help = "Your address in the organization, for example anna@contoso.example. It tells which "
            "organization it is; no password is asked for.",
    .max = OAUTH_ADMIN_MAX,
};

const tenon_field oauth_field_cloud = {
    .size = sizeof oauth_field_cloud,
    .type = TENON_CHOICE,
    .flags = TENON_ADVANCED | TENON_SHARED,
    .page = OAUTH_PAGE_CREDENTIALS,
    .key = TENON_KEY_CLOUD,
    .label = "Microsoft cloud",
    .help = "Which of Microsoft's clouds the organization is in. Registrations and sign-ins do "
            "not cross from one to another.",
    .preset = "global",
    .choices = cloud_choices,
    .link = LEARN "entra/identity-platform/authentication-national-cloud",
};

const tenon_field oauth_field_grant = {
    .size = sizeof oauth_field_grant,
    .type = TENON_CHOICE,
    .flags = TENON_REQUIRED | TENON_SHARED,
    .page = OAUTH_PAGE_CREDENTIALS,
    .key = TENON_KEY_GRANT,
    .label = "Access as",
    .help = "To act as other people's mailboxes it takes an application.",
    .preset = "client-secret",
    .choices = grant_choices,
    .link = LEARN "entra/identity-platform/v2-oauth2-client-creds-grant-flow",
};

const tenon_field oauth_field_tenant = {
    .size = sizeof oauth_field_tenant,
    .type = TENON_TEXT,
    .flags = TENON_SHARED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_TENANT,
    .label = "Directory (tenant)",
    .help = "The Directory (tenant) ID, or a domain of the organization such as "
            "contoso.onmicrosoft.com. Empty: the domain of the administrator's address.",
    .when = TENON_KEY_GRANT " != 'managed-identity'",
    .max = CLOUD_TENANT_MAX - 1,
};

const tenon_field oauth_field_client_id = {
    .size = sizeof oauth_field_client_id,
    .type = TENON_TEXT,
    .flags = TENON_REQUIRED | TENON_SHARED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_CLIENT_ID,
    .label = "Application (client) ID",
    .help = "The GUID that the Overview page calls Application (client) ID, such as "
            "1f6a3c52-8d0e-4b7a-9c11-2e5d7f40a8b3.",
    .when = TENON_KEY_GRANT " != 'managed-identity'",
    .pattern = GUID,
};

const tenon_field oauth_field_managed_identity = {
    .size = sizeof oauth_field_managed_identity,
    .type = TENON_TEXT,
    .flags = TENON_SHARED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_MANAGED_IDENTITY,
    .label = "Client ID of the identity",
    .help = "Empty for the machine's own (system-assigned) identity; the Client ID of a "
            "user-assigned one.",
    .when = TENON_KEY_GRANT " == 'managed-identity'",
    .pattern = GUID,
};

const tenon_field oauth_field_client_secret = {
    .size = sizeof oauth_field_client_secret,
    .type = TENON_SECRET,
    .flags = TENON_REQUIRED | TENON_SHARED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_CLIENT_SECRET,
    .label = "Client secret (the Value)",
    .help = "Certificates & secrets, New client secret, column Value, which is shown once. The "
            "GUID in the column Secret ID is not the secret.",
    .when = TENON_KEY_GRANT " == 'client-secret'",
};

const tenon_field oauth_field_client_certificate = {
    .size = sizeof oauth_field_client_certificate,
    .type = TENON_FILE,
    .flags = TENON_REQUIRED | TENON_SHARED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_CLIENT_CERTIFICATE,
    .label = "Certificate with its key (file)",
    .help = "PKCS#12 (.pfx, .p12), or PEM with the certificate and its encrypted key; RSA, 2048 "
            "bits or more. The same certificate, without the key, is uploaded under "
            "Certificates & secrets.",
    .when = TENON_KEY_GRANT " == 'certificate'",
};

const tenon_field oauth_field_client_certificate_password = {
    .size = sizeof oauth_field_client_certificate_password,
    .type = TENON_SECRET,
    .flags = TENON_SHARED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_CLIENT_CERTIFICATE_PASSWORD,
    .label = "Password of that file",
    .help = "What the file was exported with.",
    .when = TENON_KEY_GRANT " == 'certificate'",
};

const tenon_field oauth_field_mailbox = {
    .size = sizeof oauth_field_mailbox,
    .type = TENON_TEXT,
    .flags = TENON_SHARED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_MAILBOX,
    .label = "Mailbox to test with",
    .help = "Somebody else's mailbox in Exchange Online: opening it is what proves the rights. "
            "Nothing is changed in it.",
    .browse = "mailbox",
    .max = OAUTH_MAILBOX_MAX,
};

const tenon_field oauth_field_authority = {
    .size = sizeof oauth_field_authority,
    .type = TENON_URL,
    .flags = TENON_ADVANCED | TENON_SHARED,
    .page = OAUTH_PAGE_APPLICATION,
    .key = TENON_KEY_AUTHORITY,
    .label = "Login host",
    .help = "https://HOST instead of the cloud's own. Whoever it belongs to is sent the secret.",
    .max = CLOUD_URL_MAX - 1,
};

const tenon_field oauth_field_ca_file = WAY_FIELD_CA_FILE(OAUTH_PAGE_APPLICATION);
const tenon_field oauth_field_proxy = WAY_FIELD_PROXY(OAUTH_PAGE_APPLICATION);
const tenon_field oauth_field_proxy_user = WAY_FIELD_PROXY_USER(OAUTH_PAGE_APPLICATION);
const tenon_field oauth_field_proxy_password = WAY_FIELD_PROXY_PASSWORD(OAUTH_PAGE_APPLICATION);
const tenon_field oauth_field_timeout = WAY_FIELD_TIMEOUT(OAUTH_PAGE_APPLICATION);
const tenon_field oauth_field_resolve = WAY_FIELD_RESOLVE(OAUTH_PAGE_APPLICATION);
const tenon_field oauth_field_dns = WAY_FIELD_DNS(OAUTH_PAGE_APPLICATION);
