// SPDX-License-Identifier: Apache-2.0
/* Runs the program as a person or a script would: its own home directory, its streams captured, its exit status kept. */
#ifndef TESTS_CLI_RUN_H
#define TESTS_CLI_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define RUN_OUT_MAX (4u << 20)

extern char run_home[64]; /* of the test under way */

void run_setup(void); /* fixtures: a fresh home */
void run_teardown(void);

struct ran {
  int status; /* exit status; 128 and more: a signal */
  char *out, *err;
};
void ran_finish(struct ran *r);
#define CLEANUP_RAN __attribute__((cleanup(ran_finish)))

/* One command line, its words separated by blanks; input NULL: an empty standard input. */
struct ran run(const char *line);
struct ran run_with(const char *line, const char *input);
/* Sends SIGINT when the first output has come. */
struct ran run_interrupted(const char *line);

/* Fails the test unless the status is this one; shows both streams. */
void expect_status(const struct ran *r, int status);
void expect_in(const char *text, const char *part);
void expect_not_in(const char *text, const char *part);

/* Stores a connection of the test connector that follows `script` (tests/host/testconnector.c). */
void store_test_connection(const char *name, const char *script, const char *password);
void write_home_file(const char *path, const char *text);

#endif
