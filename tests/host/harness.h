// SPDX-License-Identifier: Apache-2.0
/* A context and one worker under observation: every event becomes a line of text that tests compare. With the variable
 * TENON_TEST_IN_PROCESS the same test runs its plugin in a thread. */
#ifndef TESTS_HOST_HARNESS_H
#define TESTS_HOST_HARNESS_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/host/times.h"
#include "tenon/host.h"

#define BENCH_MS 20000 /* a wait that takes longer is a failure */

struct bench {
  tenon_context *ctx;
  tenon_worker *worker;
  struct buf
      events; /* "ready testconnector\nbegan net.connect\ncheck pass net.connect\n...ended ok\n" */
  struct buf log; /* "LEVEL PLUGIN TEXT\n" */
  unsigned checks, findings, ended,
      died; /* findings: checks whose id starts with "plugin." and no subject */
  unsigned with_subject, fails, offers, steps;
  tenon_status status; /* of the last ENDED */
  uint64_t ticket;     /* of the last ASK */
  char finding[4096];  /* "ID: DETAIL | REMEDY" of the last finding */
  char kept[256];
  bool quiet;                                        /* counts only: for long runs */
  void (*hook)(struct bench *, const tenon_event *); /* besides */
};

/* Aborts the test on failure. libexec NULL: the real worker. */
void bench_init(struct bench *b, const char *libexec);
void bench_finish(struct bench *b);
/* connector as for tenon_worker_create. */
void bench_worker(struct bench *b, const char *connector);
/* The connector for tests, opened with these answers: "key=value" pairs, "!key=secret" ones, ending with NULL. Waits
 * for the end of open. */
void bench_open(struct bench *b, const char *const *answers);
/* Another worker under the same observation. */
tenon_worker *bench_second(struct bench *b, const char *connector);
/* Runs the loop until that many calls have ended, or the worker died. */
void bench_wait(struct bench *b, unsigned ended);
void bench_wait_died(struct bench *b);
void bench_clear(struct bench *b);
bool bench_in_process(void);
/* Is the line among the events? */
bool bench_saw(const struct bench *b, const char *line);

#define VISITOR       TENON_TEST_BUILD "/tests/host/visitor/visitor.so#visitor"
#define TESTCONNECTOR TENON_TEST_BUILD "/tests/host/testconnector.so#testconnector"

#endif
