// SPDX-License-Identifier: Apache-2.0
/* The new connector's form, in the hands of the wizard: what is carried over stands in it, the rest is asked. Where the
 * wizard would save, the swap takes over. */
#include <errno.h>
#include <string.h>

#include "core/cli/swap.h"

#define KEPT_PREFIX "kept."

static bool
is_kept(const char *key)
{
  return strncmp(key, KEPT_PREFIX, sizeof KEPT_PREFIX - 1) == 0;
}

/* ---- secrets --------------------------------------------------------------------------------------------------------- */

static struct swap_secret *
find_secret(struct swap *s, const char *key)
{
  for (size_t i = 0; i < s->n_secrets; i++)
    if (strcmp(s->secrets[i].key, key) == 0)
      return &s->secrets[i];
  return NULL;
}

/* Owns the bytes, whatever it says. */
static bool
add_secret(struct swap *s, const char *key, uint32_t from, struct vault_secret *bytes)
{
  struct vault_secret owned = *bytes;
  struct swap_secret *secret = find_secret(s, key);

  *bytes = VAULT_SECRET_INIT;
  if (secret) {
    vault_secret_finish(&secret->bytes);
  } else {
    char *copy = s->n_secrets < SWAP_SECRETS_MAX ? strdup(key) : NULL;
    if (!copy) {
      vault_secret_finish(&owned);
      return false;
    }
    secret = &s->secrets[s->n_secrets++];
    secret->key = copy;
  }
  secret->from = from;
  secret->bytes = owned;
  return true;
}

bool
swap_add_secret(struct swap *s, const char *key, tenon_text text)
{
  struct vault_secret copy = VAULT_SECRET_INIT;

  return vault_secret_copy(&copy, text.ptr, text.len) == 0 && add_secret(s, key, SWAP_NEW, &copy);
}

/* Out of the vault, of the connection itself or of what the new connector left. */
static bool
read_stored(struct swap *s, const char *key)
{
  const struct swap_item *item = swap_plan_find(&s->plan, key);
  bool is_back = is_kept(key) || (item && item->fate == FATE_RESTORED);
  const struct connection *of = is_back ? s->plan.back : s->seen;
  struct vault *vault = of ? cli_vault(s->run.cli) : NULL;
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  CLEANUP_VAULT_SECRET struct vault_secret bytes = VAULT_SECRET_INIT;

  if (!vault)
    return false;
  if (store_secret(vault, of, key, &bytes, &why) == 0)
    return add_secret(s, key, is_back ? SWAP_FORMER : SWAP_CARRIED, &bytes);
  cli_error(s->run.cli, "%s", buf_text(&why));
  return false;
}

static bool
stored(void *user, const char *key, tenon_text *ret)
{
  struct swap *s = user;
  const struct swap_secret *secret = find_secret(s, key);

  if (!secret && read_stored(s, key))
    secret = find_secret(s, key);
  if (!secret)
    return false;
  *ret = (tenon_text){secret->bytes.ptr, secret->bytes.len};
  return true;
}

/* ---- where the wizard would save ------------------------------------------------------------------------------------- */

/* Only what the form has in the end; a stored one that could not be read is missing. */
static bool
settle_secrets(struct swap *s, const cJSON *save, const tenon_pair *fresh, size_t n)
{
  const cJSON *item;

  for (size_t i = s->n_secrets; i-- > 0;)
    if (!is_kept(s->secrets[i].key) &&
        !json_text(json_object(save, "secrets"), s->secrets[i].key)) {
      free(s->secrets[i].key);
      vault_secret_finish(&s->secrets[i].bytes);
      s->secrets[i] = s->secrets[--s->n_secrets];
      s->secrets[s->n_secrets] = (struct swap_secret){.bytes = VAULT_SECRET_INIT};
    }
  cJSON_ArrayForEach(item, json_object(save, "secrets"))
  {
    const char *how = cJSON_GetStringValue(item);
    tenon_text unused;
    if (how && strcmp(how, "stored") == 0 && !stored(s, item->string, &unused))
      return false;
  }
  for (size_t i = 0; i < n; i++)
    if (!swap_add_secret(s, fresh[i].key, fresh[i].value))
      return false;
  return true;
}

static bool
save(void *user, const cJSON *what, const tenon_pair *fresh, size_t n, cJSON *reply)
{
  struct swap *s = user;

  (void)reply;
  cJSON_Delete(s->save);
  s->save = cJSON_Duplicate(what, true);
  return s->save && settle_secrets(s, what, fresh, n);
}

/* ---- the form -------------------------------------------------------------------------------------------------------- */

static bool
put_stored(struct swap *s)
{
  cJSON *editing = cJSON_AddObjectToObject(s->run.start, "editing");
  cJSON *answers = cJSON_AddObjectToObject(editing, "answers"),
        *secrets = cJSON_AddArrayToObject(editing, "secrets");
  const struct connection *back = s->plan.back;

  cJSON_AddStringToObject(s->run.start, "event", "start");
  cJSON_AddStringToObject(s->run.start, "connector", s->to->d.id);
  cJSON_AddStringToObject(editing, "name", s->seen->name);
  cJSON_AddStringToObject(editing, "connector", s->to->d.id);
  if (s->seen->role)
    cJSON_AddStringToObject(editing, "role", s->seen->role == TENON_SOURCE ? "source" : "target");
  for (size_t i = 0; i < s->plan.n_items; i++) {
    const struct swap_item *item = &s->plan.items[i];
    if (swap_plan_find(&s->plan, item->key) != item)
      continue;
    if (item->secret)
      cJSON_AddItemToArray(secrets, cJSON_CreateString(item->key));
    else
      cJSON_AddStringToObject(answers, item->key, item->text);
  }
  for (size_t i = 0; back && i < back->n_secrets; i++)
    if (is_kept(back->secrets[i].key))
      cJSON_AddItemToArray(secrets, cJSON_CreateString(back->secrets[i].key));
  return secrets && answers;
}

static int
say_view(struct swap *s, const cJSON *view)
{
  const char *name = json_text(view, "view"), *remedy = json_text(view, "remedy");

  if (!name || strcmp(name, "error") != 0)
    return 0;
  cli_error(s->run.cli, "%s %s", json_text(view, "detail"), remedy ? remedy : "");
  return STATUS_ENVIRONMENT;
}

/* Nobody is asked: all pages are looked at as they stand. */
static int
fill_alone(struct swap *s)
{
  struct wizard_run *run = &s->run;

  if (driver_start(run->driver, run->start) != 0) {
    cli_error(run->cli, "The swap cannot start: %s", tenon_context_error(cli_context(run->cli)));
    return STATUS_ENVIRONMENT;
  }
  int status = wizard_wait(run);
  CLEANUP_JSON cJSON *view = status ? NULL : driver_view(run->driver);
  status = status ? status : wizard_check_given(run, view);
  status = status ? status : say_view(s, view);
  status = status ? status : wizard_send(run, "goto", "page", "verification");
  return status ? status : wizard_name_problems(run);
}

static int
take_result(struct swap *s)
{
  cJSON *event = cJSON_CreateObject();

  cJSON_AddStringToObject(event, "event", "goto");
  cJSON_AddStringToObject(event, "page", "verification"); /* past the plan, where there is one */
  int status = wizard_send_made(&s->run, event);
  event = cJSON_CreateObject();
  cJSON_AddStringToObject(event, "event", "finish");
  cJSON_AddTrueToObject(event, "unverified");
  if (status)
    cJSON_Delete(event);
  else
    status = wizard_send_made(&s->run, event);
  if (status || s->save)
    return status;
  status = wizard_name_problems(&s->run);
  const char *problem = json_text(driver_session(s->run.driver), "problem");
  if (!status)
    cli_error(s->run.cli, "The swap had to stop: %s",
              problem ? problem : "not all of what it needs could be read.");
  return status ? status : STATUS_ENVIRONMENT;
}

/* Answers that are never saved are needed to verify. */
static bool
make_next(struct swap *s)
{
  const cJSON *answers = json_object(s->save, "answers"),
              *asked = json_object(driver_session(s->run.driver), "answers"), *item;

  s->next = connection_create(s->seen->name, s->to->d.id, s->to->d.version, s->to->d.schema);
  if (!s->next)
    return false;
  s->next->role = s->seen->role;
  cJSON_ArrayForEach(item, answers)
  {
    if (!connection_set(s->next, item->string, cJSON_GetStringValue(item)))
      return false;
  }
  cJSON_ArrayForEach(item, asked)
  {
    const tenon_field *field = connector_field(s->to, item->string);
    if (field && (field->flags & TENON_VOLATILE) && cJSON_IsString(item) &&
        !connection_set(s->next, item->string, item->valuestring))
      return false;
  }
  return true;
}

static bool
read_kept(struct swap *s)
{
  const struct connection *back = s->plan.back;
  tenon_text unused;

  for (size_t i = 0; back && i < back->n_secrets; i++)
    if (is_kept(back->secrets[i].key) && !stored(s, back->secrets[i].key, &unused))
      return false;
  return true;
}

int
swap_form(struct swap *s)
{
  const struct driver_ops ops = {s, NULL, stored, save};
  struct wizard_run *run = &s->run;

  run->driver = driver_create(cli_context(run->cli), &ops);
  if (!run->driver || !put_stored(s)) {
    cli_error(run->cli, "There is no memory for a swap.");
    return STATUS_ENVIRONMENT;
  }
  int status = wizard_take_secrets(run);
  bool ask = swap_plan_count(&s->plan, FATE_ASKED) && cli_person(run->cli) && !run->stdin_read;
  cJSON_AddBoolToObject(run->start, "interactive", ask);
  run->form_only = true;
  run->greeting = "The new connector needs a few answers; what both share stands in brackets.";
  if (!status)
    status = ask ? face_line(run) : fill_alone(s);
  status = status ? status : take_result(s);
  if (status)
    return status;
  return read_kept(s) && make_next(s) ? 0 : STATUS_ENVIRONMENT;
}
