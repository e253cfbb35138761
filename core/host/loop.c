// SPDX-License-Identifier: Apache-2.0
/* One epoll for everything: sockets, process descriptors, outputs. Deadlines are looked at on every turn; there are few
 * workers, so nothing sorts them. */
#include "core/host/internal.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

int
loop_add(tenon_context *ctx, struct source *s)
{
  struct epoll_event ev = {.events = EPOLLIN, .data.ptr = s};

  return epoll_ctl(ctx->epoll, EPOLL_CTL_ADD, s->fd, &ev) < 0 ? -errno : 0;
}

void
loop_remove(tenon_context *ctx, struct source *s)
{
  if (s->fd < 0)
    return;
  (void)epoll_ctl(ctx->epoll, EPOLL_CTL_DEL, s->fd, NULL);
  (void)close(TAKE_FD(s->fd));
}

void
loop_want_write(tenon_worker *w, bool want)
{
  struct epoll_event ev = {.events = EPOLLIN | (want ? EPOLLOUT : 0u), .data.ptr = &w->socket};

  if (w->socket.fd < 0 || w->socket.writing == want)
    return;
  if (epoll_ctl(w->ctx->epoll, EPOLL_CTL_MOD, w->socket.fd, &ev) == 0)
    w->socket.writing = want;
}

/* Hands on the whole lines that have come. */
static void
take_lines(tenon_worker *w)
{
  while (w->state != WORKER_DEAD && !w->destroyed) {
    char *line;
    size_t len;
    int got = wire_reader_next(&w->reader, &line, &len);

    if (got == 0)
      return;
    if (got < 0) {
      worker_broke(w, NULL, "sent a line of more than %u bytes", WIRE_LINE_MAX);
      return;
    }
    worker_receive(w, line, len);
  }
}

/* Results came back, and were told: there may be room. */
static void
read_some(tenon_worker *w)
{
  take_lines(w);
  if (w->state != WORKER_DEAD)
    subjects_grant(w);
}

void
worker_read(tenon_worker *w)
{
  for (int i = 0; i < HOST_READS_MAX && w->socket.fd >= 0 && !w->destroyed; i++) {
    ssize_t n = wire_reader_fill(&w->reader, w->socket.fd);

    if (n == -EAGAIN)
      return;
    if (n <= 0) {
      worker_eof(w);
      return;
    }
    read_some(w);
  }
}

void
worker_drain(tenon_worker *w)
{
  /* Somebody else may hold its end and write on: what a socket can hold is enough. */
  for (int i = 0; i < HOST_DRAIN_MAX && w->socket.fd >= 0 && !w->destroyed &&
                  wire_reader_fill(&w->reader, w->socket.fd) > 0;
       i++)
    take_lines(w);
}

static void
socket_turn(tenon_worker *w, uint32_t events)
{
  if (events & EPOLLOUT)
    send_flush(w);
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
    worker_read(w);
}

static void
turn(struct source *s, uint32_t events)
{
  tenon_worker *w = s->worker;

  /* An earlier event of the same batch may have ended it. */
  if (s->fd < 0 || w->destroyed)
    return;
  switch (s->kind) {
  case SOURCE_SOCKET: socket_turn(w, events); break;
  case SOURCE_PROCESS: worker_exited(w); break;
  case SOURCE_STDOUT: output_read(w, &w->out); break;
  case SOURCE_STDERR: output_read(w, &w->err); break;
  case SOURCE_BROWSER:
  case SOURCE_VISITOR: browser_turn(w, s); break;
  }
}

static int64_t
next_due(const tenon_context *ctx)
{
  int64_t due = 0;

  for (const tenon_worker *w = ctx->workers; w; w = w->next) {
    int64_t at = worker_due(w);
    if (at && (!due || at < due))
      due = at;
  }
  return due;
}

static void
look_at_clock(tenon_context *ctx)
{
  int64_t now = clock_now_ns();

  for (tenon_worker *w = ctx->workers, *next; w; w = next) {
    int64_t at = worker_due(w);
    next = w->next;
    if (at && at <= now)
      worker_overdue(w, now);
  }
}

static void
empty_trash(tenon_context *ctx)
{
  while (ctx->trash) {
    tenon_worker *w = ctx->trash;
    ctx->trash = w->next;
    worker_free(w);
  }
}

/* Milliseconds to sleep at most: until the caller's time or the next deadline. */
static int
sleep_ms(const tenon_context *ctx, int64_t until)
{
  int64_t due = next_due(ctx);

  if (due && (until < 0 || due < until))
    until = due;
  if (until < 0)
    return -1;
  return until <= clock_now_ns() ? 0 : clock_poll_ms(until);
}

static int
one_turn(tenon_context *ctx, int ms)
{
  struct epoll_event events[HOST_LOOP_EVENTS];
  int n = epoll_wait(ctx->epoll, events, HOST_LOOP_EVENTS, ms);

  if (n < 0)
    return errno == EINTR ? 0 : -errno;
  for (int i = 0; i < n; i++)
    turn(events[i].data.ptr, events[i].events);
  look_at_clock(ctx);
  graves_visit(ctx, false);
  return 0;
}

int
tenon_context_run(tenon_context *ctx, int wait_ms)
{
  int64_t until = wait_ms < 0 ? -1 : clock_now_ns() + wait_ms * NS_PER_MS;
  int err = 0;

  if (ctx->running)
    return context_fail(ctx, -EBUSY, "tenon_context_run was called from an event.");
  ctx->delivered = false;
  ctx->running = true;
  do
    err = one_turn(ctx, sleep_ms(ctx, until));
  while (!err && !ctx->delivered && (until < 0 || clock_now_ns() < until));
  ctx->running = false;
  empty_trash(ctx);
  if (err)
    return context_fail(ctx, err, "epoll_wait: %s", strerror(-err));
  return ctx->delivered;
}

int
tenon_context_fd(const tenon_context *ctx)
{
  return ctx->epoll;
}

int
tenon_context_timeout_ms(const tenon_context *ctx)
{
  return sleep_ms(ctx, -1);
}
