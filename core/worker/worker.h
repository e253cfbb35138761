// SPDX-License-Identifier: Apache-2.0
/* Runs the hooks of one plugin for one connection, over a socket. In a process of its own (tenon-worker), or, for
 * debugging, in a thread of the host's (libtenon-inprocess.so): the same code, the same lines. */
#ifndef CORE_WORKER_WORKER_H
#define CORE_WORKER_WORKER_H

#include <stdint.h>

#define WORKER_IN_PROCESS                                                                          \
  (1u << 0) /* no sandbox, no signals, no _exit: end of file cancels and returns */

/* Speaks docs/wire.md on the socket until close or end of file, on the calling thread, which becomes the thread of
 * the hooks. The descriptor stays the caller's. Gives an exit status: 0 for an orderly end, 1 when the plugin was
 * refused or the host spoke nonsense. */
int worker_main(int fd, uint32_t flags);

/* What libtenon-inprocess.so exports: worker_main with WORKER_IN_PROCESS. */
#define WORKER_RUN_SYMBOL "tenon_worker_run"
typedef int (*worker_run_function)(int fd);

#endif
