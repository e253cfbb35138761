// SPDX-License-Identifier: Apache-2.0
/* Reading the rules and finding the one for a host. */
#include "core/http/way.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define FORM "write it as host=address or host:port=address:port, several separated by commas"

static bool
host_char(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != 0 && strchr(".-_", c));
}

static bool
is_address(const char *text)
{
  unsigned char bytes[sizeof(struct in6_addr)];
  return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool
is_host(const char *text)
{
  if (!*text || is_address(text))
    return *text;
  for (; *text; text++)
    if (!host_char(*text))
      return false;
  return true;
}

/* Digits only, 1 to 65535. */
static bool
take_port(const char *text, unsigned *ret)
{
  size_t n = strspn(text, "0123456789");
  unsigned long port = n > 0 && n <= 5 && !text[n] ? strtoul(text, NULL, 10) : 0;
  *ret = (unsigned)port;
  return port > 0 && port <= 65535;
}

/* Cuts ":443" and brackets off, in place; the colons of an IPv6 address without brackets are its own. NULL: no port. */
static char *
cut(char *side, unsigned *ret_port)
{
  char *close = *side == '[' ? strchr(side, ']') : NULL, *colon = strrchr(side, ':');
  *ret_port = 0;
  if (close) {
    *close = '\0';
    return !close[1] || (close[1] == ':' && take_port(close + 2, ret_port)) ? side + 1 : NULL;
  }
  if (!colon || strchr(side, ':') != colon)
    return side;
  *colon = '\0';
  return take_port(colon + 1, ret_port) ? side : NULL;
}

static bool
any(const char *text)
{
  return strcmp(text, "*") == 0;
}

static const char *
add(struct ways *ways, char *pair)
{
  struct way_rule rule = {.host = NULL};
  char *equals = strchr(pair, '=');
  if (!equals || equals == pair)
    return FORM;
  *equals = '\0';
  char *host = cut(pair, &rule.port), *address = cut(equals + 1, &rule.to_port);
  if (!host || !address)
    return "a port is a number from 1 to 65535";
  if (!any(host) && !is_host(host))
    return "the part in front of = is no host name";
  if (!any(address) && !is_address(address))
    return "the part behind = is no IP address";
  rule.host = any(host) ? NULL : strdup(host);
  rule.address = any(address) ? NULL : strdup(address);
  if (ways->n == WAY_RULES_MAX || (!any(host) && !rule.host) || (!any(address) && !rule.address)) {
    free(rule.host);
    free(rule.address);
    return ways->n == WAY_RULES_MAX ? "it holds more than 64 pairs" : "memory is out";
  }
  ways->rules[ways->n++] = rule;
  return NULL;
}

const char *
ways_parse(struct ways *ways, const char *text)
{
  CLEANUP_FREE char *list = strdup(text);
  char *save = NULL;
  const char *why = list ? NULL : "memory is out";
  for (char *pair = list ? strtok_r(list, ", ", &save) : NULL; pair && !why;
       pair = strtok_r(NULL, ", ", &save))
    why = add(ways, pair);
  return why;
}

void
ways_finish(struct ways *ways)
{
  for (size_t i = 0; i < ways->n; i++) {
    free(ways->rules[i].host);
    free(ways->rules[i].address);
  }
  ways->n = 0;
}

/* The last dot of a name says only that it is whole. */
static bool
same_host(const char *rule, const char *host)
{
  size_t n = strlen(rule), m = strlen(host);
  n -= n > 1 && rule[n - 1] == '.';
  m -= m > 1 && host[m - 1] == '.';
  return n == m && strncasecmp(rule, host, n) == 0;
}

const struct way_rule *
ways_find(const struct ways *ways, const char *host, unsigned port)
{
  for (size_t i = 0; i < ways->n; i++) {
    const struct way_rule *rule = &ways->rules[i];
    if ((!rule->host || same_host(rule->host, host)) && (rule->port == 0 || rule->port == port))
      return rule;
  }
  return NULL;
}

bool
way_is_known(const char *host)
{
  static const char local[] = "localhost";
  size_t n = strlen(host), m = sizeof local - 1;
  n -= n > 1 && host[n - 1] == '.';
  if (is_address(host))
    return true;
  return n >= m && strncasecmp(host + n - m, local, m) == 0 && (n == m || host[n - m - 1] == '.');
}
