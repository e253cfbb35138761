// SPDX-License-Identifier: Apache-2.0
/* Lines on their way to the host. Any thread puts lines in; they leave when a batch is worth a system call, when their
 * writer says so, or a millisecond later by the io thread, which never waits for the socket. A writer may wait, but not
 * once its call is cancelled: what is left then goes out by the io thread. */
#ifndef CORE_WORKER_OUTBOX_H
#define CORE_WORKER_OUTBOX_H

#include <pthread.h>
#include <stdbool.h>

#include "core/base/buf.h"

#define OUTBOX_BATCH   65536u               /* bytes at which the writer sends what has gathered */
#define OUTBOX_MAX     (8u * 1024u * 1024u) /* bytes that wait; what comes on top of them is lost */
#define OUTBOX_WAIT_MS 1                    /* how long a line may wait for company */

struct outbox {
  int fd, wake_fd;         /* wake_fd: readable when the io thread is to look */
  pthread_mutex_t sending; /* holds out and sent; taken before lock */
  pthread_mutex_t lock;    /* holds pending and armed */
  struct buf pending, out;
  size_t sent;
  bool armed;
};

int outbox_init(struct outbox *o, int fd) TENON_NODISCARD;
void outbox_finish(struct outbox *o);

/* Opens a line: append one object to the buffer, then close it. Holds the lock in between. */
struct buf *outbox_line(struct outbox *o, size_t *ret_mark);
/* Closes the line. False: it was too long, or memory was out, and is taken back. *ret_full: time to flush. */
bool outbox_line_end(struct outbox *o, size_t mark, bool *ret_full);

/* Sends everything; waits for the host until cancel_fd (-1: none) is readable. */
void outbox_flush(struct outbox *o, int cancel_fd);
/* The io thread's: sends what the socket takes. True: some is left, wait for POLLOUT. */
bool outbox_push(struct outbox *o);
/* The io thread's: wake_fd was readable. */
void outbox_disarm(struct outbox *o);
/* Wakes the io thread. */
void outbox_wake(struct outbox *o);

#endif
