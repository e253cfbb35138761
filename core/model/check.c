// SPDX-License-Identifier: Apache-2.0
/* One failed required check decides the outcome; the most telling of their causes speaks for all. */
#include "core/model/check.h"

#include <string.h>

static bool
copy_data(struct arena *a, tenon_check *copy, const tenon_check *c)
{
  tenon_pair *data = arena_alloc(a, c->n_data * sizeof *data);

  if (!data)
    return false;
  for (size_t i = 0; i < c->n_data; i++) {
    data[i].key = arena_text(a, c->data[i].key);
    data[i].value.ptr = arena_bytes(a, c->data[i].value.ptr, c->data[i].value.len);
    data[i].value.len = c->data[i].value.len;
    if (!data[i].key || !data[i].value.ptr)
      return false;
  }
  copy->data = data;
  return true;
}

tenon_check *
check_copy(struct arena *a, const tenon_check *c)
{
  tenon_check *copy = arena_alloc(a, sizeof *copy);
  if (!copy)
    return NULL;
  *copy = *c;
  const char **texts[] = {&copy->id,    &copy->title, &copy->detail,  &copy->remedy,
                          &copy->field, &copy->link,  &copy->subject, &copy->because};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const char *text = *texts[i];
    *texts[i] = arena_text(a, text);
    if (text && !*texts[i])
      return NULL;
  }
  return copy_data(a, copy, c) ? copy : NULL;
}

tenon_step *
step_copy(struct arena *a, const tenon_step *s)
{
  tenon_step *copy = arena_alloc(a, sizeof *copy);
  if (!copy)
    return NULL;
  *copy = *s;
  const char **texts[] = {&copy->id,   &copy->title, &copy->kind,
                          &copy->body, &copy->undo,  &copy->needs};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const char *text = *texts[i];
    *texts[i] = arena_text(a, text);
    if (text && !*texts[i])
      return NULL;
  }
  return copy;
}

const char *
check_data(const tenon_check *c, const char *key)
{
  for (size_t i = 0; i < c->n_data; i++)
    if (strcmp(c->data[i].key, key) == 0)
      return c->data[i].value.ptr;
  return NULL;
}

const char *
check_answer(const tenon_check *c)
{
  static const char plain[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@:/-";
  const char *answer = c->field ? check_data(c, "answer") : NULL;

  return answer && *answer && answer[strspn(answer, plain)] == 0 ? answer : NULL;
}

static bool
is_required(const tenon_check *c)
{
  return c->level != TENON_LEVEL_RECOMMENDED && c->level != TENON_LEVEL_INFO;
}

static uint32_t
cause_bit(tenon_status cause)
{
  return cause < 0 && cause >= TENON_E_TIMEOUT ? 1u << -cause : 1u << -TENON_E_INTERNAL;
}

void
tally_add(struct tally *t, const tenon_check *c)
{
  switch (c->state) {
  case TENON_PASS: t->pass++; return;
  case TENON_WARN: t->warn++; return;
  case TENON_SKIP: t->skip++; return;
  default: t->fail++;
  }
  if (!is_required(c))
    return;
  t->failed_required++;
  t->causes |= cause_bit(c->cause);
}

bool
tally_passed(const struct tally *t)
{
  return t->failed_required == 0;
}

tenon_status
tally_cause(const struct tally *t)
{
  static const tenon_status rank[] = {
      TENON_E_CRASHED,  TENON_E_TIMEOUT,     TENON_E_NETWORK,   TENON_E_TLS,      TENON_E_AUTH,
      TENON_E_DENIED,   TENON_E_TRANSIENT,   TENON_E_CANCELLED, TENON_E_NOANSWER, TENON_E_CONFIG,
      TENON_E_PROTOCOL, TENON_E_UNSUPPORTED, TENON_E_NOMEM,     TENON_E_INTERNAL};

  for (size_t i = 0; i < sizeof rank / sizeof *rank; i++)
    if (t->causes & cause_bit(rank[i]))
      return rank[i];
  return TENON_OK;
}
