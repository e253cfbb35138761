// SPDX-License-Identifier: Apache-2.0
/* The secrets beside the session: in locked memory, by the key of their field, of the question they answer, or of what
 * a plugin keeps ("kept.KEY"). */
#include "core/host/driver_internal.h"

#include <errno.h>
#include <string.h>

#include "core/secret/memory.h"

#define KEPT_PREFIX "kept."

void
held_finish(struct held *h)
{
  secret_memory_free(h->bytes);
  free(h->key);
  free(h->owner);
  *h = (struct held){0};
}

int
held_set(struct held *h, const char *bytes, size_t n)
{
  if (n > DRIVER_SECRET_BYTES_MAX)
    return -E2BIG;
  char *copy = secret_memory_alloc(n + 1);
  if (!copy)
    return -ENOMEM;
  memcpy(copy, bytes, n);
  secret_memory_free(h->bytes);
  h->bytes = copy;
  h->n = n;
  h->fresh = true;
  return 0;
}

static struct held *
find(struct driver *d, const char *key)
{
  for (size_t i = 0; i < d->n_held; i++)
    if (strcmp(d->held[i].key, key) == 0)
      return &d->held[i];
  return NULL;
}

int
driver_hold(struct driver *d, const char *key, const char *bytes, size_t n)
{
  struct held *h = find(d, key);

  if (!h && d->n_held == DRIVER_SECRETS_MAX)
    return -ENOSPC;
  struct held fresh = {0};
  int error = held_set(h ? h : &fresh, bytes, n);
  if (error || h)
    return error;
  fresh.key = strdup(key);
  if (!fresh.key) {
    held_finish(&fresh);
    return -ENOMEM;
  }
  d->held[d->n_held++] = fresh;
  return 0;
}

/* ---- what plugins keep ----------------------------------------------------------------------------------------------- */

static bool
is_kept(const char *key)
{
  return strncmp(key, KEPT_PREFIX, strlen(KEPT_PREFIX)) == 0;
}

static const char *
answer_now(void *user, const char *key)
{
  const struct driver *d = user;
  return json_text(json_object(d->session, "answers"), key);
}

static const char *
answer_before(void *user, const char *key)
{
  const struct driver *d = user;
  return json_text(json_object(d->editing, "answers"), key);
}

/* Whose the sign-in is; NULL: not known, or memory. */
static char *
owner_now(struct driver *d)
{
  const struct connector *shape = d->connector ? d->connector->shape : NULL;
  return shape ? settings_owner(shape, answer_now, d) : NULL;
}

static char *
owner_before(struct driver *d)
{
  const struct connector *shape = d->connector ? d->connector->shape : NULL;
  const char *id = json_text(d->editing, "connector");
  return shape && id && strcmp(id, shape->d.id) == 0 ? settings_owner(shape, answer_before, d)
                                                     : NULL;
}

/* Was it got for the answers as they are now? */
static bool
belongs(struct driver *d, const struct held *h)
{
  CLEANUP_FREE char *now = owner_now(d), *before = h->owner ? NULL : owner_before(d);
  const char *owner = h->owner ? h->owner : before;
  return now && owner && strcmp(now, owner) == 0;
}

int
secret_keep(struct driver *d, const char *key, tenon_text bytes)
{
  CLEANUP_FREE char *named = text_printf(KEPT_PREFIX "%s", key);
  CLEANUP_FREE char *owner = owner_now(d);
  if (!named || !owner)
    return -ENOMEM;
  int error = driver_hold(d, named, bytes.ptr, bytes.len);
  struct held *h = error ? NULL : find(d, named);
  if (h) {
    free(h->owner);
    h->owner = TAKE_PTR(owner);
  }
  return error;
}

size_t
secrets_kept(struct driver *d, tenon_pair *pairs)
{
  size_t n = 0;

  for (size_t i = 0; i < d->n_held; i++)
    if (is_kept(d->held[i].key) && belongs(d, &d->held[i]))
      pairs[n++] = (tenon_pair){d->held[i].key, {d->held[i].bytes, d->held[i].n}};
  return n;
}

/* Those stored with the connection that are somebody else's by now: they are to be taken away. */
static size_t
stale_secrets(struct driver *d, tenon_pair *pairs, size_t n)
{
  struct held as_stored = {0};
  const cJSON *key;

  if (!d->editing || belongs(d, &as_stored))
    return n;
  cJSON_ArrayForEach(key, json_array(d->editing, "secrets"))
  {
    const char *name = cJSON_GetStringValue(key);
    bool is_set = false;
    for (size_t i = 0; name && i < n; i++)
      is_set = is_set || strcmp(pairs[i].key, name) == 0;
    if (name && is_kept(name) && !is_set && n < DRIVER_SECRETS_MAX)
      pairs[n++] = (tenon_pair){name, {NULL, 0}};
  }
  return n;
}

void
secret_drop(struct driver *d, const char *key)
{
  struct held *h = find(d, key);

  if (!h)
    return;
  held_finish(h);
  *h = d->held[--d->n_held];
}

void
secrets_finish(struct driver *d)
{
  while (d->n_held)
    held_finish(&d->held[--d->n_held]);
  held_finish(&d->reply);
}

/* A new one goes before a stored one; a stored one counts only while the session says so. */
bool
secret_find(struct driver *d, const char *key, tenon_text *ret)
{
  const struct held *h = find(d, key);
  const char *how = json_text(json_object(d->session, "secrets"), key);

  if (h) {
    *ret = (tenon_text){h->bytes, h->n};
    return true;
  }
  return how && strcmp(how, "stored") == 0 && d->ops.stored && d->ops.stored(d->ops.user, key, ret);
}

/* ---- saving -------------------------------------------------------------------------------------------------------- */

static size_t
fresh_secrets(struct driver *d, const cJSON *save, tenon_pair *pairs)
{
  size_t n = 0;

  for (size_t i = 0; i < d->n_held; i++) {
    const struct held *h = &d->held[i];
    const char *how = json_text(json_object(save, "secrets"), h->key);
    bool is_new = how && strcmp(how, "new") == 0;
    if (h->fresh && (is_kept(h->key) ? belongs(d, h) : is_new))
      pairs[n++] = (tenon_pair){h->key, {h->bytes, h->n}};
  }
  return stale_secrets(d, pairs, n);
}

void
job_save(struct driver *d, const cJSON *effect)
{
  tenon_pair pairs[DRIVER_SECRETS_MAX];
  size_t n = fresh_secrets(d, effect, pairs);
  CLEANUP_JSON cJSON *reply = cJSON_CreateObject();

  bool is_saved = reply && d->ops.save && d->ops.save(d->ops.user, effect, pairs, n, reply);
  const cJSON *generation = cJSON_GetObjectItemCaseSensitive(effect, "generation");
  if (!reply || !cJSON_AddStringToObject(reply, "event", is_saved ? "saved" : "failed") ||
      !cJSON_AddNumberToObject(reply, "generation", generation ? generation->valuedouble : 0)) {
    d->nomem = true;
    return;
  }
  driver_news(d, TAKE_PTR(reply));
}
