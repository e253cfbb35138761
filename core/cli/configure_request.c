// SPDX-License-Identifier: Apache-2.0
/* A request is read by somebody who has never seen the connection: it says which account and server are meant, and what
 * failed, but no more of the form than that. */
#include "core/cli/configure_request.h"

#include <string.h>

#define TITLES_MAX 64u

static bool
tells(const tenon_field *f)
{
  return f->type != TENON_SECRET && f->type != TENON_FILE && f->type != TENON_PATH &&
         !(f->flags & (TENON_ADVANCED | TENON_VOLATILE));
}

/* A choice by what it is called. */
static const char *
shown(const tenon_field *f, const char *value)
{
  for (const tenon_choice *c = f->choices; value && c && c->value; c++)
    if (strcmp(c->value, value) == 0 && c->label)
      return c->label;
  return value;
}

void
request_take_form(struct plan_request *r, struct arena *a, const tenon_connector *d,
                  const char *(*value)(void *user, const char *key), void *user)
{
  r->connector = arena_text(a, d->name);
  r->summary = arena_text(a, d->summary);
  for (size_t i = 0; d->fields && d->fields[i] && r->n_facts < PLAN_FACTS_MAX; i++) {
    const tenon_field *f = d->fields[i];
    const char *text = tells(f) ? value(user, f->key) : NULL;
    char *label = text && *text ? arena_text(a, f->label) : NULL,
         *copy = arena_text(a, shown(f, text));
    if (label && copy)
      r->facts[r->n_facts++] = (struct plan_fact){label, copy};
  }
}

/* ---- the last verification -------------------------------------------------------------------------------------- */

static bool
passed(const cJSON *check)
{
  const char *state = json_text(check, "state");
  return state && strcmp(state, "pass") == 0;
}

static bool
failed(const cJSON *check)
{
  const char *state = json_text(check, "state");
  return state && strcmp(state, "pass") != 0 && strcmp(state, "skip") != 0;
}

static const char *const *
titles(struct arena *a, const cJSON *checks, bool (*wanted)(const cJSON *))
{
  const char **list = arena_alloc(a, (TITLES_MAX + 1) * sizeof *list);
  const cJSON *check;
  size_t n = 0;

  cJSON_ArrayForEach(check, checks)
  {
    const char *title = json_text(check, "title");
    if (list && title && n < TITLES_MAX && wanted(check))
      list[n++] = arena_text(a, title);
  }
  return list;
}

void
request_take_checks(struct plan_request *r, struct arena *a, const cJSON *checks, const char *time)
{
  if (!checks)
    return;
  r->verified = arena_text(a, time);
  r->failed = titles(a, checks, failed);
  r->passed = titles(a, checks, passed);
}

/* Of the newest line that has checks; configure writes lines without. */
void
request_take_history(struct plan_request *r, struct arena *a, struct cli *cli, const char *name)
{
  CLEANUP_BUF struct buf text = BUF_INIT(2 * STORE_HISTORY_MAX), why = BUF_INIT(STORE_WHY_MAX);
  struct store *store = cli_store(cli);

  if (!store || store_history_read(store, name, &text, &why) < 0)
    return; /* a request without it is a request */
  for (const char *line = buf_text(&text); *line;) {
    const char *reason = NULL;
    size_t n = strcspn(line, "\n");
    CLEANUP_JSON cJSON *entry = json_parse(line, n, NULL, &reason);
    const cJSON *checks = json_array(entry, "checks");
    request_take_checks(r, a, checks, json_text(entry, "time"));
    line += n + (line[n] == '\n');
  }
}

void
request_take_now(struct plan_request *r, struct arena *a)
{
  char now[CLOCK_TEXT_SIZE];

  clock_text(now);
  r->program = "tenon " TENON_VERSION;
  r->date = arena_text(a, now);
}
