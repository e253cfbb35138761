// SPDX-License-Identifier: Apache-2.0
/* The host program's words on their way to the gate: they come on a thread of the worker's own, and are taken on the one
 * of the hooks, which a descriptor wakes. */
#ifndef CORE_HTTP_GATE_WORDS_H
#define CORE_HTTP_GATE_WORDS_H

#include <pthread.h>

#include "core/http/gate.h"

#define GATE_WORDS_MAX                                                                             \
  512u /* words that wait; requests that are not answered yet are no more than that */

struct gate_word_at {
  uint64_t request;
  enum turn_word word;
};

struct gate_words {
  pthread_mutex_t lock;
  int fd; /* readable when words wait; -1: there are none, ever */
  struct gate_word_at at[GATE_WORDS_MAX];
  size_t n;
};

/* 0 or -errno. */
TENON_NODISCARD int gate_words_init(struct gate_words *);
void gate_words_finish(struct gate_words *);
/* [any thread] */
void gate_words_put(struct gate_words *, uint64_t request, enum turn_word);
/* Hands all of them to the gate. */
void gate_words_take(struct gate_words *, struct gate *);

#endif
