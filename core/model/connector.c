// SPDX-License-Identifier: Apache-2.0
/* The copy and its arena are one: the struct lies in the arena that it holds. */
#include "core/model/connector.h"

#include <string.h>

void
connector_destroy(struct connector *c)
{
  if (!c)
    return;
  struct arena arena = c->arena; /* c lies in it */
  arena_finish(&arena);
}

const tenon_field *
connector_field(const struct connector *c, const char *key)
{
  for (size_t i = 0; i < c->n_fields; i++)
    if (strcmp(c->d.fields[i]->key, key) == 0)
      return c->d.fields[i];
  return NULL;
}

static const struct {
  uint32_t hook;
  const char *name;
} hooks[] = {{HOOK_OPEN, "open"},       {HOOK_VERIFY, "verify"},
             {HOOK_SUGGEST, "suggest"}, {HOOK_IMPERSONATE, "impersonate"},
             {HOOK_BROWSE, "browse"},   {HOOK_CONFIGURE, "configure"}};

const char *
hook_name(uint32_t hook)
{
  for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
    if (hooks[i].hook == hook)
      return hooks[i].name;
  return "hook";
}

bool
hook_from_name(const char *name, uint32_t *ret)
{
  for (size_t i = 0; name && i < sizeof hooks / sizeof *hooks; i++)
    if (strcmp(hooks[i].name, name) == 0) {
      *ret = hooks[i].hook;
      return true;
    }
  return false;
}
