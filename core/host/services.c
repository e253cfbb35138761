// SPDX-License-Identifier: Apache-2.0
/* Messages by which a worker asks the host for something: a question for the person, a token kept before, its turn to
 * sign in. */
#include "core/host/internal.h"

#include <errno.h>
#include <string.h>

#include "core/json/shapes.h"
#include "core/model/names.h"
#include "core/module/rules.h"

bool
request_of(tenon_worker *w, const cJSON *m, const char *key, uint64_t *ret)
{
  int64_t number;

  if (json_int(m, key, &number) && number >= 0) {
    *ret = (uint64_t)number;
    return true;
  }
  worker_broke(w, NULL, "sent a request without a number");
  return false;
}

/* ---- questions ------------------------------------------------------------------------------------------------- */

static void
nobody_there(tenon_worker *w, uint64_t number)
{
  wire_put_answer(send_start(w), number, (tenon_text){0}, false, false);
  (void)send_finish(w);
}

void
on_ask(tenon_worker *w, const cJSON *m)
{
  CLEANUP_ARENA struct arena arena = ARENA_INIT;
  CLEANUP_BUF struct buf json = BUF_INIT(2 * WIRE_LINE_MAX);
  tenon_event ev = {.kind = TENON_EVENT_ASK, .call = w->call.number};
  struct call *c = &w->call;

  if (!request_of(w, m, WIRE_KEY_TICKET, &ev.ticket))
    return;
  ev.ask = shape_read_ask(&arena, json_object(m, WIRE_KEY_ASK), clock_now_ns());
  if (!ev.ask) {
    worker_broke(w, NULL, "asked a question without id, title or kind");
    return;
  }
  if (!w->answers) {
    nobody_there(w, ev.ticket);
    return;
  }
  if (c->n_tickets == HOST_TICKETS_MAX) {
    worker_broke(w, NULL, "asked more than %u questions at a time", HOST_TICKETS_MAX);
    return;
  }
  c->tickets[c->n_tickets++] = (struct ticket){
      .number = ev.ticket,
      .expires_ns = ev.ask->expires_ns,
      .secret = ev.ask->kind == TENON_ASK_SECRET,
  };
  call_pause(w);
  shape_put_ask(&json, ev.ask, clock_now_ns());
  ev.id = ev.ask->id;
  ev.title = ev.ask->title;
  ev.json = buf_text(&json);
  ev.json_len = json.len;
  emit(w, &ev);
}

void
on_withdrawn(tenon_worker *w, const cJSON *m)
{
  tenon_event ev = {.kind = TENON_EVENT_WITHDRAWN, .call = w->call.number};

  /* One that was just answered may cross its withdrawal. */
  if (request_of(w, m, WIRE_KEY_TICKET, &ev.ticket) && ticket_close(w, ev.ticket))
    emit(w, &ev);
}

/* ---- log ------------------------------------------------------------------------------------------------------- */

bool
count_log(tenon_worker *w, size_t n)
{
  w->call.log_bytes += n;
  if (w->call.log_bytes <= WIRE_LOG_MAX)
    return true;
  worker_broke(w, NULL, "flooded the log with more than %u bytes", WIRE_LOG_MAX);
  return false;
}

void
on_log(tenon_worker *w, const cJSON *m)
{
  const char *text = json_text(m, WIRE_KEY_TEXT), *name = json_text(m, WIRE_KEY_LEVEL);
  int32_t level;

  if (!name || !log_level_from_name(name, &level))
    level = TENON_LOG_DEBUG;
  if (!text)
    return;
  if (count_log(w, strlen(text)))
    worker_log(w, level, text, strlen(text));
}

/* ---- keep ------------------------------------------------------------------------------------------------------ */

static bool
keep(tenon_worker *w, const char *scope, const char *key, const char *bytes, size_t len)
{
  tenon_event ev = {.kind = TENON_EVENT_KEEP, .call = w->call.number, .id = key};

  if (learn(w, bytes, len) != 0)
    return false;
  if (strcmp(scope, WIRE_SCOPE_CONNECTION) == 0) {
    if (!keep_store(&w->kept, "", key, bytes, len))
      return false;
    /* Others of the connection have what was stored before; from now on they find the newer one first. */
    if (w->connection && !keep_store(&w->ctx->kept, w->connection, key, bytes, len))
      host_log(w->ctx, TENON_LOG_WARN, w->id, "\"%s\" is not seen by others of the connection",
               key);
    ev.text = (tenon_text){bytes, len};
    emit(w, &ev);
    return true;
  }
  if (!w->connection)
    return keep_store(&w->kept, "", key, bytes, len);
  return keep_store(&w->ctx->kept, w->connection, key, bytes, len);
}

void
on_keep(tenon_worker *w, const cJSON *m)
{
  const char *key = json_text(m, WIRE_KEY_KEY), *secret = json_text(m, WIRE_KEY_SECRET),
             *scope = json_text(m, WIRE_KEY_SCOPE);
  char *bytes = NULL;
  size_t len = 0;

  if (!key || !scope || !secret || strlen(key) > HOST_KEEP_KEY_MAX ||
      wire_base64(secret, WIRE_SECRET_MAX, &bytes, &len) != 0) {
    worker_broke(w, NULL, "sent a secret to keep that cannot be read");
    return;
  }
  if (!keep(w, scope, key, bytes, len))
    host_log(w->ctx, TENON_LOG_ERROR, w->id,
             "\"%s\" is not kept: there is no memory, or there are %u already", key, HOST_KEEP_MAX);
  explicit_bzero(bytes, len);
  free(bytes);
}

void
on_keep_get(tenon_worker *w, const cJSON *m)
{
  const char *key = json_text(m, WIRE_KEY_KEY);
  const struct kept *k = NULL;
  tenon_text secret = {0};
  uint64_t number;

  if (!request_of(w, m, WIRE_KEY_REQUEST, &number))
    return;
  if (key && w->connection)
    k = keep_find(w->ctx->kept, w->connection, key);
  if (key && !k)
    k = keep_find(w->kept, "", key);
  if (k && learn(w, k->bytes, k->len) == 0)
    secret = (tenon_text){k->bytes, k->len};
  wire_put_kept(send_start(w), number, secret);
  (void)send_finish(w);
}

/* ---- sign-in --------------------------------------------------------------------------------------------------- */

void
on_signin_begin(tenon_worker *w, const cJSON *m)
{
  const char *resource = json_text(m, WIRE_KEY_RESOURCE);
  uint64_t number;

  if (!request_of(w, m, WIRE_KEY_REQUEST, &number))
    return;
  if (!w->call.hook || !resource || strlen(resource) > HOST_RESOURCE_MAX)
    worker_broke(w, NULL, "asked for a sign-in lock without a resource, or outside a call");
  else if (signin_has(w, resource))
    worker_broke(w, TR_SIGNIN, "asked twice for the sign-in lock of \"%.80s\"", resource);
  else if (signin_begin(w, number, resource) != 0)
    worker_broke(w, NULL, "waits for more than %u sign-in locks", HOST_WAITERS_MAX);
}

void
on_signin_end(tenon_worker *w, const cJSON *m)
{
  const char *resource = json_text(m, WIRE_KEY_RESOURCE);

  if (resource)
    signin_end(w, resource);
}

/* ---- sandbox --------------------------------------------------------------------------------------------------- */

/* {"landlock":"5","seccomp":"on"} -> "landlock 5, seccomp on" */
void
sandbox_take(tenon_worker *w, const cJSON *sandbox)
{
  CLEANUP_BUF struct buf b = BUF_INIT(HOST_ERROR_MAX);
  const cJSON *item;

  cJSON_ArrayForEach(item, sandbox)
  {
    if (cJSON_IsString(item))
      buf_printf(&b, "%s%s %s", b.len ? ", " : "", item->string, item->valuestring);
  }
  free(w->sandbox);
  w->sandbox = buf_take(&b, NULL);
}
