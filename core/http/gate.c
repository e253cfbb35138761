// SPDX-License-Identifier: Apache-2.0
/* The gate of one session: turns of its own, and for the one whose turn it is, a turn from the host program. A door is
 * a credential as requests name it, found again by the texts and the handle; behind it stands the account, which is what
 * user and secret are. */
#include "core/http/gate.h"

#include <string.h>

#include "core/secret/fingerprint.h"
#include "core/secret/handle.h"

struct gate_door {
  struct gate_door *next;
  char *host, *user;
  const tenon_secret *secret;
  bool local; /* the host program is not asked */
  uint8_t key[FINGERPRINT_BYTES];
};

struct gate {
  void (*wake)(void *user, struct gate_visit *, enum gate_word);
  void *user;
  const struct gate_upstream *upstream;
  uint8_t key[FINGERPRINT_BYTES];
  uint64_t hook; /* counts them */
  struct turns *turns;
  struct gate_door *doors;
  size_t count;
  struct gate_visit *asking;
};

_Static_assert(FINGERPRINT_BYTES == TURNS_KEY_BYTES, "a fingerprint is a key");

/* ---- doors ------------------------------------------------------------------------------------------------------ */

static void
door_destroy(struct gate_door *door)
{
  free(door->host);
  free(door->user);
  free(door);
}

/* A token, or a credential without a secret of ours, is another one at each host. */
static void
name_account(const struct gate *gate, struct gate_door *door)
{
  const void *bytes = &door->secret;
  size_t n = sizeof door->secret;
  if (door->secret) {
    tenon_text plain = secret_plaintext(door->secret);
    bytes = plain.ptr;
    n = plain.len;
  }
  fingerprint_secret(gate->key, bytes, n, door->key);
  fingerprint_account(gate->key, door->user, door->key, door->key);
  if (door->local)
    fingerprint_account(gate->key, door->host, door->key, door->key);
}

static struct gate_door *
door_create(const struct gate *gate, const char *host, const char *user, const tenon_secret *secret)
{
  struct gate_door *door = calloc(1, sizeof *door);
  if (!door)
    return NULL;
  door->host = strdup(host);
  door->user = strdup(user);
  door->secret = secret;
  door->local = !secret || *user == '\0';
  if (!door->host || !door->user) {
    door_destroy(door);
    return NULL;
  }
  name_account(gate, door);
  return door;
}

static struct gate_door *
door_of(struct gate *gate, const char *host, const char *user, const tenon_secret *secret)
{
  for (struct gate_door *door = gate->doors; door; door = door->next)
    if (door->secret == secret && strcmp(door->host, host) == 0 && strcmp(door->user, user) == 0)
      return door;
  if (gate->count >= GATE_ACCOUNTS_MAX)
    return NULL;
  struct gate_door *door = door_create(gate, host, user, secret);
  if (door) {
    door->next = gate->doors;
    gate->doors = door;
    gate->count++;
  }
  return door;
}

/* ---- the host program's turn ------------------------------------------------------------------------------------- */

static void
stop_asking(struct gate_visit *visit)
{
  if (!visit->asking)
    return;
  visit->asking = false;
  *visit->at = visit->next;
  if (visit->next)
    visit->next->at = visit->at;
}

/* It is its turn in this session. */
static enum gate_word
ask(struct gate *gate, struct gate_visit *visit, bool connected)
{
  const struct gate_door *door = visit->door;
  if (!gate->upstream || door->local || visit->request)
    return GATE_GO;
  visit->request =
      gate->upstream->enter(gate->upstream->user, door->host, door->user, door->secret, connected);
  if (!visit->request)
    return GATE_GO;
  visit->asking = true;
  visit->at = &gate->asking;
  visit->next = gate->asking;
  if (visit->next)
    visit->next->at = &visit->next;
  gate->asking = visit;
  return GATE_WAIT;
}

static enum gate_word
word_of(struct gate *gate, struct gate_visit *visit, enum turn_word word, bool connected)
{
  switch (word) {
  case TURN_GO: return ask(gate, visit, connected);
  case TURN_OPEN:
  case TURN_LOOK: return GATE_GO;
  case TURN_WAIT: return GATE_WAIT;
  case TURN_SHUT: return GATE_SHUT;
  default: return GATE_FULL;
  }
}

/* Those that waited have lost their connection, if they had one. */
static void
woken(void *user, struct turns_visit *turn, enum turn_word turn_word)
{
  struct gate *gate = user;
  struct gate_visit *visit = (struct gate_visit *)turn;
  enum gate_word word = word_of(gate, visit, turn_word, false);
  if (word != GATE_WAIT)
    gate->wake(gate->user, visit, word);
}

void
gate_answer(struct gate *gate, uint64_t request, enum turn_word word)
{
  struct gate_visit *visit = gate->asking;
  while (visit && visit->request != request)
    visit = visit->next;
  if (!visit || word == TURN_WAIT)
    return;
  stop_asking(visit);
  if (gate->upstream->heard)
    gate->upstream->heard(gate->upstream->user, request);
  if (word == TURN_GO) {
    gate->wake(gate->user, visit, GATE_GO);
    return;
  }
  visit->request = 0; /* the host program does not expect it back */
  if (word == TURN_OPEN || word == TURN_LOOK)
    turns_aside(gate->turns, &visit->turn, word);
  else
    turns_leave(gate->turns, &visit->turn, word == TURN_SHUT ? TURN_REFUSED : TURN_UNKNOWN,
                gate->hook);
  gate->wake(gate->user, visit, word_of(gate, visit, word, false));
}

/* ---- in and out --------------------------------------------------------------------------------------------------- */

struct gate *
gate_create(void (*wake)(void *user, struct gate_visit *, enum gate_word), void *user,
            const struct gate_upstream *upstream)
{
  struct gate *gate = calloc(1, sizeof *gate);
  if (!gate)
    return NULL;
  *gate = (struct gate){.wake = wake, .user = user, .upstream = upstream, .hook = 1};
  fingerprint_key(gate->key);
  gate->turns = turns_create(woken, gate);
  if (gate->turns)
    return gate;
  free(gate);
  return NULL;
}

void
gate_destroy(struct gate *gate)
{
  if (!gate)
    return;
  for (struct gate_door *next, *door = gate->doors; door; door = next) {
    next = door->next;
    door_destroy(door);
  }
  turns_destroy(gate->turns);
  free(gate);
}

enum gate_word
gate_enter(struct gate *gate, const char *host, const char *user, const tenon_secret *secret,
           struct gate_visit *visit)
{
  struct gate_door *door = door_of(gate, host, user, secret);
  *visit = (struct gate_visit){.door = door};
  if (!door)
    return GATE_FULL;
  enum turn_word word =
      turns_enter(gate->turns, door->key, door->host, gate->hook, false, &visit->turn);
  return word_of(gate, visit, word, false);
}

enum gate_word
gate_send(struct gate *gate, struct gate_visit *visit)
{
  return word_of(gate, visit, turns_send(gate->turns, &visit->turn), true);
}

/* The host program hears of it first: whoever is next here asks for a turn of its own. */
void
gate_leave(struct gate *gate, struct gate_visit *visit, enum gate_result result)
{
  const struct gate_upstream *up = gate->upstream;
  const struct gate_door *door = visit->door;
  if (!visit->turn.place)
    return;
  stop_asking(visit);
  if (visit->request)
    up->left(up->user, visit->request, result);
  else if (result == GATE_REFUSED && up && !door->local)
    up->refused(up->user, door->host, door->user, door->secret);
  visit->request = 0;
  turns_leave(gate->turns, &visit->turn, (enum turn_result)result, gate->hook);
}

void
gate_next_hook(struct gate *gate)
{
  gate->hook++;
}

bool
gate_visiting(const struct gate_visit *visit)
{
  return visit->turn.place != NULL;
}
