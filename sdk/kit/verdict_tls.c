// SPDX-License-Identifier: Apache-2.0
//
// Symptoms of TLS. What a certificate lacks is told with what it has, and with the one exception that
// would heal it; nothing was sent over a connection that is judged here.
#include "verdict_tables.h"

#include <tenon/exchange.h>

#define CA_PROVE "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null"
// The last certificate of several in PEM.
#define CA_LAST                                                                                    \
  " | awk '/-----BEGIN/{c=\"\"} {c=c $0 \"\\n\"} /-----END/{last=c} END{printf \"%s\", last}'"

#define CLIENT_PROVE "openssl s_client -connect {host}:{port} -servername {host} </dev/null"
#define CLIENT_REMEDY                                                                              \
  "Give the client certificate and its password in `tls_certificate` and "                         \
  "`tls_certificate_password`, or set client certificates to Ignore in IIS for the EWS directory."
#define CLIENT_IGNORE                                                                              \
  "Set-WebConfigurationProperty -PSPath 'IIS:\\' -Location 'Default Web Site/EWS' -Filter "        \
  "system.webServer/security/access -Name sslFlags -Value Ssl"

#define INSPECTION_REMEDY                                                                          \
  "Have {host} excepted from the inspection of TLS. Or give the proxy's authority as a PEM file: " \
  "--set ca_file=FILE; then the proxy sees the password, and where the server demands Extended "   \
  "Protection, NTLM and Kerberos are refused all the same: they are bound to the server's own "    \
  "certificate."

static const struct verdict_row rows[] = {
    {.name = "certificate-interception",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_UNTRUSTED,
     .seen = SEEN_INSPECTED,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_CA_FILE,
     .title = "A TLS-inspecting proxy answers for the server",
     .detail =
         "What answers as {server} shows a certificate that {inspector} has made: it ends TLS "
         "on the way and looks into it. Nothing was sent to it.\n{chain}",
     .remedy = INSPECTION_REMEDY,
     .likely = "{inspector} inspects what goes from here to {host}",
     .also = {"a program on this machine does (a virus scanner)"},
     .prove = CA_PROVE},
    {.name = "certificate-interception-likely",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_UNTRUSTED,
     .seen = SEEN_FRESH,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_CA_FILE,
     .title = "Something seems to answer in the server's name",
     .detail = "{server} showed a certificate that is minutes old and lasts for days, issued by "
               "{issuer}, which this machine does not know: as a TLS-inspecting proxy makes them. "
               "Nothing was sent to it.\n{chain}",
     .remedy = INSPECTION_REMEDY,
     .likely = "a TLS-inspecting proxy stands between here and the server",
     .also = {"the server was given a new certificate just now"},
     .prove = CA_PROVE},
    {.name = "certificate-self-signed",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_SELF_SIGNED,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_TLS_PIN,
     .title = "The certificate is signed by itself",
     .detail =
         "{server} showed a certificate that no authority has signed: {subject}, for {names}, "
         "valid from {since} to {until}; SHA-256 {sha256}. Nothing was sent to it.",
     .remedy =
         "Compare the SHA-256 with the server's administrator. If it is the server's, have its key "
         "accepted: --set tls_pin={pin}; or save the certificate as a PEM file and give that: "
         "--set ca_file=FILE. Better: give the server a certificate of your authority.",
     .likely = "the server still has the certificate that the installation made",
     .also = {"something between here and the server answers in its name"},
     .prove = CA_PROVE " | openssl x509 -noout -fingerprint -sha256",
     .mend = CA_PROVE " | openssl x509 > {host}.pem"},
    {.name = "certificate-chain-missing",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_UNTRUSTED,
     .seen = SEEN_LEAF_ONLY,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_CA_FILE,
     .title = "The certificate's authority is not trusted",
     .detail = "{server} showed its own certificate and nothing of the authority that issued it, "
               "{issuer}, which this machine does not know. Nothing was sent to it.\n{chain}",
     .remedy = "Ask the server's administrator for the certificate of {issuer} as a PEM file, and "
               "give it: --set ca_file=FILE. It cannot be fetched from here, for the server does "
               "not send it. To accept this one key instead, once it was compared: "
               "--set tls_pin={pin}.",
     .likely = "the intermediate certificate is not installed at the server",
     .also = {"your organization has an authority of its own that this machine was not told of",
              "a TLS-inspecting proxy answers in the server's name"},
     .prove = CA_PROVE},
    {.name = "certificate-untrusted",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_UNTRUSTED,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_CA_FILE,
     .title = "The certificate's authority is not trusted",
     .detail =
         "{server} showed a certificate for {names}. Its chain ends at {issuer}, which this "
         "machine does not know; SHA-256 of the last certificate that came: {sha256}. Nothing was "
         "sent to it.\n{chain}",
     .remedy =
         "Ask for the certificate of the authority {issuer} as a PEM file, or save the one that "
         "came (the command below) and compare its SHA-256 with the server's administrator; then "
         "give that file: --set ca_file=FILE. It is added to the system's authorities.",
     .likely = "your organization has an authority of its own that this machine was not told of",
     .also = {"the server does not send the intermediate certificate",
              "a TLS-inspecting proxy answers in the server's name"},
     .prove = CA_PROVE,
     .mend = CA_PROVE CA_LAST " > {host}-ca.pem"},
    {.name = "certificate-without-names",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_NAME,
     .seen = SEEN_NAMELESS,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_TLS_NAME,
     .title = "The certificate names no host",
     .detail = "The certificate of {server} has no subjectAltName, only the subject {subject}; a "
               "name counts in subjectAltName alone (RFC 9525). Nothing was sent to it.",
     .remedy =
         "Have the certificate issued anew with {host} as subjectAltName. Until then the name "
         "behind CN= can be accepted by itself: --set tls_name=NAME.",
     .likely = "it was made by hand, or by an authority that is years old",
     .prove = CA_PROVE " | openssl x509 -noout -subject -ext subjectAltName",
     .mend = "New-ExchangeCertificate -GenerateRequest -DomainName {host} -SubjectName "
             "\"CN=$({host})\""},
    {.name = "certificate-wrong-name",
     .check = TENON_CHECK_TLS_CERTIFICATE,
     .fault = TENON_HTTP_FAULT_CERTIFICATE,
     .tls = TENON_HTTP_TLS_NAME,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_SERVER,
     .title = "The certificate is for another name",
     .detail = "{server} showed a certificate for {names}, not for {host}. Nothing was sent to it.",
     .remedy =
         "Give one of these names as the server: {names}; https://{fitting}/ would match. Where "
         "{host} is right all the same, name the one that the certificate may carry: "
         "--set tls_name={fitting}.",
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
    {.name = "client-certificate-refused",
     .check = TENON_CHECK_TLS_HANDSHAKE,
     .seen = SEEN_CLIENT | SEEN_SHOWN,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_TLS_CERTIFICATE,
     .title = "The server did not accept the client certificate",
     .detail = "{server} asked for a client certificate, was shown the one of this connection, and "
               "ended the connection. {reason}",
     .remedy = "Give a certificate in `tls_certificate` that an authority which {host} trusts for "
               "clients has issued, with its chain, and that is not revoked.",
     .likely = "the server does not know the authority of the certificate",
     .also = {"the certificate is revoked, or is mapped to no account"},
     .prove = CLIENT_PROVE},
    {.name = "client-certificate-wanted",
     .check = TENON_CHECK_TLS_HANDSHAKE,
     .seen = SEEN_CLIENT,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_TLS_CERTIFICATE,
     .title = "The server wants a client certificate",
     .detail = "{server} ended the connection because it was shown no client certificate. {reason}",
     .remedy = CLIENT_REMEDY,
     .likely = "client certificates are set to Require for EWS",
     .also = {"a publishing proxy in front wants a client certificate"},
     .prove = CLIENT_PROVE,
     .mend = CLIENT_IGNORE},
    {.name = "client-certificate-denied",
     .check = TENON_CHECK_EWS_ENDPOINT,
     .places = PLACE_OPEN,
     .code_min = 403,
     .code_max = 403,
     .seen = SEEN_ASKED | SEEN_SHOWN,
     .cause = TENON_E_DENIED,
     .field = TENON_KEY_TLS_CERTIFICATE,
     .title = "The server did not accept the client certificate",
     .detail = "{tried}: {server} asked for a client certificate, was shown the one of this "
               "connection, and answered 403. Answered by: {by}.",
     .remedy =
         "Give a certificate in `tls_certificate` that {host} trusts and that is mapped to the "
         "account, or look into the log of IIS: 403.13 is revoked, 403.16 not trusted, 403.17 "
         "expired.",
     .likely = "the server does not know the authority of the certificate",
     .prove = CLIENT_PROVE},
    {.name = "client-certificate-required",
     .check = TENON_CHECK_EWS_ENDPOINT,
     .places = PLACE_OPEN,
     .code_min = 400,
     .code_max = 403,
     .seen = SEEN_ASKED,
     .unseen = SEEN_SHOWN | SEEN_CHALLENGE | SEEN_SOAP,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_TLS_CERTIFICATE,
     .title = "The server wants a client certificate",
     .detail = "{tried}: {server} asked for a client certificate, was shown none, and answered "
               "{http}. Answered by: {by}.",
     .remedy = CLIENT_REMEDY,
     .likely = "client certificates are set to Require for EWS",
     .also = {"a publishing proxy in front wants a client certificate"},
     .prove = CLIENT_PROVE,
     .mend = CLIENT_IGNORE},
    {.name = "tls-too-old",
     .check = TENON_CHECK_TLS_HANDSHAKE,
     .fault = TENON_HTTP_FAULT_TLS,
     .seen = SEEN_OLD_TLS,
     .cause = TENON_E_TLS,
     .field = TENON_KEY_SERVER,
     .title = "The server's TLS is too old",
     .detail =
         "This machine speaks TLS 1.2 and 1.3; {server} speaks neither. Nothing was sent to it.",
     .remedy = "Switch TLS 1.2 on at the server, in Windows (Schannel) and for .NET.",
     .likely = "TLS 1.2 is switched off in Windows, or was never switched on",
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
