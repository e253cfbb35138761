// SPDX-License-Identifier: Apache-2.0
/* Inside core/worker: the start of a session. */
#ifndef CORE_WORKER_START_H
#define CORE_WORKER_START_H

#include "core/worker/state.h"

/* Reads the first line and answers it. *ret_started: *ret_io runs and is to be joined, also on failure. */
int worker_start(struct worker *w, pthread_t *ret_io, bool *ret_started) TENON_NODISCARD;
void worker_start_finish(struct worker *w);
/* Makes the services that the host table lends. */
int worker_services(struct worker *w) TENON_NODISCARD;

#endif
