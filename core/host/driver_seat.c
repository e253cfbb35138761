// SPDX-License-Identifier: Apache-2.0
/* One worker, from its start to its leaving: what a job wants of it is reached step by step (loaded, opened, hook run),
 * each step begun when the news of the one before has been worked off. */
#include "core/host/driver_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/json/shapes.h"
#include "core/model/names.h"

struct seat *
seat_create(struct driver *d, const char *id, bool is_probe)
{
  struct seat *seat = calloc(1, sizeof *seat);

  if (!seat || !(seat->id = strdup(id))) {
    free(seat);
    return NULL;
  }
  seat->d = d;
  seat->is_probe = is_probe;
  return seat;
}

void
seat_destroy(struct seat *seat)
{
  if (!seat)
    return;
  tickets_forget(seat->d, seat);
  tenon_worker_destroy(seat->worker);
  connector_destroy(seat->shape);
  cJSON_Delete(seat->steps);
  free(seat->id);
  free(seat);
}

static bool
has_worker(const struct seat *seat)
{
  return seat->worker && seat->state != SEAT_DEAD && seat->state != SEAT_EMPTY;
}

void
seat_leave(struct seat **place)
{
  struct seat *seat = TAKE_PTR(*place);

  if (!seat)
    return;
  struct driver *d = seat->d;
  tickets_forget(d, seat);
  if (!has_worker(seat) || d->n_leaving == DRIVER_LEAVING_MAX ||
      tenon_worker_close(seat->worker) != 0) {
    seat_destroy(seat);
    return;
  }
  seat->state = SEAT_LEAVING;
  seat->in_job = false;
  d->leaving[d->n_leaving++] = seat;
}

void
seat_done(struct seat *seat, tenon_status status)
{
  seat->in_job = false;
  seat->status = status;
}

/* ---- news ------------------------------------------------------------------------------------------------------------ */

static void
tell(struct seat *seat, const char *name, const char *key, cJSON *value)
{
  cJSON *event = news(seat->d, name);

  if (!value || !event) {
    cJSON_Delete(value);
    cJSON_Delete(event);
    seat->d->nomem = true;
    return;
  }
  cJSON_AddItemToObject(event, key, value);
  if (seat->is_probe)
    cJSON_AddStringToObject(event, "from", seat->id);
  driver_news(seat->d, event);
}

static cJSON *
shape_of(const tenon_event *e)
{
  return e->json ? cJSON_ParseWithLength(e->json, e->json_len) : NULL;
}

static void
tell_began(struct seat *seat, const tenon_event *e)
{
  cJSON *event = news(seat->d, "began");

  if (!event)
    return;
  cJSON_AddStringToObject(event, "id", e->id);
  cJSON_AddStringToObject(event, "title", e->title ? e->title : e->id);
  driver_news(seat->d, event);
}

static void
tell_patch(struct seat *seat, const tenon_event *e)
{
  cJSON *event = news(seat->d, "patched");

  if (!event)
    return;
  cJSON_AddStringToObject(event, "key", e->id);
  if (e->text.ptr)
    cJSON_AddStringToObject(event, "text", e->text.ptr);
  driver_news(seat->d, event);
}

static void
tell_ask(struct seat *seat, const tenon_event *e, bool is_withdrawn)
{
  int64_t ticket =
      is_withdrawn ? ticket_of(seat->d, seat, e->ticket) : ticket_add(seat->d, seat, e->ticket);

  if (ticket == 0) {
    if (!is_withdrawn)
      (void)tenon_worker_answer(seat->worker, e->ticket, (tenon_text){NULL, 0}, 0);
    return;
  }
  cJSON *event = news(seat->d, is_withdrawn ? "withdrawn" : "asked");
  if (!event)
    return;
  cJSON_AddNumberToObject(event, "ticket", (double)ticket);
  cJSON *ask = is_withdrawn ? NULL : shape_of(e);
  if (ask)
    cJSON_AddItemToObject(event, "ask", ask);
  driver_news(seat->d, event);
  if (is_withdrawn)
    ticket_forget(seat->d, ticket);
}

/* ---- the worker's events -------------------------------------------------------------------------------------------- */

static void
on_ready(struct seat *seat, const tenon_event *e)
{
  CLEANUP_JSON cJSON *json = shape_of(e);

  seat->state = SEAT_READY;
  connector_destroy(seat->shape);
  seat->shape = json ? shape_read_connector(json) : NULL;
  if (!seat->shape) {
    seat->state = SEAT_DEAD;
    seat_done(seat, TENON_E_INTERNAL);
    return;
  }
  if (strcmp(seat->d->job.hook ? seat->d->job.hook : "", "describe") == 0 && seat->in_job)
    tell(seat, "described", "connector", TAKE_PTR(json));
  if (seat->described_only)
    seat_done(seat, TENON_OK);
}

static void
on_ended(struct seat *seat, const tenon_event *e)
{
  bool was_opening = seat->state == SEAT_OPENING;

  if (e->call != seat->call)
    return;
  tickets_forget(seat->d, seat);
  if (was_opening && e->status == TENON_OK) {
    seat->state = SEAT_OPEN;
    return;
  }
  /* A worker whose open failed has a snapshot of answers that will not do: it has to go. */
  seat->state = was_opening ? SEAT_DEAD : SEAT_OPEN;
  if (seat->in_job)
    seat_done(seat, e->status);
}

static void
on_died(struct seat *seat)
{
  seat->state = SEAT_DEAD;
  if (seat->in_job)
    seat_done(seat, TENON_E_CRASHED);
}

static void
on_news(struct seat *seat, const tenon_event *e)
{
  switch (e->kind) {
  case TENON_EVENT_BEGAN: tell_began(seat, e); break;
  case TENON_EVENT_CHECK: tell(seat, "checked", "check", shape_of(e)); break;
  case TENON_EVENT_OFFER: tell(seat, "offered", "offer", shape_of(e)); break;
  case TENON_EVENT_STEP: tell(seat, "stepped", "step", shape_of(e)); break;
  case TENON_EVENT_PATCH: tell_patch(seat, e); break;
  case TENON_EVENT_ASK: tell_ask(seat, e, false); break;
  case TENON_EVENT_WITHDRAWN: tell_ask(seat, e, true); break;
  default: break;
  }
}

static void
on_event(void *user, tenon_worker *worker, const tenon_event *e)
{
  struct seat *seat = user;

  (void)worker;
  if (seat->state == SEAT_LEAVING) {
    if (e->kind == TENON_EVENT_DIED)
      seat->state = SEAT_DEAD;
    return;
  }
  switch (e->kind) {
  case TENON_EVENT_READY: on_ready(seat, e); break;
  case TENON_EVENT_ENDED: on_ended(seat, e); break;
  case TENON_EVENT_DIED: on_died(seat); break;
  case TENON_EVENT_KEEP:
    if (secret_keep(seat->d, e->id, e->text) == -ENOMEM)
      seat->d->nomem = true;
    break;
  default:
    if (seat->in_job)
      on_news(seat, e);
  }
}

/* ---- the next thing ---------------------------------------------------------------------------------------------------- */

static void
fail(struct seat *seat, const char *id, const char *field, const char *detail, const char *remedy,
     tenon_status cause)
{
  CLEANUP_BUF struct buf json = BUF_INIT(65536);
  tenon_check check = {
      .size = sizeof check, .id = id, .title = seat->shape ? seat->shape->d.name : seat->id};

  /* A probe without its settings is not what the connection fails for. */
  check.state = seat->is_probe ? TENON_SKIP : TENON_FAIL;
  check.level = seat->is_probe ? TENON_LEVEL_RECOMMENDED : TENON_LEVEL_REQUIRED;
  check.cause = seat->is_probe ? TENON_OK : cause;
  check.field = field && *field ? field : NULL;
  check.detail = detail;
  check.remedy = remedy;
  (void)shape_put_check(&json, &check);
  tell(seat, "checked", "check", buf_failed(&json) ? NULL : cJSON_Parse(buf_text(&json)));
  seat_done(seat, seat->is_probe ? TENON_OK : cause);
}

static void
start_worker(struct seat *seat)
{
  tenon_worker_destroy(TAKE_PTR(seat->worker));
  int error = tenon_worker_create(seat->d->ctx, seat->id, on_event, seat, &seat->worker);
  if (error) {
    char why[1024];
    (void)snprintf(why, sizeof why, "%s", tenon_context_error(seat->d->ctx));
    seat->state = SEAT_DEAD;
    fail(seat, "plugin.crashed", NULL, *why ? why : strerror(-error),
         "See what is wrong here: tenon doctor", TENON_E_CRASHED);
    return;
  }
  seat->state = SEAT_STARTING;
}

static const char *
answer_of(void *user, const char *key)
{
  struct driver *d = user;
  return json_text(json_object(d->session, "answers"), key);
}

static bool
secret_of(void *user, const char *key, tenon_text *ret)
{
  return secret_find(user, key, ret);
}

static void
open_session(struct seat *seat)
{
  struct driver *d = seat->d;
  tenon_pair kept[DRIVER_SECRETS_MAX];
  struct settings_source from = {d, answer_of, secret_of, kept, secrets_kept(d, kept)};
  const struct connector *owner = seat->is_probe && d->connector ? d->connector->shape : NULL;
  struct settings settings;
  struct settings_problem why;
  char connection[64];

  int error = settings_build(&settings, seat->shape, owner, &from, &why);
  if (error == -EINVAL) {
    fail(seat, "plugin.settings", why.field, why.detail, why.remedy, TENON_E_CONFIG);
    return;
  }
  if (!error) {
    (void)snprintf(connection, sizeof connection, "wizard %llu", (unsigned long long)d->epoch);
    settings.s.flags = TENON_ANSWERS;
    settings.s.connection = connection;
    error = tenon_worker_open(seat->worker, &settings.s, 0, &seat->call);
    settings_finish(&settings);
  }
  if (error)
    fail(seat, "plugin.crashed", NULL, tenon_context_error(d->ctx), "Try again.", TENON_E_CRASHED);
  else
    seat->state = SEAT_OPENING;
}

void
seat_advance(struct seat *seat)
{
  if (!seat || !seat->in_job)
    return;
  if (seat->d->job.cancelled && seat->state == SEAT_OPEN) {
    seat_done(seat, TENON_E_CANCELLED); /* open ended well in spite of the cancel */
    return;
  }
  if (seat->worker)
    tenon_worker_round(seat->worker, seat->d->round);
  switch (seat->state) {
  case SEAT_EMPTY:
  case SEAT_DEAD: start_worker(seat); break;
  case SEAT_READY:
    if (seat->described_only)
      seat_done(seat, TENON_OK);
    else
      open_session(seat);
    break;
  case SEAT_OPEN:
    if (job_start_hook(seat) != 0)
      fail(seat, "plugin.crashed", NULL, tenon_context_error(seat->d->ctx), "Try again.",
           TENON_E_CRASHED);
    break;
  default: break;
  }
}
