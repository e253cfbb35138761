// SPDX-License-Identifier: Apache-2.0
/* The gate: one attempt per credential. Until a server has accepted an account with its secret, one attempt at a time
 * carries them; once one refused it, none does in this hook. Accounts lock, and a bulk run with a wrong password would
 * lock one in a second. The gate knows nothing of HTTP: a "host" is whoever judges the credential (a server, a proxy, a
 * KDC). An account that is known to be open costs nothing; for any other the session has one attempt at a time, and asks
 * the host program, which sees all sessions, before that one sets out. */
#ifndef CORE_HTTP_GATE_H
#define CORE_HTTP_GATE_H

#include <tenon/plugin.h>

#include "core/base/cleanup.h"
#include "core/model/turns.h"

#define GATE_ACCOUNTS_MAX 4096u /* host, user and secret, of a session */

enum gate_word {
  GATE_GO,
  GATE_WAIT, /* another one is inside, or the host program is being asked: woken later */
  GATE_SHUT, /* this credential was refused */
  GATE_FULL, /* no memory, or too many accounts */
};

enum gate_result {
  GATE_ACCEPTED = TURN_ACCEPTED, /* the server answered as it does to who is signed in */
  GATE_REFUSED = TURN_REFUSED,
  GATE_UNKNOWN = TURN_UNKNOWN, /* no answer, or one that anybody gets: the next one finds out */
  GATE_UNSENT =
      TURN_UNSENT, /* no connection: it proves nothing, and whoever waits need not wait for another one */
};

struct gate_door;

/* One request's way through; zeroed before its first use, embedded in the request. */
struct gate_visit {
  struct turns_visit turn; /* first */
  struct gate_door *door;
  uint64_t request;              /* with the host program; 0: none */
  bool asking;                   /* it has not answered yet */
  struct gate_visit *next, **at; /* of those that ask */
};

/* The host program's gate, over all sessions. Each may be called in any order; none may call back. */
struct gate_upstream {
  void *user;
  /* Asks for a turn: a number, which gate_answer gets with the word; 0: it cannot be asked about this secret. */
  uint64_t (*enter)(void *user, const char *host, const char *name, const tenon_secret *,
                    bool connected);
  /* Its word has been taken, on the thread of the hooks; or NULL. */
  void (*heard)(void *user, uint64_t request);
  /* Also for one that has not been answered: it is not wanted any more. */
  void (*left)(void *user, uint64_t request, enum gate_result);
  /* A credential that was known to be good was refused. */
  void (*refused)(void *user, const char *host, const char *name, const tenon_secret *);
};

struct gate;

/* wake tells a visit that waited its word, never GATE_WAIT; called from within gate_leave and gate_answer. upstream is
 * borrowed; NULL: there is this session only. */
TENON_NODISCARD struct gate *gate_create(void (*wake)(void *user, struct gate_visit *,
                                                      enum gate_word),
                                         void *user, const struct gate_upstream *upstream);
void gate_destroy(struct gate *);

/* Where the last one came to no connection, all are let go to find one, side by side: a server that is not there would
 * else be waited for as many times as there are requests. So each one asks again when it is connected (gate_send).
 * After GATE_GO and GATE_WAIT the visit must leave; after the other words, or a wake with them, it is outside. user "":
 * a token, which locks nothing and is this session's own matter; so is a secret that is NULL. */
TENON_NODISCARD enum gate_word gate_enter(struct gate *, const char *host, const char *user,
                                          const tenon_secret *, struct gate_visit *);
/* The credential is about to leave on a connection that stands. GATE_GO: send it. GATE_WAIT: another one's is on its
 * way, or the host program is being asked; send nothing, and wait to be woken. GATE_SHUT: it is outside now. */
TENON_NODISCARD enum gate_word gate_send(struct gate *, struct gate_visit *);
/* Also for a visit that still waits (GATE_UNKNOWN), and for one that is outside (nothing happens). */
void gate_leave(struct gate *, struct gate_visit *, enum gate_result);
/* The host program's word on a request; one that nobody waits for any more is dropped. */
void gate_answer(struct gate *, uint64_t request, enum turn_word);
/* Must it leave? */
TENON_NODISCARD bool gate_visiting(const struct gate_visit *);
/* A hook has returned: the next one may try once more what was refused. */
void gate_next_hook(struct gate *);

#endif
