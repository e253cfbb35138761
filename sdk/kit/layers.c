// SPDX-License-Identifier: Apache-2.0
//
// One answer passes through all layers, so that one completion tells of them all.
#include "layers.h"

#include <tenon/exchange.h>

#include <string.h>
#include <time.h>

static const struct report_layer layers[] = {
    {TENON_CHECK_NET_PROXY, "Proxy"},
    LAYERS_TABLE,
};

#define PAIR(key, value)                                                                           \
  {                                                                                                \
    key,                                                                                           \
    {                                                                                              \
      value, strlen(value)                                                                         \
    }                                                                                              \
  }

static void
pass(struct report *report, const char *id, const char *detail, int64_t elapsed_ns,
     const tenon_pair *data, size_t n)
{
  const char *title = id;
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
    if (strcmp(layers[i].id, id) == 0)
      title = layers[i].title;
  report_pass(report, id, title, detail, elapsed_ns, data, n);
}

// Works, and is worth a word: title NULL where it is not.
static void
certificate_said(struct report *report, const char *title, const char *detail, const char *remedy,
                 const tenon_pair *data, size_t n)
{
  if (title == NULL) {
    pass(report, TENON_CHECK_TLS_CERTIFICATE, detail, 0, data, n);
    return;
  }
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_RECOMMENDED,
      .id = TENON_CHECK_TLS_CERTIFICATE,
      .title = title,
      .detail = detail,
      .remedy = remedy,
      .cause = TENON_E_TLS,
      .data = data,
      .n_data = n,
  };
  report_check(report, &check, 0);
}

#define INSPECTED_OWN                                                                              \
  "Have the server excepted from the inspection of TLS: the proxy sees the password, and where "   \
  "Extended Protection is demanded, NTLM and Kerberos are refused through it."
#define INSPECTED_CLOUD                                                                            \
  "Have Microsoft's sign-in and mail hosts excepted from the inspection of TLS: the proxy sees "   \
  "secrets and tokens, and Microsoft asks for this exception in its list of Office 365 addresses."

// As many of "a, b, c" as fit, each of them whole.
static void
put_names(struct kit_text *to, const char *names)
{
  size_t room = LAYERS_NAMES_MAX, more = 0;
  for (const char *at = names; *at != 0;) {
    size_t n = strcspn(at, ",");
    bool fits = more == 0 && n + 2 <= room;
    if (at == names || fits) {
      kit_text_put(to, at == names ? "" : ", ");
      kit_text_put_n(to, at, n < room ? n : room);
      room -= n + 2 <= room ? n + 2 : room;
    } else {
      more++;
    }
    at += n + strspn(at + n, ", ");
  }
  if (more > 0)
    kit_text_printf(to, " and %zu more", more);
}

static void
certificate(struct report *report, const tenon_http_tls *tls, bool cloud)
{
  const tenon_http_certificate *cert = tls->chain[0];
  char since[16], until[16], detail[896];
  struct kit_text text;
  kit_text_init(&text, since, sizeof since);
  kit_text_put_date(&text, cert->not_before);
  kit_text_init(&text, until, sizeof until);
  kit_text_put_date(&text, cert->not_after);
  kit_text_init(&text, detail, sizeof detail);
  kit_text_put(&text, "For ");
  if (cert->names[0] != 0)
    put_names(&text, cert->names);
  else
    kit_text_printf(&text, "%.300s", cert->subject);
  kit_text_printf(&text, "; issued by %.200s; valid until %s.", cert->issuer, until);
  const char *inspector = verdict_inspector(tls);
  if (tls->complaints != 0)
    kit_text_put(&text, " Accepted because its key is the pinned one, whatever else is wrong.");
  if (inspector != NULL)
    kit_text_printf(&text, " Made by %s, which ends TLS on the way and looks into it.", inspector);
  const tenon_pair data[] = {
      PAIR("names", cert->names), PAIR("subject", cert->subject), PAIR("issuer", cert->issuer),
      PAIR("not_before", since),  PAIR("not_after", until),       PAIR("sha256", cert->sha256),
      PAIR("pin", cert->pin),
  };
  const size_t n = sizeof data / sizeof *data;
  // Microsoft's own are renewed without anybody's doing.
  int64_t days = (cert->not_after - (int64_t)time(NULL)) / 86400;
  bool soon = days < LAYERS_CERTIFICATE_DAYS && !cloud;
  if (inspector != NULL)
    certificate_said(report, "A TLS-inspecting proxy answers for the server", detail,
                     cloud ? INSPECTED_CLOUD : INSPECTED_OWN, data, n);
  else
    certificate_said(report, soon ? "The certificate ends soon" : NULL, detail,
                     "Renew the server's certificate before that day.", data, n);
}

static bool
proxied(const tenon_http_completion *c)
{
  return c->route != NULL && strncmp(c->route, "proxy", 5) == 0;
}

// Who decided on the route. "" where nobody named a proxy.
static const char *
by_whom(const tenon_http_completion *c)
{
  switch (c->route_by) {
  case TENON_HTTP_ROUTE_SET:
    return proxied(c) ? ", from the field `proxy`" : ": the field `proxy` says so";
  case TENON_HTTP_ROUTE_ENVIRONMENT: return ", from the environment";
  case TENON_HTTP_ROUTE_EXEMPT: return ": NO_PROXY says so";
  default: return "";
  }
}

// The host of the URL that was asked for, without brackets and port.
static void
host_of(const char *url, char *to, size_t size)
{
  struct kit_text text;
  const char *start = strstr(url, "://");
  start = start != NULL ? start + 3 : url;
  bool literal = *start == '[';
  start += literal;
  kit_text_init(&text, to, size);
  kit_text_put_n(&text, start, strcspn(start, literal ? "]" : ":/?#"));
}

static void
layer_passed(struct report *report, const char *id, const tenon_http_completion *c, bool cloud)
{
  char detail[LAYERS_HOST_MAX + 320], host[LAYERS_HOST_MAX];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  if (strcmp(id, TENON_CHECK_NET_PROXY) == 0) {
    const tenon_pair data[] = {PAIR("route", c->route)};
    kit_text_printf(&text, "The route is %.200s%s.", c->route, by_whom(c));
    pass(report, id, detail, proxied(c) ? c->connect_ns : 0, data, 1);
  } else if (strcmp(id, TENON_CHECK_NET_RESOLVE) == 0) {
    host_of(c->url, host, sizeof host);
    kit_text_printf(&text, "%s is at %.100s.", host, c->address);
    pass(report, id, c->address != NULL ? detail : NULL, c->resolve_ns, NULL, 0);
  } else if (strcmp(id, TENON_CHECK_NET_CONNECT) == 0) {
    kit_text_printf(&text, "Connected to %.100s.", c->address != NULL ? c->address : "it");
    pass(report, id, detail, c->connect_ns, NULL, 0);
  } else if (strcmp(id, TENON_CHECK_TLS_HANDSHAKE) == 0) {
    const tenon_http_tls *tls = c->tls;
    bool done = tls != NULL && tls->protocol != NULL;
    kit_text_printf(&text, "%.40s, %.80s.", done ? tls->protocol : "",
                    done && tls->cipher != NULL ? tls->cipher : "");
    pass(report, id, done ? detail : NULL, c->tls_ns, NULL, 0);
  } else if (c->tls != NULL && c->tls->n_chain > 0) {
    certificate(report, c->tls, cloud);
  }
}

bool
layers_report(struct report *report, const struct verdict_evidence *evidence,
              struct verdict *verdict, const char *otherwise)
{
  const tenon_http_completion *c = evidence->completion;
  bool cloud = (evidence->seen & SEEN_CLOUD) != 0;
  bool by_name = !proxied(c), chosen = c->route_by != TENON_HTTP_ROUTE_DIRECT;
  const struct verdict_row *failed = c->code == 0 ? verdict_find(evidence) : NULL;
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
    if (failed != NULL && strcmp(failed->check, layers[i].id) == 0)
      break;
    bool way = i == 1 || i == 2; // name and connection are the proxy's business
    if ((i == 0 && by_name && !chosen) || (way && !by_name))
      continue;
    layer_passed(report, layers[i].id, c, cloud);
  }
  if (failed == NULL)
    return true;
  verdict_judge(evidence, verdict);
  report_verdict(report, verdict, otherwise);
  return false;
}
