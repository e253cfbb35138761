// SPDX-License-Identifier: Apache-2.0
/* A check of our own memory, and the sum of many: what passed, what failed, and why as one word. */
#ifndef CORE_MODEL_CHECK_H
#define CORE_MODEL_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "tenon/plugin.h"

/* A deep copy in the arena; NULL when memory is out. */
tenon_check *check_copy(struct arena *a, const tenon_check *c) TENON_NODISCARD;
tenon_step *step_copy(struct arena *a, const tenon_step *s) TENON_NODISCARD; /* likewise */
/* The value of a data key, or NULL. */
const char *check_data(const tenon_check *c, const char *key);
/* What the check's field should hold, where that is named and stands in a command line as it is; NULL: it is not. */
const char *check_answer(const tenon_check *c);

struct tally {
  uint64_t pass, warn, fail, skip;
  uint64_t failed_required;
  uint32_t causes; /* bit -cause for each cause of a failed required check */
};

void tally_add(struct tally *t, const tenon_check *c);
bool tally_passed(const struct tally *t); /* no required check failed */
/* The cause that speaks for all: the first of crashed, timeout, network, tls, auth, denied, transient that any failed
 * required check had; else the first of the others; TENON_OK when none failed. */
tenon_status tally_cause(const struct tally *t);

#endif
