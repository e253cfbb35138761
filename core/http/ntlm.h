// SPDX-License-Identifier: Apache-2.0
/* What a server says of itself in its NTLM challenge (MS-NLMP 2.2.1.2), before it has seen any credential: whoever
 * types a user name wants to know the domain that goes before it. Pure; the bytes come from the network. */
#ifndef CORE_HTTP_NTLM_H
#define CORE_HTTP_NTLM_H

#include <stdbool.h>
#include <stddef.h>

#define NTLM_NAME_MAX 255u /* bytes of a name, as UTF-8 */

struct ntlm_challenge {
  char netbios_domain[NTLM_NAME_MAX + 1], dns_domain[NTLM_NAME_MAX + 1]; /* "": not said */
  char server_name[NTLM_NAME_MAX + 1]; /* the DNS name, or the NetBIOS name where there is none */
};

/* Finds the challenge in a message, bare or within SPNEGO. false: there is none that can be read. A name that is no
 * good is left out. */
bool ntlm_read_challenge(const void *bytes, size_t n, struct ntlm_challenge *ret);

#endif
