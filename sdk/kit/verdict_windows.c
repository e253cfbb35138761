// SPDX-License-Identifier: Apache-2.0
//
// NTLM and Negotiate at the server. A wrong password, a wrong form of the user name and a channel binding
// to the wrong certificate are all the same 401: what was sent, and who stands in between, ranks them.
#include "verdict_tables.h"

#include <tenon/exchange.h>

#define ONCE "One attempt was made, and it is not repeated, so that the account is not locked."

static const struct verdict_row rows[] = {
    {.name = "auth-ntlm-missing",
     .check = TENON_CHECK_AUTH_NTLM,
     .signin = TENON_HTTP_SIGNIN_NO_MECHANISM,
     .cause = TENON_E_UNSUPPORTED,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "This machine cannot do NTLM",
     .detail =
         "{server} offers {offered}, and this machine's GSSAPI has no NTLM: {cause}. Nothing was "
         "sent; the password is not the matter.",
     .remedy = "Install the package gss-ntlmssp (Fedora: gssntlmssp), and try again.",
     .likely = "the package gss-ntlmssp is not installed",
     .prove = "tenon doctor",
     .mend = "apt-get install gss-ntlmssp"},
    {.name = "auth-name-form",
     .check = TENON_CHECK_AUTH_NTLM,
     .signin = TENON_HTTP_SIGNIN_NAME,
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_USERNAME,
     .word = TENON_VERDICT_ERROR,
     .title = "The user name does not fit this sign-in",
     .detail = "{account} has no form that {way} can send: {cause}. Nothing was sent.",
     .remedy = "Write `username` as name@domain for Kerberos, as DOMAIN\\name or name@domain for "
               "NTLM.",
     .likely = "DOMAIN\\name, where Kerberos needs name@domain"},
    {.name = "auth-way-not-offered",
     .check = TENON_CHECK_AUTH_NTLM,
     .signin = TENON_HTTP_SIGNIN_NOT_OFFERED,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "The server does not offer this sign-in",
     .detail = "{server} offers {offered}; tenon was to sign in by {way}. Nothing was sent.",
     .remedy = "Set `auth` to auto: the strongest of what the server offers is then used.",
     .likely =
         "Windows authentication is off on the EWS directory, or a proxy in front keeps it out",
     .prove = VERDICT_EWS_DIRECTORY},
    {.name = "auth-connection-lost",
     .check = TENON_CHECK_AUTH_NTLM,
     .signin = TENON_HTTP_SIGNIN_CONNECTION,
     .unseen = SEEN_AGAIN,
     .cause = TENON_E_NETWORK,
     .retry = VERDICT_BACKOFF,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "The connection was closed in the middle of the sign-in",
     .detail =
         "{way} signs in a connection and not a request, and this one ended between two of its "
         "messages.",
     .remedy = "Try again. Where it stays so and the server offers Basic, set `auth` to basic, "
               "which needs one request only.",
     .likely = "a load balancer or proxy closed the connection",
     .prove = "curl -sv -o /dev/null {url}"},
    {.name = "auth-connection-lost-again",
     .check = TENON_CHECK_AUTH_NTLM,
     .signin = TENON_HTTP_SIGNIN_CONNECTION,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "No connection lives as long as the sign-in",
     .detail =
         "{way} signs in a connection and not a request, and each one ended between two of its "
         "messages.",
     .remedy =
         "Have the load balancer or proxy in front of {host} keep a client's connection to one "
         "server open. Where the server offers Basic, set `auth` to basic, which needs one "
         "request only.",
     .likely = "a load balancer or proxy in between deals out requests and not connections",
     .also = {"a proxy in between does not let NTLM or Negotiate through"},
     .prove = "curl -sv -o /dev/null {url}"},
    {.name = "auth-scheme-dead",
     .check = TENON_CHECK_AUTH_NTLM,
     .seen = SEEN_NTLM | SEEN_EARLY,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "The server offers this sign-in and does not do it",
     .detail =
         "{server} offers {offered} and answered the first message of {way}, which holds no name "
         "and no password, with 401.",
     .remedy = "Set `auth` to auto: what else the server offers is then used. Or allow NTLM in the "
               "Windows authentication of the EWS directory.",
     .likely =
         "NTLM is not among the providers of Windows authentication there, or a policy forbids "
         "it (restrict NTLM)",
     .also = {"a proxy in front deals out requests and not connections"},
     .prove = VERDICT_EWS_DIRECTORY "\n" VERDICT_EVENTS},
    {.name = "auth-garbled",
     .check = TENON_CHECK_AUTH_NTLM,
     .signin = TENON_HTTP_SIGNIN_PROTOCOL,
     .cause = TENON_E_PROTOCOL,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "The server's part of the sign-in cannot be read",
     .detail = "{server} answered {way} with a message that is none, or ended too early: {cause}. "
               "Answered by: {by}.",
     .remedy = "Name the server behind the proxy or load balancer, or set `auth` to basic where "
               "the server offers it.",
     .likely = "something in between changes or cuts the headers of the sign-in",
     .prove = "curl -sv -o /dev/null {url}"},
    {.name = "auth-binding-mismatch",
     .check = TENON_CHECK_AUTH_NTLM,
     .signin = TENON_HTTP_SIGNIN_REJECTED,
     .seen = SEEN_BOUND | SEEN_BETWEEN,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_SERVER,
     .word = TENON_VERDICT_ERROR,
     .title = "Something between here and the server ends TLS",
     .detail =
         "{user} was refused by {way}, with a binding to the certificate that came here, issued by "
         "{issuer}. {between} Where Extended Protection is on, the server refuses a sign-in "
         "that is bound to another certificate than its own, whatever the password. " ONCE,
     .remedy =
         "Have {host} excepted from the inspection of TLS, or have what stands in front of the "
         "server show the server's own certificate, or name the server itself. If the server "
         "shows this certificate too, the password is wrong.",
     .likely =
         "the sign-in is bound to a certificate that is not the server's (Extended Protection)",
     .also = {"the password is wrong", "the user name is to be written as {login}"},
     .prove = VERDICT_CERTIFICATES},
    {.name = "auth-ntlm-refused-unbound",
     .check = TENON_CHECK_AUTH_NTLM,
     .signin = TENON_HTTP_SIGNIN_REJECTED,
     .seen = SEEN_NTLM,
     .unseen = SEEN_BOUND,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_PASSWORD,
     .word = TENON_VERDICT_ERROR,
     .title = "User name or password refused, or Extended Protection",
     .detail =
         "Signed in as {user} by {way}; {server} answered 401. No channel binding could be sent, "
         "since the certificate names no hash for it (RFC 5929 section 4.1), and a server that "
         "requires Extended Protection refuses that too.",
     .remedy =
         "Type the password again. If it is right, write `username` as {login}, or look on the "
         "server whether Extended Protection is required. " ONCE,
     .likely = "the password is wrong",
     .also = {"the user name is to be written as {login}",
              "Extended Protection is required on the EWS directory",
              "the account is locked, disabled, or has to change its password"},
     .prove = VERDICT_EWS_DIRECTORY "\n" VERDICT_EVENTS},
    {.name = "auth-ntlm-refused-domain-form",
     .check = TENON_CHECK_AUTH_NTLM,
     .signin = TENON_HTTP_SIGNIN_REJECTED,
     .seen = SEEN_NTLM | SEEN_OTHER_DOMAIN,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_USERNAME,
     .word = TENON_VERDICT_ERROR,
     .title = "User name or password refused",
     .detail = "Signed in as {user} by {way}; {server} answered 401. It is itself in the domain "
               "{domain}. "
               "Channel bindings were sent, so that Extended Protection is not the matter unless "
               "something in between ends TLS.",
     .remedy = "Check the domain in front of the user name: {login} is the form that this server "
               "names itself by, and the UPN (name@domain) needs none. Then type the password "
               "again. " ONCE,
     .likely = "the domain in front of the user name is not the one that the server knows",
     .also = {"the password is wrong",
              "the account is locked, disabled, or has to change its password",
              "an authentication policy keeps the account from EWS (BlockLegacyAuthWebServices)"},
     .prove = VERDICT_ACCOUNT "\n" VERDICT_EVENTS},
    {.name = "auth-ntlm-refused",
     .check = TENON_CHECK_AUTH_NTLM,
     .signin = TENON_HTTP_SIGNIN_REJECTED,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_PASSWORD,
     .word = TENON_VERDICT_ERROR,
     .title = "User name or password refused",
     .detail =
         "Signed in as {user} by {way}; {server} answered 401. Channel bindings were sent, so that "
         "Extended Protection is not the matter unless something in between ends TLS.",
     .remedy = "Type the password again. If it is right, write `username` in its other form: "
               "{other}. " ONCE,
     .likely = "the password is wrong",
     .also = {"the server wants the user name in another form: {other}",
              "the account is locked, disabled, or has to change its password",
              "an authentication policy keeps the account from EWS (BlockLegacyAuthWebServices)"},
     .prove = VERDICT_ACCOUNT "\n" VERDICT_EVENTS},
    {.name = "auth-failed-here",
     .check = TENON_CHECK_AUTH_NTLM,
     .signin = TENON_HTTP_SIGNIN_OTHER,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_AUTH,
     .word = TENON_VERDICT_ERROR,
     .title = "The sign-in failed on this machine",
     .detail = "{way} as {user} came to no end: {cause}.",
     .remedy =
         "Look at what `tenon doctor` says of Kerberos and NTLM on this machine, or set `auth` to "
         "another way that the server offers ({offered}).",
     .likely = "the Kerberos or NTLM library of this machine is not set up for it",
     .prove = "tenon doctor"},
};

const struct verdict_rows verdict_windows = {rows, sizeof rows / sizeof *rows};
