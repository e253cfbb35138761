// SPDX-License-Identifier: Apache-2.0
/* The grammar of `when`: TERM { "&&" TERM }, TERM = KEY ("==" | "!=") "'" anything but a quote "'". One walk serves all:
 * is it valid, does it hold, which keys does it ask about, how is it said. */
#include "core/model/answer.h"

#include <string.h>

static const char *
skip_blanks(const char *p)
{
  return p + strspn(p, " \t");
}

static const char *
read_key(const char *p, struct when_term *t)
{
  size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789_");

  if (n == 0 || n >= sizeof t->key)
    return NULL;
  memcpy(t->key, p, n);
  t->key[n] = '\0';
  return skip_blanks(p + n);
}

static const char *
read_value(const char *p, struct when_term *t)
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
read_term(const char *p, struct when_term *t)
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

const char *
when_next(const char *when, struct when_term *ret)
{
  struct when_term t;
  const char *end = *when ? read_term(when, &t) : NULL;

  end = end ? read_joint(end) : NULL;
  if (end)
    *ret = t;
  return end;
}

bool
when_valid(const char *when)
{
  struct when_term t;

  do
    when = when_next(when, &t);
  while (when && *when);
  return when;
}

bool
when_holds(const char *when, answer_lookup lookup, void *user)
{
  struct when_term t;

  if (!when || !when_valid(when))
    return true;
  while ((when = when_next(when, &t))) {
    const char *answer = lookup(user, t.key);
    if ((strcmp(answer ? answer : "", t.value) == 0) == t.negated)
      return false;
  }
  return true;
}

bool
when_put_words(struct buf *b, const char *when)
{
  struct when_term t, last = {.negated = false};
  const char *joint = "with ";

  while ((when = when_next(when, &t))) {
    bool goes_on =
        t.negated && last.negated && *t.value && *last.value && strcmp(t.key, last.key) == 0;
    last = t;
    if (goes_on) { /* "grant other than a, b" */
      (void)buf_printf(b, ", %s", t.value);
      continue;
    }
    (void)buf_printf(b, "%s%s", joint, t.key);
    if (!*t.value)
      (void)buf_puts(b, t.negated ? " filled in" : " empty");
    else
      (void)buf_printf(b, " %s %s", t.negated ? "other than" : "=", t.value);
    joint = " and ";
  }
  return !buf_failed(b);
}
