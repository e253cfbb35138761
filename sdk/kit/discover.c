// SPDX-License-Identifier: Apache-2.0
//
// The search from its start to its end: probes, candidates, redirects that begin it anew.
#include "discover_search.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MS 100

static bool
is_before(const struct probe *a, const struct probe *b)
{
  bool said = a->form == PROBE_JSON;
  return said != (b->form == PROBE_JSON) ? !said : a->busy < b->busy;
}

// The next candidate, those that were busy after the others, and last what was said to anybody; NULL: none.
static struct probe *
next_candidate(struct search *s)
{
  struct probe *best = NULL;
  for (size_t i = 0; i < s->n_probes; i++) {
    struct probe *p = &s->probes[i];
    if (p->state == PROBE_CANDIDATE && (best == NULL || is_before(p, best)))
      best = p;
  }
  return best;
}

static tenon_status
rest(struct search *s, int64_t ns)
{
  const tenon_host *host = s->settings->host;
  int64_t end = host->now(host) + ns;
  while (!s->call->cancelled(s->call)) {
    if (host->now(host) >= end)
      return TENON_OK;
    struct pollfd fd = {.fd = s->call->cancel_fd, .events = POLLIN};
    (void)poll(&fd, 1, POLL_MS);
  }
  return TENON_E_CANCELLED;
}

// All candidates of the present address. *ret_address: the one to begin again with, or "".
static tenon_status
search_address(struct search *s, char *ret_address, size_t size)
{
  tenon_status status = race_prepare(s);
  do {
    if (status == TENON_OK)
      status = race_run(s);
    for (struct probe *p; status == TENON_OK && !s->decided && ret_address[0] == 0 &&
                          !race_waits(s) && (p = next_candidate(s)) != NULL;) {
      if (p->busy > 0)
        status = rest(s, DISCOVER_PAUSE_NS);
      if (status == TENON_OK)
        status = ask_candidate(s, p, ret_address, size);
    }
  } while (status == TENON_OK && !s->decided && ret_address[0] == 0 &&
           (race_waits(s) || race_revive(s)));
  return status;
}

static bool
begin(struct search *s, const char *address)
{
  struct kit_text text;
  kit_text_init(&text, s->address, sizeof s->address);
  kit_text_put(&text, address);
  if (text.cut || !autodiscover_domain(address, s->domain, sizeof s->domain))
    return false;
  memcpy(s->result->address, s->address, sizeof s->address);
  if (s->n_visited < sizeof s->visited / sizeof *s->visited)
    memcpy(s->visited[s->n_visited++], s->address, sizeof s->address);
  return true;
}

// Nobody has said where the mailbox is. Where the domain's mail goes to Exchange Online, that is asked.
static tenon_status
search_cloud(struct search *s)
{
  if (s->decided || !s->cloud_hint || s->result->end > DISCOVER_NETWORK)
    return TENON_OK;
  tenon_status status = s->exchanger ? ask_microsoft(s) : TENON_OK;
  if (status != TENON_OK || s->decided)
    return status;
  struct discover_try *t = words_try(s, "all of these", s->domain);
  snprintf(t->outcome, sizeof t->outcome, "no Autodiscover of one's own");
  words_drop(t, DISCOVER_CLOUD, "what the domain names leads to Exchange Online");
  words_note(s, t, NULL, NULL);
  return TENON_OK;
}

static void
conclude(struct search *s)
{
  struct discover *d = s->result;
  struct kit_text text;
  if (d->end == DISCOVER_NOTHING || d->end == DISCOVER_STALE) {
    kit_text_init(&text, d->server, sizeof d->server);
    kit_text_put(&text, s->domain);
  }
  if (d->best == SIZE_MAX || d->end != DISCOVER_FOUND)
    return;
  const struct discover_try *t = &d->tries[d->best];
  kit_text_init(&text, d->how, sizeof d->how);
  kit_text_printf(&text, "%s said so (%s)", d->server, t->step);
  if (strcmp(s->address, s->settings->address) != 0)
    kit_text_printf(&text, ", for %s", s->address);
}

// Outlook has no JSON for servers of one's own: the first that looked like Exchange is its choice.
static void
mark_outlook(struct search *s)
{
  struct discover *d = s->result;
  for (size_t i = 0; i < s->n_probes && s->outlook == NULL; i++)
    if (s->probes[i].state == PROBE_CANDIDATE)
      s->outlook = s->probes[i].tried;
  if (s->outlook == NULL && d->end == DISCOVER_FOUND)
    s->outlook = &d->tries[d->best];
  if (s->outlook != NULL)
    s->outlook->outlook = true;
}

static tenon_status
search(struct search *s)
{
  char next[AUTODISCOVER_ADDRESS_MAX];
  struct kit_text text;
  kit_text_init(&text, next, sizeof next);
  kit_text_put(&text, s->settings->address);
  while (next[0] != 0 && !s->decided) {
    if (!begin(s, next)) {
      struct discover_try *t = words_try(s, "mail address", next);
      snprintf(t->outcome, sizeof t->outcome, "not asked");
      words_drop(t, DISCOVER_NOTHING, "its domain is none");
      words_note(s, t, NULL, NULL);
      return TENON_OK;
    }
    next[0] = 0;
    tenon_status status = search_address(s, next, sizeof next);
    if (status != TENON_OK)
      return status;
  }
  tenon_status status = search_cloud(s);
  return status == TENON_OK ? ask_addresses(s) : status;
}

tenon_status
discover_run(struct discover *d, const struct discover_settings *settings, const tenon_call *call)
{
  struct search *s = calloc(1, sizeof *s);
  if (s == NULL)
    return TENON_E_NOMEM;
  memset(d, 0, sizeof *d);
  d->best = SIZE_MAX;
  s->settings = settings;
  s->call = call;
  s->result = d;
  tenon_status status = search(s);
  if (status == TENON_OK)
    conclude(s);
  mark_outlook(s);
  free(s);
  return status;
}

void
discover_finish(struct discover *d, const struct discover_settings *settings)
{
  settings->http->release(settings->http, d->completion);
  d->completion = NULL;
}
