// SPDX-License-Identifier: Apache-2.0
/* Memory that is given back all at once: what a decoder makes of one message lives and dies together. */
#ifndef CORE_BASE_ARENA_H
#define CORE_BASE_ARENA_H

#include <stddef.h>

#include "core/base/cleanup.h"

struct arena {
  struct arena_block *blocks;
};

#define ARENA_INIT ((struct arena){0})

void arena_finish(struct arena *a); /* leaves an empty, usable arena */
void *arena_alloc(struct arena *a, size_t n)
    TENON_NODISCARD; /* zeroed, aligned for anything; NULL when memory is out */
char *arena_text(struct arena *a, const char *text) TENON_NODISCARD; /* a copy; NULL of NULL */
char *arena_bytes(struct arena *a, const char *bytes, size_t n)
    TENON_NODISCARD; /* a copy with a NUL behind it */

static inline void
cleanup_arena_(struct arena *a)
{
  arena_finish(a);
}
#define CLEANUP_ARENA __attribute__((cleanup(cleanup_arena_)))

#endif
