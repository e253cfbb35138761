// SPDX-License-Identifier: Apache-2.0
/* Which way a request goes: directly, or through which proxy. The rules of the environment's variables are applied here
 * and not by libcurl, so that the route can be shown and the worker's own environment stays unread. */
#ifndef CORE_HTTP_PROXY_H
#define CORE_HTTP_PROXY_H

#include <stdbool.h>

#include "core/base/cleanup.h"

#define PROXY_PORT_DEFAULT "1080" /* of a proxy variable without a port, as curl has it */

struct proxy {
  char *url;   /* "http://proxy:3128"; NULL: direct */
  char *route; /* "proxy http://proxy:3128" */
  char *host;  /* without brackets */
  unsigned port;
};

/* Reads "http://proxy:3128" (or "proxy:3128"). NULL: fine; else the sentence that says what is wrong. */
const char *proxy_parse(const char *text, struct proxy *ret);
void proxy_finish(struct proxy *);

/* Does NO_PROXY exempt this host? Entries are separated by commas or spaces: "*", a name (and what ends in it),
 * ".name", an address, an address with a prefix length, each with an optional port. */
TENON_NODISCARD bool proxy_exempt(const char *no_proxy, const char *host, unsigned port);

#endif
