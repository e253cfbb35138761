// SPDX-License-Identifier: Apache-2.0
//
// The questions without a credential, all at once: which host answers as Autodiscover does, and does it
// say by itself where EWS is? A host that does not answer costs its own time and nobody else's.
#include "discover_search.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define POX_PATH "/autodiscover/autodiscover.xml"

// ---- which ------------------------------------------------------------------------------------

struct probe *
race_add(struct search *s, enum probe_form form, const char *step, const char *url)
{
  for (size_t i = 0; i < s->n_probes; i++)
    if (s->probes[i].form == form && strcasecmp(s->probes[i].url, url) == 0)
      return NULL;
  if (s->n_probes == DISCOVER_PROBES_MAX)
    return NULL;
  struct probe *p = &s->probes[s->n_probes++];
  memset(p, 0, sizeof *p);
  p->form = form;
  p->step = step;
  struct kit_text text;
  kit_text_init(&text, p->url, sizeof p->url);
  kit_text_put(&text, url);
  return text.cut ? (s->n_probes--, NULL) : p;
}

static void
add_json(struct search *s, const char *step, const char *host, bool meant)
{
  char url[EWS_URL_MAX];
  struct probe *p = NULL;
  if (autodiscover_write_json(s->address, host, url, sizeof url))
    p = race_add(s, PROBE_JSON, step, url);
  if (p != NULL)
    p->meant = meant;
}

static void
add_pox(struct search *s, const char *step, const char *host, bool meant, bool foreign)
{
  char url[EWS_URL_MAX];
  snprintf(url, sizeof url, "https://%s" POX_PATH, host);
  struct probe *p = race_add(s, PROBE_POX, step, url);
  if (p == NULL)
    return;
  p->meant = meant;
  p->foreign = foreign;
}

// The name of the question, for the list of tries: not a URL, but what was looked up.
static struct discover_try *
try_lookup(struct search *s, const char *step, const char *name, const tenon_dns_answer *answer)
{
  struct discover_try *t = words_try(s, step, name);
  struct kit_text text;
  kit_text_init(&text, t->outcome, sizeof t->outcome);
  if (answer == NULL)
    kit_text_put(&text, "not looked up");
  else if (answer->fault != TENON_DNS_FAULT_NONE)
    kit_text_printf(&text, "DNS: %.300s", answer->reason != NULL ? answer->reason : "no record");
  else
    kit_text_printf(&text, "DNS: %zu %s", answer->n_records,
                    answer->n_records == 1 ? "record" : "records");
  return t;
}

static void
take_service(struct search *s, struct discover_try *t, const tenon_dns_record *record)
{
  struct kit_text text;
  kit_text_init(&text, t->outcome, sizeof t->outcome);
  kit_text_printf(&text, "DNS: port %u at %.253s", record->port, record->target);
  if (record->port != 443) {
    words_drop(t, DISCOVER_STALE, "Autodiscover is never sought at another port than 443");
    words_note(s, t, NULL, t->outcome);
    return;
  }
  if (autodiscover_is_cloud(record->target)) {
    words_drop(t, DISCOVER_NOTHING, "it leads to Exchange Online, where this port does not answer");
    s->cloud_hint = true;
    return;
  }
  bool foreign = !autodiscover_same_domain(s->domain, record->target);
  add_pox(s, "SRV record", record->target, true, foreign);
  if (!foreign)
    add_json(s, "SRV record, JSON", record->target, false);
}

static tenon_status
look_up(struct search *s, uint32_t type, const char *name, const tenon_dns_answer **ret)
{
  const struct discover_settings *settings = s->settings;
  *ret = NULL;
  if (settings->dns == NULL)
    return TENON_OK;
  return settings->dns->lookup(settings->dns, s->call, settings->dns_server, type, name, ret);
}

static tenon_status
look_up_service(struct search *s)
{
  char name[AUTODISCOVER_DOMAIN_MAX + 32];
  const tenon_dns_answer *answer;
  snprintf(name, sizeof name, "_autodiscover._tcp.%s", s->domain);
  tenon_status status = look_up(s, TENON_DNS_SRV, name, &answer);
  if (status != TENON_OK)
    return status;
  size_t n = answer != NULL && answer->fault == TENON_DNS_FAULT_NONE ? answer->n_records : 0;
  if (n == 0)
    words_drop(try_lookup(s, "SRV record", name, answer), DISCOVER_NOTHING,
               answer != NULL ? "there is none" : "this host looks up no such records");
  for (size_t i = 0; i < n && i < DISCOVER_SRV_MAX; i++)
    take_service(s, words_try(s, "SRV record", name), answer->records[i]);
  if (answer != NULL)
    s->settings->dns->release(s->settings->dns, answer);
  return TENON_OK;
}

static tenon_status
look_up_exchanger(struct search *s)
{
  const tenon_dns_answer *answer;
  tenon_status status = look_up(s, TENON_DNS_MX, s->domain, &answer);
  if (status != TENON_OK || answer == NULL)
    return status;
  for (size_t i = 0; i < answer->n_records; i++)
    if (autodiscover_is_cloud_exchanger(answer->records[i]->target)) {
      struct discover_try *t = try_lookup(s, "mail exchanger (MX)", s->domain, answer);
      struct kit_text text;
      kit_text_init(&text, t->outcome, sizeof t->outcome);
      kit_text_printf(&text, "DNS: mail goes to %.253s", answer->records[i]->target);
      words_drop(t, DISCOVER_NOTHING, "it says where mail goes, and not where the mailbox is");
      s->cloud_hint = s->exchanger = true;
      break;
    }
  s->settings->dns->release(s->settings->dns, answer);
  return TENON_OK;
}

tenon_status
race_prepare(struct search *s)
{
  char host[AUTODISCOVER_DOMAIN_MAX + 16], url[EWS_URL_MAX];
  s->n_probes = 0;
  snprintf(host, sizeof host, "autodiscover.%s", s->domain);
  snprintf(url, sizeof url, "http://%s" POX_PATH, host);
  add_pox(s, "domain", s->domain, false, false);
  add_json(s, "domain, JSON", s->domain, false);
  add_pox(s, "autodiscover.DOMAIN", host, true, false);
  add_json(s, "autodiscover.DOMAIN, JSON", host, true);
  (void)race_add(s, PROBE_PLAIN, "http redirect", url);
  tenon_status status = look_up_service(s);
  return status == TENON_OK ? look_up_exchanger(s) : status;
}

// ---- what came back ---------------------------------------------------------------------------

static const char *
kind_of(const tenon_http_completion *c)
{
  const char *type = verdict_header(c, "Content-Type").ptr;
  return type != NULL && strncasecmp(type, "text/html", 9) == 0 ? "a web page" : "no Autodiscover";
}

static bool
looks_like_exchange(const tenon_http_completion *c)
{
  const char *server = verdict_header(c, "Server").ptr;
  return verdict_header(c, "X-FEServer").ptr != NULL ||
         verdict_header(c, "X-SOAP-Enabled").ptr != NULL ||
         verdict_header(c, "X-OWA-Version").ptr != NULL ||
         (server != NULL && strncasecmp(server, "Microsoft-IIS", 13) == 0 &&
          verdict_header(c, "WWW-Authenticate").ptr != NULL);
}

// Below HTTP. Only of a host whose name says that Autodiscover is there does it mean anything.
static void
took_no_answer(struct probe *p, struct discover_try *t, const tenon_http_completion *c)
{
  bool service = strncmp(p->step, "SRV", 3) == 0;
  if (c->fault == TENON_HTTP_FAULT_CERTIFICATE)
    words_drop(t, p->meant ? DISCOVER_CERTIFICATE : DISCOVER_NOTHING,
               "no credential is sent to a host that does not prove its name");
  else if (service)
    words_drop(t, DISCOVER_STALE, "the SRV record leads to a host that does not answer");
  else if (c->fault == TENON_HTTP_FAULT_RESOLVE)
    words_drop(t, DISCOVER_NOTHING, "there is no such host");
  else
    words_drop(t, p->meant ? DISCOVER_NETWORK : DISCOVER_NOTHING, "it does not answer");
}

void
race_redirect(struct search *s, struct discover_try *t, enum probe_form form, const char *url,
              bool foreign)
{
  enum autodiscover_way way = autodiscover_way_to(s->domain, url);
  struct probe *p;
  switch (way) {
  case AUTODISCOVER_WAY_CLOUD:
    s->cloud_hint = true;
    words_drop(t, DISCOVER_NOTHING, "it sends to Exchange Online");
    return;
  case AUTODISCOVER_WAY_PLAIN:
    words_drop(t, DISCOVER_FOREIGN, "it sends to an address that is not https: %.160s", url);
    return;
  case AUTODISCOVER_WAY_PATH:
  case AUTODISCOVER_WAY_MALFORMED:
    words_drop(t, DISCOVER_NOTHING, "it sends to what is not Autodiscover");
    return;
  default: break;
  }
  if (s->result->hops >= DISCOVER_HOPS_MAX) {
    words_drop(t, DISCOVER_HOPS, "it sends on, after %d redirects", DISCOVER_HOPS_MAX);
    return;
  }
  s->result->hops++;
  p = race_add(s, form, "redirect", url);
  if (p == NULL) {
    words_drop(t, DISCOVER_LOOP, "it sends back to %.200s, which was asked before", url);
    return;
  }
  p->meant = true;
  p->foreign = foreign || way == AUTODISCOVER_WAY_FOREIGN;
  words_drop(t, DISCOVER_NOTHING, "followed");
}

// What anybody is told may name a host that has nothing to do with the domain, as a redirect may. One
// that has answered to the credential is asked first.
static void
wait_for_yes(struct probe *p, const char *ews)
{
  struct kit_text text;
  p->state = PROBE_CANDIDATE;
  p->foreign = true;
  kit_text_init(&text, p->url, sizeof p->url);
  kit_text_put(&text, ews);
}

static void
took_json(struct search *s, struct probe *p, struct discover_try *t, const tenon_http_completion *c)
{
  struct autodiscover_url url;
  struct autodiscover_reply *reply = &s->reply;
  autodiscover_read_json(c->body.ptr, c->body.len, reply);
  if (reply->kind == AUTODISCOVER_NOTHING) {
    words_drop(t, DISCOVER_NOTHING, "%s: %s", kind_of(c), reply->why);
  } else if (reply->kind != AUTODISCOVER_SETTINGS) {
    words_drop(t, DISCOVER_NOTHING, "it has no anonymous answer: %s", reply->code);
  } else if (reply->cloud) {
    words_drop(t, DISCOVER_CLOUD, "the mailbox lives in Exchange Online");
    words_decide(s, t, DISCOVER_CLOUD);
  } else if (!autodiscover_url_read(reply->external, &url) || !url.tls || p->foreign) {
    words_drop(t, DISCOVER_NOTHING, "it names no https address: %.160s", reply->external);
  } else if (!autodiscover_same_domain(s->domain, url.host)) {
    wait_for_yes(p, reply->external);
  } else {
    words_decide(s, t, DISCOVER_FOUND);
    snprintf(s->result->ews, sizeof s->result->ews, "%s", reply->external);
  }
}

static void
took_pox(struct probe *p, struct discover_try *t, const tenon_http_completion *c)
{
  const char *soap = verdict_header(c, "X-SOAP-Enabled").ptr;
  if (c->code != 401) {
    words_drop(t, DISCOVER_NOTHING, "%s", kind_of(c));
    return;
  }
  if (!looks_like_exchange(c)) {
    words_drop(t, DISCOVER_NOTHING,
               "it asks for a sign-in and shows nothing of Exchange: no credential is sent there");
    return;
  }
  challenge_read(&p->challenge, c->headers, c->n_headers);
  p->no_soap = soap != NULL && strcasecmp(soap, "True") != 0;
  p->state = PROBE_CANDIDATE;
}

static void
took(struct search *s, struct probe *p, const tenon_http_completion *c)
{
  struct discover_try *t = p->tried;
  const char *location = verdict_header(c, "Location").ptr;
  p->state = PROBE_DONE;
  words_outcome(t, c);
  if (c->code == 0)
    took_no_answer(p, t, c);
  else if (c->code >= 300 && c->code < 400 && location != NULL)
    race_redirect(s, t, p->form == PROBE_JSON ? PROBE_JSON : PROBE_POX, location, p->foreign);
  else if (p->form == PROBE_PLAIN)
    words_drop(t, DISCOVER_NOTHING, "only a redirect counts without TLS");
  else if (p->form == PROBE_JSON && c->code / 100 != 4)
    took_json(s, p, t, c);
  else if (p->form == PROBE_JSON)
    words_drop(t, DISCOVER_NOTHING, "it has no anonymous answer");
  else
    took_pox(p, t, c);
  if (p->state == PROBE_CANDIDATE) // it tells something once it was asked
    s->settings->http->release(s->settings->http, c);
  else
    words_note(s, t, c, NULL);
}

// ---- asking -----------------------------------------------------------------------------------

static tenon_status
send(struct search *s, struct probe *p)
{
  static const tenon_pair headers[] = {{"Accept", {"application/json, text/xml", 26}}};
  const tenon_http *http = s->settings->http;
  tenon_http_request request = {
      .size = sizeof request,
      .label = p->form == PROBE_JSON ? "discover.json" : "discover.anonymous",
      .url = p->url,
      .headers = headers,
      .n_headers = 1,
      .timeout_ns = DISCOVER_PROBE_NS,
      .body_max = DISCOVER_ANSWER_MAX,
  };
  if (p->tried == NULL)
    p->tried = words_try(s, p->step, p->url);
  tenon_status status = http->start(http, s->call, &request, p);
  if (status != TENON_OK)
    return status;
  p->state = PROBE_ASKED;
  s->flying++;
  return TENON_OK;
}

static tenon_status
send_waiting(struct search *s)
{
  for (size_t i = 0; i < s->n_probes; i++)
    if (s->probes[i].state == PROBE_WAITING) {
      tenon_status status = send(s, &s->probes[i]);
      if (status != TENON_OK)
        return status;
    }
  return TENON_OK;
}

static bool
has_candidate(const struct search *s)
{
  for (size_t i = 0; i < s->n_probes; i++)
    if (s->probes[i].state == PROBE_CANDIDATE && s->probes[i].form != PROBE_JSON)
      return true;
  return false;
}

bool
race_waits(const struct search *s)
{
  for (size_t i = 0; i < s->n_probes; i++)
    if (s->probes[i].state == PROBE_WAITING)
      return true;
  return false;
}

bool
race_revive(struct search *s)
{
  for (size_t i = 0; i < s->n_probes; i++)
    if (s->probes[i].state == PROBE_LEFT)
      s->probes[i].state = PROBE_WAITING;
  return race_waits(s);
}

// Those still in flight.
static void
leave(struct search *s)
{
  if (s->flying > 0)
    s->settings->http->abort(s->settings->http);
  s->flying = 0;
  for (size_t i = 0; i < s->n_probes; i++) {
    struct probe *p = &s->probes[i];
    if (p->state != PROBE_ASKED)
      continue;
    p->state = PROBE_LEFT;
    snprintf(p->tried->outcome, sizeof p->tried->outcome, "no answer yet");
    words_drop(p->tried, DISCOVER_NOTHING, "not waited for: another one answered");
  }
}

tenon_status
race_run(struct search *s)
{
  const struct discover_settings *settings = s->settings;
  const tenon_http *http = settings->http;
  int64_t grace = 0; // when the others' time is over
  for (;;) {
    tenon_status status = s->decided ? TENON_OK : send_waiting(s);
    int64_t now = settings->host->now(settings->host);
    bool over = s->decided || s->flying == 0 || (grace != 0 && now >= grace);
    if (status != TENON_OK || over) {
      leave(s);
      return status;
    }
    const tenon_http_completion *c = NULL;
    status = http->next(http, s->call, grace != 0 ? grace - now : DISCOVER_PROBE_NS, &c);
    if (status == TENON_E_TRANSIENT)
      continue;
    if (status != TENON_OK) {
      leave(s);
      return status;
    }
    s->flying--;
    if (c->status == TENON_E_CANCELLED) {
      http->release(http, c);
      leave(s);
      return TENON_E_CANCELLED;
    }
    took(s, c->tag, c);
    if (grace == 0 && has_candidate(s))
      grace = settings->host->now(settings->host) + DISCOVER_GRACE_NS;
  }
}
