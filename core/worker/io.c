// SPDX-License-Identifier: Apache-2.0
/* The io thread: it never runs plugin code and never waits for anything but the socket, so that a cancel or the end of
 * the host is seen while a hook hangs. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "core/worker/state.h"

/* The end of the host. A process leaves at once, hook or no hook; a thread makes the hook return. */
static void
leave(struct worker *w)
{
  if (!(w->flags & WORKER_IN_PROCESS))
    _exit(0);
  LOCK_FOR_SCOPE(&w->lock);
  w->eof = true;
  worker_call_cancel_locked(w);
  (void)pthread_cond_broadcast(&w->changed);
}

/* 1: a message; 0: no whole line; negative: the host spoke nonsense. Any line may hold a secret: it is zeroed. */
static int
next_message(struct worker *w, cJSON **ret)
{
  const char *why;
  char *line;
  size_t n;
  int found = wire_reader_next(&w->reader, &line, &n);
  if (found != 1)
    return found;
  *ret = wire_parse(line, n, &why);
  explicit_bzero(line, n);
  return *ret ? 1 : -EBADMSG;
}

static bool
receive_all(struct worker *w)
{
  cJSON *message;
  int found;
  while ((found = next_message(w, &message)) == 1)
    if (!worker_receive(w, message))
      return false;
  return found == 0;
}

static bool
read_some(struct worker *w)
{
  ssize_t n = wire_reader_fill(&w->reader, w->fd);
  if (n == -EAGAIN || n == -EINTR)
    return true;
  return n > 0 && receive_all(w);
}

static bool
is_leaving(struct worker *w)
{
  LOCK_FOR_SCOPE(&w->lock);
  return w->eof;
}

static void *
run(void *user)
{
  struct worker *w = user;
  bool left = false, waiting = false;

  bool good = receive_all(w); /* what came in one read with the first line */
  while (good && !is_leaving(w)) {
    struct pollfd fds[2] = {{.fd = w->fd, .events = (short)(POLLIN | (left ? POLLOUT : 0))},
                            {.fd = waiting ? -1 : w->out.wake_fd, .events = POLLIN}};
    int ready = poll(fds, 2, waiting ? OUTBOX_WAIT_MS : -1);
    if (ready == 0 || (fds[0].revents & POLLOUT)) {
      waiting = false;
      left = outbox_push(&w->out);
    }
    if (fds[1].revents) {
      outbox_disarm(&w->out);
      waiting = true;
    }
    if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
      good = read_some(w);
  }
  if (!is_leaving(w))
    leave(w);
  return NULL;
}

int
worker_io_start(struct worker *w, pthread_t *ret)
{
  return -pthread_create(ret, NULL, run, w);
}

cJSON *
worker_io_first(struct worker *w)
{
  cJSON *message = NULL;
  int found = 0;
  while ((found = next_message(w, &message)) == 0) {
    struct pollfd fd = {.fd = w->fd, .events = POLLIN};
    (void)poll(&fd, 1, -1);
    ssize_t n = wire_reader_fill(&w->reader, w->fd);
    if (n <= 0 && n != -EAGAIN && n != -EINTR)
      return NULL;
  }
  return found == 1 ? message : NULL;
}
