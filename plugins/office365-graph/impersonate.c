// SPDX-License-Identifier: Apache-2.0
//
// Many mailboxes. A slot for each that is open; what the open ones want goes out in batches, as few as hold it. Exchange
// Online answers four requests of an application at a time: the parts of all batches in flight together are held to that.
#include "session.h"

#include <ctype.h>
#include <poll.h>
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
  struct tenon_session *s;
  const tenon_call *call;
  const tenon_source *source;
  const tenon_sink *sink;
  struct slot *slots;
  size_t n_slots, n_open;
  struct flight flights[MSGRAPH_OUTLOOK_MAX + 1]; // one more, of directory questions alone
  size_t n_flying, weight;
  char *body;
  bool ended, later;     // the source has no more, or none right now
  int64_t told_until_ns; // the pause that the host was told of
  unsigned failures;     // batches in a row that got no answer
  bool trying;           // one is on its way all the same
  int64_t next_ns;       // when the next one may
};

static uint32_t
hash_of(const char *text)
{
  uint32_t hash = 2166136261u;
  for (; *text != 0; text++)
    hash = (hash ^ (uint32_t)tolower((unsigned char)*text)) * 16777619u;
  return hash;
}

static struct slot *
slot_of(struct act *act)
{
  return (struct slot *)(void *)((char *)act - offsetof(struct slot, act));
}

// ---- reporting ----------------------------------------------------------------------------------

static void
report_ok(struct run *run, struct slot *slot)
{
  const struct act *act = &slot->act;
  char detail[MSGRAPH_ADDRESS_MAX + 64];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "%s", act->mail[0] != 0 ? act->mail : act->subject);
  if (act->items >= 0)
    kit_text_printf(&text, ", %lld in the inbox", (long long)act->items);
  kit_text_put(&text, ".");
  static const tenon_pair data[] = {{TENON_DATA_VERDICT, {TENON_VERDICT_OK, 2}},
                                    {TENON_DATA_EXISTENCE, {"known", 5}}};
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_PASS,
      .level = TENON_LEVEL_REQUIRED,
      .id = TENON_CHECK_IMPERSONATE_MAILBOX,
      .title = "Impersonation",
      .detail = detail,
      .subject = act->subject,
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

void
report_invalid(const tenon_sink *sink, const char *subject, const char *why, bool as_subject)
{
  char detail[256];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "Nothing was sent: %s.", why);
  static const tenon_pair data[] = {
      {TENON_DATA_VERDICT, {TENON_VERDICT_INVALID, sizeof TENON_VERDICT_INVALID - 1}},
      {"symptom", {"not-an-address", 14}},
      {TENON_DATA_EXISTENCE, {"unknown", 7}},
  };
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_FAIL,
      .level = TENON_LEVEL_REQUIRED,
      .id = TENON_CHECK_IMPERSONATE_MAILBOX,
      .title = "This is neither a mail address nor an id",
      .detail = detail,
      .remedy = "Write it as name@domain, or as the user's id (a GUID).",
      .field = as_subject ? NULL : TENON_KEY_MAILBOX,
      .subject = as_subject ? subject : NULL,
      .cause = TENON_E_CONFIG,
      .data = data,
      .n_data = sizeof data / sizeof *data,
  };
  sink->check(sink, &check);
}

static void
take_step(struct run *run, struct slot *slot, enum act_step step)
{
  if (step == ACT_AGAIN || step == ACT_TOKEN || step == ACT_CONTROL) {
    slot->hash = hash_of(slot->act.id); // which it may have learned just now
    slot->state = SLOT_READY;
    return;
  }
  if (step == ACT_DONE_OK)
    report_ok(run, slot);
  else
    report_failed(run, slot);
  slot->state = SLOT_FREE;
  run->n_open--;
}

// ---- taking subjects ------------------------------------------------------------------------------

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
  struct tenon_session *s = run->s;
  const char *why = msgraph_address_fault(subject.ptr, subject.len);
  if (why != NULL) {
    report_invalid(run->sink, subject.ptr, why, true);
    return;
  }
  struct slot *slot = free_slot(run);
  act_init(s, &slot->act, subject.ptr, subject.len);
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

// ---- sending --------------------------------------------------------------------------------------

// The same mailbox given twice, or by two of its addresses, is asked one after the other.
static bool
mailbox_busy(const struct run *run, const struct slot *slot)
{
  for (size_t i = 0; i < run->n_slots; i++) {
    const struct slot *other = &run->slots[i];
    if (other != slot && other->state >= SLOT_PICKED && other->hash == slot->hash &&
        strcasecmp(other->act.id, slot->act.id) == 0)
      return true;
  }
  return false;
}

// Told to the host once for each pause, so that a subject is not taken for stuck meanwhile.
static void
announce_pause(struct run *run, int64_t pause)
{
  int64_t until = run->s->backoff.until_ns;
  if (pause < MSGRAPH_ANNOUNCE_NS || until == run->told_until_ns)
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
      .detail = "Graph asks for it; what is open is asked again afterwards.",
      .remedy = "Nothing to do. With fewer mailboxes at a time (--jobs) pauses are rarer.",
      .cause = TENON_E_TRANSIENT,
      .retry_ns = pause,
  };
  run->sink->check(run->sink, &check);
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
  if (run->failures < MSGRAPH_OUTAGE_MAX || s->outer_completion == NULL)
    return false;
  if (!run->trying && s->host->now(s->host) >= run->next_ns) {
    run->trying = true;
    return false;
  }
  char title[96];
  struct kit_text text;
  kit_text_init(&text, title, sizeof title);
  kit_text_printf(&text, "Not asked: the last %u requests got no answer", run->failures);
  slot->act.tries = BACKOFF_TRIES;
  (void)act_outer(s, &slot->act, s->outer_completion, &s->outer);
  s->verdict.check.title = title;
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
  for (size_t i = 0; i < run->n_slots; i++) {
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
  tenon_status status = s->http->start(s->http, run->call, &request, flight);
  if (status != TENON_OK)
    return status;
  set_states(flight, SLOT_FLYING);
  flight->used = true;
  run->n_flying++;
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
  tenon_status status = token_get(s, run->call, OAUTH_ANY, &token);
  if (status != TENON_OK || (token == NULL && !s->tokenless))
    return status;
  pick(run, flight);
  if (flight->batch.n == 0)
    return TENON_OK;
  bool fits = run->weight + flight->weight <= MSGRAPH_OUTLOOK_MAX || run->n_flying == 0;
  status = fits ? launch(run, flight, token) : TENON_E_TRANSIENT;
  *ret_more = status == TENON_OK;
  if (!flight->used)
    set_states(flight, SLOT_READY);
  return status == TENON_E_TRANSIENT ? TENON_OK : status;
}

static tenon_status
send_ready(struct run *run)
{
  struct tenon_session *s = run->s;
  int64_t pause = backoff_wait(&s->backoff, s->host->now(s->host));
  announce_pause(run, pause);
  bool more = pause <= 0 && run->n_open > 0;
  while (more) {
    tenon_status status = send_one(run, &more);
    if (status != TENON_OK)
      return status;
  }
  return TENON_OK;
}

// ---- receiving --------------------------------------------------------------------------------------

static bool
is_outage(const tenon_http_completion *completion)
{
  return completion->status == TENON_E_NETWORK || completion->status == TENON_E_TIMEOUT ||
         completion->status == TENON_E_TLS;
}

static void
note_outage(struct run *run, const tenon_http_completion *completion)
{
  run->trying = false;
  run->failures = is_outage(completion) ? run->failures + 1 : 0;
  run->next_ns = run->s->host->now(run->s->host) + MSGRAPH_OUTAGE_RETRY_NS;
}

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
      status = act_control(s, run->call);
      step = act_next(s, act);
    } else if (step == ACT_TOKEN) {
      status = token_renew(s, run->call);
    }
    if (status != TENON_OK)
      return status;
    take_step(run, slot, step);
  }
  return TENON_OK;
}

static tenon_status
receive(struct run *run, const tenon_http_completion *completion)
{
  struct tenon_session *s = run->s;
  struct flight *flight = completion->tag;
  flight->used = false;
  run->n_flying--;
  run->weight -= flight->weight;
  note_outage(run, completion);
  bool good = completion->code == 200 && batch_take(&flight->batch, completion);
  const tenon_http_completion *outer = good ? NULL : completion;
  tenon_status status = settle(run, &flight->batch, outer, true);
  if (status == TENON_OK)
    status = settle(run, &flight->batch, outer, false);
  if (!is_outage(completion)) {
    s->http->release(s->http, completion);
    return status;
  }
  // What is told of all that are not asked is told of this one.
  if (s->outer_completion != NULL)
    s->http->release(s->http, s->outer_completion);
  s->outer_completion = completion;
  return status;
}

// Takes what has ended, waiting at most wait_ns for the first.
static tenon_status
receive_all(struct run *run, int64_t wait_ns)
{
  struct tenon_session *s = run->s;
  while (run->n_flying > 0) {
    const tenon_http_completion *completion = NULL;
    tenon_status status = s->http->next(s->http, run->call, wait_ns, &completion);
    if (status == TENON_E_TRANSIENT)
      return TENON_OK;
    if (status != TENON_OK)
      return status;
    if (completion->status == TENON_E_CANCELLED)
      return TENON_E_CANCELLED;
    status = receive(run, completion);
    if (status != TENON_OK)
      return status;
    wait_ns = 0;
  }
  return TENON_OK;
}

// ---- waiting ------------------------------------------------------------------------------------------

static int
milliseconds_to_wait(const struct run *run)
{
  int64_t pause = backoff_wait(&run->s->backoff, run->s->host->now(run->s->host));
  if (pause <= 0 || pause > (int64_t)MSGRAPH_POLL_MS * 1000000)
    return MSGRAPH_POLL_MS;
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
slots_for(const tenon_source *source)
{
  if (source->jobs == 0)
    return 1;
  return source->jobs < MSGRAPH_SLOTS_MAX ? source->jobs : MSGRAPH_SLOTS_MAX;
}

tenon_status
msgraph_impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
                    const tenon_sink *sink)
{
  struct run run = {.s = s, .call = call, .source = source, .sink = sink};
  run.n_slots = slots_for(source);
  run.slots = calloc(run.n_slots, sizeof *run.slots);
  run.body = malloc(MSGRAPH_BATCH_BYTES_MAX);
  tenon_status status = TENON_E_NOMEM;
  if (run.slots != NULL && run.body != NULL) {
    token_anew(s);
    s->bulk = true;
    s->controlled = false;
    status = drive(&run);
    if (run.n_flying > 0)
      s->http->abort(s->http);
    s->bulk = false;
  }
  act_forget(s);
  free(run.slots);
  free(run.body);
  return status;
}
