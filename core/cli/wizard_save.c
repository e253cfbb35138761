// SPDX-License-Identifier: Apache-2.0
/* Between the wizard and the store: the effect `save` becomes a connection on disk, its secrets vault entries, and its
 * verification the first line of its history. */
#include <errno.h>
#include <string.h>

#include "core/cli/wizard_run.h"

/* ---- secrets of the connection being changed -------------------------------------------------------------------------- */

static size_t
index_of(const struct connection *c, const char *key)
{
  size_t i = 0;

  while (i < c->n_secrets && strcmp(c->secrets[i].key, key) != 0)
    i++;
  return i;
}

bool
wizard_stored_secret(void *user, const char *key, tenon_text *ret)
{
  struct wizard_run *run = user;
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);

  if (!run->stored || !run->secrets)
    return false;
  size_t i = index_of(run->stored, key);
  if (i == run->stored->n_secrets)
    return false;
  struct vault_secret *secret = &run->secrets[i];
  if (!secret->ptr) {
    struct vault *vault = cli_vault(run->cli);
    if (!vault)
      return false;
    if (store_secret(vault, run->stored, key, secret, &why) != 0) {
      cli_error(run->cli, "%s", buf_text(&why));
      return false;
    }
  }
  *ret = (tenon_text){secret->ptr, secret->len};
  return true;
}

/* ---- saving ------------------------------------------------------------------------------------------------------------- */

static uint32_t
role_of(const char *word)
{
  if (!word)
    return 0;
  return strcmp(word, "source") == 0   ? TENON_SOURCE
         : strcmp(word, "target") == 0 ? TENON_TARGET
                                       : 0;
}

static struct connection *
make_connection(struct wizard_run *run, const cJSON *save)
{
  const char *name = json_text(save, "name"), *id = json_text(save, "connector"),
             *version = json_text(save, "version");
  int64_t schema = 0;
  const char *mode = json_text(save, "mode");
  struct connection *c = NULL;
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);

  (void)json_int(save, "schema", &schema);
  if (mode && strcmp(mode, "edit") == 0 && store_load(cli_store(run->cli), name, &c, &why) == 0) {
    if (connection_connect(c, id, version, (uint32_t)schema))
      return c;
    connection_destroy(c);
    return NULL;
  }
  return connection_create(name, id, version, (uint32_t)schema);
}

/* Answers that are gone from the form are gone from the connection. */
static bool
set_values(struct connection *c, const cJSON *answers)
{
  const cJSON *item;

  for (size_t i = c->n_values; i-- > 0;)
    if (!json_text(answers, c->values[i].key)) {
      CLEANUP_FREE char *key = strdup(c->values[i].key);
      if (!key || !connection_set(c, key, NULL))
        return false;
    }
  cJSON_ArrayForEach(item, answers)
  {
    if (cJSON_IsString(item) && !connection_set(c, item->string, item->valuestring))
      return false;
  }
  return true;
}

/* The new ones, and for those that are no longer wanted an order to take them away. */
static size_t
pairs_of(const struct connection *c, const cJSON *save, const tenon_pair *secrets, size_t n,
         tenon_pair *ret)
{
  size_t count = 0;

  for (size_t i = 0; i < n; i++)
    ret[count++] = secrets[i];
  for (size_t i = 0; i < c->n_secrets; i++)
    if (!json_text(json_object(save, "secrets"), c->secrets[i].key) &&
        strncmp(c->secrets[i].key, "kept.", 5) != 0)
      ret[count++] = (tenon_pair){c->secrets[i].key, {NULL, 0}};
  return count;
}

static void
say_failed(cJSON *reply, const char *detail)
{
  cJSON_AddStringToObject(reply, "detail", detail && *detail ? detail : "There is no memory.");
}

static void
put_line(struct buf *line, const cJSON *object)
{
  CLEANUP_FREE char *text = json_print(object);

  buf_clear(line);
  if (text && buf_puts(line, text))
    (void)buf_putc(line, '\n');
}

static void
copy_member(cJSON *to, const cJSON *from, const char *key)
{
  const cJSON *value = cJSON_GetObjectItemCaseSensitive(from, key);

  if (value)
    cJSON_AddItemToObject(to, key, cJSON_Duplicate(value, true));
}

/* The same line as of `tenon verify`, and what was applied on the server with its undo; without the checks where they
 * are too long. */
static void
write_history(struct wizard_run *run, const cJSON *save)
{
  CLEANUP_BUF struct buf line = BUF_INIT(STORE_HISTORY_MAX / 2), why = BUF_INIT(STORE_WHY_MAX);
  CLEANUP_JSON cJSON *entry = cJSON_CreateObject();
  const cJSON *report = json_object(save, "report");
  char now[CLOCK_TEXT_SIZE];

  if (!entry || (!report && !cJSON_GetArraySize(json_array(save, "applied"))))
    return;
  clock_text(now);
  cJSON_AddStringToObject(entry, "time", now);
  copy_member(entry, report, "checks");
  copy_member(entry, report, "outcome");
  copy_member(entry, report, "cause");
  copy_member(entry, save, "applied");
  put_line(&line, entry);
  if (buf_failed(&line)) {
    cJSON_DeleteItemFromObjectCaseSensitive(entry, "checks");
    put_line(&line, entry);
  }
  if (store_history_append(cli_store(run->cli), json_text(save, "name"), buf_text(&line), line.len,
                           &why) != 0)
    cli_error(run->cli, "The history was not written: %s", buf_text(&why));
}

static bool
store_it(struct wizard_run *run, struct connection *c, const cJSON *save, const tenon_pair *secrets,
         size_t n, cJSON *reply)
{
  tenon_pair pairs[DRIVER_SECRETS_MAX + STORE_VALUES_MAX];
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  bool is_edit = json_text(save, "mode") && strcmp(json_text(save, "mode"), "edit") == 0;
  size_t count = c->n_secrets <= STORE_VALUES_MAX ? pairs_of(c, save, secrets, n, pairs) : n;
  struct vault *vault = count ? cli_vault(run->cli) : NULL;

  if (count && !vault) {
    say_failed(reply, "The vault cannot be opened, so the secrets have no place.");
    return false;
  }
  if (store_save(cli_store(run->cli), vault, c, pairs, count, !is_edit, &why) != 0) {
    say_failed(reply, buf_text(&why));
    return false;
  }
  cJSON_AddStringToObject(reply, "where", store_where(cli_store(run->cli)));
  if (c->n_secrets && vault) {
    CLEANUP_FREE char *place = cli_vault_place(run->cli, c->secrets[0].id);
    if (place)
      cJSON_AddStringToObject(reply, "vault", place);
  }
  return true;
}

bool
wizard_save(void *user, const cJSON *save, const tenon_pair *secrets, size_t n, cJSON *reply)
{
  struct wizard_run *run = user;
  CLEANUP_CONNECTION struct connection *c = make_connection(run, save);
  const cJSON *report = json_object(save, "report");

  if (!c || !set_values(c, json_object(save, "answers"))) {
    say_failed(reply, NULL);
    return false;
  }
  if (json_text(save, "role"))
    c->role = role_of(json_text(save, "role"));
  if (json_text(report, "outcome"))
    connection_verified(c, json_bool(save, "verified"));
  else
    c->verified[0] = c->outcome[0] = '\0';
  if (!store_it(run, c, save, secrets, n, reply))
    return false;
  write_history(run, save);
  return true;
}
