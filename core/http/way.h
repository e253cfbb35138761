// SPDX-License-Identifier: Apache-2.0
/* Where a connection to a host really goes: the rules of the option `resolve`, for networks whose name servers do not
 * know a name, or where ports are passed on. What a rule changes is the address of the connection, never the name that
 * is asked for and that the certificate must carry. */
#ifndef CORE_HTTP_WAY_H
#define CORE_HTTP_WAY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/cleanup.h"

#define WAY_RULES_MAX 64u

struct way_rule {
  char *host;       /* NULL: any */
  unsigned port;    /* 0: any */
  char *address;    /* NULL: the host's own */
  unsigned to_port; /* 0: the port asked for */
};

struct ways {
  struct way_rule rules[WAY_RULES_MAX];
  size_t n;
};

/* "host=address", "host:port=address:port", host "*": any, address "*": its own; separated by commas. NULL: fine; else
 * the sentence that says what is wrong. */
const char *ways_parse(struct ways *, const char *text);
void ways_finish(struct ways *);
/* The first rule that fits, or NULL. host without brackets. */
const struct way_rule *ways_find(const struct ways *, const char *host, unsigned port);

/* An address in text, which nobody needs to look up; or "localhost" and what ends in it (RFC 6761 6.3). */
TENON_NODISCARD bool way_is_known(const char *host);

#endif
