// SPDX-License-Identifier: Apache-2.0
/* What the person sees: talk goes to stderr, wrapped, with colour only where it is wanted. Every text of a plugin goes
 * through the safe writer. */
#include "core/cli/face_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/json/shapes.h"
#include "core/model/answer.h"
#include "core/report/plan.h"
#include "core/wizard/wizard.h"

static const char *
text_or(const cJSON *object, const char *key, const char *otherwise)
{
  const char *text = json_text(object, key);
  return text ? text : otherwise;
}

void
line_transient(struct line_face *f, const char *text)
{
  if (f->is_transient)
    (void)fputs("\r\033[K", f->cli->err);
  f->is_transient = text && f->cli->err_tty && f->cli->colour_err;
  if (f->is_transient) {
    CLEANUP_BUF struct buf line = BUF_INIT(4096);
    (void)text_put_safe(&line, text);
    (void)fprintf(f->cli->err, "  ... %.70s", buf_text(&line));
  }
  (void)fflush(f->cli->err);
}

static void
put_row(struct line_face *f, enum colour colour, const char *head, size_t column, const char *text)
{
  CLEANUP_BUF struct buf line = BUF_INIT(2 << 20);
  size_t now = 0;

  line_transient(f, NULL);
  colour_on(&line, &f->style, colour);
  if (head) {
    blanks_put(&line, 2);
    (void)text_put_safe(&line, head);
    now = 2 + text_columns(head);
  }
  if (head && now >= column)
    column = now + 1;
  blanks_put(&line, column - now);
  (void)flow_put(&line, &f->style, column, column, text);
  colour_off(&line, &f->style, colour);
  (void)fprintf(f->cli->err, "%s\n", buf_text(&line));
  (void)fflush(f->cli->err);
}

void
line_tell(struct line_face *f, enum colour colour, size_t indent, const char *fmt, ...)
{
  CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
  va_list ap;

  va_start(ap, fmt);
  (void)buf_vprintf(&text, fmt, ap);
  va_end(ap);
  put_row(f, colour, NULL, indent, buf_text(&text));
}

void
line_row(struct line_face *f, enum colour colour, const char *head, size_t columns, const char *fmt,
         ...)
{
  CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
  va_list ap;

  va_start(ap, fmt);
  (void)buf_vprintf(&text, fmt, ap);
  va_end(ap);
  put_row(f, colour, head, 2 + columns, buf_text(&text));
}

void
line_gap(struct line_face *f)
{
  line_transient(f, NULL);
  (void)fputc('\n', f->cli->err);
}

static void
put_heading(struct line_face *f, const char *number)
{
  CLEANUP_BUF struct buf line = BUF_INIT(4096);

  colour_on(&line, &f->style, COLOUR_BOLD);
  (void)buf_puts(&line, number);
  (void)text_put_safe(&line, text_or(f->view, "title", ""));
  colour_off(&line, &f->style, COLOUR_BOLD);
  (void)fprintf(f->cli->err, "%s\n", buf_text(&line));
}

/* "Step 2 of 5  Server connection", once for each place. */
void
line_heading(struct line_face *f)
{
  const cJSON *step, *steps = json_array(f->view, "steps");
  int n = 0, now = 0;
  char place[sizeof f->place];

  cJSON_ArrayForEach(step, steps)
  {
    n++;
    if (json_bool(step, "now"))
      now = n;
  }
  (void)snprintf(place, sizeof place, "%d %.100s", now, text_or(f->view, "title", ""));
  if (strcmp(place, f->place) == 0)
    return;
  memcpy(f->place, place, sizeof place);
  f->advanced = false;
  cJSON_Delete(f->asked);
  f->asked = cJSON_CreateArray();
  line_gap(f);
  if (line_is(f, "choose") && n == 1)
    (void)snprintf(place, sizeof place, "Step 1  ");
  else
    (void)snprintf(place, sizeof place, "Step %d of %d  ", now, n);
  put_heading(f, place);
}

/* ---- checks ------------------------------------------------------------------------------------------------------------- */

void
line_check(struct line_face *f, const cJSON *check, bool is_test)
{
  const char *state = text_or(check, "state", "fail"), *subject = json_text(check, "subject");
  bool is_good = strcmp(state, "pass") == 0 || strcmp(state, "warn") == 0;

  line_transient(f, NULL);
  if (is_test)
    line_row(f, is_good ? COLOUR_GREEN : COLOUR_RED,
             is_good ? WIZARD_SAYS_SUCCEEDED : WIZARD_SAYS_FAILED, 16, "%s",
             subject ? subject : "");
  wizard_say_check(f->run, check);
}

void
line_problem(struct line_face *f)
{
  const char *problem = json_text(f->view, "problem");

  if (problem)
    line_tell(f, COLOUR_YELLOW, 0, "! %s", problem);
  if (json_bool(f->view, "interrupted"))
    line_tell(f, COLOUR_YELLOW, 0, "! The last run was interrupted.");
}

/* Nothing has failed yet: the field can be filled in by hand, and the next line asks for it. So it is said in short;
 * the verification says all of it where the field stays empty. */
static void
show_note(struct line_face *f, const cJSON *note)
{
  if (strcmp(text_or(note, "state", "fail"), "fail") != 0) {
    wizard_say_check(f->run, note);
    return;
  }
  line_tell(f, COLOUR_YELLOW, 2, "! %s", text_or(note, "title", text_or(note, "id", "?")));
  if (json_text(note, "detail"))
    line_tell(f, COLOUR_NONE, 4, "%s", json_text(note, "detail"));
  if (json_text(note, "remedy"))
    line_tell(f, COLOUR_NONE, 4, "%s", json_text(note, "remedy"));
}

void
line_notes(struct line_face *f)
{
  const cJSON *note;

  cJSON_ArrayForEach(note, json_array(f->view, "notes"))
  {
    show_note(f, note);
  }
}

/* ---- lists --------------------------------------------------------------------------------------------------------------- */

/* The dates are compared as text: years come first. */
static bool
is_past(const char *date)
{
  char now[CLOCK_TEXT_SIZE];

  clock_text(now);
  return strncmp(date, now, strlen("2027-04-01")) <= 0;
}

static void
show_retirement(struct line_face *f, const cJSON *c)
{
  const char *retires = json_text(c, "retires"), *successor = json_text(c, "successor"),
             *name = json_text(c, "successor_name");

  if (!retires)
    return;
  CLEANUP_FREE char *then =
      name        ? text_printf("; take %s", name)
      : successor ? text_printf("; its successor, %s, is not installed here", successor)
                  : strdup("");
  line_tell(f, COLOUR_YELLOW, 30, "%s on %s%s", is_past(retires) ? "retired" : "retires", retires,
            then ? then : "");
}

static void
show_connector(struct line_face *f, const cJSON *c, int n)
{
  const cJSON *replaced;
  CLEANUP_FREE char *head = text_printf("%d  %s", n, text_or(c, "name", ""));

  line_row(f, COLOUR_NONE, head ? head : "", 28, "%s  (%s %s)", text_or(c, "summary", ""),
           text_or(c, "id", ""), text_or(c, "version", ""));
  show_retirement(f, c);
  cJSON_ArrayForEach(replaced, json_array(c, "replaces"))
      line_tell(f, COLOUR_GREEN, 30, "recommended in place of %s",
                cJSON_IsString(replaced) ? replaced->valuestring : "");
}

void
line_connectors(struct line_face *f)
{
  const cJSON *c;
  bool has_requirements = false;
  int n = 0;

  cJSON_ArrayForEach(c, json_array(f->view, "connectors"))
  {
    has_requirements = has_requirements || json_array(c, "requirements");
    if (json_text(c, "refused"))
      line_tell(f, COLOUR_DIM, 2, "-  %s cannot be used: %s",
                text_or(c, "name", text_or(c, "id", "?")), json_text(c, "refused"));
    else
      show_connector(f, c, ++n);
  }
  if (!n)
    line_tell(f, COLOUR_YELLOW, 2,
              "There is no connector here that can be used. See: tenon plugin list");
  else if (has_requirements)
    line_tell(f, COLOUR_DIM, 0, "(? and a number: what an account for it needs)");
}

void
line_requirements(struct line_face *f, const char *connector)
{
  const cJSON *c, *need;

  cJSON_ArrayForEach(c, json_array(f->view, "connectors"))
  {
    if (strcmp(text_or(c, "id", ""), connector) != 0)
      continue;
    if (!json_array(c, "requirements"))
      line_tell(f, COLOUR_NONE, 2, "%s does not say what an account needs.",
                text_or(c, "name", connector));
    cJSON_ArrayForEach(need, json_array(c, "requirements"))
    {
      CLEANUP_BUF struct buf words = BUF_INIT(LINE_TYPED_MAX);
      const char *when = json_text(need, "when"), *by = json_text(need, "needs");
      line_tell(f, COLOUR_BOLD, 2, "%s", text_or(need, "title", ""));
      if (when && when_put_words(&words, when))
        line_tell(f, COLOUR_NONE, 4, "only %s", buf_text(&words));
      if (json_text(need, "detail"))
        line_tell(f, COLOUR_NONE, 4, "%s", json_text(need, "detail"));
      if (by)
        line_tell(f, COLOUR_NONE, 4, "given by: %s", by);
    }
  }
}

int
line_offers(struct line_face *f, const cJSON *offers)
{
  const cJSON *offer;
  int n = 0, total = cJSON_GetArraySize(offers);

  cJSON_ArrayForEach(offer, offers)
  {
    if (++n <= f->list_at || n > f->list_at + LINE_LIST_ROWS)
      continue;
    const char *label = json_text(offer, "label"), *detail = json_text(offer, "detail");
    CLEANUP_FREE char *head = text_printf("%3d  %s", n, text_or(offer, "value", ""));
    line_row(f, COLOUR_NONE, head ? head : "", 40, "%s%s%s", label ? label : "",
             label && detail ? ", " : "", detail ? detail : "");
  }
  if (total > f->list_at + LINE_LIST_ROWS)
    line_tell(f, COLOUR_DIM, 2, "... %d more; type n for the next, or a part of the name",
              total - f->list_at - LINE_LIST_ROWS);
  return total;
}

const char *
line_pick(const cJSON *offers, const char *text)
{
  char *end = NULL;
  long n = strtol(text, &end, 10);
  const cJSON *offer;

  if (*text && !*end && n >= 1 && n <= cJSON_GetArraySize(offers))
    return json_text(cJSON_GetArrayItem(offers, (int)n - 1), "value");
  cJSON_ArrayForEach(offer, offers)
  {
    const char *value = json_text(offer, "value");
    if (value && strcmp(value, text) == 0)
      return value;
  }
  return NULL;
}

void
line_steps(struct line_face *f)
{
  CLEANUP_BUF struct buf b = BUF_INIT(PLAN_TEXT_MAX);
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  const cJSON *step, *steps = json_array(f->view, "plan");

  line_transient(f, NULL);
  if (steps && !cJSON_GetArraySize(steps))
    line_tell(f, COLOUR_NONE, 2, "There is nothing to configure.");
  cJSON_ArrayForEach(step, steps)
  {
    const tenon_step *read = shape_read_step(&a, step);
    if (read)
      plan_put_step(&b, &f->style, read, json_bool(step, "can_run"));
  }
  (void)fputs(buf_text(&b), f->cli->err);
  (void)fflush(f->cli->err);
}
