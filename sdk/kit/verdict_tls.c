// SPDX-License-Identifier: Apache-2.0
//
// Symptoms of TLS. What a certificate lacks is told with what it has, and with the one exception that
// would heal it; nothing was sent over a connection that is judged here.
#include "verdict_tables.h"

#include <tenon/exchange.h>

#define CA_PROVE "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null"

static const struct verdict_row rows[] = {
    {.name = "certificate-self-signed",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_SELF_SIGNED,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_CA_FILE,
     .title = "The certificate is signed by itself",
     .detail =
         "{server} showed a certificate that no authority has signed: {subject}, for {names}, "
         "valid from {since} to {until}. Nothing was sent to it.",
     .remedy =
         "If this certificate is the server's (compare {pin} with its administrator), save it "
         "as a PEM file and give that in the field `ca_file`, or put the pin into `tls_pin`. "
         "Better: give the server a certificate of your authority.",
     .likely = "the server still has the certificate that the installation made",
     .also = {"something between here and the server answers in its name"},
     .prove = CA_PROVE,
     .mend = CA_PROVE " | openssl x509 > {host}.pem"},
    {.name = "certificate-untrusted",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_UNTRUSTED,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_CA_FILE,
     .title = "The certificate's authority is not trusted",
     .detail = "{server} showed a certificate for {names} that was issued by {issuer}, which this "
               "machine does not know. Nothing was sent to it.",
     .remedy = "Ask for the certificate of the authority {issuer} as a PEM file and give that file "
               "in the field `ca_file`; it is added to the system's authorities.",
     .likely = "your organization has an authority of its own that this machine was not told of",
     .also = {"the server does not send the intermediate certificate",
              "a TLS-inspecting proxy answers in the server's name"},
     .prove = CA_PROVE},
    {.name = "certificate-wrong-name",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_NAME,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_SERVER,
     .title = "The certificate is for another name",
     .detail = "{server} showed a certificate for {names}, not for {host}. Nothing was sent to it.",
     .remedy = "Give one of these names as the server: {names}.",
     .likely = "the server is known by another name",
     .also = {"the name leads to the wrong machine (a web site, a load balancer)",
              "the certificate was renewed without this name"},
     .prove = CA_PROVE " | openssl x509 -noout -ext subjectAltName"},
    {.name = "certificate-expired",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_EXPIRED,
     .cause = TENON_E_TLS,
     .title = "The certificate has expired",
     .detail =
         "The certificate of {server} ({names}, issued by {issuer}) ended on {until}. Nothing "
         "was sent to it.",
     .remedy =
         "Renew the server's certificate (Exchange admin center: Servers, Certificates) and "
         "assign it to IIS. Until then its key can be accepted by itself: {pin} in `tls_pin`, "
         "once its administrator has confirmed it.",
     .likely = "nobody renewed it",
     .also = {"this machine's clock is wrong", "an intermediate certificate expired"},
     .prove = "date -u\n" CA_PROVE " | openssl x509 -noout -dates\n"
              "Get-ExchangeCertificate | Format-List Subject,NotAfter,Services,Thumbprint"},
    {.name = "certificate-not-yet-valid",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_NOT_YET,
     .cause = TENON_E_TLS,
     .title = "The certificate is not valid yet",
     .detail =
         "The certificate of {server} ({names}, issued by {issuer}) begins on {since}. Nothing "
         "was sent to it.",
     .remedy = "Set this machine's clock; if it is right, wait until {since}.",
     .likely = "this machine's clock is behind",
     .also = {"the certificate was issued for a later day"},
     .prove = "date -u"},
    {.name = "certificate-not-pinned",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_PIN,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_TLS_PIN,
     .title = "The server's key is not the pinned one",
     .detail = "{server} showed a certificate for {names}, issued by {issuer}, whose key is {pin}. "
               "Nothing was sent to it.",
     .remedy =
         "Ask the server's administrator whether the key was renewed. If so, put {pin} into the "
         "field `tls_pin`, or empty the field.",
     .likely = "the certificate was renewed with a new key",
     .also = {"something between here and the server answers in its name"},
     .prove = CA_PROVE},
    {.name = "certificate-weak",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_WEAK,
     .cause = TENON_E_TLS,
     .title = "The certificate is too weak",
     .detail = "{server} showed a certificate for {names} whose key or signature this machine does "
               "not accept. {reason}",
     .remedy = "Give the server a certificate with an RSA key of 2048 bits or more and a SHA-256 "
               "signature.",
     .likely = "it is an old certificate with SHA-1 or a short key",
     .prove = CA_PROVE " | openssl x509 -noout -text"},
    {.name = "certificate-refused",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .cause = TENON_E_TLS,
     .title = "The certificate was not accepted",
     .detail = "{server} showed a certificate for {names}, issued by {issuer}. {reason}",
     .remedy = "Have the server's certificate looked at, or give its authority in the field "
               "`ca_file`.",
     .field = TENON_KEY_CA_FILE,
     .likely = "the chain is damaged or used for something it is not meant for",
     .prove = CA_PROVE},
    {.name = "client-certificate-wanted",
     .check = TENON_CHECK_TLS_HANDSHAKE,
     .seen = SEEN_CLIENT,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_SERVER,
     .title = "The server wants a client certificate",
     .detail = "{server} ended the connection because it was shown no client certificate. {reason}",
     .remedy = "Set client certificates to Ignore in IIS for the EWS directory, or name a server "
               "that wants none: tenon signs in with a password.",
     .likely = "client certificates are set to Require for EWS",
     .also = {"a publishing proxy in front wants a client certificate"},
     .prove = "openssl s_client -connect {host}:{port} -servername {host} </dev/null"},
    {.name = "tls-too-old",
     .check = TENON_CHECK_TLS_HANDSHAKE,
     .fault = TENON_HTTP_FAULT_TLS,
     .seen = SEEN_OLD_TLS,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_SERVER,
     .title = "The server's TLS is too old",
     .detail = "{server} speaks no version of TLS that this machine accepts. {reason}",
     .remedy = "Switch TLS 1.2 on at the server, in Windows (Schannel) and for .NET.",
     .likely = "the server has TLS 1.0 or 1.1 only",
     .also = {"a load balancer in front ends TLS with an old version"},
     .prove = "openssl s_client -connect {host}:{port} -servername {host} -tls1_2 </dev/null"},
    {.name = "tls-not-spoken",
     .check = TENON_CHECK_TLS_HANDSHAKE,
     .fault = TENON_HTTP_FAULT_TLS,
     .seen = SEEN_NO_TLS,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_SERVER,
     .title = "That port does not speak TLS",
     .detail = "{server} answered the TLS handshake with something else. {reason}",
     .remedy = "Give the https port of {host}: Exchange has it on 443 unless somebody moved it.",
     .likely = "port {port} is a plain http port or another service",
     .also = {"a proxy on the way answers for the server"},
     .prove = "curl -s http://{server}/ | head -c 300"},
    {.name = "tls-handshake",
     .check = TENON_CHECK_TLS_HANDSHAKE,
     .fault = TENON_HTTP_FAULT_TLS,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_SERVER,
     .title = "No encrypted connection came about",
     .detail = "{server} accepted the connection, but not the TLS handshake. {reason}",
     .remedy = "Check that port {port} of {host} is its https port. An Exchange server that offers "
               "nothing newer than TLS 1.1 has to be given TLS 1.2.",
     .likely = "that port is not its https port, or what listens there is not working",
     .also = {"the server wants a client certificate",
              "a firewall ends connections to names that it does not know",
              "the server is so old that it has no TLS 1.2"},
     .prove = "openssl s_client -connect {host}:{port} -servername {host} </dev/null"},
};

const struct verdict_rows verdict_tls = {rows, sizeof rows / sizeof *rows};
