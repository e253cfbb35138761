// SPDX-License-Identifier: Apache-2.0
/* Why a plugin is not taken: the rule, what was found, and what mends it. Made where the file is known, passed on
 * unchanged to whoever shows it. No memory, so that it also works when there is none. */
#ifndef CORE_MODULE_REFUSAL_H
#define CORE_MODULE_REFUSAL_H

#include "core/base/cleanup.h"

#define REFUSAL_DETAIL_MAX 1024u
#define REFUSAL_REMEDY_MAX 512u

struct refusal {
  const char *rule; /* one of rules.h; NULL: not refused */
  char detail[REFUSAL_DETAIL_MAX], remedy[REFUSAL_REMEDY_MAX];
};

/* Sets rule and detail; what does not fit is cut between characters, and bytes that are no printable text become '?'.
 * Returns -EPERM, so that `return refusal_say(...)` reads well. */
int refusal_say(struct refusal *r, const char *rule, const char *fmt, ...) TENON_PRINTF(3, 4);
/* Adds the remedy. Returns -EPERM too. */
int refusal_mend(struct refusal *r, const char *fmt, ...) TENON_PRINTF(2, 3);

#endif
