// SPDX-License-Identifier: Apache-2.0
/* libtenon-inprocess.so: the worker's loop for a thread of the host's. A module of its own, loaded when it is
 * wanted, so that programs that never want it do not link libcurl. */
#include "core/worker/worker.h"

#include "core/base/cleanup.h"

__attribute__((visibility("default"))) TENON_NODISCARD int tenon_worker_run(int fd);

int
tenon_worker_run(int fd)
{
  return worker_main(fd, WORKER_IN_PROCESS);
}
