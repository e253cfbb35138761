// SPDX-License-Identifier: Apache-2.0
/* Whose turn it is to try an account. Accounts lock: until a server has accepted one with its secret, one attempt at a
 * time is on its way, over all servers; once a server refused it, none is, until an attempt asks that was begun later
 * (somebody has unlocked the account and pressed the button again). Pure: no clock, no network, no HTTP. A session has
 * one (core/http/gate.c) and the host has one over all sessions (core/host/gate.c). */
#ifndef CORE_MODEL_TURNS_H
#define CORE_MODEL_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/cleanup.h"

#define TURNS_KEY_BYTES    32u /* what stands for an account: a keyed hash of its user and secret */
#define TURNS_ACCOUNTS_MAX 4096u /* beyond it the one that nobody asked for longest is forgotten */
#define TURNS_SERVERS_MAX  256u  /* of one account; likewise */

enum turn_word {
  TURN_GO,   /* it is inside: the one that finds out */
  TURN_OPEN, /* this server has accepted the account: no turn is needed */
  TURN_LOOK, /* look for a connection, and ask again when there is one */
  TURN_WAIT, /* another one is inside: woken later */
  TURN_SHUT, /* the account was refused */
  TURN_FULL, /* no memory, or too many are asked for at a time */
};

enum turn_result {
  TURN_ACCEPTED, /* the server answered as it does to who is signed in */
  TURN_REFUSED,
  TURN_UNKNOWN, /* no answer, or one that anybody gets: the next one finds out */
  TURN_UNSENT, /* no connection: it proves nothing, and whoever waits need not wait for another one */
};

struct turns_place;

/* One attempt's way through; zeroed before its first use, embedded in the attempt. */
struct turns_visit {
  struct turns_place *place; /* NULL: outside */
  struct turns_visit *next;
  uint64_t round; /* that it was begun in; from 1 */
  bool waiting, connected;
};

struct turns;

/* wake tells a visit that waited its word (never TURN_WAIT); called from within leave and aside, and may call back. After
 * TURN_SHUT the visit is outside. NULL: no memory. */
TENON_NODISCARD struct turns *
turns_create(void (*wake)(void *user, struct turns_visit *, enum turn_word), void *user);
void turns_destroy(struct turns *); /* NULL is fine */

/* Asks for a turn. round: a number from 1 that grows; what is refused stays so for rounds that had begun by then. connected:
 * the credential is about to leave, so TURN_LOOK is no answer. After TURN_GO, OPEN, LOOK and WAIT the visit must leave;
 * after the other words, or a wake with them, it is outside. */
TENON_NODISCARD enum turn_word turns_enter(struct turns *, const uint8_t key[TURNS_KEY_BYTES],
                                           const char *server, uint64_t round, bool connected,
                                           struct turns_visit *);
/* The credential is about to leave on a connection that stands: TURN_GO, OPEN, WAIT or SHUT. */
TENON_NODISCARD enum turn_word turns_send(struct turns *, struct turns_visit *);
/* It goes on, but not as the one that finds out: word TURN_OPEN or TURN_LOOK, heard from somebody who knows more. */
void turns_aside(struct turns *, struct turns_visit *, enum turn_word);
/* Also for a visit that still waits (TURN_UNKNOWN), and for one that is outside (nothing happens). now: the last round
 * that was begun. */
void turns_leave(struct turns *, struct turns_visit *, enum turn_result, uint64_t now);
/* A refusal that comes without a visit. */
void turns_refuse(struct turns *, const uint8_t key[TURNS_KEY_BYTES], const char *server,
                  uint64_t now);

/* Is it the one that finds out? */
TENON_NODISCARD bool turns_inside(const struct turns_visit *);
/* The one that this one waits for; NULL: none. */
TENON_NODISCARD struct turns_visit *turns_blocker(const struct turns_visit *);

/* On the wire: "go open look wait shut full", "accepted refused unknown unsent". False: none of them. */
const char *turn_word_name(enum turn_word);
TENON_NODISCARD bool turn_word_from_name(const char *name, enum turn_word *ret);
const char *turn_result_name(enum turn_result);
TENON_NODISCARD bool turn_result_from_name(const char *name, enum turn_result *ret);

#endif
