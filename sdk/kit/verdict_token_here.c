// SPDX-License-Identifier: Apache-2.0
//
// No token, and no endpoint is to blame: what failed on this machine, or the metadata service of Azure, which is there or
// not. These rows come before those of the network, for that service needs no proxy, no firewall and no certificate.
#include "verdict_tables.h"

#include <tenon/exchange.h>

static const struct verdict_row rows[] = {
    {.name = FINDING_TOKEN_NOBODY,
     .check = TENON_CHECK_AUTH_TOKEN,
     .finding = FINDING_TOKEN_NOBODY,
     .cause = TENON_E_NOANSWER,
     .field = TENON_KEY_GRANT,
     .title = "Somebody has to sign in, and nobody is there",
     .detail = "{local}{lapsed} With this kind of access a person signs in, the first time and "
               "whenever the last sign-in has ended.",
     .remedy = "Verify the connection at a terminal and sign in there; it is kept for the next "
               "runs. What has to run without anybody needs an application: set `grant` to "
               "client-secret or certificate.",
     .likely = "tenon runs from a script or a timer"},
    {.name = FINDING_TOKEN_DECLINED,
     .check = TENON_CHECK_AUTH_TOKEN,
     .finding = FINDING_TOKEN_DECLINED,
     .cause = TENON_E_AUTH,
     .field = TENON_KEY_GRANT,
     .title = "The sign-in was declined here",
     .detail = "{local}{lapsed} There is no token without it.",
     .remedy = "Verify again and sign in, or set `grant` to client-secret or certificate, where "
               "nobody has to.",
     .likely = "the question was answered with no"},
    {.name = FINDING_TOKEN_UNSUPPORTED,
     .check = TENON_CHECK_AUTH_TOKEN,
     .finding = FINDING_TOKEN_UNSUPPORTED,
     .cause = TENON_E_UNSUPPORTED,
     .field = TENON_KEY_GRANT,
     .title = "This way to sign in cannot be gone here",
     .detail = "{tried}: {local}",
     .remedy = "Set `grant` to device-code, which any browser on any screen will do for, or to "
               "client-secret or certificate.",
     .likely = "the program that runs tenon has no browser to open"},
    {.name = FINDING_TOKEN_BROWSER,
     .check = TENON_CHECK_AUTH_TOKEN,
     .finding = FINDING_TOKEN_BROWSER,
     .cause = TENON_E_PROTOCOL,
     .field = TENON_KEY_GRANT,
     .title = "The browser did not come back as it should",
     .detail = "{tried}: {local}",
     .remedy = "Verify again and sign in in the window that opens then; close older ones.",
     .likely = "a page of an earlier sign-in was still open",
     .also = {"something else on this machine called the address that tenon waits at"}},
    {.name = FINDING_TOKEN_KEY,
     .check = TENON_CHECK_AUTH_TOKEN,
     .finding = FINDING_TOKEN_KEY,
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_CLIENT_CERTIFICATE,
     .title = "The certificate cannot sign",
     .detail = "{local} Nothing was sent.",
     .remedy = "Give a PKCS#12 file (.pfx, .p12) with its password, or PEM with the certificate "
               "and its encrypted key; RSA, 2048 bits or more.",
     .likely = "the file holds another key, or the password is not the file's"},
    {.name = FINDING_TOKEN_HERE,
     .check = TENON_CHECK_AUTH_TOKEN,
     .finding = FINDING_TOKEN_HERE,
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_GRANT,
     .title = "No token can be asked for",
     .detail = "{local} Nothing was sent.",
     .remedy = "Go through the page Application details again: what this kind of access needs is "
               "not complete.",
     .likely = "an answer is missing"},
    // ---- the metadata service
    {.name = "token-imds-no-identity",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_IMDS,
     .token = "invalid_request",
     .code_min = 400,
     .code_max = 400,
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_MANAGED_IDENTITY,
     .title = "This machine has no such managed identity",
     .detail = "{tried}: the metadata service answered {http}: {said}",
     .remedy = "Give the machine an identity: Azure portal, the virtual machine, Security, "
               "Identity, System assigned: On. For a user-assigned one write its client ID into "
               "`managed_identity`; where there are several, it has to be written.",
     .likely = "no identity was assigned to the machine",
     .also = {"`managed_identity` is that of an identity that is not assigned to it",
              "there are several and none was named"},
     .prove = "curl -s -H Metadata:true --noproxy '*' "
              "'http://169.254.169.254/metadata/instance?api-version=2021-02-01'"},
    {.name = "token-imds-busy",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_IMDS,
     .code_min = 404,
     .code_max = 599,
     .cause = TENON_E_TRANSIENT,
     .retry = VERDICT_BACKOFF,
     .word = TENON_VERDICT_THROTTLED,
     .title = "The metadata service has no token right now",
     .detail = "{tried}: the metadata service answered {http}: it is being updated or is busy.",
     .remedy = "Try again in {wait}.",
     .likely = "the machine was started or changed a moment ago"},
    {.name = "token-imds-refused",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_IMDS,
     .code_min = 200,
     .code_max = 599,
     .unseen = SEEN_OTHER,
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_GRANT,
     .title = "What answers is not the metadata service of Azure",
     .detail = "{tried}: {http} with {type}.",
     .remedy = "Set `grant` to client-secret or certificate; a managed identity is for machines in "
               "Azure.",
     .likely = "this machine is in another cloud, which has an address of the same kind"},
    {.name = "token-imds-absent",
     .check = TENON_CHECK_AUTH_TOKEN,
     .places = PLACE_IMDS,
     .unseen = SEEN_OTHER,
     .cause = TENON_E_CONFIG,
     .field = TENON_KEY_GRANT,
     .title = "There is no managed identity on this machine",
     .detail = "{tried}: the metadata service of Azure, 169.254.169.254, does not answer. {reason}",
     .remedy = "Set `grant` to client-secret or certificate. On a virtual machine in Azure: let "
               "tenon reach 169.254.169.254 port 80; it is asked without a proxy.",
     .likely = "this machine is not in Azure",
     .also = {"a firewall on this machine keeps programs from the metadata service",
              "tenon runs in a container whose network does not lead there"},
     .prove = "curl -s -H Metadata:true --noproxy '*' "
              "'http://169.254.169.254/metadata/instance?api-version=2021-02-01'"},
};

const struct verdict_rows verdict_token_here = {rows, sizeof rows / sizeof *rows};
