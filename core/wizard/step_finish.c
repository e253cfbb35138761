// SPDX-License-Identifier: Apache-2.0
/* The end of a wizard, the ways it can fail to end, and how one that was stopped begins again. */
#include "core/wizard/state.h"

#include <string.h>

static bool
name_taken(const struct wizard *w, const char *name)
{
  const char *mode = json_text(w->s, "mode");
  return !(mode && strcmp(mode, "edit") == 0) && has_word(json_array(w->s, "names"), name);
}

/* The name of the event, of the session, or one made from the answers; false: it cannot be taken, which is said. */
static bool
settle_name(struct wizard *w, const char *wanted)
{
  const char *mode = json_text(w->s, "mode"), *mine = json_text(w->s, "name");
  char derived[FORM_NAME_SIZE];

  if (mode && strcmp(mode, "edit") == 0 && wanted && mine && strcmp(wanted, mine) != 0) {
    say(w, "This wizard changes \"%s\". Rename it with: tenon connections rename %s NEW", mine,
        mine);
    return false;
  }
  if (!wanted && !mine)
    form_derive_name(&w->form, derived);
  const char *name = wanted ? wanted : mine ? mine : derived;
  if (!form_name_valid(name)) {
    say(w,
        "\"%.64s\" is no name. Small letters, digits, '.', '_' and '-', at most 64; a letter or "
        "digit first.",
        name);
    return false;
  }
  if (name_taken(w, name)) {
    say(w,
        "There is a connection \"%s\" already. Choose another name, or change that one with: tenon "
        "wizard %s",
        name, name);
    return false;
  }
  put_text(w, w->s, "chosen", name);
  return true;
}

/* Answers and secrets of fields that apply; volatile ones are never saved. */
static void
put_saved(struct wizard *w, cJSON *save)
{
  cJSON *answers = need_object(w, save, "answers"), *secrets = need_object(w, save, "secrets");

  for (size_t i = 0; i < w->shape->n_fields; i++) {
    const tenon_field *field = w->shape->d.fields[i];
    if ((field->flags & TENON_VOLATILE) || !form_applies(&w->form, field))
      continue;
    if (field->type == TENON_SECRET)
      put_text(w, secrets, field->key, json_text(json_object(w->s, "secrets"), field->key));
    else
      put_text(w, answers, field->key, state_answer(w, field->key));
  }
}

static void
save(struct wizard *w, bool is_verified)
{
  cJSON *e = effect(w, "save");
  cJSON *busy = need_object(w, w->s, "busy");
  int64_t generation = 0;

  (void)json_int(w->s, "generation", &generation);
  put_int(w, w->s, "generation", ++generation);
  put_text(w, busy, "hook", "save");
  put_int(w, busy, "generation", generation);
  put_int(w, e, "generation", generation);
  put_text(w, e, "name", json_text(w->s, "chosen"));
  put_text(w, e, "mode", json_text(w->s, "mode"));
  put_text(w, e, "connector", w->shape->d.id);
  put_text(w, e, "version", w->shape->d.version);
  put_int(w, e, "schema", w->shape->d.schema);
  put_text(w, e, "role", json_text(w->s, "role"));
  put_bool(w, e, "verified", is_verified);
  put_saved(w, e);
  put_copy(w, e, "report", json_object(w->s, "report"));
  put_copy(w, e, "applied", json_array(w->s, "applied"));
}

static void
on_finish(struct wizard *w, const cJSON *event)
{
  const cJSON *report = json_object(w->s, "report");
  bool is_verified = report_passed(report);

  if (!is_at(w, AT_VERIFICATION)) {
    say(w, "Finish comes after Verification.");
    return;
  }
  if (!check_all(w))
    return;
  if (!is_verified && !json_bool(event, "unverified")) {
    say(w, report ? "A required check failed. Mend it and verify again, or save anyway, unverified."
                  : "Verify first, or save anyway, unverified.");
    return;
  }
  if (settle_name(w, json_text(event, "name")))
    save(w, is_verified);
}

static void
on_saved(struct wizard *w, const cJSON *event)
{
  const char *hook = busy_hook(w);

  if (!hook || strcmp(hook, "save") != 0)
    return;
  busy_end(w);
  go(w, AT_DONE);
  cJSON *saved = need_object(w, w->s, "saved");
  put_text(w, saved, "name", json_text(w->s, "chosen"));
  put_text(w, saved, "where", json_text(event, "where"));
  put_text(w, saved, "vault", json_text(event, "vault"));
  put_bool(w, saved, "verified", report_passed(json_object(w->s, "report")));
  put_text(w, w->s, "outcome", "saved");
  (void)effect(w, "drop-session");
  drop(w->s, "live");
}

/* Describing or saving did not work. */
static void
on_failed(struct wizard *w, const cJSON *event)
{
  const char *hook = busy_hook(w);

  if (!hook || (strcmp(hook, "save") != 0 && strcmp(hook, "describe") != 0))
    return;
  CLEANUP_JSON cJSON *notes = cJSON_DetachItemFromObjectCaseSensitive(w->s, "notes");
  const cJSON *reason = json_text(event, "detail") ? event : notes ? notes->child : NULL;
  const char *detail = json_text(reason, "detail"), *remedy = json_text(reason, "remedy");
  bool is_fatal = strcmp(hook, "describe") == 0 && json_bool(w->s, "fixed");
  if (json_bool(json_object(w->s, "busy"), "cancelling"))
    detail = "Cancelled.";
  busy_end(w);
  drop(w->s, "wanted");
  detail = detail ? detail : "The connector could not be started.";
  if (!is_fatal) {
    say(w, "%s%s%s", detail, remedy ? " " : "", remedy ? remedy : "");
    return;
  }
  cJSON *error = need_object(w, w->s, "error");
  put_text(w, error, "detail", detail);
  put_text(w, error, "remedy", remedy);
  go(w, AT_ERROR);
}

static void
on_quit(struct wizard *w, const cJSON *event)
{
  int64_t generation = 0;

  (void)event;
  if (is_at(w, AT_DONE))
    return;
  if (json_int(json_object(w->s, "busy"), "generation", &generation))
    put_int(w, effect(w, "cancel"), "generation", generation);
  busy_end(w);
  (void)effect(w, "drop-session");
  drop(w->s, "live");
  put_text(w, w->s, "outcome", "quit");
  go(w, AT_DONE);
}

/* ---- resume ------------------------------------------------------------------------------------------------------- */

static bool
is_session(const cJSON *session)
{
  static const char *const places[] = {AT_CHOOSE,       AT_PAGE, AT_CONFIGURATION,
                                       AT_VERIFICATION, AT_DONE, AT_ERROR};
  const char *at = json_text(session, "at");
  int64_t version = 0;
  bool is_known = false;

  for (size_t i = 0; at && i < sizeof places / sizeof *places; i++)
    is_known = is_known || strcmp(at, places[i]) == 0;
  return is_known && json_int(session, "tenon_wizard", &version) && version == WIZARD_VERSION;
}

/* Secrets lived in the process that is gone: only stored ones and those held again count. */
static void
forget_secrets(struct wizard *w, const cJSON *held)
{
  cJSON *secrets = need_object(w, w->s, "secrets");

  for (cJSON *secret = secrets ? secrets->child : NULL, *next; secret; secret = next) {
    next = secret->next;
    const char *how = cJSON_GetStringValue(secret);
    if ((!how || strcmp(how, "stored") != 0) && !has_word(held, secret->string))
      cJSON_Delete(cJSON_DetachItemViaPointer(secrets, secret));
  }
}

static void
stop_busy(struct wizard *w)
{
  const char *hook = busy_hook(w);

  if (!hook)
    return;
  if (strcmp(hook, "verify") == 0)
    drop(w->s, "report");
  drop(w->s, "browsed");
  drop(w->s, "results");
  put_bool(w, w->s, "interrupted", true);
  bool again =
      strcmp(hook, "describe") == 0 && json_bool(w->s, "fixed") && json_text(w->s, "wanted");
  busy_end(w);
  if (again) {
    CLEANUP_FREE char *wanted =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(w->s, "wanted"))
            ? text_printf("%s", json_text(w->s, "wanted"))
            : NULL;
    choose(w, wanted ? wanted : "");
  }
}

static void
on_resume(struct wizard *w, const cJSON *event)
{
  const cJSON *session = json_object(event, "session");

  if (!is_session(session)) {
    say(w, "That is no session of this version of the wizard.");
    return;
  }
  cJSON *copy = cJSON_Duplicate(session, true);
  if (!copy) {
    w->nomem = true;
    return;
  }
  cJSON_Delete(w->s->child);
  w->s->child = copy->child;
  copy->child = NULL;
  cJSON_Delete(copy);
  drop(w->s, "live");
  state_shape(w);
  forget_secrets(w, json_array(event, "secrets"));
  stop_busy(w);
  if (!w->shape && (is_at(w, AT_PAGE) || is_at(w, AT_CONFIGURATION) || is_at(w, AT_VERIFICATION)))
    go(w, AT_CHOOSE);
}

const struct event_row finish_events[] = {
    {"finish", on_finish, false, true},  {"saved", on_saved, true, false},
    {"failed", on_failed, true, false},  {"quit", on_quit, true, false},
    {"resume", on_resume, false, false}, {NULL, NULL, false, false}};
