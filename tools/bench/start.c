// SPDX-License-Identifier: Apache-2.0
/* How long programs take from start to end, in turns, so that what else the machine does hits all alike.
 *   start RUNS PROGRAM [ARG...] [-- PROGRAM [ARG...]]...    milliseconds, the median of each */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define RUNS_MAX     1000u
#define PROGRAMS_MAX 8u

extern char **environ;

static double
now_ms(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
run(char **argv, const posix_spawn_file_actions_t *quiet)
{
  int status = -1;
  pid_t pid = 0;
  double begun = now_ms();
  if (posix_spawn(&pid, argv[0], quiet, NULL, argv, environ) != 0 ||
      waitpid(pid, &status, 0) != pid || status != 0) {
    (void)fprintf(stderr, "start: %s fails\n", argv[0]);
    exit(1);
  }
  return now_ms() - begun;
}

static int
compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
  static double took[PROGRAMS_MAX][RUNS_MAX];
  char **programs[PROGRAMS_MAX];
  unsigned long n = 0, runs = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
  if (runs < 1 || runs > RUNS_MAX)
    return 2;
  programs[n++] = argv + 2;
  for (int i = 3; i < argc - 1 && n < PROGRAMS_MAX; i++)
    if (strcmp(argv[i], "--") == 0) {
      argv[i] = NULL;
      programs[n++] = argv + i + 1;
    }
  posix_spawn_file_actions_t quiet;
  if (posix_spawn_file_actions_init(&quiet) != 0 ||
      posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0) != 0 ||
      posix_spawn_file_actions_adddup2(&quiet, 1, 2) != 0)
    return 1;
  for (unsigned long i = 0; i < runs; i++)
    for (unsigned long p = 0; p < n; p++)
      took[p][i] = run(programs[p], &quiet);
  for (unsigned long p = 0; p < n; p++) {
    qsort(took[p], runs, sizeof **took, compare);
    printf("%.4f%c", took[p][runs / 2], p + 1 < n ? ' ' : '\n');
  }
  (void)posix_spawn_file_actions_destroy(&quiet);
  return 0;
}
