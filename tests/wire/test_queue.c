// SPDX-License-Identifier: Apache-2.0
/* Writing: the host's queue never waits and has an end; the worker's send waits, and stops waiting when cancelled. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "core/wire/wire.h"
#include "tests/suite.h"

static void
make_pair(int ends[2])
{
  int small = 4096;

  ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  ck_assert_int_eq(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
}

/* Counts zero bytes that stand for lines of '\n'. */
static size_t
read_all(int fd, size_t want)
{
  char bytes[4096];
  size_t got = 0;

  while (got < want) {
    ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n <= 0)
      break;
    got += (size_t)n;
  }
  return got;
}

START_TEST(queue__keeps_the_order_and_never_waits)
{
  struct wire_queue q = WIRE_QUEUE_INIT;
  char line[64];
  size_t total = 0, got = 0;
  int ends[2];

  make_pair(ends);
  for (int i = 0; i < 5000; i++) {
    size_t n = (size_t)snprintf(line, sizeof line, "line number %d", i);
    ck_assert_int_eq(wire_queue_put(&q, line, n), 0);
    total += n + 1;
  }
  ck_assert_int_eq(wire_queue_flush(&q, ends[0]), 1);
  ck_assert_uint_gt(wire_queue_len(&q), 0);
  while (got < total) {
    got += read_all(ends[1], total - got);
    ck_assert_int_ge(wire_queue_flush(&q, ends[0]), 0);
  }
  ck_assert_uint_eq(wire_queue_len(&q), 0);
  wire_queue_finish(&q);
  (void)close(ends[0]);
  (void)close(ends[1]);
}
END_TEST

START_TEST(queue__has_an_end)
{
  static char line[WIRE_LINE_TO_WORKER_MAX + 1];
  struct wire_queue q = WIRE_QUEUE_INIT;
  int n = 0;

  memset(line, 'a', sizeof line);
  ck_assert_int_eq(wire_queue_put(&q, line, sizeof line), -EMSGSIZE);
  while (wire_queue_put(&q, line, sizeof line - 1) == 0)
    n++;
  ck_assert_int_eq(n, 2);
  ck_assert_int_eq(wire_queue_put(&q, line, sizeof line - 1), -ENOBUFS);
  ck_assert_int_eq(wire_queue_put(&q, "x", 1), 0);
  wire_queue_finish(&q);
}
END_TEST

START_TEST(queue__keeps_nothing_of_what_was_sent)
{
  struct wire_queue q = WIRE_QUEUE_INIT;
  int ends[2];

  make_pair(ends);
  ck_assert_int_eq(wire_queue_put(&q, "hunter2", 7), 0);
  ck_assert_int_eq(wire_queue_flush(&q, ends[0]), 0);
  for (size_t i = 0; i < q.size && i < 8; i++)
    ck_assert_int_eq(q.ptr[i], 0);
  wire_queue_finish(&q);
  (void)close(ends[0]);
  (void)close(ends[1]);
}
END_TEST

START_TEST(queue__says_when_nobody_reads_any_more)
{
  struct wire_queue q = WIRE_QUEUE_INIT;
  int ends[2];

  make_pair(ends);
  (void)close(ends[1]);
  ck_assert_int_eq(wire_queue_put(&q, "x", 1), 0);
  ck_assert_int_eq(wire_queue_flush(&q, ends[0]), -EPIPE); /* and no signal */
  wire_queue_finish(&q);
  (void)close(ends[0]);
}
END_TEST

/* ---- send ------------------------------------------------------------------------------------------------------ */

static void
fill(int fd)
{
  static const char bytes[65536];

  while (send(fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
    ;
}

START_TEST(send__that_is_cancelled_before_it_began_sends_nothing)
{
  int ends[2], cancel = eventfd(1, EFD_CLOEXEC);

  make_pair(ends);
  fill(ends[0]);
  ck_assert_int_eq(wire_send(ends[0], "line\n", 5, cancel), -ECANCELED);
  (void)close(ends[0]);
  (void)close(ends[1]);
  (void)close(cancel);
}
END_TEST

static void *
read_slowly(void *fd)
{
  char bytes[1000];
  size_t *got = calloc(1, sizeof *got);
  ssize_t n;

  while ((n = read(*(int *)fd, bytes, sizeof bytes)) > 0)
    *got += (size_t)n;
  return got;
}

START_TEST(send__that_has_begun_is_finished_although_it_is_cancelled)
{
  static char line[1000000];
  int ends[2], cancel = eventfd(1, EFD_CLOEXEC);
  pthread_t reader;
  void *got;

  make_pair(ends);
  ck_assert_int_eq(pthread_create(&reader, NULL, read_slowly, &ends[1]), 0);
  ck_assert_int_eq(wire_send(ends[0], line, sizeof line, cancel), 0);
  (void)close(ends[0]);
  ck_assert_int_eq(pthread_join(reader, &got), 0);
  ck_assert_uint_eq(*(size_t *)got, sizeof line);
  free(got);
  (void)close(ends[1]);
  (void)close(cancel);
}
END_TEST

START_TEST(send__says_when_nobody_reads_any_more)
{
  int ends[2];

  make_pair(ends);
  (void)close(ends[1]);
  ck_assert_int_eq(wire_send(ends[0], "x\n", 2, -1), -EPIPE);
  (void)close(ends[0]);
}
END_TEST

SUITE("queue", queue__keeps_the_order_and_never_waits, queue__has_an_end,
      queue__keeps_nothing_of_what_was_sent, queue__says_when_nobody_reads_any_more,
      send__that_is_cancelled_before_it_began_sends_nothing,
      send__that_has_begun_is_finished_although_it_is_cancelled,
      send__says_when_nobody_reads_any_more)
