// SPDX-License-Identifier: Apache-2.0
/* tenon/http.h - the service "tenon.http/1": the HTTP that a connector gets from its host.
 *
 * A plugin obtains it by `const tenon_http *http = host->extension(host, TENON_HTTP_ID)` in open. One trust store, one
 * proxy setting, one place where secrets are taken out, cancel built in, times of every phase. What it does for you and
 * what it will not do:
 *   - TLS is always verified. Exceptions are named one by one in tenon_http_options.
 *   - A redirect (3xx) is handed back, never followed.
 *   - Nothing is retried, but a kept-alive connection that died before a byte of the answer.
 *   - Sign-in takes handles (tenon_secret), so that an ordinary connector never sees a password.
 *   - One attempt per credential, over all sessions of the host: until a server has accepted an account with its secret,
 *     one request at a time carries them, and the others wait, without their time running; a request that comes to no
 *     connection makes nobody wait. Once refused (401, or by the KDC), further requests with that pair, to whatever
 *     server, end at once with TENON_E_AUTH and TENON_HTTP_FAULT_GATE, unsent, until a hook that was called after the
 *     refusal tries once more. Accounts lock.
 *   - Pooled requests (perform, start) for sign-ins that every request carries: none, Basic, Bearer. Channels for those
 *     that belong to a connection: NTLM, Negotiate, Kerberos.
 *   - No cookies on pooled requests. Bodies go with Content-Length, no Expect.
 * Reading rules (thread tags, borrowed, growable, times) as in tenon/plugin.h. Everything here is there since 1.0. */
#ifndef TENON_HTTP_H
#define TENON_HTTP_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TENON_HTTP_ID "tenon.http/1"

/* Limits. */
#define TENON_HTTP_BODY_MAX         (4u * 1024u * 1024u) /* of an answer, when body_max is 0 */
#define TENON_HTTP_REQUEST_BODY_MAX (1024u * 1024u)
#define TENON_HTTP_HEADERS_MAX      128u   /* header lines of an answer */
#define TENON_HTTP_HEADER_BYTES_MAX 65536u /* all of them together */
#define TENON_HTTP_IN_FLIGHT_MAX    256u   /* started and not yet completed */
#define TENON_HTTP_CHAIN_MAX        10u    /* certificates kept of a chain */
#define TENON_HTTP_CHANNELS_MAX     64u    /* open at a time */

typedef struct tenon_http tenon_http;
typedef struct tenon_http_channel tenon_http_channel; /* opaque */

/* ---- per connection -------------------------------------------------------------------------------------------- */

/* How this connection reaches its servers. Set once, in open, before the first request. */
typedef struct tenon_http_options {
  uint32_t size, reserved;
  tenon_text ca_pem; /* certificates in PEM, added to the system's; ptr NULL: none */
  /* "sha256//BASE64" of the server key's SPKI (RFC 7469 form); accepted chain or not; or NULL. */
  const char *tls_pin;
  /* The one other name the certificate may carry instead of the host's; or NULL. */
  const char *expected_name;
  const char *
      proxy; /* "http://proxy:3128", "https://proxy:3129", "none"; NULL: as the host's environment says */
  const char *proxy_user; /* or NULL */
  tenon_secret *proxy_secret;
  /* "host=address", "host:port=address:port" with host "*" (any) and address "*" (its own), separated by commas; a
   * request goes to the first that fits; or NULL. */
  const char *resolve;
  const char *user_agent;     /* NULL: "tenon/VERSION" */
  int64_t connect_timeout_ns; /* of name, connection and TLS together; 0: 15 s */
  int64_t timeout_ns;         /* of one request; 0: 60 s; the call's deadline always holds too */
  uint32_t connections_max;   /* kept-alive connections of a host; 0: 8 */
  uint32_t reserved2;
  const char *dns; /* "192.0.2.53:53": names are looked up there, not as the system does; or NULL */
  /* Shown to a server that asks for one: PKCS#12, or PEM with the chain and an encrypted key; ptr NULL: none. */
  tenon_text client_certificate;
  tenon_secret *client_certificate_secret; /* opens it; or NULL */
} tenon_http_options;

/* ---- a request ------------------------------------------------------------------------------------------------- */

#define TENON_HTTP_AUTH_NONE   0u
#define TENON_HTTP_AUTH_BASIC  1u /* user and secret */
#define TENON_HTTP_AUTH_BEARER 2u /* secret */

/* How a secret stands in a body. */
#define TENON_HTTP_RAW  0u /* as it is */
#define TENON_HTTP_FORM 1u /* application/x-www-form-urlencoded */
#define TENON_HTTP_JSON 2u /* within the quotes of a JSON string */
#define TENON_HTTP_XML  3u /* character data */

/* A piece of a body: text or, where secret is not NULL, a secret. Frozen: stands in arrays. */
typedef struct tenon_http_part {
  tenon_text text;
  tenon_secret *secret;
  uint32_t encoding, reserved;
} tenon_http_part;

/* Flags of a request. */
#define TENON_HTTP_DIRECT                                                                          \
  (1u << 0) /* through no proxy, whatever is set: link-local addresses (169.254.169.254) */

/* Everything is copied before start or perform returns, except body_sink and its user pointer. */
typedef struct tenon_http_request {
  uint32_t size, auth;
  const char *label; /* "ews.convertid": names the transaction in logs and recordings; never NULL */
  const char *method; /* NULL: "POST" when there is a body, else "GET" */
  const char *url;    /* absolute; http and https only; no user information in it */
  /* No Authorization, Host, Content-Length, Connection: those are refused. */
  const tenon_pair *headers;
  size_t n_headers;
  const tenon_http_part *body; /* pieces, put one after another */
  size_t n_body;
  const char *user; /* TENON_HTTP_AUTH_BASIC; shown in logs */
  tenon_secret *secret;
  int64_t timeout_ns; /* 0: of the options */
  /* An answer larger than this fails with TENON_HTTP_FAULT_TOO_LARGE; 0: the default. */
  size_t body_max;
  /* Takes the answer's body as it comes instead of collecting it; return other than 0 to stop. [hook] */
  int32_t (*body_sink)(void *user, const void *bytes, size_t n);
  void *body_user;
  uint32_t flags; /* TENON_HTTP_DIRECT; unknown bits are refused (TENON_HTTP_FAULT_REQUEST) */
  uint32_t reserved;
} tenon_http_request;

/* ---- its completion -------------------------------------------------------------------------------------------- */

/* What went wrong below HTTP, beside the tenon_status. Append-only; unknown ones are read as OTHER. */
#define TENON_HTTP_FAULT_NONE        0u
#define TENON_HTTP_FAULT_OTHER       1u
#define TENON_HTTP_FAULT_RESOLVE     2u  /* NETWORK: the name has no address */
#define TENON_HTTP_FAULT_REFUSED     3u  /* NETWORK: nobody listens there */
#define TENON_HTTP_FAULT_UNREACHABLE 4u  /* NETWORK: no route, or no connection in time */
#define TENON_HTTP_FAULT_PROXY       5u  /* NETWORK or TLS: the proxy refused or is unreachable */
#define TENON_HTTP_FAULT_TLS         6u  /* TLS: the handshake failed before the verdict */
#define TENON_HTTP_FAULT_CERTIFICATE 7u  /* TLS: see tls->verdict */
#define TENON_HTTP_FAULT_RESET       8u  /* NETWORK: closed before the answer was whole */
#define TENON_HTTP_FAULT_SLOW        9u  /* TIMEOUT: connected, but no whole answer in time */
#define TENON_HTTP_FAULT_TOO_LARGE   10u /* PROTOCOL: body or headers over their limit */
#define TENON_HTTP_FAULT_MALFORMED   11u /* PROTOCOL: not HTTP */
#define TENON_HTTP_FAULT_GATE        12u /* AUTH: not sent: this credential was refused before */
#define TENON_HTTP_FAULT_REQUEST     13u /* CONFIG: it cannot be sent (URL, header) */

/* Who decided on the route. Append-only; unknown ones are read as DIRECT. */
#define TENON_HTTP_ROUTE_DIRECT      0u /* nobody: no proxy is named anywhere */
#define TENON_HTTP_ROUTE_SET         1u /* the option `proxy`, which may say none */
#define TENON_HTTP_ROUTE_ENVIRONMENT 2u
#define TENON_HTTP_ROUTE_EXEMPT                                                                    \
  3u /* direct: the environment names a proxy, and NO_PROXY the host */
#define TENON_HTTP_ROUTE_REQUEST 4u /* direct: the request has TENON_HTTP_DIRECT */

/* What the verification of the chain said. Append-only; unknown ones are read as OTHER. */
#define TENON_HTTP_TLS_OK          0u
#define TENON_HTTP_TLS_OTHER       1u
#define TENON_HTTP_TLS_UNTRUSTED   2u /* no path to an authority that is trusted */
#define TENON_HTTP_TLS_SELF_SIGNED 3u
#define TENON_HTTP_TLS_EXPIRED     4u
#define TENON_HTTP_TLS_NOT_YET     5u
#define TENON_HTTP_TLS_NAME        6u /* none of its names is the host's */
#define TENON_HTTP_TLS_PIN         7u /* the key is not the pinned one */
#define TENON_HTTP_TLS_WEAK        8u /* key or signature too weak for this host */

/* Whether the server asked this side for a certificate. Append-only; unknown ones are read as NONE. */
#define TENON_HTTP_CLIENT_NONE  0u
#define TENON_HTTP_CLIENT_ASKED 1u /* there was none to show */
#define TENON_HTTP_CLIENT_SHOWN 2u

typedef struct tenon_http_certificate {
  uint32_t size, reserved;
  const char *subject, *issuer; /* RFC 2253 text */
  /* DNS names and IP addresses of subjectAltName, separated by ", "; "" when none. */
  const char *names;
  const char *pem;               /* whole, so that it can be offered for trust */
  const char *sha256;            /* of the certificate, lower-case hexadecimal */
  const char *pin;               /* "sha256//BASE64" of its SPKI */
  const char *signature;         /* "sha256WithRSAEncryption" */
  int64_t not_before, not_after; /* seconds since 1970-01-01 UTC */
} tenon_http_certificate;

/* Facts of the TLS connection that carried the transaction, also when its handshake failed on the certificate, and also
 * on reused connections. */
typedef struct tenon_http_tls {
  uint32_t size, verdict;
  const char *protocol, *cipher; /* "TLSv1.3"; or NULL when the handshake did not end */
  const char *verdict_text;      /* of the TLS library, for the detail */
  const tenon_http_certificate *const *chain; /* server's first; at most TENON_HTTP_CHAIN_MAX */
  size_t n_chain;
  uint32_t client_certificate; /* TENON_HTTP_CLIENT_...: did the server ask for one? */
  /* All that is wrong, a bit 1u << TENON_HTTP_TLS_... each; the verdict is what is to be mended first. */
  uint32_t complaints;
} tenon_http_tls;

/* ---- signing in on a channel ------------------------------------------------------------------------------------ */

#define TENON_HTTP_SIGNIN_NTLM           1u /* header NTLM */
#define TENON_HTTP_SIGNIN_NEGOTIATE      2u /* header Negotiate, Kerberos inside and nothing else */
#define TENON_HTTP_SIGNIN_NEGOTIATE_NTLM 3u /* header Negotiate, NTLM inside and nothing else */
#define TENON_HTTP_SIGNIN_KERBEROS                                                                 \
  4u /* header Kerberos (RFC 4559 without SPNEGO, as WSMan has it) */

/* Who signs in, and how. Everything is copied. */
typedef struct tenon_http_identity {
  uint32_t size, scheme; /* TENON_HTTP_SIGNIN_... */
  /* name@domain, DOMAIN\name or name. NULL: whoever the ticket or the keytab is for. The service gives it the form that
   * each mechanism wants: Kerberos name@REALM in capitals; NTLM DOMAIN\name as it is, and name@domain whole as the user
   * with no domain (MS-NLMP 2.2.1.3), so that the UPN is not cut in two. */
  const char *user;
  tenon_secret *secret; /* NULL: by ticket or keytab (Kerberos only) */
  const char *
      ticket_cache; /* "FILE:/tmp/krb5cc_1000"; NULL: the environment's. Not looked at with a secret. */
  const char *keytab;  /* path of a client keytab; or NULL */
  const char *service; /* "HTTP@mail.contoso.example"; NULL: HTTP@ the URL's host */
} tenon_http_identity;

/* Why a sign-in did not come about. Append-only; unknown ones are read as OTHER. */
#define TENON_HTTP_SIGNIN_OK               0u
#define TENON_HTTP_SIGNIN_OTHER            1u
#define TENON_HTTP_SIGNIN_NO_MECHANISM     2u /* this machine's GSSAPI does not have it (gss-ntlmssp) */
#define TENON_HTTP_SIGNIN_NO_TICKET        3u /* no secret, and neither ticket nor keytab entry */
#define TENON_HTTP_SIGNIN_TICKET_EXPIRED   4u
#define TENON_HTTP_SIGNIN_NO_REALM         5u /* no realm for the name, or no KDC known for the realm */
#define TENON_HTTP_SIGNIN_NO_KDC           6u /* none of the realm's KDCs answers */
#define TENON_HTTP_SIGNIN_ACCOUNT_UNKNOWN  7u /* KDC: no such principal (RFC 4120 7.5.9: 6) */
#define TENON_HTTP_SIGNIN_PASSWORD         8u /* KDC: pre-authentication failed (24): the secret is wrong */
#define TENON_HTTP_SIGNIN_PASSWORD_EXPIRED 9u  /* KDC: 23 */
#define TENON_HTTP_SIGNIN_ACCOUNT_LOCKED   10u /* KDC: 18, locked or disabled */
#define TENON_HTTP_SIGNIN_SERVICE_UNKNOWN  11u /* KDC: no such service principal (7) */
#define TENON_HTTP_SIGNIN_CLOCK            12u /* KDC or server: the clocks differ too much (37) */
#define TENON_HTTP_SIGNIN_ENCRYPTION       13u /* KDC: no encryption type in common (14) */
#define TENON_HTTP_SIGNIN_REJECTED         14u /* the server answered the last message with 401 */
#define TENON_HTTP_SIGNIN_PROTOCOL                                                                 \
  15u /* the server's message cannot be read, or came to early an end */
#define TENON_HTTP_SIGNIN_CONNECTION 16u /* the connection was closed between two messages */
#define TENON_HTTP_SIGNIN_NOT_OFFERED                                                              \
  17u /* the server does not offer this scheme; nothing was sent */
#define TENON_HTTP_SIGNIN_NAME         18u /* the user name cannot be given this mechanism's form */
#define TENON_HTTP_SIGNIN_OTHER_TICKET 19u /* ticket_cache holds the tickets of another user */

/* Facts of the sign-in that the channel's connection carries. Texts are NULL where they are not known. */
typedef struct tenon_http_signin {
  uint32_t size, fault;  /* TENON_HTTP_SIGNIN_..., above */
  const char *scheme;    /* as on the wire: "Negotiate", "NTLM", "Kerberos" */
  const char *mechanism; /* "Kerberos" or "NTLM" */
  const char *user;      /* in the form that was sent: "svc@CONTOSO.EXAMPLE", "CONTOSO\svc" */
  const char *source;    /* "password", "ticket cache FILE:...", "keytab /..." */
  const char *service;   /* "HTTP/mail.contoso.example@CONTOSO.EXAMPLE" */
  const char *realm;
  /* What the server's NTLM challenge says of itself before any credential (MS-NLMP 2.2.2.1). */
  const char *netbios_domain, *dns_domain, *server_name;
  const char *
      binding; /* "tls-server-end-point, SHA-256" when channel bindings were sent (RFC 5929 section 4) */
  const char *reason;  /* of the GSSAPI library, in words; NULL when it went well */
  int64_t ticket_ends; /* seconds since 1970-01-01 UTC; 0: no ticket */
  int64_t library_ns;  /* waited for the KDC and the library */
  uint32_t legs;       /* requests that carried a message */
  uint32_t mutual;     /* 1: the server has proved itself too */
} tenon_http_signin;

/* Ends a transaction. Owned by the service until release. */
typedef struct tenon_http_completion {
  uint32_t size;
  uint32_t fault;
  tenon_status status; /* TENON_OK: an HTTP answer came, whatever its code */
  int32_t code;        /* HTTP status; 0 when none came */
  void *tag;           /* as given to start */
  const char *label;
  const char *url;     /* asked for */
  const char *reason;  /* status not OK: what happened, in words, naming host and port */
  const char *address; /* peer's "192.0.2.1:443", or NULL */
  const char *
      route; /* "direct", "direct, past any proxy" (TENON_HTTP_DIRECT) or "proxy http://proxy:3128" */
  uint32_t reused; /* 1: over a connection that was there already, so the first three times are 0 */
  uint32_t route_by; /* TENON_HTTP_ROUTE_...: who decided on the route */
  /* Of the answer, in order, keys as sent; with TENON_HTTP_FAULT_PROXY of the proxy's answer. */
  const tenon_pair *headers;
  size_t n_headers;
  tenon_text body;           /* len bytes and a NUL; empty when a sink took it */
  const tenon_http_tls *tls; /* NULL over plain http or before the handshake */
  /* Each phase alone, total from when it was really begun: waiting for another one's sign-in is not in it. */
  int64_t resolve_ns, connect_ns, tls_ns, first_byte_ns, total_ns;
  /* Of a channel: how it was signed in, or why not (status TENON_E_AUTH, or TENON_OK with code 401 when REJECTED).
   * NULL for pooled requests. */
  const tenon_http_signin *signin;
  /* With TENON_HTTP_FAULT_PROXY: what failed between this host and the proxy, as a TENON_HTTP_FAULT_...; NONE: the proxy
   * itself answered, with this HTTP status. */
  uint32_t proxy_fault;
  int32_t proxy_code;
  uint32_t proxy_signin; /* 1: an account was given for the proxy */
  uint32_t reserved;
  /* Of the handshake with an https:// proxy; NULL on reused connections. */
  const tenon_http_tls *proxy_tls;
} tenon_http_completion;

/* ---- the service ----------------------------------------------------------------------------------------------- */

struct tenon_http {
  uint32_t size;
  /* Readable when next() has work to do: poll it beside cancel_fd and the source's ready_fd. */
  int32_t ready_fd;
  /* Once, in open. TENON_E_CONFIG with *ret_field naming the member at fault ("ca_pem", "tls_pin", "proxy", "resolve",
   * "client_certificate", "client_certificate_secret")
   * and a sentence in *ret_why, both borrowed until close; both pointers may be NULL. [hook] */
  tenon_status (*options)(const tenon_http *, const tenon_http_options *, const char **ret_field,
                          const char **ret_why);
  /* One request, waited for. Always gives a completion when it returns TENON_OK; that it could not be sent or answered
   * stands in completion->status. Other returns: TENON_E_NOMEM, TENON_E_UNSUPPORTED. [hook] */
  tenon_status (*perform)(const tenon_http *, const tenon_call *, const tenon_http_request *,
                          const tenon_http_completion **ret);
  /* Many: start puts one in flight (TENON_E_TRANSIENT when TENON_HTTP_IN_FLIGHT_MAX are), next drives all of them and
   * gives one that ended: TENON_OK, or TENON_E_TRANSIENT when none ended within wait_ns (0: do not wait; the wait
   * ends early on cancel, with TENON_E_CANCELLED), TENON_E_CONFIG when none is in flight. [hook] */
  tenon_status (*start)(const tenon_http *, const tenon_call *, const tenon_http_request *,
                        void *tag);
  tenon_status (*next)(const tenon_http *, const tenon_call *, int64_t wait_ns,
                       const tenon_http_completion **ret);
  /* Ends every transaction in flight without completions. The host does so too when the hook returns. [hook] */
  void (*abort)(const tenon_http *);
  /* Gives a completion back; NULL is fine. All are given back by the host when the hook returns. [hook] */
  void (*release)(const tenon_http *, const tenon_http_completion *);
  /* Channels: sign-ins that belong to a connection. One identity, one server, one connection, one request at a time;
   * several channels side by side are the lanes of a bulk run, and share what the KDC gave. Open sends nothing. The
   * first request on a connection goes out without a credential first, since the channel bindings need the server's
   * certificate and the answer shows what is offered; then as many legs as the mechanism takes; then the request. A
   * connection that was closed in between two requests is made and signed in anew. A request on a channel has
   * TENON_HTTP_AUTH_NONE. Cookies that the server sets are sent back on the same channel.
   * TENON_E_CONFIG: the identity cannot be used; TENON_E_TRANSIENT: TENON_HTTP_CHANNELS_MAX are open. [hook] */
  tenon_status (*channel_open)(const tenon_http *, const tenon_call *, const char *url,
                               const tenon_http_identity *, tenon_http_channel **ret);
  /* As perform. TENON_E_TRANSIENT: one is in flight on it. [hook] */
  tenon_status (*channel_perform)(tenon_http_channel *, const tenon_call *,
                                  const tenon_http_request *, const tenon_http_completion **ret);
  /* As start: the completion comes from next. TENON_E_TRANSIENT: one is in flight on it. [hook] */
  tenon_status (*channel_start)(tenon_http_channel *, const tenon_call *,
                                const tenon_http_request *, void *tag);
  /* Message encryption by the channel's context (MS-WSMV 2.2.9.1): the signature (NTLM) or header (Kerberos) and the
   * sealed bytes apart. Borrowed until the next wrap, unwrap or close. TENON_E_AUTH: the channel is not signed in;
   * TENON_E_PROTOCOL: the bytes are not from the other side. [hook] */
  tenon_status (*channel_wrap)(tenon_http_channel *, tenon_text plain, tenon_text *ret_signature,
                               tenon_text *ret);
  tenon_status (*channel_unwrap)(tenon_http_channel *, tenon_text signature, tenon_text sealed,
                                 tenon_text *ret);
  /* Ends what is in flight on it without a completion. All are closed by the host when the session ends; they outlive
   * a hook. NULL is fine. [hook] */
  void (*channel_close)(tenon_http_channel *);
};

#ifdef __cplusplus
}
#endif
#endif
