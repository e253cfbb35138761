// SPDX-License-Identifier: Apache-2.0
/* What a line of the host does: what cannot wait (cancel, subjects, answers, secrets) is done here, on the io thread;
 * hooks are queued for their own thread. */
#include <errno.h>
#include <string.h>

#include "core/secret/memory.h"
#include "core/worker/keys.h"
#include "core/worker/state.h"

tenon_secret *
worker_take_secret(struct worker *w, const char *key, const cJSON *message, const char *member)
{
  const char *text = json_text(message, member);
  char *bytes;
  size_t n;
  tenon_secret *secret = NULL;
  int err = text ? wire_base64(text, WIRE_SECRET_MAX, &bytes, &n) : -ENOENT;
  if (!err) {
    err = secret_table_add(w->secrets, key, bytes, n, &secret);
    secret_memory_wipe(bytes, n);
    free(bytes);
  }
  if (err && text)
    worker_log(w, TENON_LOG_ERROR, "A secret could not be kept: %s.", strerrordesc_np(-err));
  return err ? NULL : secret;
}

static void
receive_secret(struct worker *w, const cJSON *message)
{
  char key[KEYS_SIZE];
  const char *name = json_text(message, WIRE_KEY_KEY), *scope = json_text(message, WIRE_KEY_SCOPE);
  const char *space = !scope                                      ? KEYS_FIELD
                      : strcmp(scope, WIRE_SCOPE_HOST) == 0       ? KEYS_HOST
                      : strcmp(scope, WIRE_SCOPE_CONNECTION) == 0 ? KEYS_KEPT
                                                                  : NULL;
  if (name && space && keys_join(key, space, name))
    (void)worker_take_secret(w, key, message, WIRE_KEY_VALUE);
}

static bool
receive_cancel(struct worker *w, const cJSON *message)
{
  int64_t call;
  if (!json_int(message, WIRE_KEY_CALL, &call) || call < 1)
    return false;
  LOCK_FOR_SCOPE(&w->lock);
  w->cancelled_call = (uint64_t)call;
  if (w->call.id == (uint64_t)call)
    worker_call_cancel_locked(w);
  return true;
}

/* kept, granted and browser.ready: somebody waits for exactly this request, or gave up. */
static bool
receive_request(struct worker *w, const cJSON *message)
{
  int64_t request, port;
  if (!json_int(message, WIRE_KEY_REQUEST, &request) || request < 1)
    return false;
  tenon_secret *secret = worker_take_secret(w, NULL, message, WIRE_KEY_SECRET);
  LOCK_FOR_SCOPE(&w->lock);
  w->answered_request = (uint64_t)request;
  w->answered_secret = secret;
  w->answered_tangled = json_bool(message, WIRE_KEY_TANGLED);
  w->answered_port = json_int(message, WIRE_KEY_PORT, &port) && port > 0 && port <= UINT16_MAX
                         ? (unsigned)port
                         : 0;
  (void)pthread_cond_broadcast(&w->changed);
  return true;
}

static bool
receive_subjects(struct worker *w, const cJSON *message)
{
  int64_t call;
  if (!json_int(message, WIRE_KEY_CALL, &call))
    return false;
  LOCK_FOR_SCOPE(&w->lock);
  return worker_source_feed_locked(w, message);
}

static bool
queue_command(struct worker *w, enum wire_type type, cJSON **message)
{
  int64_t call = 0;
  if (type != WIRE_CLOSE && (!json_int(*message, WIRE_KEY_CALL, &call) || call < 1))
    return false;
  struct worker_command *c = calloc(1, sizeof *c);
  if (!c)
    return false;
  *c = (struct worker_command){.type = type, .call = (uint64_t)call, .message = TAKE_PTR(*message)};
  LOCK_FOR_SCOPE(&w->lock);
  *w->commands_end = c;
  w->commands_end = &c->next;
  (void)pthread_cond_broadcast(&w->changed);
  return ++w->n_commands <= WORKER_QUEUE_MAX;
}

static bool
receive(struct worker *w, cJSON **message)
{
  enum wire_type type = wire_type_of(*message);
  switch (type) {
  case WIRE_SECRET: receive_secret(w, *message); return true;
  case WIRE_CANCEL: return receive_cancel(w, *message);
  case WIRE_KEPT:
  case WIRE_BROWSER_READY:
  case WIRE_GRANTED: return receive_request(w, *message);
  case WIRE_SUBJECTS: return receive_subjects(w, *message);
  case WIRE_GATE: return worker_gate_word(w, *message);
  case WIRE_ANSWER: return worker_answered(w, *message);
  case WIRE_BROWSER_VISITED: return worker_browser_visited(w, *message);
  case WIRE_OPEN:
  case WIRE_VERIFY:
  case WIRE_SUGGEST:
  case WIRE_IMPERSONATE:
  case WIRE_BROWSE:
  case WIRE_CONFIGURE:
  case WIRE_CLOSE: return queue_command(w, type, message);
  default: worker_log(w, TENON_LOG_DEBUG, "A message of an unknown type was skipped."); return true;
  }
}

bool
worker_receive(struct worker *w, cJSON *message)
{
  bool good = receive(w, &message);
  wire_wipe(message);
  cJSON_Delete(message);
  return good;
}

struct worker_command *
worker_next_command(struct worker *w)
{
  LOCK_FOR_SCOPE(&w->lock);
  while (!w->commands && !w->eof)
    (void)pthread_cond_wait(&w->changed, &w->lock);
  struct worker_command *c = w->eof ? NULL : w->commands;
  if (c) {
    w->commands = c->next;
    w->n_commands--;
    if (!w->commands)
      w->commands_end = &w->commands;
  }
  return c;
}

void
worker_command_free(struct worker_command *c)
{
  if (!c)
    return;
  wire_wipe(c->message);
  cJSON_Delete(c->message);
  free(c);
}
