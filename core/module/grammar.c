// SPDX-License-Identifier: Apache-2.0
/* Plain loops: a regular expression each would cost more than the check it guards, and these run for every check. */
#include "core/module/grammar.h"

#include <stddef.h>
#include <string.h>

#define LOWER 1u
#define DIGIT 2u
#define UPPER 4u

static unsigned
class_of(char c)
{
  return c >= 'a' && c <= 'z'   ? LOWER
         : c >= '0' && c <= '9' ? DIGIT
         : c >= 'A' && c <= 'Z' ? UPPER
                                : 0;
}

/* Starts with a small letter; then small letters, digits and `others`. Gives the length of what fits. */
static size_t
span(const char *text, const char *others)
{
  if (class_of(text[0]) != LOWER)
    return 0;
  size_t n = 1;
  while (text[n] && ((class_of(text[n]) & (LOWER | DIGIT)) || strchr(others, text[n])))
    n++;
  return n;
}

static bool
whole(const char *text, const char *others, size_t max)
{
  size_t n = span(text, others);
  return n > 0 && n <= max && text[n] == '\0';
}

bool
grammar_connector_id(const char *text)
{
  return whole(text, "-", GRAMMAR_NAME_MAX);
}

bool
grammar_key(const char *text)
{
  return whole(text, "_", GRAMMAR_NAME_MAX);
}

bool
grammar_check_id(const char *text)
{
  return whole(text, "._-", GRAMMAR_CHECK_MAX) && !strstr(text, "..") &&
         text[strlen(text) - 1] != '.';
}

bool
grammar_family(const char *text)
{
  size_t n = span(text, "._-");
  if (n == 0 || n > GRAMMAR_FAMILY_MAX || text[n] != '/' || text[n + 1] < '1' || text[n + 1] > '9')
    return false;
  size_t digits = strspn(text + n + 1, "0123456789");
  return digits <= 4 && text[n + 1 + digits] == '\0';
}

bool
grammar_version(const char *text)
{
  if (class_of(text[0]) != DIGIT)
    return false;
  size_t n = 1;
  while (text[n] && (class_of(text[n]) || strchr(".-+", text[n])))
    n++;
  return text[n] == '\0' && n <= GRAMMAR_VERSION_MAX;
}

bool
grammar_date(const char *text)
{
  for (size_t i = 0; i < sizeof "2027-04-01" - 1; i++)
    if (i == 4 || i == 7 ? text[i] != '-' : class_of(text[i]) != DIGIT)
      return false;
  int month = (text[5] - '0') * 10 + text[6] - '0', day = (text[8] - '0') * 10 + text[9] - '0';
  return text[10] == '\0' && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool
grammar_link(const char *text)
{
  size_t scheme = strlen("https://"), n = scheme;
  if (strncmp(text, "https://", scheme) != 0)
    return false;
  while (text[n] > ' ' && text[n] < 0x7f)
    n++;
  return text[n] == '\0' && n > scheme;
}
