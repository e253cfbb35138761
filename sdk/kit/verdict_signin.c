// SPDX-License-Identifier: Apache-2.0
//
// One 401 is not "wrong password", and one 403 is not "no rights": what was offered, what was sent
// and who answered tell them apart.
#include "verdict_tables.h"

#include <tenon/exchange.h>

#define EWS_DIRECTORY "Get-WebServicesVirtualDirectory | Format-List Server,*Authentication*,*Url"
#define EWS_BASIC_ON                                                                               \
  "Get-WebServicesVirtualDirectory -Server SERVER | Set-WebServicesVirtualDirectory "              \
  "-BasicAuthentication:$true"

static const struct verdict_row rows[] = {
    {.name = "auth-basic-off",
     .check = TENON_CHECK_AUTH_BASIC,
     .code_min = 401,
     .code_max = 401,
     .seen = SEEN_CHALLENGE | SEEN_WINDOWS,
     .unseen = SEEN_BASIC | SEEN_BEARER,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "Basic sign-in is off on this server",
     .detail =
         "{server} offers {offered}, not Basic. This version of tenon signs in with Basic over "
         "TLS; NTLM and Kerberos (Negotiate) are not in it. The password is not the matter.",
     .remedy = "Switch basic authentication on for the EWS directory of this server (it travels "
               "inside TLS), or name a server where it is on.",
     .likely = "Exchange's default: the EWS directory takes Windows sign-in only",
     .also = {"a reverse proxy in front takes Windows sign-in only"},
     .prove = EWS_DIRECTORY,
     .mend = EWS_BASIC_ON},
    {.name = "auth-bearer-only",
     .check = TENON_CHECK_AUTH_BASIC,
     .code_min = 401,
     .code_max = 401,
     .seen = SEEN_CHALLENGE | SEEN_BEARER,
     .unseen = SEEN_BASIC | SEEN_WINDOWS,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "This server wants modern sign-in",
     .detail =
         "{server} offers {offered}: tokens only. This version of tenon signs in to on-premises "
         "servers with Basic over TLS and not with tokens.",
     .remedy = "Switch basic authentication on for the EWS directory, or name a server where it is "
               "on.",
     .likely = "modern authentication is the only one switched on for the EWS directory",
     .also = {"a publishing proxy in front takes tokens only"},
     .prove = EWS_DIRECTORY,
     .mend = EWS_BASIC_ON},
    {.name = "auth-basic-not-offered",
     .check = TENON_CHECK_AUTH_BASIC,
     .code_min = 401,
     .code_max = 401,
     .seen = SEEN_CHALLENGE,
     .unseen = SEEN_BASIC,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "The server does not offer Basic sign-in",
     .detail =
         "{server} offers {offered}. Of these, this version of tenon has none: it signs in with "
         "Basic over TLS.",
     .remedy = "Switch basic authentication on for the EWS directory, or name a server where it is "
               "on.",
     .likely = "basic authentication is off on the EWS directory",
     .also = {"a proxy in front answers with sign-ins of its own"},
     .prove = EWS_DIRECTORY,
     .mend = EWS_BASIC_ON},
    {.name = "auth-refused-later",
     .check = TENON_CHECK_AUTH_BASIC,
     .places = PLACE_ACT | PLACE_BROWSE,
     .code_min = 401,
     .code_max = 401,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_PASSWORD,
     .word = TENON_VERDICT_ERROR,
     .title = "Sign-in was refused",
     .detail =
         "{tried}: {server} answered 401. Nothing more is sent with this password, so that the "
         "account is not locked.",
     .remedy = "Verify the connection; correct the password if it was changed meanwhile.",
     .likely = "the password was changed or the account locked",
     .also = {"the server is overloaded (some answer 401 then)"},
     .prove = "Get-User {account} | Format-List UserAccountControl,ResetPasswordOnNextLogon,"
              "AuthenticationPolicy"},
    {.name = "auth-nothing-offered",
     .check = TENON_CHECK_AUTH_BASIC,
     .code_min = 401,
     .code_max = 401,
     .unseen = SEEN_CHALLENGE,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_SERVER,
     .word = TENON_VERDICT_ERROR,
     .title = "Refused without offering any sign-in",
     .detail = "{tried}: {server} answered 401 and named no way to sign in. Answered by: {by}.",
     .remedy = "Check that {url} leads to Exchange itself and not to a proxy that removes its "
               "headers; switch basic authentication on for the EWS directory.",
     .likely = "a proxy in front removes the offers (WWW-Authenticate)",
     .also = {"every sign-in is switched off on the EWS directory"},
     .prove = "curl -si -X POST {url} | head -20"},
    {.name = "auth-refused-domain-form",
     .check = TENON_CHECK_AUTH_BASIC,
     .code_min = 401,
     .code_max = 401,
     .seen = SEEN_BASIC | SEEN_SENT | SEEN_DOMAIN,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_PASSWORD,
     .word = TENON_VERDICT_ERROR,
     .title = "User name or password refused",
     .detail = "Signed in as {account} with Basic; {server} answered 401. It offers {offered}.",
     .remedy =
         "Type the password again. If it is right, put the other form of the user name into "
         "`username`: the UPN (name@domain) instead of DOMAIN\\name. One attempt was made, and "
         "it is not repeated, so that the account is not locked.",
     .likely = "the password is wrong",
     .also = {"the account is locked, disabled, or has to change its password",
              "an authentication policy keeps basic sign-in from EWS (BlockLegacyAuthWebServices)",
              "the DOMAIN in front of the user name is not the one that the server knows"},
     .prove = "Get-User {account} | Format-List UserAccountControl,ResetPasswordOnNextLogon,"
              "AuthenticationPolicy"},
    {.name = "auth-refused",
     .check = TENON_CHECK_AUTH_BASIC,
     .code_min = 401,
     .code_max = 401,
     .seen = SEEN_BASIC | SEEN_SENT,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_PASSWORD,
     .word = TENON_VERDICT_ERROR,
     .title = "User name or password refused",
     .detail = "Signed in as {account} with Basic; {server} answered 401. It offers {offered}.",
     .remedy = "Type the password again. If it is right, put the other form of the user name into "
               "`username`: DOMAIN\\name instead of the mail address, or the UPN where it differs. "
               "One attempt was made, and it is not repeated, so that the account is not locked.",
     .likely = "the password is wrong",
     .also = {"the user name for signing in is not the mail address",
              "the account is locked, disabled, or has to change its password",
              "an authentication policy keeps basic sign-in from EWS (BlockLegacyAuthWebServices)"},
     .prove = "Get-User {account} | Format-List UserAccountControl,ResetPasswordOnNextLogon,"
              "AuthenticationPolicy"},
    {.name = "auth-refused-unsent",
     .check = TENON_CHECK_AUTH_BASIC,
     .code_min = 401,
     .code_max = 401,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_PASSWORD,
     .word = TENON_VERDICT_ERROR,
     .title = "Sign-in is needed",
     .detail = "{tried}: {server} answered 401 and offers {offered}.",
     .remedy = "Give the user name and the password of the administrator.",
     .likely = "no credential was sent"},
    {.name = "proxy-signin",
     .check = TENON_CHECK_NET_PROXY,
     .code_min = 407,
     .code_max = 407,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .word = TENON_VERDICT_ERROR,
     .title = "The proxy wants a sign-in",
     .detail = "{tried}: the proxy answered 407. The route is {route}.",
     .remedy =
         "Have {host} excepted from the proxy's sign-in, or write none into the field `proxy` "
         "if {host} can be reached directly.",
     .likely = "the proxy lets nobody through unnamed",
     .prove = "curl -sv -o /dev/null {url}"},
    {.name = "ews-policy",
     .check = TENON_CHECK_EWS_POLICY,
     .code_min = 403,
     .code_max = 403,
     .seen = SEEN_POLICY,
     .cause = TENON_E_DENIED,
     .word = TENON_VERDICT_REFUSED,
     .title = "A policy blocks EWS",
     .detail = "{tried}: {server} answered 403 and says: {policy}",
     .remedy =
         "Switch EWS on for the account and for the mailbox, and look at the organization's EWS "
         "access policy.",
     .likely = "EWS is switched off for this user",
     .also = {"the organization's access policy does not list this program"},
     .prove =
         "Get-OrganizationConfig | Format-List Ews*; Get-CASMailbox {mailbox} | Format-List Ews*",
     .mend = "Set-CASMailbox {mailbox} -EwsEnabled:$true"},
    {.name = "forbidden-before-signin",
     .check = TENON_CHECK_EWS_ENDPOINT,
     .places = PLACE_OPEN,
     .code_min = 403,
     .code_max = 403,
     .cause = TENON_E_DENIED,
     .field = TENON_KEY_SERVER,
     .title = "Something in front of Exchange forbids this",
     .detail = "{tried}: 403 came back before any sign-in. Answered by: {by}.",
     .remedy =
         "Have the proxy, firewall or load balancer in front of {host} let POST {url} through, "
         "or name the server behind it.",
     .likely = "a reverse proxy or web application firewall does not let EWS through",
     .also = {"IIS allows the EWS directory to some addresses only",
              "the server wants a client certificate"},
     .prove = "curl -si -X POST {url} | head -20"},
    {.name = "forbidden-acting",
     .check = TENON_CHECK_EWS_POLICY,
     .places = PLACE_ACT,
     .code_min = 403,
     .code_max = 403,
     .cause = TENON_E_DENIED,
     .word = TENON_VERDICT_REFUSED,
     .title = "EWS is blocked for this mailbox",
     .detail = "{tried}: {server} answered 403 after sign-in.",
     .remedy = "Switch EWS on for {mailbox}, and look at the organization's EWS access policy.",
     .likely = "EWS is switched off for {mailbox} or for {account}",
     .also = {"an EWS access policy allows named programs only (by User-Agent)"},
     .prove =
         "Get-CASMailbox {mailbox} | Format-List Ews*; Get-OrganizationConfig | Format-List Ews*",
     .mend = "Set-CASMailbox {mailbox} -EwsEnabled:$true"},
    {.name = "forbidden-after-signin",
     .check = TENON_CHECK_EWS_POLICY,
     .code_min = 403,
     .code_max = 403,
     .cause = TENON_E_DENIED,
     .word = TENON_VERDICT_REFUSED,
     .title = "Signed in, but EWS is blocked",
     .detail = "{tried}: {server} took the sign-in and answered 403. Answered by: {by}.",
     .remedy = "Switch EWS on for {account}, and look at the organization's EWS access policy.",
     .likely = "EWS is switched off for this account",
     .also = {"an EWS access policy allows named programs only (by User-Agent)",
              "a proxy behind the sign-in forbids it"},
     .prove =
         "Get-CASMailbox {account} | Format-List Ews*; Get-OrganizationConfig | Format-List Ews*",
     .mend = "Set-CASMailbox {account} -EwsEnabled:$true"},
};

const struct verdict_rows verdict_signin = {rows, sizeof rows / sizeof *rows};
