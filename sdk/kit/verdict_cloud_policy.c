// SPDX-License-Identifier: Apache-2.0
//
// What Exchange Online's door says before EWS itself does: whose token, may this application use EWS at all, who is known.
// Numbers and headers decide; Microsoft's own sentences change.
#include "verdict_tables.h"

#include <tenon/exchange.h>

// Reads the whole list before it is written, since writing replaces it.
#define ALLOW                                                                                      \
  "Set-OrganizationConfig -EwsEnabled $true\n"                                                     \
  "Set-OrganizationConfig -EwsAllowedAppIDs ((@((Get-OrganizationConfig "                          \
  "-RetrieveEwsOperationAccessPolicy).EwsAllowedAppIDs) + {appid} | Where-Object { $_ }) -join "   \
  "',')"
#define ALLOWED                                                                                    \
  "Get-OrganizationConfig | Format-List Ews*\n"                                                    \
  "Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy | Format-List EwsAllowedAppIDs"
#define OF_MAILBOX "Get-CASMailbox -Identity {mailbox} | Format-List Ews*"
#define GRANT                                                                                      \
  "Connect-MgGraph{mgconnect} -Scopes Application.Read.All,AppRoleAssignment.ReadWrite.All\n"      \
  "New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId (Get-MgServicePrincipal -Filter "   \
  "\"appId eq {appid}\").Id -PrincipalId (Get-MgServicePrincipal -Filter \"appId eq {appid}\")"    \
  ".Id -ResourceId (Get-MgServicePrincipal -Filter \"appId eq "                                    \
  "'00000002-0000-0ff1-ce00-000000000000'\").Id -AppRoleId "                                       \
  "dc890d15-9560-4a4c-9b7f-a736ec74ec40"
#define GRANTED                                                                                    \
  "Connect-MgGraph{mgconnect} -Scopes Application.Read.All\n"                                      \
  "Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId (Get-MgServicePrincipal -Filter "   \
  "\"appId eq {appid}\").Id"
#define RBAC                                                                                       \
  "Get-ManagementRoleAssignment -RoleAssigneeType ServicePrincipal | Format-List "                 \
  "App,Role,CustomResourceScope"

static const struct verdict_row rows[] = {
    // ---- nothing was sent
    {.name = "cloud-not-sent",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_LATER,
     .fault = TENON_HTTP_FAULT_GATE,
     .cause = TENON_E_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "Not tried: there is no token",
     .detail = "Nothing was sent for this. What failed before: {before}.",
     .remedy = "Mend what failed first; `tenon verify` says how.",
     .likely = "The sign-in failed, and the same request is not sent twice."},
    // ---- 401 and 403: the token may too little. One without any permission is answered 401.
    {.name = "ews-role-less",
     .check = TENON_CHECK_EWS_POLICY,
     .places = PLACE_LATER,
     .code_min = 401,
     .code_max = 403,
     .header = "x-ms-diagnostics=2000008",
     .seen = SEEN_APP | SEEN_POWERLESS,
     .cause = TENON_E_DENIED,
     .word = TENON_VERDICT_REFUSED,
     .title = "The application has no permission for EWS",
     .detail = "{tried}: {http} with {diagnostics}. The token holds no permission at all, and no "
               "role of RBAC for Applications let the application in.",
     .remedy =
         "Add the application permission full_access_as_app of Office 365 Exchange Online and "
         "grant admin consent; or, for some mailboxes only, assign the role \"Application "
         "EWS.AccessAsApp\". It takes up to two hours. The page of consent: {consent}",
     .likely = "The permission was never added, or added without admin consent.",
     .also = {"It was added as a delegated permission, which does not count for an application.",
              "RBAC for Applications has no role for it: the object id that New-ServicePrincipal "
              "took is the registration's and not the enterprise application's."},
     .prove = GRANTED "\n" RBAC,
     .mend = GRANT},
    {.name = "ews-scope-app",
     .check = TENON_CHECK_EWS_POLICY,
     .places = PLACE_LATER,
     .code_min = 401,
     .code_max = 403,
     .header = "x-ms-diagnostics=2000008",
     .seen = SEEN_APP,
     .cause = TENON_E_DENIED,
     .word = TENON_VERDICT_REFUSED,
     .title = "The token does not hold full_access_as_app",
     .detail = "{tried}: {http} with {diagnostics}. The token holds other permissions of Exchange "
               "Online, or those of another service.",
     .remedy = "Add the application permission full_access_as_app of Office 365 Exchange Online "
               "(\"APIs my organization uses\") and grant admin consent: {consent}",
     .likely = "Permissions of Graph or Exchange.ManageAsApp were added instead.",
     .also = {"The consent was given before the permission was added."},
     .prove = GRANTED,
     .mend = GRANT},
    {.name = "ews-scope-delegated",
     .check = TENON_CHECK_EWS_POLICY,
     .places = PLACE_LATER,
     .code_min = 401,
     .code_max = 403,
     .header = "x-ms-diagnostics=2000008",
     .cause = TENON_E_DENIED,
     .word = TENON_VERDICT_REFUSED,
     .title = "The sign-in does not hold EWS.AccessAsUser.All",
     .detail = "{tried}: {http} with {diagnostics}.",
     .remedy = "Add the delegated permission EWS.AccessAsUser.All of Office 365 Exchange Online, "
               "consent to it, and sign in again. The page of consent, for any browser: {consent}",
     .likely = "The permission was added after the consent, or never.",
     .link = "{consent}"},
    // ---- 401: the token
    {.name = "ews-token-audience",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_LATER,
     .code_min = 401,
     .code_max = 401,
     .header = "x-ms-diagnostics=2000003",
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_ERROR,
     .field = TENON_KEY_EWS_URL,
     .title = "The token is for another service",
     .detail = "{tried}: HTTP 401 with {diagnostics}. The token is for {audience}.",
     .remedy = "Leave `ews_url` and `authority` empty and set `cloud` to where the tenant is.",
     .likely = "EWS and sign-in are of different clouds, or `ews_url` has another host than the "
               "token is for."},
    {.name = "ews-token-tenant",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_LATER,
     .code_min = 401,
     .code_max = 401,
     .header = "x-ms-diagnostics=2000004",
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_ERROR,
     .field = TENON_KEY_TENANT,
     .title = "Exchange Online does not know the token's tenant",
     .detail = "{tried}: HTTP 401 with {diagnostics}. The token is of the tenant {tenant}.",
     .remedy =
         "Give the tenant that has the mailboxes in the field `tenant`, and the cloud that it "
         "is in.",
     .likely = "The tenant has no Exchange Online, or it is in another cloud."},
    {.name = "ews-token-user",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_LATER,
     .code_min = 401,
     .code_max = 401,
     .header = "x-ms-diagnostics=2000005",
     .cause = TENON_E_AUTH,
     .word = TENON_VERDICT_ERROR,
     .field = TENON_KEY_ADMIN,
     .title = "Exchange Online does not know {account}",
     .detail = "{tried}: HTTP 401 with {diagnostics}.",
     .remedy = "Sign in as somebody of this tenant who has a mailbox in Exchange Online.",
     .likely = "The account is a guest, or Exchange Online has not learned of it yet.",
     .also = {"The account has no licence with Exchange Online."},
     .prove = "Get-User -Identity {account} | Format-List RecipientTypeDetails,SKUAssigned"},
    {.name = "ews-token-expired",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_LATER,
     .code_min = 401,
     .code_max = 401,
     .header = "x-ms-diagnostics=2000002",
     .cause = TENON_E_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "Exchange Online holds a new token for expired",
     .detail = "{tried}: HTTP 401 with {diagnostics}, also with a new token. {skew}",
     .remedy = "Set this machine's clock right, by a time server; then try again.",
     .likely = "This machine's clock is wrong.",
     .prove = "date -u",
     .mend = "timedatectl set-ntp true"},
    {.name = "ews-token-moment",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_LATER,
     .code_min = 401,
     .code_max = 401,
     .header = "x-ms-diagnostics=2000007",
     .cause = TENON_E_TRANSIENT,
     .retry = VERDICT_BACKOFF,
     .word = TENON_VERDICT_THROTTLED,
     .title = "Exchange Online could not check the token",
     .detail = "{tried}: HTTP 401 with {diagnostics}.",
     .remedy = "Try again in a minute.",
     .likely = "A passing failure of Exchange Online."},
    {.name = "ews-token-claims",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_LATER,
     .code_min = 401,
     .code_max = 401,
     .seen = SEEN_CLAIMS,
     .cause = TENON_E_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "The sign-in has to be done again",
     .detail = "{tried}: HTTP 401, and the answer asks for a token with more claims.",
     .remedy = "Sign in again from a place and a device that your Conditional Access policies "
               "allow; then verify again.",
     .likely = "The sessions of {account} were revoked, or a Conditional Access policy has come.",
     .also = {"The request comes from another address than the sign-in did."}},
    {.name = "ews-token-refused",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_LATER,
     .code_min = 401,
     .code_max = 401,
     .cause = TENON_E_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "Exchange Online does not take the token",
     .detail = "{tried}: HTTP 401, also with a new token. It says: {diagnostics}.",
     .remedy = "Check that the application is there and switched on, that `cloud` is the tenant's, "
               "and that this machine's clock is right; then sign in anew.",
     .likely = "The application or the account was switched off or deleted after it signed in.",
     .also = {"Token and EWS are of different clouds.",
              "A gateway in between takes the token away or changes it."},
     .prove = "Connect-MgGraph{mgconnect} -Scopes Application.Read.All\n"
              "Get-MgServicePrincipal -Filter \"appId eq {appid}\" | Format-List "
              "DisplayName,AccountEnabled"},
    // ---- 403: EWS is off for somebody
    {.name = "ews-mailbox-blocked",
     .check = TENON_CHECK_EWS_POLICY,
     .places = PLACE_ACT,
     .code_min = 403,
     .code_max = 403,
     .seen = SEEN_ACTED,
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_DISABLED,
     .title = "EWS is off for this mailbox",
     .detail = "{tried}: HTTP 403, while another mailbox was opened in this session: tenant and "
               "application may use EWS, and this mailbox may not.",
     .remedy = "Switch EWS on for {mailbox}, or leave it out. A change takes up to a day.",
     .likely = "The mailbox's own EwsEnabled is false.",
     .also = {"Its EwsApplicationAccessPolicy keeps this program's User-Agent out.",
              "An application access policy leaves it out.",
              "It has only a Kiosk, F1 or F3 licence, which do not include EWS."},
     .prove = OF_MAILBOX,
     .mend = "Set-CASMailbox -Identity {mailbox} -EwsEnabled $true"},
    {.name = "ews-blocked-by-policy",
     .check = TENON_CHECK_EWS_POLICY,
     .places = PLACE_LATER,
     .code_min = 403,
     .code_max = 403,
     .seen = SEEN_POLICY,
     .cause = TENON_E_DENIED,
     .word = TENON_VERDICT_REFUSED,
     .title = "Exchange Online keeps this application from EWS",
     .detail = "{tried}: HTTP 403 with X-EWS-Policy-Reason: {policy}. The token was taken. Whether "
               "EwsEnabled is false, or {appid} is not in EwsAllowedAppIDs, the answer does not "
               "tell: both are answered so.",
     .remedy = "Have an administrator of Exchange look which it is, switch EWS on and add {appid} "
               "to the allow list; it takes up to a day. Or go to the connector for Microsoft "
               "Graph, which this does not concern.",
     .likely = "The application's id is not on the tenant's allow list, or EWS is switched off for "
               "the tenant.",
     .also = {"EWS is switched off for the mailbox that was asked for."},
     .prove = ALLOWED,
     .mend = ALLOW},
    {.name = "ews-forbidden-silently",
     .check = TENON_CHECK_EWS_POLICY,
     .places = PLACE_LATER,
     .code_min = 403,
     .code_max = 403,
     .seen = SEEN_EMPTY,
     .cause = TENON_E_DENIED,
     .word = TENON_VERDICT_REFUSED,
     .title = "Exchange Online refuses EWS and does not say why",
     .detail = "{tried}: HTTP 403, with no body and no reason. The token was taken.",
     .remedy = "Go through the causes in their order with the commands below; where the switch or "
               "the list is it, switch EWS on and add {appid} to the list. Or go to the connector "
               "for Microsoft Graph.",
     .likely = "EWS is switched off since October 2026: EwsEnabled is false for the tenant or the "
               "mailbox, or the application is not in EwsAllowedAppIDs.",
     .also = {"EwsApplicationAccessPolicy lets only programs in whose User-Agent it lists.",
              "An application access policy leaves the mailbox out.",
              "The mailbox has only a Kiosk, F1 or F3 licence; or it is a service's whose language "
              "was never set."},
     .prove = "Get-OrganizationConfig | Format-List Ews*\n" OF_MAILBOX "\n"
              "Test-ApplicationAccessPolicy -AppId {appid} -Identity {mailbox}\n"
              "Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy | Format-List "
              "EwsAllowedAppIDs\n"
              "Get-MailboxRegionalConfiguration -Identity {mailbox} | Format-List Language",
     .mend = ALLOW},
    // ---- 404 and 456
    {.name = "ews-nobody",
     .check = TENON_CHECK_IMPERSONATE_MAILBOX,
     .places = PLACE_ACT,
     .code_min = 404,
     .code_max = 404,
     .header = "X-CasErrorCode",
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_NO_MAILBOX,
     .field = TENON_KEY_MAILBOX,
     .title = "Exchange Online does not know {mailbox}",
     .detail = "{tried}: HTTP 404 with X-CasErrorCode: {caserror}.",
     .remedy = "Check the address {mailbox}, and that it is of this tenant.",
     .likely = "The address is mistyped, or its domain is none of this tenant.",
     .also = {"The mailbox was deleted.", "The tenant is in another cloud."},
     .prove = "Get-Recipient -Identity {mailbox} | Format-List "
              "RecipientTypeDetails,PrimarySmtpAddress\n"
              "Get-AcceptedDomain | Format-Table DomainName"},
    {.name = "ews-anchor-unknown",
     .check = TENON_CHECK_EWS_ENDPOINT,
     .places = PLACE_SIGNIN | PLACE_BROWSE,
     .code_min = 404,
     .code_max = 404,
     .header = "X-CasErrorCode",
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_NO_MAILBOX,
     .field = TENON_KEY_MAILBOX,
     .title = "Exchange Online does not know whose request this is",
     .detail = "{tried}: HTTP 404 with X-CasErrorCode: {caserror}. Requests are led to a mailbox's "
               "server by an address, which was {mailbox}.",
     .remedy = "Give a mailbox of this tenant in the field `mailbox`.",
     .likely = "{mailbox} is mistyped, or no recipient of this tenant."},
    {.name = "ews-endpoint-gone",
     .check = TENON_CHECK_EWS_ENDPOINT,
     .places = PLACE_LATER,
     .code_min = 404,
     .code_max = 410,
     .unseen = SEEN_HTML,
     .cause = TENON_E_PROTOCOL,
     .word = TENON_VERDICT_ERROR,
     .field = TENON_KEY_EWS_URL,
     .title = "There is no EWS at {server}",
     .detail = "{tried}: {http} and nothing more.",
     .remedy = "Leave `ews_url` empty. Where it is empty, EWS has ended for this tenant: go to the "
               "connector for Microsoft Graph.",
     .likely = "`ews_url` has another host or path than Exchange Online.",
     .also = {"Exchange Online has switched EWS off for good."}},
    {.name = "ews-account-blocked",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_LATER,
     .code_min = 456,
     .code_max = 456,
     .cause = TENON_E_AUTH,
     .word = TENON_VERDICT_ERROR,
     .field = TENON_KEY_ADMIN,
     .title = "The account is locked or blocked",
     .detail =
         "{tried}: HTTP 456, which is Exchange Online's word for an account that has to prove "
         "itself first.",
     .remedy = "Sign in as {account} in a browser, at the page of Microsoft 365, and do what it "
               "asks for; or have an administrator unblock the account. Then verify again.",
     .likely = "The account was blocked after suspicious sign-ins.",
     .also = {"It has to answer for a second factor first."},
     .prove = "Connect-MgGraph{mgconnect} -Scopes User.Read.All\n"
              "Get-MgUser -UserId {account} -Property AccountEnabled | Format-List AccountEnabled"},
};

const struct verdict_rows verdict_cloud_policy = {rows, sizeof rows / sizeof *rows};
