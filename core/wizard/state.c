// SPDX-License-Identifier: Apache-2.0
/* The session document by hand: cJSON says nothing when memory is out, so every write looks and remembers. */
#include "core/wizard/state.h"

#include <string.h>

#include "core/json/shapes.h"

static bool
secret_is_set(void *user, const char *key)
{
  return state_secret_set(user, key);
}

void
state_shape(struct wizard *w)
{
  const cJSON *shape = json_object(w->s, "shape");

  connector_destroy(w->shape);
  w->shape = shape ? shape_read_connector(shape) : NULL;
  w->form = (struct form){w->shape, NULL, state_answer, secret_is_set, w};
}

void
state_init(struct wizard *w, cJSON *session, cJSON *effects)
{
  *w = (struct wizard){.s = session, .effects = effects};
  state_shape(w);
}

void
state_finish(struct wizard *w)
{
  connector_destroy(TAKE_PTR(w->shape));
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

void
drop(cJSON *object, const char *key)
{
  cJSON_DeleteItemFromObjectCaseSensitive(object, key);
}

void
put_value(struct wizard *w, cJSON *object, const char *key, cJSON *value)
{
  if (!value || !object) {
    w->nomem = true;
    cJSON_Delete(value);
    return;
  }
  drop(object, key);
  if (!cJSON_AddItemToObject(object, key, value)) {
    w->nomem = true;
    cJSON_Delete(value);
  }
}

void
put_text(struct wizard *w, cJSON *object, const char *key, const char *text)
{
  if (text)
    put_value(w, object, key, cJSON_CreateString(text));
  else
    drop(object, key);
}

void
put_int(struct wizard *w, cJSON *object, const char *key, int64_t value)
{
  put_value(w, object, key, cJSON_CreateNumber((double)value));
}

void
put_bool(struct wizard *w, cJSON *object, const char *key, bool value)
{
  if (value)
    put_value(w, object, key, cJSON_CreateTrue());
  else
    drop(object, key);
}

void
put_copy(struct wizard *w, cJSON *object, const char *key, const cJSON *value)
{
  if (value)
    put_value(w, object, key, cJSON_Duplicate(value, true));
  else
    drop(object, key);
}

cJSON *
need_object(struct wizard *w, cJSON *object, const char *key)
{
  cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);

  if (cJSON_IsObject(member))
    return member;
  put_value(w, object, key, cJSON_CreateObject());
  return cJSON_GetObjectItemCaseSensitive(object, key);
}

cJSON *
need_array(struct wizard *w, cJSON *object, const char *key)
{
  cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);

  if (cJSON_IsArray(member))
    return member;
  put_value(w, object, key, cJSON_CreateArray());
  return cJSON_GetObjectItemCaseSensitive(object, key);
}

static cJSON *
push(struct wizard *w, cJSON *array, cJSON *value)
{
  if (value && array && cJSON_AddItemToArray(array, value))
    return value;
  cJSON_Delete(value);
  w->nomem = true;
  return NULL;
}

void
push_text(struct wizard *w, cJSON *array, const char *text)
{
  (void)push(w, array, cJSON_CreateString(text));
}

cJSON *
push_object(struct wizard *w, cJSON *array)
{
  return push(w, array, cJSON_CreateObject());
}

void
push_copy(struct wizard *w, cJSON *array, const cJSON *value)
{
  (void)push(w, array, cJSON_Duplicate(value, true));
}

cJSON *
find_by(const cJSON *array, const char *key, const char *text)
{
  cJSON *item;

  cJSON_ArrayForEach(item, array)
  {
    const char *value = json_text(item, key);
    if (value && text && strcmp(value, text) == 0)
      return item;
  }
  return NULL;
}

bool
has_word(const cJSON *array, const char *word)
{
  const cJSON *item;

  cJSON_ArrayForEach(item, array)
  {
    if (cJSON_IsString(item) && strcmp(item->valuestring, word) == 0)
      return true;
  }
  return false;
}

/* ---- where we are ------------------------------------------------------------------------------------------------- */

bool
is_at(const struct wizard *w, const char *at)
{
  const char *now = json_text(w->s, "at");
  return now && strcmp(now, at) == 0;
}

void
go(struct wizard *w, const char *at)
{
  put_text(w, w->s, "at", at);
  drop(w->s, "focus");
  drop(w->s, "results");
  drop(w->s, "notes");
}

void
say(struct wizard *w, const char *fmt, ...)
{
  CLEANUP_BUF struct buf text = BUF_INIT(8192);
  va_list ap;

  va_start(ap, fmt);
  (void)buf_vprintf(&text, fmt, ap);
  va_end(ap);
  put_text(w, w->s, "problem", buf_text(&text));
}

cJSON *
effect(struct wizard *w, const char *name)
{
  cJSON *e = push_object(w, w->effects);

  if (e)
    put_text(w, e, "effect", name);
  return e;
}

/* ---- answers ------------------------------------------------------------------------------------------------------ */

const char *
state_answer(void *wizard, const char *key)
{
  const struct wizard *w = wizard;
  return json_text(json_object(w->s, "answers"), key);
}

bool
state_secret_set(void *wizard, const char *key)
{
  const struct wizard *w = wizard;
  return json_text(json_object(w->s, "secrets"), key);
}

void
state_changed(struct wizard *w)
{
  static const char *const gone[] = {"report",    "tests",   "plan", "results",
                                     "suggested", "browsed", "notes"};

  for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
    drop(w->s, gone[i]);
  if (json_bool(w->s, "live"))
    (void)effect(w, "drop-session");
  drop(w->s, "live");
}

bool
report_passed(const cJSON *report)
{
  const char *outcome = json_text(report, "outcome");
  return outcome && strcmp(outcome, "pass") == 0;
}
