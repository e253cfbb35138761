// SPDX-License-Identifier: Apache-2.0
/* The grammar of `when`: TERM { "&&" TERM }, TERM = KEY ("==" | "!=") "'" anything but a quote "'". One walk serves both
 * questions, is it valid and does it hold. */
#include "core/model/answer.h"

#include <string.h>

#define WHEN_KEY_MAX   64u
#define WHEN_VALUE_MAX 256u

struct term {
  char key[WHEN_KEY_MAX], value[WHEN_VALUE_MAX];
  bool negated;
};

static const char *
skip_blanks(const char *p)
{
  return p + strspn(p, " \t");
}

static const char *
read_key(const char *p, struct term *t)
{
  size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789_");

  if (n == 0 || n >= sizeof t->key)
    return NULL;
  memcpy(t->key, p, n);
  t->key[n] = '\0';
  return skip_blanks(p + n);
}

static const char *
read_value(const char *p, struct term *t)
{
  if (*p != '\'')
    return NULL;
  size_t n = strcspn(++p, "'");
  if (p[n] != '\'' || n >= sizeof t->value)
    return NULL;
  memcpy(t->value, p, n);
  t->value[n] = '\0';
  return skip_blanks(p + n + 1);
}

/* Behind the term, or NULL when there is none at p. */
static const char *
read_term(const char *p, struct term *t)
{
  p = read_key(skip_blanks(p), t);
  if (!p || (strncmp(p, "==", 2) != 0 && strncmp(p, "!=", 2) != 0))
    return NULL;
  t->negated = *p == '!';
  return read_value(skip_blanks(p + 2), t);
}

/* Behind the "&&", or at the end; NULL when neither is there. */
static const char *
read_joint(const char *p)
{
  if (*p == '\0')
    return p;
  return strncmp(p, "&&", 2) == 0 && *skip_blanks(p + 2) ? p + 2 : NULL;
}

bool
when_valid(const char *when)
{
  struct term t;

  do {
    when = read_term(when, &t);
    when = when ? read_joint(when) : NULL;
  } while (when && *when);
  return when;
}

bool
when_holds(const char *when, answer_lookup lookup, void *user)
{
  struct term t;

  if (!when || !when_valid(when))
    return true;
  while (*when) {
    when = read_joint(read_term(when, &t));
    const char *answer = lookup(user, t.key);
    if ((strcmp(answer ? answer : "", t.value) == 0) == t.negated)
      return false;
  }
  return true;
}
