// SPDX-License-Identifier: Apache-2.0
/* The reader is a state a byte. What spreadsheets write is taken too: semicolons or tabs, a byte order mark, lone line
 * feeds. The rendering has one row a check, subjects first. */
#include "core/report/csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/model/names.h"
#include "core/report/internal.h"

#define FORMULA "=+-@" /* how a spreadsheet's formula begins */

bool
csv_put_field(struct buf *b, const char *text, size_t len)
{
  bool quote = false;

  for (size_t i = 0; i < len && !quote; i++)
    quote = strchr(",\"\r\n", text[i]) != NULL;
  if (!quote)
    return buf_put(b, text, len);
  (void)buf_putc(b, '"');
  for (size_t i = 0; i < len; i++) {
    if (text[i] == '"')
      (void)buf_putc(b, '"');
    (void)buf_putc(b, text[i]);
  }
  return buf_putc(b, '"');
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

void
csv_reader_init(struct csv_reader *r)
{
  *r = (struct csv_reader){.separator = ',', .field = BUF_INIT(CSV_FIELD_MAX)};
}

void
csv_reader_finish(struct csv_reader *r)
{
  buf_finish(&r->field);
}

static bool
is_separator(struct csv_reader *r, char c)
{
  if (!r->separator_known && (c == ',' || c == ';' || c == '\t')) {
    r->separator = c;
    r->separator_known = true;
  }
  return c == r->separator;
}

/* One byte outside of quotes: CSV_MORE, or what it ends. */
static int
take_plain(struct csv_reader *r, char c)
{
  bool was_cr = r->after_cr;

  r->after_cr = c == '\r';
  if (c == '\n' && was_cr && !r->anything)
    return CSV_MORE; /* of \r\n: the \r has ended the record */
  if (c == '\n' || c == '\r') {
    r->separator_known = r->separator_known || r->anything;
    return r->anything ? CSV_LAST_FIELD : CSV_MORE;
  }
  r->anything = true;
  if (is_separator(r, c))
    return CSV_FIELD;
  if (c == '"' && r->state == CSV_START) {
    r->state = CSV_QUOTED;
    return CSV_MORE;
  }
  r->state = CSV_PLAIN;
  (void)buf_putc(&r->field, c);
  return CSV_MORE;
}

static int
take(struct csv_reader *r, char c)
{
  if (r->state == CSV_QUOTED) {
    if (c == '"')
      r->state = CSV_QUOTE_SEEN;
    else
      (void)buf_putc(&r->field, c);
    return CSV_MORE;
  }
  if (r->state == CSV_QUOTE_SEEN && c == '"') {
    r->state = CSV_QUOTED;
    (void)buf_putc(&r->field, c);
    return CSV_MORE;
  }
  return take_plain(r, c);
}

int
csv_feed(struct csv_reader *r, const char *bytes, size_t n, size_t *ret_used)
{
  int what = CSV_MORE;
  size_t i = 0;

  while (i < n && what == CSV_MORE)
    what = take(r, bytes[i++]);
  *ret_used = i;
  return what;
}

const char *
csv_field(const struct csv_reader *r)
{
  const char *text = buf_text(&r->field);

  return text[0] == '\'' && text[1] && strchr(FORMULA, text[1]) ? text + 1 : text;
}

void
csv_next(struct csv_reader *r, int what)
{
  buf_clear(&r->field);
  r->state = CSV_START;
  r->index = what == CSV_LAST_FIELD ? 0 : r->index + 1;
  r->anything = what != CSV_LAST_FIELD;
}

int
csv_end(struct csv_reader *r)
{
  return r->anything ? CSV_LAST_FIELD : CSV_MORE;
}

/* ---- the rendering -------------------------------------------------------------------------------------------------- */

static void
csv_begin(struct report *r, struct buf *b, const struct report_head *head)
{
  (void)r, (void)head;
  (void)buf_puts(b, "subject,verdict,state,cause,id,title,detail,remedy,elapsed_ms\r\n");
}

static bool
is_harmless(const char *text)
{
  if (*text && strchr(FORMULA "\t", *text))
    return false;
  for (; *text; text++)
    if (((unsigned char)*text < ' ' && *text != '\n') || *text == 0x7f)
      return false;
  return true;
}

/* A spreadsheet runs what begins like a formula, and texts of servers stand here. An apostrophe makes it text again,
 * there and when the file is read back (csv_field). Controls other than line ends are no text at all. */
static void
put(struct buf *b, const char *text, const char *after)
{
  if (text && is_harmless(text)) {
    (void)csv_put_field(b, text, strlen(text));
  } else if (text) {
    CLEANUP_FREE char *copy = text_printf("%s%s", strchr(FORMULA, *text) ? "'" : "", text);
    for (char *p = copy; p && *p; p++)
      if (((unsigned char)*p < ' ' && *p != '\n') || *p == 0x7f)
        *p = *p == '\t' ? ' ' : '?';
    if (copy)
      (void)csv_put_field(b, copy, strlen(copy));
  }
  (void)buf_puts(b, after);
}

static void
csv_check(struct report *r, struct buf *b, const tenon_check *c)
{
  char elapsed[32] = "";

  (void)r;
  if (c->elapsed_ns > 0)
    (void)snprintf(elapsed, sizeof elapsed, "%" PRId64 ".%03d", c->elapsed_ns / NS_PER_MS,
                   (int)(c->elapsed_ns % NS_PER_MS / 1000));
  put(b, c->subject, ",");
  put(b, report_check_verdict(c), ",");
  put(b, state_name(c->state), ",");
  put(b, c->cause == TENON_OK ? NULL : cause_name(c->cause), ",");
  put(b, c->id, ",");
  put(b, c->title, ",");
  put(b, c->detail, ",");
  put(b, c->remedy, ",");
  put(b, elapsed, "\r\n");
}

static void
csv_offer(struct report *r, struct buf *b, const tenon_offer *o)
{
  (void)r, (void)b, (void)o; /* csv is a rendering of checks: browse does not offer it */
}

static void
csv_end_report(struct report *r, struct buf *b, bool passed, tenon_status cause)
{
  (void)r, (void)b, (void)passed, (void)cause;
}

const struct rendering rendering_csv = {csv_begin, csv_check, csv_offer, csv_end_report};
