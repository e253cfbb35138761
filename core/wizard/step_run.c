// SPDX-License-Identifier: Apache-2.0
/* What starts a hook. Every start counts the generation up, so that the news of an older run is recognised and
 * dropped. */
#include "core/wizard/state.h"

#include <string.h>

const char *
busy_hook(const struct wizard *w)
{
  return json_text(json_object(w->s, "busy"), "hook");
}

void
busy_end(struct wizard *w)
{
  drop(w->s, "busy");
  drop(w->s, "asks");
}

cJSON *
run(struct wizard *w, const char *hook)
{
  int64_t generation = 0;

  (void)json_int(w->s, "generation", &generation);
  put_int(w, w->s, "generation", ++generation);
  drop(w->s, "notes");
  drop(w->s, "interrupted");
  cJSON *busy = need_object(w, w->s, "busy");
  put_text(w, busy, "hook", hook);
  put_int(w, busy, "generation", generation);
  put_bool(w, w->s, "live", true);
  cJSON *e = effect(w, "run");
  put_text(w, e, "hook", hook);
  put_int(w, e, "generation", generation);
  return e;
}

static bool
may(struct wizard *w, uint32_t hook)
{
  if (w->shape->hooks & hook)
    return true;
  say(w, "%s cannot %s.", w->shape->d.name, hook_name(hook));
  return false;
}

static void
on_browse(struct wizard *w, const cJSON *event)
{
  const char *key = json_text(event, "key"), *typed = json_text(event, "typed");
  const tenon_field *field = key ? connector_field(w->shape, key) : form_subject_field(w->shape);

  if (!may(w, HOOK_BROWSE))
    return;
  if (!field || !field->browse) {
    say(w, "There is no list to browse for \"%.64s\".", key ? key : "");
    return;
  }
  drop(w->s, "browsed");
  cJSON *browsed = need_object(w, w->s, "browsed");
  put_text(w, browsed, "key", field->key);
  put_text(w, browsed, "typed", typed ? typed : "");
  (void)need_array(w, browsed, "offers");
  cJSON *e = run(w, "browse");
  put_text(w, e, "what", field->browse);
  put_text(w, e, "typed", typed ? typed : "");
}

void
verify_again(struct wizard *w)
{
  drop(w->s, "report");
  cJSON *report = need_object(w, w->s, "report");
  (void)need_array(w, report, "checks");
  cJSON *e = run(w, "verify");
  put_copy(w, e, "probes", json_array(w->s, "probes"));
}

static void
on_verify(struct wizard *w, const cJSON *event)
{
  (void)event;
  if (!is_at(w, AT_VERIFICATION)) {
    say(w, "Verification comes after the pages.");
    return;
  }
  if (!check_all(w))
    return;
  drop(w->s, "again");
  verify_again(w);
}

/* One subject, or a list of them. */
static bool
read_subjects(struct wizard *w, const cJSON *event, cJSON *ret)
{
  const cJSON *list = json_array(event, "subjects"), *item;
  const char *one = json_text(event, "subject");
  bool is_good = true;

  if (one && *one && strlen(one) <= WIZARD_SUBJECT_BYTES)
    push_text(w, ret, one);
  cJSON_ArrayForEach(item, list)
  {
    const char *text = cJSON_GetStringValue(item);
    is_good = is_good && text && *text && strlen(text) <= WIZARD_SUBJECT_BYTES;
    if (is_good && cJSON_GetArraySize(ret) < (int)WIZARD_SUBJECTS_MAX)
      push_text(w, ret, text);
  }
  return is_good && cJSON_GetArraySize(ret) > 0;
}

static void
on_test(struct wizard *w, const cJSON *event)
{
  CLEANUP_JSON cJSON *subjects = cJSON_CreateArray();

  if (!is_at(w, AT_VERIFICATION)) {
    say(w, "A test comes after the pages.");
    return;
  }
  if (!may(w, HOOK_IMPERSONATE) || !check_all(w))
    return;
  if (!subjects || !read_subjects(w, event, subjects)) {
    say(w, "Name who is to be tested.");
    return;
  }
  put_value(w, run(w, "impersonate"), "subjects", TAKE_PTR(subjects));
}

static void
on_plan(struct wizard *w, const cJSON *event)
{
  (void)event;
  if (!is_at(w, AT_VERIFICATION) && !is_at(w, AT_CONFIGURATION)) {
    say(w, "A plan comes after the pages.");
    return;
  }
  if (!may(w, HOOK_CONFIGURE) || !check_all(w))
    return;
  go(w, AT_CONFIGURATION);
  drop(w->s, "plan");
  (void)need_array(w, need_object(w, w->s, "plan"), "steps");
  cJSON *e = run(w, "configure");
  put_text(w, e, "phase", "plan");
  put_copy(w, e, "probes", json_array(w->s, "probes"));
}

/* ---- carrying out a plan, or taking it back ----------------------------------------------------------------------- */

static bool
is_open(const cJSON *step)
{
  const char *state = json_text(step, "state");
  return !json_bool(step, "optional") && (!state || strcmp(state, "done") != 0);
}

static bool
can_run(const struct wizard *w, const cJSON *step)
{
  const char *kind = json_text(step, "kind");
  return kind && has_word(json_array(json_object(w->s, "plan"), "runners"), kind);
}

static void
start_phase(struct wizard *w, const char *phase, cJSON *steps)
{
  drop(w->s, "results");
  cJSON *results = need_object(w, w->s, "results");
  put_text(w, results, "phase", phase);
  (void)need_array(w, results, "checks");
  cJSON *e = run(w, "configure");
  put_text(w, e, "phase", phase);
  put_value(w, e, "steps", steps);
  put_copy(w, e, "probes", json_array(w->s, "probes"));
}

static void
on_apply(struct wizard *w, const cJSON *event)
{
  CLEANUP_JSON cJSON *agreed = cJSON_CreateArray();
  const cJSON *ids = json_array(event, "ids"), *step;
  bool any = false;

  cJSON_ArrayForEach(step, json_array(json_object(w->s, "plan"), "steps"))
  {
    const char *id = json_text(step, "id");
    if (ids ? !id || !has_word(ids, id) : !is_open(step))
      continue;
    any = true;
    if (can_run(w, step))
      push_copy(w, agreed, step);
  }
  if (!is_at(w, AT_CONFIGURATION) || !any)
    say(w, "There is nothing to apply. Plan first.");
  else if (!cJSON_GetArraySize(agreed))
    say(w, "Nothing here can run these steps: run their commands by hand, then verify.");
  else if (check_all(w))
    start_phase(w, "apply", TAKE_PTR(agreed));
}

static void
on_undo(struct wizard *w, const cJSON *event)
{
  CLEANUP_JSON cJSON *back = cJSON_CreateArray();
  const cJSON *ids = json_array(event, "ids"), *step;

  cJSON_ArrayForEach(step, json_array(w->s, "applied"))
  {
    const char *id = json_text(step, "id");
    if (id && (!ids || has_word(ids, id)))
      push_copy(w, back, step);
  }
  if (!cJSON_GetArraySize(back)) {
    say(w, "Nothing was applied that could be undone.");
  } else if ((is_at(w, AT_CONFIGURATION) || is_at(w, AT_VERIFICATION)) && check_all(w)) {
    go(w, AT_CONFIGURATION);
    start_phase(w, "undo", TAKE_PTR(back));
  }
}

static void
on_cancel(struct wizard *w, const cJSON *event)
{
  const cJSON *running = json_object(w->s, "busy");
  cJSON *busy = cJSON_GetObjectItemCaseSensitive(w->s, "busy");
  int64_t generation = 0;

  (void)event;
  if (!running) {
    say(w, "Nothing is running.");
    return;
  }
  (void)json_int(running, "generation", &generation);
  put_bool(w, busy, "cancelling", true);
  put_int(w, effect(w, "cancel"), "generation", generation);
}

const struct event_row run_events[] = {
    {"browse", on_browse, false, true}, {"verify", on_verify, false, true},
    {"test", on_test, false, true},     {"plan", on_plan, false, true},
    {"apply", on_apply, false, true},   {"undo", on_undo, false, true},
    {"cancel", on_cancel, true, false}, {NULL, NULL, false, false}};
