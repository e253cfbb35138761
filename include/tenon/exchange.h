// SPDX-License-Identifier: Apache-2.0
/* tenon/exchange.h - the vocabulary of the family "tenon.exchange/1": field keys, check ids and data keys.
 *
 * Connectors of one family can be swapped under the same connection, and their reports line up, because they call the
 * same things by the same names. All names here are fixed once used and append-only. A third party's own checks are
 * prefixed with its plugin id. Since 1.0. */
#ifndef TENON_EXCHANGE_H
#define TENON_EXCHANGE_H

#define TENON_EXCHANGE_FAMILY "tenon.exchange/1"

/* ---- keys of fields. SHARED ones survive a change of connector -------------------------------------------------- */
#define TENON_KEY_ADMIN        "admin"    /* shared, EMAIL: UPN or address of the administrator */
#define TENON_KEY_USERNAME     "username" /* shared, TEXT: login where it differs: DOMAIN\user */
#define TENON_KEY_PASSWORD     "password" /* shared, SECRET */
#define TENON_KEY_SERVER       "server"   /* TEXT: host name or EWS URL; empty: Autodiscover */
#define TENON_KEY_AUTH         "auth"     /* CHOICE: auto basic ntlm negotiate ticket oauth */
#define TENON_KEY_TICKET_CACHE "ticket_cache" /* PATH: Kerberos tickets, with auth=ticket */
#define TENON_KEY_KEYTAB       "keytab"       /* PATH: client keytab, with auth=ticket */
#define TENON_KEY_SPN          "spn" /* TEXT: service name asked of the KDC, where not HTTP/host */
/* Of connectors that sign in by tokens (OAuth 2.0, Entra ID). All but ews_url and graph_url are shared. */
#define TENON_KEY_CLOUD "cloud" /* CHOICE: global gcc-high dod china */
#define TENON_KEY_TENANT                                                                           \
  "tenant" /* TEXT: a verified domain or the tenant's GUID; empty: of admin */
#define TENON_KEY_CLIENT_ID "client_id" /* TEXT: application (client) id, a GUID */
#define TENON_KEY_MANAGED_IDENTITY                                                                 \
  "managed_identity" /* TEXT: client id of a user-assigned identity, a GUID; empty: the machine's own */
#define TENON_KEY_GRANT                                                                            \
  "grant" /* CHOICE: client-secret certificate device-code browser managed-identity */
#define TENON_KEY_CLIENT_SECRET "client_secret" /* SECRET */
#define TENON_KEY_CLIENT_CERTIFICATE                                                               \
  "client_certificate" /* FILE: PKCS#12, or PEM with encrypted key; RSA, 2048 bits or more */
#define TENON_KEY_CLIENT_CERTIFICATE_PASSWORD "client_certificate_password" /* SECRET: opens it */
#define TENON_KEY_AUTHORITY                   "authority" /* URL, advanced: instead of the cloud's login host */
#define TENON_KEY_EWS_URL                     "ews_url" /* URL, advanced: instead of the cloud's EWS */
#define TENON_KEY_GRAPH_URL                   "graph_url" /* URL, advanced: instead of the cloud's Graph */
#define TENON_KEY_IDENTITY                    "identity" /* shared, smtp upn sid: the form of ConnectingSID */
#define TENON_KEY_MAILBOX                     "mailbox" /* shared, TEXT: the mailbox to test with */
#define TENON_KEY_POWERSHELL                  "powershell" /* shared, TEXT: auto, off or a URI */
#define TENON_KEY_CA_FILE                     "ca_file" /* shared, FILE: PEM, added to the system's authorities */
#define TENON_KEY_TLS_PIN                     "tls_pin" /* TEXT: sha256//BASE64 */
#define TENON_KEY_TLS_NAME                    "tls_name" /* TEXT: the one other name that the certificate may carry */
#define TENON_KEY_TLS_CERTIFICATE                                                                  \
  "tls_certificate" /* FILE: client certificate, PKCS#12 or PEM with encrypted key */
#define TENON_KEY_TLS_CERTIFICATE_PASSWORD "tls_certificate_password" /* SECRET: opens it */
#define TENON_KEY_PROXY                    "proxy"          /* shared, TEXT: URL or none */
#define TENON_KEY_PROXY_USER               "proxy_user"     /* shared, TEXT */
#define TENON_KEY_PROXY_PASSWORD           "proxy_password" /* shared, SECRET */
#define TENON_KEY_TIMEOUT                  "timeout"        /* shared, DURATION: of one request */
#define TENON_KEY_RESOLVE                  "resolve"        /* shared, TEXT: host=address[,...] */
#define TENON_KEY_DNS                      "dns"            /* shared, TEXT: address:port */

/* ---- ids of checks ----------------------------------------------------------------------------------------------- */
#define TENON_CHECK_NET_RESOLVE         "net.resolve"
#define TENON_CHECK_NET_CONNECT         "net.connect"
#define TENON_CHECK_NET_PROXY           "net.proxy"
#define TENON_CHECK_TLS_HANDSHAKE       "tls.handshake"
#define TENON_CHECK_TLS_CERTIFICATE     "tls.certificate"
#define TENON_CHECK_AUTODISCOVER        "discover.autodiscover"
#define TENON_CHECK_AUTH_TOKEN          "auth.token"
#define TENON_CHECK_AUTH_BASIC          "auth.basic"
#define TENON_CHECK_AUTH_NTLM           "auth.ntlm"
#define TENON_CHECK_AUTH_NEGOTIATE      "auth.negotiate"
#define TENON_CHECK_AUTH_KERBEROS       "auth.kerberos"
#define TENON_CHECK_EWS_ENDPOINT        "ews.endpoint"
#define TENON_CHECK_EWS_VERSION         "ews.version"
#define TENON_CHECK_EWS_POLICY          "ews.policy"
#define TENON_CHECK_EWS_SUNSET          "ews.sunset"
#define TENON_CHECK_GRAPH_ENDPOINT      "graph.endpoint"
#define TENON_CHECK_GRAPH_PERMISSIONS   "graph.permissions"
#define TENON_CHECK_MAILBOX_ADMIN       "mailbox.admin"
#define TENON_CHECK_IMPERSONATE_ROLE    "impersonate.role"
#define TENON_CHECK_IMPERSONATE_MAILBOX "impersonate.mailbox"
#define TENON_CHECK_SHELL_ENDPOINT      "shell.endpoint"
#define TENON_CHECK_SHELL_AUTH          "shell.auth"
#define TENON_CHECK_SHELL_SESSION       "shell.session"
#define TENON_CHECK_SHELL_ROLE          "shell.role"
#define TENON_CHECK_THROTTLE_BUDGET     "throttle.budget"
#define TENON_CHECK_CLOCK_SKEW          "clock.skew"
/* said by the host: plugin.crashed plugin.timeout plugin.protocol plugin.refused plugin.silent; of a subject that no
 * plugin tested: subject.untested subject.invalid */

/* ---- kinds of steps (tenon_step.kind) ------------------------------------------------------------------------------ */
#define TENON_STEP_KIND_CMDLET "tenon.exchange.cmdlet/1" /* body: cmdlets of Exchange's shell */
#define TENON_STEP_KIND_ENTRA                                                                      \
  "tenon.exchange.entra/1" /* body: commands of the Microsoft Graph PowerShell; comments say where in the portal */
#define TENON_STEP_KIND_VISIT                                                                      \
  "tenon.exchange.visit/1" /* body: a URL that a person opens and agrees to */

/* ---- keys of check data: how a verdict explains itself ----------------------------------------------------------- */
#define TENON_DATA_OFFERED     "offered" /* sign-in schemes the server offered (WWW-Authenticate) */
#define TENON_DATA_TRIED       "tried"   /* what was sent */
#define TENON_DATA_GOT         "got"     /* what came back */
#define TENON_DATA_ANSWERED_BY "answered_by" /* who answered: server, proxy, login page */
#define TENON_DATA_LIKELY      "likely"      /* the most likely cause */
#define TENON_DATA_ALSO        "also."       /* "also.1", "also.2": what else it could be */
#define TENON_DATA_PROVE       "prove"       /* the command that would prove it */
#define TENON_DATA_MEND        "mend"        /* the command that mends it */
#define TENON_DATA_ANSWER      "answer"      /* what the check's field should hold */
#define TENON_DATA_REQUEST_ID  "request_id"  /* of the server, for its logs */
#define TENON_DATA_VERDICT     "verdict"   /* impersonate.mailbox: a word of below; else the row */
#define TENON_DATA_EXISTENCE   "existence" /* impersonate.mailbox: known or unknown */
/* Of a token, read for diagnosis and never for trust. */
#define TENON_DATA_TENANT      "tenant"      /* its GUID */
#define TENON_DATA_APP_ID      "app_id"      /* application id that it was issued to */
#define TENON_DATA_TOKEN_KIND  "token_kind"  /* app or delegated */
#define TENON_DATA_PERMISSIONS "permissions" /* roles or scopes in it, separated by blanks */
#define TENON_DATA_MISSING     "missing" /* permissions that are wanted and not there, likewise */
#define TENON_DATA_EXPIRES     "expires" /* "2026-11-22T14:03:00Z" */
#define TENON_DATA_AADSTS      "aadsts"  /* number of the error, without AADSTS */
/* Of ews.sunset and what a connection's end is. */
#define TENON_DATA_RETIRES   "retires"   /* "2027-04-01" */
#define TENON_DATA_DAYS_LEFT "days_left" /* whole days, 0 when past */
#define TENON_DATA_SUCCESSOR "successor" /* id of the connector to go to */

/* ---- values of data.verdict of impersonate.mailbox ---------------------------------------------------------------- */
#define TENON_VERDICT_OK           "ok"           /* pass */
#define TENON_VERDICT_REFUSED      "refused"      /* fail, denied */
#define TENON_VERDICT_OUT_OF_SCOPE "out-of-scope" /* fail, denied */
#define TENON_VERDICT_NO_MAILBOX   "no-mailbox"   /* fail, config */
#define TENON_VERDICT_ELSEWHERE    "elsewhere"    /* fail, config */
#define TENON_VERDICT_DISABLED     "disabled"     /* fail, config */
#define TENON_VERDICT_INVALID      "invalid"      /* fail, config */
#define TENON_VERDICT_THROTTLED    "throttled"    /* fail, transient */
#define TENON_VERDICT_FLAPPING     "flapping"     /* warn */
#define TENON_VERDICT_ERROR        "error" /* fail, protocol or the cause below the protocol */

#endif
