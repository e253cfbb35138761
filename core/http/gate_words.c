// SPDX-License-Identifier: Apache-2.0
/* A queue under a lock, and an eventfd. */
#include "core/http/gate_words.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>

int
gate_words_init(struct gate_words *w)
{
  w->n = 0;
  (void)pthread_mutex_init(&w->lock, NULL);
  w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return w->fd < 0 ? -errno : 0;
}

void
gate_words_finish(struct gate_words *w)
{
  if (w->fd >= 0)
    (void)close(w->fd);
  w->fd = -1;
  (void)pthread_mutex_destroy(&w->lock);
}

void
gate_words_put(struct gate_words *w, uint64_t request, enum turn_word word)
{
  uint64_t one = 1;
  LOCK_FOR_SCOPE(&w->lock);
  if (w->n == GATE_WORDS_MAX)
    return; /* nobody asked for that many */
  w->at[w->n++] = (struct gate_word_at){request, word};
  (void)!write(w->fd, &one, sizeof one);
}

static bool
take_one(struct gate_words *w, struct gate_word_at *ret)
{
  LOCK_FOR_SCOPE(&w->lock);
  if (w->n == 0)
    return false;
  *ret = w->at[0];
  memmove(w->at, w->at + 1, --w->n * sizeof *w->at);
  return true;
}

void
gate_words_take(struct gate_words *w, struct gate *gate)
{
  struct gate_word_at at;
  uint64_t count;
  (void)!read(w->fd, &count, sizeof count); /* first: what comes from here on wakes again */
  while (take_one(w, &at))
    gate_answer(gate, at.request, at.word);
}
