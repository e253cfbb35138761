// SPDX-License-Identifier: Apache-2.0
/* One line from a worker. A plugin shares its worker's memory and may write to its socket, so every line is held to the
 * rules of docs/wire.md as if an enemy had written it; the first one that breaks a rule is the last. */
#include "core/host/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/json/shapes.h"
#include "core/model/answer.h"
#include "core/model/names.h"
#include "core/module/descriptor.h"
#include "core/module/rules.h"

static void
on_ready(tenon_worker *w, const cJSON *m)
{
  struct connector *c;
  struct refusal r = {0};
  tenon_event ev = {.kind = TENON_EVENT_READY};
  CLEANUP_BUF struct buf json = BUF_INIT(2 * WIRE_LINE_MAX);

  if (w->state != WORKER_STARTING) {
    worker_broke(w, NULL, "said \"ready\" twice");
    return;
  }
  c = shape_read_connector(json_object(m, WIRE_KEY_CONNECTOR));
  if (!c || strcmp(c->d.id, w->id) != 0) {
    connector_destroy(c);
    worker_broke(w, NULL, "said \"ready\" without its connector");
    return;
  }
  if (descriptor_judge(c, &r) != 0) {
    connector_destroy(c);
    worker_broke(w, r.rule, "said \"ready\" with a connector that breaks the rules: %s", r.detail);
    return;
  }
  connector_destroy(w->connector);
  w->connector = c;
  w->state = WORKER_READY;
  if (w->ending == ENDING_NONE)
    w->due = 0;
  if (paths_at_ready(w))
    return;
  call_resume(w);
  sandbox_take(w, json_object(m, WIRE_KEY_SANDBOX));
  shape_put_connector(&json, &c->d, c->hooks);
  ev.id = c->d.id;
  ev.title = c->d.name;
  ev.connector = &c->d;
  ev.json = buf_text(&json);
  ev.json_len = json.len;
  if (w->told_ready)
    return;
  w->told_ready = true;
  emit(w, &ev);
}

static void
on_refused(tenon_worker *w, const cJSON *m)
{
  const char *detail = json_text(m, WIRE_KEY_DETAIL), *remedy = json_text(m, WIRE_KEY_REMEDY);
  struct finding f = {
      .id = "plugin.refused",
      .cause = TENON_E_UNSUPPORTED,
      .title = "The plugin is refused",
      .rule = json_text(m, WIRE_KEY_RULE),
  };

  if (w->state != WORKER_STARTING) {
    worker_broke(w, NULL, "said \"refused\" after \"ready\"");
    return;
  }
  finding_say(&f, "%s (%s): %s", w->id, w->path, detail ? detail : "no reason given");
  finding_mend(&f, "%s", remedy ? remedy : "Report this to the plugin's vendor.");
  worker_die(w, &f, TENON_E_UNSUPPORTED);
}

static void
on_began(tenon_worker *w, const cJSON *m)
{
  tenon_event ev = {.kind = TENON_EVENT_BEGAN, .call = w->call.number};

  ev.id = json_text(m, WIRE_KEY_ID);
  ev.title = json_text(m, WIRE_KEY_TITLE);
  if (!ev.id || !ev.title) {
    worker_broke(w, NULL, "began a check without an id or a title");
    return;
  }
  call_remember_check(&w->call, ev.id, ev.title);
  emit(w, &ev);
}

/* What the ABI asks of a check. */
static bool
check_holds(tenon_worker *w, const tenon_check *c)
{
  if (!c)
    worker_broke(w, NULL, "reported a check without id, title, state or level");
  else if (c->state == TENON_FAIL && (!c->remedy || !c->remedy[0]))
    worker_broke(w, TR_CHECK_REMEDY, "reported the failed check %s (%s: %s) without a remedy",
                 c->id, c->title, c->detail ? c->detail : "no detail");
  else if (c->subject && w->call.hook != HOOK_IMPERSONATE)
    worker_broke(w, TR_CHECK_SUBJECT, "reported a subject in %s", hook_name(w->call.hook));
  else if (c->subject && !subjects_close(w, c->subject))
    worker_broke(w, TR_CHECK_SUBJECT,
                 "reported the subject \"%s\", which it was not given or has closed before",
                 c->subject);
  else if (!c->subject && ++w->call.checks > WIRE_CHECKS_MAX)
    worker_broke(w, NULL, "reported more than %u checks in one call", WIRE_CHECKS_MAX);
  else
    return true;
  return false;
}

static void
on_check(tenon_worker *w, const cJSON *m)
{
  CLEANUP_ARENA struct arena arena = ARENA_INIT;
  const tenon_check *c = shape_read_check(&arena, json_object(m, WIRE_KEY_CHECK));

  if (!check_holds(w, c))
    return;
  if (c->subject || c->retry_ns > 0)
    call_progress(w, c->subject ? 0 : c->retry_ns);
  if (c->state == TENON_FAIL && c->cause == TENON_E_TIMEOUT)
    w->call.said_timeout = true;
  emit_check(w, c);
}

static void
on_offer(tenon_worker *w, const cJSON *m)
{
  CLEANUP_ARENA struct arena arena = ARENA_INIT;
  CLEANUP_BUF struct buf json = BUF_INIT(2 * WIRE_LINE_MAX);
  tenon_event ev = {.kind = TENON_EVENT_OFFER, .call = w->call.number};

  ev.offer = shape_read_offer(&arena, json_object(m, WIRE_KEY_OFFER));
  if (!ev.offer || !(w->call.hook & (HOOK_BROWSE | HOOK_SUGGEST))) {
    worker_broke(w, TR_SINK_HOOK, "made an offer in %s", hook_name(w->call.hook));
    return;
  }
  if (w->call.offers == WIRE_OFFERS_MAX) {
    call_full(w, "offers", WIRE_OFFERS_MAX);
    return;
  }
  w->call.offers++;
  call_progress(w, 0);
  shape_put_offer(&json, ev.offer);
  ev.json = buf_text(&json);
  ev.json_len = json.len;
  emit(w, &ev);
}

/* What a person answers opens the sandbox, and nothing else does: the host reads the files that answers name, so the
 * worker must not name one. NULL: it may patch this; else what it would be. */
static const char *
forbidden_patch(const tenon_worker *w, const char *key, const char *value)
{
  const tenon_field *field = w->connector ? connector_field(w->connector, key) : NULL;
  switch (field ? field->type : TENON_TEXT) {
  case TENON_PATH: return "the path";
  case TENON_SECRET: return "the secret";
  case TENON_FILE: return value && !answer_is_inline(value) ? "the name of the file" : NULL;
  default: return field ? NULL : "what is no field:";
  }
}

static void
on_patch(tenon_worker *w, const cJSON *m)
{
  tenon_event ev = {.kind = TENON_EVENT_PATCH, .call = w->call.number};
  const char *value = json_text(m, WIRE_KEY_VALUE);

  ev.id = json_text(m, WIRE_KEY_KEY);
  bool may = w->call.hook == HOOK_SUGGEST || (w->call.hook == HOOK_VERIFY && w->call.answers > 0);
  const char *forbidden = ev.id ? forbidden_patch(w, ev.id, value) : NULL;
  if (forbidden) {
    worker_broke(w, TR_CHECK_FIELD, "patched %s '%.63s'", forbidden, ev.id);
    return;
  }
  if (!ev.id || !may) {
    worker_broke(w, TR_SINK_HOOK, "patched a field in %s", hook_name(w->call.hook));
    return;
  }
  if (++w->call.patches > HOST_PATCHES_MAX) {
    worker_broke(w, NULL, "made more than %u patches in one call", HOST_PATCHES_MAX);
    return;
  }
  if (value)
    ev.text = (tenon_text){value, strlen(value)};
  emit(w, &ev);
}

static void
on_step(tenon_worker *w, const cJSON *m)
{
  CLEANUP_ARENA struct arena arena = ARENA_INIT;
  CLEANUP_BUF struct buf json = BUF_INIT(2 * WIRE_LINE_MAX);
  tenon_event ev = {.kind = TENON_EVENT_STEP, .call = w->call.number};

  ev.step = shape_read_step(&arena, json_object(m, WIRE_KEY_STEP));
  if (!ev.step || w->call.hook != HOOK_CONFIGURE) {
    worker_broke(w, TR_SINK_HOOK, "reported a step in %s", hook_name(w->call.hook));
    return;
  }
  if (++w->call.steps > HOST_STEPS_MAX) {
    worker_broke(w, NULL, "reported more than %u steps", HOST_STEPS_MAX);
    return;
  }
  shape_put_step(&json, ev.step);
  ev.id = ev.step->id;
  ev.title = ev.step->title;
  ev.json = buf_text(&json);
  ev.json_len = json.len;
  emit(w, &ev);
}

static void
on_ended(tenon_worker *w, const cJSON *m)
{
  const char *name = json_text(m, WIRE_KEY_STATUS);
  tenon_status status;

  if (!name || !cause_from_name(name, &status))
    status = TENON_E_INTERNAL;
  call_returned(w, status);
}

static void
on_broke(tenon_worker *w, const cJSON *m)
{
  const char *detail = json_text(m, WIRE_KEY_DETAIL);

  worker_broke(w, json_text(m, WIRE_KEY_RULE), "%s", detail ? detail : "broke a rule");
}

/* Messages that name a call: it must be the one that runs. */
static bool
names_call(tenon_worker *w, enum wire_type type, const cJSON *m)
{
  int64_t number;

  if (!json_int(m, WIRE_KEY_CALL, &number))
    worker_broke(w, NULL, "sent \"%s\" without the number of a call", wire_type_name(type));
  else if (w->call.hook && (uint64_t)number == w->call.number)
    return true;
  else if ((uint64_t)number == w->last_call)
    worker_broke(w, NULL, "sent \"%s\" after its hook had returned", wire_type_name(type));
  else
    worker_broke(w, NULL, "sent \"%s\" for call %" PRId64 ", which does not run",
                 wire_type_name(type), number);
  return false;
}

static void
dispatch_call(tenon_worker *w, enum wire_type type, const cJSON *m)
{
  if (!names_call(w, type, m))
    return;
  switch (type) {
  case WIRE_BEGAN: on_began(w, m); break;
  case WIRE_CHECK: on_check(w, m); break;
  case WIRE_OFFER: on_offer(w, m); break;
  case WIRE_PATCH: on_patch(w, m); break;
  case WIRE_STEP: on_step(w, m); break;
  case WIRE_ASK: on_ask(w, m); break;
  default: on_ended(w, m); break;
  }
}

/* What the program may be shown: a real worker looked at each text before. Not deeper than WIRE_DEPTH_MAX. */
static bool
is_printable(const cJSON *m)
{
  for (; m; m = m->next)
    if ((m->string && !utf8_printable(m->string, strlen(m->string))) ||
        (m->valuestring && !utf8_printable(m->valuestring, strlen(m->valuestring))) ||
        !is_printable(m->child))
      return false;
  return true;
}

/* Results without a subject are kept by whoever shows them: their number is limited, and so is what they weigh. */
static bool
weighs_too_much(tenon_worker *w, enum wire_type type, const cJSON *m, size_t len)
{
  if (type == WIRE_CHECK && json_text(json_object(m, WIRE_KEY_CHECK), "subject"))
    return false;
  if (type != WIRE_CHECK && type != WIRE_OFFER && type != WIRE_PATCH && type != WIRE_STEP &&
      type != WIRE_ASK)
    return false;
  w->call.bytes += len;
  return w->call.bytes > HOST_CALL_BYTES_MAX;
}

static void
dispatch(tenon_worker *w, enum wire_type type, const cJSON *m, size_t len)
{
  if (type != WIRE_LOG && !is_printable(m)) {
    worker_broke(w, NULL, "sent control characters in \"%s\"", wire_type_name(type));
    return;
  }
  if (weighs_too_much(w, type, m, len)) {
    worker_broke(w, NULL, "sent more than %u bytes of results in one call", HOST_CALL_BYTES_MAX);
    return;
  }
  switch (type) {
  case WIRE_READY: on_ready(w, m); break;
  case WIRE_REFUSED: on_refused(w, m); break;
  case WIRE_BROKE: on_broke(w, m); break;
  case WIRE_WITHDRAWN: on_withdrawn(w, m); break;
  case WIRE_LOG: on_log(w, m); break;
  case WIRE_KEEP: on_keep(w, m); break;
  case WIRE_KEEP_GET: on_keep_get(w, m); break;
  case WIRE_SIGNIN_BEGIN: on_signin_begin(w, m); break;
  case WIRE_SIGNIN_END: on_signin_end(w, m); break;
  case WIRE_BROWSER_LISTEN: on_browser_listen(w, m); break;
  case WIRE_BROWSER_CLOSE: on_browser_close(w, m); break;
  case WIRE_GATE_ENTER: on_gate_enter(w, m); break;
  case WIRE_GATE_LEFT: on_gate_left(w, m); break;
  case WIRE_GATE_REFUSED: on_gate_refused(w, m); break;
  case WIRE_BEGAN:
  case WIRE_CHECK:
  case WIRE_OFFER:
  case WIRE_PATCH:
  case WIRE_STEP:
  case WIRE_ASK:
  case WIRE_ENDED: dispatch_call(w, type, m); break;
  default:
    host_log(w->ctx, TENON_LOG_DEBUG, w->id, "a message of an unknown type was skipped");
    (void)count_log(w, len);
    break;
  }
}

void
worker_receive(tenon_worker *w, char *line, size_t len)
{
  const char *why = "";
  CLEANUP_JSON cJSON *message = wire_parse(line, len, &why);
  enum wire_type type = message ? wire_type_of(message) : WIRE_UNKNOWN;

  if (!message) {
    worker_broke(w, NULL, "sent a line that is no message: %s", why);
    return;
  }
  if (w->state == WORKER_STARTING && type != WIRE_READY && type != WIRE_REFUSED && type != WIRE_LOG)
    worker_broke(w, NULL, "sent \"%s\" before \"ready\"", wire_type_name(type));
  else
    dispatch(w, type, message, len);
  if (type == WIRE_KEEP) {
    wire_wipe(message);
    explicit_bzero(line, len);
  }
}
