// SPDX-License-Identifier: Apache-2.0
//
// The questions with a credential, one after another: SOAP where the host has it, else POX. What is
// refused here ends the search, for the next candidate would count against the same account.
#include "discover_search.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

// ---- a redirect to another domain ------------------------------------------------------------------

static bool
ask_person(struct search *s, const char *url, tenon_status *ret_status)
{
  const tenon_host *host = s->settings->host;
  uint64_t ticket = 0;
  char title[EWS_URL_MAX + 64];
  struct kit_text text;
  kit_text_init(&text, title, sizeof title);
  kit_text_printf(&text, "Sign in at %s?", url);
  const tenon_ask question = {
      .size = sizeof question,
      .kind = TENON_ASK_CONFIRM,
      .id = DISCOVER_ASK_REDIRECT,
      .title = title,
      .body = "Autodiscover leads there, and the name belongs to another domain than the mail "
              "address. The administrator's credential would be sent to that host.",
  };
  if (!s->settings->may_ask || host->ask(host, s->call, &question, &ticket) != TENON_OK)
    return false;
  tenon_text answer = {NULL, 0};
  tenon_status status;
  do // the hook's clock stands still while a person thinks
    status = host->answer(host, s->call, ticket, DISCOVER_QUESTION_NS, &answer, NULL);
  while (status == TENON_E_TRANSIENT && !s->call->cancelled(s->call));
  if (status == TENON_E_CANCELLED && s->call->cancelled(s->call))
    *ret_status = TENON_E_CANCELLED;
  bool yes = status == TENON_OK && answer.ptr != NULL && strcmp(answer.ptr, "yes") == 0;
  if (status != TENON_OK)
    host->withdraw(host, ticket);
  return yes;
}

// ---- the answer -------------------------------------------------------------------------------

static void
put(char *to, size_t size, const char *from)
{
  struct kit_text text;
  kit_text_init(&text, to, size);
  kit_text_put(&text, from);
}

static void
took_settings(struct search *s, struct discover_try *t)
{
  struct discover *d = s->result;
  const struct autodiscover_reply *reply = &s->reply;
  const char *url = reply->external[0] != 0 ? reply->external : reply->internal;
  struct autodiscover_url parts;
  if (!autodiscover_url_read(url, &parts) || !parts.tls) {
    words_drop(t, DISCOVER_ERROR, "it names an address that is not https: %.160s", url);
    return;
  }
  if (reply->cloud || autodiscover_is_cloud(parts.host)) {
    words_drop(t, DISCOVER_CLOUD, "the mailbox lives in Exchange Online");
    words_decide(s, t, DISCOVER_CLOUD);
    return;
  }
  put(d->ews, sizeof d->ews, url);
  if (strcasecmp(reply->internal, url) != 0)
    put(d->other, sizeof d->other, reply->internal);
  words_decide(s, t, DISCOVER_FOUND);
}

static bool
was_visited(const struct search *s, const char *address)
{
  for (size_t i = 0; i < s->n_visited; i++)
    if (strcasecmp(s->visited[i], address) == 0)
      return true;
  return false;
}

static void
took_address(struct search *s, struct discover_try *t, char *ret_address, size_t size)
{
  const char *address = s->reply.target;
  char domain[AUTODISCOVER_DOMAIN_MAX];
  if (!autodiscover_domain(address, domain, sizeof domain)) {
    words_drop(t, DISCOVER_ERROR, "it sends to an address that is none: %.160s", address);
  } else if (autodiscover_is_cloud(domain)) {
    words_drop(t, DISCOVER_CLOUD, "the mailbox lives in Exchange Online, as %.160s", address);
    words_decide(s, t, DISCOVER_CLOUD);
  } else if (was_visited(s, address)) {
    words_drop(t, DISCOVER_LOOP, "it sends back to %.160s, which was asked for before", address);
  } else if (s->result->hops >= DISCOVER_HOPS_MAX) {
    words_drop(t, DISCOVER_HOPS, "it sends on, after %d redirects", DISCOVER_HOPS_MAX);
  } else {
    s->result->hops++;
    words_drop(t, DISCOVER_NOTHING, "it says that the address is %.160s: begun again", address);
    put(ret_address, size, address);
  }
}

// A redirect of SOAP names its own file; the host is first asked without a credential, as all are.
static void
took_url(struct search *s, struct probe *p, struct discover_try *t)
{
  char url[EWS_URL_MAX];
  struct autodiscover_url parts;
  put(url, sizeof url, s->reply.target);
  size_t n = strlen(url);
  if (n > 4 && strcasecmp(url + n - 4, ".svc") == 0)
    memcpy(url + n - 4, ".xml", 4);
  if (autodiscover_url_read(url, &parts) && autodiscover_is_cloud(parts.host)) {
    words_drop(t, DISCOVER_CLOUD, "it sends to Exchange Online, at %.160s", parts.host);
    words_decide(s, t, DISCOVER_CLOUD);
    return;
  }
  race_redirect(s, t, PROBE_POX, url, p->foreign);
}

static void
took_busy(struct probe *p, struct discover_try *t)
{
  words_drop(t, DISCOVER_BUSY, "it is busy");
  if (p->busy++ < DISCOVER_BUSY_MAX)
    p->state = PROBE_CANDIDATE;
}

// false: another form may be asked of the same host.
static bool
took_reply(struct search *s, struct probe *p, struct discover_try *t, char *ret_address,
           size_t size)
{
  const struct autodiscover_reply *reply = &s->reply;
  switch (reply->kind) {
  case AUTODISCOVER_SETTINGS: took_settings(s, t); return true;
  case AUTODISCOVER_ADDRESS: took_address(s, t, ret_address, size); return true;
  case AUTODISCOVER_URL: took_url(s, p, t); return true;
  case AUTODISCOVER_BUSY: took_busy(p, t); return true;
  case AUTODISCOVER_UNKNOWN:
    words_drop(t, DISCOVER_UNKNOWN, "%s: it knows nobody of that address", reply->code);
    words_decide(s, t, DISCOVER_UNKNOWN);
    return true;
  case AUTODISCOVER_NO_EWS:
    words_drop(t, DISCOVER_ERROR, "it names no address of EWS%s%s", reply->code[0] != 0 ? ": " : "",
               reply->code);
    return true;
  case AUTODISCOVER_ERROR:
    words_drop(t, DISCOVER_ERROR, "%s: %.160s", reply->code, reply->text);
    return false;
  default:
    words_drop(t, DISCOVER_ERROR, "its answer could not be read: %s", reply->why);
    return false;
  }
}

// Did somebody who knows the account turn it down? Where a ticket is missing nobody was asked.
static bool
is_refusal(const tenon_http_completion *c)
{
  if (c->code == 401 || c->code == 456 || c->fault == TENON_HTTP_FAULT_GATE)
    return true;
  if (c->status != TENON_E_AUTH || c->signin == NULL)
    return c->status == TENON_E_AUTH;
  switch (c->signin->fault) {
  case TENON_HTTP_SIGNIN_ACCOUNT_UNKNOWN:
  case TENON_HTTP_SIGNIN_PASSWORD:
  case TENON_HTTP_SIGNIN_PASSWORD_EXPIRED:
  case TENON_HTTP_SIGNIN_ACCOUNT_LOCKED:
  case TENON_HTTP_SIGNIN_REJECTED: return true;
  default: return false;
  }
}

// true: done with this host.
static bool
took(struct search *s, struct probe *p, struct discover_try *t, const tenon_http_completion *c,
     char *ret_address, size_t size)
{
  const char *location = verdict_header(c, "Location").ptr;
  if (is_refusal(c)) {
    words_drop(t, DISCOVER_REFUSED, "the credential was refused: nothing more is asked");
    words_decide(s, t, DISCOVER_REFUSED);
    return true;
  }
  if (c->status == TENON_E_AUTH) {
    words_drop(t, DISCOVER_NO_WAY, "the sign-in did not come about: nothing was refused");
    return true;
  }
  if (c->code == 0) {
    words_drop(t, DISCOVER_NETWORK, "no answer came");
    return true;
  }
  if (c->code == 200) {
    autodiscover_read_xml(c->body.ptr, c->body.len, &s->reply);
    return took_reply(s, p, t, ret_address, size);
  }
  if (c->code >= 300 && c->code < 400 && location != NULL) {
    race_redirect(s, t, PROBE_POX, location, p->foreign);
    return true;
  }
  if (c->code == 503 || c->code == 429) {
    took_busy(p, t);
    return true;
  }
  words_drop(t, DISCOVER_ERROR, "it answered HTTP %d to the signed-in question", c->code);
  return c->code == 403;
}

// ---- the question -----------------------------------------------------------------------------

static tenon_status
ask_form(struct search *s, struct probe *p, bool soap, char *ret_address, size_t size,
         bool *ret_done)
{
  char url[EWS_URL_MAX];
  put(url, sizeof url, p->url);
  size_t n = strlen(url);
  if (soap && n > 4)
    memcpy(url + n - 4, ".svc", 4);
  bool fits = soap ? autodiscover_write_soap(s->address, url, &s->request)
                   : autodiscover_write_pox(s->address, &s->request);
  if (!fits)
    return TENON_E_CONFIG;
  const tenon_pair headers[] = {{"Content-Type", {"text/xml; charset=utf-8", 23}},
                                {"Accept", {"text/xml", 8}}};
  const tenon_http_part part = {.text = {s->request.body, s->request.len}};
  tenon_http_request request = {
      .size = sizeof request,
      .label = soap ? "discover.soap" : "discover.pox",
      .method = "POST",
      .url = url,
      .headers = headers,
      .n_headers = 2,
      .body = &part,
      .n_body = 1,
      .timeout_ns = DISCOVER_SIGNIN_NS,
      .body_max = AUTODISCOVER_BYTES_MAX,
  };
  const tenon_http_completion *c = NULL;
  tenon_status status = signin_perform(&s->signin, s->call, &request, &c);
  if (status != TENON_OK)
    return status;
  if (c->status == TENON_E_CANCELLED) {
    s->settings->http->release(s->settings->http, c);
    return TENON_E_CANCELLED;
  }
  struct discover_try *t = words_try(s, soap ? "signed in, SOAP" : "signed in, POX", url);
  words_outcome(t, c);
  *ret_done = took(s, p, t, c, ret_address, size);
  words_note(s, t, c, NULL);
  return TENON_OK;
}

static bool
is_allowed(struct search *s, struct probe *p, tenon_status *ret_status)
{
  if (!p->foreign || ask_person(s, p->url, ret_status)) {
    p->foreign = false;
    return true;
  }
  words_drop(p->tried, DISCOVER_FOREIGN,
             "its name is of another domain, and nobody said that it may have the credential");
  words_note(s, p->tried, NULL, p->url);
  return false;
}

tenon_status
ask_candidate(struct search *s, struct probe *p, char *ret_address, size_t size)
{
  tenon_status status = TENON_OK;
  bool done = false;
  p->state = PROBE_DONE;
  if (s->outlook == NULL)
    s->outlook = p->tried;
  if (p->form == PROBE_JSON) {
    if (is_allowed(s, p, &status)) {
      put(s->result->ews, sizeof s->result->ews, p->url);
      words_decide(s, p->tried, DISCOVER_FOUND);
      words_note(s, p->tried, NULL, NULL);
    }
    return status;
  }
  if (s->settings->account == NULL) {
    words_drop(p->tried, DISCOVER_NO_WAY, "it asks for a sign-in, and there is no credential yet");
    words_note(s, p->tried, NULL, NULL);
    return TENON_OK;
  }
  if (!is_allowed(s, p, &status))
    return status;
  signin_init(&s->signin, s->settings->http, s->settings->account, p->url);
  if (!signin_choose(&s->signin, &p->challenge)) {
    words_drop(p->tried, DISCOVER_NO_WAY,
               "it offers %s, and none of these can be used: nothing was sent",
               p->challenge.text[0] != 0 ? p->challenge.text : "no sign-in");
    words_note(s, p->tried, NULL, NULL);
    signin_finish(&s->signin);
    return TENON_OK;
  }
  if (!p->no_soap)
    status = ask_form(s, p, true, ret_address, size, &done);
  if (status == TENON_OK && !done)
    status = ask_form(s, p, false, ret_address, size, &done);
  signin_finish(&s->signin);
  return status;
}

// ---- where EWS is ---------------------------------------------------------------------------------

// A question without a credential; *ret_answered: something came back, whatever it is.
static tenon_status
knock(struct search *s, const char *step, const char *url, bool *ret_answered)
{
  const tenon_http *http = s->settings->http;
  const tenon_http_completion *c = NULL;
  tenon_http_request request = {
      .size = sizeof request,
      .label = "discover.ews",
      .url = url,
      .timeout_ns = DISCOVER_PROBE_NS,
      .body_max = AUTODISCOVER_BYTES_MAX,
  };
  tenon_status status = http->perform(http, s->call, &request, &c);
  if (status != TENON_OK)
    return status;
  struct discover_try *t = words_try(s, step, url);
  words_outcome(t, c);
  *ret_answered = c->code != 0;
  if (!*ret_answered)
    words_drop(t, DISCOVER_NOTHING, "it does not answer from here");
  status = c->status == TENON_E_CANCELLED ? TENON_E_CANCELLED : TENON_OK;
  http->release(http, c);
  return status;
}

tenon_status
ask_addresses(struct search *s)
{
  struct discover *d = s->result;
  bool answered = true, inside = false;
  if (d->end != DISCOVER_FOUND || d->other[0] == 0)
    return TENON_OK;
  tenon_status status = knock(s, "EWS for outside", d->ews, &answered);
  if (status == TENON_OK && !answered)
    status = knock(s, "EWS for inside", d->other, &inside);
  if (status == TENON_OK && inside) {
    char external[EWS_URL_MAX];
    memcpy(external, d->ews, sizeof external);
    memcpy(d->ews, d->other, sizeof d->ews);
    memcpy(d->other, external, sizeof d->other);
  }
  return status;
}

// ---- Exchange Online --------------------------------------------------------------------------

// Sends the mail address to Microsoft; only where the domain's own mail already goes there.
tenon_status
ask_microsoft(struct search *s)
{
  char url[EWS_URL_MAX];
  const tenon_http *http = s->settings->http;
  const tenon_http_completion *c = NULL;
  if (!autodiscover_write_json(s->address, "outlook.office365.com", url, sizeof url))
    return TENON_OK;
  tenon_http_request request = {
      .size = sizeof request,
      .label = "discover.json",
      .url = url,
      .timeout_ns = DISCOVER_PROBE_NS,
      .body_max = DISCOVER_ANSWER_MAX,
  };
  tenon_status status = http->perform(http, s->call, &request, &c);
  if (status != TENON_OK)
    return status;
  if (c->status == TENON_E_CANCELLED) {
    http->release(http, c);
    return TENON_E_CANCELLED;
  }
  struct discover_try *t = words_try(s, "Exchange Online, JSON", url);
  words_outcome(t, c);
  autodiscover_read_json(c->body.ptr, c->code == 200 ? c->body.len : 0, &s->reply);
  if (s->reply.kind == AUTODISCOVER_SETTINGS && s->reply.cloud) {
    words_drop(t, DISCOVER_CLOUD, "the mailbox lives in Exchange Online");
    words_decide(s, t, DISCOVER_CLOUD);
  } else {
    words_drop(t, DISCOVER_NOTHING, "Exchange Online does not name an address of its own for it");
  }
  words_note(s, t, c, NULL);
  return TENON_OK;
}
