// SPDX-License-Identifier: Apache-2.0
/* For people: a line a check with its mark, and under what failed the reason, what else it could be, what proves it and
 * what mends it. A title that is a name has its detail beside it, in one column; one that is a sentence has it below.
 * Commands stand alone in their lines and are never wrapped, so that they can be copied. A check of a subject is one
 * line; what explains it is written once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/model/names.h"
#include "core/report/flow.h"
#include "core/report/internal.h"

#define TITLE_COLUMNS   20u /* a longer title is a sentence */
#define SUBJECT_COLUMNS 36u
#define SUBJECT_NARROW  30u /* on a terminal of 80 columns */
#define VERDICT_COLUMNS 14u /* "out-of-scope" and two blanks */
#define COUNT_COLUMNS   7u
#define DETAIL_INDENT   6u
#define COMMAND_INDENT  8u
#define LABEL_COLUMNS   15u
#define ELAPSED_MIN_NS  (NS_PER_S / 20) /* what is quicker is not worth a number */

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
put_dim(struct report *r, struct buf *b, const char *text)
{
  colour_on(b, &r->style, COLOUR_DIM);
  (void)buf_puts(b, text);
  colour_off(b, &r->style, COLOUR_DIM);
}

static void
put_label(struct report *r, struct buf *b, const char *label)
{
  size_t n = strlen(label);

  blanks_put(b, DETAIL_INDENT);
  if (n)
    put_dim(r, b, label);
  blanks_put(b, LABEL_COLUMNS - n);
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

/* A command is copied as it is: nothing else stands in its line, and nothing breaks it. */
static void
put_command(struct report *r, struct buf *b, const char *label, const char *text)
{
  if (!text || !*text)
    return;
  blanks_put(b, DETAIL_INDENT);
  put_dim(r, b, label);
  (void)buf_putc(b, '\n');
  while (*text) {
    size_t n = strcspn(text, "\n");
    CLEANUP_FREE char *line = strndup(text, n);
    blanks_put(b, COMMAND_INDENT);
    (void)text_put_safe(b, line ? line : "");
    (void)buf_putc(b, '\n');
    text += n + (text[n] == '\n');
  }
}

/* What the detail has said already is not said again. */
static void
put_witness(struct report *r, struct buf *b, const tenon_check *c, const char *label,
            const char *key)
{
  const char *text = check_data(c, key);

  if (text && !(c->detail && strstr(c->detail, text)))
    put_labelled(r, b, label, text);
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
put_reasons(struct report *r, struct buf *b, const tenon_check *c, const char *shown)
{
  put_witness(r, b, c, "offered", "offered");
  put_witness(r, b, c, "tried", "tried");
  if (check_data(c, "got") != shown)
    put_witness(r, b, c, "came back", "got");
  put_witness(r, b, c, "answered by", "answered_by");
  put_labelled(r, b, "most likely", check_data(c, "likely"));
  put_also(r, b, c);
  put_command(r, b, "this proves it", check_data(c, "prove"));
}

/* By the name that the form has for it, and how a command line gives it. */
static void
put_field(struct report *r, struct buf *b, const tenon_check *c)
{
  const char *key = c->field, *answer = check_answer(c);
  const struct named_field *f = key ? report_field_of(r, key) : NULL;
  CLEANUP_BUF struct buf text = BUF_INIT(REPORT_PIECE_MAX);

  if (!key)
    return;
  if (f)
    (void)buf_printf(&text, "%s (%s %s=%s)", f->label, f->secret ? "--secret" : "--set", key,
                     f->secret ? "FILE"
                     : answer  ? answer
                               : "...");
  put_labelled(r, b, "field", f ? buf_text(&text) : key);
}

static void
put_remedy(struct report *r, struct buf *b, const tenon_check *c)
{
  const char *mend = check_data(c, "mend");

  put_labelled(r, b, "what to do", c->remedy);
  if (mend && (!c->remedy || !strstr(c->remedy, mend)))
    put_command(r, b, "this mends it", mend);
  put_field(r, b, c);
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
  int n = c->elapsed_ns >= ELAPSED_MIN_NS ? snprintf(tail, sizeof tail, "[%.100s, %.1f s]", c->id,
                                                     (double)c->elapsed_ns / (double)NS_PER_S)
                                          : snprintf(tail, sizeof tail, "[%.100s]", c->id);

  if (column + 1 + (size_t)n > r->style.width) {
    (void)buf_putc(b, '\n');
    blanks_put(b, DETAIL_INDENT);
  } else {
    (void)buf_putc(b, ' ');
  }
  colour_on(b, &r->style, COLOUR_DIM);
  (void)text_put_safe(b, tail);
  colour_off(b, &r->style, COLOUR_DIM);
}

static void
trim_line(struct buf *b)
{
  while (b->len && b->ptr[b->len - 1] == ' ')
    b->ptr[--b->len] = '\0';
}

static void
end_line(struct buf *b)
{
  trim_line(b);
  (void)buf_putc(b, '\n');
}

static const char *
detail_of(const tenon_check *c, char text[static 160])
{
  if (c->detail || c->state != TENON_SKIP)
    return c->detail ? c->detail : "";
  (void)snprintf(text, 160, "not run%s%.100s%s", c->because ? ", because " : "",
                 c->because ? c->because : "", c->because ? " failed" : "");
  return text;
}

static void
put_check(struct report *r, struct buf *b, const tenon_check *c)
{
  char text[160];
  bool calm = c->state == TENON_PASS || c->state == TENON_SKIP;
  bool sentence = text_columns(c->title) >= TITLE_COLUMNS;
  const char *detail = detail_of(c, text);
  size_t column = put_mark(r, b, c->state);
  size_t indent = sentence ? DETAIL_INDENT : column + TITLE_COLUMNS;

  if (sentence) {
    column = flow_put(b, &r->style, column, DETAIL_INDENT, c->title);
  } else {
    column += put_column(b, c->title, TITLE_COLUMNS);
    column = flow_put(b, &r->style, column, indent, detail);
    trim_line(b);
  }
  if (!calm)
    put_tail(r, b, c, column);
  (void)buf_putc(b, '\n');
  if (sentence && *detail) {
    blanks_put(b, indent);
    (void)flow_put(b, &r->style, indent, indent, detail);
    end_line(b);
  }
  if (calm)
    return;
  put_reasons(r, b, c, NULL);
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

/* Is this explanation a new one? After REPORT_REMEDIES_MAX of them a verdict is explained enough. */
static bool
is_new(struct verdict_count *count, const tenon_check *c)
{
  uint64_t hash = hash_of(c->remedy, c->subject);

  for (size_t i = 0; i < count->n_remedies; i++)
    if (count->remedies[i] == hash)
      return false;
  if (count->n_remedies == REPORT_REMEDIES_MAX)
    return false;
  count->remedies[count->n_remedies++] = hash;
  return true;
}

static void
put_sentence(struct report *r, struct buf *b, const char *text)
{
  if (!text || !*text)
    return;
  blanks_put(b, DETAIL_INDENT);
  (void)flow_put(b, &r->style, DETAIL_INDENT, DETAIL_INDENT, text);
  end_line(b);
}

static void
put_explanation(struct report *r, struct buf *b, const tenon_check *c, const char *shown)
{
  put_sentence(r, b, c->title);
  if (shown != c->detail)
    put_sentence(r, b, c->detail);
  put_reasons(r, b, c, shown);
  put_remedy(r, b, c);
}

/* In a row the status of HTTP says nothing beside a code of its own: "HTTP 500, Denied". */
static const char *
brief(const char *got)
{
  const char *comma = strncmp(got, "HTTP ", 5) == 0 ? strstr(got, ", ") : NULL;

  return comma ? comma + 2 : got;
}

static void
put_subject(struct report *r, struct buf *b, const tenon_check *c)
{
  const char *verdict = report_check_verdict(c), *got = check_data(c, "got");
  const char *shown = got && c->state != TENON_PASS ? brief(got) : c->detail;
  struct verdict_count *count = report_count_of(r, verdict);
  bool explain = c->state != TENON_PASS && c->remedy && is_new(count, c);

  if (r->style.lines && count->count > r->style.lines && !explain) {
    if (count->count == (uint64_t)r->style.lines + 1)
      (void)buf_printf(b,
                       "  ... further \"%s\" are counted here and not listed; -o csv lists each\n",
                       count->name);
    return;
  }
  size_t column = put_mark(r, b, c->state);
  size_t wide = r->style.width < REPORT_WIDTH ? SUBJECT_NARROW : SUBJECT_COLUMNS;
  size_t indent = column + wide + VERDICT_COLUMNS;
  column += put_column(b, c->subject, wide);
  column += put_column(b, verdict, VERDICT_COLUMNS);
  (void)flow_put(b, &r->style, column, indent, shown ? shown : "");
  end_line(b);
  if (explain)
    put_explanation(r, b, c, shown);
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
  end_line(b);
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

/* A row a verdict, the most frequent first: how many, what it means, and whom it was said of first. */
static void
put_verdicts(struct report *r, struct buf *b)
{
  const struct verdict_count *rows[REPORT_VERDICTS_MAX + 1];
  size_t width = VERDICT_COLUMNS;

  for (size_t i = 0; i < r->n_verdicts; i++) {
    size_t at = i, n = text_columns(r->verdicts[i].name) + 2;
    for (; at > 0 && rows[at - 1]->count < r->verdicts[i].count; at--)
      rows[at] = rows[at - 1];
    rows[at] = &r->verdicts[i];
    width = n > width ? n : width;
  }
  for (size_t i = 0; i < r->n_verdicts; i++) {
    const struct verdict_count *v = rows[i];
    size_t indent = 2 + width + COUNT_COLUMNS + 2;
    blanks_put(b, 2);
    (void)put_column(b, v->name, width);
    (void)buf_printf(b, "%*llu  ", (int)COUNT_COLUMNS, (unsigned long long)v->count);
    size_t column =
        flow_put(b, &r->style, indent, indent, v->mixed ? "for different reasons" : v->meaning);
    if (v->passed) { /* who passed needs no second look */
      end_line(b);
      continue;
    }
    (void)buf_puts(b, ": ");
    (void)flow_put(b, &r->style, column + 2, indent, v->first);
    if (v->count > v->n_first)
      (void)buf_puts(b, " ...");
    end_line(b);
  }
}

static void
text_end(struct report *r, struct buf *b, bool passed, tenon_status cause)
{
  const struct tally *t = &r->tally;
  enum colour c = passed ? (t->warn || t->fail ? COLOUR_YELLOW : COLOUR_GREEN) : COLOUR_RED;
  const char *separator = ": ";

  if (r->offers && passed)
    return; /* a list of values is an answer by itself */
  if (r->subjects > 1) {
    (void)buf_putc(b, '\n');
    put_verdicts(r, b);
  }
  colour_on(b, &r->style, c);
  if (passed)
    (void)buf_puts(b, "Passed");
  else
    (void)buf_printf(b, "Failed (%s)", cause_name(cause));
  colour_off(b, &r->style, c);
  if (r->subjects > 1)
    put_count(b, &separator, r->subjects, "tested");
  put_count(b, &separator, t->fail, "failed");
  put_count(b, &separator, t->warn, t->warn == 1 ? "warning" : "warnings");
  put_count(b, &separator, t->pass, "passed");
  put_count(b, &separator, t->skip, "not run");
  (void)buf_puts(b, ".\n");
}

const struct rendering rendering_text = {text_begin, text_check, text_offer, text_end};
