// SPDX-License-Identifier: Apache-2.0
/* The host's end of a worker's socket, for tests: raw lines out, raw lines in, everything that came kept as text. */
#ifndef TESTS_WORKER_PEER_H
#define TESTS_WORKER_PEER_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include "core/wire/message.h"

#define PEER_PATIENCE_MS 20000

struct peer {
  int fd, output; /* output: what the worker's process wrote to 1 and 2; -1 in the process */
  pid_t pid;      /* 0: a thread */
  pthread_t thread;
  struct wire_reader reader;
  struct buf transcript;
  cJSON *last; /* the message that peer_expect gave */
};

/* in_process: 0 or 1, as a loop test counts. */
void peer_start(struct peer *p, int in_process);
void peer_load(struct peer *p, const char *plugin, const char *connector);
/* Starts, loads the puppet and opens it in this mode with the password "correct-horse-battery". */
void peer_open(struct peer *p, int in_process, const char *mode);
void peer_say(struct peer *p, const char *fmt, ...) TENON_PRINTF(2, 3);
/* The next message of this type, what comes before it skipped; fails the test at end of file or after 20 s. */
const cJSON *peer_expect(struct peer *p, const char *type);
/* The same of a check, by its id. */
const cJSON *peer_check(struct peer *p, const char *id);
/* Reads to the end of file. */
void peer_drain(struct peer *p);
bool peer_saw(const struct peer *p, const char *text);
/* Says close, drains and joins; gives the worker's exit status (a thread's too). */
int peer_close(struct peer *p);
/* Waits for the end of a worker that ends by itself. */
int peer_wait(struct peer *p);
/* What the process wrote to its outputs. */
void peer_output(struct peer *p, char *text, size_t size);

extern const char *const peer_puppet;

#endif
