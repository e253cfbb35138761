// SPDX-License-Identifier: Apache-2.0
/* Telling the program. What a plugin sent is told as structs, and once more as JSON written by us: a program that hands
 * it through never hands through a member that nobody checked. */
#include "core/host/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/json/shapes.h"

void
emit(tenon_worker *w, tenon_event *ev)
{
  w->ctx->delivered = true;
  if (!w->on_event || w->destroyed)
    return;
  ev->size = sizeof *ev;
  w->on_event(w->user, w, ev);
}

void
emit_check(tenon_worker *w, const tenon_check *c)
{
  CLEANUP_BUF struct buf json = BUF_INIT(2 * WIRE_LINE_MAX);
  tenon_event ev = {.kind = TENON_EVENT_CHECK, .call = w->call.hook ? w->call.number : 0};

  shape_put_check(&json, c);
  ev.id = c->id;
  ev.title = c->title;
  ev.check = c;
  ev.json = buf_text(&json);
  ev.json_len = json.len;
  emit(w, &ev);
}

static tenon_pair
pair(const char *key, const char *value)
{
  return (tenon_pair){key, {value, strlen(value)}};
}

void
finding_say(struct finding *f, const char *fmt, ...)
{
  va_list ap;

  va_start(ap, fmt);
  (void)vsnprintf(f->detail, sizeof f->detail, fmt, ap);
  va_end(ap);
}

void
finding_mend(struct finding *f, const char *fmt, ...)
{
  va_list ap;

  va_start(ap, fmt);
  (void)vsnprintf(f->remedy, sizeof f->remedy, fmt, ap);
  va_end(ap);
}

void
finding_blame(struct finding *f, const tenon_worker *w)
{
  const tenon_connector *d = w->connector ? &w->connector->d : NULL;
  const char *vendor = d && d->vendor ? d->vendor : "the plugin's vendor";
  const char *link = d && d->docs_url ? d->docs_url : NULL;

  finding_mend(f,
               "Report this to %s%s%s%s, with the plugin's log (tenon shows it with -v). Other "
               "connections go on.",
               vendor, link ? " (" : "", link ? link : "", link ? ")" : "");
}

void
emit_finding(tenon_worker *w, const struct finding *f, const char *subject)
{
  tenon_pair data[2] = {pair("plugin", w->id), pair("rule", f->rule ? f->rule : "")};
  tenon_check c = {
      .size = sizeof c,
      .state = f->cause == TENON_E_CANCELLED ? TENON_SKIP : TENON_FAIL,
      .level = TENON_LEVEL_REQUIRED,
      .id = f->id,
      .title = f->title,
      .detail = f->detail,
      .remedy = f->remedy,
      .subject = subject,
      .cause = f->cause,
      .data = data,
      .n_data = f->rule ? 2 : 1,
  };

  emit_check(w, &c);
}
