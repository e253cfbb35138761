// SPDX-License-Identifier: Apache-2.0
/* The C library compiles a pattern by recursion, copies what a brace repeats, and tries backward references in every
 * way there is. A pattern that a plugin made up must not cost the program its stack, its memory or its time. */
#include <string.h>

#include "core/model/answer.h"

struct scan {
  size_t depth;
  unsigned long copies[PATTERN_DEPTH_MAX + 1]; /* that the braces of each open group make */
  unsigned long last; /* of what stands just before: what a brace there multiplies */
};

/* The largest number in the braces at p; *ret_end is their end. */
static unsigned long
most_in_braces(const char *p, const char **ret_end)
{
  unsigned long most = 1, n = 0;

  for (p++; *p && *p != '}'; p++) {
    n = *p >= '0' && *p <= '9' && n <= PATTERN_COPIES_MAX ? 10 * n + (unsigned long)(*p - '0') : 0;
    most = n > most ? n : most;
  }
  *ret_end = *p ? p : p - 1;
  return most;
}

static bool
take_brace(struct scan *s, const char **p)
{
  unsigned long most = most_in_braces(*p, p);

  if (most > PATTERN_COPIES_MAX)
    return false;
  s->last = most * (s->last ? s->last : 1);
  s->copies[s->depth] += s->last;
  return s->copies[s->depth] <= PATTERN_COPIES_MAX;
}

static void
close_group(struct scan *s)
{
  if (s->depth == 0)
    return;
  s->last = s->copies[s->depth--];
  s->copies[s->depth] += s->last;
}

bool
pattern_tame(const char *pattern)
{
  struct scan s = {0};

  if (strnlen(pattern, PATTERN_BYTES_MAX + 1) > PATTERN_BYTES_MAX)
    return false;
  for (const char *p = pattern; *p; p++) {
    if (*p == '{') {
      if (!take_brace(&s, &p))
        return false;
      continue;
    }
    if (*p == ')') {
      close_group(&s);
      continue;
    }
    s.last = 0;
    if (*p == '(') {
      if (++s.depth > PATTERN_DEPTH_MAX)
        return false;
      s.copies[s.depth] = 0;
    } else if (*p == '\\' && (!*++p || (*p >= '1' && *p <= '9'))) {
      return false;
    }
  }
  return true;
}
