// SPDX-License-Identifier: Apache-2.0
/* The administrator who runs tenon is seldom the one who may change the server. This page is what the one sends to the
 * other: readable by itself, without tenon, in whatever shows Markdown (CommonMark with GitHub's task lists). */
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/report/flow.h"
#include "core/report/plan.h"
#include "core/report/plan_lines.h"

#define FENCE_MIN 3u

/* ---- escaping --------------------------------------------------------------------------------------------------- */

/* Prose: every ASCII punctuation may be escaped, so whatever could mean something is. */
static void
put_prose(struct buf *b, const char *text)
{
  CLEANUP_BUF struct buf safe = BUF_INIT(PLAN_TEXT_MAX);

  (void)text_put_safe(&safe, text ? text : "");
  for (const char *p = buf_text(&safe); *p; p++) {
    if (strchr("\\`*_{}[]<>#|&~$!", *p))
      (void)buf_putc(b, '\\');
    (void)buf_putc(b, *p);
  }
}

static size_t
longest_run(const char *text, char c)
{
  size_t longest = 0, now = 0;

  for (; *text; text++) {
    now = *text == c ? now + 1 : 0;
    longest = now > longest ? now : longest;
  }
  return longest;
}

static void
put_repeated(struct buf *b, char c, size_t n)
{
  while (n-- > 0)
    (void)buf_putc(b, c);
}

/* A value, between more backquotes than it has itself. */
static void
put_code(struct buf *b, const char *text)
{
  CLEANUP_BUF struct buf safe = BUF_INIT(PLAN_TEXT_MAX);
  size_t n = longest_run(text, '`');

  (void)text_put_safe(&safe, text);
  put_repeated(b, '`', n + 1);
  (void)buf_printf(b, "%s%s%s", n ? " " : "", buf_text(&safe), n ? " " : "");
  put_repeated(b, '`', n + 1);
}

/* ---- a step ----------------------------------------------------------------------------------------------------- */

/* Inside a list item: everything is indented by two. */
static void
put_fenced(struct buf *b, const char **text, size_t fence)
{
  struct plan_line line;
  const char *next = *text;

  (void)buf_puts(b, "\n  ");
  put_repeated(b, '`', fence);
  (void)buf_puts(b, "text\n");
  while (plan_line_next(&next, &line) && !line.is_url) {
    (void)buf_puts(b, "  ");
    plan_line_put(b, &line);
    (void)buf_putc(b, '\n');
    *text = next;
  }
  (void)buf_puts(b, "  ");
  put_repeated(b, '`', fence);
  (void)buf_putc(b, '\n');
}

static void
put_how(struct buf *b, const char *label, const char *text)
{
  size_t run = text ? longest_run(text, '`') : 0;
  struct plan_line line;
  bool is_first = true;

  while (text && *text) {
    const char *next = text;
    (void)plan_line_next(&next, &line);
    if (line.is_url) {
      (void)buf_puts(b, "\n  Open: <");
      plan_line_put(b, &line);
      (void)buf_puts(b, ">\n");
      text = next;
      continue;
    }
    if (is_first)
      (void)buf_printf(b, "\n  %s\n", label);
    is_first = false;
    put_fenced(b, &text, run < FENCE_MIN ? FENCE_MIN : run + 1);
  }
}

static void
put_step(struct buf *b, const tenon_step *step)
{
  (void)buf_printf(b, "\n- %s**", plan_is_open(step) ? "[ ] " : "");
  put_prose(b, step->title);
  (void)buf_puts(b, "**\n");
  if (step->state != TENON_STEP_MISSING)
    (void)buf_puts(b, "\n  Whether this is done already cannot be seen from here; look first.\n");
  if (step->needs && *step->needs) {
    (void)buf_puts(b, "\n  Who may do it: ");
    put_prose(b, step->needs);
    (void)buf_putc(b, '\n');
  }
  put_how(b, "Run:", step->body);
  put_how(b, "To take it back later:", step->undo);
}

/* ---- the page --------------------------------------------------------------------------------------------------- */

static void
put_titles(struct buf *b, const char *const *titles, const char *joint)
{
  for (size_t i = 0; titles[i]; i++) {
    (void)buf_puts(b, i ? joint : "");
    put_prose(b, titles[i]);
  }
}

static void
put_reason(struct buf *b, const struct plan_request *r)
{
  (void)buf_puts(
      b, "\n## What it is for\n\nThe connection below signs in with the account named in it. Its "
         "work needs what is asked for here, and whoever set it up may not do that.\n\n");
  (void)buf_puts(b, "- Connection: ");
  put_code(b, r->connection ? r->connection : "");
  (void)buf_putc(b, '\n');
  if (r->connector) {
    (void)buf_puts(b, "- To: ");
    put_prose(b, r->connector);
    (void)buf_puts(b, r->summary ? ", " : "");
    put_prose(b, r->summary);
    (void)buf_putc(b, '\n');
  }
  for (size_t i = 0; i < r->n_facts; i++) {
    (void)buf_puts(b, "- ");
    put_prose(b, r->facts[i].label);
    (void)buf_puts(b, ": ");
    put_code(b, r->facts[i].value);
    (void)buf_putc(b, '\n');
  }
  if (r->verified && r->failed && r->failed[0]) {
    (void)buf_printf(b, "- Did not pass when it was verified (%s): ", r->verified);
    put_titles(b, r->failed, "; ");
    (void)buf_putc(b, '\n');
  }
}

static bool
is_done(const tenon_step *step)
{
  return step->state == TENON_STEP_DONE;
}

static size_t
count_if(const struct plan_request *r, bool (*wanted)(const tenon_step *))
{
  size_t n = 0;

  for (size_t i = 0; i < r->n_steps; i++)
    n += wanted(r->steps[i]);
  return n;
}

static void
put_if(struct buf *b, const struct plan_request *r, bool (*wanted)(const tenon_step *))
{
  for (size_t i = 0; i < r->n_steps; i++)
    if (wanted(r->steps[i]))
      put_step(b, r->steps[i]);
}

static void
put_steps(struct buf *b, const struct plan_request *r)
{
  (void)buf_puts(b, "\n## What is asked\n");
  put_if(b, r, plan_is_open);
  if (count_if(r, plan_is_open) == 0)
    (void)buf_puts(b, "\nNothing: every step is done.\n");
  if (count_if(r, plan_is_offered) > 0) {
    (void)buf_puts(b, "\n## Only where it is wanted\n\nThe connection works without.\n");
    put_if(b, r, plan_is_offered);
  }
  if (count_if(r, is_done) == 0)
    return;
  (void)buf_puts(b, "\n## Done already\n\n");
  for (size_t i = 0; i < r->n_steps; i++)
    if (is_done(r->steps[i])) {
      (void)buf_puts(b, "- ");
      put_prose(b, r->steps[i]->title);
      (void)buf_putc(b, '\n');
    }
}

void
plan_put_request(struct buf *b, const struct plan_request *r)
{
  (void)buf_puts(b, "# Rights for the connection ");
  put_code(b, r->connection ? r->connection : "");
  (void)buf_puts(b, "\n\n");
  put_prose(b, r->program);
  (void)buf_printf(b, ", %s. This page holds no password and no other secret.\n",
                   r->date ? r->date : "");
  put_reason(b, r);
  put_steps(b, r);
  if (count_if(r, plan_is_open) == 0)
    return;
  (void)buf_puts(
      b,
      "\n## What to send back\n\nThis list with the boxes ticked, and the whole text of an error "
      "where there was one. Send nothing secret: no password, no key, no client secret.\n"
      "\n## What is verified then\n\nWhoever sent this page runs ");
  CLEANUP_FREE char *command =
      text_printf("tenon verify %s --wait 15m", r->connection ? r->connection : "NAME");
  put_code(b, command ? command : "tenon verify");
  (void)buf_puts(b, ". It changes nothing on the server, asks again while a right is on its way, ");
  if (r->passed && r->passed[0]) {
    (void)buf_puts(b, "and looks at what did not pass and once more at: ");
    put_titles(b, r->passed, "; ");
  } else {
    (void)buf_puts(b, "and says what is still missing");
  }
  (void)buf_puts(b, ".\n");
}
