// SPDX-License-Identifier: Apache-2.0
//
// A binary heap of times under one lock. A hundred thousand waiting answers cost a few megabytes
// and no thread.
#include "clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct appointment {
  int64_t when; // nanoseconds of the monotonic clock
  clock_call *call;
  void *context;
};

struct clock {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  struct appointment *heap;
  size_t count;
  size_t room;
  bool ending;
};

static int64_t
now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void
swap(struct appointment *one, struct appointment *other)
{
  struct appointment kept = *one;
  *one = *other;
  *other = kept;
}

static void
rise_locked(struct clock *clock, size_t at)
{
  while (at > 0 && clock->heap[at].when < clock->heap[(at - 1) / 2].when) {
    swap(&clock->heap[at], &clock->heap[(at - 1) / 2]);
    at = (at - 1) / 2;
  }
}

static struct appointment
take_first_locked(struct clock *clock)
{
  struct appointment first = clock->heap[0];
  clock->heap[0] = clock->heap[--clock->count];
  for (size_t at = 0;;) {
    size_t least = at;
    for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
      if (child < clock->count && clock->heap[child].when < clock->heap[least].when)
        least = child;
    if (least == at)
      return first;
    swap(&clock->heap[at], &clock->heap[least]);
    at = least;
  }
}

static void
wait_locked(struct clock *clock)
{
  if (clock->count == 0) {
    pthread_cond_wait(&clock->changed, &clock->lock);
    return;
  }
  int64_t when = clock->heap[0].when;
  struct timespec until = {.tv_sec = when / 1000000000, .tv_nsec = when % 1000000000};
  pthread_cond_timedwait(&clock->changed, &clock->lock, &until);
}

static void *
run(void *pointer)
{
  struct clock *clock = pointer;
  pthread_mutex_lock(&clock->lock);
  while (!clock->ending || clock->count > 0) {
    if (clock->count > 0 && (clock->ending || clock->heap[0].when <= now())) {
      struct appointment due = take_first_locked(clock);
      pthread_mutex_unlock(&clock->lock);
      due.call(due.context);
      pthread_mutex_lock(&clock->lock);
    } else {
      wait_locked(clock);
    }
  }
  pthread_mutex_unlock(&clock->lock);
  return NULL;
}

struct clock *
clock_create(void)
{
  struct clock *clock = calloc(1, sizeof(*clock));
  if (clock == NULL)
    return NULL;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&clock->lock, NULL);
  pthread_cond_init(&clock->changed, &attributes);
  pthread_condattr_destroy(&attributes);
  int error = pthread_create(&clock->thread, NULL, run, clock);
  if (error != 0) {
    free(clock);
    errno = error;
    return NULL;
  }
  return clock;
}

static bool
reserve_locked(struct clock *clock)
{
  if (clock->count < clock->room)
    return true;
  size_t room = clock->room != 0 ? 2 * clock->room : 64;
  struct appointment *heap = realloc(clock->heap, room * sizeof(*heap));
  if (heap == NULL)
    return false;
  clock->heap = heap;
  clock->room = room;
  return true;
}

bool
clock_after(struct clock *clock, int ms, clock_call *call, void *context)
{
  pthread_mutex_lock(&clock->lock);
  bool kept = reserve_locked(clock);
  if (kept) {
    clock->heap[clock->count] = (struct appointment){
        .when = now() + (int64_t)ms * 1000000, .call = call, .context = context};
    rise_locked(clock, clock->count++);
    pthread_cond_signal(&clock->changed);
  }
  pthread_mutex_unlock(&clock->lock);
  return kept;
}

void
clock_destroy(struct clock *clock)
{
  if (clock == NULL)
    return;
  pthread_mutex_lock(&clock->lock);
  clock->ending = true;
  pthread_cond_signal(&clock->changed);
  pthread_mutex_unlock(&clock->lock);
  pthread_join(clock->thread, NULL);
  pthread_cond_destroy(&clock->changed);
  pthread_mutex_destroy(&clock->lock);
  free(clock->heap);
  free(clock);
}
