// SPDX-License-Identifier: Apache-2.0
/* The gate of one session. An account is closed (nobody knows yet; one inside, the others wait in order), open, or
 * shut. While its server gives no connection nobody waits: there is nothing to wait for. */
#include "core/http/gate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum state { CLOSED, OPEN, SHUT };

struct gate_account {
  struct gate_account *next;
  char *host, *user;
  const tenon_secret *secret;
  enum state state;
  struct gate_visit *inside; /* while CLOSED: the one that finds out */
  bool adrift;               /* while CLOSED: the last one came to no connection */
  struct gate_visit *first, **last;
};

struct gate {
  void (*wake)(void *user, struct gate_visit *, enum gate_word);
  void *user;
  struct gate_account *accounts;
  size_t count;
};

struct gate *
gate_create(void (*wake)(void *user, struct gate_visit *, enum gate_word), void *user)
{
  struct gate *gate = calloc(1, sizeof *gate);
  if (gate)
    *gate = (struct gate){.wake = wake, .user = user};
  return gate;
}

static void
account_destroy(struct gate_account *account)
{
  free(account->host);
  free(account->user);
  free(account);
}

void
gate_destroy(struct gate *gate)
{
  if (!gate)
    return;
  for (struct gate_account *next, *account = gate->accounts; account; account = next) {
    next = account->next;
    account_destroy(account);
  }
  free(gate);
}

static struct gate_account *
account_create(const char *host, const char *user, const tenon_secret *secret)
{
  struct gate_account *account = calloc(1, sizeof *account);
  if (!account)
    return NULL;
  account->host = strdup(host);
  account->user = strdup(user);
  account->secret = secret;
  account->last = &account->first;
  if (!account->host || !account->user) {
    account_destroy(account);
    return NULL;
  }
  return account;
}

static struct gate_account *
account_of(struct gate *gate, const char *host, const char *user, const tenon_secret *secret)
{
  for (struct gate_account *account = gate->accounts; account; account = account->next)
    if (account->secret == secret && strcmp(account->host, host) == 0 &&
        strcmp(account->user, user) == 0)
      return account;
  if (gate->count >= GATE_ACCOUNTS_MAX)
    return NULL;
  struct gate_account *account = account_create(host, user, secret);
  if (account) {
    account->next = gate->accounts;
    gate->accounts = account;
    gate->count++;
  }
  return account;
}

static enum gate_word
wait(struct gate_account *account, struct gate_visit *visit)
{
  visit->waiting = 1;
  visit->next = NULL;
  *account->last = visit;
  account->last = &visit->next;
  return GATE_WAIT;
}

enum gate_word
gate_enter(struct gate *gate, const char *host, const char *user, const tenon_secret *secret,
           struct gate_visit *visit)
{
  struct gate_account *account = account_of(gate, host, user, secret);
  if (!account)
    return GATE_FULL;
  if (account->state == SHUT)
    return GATE_SHUT;
  *visit = (struct gate_visit){.account = account};
  if (account->state == OPEN)
    return GATE_GO;
  if (!account->inside && !account->adrift)
    account->inside = visit;
  else if (account->inside)
    return wait(account, visit);
  return GATE_GO;
}

enum gate_word
gate_send(struct gate *gate, struct gate_visit *visit)
{
  (void)gate;
  struct gate_account *account = visit->account;
  if (!account || account->state == OPEN)
    return GATE_GO;
  if (account->state == SHUT) {
    visit->account = NULL;
    return GATE_SHUT;
  }
  if (account->inside && account->inside != visit)
    return wait(account, visit);
  account->inside = visit;
  account->adrift = false;
  return GATE_GO;
}

static struct gate_visit *
pop(struct gate_account *account)
{
  struct gate_visit *visit = account->first;
  if (!visit)
    return NULL;
  account->first = visit->next;
  if (!account->first)
    account->last = &account->first;
  visit->next = NULL;
  visit->waiting = 0;
  return visit;
}

static void
unlink_waiting(struct gate_account *account, struct gate_visit *visit)
{
  struct gate_visit **at = &account->first;
  while (*at && *at != visit)
    at = &(*at)->next;
  if (!*at)
    return;
  *at = visit->next;
  if (account->last == &visit->next)
    account->last = at;
}

/* Those that wait go in once it is open, are sent away once it is shut; while it is closed, one goes in, or all of them
 * to look for a connection. A wake may end
 * its visit at once and come back here, so everything is looked at anew after each. */
static void
wake_waiting(struct gate *gate, struct gate_account *account)
{
  while (account->first && (account->state != CLOSED || !account->inside)) {
    struct gate_visit *visit = pop(account);
    if (account->state == SHUT) {
      visit->account = NULL;
      gate->wake(gate->user, visit, GATE_SHUT);
      continue;
    }
    if (account->state == CLOSED && !account->adrift)
      account->inside = visit;
    gate->wake(gate->user, visit, GATE_GO);
  }
}

void
gate_leave(struct gate *gate, struct gate_visit *visit, enum gate_result result)
{
  struct gate_account *account = visit->account;
  if (!account)
    return;
  visit->account = NULL;
  if (visit->waiting) {
    unlink_waiting(account, visit);
    return;
  }
  if (account->inside == visit) {
    account->inside = NULL;
    account->adrift = result == GATE_UNSENT;
  }
  if (result == GATE_REFUSED)
    account->state = SHUT;
  else if (result == GATE_ACCEPTED && account->state == CLOSED)
    account->state = OPEN;
  wake_waiting(gate, account);
}
