// SPDX-License-Identifier: Apache-2.0
/* tenon doctor, proxies: the environment's variables, which of them count, and the way to the host asked after. The order
 * is core/host/proxy.c's. */
#include <string.h>

#include "core/cli/doctor.h"

/* http://name:password@host -> http://name:...@host */
static char *
mask(const char *url)
{
  const char *from = strstr(url, "://");
  from = from ? from + 3 : url;
  const char *at = memrchr(from, '@', strcspn(from, "/?#"));
  const char *colon = at ? memchr(from, ':', (size_t)(at - from)) : NULL;

  if (!colon)
    return strdup(url);
  return text_printf("%.*s:...%s", (int)(colon - url), url, at);
}

/* The first that is set, even to nothing, decides; only ALL_PROXY stands in for one that is empty. */
static const char *
deciding(const char *const *names)
{
  for (size_t i = 0; names[i]; i++)
    if (getenv(names[i]))
      return names[i];
  return NULL;
}

static const char *
deciding_https(void)
{
  static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", NULL};
  const char *name = deciding(names);

  return name && *getenv(name) ? name : getenv("ALL_PROXY") ? "ALL_PROXY" : NULL;
}

static const char *
deciding_http(void)
{
  static const char *const names[] = {"http_proxy", "all_proxy", NULL};
  const char *name = deciding(names);

  return name && *getenv(name) ? name : getenv("ALL_PROXY") ? "ALL_PROXY" : NULL;
}

static const char *
deciding_no(void)
{
  static const char *const names[] = {"no_proxy", "NO_PROXY", NULL};

  return deciding(names);
}

static bool
is(const char *name, const char *other)
{
  return other && strcmp(name, other) == 0;
}

static const char *
standing(const char *name)
{
  if (strcmp(name, "HTTP_PROXY") == 0)
    return "not looked at: a web server could have set it from a request; use http_proxy";
  if (is(name, deciding_no()))
    return "counts: these go directly";
  if (is(name, deciding_https()))
    return is(name, deciding_http()) ? "counts" : "counts for https";
  if (is(name, deciding_http()))
    return "counts for http alone";
  return "does not count: another variable goes before it";
}

static bool
say_variable(struct doctor *d, const char *name)
{
  const char *value = getenv(name);
  CLEANUP_FREE char *masked = value && *value ? mask(value) : NULL;
  CLEANUP_FREE char *detail = masked ? text_printf("%s (%s)", masked, standing(name)) : NULL;

  if (detail)
    doctor_say(d, TENON_PASS, "doctor.proxy", name, detail, NULL);
  return detail != NULL;
}

static void
say_route(struct doctor *d)
{
  const char *name = deciding_https();
  CLEANUP_FREE char *proxy = d->proxy ? mask(d->proxy) : name ? mask(getenv(name)) : NULL;
  CLEANUP_FREE char *detail = NULL;

  if (d->proxy && strcmp(d->proxy, "none") == 0)
    detail = text_printf("to %s directly: the connection says so", d->host);
  else if (d->proxy && *d->proxy)
    detail = text_printf("to %s by the proxy %s, of the connection", d->host, proxy);
  else if (!name)
    detail = text_printf("to %s directly: no proxy is set", d->host);
  else if (d->facts && json_bool(d->facts, "no_proxy"))
    detail = text_printf("to %s directly: %s names it", d->host, deciding_no());
  else
    detail = text_printf("to %s by the proxy %s, of %s", d->host, proxy, name);
  doctor_say(d, TENON_PASS, "doctor.route", "Route", detail, NULL);
}

void
doctor_proxies(struct doctor *d)
{
  static const char *const names[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                      "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
  bool any = false;

  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    any = say_variable(d, names[i]) || any;
  if (!any)
    doctor_say(d, TENON_PASS, "doctor.proxy", "Proxy", "none in the environment", NULL);
  if (d->host)
    say_route(d);
}
