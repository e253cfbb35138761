// SPDX-License-Identifier: Apache-2.0
/* A call that blocks, on a thread of its own. libkrb5 asks KDCs one after another and cannot be told to stop; whoever
 * waits for it must be able to leave at once. So the thread owns all that it touches, and whoever leaves leaves it
 * behind: it gives everything back when it comes to its end. */
#ifndef CORE_HTTP_ERRAND_H
#define CORE_HTTP_ERRAND_H

#include <stdbool.h>

#include "core/base/cleanup.h"

#define ERRANDS_ABANDONED_MAX 16u /* threads of this process that were left behind */
#define ERRAND_STACK_BYTES    (1024u * 1024u)

struct errand;

/* Starts run(work) on a thread; NULL and errno (EAGAIN: too many were left behind), and `work` stays the caller's. */
TENON_NODISCARD struct errand *errand_start(void (*run)(void *work), void (*destroy)(void *work),
                                            void *work);
/* Readable when it has come back. */
int errand_fd(const struct errand *);
/* Has it? Asks the descriptor, once. */
TENON_NODISCARD bool errand_is_back(struct errand *);
/* When it has come back: `work` is the caller's again. */
void errand_finish(struct errand *);
/* Leaves it behind; work goes to destroy, sooner or later, on this thread or on that one. NULL is fine. */
void errand_abandon(struct errand *);
/* How many are left behind now, in this process. */
unsigned errands_abandoned(void);

#endif
