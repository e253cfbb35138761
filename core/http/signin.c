// SPDX-License-Identifier: Apache-2.0
/* Facts of a sign-in. */
#include "core/http/signin.h"

struct signin *
signin_create(void)
{
  struct signin *s = calloc(1, sizeof *s);
  if (s) {
    s->refs = 1;
    s->abi.size = sizeof s->abi;
  }
  return s;
}

struct signin *
signin_ref(struct signin *s)
{
  s->refs++;
  return s;
}

void
signin_unref(struct signin *s)
{
  if (!s || --s->refs > 0)
    return;
  arena_finish(&s->arena);
  free(s);
}

void
signin_set(struct signin *s, const char **member, const char *text)
{
  char *copy = text && *text ? arena_text(&s->arena, text) : NULL;
  if (copy)
    *member = copy;
}
