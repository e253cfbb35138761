// SPDX-License-Identifier: Apache-2.0
/* Writing to the socket. The host queues and sends what the socket takes, because it may never wait for a worker; the
 * worker waits, because that is how a slow host slows it down. */
#include "core/wire/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define QUEUE_START 4096u

void
wire_queue_finish(struct wire_queue *q)
{
  if (q->ptr)
    explicit_bzero(q->ptr, q->size);
  free(q->ptr);
  *q = WIRE_QUEUE_INIT;
}

size_t
wire_queue_len(const struct wire_queue *q)
{
  return q->end - q->start;
}

/* A new block with what waits at its front; the old one is zeroed. */
static int
make_room(struct wire_queue *q, size_t n)
{
  size_t len = wire_queue_len(q), size = q->size ? q->size : QUEUE_START;
  char *ptr;

  if (q->size - q->end >= n)
    return 0;
  while (size - len < n)
    size *= 2;
  ptr = malloc(size);
  if (!ptr)
    return -ENOMEM;
  if (len)
    memcpy(ptr, q->ptr + q->start, len);
  wire_queue_finish(q);
  *q = (struct wire_queue){.ptr = ptr, .size = size, .end = len};
  return 0;
}

int
wire_queue_put(struct wire_queue *q, const char *line, size_t len)
{
  int err;

  if (len > WIRE_LINE_TO_WORKER_MAX)
    return -EMSGSIZE;
  if (len + 1 > WIRE_QUEUE_MAX - wire_queue_len(q))
    return -ENOBUFS;
  err = make_room(q, len + 1);
  if (err)
    return err;
  memcpy(q->ptr + q->end, line, len);
  q->ptr[q->end + len] = '\n';
  q->end += len + 1;
  return 0;
}

int
wire_queue_flush(struct wire_queue *q, int fd)
{
  while (wire_queue_len(q)) {
    ssize_t n = send(fd, q->ptr + q->start, wire_queue_len(q), MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno == EAGAIN || errno == EWOULDBLOCK ? 1 : -errno;
    explicit_bzero(q->ptr + q->start, (size_t)n);
    q->start += (size_t)n;
  }
  q->start = q->end = 0;
  return 0;
}

/* 0: the socket takes bytes again, or has failed, which the next send tells. */
static int
wait_writable(int fd, int cancel_fd)
{
  struct pollfd fds[2] = {{.fd = fd, .events = POLLOUT}, {.fd = cancel_fd, .events = POLLIN}};

  if (poll(fds, 2, -1) < 0)
    return errno == EINTR ? 0 : -errno;
  return fds[1].revents ? -ECANCELED : 0;
}

int
wire_send(int fd, const char *bytes, size_t n, int cancel_fd)
{
  size_t sent = 0;

  while (sent < n) {
    ssize_t got = send(fd, bytes + sent, n - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    int err;

    if (got >= 0) {
      sent += (size_t)got;
      continue;
    }
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
      return -errno;
    err = wait_writable(fd, sent ? -1 : cancel_fd);
    if (err)
      return err;
  }
  return 0;
}
