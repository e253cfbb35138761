// SPDX-License-Identifier: Apache-2.0
/* Nothing stops a bulk run early; but after five subjects in a row that did not pass, one line says what they have in
 * common, so that a person may. Said once, and again only after a pass. */
#ifndef CORE_REPORT_STREAK_H
#define CORE_REPORT_STREAK_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "tenon/plugin.h"

#define STREAK_LENGTH 5u

struct streak {
  unsigned n;
  const tenon_check *first; /* in the arena */
  bool same_verdict, same_detail, same_ending;
  struct arena arena;
};

void streak_finish(struct streak *s);
/* true: ret holds the line. */
bool streak_add(struct streak *s, const tenon_check *c, struct buf *ret);

#endif
