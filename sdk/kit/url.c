// SPDX-License-Identifier: Apache-2.0
//
// Nobody remembers /EWS/Exchange.asmx, so nobody is asked for it. What is refused here is refused
// because a password would go where it must not.
#include "url.h"

#include "text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const cloud_hosts[] = {
    "outlook.office365.com",    "outlook.office.com", "outlook.office365.us",
    "outlook-dod.office365.us", "partner.outlook.cn", "autodiscover-s.outlook.com",
};

static bool
is_host_char(char c)
{
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
         c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

// Takes "host", "[::1]" or either with ":port" from the front. Returns what follows, or NULL.
static const char *
take_authority(const char *p, struct ews_url *url)
{
  size_t n = 0;
  bool bracketed = *p == '[';
  if (bracketed) {
    n = strspn(p + 1, "0123456789abcdefABCDEF:.");
    if (n == 0 || n >= EWS_HOST_MAX || p[1 + n] != ']')
      return NULL;
    memcpy(url->host, p + 1, n);
    p += n + 2;
  } else {
    while (is_host_char(p[n]))
      n++;
    if (n == 0 || n >= EWS_HOST_MAX || p[0] == '.' || p[0] == '-')
      return NULL;
    memcpy(url->host, p, n);
    p += n;
  }
  url->host[n] = 0;
  url->port = 443;
  if (*p == ':') {
    size_t digits = strspn(p + 1, "0123456789");
    if (digits == 0 || digits > 5 || sscanf(p + 1, "%5u", &url->port) != 1)
      return NULL;
    p += digits + 1;
  }
  if (url->port == 0 || url->port > 65535)
    return NULL;
  const char *format = bracketed ? "[%s]" : "%s";
  struct kit_text text;
  kit_text_init(&text, url->authority, sizeof url->authority);
  kit_text_printf(&text, format, url->host);
  if (url->port != 443)
    kit_text_printf(&text, ":%u", url->port);
  return p;
}

// The path when it is an EWS path already (".../exchange.asmx", whatever the case), else the usual.
static void
put_path(struct kit_text *text, const char *path)
{
  size_t n = strcspn(path, "?#");
  static const char file[] = "/exchange.asmx";
  size_t file_len = sizeof file - 1;
  for (size_t i = 0; i + file_len <= n; i++) {
    if (strncasecmp(path + i, file, file_len) != 0)
      continue;
    char after = path[i + file_len];
    if (after != 0 && after != '?' && after != '#' && after != '/')
      continue;
    kit_text_put_n(text, path, i + file_len);
    return;
  }
  kit_text_put(text, EWS_PATH);
}

static bool
is_cloud(const char *host)
{
  for (size_t i = 0; i < sizeof cloud_hosts / sizeof *cloud_hosts; i++)
    if (strcasecmp(host, cloud_hosts[i]) == 0)
      return true;
  return false;
}

static int
strip_scheme(const char **p)
{
  if (strncasecmp(*p, "http://", 7) == 0)
    return EWS_URL_PLAIN;
  if (strncasecmp(*p, "https://", 8) == 0) {
    *p += 8;
    return EWS_URL_OK;
  }
  return strstr(*p, "://") != NULL ? EWS_URL_SCHEME : EWS_URL_OK;
}

int
ews_url_derive_cloud(const char *typed, struct ews_url *ret)
{
  struct ews_url url = {0};
  char buffer[EWS_TYPED_MAX];
  struct kit_text text;
  kit_text_init(&text, buffer, sizeof buffer);
  kit_text_put(&text, typed);
  const char *p = kit_text_trimmed(&text);
  if (*p == 0)
    return EWS_URL_EMPTY;
  if (text.cut || !kit_utf8_printable(p, strlen(p)) || strchr(p, ' ') != NULL)
    return EWS_URL_MALFORMED;
  int error = strip_scheme(&p);
  if (error != EWS_URL_OK)
    return error;
  if (memchr(p, '@', strcspn(p, "/?#")) != NULL)
    return EWS_URL_USER;
  p = take_authority(p, &url);
  if (p == NULL || (*p != 0 && strchr("/?#", *p) == NULL))
    return EWS_URL_MALFORMED;
  kit_text_init(&text, url.url, sizeof url.url);
  kit_text_printf(&text, "https://%s", url.authority);
  put_path(&text, p);
  if (text.cut || strpbrk(url.url, "\"<>\\^`{|}") != NULL)
    return EWS_URL_MALFORMED;
  *ret = url;
  return EWS_URL_OK;
}

int
ews_url_derive(const char *typed, struct ews_url *ret)
{
  struct ews_url url;
  int error = ews_url_derive_cloud(typed, &url);
  if (error == EWS_URL_OK && is_cloud(url.host))
    return EWS_URL_CLOUD;
  if (error == EWS_URL_OK)
    *ret = url;
  return error;
}

const char *
ews_url_error(int error)
{
  switch (error) {
  case EWS_URL_OK: return NULL;
  case EWS_URL_EMPTY: return "No server is given.";
  case EWS_URL_PLAIN: return "An http:// address would send the password unencrypted.";
  case EWS_URL_SCHEME: return "Only https addresses lead to Exchange Web Services.";
  case EWS_URL_USER: return "The server holds an @: it looks like a mail address or a user name.";
  case EWS_URL_CLOUD:
    return "That is Exchange Online. This connector is for Exchange servers of your own.";
  default: return "The server is neither a host name nor an https address.";
  }
}

const char *
ews_url_remedy(int error)
{
  switch (error) {
  case EWS_URL_OK: return NULL;
  case EWS_URL_PLAIN: return "Write it with https://, or give the host name alone.";
  case EWS_URL_CLOUD:
    return "Give the name of your own Exchange server; `tenon plugin list` shows whether a "
           "connector for Microsoft 365 is installed.";
  default:
    return "Give the host name that people use for Outlook on the web, for example "
           "mail.contoso.example; the address of the web page works too.";
  }
}
