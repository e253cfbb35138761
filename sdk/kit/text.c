// SPDX-License-Identifier: Apache-2.0
//
// One bounded writer for requests, messages and JSON: a single place that can be wrong about
// escaping or about the end of a buffer.
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void
kit_text_init(struct kit_text *text, char *buffer, size_t size)
{
  *text = (struct kit_text){.ptr = buffer, .size = size};
  buffer[0] = 0;
}

// Of the n bytes at p, as many as end with a whole UTF-8 character.
static size_t
whole_characters(const char *p, size_t n)
{
  size_t k = n;
  while (k > 0 && ((unsigned char)p[k] & 0xC0) == 0x80)
    k--;
  return k;
}

void
kit_text_put_n(struct kit_text *text, const char *bytes, size_t n)
{
  size_t room = text->size - 1 - text->len;
  if (text->cut)
    return;
  if (n > room) {
    n = whole_characters(bytes, room);
    text->cut = true;
  }
  memcpy(text->ptr + text->len, bytes, n);
  text->len += n;
  text->ptr[text->len] = 0;
}

void
kit_text_put(struct kit_text *text, const char *string)
{
  if (string != NULL)
    kit_text_put_n(text, string, strlen(string));
}

bool
kit_text_copy(char *to, size_t size, const char *from)
{
  struct kit_text text;
  kit_text_init(&text, to, size);
  kit_text_put(&text, from);
  return !text.cut;
}

void
kit_text_printf(struct kit_text *text, const char *format, ...)
{
  char line[1024];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  if (n < 0)
    return;
  kit_text_put_n(text, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
  if ((size_t)n >= sizeof line)
    text->cut = true;
}

static const char *
xml_escape_of(unsigned char c)
{
  switch (c) {
  case '&': return "&amp;";
  case '<': return "&lt;";
  case '>': return "&gt;";
  case '"': return "&quot;";
  case '\'': return "&apos;";
  case '\t':
  case '\n':
  case '\r': return NULL;
  default: return c < 0x20 || c == 0x7F ? " " : NULL;
  }
}

void
kit_text_put_xml(struct kit_text *text, const char *bytes, size_t n)
{
  size_t from = 0;
  for (size_t i = 0; i < n; i++) {
    const char *escape = xml_escape_of((unsigned char)bytes[i]);
    if (escape == NULL)
      continue;
    kit_text_put_n(text, bytes + from, i - from);
    kit_text_put(text, escape);
    from = i + 1;
  }
  kit_text_put_n(text, bytes + from, n - from);
}

static bool
is_unreserved(unsigned char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void
kit_text_put_url(struct kit_text *text, const char *bytes, size_t n)
{
  static const char hex[] = "0123456789ABCDEF";
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)bytes[i];
    const char three[] = {'%', hex[c >> 4], hex[c & 15]};
    if (is_unreserved(c))
      kit_text_put_n(text, bytes + i, 1);
    else if (text->size - 1 - text->len >= sizeof three)
      kit_text_put_n(text, three, sizeof three);
    else
      text->cut = true; // not within an escape
  }
}

void
kit_text_put_json(struct kit_text *text, const char *string)
{
  for (const char *p = string; *p != 0; p++) {
    unsigned char c = (unsigned char)*p;
    if (c == '"' || c == '\\')
      kit_text_printf(text, "\\%c", c);
    else if (c < 0x20)
      kit_text_printf(text, "\\u%04x", c);
    else
      kit_text_put_n(text, p, 1);
  }
}

static bool
is_space(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char *
kit_text_trimmed(struct kit_text *text)
{
  char *start = text->ptr;
  while (text->len > 0 && is_space(text->ptr[text->len - 1]))
    text->ptr[--text->len] = 0;
  while (is_space(*start))
    start++;
  return start;
}

// Length of the sequence that starts with c, 0 when none does.
static size_t
sequence_length(unsigned char c)
{
  if (c < 0x80)
    return 1;
  if (c >= 0xC2 && c < 0xE0)
    return 2;
  if ((c & 0xF0) == 0xE0)
    return 3;
  return c >= 0xF0 && c < 0xF5 ? 4 : 0;
}

static bool
sequence_valid(const unsigned char *p, size_t length)
{
  for (size_t i = 1; i < length; i++)
    if ((p[i] & 0xC0) != 0x80)
      return false;
  if (p[0] == 0xE0 && p[1] < 0xA0) // overlong
    return false;
  if (p[0] == 0xED && p[1] >= 0xA0) // surrogates
    return false;
  if (p[0] == 0xF0 && p[1] < 0x90)
    return false;
  return !(p[0] == 0xF4 && p[1] >= 0x90);
}

static bool
is_control(const unsigned char *p)
{
  if (p[0] < 0x20 || p[0] == 0x7F)
    return true;
  if (p[0] == 0xC2 && p[1] < 0xA0) // C1
    return true;
  return p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE; // U+FFFE, U+FFFF
}

static bool
is_utf8(const char *bytes, size_t len, bool printable)
{
  const unsigned char *p = (const unsigned char *)bytes;
  for (size_t i = 0; i < len;) {
    size_t length = sequence_length(p[i]);
    if (length == 0 || length > len - i || !sequence_valid(p + i, length))
      return false;
    if (printable && is_control(p + i))
      return false;
    i += length;
  }
  return true;
}

bool
kit_utf8_printable(const char *bytes, size_t len)
{
  return is_utf8(bytes, len, true);
}

bool
kit_utf8_valid(const char *bytes, size_t len)
{
  return is_utf8(bytes, len, false);
}

void
kit_text_put_duration(struct kit_text *text, int64_t ns)
{
  int64_t ms = ns / 1000000;
  if (ms < 1000)
    kit_text_printf(text, "%lld ms", (long long)ms);
  else if (ms < 120000)
    kit_text_printf(text, "%lld s", (long long)((ms + 999) / 1000));
  else
    kit_text_printf(text, "%lld min", (long long)((ms + 59999) / 60000));
}

void
kit_text_put_date(struct kit_text *text, int64_t seconds)
{
  time_t when = (time_t)seconds;
  struct tm parts;
  if (gmtime_r(&when, &parts) == NULL)
    return;
  kit_text_printf(text, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}
