// SPDX-License-Identifier: Apache-2.0
/* The form: choosing a connector, answering, and moving between pages. Answers are held in their canonical form; what
 * was typed and is wrong is held beside them, so that a good answer is never lost to a typing error. */
#include "core/wizard/state.h"

#include "core/json/shapes.h"

#include <stdint.h>
#include <string.h>

/* ---- moving ------------------------------------------------------------------------------------------------------- */

size_t
page_now(struct wizard *w)
{
  const char *id = json_text(w->s, "page");
  size_t page = id && w->shape ? form_page_find(w->shape, id) : 0;
  return w->shape && page < form_pages(w->shape) ? page : 0;
}

size_t
page_after(struct wizard *w, size_t page)
{
  for (page++; page < form_pages(w->shape); page++)
    if (form_page_shown(&w->form, page))
      return page;
  return form_pages(w->shape);
}

size_t
page_before(struct wizard *w, size_t page)
{
  while (page-- > 0)
    if (form_page_shown(&w->form, page))
      return page;
  return SIZE_MAX;
}

void
go_page(struct wizard *w, size_t page)
{
  go(w, AT_PAGE);
  put_text(w, w->s, "page", form_page(w->shape, page)->id);
}

static void
go_verification(struct wizard *w)
{
  if (check_all(w))
    go(w, AT_VERIFICATION);
}

/* From a page that is complete to what comes next. */
void
go_forward(struct wizard *w)
{
  size_t next = page_after(w, page_now(w));

  if (next < form_pages(w->shape))
    go_page(w, next);
  else if (!(w->shape->hooks & HOOK_CONFIGURE))
    go_verification(w);
  else if (check_all(w))
    go(w, AT_CONFIGURATION);
}

static void
go_first_page(struct wizard *w)
{
  size_t page = form_page_shown(&w->form, 0) ? 0 : page_after(w, 0);

  if (page < form_pages(w->shape))
    go_page(w, page);
  else
    go_verification(w);
}

/* ---- what is wrong with answers ------------------------------------------------------------------------------------ */

static cJSON *
problems(struct wizard *w)
{
  return need_object(w, w->s, "problems");
}

static void
set_problem(struct wizard *w, const char *key, const char *typed, const char *why)
{
  cJSON *all = problems(w);

  drop(all, key);
  cJSON *problem = need_object(w, all, key);
  put_text(w, problem, "typed", typed);
  put_text(w, problem, "why", why);
}

static bool
check_field(struct wizard *w, const tenon_field *field)
{
  CLEANUP_BUF struct buf value = BUF_INIT(ANSWER_BYTES_MAX), why = BUF_INIT(4096);
  const cJSON *known = json_object(json_object(w->s, "problems"), field->key);

  if (json_text(known, "typed"))
    return false;
  const char *text = form_value(&w->form, field);
  bool is_good = field->type == TENON_SECRET ? text || !(field->flags & TENON_REQUIRED)
                                             : answer_check(field, text ? text : "", &value, &why);
  if (is_good)
    drop(problems(w), field->key);
  else if (field->type == TENON_SECRET)
    (void)buf_printf(&why, "%s is needed.", field->label);
  if (!is_good)
    set_problem(w, field->key, NULL, buf_text(&why));
  return is_good;
}

bool
check_page(struct wizard *w, size_t page)
{
  bool is_good = true;

  for (size_t i = 0; i < w->shape->n_fields; i++) {
    const tenon_field *field = w->shape->d.fields[i];
    if (form_page_of(w->shape, field) != page)
      continue;
    if (!form_applies(&w->form, field))
      drop(problems(w), field->key);
    else if (!check_field(w, field))
      is_good = false;
  }
  return is_good;
}

bool
check_all(struct wizard *w)
{
  for (size_t page = 0; page < form_pages(w->shape); page++)
    if (!check_page(w, page)) {
      go_page(w, page);
      return false;
    }
  return true;
}

/* ---- answering ----------------------------------------------------------------------------------------------------- */

static bool
same_text(const char *a, const char *b)
{
  return a == b || (a && b && strcmp(a, b) == 0);
}

/* text NULL: unset. Says whether anything changed. */
static bool
put_answer(struct wizard *w, const tenon_field *field, const char *text)
{
  cJSON *answers = need_object(w, w->s, "answers");

  drop(problems(w), field->key);
  drop(need_object(w, w->s, "marks"), field->key);
  if (same_text(json_text(answers, field->key), text))
    return false;
  put_text(w, answers, field->key, text);
  return true;
}

static bool
take_answer(struct wizard *w, const tenon_field *field, const char *text)
{
  CLEANUP_BUF struct buf value = BUF_INIT(ANSWER_BYTES_MAX), why = BUF_INIT(4096);

  /* Emptying a required field is a thing to say on Next, not while it is typed. */
  tenon_field lenient = *field;
  lenient.flags &= ~TENON_REQUIRED;
  if (strlen(text) <= ANSWER_BYTES_MAX && answer_check(&lenient, text, &value, &why))
    return put_answer(w, field, buf_text(&value));
  set_problem(w, field->key, strlen(text) > 1024 ? "" : text,
              why.len ? buf_text(&why) : "That is too long.");
  return false;
}

static const tenon_field *
field_of(struct wizard *w, const cJSON *event)
{
  const char *key = json_text(event, "key");
  const tenon_field *field = key ? connector_field(w->shape, key) : NULL;

  if (!field)
    say(w, "%s has no field \"%.64s\".", w->shape->d.name, key ? key : "");
  return field;
}

static void
on_answer(struct wizard *w, const cJSON *event)
{
  const tenon_field *field = field_of(w, event);
  const char *text = json_text(event, "text");

  if (!field)
    return;
  if (field->type == TENON_SECRET)
    say(w, "%s is a secret and travels in a \"secret\" event only.", field->label);
  else if (!text)
    say(w, "\"answer\" needs a text.");
  else if (take_answer(w, field, text))
    state_changed(w);
}

static void
on_secret(struct wizard *w, const cJSON *event)
{
  const tenon_field *field = field_of(w, event);

  if (!field)
    return;
  if (field->type != TENON_SECRET) {
    say(w, "%s is no secret; answer it with an \"answer\" event.", field->label);
    return;
  }
  put_text(w, need_object(w, w->s, "secrets"), field->key, json_bool(event, "set") ? "new" : NULL);
  drop(problems(w), field->key);
  state_changed(w);
}

static void
on_unset(struct wizard *w, const cJSON *event)
{
  const tenon_field *field = field_of(w, event);

  if (!field)
    return;
  if (field->type == TENON_SECRET) {
    cJSON *dropped = effect(w, "drop-secret");
    put_text(w, dropped, "key", field->key);
    drop(need_object(w, w->s, "secrets"), field->key);
    drop(problems(w), field->key);
    state_changed(w);
  } else if (put_answer(w, field, NULL)) {
    state_changed(w);
  }
}

/* ---- start and choosing ---------------------------------------------------------------------------------------------- */

static const cJSON *
catalog_entry(const struct wizard *w, const char *id)
{
  return find_by(json_array(w->s, "catalog"), "id", id);
}

static void
fail_start(struct wizard *w, const char *detail, const char *remedy)
{
  cJSON *error = need_object(w, w->s, "error");

  put_text(w, error, "detail", detail);
  put_text(w, error, "remedy", remedy);
  go(w, AT_ERROR);
}

void
choose(struct wizard *w, const char *connector)
{
  const cJSON *entry = catalog_entry(w, connector);
  const char *kind = json_text(entry, "kind"), *refused = json_text(entry, "refused");

  if (!entry || (kind && strcmp(kind, "probe") == 0)) {
    say(w, "There is no connector \"%.64s\" here.", connector);
    return;
  }
  if (refused) {
    say(w, "%s cannot be used: %s", connector, refused);
    return;
  }
  const char *role = json_text(w->s, "role");
  if (role && json_array(entry, "roles") && !has_word(json_array(entry, "roles"), role)) {
    say(w, "%s is no %s.", connector, role);
    return;
  }
  if (w->shape && same_text(connector, json_text(w->s, "connector"))) {
    go_first_page(w);
    return;
  }
  put_text(w, w->s, "wanted", connector);
  cJSON *e = effect(w, "describe");
  put_text(w, e, "connector", connector);
  int64_t generation = 0;
  (void)json_int(w->s, "generation", &generation);
  put_int(w, w->s, "generation", generation + 1);
  put_int(w, e, "generation", generation + 1);
  cJSON *busy = need_object(w, w->s, "busy");
  put_text(w, busy, "hook", "describe");
  put_int(w, busy, "generation", generation + 1);
}

static void
start_editing(struct wizard *w, const cJSON *editing)
{
  const cJSON *key;

  put_text(w, w->s, "mode", "edit");
  put_text(w, w->s, "name", json_text(editing, "name"));
  put_text(w, w->s, "role", json_text(editing, "role"));
  put_copy(w, w->s, "stored", json_object(editing, "answers"));
  cJSON *secrets = need_object(w, w->s, "secrets");
  cJSON_ArrayForEach(key, json_array(editing, "secrets"))
  {
    if (cJSON_IsString(key))
      put_text(w, secrets, key->valuestring, "stored");
  }
}

static void
on_start(struct wizard *w, const cJSON *event)
{
  static const char *const copied[] = {"catalog", "replies", "names"};
  const cJSON *editing = json_object(event, "editing"), *key;

  cJSON_Delete(w->s->child);
  w->s->child = NULL;
  put_int(w, w->s, "tenon_wizard", WIZARD_VERSION);
  put_text(w, w->s, "mode", "new");
  for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
    put_copy(w, w->s, copied[i], cJSON_GetObjectItemCaseSensitive(event, copied[i]));
  put_copy(w, w->s, "given", json_object(event, "answers"));
  put_bool(w, w->s, "nobody",
           cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(event, "interactive")));
  put_text(w, w->s, "name", json_text(event, "name"));
  if (editing)
    start_editing(w, editing);
  if (json_text(event, "role"))
    put_text(w, w->s, "role", json_text(event, "role"));
  cJSON_ArrayForEach(key, json_array(event, "secrets"))
  {
    if (cJSON_IsString(key))
      put_text(w, need_object(w, w->s, "secrets"), key->valuestring, "new");
  }
  go(w, AT_CHOOSE);
  state_shape(w);
  const char *connector = json_text(event, "connector");
  if (!connector)
    connector = json_text(editing, "connector");
  if (!connector)
    return;
  put_bool(w, w->s, "fixed", true);
  choose(w, connector);
  if (json_text(w->s, "problem"))
    fail_start(
        w, json_text(w->s, "problem"),
        "See what is installed, and what was refused and why: tenon plugin list (with the same "
        "--plugin-dir, if there was one)");
}

static void
on_choose(struct wizard *w, const cJSON *event)
{
  const char *connector = json_text(event, "connector");

  if (!is_at(w, AT_CHOOSE))
    say(w, "The target server is chosen on the first page; go back to it.");
  else
    choose(w, connector ? connector : "");
}

/* Answers that were there before the form was: stored ones quietly, given ones with what is wrong with them. */
static void
pour(struct wizard *w, const char *from, bool is_given)
{
  const cJSON *pool = json_object(w->s, from), *item;

  cJSON_ArrayForEach(item, pool)
  {
    const tenon_field *field = form_field(w->shape, item->string);
    if (!cJSON_IsString(item))
      continue;
    if (field && field->type != TENON_SECRET)
      (void)take_answer(w, field, item->valuestring);
    else if (is_given)
      push_text(w, need_array(w, w->s, field ? "misplaced" : "unknown"), item->string);
  }
}

/* Keeps of the answers and secrets under the former connector what the new form has too. */
static void
carry_over(struct wizard *w)
{
  CLEANUP_JSON cJSON *old = cJSON_DetachItemFromObjectCaseSensitive(w->s, "answers");
  cJSON *secrets = need_object(w, w->s, "secrets");
  const cJSON *item;

  drop(w->s, "problems");
  drop(w->s, "marks");
  drop(w->s, "offers");
  cJSON_ArrayForEach(item, old)
  {
    const tenon_field *field = connector_field(w->shape, item->string);
    if (field && field->type != TENON_SECRET)
      (void)take_answer(w, field, item->valuestring);
  }
  for (cJSON *secret = secrets ? secrets->child : NULL, *next; secret; secret = next) {
    next = secret->next;
    const tenon_field *field = connector_field(w->shape, secret->string);
    bool is_reply = strchr(secret->string, '.') != NULL;
    if (!is_reply && (!field || field->type != TENON_SECRET)) {
      const char *how = cJSON_GetStringValue(secret);
      if (how && strcmp(how, "new") == 0)
        push_text(w, need_array(w, w->s, "unknown"), secret->string);
      cJSON_Delete(cJSON_DetachItemViaPointer(secrets, secret));
    }
  }
}

static void
probes_of_family(struct wizard *w)
{
  const cJSON *entry;

  drop(w->s, "probes");
  cJSON *probes = need_array(w, w->s, "probes");
  cJSON_ArrayForEach(entry, json_array(w->s, "catalog"))
  {
    const char *kind = json_text(entry, "kind"), *family = json_text(entry, "family");
    if (kind && strcmp(kind, "probe") == 0 && family && !json_text(entry, "refused") &&
        same_text(family, w->shape->d.family) && json_text(entry, "id"))
      push_text(w, probes, json_text(entry, "id"));
  }
}

static void
on_described(struct wizard *w, const cJSON *event)
{
  const char *hook = busy_hook(w);
  const cJSON *shape = json_object(event, "connector");

  if (!hook || strcmp(hook, "describe") != 0)
    return;
  busy_end(w);
  struct connector *read = shape ? shape_read_connector(shape) : NULL;
  if (!read) {
    fail_start(w, "What the connector says of itself cannot be read.",
               "See what is wrong with it: tenon plugin info FILE");
    return;
  }
  connector_destroy(read);
  state_changed(w);
  put_copy(w, w->s, "shape", shape);
  put_copy(w, w->s, "connector", cJSON_GetObjectItemCaseSensitive(shape, "id"));
  drop(w->s, "wanted");
  drop(w->s, "unknown");
  drop(w->s, "misplaced");
  state_shape(w);
  if (!w->shape)
    return;
  carry_over(w);
  pour(w, "stored", false);
  pour(w, "given", true);
  drop(w->s, "stored");
  drop(w->s, "given");
  probes_of_family(w);
  go_first_page(w);
}

/* ---- moving by events ------------------------------------------------------------------------------------------------- */

/* No session opens without the required answers, whichever page asks for them. */
static bool
can_open(struct wizard *w)
{
  for (size_t i = 0; i < w->shape->n_fields; i++) {
    const tenon_field *field = w->shape->d.fields[i];
    if (!(field->flags & TENON_REQUIRED) || !form_applies(&w->form, field))
      continue;
    const char *value = form_value(&w->form, field);
    if (!value || (field->type != TENON_SECRET && !*value))
      return false;
  }
  return true;
}

static bool
needs_suggest(struct wizard *w)
{
  const char *id = form_page(w->shape, page_now(w))->id;
  return (w->shape->hooks & HOOK_SUGGEST) && !has_word(json_array(w->s, "suggested"), id) &&
         can_open(w);
}

static void
next_page(struct wizard *w)
{
  if (!check_page(w, page_now(w)))
    return;
  if (!needs_suggest(w)) {
    go_forward(w);
    return;
  }
  const char *id = form_page(w->shape, page_now(w))->id;
  push_text(w, need_array(w, w->s, "suggested"), id);
  put_text(w, run(w, "suggest"), "page", id);
}

static void
on_next(struct wizard *w, const cJSON *event)
{
  (void)event;
  if (is_at(w, AT_PAGE))
    next_page(w);
  else if (is_at(w, AT_CONFIGURATION))
    go_verification(w);
  else if (is_at(w, AT_CHOOSE))
    choose(w, json_text(w->s, "connector"));
  else if (json_object(w->s, "report"))
    say(w, "Finish, or verify again.");
  else
    say(w, "Verify first.");
}

static void
back_from_page(struct wizard *w)
{
  size_t before = page_before(w, page_now(w));

  if (before != SIZE_MAX)
    go_page(w, before);
  else if (!json_bool(w->s, "fixed"))
    go(w, AT_CHOOSE);
  else
    say(w, "This is the first page.");
}

static void
on_back(struct wizard *w, const cJSON *event)
{
  (void)event;
  if (is_at(w, AT_PAGE)) {
    back_from_page(w);
  } else if (is_at(w, AT_VERIFICATION) && (w->shape->hooks & HOOK_CONFIGURE)) {
    go(w, AT_CONFIGURATION);
  } else if (is_at(w, AT_CONFIGURATION) && json_object(w->s, "results")) {
    go(w, AT_CONFIGURATION);
  } else if (!is_at(w, AT_CHOOSE)) {
    size_t last = page_before(w, form_pages(w->shape));
    if (last != SIZE_MAX)
      go_page(w, last);
    else
      back_from_page(w);
  } else {
    say(w, "This is the first page.");
  }
}

static void
on_goto(struct wizard *w, const cJSON *event)
{
  const char *id = json_text(event, "page");

  if (id && form_page_find(w->shape, id) < form_pages(w->shape)) {
    go_page(w, form_page_find(w->shape, id));
    return;
  }
  if (id && strcmp(id, AT_VERIFICATION) == 0) {
    go_verification(w);
    return;
  }
  if (id) {
    say(w, "There is no page \"%.64s\".", id);
    return;
  }
  const tenon_field *field = field_of(w, event);
  if (field) {
    go_page(w, form_page_of(w->shape, field));
    put_text(w, w->s, "focus", field->key);
  }
}

const struct event_row form_events[] = {
    {"start", on_start, false, false},        {"choose", on_choose, false, false},
    {"described", on_described, true, false}, {"answer", on_answer, false, true},
    {"secret", on_secret, false, true},       {"unset", on_unset, false, true},
    {"next", on_next, false, true},           {"back", on_back, false, false},
    {"goto", on_goto, false, true},           {NULL, NULL, false, false}};
