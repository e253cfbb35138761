// SPDX-License-Identifier: Apache-2.0
/* Steps on a terminal: the state in front, and below what is still to be done who may do it, how, and what takes it
 * back. A line that is a URL and nothing else is one to open, not one to run. */
#include "core/report/plan.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/model/names.h"
#include "core/report/flow.h"
#include "core/report/plan_lines.h"

#define STATE_COLUMNS 11u /* "  missing  " */
#define BODY_INDENT   13u

bool
plan_is_open(const tenon_step *step)
{
  return step->state != TENON_STEP_DONE && !(step->flags & TENON_STEP_OPTIONAL);
}

bool
plan_is_offered(const tenon_step *step)
{
  return step->state != TENON_STEP_DONE && (step->flags & TENON_STEP_OPTIONAL);
}

static void
put_label(struct buf *b, const struct report_style *s, const char *label)
{
  blanks_put(b, STATE_COLUMNS);
  colour_on(b, s, COLOUR_DIM);
  (void)buf_puts(b, label);
  colour_off(b, s, COLOUR_DIM);
}

/* Runs of commands and runs of URLs, each under its own label. */
static void
put_body(struct buf *b, const struct report_style *s, const char *label, const char *text)
{
  struct plan_line line;
  bool is_first = true, was_url = false;

  while (plan_line_next(&text, &line)) {
    if (is_first || line.is_url != was_url) {
      put_label(b, s, line.is_url ? "open" : label);
      (void)buf_putc(b, '\n');
    }
    is_first = false;
    was_url = line.is_url;
    blanks_put(b, BODY_INDENT);
    plan_line_put(b, &line);
    (void)buf_putc(b, '\n');
  }
}

void
plan_put_step(struct buf *b, const struct report_style *s, const tenon_step *step, bool can_run)
{
  const char *state = step_state_name(step->state);
  bool is_offered = plan_is_offered(step), is_open = is_offered || plan_is_open(step);
  enum colour colour = !is_open                            ? COLOUR_GREEN
                       : step->state == TENON_STEP_MISSING ? COLOUR_YELLOW
                                                           : COLOUR_NONE;

  blanks_put(b, 2);
  colour_on(b, s, colour);
  (void)buf_puts(b, state);
  colour_off(b, s, colour);
  blanks_put(b, STATE_COLUMNS - 2 - strlen(state));
  (void)flow_put(b, s, STATE_COLUMNS, STATE_COLUMNS, step->title);
  (void)buf_putc(b, '\n');
  if (!is_open)
    return;
  if (is_offered) {
    put_label(b, s, "optional: the connection works without it");
    (void)buf_putc(b, '\n');
  }
  if (step->needs && *step->needs) {
    put_label(b, s, "who may: ");
    (void)flow_put(b, s, STATE_COLUMNS + strlen("who may: "), STATE_COLUMNS, step->needs);
    (void)buf_putc(b, '\n');
  }
  put_body(b, s, can_run ? "would run" : "run by hand", step->body ? step->body : "");
  put_body(b, s, "taken back by", step->undo ? step->undo : "");
}

void
plan_put_undo(struct buf *b, const struct report_style *s, const tenon_step *step)
{
  blanks_put(b, 2);
  (void)flow_put(b, s, 2, 2, step->title);
  (void)buf_putc(b, '\n');
  put_body(b, s, "taken back by", step->undo ? step->undo : "");
}

/* What is not needed is counted by that, whatever its state. */
static const char *
word_of(const tenon_step *step)
{
  return plan_is_offered(step) ? "optional" : step_state_name(step->state);
}

void
plan_put_sum(struct buf *b, const tenon_step *const *steps, size_t n)
{
  static const char *const words[] = {"done", "missing", "unknown", "optional"};
  const char *joint = ": ";

  (void)buf_printf(b, "%zu step%s", n, n == 1 ? "" : "s");
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t count = 0;
    for (size_t j = 0; j < n; j++)
      count += strcmp(word_of(steps[j]), words[i]) == 0;
    if (count == 0)
      continue;
    (void)buf_printf(b, "%s%zu %s", joint, count, words[i]);
    joint = ", ";
  }
  (void)buf_putc(b, '\n');
}
