// SPDX-License-Identifier: Apache-2.0
//
// What a verdict says of a proxy: which one, and that it was the proxy who answered.
#include "verdict_text.h"

#include <string.h>

#define ROUTE "proxy "

// "http://proxy:3128", out of the route.
static const char *
url_of(const struct verdict_evidence *e)
{
  const char *route = e->completion != NULL ? e->completion->route : NULL;
  if (route == NULL || strncmp(route, ROUTE, sizeof ROUTE - 1) != 0)
    return "the proxy";
  return route + sizeof ROUTE - 1;
}

bool
verdict_is_proxied(const struct verdict_evidence *e)
{
  const char *route = e->completion != NULL ? e->completion->route : NULL;
  return route != NULL && strncmp(route, ROUTE, sizeof ROUTE - 1) == 0;
}

void
verdict_put_proxy(struct kit_text *to, const struct verdict_evidence *e)
{
  kit_text_put(to, url_of(e));
}

void
verdict_put_proxy_address(struct kit_text *to, const struct verdict_evidence *e)
{
  const char *host = strstr(url_of(e), "://");
  kit_text_put(to, host != NULL ? host + 3 : "HOST:PORT");
}

void
verdict_put_proxy_http(struct kit_text *to, const struct verdict_evidence *e)
{
  kit_text_printf(to, "HTTP %d", e->completion != NULL ? e->completion->proxy_code : 0);
}

// Squid says why in a header of its own; others at least their name.
void
verdict_put_proxy_by(struct kit_text *to, const struct verdict_evidence *e)
{
  static const char *const names[] = {"Server", "Proxy-Agent", "Via"};
  tenon_text squid = verdict_header(e->completion, "X-Squid-Error");
  kit_text_put(to, "the proxy");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    tenon_text name = verdict_header(e->completion, names[i]);
    if (name.ptr == NULL || name.ptr[0] == 0)
      continue;
    kit_text_printf(to, " (%.64s", name.ptr);
    if (squid.ptr != NULL)
      kit_text_printf(to, ", %.64s", squid.ptr);
    kit_text_put(to, ")");
    return;
  }
}
