// SPDX-License-Identifier: Apache-2.0
/* What an Autodiscover server answers, in either form, and where a redirect of it would lead. */
#include <string.h>

#include "sdk/kit/autodiscover.h"
#include "tests/fuzz/fuzz.h"

static void
hold(const struct autodiscover_reply *r)
{
  fuzz_hold(memchr(r->external, 0, sizeof r->external) && memchr(r->target, 0, sizeof r->target));
  fuzz_hold((r->kind == AUTODISCOVER_NOTHING) == (r->why[0] != 0));
  fuzz_hold(r->kind != AUTODISCOVER_SETTINGS || r->external[0] || r->internal[0]);
  fuzz_hold((r->kind != AUTODISCOVER_URL && r->kind != AUTODISCOVER_ADDRESS) || r->target[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  static struct autodiscover_reply reply;
  static struct autodiscover_request request;
  struct autodiscover_url url;
  char domain[AUTODISCOVER_DOMAIN_MAX];

  autodiscover_read_xml((const char *)bytes, n, &reply);
  hold(&reply);
  autodiscover_read_json((const char *)bytes, n, &reply);
  hold(&reply);

  char *text = strndup((const char *)bytes, n);
  fuzz_hold(text != NULL);
  enum autodiscover_way way = autodiscover_way_to("contoso.example", text);
  if (way == AUTODISCOVER_WAY_FINE || way == AUTODISCOVER_WAY_FOREIGN)
    fuzz_hold(autodiscover_url_read(text, &url) && url.tls && url.host[0] && url.port > 0);
  if (autodiscover_domain(text, domain, sizeof domain))
    fuzz_hold(strchr(domain, '/') == NULL && strchr(domain, '@') == NULL);
  if (autodiscover_write_soap(text, text, &request))
    fuzz_hold(request.len == strlen(request.body));
  free(text);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "<Autodiscover "
    "xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">"
    "<Response xmlns=\"" AUTODISCOVER_NS_RESPONSE "\"><Account><Action>settings</Action><Protocol>"
    "<Type>EXPR</Type><EwsUrl>https://mail.contoso.example/EWS/Exchange.asmx</EwsUrl></Protocol>"
    "</Account></Response></Autodiscover>",
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"
    "<GetUserSettingsResponseMessage xmlns=\"" AUTODISCOVER_NS_SOAP "\"><Response>"
    "<ErrorCode>NoError</ErrorCode><UserResponses><UserResponse><ErrorCode>RedirectUrl</ErrorCode>"
    "<RedirectTarget>https://a.contoso.example/autodiscover/autodiscover.svc</RedirectTarget>"
    "</UserResponse></UserResponses></Response></GetUserSettingsResponseMessage></s:Body>"
    "</s:Envelope>",
    "{\"Protocol\":\"EWS\",\"Url\":\"https:\\/\\/mail.contoso.example\\u002fEWS\"}",
    "https://mail.contoso.example:443/autodiscover/autodiscover.xml?a=b",
    "admin@contoso.example",
    NULL,
};
