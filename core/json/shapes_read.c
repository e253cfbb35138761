// SPDX-License-Identifier: Apache-2.0
/* The shapes of docs/wire.md, read. A reader takes what it knows, and gives NULL when memory is out or when a member is
 * missing that the shape always has. */
#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/json/shapes.h"
#include "core/model/names.h"

#define MS_MAX 9.0e15 /* keeps milliseconds times 1e6 within int64: 285 years */

/* Copies a text member; false only when memory is out. */
static bool
take_text(struct arena *a, const cJSON *json, const char *key, const char **ret)
{
  const char *text = json_text(json, key);

  *ret = arena_text(a, text);
  return !text || *ret;
}

struct member {
  const char *key;
  const char **ret;
};

static bool
take_texts(struct arena *a, const cJSON *json, const struct member *members, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!take_text(a, json, members[i].key, members[i].ret))
      return false;
  return true;
}

#define TAKE_TEXTS(a, json, ...)                                                                   \
  take_texts(a, json, (const struct member[]){__VA_ARGS__},                                        \
             sizeof((const struct member[]){__VA_ARGS__}) / sizeof(struct member))

static int64_t
take_ns(const cJSON *json, const char *key)
{
  double ms;

  if (!json_number(json, key, &ms) || fabs(ms) > MS_MAX / 1e6)
    return 0;
  return (int64_t)llround(ms * (double)NS_PER_MS);
}

static bool
take_data(struct arena *a, const cJSON *json, tenon_check *c)
{
  const cJSON *data = json_object(json, "data"), *item;
  tenon_pair *pairs =
      data ? arena_alloc(a, (size_t)cJSON_GetArraySize(data) * sizeof *pairs) : NULL;

  if (data && !pairs)
    return false;
  cJSON_ArrayForEach(item, data)
  {
    tenon_pair *p = &pairs[c->n_data];
    if (!cJSON_IsString(item))
      continue;
    p->key = arena_text(a, item->string);
    p->value.ptr = arena_text(a, item->valuestring);
    if (!p->key || !p->value.ptr)
      return false;
    p->value.len = strlen(p->value.ptr);
    c->n_data++;
  }
  c->data = pairs;
  return true;
}

tenon_check *
shape_read_check(struct arena *a, const cJSON *json)
{
  tenon_check *c = arena_alloc(a, sizeof *c);

  if (!c || !TAKE_TEXTS(a, json, {"id", &c->id}, {"title", &c->title}, {"detail", &c->detail},
                        {"remedy", &c->remedy}, {"field", &c->field}, {"link", &c->link},
                        {"subject", &c->subject}, {"because", &c->because}))
    return NULL;
  c->size = sizeof *c;
  if (!c->id || !c->title || !state_from_name(json_text(json, "state"), &c->state) ||
      !level_from_name(json_text(json, "level"), &c->level))
    return NULL;
  if (json_text(json, "cause") && !cause_from_name(json_text(json, "cause"), &c->cause))
    c->cause = TENON_E_INTERNAL;
  c->elapsed_ns = take_ns(json, "elapsed_ms");
  c->retry_ns = take_ns(json, "retry_ms");
  return take_data(a, json, c) ? c : NULL;
}

tenon_offer *
shape_read_offer(struct arena *a, const cJSON *json)
{
  tenon_offer *o = arena_alloc(a, sizeof *o);

  if (!o || !TAKE_TEXTS(a, json, {"field", &o->field}, {"value", &o->value}, {"label", &o->label},
                        {"detail", &o->detail}))
    return NULL;
  o->size = sizeof *o;
  return o->value ? o : NULL;
}

tenon_step *
shape_read_step(struct arena *a, const cJSON *json)
{
  tenon_step *s = arena_alloc(a, sizeof *s);

  if (!s || !TAKE_TEXTS(a, json, {"id", &s->id}, {"title", &s->title}, {"kind", &s->kind},
                        {"body", &s->body}, {"undo", &s->undo}, {"needs", &s->needs}))
    return NULL;
  s->size = sizeof *s;
  if (!step_state_from_name(json_text(json, "state"), &s->state))
    s->state = TENON_STEP_UNKNOWN;
  s->flags = json_bool(json, "optional") ? TENON_STEP_OPTIONAL : 0;
  return s->id && s->title ? s : NULL;
}

static bool
take_choices(struct arena *a, const cJSON *json, const tenon_choice **ret)
{
  const cJSON *list = json_array(json, "choices"), *item;
  tenon_choice *choices =
      list ? arena_alloc(a, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof *choices) : NULL;
  size_t n = 0;

  if (list && !choices)
    return false;
  cJSON_ArrayForEach(item, list)
  {
    tenon_choice *c = &choices[n];
    if (!TAKE_TEXTS(a, item, {"value", &c->value}, {"label", &c->label}, {"help", &c->help}))
      return false;
    n += c->value != NULL;
  }
  *ret = choices;
  return true;
}

tenon_ask *
shape_read_ask(struct arena *a, const cJSON *json, int64_t now_ns)
{
  tenon_ask *ask = arena_alloc(a, sizeof *ask);

  if (!ask || !TAKE_TEXTS(a, json, {"ask", &ask->id}, {"title", &ask->title}, {"body", &ask->body},
                          {"url", &ask->url}, {"code", &ask->code}))
    return NULL;
  ask->size = sizeof *ask;
  if (!ask->id || !ask->title || !ask_kind_from_name(json_text(json, "kind"), &ask->kind) ||
      !take_choices(a, json, &ask->choices))
    return NULL;
  int64_t left = take_ns(json, "expires_ms");
  ask->expires_ns = left > 0 ? now_ns + left : 0;
  return ask;
}

static const tenon_page *
read_page(struct arena *a, const cJSON *json)
{
  tenon_page *p = arena_alloc(a, sizeof *p);

  if (!p || !TAKE_TEXTS(a, json, {"id", &p->id}, {"title", &p->title}, {"help", &p->help},
                        {"link", &p->link}))
    return NULL;
  p->size = sizeof *p;
  return p->id && p->title ? p : NULL;
}

static void
take_bounds(const cJSON *json, tenon_field *f)
{
  if (f->type == TENON_DURATION) {
    f->min = take_ns(json, "min");
    f->max = take_ns(json, "max");
  } else {
    (void)json_int(json, "min", &f->min);
    (void)json_int(json, "max", &f->max);
  }
}

static uint32_t
take_flags(const cJSON *json)
{
  return (json_bool(json, "required") ? TENON_REQUIRED : 0) |
         (json_bool(json, "advanced") ? TENON_ADVANCED : 0) |
         (json_bool(json, "shared") ? TENON_SHARED : 0) |
         (json_bool(json, "volatile") ? TENON_VOLATILE : 0);
}

static const tenon_field *
read_field(struct arena *a, const cJSON *json)
{
  tenon_field *f = arena_alloc(a, sizeof *f);

  if (!f || !TAKE_TEXTS(a, json, {"page", &f->page}, {"key", &f->key}, {"label", &f->label},
                        {"help", &f->help}, {"link", &f->link}, {"preset", &f->preset},
                        {"when", &f->when}, {"pattern", &f->pattern}, {"browse", &f->browse},
                        {"replaces", &f->replaces}))
    return NULL;
  f->size = sizeof *f;
  if (!f->key || !f->label || !f->page || !take_choices(a, json, &f->choices))
    return NULL;
  if (!type_from_name(json_text(json, "type"), &f->type))
    f->type = TENON_TEXT;
  f->flags = take_flags(json);
  take_bounds(json, f);
  return f;
}

static bool
take_list(struct arena *a, const cJSON *json, const char *key, const char *const **ret)
{
  const cJSON *list = json_array(json, key), *item;
  const char **texts =
      list ? arena_alloc(a, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof *texts) : NULL;
  size_t n = 0;

  if (list && !texts)
    return false;
  cJSON_ArrayForEach(item, list) if (cJSON_IsString(item) &&
                                     !(texts[n++] = arena_text(a, item->valuestring))) return false;
  *ret = texts;
  return true;
}

static bool
take_pages(struct connector *c, const cJSON *json)
{
  const cJSON *list = json_array(json, "pages"), *item;
  const tenon_page **pages =
      arena_alloc(&c->arena, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof *pages);

  if (!pages)
    return false;
  c->d.pages = pages;
  cJSON_ArrayForEach(item,
                     list) if (!(pages[c->n_pages++] = read_page(&c->arena, item))) return false;
  return true;
}

static bool
take_fields(struct connector *c, const cJSON *json)
{
  const cJSON *list = json_array(json, "fields"), *item;
  const tenon_field **fields =
      arena_alloc(&c->arena, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof *fields);

  if (!fields)
    return false;
  c->d.fields = fields;
  cJSON_ArrayForEach(item,
                     list) if (!(fields[c->n_fields++] = read_field(&c->arena, item))) return false;
  return true;
}

static bool
take_identity(struct connector *c, const cJSON *json)
{
  struct arena *a = &c->arena;
  tenon_connector *d = &c->d;
  int64_t schema = 0;

  if (!TAKE_TEXTS(a, json, {"id", &d->id}, {"version", &d->version}, {"name", &d->name},
                  {"summary", &d->summary}, {"vendor", &d->vendor}, {"docs_url", &d->docs_url},
                  {"family", &d->family}, {"retires", &d->retires}, {"successor", &d->successor}))
    return false;
  const char *kind = json_text(json, "kind");
  d->size = sizeof *d;
  d->flags = kind && strcmp(kind, "probe") == 0 ? TENON_PROBE : 0;
  if (json_int(json, "schema", &schema) && schema >= 0 && schema <= UINT32_MAX)
    d->schema = (uint32_t)schema;
  return d->id && d->version && d->name && take_list(a, json, "runs", &d->runs) &&
         take_list(a, json, "asks", &d->asks);
}

static void
take_roles_and_hooks(struct connector *c, const cJSON *json)
{
  const cJSON *item;
  uint32_t hook;

  cJSON_ArrayForEach(item, json_array(json, "roles")) if (cJSON_IsString(item)) c->d.roles |=
      strcmp(item->valuestring, "source") == 0   ? TENON_SOURCE
      : strcmp(item->valuestring, "target") == 0 ? TENON_TARGET
                                                 : 0;
  cJSON_ArrayForEach(item, json_array(json, "hooks")) if (cJSON_IsString(item) &&
                                                          hook_from_name(item->valuestring, &hook))
      c->hooks |= hook;
}

struct connector *
shape_read_connector(const cJSON *json)
{
  struct arena a = ARENA_INIT;
  struct connector *c = arena_alloc(&a, sizeof *c);

  if (!c)
    return NULL;
  c->arena = a;
  take_roles_and_hooks(c, json);
  if (take_identity(c, json) && take_pages(c, json) && take_fields(c, json))
    return c;
  connector_destroy(c);
  return NULL;
}
