// SPDX-License-Identifier: Apache-2.0
/* Both sides say when they are through with it; whoever is second cleans up. */
#include "core/http/errand.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>

enum { OUT, BACK, LEFT };

struct errand {
  void (*run)(void *work);
  void (*destroy)(void *work);
  void *work;
  int fd;
  atomic_int state;
  pthread_t thread;
};

static atomic_uint abandoned;

static void
errand_destroy(struct errand *e)
{
  (void)close(e->fd);
  free(e);
}

static void *
go(void *arg)
{
  struct errand *e = arg;
  uint64_t one = 1;
  e->run(e->work);
  int out = OUT;
  if (atomic_compare_exchange_strong(&e->state, &out, BACK)) {
    (void)!write(e->fd, &one,
                 sizeof one); /* whoever waits joins this thread, so e is there until then */
    return NULL;
  }
  e->destroy(e->work);
  errand_destroy(e);
  atomic_fetch_sub(&abandoned, 1);
  return NULL;
}

static int
start_thread(struct errand *e)
{
  pthread_attr_t attr;
  sigset_t all, before;
  sigfillset(&all);
  int r = pthread_attr_init(&attr);
  if (r)
    return r;
  (void)pthread_attr_setstacksize(&attr, ERRAND_STACK_BYTES);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the program's own affair */
  r = pthread_create(&e->thread, &attr, go, e);
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  (void)pthread_attr_destroy(&attr);
  return r;
}

struct errand *
errand_start(void (*run)(void *work), void (*destroy)(void *work), void *work)
{
  if (errands_abandoned() >= ERRANDS_ABANDONED_MAX) {
    errno = EAGAIN;
    return NULL;
  }
  struct errand *e = calloc(1, sizeof *e);
  if (!e)
    return NULL;
  *e = (struct errand){.run = run, .destroy = destroy, .work = work};
  e->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  int r = e->fd < 0 ? errno : start_thread(e);
  if (r == 0)
    return e;
  if (e->fd >= 0)
    (void)close(e->fd);
  free(e);
  errno = r == EAGAIN ? ENOMEM : r;
  return NULL;
}

int
errand_fd(const struct errand *e)
{
  return e->fd;
}

bool
errand_is_back(struct errand *e)
{
  uint64_t count;
  return read(e->fd, &count, sizeof count) == sizeof count;
}

void
errand_finish(struct errand *e)
{
  (void)pthread_join(e->thread, NULL);
  errand_destroy(e);
}

void
errand_abandon(struct errand *e)
{
  int out = OUT;
  if (!e)
    return;
  pthread_t thread = e->thread; /* once it is left, e may be gone */
  atomic_fetch_add(&abandoned, 1);
  if (atomic_compare_exchange_strong(&e->state, &out, LEFT)) {
    (void)pthread_detach(thread);
    return;
  }
  atomic_fetch_sub(&abandoned, 1);
  e->destroy(e->work);
  errand_finish(e);
}

unsigned
errands_abandoned(void)
{
  return atomic_load(&abandoned);
}
