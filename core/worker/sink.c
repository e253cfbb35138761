// SPDX-License-Identifier: Apache-2.0
/* Where results go. What the plugin hands over is copied by the size rules, judged, cleaned of secrets and written as
 * one line before the call returns. */
#include <string.h>

#include "core/model/answer.h"
#include "core/module/grammar.h"
#include "core/module/rules.h"
#include "core/worker/sink_check.h"

#define OFFER_FLOOR (offsetof(tenon_offer, detail) + sizeof(const char *))
#define STEP_FLOOR  (offsetof(tenon_step, needs) + sizeof(const char *))

static struct worker *
worker_of(const tenon_sink *s)
{
  return ((const struct worker_sink *)s)->w;
}

/* Results of a plugin that broke a rule, or outside of any hook, are dropped. */
static bool
is_open(struct worker *w)
{
  return w->call.id != 0 && !w->broke;
}

/* A batch run gathers lines; everything else is looked at by somebody who waits. */
static bool
is_awaited(const struct worker *w)
{
  return w->call.hook != HOOK_IMPERSONATE;
}

static void
sink_begin(const tenon_sink *sink, const char *id, const char *title)
{
  struct worker *w = worker_of(sink);
  struct sink_cleaner clean = {.w = w, .rule = TR_CHECK_TEXT};
  size_t mark;

  if (!is_open(w))
    return;
  if (!id || !grammar_check_id(id)) {
    worker_broke(w, TR_CHECK_ID, "began a check whose id is not well-formed: '%.80s'",
                 id ? id : "(NULL)");
    return;
  }
  title = sink_clean(&clean, "title", id, title ? title : id);
  if (title) {
    struct buf *b = worker_line(w, &mark);
    (void)wire_put_began(b, w->call.id, id, title);
    (void)worker_line_end(w, mark, is_awaited(w));
    worker_silence_began(w, id);
  }
  sink_cleaner_finish(&clean);
}

static void
sink_check(const tenon_sink *sink, const tenon_check *theirs)
{
  struct worker *w = worker_of(sink);
  if (is_open(w))
    sink_check_put(w, theirs, is_awaited(w));
}

static bool
in_hook(struct worker *w, uint32_t hooks, const char *what)
{
  if (!is_open(w))
    return false;
  if (w->call.hook & hooks)
    return true;
  worker_broke(w, TR_SINK_HOOK, "reported %s from the hook %s", what, hook_name(w->call.hook));
  return false;
}

static void
sink_offer(const tenon_sink *sink, const tenon_offer *theirs)
{
  struct worker *w = worker_of(sink);
  struct sink_cleaner clean = {.w = w, .rule = TR_CHECK_TEXT};
  tenon_offer o = {0};
  size_t mark;

  if (!in_hook(w, HOOK_BROWSE | HOOK_SUGGEST, "an offer"))
    return;
  if (!sink_copy(w, "an offer", theirs, OFFER_FLOOR, &o, sizeof o))
    return;
  if (!o.value || (o.field && !connector_field(w->connector, o.field))) {
    worker_broke(w, TR_CHECK_FIELD, "offered %s",
                 o.value ? "a value for a field that it does not have" : "no value");
    return;
  }
  o.value = sink_clean(&clean, "value", "an offer", o.value);
  o.label = sink_clean(&clean, "label", "an offer", o.label);
  o.detail = sink_clean(&clean, "detail", "an offer", o.detail);
  if (!w->broke) {
    struct buf *b = worker_line(w, &mark);
    (void)wire_put_offer(b, w->call.id, &o);
    (void)worker_line_end(w, mark, false);
  }
  sink_cleaner_finish(&clean);
}

/* In verify the answers are the person's: they change only after a question about it was answered. */
static bool
may_patch(struct worker *w)
{
  if (!in_hook(w, HOOK_SUGGEST | HOOK_VERIFY, "a patch"))
    return false;
  if (w->call.hook == HOOK_SUGGEST || w->answers > 0)
    return true;
  worker_broke(w, TR_SINK_HOOK, "patched a field in verify and had asked nobody");
  return false;
}

/* The bytes of a file become an answer of their own. What would show a secret is none. */
static const char *
hold_file(struct worker *w, const char *key, const tenon_text *bytes, struct buf *held)
{
  if (bytes->len > ANSWER_INLINE_BYTES_MAX || scrub_has(w->scrubber, bytes->ptr, bytes->len)) {
    worker_broke(w, TR_CHECK_TEXT, "patched '%.63s' with a file that %s", key,
                 bytes->len > ANSWER_INLINE_BYTES_MAX ? "is larger than 32 KiB" : "holds a secret");
    return NULL;
  }
  (void)buf_puts(held, ANSWER_INLINE);
  if (!wire_put_base64(held, bytes->ptr, bytes->len))
    return NULL;
  return buf_text(held);
}

static void
sink_patch(const tenon_sink *sink, const char *key, const tenon_text *text)
{
  struct worker *w = worker_of(sink);
  struct sink_cleaner clean = {.w = w, .rule = TR_CHECK_TEXT};
  size_t mark;

  if (!may_patch(w))
    return;
  const tenon_field *field = key ? connector_field(w->connector, key) : NULL;
  if (!field || field->type == TENON_SECRET || field->type == TENON_PATH) {
    worker_broke(w, TR_CHECK_FIELD, "patched %s '%.63s'.",
                 !field                      ? "a field that it does not have:"
                 : field->type == TENON_PATH ? "the path"
                                             : "the secret",
                 key ? key : "(NULL)");
    return;
  }
  CLEANUP_BUF struct buf held = BUF_INIT(ANSWER_BYTES_MAX);
  const char *value = NULL;
  if (text && text->ptr)
    value = field->type == TENON_FILE ? hold_file(w, key, text, &held)
                                      : sink_clean(&clean, "value", key, text->ptr);
  tenon_text cleaned = {value, value ? strlen(value) : 0};
  if (!w->broke) {
    w->patches++;
    struct buf *b = worker_line(w, &mark);
    (void)wire_put_patch(b, w->call.id, key, value ? &cleaned : NULL);
    (void)worker_line_end(w, mark, false);
  }
  sink_cleaner_finish(&clean);
}

static void
sink_step(const tenon_sink *sink, const tenon_step *theirs)
{
  struct worker *w = worker_of(sink);
  struct sink_cleaner clean = {.w = w, .rule = TR_CHECK_TEXT};
  tenon_step s = {0};
  size_t mark;

  if (!in_hook(w, HOOK_CONFIGURE, "a step") ||
      !sink_copy(w, "a step", theirs, STEP_FLOOR, &s, sizeof s))
    return;
  if (!s.id || !grammar_check_id(s.id) || !s.title || !s.kind || !grammar_family(s.kind) ||
      !s.body) {
    worker_broke(w, TR_CHECK_ID, "planned a step without a good id, title, kind or body: '%.80s'",
                 s.id ? s.id : "(NULL)");
    return;
  }
  s.title = sink_clean(&clean, "title", s.id, s.title);
  s.body = sink_clean(&clean, "body", s.id, s.body);
  s.undo = sink_clean(&clean, "undo", s.id, s.undo);
  s.needs = sink_clean(&clean, "needs", s.id, s.needs);
  if (!w->broke) {
    struct buf *b = worker_line(w, &mark);
    (void)wire_put_step(b, w->call.id, &s);
    (void)worker_line_end(w, mark, true);
  }
  sink_cleaner_finish(&clean);
}

void
worker_sink_init(struct worker *w)
{
  w->sink = (struct worker_sink){.w = w,
                                 .abi = {.size = sizeof w->sink.abi,
                                         .begin = sink_begin,
                                         .check = sink_check,
                                         .offer = sink_offer,
                                         .patch = sink_patch,
                                         .step = sink_step}};
}
