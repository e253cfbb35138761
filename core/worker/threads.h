// SPDX-License-Identifier: Apache-2.0
/* How many threads has this process? */
#ifndef CORE_WORKER_THREADS_H
#define CORE_WORKER_THREADS_H

unsigned threads_count(void); /* 0: not known */

#endif
