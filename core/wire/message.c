// SPDX-License-Identifier: Apache-2.0
/* Names of message types, and the messages that go towards the worker. */
#include "core/wire/message.h"

#include <string.h>

#include "core/json/shapes.h"
#include "core/model/names.h"
#include "core/wire/put.h"

static const char *const names[WIRE_TYPES] = {
    [WIRE_LOAD] = "load",
    [WIRE_SECRET] = "secret",
    [WIRE_OPEN] = "open",
    [WIRE_VERIFY] = "verify",
    [WIRE_SUGGEST] = "suggest",
    [WIRE_IMPERSONATE] = "impersonate",
    [WIRE_SUBJECTS] = "subjects",
    [WIRE_BROWSE] = "browse",
    [WIRE_CONFIGURE] = "configure",
    [WIRE_CLOSE] = "close",
    [WIRE_CANCEL] = "cancel",
    [WIRE_ANSWER] = "answer",
    [WIRE_KEPT] = "kept",
    [WIRE_GRANTED] = "granted",
    [WIRE_GATE] = "gate",
    [WIRE_BROWSER_READY] = "browser.ready",
    [WIRE_BROWSER_VISITED] = "browser.visited",
    [WIRE_READY] = "ready",
    [WIRE_REFUSED] = "refused",
    [WIRE_BEGAN] = "began",
    [WIRE_CHECK] = "check",
    [WIRE_OFFER] = "offer",
    [WIRE_PATCH] = "patch",
    [WIRE_STEP] = "step",
    [WIRE_ASK] = "ask",
    [WIRE_WITHDRAWN] = "withdrawn",
    [WIRE_LOG] = "log",
    [WIRE_KEEP] = "keep",
    [WIRE_KEEP_GET] = "keep.get",
    [WIRE_SIGNIN_BEGIN] = "signin.begin",
    [WIRE_SIGNIN_END] = "signin.end",
    [WIRE_GATE_ENTER] = "gate.enter",
    [WIRE_GATE_LEFT] = "gate.left",
    [WIRE_GATE_REFUSED] = "gate.refused",
    [WIRE_BROWSER_LISTEN] = "browser.listen",
    [WIRE_BROWSER_CLOSE] = "browser.close",
    [WIRE_ENDED] = "ended",
    [WIRE_BROKE] = "broke",
};

const char *
wire_type_name(enum wire_type type)
{
  return type > WIRE_UNKNOWN && type < WIRE_TYPES ? names[type] : "";
}

enum wire_type
wire_type_of(const cJSON *message)
{
  const char *name = json_text(message, WIRE_KEY_TYPE);

  for (enum wire_type t = WIRE_UNKNOWN + 1; name && t < WIRE_TYPES; t++)
    if (strcmp(names[t], name) == 0)
      return t;
  return WIRE_UNKNOWN;
}

static void
put_paths(struct buf *b, const char *const *paths)
{
  if (!paths || !*paths || !json_put_key(b, WIRE_KEY_PATHS))
    return;
  buf_putc(b, '[');
  for (size_t i = 0; paths[i]; i++) {
    if (i)
      buf_putc(b, ',');
    json_put_text(b, paths[i], strlen(paths[i]));
  }
  buf_putc(b, ']');
}

bool
wire_put_load(struct buf *b, const struct wire_load *m)
{
  put_start(b, WIRE_LOAD);
  json_put_member(b, WIRE_KEY_PLUGIN, m->plugin);
  json_put_member(b, WIRE_KEY_CONNECTOR, m->connector);
  json_put_key(b, WIRE_KEY_HOST);
  buf_putc(b, '{');
  json_put_member(b, WIRE_KEY_NAME, m->host_name);
  json_put_member(b, WIRE_KEY_VERSION, m->host_version);
  buf_putc(b, '}');
  json_put_key(b, WIRE_KEY_PROXIES);
  buf_putc(b, '{');
  json_put_member(b, WIRE_KEY_HTTP, m->http_proxy);
  json_put_member(b, WIRE_KEY_HTTPS, m->https_proxy);
  json_put_member(b, WIRE_KEY_NO, m->no_proxy);
  json_put_member(b, WIRE_KEY_USER, m->https_user);
  json_put_member(b, WIRE_KEY_HTTP_USER, m->http_user);
  buf_putc(b, '}');
  put_paths(b, m->paths);
  return put_end(b);
}

bool
wire_put_secret(struct buf *b, const char *scope, const char *key, tenon_text value)
{
  put_start(b, WIRE_SECRET);
  json_put_member(b, WIRE_KEY_SCOPE, scope);
  json_put_member(b, WIRE_KEY_KEY, key);
  put_base64(b, WIRE_KEY_VALUE, value);
  return put_end(b);
}

bool
wire_put_open(struct buf *b, uint64_t call, const struct wire_open *m)
{
  put_start_call(b, WIRE_OPEN, call);
  json_put_key(b, WIRE_KEY_VALUES);
  buf_putc(b, '{');
  for (size_t i = 0; i < m->n_values; i++) {
    json_put_key(b, m->values[i].key);
    json_put_text(b, m->values[i].value.ptr, m->values[i].value.len);
  }
  buf_putc(b, '}');
  json_put_key(b, WIRE_KEY_FILES);
  buf_putc(b, '{');
  for (size_t i = 0; i < m->n_files; i++)
    put_base64(b, m->files[i].key, m->files[i].value);
  buf_putc(b, '}');
  put_deadline(b, m->deadline_ms);
  put_true(b, WIRE_KEY_INTERACTIVE, m->interactive);
  return put_end(b);
}

bool
wire_put_verify(struct buf *b, uint64_t call, int64_t deadline_ms)
{
  put_start_call(b, WIRE_VERIFY, call);
  put_deadline(b, deadline_ms);
  return put_end(b);
}

bool
wire_put_suggest(struct buf *b, uint64_t call, const char *page, int64_t deadline_ms)
{
  put_start_call(b, WIRE_SUGGEST, call);
  json_put_member(b, WIRE_KEY_PAGE, page);
  put_deadline(b, deadline_ms);
  return put_end(b);
}

bool
wire_put_impersonate(struct buf *b, uint64_t call, uint32_t jobs)
{
  put_start_call(b, WIRE_IMPERSONATE, call);
  json_put_member_int(b, WIRE_KEY_JOBS, jobs);
  return put_end(b);
}

bool
wire_put_subjects(struct buf *b, uint64_t call, const tenon_text *subjects, size_t n, bool end)
{
  put_start_call(b, WIRE_SUBJECTS, call);
  json_put_key(b, WIRE_KEY_SUBJECTS);
  buf_putc(b, '[');
  for (size_t i = 0; i < n; i++) {
    if (i)
      buf_putc(b, ',');
    json_put_text(b, subjects[i].ptr, subjects[i].len);
  }
  buf_putc(b, ']');
  put_true(b, WIRE_KEY_END, end);
  return put_end(b);
}

bool
wire_put_browse(struct buf *b, uint64_t call, const char *what, const char *typed)
{
  put_start_call(b, WIRE_BROWSE, call);
  json_put_member(b, WIRE_KEY_WHAT, what);
  json_put_member(b, WIRE_KEY_TYPED, typed);
  return put_end(b);
}

bool
wire_put_configure(struct buf *b, uint64_t call, uint32_t phase, const tenon_step *const *steps,
                   int64_t deadline_ms)
{
  put_start_call(b, WIRE_CONFIGURE, call);
  json_put_member(b, WIRE_KEY_PHASE, phase_name(phase));
  json_put_key(b, WIRE_KEY_STEPS);
  buf_putc(b, '[');
  for (size_t i = 0; steps && steps[i]; i++) {
    if (i)
      buf_putc(b, ',');
    shape_put_step(b, steps[i]);
  }
  buf_putc(b, ']');
  put_deadline(b, deadline_ms);
  return put_end(b);
}

bool
wire_put_close(struct buf *b)
{
  put_start(b, WIRE_CLOSE);
  return put_end(b);
}

bool
wire_put_cancel(struct buf *b, uint64_t call)
{
  put_start_call(b, WIRE_CANCEL, call);
  return put_end(b);
}

bool
wire_put_answer(struct buf *b, uint64_t ticket, tenon_text text, bool secret, bool declined)
{
  put_start(b, WIRE_ANSWER);
  json_put_member_int(b, WIRE_KEY_TICKET, (int64_t)ticket);
  if (!text.ptr)
    put_true(b, declined ? WIRE_KEY_DECLINED : WIRE_KEY_NOANSWER, true);
  else if (secret)
    put_base64(b, WIRE_KEY_SECRET, text);
  else {
    json_put_key(b, WIRE_KEY_TEXT);
    json_put_text(b, text.ptr, text.len);
  }
  return put_end(b);
}

bool
wire_put_kept(struct buf *b, uint64_t request, tenon_text secret)
{
  put_start(b, WIRE_KEPT);
  json_put_member_int(b, WIRE_KEY_REQUEST, (int64_t)request);
  if (secret.ptr)
    put_base64(b, WIRE_KEY_SECRET, secret);
  else
    put_true(b, WIRE_KEY_NONE, true);
  return put_end(b);
}

bool
wire_put_granted(struct buf *b, uint64_t request, bool tangled)
{
  put_start(b, WIRE_GRANTED);
  json_put_member_int(b, WIRE_KEY_REQUEST, (int64_t)request);
  put_true(b, WIRE_KEY_TANGLED, tangled);
  return put_end(b);
}

bool
wire_put_gate(struct buf *b, uint64_t request, enum turn_word word)
{
  put_start(b, WIRE_GATE);
  json_put_member_int(b, WIRE_KEY_REQUEST, (int64_t)request);
  json_put_member(b, WIRE_KEY_WORD, turn_word_name(word));
  return put_end(b);
}

bool
wire_put_browser_ready(struct buf *b, uint64_t request, unsigned port)
{
  put_start(b, WIRE_BROWSER_READY);
  json_put_member_int(b, WIRE_KEY_REQUEST, (int64_t)request);
  if (port)
    json_put_member_int(b, WIRE_KEY_PORT, port);
  else
    put_true(b, WIRE_KEY_NONE, true);
  return put_end(b);
}

bool
wire_put_browser_visited(struct buf *b, uint64_t request, tenon_text query)
{
  put_start(b, WIRE_BROWSER_VISITED);
  json_put_member_int(b, WIRE_KEY_REQUEST, (int64_t)request);
  put_base64(b, WIRE_KEY_QUERY, query);
  return put_end(b);
}
