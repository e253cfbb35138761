// SPDX-License-Identifier: Apache-2.0
/* What is a name, and what is a server's address. Names come from mail addresses, from forms and from answers; all of
 * them end up in URLs and on screens, so nothing but plain host names passes. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/dns/dns.h"

static bool
label_char(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool
dns_name_ok(const char *name)
{
  size_t n = strlen(name), label = 0;
  if (n > 0 && name[n - 1] == '.')
    n--;
  if (n == 0 || n > TENON_DNS_NAME_MAX)
    return false;
  for (size_t i = 0; i < n; i++) {
    bool dot = name[i] == '.';
    if (dot ? label == 0 : !label_char(name[i]) || label == DNS_LABEL_MAX)
      return false;
    label = dot ? 0 : label + 1;
  }
  return label > 0;
}

/* Digits only, 1 to 65535. */
static bool
parse_port(const char *text, uint16_t *ret)
{
  size_t n = strspn(text, "0123456789");
  unsigned long port = n > 0 && n <= 5 && !text[n] ? strtoul(text, NULL, 10) : 0;
  if (port == 0 || port > UINT16_MAX)
    return false;
  *ret = (uint16_t)port;
  return true;
}

/* Cuts address and port apart, in place; the colons of an address without brackets are its own. */
static const char *
cut_port(char *text, uint16_t *ret_port)
{
  char *close = *text == '[' ? strchr(text, ']') : NULL, *colon = strrchr(text, ':');
  *ret_port = DNS_PORT;
  if (close) {
    *close = '\0';
    if (close[1] && (close[1] != ':' || !parse_port(close + 2, ret_port)))
      return NULL;
    return text + 1;
  }
  if (!colon || strchr(text, ':') != colon)
    return text;
  *colon = '\0';
  return parse_port(colon + 1, ret_port) ? text : NULL;
}

const char *
dns_server_parse(const char *text, struct dns_server *ret)
{
  struct dns_server server = {.family = AF_INET};
  char copy[DNS_SERVER_TEXT], address[INET6_ADDRSTRLEN];
  if (strlen(text) >= sizeof copy)
    return "it is no name server: write it as 192.0.2.53 or 192.0.2.53:5353";
  (void)snprintf(copy, sizeof copy, "%s", text);
  const char *cut = cut_port(copy, &server.port);
  if (cut && inet_pton(AF_INET6, cut, server.address) == 1)
    server.family = AF_INET6;
  else if (!cut || inet_pton(AF_INET, cut, server.address) != 1)
    return "it is no name server: write it as 192.0.2.53 or 192.0.2.53:5353";
  (void)inet_ntop(server.family, server.address, address, sizeof address);
  (void)snprintf(server.text, sizeof server.text, server.family == AF_INET6 ? "[%s]:%u" : "%s:%u",
                 address, server.port);
  *ret = server;
  return NULL;
}
