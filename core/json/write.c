// SPDX-License-Identifier: Apache-2.0
/* Text straight into a buffer: the checks of a bulk run pass here by the ten thousand. */
#include <stdint.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/utf8.h"
#include "core/json/json.h"

static bool
put_escape(struct buf *b, unsigned c)
{
  static const char letters[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                 ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};

  if (c < sizeof letters && letters[c]) {
    char two[2] = {'\\', letters[c]};
    return buf_put(b, two, 2);
  }
  return buf_printf(b, "\\u%04x", c);
}

static bool
wants_escape(unsigned char c)
{
  return c < 0x20 || c == '"' || c == '\\' || c == 0x7f || c == 0xc2 || c == 0xe2;
}

/* A line of JSON may be shown on a terminal: C1 controls (U+0080..9F) and what turns the writing direction (U+200E..F,
 * U+202A..E, U+2066..9) are written as escapes. The code point at p, or 0; *ret_len its bytes. */
static unsigned
trap_at(const unsigned char *p, size_t n, size_t *ret_len)
{
  if (n >= 2 && p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
    *ret_len = 2;
    return p[1];
  }
  if (n < 3 || p[0] != 0xe2 || (p[1] != 0x80 && p[1] != 0x81) || p[2] < 0x80 || p[2] > 0xbf)
    return 0;
  unsigned c = 0x2000u + ((p[1] & 3u) << 6) + (p[2] & 0x3fu);
  *ret_len = 3;
  return c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
             ? c
             : 0;
}

/* Without escapes the text is copied in one piece. */
static bool
is_plain(const char *text, size_t len)
{
  uint64_t eight;
  size_t i = 0;
  for (; len - i >= sizeof eight; i += sizeof eight) {
    memcpy(&eight, text + i, sizeof eight);
    if (utf8_not_plain(eight) | utf8_has_byte(eight, '"') | utf8_has_byte(eight, '\\'))
      return false;
  }
  while (i < len && !wants_escape((unsigned char)text[i]))
    i++;
  return i == len;
}

static bool
put_plain(struct buf *b, const char *text, size_t len)
{
  char *room = buf_room(b, len + 2);

  if (!room)
    return false;
  room[0] = '"';
  memcpy(room + 1, text, len);
  room[len + 1] = '"';
  buf_grew(b, len + 2);
  return true;
}

bool
json_put_text(struct buf *b, const char *text, size_t len)
{
  size_t start = 0;

  if (is_plain(text, len))
    return put_plain(b, text, len);
  (void)buf_putc(b, '"');
  for (size_t i = 0; i < len; i++) {
    if (!wants_escape((unsigned char)text[i]))
      continue;
    size_t taken = 1;
    unsigned char first = (unsigned char)text[i];
    unsigned trap =
        first >= 0x80 ? trap_at((const unsigned char *)text + i, len - i, &taken) : first;
    if (first >= 0x80 && !trap)
      continue;
    (void)buf_put(b, text + start, i - start);
    (void)put_escape(b, trap);
    i += taken - 1;
    start = i + 1;
  }
  (void)buf_put(b, text + start, len - start);
  return buf_putc(b, '"');
}

bool
json_put_key(struct buf *b, const char *key)
{
  if (b->len > 0 && b->ptr[b->len - 1] != '{')
    (void)buf_putc(b, ',');
  (void)json_put_text(b, key, strlen(key));
  return buf_putc(b, ':');
}

bool
json_put_member(struct buf *b, const char *key, const char *text)
{
  if (!text)
    return !b->failed;
  (void)json_put_key(b, key);
  return json_put_text(b, text, strlen(text));
}

/* Digits up to end; where they begin. snprintf took a third of what a check costs. */
static char *
digits(char *end, uint64_t value, unsigned least)
{
  for (; value > 0 || least > 0; value /= 10, least -= least > 0)
    *--end = (char)('0' + value % 10);
  return end;
}

/* Beyond 2^53 as text: a reader that holds numbers as doubles would round it. */
bool
json_put_member_int(struct buf *b, const char *key, int64_t value)
{
  bool exact = value <= INT64_C(9007199254740992) && value >= -INT64_C(9007199254740992);
  char text[24], *end = text + sizeof text;

  if (!exact)
    *--end = '"';
  char *start = digits(end, value < 0 ? -(uint64_t)value : (uint64_t)value, 1);
  if (value < 0)
    *--start = '-';
  if (!exact)
    *--start = '"';
  (void)json_put_key(b, key);
  return buf_put(b, start, (size_t)(text + sizeof text - start));
}

bool
json_put_member_ms(struct buf *b, const char *key, int64_t ns)
{
  uint64_t us = (ns < 0 ? -(uint64_t)ns : (uint64_t)ns) / 1000;
  char text[32], *end = text + sizeof text, *point = end - 4;

  (void)digits(end, us % 1000, 3);
  *point = '.';
  while (end[-1] == '0')
    end--;
  if (end - 1 == point)
    end = point;
  char *start = digits(point, us / 1000, 1);
  if (ns < 0 && us > 0)
    *--start = '-';
  (void)json_put_key(b, key);
  return buf_put(b, start, (size_t)(end - start));
}
