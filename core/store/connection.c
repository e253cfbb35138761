// SPDX-License-Identifier: Apache-2.0
/* A connection in memory: answers by key, and the ids of its secrets. */
#include <stdio.h>
#include <string.h>

#include "core/json/json.h"
#include "core/store/store.h"

bool
connection_name_valid(const char *name)
{
  static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  size_t n = strlen(name);

  return n > 0 && n <= STORE_NAME_MAX && strchr(first, name[0]) && strspn(name, rest) == n;
}

struct connection *
connection_create(const char *name, const char *connector, const char *version, uint32_t schema)
{
  CLEANUP_CONNECTION struct connection *c = calloc(1, sizeof *c);

  if (!c || !(c->name = strdup(name)) || !connection_connect(c, connector, version, schema))
    return NULL;
  return TAKE_PTR(c);
}

void
connection_destroy(struct connection *c)
{
  if (!c)
    return;
  for (size_t i = 0; i < c->n_values; i++) {
    free((char *)c->values[i].key);
    free((char *)c->values[i].value.ptr);
  }
  for (size_t i = 0; i < c->n_secrets; i++)
    free(c->secrets[i].key);
  for (size_t i = 0; i < c->n_former; i++)
    connection_destroy(c->former[i]);
  free(c->former);
  free(c->values);
  free(c->secrets);
  free(c->name);
  free(c->connector);
  free(c->connector_version);
  cJSON_Delete(c->unknown);
  free(c);
}

static tenon_pair *
find(const struct connection *c, const char *key)
{
  for (size_t i = 0; i < c->n_values; i++)
    if (strcmp(c->values[i].key, key) == 0)
      return &c->values[i];
  return NULL;
}

static void
unset(struct connection *c, tenon_pair *p)
{
  size_t at = (size_t)(p - c->values);

  free((char *)p->key);
  free((char *)p->value.ptr);
  memmove(p, p + 1, (c->n_values - at - 1) * sizeof *p);
  c->n_values--;
}

static bool
append(struct connection *c, const char *key, const char *text)
{
  if (c->n_values == STORE_VALUES_MAX)
    return false;
  tenon_pair *values = realloc(c->values, (c->n_values + 1) * sizeof *values);
  if (!values)
    return false;
  c->values = values;
  CLEANUP_FREE char *key_copy = strdup(key);
  CLEANUP_FREE char *text_copy = strdup(text);
  if (!key_copy || !text_copy)
    return false;
  values[c->n_values++] = (tenon_pair){TAKE_PTR(key_copy), {TAKE_PTR(text_copy), strlen(text)}};
  return true;
}

bool
connection_set(struct connection *c, const char *key, const char *text)
{
  tenon_pair *p = find(c, key);

  if (!text) {
    if (p)
      unset(c, p);
    return true;
  }
  if (!p)
    return append(c, key, text);
  char *copy = strdup(text);
  if (!copy)
    return false;
  free((char *)p->value.ptr);
  p->value = (tenon_text){copy, strlen(copy)};
  return true;
}

const char *
connection_get(const struct connection *c, const char *key)
{
  const tenon_pair *p = find(c, key);

  return p ? p->value.ptr : NULL;
}

const char *
connection_secret_id(const struct connection *c, const char *key)
{
  for (size_t i = 0; i < c->n_secrets; i++)
    if (strcmp(c->secrets[i].key, key) == 0)
      return c->secrets[i].id;
  return NULL;
}

bool
connection_connect(struct connection *c, const char *connector, const char *version,
                   uint32_t schema)
{
  CLEANUP_FREE char *id = strdup(connector);
  CLEANUP_FREE char *text = strdup(version ? version : "");

  if (!id || !text)
    return false;
  free(c->connector);
  free(c->connector_version);
  c->connector = TAKE_PTR(id);
  c->connector_version = TAKE_PTR(text);
  c->schema = schema;
  return true;
}

void
connection_verified(struct connection *c, bool passed)
{
  clock_text(c->verified);
  (void)snprintf(c->outcome, sizeof c->outcome, "%s", passed ? "pass" : "fail");
}
