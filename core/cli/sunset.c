// SPDX-License-Identifier: Apache-2.0
/* Dates are days: whole ones, in UTC. A successor that stops soon itself is no place to go to, so that chains are
 * followed to the first that stays. */
#include "core/cli/sunset.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/json/json.h"
#include "core/model/answer.h"

/* Days since 1970-01-01 of the Gregorian calendar (the algorithm counts from March, so that leap days come last). */
static int64_t
day_number(int64_t year, int64_t month, int64_t day)
{
  int64_t y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;

  return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool
read_number(const char *text, size_t n, int64_t most, int64_t *ret)
{
  *ret = 0;
  for (size_t i = 0; i < n; i++) {
    if (text[i] < '0' || text[i] > '9')
      return false;
    *ret = *ret * 10 + (text[i] - '0');
  }
  return *ret > 0 && *ret <= most;
}

static bool
read_date(const char *text, int64_t *ret)
{
  int64_t year, month, day;

  if (strlen(text) < SUNSET_DATE_SIZE - 1 || text[4] != '-' || text[7] != '-' ||
      !read_number(text, 4, 9999, &year) || !read_number(text + 5, 2, 12, &month) ||
      !read_number(text + 8, 2, 31, &day))
    return false;
  *ret = day_number(year, month, day);
  return true;
}

bool
sunset_days(const char *today, const char *date, int64_t *ret)
{
  int64_t from, to;

  if (!read_date(today, &from) || !read_date(date, &to))
    return false;
  *ret = to - from;
  return true;
}

/* ---- in a list ------------------------------------------------------------------------------------------------------ */

static const tenon_plugin_info *
find(const tenon_plugin_info *const *list, const char *id)
{
  for (size_t i = 0; id && list[i]; i++)
    if (list[i]->usable && list[i]->id && strcmp(list[i]->id, id) == 0)
      return list[i];
  return NULL;
}

/* Where to go from `first`: the first that stays, else the last that is here. */
static const char *
place_to_go(const tenon_plugin_info *const *list, const tenon_plugin_info *first, const char *today)
{
  const tenon_plugin_info *at = find(list, first->successor);

  for (unsigned i = 0; at && i < SUNSET_CHAIN_MAX; i++) {
    const tenon_plugin_info *next = find(list, at->successor);
    int64_t days = 0;
    if (!next || next == first || !at->retires || !sunset_days(today, at->retires, &days) ||
        days > SUNSET_NEAR_DAYS)
      break;
    at = next;
  }
  return at && at != first ? at->id : NULL;
}

bool
sunset_find(const tenon_plugin_info *const *list, const char *connector, const char *today,
            struct sunset *ret)
{
  const tenon_plugin_info *p = find(list, connector);
  struct sunset s = {0};

  if (!p || !p->retires || !sunset_days(today, p->retires, &s.days))
    return false;
  s.connector = p->id;
  s.retires = p->retires;
  s.when = p->retires_when;
  s.successor = p->successor;
  s.to = place_to_go(list, p, today);
  *ret = s;
  return true;
}

static const char *
answer_of(void *user, const char *key)
{
  return connection_get(user, key);
}

bool
sunset_holds(const struct sunset *s, const struct connection *c)
{
  return !c || when_holds(s->when, answer_of, (void *)c);
}

bool
cli_sunset(struct cli *cli, const char *connector, const struct connection *c, struct sunset *ret)
{
  const tenon_plugin_info *const *list = NULL;
  tenon_context *context = cli_context(cli);
  char today[CLOCK_TEXT_SIZE];

  clock_text(today);
  return context && tenon_context_scan(context, &list) == 0 &&
         sunset_find(list, connector, today, ret) && sunset_holds(ret, c);
}

/* ---- saying it ------------------------------------------------------------------------------------------------------ */

void
sunset_text(const struct sunset *s, char ret[static SUNSET_TEXT_SIZE])
{
  int64_t n = s->days < 0 ? -s->days : s->days;

  if (s->days == 0)
    (void)snprintf(ret, SUNSET_TEXT_SIZE, "%.10s (today)", s->retires);
  else
    (void)snprintf(ret, SUNSET_TEXT_SIZE, "%.10s (%" PRId64 " day%s%s)", s->retires, n,
                   n == 1 ? "" : "s", s->days < 0 ? " ago" : "");
}

void
sunset_say(struct cli *cli, const char *connection, const struct sunset *s)
{
  char when[SUNSET_TEXT_SIZE];

  sunset_text(s, when);
  const char *verb = sunset_past(s) ? "stopped" : "stops";
  if (s->to)
    cli_talk(cli, "%s: %s %s on %s. Next: tenon swap %s --to %s --dry-run", connection,
             s->connector, verb, when, connection, s->to);
  else if (s->successor)
    cli_talk(cli, "%s: %s %s on %s. Its successor %s is not here: install it, then swap.",
             connection, s->connector, verb, when, s->successor);
  else
    cli_talk(cli, "%s: %s %s on %s. No successor is known.", connection, s->connector, verb, when);
}

void
sunset_put(struct buf *b, const struct sunset *s)
{
  (void)json_put_member(b, "retires", s->retires);
  (void)json_put_member_int(b, "days_left", s->days > 0 ? s->days : 0);
  (void)json_put_member(b, "successor", s->successor);
}
