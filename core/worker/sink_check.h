// SPDX-License-Identifier: Apache-2.0
/* Inside the sink: cleaning what a plugin reports, and the check in particular. */
#ifndef CORE_WORKER_SINK_CHECK_H
#define CORE_WORKER_SINK_CHECK_H

#include "core/worker/state.h"

#define SINK_TEXT_MAX     16384u /* bytes of one text; what is longer is cut */
#define SINK_DATA_MAX     64u    /* pairs of data of one check */
#define SINK_CLEAN_COPIES (SINK_DATA_MAX + 8u)

/* Copies that one call of the sink needed; most need none. */
struct sink_cleaner {
  struct worker *w;
  const char *rule; /* what unprintable text breaks */
  char *copies[SINK_CLEAN_COPIES];
  size_t n;
};

/* The text without secrets, cut to its limit; NULL stays NULL, and text that is not printable breaks the rule. what and
 * of name it: "detail" of "auth.basic". */
const char *sink_clean(struct sink_cleaner *c, const char *what, const char *of, const char *text);
void sink_cleaner_finish(struct sink_cleaner *c);

/* Copies a growable struct of the plugin's. False: its size broke the rule. */
bool sink_copy(struct worker *w, const char *what, const void *from, size_t floor, void *to,
               size_t size);

void sink_check_put(struct worker *w, const tenon_check *theirs, bool flush);

#endif
