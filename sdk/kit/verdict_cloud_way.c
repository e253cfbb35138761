// SPDX-License-Identifier: Apache-2.0
//
// The way to Microsoft's hosts: names, connections, TLS. Their certificates are good and their names are right, so that
// what fails there is nearly always something on the way: a proxy that looks into TLS, a firewall, a machine without a
// way out. Nobody who reads this can change anything at the server.
#include "verdict_tables.h"

#include <tenon/exchange.h>

#define CA_PROVE "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null"
#define REACHES  "curl -sv -o /dev/null https://{server}/"
#define ALLOW                                                                                      \
  "{host} port {port} has to be reachable; Microsoft lists its hosts at "                          \
  "https://aka.ms/o365endpoints"
#define EXCEPT                                                                                     \
  "Have {host} excepted from the inspection of TLS, as Microsoft advises for its login and mail "  \
  "hosts. Or give the proxy's authority as a PEM file: --set ca_file=FILE; then the proxy sees "   \
  "secrets and tokens."

static const struct verdict_row rows[] = {
    // ---- names and connections
    {.name = "cloud-name-unresolved",
     .check = TENON_CHECK_NET_RESOLVE,
     .fault = TENON_HTTP_FAULT_RESOLVE,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .title = "{host} has no address here",
     .detail = "{host} was looked up and no address came back. {reason}",
     .remedy = "Let this machine look up names of the internet, or give the proxy that leads out "
               "in the field `proxy`: the proxy looks them up then.",
     .likely = "this machine is in a network that knows no names of the internet",
     .also = {"the network blocks the name", "an address of your own in the form is misspelt"},
     .prove = "getent ahosts {host}"},
    {.name = "cloud-connection-refused",
     .check = TENON_CHECK_NET_CONNECT,
     .fault = TENON_HTTP_FAULT_REFUSED,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .title = "The connection to {host} was refused",
     .detail = "The connection to {server} was refused. {reason}",
     .remedy =
         "Have the firewall let this machine out, or give the proxy in the field `proxy`: " ALLOW
         ".",
     .likely = "a firewall refuses connections to the internet",
     .also = {"a name server of this network gives another address for {host}"},
     .prove = "getent ahosts {host}\n" REACHES},
    {.name = "cloud-unreachable",
     .check = TENON_CHECK_NET_CONNECT,
     .fault = TENON_HTTP_FAULT_UNREACHABLE,
     .cause = TENON_E_NETWORK,
     .field = TENON_KEY_PROXY,
     .title = "{host} cannot be reached",
     .detail = "No connection to {server} came about. {reason}",
     .remedy = "Give the proxy that leads out in the field `proxy`, or have the firewall let this "
               "machine out: " ALLOW ".",
     .likely = "this machine has no way to the internet but a proxy",
     .also = {"a firewall drops the packets without a word"},
     .prove = "curl -sv --connect-timeout 10 -o /dev/null https://{server}/"},
    {.name = "cloud-reset",
     .check = TENON_CHECK_NET_CONNECT,
     .fault = TENON_HTTP_FAULT_RESET,
     .cause = TENON_E_NETWORK,
     .retry = VERDICT_BACKOFF,
     .word = TENON_VERDICT_ERROR,
     .title = "The connection was closed before the answer",
     .detail = "{tried}: {reason}",
     .remedy = "Try again in a minute. If it stays, look at what stands between this machine and "
               "{host}: " ALLOW ".",
     .likely = "a firewall or a proxy on the way ended the connection",
     .also = {"Microsoft's front door did, which passes"},
     .prove = REACHES},
    {.name = "cloud-slow",
     .check = TENON_CHECK_NET_CONNECT,
     .fault = TENON_HTTP_FAULT_SLOW,
     .cause = TENON_E_TIMEOUT,
     .retry = VERDICT_BACKOFF,
     .field = TENON_KEY_TIMEOUT,
     .word = TENON_VERDICT_ERROR,
     .title = "No answer in time",
     .detail = "{tried}: {server} was reached, but its answer did not come in time. {reason}",
     .remedy = "Try again, with more time in the field `timeout` where it stays.",
     .likely = "the service or the way there is slow for the moment",
     .also = {"a proxy holds the answer back to look into it"},
     .prove = "curl -s -o /dev/null -w '%{time_connect} %{time_starttransfer}\\n' "
              "https://{server}/"},
    {.name = "cloud-answer-too-large",
     .check = TENON_CHECK_NET_CONNECT,
     .fault = TENON_HTTP_FAULT_TOO_LARGE,
     .cause = TENON_E_PROTOCOL,
     .word = TENON_VERDICT_ERROR,
     .title = "The answer is larger than any that is read",
     .detail = "{tried}: {server} answered more than tenon reads. {reason}",
     .remedy = "Check that nothing answers in the name of {host}, and the addresses of your own in "
               "the form.",
     .likely = "something else answers at this address",
     .prove = "curl -s https://{server}/ | head -c 1000"},
    {.name = "cloud-not-http",
     .check = TENON_CHECK_NET_CONNECT,
     .fault = TENON_HTTP_FAULT_MALFORMED,
     .cause = TENON_E_PROTOCOL,
     .field = TENON_KEY_PROXY,
     .word = TENON_VERDICT_ERROR,
     .title = "What answers does not speak HTTP",
     .detail = "{tried}: the answer of {server} is not HTTP. {reason}",
     .remedy = "Check the field `proxy`, and the addresses of your own in the form.",
     .likely = "a proxy on the way has damaged the answer",
     .prove = REACHES},
    {.name = "cloud-request-impossible",
     .check = TENON_CHECK_NET_CONNECT,
     .fault = TENON_HTTP_FAULT_REQUEST,
     .cause = TENON_E_CONFIG,
     .word = TENON_VERDICT_ERROR,
     .title = "The request cannot be sent",
     .detail = "{url} could not be asked. {reason}",
     .remedy = "Correct the address of your own in the form (`authority`, `ews_url`, `graph_url`), "
               "or leave it empty.",
     .likely = "an address in the form is not one"},
    {.name = "cloud-transport-failed",
     .check = TENON_CHECK_NET_CONNECT,
     .fault = TENON_HTTP_FAULT_OTHER,
     .cause = TENON_E_NETWORK,
     .word = TENON_VERDICT_ERROR,
     .title = "The request did not get through",
     .detail = "{tried}: {reason}",
     .remedy = "Try again; if it stays, check the way to {host}: " ALLOW ".",
     .likely = "a failure of the network that has no name of its own",
     .prove = REACHES},
    // ---- TLS
    {.name = "cloud-inspected",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .seen = SEEN_INSPECTED,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_CA_FILE,
     .title = "A TLS-inspecting proxy answers for {host}",
     .detail = "What answers as {server} shows a certificate that {inspector} has made: it ends "
               "TLS on the way and looks into it. Nothing was sent to it.\n{chain}",
     .remedy = EXCEPT,
     .likely = "{inspector} inspects what goes from here to Microsoft",
     .also = {"a program on this machine does (a virus scanner)"},
     .prove = CA_PROVE},
    {.name = "cloud-certificate-expired",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_EXPIRED,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_CA_FILE,
     .title = "The certificate has expired by this machine's clock",
     .detail =
         "The certificate of {server} ({names}, issued by {issuer}) ended on {until}. Nothing "
         "was sent to it.",
     .remedy = "Set this machine's clock. If it is right, a proxy that looks into TLS shows an old "
               "certificate: have {host} excepted from it.",
     .likely = "this machine's clock is ahead",
     .also = {"the authority of an inspecting proxy has expired"},
     .prove = "date -u\n" CA_PROVE " | openssl x509 -noout -issuer -dates",
     .mend = "timedatectl set-ntp true"},
    {.name = "cloud-certificate-not-yet-valid",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_NOT_YET,
     .cause = TENON_E_TLS,
     .title = "The certificate is not valid yet by this machine's clock",
     .detail = "The certificate of {server} ({names}, issued by {issuer}) begins on {since}. "
               "Nothing was sent to it.",
     .remedy = "Set this machine's clock.",
     .likely = "this machine's clock is behind",
     .prove = "date -u\ntimedatectl status",
     .mend = "timedatectl set-ntp true"},
    {.name = "cloud-certificate-wrong-name",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_NAME,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_PROXY,
     .title = "Another host answers as {host}",
     .detail = "What answers as {server} shows a certificate for {names}, issued by {issuer}. "
               "Nothing was sent to it.",
     .remedy = "Find out what answers: open https://{host}/ in a browser on this machine. A block "
               "page or a captive portal has to let {host} through; a name server or `resolve` has "
               "to give Microsoft's own address.",
     .likely = "a block page or a captive portal answers for {host}",
     .also = {"the name leads to another address in this network"},
     .prove = "getent ahosts {host}\n" CA_PROVE " | openssl x509 -noout -subject -issuer"},
    {.name = "cloud-certificate-untrusted",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_CA_FILE,
     .title = "The certificate of {host} is not Microsoft's",
     .detail =
         "What answers as {server} shows a certificate for {names}, issued by {issuer}, which "
         "this machine does not accept. {reason} Nothing was sent to it.\n{chain}",
     .remedy = EXCEPT,
     .likely = "a TLS-inspecting proxy answers for {host}: Microsoft's own certificates are issued "
               "by public authorities",
     .also = {"this machine's list of public authorities is old or empty (ca-certificates)"},
     .prove = CA_PROVE},
    {.name = "cloud-tls-old",
     .check = TENON_CHECK_TLS_HANDSHAKE,
     .fault = TENON_HTTP_FAULT_TLS,
     .seen = SEEN_OLD_TLS,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_PROXY,
     .title = "What answers speaks old TLS alone",
     .detail = "This machine speaks TLS 1.2 and 1.3, and so does Microsoft; what answers as "
               "{server} speaks neither. Nothing was sent to it.",
     .remedy = "Have {host} excepted in the proxy that looks into TLS, or have that proxy taught "
               "TLS 1.2.",
     .likely = "an old inspecting proxy stands in between",
     .prove = "openssl s_client -connect {host}:{port} -servername {host} -tls1_2 </dev/null"},
    {.name = "cloud-tls-handshake",
     .check = TENON_CHECK_TLS_HANDSHAKE,
     .fault = TENON_HTTP_FAULT_TLS,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_PROXY,
     .title = "No encrypted connection to {host} came about",
     .detail = "{server} accepted the connection, but not the TLS handshake. {reason}",
     .remedy = "Have {host} let through and excepted from the inspection of TLS: " ALLOW ".",
     .likely = "a firewall or an inspecting proxy ends connections to {host}",
     .also = {"the way out leads through a proxy that was not given in the field `proxy`"},
     .prove = "openssl s_client -connect {host}:{port} -servername {host} </dev/null"},
};

const struct verdict_rows verdict_cloud_way = {rows, sizeof rows / sizeof *rows};
