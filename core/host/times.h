// SPDX-License-Identifier: Apache-2.0
/* The patience of the host, in one struct, so that tests can run out of it sooner. */
#ifndef CORE_HOST_TIMES_H
#define CORE_HOST_TIMES_H

#include "core/base/clock.h"
#include "tenon/host.h"

#define HOST_LOAD_NS      (20 * NS_PER_S) /* from the start of a worker to its "ready" */
#define HOST_OPEN_NS      (5 * NS_PER_S)  /* hooks, unless the caller says */
#define HOST_VERIFY_NS    (60 * NS_PER_S)
#define HOST_SUGGEST_NS   (15 * NS_PER_S)
#define HOST_CONFIGURE_NS (120 * NS_PER_S)
#define HOST_PROGRESS_NS  (120 * NS_PER_S) /* without a result, in browse and impersonate */
#define HOST_BACKOFF_NS   (900 * NS_PER_S) /* that a check may announce on top of it */
#define HOST_SLACK_NS     (NS_PER_S / 4)   /* past a deadline, for a hook that watches it itself */
#define HOST_SOFT_NS      (2 * NS_PER_S)   /* from cancel at a deadline to SIGTERM */
#define HOST_TERM_NS      (NS_PER_S)       /* from there to SIGKILL */
#define HOST_CANCEL_NS    (3 * NS_PER_S / 10) /* from the caller's cancel to SIGKILL */
#define HOST_CLOSE_NS     (2 * NS_PER_S)      /* from close to SIGKILL */
#define HOST_EOF_NS       (NS_PER_S)          /* from the end of its socket to SIGKILL */
#define HOST_BROWSER_NS   (10 * NS_PER_S)     /* of one connection to a listener */

struct host_times {
  int64_t load, open, verify, suggest, configure, progress, backoff, slack, soft, term, cancel,
      close, eof, browser;
};

/* Those of this context, to be changed before a worker is made. */
struct host_times *host_times_of(tenon_context *ctx);

#endif
