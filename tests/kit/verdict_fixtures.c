// SPDX-License-Identifier: Apache-2.0
//
// A fixture for each row at least; where two rows are near each other, one on either side.
#include "verdict_fixtures.h"

#define HTML     "<!DOCTYPE html><html><body>hello</body></html>"
#define LOGIN    "<html><form action=\"/owa/auth.owa\"><input type=\"password\"/></form></html>"
#define BASIC    "WWW-Authenticate: Basic realm=\"\"\n"
#define EMPTY_OK "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\"><s:Body/></s:Envelope>"

#define NET(name, f)                                                                               \
  {                                                                                                \
    .row = name, .place = PLACE_OPEN, .fault = (f)                                                 \
  }
#define PROXY_DOWN(name, f)                                                                        \
  {                                                                                                \
    .row = name, .place = PLACE_OPEN, .fault = TENON_HTTP_FAULT_PROXY, .proxy_fault = (f)          \
  }
#define PROXY_SAYS(name, c, given, h)                                                              \
  {                                                                                                \
    .row = name, .place = PLACE_OPEN, .fault = TENON_HTTP_FAULT_PROXY, .proxy_code = (c),          \
    .proxy_signin = (given), .headers = h                                                          \
  }
#define CERT(name, v)                                                                              \
  {                                                                                                \
    .row = name, .place = PLACE_OPEN, .fault = TENON_HTTP_FAULT_CERTIFICATE, .tls = (v)            \
  }
#define HANDSHAKE(name, f, why)                                                                    \
  {                                                                                                \
    .row = name, .place = PLACE_OPEN, .fault = (f), .reason = why                                  \
  }
#define FINDING(name)                                                                              \
  {                                                                                                \
    .row = name, .place = PLACE_OPEN, .finding = name                                              \
  }
#define ACT(name, c)                                                                               \
  {                                                                                                \
    .row = name, .place = PLACE_ACT, .code = 500, .body = FAULT(c)                                 \
  }
#define ACT_SEEN(name, c, s)                                                                       \
  {                                                                                                \
    .row = name, .place = PLACE_ACT, .code = 200, .body = FAULT(c), .seen = (s)                    \
  }
#define SIGNIN(name, c)                                                                            \
  {                                                                                                \
    .row = name, .place = PLACE_SIGNIN, .code = 500, .body = FAULT(c)                              \
  }
#define HTTP(name, p, c, h, b)                                                                     \
  {                                                                                                \
    .row = name, .place = (p), .code = (c), .headers = h, .body = b                                \
  }

// A sign-in on a channel that failed: before the server was asked, or with its 401.
#define SIGN(...)                                                                                  \
  .place = PLACE_SIGNIN, .signin = &(const tenon_http_signin)                                      \
  {                                                                                                \
    .size = sizeof(tenon_http_signin), __VA_ARGS__                                                 \
  }
#define KERBEROS(name, f)                                                                          \
  {                                                                                                \
    .row = name, SIGN(.fault = (f), .mechanism = "Kerberos", .source = "password")                 \
  }
#define CACHE .mechanism = "Kerberos", .source = "ticket cache FILE:/run/svc cache"
#define NTLM(name, f, n, bound)                                                                    \
  {                                                                                                \
    .row = name, .code = (n) > 0 ? 401 : 0, .headers = (n) > 0 ? WINDOWS : "",                     \
    SIGN(.fault = (f), .mechanism = "NTLM", .user = "svc@contoso.example", .legs = (n),            \
         .binding = (bound), .netbios_domain = "CONTOSO")                                          \
  }
#define WINDOWS "WWW-Authenticate: Negotiate\nWWW-Authenticate: NTLM\n"
#define BOUND   "tls-server-end-point, SHA-256"

// ---- what servers show --------------------------------------------------------------------------

#define CERTIFICATE(subject_, issuer_, names_)                                                     \
  {                                                                                                \
    .size = sizeof(tenon_http_certificate), .subject = subject_, .issuer = issuer_,                \
    .names = names_, .pem = "-----BEGIN CERTIFICATE-----", .sha256 = "ef", .pin = "sha256//cGlu",  \
    .not_before = 1600000000, .not_after = 1900000000                                              \
  }
#define CHAIN(list)                                                                                \
  .size = sizeof(tenon_http_tls), .chain = (list), .n_chain = sizeof(list) / sizeof *(list)
#define SHOWN(name, v, chain_)                                                                     \
  {                                                                                                \
    .row = name, .place = PLACE_OPEN, .fault = TENON_HTTP_FAULT_CERTIFICATE, .tls = (v),           \
    .shown = (chain_)                                                                              \
  }

static const tenon_http_certificate alone =
    CERTIFICATE("CN=mail.contoso.example", "CN=Contoso Issuing CA", "mail.contoso.example");
static const tenon_http_certificate nameless =
    CERTIFICATE("CN=mail.contoso.example", "CN=Contoso Issuing CA", "");
static const tenon_http_certificate made =
    CERTIFICATE("CN=mail.contoso.example", "CN=Zscaler Intermediate Root CA,O=Zscaler Inc.",
                "mail.contoso.example");
static const tenon_http_certificate maker =
    CERTIFICATE("CN=Zscaler Intermediate Root CA,O=Zscaler Inc.",
                "CN=Zscaler Intermediate Root CA,O=Zscaler Inc.", "");
static const tenon_http_certificate *const list_alone[] = {&alone};
static const tenon_http_certificate *const list_nameless[] = {&nameless};
static const tenon_http_certificate *const list_made[] = {&made, &maker};
static const tenon_http_tls shown_alone = {CHAIN(list_alone)};
static const tenon_http_tls shown_nameless = {CHAIN(list_nameless)};
static const tenon_http_tls shown_by_proxy = {CHAIN(list_made)};
static const tenon_http_tls asked = {CHAIN(list_alone),
                                     .client_certificate = TENON_HTTP_CLIENT_ASKED};
static const tenon_http_tls asked_and_shown = {CHAIN(list_alone),
                                               .client_certificate = TENON_HTTP_CLIENT_SHOWN};

const struct fixture fixtures[] = {
    // sign-in on a channel
    KERBEROS("auth-kerberos-missing", TENON_HTTP_SIGNIN_NO_MECHANISM),
    KERBEROS("auth-no-ticket", TENON_HTTP_SIGNIN_NO_TICKET),
    {.row = "auth-keytab-useless",
     SIGN(.fault = TENON_HTTP_SIGNIN_NO_TICKET, .mechanism = "Kerberos",
          .source = "keytab /etc/svc.keytab")},
    {.row = "auth-ticket-other-user",
     .seen = SEEN_CACHE,
     SIGN(.fault = TENON_HTTP_SIGNIN_OTHER_TICKET, CACHE,
          .reason = "its tickets are those of anna@CONTOSO.EXAMPLE")},
    {.row = "auth-ticket-cache-useless",
     .seen = SEEN_CACHE,
     SIGN(.fault = TENON_HTTP_SIGNIN_NO_TICKET, CACHE)},
    {.row = "auth-ticket-cache-expired",
     .seen = SEEN_CACHE,
     SIGN(.fault = TENON_HTTP_SIGNIN_TICKET_EXPIRED, CACHE)},
    {.row = "auth-ticket-expired",
     SIGN(.fault = TENON_HTTP_SIGNIN_TICKET_EXPIRED, .mechanism = "Kerberos",
          .ticket_ends = 1760000000)},
    KERBEROS("auth-no-realm", TENON_HTTP_SIGNIN_NO_REALM),
    KERBEROS("auth-no-kdc", TENON_HTTP_SIGNIN_NO_KDC),
    KERBEROS("auth-account-unknown", TENON_HTTP_SIGNIN_ACCOUNT_UNKNOWN),
    KERBEROS("auth-password-kdc", TENON_HTTP_SIGNIN_PASSWORD),
    KERBEROS("auth-password-expired", TENON_HTTP_SIGNIN_PASSWORD_EXPIRED),
    KERBEROS("auth-account-locked", TENON_HTTP_SIGNIN_ACCOUNT_LOCKED),
    KERBEROS("auth-spn-unknown", TENON_HTTP_SIGNIN_SERVICE_UNKNOWN),
    KERBEROS("auth-clock", TENON_HTTP_SIGNIN_CLOCK),
    KERBEROS("auth-encryption", TENON_HTTP_SIGNIN_ENCRYPTION),
    {.row = "auth-ticket-binding-mismatch",
     .code = 401,
     .headers = WINDOWS "Via: 1.1 gateway\n",
     SIGN(.fault = TENON_HTTP_SIGNIN_REJECTED, .mechanism = "Kerberos", .legs = 1,
          .binding = BOUND)},
    {.row = "auth-ticket-refused",
     .code = 401,
     .headers = WINDOWS,
     SIGN(.fault = TENON_HTTP_SIGNIN_REJECTED, .mechanism = "Kerberos", .legs = 1,
          .user = "svc@CONTOSO.EXAMPLE", .service = "HTTP/mail.contoso.example@CONTOSO.EXAMPLE")},
    NTLM("auth-ntlm-missing", TENON_HTTP_SIGNIN_NO_MECHANISM, 0, NULL),
    NTLM("auth-name-form", TENON_HTTP_SIGNIN_NAME, 0, NULL),
    NTLM("auth-way-not-offered", TENON_HTTP_SIGNIN_NOT_OFFERED, 0, NULL),
    NTLM("auth-connection-lost", TENON_HTTP_SIGNIN_CONNECTION, 0, NULL),
    {.row = "auth-connection-lost-again",
     .seen = SEEN_AGAIN,
     SIGN(.fault = TENON_HTTP_SIGNIN_CONNECTION, .mechanism = "NTLM", .legs = 1)},
    {.row = "auth-garbled",
     .code = 401,
     .headers = "WWW-Authenticate: NTLM !?\n",
     SIGN(.fault = TENON_HTTP_SIGNIN_PROTOCOL, .mechanism = "NTLM", .legs = 1)},
    {.row = "auth-garbled",
     .code = 401,
     .headers = "WWW-Authenticate: negotiate AAAA\n",
     SIGN(.fault = TENON_HTTP_SIGNIN_PROTOCOL, .mechanism = "NTLM", .legs = 1)},
    NTLM("auth-scheme-dead", TENON_HTTP_SIGNIN_PROTOCOL, 1, BOUND),
    NTLM("auth-scheme-dead", TENON_HTTP_SIGNIN_REJECTED, 1, BOUND),
    {.row = "auth-binding-mismatch",
     .code = 401,
     .headers = WINDOWS "Via: 1.1 gateway\n",
     SIGN(.fault = TENON_HTTP_SIGNIN_REJECTED, .mechanism = "NTLM", .legs = 2, .binding = BOUND)},
    NTLM("auth-ntlm-refused-unbound", TENON_HTTP_SIGNIN_REJECTED, 2, NULL),
    {.row = "auth-ntlm-refused-domain-form",
     .code = 401,
     .headers = WINDOWS,
     .seen = SEEN_DOMAIN | SEEN_OTHER_DOMAIN,
     SIGN(.fault = TENON_HTTP_SIGNIN_REJECTED, .mechanism = "NTLM", .legs = 2, .binding = BOUND)},
    NTLM("auth-ntlm-refused", TENON_HTTP_SIGNIN_REJECTED, 2, BOUND),
    KERBEROS("auth-failed-here", TENON_HTTP_SIGNIN_OTHER),
    // below HTTP
    NET("name-unresolved", TENON_HTTP_FAULT_RESOLVE),
    NET("connection-refused", TENON_HTTP_FAULT_REFUSED),
    NET("unreachable", TENON_HTTP_FAULT_UNREACHABLE),
    PROXY_DOWN("proxy-name-unresolved", TENON_HTTP_FAULT_RESOLVE),
    PROXY_DOWN("proxy-certificate", TENON_HTTP_FAULT_CERTIFICATE),
    PROXY_DOWN("proxy-tls", TENON_HTTP_FAULT_TLS),
    PROXY_DOWN("proxy-unreachable", TENON_HTTP_FAULT_REFUSED),
    PROXY_DOWN("proxy-unreachable", TENON_HTTP_FAULT_SLOW),
    PROXY_SAYS("proxy-wants-other-sign-in", 407, 0,
               "Proxy-Authenticate: Negotiate\nProxy-Authenticate: NTLM\n"),
    PROXY_SAYS("proxy-wants-other-sign-in", 407, 1, "Proxy-Authenticate: NTLM\n"),
    PROXY_SAYS("proxy-refused-sign-in", 407, 1, "Proxy-Authenticate: Basic realm=\"p\"\n"),
    PROXY_SAYS("proxy-refused-sign-in", 407, 1, ""), // not sent again
    PROXY_SAYS("proxy-refused-sign-in", 401, 1, ""), // tinyproxy
    PROXY_SAYS("proxy-wants-sign-in", 407, 0,
               "Proxy-Authenticate: Negotiate\nProxy-Authenticate: Basic realm=\"p\"\n"),
    PROXY_SAYS("proxy-portal", 302, 0, "Location: http://portal.contoso.example/\n"),
    PROXY_SAYS("proxy-portal-511", 511, 0, ""),
    {.row = "proxy-gateway-outside",
     .place = PLACE_OPEN,
     .fault = TENON_HTTP_FAULT_PROXY,
     .proxy_code = 503,
     .seen = SEEN_CLOUD},
    PROXY_SAYS("proxy-gateway", 503, 0, "Server: squid/5.7\nX-Squid-Error: ERR_CONNECT_FAIL 111\n"),
    PROXY_SAYS("proxy-gateway", 502, 1, "Via: 1.1 gate\n"),
    PROXY_SAYS("proxy-forbids", 403, 0, "Server: squid/5.7\nX-Squid-Error: ERR_ACCESS_DENIED 0\n"),
    PROXY_SAYS("proxy-failed", 0, 0, ""),
    NET("tls-handshake", TENON_HTTP_FAULT_TLS),
    NET("reset", TENON_HTTP_FAULT_RESET),
    NET("slow", TENON_HTTP_FAULT_SLOW),
    NET("answer-too-large", TENON_HTTP_FAULT_TOO_LARGE),
    NET("not-http", TENON_HTTP_FAULT_MALFORMED),
    NET("request-impossible", TENON_HTTP_FAULT_REQUEST),
    NET("transport-failed", TENON_HTTP_FAULT_OTHER),
    {.row = "credential-held-back", .place = PLACE_ACT, .fault = TENON_HTTP_FAULT_GATE},
    {.row = "credential-held-back",
     .place = PLACE_ACT,
     .fault = TENON_HTTP_FAULT_GATE,
     .seen = SEEN_CHALLENGE | SEEN_BASIC},
    {.row = "not-offered-held-back",
     .place = PLACE_ACT,
     .fault = TENON_HTTP_FAULT_GATE,
     .seen = SEEN_UNOFFERED},
    {.row = "signin-failed-held-back",
     .place = PLACE_ACT,
     .fault = TENON_HTTP_FAULT_GATE,
     .seen = SEEN_FAILED},
    {.row = "client-certificate-wanted",
     .place = PLACE_OPEN,
     .fault = TENON_HTTP_FAULT_RESET,
     .shown = &asked},
    {.row = "client-certificate-refused",
     .place = PLACE_OPEN,
     .fault = TENON_HTTP_FAULT_TLS,
     .shown = &asked_and_shown},
    {.row = "client-certificate-required", .place = PLACE_OPEN, .code = 403, .shown = &asked},
    {.row = "client-certificate-required",
     .place = PLACE_OPEN,
     .code = 400,
     .body = HTML,
     .shown = &asked},
    {.row = "client-certificate-denied",
     .place = PLACE_OPEN,
     .code = 403,
     .shown = &asked_and_shown},
    // asked for and not needed: the sign-in says what is wrong
    {.row = "auth-refused-unsent",
     .place = PLACE_OPEN,
     .code = 401,
     .headers = BASIC,
     .shown = &asked},
    HANDSHAKE("client-certificate-wanted", TENON_HTTP_FAULT_RESET,
              "SSL routines::tlsv13 alert certificate required"),
    HANDSHAKE("client-certificate-wanted", TENON_HTTP_FAULT_TLS,
              "SSL routines::tlsv13 alert certificate required"),
    HANDSHAKE("tls-too-old", TENON_HTTP_FAULT_TLS, "SSL routines::tlsv1 alert protocol version"),
    HANDSHAKE("tls-too-old", TENON_HTTP_FAULT_TLS, "SSL routines::unsupported protocol"),
    HANDSHAKE("tls-not-spoken", TENON_HTTP_FAULT_TLS, "SSL routines::wrong version number"),
    HANDSHAKE("tls-handshake", TENON_HTTP_FAULT_TLS, "SSL routines::sslv3 alert handshake failure"),
    CERT("certificate-self-signed", TENON_HTTP_TLS_SELF_SIGNED),
    CERT("certificate-untrusted", TENON_HTTP_TLS_UNTRUSTED),
    SHOWN("certificate-interception", TENON_HTTP_TLS_UNTRUSTED, &shown_by_proxy),
    {.row = "certificate-interception-likely",
     .place = PLACE_OPEN,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_UNTRUSTED,
     .seen = SEEN_FRESH},
    SHOWN("certificate-chain-missing", TENON_HTTP_TLS_UNTRUSTED, &shown_alone),
    CERT("certificate-wrong-name", TENON_HTTP_TLS_NAME),
    SHOWN("certificate-without-names", TENON_HTTP_TLS_NAME, &shown_nameless),
    CERT("certificate-expired", TENON_HTTP_TLS_EXPIRED),
    CERT("certificate-not-yet-valid", TENON_HTTP_TLS_NOT_YET),
    CERT("certificate-not-pinned", TENON_HTTP_TLS_PIN),
    CERT("certificate-weak", TENON_HTTP_TLS_WEAK),
    CERT("certificate-refused", TENON_HTTP_TLS_OTHER),
    // sign-in
    {.row = "auth-basic-off",
     .place = PLACE_SIGNIN,
     .code = 401,
     .headers = WINDOWS,
     .seen = SEEN_WANTS_BASIC},
    {.row = "auth-basic-off",
     .place = PLACE_SIGNIN,
     .code = 401,
     .headers = "WWW-Authenticate: Kerberos\n",
     .body = HTML,
     .seen = SEEN_WANTS_BASIC},
    {.row = "auth-ntlm-not-offered",
     .place = PLACE_SIGNIN,
     .code = 401,
     .headers = BASIC,
     .seen = SEEN_WANTS_NTLM},
    {.row = "auth-negotiate-not-offered",
     .place = PLACE_SIGNIN,
     .code = 401,
     .headers = "WWW-Authenticate: NTLM\n",
     .seen = SEEN_WANTS_NEGOTIATE},
    HTTP("auth-bearer-only", PLACE_SIGNIN, 401,
         "WWW-Authenticate: Bearer authorization_uri=\"x\"\n", ""),
    HTTP("auth-basic-off", PLACE_SIGNIN, 401, "WWW-Authenticate: Bearer x=\"y\", NTLM\n", ""),
    HTTP("auth-basic-not-offered", PLACE_SIGNIN, 401, "WWW-Authenticate: Digest realm=\"x\"\n", ""),
    HTTP("auth-nothing-offered", PLACE_SIGNIN, 401, "", ""),
    HTTP("auth-refused-later", PLACE_ACT, 401, BASIC, ""),
    {.row = "auth-refused",
     .place = PLACE_SIGNIN,
     .code = 401,
     .headers = BASIC,
     .seen = SEEN_SENT},
    {.row = "auth-refused-domain-form",
     .place = PLACE_SIGNIN,
     .code = 401,
     .headers = BASIC,
     .seen = SEEN_SENT | SEEN_DOMAIN},
    HTTP("auth-refused-unsent", PLACE_OPEN, 401, BASIC, ""),
    HTTP("proxy-signin", PLACE_OPEN, 407, "Proxy-Authenticate: NTLM\n", HTML),
    HTTP("ews-policy", PLACE_SIGNIN, 403, "X-EWS-Policy-Reason: EWS is blocked\n", ""),
    HTTP("forbidden-before-signin", PLACE_OPEN, 403, "Server: nginx\n", HTML),
    HTTP("forbidden-acting", PLACE_ACT, 403, "", ""),
    HTTP("forbidden-after-signin", PLACE_SIGNIN, 403, "", ""),
    // statuses and pages
    {.row = "logon-page-refused",
     .place = PLACE_SIGNIN,
     .code = 302,
     .headers = "Location: https://m/owa/auth/logon.aspx?reason=2\n",
     .seen = SEEN_SENT},
    // nothing was sent: it cannot have been refused
    HTTP("logon-page", PLACE_OPEN, 302, "Location: https://m/owa/auth/logon.aspx?reason=2\n", ""),
    HTTP("logon-page", PLACE_OPEN, 302, "Location: https://m/owa/auth/logon.aspx?reason=0\n", ""),
    HTTP("redirect-error-page", PLACE_SIGNIN, 302, "Location: /ews/genericerrorpage.htm\n", ""),
    HTTP("redirect", PLACE_OPEN, 301, "Location: https://elsewhere.example/\n", ""),
    HTTP("logon-expired", PLACE_OPEN, 440, "", ""),
    HTTP("account-blocked", PLACE_SIGNIN, 456, "", ""),
    HTTP("not-found", PLACE_OPEN, 404, "", HTML),
    HTTP("not-found", PLACE_OPEN, 405, "", ""),
    HTTP("too-large-for-renegotiation", PLACE_SIGNIN, 413, "", ""),
    HTTP("throttled-http", PLACE_ACT, 429, "Retry-After: 120\n", ""),
    HTTP("unavailable", PLACE_ACT, 503, "Retry-After: 30\n", HTML),
    HTTP("gateway", PLACE_OPEN, 502, "", HTML),
    HTTP("gateway", PLACE_OPEN, 504, "", ""),
    HTTP("definition-refused", PLACE_SIGNIN, 200, "", "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>"),
    HTTP("error-page", PLACE_SIGNIN, 500, "", HTML),
    HTTP("server-error", PLACE_SIGNIN, 500, "", ""),
    HTTP("login-page", PLACE_OPEN, 200, "Content-Type: text/html\n", LOGIN),
    HTTP("web-page", PLACE_OPEN, 200, "", HTML),
    HTTP("empty-answer", PLACE_OPEN, 200, "", ""),
    HTTP("bad-request", PLACE_OPEN, 400, "", "no"),
    HTTP("not-ews", PLACE_SIGNIN, 200, "", "<hello/>"),
    HTTP("not-ews", PLACE_SIGNIN, 200, "", "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\">&#0;"),
    HTTP("unexpected", PLACE_OPEN, 204, "", "{}"),
    // rights and mailboxes
    {.row = "role-missing",
     .place = PLACE_ACT,
     .code = 500,
     .body = FAULT("ErrorImpersonateUserDenied"),
     .seen = SEEN_PROBE},
    ACT_SEEN("denied-not-in-directory", "ErrorImpersonateUserDenied", SEEN_MISSING),
    ACT_SEEN("denied-not-a-mailbox", "ErrorNonExistentMailbox", SEEN_FOREIGN),
    ACT("impersonation-denied", "ErrorImpersonateUserDenied"),
    ACT("impersonation-denied", "t:ErrorImpersonationDenied"),
    ACT_SEEN("impersonation-denied-not-exchange", "ErrorImpersonateUserDenied", SEEN_EXISTS),
    ACT_SEEN("impersonation-denied", "ErrorImpersonateUserDenied", SEEN_EXISTS | SEEN_EXCHANGE),
    ACT_SEEN("impersonation-denied-scope", "ErrorImpersonateUserDenied",
             SEEN_ACTED | SEEN_EXCHANGE),
    ACT_SEEN("elsewhere", "ErrorNonExistentMailbox", SEEN_EXISTS),
    ACT_SEEN("found-but-not-served", "ErrorCannotFindUser", SEEN_EXISTS),
    ACT("no-mailbox", "ErrorNonExistentMailbox"),
    ACT("no-mailbox", "ErrorCannotFindUser"),
    ACT_SEEN("no-mailbox", "ErrorMissingEmailAddress", SEEN_MISSING),
    ACT("mailbox-disabled", "ErrorAccountDisabled"),
    ACT("mailbox-disabled", "ErrorInvalidLicense"),
    ACT_SEEN("identity-not-supported", "ErrorImpersonationFailed", SEEN_SID),
    ACT("impersonation-failed", "ErrorImpersonationFailed"),
    {.row = "not-primary",
     .place = PLACE_ACT,
     .code = 500,
     .body = "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\" xmlns:t=\"" SOAP_NS_TYPES
             "\"><s:Body><s:Fault>"
             "<faultcode>t:ErrorNonPrimarySmtpAddress</faultcode><detail><t:MessageXml>"
             "<t:Value Name=\"Primary\">right@contoso.example</t:Value></t:MessageXml></detail>"
             "</s:Fault></s:Body></s:Envelope>"},
    ACT("address-invalid", "ErrorNonPrimarySmtpAddress"),
    ACT("address-invalid", "ErrorInvalidSmtpAddress"),
    ACT("address-invalid", "ErrorInvalidUserPrincipalName"),
    ACT("address-invalid", "ErrorInvalidUserSid"),
    SIGNIN("account-state", "ErrorPasswordExpired"),
    SIGNIN("account-state", "ErrorPasswordChangeRequired"),
    SIGNIN("account-disabled", "ErrorAccountDisabled"),
    SIGNIN("account-local", "ErrorCallerIsInvalidADAccount"),
    ACT("access-denied", "ErrorAccessDenied"),
    SIGNIN("signin-denied", "ErrorAccessDenied"),
    ACT("mailbox-broken", "ErrorFolderNotFound"),
    ACT_SEEN("fault-of-nobody", "SOAP:Server", SEEN_MISSING),
    // the server's state
    ACT("busy", "ErrorServerBusy"),
    ACT("too-many-connections", "ErrorExceededConnectionCount"),
    SIGNIN("version-older", "ErrorInvalidServerVersion"),
    SIGNIN("version-older", "ErrorInvalidRequest"),
    {.row = "version-unknown",
     .place = PLACE_SIGNIN,
     .code = 500,
     .body = FAULT("ErrorInvalidServerVersion"),
     .seen = SEEN_AGAIN},
    ACT("moving", "ErrorMailboxMoveInProgress"),
    ACT("other-site", "ErrorCrossSiteRequest"),
    ACT("no-server-behind", "ErrorNoRespondingCASInDestinationSite"),
    ACT("store-unavailable", "ErrorMailboxStoreUnavailable"),
    ACT("directory-unavailable", "ErrorADUnavailable"),
    ACT("transient", "ErrorInternalServerTransientError"),
    ACT("internal-error", "ErrorInternalServerError"),
    ACT_SEEN("internal-error-again", "ErrorInternalServerError", SEEN_AGAIN),
    SIGNIN("request-defect", "ErrorSchemaValidation"),
    {.row = "directory-needs-mailbox",
     .place = PLACE_BROWSE,
     .code = 200,
     .body = FAULT("ErrorNameResolutionNoMailbox")},
    SIGNIN("code-unknown", "ErrorSomethingInventedLater"),
    SIGNIN("fault-without-code", "soap:Client"),
    HTTP("soap-without-answer", PLACE_SIGNIN, 200, "", EMPTY_OK),
    // a search for the server
    FINDING("discover-refused"),
    FINDING("discover-cloud"),
    FINDING("discover-unknown"),
    FINDING("discover-error"),
    FINDING("discover-no-way"),
    FINDING("discover-foreign"),
    FINDING("discover-loop"),
    FINDING("discover-hops"),
    FINDING("discover-busy"),
    FINDING("discover-certificate-name"),
    FINDING("discover-stale-srv"),
    FINDING("discover-nothing"),
};

const size_t n_fixtures = sizeof fixtures / sizeof *fixtures;
