// SPDX-License-Identifier: Apache-2.0
/* One command, one hook: what it is given, and what is tidied up behind it. */
#include <string.h>

#include "core/json/shapes.h"
#include "core/model/answer.h"
#include "core/model/names.h"
#include "core/module/rules.h"
#include "core/secret/memory.h"
#include "core/worker/state.h"
#include "core/worker/threads.h"

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static const tenon_text *
find_value(const struct worker *w, const char *key)
{
  for (size_t i = 0; i < w->n_values; i++)
    if (strcmp(w->values[i].key, key) == 0)
      return &w->values[i].text;
  return NULL;
}

static const char *
lookup(void *user, const char *key)
{
  const tenon_text *text = worker_value(user, key);
  return text ? text->ptr : NULL;
}

const tenon_text *
worker_value(const struct worker *w, const char *key)
{
  return find_value(w, key);
}

static bool
add_value(struct worker *w, const char *key, const char *bytes, size_t n)
{
  char *copy = arena_bytes(&w->session_arena, bytes, n);
  if (!copy || w->n_values >= w->connector->n_fields)
    return false;
  w->values[w->n_values++] = (struct worker_value){key, {copy, n}};
  return true;
}

static bool
add_file(struct worker *w, const tenon_field *f, const cJSON *files)
{
  const char *text = json_text(files, f->key);
  char *bytes;
  size_t n;
  if (!text)
    return true;
  if (wire_base64(text, ANSWER_FILE_MAX, &bytes, &n) != 0)
    return false;
  bool good = add_value(w, f->key, bytes, n);
  secret_memory_wipe(bytes, n);
  free(bytes);
  return good;
}

/* The answers that this connector has fields for, in their order; what was not answered has its preset. */
static bool
take_values(struct worker *w, const cJSON *message)
{
  const cJSON *values = json_object(message, WIRE_KEY_VALUES),
              *files = json_object(message, WIRE_KEY_FILES);
  w->values = arena_alloc(&w->session_arena, (w->connector->n_fields + 1) * sizeof *w->values);
  if (!w->values)
    return false;
  for (size_t i = 0; i < w->connector->n_fields; i++) {
    const tenon_field *f = w->connector->d.fields[i];
    const char *text = json_text(values, f->key);
    if (!text && f->preset && f->type != TENON_FILE && (!f->when || when_holds(f->when, lookup, w)))
      text = f->preset;
    bool good = f->type == TENON_SECRET ? true
                : f->type == TENON_FILE ? add_file(w, f, files)
                : text                  ? add_value(w, f->key, text, strlen(text))
                                        : true;
    if (!good)
      return false;
  }
  return true;
}

/* ---- the hooks --------------------------------------------------------------------------------------------------- */

static tenon_status
run_open(struct worker *w, const struct worker_command *c)
{
  tenon_session *session = NULL;
  if (w->session)
    return TENON_E_UNSUPPORTED;
  arena_finish(&w->session_arena);
  w->n_values = 0;
  w->interactive = json_bool(c->message, WIRE_KEY_INTERACTIVE);
  if (!take_values(w, c->message))
    return TENON_E_NOMEM;
  tenon_status status = w->live.open(&w->table.abi, &w->call.abi, &w->sink.abi, &session);
  if (status >= TENON_OK && !session) {
    worker_broke(w, TR_STATUS, "returned ok from open without a session");
    return TENON_E_INTERNAL;
  }
  if (status >= TENON_OK)
    w->session = session;
  return status;
}

static tenon_status
run_suggest(struct worker *w, const struct worker_command *c)
{
  const char *page = json_text(c->message, WIRE_KEY_PAGE);
  return w->live.suggest ? w->live.suggest(w->session, &w->call.abi, page ? page : "", &w->sink.abi)
                         : TENON_E_UNSUPPORTED;
}

static tenon_status
run_impersonate(struct worker *w, const struct worker_command *c)
{
  int64_t jobs = 1;
  if (!w->live.impersonate)
    return TENON_E_UNSUPPORTED;
  (void)json_int(c->message, WIRE_KEY_JOBS, &jobs);
  worker_source_begin(w, jobs < 1 ? 1 : jobs > WIRE_JOBS_MAX ? WIRE_JOBS_MAX : (uint32_t)jobs);
  tenon_status status = w->live.impersonate(w->session, &w->call.abi, &w->source.abi, &w->sink.abi);
  worker_source_end(w);
  return status;
}

static tenon_status
run_browse(struct worker *w, const struct worker_command *c)
{
  const char *what = json_text(c->message, WIRE_KEY_WHAT),
             *typed = json_text(c->message, WIRE_KEY_TYPED);
  return w->live.browse ? w->live.browse(w->session, &w->call.abi, what ? what : "",
                                         typed ? typed : "", &w->sink.abi)
                        : TENON_E_UNSUPPORTED;
}

static tenon_status
run_configure(struct worker *w, const struct worker_command *c)
{
  const cJSON *list = json_array(c->message, WIRE_KEY_STEPS), *item;
  uint32_t phase;
  if (!w->live.configure || !phase_from_name(json_text(c->message, WIRE_KEY_PHASE), &phase))
    return TENON_E_UNSUPPORTED;
  const tenon_step **steps =
      arena_alloc(&w->call_arena, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof *steps);
  size_t n = 0;
  if (!steps)
    return TENON_E_NOMEM;
  cJSON_ArrayForEach(item, list)
  {
    const tenon_step *step = shape_read_step(&w->call_arena, item);
    if (!step)
      return TENON_E_CONFIG;
    steps[n++] = step;
  }
  w->call.phase = phase;
  return w->live.configure(w->session, &w->call.abi, phase, phase == TENON_PLAN ? NULL : steps,
                           &w->sink.abi);
}

static tenon_status
run_hook(struct worker *w, const struct worker_command *c)
{
  if (c->type == WIRE_OPEN)
    return run_open(w, c);
  if (!w->session)
    return TENON_E_CONFIG;
  switch (c->type) {
  case WIRE_VERIFY: return w->live.verify(w->session, &w->call.abi, &w->sink.abi);
  case WIRE_SUGGEST: return run_suggest(w, c);
  case WIRE_IMPERSONATE: return run_impersonate(w, c);
  case WIRE_BROWSE: return run_browse(w, c);
  case WIRE_CONFIGURE: return run_configure(w, c);
  default: return TENON_E_UNSUPPORTED;
  }
}

static uint32_t
hook_of(enum wire_type type)
{
  switch (type) {
  case WIRE_OPEN: return HOOK_OPEN;
  case WIRE_VERIFY: return HOOK_VERIFY;
  case WIRE_SUGGEST: return HOOK_SUGGEST;
  case WIRE_IMPERSONATE: return HOOK_IMPERSONATE;
  case WIRE_BROWSE: return HOOK_BROWSE;
  default: return HOOK_CONFIGURE;
  }
}

static void
end_call(struct worker *w, tenon_status status)
{
  size_t mark;
  bool full;
  uint64_t id = w->call.id;

  http_service_finish_hook(w->http);
  dns_service_finish_hook(w->dns);
  worker_table_finish_hook(w);
  worker_call_end(w);
  worker_sink_finish_hook(w);
  arena_finish(&w->call_arena);
  struct buf *b = outbox_line(&w->out, &mark);
  (void)wire_put_ended(b, id, status > TENON_OK ? TENON_OK : status);
  (void)outbox_line_end(&w->out, mark, &full);
  outbox_flush(&w->out, -1);
}

bool
worker_run(struct worker *w, struct worker_command *c)
{
  if (c->type == WIRE_CLOSE)
    return false;
  unsigned threads = threads_count();
  worker_call_begin(w, c, hook_of(c->type));
  tenon_status status = run_hook(w, c);
  unsigned more = threads_count();
  if (more > threads)
    worker_log(w, TENON_LOG_DEBUG,
               "%u threads more than before ran when %s returned (" TR_THREADS ").", more - threads,
               hook_name(w->call.hook));
  worker_silence_end(w, status);
  end_call(w, status);
  return true;
}
