// SPDX-License-Identifier: Apache-2.0
//
// What lies below HTTP, told from one answer: the route, the name, the connection, TLS, the certificate.
#include "verify.h"

#include <string.h>
#include <time.h>

static const char *const layers[] = {
    TENON_CHECK_NET_PROXY,     TENON_CHECK_NET_RESOLVE,     TENON_CHECK_NET_CONNECT,
    TENON_CHECK_TLS_HANDSHAKE, TENON_CHECK_TLS_CERTIFICATE,
};

// Works, and is worth a word: title NULL where it is not.
static void
certificate_said(struct verification *v, const char *title, const char *detail, const char *remedy,
                 const tenon_pair *data, size_t n)
{
  if (title == NULL) {
    verify_pass(v, TENON_CHECK_TLS_CERTIFICATE, detail, 0, data, n);
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
  verify_say(v, check.id);
  report_check(&v->report, &check, 0);
}

#define INSPECTED_REMEDY                                                                           \
  "Have the server excepted from the inspection of TLS: the proxy sees the password, and where "   \
  "Extended Protection is demanded, NTLM and Kerberos are refused through it."

static void
certificate(struct verification *v, const tenon_http_tls *tls)
{
  const tenon_http_certificate *cert = tls->chain[0];
  char since[16], until[16], detail[896];
  struct kit_text text;
  kit_text_init(&text, since, sizeof since);
  kit_text_put_date(&text, cert->not_before);
  kit_text_init(&text, until, sizeof until);
  kit_text_put_date(&text, cert->not_after);
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "For %.300s; issued by %.200s; valid until %s.",
                  cert->names[0] != 0 ? cert->names : cert->subject, cert->issuer, until);
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
  int64_t days = (cert->not_after - (int64_t)time(NULL)) / 86400;
  if (inspector != NULL)
    certificate_said(v, "A TLS-inspecting proxy answers for the server", detail, INSPECTED_REMEDY,
                     data, n);
  else
    certificate_said(v, days < ONPREM_CERTIFICATE_DAYS ? "The certificate ends soon" : NULL, detail,
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

static void
layer_passed(struct verification *v, const char *id, const tenon_http_completion *c)
{
  char detail[320];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  if (strcmp(id, TENON_CHECK_NET_PROXY) == 0) {
    const tenon_pair data[] = {PAIR("route", c->route)};
    kit_text_printf(&text, "The route is %.200s%s.", c->route, by_whom(c));
    verify_pass(v, id, detail, proxied(c) ? c->connect_ns : 0, data, 1);
  } else if (strcmp(id, TENON_CHECK_NET_RESOLVE) == 0) {
    kit_text_printf(&text, "%s is at %.100s.", v->s->server.host, c->address);
    verify_pass(v, id, c->address != NULL ? detail : NULL, c->resolve_ns, NULL, 0);
  } else if (strcmp(id, TENON_CHECK_NET_CONNECT) == 0) {
    kit_text_printf(&text, "Connected to %.100s.", c->address != NULL ? c->address : "it");
    verify_pass(v, id, detail, c->connect_ns, NULL, 0);
  } else if (strcmp(id, TENON_CHECK_TLS_HANDSHAKE) == 0) {
    const tenon_http_tls *tls = c->tls;
    bool done = tls != NULL && tls->protocol != NULL;
    kit_text_printf(&text, "%.40s, %.80s.", done ? tls->protocol : "",
                    done && tls->cipher != NULL ? tls->cipher : "");
    verify_pass(v, id, done ? detail : NULL, c->tls_ns, NULL, 0);
  } else if (c->tls != NULL && c->tls->n_chain > 0) {
    certificate(v, c->tls);
  }
}

bool
verify_layers(struct verification *v, const struct answer *answer)
{
  const tenon_http_completion *c = answer->completion;
  bool by_name = !proxied(c), chosen = c->route_by != TENON_HTTP_ROUTE_DIRECT;
  const struct verdict_row *failed = c->code == 0 ? verdict_find(&answer->evidence) : NULL;
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
    if (failed != NULL && strcmp(failed->check, layers[i]) == 0)
      break;
    bool way = i == 1 || i == 2; // name and connection are the proxy's business
    if ((i == 0 && by_name && !chosen) || (way && !by_name))
      continue;
    layer_passed(v, layers[i], c);
  }
  if (failed == NULL)
    return true;
  verdict_judge(&answer->evidence, &v->s->verdict);
  verify_fail(v, TENON_CHECK_EWS_ENDPOINT);
  return false;
}
