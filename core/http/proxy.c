// SPDX-License-Identifier: Apache-2.0
/* Reading a proxy's URL and the NO_PROXY list. There is no standard for the list; this is what curl, wget, Go and
 * requests have in common. */
#include "core/http/proxy.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"

static void
cleanup_curl_url(CURLU **url)
{
  curl_url_cleanup(*url);
}

static void
cleanup_curl_text(char **text)
{
  curl_free(*text);
}

#define CLEANUP_URL  __attribute__((cleanup(cleanup_curl_url)))
#define CLEANUP_CURL __attribute__((cleanup(cleanup_curl_text)))

static bool
fill(struct proxy *ret, bool tls, const char *host, const char *port)
{
  const char *scheme = tls ? "https" : "http";
  size_t n = strlen(host);
  bool brackets = host[0] == '[' && host[n - 1] == ']';
  struct proxy proxy = {
      .url = text_printf("%s://%s:%s", scheme, host, port),
      .route = text_printf("proxy %s://%s:%s", scheme, host, port),
      .host = brackets ? strndup(host + 1, n - 2) : strdup(host),
      .gate = text_printf("proxy %s:%s", host, port),
      .port = (unsigned)strtoul(port, NULL, 10),
      .tls = tls,
  };
  if (!proxy.url || !proxy.route || !proxy.host || !proxy.gate) {
    proxy_finish(&proxy);
    return false;
  }
  *ret = proxy;
  return true;
}

const char *
proxy_parse(const char *text, struct proxy *ret)
{
  CLEANUP_URL CURLU *url = curl_url();
  CLEANUP_CURL char *scheme = NULL, *user = NULL, *host = NULL, *port = NULL;
  if (!url ||
      curl_url_set(url, CURLUPART_URL, text, CURLU_DEFAULT_SCHEME | CURLU_NON_SUPPORT_SCHEME))
    return "it is no URL: write it as http://proxy:3128, or none";
  (void)curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
  (void)curl_url_get(url, CURLUPART_USER, &user, 0);
  (void)curl_url_get(url, CURLUPART_HOST, &host, 0);
  (void)curl_url_get(url, CURLUPART_PORT, &port, 0);
  if (!strstr(text, "://") && scheme)
    scheme[0] = '\0';
  bool tls = scheme && strcmp(scheme, "https") == 0;
  if (scheme && *scheme && strcmp(scheme, "http") != 0 && !tls)
    return "only proxies that are spoken to by http:// or https:// can be used";
  if (user)
    return "leave the user out of the proxy's URL: it has a field of its own, and the password is "
           "a secret";
  if (!host || !*host)
    return "it names no host: write it as http://proxy:3128";
  if (!port && !tls)
    return "it names no port: write it as http://proxy:3128";
  return fill(ret, tls, host, port ? port : PROXY_TLS_PORT_DEFAULT) ? NULL : "memory is out";
}

void
proxy_finish(struct proxy *proxy)
{
  free(proxy->url);
  free(proxy->route);
  free(proxy->host);
  free(proxy->gate);
  *proxy = (struct proxy){0};
}

/* ---- NO_PROXY ---- */

struct address {
  int family;
  uint8_t bytes[16];
};

static bool
parse_address(const char *text, struct address *ret)
{
  struct address a = {.family = AF_INET};
  if (inet_pton(AF_INET, text, a.bytes) != 1) {
    a.family = AF_INET6;
    if (inet_pton(AF_INET6, text, a.bytes) != 1)
      return false;
  }
  *ret = a;
  return true;
}

static bool
same_prefix(const struct address *a, const struct address *b, long bits)
{
  if (a->family != b->family || bits < 0 || bits > (a->family == AF_INET ? 32 : 128))
    return false;
  size_t whole = (size_t)bits / 8, rest = (size_t)bits % 8;
  if (memcmp(a->bytes, b->bytes, whole) != 0)
    return false;
  return rest == 0 || (uint8_t)(a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest) == 0;
}

static bool
address_fits(char *entry, const struct address *host)
{
  char *slash = strchr(entry, '/');
  if (slash)
    *slash = '\0';
  struct address network;
  if (!parse_address(entry, &network))
    return false;
  return same_prefix(&network, host,
                     slash                       ? strtol(slash + 1, NULL, 10)
                     : network.family == AF_INET ? 32
                                                 : 128);
}

static bool
name_fits(const char *entry, const char *host)
{
  if (*entry == '*')
    entry++; /* "*.example.org" */
  if (*entry == '.')
    entry++;
  size_t n = strlen(entry), n_host = strlen(host);
  if (n_host > 0 && host[n_host - 1] == '.')
    n_host--;
  if (n == 0 || n > n_host || strncasecmp(host + n_host - n, entry, n) != 0)
    return false;
  return n == n_host || host[n_host - n - 1] == '.';
}

/* Cuts ":443" off and compares it; the colons of an IPv6 address without brackets are none. */
static bool
port_fits(char *entry, unsigned port)
{
  char *colon = strrchr(entry, ':');
  if (!colon || (strchr(entry, ':') != colon && colon[-1] != ']') ||
      !isdigit((unsigned char)colon[1]))
    return true;
  *colon = '\0';
  return strtoul(colon + 1, NULL, 10) == port;
}

static bool
entry_fits(char *entry, const char *host, unsigned port)
{
  if (!port_fits(entry, port))
    return false;
  if (strcmp(entry, "*") == 0)
    return true;
  size_t n = strlen(entry);
  if (n > 2 && entry[0] == '[' && entry[n - 1] == ']') {
    entry[n - 1] = '\0';
    entry++;
  }
  struct address address;
  return parse_address(host, &address) ? address_fits(entry, &address) : name_fits(entry, host);
}

bool
proxy_exempt(const char *no_proxy, const char *host, unsigned port)
{
  CLEANUP_FREE char *list = no_proxy ? strdup(no_proxy) : NULL;
  char *save = NULL;
  for (char *entry = list ? strtok_r(list, ", \t", &save) : NULL; entry;
       entry = strtok_r(NULL, ", \t", &save))
    if (entry_fits(entry, host, port))
      return true;
  return false;
}
