// SPDX-License-Identifier: Apache-2.0
//
// Symptoms of the way through a proxy. They come before all others: until the proxy has connected,
// nothing that is seen is the server's doing, however much it looks like it.
#include "verdict_tables.h"

#include <tenon/exchange.h>

#define PROXY_PROVE "curl -sv -o /dev/null -x {proxy} https://{server}/"
#define AROUND                                                                                     \
  "if {host} is reached directly, write none in the field `proxy` or add {host} to NO_PROXY"

static const struct verdict_row rows[] = {
    {.name = "proxy-name-unresolved",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .seen = SEEN_PROXY_NAME,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .title = "The proxy's name has no address",
     .detail = "The route is {route}, and its name was looked up without an answer. {reason}",
     .remedy = "Check the spelling of the proxy; " AROUND ".",
     .likely = "the proxy's name is misspelt",
     .also = {"only another network knows the proxy (no VPN)"},
     .prove = "env | grep -i _proxy"},
    {.name = "proxy-certificate",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .seen = SEEN_PROXY_CERTIFICATE,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_CA_FILE,
     .title = "The proxy's own certificate is not accepted",
     .detail = "{proxy}, which is spoken to by TLS, showed a certificate for {names}, issued by "
               "{issuer}, "
               "valid from {since} to {until}. {reason} The server was not spoken to.",
     .remedy =
         "Give the authority that issued it in the field `ca_file`, or write the proxy with the "
         "name that its certificate has. A proxy that speaks plain http is written as http://.",
     .likely = "your organization has an authority of its own that this machine was not told of",
     .also = {"the proxy is written with an address or an alias, not with its name",
              "the proxy's certificate has expired"},
     .prove = PROXY_PROVE},
    {.name = "proxy-tls",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .seen = SEEN_PROXY_TLS,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_PROXY,
     .title = "The proxy does not speak TLS",
     .detail = "The route is {route}, which is to be spoken to by TLS. {reason}",
     .remedy =
         "Write the proxy with http:// in the field `proxy`: most proxies are spoken to so, and "
         "https connections through them stay encrypted from here to the server.",
     .likely = "the proxy speaks plain http",
     .also = {"its https port is another one"},
     .prove = PROXY_PROVE},
    {.name = "proxy-unreachable",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .seen = SEEN_PROXY_SILENT,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .title = "The proxy cannot be reached",
     .detail = "The route is {route}. {reason}",
     .remedy = "Check host and port of the proxy, and that this machine may reach it; " AROUND ".",
     .likely = "it is the wrong host or port",
     .also = {"the proxy is down", "this machine is outside the network of the proxy"},
     .prove = PROXY_PROVE},
    {.name = "proxy-wants-other-sign-in",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .code_min = 407,
     .code_max = 407,
     .seen = SEEN_CHALLENGE,
     .unseen = SEEN_BASIC,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .title = "The proxy wants a sign-in that tenon does not do at proxies",
     .detail = "{proxy} wants a sign-in (407) and offers {offered}. At proxies tenon signs in with "
               "Basic alone. {server} was not spoken to.",
     .remedy =
         "Run a local proxy that does {offered} (cntlm, px) and write its address into the field "
         "`proxy`, or have connections to {host} excepted from the sign-in; " AROUND ".",
     .likely = "the proxy signs people in with their Windows account",
     .prove = PROXY_PROVE,
     .mend = "px --proxy={proxyaddress} --port=3128"},
    {.name = "proxy-refused-sign-in",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .code_min = 407,
     .code_max = 407,
     .seen = SEEN_PROXY_GIVEN,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY_PASSWORD,
     .title = "The proxy refused the sign-in",
     .detail = "{proxy} was given an account once and refused it ({proxyhttp}); it is not offered "
               "again, so "
               "that the account is not locked. {server} was not spoken to.",
     .remedy =
         "Correct `proxy_user` and `proxy_password`, then verify again. An account that stands "
         "in the environment's proxy URL is corrected there.",
     .likely = "the proxy's password or user name is wrong",
     .also = {"the proxy wants the user in another form (DOMAIN\\user, user@domain)",
              "the account may not use the proxy"},
     .prove = "env | grep -i _proxy"},
    {.name = "proxy-wants-sign-in",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .code_min = 407,
     .code_max = 407,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY_USER,
     .title = "The proxy wants a sign-in",
     .detail =
         "{proxy} wants a sign-in (407) before it connects to {server}, and offers {offered}.",
     .remedy =
         "Give an account for the proxy in the fields `proxy_user` and `proxy_password`; " AROUND
         ".",
     .likely = "the proxy lets nobody through unnamed",
     .prove = PROXY_PROVE},
    {.name = "proxy-portal",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .code_min = 300,
     .code_max = 399,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .title = "The proxy sends people to a page",
     .detail = "{proxy} did not connect to {server}, and answered {proxyhttp} with a redirect to "
               "{location}. The answer is {by}'s and not the server's.",
     .remedy =
         "Open {location} in a browser on this machine and do what it asks, then verify again; "
         "or have {host} excepted from it.",
     .likely = "a captive portal wants somebody to sign in or to agree",
     .prove = PROXY_PROVE},
    {.name = "proxy-portal-511",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .code_min = 511,
     .code_max = 511,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .title = "The network wants a sign-in first",
     .detail =
         "{proxy} did not connect to {server}, and answered {proxyhttp}: this network asks for "
         "a sign-in before it lets anybody out (RFC 6585).",
     .remedy =
         "Open any http:// page in a browser on this machine and sign in to the network, then "
         "verify again.",
     .likely = "a captive portal wants somebody to sign in or to agree",
     .prove = PROXY_PROVE},
    {.name = "proxy-gateway-outside",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .code_min = 500,
     .code_max = 504,
     .seen = SEEN_CLOUD,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .title = "The proxy cannot reach {host}",
     .detail = "{proxy} was reached, and answered {proxyhttp} when it was to connect to {server}: "
               "the failure is between the proxy and {host}. The answer is {by}'s.",
     .remedy = "Have whoever runs the proxy check that it resolves and reaches {host}; " AROUND ".",
     .likely = "the proxy has no way out to {host}, or its own name server is down",
     .also = {"it is a proxy for this network's own servers alone"},
     .prove = PROXY_PROVE},
    {.name = "proxy-gateway",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .code_min = 500,
     .code_max = 504,
     .unseen = SEEN_CLOUD,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_SERVER,
     .title = "The proxy cannot reach the server",
     .detail = "{proxy} was reached, and answered {proxyhttp} when it was to connect to {server}: "
               "the failure is between the proxy and {host}. The answer is {by}'s.",
     .remedy =
         "Check the server and its port; have whoever runs the proxy check that it resolves and "
         "reaches {host}; " AROUND ".",
     .likely = "the proxy does not know or reach {host}, as proxies to the internet do with "
               "internal names",
     .also = {"the name or the port of the server is wrong", "the server is down"},
     .prove = PROXY_PROVE},
    {.name = "proxy-forbids",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .code_min = 400,
     .code_max = 499,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .title = "The proxy forbids the connection",
     .detail = "{proxy} was asked to connect to {server} and answered {proxyhttp}. The answer is "
               "{by}'s, by its rules; the server was not spoken to.",
     .remedy = "Have whoever runs the proxy allow CONNECT to {host} port {port}; " AROUND ".",
     .likely = "the proxy's rules do not allow {host}",
     .also = {"the proxy connects to port 443 alone",
              "this machine or account may not use the proxy"},
     .prove = PROXY_PROVE},
    {.name = "proxy-failed",
     .check = TENON_CHECK_NET_PROXY,
     .fault = TENON_HTTP_FAULT_PROXY,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .title = "The proxy did not let the request through",
     .detail = "The route is {route}. {reason}",
     .remedy = "Check the field `proxy`; " AROUND ".",
     .likely = "the proxy is not what it is taken for",
     .also = {"the environment names a proxy of another kind"},
     .prove = "env | grep -i _proxy"},
};

const struct verdict_rows verdict_proxy = {rows, sizeof rows / sizeof *rows};
