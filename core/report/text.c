// SPDX-License-Identifier: Apache-2.0
/* For people: a line a check with its mark, and under what failed the reason, what else it could be, what proves it and
 * what mends it. A check of a subject is one line, its remedy stands once a verdict until it changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/model/names.h"
#include "core/report/flow.h"
#include "core/report/internal.h"

#define TITLE_COLUMNS   18u
#define SUBJECT_COLUMNS 36u
#define VERDICT_COLUMNS 12u
#define DETAIL_INDENT   6u
#define LABEL_COLUMNS   15u

struct mark {
  const char *sign, *ascii;
  enum colour colour;
};

static struct mark
mark_of(uint32_t state)
{
  switch (state) {
  case TENON_PASS: return (struct mark){"✓", "ok", COLOUR_GREEN};
  case TENON_WARN: return (struct mark){"!", "! ", COLOUR_YELLOW};
  case TENON_SKIP: return (struct mark){"–", "- ", COLOUR_DIM};
  default: return (struct mark){"✗", "X ", COLOUR_RED};
  }
}

static size_t
put_mark(struct report *r, struct buf *b, uint32_t state)
{
  struct mark m = mark_of(state);

  (void)buf_puts(b, "  ");
  colour_on(b, &r->style, m.colour);
  (void)buf_puts(b, r->style.utf8 ? m.sign : m.ascii);
  colour_off(b, &r->style, m.colour);
  (void)buf_putc(b, ' ');
  return r->style.utf8 ? 4 : 5;
}

/* The text in a column of at least `columns`, and a blank or two behind it. */
static size_t
put_column(struct buf *b, const char *text, size_t columns)
{
  size_t n = text_columns(text);

  (void)text_put_safe(b, text);
  size_t fill = n < columns ? columns - n : 2;
  blanks_put(b, fill);
  return n + fill;
}

/* ---- under a check -------------------------------------------------------------------------------------------------- */

static void
put_label(struct report *r, struct buf *b, const char *label)
{
  enum colour c = *label ? COLOUR_DIM : COLOUR_NONE;

  blanks_put(b, DETAIL_INDENT);
  colour_on(b, &r->style, c);
  (void)buf_puts(b, label);
  colour_off(b, &r->style, c);
  blanks_put(b, LABEL_COLUMNS - strlen(label));
}

static void
put_labelled(struct report *r, struct buf *b, const char *label, const char *text)
{
  if (!text || !*text)
    return;
  put_label(r, b, label);
  (void)flow_put(b, &r->style, DETAIL_INDENT + LABEL_COLUMNS, DETAIL_INDENT + LABEL_COLUMNS, text);
  (void)buf_putc(b, '\n');
}

/* A command is copied as it is: it is not wrapped. */
static void
put_command(struct report *r, struct buf *b, const char *label, const char *text)
{
  while (text && *text) {
    size_t n = strcspn(text, "\n");
    CLEANUP_FREE char *line = strndup(text, n);
    put_label(r, b, label);
    (void)text_put_safe(b, line ? line : "");
    (void)buf_putc(b, '\n');
    label = "";
    text += n + (text[n] == '\n');
  }
}

static void
put_also(struct report *r, struct buf *b, const tenon_check *c)
{
  const char *label = "could also be";

  for (size_t i = 0; i < c->n_data; i++)
    if (strncmp(c->data[i].key, "also.", 5) == 0) {
      put_labelled(r, b, label, c->data[i].value.ptr);
      label = "";
    }
}

static void
put_reasons(struct report *r, struct buf *b, const tenon_check *c)
{
  put_labelled(r, b, "offered", check_data(c, "offered"));
  put_labelled(r, b, "tried", check_data(c, "tried"));
  put_labelled(r, b, "came back", check_data(c, "got"));
  put_labelled(r, b, "answered by", check_data(c, "answered_by"));
  put_labelled(r, b, "most likely", check_data(c, "likely"));
  put_also(r, b, c);
  put_command(r, b, "this proves it", check_data(c, "prove"));
}

static void
put_remedy(struct report *r, struct buf *b, const tenon_check *c)
{
  const char *mend = check_data(c, "mend");

  put_labelled(r, b, "what to do", c->remedy);
  if (mend && (!c->remedy || !strstr(c->remedy, mend)))
    put_command(r, b, "this mends it", mend);
  put_labelled(r, b, "answer to fix", c->field);
  if (c->state == TENON_FAIL && c->retry_ns > 0) {
    char text[64];
    (void)snprintf(text, sizeof text, "in %lld s",
                   (long long)((c->retry_ns + NS_PER_S - 1) / NS_PER_S));
    put_labelled(r, b, "try again", text);
  }
  put_labelled(r, b, "more", c->link);
}

/* ---- the line of a check -------------------------------------------------------------------------------------------- */

static void
put_tail(struct report *r, struct buf *b, const tenon_check *c, size_t column)
{
  char tail[160];
  int n = c->elapsed_ns > 0 ? snprintf(tail, sizeof tail, "[%.100s, %.1f s]", c->id,
                                       (double)c->elapsed_ns / (double)NS_PER_S)
                            : snprintf(tail, sizeof tail, "[%.100s]", c->id);

  if (column + 1 + (size_t)n > r->style.width) {
    (void)buf_putc(b, '\n');
    blanks_put(b, TITLE_COLUMNS + 4);
  } else if (column > TITLE_COLUMNS + 4) {
    (void)buf_putc(b, ' ');
  }
  colour_on(b, &r->style, COLOUR_DIM);
  (void)text_put_safe(b, tail);
  colour_off(b, &r->style, COLOUR_DIM);
}

static const char *
detail_of(const tenon_check *c, char text[static 160])
{
  if (c->detail || c->state != TENON_SKIP)
    return c->detail ? c->detail : "";
  (void)snprintf(text, 160, "not run%s%.100s", c->because ? ", because of " : "",
                 c->because ? c->because : "");
  return text;
}

static void
put_check(struct report *r, struct buf *b, const tenon_check *c)
{
  char text[160];
  bool calm = c->state == TENON_PASS || c->state == TENON_SKIP;
  size_t column = put_mark(r, b, c->state);
  size_t indent = column + TITLE_COLUMNS;

  column += put_column(b, c->title, TITLE_COLUMNS);
  column = flow_put(b, &r->style, column, indent, detail_of(c, text));
  if (!calm)
    put_tail(r, b, c, column);
  while (b->len && b->ptr[b->len - 1] == ' ')
    b->ptr[--b->len] = '\0';
  (void)buf_putc(b, '\n');
  if (calm)
    return;
  put_reasons(r, b, c);
  put_remedy(r, b, c);
}

/* ---- subjects ------------------------------------------------------------------------------------------------------- */

/* FNV-1a of the remedy as if it named no subject: two that differ by that alone are one. */
static uint64_t
hash_of(const char *text, const char *subject)
{
  uint64_t h = UINT64_C(14695981039346656037);
  size_t n = strlen(subject);

  while (*text) {
    bool names_it = n && strncmp(text, subject, n) == 0;
    h = (h ^ (names_it ? 0u : (unsigned char)*text)) * UINT64_C(1099511628211);
    text += names_it ? n : 1;
  }
  return h;
}

static void
put_subject(struct report *r, struct buf *b, const tenon_check *c)
{
  const char *verdict = report_check_verdict(c);
  struct verdict_count *count = report_count_of(r, verdict);
  size_t column = put_mark(r, b, c->state);
  size_t indent = column + SUBJECT_COLUMNS + VERDICT_COLUMNS;

  column += put_column(b, c->subject, SUBJECT_COLUMNS);
  column += put_column(b, verdict, VERDICT_COLUMNS);
  (void)flow_put(b, &r->style, column, indent, c->detail ? c->detail : "");
  while (b->len && b->ptr[b->len - 1] == ' ')
    b->ptr[--b->len] = '\0';
  (void)buf_putc(b, '\n');
  if (c->state == TENON_PASS || !c->remedy || count->remedy == hash_of(c->remedy, c->subject))
    return;
  count->remedy = hash_of(c->remedy, c->subject);
  put_reasons(r, b, c);
  put_remedy(r, b, c);
}

/* ---- the report ----------------------------------------------------------------------------------------------------- */

static void
text_begin(struct report *r, struct buf *b, const struct report_head *head)
{
  if (!head->connection)
    return;
  colour_on(b, &r->style, COLOUR_BOLD);
  (void)text_put_safe(b, head->connection);
  colour_off(b, &r->style, COLOUR_BOLD);
  if (head->title) {
    (void)buf_puts(b, "   ");
    (void)text_put_safe(b, head->title);
  }
  if (head->connector) {
    (void)buf_puts(b, "   ");
    (void)text_put_safe(b, head->connector);
    (void)buf_putc(b, ' ');
    (void)text_put_safe(b, head->version ? head->version : "");
  }
  (void)buf_putc(b, '\n');
}

static void
text_check(struct report *r, struct buf *b, const tenon_check *c)
{
  if (c->subject)
    put_subject(r, b, c);
  else
    put_check(r, b, c);
}

static void
text_offer(struct report *r, struct buf *b, const tenon_offer *o)
{
  (void)r;
  (void)put_column(b, o->value, SUBJECT_COLUMNS);
  if (o->label)
    (void)put_column(b, o->label, SUBJECT_COLUMNS - 6);
  if (o->detail)
    (void)text_put_safe(b, o->detail);
  while (b->len && b->ptr[b->len - 1] == ' ')
    b->ptr[--b->len] = '\0';
  (void)buf_putc(b, '\n');
}

static void
put_count(struct buf *b, const char **separator, uint64_t n, const char *word)
{
  if (n == 0)
    return;
  (void)buf_printf(b, "%s%llu ", *separator, (unsigned long long)n);
  (void)text_put_safe(b, word);
  *separator = ", ";
}

static void
text_end(struct report *r, struct buf *b, bool passed, tenon_status cause)
{
  const struct tally *t = &r->tally;
  enum colour c = passed ? (t->warn || t->fail ? COLOUR_YELLOW : COLOUR_GREEN) : COLOUR_RED;
  const char *separator = ": ";

  if (r->offers && passed)
    return; /* a list of values is an answer by itself */
  colour_on(b, &r->style, c);
  if (passed)
    (void)buf_puts(b, "Passed");
  else
    (void)buf_printf(b, "Failed (%s)", cause_name(cause));
  colour_off(b, &r->style, c);
  if (r->subjects) {
    for (size_t i = 0; i < r->n_verdicts; i++)
      put_count(b, &separator, r->verdicts[i].count, r->verdicts[i].name);
  } else {
    put_count(b, &separator, t->fail, "failed");
    put_count(b, &separator, t->warn, t->warn == 1 ? "warning" : "warnings");
    put_count(b, &separator, t->pass, "passed");
    put_count(b, &separator, t->skip, "not run");
  }
  (void)buf_puts(b, ".\n");
}

const struct rendering rendering_text = {text_begin, text_check, text_offer, text_end};
