// SPDX-License-Identifier: Apache-2.0
/* News from a running hook. The driver feeds them in; all carry their generation, which step.c has looked at. */
#include "core/wizard/state.h"

#include <string.h>

#include "core/json/shapes.h"
#include "core/model/names.h"

static bool
is_hook(const struct wizard *w, const char *hook)
{
  const char *now = busy_hook(w);
  return now && strcmp(now, hook) == 0;
}

static cJSON *
member(cJSON *object, const char *key)
{
  return cJSON_GetObjectItemCaseSensitive(object, key);
}

static void
trim_front(cJSON *array, unsigned max)
{
  while ((unsigned)cJSON_GetArraySize(array) > max)
    cJSON_DeleteItemFromArray(array, 0);
}

/* ---- checks ------------------------------------------------------------------------------------------------------ */

static void
on_began(struct wizard *w, const cJSON *event)
{
  cJSON *busy = member(w->s, "busy");
  const char *id = json_text(event, "id");

  if (!busy || !id)
    return;
  cJSON *running = need_array(w, busy, "running");
  if (cJSON_GetArraySize(running) >= (int)WIZARD_CHECKS_MAX || find_by(running, "id", id))
    return;
  cJSON *began = push_object(w, running);
  put_text(w, began, "id", id);
  put_text(w, began, "title", json_text(event, "title"));
}

/* Where the checks of the running hook are gathered. */
static cJSON *
target_of_checks(struct wizard *w)
{
  if (is_hook(w, "verify"))
    return need_array(w, need_object(w, w->s, "report"), "checks");
  if (is_hook(w, "impersonate"))
    return need_array(w, w->s, "tests");
  if (is_hook(w, "configure") && json_object(w->s, "results"))
    return need_array(w, need_object(w, w->s, "results"), "checks");
  return need_array(w, w->s, "notes");
}

static const char *
says(const char *state)
{
  bool is_good = state && (strcmp(state, "pass") == 0 || strcmp(state, "warn") == 0);
  return is_good ? WIZARD_SAYS_SUCCEEDED : WIZARD_SAYS_FAILED;
}

static void
keep_check(struct wizard *w, const cJSON *check, const char *from)
{
  cJSON *target = target_of_checks(w);
  const char *state = json_text(check, "state");

  /* Beside the form only what went wrong is worth a line. */
  if (target == cJSON_GetObjectItemCaseSensitive(w->s, "notes") && state &&
      (strcmp(state, "pass") == 0 || strcmp(state, "skip") == 0))
    return;
  if (is_hook(w, "impersonate"))
    trim_front(target, WIZARD_TESTS_MAX - 1);
  if (cJSON_GetArraySize(target) >= (int)WIZARD_CHECKS_MAX)
    return;
  push_copy(w, target, check);
  if (!target || !target->child)
    return;
  put_text(w, target->child->prev, "from", from);
  if (is_hook(w, "impersonate"))
    put_text(w, target->child->prev, "says", says(state));
}

static void
on_checked(struct wizard *w, const cJSON *event)
{
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  const cJSON *check = json_object(event, "check");
  cJSON *busy = member(w->s, "busy");

  if (!busy || !check || !shape_read_check(&a, check))
    return;
  cJSON *running = member(busy, "running"), *began = find_by(running, "id", json_text(check, "id"));
  if (began)
    cJSON_Delete(cJSON_DetachItemViaPointer(running, began));
  keep_check(w, check, json_text(event, "from"));
}

/* ---- offers, patches and steps -------------------------------------------------------------------------------------- */

static void
keep_offer(struct wizard *w, cJSON *list, const cJSON *offer)
{
  const char *value = json_text(offer, "value");

  if (value && cJSON_GetArraySize(list) < (int)WIZARD_OFFERS_MAX && !find_by(list, "value", value))
    push_copy(w, list, offer);
}

static void
mark(struct wizard *w, const char *key, const char *how)
{
  put_text(w, need_object(w, w->s, "marks"), key, how);
}

static void
offer_for_field(struct wizard *w, const cJSON *offer)
{
  const char *key = json_text(offer, "field");
  const tenon_field *field = key && w->shape ? connector_field(w->shape, key) : NULL;

  if (!field || field->type == TENON_SECRET)
    return;
  keep_offer(w, need_array(w, need_object(w, w->s, "offers"), key), offer);
  if (!json_text(json_object(w->s, "marks"), key))
    mark(w, key, "offered");
}

static void
on_offered(struct wizard *w, const cJSON *event)
{
  const cJSON *offer = json_object(event, "offer");

  if (offer && is_hook(w, "browse"))
    keep_offer(w, need_array(w, need_object(w, w->s, "browsed"), "offers"), offer);
  else if (offer && is_hook(w, "suggest"))
    offer_for_field(w, offer);
}

/* What the person typed stays; the connector's idea of it becomes a choice beside it. */
static void
on_patched(struct wizard *w, const cJSON *event)
{
  CLEANUP_BUF struct buf value = BUF_INIT(ANSWER_BYTES_MAX), why = BUF_INIT(4096);
  const char *key = json_text(event, "key"), *text = json_text(event, "text");
  const tenon_field *field = key && w->shape ? connector_field(w->shape, key) : NULL;

  bool is_verify = is_hook(w, "verify");
  if ((!is_verify && !is_hook(w, "suggest")) || !field || field->type == TENON_SECRET)
    return;
  const char *mine = json_text(json_object(w->s, "answers"), key);
  const char *how = json_text(json_object(w->s, "marks"), key);
  /* In verify a person was asked for it. */
  bool is_typed = !is_verify && mine && *mine && !(how && strcmp(how, "patched") == 0);
  if (text && !answer_check(field, text, &value, &why))
    return;
  if (!is_typed) {
    put_text(w, need_object(w, w->s, "answers"), key, text ? buf_text(&value) : NULL);
    drop(need_object(w, w->s, "problems"), key);
    mark(w, key, text ? "patched" : NULL);
    put_bool(w, member(w->s, "busy"), "patched", true);
  } else if (text && strcmp(mine, buf_text(&value)) != 0) {
    cJSON *list = need_array(w, need_object(w, w->s, "offers"), key);
    if (!find_by(list, "value", buf_text(&value)) &&
        cJSON_GetArraySize(list) < (int)WIZARD_OFFERS_MAX)
      put_text(w, push_object(w, list), "value", buf_text(&value));
    mark(w, key, "offered");
  }
}

static void
on_stepped(struct wizard *w, const cJSON *event)
{
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  const cJSON *step = json_object(event, "step");
  cJSON *steps = member(member(w->s, "plan"), "steps");

  if (is_hook(w, "configure") && steps && step && shape_read_step(&a, step) &&
      cJSON_GetArraySize(steps) < (int)WIZARD_STEPS_MAX)
    push_copy(w, steps, step);
}

/* Which kinds of steps some connector or probe at hand can run. */
static void
on_runners(struct wizard *w, const cJSON *event)
{
  if (is_hook(w, "configure") && json_object(w->s, "plan"))
    put_copy(w, need_object(w, w->s, "plan"), "runners", json_array(event, "kinds"));
}

/* ---- the end of a hook ------------------------------------------------------------------------------------------------ */

static bool
any_failed(const cJSON *checks)
{
  return find_by(checks, "state", "fail");
}

/* A hook that ended badly and did not say why: the host has to. */
static void
explain(struct wizard *w, const char *status)
{
  CLEANUP_JSON cJSON *check = cJSON_CreateObject();
  CLEANUP_BUF struct buf detail = BUF_INIT(1024);

  (void)buf_printf(&detail, "%s ended early (%s) and did not say why.",
                   w->shape ? w->shape->d.name : "It", status);
  put_text(w, check, "id", "plugin.protocol");
  put_text(w, check, "title", w->shape ? w->shape->d.name : "Connector");
  put_text(w, check, "state", "fail");
  put_text(w, check, "level", "required");
  put_text(w, check, "detail", buf_text(&detail));
  put_text(w, check, "remedy", "Try again; if it stays so, tell the connector's author.");
  put_text(w, check, "cause", status);
  keep_check(w, check, NULL);
}

static bool
is_unproven(const cJSON *checks)
{
  const cJSON *check;

  cJSON_ArrayForEach(check, checks)
  {
    const char *state = json_text(check, "state");
    if (state && strcmp(state, "skip") != 0)
      return false;
  }
  return true;
}

static void
end_verify(struct wizard *w, bool is_cancelled)
{
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  struct tally sum = {0};
  cJSON *report = need_object(w, w->s, "report"), *checks = member(report, "checks"), *item;

  if (is_cancelled) {
    drop(w->s, "report");
    say(w, "Cancelled.");
    return;
  }
  cJSON_ArrayForEach(item, checks)
  {
    const tenon_check *check = shape_read_check(&a, item);
    if (check)
      tally_add(&sum, check);
  }
  bool passed = tally_passed(&sum) && !is_unproven(checks);
  put_text(w, report, "outcome", passed ? "pass" : "fail");
  put_text(w, report, "cause", tally_passed(&sum) ? NULL : cause_name(tally_cause(&sum)));
}

/* Steps that came out well are remembered, with their undo; those taken back are forgotten. */
static void
settle_step(struct wizard *w, const cJSON *check, bool is_apply)
{
  const char *id = json_text(check, "id"), *state = json_text(check, "state");
  cJSON *step = find_by(member(member(w->s, "plan"), "steps"), "id", id);
  cJSON *applied = need_array(w, w->s, "applied"), *before = find_by(applied, "id", id);

  if (!state || (strcmp(state, "pass") != 0 && strcmp(state, "warn") != 0))
    return;
  if (step)
    put_text(w, step, "state", is_apply ? "done" : "missing");
  if (is_apply && step && !before)
    push_copy(w, applied, step);
  else if (!is_apply && before)
    cJSON_Delete(cJSON_DetachItemViaPointer(applied, before));
}

static void
end_configure(struct wizard *w)
{
  const cJSON *results = json_object(w->s, "results"), *check;
  const char *phase = json_text(results, "phase");

  if (!results)
    return;
  cJSON_ArrayForEach(check, json_array(results, "checks"))
      settle_step(w, check, phase && strcmp(phase, "apply") == 0);
  drop(w->s, "report");
  drop(w->s, "tests");
}

static bool
is_mark(const cJSON *item, const char *how)
{
  const char *text = cJSON_GetStringValue(item);
  return text && strcmp(text, how) == 0;
}

/* Patches on the page just left are shown there once; else the way goes on. */
static void
end_suggest(struct wizard *w, bool is_patched)
{
  const cJSON *item;
  size_t page = page_now(w);

  if (is_patched)
    drop(w->s, "report");
  cJSON_ArrayForEach(item, json_object(w->s, "marks"))
  {
    const tenon_field *field = connector_field(w->shape, item->string);
    if (is_patched && field && form_page_of(w->shape, field) == page &&
        form_applies(&w->form, field) && is_mark(item, "patched"))
      return;
  }
  if (!check_page(w, page))
    return;
  CLEANUP_JSON cJSON *notes = cJSON_DetachItemFromObjectCaseSensitive(w->s, "notes");
  go_forward(w);
  if (notes)
    put_value(w, w->s, "notes", TAKE_PTR(notes));
}

/* Suggestions change answers, and a worker has the answers it was opened with. */
static void
end_session_if_patched(struct wizard *w, bool is_patched)
{
  if (!is_patched)
    return;
  (void)effect(w, "drop-session");
  drop(w->s, "live");
}

/* An answer to a question changed the connection: what was found before holds no more, and it is looked at again, but
 * not for ever. */
static void
end_verify_patched(struct wizard *w, bool is_cancelled)
{
  int64_t again = 0;

  (void)json_int(w->s, "again", &again);
  end_session_if_patched(w, true);
  if (is_cancelled || again >= (int64_t)WIZARD_AGAIN_MAX) {
    end_verify(w, is_cancelled);
    return;
  }
  put_int(w, w->s, "again", again + 1);
  verify_again(w);
}

static void
on_ended(struct wizard *w, const cJSON *event)
{
  const char *status = json_text(event, "status");
  bool is_patched = json_bool(json_object(w->s, "busy"), "patched");
  bool is_cancelled = json_bool(json_object(w->s, "busy"), "cancelling") ||
                      (status && strcmp(status, "cancelled") == 0);
  bool is_bad = status && strcmp(status, "ok") != 0;

  if (!busy_hook(w) || is_hook(w, "describe") || is_hook(w, "save"))
    return;
  if (is_bad && !is_cancelled && !any_failed(target_of_checks(w)))
    explain(w, status);
  bool is_verify = is_hook(w, "verify"), is_suggest = is_hook(w, "suggest"),
       is_configure = is_hook(w, "configure");
  busy_end(w);
  if (is_verify && is_patched)
    end_verify_patched(w, is_cancelled);
  else if (is_verify)
    end_verify(w, is_cancelled);
  else if (is_cancelled)
    say(w, "Cancelled.");
  if (is_configure)
    end_configure(w);
  if (is_suggest) {
    end_session_if_patched(w, is_patched);
    if (!is_cancelled)
      end_suggest(w, is_patched);
  }
}

/* The worker is gone. Its call's own end comes first; what is left is to know that there is none any more. */
static void
on_died(struct wizard *w, const cJSON *event)
{
  (void)event;
  drop(w->s, "live");
}

const struct event_row hook_events[] = {{"began", on_began, true, false},
                                        {"checked", on_checked, true, false},
                                        {"offered", on_offered, true, false},
                                        {"patched", on_patched, true, false},
                                        {"stepped", on_stepped, true, false},
                                        {"runners", on_runners, true, false},
                                        {"ended", on_ended, true, false},
                                        {"died", on_died, true, false},
                                        {NULL, NULL, false, false}};
