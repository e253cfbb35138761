// SPDX-License-Identifier: Apache-2.0
/* One `run` effect at a time: which workers have a part in it, what each is told to do, and when all are done. */
#include "core/host/driver_internal.h"

#include <errno.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/json/shapes.h"
#include "core/model/names.h"

static bool
is_hook(const struct driver *d, const char *hook)
{
  return d->job.hook && strcmp(d->job.hook, hook) == 0;
}

static bool
is_phase(const struct driver *d, const char *phase)
{
  const char *mine = json_text(d->job.effect, "phase");
  return mine && strcmp(mine, phase) == 0;
}

/* ---- beginning -------------------------------------------------------------------------------------------------------- */

static bool
begin(struct driver *d, const cJSON *effect, const char *hook)
{
  int64_t generation = 0;

  (void)json_int(effect, "generation", &generation);
  cJSON_Delete(d->job.effect);
  free(d->job.hook);
  d->job = (struct job){true, generation, strdup(hook), cJSON_Duplicate(effect, true), 0, false};
  if (!d->round || is_hook(d, "verify"))
    d->round = tenon_context_round(d->ctx);
  d->idle_since = 0;
  if (d->job.hook && d->job.effect)
    return true;
  d->nomem = true;
  return false;
}

static void
take_part(struct seat *seat, bool described_only)
{
  seat->in_job = true;
  seat->described_only = described_only;
  seat->status = TENON_OK;
}

void
job_describe(struct driver *d, const cJSON *effect)
{
  const char *id = json_text(effect, "connector");

  if (!id || !begin(d, effect, "describe"))
    return;
  if (!d->connector || strcmp(d->connector->id, id) != 0) {
    job_end_sessions(d);
    seat_leave(&d->connector);
    d->connector = seat_create(d, id, false);
  }
  if (!d->connector) {
    d->nomem = true;
    return;
  }
  /* A worker that is up has said what it is: only a new one says it again. */
  if (d->connector->state != SEAT_EMPTY && d->connector->state != SEAT_DEAD) {
    seat_leave(&d->connector);
    d->connector = seat_create(d, id, false);
  }
  if (d->connector)
    take_part(d->connector, true);
}

static struct seat *
probe_seat(struct driver *d, const char *id)
{
  for (size_t i = 0; i < d->n_probes; i++)
    if (strcmp(d->probes[i]->id, id) == 0)
      return d->probes[i];
  if (d->n_probes == DRIVER_PROBES_MAX)
    return NULL;
  struct seat *seat = seat_create(d, id, true);
  if (seat)
    d->probes[d->n_probes++] = seat;
  else
    d->nomem = true;
  return seat;
}

static bool
runs_kind(const struct seat *seat, const char *kind)
{
  const char *const *runs = seat && seat->shape ? seat->shape->d.runs : NULL;

  for (; kind && runs && *runs; runs++)
    if (strcmp(*runs, kind) == 0)
      return true;
  return false;
}

static struct seat *
runner_of(struct driver *d, const cJSON *step)
{
  const char *kind = json_text(step, "kind");

  if (runs_kind(d->connector, kind))
    return d->connector;
  for (size_t i = 0; i < d->n_probes; i++)
    if (runs_kind(d->probes[i], kind))
      return d->probes[i];
  return NULL;
}

/* Each step goes to the session that runs its kind. */
static void
deal_steps(struct driver *d)
{
  const cJSON *step;

  cJSON_ArrayForEach(step, json_array(d->job.effect, "steps"))
  {
    struct seat *seat = runner_of(d, step);
    if (!seat)
      continue;
    if (!seat->in_job) {
      cJSON_Delete(seat->steps);
      seat->steps = cJSON_CreateArray();
      take_part(seat, false);
    }
    cJSON *copy = cJSON_Duplicate(step, true);
    if (!copy || !cJSON_AddItemToArray(seat->steps, copy))
      d->nomem = true;
  }
}

/* A sandbox lets through the ticket cache that was there when it was built; kinit makes a new file. Who verifies again may
 * have run it. */
static bool
is_stale(const struct seat *seat)
{
  return seat && seat->state == SEAT_OPEN && seat->verified &&
         strstr(tenon_worker_sandbox(seat->worker), "krb5");
}

static void
renew_sandboxes(struct driver *d)
{
  if (is_stale(d->connector))
    seat_leave(&d->connector);
  for (size_t i = d->n_probes; i-- > 0;)
    if (is_stale(d->probes[i])) {
      seat_leave(&d->probes[i]);
      d->probes[i] = d->probes[--d->n_probes];
    }
}

void
job_run(struct driver *d, const cJSON *effect)
{
  const char *hook = json_text(effect, "hook");
  const cJSON *id;

  if (!hook || !begin(d, effect, hook))
    return;
  if (is_hook(d, "verify"))
    renew_sandboxes(d);
  const char *connector = json_text(d->session, "connector");
  if (!d->connector && connector)
    d->connector = seat_create(d, connector, false);
  if (!d->connector) {
    d->nomem = true;
    return;
  }
  bool is_dealt = is_hook(d, "configure") && !is_phase(d, "plan");
  cJSON_ArrayForEach(id, json_array(effect, "probes"))
  {
    struct seat *probe = cJSON_IsString(id) ? probe_seat(d, id->valuestring) : NULL;
    if (probe && !is_dealt)
      take_part(probe, is_hook(d, "configure"));
  }
  if (is_dealt)
    deal_steps(d);
  else
    take_part(d->connector, false);
}

/* ---- the hook itself -------------------------------------------------------------------------------------------------- */

static int32_t
next_subject(void *user, tenon_text *ret)
{
  struct driver *d = user;
  const cJSON *subject =
      cJSON_GetArrayItem(json_array(d->job.effect, "subjects"), (int)d->job.subject);
  const char *text = cJSON_GetStringValue(subject);

  if (!text)
    return TENON_NEXT_END;
  d->job.subject++;
  *ret = (tenon_text){text, strlen(text)};
  return TENON_NEXT_SUBJECT;
}

static int
configure_with(struct seat *seat, uint32_t phase)
{
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  size_t n = 0, max = (size_t)cJSON_GetArraySize(seat->steps);
  const tenon_step **steps = arena_alloc(&a, (max + 1) * sizeof *steps);
  const cJSON *step;

  if (!steps)
    return -ENOMEM;
  cJSON_ArrayForEach(step, seat->steps)
  {
    const tenon_step *read = shape_read_step(&a, step);
    if (read)
      steps[n++] = read;
  }
  return tenon_worker_configure(seat->worker, phase, phase == TENON_PLAN ? NULL : steps, 0,
                                &seat->call);
}

int
job_start_hook(struct seat *seat)
{
  struct driver *d = seat->d;
  const char *typed = json_text(d->job.effect, "typed"), *what = json_text(d->job.effect, "what");
  const char *page = json_text(d->job.effect, "page"),
             *phase_word = json_text(d->job.effect, "phase");
  uint32_t hook = 0, phase = TENON_PLAN;
  int error = -ENOSYS;

  if (!hook_from_name(d->job.hook, &hook))
    return error;
  if (!(seat->shape->hooks & hook)) {
    seat_done(seat, TENON_OK);
    return 0;
  }
  if (phase_word)
    (void)phase_from_name(phase_word, &phase);
  switch (hook) {
  case HOOK_VERIFY:
    error = tenon_worker_verify(seat->worker, 0, &seat->call);
    seat->verified = true;
    break;
  case HOOK_SUGGEST:
    error = tenon_worker_suggest(seat->worker, page ? page : "", 0, &seat->call);
    break;
  case HOOK_BROWSE:
    error = tenon_worker_browse(seat->worker, what ? what : "", typed ? typed : "", &seat->call);
    break;
  case HOOK_IMPERSONATE:
    error = tenon_worker_impersonate(seat->worker, 1, next_subject, d, &seat->call);
    break;
  case HOOK_CONFIGURE: error = configure_with(seat, phase); break;
  default: break;
  }
  if (!error)
    seat->state = SEAT_RUNNING;
  return error;
}

/* ---- the end ------------------------------------------------------------------------------------------------------------ */

static void
add_runners(cJSON *kinds, const struct seat *seat)
{
  const char *const *runs = seat && seat->shape ? seat->shape->d.runs : NULL;

  for (; runs && *runs; runs++)
    cJSON_AddItemToArray(kinds, cJSON_CreateString(*runs));
}

static void
tell_runners(struct driver *d)
{
  cJSON *event = news(d, "runners"), *kinds = event ? cJSON_AddArrayToObject(event, "kinds") : NULL;

  if (!kinds) {
    cJSON_Delete(event);
    return;
  }
  add_runners(kinds, d->connector);
  for (size_t i = 0; i < d->n_probes; i++)
    add_runners(kinds, d->probes[i]);
  driver_news(d, event);
}

/* The connector's own word counts; a probe's only where it alone had a part. */
static tenon_status
status_of(const struct driver *d)
{
  tenon_status status = d->connector ? d->connector->status : TENON_E_INTERNAL;

  for (size_t i = 0; i < d->n_probes && status == TENON_OK; i++)
    if (is_hook(d, "configure") && !is_phase(d, "plan"))
      status = d->probes[i]->status;
  return status;
}

static void
end(struct driver *d)
{
  d->job.active = false;
  d->idle_since = clock_now_ns();
  if (is_hook(d, "describe")) {
    if (!d->connector || d->connector->status != TENON_OK)
      driver_news(d, news(d, "failed"));
    return;
  }
  if (is_hook(d, "configure") && is_phase(d, "plan"))
    tell_runners(d);
  cJSON *event = news(d, "ended");
  if (!event)
    return;
  cJSON_AddStringToObject(event, "status", cause_name(status_of(d)));
  driver_news(d, event);
}

/* On apply and undo one session after the other, in the order of the plan; else side by side. */
static bool
advance_one(const struct driver *d, struct seat *seat)
{
  seat_advance(seat);
  return seat->in_job && is_hook(d, "configure") && !is_phase(d, "plan");
}

static bool
any_in_job(const struct driver *d)
{
  if (d->connector && d->connector->in_job)
    return true;
  for (size_t i = 0; i < d->n_probes; i++)
    if (d->probes[i]->in_job)
      return true;
  return false;
}

void
job_advance(struct driver *d)
{
  if (!d->job.active)
    return;
  bool is_held_back = d->connector && advance_one(d, d->connector);
  for (size_t i = 0; i < d->n_probes && !is_held_back; i++)
    is_held_back = advance_one(d, d->probes[i]);
  if (!any_in_job(d))
    end(d);
}

static void
cancel_seat(struct seat *seat)
{
  if (!seat || !seat->in_job)
    return;
  if (seat->state == SEAT_RUNNING || seat->state == SEAT_OPENING) {
    tenon_worker_cancel(seat->worker);
    return;
  }
  seat_done(seat, TENON_E_CANCELLED);
  if (seat->state == SEAT_STARTING)
    seat->state = SEAT_DEAD;
}

void
job_cancel(struct driver *d, int64_t generation)
{
  if (!d->job.active || d->job.generation != generation)
    return;
  d->job.cancelled = true;
  cancel_seat(d->connector);
  for (size_t i = 0; i < d->n_probes; i++)
    cancel_seat(d->probes[i]);
}

static bool
holds_answers(const struct seat *seat)
{
  return seat->state == SEAT_OPENING || seat->state == SEAT_OPEN || seat->state == SEAT_RUNNING;
}

/* Workers that hold answers go; one that is only loaded may stay for the next ones. */
void
job_end_sessions(struct driver *d)
{
  if (d->connector && holds_answers(d->connector))
    seat_leave(&d->connector);
  for (size_t i = d->n_probes; i-- > 0;) {
    if (!holds_answers(d->probes[i]))
      continue;
    seat_leave(&d->probes[i]);
    d->probes[i] = d->probes[--d->n_probes];
  }
  d->epoch++;
  d->idle_since = 0;
}

void
job_answers_changed(struct driver *d)
{
  job_end_sessions(d);
  d->round = 0;
}

/* ---- questions ------------------------------------------------------------------------------------------------------------ */

int64_t
ticket_add(struct driver *d, struct seat *seat, uint64_t ticket)
{
  for (size_t i = 0; i < DRIVER_TICKETS_MAX; i++)
    if (!d->tickets[i].number) {
      d->tickets[i] = (struct ticket_row){++d->last_ticket, seat, ticket};
      return d->last_ticket;
    }
  return 0;
}

int64_t
ticket_of(const struct driver *d, const struct seat *seat, uint64_t ticket)
{
  for (size_t i = 0; i < DRIVER_TICKETS_MAX; i++)
    if (d->tickets[i].number && d->tickets[i].seat == seat && d->tickets[i].ticket == ticket)
      return d->tickets[i].number;
  return 0;
}

void
ticket_forget(struct driver *d, int64_t number)
{
  for (size_t i = 0; i < DRIVER_TICKETS_MAX; i++)
    if (d->tickets[i].number == number)
      d->tickets[i] = (struct ticket_row){0};
}

void
tickets_forget(struct driver *d, const struct seat *seat)
{
  for (size_t i = 0; i < DRIVER_TICKETS_MAX; i++)
    if (d->tickets[i].seat == seat)
      d->tickets[i] = (struct ticket_row){0};
}

static void
answer(struct driver *d, const struct ticket_row *row, const cJSON *effect)
{
  const char *text = json_text(effect, "text"), *secret = json_text(effect, "secret");
  tenon_text reply = {text, text ? strlen(text) : 0};

  if (json_bool(effect, "held"))
    reply = (tenon_text){d->reply.bytes, d->reply.n};
  else if (secret && !secret_find(d, secret, &reply))
    reply = (tenon_text){NULL, 0};
  (void)tenon_worker_answer(row->seat->worker, row->ticket, reply, json_bool(effect, "declined"));
  held_finish(&d->reply);
}

void
job_reply(struct driver *d, const cJSON *effect)
{
  int64_t ticket = 0;

  if (!json_int(effect, "ticket", &ticket) || ticket == 0)
    return;
  for (size_t i = 0; i < DRIVER_TICKETS_MAX; i++)
    if (d->tickets[i].number == ticket) {
      answer(d, &d->tickets[i], effect);
      d->tickets[i] = (struct ticket_row){0};
      return;
    }
}
