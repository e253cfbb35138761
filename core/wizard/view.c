// SPDX-License-Identifier: Apache-2.0
/* What is to be seen, from the session alone. A view is complete: a face that missed the one before lacks nothing. */
#include "core/wizard/view.h"

#include <string.h>

#include "core/json/shapes.h"

#define TITLE_CHOOSE        "Target server"
#define TITLE_CONFIGURATION "Configuration"
#define TITLE_VERIFICATION  "Verification"
#define TITLE_FINISH        "Finish"

void
view_can(struct wizard *w, cJSON *view, const char *event)
{
  cJSON *can = need_array(w, view, "can");

  if (!has_word(can, event))
    push_text(w, can, event);
}

void
view_browsed(struct wizard *w, cJSON *object, const char *key)
{
  const cJSON *browsed = json_object(w->s, "browsed");
  const char *mine = json_text(browsed, "key");

  if (mine && (!key || strcmp(mine, key) == 0))
    put_copy(w, object, "browsed", browsed);
}

/* ---- the line of steps ----------------------------------------------------------------------------------------------- */

static void
add_step(struct wizard *w, cJSON *steps, const char *id, const char *title, bool is_now)
{
  cJSON *step = push_object(w, steps);

  if (!step)
    return;
  put_text(w, step, "id", id);
  put_text(w, step, "title", title);
  put_bool(w, step, "now", is_now);
}

static void
add_steps(struct wizard *w, cJSON *view)
{
  cJSON *steps = need_array(w, view, "steps");
  size_t now = page_now(w);

  if (!json_bool(w->s, "fixed"))
    add_step(w, steps, AT_CHOOSE, TITLE_CHOOSE, is_at(w, AT_CHOOSE));
  if (!w->shape)
    return;
  for (size_t i = 0; i < form_pages(w->shape); i++)
    if (form_page_shown(&w->form, i))
      add_step(w, steps, form_page(w->shape, i)->id, form_page(w->shape, i)->title,
               is_at(w, AT_PAGE) && i == now);
  if (w->shape->hooks & HOOK_CONFIGURE)
    add_step(w, steps, AT_CONFIGURATION, TITLE_CONFIGURATION, is_at(w, AT_CONFIGURATION));
  add_step(w, steps, AT_VERIFICATION, TITLE_VERIFICATION, is_at(w, AT_VERIFICATION));
  add_step(w, steps, "finish", TITLE_FINISH, is_at(w, AT_DONE));
}

static const char *
title_now(struct wizard *w)
{
  if (is_at(w, AT_PAGE) && w->shape)
    return form_page(w->shape, page_now(w))->title;
  if (is_at(w, AT_CONFIGURATION))
    return TITLE_CONFIGURATION;
  if (is_at(w, AT_VERIFICATION))
    return TITLE_VERIFICATION;
  return is_at(w, AT_DONE) ? TITLE_FINISH : TITLE_CHOOSE;
}

/* ---- Target server ----------------------------------------------------------------------------------------------------- */

/* NULL: it is not installed, or cannot be used. */
static const char *
name_of(const struct wizard *w, const char *id)
{
  const cJSON *entry = id ? find_by(json_array(w->s, "catalog"), "id", id) : NULL;
  return json_text(entry, "refused") ? NULL : json_text(entry, "name");
}

static bool
has_role(const cJSON *entry, const char *role)
{
  const cJSON *roles = json_array(entry, "roles");
  return !role || !roles || has_word(roles, role);
}

static bool
is_choice(const struct wizard *w, const cJSON *entry)
{
  const char *kind = json_text(entry, "kind");
  return !(kind && strcmp(kind, "probe") == 0) && has_role(entry, json_text(w->s, "role"));
}

/* The names of those that retire in favour of this one: it is what to take instead. */
static void
put_replaced(struct wizard *w, cJSON *shown)
{
  const char *id = json_text(shown, "id");
  const cJSON *entry;

  cJSON_ArrayForEach(entry, json_array(w->s, "catalog"))
  {
    const char *successor = json_text(entry, "successor");
    if (id && successor && strcmp(successor, id) == 0 && is_choice(w, entry) &&
        json_text(entry, "name") && !json_text(entry, "refused") && !json_text(shown, "refused"))
      push_text(w, need_array(w, shown, "replaces"), json_text(entry, "name"));
  }
}

/* The first that does not retire; where all do, the first. */
static const char *
usual_of(const cJSON *connectors)
{
  const char *first = NULL;
  const cJSON *entry;

  cJSON_ArrayForEach(entry, connectors)
  {
    const char *id = json_text(entry, "refused") ? NULL : json_text(entry, "id");
    if (id && !json_text(entry, "retires"))
      return id;
    first = first ? first : id;
  }
  return first;
}

/* What there is to choose; what cannot be used last is said too, so that nobody wonders where it went. */
static void
view_choose(struct wizard *w, cJSON *view)
{
  const cJSON *entry;
  cJSON *connectors = need_array(w, view, "connectors");

  cJSON_ArrayForEach(entry, json_array(w->s, "catalog"))
  {
    if (!is_choice(w, entry))
      continue;
    push_copy(w, connectors, entry);
    if (!connectors->child)
      continue;
    cJSON *shown = connectors->child->prev;
    put_text(w, shown, "successor_name", name_of(w, json_text(entry, "successor")));
    put_replaced(w, shown);
  }
  put_text(w, view, "connector", json_text(w->s, "connector"));
  put_text(w, view, "usual", usual_of(connectors));
  view_can(w, view, "choose");
  if (w->shape)
    view_can(w, view, "next");
}

/* ---- a page ---------------------------------------------------------------------------------------------------------------- */

static cJSON *
field_shape(struct wizard *w, const tenon_field *field)
{
  const cJSON *fields = json_array(json_object(w->s, "shape"), "fields");
  cJSON *copy = cJSON_Duplicate(find_by(fields, "key", field->key), true);

  if (!copy)
    w->nomem = true;
  return copy;
}

static void
put_field(struct wizard *w, cJSON *fields, const tenon_field *field)
{
  cJSON *shown = field_shape(w, field);
  const cJSON *problem = json_object(json_object(w->s, "problems"), field->key);

  if (!shown || !cJSON_AddItemToArray(fields, shown)) {
    cJSON_Delete(shown);
    w->nomem = true;
    return;
  }
  if (field->type == TENON_SECRET) {
    const char *how = json_text(json_object(w->s, "secrets"), field->key);
    put_text(w, shown, "secret", how ? (strcmp(how, "stored") == 0 ? "stored" : "set") : "unset");
  } else {
    put_text(w, shown, "value", state_answer(w, field->key));
  }
  put_text(w, shown, "problem", json_text(problem, "why"));
  put_text(w, shown, "typed", json_text(problem, "typed"));
  put_text(w, shown, "mark", json_text(json_object(w->s, "marks"), field->key));
  put_copy(w, shown, "offers", json_array(json_object(w->s, "offers"), field->key));
  view_browsed(w, shown, field->key);
  if (field->browse && (w->shape->hooks & HOOK_BROWSE))
    put_bool(w, shown, "can_browse", true);
}

static void
put_retirement(struct wizard *w, cJSON *view)
{
  const char *successor = w->shape->d.successor;

  if (!w->shape->d.retires)
    return;
  put_text(w, view, "retires", w->shape->d.retires);
  put_text(w, view, "successor", successor);
  put_text(w, view, "successor_name", name_of(w, successor));
}

static void
view_form(struct wizard *w, cJSON *view)
{
  size_t page = page_now(w);
  const tenon_page *p = form_page(w->shape, page);
  cJSON *shown = need_object(w, view, "page"), *fields = need_array(w, view, "fields");

  put_text(w, shown, "id", p->id);
  put_text(w, shown, "title", p->title);
  put_text(w, shown, "help", p->help);
  put_text(w, shown, "link", p->link);
  put_retirement(w, view);
  put_text(w, view, "focus", json_text(w->s, "focus"));
  for (size_t i = 0; i < w->shape->n_fields; i++) {
    const tenon_field *field = w->shape->d.fields[i];
    if (form_page_of(w->shape, field) == page && form_applies(&w->form, field))
      put_field(w, fields, field);
  }
  put_copy(w, view, "notes", json_array(w->s, "notes"));
  static const char *const can[] = {"answer", "secret", "unset", "next", "goto"};
  for (size_t i = 0; i < sizeof can / sizeof *can; i++)
    view_can(w, view, can[i]);
  if (page_before(w, page) != SIZE_MAX || !json_bool(w->s, "fixed"))
    view_can(w, view, "back");
  if (w->shape->hooks & HOOK_BROWSE)
    view_can(w, view, "browse");
}

/* ---- the ends -------------------------------------------------------------------------------------------------------------- */

static void
view_done(struct wizard *w, cJSON *view)
{
  const cJSON *saved = json_object(w->s, "saved"), *member;

  put_text(w, view, "outcome", json_text(w->s, "outcome"));
  cJSON_ArrayForEach(member, saved)
  {
    put_copy(w, view, member->string, member);
  }
  if (saved)
    put_text(w, view, "role", json_text(w->s, "role"));
}

static void
view_error(struct wizard *w, cJSON *view)
{
  const cJSON *error = json_object(w->s, "error");

  put_text(w, view, "detail", json_text(error, "detail"));
  put_text(w, view, "remedy", json_text(error, "remedy"));
}

/* ---- which ---------------------------------------------------------------------------------------------------- */

struct view_row {
  const char *name;
  void (*fill)(struct wizard *w, cJSON *view);
};

static struct view_row
which(struct wizard *w)
{
  if (is_at(w, AT_DONE))
    return (struct view_row){"done", view_done};
  if (is_at(w, AT_ERROR))
    return (struct view_row){"error", view_error};
  if (busy_hook(w) && json_array(w->s, "asks"))
    return (struct view_row){"ask", view_ask};
  if (busy_hook(w))
    return (struct view_row){"busy", view_busy};
  if (!w->shape || is_at(w, AT_CHOOSE))
    return (struct view_row){"choose", view_choose};
  if (is_at(w, AT_VERIFICATION))
    return (struct view_row){"verification", view_verification};
  if (is_at(w, AT_CONFIGURATION) && json_object(w->s, "results"))
    return (struct view_row){"report", view_results};
  if (is_at(w, AT_CONFIGURATION))
    return (struct view_row){"plan", view_plan};
  return (struct view_row){"form", view_form};
}

static void
put_common(struct wizard *w, cJSON *view)
{
  static const char *const texts[] = {"mode", "name", "problem"};
  static const char *const lists[] = {"unknown", "misplaced", "unanswered"};

  put_text(w, view, "title", title_now(w));
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    put_text(w, view, texts[i], json_text(w->s, texts[i]));
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    put_copy(w, view, lists[i], json_array(w->s, lists[i]));
  put_bool(w, view, "interrupted", json_bool(w->s, "interrupted"));
  if (w->shape)
    put_text(w, view, "connector_name", w->shape->d.name);
  add_steps(w, view);
}

cJSON *
wizard_view(const cJSON *session)
{
  CLEANUP_JSON cJSON *view = cJSON_CreateObject();
  struct wizard w;

  if (!view)
    return NULL;
  state_init(&w, (cJSON *)(uintptr_t)session, NULL); /* read only: views write into `view` */
  struct view_row row = which(&w);
  put_text(&w, view, "view", row.name);
  put_common(&w, view);
  row.fill(&w, view);
  if (!is_at(&w, AT_DONE) && !is_at(&w, AT_ERROR))
    view_can(&w, view, "quit");
  state_finish(&w);
  return w.nomem ? NULL : TAKE_PTR(view);
}
