// SPDX-License-Identifier: Apache-2.0
//
// Many mailboxes. A slot for each that is open; what the open ones want goes out in batches, as few as hold it. Exchange
// Online answers four requests of an application at a time: the parts of all batches in flight together are held to that.
#include "session.h"

#include "acting.h"
#include "many.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum slot_state { SLOT_FREE, SLOT_READY, SLOT_PICKED, SLOT_FLYING };

struct slot {
  enum slot_state state;
  uint32_t hash;
  int64_t begun_ns;
  struct act act; // first the state, then the act: see slot_of
};

struct flight {
  bool used;
  size_t weight;
  struct batch batch;
};

struct run {
  struct many many; // first, so that the walk's callbacks find the rest
  struct tenon_session *s;
  struct slot *slots;
  struct flight flights[MSGRAPH_OUTLOOK_MAX + 1]; // one more, of directory questions alone
  size_t weight;
  char *body;
  struct many_outage outage;
};

static struct slot *
slot_of(struct act *act)
{
  return (struct slot *)(void *)((char *)act - offsetof(struct slot, act));
}

// ---- reporting ----------------------------------------------------------------------------------

static void
report_ok(struct run *run, struct slot *slot, int64_t elapsed)
{
  const struct act *act = &slot->act;
  char detail[MSGRAPH_ADDRESS_MAX + 64];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "%s", act->mail[0] != 0 ? act->mail : act->subject);
  if (act->items >= 0)
    kit_text_printf(&text, ", %lld in the inbox", (long long)act->items);
  kit_text_put(&text, ".");
  acting_ok(run->many.sink, act->subject, detail, elapsed);
}

void
report_invalid(const tenon_sink *sink, const char *subject, const char *why, bool as_subject)
{
  acting_invalid(sink, subject, why, "This is neither a mail address nor an id",
                 "Write it as name@domain, or as the user's id (a GUID).", as_subject);
}

static void
take_step(struct run *run, struct slot *slot, enum act_step step)
{
  if (step == ACT_AGAIN || step == ACT_TOKEN || step == ACT_CONTROL) {
    slot->hash = many_hash(slot->act.id); // which it may have learned just now
    slot->state = SLOT_READY;
    return;
  }
  const tenon_host *host = run->many.host;
  int64_t elapsed = host->now(host) - slot->begun_ns;
  if (step == ACT_DONE_OK)
    report_ok(run, slot, elapsed);
  else
    acting_failed(run->many.sink, &run->s->verdict, slot->act.subject, elapsed);
  slot->state = SLOT_FREE;
  run->many.n_open--;
}

// ---- taking subjects ------------------------------------------------------------------------------

// There is one: n_open says so.
static struct slot *
free_slot(struct run *run)
{
  struct slot *slot = run->slots;
  while (slot->state != SLOT_FREE)
    slot++;
  return slot;
}

static void
open_subject(struct many *many, tenon_text subject)
{
  struct run *run = (struct run *)many;
  struct tenon_session *s = run->s;
  const char *why = msgraph_address_fault(subject.ptr, subject.len);
  if (why != NULL) {
    report_invalid(many->sink, subject.ptr, why, true);
    return;
  }
  struct slot *slot = free_slot(run);
  act_init(s, &slot->act, subject.ptr, subject.len);
  slot->hash = many_hash(slot->act.subject);
  slot->begun_ns = s->host->now(s->host);
  slot->state = SLOT_READY;
  run->many.n_open++;
}

// ---- sending --------------------------------------------------------------------------------------

// The same mailbox given twice, or by two of its addresses, is asked one after the other.
static bool
mailbox_busy(const struct run *run, const struct slot *slot)
{
  for (size_t i = 0; i < run->many.n_slots; i++) {
    const struct slot *other = &run->slots[i];
    if (other != slot && other->state >= SLOT_PICKED && other->hash == slot->hash &&
        strcasecmp(other->act.id, slot->act.id) == 0)
      return true;
  }
  return false;
}

// Without a token, or a server that answers, the rest is told at once; true: it was told.
static bool
holds_back(struct run *run, struct slot *slot)
{
  struct tenon_session *s = run->s;
  if (s->tokenless) {
    token_judge_subject(s, slot->act.subject);
    take_step(run, slot, ACT_DONE_FAILED);
    return true;
  }
  if (!many_outage_holds(&run->outage) || many_outage_turn(&run->outage, s->host->now(s->host)))
    return false;
  struct many_outage_words words;
  slot->act.tries = BACKOFF_TRIES;
  (void)act_outer(s, &slot->act, run->outage.last, &s->outer);
  many_outage_put(&run->outage, &words);
  s->verdict.check.title = words.title;
  s->verdict.check.detail = words.detail;
  take_step(run, slot, ACT_DONE_FAILED);
  return true;
}

static struct flight *
free_flight(struct run *run)
{
  for (size_t i = 0; i < sizeof run->flights / sizeof *run->flights; i++)
    if (!run->flights[i].used)
      return &run->flights[i];
  return NULL;
}

// Puts the ready ones into the batch, as many as fit.
static void
pick(struct run *run, struct flight *flight)
{
  flight->batch = (struct batch){0};
  for (size_t i = 0; i < run->many.n_slots; i++) {
    struct slot *slot = &run->slots[i];
    if (slot->state != SLOT_READY || mailbox_busy(run, slot) || holds_back(run, slot))
      continue;
    if (!batch_add(&flight->batch, &slot->act))
      break;
    slot->state = SLOT_PICKED;
  }
  flight->weight = batch_weight(&flight->batch);
}

static void
set_states(struct flight *flight, enum slot_state state)
{
  for (size_t i = 0; i < flight->batch.n; i++)
    slot_of(flight->batch.entries[i].act)->state = state;
}

static tenon_status
launch(struct run *run, struct flight *flight, tenon_secret *token)
{
  struct tenon_session *s = run->s;
  struct kit_text text;
  struct batch_fill fill;
  tenon_http_request request;
  kit_text_init(&text, run->body, MSGRAPH_BATCH_BYTES_MAX);
  batch_put(&flight->batch, &text);
  batch_prepare(s, &text, token, &fill, &request);
  for (size_t i = 0; i < flight->batch.n; i++)
    flight->batch.entries[i].act->generation = s->generation;
  tenon_status status = s->http->start(s->http, run->many.call, &request, flight);
  if (status != TENON_OK)
    return status;
  set_states(flight, SLOT_FLYING);
  flight->used = true;
  run->many.n_flying++;
  run->weight += flight->weight;
  return TENON_OK;
}

// One batch. *ret_more: another one may go out after it.
static tenon_status
send_one(struct run *run, bool *ret_more)
{
  struct tenon_session *s = run->s;
  struct flight *flight = free_flight(run);
  tenon_secret *token = NULL;
  *ret_more = false;
  if (flight == NULL || run->weight >= MSGRAPH_OUTLOOK_MAX)
    return TENON_OK;
  tenon_status status = token_get(s, run->many.call, OAUTH_ANY, &token);
  if (status != TENON_OK || (token == NULL && !s->tokenless))
    return status;
  pick(run, flight);
  if (flight->batch.n == 0)
    return TENON_OK;
  bool fits = run->weight + flight->weight <= MSGRAPH_OUTLOOK_MAX || run->many.n_flying == 0;
  status = fits ? launch(run, flight, token) : TENON_E_TRANSIENT;
  *ret_more = status == TENON_OK;
  if (!flight->used)
    set_states(flight, SLOT_READY);
  return status == TENON_E_TRANSIENT ? TENON_OK : status;
}

static tenon_status
send_ready(struct many *many, int64_t pause)
{
  struct run *run = (struct run *)many;
  bool more = pause <= 0 && many->n_open > 0;
  while (more) {
    tenon_status status = send_one(run, &more);
    if (status != TENON_OK)
      return status;
  }
  return TENON_OK;
}

// ---- receiving --------------------------------------------------------------------------------------

// Each mailbox of the batch once; those that were opened first, since they tell what a refusal of the others means.
static tenon_status
settle(struct run *run, const struct batch *batch, const tenon_http_completion *outer, bool opened)
{
  struct tenon_session *s = run->s;
  for (size_t i = 0; i < batch->n; i++) {
    struct act *act = batch->entries[i].act;
    struct slot *slot = slot_of(act);
    bool box = act->parts[PART_BOX].status == 200;
    if (slot->state != SLOT_FLYING || (opened && (outer != NULL || !box)))
      continue;
    enum act_step step = outer != NULL ? act_outer(s, act, outer, &s->outer) : act_next(s, act);
    tenon_status status = TENON_OK;
    if (step == ACT_CONTROL) {
      status = act_control(s, run->many.call);
      step = act_next(s, act);
    } else if (step == ACT_TOKEN) {
      status = token_renew(s, run->many.call);
    }
    if (status != TENON_OK)
      return status;
    take_step(run, slot, step);
  }
  return TENON_OK;
}

static tenon_status
receive(struct many *many, const tenon_http_completion *completion)
{
  struct run *run = (struct run *)many;
  struct tenon_session *s = run->s;
  struct flight *flight = completion->tag;
  flight->used = false;
  many->n_flying--;
  run->weight -= flight->weight;
  many_outage_note(&run->outage, s->host->now(s->host), completion);
  bool good = completion->code == 200 && batch_take(&flight->batch, completion);
  const tenon_http_completion *outer = good ? NULL : completion;
  tenon_status status = settle(run, &flight->batch, outer, true);
  if (status == TENON_OK)
    status = settle(run, &flight->batch, outer, false);
  if (many_is_outage(completion))
    many_outage_keep(&run->outage, s->http, completion);
  else
    s->http->release(s->http, completion);
  return status;
}

static const struct many_manner manner = {open_subject, send_ready, receive};

tenon_status
msgraph_impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
                    const tenon_sink *sink)
{
  struct run run = {
      .many =
          {
              .manner = &manner,
              .host = s->host,
              .http = s->http,
              .call = call,
              .source = source,
              .sink = sink,
              .backoff = &s->backoff,
              .n_slots = many_slots(source, MSGRAPH_SLOTS_MAX),
          },
      .s = s,
  };
  run.slots = calloc(run.many.n_slots, sizeof *run.slots);
  run.body = malloc(MSGRAPH_BATCH_BYTES_MAX);
  tenon_status status = TENON_E_NOMEM;
  if (run.slots != NULL && run.body != NULL) {
    token_anew(s);
    s->bulk = true;
    s->controlled = false;
    status = many_walk(&run.many);
    if (run.many.n_flying > 0)
      s->http->abort(s->http);
    s->bulk = false;
  }
  act_forget(s);
  many_outage_drop(&run.outage, s->http);
  free(run.slots);
  free(run.body);
  return status;
}
