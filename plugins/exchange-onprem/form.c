// SPDX-License-Identifier: Apache-2.0
//
// What is asked, in the order in which an administrator can answer. Choices that a later version will
// have stand in the lists of the family, so that saved answers survive; what is not built is refused
// by name in open.
#include "session.h"

#define DOCS "https://learn.microsoft.com/"

static const tenon_page page_server = {
    .size = sizeof page_server,
    .id = "server",
    .title = "Server connection",
    .help =
        "The Exchange server to connect to. Where this page is left empty the server is searched "
        "for by Autodiscover, with the administrator's address; what was found stands here "
        "already.",
    .link = DOCS "exchange/client-developer/exchange-web-services/"
                 "start-using-web-services-in-exchange",
};

static const tenon_page page_credentials = {
    .size = sizeof page_credentials,
    .id = "credentials",
    .title = "Admin's credentials",
    .help = "The account that will act as other people's mailboxes. It needs the role "
            "ApplicationImpersonation; it needs no mailbox of its own.",
    .link = DOCS "exchange/client-developer/exchange-web-services/how-to-configure-impersonation",
};

// Credentials first: Autodiscover needs them to fill in the server.
const tenon_page *const onprem_pages[] = {&page_credentials, &page_server, NULL};

static const tenon_choice auth_choices[] = {
    {"auto", "Automatic", "the strongest that the server offers: Kerberos, NTLM, Basic"},
    {"basic", "Basic", "the password goes to the server, inside TLS"},
    {"ntlm", "NTLM", NULL},
    {"negotiate", "Negotiate", "Kerberos, or NTLM where there is no KDC"},
    {"ticket", "Kerberos ticket of this machine", "of kinit or a keytab; no password"},
    {"oauth", "OAuth", "not in this version"},
    {NULL, NULL, NULL},
};

static const tenon_choice identity_choices[] = {
    {"smtp", "Mail address", "any address of the mailbox"},
    {"upn", "User principal name", "name@domain, where that is not the mail address"},
    {"sid", "Security identifier", "S-1-5-21-..."},
    {NULL, NULL, NULL},
};

static const tenon_field field_server = {
    .size = sizeof field_server,
    .type = TENON_TEXT,
    .page = "server",
    .key = TENON_KEY_SERVER,
    .label = "Server",
    .help = "A host name (mail.contoso.example), host:port, or the https address of Outlook on the "
            "web or of EWS. Empty: Autodiscover. It asks hosts of the mail address's domain, and "
            "Microsoft only where the domain's mail already goes to Exchange Online.",
    .max = EWS_TYPED_MAX - 1,
};

static const tenon_field field_ca_file = WAY_FIELD_CA_FILE("server");

static const tenon_field field_tls_pin = {
    .size = sizeof field_tls_pin,
    .type = TENON_TEXT,
    .flags = TENON_ADVANCED,
    .page = "server",
    .key = TENON_KEY_TLS_PIN,
    .label = "Pinned key of the server",
    .help = "sha256//BASE64: this key and no other is accepted, whoever signed its certificate.",
    .pattern = "sha256//[A-Za-z0-9+/]{43}=",
};

static const tenon_field field_tls_name = {
    .size = sizeof field_tls_name,
    .type = TENON_TEXT,
    .flags = TENON_ADVANCED,
    .page = "server",
    .key = TENON_KEY_TLS_NAME,
    .label = "Other name in the certificate",
    .help = "The one name that the server's certificate may carry instead of the server's own.",
    .max = EWS_TYPED_MAX - 1,
};

static const tenon_field field_tls_certificate = {
    .size = sizeof field_tls_certificate,
    .type = TENON_FILE,
    .flags = TENON_ADVANCED,
    .page = "server",
    .key = TENON_KEY_TLS_CERTIFICATE,
    .label = "Client certificate (PKCS#12 or PEM file)",
    .help = "For a server that asks for one: the certificate, its chain and its encrypted key.",
};

static const tenon_field field_tls_certificate_password = {
    .size = sizeof field_tls_certificate_password,
    .type = TENON_SECRET,
    .flags = TENON_ADVANCED,
    .page = "server",
    .key = TENON_KEY_TLS_CERTIFICATE_PASSWORD,
    .label = "Password of the client certificate",
    .when = TENON_KEY_TLS_CERTIFICATE " != ''",
};

static const tenon_field field_proxy = WAY_FIELD_PROXY("server");

static const tenon_field field_proxy_user = WAY_FIELD_PROXY_USER("server");

static const tenon_field field_proxy_password = WAY_FIELD_PROXY_PASSWORD("server");

static const tenon_field field_timeout = WAY_FIELD_TIMEOUT("server");

static const tenon_field field_resolve = WAY_FIELD_RESOLVE("server");

static const tenon_field field_dns = WAY_FIELD_DNS("server");

static const tenon_field field_powershell = {
    .size = sizeof field_powershell,
    .type = TENON_TEXT,
    .flags = TENON_ADVANCED | TENON_SHARED,
    .page = "server",
    .key = TENON_KEY_POWERSHELL,
    .label = "Exchange Management Shell",
    .help = "auto, off, or the console's URI. It is used by the PowerShell probe where one is "
            "installed, and by nothing else.",
    .preset = "auto",
    .max = ONPREM_POWERSHELL_MAX - 1,
};

static const tenon_field field_admin = {
    .size = sizeof field_admin,
    .type = TENON_EMAIL,
    .flags = TENON_REQUIRED | TENON_SHARED,
    .page = "credentials",
    .key = TENON_KEY_ADMIN,
    .label = "Administrator",
    .help = "Mail address or user principal name, for example svc-tenon@contoso.example.",
    .max = EWS_ACCOUNT_MAX,
};

static const tenon_field field_username = {
    .size = sizeof field_username,
    .type = TENON_TEXT,
    .flags = TENON_ADVANCED | TENON_SHARED,
    .page = "credentials",
    .key = TENON_KEY_USERNAME,
    .label = "User name, if it differs",
    .help =
        "What the account signs in with where that is not the address above: its UPN "
        "(name@domain of the directory), which every sign-in takes, or DOMAIN\\name, which NTLM "
        "and Basic take.",
    .max = EWS_ACCOUNT_MAX,
};

static const tenon_field field_auth = {
    .size = sizeof field_auth,
    .type = TENON_CHOICE,
    .flags = TENON_ADVANCED,
    .page = "credentials",
    .key = TENON_KEY_AUTH,
    .label = "Sign-in",
    .preset = "auto",
    .choices = auth_choices,
    .link = DOCS "powershell/module/exchange/set-webservicesvirtualdirectory",
};

static const tenon_field field_password = {
    .size = sizeof field_password,
    .type = TENON_SECRET,
    .flags = TENON_REQUIRED | TENON_SHARED,
    .page = "credentials",
    .key = TENON_KEY_PASSWORD,
    .label = "Password",
    .when = TENON_KEY_AUTH " != 'ticket'",
};

static const tenon_field field_ticket_cache = {
    .size = sizeof field_ticket_cache,
    .type = TENON_PATH,
    .flags = TENON_ADVANCED,
    .page = "credentials",
    .key = TENON_KEY_TICKET_CACHE,
    .label = "Ticket cache",
    .help = "Where kinit put the tickets, for example /tmp/krb5cc_1000. Empty: where this machine "
            "keeps "
            "them.",
    .when = TENON_KEY_AUTH " == 'ticket'",
    .max = ONPREM_PATH_MAX - 1,
};

static const tenon_field field_keytab = {
    .size = sizeof field_keytab,
    .type = TENON_PATH,
    .flags = TENON_ADVANCED,
    .page = "credentials",
    .key = TENON_KEY_KEYTAB,
    .label = "Keytab",
    .help = "A file with the account's key: tickets are fetched with it, so that nobody has to run "
            "kinit.",
    .when = TENON_KEY_AUTH " == 'ticket'",
    .max = ONPREM_PATH_MAX - 1,
};

static const tenon_field field_spn = {
    .size = sizeof field_spn,
    .type = TENON_TEXT,
    .flags = TENON_ADVANCED,
    .page = "credentials",
    .key = TENON_KEY_SPN,
    .label = "Service name for Kerberos",
    .help = "Where the domain knows the server by another name than the one above: "
            "HTTP/exch01.contoso.example.",
    .max = ONPREM_SERVICE_MAX - 1,
};

static const tenon_field field_identity = {
    .size = sizeof field_identity,
    .type = TENON_CHOICE,
    .flags = TENON_ADVANCED | TENON_SHARED,
    .page = "credentials",
    .key = TENON_KEY_IDENTITY,
    .label = "Mailboxes are named by",
    .preset = "smtp",
    .choices = identity_choices,
};

static const tenon_field field_mailbox = {
    .size = sizeof field_mailbox,
    .type = TENON_TEXT,
    .flags = TENON_SHARED,
    .page = "credentials",
    .key = TENON_KEY_MAILBOX,
    .label = "Mailbox to test with",
    .help =
        "Somebody else's mailbox: acting as it is what proves the role. Nothing is changed in it.",
    .browse = "mailbox",
    .max = EWS_ADDRESS_MAX,
};

const tenon_field *const onprem_fields[] = {
    &field_server,
    &field_ca_file,
    &field_tls_pin,
    &field_tls_name,
    &field_tls_certificate,
    &field_tls_certificate_password,
    &field_proxy,
    &field_proxy_user,
    &field_proxy_password,
    &field_timeout,
    &field_resolve,
    &field_dns,
    &field_powershell,
    &field_admin,
    &field_username,
    &field_auth,
    &field_password,
    &field_ticket_cache,
    &field_keytab,
    &field_spn,
    &field_identity,
    &field_mailbox,
    NULL,
};
