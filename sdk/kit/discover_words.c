// SPDX-License-Identifier: Apache-2.0
//
// What became of each try, in words that name the layer at which it ended.
#include "discover_search.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <tenon/exchange.h>

struct discover_try *
words_try(struct search *s, const char *step, const char *url)
{
  struct discover *d = s->result;
  if (d->n_tries < DISCOVER_TRIES_MAX)
    d->n_tries++;
  struct discover_try *t = &d->tries[d->n_tries - 1];
  memset(t, 0, sizeof *t);
  t->step = step;
  struct kit_text text;
  kit_text_init(&text, t->url, sizeof t->url);
  kit_text_put(&text, url);
  return t;
}

static const char *
layer(const tenon_http_completion *c)
{
  switch (c->fault) {
  case TENON_HTTP_FAULT_RESOLVE: return "DNS";
  case TENON_HTTP_FAULT_REFUSED:
  case TENON_HTTP_FAULT_UNREACHABLE: return "TCP";
  case TENON_HTTP_FAULT_PROXY: return "proxy";
  case TENON_HTTP_FAULT_TLS:
  case TENON_HTTP_FAULT_CERTIFICATE: return "TLS";
  case TENON_HTTP_FAULT_GATE: return "not sent";
  default: return "HTTP";
  }
}

void
words_outcome(struct discover_try *t, const tenon_http_completion *c)
{
  struct kit_text text;
  kit_text_init(&text, t->outcome, sizeof t->outcome);
  if (c->code == 0) {
    kit_text_printf(&text, "%s: %.320s", layer(c), c->reason != NULL ? c->reason : "no answer");
    return;
  }
  if (c->address != NULL)
    kit_text_printf(&text, "%.80s, ", c->address);
  if (c->route != NULL && strncmp(c->route, "proxy", 5) == 0)
    kit_text_printf(&text, "%.100s, ", c->route);
  if (c->tls != NULL && c->tls->protocol != NULL)
    kit_text_printf(&text, "%.16s, ", c->tls->protocol);
  kit_text_printf(&text, "HTTP %d", c->code);
  tenon_text location = verdict_header(c, "Location");
  if (c->code >= 300 && c->code < 400 && location.ptr != NULL)
    kit_text_printf(&text, " to %.200s", location.ptr);
}

void
words_drop(struct discover_try *t, enum discover_end end, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(t->dropped, sizeof t->dropped, format, arguments);
  va_end(arguments);
  t->end = end;
}

void
words_note(struct search *s, struct discover_try *t, const tenon_http_completion *c,
           const char *words)
{
  struct discover *d = s->result;
  const tenon_http *http = s->settings->http;
  size_t at = (size_t)(t - d->tries);
  // Of equals the first in order counts, whichever answered first.
  if (d->best != SIZE_MAX && (t->end < d->end || (t->end == d->end && at >= d->best))) {
    http->release(http, c);
    return;
  }
  d->end = t->end;
  d->best = at;
  http->release(http, d->completion);
  d->completion = c;
  challenge_init(&d->challenge);
  if (c != NULL)
    challenge_read(&d->challenge, c->headers, c->n_headers);
  struct kit_text text;
  kit_text_init(&text, d->words, sizeof d->words);
  kit_text_put(&text, words != NULL ? words : t->dropped);
  struct autodiscover_url url;
  kit_text_init(&text, d->server, sizeof d->server);
  kit_text_put(&text, autodiscover_url_read(t->url, &url) ? url.host : s->domain);
}

void
words_decide(struct search *s, struct discover_try *t, enum discover_end end)
{
  t->end = end;
  s->decided = true;
}

size_t
discover_data(struct discover *d, tenon_pair ret[DISCOVER_TRIES_MAX])
{
  for (size_t i = 0; i < d->n_tries; i++) {
    const struct discover_try *t = &d->tries[i];
    struct kit_text text;
    snprintf(d->keys[i], sizeof d->keys[i], TENON_DATA_TRIED ".%zu", i + 1);
    kit_text_init(&text, d->texts[i], sizeof d->texts[i]);
    kit_text_printf(&text, "%s (%s): %s", t->url, t->step, t->outcome);
    if (t->dropped[0] != 0)
      kit_text_printf(&text, "; dropped: %s", t->dropped);
    if (t->outlook)
      kit_text_put(&text, "; Outlook would take this one");
    ret[i] = (tenon_pair){d->keys[i], {d->texts[i], strlen(d->texts[i])}};
  }
  return d->n_tries;
}

// ---- the verdict ------------------------------------------------------------------------------

static const char *const findings[] = {
    [DISCOVER_NOTHING] = "discover-nothing", [DISCOVER_STALE] = "discover-stale-srv",
    [DISCOVER_BUSY] = "discover-busy",       [DISCOVER_HOPS] = "discover-hops",
    [DISCOVER_LOOP] = "discover-loop",       [DISCOVER_FOREIGN] = "discover-foreign",
    [DISCOVER_NO_WAY] = "discover-no-way",   [DISCOVER_ERROR] = "discover-error",
    [DISCOVER_UNKNOWN] = "discover-unknown", [DISCOVER_CLOUD] = "discover-cloud",
    [DISCOVER_REFUSED] = "discover-refused", [DISCOVER_FOUND] = NULL,
};

// A host that cannot be reached or trusted is told as it would be of EWS itself; only a certificate of
// another name is passed over here and not mended.
void
discover_evidence(const struct discover *d, const struct discover_settings *settings,
                  struct verdict_evidence *ret)
{
  const struct signin_account *account = settings->account;
  const struct discover_try *best = d->best < d->n_tries ? &d->tries[d->best] : NULL;
  bool name = d->end == DISCOVER_CERTIFICATE && d->completion != NULL &&
              d->completion->tls != NULL && d->completion->tls->verdict == TENON_HTTP_TLS_NAME;
  *ret = (struct verdict_evidence){
      .place = d->end == DISCOVER_REFUSED ? PLACE_SIGNIN : PLACE_OPEN,
      .seen = d->end == DISCOVER_REFUSED ? SEEN_SENT : 0,
      .check = TENON_CHECK_AUTODISCOVER,
      .finding = name ? "discover-certificate-name" : findings[d->end],
      .found = d->words,
      .account = account != NULL && account->user != NULL ? account->user : settings->address,
      .mailbox = d->address,
      .server = d->server,
      .tried = best != NULL ? best->url : "nothing",
      .completion = d->completion,
      .challenge = &d->challenge,
  };
}
