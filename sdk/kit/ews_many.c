// SPDX-License-Identifier: Apache-2.0
//
// Many mailboxes. A slot for each that is open, one request in flight for each mailbox, one pause for
// all when the server asks for it; memory is what the slots take, whether ten or a million come by.
#include "ews_many.h"

#include "acting.h"
#include "many.h"

#include <tenon/exchange.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum slot_state {
  SLOT_FREE,
  SLOT_READY,   // to be sent
  SLOT_LOOK_UP, // the directory is to be asked
  SLOT_ASKED,   // in flight
  SLOT_KNOCKED, // in flight, without a credential: is one of use?
  SLOT_LOOKED,  // in flight, to the directory
};

struct slot {
  enum slot_state state;
  uint32_t hash;
  int64_t begun_ns;
  struct ews_act act;
};

struct run {
  struct many many; // first, so that the walk's callbacks find the rest
  struct ews_session *s;
  struct slot *slots;
  size_t n_knocking;
  int64_t knocked_ns; // the first of those that knock now
  struct many_outage outage;
};

static int64_t
now(const struct run *run)
{
  return run->many.host->now(run->many.host);
}

static void
close_slot(struct run *run, struct slot *slot, enum ews_step step)
{
  struct ews_answer *answer = &slot->act.answer;
  int64_t elapsed = now(run) - slot->begun_ns;
  if (step == ACT_DONE_OK)
    acting_ok(run->many.sink, slot->act.subject, NULL, elapsed);
  else
    acting_failed(run->many.sink, &run->s->verdict, slot->act.subject, elapsed);
  if (answer->completion != NULL && many_is_outage(answer->completion)) {
    many_outage_keep(&run->outage, run->s->http, answer->completion);
    answer->completion = NULL;
  }
  ews_act_drop(run->s, &slot->act);
  slot->state = SLOT_FREE;
  run->many.n_open--;
}

static void
take_step(struct run *run, struct slot *slot, enum ews_step step)
{
  switch (step) {
  case ACT_AGAIN: slot->state = SLOT_READY; break;
  case ACT_LOOK_UP: slot->state = SLOT_LOOK_UP; break;
  default: close_slot(run, slot, step); break;
  }
}

// The account was refused: the rest is answered without asking the server.
static void
hold_back(struct run *run, struct slot *slot)
{
  struct ews_session *s = run->s;
  ews_act_drop(s, &slot->act);
  ews_answer_read(s, EWS_GET_FOLDER, PLACE_ACT, slot->act.address, ews_unsent(s),
                  &slot->act.answer);
  ews_act_judge(s, &slot->act, 0);
  close_slot(run, slot, ACT_DONE_FAILED);
}

static void
judge_outage(struct run *run, struct ews_act *act, struct many_outage_words *words)
{
  struct ews_session *s = run->s;
  struct ews_answer *answer = &act->answer;
  ews_answer_drop(s, answer);
  ews_answer_read(s, EWS_GET_FOLDER, PLACE_ACT, act->address, run->outage.last, answer);
  many_outage_put(&run->outage, words);
  answer->evidence.tried = words->tried;
  answer->evidence.seen &= ~SEEN_SENT;
  ews_act_judge(s, act, 0);
  answer->completion = NULL; // it is the outage's
  s->verdict.check.title = words->title;
  s->verdict.check.detail = words->detail;
}

// The server does not answer: it is not asked for this one. One that was asked has a cause of its own.
static void
tell_of_outage(struct run *run, struct slot *slot)
{
  struct many_outage_words words;
  if (slot->act.tries > 0 && slot->act.answer.completion != NULL)
    ews_act_judge(run->s, &slot->act, SEEN_AGAIN);
  else
    judge_outage(run, &slot->act, &words);
  close_slot(run, slot, ACT_DONE_FAILED);
}

// ---- taking subjects --------------------------------------------------------------------------

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
  struct ews_session *s = run->s;
  const char *why = ews_identity_fault(s->identity, subject.ptr, subject.len);
  if (why != NULL) {
    ews_act_report_invalid(s, many->sink, subject.ptr, why, true);
    return;
  }
  struct slot *slot = free_slot(run);
  ews_act_init(&slot->act, subject.ptr, subject.len);
  slot->hash = many_hash(slot->act.subject);
  slot->begun_ns = now(run);
  slot->state = SLOT_READY;
  run->many.n_open++;
}

// ---- sending ----------------------------------------------------------------------------------

// The same mailbox given twice is asked one after the other.
static bool
mailbox_busy(const struct run *run, const struct slot *slot)
{
  for (size_t i = 0; i < run->many.n_slots; i++) {
    const struct slot *other = &run->slots[i];
    if (other != slot && other->state >= SLOT_ASKED && other->hash == slot->hash &&
        strcasecmp(other->act.subject, slot->act.subject) == 0)
      return true;
  }
  return false;
}

static tenon_status
send_slot(struct run *run, struct slot *slot)
{
  struct ews_session *s = run->s;
  struct ews_request fill;
  tenon_http_request request;
  bool lookup = slot->state == SLOT_LOOK_UP, knock = !s->door_open;
  slot->act.answer.version = s->version;
  slot->act.answer.sent = knock ? NULL : s->login->secret;
  if (knock)
    ews_prepare(s, EWS_CONVERT_ID, false, s->admin, &fill, &request);
  else
    ews_prepare(s, lookup ? EWS_RESOLVE_NAMES : EWS_GET_FOLDER, true, slot->act.address, &fill,
                &request);
  tenon_status status = knock ? s->http->start(s->http, run->many.call, &request, slot)
                              : signin_start(&s->signin, run->many.call, &request, slot);
  if (status != TENON_OK)
    return status;
  slot->state = knock ? SLOT_KNOCKED : lookup ? SLOT_LOOKED : SLOT_ASKED;
  run->many.n_flying++;
  if (knock && run->n_knocking++ == 0)
    run->knocked_ns = now(run);
  return TENON_OK;
}

// One finds out for all whether a credential is of use there; who is not answered soon keeps nobody.
static bool
waits_at_the_door(const struct run *run)
{
  return !run->s->door_open && run->n_knocking > 0 && run->outage.failures == 0 &&
         now(run) - run->knocked_ns < EWS_KNOCK_NS;
}

// Sends what may be sent. Full: the service takes no more for now, which is no failure.
static tenon_status
send_ready(struct many *many, int64_t pause)
{
  struct run *run = (struct run *)many;
  struct ews_session *s = run->s;
  for (size_t i = 0; i < run->many.n_slots; i++) {
    struct slot *slot = &run->slots[i];
    if (slot->state != SLOT_READY && slot->state != SLOT_LOOK_UP)
      continue;
    if (s->refused) {
      hold_back(run, slot);
      continue;
    }
    bool later = pause > 0 || mailbox_busy(run, slot);
    if (many_outage_holds(&run->outage) && (later || !many_outage_turn(&run->outage, now(run)))) {
      tell_of_outage(run, slot);
      continue;
    }
    if (later || waits_at_the_door(run))
      continue;
    bool ready = true;
    tenon_status status = s->door_open ? ews_ready(s, run->many.call, &ready) : TENON_OK;
    if (status == TENON_OK && !ready && s->refused) {
      hold_back(run, slot);
      continue;
    }
    if (status == TENON_OK && !ready)
      return TENON_OK; // after the session's pause
    if (status == TENON_OK)
      status = send_slot(run, slot);
    if (status == TENON_E_TRANSIENT)
      return TENON_OK;
    if (status != TENON_OK)
      return status;
  }
  return TENON_OK;
}

// ---- receiving --------------------------------------------------------------------------------

static tenon_status
receive(struct many *many, const tenon_http_completion *completion)
{
  struct run *run = (struct run *)many;
  struct ews_session *s = run->s;
  struct slot *slot = completion->tag;
  many->n_flying--;
  if (slot->state != SLOT_KNOCKED && signin_done(&s->signin, completion)) {
    slot->state = slot->state == SLOT_LOOKED ? SLOT_LOOK_UP : SLOT_READY;
    return TENON_OK;
  }
  many_outage_note(&run->outage, now(run), completion);
  if (slot->state == SLOT_KNOCKED) {
    run->n_knocking--;
    take_step(run, slot, ews_act_knocked(s, &slot->act, completion));
    return TENON_OK;
  }
  if (slot->state == SLOT_LOOKED && ews_renews(s, completion, slot->act.answer.sent)) {
    s->http->release(s->http, completion);
    slot->state = SLOT_LOOK_UP;
    return TENON_OK;
  }
  if (slot->state == SLOT_LOOKED) {
    enum ews_existence existence = ews_lookup_read(s, slot->act.address, completion);
    s->http->release(s->http, completion);
    take_step(run, slot, ews_act_looked_up(s, &slot->act, existence));
    return TENON_OK;
  }
  take_step(run, slot, ews_act_answered(s, &slot->act, completion));
  return TENON_OK;
}

static const struct many_manner manner = {open_subject, send_ready, receive};

tenon_status
ews_many(struct ews_session *s, const tenon_call *call, const tenon_source *source,
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
              .n_slots = many_slots(source, s->slots_max != 0 ? s->slots_max : EWS_SLOTS_MAX),
          },
      .s = s,
  };
  run.slots = calloc(run.many.n_slots, sizeof *run.slots);
  if (run.slots == NULL)
    return TENON_E_NOMEM;
  s->lookup_failures = 0;
  tenon_status status = many_walk(&run.many);
  if (run.many.n_flying > 0)
    signin_abort(&s->signin);
  for (size_t i = 0; i < run.many.n_slots; i++)
    ews_act_drop(s, &run.slots[i].act);
  many_outage_drop(&run.outage, s->http);
  free(run.slots);
  return status;
}

// ---- the same is said of each -------------------------------------------------------------------

static void
tell(struct ews_session *s, const tenon_sink *sink, const tenon_text *subject)
{
  tenon_pair data[VERDICT_DATA_MAX + 1] = {{TENON_DATA_VERDICT, {TENON_VERDICT_ERROR, 5}}};
  size_t n = 1;
  tenon_check check = s->verdict.check;
  for (size_t i = 0; i < check.n_data && n < VERDICT_DATA_MAX + 1; i++)
    if (strcmp(check.data[i].key, TENON_DATA_VERDICT) != 0)
      data[n++] = check.data[i];
  check.id = TENON_CHECK_IMPERSONATE_MAILBOX;
  check.subject = subject->ptr;
  check.data = data;
  check.n_data = n;
  sink->check(sink, &check);
}

tenon_status
ews_many_tell(struct ews_session *s, const tenon_call *call, const tenon_source *source,
              const tenon_sink *sink)
{
  for (;;) {
    tenon_text subject;
    struct pollfd fds[] = {{.fd = call->cancel_fd, .events = POLLIN},
                           {.fd = source->ready_fd, .events = POLLIN}};
    if (call->cancelled(call))
      return TENON_E_CANCELLED;
    switch (source->next(source, &subject)) {
    case TENON_NEXT_SUBJECT: tell(s, sink, &subject); break;
    case TENON_NEXT_LATER: (void)poll(fds, 2, BACKOFF_POLL_MS); break;
    default: return TENON_OK;
    }
  }
}
