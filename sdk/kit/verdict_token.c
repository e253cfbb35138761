// SPDX-License-Identifier: Apache-2.0
//
// No token, and the application is at fault: its tenant, its registration, what it proves itself with, what it was
// permitted. Numbers of Entra ID decide on the words here; what is done about a refusal hangs on `error` and `suberror`.
// Source: Microsoft, "Microsoft Entra authentication and authorization error codes".
#include "verdict_tables.h"

#include <tenon/exchange.h>

#define ENTRA   "Entra ID answered {aadsts}. "
#define CONNECT "Connect-MgGraph{mgconnect} -Scopes Application.Read.All\n"
#define CHANGE  "Connect-MgGraph{mgconnect} -Scopes Application.ReadWrite.All\n"
#define APP     "Get-MgApplication -Filter \"appId eq {appid}\""
#define SERVICE "Get-MgServicePrincipal -Filter \"appId eq {appid}\""
#define PORTAL  "Entra admin center ({portal}), App registrations, the application"

static const struct verdict_row rows[] = {
    // ---- which tenant, in which cloud
    {.name = "token-tenant-elsewhere",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "90038|900382|900432",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_CLOUD,
     .title = "The tenant is in another of Microsoft's clouds",
     .detail =
         "{tried}: " ENTRA "{tenant} is not at home at {loginhost}: it is in a national cloud.",
     .remedy = "Set `cloud` to that of the organization: gcc-high or dod for {loginhost}'s US "
               "government siblings, china for 21Vianet. The application has to be registered "
               "there too.",
     .likely = "the organization is one of the US government or in China"},
    {.name = "token-tenant-unknown",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "90002|invalid_tenant",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_TENANT,
     .title = "There is no such tenant",
     .detail = "{tried}: " ENTRA "{loginhost} knows no tenant {tenant}.",
     .remedy = "Write the Directory (tenant) ID, which the Overview page of the registration "
               "shows, into `tenant`. Where it is right, the organization is in another cloud: "
               "set `cloud`.",
     .likely = "the domain is misspelt, or was never verified in Entra ID",
     .also = {"the organization is in another of Microsoft's clouds",
              "the subscription has ended and the tenant is gone"},
     .prove = "curl -s {loginhost}/{tenant}/v2.0/.well-known/openid-configuration"},
    {.name = "token-tenant-missing",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50059|50128|90010|9001023",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_TENANT,
     .title = "Entra ID was not told which tenant",
     .detail =
         "{tried}: " ENTRA "{tenant} stands for no tenant, and this kind of access needs one.",
     .remedy = "Write the Directory (tenant) ID or a verified domain of the organization into "
               "`tenant`.",
     .likely = "`tenant` holds common, organizations or a domain that is not the tenant's"},
    {.name = "token-app-single-tenant",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50194",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_TENANT,
     .title = "The application is for one tenant, and none was named",
     .detail = "{tried}: " ENTRA "The application {appid} was registered for its own organization "
               "alone, and {tenant} stands for any.",
     .remedy = "Write the Directory (tenant) ID of the organization into `tenant`.",
     .likely = "`tenant` holds common or organizations"},
    {.name = "token-host-unknown",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50049|invalid_instance",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_AUTHORITY,
     .title = "The login host is none of Microsoft's",
     .detail = "{tried}: " ENTRA "{loginhost} is not known as a login host.",
     .remedy = "Leave `authority` empty and choose the `cloud`.",
     .likely = "the host is misspelt"},
    // ---- the registration
    {.name = "token-app-unknown",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "700016",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_CLIENT_ID,
     .title = "The tenant does not know the application",
     .detail = "{tried}: " ENTRA "There is no application {appid} in {tenant}.",
     .remedy =
         "Compare Application (client) ID and Directory (tenant) ID with the Overview page: " PORTAL
         ", Overview. An application of another tenant has to be consented to here "
         "first: {consent}",
     .likely = "the Object ID, or the ID of another application, was copied",
     .also = {"the application is registered in another tenant, or in another cloud",
              "it is registered elsewhere and nobody here has consented to it",
              "it was made minutes ago and is not known everywhere yet"},
     .link = "{consent}",
     .prove = CONNECT APP " | Format-List DisplayName,AppId,SignInAudience\n" SERVICE
                          " | Format-List DisplayName,AppId,AccountEnabled"},
    {.name = "token-app-disabled",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "70001|7000112",
     .cause = TENON_E_DENIED,
     .title = "The application is switched off in this tenant",
     .detail = "{tried}: " ENTRA "The application {appid} is there and disabled.",
     .remedy = "Switch it on: Entra admin center ({portal}), Enterprise applications, the "
               "application, Properties, Enabled for users to sign in: Yes.",
     .likely = "an administrator has disabled it",
     .also = {"Microsoft has disabled it for misuse: its Overview page says so"},
     .prove = CONNECT SERVICE " | Format-List DisplayName,AccountEnabled,DisabledByMicrosoftStatus",
     .mend = CHANGE "Update-MgServicePrincipal -ServicePrincipalId (" SERVICE
                    ").Id -AccountEnabled:$true"},
    {.name = "token-partner-unauthorized",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "90099",
     .cause = TENON_E_DENIED,
     .title = "The partner's application is not authorized in this tenant",
     .detail = "{tried}: " ENTRA "{appid} is an application of a partner (GDAP), and {tenant} has "
               "not authorized it.",
     .remedy = "Have it consented to through Partner Center, or register an application in the "
               "customer's own tenant and give its ID.",
     .likely = "the partner's consent was never given for this customer"},
    {.name = "token-permission-unlisted",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "650056|650057",
     .cause = TENON_E_CONFIG,
     .title = "The registration does not list the permission",
     .detail = "{tried}: " ENTRA "The application {appid} asks for something that its registration "
               "does not have under API permissions.",
     .remedy = PORTAL ", API permissions: add {permission}, then Grant admin consent: {consent}",
     .likely = "no permission of this service was added to the registration",
     .link = "{consent}",
     .prove = CONNECT "(" APP ").RequiredResourceAccess | Format-List"},
    {.name = "token-service-absent",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "650052|650054",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_TENANT,
     .title = "The tenant has no such service",
     .detail = "{tried}: " ENTRA "{tenant} has no subscription with the service that the token is "
               "for, or has never used it.",
     .remedy = "Check that the organization has a plan with Exchange Online, and that `tenant` is "
               "the one with the mailboxes.",
     .likely = "the tenant has no Exchange Online",
     .also = {"the application is registered in a test tenant"},
     .prove = "Connect-MgGraph{mgconnect} -Scopes Organization.Read.All\n"
              "Get-MgSubscribedSku | Format-List SkuPartNumber,CapabilityStatus"},
    {.name = "token-resource-absent",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "500011",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_CLOUD,
     .title = "The tenant does not know the service that the token is for",
     .detail = "{tried}: " ENTRA "The service is not in {tenant}: it goes by another name in this "
               "cloud, or there is no Exchange Online.",
     .remedy = "Check `cloud`: {cloud} is set. An address of your own in `ews_url` or `graph_url` "
               "has to be of the same cloud. Else check that the organization has a plan with "
               "Exchange Online.",
     .likely = "the cloud is another one than the tenant's",
     .also = {"the tenant has no Exchange Online",
              "an address was given that the service does not have"},
     .prove = CONNECT "Get-MgServicePrincipal -Filter \"appId eq "
                      "'00000002-0000-0ff1-ce00-000000000000'\" | Format-List "
                      "DisplayName,AccountEnabled"},
    // ---- what it proves itself with
    {.name = "token-secret-expired",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "7000222",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_CLIENT_SECRET,
     .title = "The client secret has expired",
     .detail = "{tried}: " ENTRA "The secret was right once; its end date has passed.",
     .remedy = "Make a new one and give its Value: " PORTAL ", Certificates & secrets, New client "
               "secret. Note its end: it stands beside it.",
     .likely = "secrets end after two years at the latest",
     .prove = CONNECT "(" APP ").PasswordCredentials | Format-List DisplayName,Hint,EndDateTime",
     .mend = CHANGE "Add-MgApplicationPassword -ApplicationId (" APP
                    ").Id -PasswordCredential @{DisplayName='tenon'} | Format-List "
                    "SecretText,EndDateTime"},
    {.name = "token-secret-wrong",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "7000215",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_CLIENT_SECRET,
     .title = "The client secret is wrong",
     .detail = "{tried}: " ENTRA "The application {appid} is known, and this is not its secret. It "
               "is not tried again until it is changed.",
     .remedy = "Give the Value of a secret of this very application, not its Secret ID. A Value is "
               "shown once; where it is gone, make a new one: " PORTAL
               ", Certificates & secrets, New client secret.",
     .likely = "another line than the Value was copied, or the Value not whole",
     .also = {"the secret is that of another application",
              "the secret was removed from the registration",
              "it was made a minute ago and is not known everywhere yet"},
     .prove = CONNECT "(" APP ").PasswordCredentials | Format-List DisplayName,Hint,EndDateTime",
     .mend = CHANGE "Add-MgApplicationPassword -ApplicationId (" APP
                    ").Id -PasswordCredential @{DisplayName='tenon'} | Format-List "
                    "SecretText,EndDateTime"},
    {.name = "token-certificate-unknown",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "700027|50012",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_CLIENT_CERTIFICATE,
     .title = "The registration does not have this certificate",
     .detail = "{tried}: " ENTRA "The application {appid} was to be proven by the certificate with "
               "the thumbprint {thumbprint}, which its registration does not hold, or holds no "
               "more.",
     .remedy = "Upload the certificate, without its key: " PORTAL
               ", Certificates & secrets, Certificates, Upload certificate; the list then shows "
               "{thumbprint}. Or give the file of a certificate that is in the list.",
     .likely = "the certificate was renewed here and not uploaded",
     .also = {"it was uploaded to another application",
              "it was uploaded a minute ago and is not known everywhere yet", "it has expired"},
     .prove = CONNECT "(" APP ").KeyCredentials | Format-List DisplayName,EndDateTime,"
                      "CustomKeyIdentifier"},
    {.name = "token-assertion-clock",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "700024",
     .cause = TENON_E_AUTH,
     .title = "The clocks do not agree",
     .detail = "{tried}: " ENTRA "What the certificate has signed is valid for minutes, and by "
               "Entra ID's clock it is not now. {skew}",
     .remedy = "Set this machine's clock, best by NTP, then verify again.",
     .likely = "this machine's clock is wrong",
     .also = {"this machine takes local time for UTC"},
     .prove = "date -u\ntimedatectl status",
     .mend = "timedatectl set-ntp true"},
    {.name = "token-credential-expected",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "7000218",
     .seen = SEEN_DELEGATED,
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_GRANT,
     .title = "The registration does not allow people to sign in this way",
     .detail =
         "{tried}: " ENTRA "Entra ID takes {appid} for a web application, which has a secret, "
         "while a person signs in here without one.",
     .remedy =
         PORTAL ", Authentication: Allow public client flows: Yes; for the browser the "
                "redirect URI http://localhost has to stand under Mobile and desktop applications, "
                "not under Web.",
     .likely = "`Allow public client flows` is No",
     .also = {"the redirect URI was registered as Web"},
     .prove = CONNECT APP " | Format-List IsFallbackPublicClient,PublicClient,Web",
     .mend =
         CHANGE "Update-MgApplication -ApplicationId (" APP ").Id -IsFallbackPublicClient:$true"},
    {.name = "token-credential-missing",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "7000218",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_GRANT,
     .title = "The application did not prove itself",
     .detail = "{tried}: " ENTRA "Neither a secret nor a certificate came with the request.",
     .remedy = "Give the client secret, or set `grant` to certificate and give the certificate.",
     .likely = "the secret was left empty"},
    {.name = "token-credential-unwanted",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "700025",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_GRANT,
     .title = "The application is a public one and has no secret",
     .detail = "{tried}: " ENTRA "{appid} is registered for programs in people's hands only, which "
               "prove nothing of their own.",
     .remedy = "Give an application that has a secret or a certificate, or let a person sign in: "
               "set `grant` to device-code or browser.",
     .likely = "the ID is that of a program of Microsoft's, or of another application"},
    {.name = "token-federated-invalid",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50013",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_CLIENT_ID,
     .title = "The assertion of another provider does not fit",
     .detail = "{tried}: " ENTRA "Issuer, subject and audience of the assertion have to be the "
               "very ones of a federated credential of {appid}.",
     .remedy = "Compare them: " PORTAL ", Certificates & secrets, Federated credentials.",
     .likely = "the subject is another one, or is written in other letters"},
    {.name = "token-federated-expired",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "500133",
     .cause = TENON_E_TRANSIENT,
     .retry = VERDICT_BACKOFF,
     .word = TENON_VERDICT_THROTTLED,
     .title = "The assertion of another provider has expired",
     .detail = "{tried}: " ENTRA "{skew}",
     .remedy = "Try again, which fetches a fresh one; where it stays, set this machine's clock.",
     .likely = "it was kept too long",
     .also = {"this machine's clock is wrong"},
     .prove = "date -u"},
    // ---- consent
    {.name = "token-consent-missing-app",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "65001|consent_required|90094|90095",
     .seen = SEEN_APP,
     .cause = TENON_E_DENIED,
     .title = "An administrator has not consented to the application",
     .detail = "{tried}: " ENTRA "The application {appid} asks for permissions that nobody in "
               "{tenant} has granted.",
     .remedy =
         PORTAL ", API permissions, Grant admin consent; then verify again. Or open this as an "
                "administrator and accept: {consent}",
     .likely = "the permissions were added and the consent was forgotten",
     .link = "{consent}",
     .prove =
         CONNECT "Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId (" SERVICE ").Id"},
    {.name = "token-consent-admin",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "90094|90095",
     .cause = TENON_E_DENIED,
     .title = "Only an administrator may consent to the application",
     .detail = "{tried}: " ENTRA "{account} may not consent to what {appid} asks for.",
     .remedy = "Verify again once an administrator has opened this and accepted: {consent}",
     .likely = "the organization lets nobody else consent",
     .also = {"the permission is one that always needs an administrator"},
     .link = "{consent}"},
    {.name = "token-consent-missing",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "65001|consent_required",
     .cause = TENON_E_DENIED,
     .title = "Nobody has consented to the application yet",
     .detail = "{tried}: " ENTRA "{account} has not agreed that {appid} may act in their name.",
     .remedy = "Sign in anew and accept what is asked, or have an administrator accept for all: "
               "{consent}",
     .likely = "it is the first sign-in with this application",
     .also = {"permissions were added to it since"},
     .link = "{consent}"},
    {.name = "token-consent-declined",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "65004|permission_denied",
     .cause = TENON_E_DENIED,
     .title = "Whoever signed in declined what the application asks for",
     .detail = "{tried}: " ENTRA "The page of consent was answered with Cancel.",
     .remedy = "Sign in again and accept; or have an administrator look at what is asked and "
               "accept for all: {consent}",
     .likely = "Cancel was chosen",
     .link = "{consent}"},
    // ---- requests that the registration or the form makes impossible
    {.name = "token-redirect-unregistered",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50011|500113|900971",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_GRANT,
     .title = "The redirect URI is not registered",
     .detail = "{tried}: " ENTRA "The browser is to come back to http://localhost, which {appid} "
               "does not have.",
     .remedy = PORTAL ", Authentication, Add a platform, Mobile and desktop applications: add "
                      "http://localhost. The port is not part of it.",
     .likely = "no platform was added to the registration",
     .also = {"it stands under Web or Single-page application"},
     .prove = CONNECT "(" APP ").PublicClient | Format-List",
     .mend = CHANGE APP " | ForEach-Object { Update-MgApplication -ApplicationId $_.Id "
                        "-PublicClient @{RedirectUris=@($_.PublicClient.RedirectUris)+"
                        "'http://localhost'} }"},
    {.name = "token-redirect-spa",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "9002327|9002326|700081|700084",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_GRANT,
     .title = "The redirect URI is that of a single-page application",
     .detail = "{tried}: " ENTRA "A sign-in through such a URI belongs to a page in a browser and "
               "ends after a day.",
     .remedy = PORTAL ", Authentication: remove http://localhost from Single-page application and "
                      "add it under Mobile and desktop applications, then sign in again.",
     .likely = "the wrong platform was chosen for http://localhost",
     .prove = CONNECT APP " | Format-List Spa,PublicClient"},
    {.name = "token-app-itself",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "90009",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_CLIENT_ID,
     .title = "The token was asked for the application itself",
     .detail = "{tried}: " ENTRA "What the token is for is the URI of {appid}.",
     .remedy = "Leave `ews_url` and `graph_url` empty, so that the token is for Microsoft's "
               "service.",
     .likely = "an address of the application's own was given as the service's"},
    {.name = "token-scope-invalid",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "70011|28000|28002|28003|90014|700022|90125|invalid_scope|invalid_target",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_CLOUD,
     .title = "What the token is to be for is not understood",
     .detail = "{tried}: " ENTRA "The service is not known by that name at {loginhost}.",
     .remedy = "Leave `ews_url` and `graph_url` empty and check `cloud`. Where they are right, "
               "report it with the correlation id {correlation}.",
     .likely = "the service's address belongs to another cloud than the login host's"},
};

const struct verdict_rows verdict_token = {rows, sizeof rows / sizeof *rows};
