// SPDX-License-Identifier: Apache-2.0
/* When a call is over: the host cancelled it, its deadline passed, or the plugin broke a rule. The clock stands still
 * while a person is asked or a sign-in of somebody else is waited for; the host counts alike (docs/wire.md). */
#include <errno.h>
#include <sys/eventfd.h>

#include "core/base/clock.h"
#include "core/json/json.h"
#include "core/worker/state.h"

static int32_t
cancelled(const tenon_call *c)
{
  const struct worker_call *call = (const struct worker_call *)c;
  int64_t deadline = call->deadline;
  return call->cancelled || (deadline != 0 && call->stopped == 0 && clock_now_ns() >= deadline);
}

bool
worker_call_over(const struct worker *w)
{
  return cancelled(&w->call.abi) != 0;
}

static void
drain(int fd)
{
  uint64_t count;
  while (read(fd, &count, sizeof count) > 0)
    ;
}

void
worker_call_cancel_locked(struct worker *w)
{
  uint64_t one = 1;
  if (w->call.id == 0 || w->call.cancelled)
    return;
  w->call.cancelled = true;
  if (write(w->cancel_fd, &one, sizeof one) < 0)
    return; /* readable already */
  (void)pthread_cond_broadcast(&w->changed);
}

void
worker_call_begin(struct worker *w, const struct worker_command *c, uint32_t hook)
{
  int64_t ms = 0;
  (void)json_int(c->message, WIRE_KEY_DEADLINE, &ms);
  int64_t deadline = ms > 0 && ms < INT64_MAX / NS_PER_MS ? clock_now_ns() + ms * NS_PER_MS : 0;

  LOCK_FOR_SCOPE(&w->lock);
  drain(w->cancel_fd);
  struct worker_call *call = &w->call;
  call->w = w;
  call->id = c->call;
  call->hook = hook;
  call->phase = 0;
  call->cancelled = false;
  call->deadline = deadline;
  call->stopped = 0;
  call->abi = (tenon_call){.size = sizeof call->abi,
                           .cancel_fd = w->cancel_fd,
                           .deadline_ns = deadline,
                           .cancelled = cancelled};
  if (w->cancelled_call == c->call || w->eof)
    worker_call_cancel_locked(w);
}

void
worker_call_end(struct worker *w)
{
  LOCK_FOR_SCOPE(&w->lock);
  w->call.id = 0;
}

void
worker_clock_stop(struct worker *w)
{
  if (w->call.stopped == 0)
    w->call.stopped_at = clock_now_ns();
  w->call.stopped++;
}

void
worker_clock_go(struct worker *w)
{
  if (w->call.stopped == 0)
    return;
  if (w->call.stopped == 1 && w->call.deadline != 0) {
    w->call.deadline += clock_now_ns() - w->call.stopped_at;
    w->call.abi.deadline_ns = w->call.deadline;
  }
  w->call.stopped--;
}

bool
worker_wait_locked(struct worker *w, int64_t until)
{
  int64_t deadline = w->call.stopped == 0 ? w->call.deadline : 0;
  if (worker_call_over(w))
    return false;
  if (deadline != 0 && (until == 0 || deadline < until))
    until = deadline;
  if (until == 0)
    return pthread_cond_wait(&w->changed, &w->lock) == 0;
  struct timespec at = {.tv_sec = (time_t)(until / NS_PER_S), .tv_nsec = (long)(until % NS_PER_S)};
  return pthread_cond_timedwait(&w->changed, &w->lock, &at) != ETIMEDOUT;
}
