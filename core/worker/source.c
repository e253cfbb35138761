// SPDX-License-Identifier: Apache-2.0
/* The subjects of one impersonate call. ready_fd is touched only around LATER: it is drained when next() says so
 * and made readable again when that would no longer be the answer, so a plugin that counts for itself costs no
 * system calls. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>

#include "core/base/utf8.h"
#include "core/worker/state.h"

static struct worker_source *
source_of(const tenon_source *s)
{
  return (struct worker_source *)(uintptr_t)s;
}

static bool
is_later_locked(const struct worker_source *s)
{
  return s->n_open >= s->abi.jobs || (s->n_queue == 0 && !s->end);
}

static void
signal_ready(struct worker_source *s)
{
  uint64_t one = 1;
  if (write(s->abi.ready_fd, &one, sizeof one) < 0)
    return; /* readable already */
}

static void
unpark_locked(struct worker_source *s)
{
  if (!s->parked || is_later_locked(s))
    return;
  s->parked = false;
  signal_ready(s);
}

static int32_t
take_locked(struct worker_source *s, tenon_text *ret)
{
  uint64_t count;
  if (is_later_locked(s)) {
    s->parked = true;
    if (read(s->abi.ready_fd, &count, sizeof count) < 0 && errno != EAGAIN)
      return TENON_NEXT_END;
    return TENON_NEXT_LATER;
  }
  if (s->n_queue == 0)
    return TENON_NEXT_END;
  char *subject = s->queue[s->head];
  s->head = (s->head + 1) % WIRE_WINDOW_MAX;
  s->n_queue--;
  s->last = s->open[s->n_open++] = subject;
  *ret = (tenon_text){subject, strlen(subject)};
  return TENON_NEXT_SUBJECT;
}

static int32_t
next(const tenon_source *abi, tenon_text *ret)
{
  struct worker_source *s = source_of(abi);
  struct worker *w = s->w;
  int32_t answer = TENON_NEXT_END;
  if (ret && w->call.hook == HOOK_IMPERSONATE) {
    LOCK_FOR_SCOPE(&w->lock);
    free(TAKE_PTR(s->borrowed));
    answer = worker_call_over(w) ? TENON_NEXT_END : take_locked(s, ret);
    if (answer == TENON_NEXT_SUBJECT)
      return answer;
    s->results = 0;
  }
  outbox_flush(&w->out, w->cancel_fd); /* the host has to see results before it gives more */
  return answer;
}

int
worker_source_init(struct worker *w)
{
  struct worker_source *s = &w->source;
  *s = (struct worker_source){.w = w};
  s->abi = (tenon_source){.size = sizeof s->abi,
                          .jobs = 1,
                          .ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                          .next = next};
  return s->abi.ready_fd < 0 ? -errno : 0;
}

static void
forget_locked(struct worker_source *s)
{
  for (; s->n_queue > 0; s->n_queue--, s->head = (s->head + 1) % WIRE_WINDOW_MAX)
    free(TAKE_PTR(s->queue[s->head]));
  while (s->n_open > 0)
    free(TAKE_PTR(s->open[--s->n_open]));
  free(TAKE_PTR(s->borrowed));
  s->last = NULL;
  s->end = false;
}

void
worker_source_finish(struct worker *w)
{
  forget_locked(&w->source);
  if (w->source.w && w->source.abi.ready_fd >= 0)
    (void)close(w->source.abi.ready_fd);
}

/* Subjects of this call may have come before it was begun here, so the queue is not emptied. */
void
worker_source_begin(struct worker *w, uint32_t jobs)
{
  struct worker_source *s = &w->source;
  LOCK_FOR_SCOPE(&w->lock);
  s->abi.jobs = jobs < 1 ? 1 : jobs > WIRE_JOBS_MAX ? WIRE_JOBS_MAX : jobs;
  s->results = 0;
  s->parked = false;
  signal_ready(s); /* look once: next() drains it if it was too early */
}

static bool
feed_one_locked(struct worker_source *s, const cJSON *item)
{
  size_t n = cJSON_IsString(item) ? strlen(item->valuestring) : 0;
  if (n == 0 || n > WIRE_SUBJECT_MAX || !utf8_printable(item->valuestring, n) ||
      s->n_queue + s->n_open >= WIRE_WINDOW_MAX)
    return false;
  char *copy = strdup(item->valuestring);
  if (!copy)
    return false;
  s->queue[(s->head + s->n_queue++) % WIRE_WINDOW_MAX] = copy;
  return true;
}

bool
worker_source_feed_locked(struct worker *w, const cJSON *message)
{
  struct worker_source *s = &w->source;
  const cJSON *item;
  cJSON_ArrayForEach(
      item, json_array(message, WIRE_KEY_SUBJECTS)) if (!feed_one_locked(s, item)) return false;
  s->end = s->end || json_bool(message, WIRE_KEY_END);
  unpark_locked(s);
  return true;
}

bool
worker_source_close(struct worker *w, const char *subject, bool *ret_flush)
{
  struct worker_source *s = &w->source;
  size_t n = strlen(subject) + 1;
  LOCK_FOR_SCOPE(&w->lock);
  for (size_t i = 0; i < s->n_open; i++) {
    if (strncmp(s->open[i], subject, n) != 0)
      continue;
    if (s->open[i] == s->last)
      s->borrowed = s->open[i]; /* the one that may still be read */
    else
      free(s->open[i]);
    s->open[i] = s->open[--s->n_open];
    unpark_locked(s);
    *ret_flush = ++s->results >= WIRE_WINDOW_MIN / 2;
    if (*ret_flush)
      s->results = 0;
    return true;
  }
  return false;
}

void
worker_source_end(struct worker *w)
{
  LOCK_FOR_SCOPE(&w->lock);
  forget_locked(&w->source);
}
