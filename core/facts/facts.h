// SPDX-License-Identifier: Apache-2.0
/* What the libraries of a worker can do on this machine, for `tenon doctor`: `tenon-worker --facts [HOST]` prints it as one
 * JSON object and ends. The program itself links none of these libraries. Nothing here asks the network anything; a
 * section that cannot be told says why, and the others stand. */
#ifndef CORE_FACTS_FACTS_H
#define CORE_FACTS_FACTS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#define FACTS_ARGUMENT    "--facts"
#define FACTS_PORT        443          /* of the host, for NO_PROXY */
#define FACTS_BYTES_MAX   (256u << 10) /* of the object, as read */
#define FACTS_TICKETS_MAX 64u          /* of the ticket cache */
#define FACTS_FILES_MAX   16u          /* of the Kerberos configuration */
#define FACTS_NAME_MAX    1024u        /* of a principal or file */
#define FACTS_HOST_MAX    253u         /* of a host's name (RFC 1035) */

/* Variables of its environment count as they do for a worker: KRB5..., SSL_CERT_...; and NO_PROXY, which it holds against
 * the host.
 * Writes the object to standard output; an exit status. host: whose service principal is wanted, or NULL. */
int facts_print(const char *host);

/* The sections; each adds its members to the object. */
void facts_put_tls(cJSON *to);
void facts_put_gss(cJSON *to);
void facts_put_krb5(cJSON *to, const char *host);

#endif
