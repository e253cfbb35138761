// SPDX-License-Identifier: Apache-2.0
/* What comes from a server may try to drive the terminal: nothing below blank passes, nor C1 controls, nor the
 * characters that turn the writing direction. */
#include "core/report/flow.h"

#include <string.h>

#include "core/base/utf8.h"

static const char *const codes[] = {"", "\033[32m", "\033[33m", "\033[31m", "\033[2m", "\033[1m"};

static size_t
char_bytes(const char *p)
{
  unsigned char c = (unsigned char)*p;
  size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

  return strnlen(p, n) == n && utf8_valid(p, n) ? n : 0;
}

/* U+202A..E, U+2066..9: writing direction; U+0080..9F: C1 controls. */
static bool
is_trap(const char *p, size_t n)
{
  const unsigned char *u = (const unsigned char *)p;

  if (n == 2)
    return u[0] == 0xc2 && u[1] < 0xa0;
  if (n != 3 || u[0] != 0xe2)
    return false;
  return (u[1] == 0x80 && u[2] >= 0xaa && u[2] <= 0xae) ||
         (u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9);
}

static size_t
put_one(struct buf *b, const char *p)
{
  size_t n = char_bytes(p);

  if (*p == '\n' || *p == '\t')
    (void)buf_putc(b, ' ');
  else if (n == 0 || (unsigned char)*p < ' ' || *p == 0x7f || is_trap(p, n))
    (void)buf_putc(b, '?');
  else
    (void)buf_put(b, p, n);
  return n ? n : 1;
}

bool
text_put_safe(struct buf *b, const char *text)
{
  while (*text)
    text += put_one(b, text);
  return !buf_failed(b);
}

size_t
text_columns(const char *text)
{
  size_t columns = 0;

  while (*text) {
    size_t n = char_bytes(text);
    text += n ? n : 1;
    columns++;
  }
  return columns;
}

void
colour_on(struct buf *b, const struct report_style *s, enum colour c)
{
  if (s->colour && c != COLOUR_NONE)
    (void)buf_puts(b, codes[c]);
}

void
colour_off(struct buf *b, const struct report_style *s, enum colour c)
{
  if (s->colour && c != COLOUR_NONE)
    (void)buf_puts(b, "\033[0m");
}

void
blanks_put(struct buf *b, size_t n)
{
  while (n-- > 0)
    (void)buf_putc(b, ' ');
}

struct word {
  const char *start, *end;
  size_t columns;
};

/* A command in a sentence stands between two backquotes; its blanks do not end the word. */
static struct word
next_word(const char *p)
{
  struct word w = {.start = p};
  const char *quoted = p; /* up to here nothing ends it */

  while (*p && (p < quoted || (*p != ' ' && *p != '\n' && *p != '\t'))) {
    size_t n = char_bytes(p), line = strcspn(p, "\n");
    const char *close = *p == '`' && p >= quoted ? memchr(p + 1, '`', line - 1) : NULL;
    quoted = close ? close + 1 : quoted;
    p += n ? n : 1;
    w.columns++;
  }
  w.end = p;
  return w;
}

static void
put_word(struct buf *b, const struct word *w)
{
  for (const char *p = w->start; p < w->end;)
    p += put_one(b, p);
}

size_t
flow_put(struct buf *b, const struct report_style *s, size_t column, size_t indent,
         const char *text)
{
  bool fresh = true; /* nothing of ours in this line yet */

  for (const char *p = text; *p;) {
    if (*p == '\n') {
      (void)buf_putc(b, '\n');
      blanks_put(b, indent);
      column = indent;
      fresh = true;
      p++;
      continue;
    }
    if (*p == ' ' || *p == '\t') {
      p++;
      continue;
    }
    struct word w = next_word(p);
    if (!fresh && column + 1 + w.columns > s->width) {
      (void)buf_putc(b, '\n');
      blanks_put(b, indent);
      column = indent;
    } else if (!fresh) {
      (void)buf_putc(b, ' ');
      column++;
    }
    put_word(b, &w);
    column += w.columns;
    fresh = false;
    p = w.end;
  }
  return column;
}
