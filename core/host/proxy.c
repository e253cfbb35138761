// SPDX-License-Identifier: Apache-2.0
/* Proxies: from the program, or from the environment where the program has no more rights than its user. A password in
 * the URL is a secret like any other: it is cut out and travels on its own. */
#include "core/host/internal.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

/* http_proxy in capitals is not asked for: a CGI's "Proxy:" header would set it. */
static const char *
from_environment(const char *lower, const char *upper, const char *fallback)
{
  const char *value = secure_getenv(lower);

  if (!value && upper)
    value = secure_getenv(upper);
  if (!value && fallback)
    value = secure_getenv(fallback);
  return value && value[0] ? value : NULL;
}

static int
hex_value(char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c = (char)tolower((unsigned char)c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes percent-encoding; len bytes in, at most len out. */
static size_t
unpercent(const char *text, size_t len, char *ret)
{
  size_t n = 0;

  for (size_t i = 0; i < len; i++) {
    int high = i + 2 < len && text[i] == '%' ? hex_value(text[i + 1]) : -1;
    int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low > 0 || (low == 0 && high > 0)) {
      ret[n++] = (char)(high * 16 + low);
      i += 2;
    } else
      ret[n++] = text[i];
  }
  ret[n] = '\0';
  return n;
}

/* user[:password] of a URL's authority. */
static int
take_login(struct proxy_login *l, const char *login, size_t len)
{
  const char *colon = memchr(login, ':', len);
  size_t user = colon ? (size_t)(colon - login) : len;

  l->user = calloc(1, user + 1);
  if (!l->user)
    return -ENOMEM;
  unpercent(login, user, l->user);
  if (!colon)
    return 0;
  l->password = sodium_malloc(len - user);
  if (!l->password)
    return -ENOMEM;
  l->password_len = unpercent(colon + 1, len - user - 1, l->password);
  return 0;
}

static int
take_url(struct proxy_login *l, const char *url, char **ret)
{
  const char *authority, *end, *at;
  int err = 0;

  if (!url || !url[0])
    return 0;
  authority = strstr(url, "://");
  authority = authority ? authority + 3 : url;
  end = authority + strcspn(authority, "/?#");
  at = memrchr(authority, '@', (size_t)(end - authority));
  if (at)
    err = take_login(l, authority, (size_t)(at - authority));
  else if (strchr(end, '@'))
    err =
        -EINVAL; /* a password with a / that is not percent-encoded: it must not pass for a host */
  at = at ? at + 1 : authority;
  if (err || at == end)
    return err ? err : -EINVAL;
  *ret = text_printf("%.*s%s", (int)(authority - url), url, at);
  return *ret ? 0 : -ENOMEM;
}

int
proxies_init(struct proxies *p, const tenon_context_options *o)
{
  bool given = o->http_proxy || o->https_proxy || o->no_proxy;
  const char *http = given ? o->http_proxy : from_environment("http_proxy", NULL, "all_proxy");
  const char *https =
      given ? o->https_proxy : from_environment("https_proxy", "HTTPS_PROXY", "all_proxy");
  const char *no = given ? o->no_proxy : from_environment("no_proxy", "NO_PROXY", NULL);
  int err;

  if (!given && !http)
    http = from_environment("ALL_PROXY", NULL, NULL);
  if (!given && !https)
    https = from_environment("ALL_PROXY", NULL, NULL);
  err = take_url(&p->https_login, https, &p->https);
  if (!err)
    err = take_url(&p->http_login, http, &p->http);
  if (!err && no && !(p->no = strdup(no)))
    err = -ENOMEM;
  return err;
}

static void
login_finish(struct proxy_login *l)
{
  free(l->user);
  sodium_free(l->password);
}

void
proxies_finish(struct proxies *p)
{
  free(p->http);
  free(p->https);
  free(p->no);
  login_finish(&p->http_login);
  login_finish(&p->https_login);
  *p = (struct proxies){0};
}
