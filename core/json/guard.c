// SPDX-License-Identifier: Apache-2.0
/* One pass over the bytes, that knows strings from the rest and nothing else of JSON: depth, values, U+0000 and UTF-8.
 * Whether the text is JSON, cJSON says afterwards. */
#include "core/json/guard.h"

#include <string.h>

#include "core/base/utf8.h"

/* Behind the string that starts at p (its quote), or NULL: it does not end, or holds a NUL in either spelling. */
static const char *
pass_string(const char *p, const char *end, const char **ret_why)
{
  *ret_why = "a string does not end";
  for (p++; p < end && *p != '"'; p++) {
    if ((unsigned char)*p < 0x20) {
      *ret_why = "a control character stands in a string";
      return NULL;
    }
    if (*p != '\\')
      continue;
    if (end - p >= 6 && memcmp(p, "\\u0000", 6) == 0) {
      *ret_why = "a string holds U+0000";
      return NULL;
    }
    p++;
  }
  return p < end ? p + 1 : NULL;
}

static const char *
scan(const char *p, const char *end, const struct json_limits *limits)
{
  size_t depth = 0, values = 0;
  const char *why = NULL;

  while (p < end) {
    char c = *p;
    if (c == '"') {
      p = pass_string(p, end, &why);
      if (!p)
        return why;
      continue;
    }
    if (c == '\0')
      return "a NUL byte stands in it";
    if ((c == '{' || c == '[') && ++depth > limits->depth)
      return "it is nested too deep";
    if ((c == '}' || c == ']') && depth > 0)
      depth--;
    if ((c == '{' || c == '[' || c == ',') && ++values > limits->values)
      return "it holds too many values";
    p++;
  }
  return NULL;
}

const char *
json_guard(const char *text, size_t len, const struct json_limits *limits)
{
  if (len > limits->bytes)
    return "it is too long";
  const char *why = scan(text, text + len, limits);
  if (why)
    return why;
  return utf8_valid(text, len) ? NULL : "it is not valid UTF-8";
}
