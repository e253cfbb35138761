// SPDX-License-Identifier: Apache-2.0
/* The messages that go towards the host. */
#include "core/wire/message.h"

#include <string.h>

#include "core/json/shapes.h"
#include "core/model/names.h"
#include "core/wire/put.h"

bool
wire_put_ready(struct buf *b, const tenon_connector *c, uint32_t hooks, const tenon_pair *sandbox,
               size_t n)
{
  put_start(b, WIRE_READY);
  json_put_key(b, WIRE_KEY_CONNECTOR);
  shape_put_connector(b, c, hooks);
  json_put_key(b, WIRE_KEY_SANDBOX);
  buf_putc(b, '{');
  for (size_t i = 0; i < n; i++) {
    json_put_key(b, sandbox[i].key);
    json_put_text(b, sandbox[i].value.ptr, sandbox[i].value.len);
  }
  buf_putc(b, '}');
  return put_end(b);
}

bool
wire_put_refused(struct buf *b, const char *rule, const char *detail, const char *remedy)
{
  put_start(b, WIRE_REFUSED);
  json_put_member(b, WIRE_KEY_RULE, rule);
  json_put_member(b, WIRE_KEY_DETAIL, detail);
  json_put_member(b, WIRE_KEY_REMEDY, remedy);
  return put_end(b);
}

bool
wire_put_began(struct buf *b, uint64_t call, const char *id, const char *title)
{
  put_start_call(b, WIRE_BEGAN, call);
  json_put_member(b, WIRE_KEY_ID, id);
  json_put_member(b, WIRE_KEY_TITLE, title);
  return put_end(b);
}

bool
wire_put_check(struct buf *b, uint64_t call, const tenon_check *c)
{
  put_start_call(b, WIRE_CHECK, call);
  json_put_key(b, WIRE_KEY_CHECK);
  shape_put_check(b, c);
  return put_end(b);
}

bool
wire_put_offer(struct buf *b, uint64_t call, const tenon_offer *o)
{
  put_start_call(b, WIRE_OFFER, call);
  json_put_key(b, WIRE_KEY_OFFER);
  shape_put_offer(b, o);
  return put_end(b);
}

bool
wire_put_patch(struct buf *b, uint64_t call, const char *key, const tenon_text *value)
{
  put_start_call(b, WIRE_PATCH, call);
  json_put_member(b, WIRE_KEY_KEY, key);
  if (value && value->ptr) {
    json_put_key(b, WIRE_KEY_VALUE);
    json_put_text(b, value->ptr, value->len);
  }
  return put_end(b);
}

bool
wire_put_step(struct buf *b, uint64_t call, const tenon_step *s)
{
  put_start_call(b, WIRE_STEP, call);
  json_put_key(b, WIRE_KEY_STEP);
  shape_put_step(b, s);
  return put_end(b);
}

bool
wire_put_ask(struct buf *b, uint64_t call, uint64_t ticket, const tenon_ask *a, int64_t now_ns)
{
  put_start_call(b, WIRE_ASK, call);
  json_put_member_int(b, WIRE_KEY_TICKET, (int64_t)ticket);
  json_put_key(b, WIRE_KEY_ASK);
  shape_put_ask(b, a, now_ns);
  return put_end(b);
}

bool
wire_put_withdrawn(struct buf *b, uint64_t ticket)
{
  put_start(b, WIRE_WITHDRAWN);
  json_put_member_int(b, WIRE_KEY_TICKET, (int64_t)ticket);
  return put_end(b);
}

bool
wire_put_log(struct buf *b, int32_t level, const char *text)
{
  put_start(b, WIRE_LOG);
  json_put_member(b, WIRE_KEY_LEVEL, log_level_name(level));
  json_put_member(b, WIRE_KEY_TEXT, text);
  return put_end(b);
}

bool
wire_put_keep(struct buf *b, uint32_t scope, const char *key, tenon_text secret)
{
  put_start(b, WIRE_KEEP);
  json_put_member(b, WIRE_KEY_SCOPE,
                  scope == TENON_KEEP_CONNECTION ? WIRE_SCOPE_CONNECTION : WIRE_SCOPE_PROCESS);
  json_put_member(b, WIRE_KEY_KEY, key);
  put_base64(b, WIRE_KEY_SECRET, secret);
  return put_end(b);
}

bool
wire_put_keep_get(struct buf *b, uint64_t request, const char *key)
{
  put_start(b, WIRE_KEEP_GET);
  json_put_member_int(b, WIRE_KEY_REQUEST, (int64_t)request);
  json_put_member(b, WIRE_KEY_KEY, key);
  return put_end(b);
}

bool
wire_put_signin_begin(struct buf *b, uint64_t request, const char *resource)
{
  put_start(b, WIRE_SIGNIN_BEGIN);
  json_put_member_int(b, WIRE_KEY_REQUEST, (int64_t)request);
  json_put_member(b, WIRE_KEY_RESOURCE, resource);
  return put_end(b);
}

bool
wire_put_signin_end(struct buf *b, const char *resource)
{
  put_start(b, WIRE_SIGNIN_END);
  json_put_member(b, WIRE_KEY_RESOURCE, resource);
  return put_end(b);
}

static void
put_account(struct buf *b, const struct wire_account *m)
{
  json_put_member(b, WIRE_KEY_HOST, m->host);
  json_put_member(b, WIRE_KEY_USER, m->user);
  json_put_member(b, WIRE_KEY_SCOPE, m->scope);
  json_put_member(b, WIRE_KEY_SECRET, m->secret);
}

bool
wire_put_gate_enter(struct buf *b, uint64_t request, const struct wire_account *m, bool connected)
{
  put_start(b, WIRE_GATE_ENTER);
  json_put_member_int(b, WIRE_KEY_REQUEST, (int64_t)request);
  put_account(b, m);
  put_true(b, WIRE_KEY_CONNECTED, connected);
  return put_end(b);
}

bool
wire_put_gate_left(struct buf *b, uint64_t request, enum turn_result result)
{
  put_start(b, WIRE_GATE_LEFT);
  json_put_member_int(b, WIRE_KEY_REQUEST, (int64_t)request);
  json_put_member(b, WIRE_KEY_RESULT, turn_result_name(result));
  return put_end(b);
}

bool
wire_put_gate_refused(struct buf *b, const struct wire_account *m)
{
  put_start(b, WIRE_GATE_REFUSED);
  put_account(b, m);
  return put_end(b);
}

bool
wire_put_browser_listen(struct buf *b, uint64_t request, const char *state)
{
  put_start(b, WIRE_BROWSER_LISTEN);
  json_put_member_int(b, WIRE_KEY_REQUEST, (int64_t)request);
  json_put_member(b, WIRE_KEY_STATE, state);
  return put_end(b);
}

bool
wire_put_browser_close(struct buf *b, uint64_t request)
{
  put_start(b, WIRE_BROWSER_CLOSE);
  json_put_member_int(b, WIRE_KEY_REQUEST, (int64_t)request);
  return put_end(b);
}

bool
wire_put_ended(struct buf *b, uint64_t call, tenon_status status)
{
  put_start_call(b, WIRE_ENDED, call);
  json_put_member(b, WIRE_KEY_STATUS, cause_name(status));
  return put_end(b);
}

bool
wire_put_broke(struct buf *b, const char *rule, const char *detail)
{
  put_start(b, WIRE_BROKE);
  json_put_member(b, WIRE_KEY_RULE, rule);
  json_put_member(b, WIRE_KEY_DETAIL, detail);
  return put_end(b);
}
