// SPDX-License-Identifier: Apache-2.0
/* A table of types, each with the function that reads it. */
#include "core/model/answer_value.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "core/base/clock.h"
#include "core/model/answer.h"

static const char *
as_typed(const tenon_field *field, const char *text, struct buf *ret)
{
  (void)field;
  (void)buf_puts(ret, text);
  return NULL;
}

static bool
parse_int(const char *text, int64_t *ret)
{
  char *end;

  errno = 0;
  intmax_t n = strtoimax(text, &end, 10);
  if (errno || end == text || *end || n < INT64_MIN || n > INT64_MAX)
    return false;
  *ret = n;
  return true;
}

static const char *
as_int(const tenon_field *field, const char *text, struct buf *ret)
{
  int64_t n;

  (void)field;
  if (!parse_int(text, &n))
    return "a whole number";
  (void)buf_printf(ret, "%" PRId64, n);
  return NULL;
}

static const char *
as_bool(const tenon_field *field, const char *text, struct buf *ret)
{
  static const char *const yes[] = {"true", "yes", "y", "on", "1"}, *const no[] = {"false", "no",
                                                                                   "n", "off", "0"};

  (void)field;
  for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
    bool is_yes = strcasecmp(text, yes[i]) == 0;
    if (is_yes || strcasecmp(text, no[i]) == 0) {
      (void)buf_puts(ret, is_yes ? "true" : "false");
      return NULL;
    }
  }
  return "yes or no";
}

static const tenon_choice *
find_choice(const tenon_field *field, const char *text)
{
  int64_t number = 0;

  for (const tenon_choice *c = field->choices; c && c->value; c++)
    if (strcasecmp(c->value, text) == 0 || (c->label && strcasecmp(c->label, text) == 0))
      return c;
  (void)parse_int(text, &number);
  for (const tenon_choice *c = field->choices; c && c->value && number > 0; c++)
    if (--number == 0)
      return c;
  return NULL;
}

static const char *
as_choice(const tenon_field *field, const char *text, struct buf *ret)
{
  const tenon_choice *c = find_choice(field, text);

  if (!c)
    return "one of the choices listed";
  (void)buf_puts(ret, c->value);
  return NULL;
}

static const char *
as_url(const tenon_field *field, const char *text, struct buf *ret)
{
  static const char expected[] = "an address that starts with https:// or http:// and names a host";
  size_t scheme = strncasecmp(text, "https://", 8) == 0  ? 8
                  : strncasecmp(text, "http://", 7) == 0 ? 7
                                                         : 0;

  if (scheme == 0 || strpbrk(text, " \t\n\"<>\\^`{|}") || strcspn(text + scheme, "/?#") == 0)
    return expected;
  return as_typed(field, text, ret);
}

static const char *
as_email(const tenon_field *field, const char *text, struct buf *ret)
{
  const char *at = strchr(text, '@');

  if (!at || at == text || strchr(at + 1, '@') || !at[1] || at[1] == '.' ||
      strpbrk(text, " \t\n<>,;:\"()[]\\"))
    return "an address like anna@contoso.example";
  return as_typed(field, text, ret);
}

static const char *
as_duration(const tenon_field *field, const char *text, struct buf *ret)
{
  int64_t ns;

  return duration_parse(text, &ns) ? as_typed(field, text, ret) : "a time like 30s, 5m or 1h";
}

/* Names of kinds of ticket caches and keytabs, as libkrb5 has them, are capitals. */
const char *
answer_path(const char *text)
{
  static const char *const of_files[] = {"FILE:", "WRFILE:", "DIR::", "DIR:"};
  size_t kind = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

  for (size_t i = 0; i < sizeof of_files / sizeof *of_files; i++) {
    size_t n = strlen(of_files[i]);
    if (strncmp(text, of_files[i], n) == 0)
      return text[n] == '/' ? text + n : NULL;
  }
  if (kind > 0 && text[kind] == ':')
    return "";
  return *text == '/' ? text : NULL;
}

static const char *
as_path(const tenon_field *field, const char *text, struct buf *ret)
{
  return answer_path(text) ? as_typed(field, text, ret) : "a whole path, which starts with /";
}

const char *
answer_value(const tenon_field *field, const char *text, struct buf *ret_value)
{
  static const char *(*const by_type[])(const tenon_field *, const char *, struct buf *) = {
      [TENON_INT] = as_int,  [TENON_BOOL] = as_bool,   [TENON_CHOICE] = as_choice,
      [TENON_URL] = as_url,  [TENON_EMAIL] = as_email, [TENON_DURATION] = as_duration,
      [TENON_PATH] = as_path};
  bool known = field->type < sizeof by_type / sizeof *by_type && by_type[field->type];

  return (known ? by_type[field->type] : as_typed)(field, text, ret_value);
}

/* The number that min and max bound, and its unit. */
static int64_t
measure(const tenon_field *field, const char *value, const char **ret_unit)
{
  int64_t n = 0;

  *ret_unit = "";
  if (field->type == TENON_INT) {
    (void)parse_int(value, &n);
  } else if (field->type == TENON_DURATION) {
    *ret_unit = " s";
    (void)duration_parse(value, &n);
  } else {
    *ret_unit = " bytes";
    n = (int64_t)strlen(value);
  }
  return n;
}

const char *
answer_bounds(const tenon_field *field, const char *value, struct buf *phrase)
{
  const char *unit;
  int64_t n = measure(field, value, &unit), scale = field->type == TENON_DURATION ? NS_PER_S : 1;

  if ((field->min == 0 && field->max == 0) || (n >= field->min && n <= field->max))
    return NULL;
  (void)buf_printf(phrase, "between %" PRId64 " and %" PRId64 "%s", field->min / scale,
                   field->max / scale, unit);
  return buf_text(phrase);
}
