// SPDX-License-Identifier: Apache-2.0
/* Turns at an account, asked of the host: it alone sees all sessions. Beside the network: the gate of core/http goes on
 * with other requests until the word comes. The clock stands still meanwhile, since it is somebody else's attempt that
 * takes the time. Secrets are named by their keys, so that a worker can ask only about those it was given. */
#include <string.h>

#include "core/worker/keys.h"
#include "core/worker/state.h"

static bool
starts_with(const char *text, const char *prefix)
{
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* False: the host does not know this secret (a question's answer, a token), or it is no longer the one of its key. */
static bool
name_secret(struct worker *w, const tenon_secret *secret, struct wire_account *m)
{
  const char *key = secret_key(secret);
  if (!key || secret_table_find(w->secrets, key) != secret)
    return false;
  m->scope = starts_with(key, KEYS_HOST) ? WIRE_SCOPE_HOST : NULL;
  m->secret = starts_with(key, KEYS_FIELD)  ? key + strlen(KEYS_FIELD)
              : starts_with(key, KEYS_HOST) ? key + strlen(KEYS_HOST)
                                            : NULL;
  return m->secret != NULL;
}

static uint64_t *
find_locked(struct worker *w, uint64_t request)
{
  for (size_t i = 0; i < WORKER_GATES_MAX; i++)
    if (w->gates[i] == request)
      return &w->gates[i];
  return NULL;
}

/* From here on the clock stands still. 0: there is no room. */
static uint64_t
begin(struct worker *w)
{
  LOCK_FOR_SCOPE(&w->lock);
  uint64_t *slot = find_locked(w, 0);
  if (!slot)
    return 0;
  worker_clock_stop(w);
  return *slot = ++w->last_gate;
}

/* It was answered, or is given up; once. On the thread of the hooks, which reads the deadline that this moves. */
static void
end(struct worker *w, uint64_t request)
{
  LOCK_FOR_SCOPE(&w->lock);
  uint64_t *slot = find_locked(w, request);
  if (!slot)
    return;
  *slot = 0;
  worker_clock_go(w);
}

static uint64_t
enter(void *user, const char *host, const char *name, const tenon_secret *secret, bool connected)
{
  struct worker *w = user;
  struct wire_account account = {.host = host, .user = name};
  size_t mark;

  if (w->call.id == 0 || !name_secret(w, secret, &account))
    return 0;
  uint64_t request = begin(w);
  if (request == 0)
    return 0;
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_gate_enter(b, request, &account, connected);
  if (worker_line_end(w, mark, true))
    return request;
  end(w, request);
  return 0;
}

static void
heard(void *user, uint64_t request)
{
  end(user, request);
}

static void
left(void *user, uint64_t request, enum gate_result result)
{
  struct worker *w = user;
  size_t mark;

  end(w, request);
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_gate_left(b, request, (enum turn_result)result);
  (void)worker_line_end(w, mark, true);
}

static void
refused(void *user, const char *host, const char *name, const tenon_secret *secret)
{
  struct worker *w = user;
  struct wire_account account = {.host = host, .user = name};
  size_t mark;

  if (!name_secret(w, secret, &account))
    return;
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_gate_refused(b, &account);
  (void)worker_line_end(w, mark, true);
}

struct gate_upstream
worker_gate_upstream(struct worker *w)
{
  return (struct gate_upstream){
      .user = w, .enter = enter, .heard = heard, .left = left, .refused = refused};
}

bool
worker_gate_word(struct worker *w, const cJSON *message)
{
  int64_t request;
  enum turn_word word;
  if (!json_int(message, WIRE_KEY_REQUEST, &request) || request < 1 ||
      !turn_word_from_name(json_text(message, WIRE_KEY_WORD), &word) || word == TURN_WAIT)
    return false;
  {
    LOCK_FOR_SCOPE(&w->lock);
    if (!find_locked(w, (uint64_t)request))
      return true; /* it was given up */
  }
  http_service_gate_word(w->http, (uint64_t)request, word);
  return true;
}
