// SPDX-License-Identifier: Apache-2.0
//
// No token, and it is about the person who signs in: second factors, passwords, devices, rules of Conditional Access,
// sessions that have ended. Where a second factor is wanted no password helps, and no app password: those are for basic
// authentication, which Exchange Online has switched off. What helps is a browser, or an application.
#include "verdict_tables.h"

#include <tenon/exchange.h>

#define ENTRA "Entra ID answered {aadsts}. "
#define WAYS                                                                                       \
  "set `grant` to device-code or browser and sign in with the second factor, or to client-secret " \
  "or certificate, where an application signs in and nobody is asked"
#define USER "Connect-MgGraph{mgconnect} -Scopes User.Read.All\n"
#define ACCOUNT                                                                                    \
  USER "Get-MgUser -UserId {account} -Property "                                                   \
       "UserPrincipalName,AccountEnabled,UserType,OnPremisesSyncEnabled | Format-List "            \
       "UserPrincipalName,AccountEnabled,UserType,OnPremisesSyncEnabled"
// Which rule it was; needs a plan with sign-in logs.
#define SIGN_INS                                                                                   \
  "Connect-MgGraph{mgconnect} -Scopes AuditLog.Read.All\n"                                         \
  "Get-MgAuditLogSignIn -Filter \"correlationId eq {correlation}\" | Format-List "                 \
  "CreatedDateTime,UserPrincipalName,AppDisplayName,Status,AppliedConditionalAccessPolicies"
#define REPORT                                                                                     \
  "Give whoever runs Conditional Access the correlation id {correlation} ({timestamp}): Entra "    \
  "admin center ({portal}), Monitoring, Sign-in logs, shows which policy it was"

static const struct verdict_row rows[] = {
    // ---- second factors
    {.name = "token-mfa-required",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50074|50076|50078|50158",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_GRANT,
     .title = "A second factor is required",
     .detail = "{tried}: " ENTRA "{account} has to sign in with MFA here. Neither the password nor "
               "an app password can do that: app passwords are for basic authentication, which "
               "Exchange Online does not take any more.",
     .remedy = "Sign in again where somebody can answer: " WAYS ".",
     .likely = "the organization requires MFA for this sign-in",
     .also = {"the last sign-in with MFA is too long ago, or was from another place"},
     .prove = SIGN_INS},
    {.name = "token-mfa-setup",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50072|50079",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_GRANT,
     .title = "The second factor was never set up",
     .detail = "{tried}: " ENTRA "{account} has to have MFA and has not registered any. Neither "
               "the password nor an app password can stand in for it.",
     .remedy = "Open https://aka.ms/mfasetup as {account} once and register a second factor, then "
               "sign in again; or " WAYS ".",
     .likely = "the account is new, or MFA was made a duty since",
     .link = "https://aka.ms/mfasetup"},
    // ---- rules
    {.name = "token-device-code-blocked",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_DEVICE,
     .token = "53003|530003|530032|530036",
     .cause = TENON_E_DENIED,
     .field = TENON_KEY_GRANT,
     .title = "The organization forbids signing in by a code",
     .detail = "{tried}: " ENTRA "The code was accepted, and Conditional Access then refused the "
               "sign-in. Many organizations forbid device codes, for they are used for phishing. "
               "Until the policy is changed, trying again cannot help.",
     .remedy = "Set `grant` to browser, or to client-secret or certificate. " REPORT ".",
     .likely = "a policy blocks the authentication flow `Device code flow`",
     .also = {"a policy wants a managed device or another place"},
     .prove = SIGN_INS},
    {.name = "token-conditional-access",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "53003|530003|530032|530036",
     .seen = SEEN_DELEGATED,
     .cause = TENON_E_DENIED,
     .field = TENON_KEY_GRANT,
     .title = "Conditional Access blocks the sign-in",
     .detail = "{tried}: " ENTRA "The sign-in itself was right; a policy of {tenant} does not let "
               "it in. Until it is changed, trying again cannot help.",
     .remedy = REPORT ". Or set `grant` to client-secret or certificate: an application is not "
                      "under the rules for people.",
     .likely = "a policy wants a managed device, another place or another application",
     .prove = SIGN_INS},
    {.name = "token-conditional-access-app",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "53003|530003|530032|530036|50097|53000|53001",
     .seen = SEEN_APP,
     .cause = TENON_E_DENIED,
     .title = "Conditional Access blocks the application",
     .detail = "{tried}: " ENTRA "A policy for workload identities does not let {appid} in from "
               "here. Until it is changed, trying again cannot help.",
     .remedy = REPORT " (tab Service principal sign-ins). It has to let this application in from "
                      "this network.",
     .likely = "the policy allows the application from named places only"},
    {.name = "token-device-required",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50097|53000|53001|device_authentication_failed",
     .cause = TENON_E_DENIED,
     .field = TENON_KEY_GRANT,
     .title = "The organization wants a managed device",
     .detail = "{tried}: " ENTRA "People may sign in from a device that is joined or compliant "
               "alone, and this one has not shown that it is.",
     .remedy = "Sign in with the browser of a managed computer (`grant` browser there), or set "
               "`grant` to client-secret or certificate. " REPORT ".",
     .likely = "a policy wants a compliant or joined device",
     .prove = SIGN_INS},
    {.name = "token-security-defaults",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "530034|530035",
     .cause = TENON_E_DENIED,
     .field = TENON_KEY_GRANT,
     .title = "Security defaults block the sign-in",
     .detail = "{tried}: " ENTRA "The tenant's security defaults refuse sign-ins of this kind, and "
               "those of delegated administrators that look risky.",
     .remedy = "Set `grant` to client-secret or certificate, or sign in with an account of the "
               "organization itself.",
     .likely = "the account belongs to a partner, or signs in in an old way"},
    {.name = "token-tenant-restricted",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "500021|500022|500212|500213",
     .cause = TENON_E_DENIED,
     .field = TENON_KEY_TENANT,
     .title = "Rules between organizations forbid this tenant",
     .detail = "{tried}: " ENTRA "The network's proxy, or a policy of one of the two "
               "organizations, does not let anybody from here into {tenant}.",
     .remedy = "Have whoever runs the proxy add {tenant} to the permitted tenants "
               "(Restrict-Access-To-Tenants), or the cross-tenant access settings changed: Entra "
               "admin center ({portal}), External Identities.",
     .likely = "the proxy adds tenant restrictions to what goes to {loginhost}",
     .also = {"the cross-tenant access settings block it"}},
    {.name = "token-user-unassigned",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50105",
     .cause = TENON_E_DENIED,
     .field = TENON_KEY_ADMIN,
     .title = "The account is not assigned to the application",
     .detail = "{tried}: " ENTRA "{appid} lets in those alone whom it was assigned to, and "
               "{account} is not among them.",
     .remedy = "Entra admin center ({portal}), Enterprise applications, the application, Users and "
               "groups: add {account}.",
     .likely = "Assignment required is switched on",
     .prove = "Connect-MgGraph{mgconnect} -Scopes Application.Read.All\n"
              "Get-MgServicePrincipal -Filter \"appId eq {appid}\" | Format-List "
              "DisplayName,AppRoleAssignmentRequired"},
    // ---- the account
    {.name = "token-account-unknown",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50034",
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_ADMIN,
     .title = "The tenant knows no such account",
     .detail = "{tried}: " ENTRA "{account} is not in {tenant}.",
     .remedy = "Write the user principal name of the account, which may differ from its address; "
               "or correct `tenant` or `cloud`.",
     .likely = "the name is misspelt, or is an alias",
     .also = {"the account is of another tenant or cloud", "it is not synchronized yet"},
     .prove = ACCOUNT},
    {.name = "token-account-foreign",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50020|90072|16000",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_ADMIN,
     .title = "The account belongs to another organization",
     .detail = "{tried}: " ENTRA "Whoever signed in is not of {tenant}: a personal account, or one "
               "of another organization.",
     .remedy = "Sign in with a work account of {tenant}: in the browser choose Use another "
               "account.",
     .likely = "the browser was signed in as somebody else"},
    {.name = "token-account-disabled",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50057",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_ADMIN,
     .title = "The account is switched off",
     .detail = "{tried}: " ENTRA "{account} is there and disabled, as the accounts of shared and "
               "room mailboxes always are.",
     .remedy = "Sign in with a person's account, or set `grant` to client-secret or certificate. "
               "The account of a shared mailbox stays disabled.",
     .likely = "it is the account of a shared mailbox",
     .also = {"the person has left"},
     .prove = ACCOUNT},
    {.name = "token-account-locked",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50053",
     .cause = TENON_E_AUTH,
     .retry = VERDICT_LATER,
     .field = TENON_KEY_ADMIN,
     .title = "The account is locked, or this address is blocked",
     .detail = "{tried}: " ENTRA "{account} was signed in wrongly too often, or from an address "
               "with a bad name. It is not tried again by itself, which would prolong it.",
     .remedy = "Wait a quarter of an hour, or have it unblocked; the sign-in log says which of the "
               "two it is. Then sign in once.",
     .likely = "something with an old password tries again and again",
     .also = {"the address of this network has been used for attacks"},
     .prove = SIGN_INS},
    // ---- passwords, which the sign-in page asked for
    {.name = "token-password-wrong",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50126",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_GRANT,
     .title = "User name or password is wrong",
     .detail = "{tried}: " ENTRA "An app password counts as a wrong one here: no token is given "
               "for it, and Exchange Online takes no basic authentication any more.",
     .remedy = "Sign in with the account's own password on Microsoft's page: " WAYS ".",
     .likely = "the password is wrong, or is an app password"},
    {.name = "token-password-expired",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50055|user_password_expired",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_ADMIN,
     .title = "The password has expired",
     .detail = "{tried}: " ENTRA "{account} has to choose a new one first.",
     .remedy = "Sign in as {account} in a browser and change it, then verify again.",
     .likely = "the password is older than the organization allows",
     .link = "https://mysignins.microsoft.com/security-info/password/change"},
    {.name = "token-password-none",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50056",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_GRANT,
     .title = "Entra ID has no password of this account",
     .detail = "{tried}: " ENTRA "{account} signs in at another place (AD FS), or without any "
               "password.",
     .remedy = "Set `grant` to browser or device-code: the page leads to wherever this account "
               "signs in.",
     .likely = "the domain is federated"},
    // ---- sessions
    {.name = "token-session-frequency",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "70043",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_GRANT,
     .title = "The organization wants people to sign in again",
     .detail = "{tried}: " ENTRA "A policy ends sessions after a time (sign-in frequency), and "
               "this one's is over.",
     .remedy = "Sign in again. What has to run without anybody needs an application: set `grant` "
               "to client-secret or certificate.",
     .likely = "the sign-in frequency of Conditional Access"},
    {.name = "token-session-ended",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50173|50132|50133|70008|700082|70000|bad_token|token_expired",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_GRANT,
     .title = "The sign-in has ended",
     .detail = "{tried}: " ENTRA "What was kept of the last sign-in is not valid any more, and was "
               "thrown away.",
     .remedy = "Sign in again. What has to run without anybody needs an application: set `grant` "
               "to client-secret or certificate.",
     .likely = "it was not used for 90 days",
     .also = {"the password was changed or reset", "an administrator has revoked it"}},
    {.name = "token-code-used",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "54005",
     .cause = TENON_E_AUTH,
     .title = "The sign-in's code was used already",
     .detail = "{tried}: " ENTRA "The browser's answer came twice.",
     .remedy = "Sign in again, without going back in the browser.",
     .likely = "the page was loaded a second time"},
    {.name = "token-sign-in-unfinished",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50058|50140|50199|login_required",
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_GRANT,
     .title = "The sign-in was not finished",
     .detail = "{tried}: " ENTRA "Microsoft's page still waits for an answer of {account}.",
     .remedy = "Sign in again and answer all that the page asks, up to its last word.",
     .likely = "the page was closed too early"},
    {.name = "token-loop",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_TOKEN,
     .token = "50196",
     .cause = TENON_E_TRANSIENT,
     .retry = VERDICT_LATER,
     .word = TENON_VERDICT_THROTTLED,
     .title = "Entra ID was asked the same too often",
     .detail = "{tried}: " ENTRA "The same request failed many times in a row, so that it is "
               "refused for some minutes.",
     .remedy = "Wait five minutes, mend what failed before, then verify again.",
     .likely = "several programs ask with the same application and a wrong secret"},
};

const struct verdict_rows verdict_token_person = {rows, sizeof rows / sizeof *rows};
