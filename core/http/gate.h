// SPDX-License-Identifier: Apache-2.0
/* The gate: one attempt per credential. Until a server has accepted an account with its secret, one request at a time
 * carries them; once it refused, none does. Accounts lock, and a bulk run with a wrong password would lock one in a
 * second. The gate knows nothing of HTTP; a host-wide one can take its place behind these four functions. */
#ifndef CORE_HTTP_GATE_H
#define CORE_HTTP_GATE_H

#include <tenon/plugin.h>

#include "core/base/cleanup.h"

#define GATE_ACCOUNTS_MAX 4096u /* host, user and secret, of a session */

enum gate_word {
  GATE_GO,
  GATE_WAIT, /* another one is inside: woken later */
  GATE_SHUT, /* this credential was refused */
  GATE_FULL, /* no memory, or too many accounts */
};

enum gate_result {
  GATE_ACCEPTED, /* the server answered as it does to who is signed in */
  GATE_REFUSED,
  GATE_UNKNOWN, /* no answer, or one that anybody gets: the next one finds out */
  GATE_UNSENT, /* no connection: it proves nothing, and whoever waits need not wait for another one */
};

struct gate_account;

/* One request's way through; zeroed before its first use, embedded in the request. */
struct gate_visit {
  struct gate_account *account; /* NULL: outside */
  struct gate_visit *next;
  int waiting;
};

struct gate;

/* wake tells a visit that waited its word, GATE_GO or GATE_SHUT; called from within gate_leave. */
TENON_NODISCARD struct gate *
gate_create(void (*wake)(void *user, struct gate_visit *, enum gate_word), void *user);
void gate_destroy(struct gate *);

/* Where the last one came to no connection, all are let go to find one, side by side: a server that is not there would
 * else be waited for as many times as there are requests. So each one asks again when it is connected (gate_send).
 * After GATE_GO and GATE_WAIT the visit must leave; after the other words, or a wake with GATE_SHUT, it is outside. */
TENON_NODISCARD enum gate_word gate_enter(struct gate *, const char *host, const char *user,
                                          const tenon_secret *, struct gate_visit *);
/* The credential is about to leave on a connection that stands. GATE_GO: send it. GATE_WAIT: another one's is on its
 * way; send nothing, and wait to be woken. GATE_SHUT: it is outside now. */
TENON_NODISCARD enum gate_word gate_send(struct gate *, struct gate_visit *);
/* Also for a visit that still waits (GATE_UNKNOWN), and for one that is outside (nothing happens). */
void gate_leave(struct gate *, struct gate_visit *, enum gate_result);

#endif
