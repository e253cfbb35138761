// SPDX-License-Identifier: Apache-2.0
/* What a worker costs, seen by a program that embeds libtenon.
 *   wire ready LIBEXEC PLUGIN.so#ID RUNS EMPTY    milliseconds: the empty program from start to end, a worker until ready
 *   wire checks LIBEXEC PLUGIN.so#ID SUBJECTS     microseconds a subject, from the program to the plugin and back */
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <tenon/host.h>

#define RUNS_MAX 1000u

extern char **environ;

struct watch {
  bool ready, ended, died;
  unsigned long checks, given, subjects;
  char subject[64];
};

static double
now(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
on_event(void *user, tenon_worker *worker, const tenon_event *e)
{
  (void)worker;
  struct watch *w = user;
  w->ready = w->ready || e->kind == TENON_EVENT_READY;
  w->checks += e->kind == TENON_EVENT_CHECK && e->check->state == TENON_PASS;
  if (e->kind == TENON_EVENT_CHECK && e->check->state == TENON_FAIL)
    (void)fprintf(stderr, "wire: %s\n", e->check->detail ? e->check->detail : e->check->title);
  w->ended = w->ended || e->kind == TENON_EVENT_ENDED;
  w->died = w->died || e->kind == TENON_EVENT_DIED;
}

static int32_t
next_subject(void *user, tenon_text *ret)
{
  struct watch *w = user;
  if (w->given == w->subjects)
    return TENON_NEXT_END;
  int n = snprintf(w->subject, sizeof w->subject, "someone%08lu@bench.example", ++w->given);
  *ret = (tenon_text){w->subject, (size_t)n};
  return TENON_NEXT_SUBJECT;
}

static bool
wait_for(tenon_context *ctx, struct watch *w, const bool *what)
{
  while (!*what && !w->died)
    if (tenon_context_run(ctx, 10000) < 0)
      return false;
  return *what;
}

static double
until_ready(tenon_context *ctx, const char *connector)
{
  struct watch watch = {0};
  tenon_worker *worker = NULL;
  double begun = now();
  if (tenon_worker_create(ctx, connector, on_event, &watch, &worker) != 0 ||
      !wait_for(ctx, &watch, &watch.ready)) {
    (void)fprintf(stderr, "wire: %s is not ready. %s\n", connector, tenon_context_error(ctx));
    exit(1);
  }
  double took = now() - begun;
  if (tenon_worker_close(worker) == 0)
    (void)wait_for(ctx, &watch, &watch.died);
  tenon_worker_destroy(worker);
  return took;
}

static double
until_ended(const char *path)
{
  char *argv[] = {(char *)(uintptr_t)path, NULL};
  int status = -1;
  pid_t pid = 0;
  double begun = now();
  if (posix_spawn(&pid, path, NULL, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) != pid ||
      status != 0) {
    (void)fprintf(stderr, "wire: %s does not run\n", path);
    exit(1);
  }
  return now() - begun;
}

static int
compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void
ready(tenon_context *ctx, const char *connector, unsigned long runs, const char *empty)
{
  double ours[RUNS_MAX], theirs[RUNS_MAX];
  (void)until_ready(ctx, connector); /* the files are in memory now */
  for (unsigned long i = 0; i < runs; i++) {
    theirs[i] = until_ended(empty);
    ours[i] = until_ready(ctx, connector);
  }
  qsort(ours, runs, sizeof *ours, compare);
  qsort(theirs, runs, sizeof *theirs, compare);
  printf("%.4f %.4f\n", theirs[runs / 2] * 1e3, ours[runs / 2] * 1e3);
}

static int
checks(tenon_context *ctx, const char *connector, unsigned long subjects)
{
  struct watch watch = {.subjects = subjects};
  const tenon_settings settings = {.size = sizeof settings};
  tenon_worker *worker = NULL;
  bool ok = tenon_worker_create(ctx, connector, on_event, &watch, &worker) == 0 &&
            wait_for(ctx, &watch, &watch.ready) &&
            tenon_worker_open(worker, &settings, 0, NULL) == 0 &&
            wait_for(ctx, &watch, &watch.ended);
  watch.ended = false;
  double begun = now();
  ok = ok && tenon_worker_impersonate(worker, 32, next_subject, &watch, NULL) == 0 &&
       wait_for(ctx, &watch, &watch.ended) && watch.checks == subjects;
  printf("%.3f\n", (now() - begun) / (double)subjects * 1e6);
  if (!ok)
    (void)fprintf(stderr, "wire: %lu of %lu checks. %s\n", watch.checks, subjects,
                  tenon_context_error(ctx));
  tenon_worker_destroy(worker);
  return ok ? 0 : 1;
}

int
main(int argc, char **argv)
{
  bool is_ready = argc == 6 && strcmp(argv[1], "ready") == 0;
  if (!is_ready && !(argc == 5 && strcmp(argv[1], "checks") == 0))
    return 2;
  unsigned long n = strtoul(argv[4], NULL, 10);
  if (n < 1 || (is_ready && n > RUNS_MAX))
    return 2;
  const char *const none[] = {NULL};
  tenon_context_options options = {
      .size = sizeof options, .libexec_dir = argv[2], .plugin_dirs = none};
  tenon_context *ctx = NULL;
  int status = 0;
  if (tenon_context_create(&options, &ctx) != 0)
    return 1;
  if (is_ready)
    ready(ctx, argv[3], n, argv[5]);
  else
    status = checks(ctx, argv[3], n);
  tenon_context_destroy(ctx);
  return status;
}
