// SPDX-License-Identifier: Apache-2.0
/* When a connection's connector stops being of use, and which connector it should go to then. Told from the notes of what
 * is installed: no plugin runs. */
#ifndef CORE_CLI_SUNSET_H
#define CORE_CLI_SUNSET_H

#include "core/cli/cli.h"

#define SUNSET_NEAR_DAYS                                                                           \
  180 /* from here on every run says it: time for an approval, a change, a test */
#define SUNSET_CHAIN_MAX 8u /* successors of successors looked at */
#define SUNSET_DATE_SIZE sizeof("2027-04-01")
#define SUNSET_TEXT_SIZE 64u

struct sunset {
  const char *when;                            /* for which answers: or NULL */
  const char *connector, *retires, *successor; /* borrowed from the list; successor: or NULL */
  const char *
      to; /* where to go: the successor, or beyond it where that stops soon itself; NULL: it is not here */
  int64_t days; /* left; 0 or less: over since */
};

/* Days from `today` to a date, both "2027-04-01" at their beginning; false: no such dates. */
bool sunset_days(const char *today, const char *date, int64_t *ret);
/* false: it does not retire, or it is not in the list. */
bool sunset_find(const tenon_plugin_info *const *list, const char *connector, const char *today,
                 struct sunset *ret);
static inline bool
sunset_past(const struct sunset *s)
{
  return s->days <= 0;
}
static inline bool
sunset_near(const struct sunset *s)
{
  return s->days <= SUNSET_NEAR_DAYS;
}
/* "2027-04-01 (130 days)", "2026-10-01 (52 days ago)". */
void sunset_text(const struct sunset *s, char ret[static SUNSET_TEXT_SIZE]);
/* The same by the plugins that are here, for today; false also where they cannot be listed, and where it does not retire
 * for what this connection answers. c NULL: for anybody. Nothing is said. */
bool cli_sunset(struct cli *cli, const char *connector, const struct connection *c,
                struct sunset *ret);
/* Does it retire for these answers? */
bool sunset_holds(const struct sunset *s, const struct connection *c);
/* "corp: x stops on 2027-04-01 (130 days). Next: tenon swap corp --to y --dry-run" on stderr. */
void sunset_say(struct cli *cli, const char *connection, const struct sunset *s);
/* Members retires, days_left and successor of an object. */
void sunset_put(struct buf *b, const struct sunset *s);

#endif
