// SPDX-License-Identifier: Apache-2.0
/* One attempt per account, over all workers. Each session's gate asks here before the first request with an account sets
 * out; accounts are keyed hashes of the user and of the secret's bytes, so that two connections with the same password
 * are one account and nothing here is worth stealing. A worker names secrets by their keys: it learns nothing of those
 * it was not given. A round is what one press of Verify starts: an account that was refused is tried once more by the
 * next, and by nothing else. */
#include "core/host/internal.h"

#include <errno.h>
#include <string.h>

static void
say(struct attempt *a, enum turn_word word)
{
  wire_put_gate(send_start(a->worker), a->request, word);
  (void)send_finish(a->worker);
}

static void
drop(struct attempt *a)
{
  struct attempt **at = &a->worker->ctx->gate.attempts;

  while (*at != a)
    at = &(*at)->next;
  *at = a->next;
  free(a);
}

static uint64_t
now(const tenon_worker *w)
{
  return w->ctx->last_round;
}

/* The worker does not come back for any other word. */
static void
answer(struct attempt *a, enum turn_word word)
{
  say(a, word);
  if (word == TURN_GO)
    return;
  turns_leave(a->worker->ctx->gate.turns, &a->visit, TURN_UNKNOWN, now(a->worker));
  drop(a);
}

static void
on_wake(void *user, struct turns_visit *visit, enum turn_word word)
{
  struct attempt *a = (struct attempt *)visit;
  tenon_worker *w = a->worker;

  (void)user;
  answer(a, word);
  call_resume(w);
}

int
gate_init(struct gate *g)
{
  fingerprint_key(g->key);
  g->turns = turns_create(on_wake, NULL);
  return g->turns ? 0 : -ENOMEM;
}

void
gate_finish(struct gate *g)
{
  turns_destroy(g->turns);
  g->turns = NULL;
}

/* ---- what workers were sent -------------------------------------------------------------------------------------- */

static struct known_secret *
find_known(const tenon_worker *w, bool host, const char *key)
{
  for (struct known_secret *k = w->known; k; k = k->next)
    if (k->host == host && strcmp(k->key, key) == 0)
      return k;
  return NULL;
}

int
gate_learn(tenon_worker *w, const char *scope, const char *key, const char *bytes, size_t len)
{
  struct known_secret *k = find_known(w, scope != NULL, key);

  if (!k) {
    k = calloc(1, sizeof *k);
    if (!k || !(k->key = strdup(key))) {
      free(k);
      return -ENOMEM;
    }
    k->host = scope != NULL;
    k->next = w->known;
    w->known = k;
  }
  fingerprint_secret(w->ctx->gate.key, bytes, len, k->print);
  return 0;
}

void
gate_forget(tenon_worker *w)
{
  while (w->known) {
    struct known_secret *k = w->known;
    w->known = k->next;
    free(k->key);
    free(k);
  }
}

/* ---- messages ----------------------------------------------------------------------------------------------------- */

/* False: it breaks the rules, and was ended. *ret_known: it was given that secret. */
static bool
read_account(tenon_worker *w, const cJSON *m, const char **ret_server,
             uint8_t ret_key[FINGERPRINT_BYTES], bool *ret_known)
{
  const char *server = json_text(m, WIRE_KEY_HOST), *user = json_text(m, WIRE_KEY_USER),
             *secret = json_text(m, WIRE_KEY_SECRET), *scope = json_text(m, WIRE_KEY_SCOPE);

  if (!server || !user || !secret || strlen(server) > HOST_SERVER_MAX ||
      (scope && strcmp(scope, WIRE_SCOPE_HOST) != 0)) {
    worker_broke(w, NULL, "came to the gate without an account");
    return false;
  }
  const struct known_secret *k = find_known(w, scope != NULL, secret);
  if (k)
    fingerprint_account(w->ctx->gate.key, user, k->print, ret_key);
  *ret_known = k != NULL;
  *ret_server = server;
  return true;
}

static struct attempt *
find_attempt(const tenon_worker *w, uint64_t request)
{
  for (struct attempt *a = w->ctx->gate.attempts; a; a = a->next)
    if (a->worker == w && a->request == request)
      return a;
  return NULL;
}

static size_t
count_attempts(const tenon_worker *w)
{
  size_t n = 0;

  for (const struct attempt *a = w->ctx->gate.attempts; a; a = a->next)
    n += a->worker == w;
  return n;
}

static void
enter(struct attempt *a, const uint8_t key[FINGERPRINT_BYTES], const char *server, bool connected)
{
  tenon_worker *w = a->worker;
  enum turn_word word =
      turns_enter(w->ctx->gate.turns, key, server, w->call.round, connected, &a->visit);

  if (word == TURN_WAIT)
    call_pause(w);
  else
    answer(a, word);
  tangle_look(w->ctx);
}

void
on_gate_enter(tenon_worker *w, const cJSON *m)
{
  uint8_t key[FINGERPRINT_BYTES];
  const char *server;
  int64_t request;
  bool known;

  if (!read_account(w, m, &server, key, &known))
    return;
  if (!w->call.hook || !json_int(m, WIRE_KEY_REQUEST, &request) || request < 1 ||
      find_attempt(w, (uint64_t)request)) {
    worker_broke(w, NULL, "came to the gate without a new number, or outside a call");
    return;
  }
  if (count_attempts(w) == HOST_ATTEMPTS_MAX) {
    worker_broke(w, NULL, "waits at the gate with more than %u accounts", HOST_ATTEMPTS_MAX);
    return;
  }
  struct attempt local = {.worker = w, .request = (uint64_t)request};
  struct attempt *a = known ? malloc(sizeof *a) : NULL;
  if (!a) {
    say(&local, known ? TURN_FULL : TURN_GO);
    return;
  }
  *a = local;
  a->next = w->ctx->gate.attempts;
  w->ctx->gate.attempts = a;
  enter(a, key, server, json_bool(m, WIRE_KEY_CONNECTED));
}

static void
leave(struct attempt *a, enum turn_result result)
{
  tenon_worker *w = a->worker;

  turns_leave(w->ctx->gate.turns, &a->visit, result, now(w));
  drop(a);
  call_resume(w);
}

void
on_gate_left(tenon_worker *w, const cJSON *m)
{
  enum turn_result result;
  int64_t request;

  if (!json_int(m, WIRE_KEY_REQUEST, &request) || request < 1 ||
      !turn_result_from_name(json_text(m, WIRE_KEY_RESULT), &result)) {
    worker_broke(w, NULL, "left the gate without its number or its result");
    return;
  }
  struct attempt *a = find_attempt(w, (uint64_t)request);
  if (!a)
    return; /* it gave up while the word was on its way */
  leave(a, result);
  tangle_look(w->ctx);
}

void
on_gate_refused(tenon_worker *w, const cJSON *m)
{
  uint8_t key[FINGERPRINT_BYTES];
  const char *server;
  bool known;

  if (read_account(w, m, &server, key, &known) && known)
    turns_refuse(w->ctx->gate.turns, key, server, now(w));
}

void
gate_end(tenon_worker *w)
{
  for (struct attempt *a = w->ctx->gate.attempts; a; a = w->ctx->gate.attempts) {
    while (a && a->worker != w)
      a = a->next;
    if (!a)
      break;
    leave(a, TURN_UNKNOWN);
  }
  tangle_look(w->ctx);
}

bool
gate_waits(const tenon_worker *w)
{
  for (const struct attempt *a = w->ctx->gate.attempts; a; a = a->next)
    if (a->worker == w && a->visit.waiting)
      return true;
  return false;
}
