// SPDX-License-Identifier: Apache-2.0
/* Memory for plaintext. Passwords and tokens must not reach a core file, the swap, another process or, by a stale
 * pointer, a log; so they live in pages of their own: memfd_secret where the kernel lends it, else locked anonymous
 * pages that are left out of dumps and zeroed in a fork. Everything is wiped before it is given back. */
#ifndef CORE_SECRET_MEMORY_H
#define CORE_SECRET_MEMORY_H

#include <stddef.h>

#include "core/base/cleanup.h"

#define SECRET_MEMORY_BLOCK_MAX (8u * 1024u * 1024u) /* one allocation */

/* n zeroed bytes, whole pages underneath; NULL and errno when there are none. Free with secret_memory_free. */
TENON_NODISCARD void *secret_memory_alloc(size_t n);

/* Wipes and frees; NULL is fine. */
void secret_memory_free(void *p);

/* Wipes n bytes so that no compiler takes the wiping out. */
void secret_memory_wipe(void *p, size_t n);

/* How plaintext is kept here: "memfd_secret", "mlock" or, when the limit on locked memory is used up, "unlocked". The
 * weakest that any allocation of this process got; for `doctor` and logs. */
const char *secret_memory_kind(void);

#endif
