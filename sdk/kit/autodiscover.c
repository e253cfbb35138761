// SPDX-License-Identifier: Apache-2.0
//
// Questions of Autodiscover, and the rules about where an answer may send us. The rules are old
// lessons: a redirect that is followed with a credential is a way to collect passwords.
#include "autodiscover.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

// ---- questions --------------------------------------------------------------------------------

static void
begin(struct kit_text *text, struct autodiscover_request *ret)
{
  kit_text_init(text, ret->body, sizeof ret->body);
  kit_text_put(text, "<?xml version=\"1.0\" encoding=\"utf-8\"?>");
}

static bool
end(const struct kit_text *text, struct autodiscover_request *ret)
{
  ret->len = text->len;
  return !text->cut;
}

bool
autodiscover_write_pox(const char *address, struct autodiscover_request *ret)
{
  struct kit_text text;
  begin(&text, ret);
  kit_text_put(&text,
               "<Autodiscover xmlns=\"" AUTODISCOVER_NS_REQUEST "\"><Request><EMailAddress>");
  kit_text_put_xml(&text, address, strlen(address));
  kit_text_put(&text, "</EMailAddress><AcceptableResponseSchema>" AUTODISCOVER_NS_RESPONSE
                      "</AcceptableResponseSchema></Request></Autodiscover>");
  return end(&text, ret);
}

bool
autodiscover_write_soap(const char *address, const char *url, struct autodiscover_request *ret)
{
  static const char *const settings[] = {
      "UserDisplayName", "AutoDiscoverSMTPAddress", "InternalEwsUrl",
      "ExternalEwsUrl",  "ExternalEwsVersion",      "EwsSupportedSchemas",
      "CasVersion",      "GroupingInformation",     "UserMSOnline"};
  struct kit_text text;
  begin(&text, ret);
  kit_text_put(&text, "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" "
                      "xmlns:a=\"" AUTODISCOVER_NS_SOAP "\" "
                      "xmlns:wsa=\"http://www.w3.org/2005/08/addressing\"><soap:Header>"
                      "<a:RequestedServerVersion>Exchange2010</a:RequestedServerVersion>"
                      "<wsa:Action>" AUTODISCOVER_ACTION "</wsa:Action><wsa:To>");
  kit_text_put_xml(&text, url, strlen(url));
  kit_text_put(&text, "</wsa:To></soap:Header><soap:Body><a:GetUserSettingsRequestMessage>"
                      "<a:Request><a:Users><a:User><a:Mailbox>");
  kit_text_put_xml(&text, address, strlen(address));
  kit_text_put(&text, "</a:Mailbox></a:User></a:Users><a:RequestedSettings>");
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
    kit_text_printf(&text, "<a:Setting>%s</a:Setting>", settings[i]);
  kit_text_put(&text, "</a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage>"
                      "</soap:Body></soap:Envelope>");
  return end(&text, ret);
}

bool
autodiscover_write_json(const char *address, const char *host, char *ret, size_t size)
{
  struct kit_text text;
  kit_text_init(&text, ret, size);
  kit_text_printf(&text, "https://%s/autodiscover/autodiscover.json?Email=", host);
  kit_text_put_url(&text, address, strlen(address));
  kit_text_put(&text, "&Protocol=EWS&RedirectCount=1");
  return !text.cut;
}

// Letters that a URL's host may hold; one beyond ASCII is left to the resolver's own conversion.
static bool
is_domain(const char *domain)
{
  size_t n = strlen(domain);
  if (n == 0 || n >= AUTODISCOVER_DOMAIN_MAX || domain[0] == '.' || domain[n - 1] == '.' ||
      strchr(domain, '.') == NULL || strstr(domain, "..") != NULL)
    return false;
  for (const char *p = domain; *p != 0; p++)
    if ((unsigned char)*p < 0x80 && strchr("abcdefghijklmnopqrstuvwxyz0123456789.-_", *p) == NULL)
      return false;
  return true;
}

bool
autodiscover_domain(const char *address, char *ret, size_t size)
{
  const char *at = strrchr(address, '@');
  if (at == NULL || at == address || strlen(at + 1) >= size)
    return false;
  size_t n = 0;
  for (const char *p = at + 1; *p != 0; p++)
    ret[n++] = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
  ret[n] = 0;
  return is_domain(ret);
}

// ---- where it may lead ------------------------------------------------------------------------

bool
autodiscover_url_read(const char *url, struct autodiscover_url *ret)
{
  bool tls = strncasecmp(url, "https://", 8) == 0;
  if (!tls && strncasecmp(url, "http://", 7) != 0)
    return false;
  if (!kit_utf8_printable(url, strlen(url)) || strpbrk(url, " \"<>\\^`{|}\n\t") != NULL)
    return false;
  const char *host = url + (tls ? 8 : 7);
  size_t authority = strcspn(host, "/?#");
  if (memchr(host, '@', authority) != NULL)
    return false;
  size_t n = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
  if (n == 0 || n > authority || n >= sizeof ret->host || host[0] == '.' || host[0] == '-')
    return false;
  *ret = (struct autodiscover_url){
      .tls = tls, .port = tls ? 443 : 80, .path = url + (host - url) + authority};
  for (size_t i = 0; i < n; i++)
    ret->host[i] = host[i] >= 'A' && host[i] <= 'Z' ? (char)(host[i] - 'A' + 'a') : host[i];
  ret->host[n] = 0;
  if (n == authority)
    return true;
  unsigned port = 0;
  int used = 0;
  if (host[n] != ':' || sscanf(host + n + 1, "%5u%n", &port, &used) != 1 ||
      n + 1 + (size_t)used != authority || port == 0 || port > 65535)
    return false;
  ret->port = port;
  return true;
}

// `host` itself, or a name below it.
static bool
is_below(const char *host, const char *parent)
{
  size_t n = strlen(host), m = strlen(parent);
  if (n < m || strcasecmp(host + n - m, parent) != 0)
    return false;
  return n == m || host[n - m - 1] == '.';
}

bool
autodiscover_is_cloud(const char *host)
{
  static const char *const names[] = {
      "outlook.com",        "office365.com",     "office365.us",
      "outlook.office.com", "outlook.office.de", "partner.outlook.cn",
      "onmicrosoft.com",    "onmicrosoft.us",    "onmschina.cn",
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (is_below(host, names[i]))
      return true;
  return false;
}

bool
autodiscover_is_cloud_exchanger(const char *host)
{
  static const char *const names[] = {
      "mail.protection.outlook.com",
      "mail.protection.office365.us",
      "mx.microsoft",
      "mail.protection.partner.outlook.cn",
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (is_below(host, names[i]))
      return true;
  return false;
}

// The label before `end` within host; host itself when there is no further one.
static const char *
label_before(const char *host, const char *end)
{
  while (end > host && end[-1] != '.')
    end--;
  return end;
}

// May this label and the one behind it belong to many organisations: co.uk, ca.us, uk.com? The public
// list of such names is long and changes; short labels are taken for one.
static bool
is_second_level(const char *label, size_t len, const char *top)
{
  static const char *const names[] = {"asso", "gouv", "police", "school"};
  if (len <= (strlen(top) == 2 ? 3 : 2))
    return true;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strlen(names[i]) == len && strncasecmp(names[i], label, len) == 0)
      return true;
  return false;
}

static const char *
registrable(const char *host)
{
  const char *end = host + strlen(host);
  const char *top = label_before(host, end);
  if (top == host)
    return host;
  const char *second = label_before(host, top - 1);
  if (second == host || !is_second_level(second, (size_t)(top - 1 - second), top))
    return second;
  return label_before(host, second - 1);
}

bool
autodiscover_same_domain(const char *domain, const char *host)
{
  return is_below(host, domain) || strcasecmp(registrable(domain), registrable(host)) == 0;
}

// "/autodiscover/autodiscover.xml", with folders between, as Outlook has it; or the other two files.
static bool
is_path(const char *path)
{
  static const char folder[] = "/autodiscover/";
  static const char *const files[] = {"autodiscover.xml", "autodiscover.svc", "autodiscover.json"};
  size_t n = strcspn(path, "?#");
  if (strncasecmp(path, folder, sizeof folder - 1) != 0)
    return false;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    size_t m = strlen(files[i]);
    if (n > m && strncasecmp(path + n - m, files[i], m) == 0 && path[n - m - 1] == '/')
      return true;
  }
  return false;
}

enum autodiscover_way
autodiscover_way_to(const char *domain, const char *url)
{
  struct autodiscover_url to;
  if (!autodiscover_url_read(url, &to))
    return AUTODISCOVER_WAY_MALFORMED;
  if (!to.tls)
    return AUTODISCOVER_WAY_PLAIN;
  if (autodiscover_is_cloud(to.host))
    return AUTODISCOVER_WAY_CLOUD;
  if (!is_path(to.path))
    return AUTODISCOVER_WAY_PATH;
  return autodiscover_same_domain(domain, to.host) ? AUTODISCOVER_WAY_FINE
                                                   : AUTODISCOVER_WAY_FOREIGN;
}
