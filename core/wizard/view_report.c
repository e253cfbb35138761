// SPDX-License-Identifier: Apache-2.0
/* What hooks found: the checks as they come, what can be done about them, and whether that is enough to finish. */
#include "core/wizard/view.h"

#include <string.h>

static void
put_checks(struct wizard *w, cJSON *view, const cJSON *checks)
{
  if (checks)
    put_copy(w, view, "checks", checks);
  else
    (void)need_array(w, view, "checks");
}

/* ---- Steps to consider ------------------------------------------------------------------------------------------------ */

static cJSON *
consider(struct wizard *w, cJSON *view, const char *event, const char *label)
{
  cJSON *item = push_object(w, need_array(w, view, "consider"));

  put_text(w, item, "event", event);
  put_text(w, item, "label", label);
  view_can(w, view, event);
  return item;
}

static void
consider_test(struct wizard *w, cJSON *view)
{
  const tenon_field *field = form_subject_field(w->shape);

  if (!(w->shape->hooks & HOOK_IMPERSONATE))
    return;
  cJSON *item = consider(w, view, "test", "Test impersonation");
  if (!item || !field)
    return;
  put_text(w, item, "key", field->key);
  put_text(w, item, "subject", field->label);
  put_text(w, item, "value", form_applies(&w->form, field) ? form_value(&w->form, field) : NULL);
  put_bool(w, item, "can_browse", w->shape->hooks & HOOK_BROWSE);
  if (w->shape->hooks & HOOK_BROWSE)
    view_can(w, view, "browse");
}

/* The fields that failed checks blame, each once. */
static void
consider_fields(struct wizard *w, cJSON *view, const cJSON *checks)
{
  const cJSON *check;

  cJSON_ArrayForEach(check, checks)
  {
    const char *state = json_text(check, "state"), *key = json_text(check, "field");
    const tenon_field *field = key ? connector_field(w->shape, key) : NULL;
    cJSON *blamed = need_array(w, view, "blamed");
    if (!field || !state || (strcmp(state, "fail") != 0 && strcmp(state, "warn") != 0) ||
        find_by(blamed, "key", key))
      continue;
    cJSON *item = push_object(w, blamed);
    put_text(w, item, "key", key);
    put_text(w, item, "label", field->label);
  }
}

static bool
step_is_open(const cJSON *step)
{
  const char *state = json_text(step, "state");
  return !json_bool(step, "optional") && (!state || strcmp(state, "done") != 0);
}

static int
count_open(const cJSON *plan)
{
  const cJSON *step;
  int n = 0;

  cJSON_ArrayForEach(step, json_array(plan, "steps"))
  {
    n += step_is_open(step);
  }
  return n;
}

/* Does what is not permitted, or is left of a plan, stand in the way? Then that comes first. */
static bool
rights_are_missing(const struct wizard *w, const cJSON *report)
{
  const char *cause = json_text(report, "cause");
  bool is_denied = cause && strcmp(cause, "denied") == 0;
  return !report_passed(report) && (is_denied || count_open(json_object(w->s, "plan")) > 0);
}

static void
consider_plan(struct wizard *w, cJSON *view)
{
  int open = count_open(json_object(w->s, "plan"));
  CLEANUP_FREE char *label =
      open ? text_printf("Assign missing rights: %d step%s of the plan %s left", open,
                         open == 1 ? "" : "s", open == 1 ? "is" : "are")
           : strdup("Assign missing rights: show what would be changed");

  cJSON *item = consider(w, view, "plan", label ? label : "Assign missing rights");
  if (item && open)
    put_int(w, item, "open", open);
}

static void
consider_hooks(struct wizard *w, cJSON *view, const cJSON *report)
{
  bool can_plan = w->shape->hooks & HOOK_CONFIGURE,
       is_first = can_plan && rights_are_missing(w, report);

  if (is_first)
    consider_plan(w, view);
  consider_test(w, view);
  if (can_plan && !is_first)
    consider_plan(w, view);
}

void
view_verification(struct wizard *w, cJSON *view)
{
  const cJSON *report = json_object(w->s, "report"), *checks = json_array(report, "checks");
  char name[FORM_NAME_SIZE];

  put_checks(w, view, checks);
  put_text(w, view, "outcome", json_text(report, "outcome"));
  put_text(w, view, "cause", json_text(report, "cause"));
  view_can(w, view, "verify");
  view_can(w, view, "back");
  view_can(w, view, "goto");
  if (report) {
    consider_fields(w, view, checks);
    consider_hooks(w, view, report);
  }
  put_copy(w, view, "tests", json_array(w->s, "tests"));
  put_copy(w, view, "notes", json_array(w->s, "notes"));
  view_browsed(w, view, NULL);
  form_derive_name(&w->form, name);
  put_text(w, view, "proposed", json_text(w->s, "name") ? json_text(w->s, "name") : name);
  put_bool(w, view, "verified", report_passed(report));
  view_can(w, view, report_passed(report) ? "finish" : "finish-unverified");
}

/* ---- Configuration ------------------------------------------------------------------------------------------------------- */

void
view_plan(struct wizard *w, cJSON *view)
{
  const cJSON *plan = json_object(w->s, "plan"), *step;
  const cJSON *runners = json_array(plan, "runners");
  char name[FORM_NAME_SIZE];
  bool any = false;

  view_can(w, view, "plan");
  view_can(w, view, "next");
  view_can(w, view, "back");
  form_derive_name(&w->form, name);
  put_text(w, view, "proposed", json_text(w->s, "name") ? json_text(w->s, "name") : name);
  put_copy(w, view, "notes", json_array(w->s, "notes"));
  if (cJSON_GetArraySize(json_array(w->s, "applied")))
    view_can(w, view, "undo");
  if (!plan)
    return;
  cJSON *shown = need_array(w, view, "plan");
  cJSON_ArrayForEach(step, json_array(plan, "steps"))
  {
    const char *kind = json_text(step, "kind");
    bool can_run = kind && has_word(runners, kind);
    push_copy(w, shown, step);
    if (shown->child)
      put_bool(w, shown->child->prev, "can_run", can_run);
    any = any || (can_run && step_is_open(step));
  }
  if (any)
    view_can(w, view, "apply");
}

void
view_results(struct wizard *w, cJSON *view)
{
  const cJSON *results = json_object(w->s, "results");

  put_text(w, view, "phase", json_text(results, "phase"));
  put_checks(w, view, json_array(results, "checks"));
  view_can(w, view, "next");
  view_can(w, view, "back");
  view_can(w, view, "plan");
  if (cJSON_GetArraySize(json_array(w->s, "applied")))
    view_can(w, view, "undo");
}

/* ---- busy ------------------------------------------------------------------------------------------------------------------ */

static const cJSON *
checks_so_far(const struct wizard *w, const char *hook)
{
  if (strcmp(hook, "verify") == 0)
    return json_array(json_object(w->s, "report"), "checks");
  if (strcmp(hook, "configure") == 0)
    return json_array(json_object(w->s, "results"), "checks");
  return NULL;
}

void
view_busy(struct wizard *w, cJSON *view)
{
  const cJSON *busy = json_object(w->s, "busy");
  const char *hook = busy_hook(w);

  put_text(w, view, "hook", hook);
  put_copy(w, view, "generation", cJSON_GetObjectItemCaseSensitive(busy, "generation"));
  put_bool(w, view, "cancelling", json_bool(busy, "cancelling"));
  put_copy(w, view, "running", json_array(busy, "running"));
  put_checks(w, view, checks_so_far(w, hook));
  if (strcmp(hook, "browse") == 0)
    view_browsed(w, view, NULL);
  view_can(w, view, "cancel");
}

void
view_ask(struct wizard *w, cJSON *view)
{
  view_busy(w, view);
  put_copy(w, view, "asks", json_array(w->s, "asks"));
  view_can(w, view, "reply");
}
