// SPDX-License-Identifier: Apache-2.0
/* Which way a request goes: directly, or through which proxy. The rules of the environment's variables are applied here
 * and not by libcurl, so that the route can be shown and the worker's own environment stays unread. */
#ifndef CORE_HTTP_PROXY_H
#define CORE_HTTP_PROXY_H

#include <stdbool.h>

#include <curl/curl.h>
#include <tenon/plugin.h>

#include "core/base/cleanup.h"

/* Of an https:// proxy without a port. One of http:// has to name its own: there is no usual one. */
#define PROXY_TLS_PORT_DEFAULT "443"

/* Whom a proxy lets through. It is given to that proxy and to no other one. */
struct proxy_account {
  char *user;
  const tenon_secret *secret;
  char *line;               /* Proxy-Authorization, borrowed from the credentials */
  struct curl_slist header; /* line as libcurl wants it */
};

struct proxy {
  char *url;   /* "http://proxy:3128"; NULL: direct */
  char *route; /* "proxy http://proxy:3128" */
  char *host;  /* without brackets */
  char *gate;  /* "proxy proxy:3128": what its account is an account of */
  unsigned port;
  bool tls;                      /* spoken to by TLS itself */
  struct proxy_account *account; /* borrowed; NULL: it is given none */
};

/* Reads "http://proxy:3128", "https://proxy:3129" or "proxy:3128". NULL: fine; else the sentence that says what is wrong. */
const char *proxy_parse(const char *text, struct proxy *ret);
void proxy_finish(struct proxy *);

/* Does NO_PROXY exempt this host? Entries are separated by commas or spaces: "*", a name (and what ends in it),
 * ".name", an address, an address with a prefix length, each with an optional port. */
TENON_NODISCARD bool proxy_exempt(const char *no_proxy, const char *host, unsigned port);

#endif
