// SPDX-License-Identifier: Apache-2.0
/* The line of events between the reducer and the workers: an event is applied, its effects are begun, their news stand
 * in line again. Nothing here decides anything. */
#include "core/host/driver_internal.h"

#include <errno.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/wizard/wizard.h"

/* ---- making ----------------------------------------------------------------------------------------------------------- */

struct driver *
driver_create(tenon_context *ctx, const struct driver_ops *ops)
{
  struct driver *d = calloc(1, sizeof *d);

  if (!d)
    return NULL;
  d->ctx = ctx;
  d->ops = *ops;
  d->session = wizard_create();
  d->line = cJSON_CreateArray();
  if (d->session && d->line)
    return d;
  driver_destroy(d);
  return NULL;
}

static void
close_all(struct driver *d)
{
  job_end_sessions(d);
  seat_leave(&d->connector);
  while (d->n_probes)
    seat_leave(&d->probes[--d->n_probes]);
}

static void
bury(struct driver *d)
{
  for (size_t i = d->n_leaving; i-- > 0;)
    if (d->leaving[i]->state == SEAT_DEAD) {
      seat_destroy(d->leaving[i]);
      d->leaving[i] = d->leaving[--d->n_leaving];
    }
}

/* A plugin may have a session on the server to close. */
static void
let_leave(struct driver *d)
{
  int64_t until = clock_now_ns() + DRIVER_LEAVE_NS;

  for (bury(d); d->n_leaving && clock_now_ns() < until; bury(d))
    if (tenon_context_run(d->ctx, clock_poll_ms(until)) < 0)
      break;
  while (d->n_leaving)
    seat_destroy(d->leaving[--d->n_leaving]);
}

void
driver_destroy(struct driver *d)
{
  if (!d)
    return;
  close_all(d);
  let_leave(d);
  secrets_finish(d);
  cJSON_Delete(d->session);
  cJSON_Delete(d->editing);
  cJSON_Delete(d->line);
  cJSON_Delete(d->job.effect);
  free(d->job.hook);
  free(d);
}

/* ---- the line of events ----------------------------------------------------------------------------------------------- */

void
driver_news(struct driver *d, cJSON *event)
{
  if (event && cJSON_AddItemToArray(d->line, event))
    return;
  cJSON_Delete(event);
  d->nomem = true;
}

cJSON *
news(struct driver *d, const char *name)
{
  CLEANUP_JSON cJSON *event = cJSON_CreateObject();

  if (event && cJSON_AddStringToObject(event, "event", name) &&
      cJSON_AddNumberToObject(event, "generation", (double)d->job.generation))
    return TAKE_PTR(event);
  d->nomem = true;
  return NULL;
}

static void
run_effect(struct driver *d, const cJSON *effect)
{
  const char *name = json_text(effect, "effect"), *key = json_text(effect, "key");
  int64_t generation = 0;

  if (!name)
    return;
  if (strcmp(name, "describe") == 0)
    job_describe(d, effect);
  else if (strcmp(name, "run") == 0)
    job_run(d, effect);
  else if (strcmp(name, "cancel") == 0 && json_int(effect, "generation", &generation))
    job_cancel(d, generation);
  else if (strcmp(name, "reply") == 0)
    job_reply(d, effect);
  else if (strcmp(name, "save") == 0)
    job_save(d, effect);
  else if (strcmp(name, "drop-session") == 0)
    job_answers_changed(d);
  else if (strcmp(name, "drop-secret") == 0 && key)
    secret_drop(d, key);
}

static int
apply(struct driver *d, const cJSON *event)
{
  CLEANUP_JSON cJSON *effects = NULL;
  const cJSON *effect;

  int error = wizard_step(d->session, event, &effects);
  if (error)
    return error;
  cJSON_ArrayForEach(effect, effects)
  {
    run_effect(d, effect);
  }
  if (d->ops.moved)
    d->ops.moved(d->ops.user, event);
  return 0;
}

int
driver_pump(struct driver *d)
{
  for (;;) {
    CLEANUP_JSON cJSON *event = cJSON_DetachItemFromArray(d->line, 0);
    int error = event ? apply(d, event) : 0;
    if (error || d->nomem)
      return error ? error : -ENOMEM;
    if (!event)
      job_advance(d);
    if (!event && !cJSON_GetArraySize(d->line))
      break;
  }
  bury(d);
  return 0;
}

/* ---- the program's side ------------------------------------------------------------------------------------------------ */

static void
put(cJSON *object, const char *key, const char *text)
{
  if (text)
    cJSON_AddStringToObject(object, key, text);
}

static const char *
file_name(const char *path)
{
  const char *slash = path ? strrchr(path, '/') : NULL;
  return slash ? slash + 1 : path ? path : "?";
}

static void
put_requirements(cJSON *entry, const tenon_plugin_info *p)
{
  cJSON *list = entry && p->n_requirements ? cJSON_AddArrayToObject(entry, "requirements") : NULL;

  for (size_t i = 0; list && i < p->n_requirements; i++) {
    cJSON *one = cJSON_CreateObject();
    put(one, "title", p->requirements[i].title);
    put(one, "detail", p->requirements[i].detail);
    put(one, "needs", p->requirements[i].needs);
    put(one, "when", p->requirements[i].when);
    cJSON_AddItemToArray(list, one);
  }
}

static cJSON *
catalog_entry(const tenon_plugin_info *p)
{
  cJSON *entry = cJSON_CreateObject(),
        *roles = entry ? cJSON_AddArrayToObject(entry, "roles") : NULL;

  put(entry, "id", p->id ? p->id : file_name(p->path));
  put(entry, "name", p->name ? p->name : p->id);
  put(entry, "summary", p->summary);
  put(entry, "version", p->version);
  put(entry, "family", p->family);
  put(entry, "retires", p->retires);
  put(entry, "successor", p->successor);
  put(entry, "kind", p->flags & TENON_PROBE ? "probe" : "connector");
  if (roles && (p->roles & TENON_SOURCE))
    cJSON_AddItemToArray(roles, cJSON_CreateString("source"));
  if (roles && (p->roles & TENON_TARGET))
    cJSON_AddItemToArray(roles, cJSON_CreateString("target"));
  if (!p->usable) {
    put(entry, "refused", p->detail ? p->detail : "it was refused");
    put(entry, "remedy", p->remedy);
  }
  put_requirements(entry, p);
  return entry;
}

static bool
is_second(const cJSON *catalog, const tenon_plugin_info *p)
{
  const cJSON *entry;

  cJSON_ArrayForEach(entry, catalog)
  {
    const char *id = json_text(entry, "id");
    if (id && p->id && strcmp(id, p->id) == 0)
      return true;
  }
  return false;
}

static int
put_catalog(struct driver *d, cJSON *event)
{
  const tenon_plugin_info *const *found = NULL;
  cJSON *catalog = cJSON_AddArrayToObject(event, "catalog");

  int error = tenon_context_scan(d->ctx, &found);
  if (error)
    return error;
  for (int usable = 1; usable >= 0; usable--)
    for (size_t i = 0; found[i]; i++)
      if ((found[i]->usable != 0) == usable && !is_second(catalog, found[i]))
        cJSON_AddItemToArray(catalog, catalog_entry(found[i]));
  return catalog ? 0 : -ENOMEM;
}

/* What plugins kept with the connection goes back to them; it is not new. */
static int
take_kept(struct driver *d, const cJSON *start)
{
  const cJSON *key;

  cJSON_ArrayForEach(key, json_array(json_object(start, "editing"), "secrets"))
  {
    tenon_text bytes = {NULL, 0};
    if (!cJSON_IsString(key) || strncmp(key->valuestring, "kept.", 5) != 0 || !d->ops.stored ||
        !d->ops.stored(d->ops.user, key->valuestring, &bytes))
      continue;
    int error = driver_hold(d, key->valuestring, bytes.ptr, bytes.len);
    if (error == -ENOMEM)
      return error;
    if (!error)
      d->held[d->n_held - 1].fresh = false;
  }
  return 0;
}

int
driver_start(struct driver *d, const cJSON *start)
{
  CLEANUP_JSON cJSON *event = cJSON_Duplicate(start, true);

  cJSON_DeleteItemFromObjectCaseSensitive(event, "catalog");
  cJSON_DeleteItemFromObjectCaseSensitive(event, "secrets");
  cJSON *secrets = event ? cJSON_AddArrayToObject(event, "secrets") : NULL;
  if (!secrets)
    return -ENOMEM;
  for (size_t i = 0; i < d->n_held; i++)
    cJSON_AddItemToArray(secrets, cJSON_CreateString(d->held[i].key));
  const cJSON *editing = json_object(start, "editing");
  cJSON_Delete(d->editing);
  d->editing = editing ? cJSON_Duplicate(editing, true) : NULL;
  int error = editing && !d->editing ? -ENOMEM : put_catalog(d, event);
  if (!error)
    error = take_kept(d, start);
  if (error)
    return error;
  driver_news(d, TAKE_PTR(event));
  return driver_pump(d);
}

/* ---- secrets on their way in -------------------------------------------------------------------------------------------- */

static void
wipe_text(cJSON *event)
{
  char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "text"));

  if (text)
    explicit_bzero(text, strlen(text));
  cJSON_DeleteItemFromObjectCaseSensitive(event, "text");
}

static int
take_secret(struct driver *d, cJSON *event)
{
  const char *key = json_text(event, "key"), *text = json_text(event, "text");

  if (!key || !text)
    return 0;
  if (driver_busy(d)) {
    wipe_text(event);
    return 0;
  }
  int error = *text ? driver_hold(d, key, text, strlen(text)) : 0;
  if (!*text)
    secret_drop(d, key);
  cJSON_DeleteItemFromObjectCaseSensitive(event, "set");
  cJSON_AddBoolToObject(event, "set", *text && !error);
  wipe_text(event);
  return error == -E2BIG || error == -ENOSPC ? -EINVAL : error;
}

static bool
asks_secret(const struct driver *d, const char *id)
{
  const cJSON *ask;

  cJSON_ArrayForEach(ask, json_array(d->session, "asks"))
  {
    const char *mine = json_text(ask, "ask"), *kind = json_text(ask, "kind");
    if (mine && id && strcmp(mine, id) == 0 && kind && strcmp(kind, "secret") == 0)
      return true;
  }
  return false;
}

static int
take_reply(struct driver *d, cJSON *event)
{
  const char *text = json_text(event, "text");

  if (!text || !asks_secret(d, json_text(event, "ask")))
    return 0;
  int error = held_set(&d->reply, text, strlen(text));
  wipe_text(event);
  return error == -E2BIG ? -EINVAL : error;
}

int
driver_send(struct driver *d, cJSON *event)
{
  const char *name = json_text(event, "event");
  int error = 0;

  if (name && strcmp(name, "secret") == 0)
    error = take_secret(d, event);
  else if (name && strcmp(name, "reply") == 0)
    error = take_reply(d, event);
  if (error)
    return error;
  cJSON *copy = cJSON_Duplicate(event, true);
  if (!copy)
    return -ENOMEM;
  driver_news(d, copy);
  return driver_pump(d);
}

/* ---- the loop ------------------------------------------------------------------------------------------------------------- */

static int64_t
idle_deadline(const struct driver *d)
{
  return d->idle_since && !d->job.active ? d->idle_since + DRIVER_IDLE_NS : 0;
}

int
driver_wait_ms(struct driver *d)
{
  int mine = clock_poll_ms(idle_deadline(d)), theirs = tenon_context_timeout_ms(d->ctx);

  if (mine < 0 || theirs < 0)
    return mine < 0 ? theirs : mine;
  return mine < theirs ? mine : theirs;
}

int
driver_run(struct driver *d, int wait_ms)
{
  int until_idle = clock_poll_ms(idle_deadline(d));

  if (until_idle >= 0 && (wait_ms < 0 || until_idle < wait_ms))
    wait_ms = until_idle;
  int ran = tenon_context_run(d->ctx, wait_ms);
  if (ran < 0)
    return ran;
  if (idle_deadline(d) && clock_now_ns() >= idle_deadline(d))
    close_all(d);
  int error = driver_pump(d);
  return error ? error : ran;
}

const cJSON *
driver_session(const struct driver *d)
{
  return d->session;
}

cJSON *
driver_view(const struct driver *d)
{
  return wizard_view(d->session);
}

bool
driver_busy(const struct driver *d)
{
  return json_object(d->session, "busy");
}
