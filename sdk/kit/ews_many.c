// SPDX-License-Identifier: Apache-2.0
//
// Many mailboxes. A slot for each that is open, one request in flight for each mailbox, one pause for
// all when the server asks for it; memory is what the slots take, whether ten or a million come by.
#include "ews_many.h"

#include <tenon/exchange.h>

#include <ctype.h>
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
  struct ews_session *s;
  const tenon_call *call;
  const tenon_source *source;
  const tenon_sink *sink;
  struct slot *slots;
  size_t n_slots, n_open, n_flying, n_knocking;
  int64_t knocked_ns; // the first of those that knock now
  struct ews_outage outage;
  bool ended;            // the source has no more
  bool later;            // the source has none right now
  int64_t told_until_ns; // the pause that the host was told of
};

static uint32_t
hash_of(const char *text)
{
  uint32_t hash = 2166136261u;
  for (; *text != 0; text++)
    hash = (hash ^ (uint32_t)tolower((unsigned char)*text)) * 16777619u;
  return hash;
}

// ---- reporting --------------------------------------------------------------------------------

static void
report_ok(struct run *run, struct slot *slot)
{
  static const tenon_pair data[] = {{TENON_DATA_VERDICT, {TENON_VERDICT_OK, 2}},
                                    {TENON_DATA_EXISTENCE, {"known", 5}}};
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_PASS,
      .level = TENON_LEVEL_REQUIRED,
      .id = TENON_CHECK_IMPERSONATE_MAILBOX,
      .title = "Impersonation",
      .subject = slot->act.subject,
      .elapsed_ns = run->s->host->now(run->s->host) - slot->begun_ns,
      .data = data,
      .n_data = 2,
  };
  run->sink->check(run->sink, &check);
}

static void
report_failed(struct run *run, struct slot *slot)
{
  tenon_check *check = &run->s->verdict.check;
  check->subject = slot->act.subject;
  // The subject came from a list and not from the form: no answer there would mend it.
  if (check->field != NULL && strcmp(check->field, TENON_KEY_MAILBOX) == 0)
    check->field = NULL;
  check->elapsed_ns = run->s->host->now(run->s->host) - slot->begun_ns;
  run->sink->check(run->sink, check);
}

static void
close_slot(struct run *run, struct slot *slot, enum ews_step step)
{
  if (step == ACT_DONE_OK)
    report_ok(run, slot);
  else
    report_failed(run, slot);
  const tenon_http_completion *completion = slot->act.answer.completion;
  if (completion != NULL && ews_outage_is(completion))
    ews_outage_keep(&run->outage, run->s, &slot->act.answer);
  ews_act_drop(run->s, &slot->act);
  slot->state = SLOT_FREE;
  run->n_open--;
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

// The server does not answer: it is not asked for this one. One that was asked has a cause of its own.
static void
tell_of_outage(struct run *run, struct slot *slot)
{
  struct ews_outage_words words;
  if (slot->act.tries > 0 && slot->act.answer.completion != NULL)
    ews_act_judge(run->s, &slot->act, SEEN_AGAIN);
  else
    ews_outage_judge(&run->outage, run->s, &slot->act, &words);
  close_slot(run, slot, ACT_DONE_FAILED);
}

// ---- taking subjects --------------------------------------------------------------------------

static struct slot *
free_slot(struct run *run)
{
  for (size_t i = 0; i < run->n_slots; i++)
    if (run->slots[i].state == SLOT_FREE)
      return &run->slots[i];
  return NULL;
}

static void
open_subject(struct run *run, tenon_text subject)
{
  struct ews_session *s = run->s;
  const char *why = ews_identity_fault(s->identity, subject.ptr, subject.len);
  if (why != NULL) {
    ews_act_report_invalid(s, run->sink, subject.ptr, why, true);
    return;
  }
  struct slot *slot = free_slot(run);
  ews_act_init(&slot->act, subject.ptr, subject.len);
  slot->hash = hash_of(slot->act.subject);
  slot->begun_ns = s->host->now(s->host);
  slot->state = SLOT_READY;
  run->n_open++;
}

static void
take_subjects(struct run *run)
{
  run->later = false;
  while (!run->ended && run->n_open < run->n_slots && !run->call->cancelled(run->call)) {
    tenon_text subject = {NULL, 0};
    int32_t answer = run->source->next(run->source, &subject);
    if (answer == TENON_NEXT_LATER) {
      run->later = true;
      return;
    }
    if (answer == TENON_NEXT_SUBJECT)
      open_subject(run, subject);
    else
      run->ended = true;
  }
}

// ---- sending ----------------------------------------------------------------------------------

// The same mailbox given twice is asked one after the other.
static bool
mailbox_busy(const struct run *run, const struct slot *slot)
{
  for (size_t i = 0; i < run->n_slots; i++) {
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
  tenon_status status = knock ? s->http->start(s->http, run->call, &request, slot)
                              : signin_start(&s->signin, run->call, &request, slot);
  if (status != TENON_OK)
    return status;
  slot->state = knock ? SLOT_KNOCKED : lookup ? SLOT_LOOKED : SLOT_ASKED;
  run->n_flying++;
  if (knock && run->n_knocking++ == 0)
    run->knocked_ns = s->host->now(s->host);
  return TENON_OK;
}

// Told to the host once for each pause, so that a subject is not taken for stuck meanwhile.
static void
announce_pause(struct run *run, int64_t pause)
{
  int64_t until = run->s->backoff.until_ns;
  if (pause < EWS_ANNOUNCE_NS || until == run->told_until_ns)
    return;
  run->told_until_ns = until;
  char title[64];
  struct kit_text text;
  kit_text_init(&text, title, sizeof title);
  kit_text_put(&text, "Pausing for ");
  kit_text_put_duration(&text, pause);
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_INFO,
      .id = TENON_CHECK_THROTTLE_BUDGET,
      .title = title,
      .detail = "The server is busy or in trouble; what is open is asked again afterwards.",
      .remedy = "Nothing to do. With fewer mailboxes at a time (--jobs) pauses are rarer.",
      .cause = TENON_E_TRANSIENT,
      .retry_ns = pause,
  };
  run->sink->check(run->sink, &check);
}

// One finds out for all whether a credential is of use there; who is not answered soon keeps nobody.
static bool
waits_at_the_door(const struct run *run)
{
  struct ews_session *s = run->s;
  return !s->door_open && run->n_knocking > 0 && run->outage.failures == 0 &&
         s->host->now(s->host) - run->knocked_ns < EWS_KNOCK_NS;
}

// Sends what may be sent. Full: the service takes no more for now, which is no failure.
static tenon_status
send_ready(struct run *run)
{
  struct ews_session *s = run->s;
  int64_t pause = backoff_wait(&s->backoff, s->host->now(s->host));
  announce_pause(run, pause);
  for (size_t i = 0; i < run->n_slots; i++) {
    struct slot *slot = &run->slots[i];
    if (slot->state != SLOT_READY && slot->state != SLOT_LOOK_UP)
      continue;
    if (s->refused) {
      hold_back(run, slot);
      continue;
    }
    bool later = pause > 0 || mailbox_busy(run, slot);
    if (ews_outage_holds(&run->outage) && (later || !ews_outage_turn(&run->outage, s))) {
      tell_of_outage(run, slot);
      continue;
    }
    if (later || waits_at_the_door(run))
      continue;
    bool ready = true;
    tenon_status status = s->door_open ? ews_ready(s, run->call, &ready) : TENON_OK;
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

static void
receive(struct run *run, const tenon_http_completion *completion)
{
  struct ews_session *s = run->s;
  struct slot *slot = completion->tag;
  run->n_flying--;
  if (slot->state != SLOT_KNOCKED && signin_done(&s->signin, completion)) {
    slot->state = slot->state == SLOT_LOOKED ? SLOT_LOOK_UP : SLOT_READY;
    return;
  }
  ews_outage_note(&run->outage, s, completion);
  if (slot->state == SLOT_KNOCKED) {
    run->n_knocking--;
    take_step(run, slot, ews_act_knocked(s, &slot->act, completion));
    return;
  }
  if (slot->state == SLOT_LOOKED && ews_renews(s, completion, slot->act.answer.sent)) {
    s->http->release(s->http, completion);
    slot->state = SLOT_LOOK_UP;
    return;
  }
  if (slot->state == SLOT_LOOKED) {
    enum ews_existence existence = ews_lookup_read(s, slot->act.address, completion);
    s->http->release(s->http, completion);
    take_step(run, slot, ews_act_looked_up(s, &slot->act, existence));
    return;
  }
  take_step(run, slot, ews_act_answered(s, &slot->act, completion));
}

// Takes what has ended, waiting at most wait_ns for the first.
static tenon_status
receive_all(struct run *run, int64_t wait_ns)
{
  struct ews_session *s = run->s;
  while (run->n_flying > 0) {
    const tenon_http_completion *completion = NULL;
    tenon_status status = s->http->next(s->http, run->call, wait_ns, &completion);
    if (status == TENON_E_TRANSIENT)
      return TENON_OK;
    if (status != TENON_OK)
      return status;
    if (completion->status == TENON_E_CANCELLED)
      return TENON_E_CANCELLED;
    receive(run, completion);
    wait_ns = 0;
  }
  return TENON_OK;
}

// ---- waiting ----------------------------------------------------------------------------------

static int
milliseconds_to_wait(const struct run *run)
{
  int64_t pause = backoff_wait(&run->s->backoff, run->s->host->now(run->s->host));
  if (pause <= 0 || pause > (int64_t)EWS_POLL_MS * 1000000)
    return EWS_POLL_MS;
  return (int)((pause + 999999) / 1000000);
}

static tenon_status
wait_for_something(struct run *run)
{
  int ms = milliseconds_to_wait(run);
  // Nothing to expect from the source: the service's own wait is cheaper than a poll.
  if (run->n_flying > 0 && !run->later)
    return receive_all(run, (int64_t)ms * 1000000);
  struct pollfd fds[3] = {
      {.fd = run->call->cancel_fd, .events = POLLIN},
      {.fd = run->later ? run->source->ready_fd : -1, .events = POLLIN},
      {.fd = run->n_flying > 0 ? run->s->http->ready_fd : -1, .events = POLLIN},
  };
  (void)poll(fds, 3, ms);
  return receive_all(run, 0);
}

static tenon_status
drive(struct run *run)
{
  for (;;) {
    if (run->call->cancelled(run->call))
      return TENON_E_CANCELLED;
    take_subjects(run);
    tenon_status status = send_ready(run);
    if (status != TENON_OK)
      return status;
    if (run->n_open == 0 && run->ended)
      return TENON_OK;
    if (run->n_open < run->n_slots && !run->later && !run->ended)
      status = receive_all(run, 0); // slots were freed while sending
    else
      status = wait_for_something(run);
    if (status != TENON_OK)
      return status;
  }
}

static size_t
slots_for(const struct ews_session *s, const tenon_source *source)
{
  size_t most = s->slots_max != 0 ? s->slots_max : EWS_SLOTS_MAX;
  if (source->jobs == 0)
    return 1;
  return source->jobs < most ? source->jobs : most;
}

tenon_status
ews_many(struct ews_session *s, const tenon_call *call, const tenon_source *source,
         const tenon_sink *sink)
{
  struct run run = {
      .s = s,
      .call = call,
      .source = source,
      .sink = sink,
      .n_slots = slots_for(s, source),
  };
  run.slots = calloc(run.n_slots, sizeof *run.slots);
  if (run.slots == NULL)
    return TENON_E_NOMEM;
  s->lookup_failures = 0;
  tenon_status status = drive(&run);
  if (run.n_flying > 0)
    signin_abort(&s->signin);
  for (size_t i = 0; i < run.n_slots; i++)
    ews_act_drop(s, &run.slots[i].act);
  ews_outage_drop(&run.outage, s);
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
    case TENON_NEXT_LATER: (void)poll(fds, 2, EWS_POLL_MS); break;
    default: return TENON_OK;
    }
  }
}
