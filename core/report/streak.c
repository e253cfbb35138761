// SPDX-License-Identifier: Apache-2.0
/* Compares each failed check with the first of its row. */
#include "core/report/streak.h"

#include <string.h>

#include "core/model/check.h"
#include "core/model/names.h"
#include "core/report/internal.h"

void
streak_finish(struct streak *s)
{
  arena_finish(&s->arena);
  *s = (struct streak){0};
}

/* What stands behind the last '@', with it; "" without one. */
static const char *
ending(const tenon_check *c)
{
  const char *at = strrchr(c->subject, '@');

  return at ? at : "";
}

static bool
same(const char *a, const char *b)
{
  return a && b && strcmp(a, b) == 0;
}

static void
compare(struct streak *s, const tenon_check *c)
{
  s->same_verdict = s->same_verdict && s->first->cause == c->cause &&
                    same(report_check_verdict(s->first), report_check_verdict(c));
  s->same_detail = s->same_detail && same(s->first->detail, c->detail);
  s->same_ending = s->same_ending && *ending(c) && same(ending(s->first), ending(c));
}

static void
say(const struct streak *s, struct buf *b)
{
  const tenon_check *c = s->first;

  (void)buf_printf(b, "%u in a row did not pass", STREAK_LENGTH);
  if (!s->same_verdict && !s->same_detail && !s->same_ending) {
    (void)buf_puts(b, "; they have nothing in common that can be seen from here.");
    return;
  }
  (void)buf_puts(b, "; in common:");
  if (s->same_verdict)
    (void)buf_printf(b, " %s (%s)", report_check_verdict(c), cause_name(c->cause));
  if (s->same_ending)
    (void)buf_printf(b, "%s all end in %s", s->same_verdict ? "," : "", ending(c));
  if (s->same_detail)
    (void)buf_printf(b, "%s \"%.300s\"", s->same_verdict || s->same_ending ? "," : "", c->detail);
  if (s->same_verdict && c->remedy)
    (void)buf_printf(b, ". %.500s", c->remedy);
}

bool
streak_add(struct streak *s, const tenon_check *c, struct buf *ret)
{
  if (!c->subject || c->state == TENON_PASS) {
    if (c->subject)
      streak_finish(s);
    return false;
  }
  if (s->n == 0) {
    s->first = check_copy(&s->arena, c);
    s->same_verdict = s->same_detail = s->same_ending = true;
  }
  if (!s->first || s->n >= STREAK_LENGTH)
    return false;
  compare(s, c);
  if (++s->n < STREAK_LENGTH)
    return false;
  say(s, ret);
  return true;
}
