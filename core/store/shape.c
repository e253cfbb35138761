// SPDX-License-Identifier: Apache-2.0
/* Shape of version 1:
 *   {"version":1,"name":"onprem","connector":"example1","connector_version":"1.0.0","schema":1,"role":"source",
 *    "values":{"server":"mail.contoso.example","password":{"secret":"3f..."}},
 *    "created":"2026-11-22T10:00:00Z","changed":"...","verified":{"time":"...","outcome":"pass"},
 *    "former":{"example2":{"connector_version":"1.0.0","schema":1,"changed":"...","values":{...}}}}
 * The file's name counts, the member "name" is for people. What is not listed here is kept as it is. */
#include "core/store/shape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/store/internal.h"

const store_migration store_migrations[STORE_VERSION] = {NULL};

static const char *const known[] = {"version", "name",     "connector", "connector_version",
                                    "schema",  "role",     "values",    "created",
                                    "changed", "verified", "former"};

/* ---- migration ------------------------------------------------------------------------------------------------------ */

int
store_migrate(cJSON *document, const store_migration *steps, int to)
{
  int64_t version = 0;

  if (!json_int(document, "version", &version) || version < 1)
    return -EBADMSG;
  if (version > to)
    return -ENOTSUP;
  for (; version < to; version++)
    if (!steps[version] || !steps[version](document))
      return -EBADMSG;
  cJSON *number = cJSON_GetObjectItemCaseSensitive(document, "version");
  cJSON_SetIntValue(number, to);
  return 0;
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

static bool
read_time(const cJSON *json, const char *key, char ret[static CLOCK_TEXT_SIZE])
{
  const char *text = json_text(json, key);

  if (!text)
    return true;
  if (strlen(text) >= CLOCK_TEXT_SIZE)
    return false;
  (void)snprintf(ret, CLOCK_TEXT_SIZE, "%s", text);
  return true;
}

static bool
read_verified(struct connection *c, const cJSON *json)
{
  const cJSON *verified = json_object(json, "verified");
  const char *outcome = verified ? json_text(verified, "outcome") : NULL;

  if (!outcome)
    return true;
  if (strlen(outcome) >= sizeof c->outcome)
    return false;
  (void)snprintf(c->outcome, sizeof c->outcome, "%s", outcome);
  return read_time(verified, "time", c->verified);
}

static bool
read_values(struct connection *c, const cJSON *json)
{
  const cJSON *values = json_object(json, "values");

  for (const cJSON *m = values ? values->child : NULL; m; m = m->next) {
    const char *id = cJSON_IsObject(m) ? json_text(m, "secret") : NULL;
    if (strlen(m->string) > STORE_KEY_MAX)
      return false;
    if (cJSON_IsString(m) ? !connection_set(c, m->string, m->valuestring)
                          : !id || !connection_set_secret(c, m->string, id))
      return false;
  }
  return values != NULL;
}

static bool
is_known(const char *key)
{
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i], key) == 0)
      return true;
  return false;
}

static bool
keep_unknown(struct connection *c, cJSON *json)
{
  cJSON *next = NULL;

  if (!(c->unknown = cJSON_CreateObject()))
    return false;
  for (cJSON *m = json->child; m; m = next) {
    next = m->next;
    if (is_known(m->string))
      continue;
    CLEANUP_FREE char *key = strdup(m->string);
    cJSON *item = cJSON_DetachItemViaPointer(json, m);
    if (!key || !cJSON_AddItemToObject(c->unknown, key, item)) {
      cJSON_Delete(item);
      return false;
    }
  }
  return true;
}

/* What former connectors left, by connector. */
static bool
read_former(struct connection *c, cJSON *json)
{
  cJSON *former = cJSON_GetObjectItemCaseSensitive(json, "former");

  if (former && !cJSON_IsObject(former))
    return false;
  for (cJSON *m = former ? former->child : NULL; m; m = m->next) {
    int64_t schema = 0;
    size_t n = strlen(m->string);
    if (!cJSON_IsObject(m) || n == 0 || n > STORE_KEY_MAX || c->n_former == STORE_FORMER_MAX ||
        connection_former(c, m->string) ||
        (json_int(m, "schema", &schema) && (schema < 0 || schema > UINT32_MAX)))
      return false;
    struct connection *f =
        connection_create(c->name, m->string, json_text(m, "connector_version"), (uint32_t)schema);
    if (!f || !connection_add_former(c, f) || !read_values(f, m) ||
        !read_time(m, "changed", f->changed) || !keep_unknown(f, m))
      return false;
  }
  return true;
}

static bool
read_role(struct connection *c, const cJSON *json)
{
  const char *role = json_text(json, "role");

  if (role && strcmp(role, "source") == 0)
    c->role = TENON_SOURCE;
  else if (role && strcmp(role, "target") == 0)
    c->role = TENON_TARGET;
  return true;
}

static struct connection *
read_document(const char *name, cJSON *json)
{
  const char *connector = json_text(json, "connector");
  int64_t schema = 0;

  if (!connector || !*connector ||
      (json_int(json, "schema", &schema) && (schema < 0 || schema > UINT32_MAX)))
    return NULL;
  CLEANUP_CONNECTION struct connection *c =
      connection_create(name, connector, json_text(json, "connector_version"), (uint32_t)schema);
  if (!c || !read_role(c, json) || !read_values(c, json) ||
      !read_time(json, "created", c->created) || !read_time(json, "changed", c->changed) ||
      !read_verified(c, json) || !read_former(c, json) || !keep_unknown(c, json))
    return NULL;
  return TAKE_PTR(c);
}

int
connection_read(const char *name, const char *text, size_t len, struct connection **ret,
                const char **ret_why)
{
  CLEANUP_JSON cJSON *json = json_parse(text, len, NULL, ret_why);
  if (!json)
    return -EBADMSG;
  int e = store_migrate(json, store_migrations, STORE_VERSION);
  if (e < 0) {
    *ret_why = e == -ENOTSUP ? "a newer version wrote it" : "it has no version that is known";
    return e;
  }
  struct connection *c = read_document(name, json);
  if (!c) {
    *ret_why = "a member is missing or of the wrong type";
    return -EBADMSG;
  }
  *ret = c;
  return 0;
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

static bool
put_text(cJSON *object, const char *key, const char *text)
{
  return !text || !*text || cJSON_AddStringToObject(object, key, text);
}

static bool
put_values(cJSON *json, const struct connection *c)
{
  cJSON *values = cJSON_AddObjectToObject(json, "values");

  if (!values)
    return false;
  for (size_t i = 0; i < c->n_values; i++)
    if (!cJSON_AddStringToObject(values, c->values[i].key, c->values[i].value.ptr))
      return false;
  for (size_t i = 0; i < c->n_secrets; i++) {
    cJSON *secret = cJSON_AddObjectToObject(values, c->secrets[i].key);
    if (!secret || !cJSON_AddStringToObject(secret, "secret", c->secrets[i].id))
      return false;
  }
  return true;
}

static bool
put_verified(cJSON *json, const struct connection *c)
{
  if (!*c->outcome)
    return true;
  cJSON *verified = cJSON_AddObjectToObject(json, "verified");
  return verified && put_text(verified, "time", c->verified) &&
         put_text(verified, "outcome", c->outcome);
}

static bool
put_unknown(cJSON *json, const struct connection *c)
{
  for (const cJSON *m = c->unknown ? c->unknown->child : NULL; m; m = m->next) {
    cJSON *copy = cJSON_Duplicate(m, true);
    if (!copy || !cJSON_AddItemToObject(json, m->string, copy)) {
      cJSON_Delete(copy);
      return false;
    }
  }
  return true;
}

static bool
put_former(cJSON *json, const struct connection *c)
{
  cJSON *former = c->n_former ? cJSON_AddObjectToObject(json, "former") : NULL;

  for (size_t i = 0; i < c->n_former; i++) {
    const struct connection *f = c->former[i];
    cJSON *one = former ? cJSON_AddObjectToObject(former, f->connector) : NULL;
    if (!one || !put_text(one, "connector_version", f->connector_version) ||
        !cJSON_AddNumberToObject(one, "schema", f->schema) || !put_values(one, f) ||
        !put_text(one, "changed", f->changed) || !put_unknown(one, f))
      return false;
  }
  return true;
}

static const char *
role_text(uint32_t role)
{
  return role == TENON_SOURCE ? "source" : role == TENON_TARGET ? "target" : NULL;
}

bool
connection_write(const struct connection *c, struct buf *ret)
{
  CLEANUP_JSON cJSON *json = cJSON_CreateObject();

  if (!json || !cJSON_AddNumberToObject(json, "version", STORE_VERSION) ||
      !put_text(json, "name", c->name) || !put_text(json, "connector", c->connector) ||
      !put_text(json, "connector_version", c->connector_version) ||
      !cJSON_AddNumberToObject(json, "schema", c->schema) ||
      !put_text(json, "role", role_text(c->role)) || !put_values(json, c) ||
      !put_text(json, "created", c->created) || !put_text(json, "changed", c->changed) ||
      !put_verified(json, c) || !put_former(json, c) || !put_unknown(json, c))
    return false;
  CLEANUP_FREE char *text = cJSON_Print(json);
  return text && buf_puts(ret, text) && buf_putc(ret, '\n');
}
