// SPDX-License-Identifier: Apache-2.0
/* The shapes of docs/wire.md, written. What is absent in the struct is absent in the text. */
#include "core/json/shapes.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/model/names.h"

static bool
put_data(struct buf *b, const tenon_check *c)
{
  if (c->n_data == 0)
    return !b->failed;
  (void)json_put_key(b, "data");
  (void)buf_putc(b, '{');
  for (size_t i = 0; i < c->n_data; i++) {
    (void)json_put_key(b, c->data[i].key);
    (void)json_put_text(b, c->data[i].value.ptr ? c->data[i].value.ptr : "", c->data[i].value.len);
  }
  return buf_putc(b, '}');
}

bool
shape_put_check_members(struct buf *b, const tenon_check *c)
{
  (void)json_put_member(b, "id", c->id);
  (void)json_put_member(b, "title", c->title);
  (void)json_put_member(b, "state", state_name(c->state));
  (void)json_put_member(b, "level", level_name(c->level));
  (void)json_put_member(b, "detail", c->detail);
  (void)json_put_member(b, "remedy", c->remedy);
  (void)json_put_member(b, "field", c->field);
  (void)json_put_member(b, "link", c->link);
  if (c->cause != TENON_OK)
    (void)json_put_member(b, "cause", cause_name(c->cause));
  (void)json_put_member(b, "subject", c->subject);
  (void)json_put_member(b, "because", c->because);
  if (c->elapsed_ns > 0)
    (void)json_put_member_ms(b, "elapsed_ms", c->elapsed_ns);
  if (c->retry_ns > 0)
    (void)json_put_member_ms(b, "retry_ms", c->retry_ns);
  return put_data(b, c);
}

bool
shape_put_check(struct buf *b, const tenon_check *c)
{
  (void)buf_putc(b, '{');
  (void)shape_put_check_members(b, c);
  return buf_putc(b, '}');
}

bool
shape_put_offer(struct buf *b, const tenon_offer *o)
{
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "field", o->field);
  (void)json_put_member(b, "value", o->value);
  (void)json_put_member(b, "label", o->label);
  (void)json_put_member(b, "detail", o->detail);
  return buf_putc(b, '}');
}

bool
shape_put_step(struct buf *b, const tenon_step *s)
{
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "id", s->id);
  (void)json_put_member(b, "title", s->title);
  (void)json_put_member(b, "state", step_state_name(s->state));
  (void)json_put_member(b, "kind", s->kind);
  (void)json_put_member(b, "body", s->body);
  (void)json_put_member(b, "undo", s->undo);
  (void)json_put_member(b, "needs", s->needs);
  if (s->flags & TENON_STEP_OPTIONAL) {
    (void)json_put_key(b, "optional");
    (void)buf_puts(b, "true");
  }
  return buf_putc(b, '}');
}

static bool
put_choices(struct buf *b, const tenon_choice *choices)
{
  if (!choices)
    return !b->failed;
  (void)json_put_key(b, "choices");
  (void)buf_putc(b, '[');
  for (const tenon_choice *c = choices; c->value; c++) {
    (void)buf_puts(b, c == choices ? "{" : ",{");
    (void)json_put_member(b, "value", c->value);
    (void)json_put_member(b, "label", c->label);
    (void)json_put_member(b, "help", c->help);
    (void)buf_putc(b, '}');
  }
  return buf_putc(b, ']');
}

bool
shape_put_ask(struct buf *b, const tenon_ask *a, int64_t now_ns)
{
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "ask", a->id);
  (void)json_put_member(b, "kind", ask_kind_name(a->kind));
  (void)json_put_member(b, "title", a->title);
  (void)json_put_member(b, "body", a->body);
  (void)json_put_member(b, "url", a->url);
  (void)json_put_member(b, "code", a->code);
  (void)put_choices(b, a->choices);
  if (a->expires_ns)
    (void)json_put_member_ms(b, "expires_ms", a->expires_ns > now_ns ? a->expires_ns - now_ns : 0);
  return buf_putc(b, '}');
}

bool
shape_put_page(struct buf *b, const tenon_page *p)
{
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "id", p->id);
  (void)json_put_member(b, "title", p->title);
  (void)json_put_member(b, "help", p->help);
  (void)json_put_member(b, "link", p->link);
  return buf_putc(b, '}');
}

static void
put_flag(struct buf *b, const char *key, bool on)
{
  if (!on)
    return;
  (void)json_put_key(b, key);
  (void)buf_puts(b, "true");
}

static void
put_bounds(struct buf *b, const tenon_field *f)
{
  if (f->min == 0 && f->max == 0)
    return;
  if (f->type == TENON_DURATION) {
    (void)json_put_member_ms(b, "min", f->min);
    (void)json_put_member_ms(b, "max", f->max);
  } else {
    (void)json_put_member_int(b, "min", f->min);
    (void)json_put_member_int(b, "max", f->max);
  }
}

bool
shape_put_field(struct buf *b, const tenon_field *f)
{
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "key", f->key);
  (void)json_put_member(b, "page", f->page);
  (void)json_put_member(b, "type", type_name(f->type));
  (void)json_put_member(b, "label", f->label);
  (void)json_put_member(b, "help", f->help);
  (void)json_put_member(b, "link", f->link);
  (void)json_put_member(b, "preset", f->preset);
  (void)json_put_member(b, "when", f->when);
  (void)json_put_member(b, "pattern", f->pattern);
  put_bounds(b, f);
  (void)put_choices(b, f->choices);
  (void)json_put_member(b, "browse", f->browse);
  (void)json_put_member(b, "replaces", f->replaces);
  put_flag(b, "required", f->flags & TENON_REQUIRED);
  put_flag(b, "advanced", f->flags & TENON_ADVANCED);
  put_flag(b, "shared", f->flags & TENON_SHARED);
  put_flag(b, "volatile", f->flags & TENON_VOLATILE);
  return buf_putc(b, '}');
}

static void
put_texts(struct buf *b, const char *key, const char *const *texts)
{
  if (!texts)
    return;
  (void)json_put_key(b, key);
  (void)buf_putc(b, '[');
  for (size_t i = 0; texts[i]; i++) {
    if (i > 0)
      (void)buf_putc(b, ',');
    (void)json_put_text(b, texts[i], strlen(texts[i]));
  }
  (void)buf_putc(b, ']');
}

static void
put_roles_and_hooks(struct buf *b, const tenon_connector *c, uint32_t hooks)
{
  const char *roles[3] = {NULL}, *names[8] = {NULL};
  size_t n = 0;

  if (c->roles & TENON_SOURCE)
    roles[n++] = "source";
  if (c->roles & TENON_TARGET)
    roles[n] = "target";
  put_texts(b, "roles", roles);
  n = 0;
  for (uint32_t hook = HOOK_VERIFY; hook <= HOOK_CONFIGURE; hook <<= 1)
    if (hooks & hook)
      names[n++] = hook_name(hook);
  put_texts(b, "hooks", names);
}

static void
put_form(struct buf *b, const tenon_connector *c)
{
  (void)json_put_key(b, "pages");
  (void)buf_putc(b, '[');
  for (size_t i = 0; c->pages && c->pages[i]; i++) {
    if (i > 0)
      (void)buf_putc(b, ',');
    (void)shape_put_page(b, c->pages[i]);
  }
  (void)buf_puts(b, "],\"fields\":[");
  for (size_t i = 0; c->fields && c->fields[i]; i++) {
    if (i > 0)
      (void)buf_putc(b, ',');
    (void)shape_put_field(b, c->fields[i]);
  }
  (void)buf_putc(b, ']');
}

bool
shape_put_connector(struct buf *b, const tenon_connector *c, uint32_t hooks)
{
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "id", c->id);
  (void)json_put_member(b, "version", c->version);
  (void)json_put_member(b, "name", c->name);
  (void)json_put_member(b, "summary", c->summary);
  (void)json_put_member(b, "vendor", c->vendor);
  (void)json_put_member(b, "docs_url", c->docs_url);
  (void)json_put_member(b, "family", c->family);
  (void)json_put_member(b, "kind", c->flags & TENON_PROBE ? "probe" : "connector");
  put_roles_and_hooks(b, c, hooks);
  (void)json_put_member_int(b, "schema", c->schema);
  (void)json_put_member(b, "retires", c->retires);
  (void)json_put_member(b, "successor", c->successor);
  put_texts(b, "runs", c->runs);
  put_texts(b, "asks", c->asks);
  put_form(b, c);
  return buf_putc(b, '}');
}
