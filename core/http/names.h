// SPDX-License-Identifier: Apache-2.0
/* The names of a session that has a name server of its own (option `dns`): asked for once, kept as long as their records
 * live, handed to libcurl as addresses, so that the system's resolver is never asked beside it. */
#ifndef CORE_HTTP_NAMES_H
#define CORE_HTTP_NAMES_H

#include <stdint.h>

#include "core/dns/dns.h"
#include "core/http/pump.h"

#define NAMES_MAX         256u  /* kept at a time */
#define NAMES_LIFE_MIN_S  1u    /* seconds that an answer is used for, whatever it says */
#define NAMES_ADDRESS_MAX 1536u /* bytes of a name's addresses */
#define NAMES_WHY_MAX     (DNS_REASON_MAX + 64u)

struct names;
struct name;

/* One request's wait for a name; zeroed before its first use, embedded in the request. */
struct names_visit {
  struct name *name; /* NULL: does not wait */
  struct names_visit *next;
  int64_t since, until;
};

/* wake ends a visit: with addresses as CURLOPT_RESOLVE wants them ("192.0.2.1,[2001:db8::1]"), or NULL and why there is
 * none; both are borrowed for the call. It may be called from within names_enter. NULL: no memory. */
TENON_NODISCARD struct names *names_create(const struct dns_server *, struct pump *,
                                           void (*wake)(struct names_visit *, const char *addresses,
                                                        const char *why));
/* No visit may wait any more. NULL is fine. */
void names_destroy(struct names *);

/* Waits for this name until then (host clock). */
void names_enter(struct names *, const char *host, int64_t until, struct names_visit *);
/* Does not wait any more; one that does not wait is fine. */
void names_leave(struct names *, struct names_visit *);

#endif
