// SPDX-License-Identifier: Apache-2.0
/* The order of questions: text at all? empty? of its type? within its bounds? of its pattern? The first no is told. */
#include "core/model/answer.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/model/answer_value.h"

#define PHRASE_MAX 512u

static bool
refuse(const tenon_field *field, struct buf *ret_why, const char *expected)
{
  size_t n = strlen(expected);
  bool is_ended = n && expected[n - 1] == '.'; /* a field's help may be sentences */

  (void)buf_printf(ret_why, "%s expects %s%s", field->label, expected, is_ended ? "" : ".");
  return false;
}

static bool
refuse_choice(const tenon_field *field, struct buf *ret_why)
{
  (void)buf_printf(ret_why, "%s expects one of: ", field->label);
  for (const tenon_choice *c = field->choices; c && c->value; c++)
    (void)buf_printf(ret_why, "%s%s", c == field->choices ? "" : ", ", c->value);
  (void)buf_puts(ret_why, ".");
  return false;
}

static bool
put_trimmed(struct buf *b, const char *text)
{
  text += strspn(text, " \t\n");
  size_t n = strlen(text);
  while (n > 0 && strchr(" \t\n", text[n - 1]))
    n--;
  return buf_put(b, text, n);
}

/* The pattern is anchored here. One that does not compile matches nothing: descriptors with such are refused. */
static bool
matches(const char *pattern, const char *value)
{
  regex_t re;
  CLEANUP_FREE char *anchored = pattern_tame(pattern) ? text_printf("^(%s)$", pattern) : NULL;

  if (!anchored || regcomp(&re, anchored, REG_EXTENDED | REG_NOSUB) != 0)
    return false;
  bool ok = regexec(&re, value, 0, NULL, 0) == 0;
  regfree(&re);
  return ok;
}

static bool
check_secret(const tenon_field *field, const char *text, struct buf *ret_why)
{
  CLEANUP_BUF struct buf phrase = BUF_INIT(PHRASE_MAX);

  if (!*text && (field->flags & TENON_REQUIRED))
    return refuse(field, ret_why, "an answer");
  const char *bounds = *text ? answer_bounds(field, text, &phrase) : NULL;
  return bounds ? refuse(field, ret_why, bounds) : true;
}

const char *
answer_shown(const char *text, char room[static ANSWER_SHOWN_MAX])
{
  if (!answer_is_inline(text))
    return text;
  const char *digits = text + sizeof ANSWER_INLINE - 1;
  size_t n = strlen(digits), padding = 0;
  while (padding < n && digits[n - 1 - padding] == '=')
    padding++;
  (void)snprintf(room, ANSWER_SHOWN_MAX, "(%zu bytes, kept in the connection)",
                 n / 4 * 3 - padding);
  return room;
}

bool
answer_check(const tenon_field *field, const char *text, struct buf *ret_value, struct buf *ret_why)
{
  CLEANUP_BUF struct buf trimmed = BUF_INIT(ANSWER_BYTES_MAX);
  CLEANUP_BUF struct buf phrase = BUF_INIT(PHRASE_MAX);

  if (field->type == TENON_SECRET)
    return check_secret(field, text, ret_why);
  if (!put_trimmed(&trimmed, text))
    return refuse(field, ret_why, "at most 64 KiB");
  if (!utf8_printable(buf_text(&trimmed), trimmed.len))
    return refuse(field, ret_why, "text: UTF-8 without control characters");
  if (trimmed.len == 0)
    return field->flags & TENON_REQUIRED ? refuse(field, ret_why, "an answer") : true;

  const char *expected = answer_value(field, buf_text(&trimmed), ret_value);
  if (expected && field->type == TENON_CHOICE)
    return refuse_choice(field, ret_why);
  if (!expected)
    expected = answer_bounds(field, buf_text(ret_value), &phrase);
  if (!expected && field->pattern && !matches(field->pattern, buf_text(ret_value)))
    expected = field->help ? field->help : "another form";
  if (!expected)
    return true;
  buf_clear(ret_value);
  return refuse(field, ret_why, expected);
}
