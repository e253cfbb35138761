// SPDX-License-Identifier: Apache-2.0
/* An account has one inside, those that wait in order, and what its servers have said. While a server gives no
 * connection (adrift) nobody waits for a turn there: all look for one, and whoever has one asks again. */
#include "core/model/turns.h"

#include <string.h>

struct turns_account;

struct turns_place {
  struct turns_place *next;
  struct turns_account *account;
  char *server;
  bool open;
  bool adrift; /* the last one that was inside came to no connection here */
  size_t visits;
};

struct turns_account {
  struct turns_account *next; /* the last one asked for stands first */
  uint8_t key[TURNS_KEY_BYTES];
  struct turns_visit *inside;
  struct turns_visit *first, **last;
  uint64_t refused; /* the last round that had begun when it was; 0: it was not */
  struct turns_place *places;
  size_t n_places, visits;
};

struct turns {
  void (*wake)(void *user, struct turns_visit *, enum turn_word);
  void *user;
  struct turns_account *accounts;
  size_t count;
};

/* ---- making ---------------------------------------------------------------------------------------------------- */

struct turns *
turns_create(void (*wake)(void *user, struct turns_visit *, enum turn_word), void *user)
{
  struct turns *turns = calloc(1, sizeof *turns);
  if (turns)
    *turns = (struct turns){.wake = wake, .user = user};
  return turns;
}

static void
place_destroy(struct turns_place *place)
{
  free(place->server);
  free(place);
}

static void
account_destroy(struct turns_account *account)
{
  for (struct turns_place *next, *place = account->places; place; place = next) {
    next = place->next;
    place_destroy(place);
  }
  free(account);
}

void
turns_destroy(struct turns *turns)
{
  if (!turns)
    return;
  for (struct turns_account *next, *account = turns->accounts; account; account = next) {
    next = account->next;
    account_destroy(account);
  }
  free(turns);
}

/* ---- finding; what is found moves to the front ------------------------------------------------------------------ */

/* Forgets the one that stands last of those that nobody is at. */
static bool
forget_account(struct turns *turns)
{
  struct turns_account **at = NULL;
  for (struct turns_account **a = &turns->accounts; *a; a = &(*a)->next)
    if ((*a)->visits == 0)
      at = a;
  if (!at)
    return false;
  struct turns_account *account = *at;
  *at = account->next;
  account_destroy(account);
  turns->count--;
  return true;
}

static struct turns_account *
account_create(struct turns *turns, const uint8_t key[TURNS_KEY_BYTES])
{
  if (turns->count >= TURNS_ACCOUNTS_MAX && !forget_account(turns))
    return NULL;
  struct turns_account *account = calloc(1, sizeof *account);
  if (!account)
    return NULL;
  memcpy(account->key, key, TURNS_KEY_BYTES);
  account->last = &account->first;
  turns->count++;
  return account;
}

static struct turns_account *
account_of(struct turns *turns, const uint8_t key[TURNS_KEY_BYTES])
{
  struct turns_account **at = &turns->accounts;
  while (*at && memcmp((*at)->key, key, TURNS_KEY_BYTES) != 0)
    at = &(*at)->next;
  struct turns_account *account = *at;
  if (account)
    *at = account->next;
  else
    account = account_create(turns, key);
  if (!account)
    return NULL;
  account->next = turns->accounts;
  turns->accounts = account;
  return account;
}

static bool
forget_place(struct turns_account *account)
{
  struct turns_place **at = NULL;
  for (struct turns_place **p = &account->places; *p; p = &(*p)->next)
    if ((*p)->visits == 0)
      at = p;
  if (!at)
    return false;
  struct turns_place *place = *at;
  *at = place->next;
  place_destroy(place);
  account->n_places--;
  return true;
}

static struct turns_place *
place_create(struct turns_account *account, const char *server)
{
  if (account->n_places >= TURNS_SERVERS_MAX && !forget_place(account))
    return NULL;
  struct turns_place *place = calloc(1, sizeof *place);
  if (!place || !(place->server = strdup(server))) {
    free(place);
    return NULL;
  }
  place->account = account;
  account->n_places++;
  return place;
}

static struct turns_place *
place_of(struct turns_account *account, const char *server)
{
  struct turns_place **at = &account->places;
  while (*at && strcmp((*at)->server, server) != 0)
    at = &(*at)->next;
  struct turns_place *place = *at;
  if (place)
    *at = place->next;
  else
    place = place_create(account, server);
  if (!place)
    return NULL;
  place->next = account->places;
  account->places = place;
  return place;
}

/* ---- turns ------------------------------------------------------------------------------------------------------ */

static bool
is_shut(const struct turns_visit *visit)
{
  return visit->round <= visit->place->account->refused;
}

/* What it would be told now. */
static enum turn_word
word_for(const struct turns_visit *visit)
{
  const struct turns_place *place = visit->place;
  if (place->open)
    return TURN_OPEN;
  if (is_shut(visit))
    return TURN_SHUT;
  if (place->account->inside)
    return place->account->inside == visit ? TURN_GO : TURN_WAIT;
  return place->adrift && !visit->connected ? TURN_LOOK : TURN_GO;
}

static void
join(struct turns_visit *visit, struct turns_place *place)
{
  visit->place = place;
  place->visits++;
  place->account->visits++;
}

static void
part(struct turns_visit *visit)
{
  visit->place->visits--;
  visit->place->account->visits--;
  visit->place = NULL;
}

static void
line_up(struct turns_visit *visit)
{
  struct turns_account *account = visit->place->account;
  visit->waiting = true;
  visit->next = NULL;
  *account->last = visit;
  account->last = &visit->next;
}

static void
step_out(struct turns_visit *visit)
{
  struct turns_account *account = visit->place->account;
  struct turns_visit **at = &account->first;
  while (*at && *at != visit)
    at = &(*at)->next;
  if (!*at)
    return;
  *at = visit->next;
  if (account->last == &visit->next)
    account->last = at;
  visit->next = NULL;
  visit->waiting = false;
}

static enum turn_word
take(struct turns_visit *visit, enum turn_word word)
{
  if (word == TURN_GO)
    visit->place->account->inside = visit;
  else if (word == TURN_WAIT)
    line_up(visit);
  else if (word == TURN_SHUT)
    part(visit);
  return word;
}

enum turn_word
turns_enter(struct turns *turns, const uint8_t key[TURNS_KEY_BYTES], const char *server,
            uint64_t round, bool connected, struct turns_visit *visit)
{
  struct turns_account *account = account_of(turns, key);
  struct turns_place *place = account ? place_of(account, server) : NULL;
  if (!place)
    return TURN_FULL;
  *visit = (struct turns_visit){.round = round, .connected = connected};
  join(visit, place);
  return take(visit, word_for(visit));
}

enum turn_word
turns_send(struct turns *turns, struct turns_visit *visit)
{
  (void)turns;
  if (!visit->place)
    return TURN_OPEN;
  enum turn_word word = word_for(visit);
  if (word == TURN_LOOK)
    word = TURN_GO; /* it has found one */
  return take(visit, word);
}

/* A wake may end its visit at once and come back here, so everything is looked at anew after each. */
static void
wake_waiting(struct turns *turns, struct turns_account *account)
{
  struct turns_visit *visit = account->first;
  account->visits++; /* stays, whatever the woken do */
  while (visit) {
    enum turn_word word = word_for(visit);
    if (word == TURN_WAIT) {
      visit = visit->next;
      continue;
    }
    step_out(visit);
    turns->wake(turns->user, visit, take(visit, word));
    visit = account->first;
  }
  account->visits--;
}

void
turns_aside(struct turns *turns, struct turns_visit *visit, enum turn_word word)
{
  struct turns_place *place = visit->place;
  if (!place)
    return;
  if (place->account->inside == visit)
    place->account->inside = NULL;
  place->open = place->open || word == TURN_OPEN;
  place->adrift = word == TURN_LOOK;
  wake_waiting(turns, place->account);
}

static void
shut(struct turns_place *place, uint64_t now)
{
  place->open = false;
  if (now > place->account->refused)
    place->account->refused = now;
}

void
turns_leave(struct turns *turns, struct turns_visit *visit, enum turn_result result, uint64_t now)
{
  struct turns_place *place = visit->place;
  if (!place)
    return;
  struct turns_account *account = place->account;
  if (visit->waiting) {
    step_out(visit);
    part(visit);
    return;
  }
  if (account->inside == visit) {
    account->inside = NULL;
    place->adrift = result == TURN_UNSENT;
  }
  if (result == TURN_REFUSED)
    shut(place, now);
  else if (result == TURN_ACCEPTED && !is_shut(visit)) /* another one's refusal is the later word */
    place->open = true;
  part(visit);
  wake_waiting(turns, account);
}

void
turns_refuse(struct turns *turns, const uint8_t key[TURNS_KEY_BYTES], const char *server,
             uint64_t now)
{
  struct turns_account *account = account_of(turns, key);
  struct turns_place *place = account ? place_of(account, server) : NULL;
  if (!place)
    return;
  shut(place, now);
  wake_waiting(turns, account);
}

bool
turns_inside(const struct turns_visit *visit)
{
  return visit->place && visit->place->account->inside == visit;
}

struct turns_visit *
turns_blocker(const struct turns_visit *visit)
{
  return visit->place && visit->waiting ? visit->place->account->inside : NULL;
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

static const char *const words[] = {"go", "open", "look", "wait", "shut", "full"};
static const char *const results[] = {"accepted", "refused", "unknown", "unsent"};

/* -1: none of them. */
static int
find(const char *const *names, size_t n, const char *name)
{
  for (size_t i = 0; name && i < n; i++)
    if (strcmp(names[i], name) == 0)
      return (int)i;
  return -1;
}

const char *
turn_word_name(enum turn_word word)
{
  return words[word];
}

bool
turn_word_from_name(const char *name, enum turn_word *ret)
{
  int at = find(words, sizeof words / sizeof *words, name);
  if (at >= 0)
    *ret = (enum turn_word)at;
  return at >= 0;
}

const char *
turn_result_name(enum turn_result result)
{
  return results[result];
}

bool
turn_result_from_name(const char *name, enum turn_result *ret)
{
  int at = find(results, sizeof results / sizeof *results, name);
  if (at >= 0)
    *ret = (enum turn_result)at;
  return at >= 0;
}
