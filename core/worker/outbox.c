// SPDX-License-Identifier: Apache-2.0
/* Two buffers that change places: one is filled while the other is sent. What was sent is zeroed, since a line may hold
 * a secret that is to be kept. */
#include "core/worker/outbox.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "core/wire/wire.h"

int
outbox_init(struct outbox *o, int fd)
{
  *o = (struct outbox){.fd = fd, .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  buf_init(&o->pending, OUTBOX_MAX);
  buf_init(&o->out, OUTBOX_MAX);
  if (o->wake_fd < 0)
    return -errno;
  (void)pthread_mutex_init(&o->sending, NULL);
  (void)pthread_mutex_init(&o->lock, NULL);
  return 0;
}

void
outbox_finish(struct outbox *o)
{
  if (o->wake_fd < 0)
    return;
  (void)close(o->wake_fd);
  buf_wipe(&o->pending);
  buf_wipe(&o->out);
  (void)pthread_mutex_destroy(&o->sending);
  (void)pthread_mutex_destroy(&o->lock);
}

void
outbox_wake(struct outbox *o)
{
  uint64_t one = 1;
  if (write(o->wake_fd, &one, sizeof one) < 0)
    return; /* it is readable already */
}

void
outbox_disarm(struct outbox *o)
{
  uint64_t count;
  if (read(o->wake_fd, &count, sizeof count) < 0)
    return;
}

struct buf *
outbox_line(struct outbox *o, size_t *ret_mark)
{
  if (pthread_mutex_lock(&o->lock) != 0)
    abort();
  *ret_mark = o->pending.len;
  return &o->pending;
}

bool
outbox_line_end(struct outbox *o, size_t mark, bool *ret_full)
{
  struct buf *b = &o->pending;
  bool good = !buf_failed(b) && b->len - mark <= WIRE_LINE_MAX && buf_putc(b, '\n');

  if (!good) {
    b->failed = false;
    b->len = mark;
    if (b->ptr)
      b->ptr[mark] = '\0';
  }
  *ret_full = b->len >= OUTBOX_BATCH;
  bool wake = good && !o->armed;
  o->armed = o->armed || good;
  (void)pthread_mutex_unlock(&o->lock);
  if (wake)
    outbox_wake(o);
  return good;
}

/* Everything that waits becomes what is sent, when that is empty. */
static void
refill_sending(struct outbox *o)
{
  if (o->out.len > 0)
    return;
  LOCK_FOR_SCOPE(&o->lock);
  struct buf full = o->pending;
  o->pending = o->out;
  o->out = full;
  o->armed = false;
}

/* True: some is left. */
static bool
send_sending(struct outbox *o, bool wait, int cancel_fd)
{
  while (o->sent < o->out.len) {
    ssize_t n =
        send(o->fd, o->out.ptr + o->sent, o->out.len - o->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
      o->sent += (size_t)n;
    } else if (errno == EAGAIN) {
      struct pollfd fds[2] = {{.fd = o->fd, .events = POLLOUT},
                              {.fd = cancel_fd, .events = POLLIN}};
      if (!wait)
        return true;
      (void)poll(fds, 2, -1);
      if (fds[1].revents && !fds[0].revents)
        return true;
    } else if (errno != EINTR) {
      o->sent = o->out.len; /* nobody is there to read: the io thread sees the end of file */
    }
  }
  if (o->out.ptr)
    explicit_bzero(o->out.ptr, o->out.len);
  buf_clear(&o->out);
  o->sent = 0;
  return false;
}

static bool
flush_sending(struct outbox *o, bool wait, int cancel_fd)
{
  do {
    refill_sending(o);
    if (o->out.len == 0)
      return false;
  } while (!send_sending(o, wait, cancel_fd));
  return true;
}

void
outbox_flush(struct outbox *o, int cancel_fd)
{
  LOCK_FOR_SCOPE(&o->sending);
  if (flush_sending(o, true, cancel_fd))
    outbox_wake(o);
}

bool
outbox_push(struct outbox *o)
{
  if (pthread_mutex_trylock(&o->sending) != 0)
    return false; /* somebody sends, and sends everything or wakes us */
  bool left = flush_sending(o, false, -1);
  (void)pthread_mutex_unlock(&o->sending);
  return left;
}
