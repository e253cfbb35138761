// SPDX-License-Identifier: Apache-2.0
/* json: one object whose lists grow as checks end. jsonl: one object a line, the last one the result. Keys are
 * append-only; what is absent has no key. */
#include "core/json/json.h"
#include "core/json/shapes.h"
#include "core/model/names.h"
#include "core/report/internal.h"

/* ---- jsonl ---------------------------------------------------------------------------------------------------------- */

static void
lines_begin(struct report *r, struct buf *b, const struct report_head *head)
{
  (void)r, (void)b, (void)head;
}

static void
lines_check(struct report *r, struct buf *b, const tenon_check *c)
{
  (void)r;
  (void)buf_puts(b, "{\"event\":\"check\"");
  (void)shape_put_check_members(b, c);
  (void)buf_puts(b, "}\n");
}

static void
lines_offer(struct report *r, struct buf *b, const tenon_offer *o)
{
  (void)r;
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "event", "offer");
  (void)json_put_member(b, "field", o->field);
  (void)json_put_member(b, "value", o->value);
  (void)json_put_member(b, "label", o->label);
  (void)json_put_member(b, "detail", o->detail);
  (void)buf_puts(b, "}\n");
}

static void
lines_end(struct report *r, struct buf *b, bool passed, tenon_status cause)
{
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "event", "result");
  (void)json_put_member(b, "outcome", passed ? "pass" : "fail");
  if (!passed)
    (void)json_put_member(b, "cause", cause_name(cause));
  report_put_counts(r, b);
  (void)buf_puts(b, "}\n");
}

const struct rendering rendering_jsonl = {lines_begin, lines_check, lines_offer, lines_end};

/* ---- json ----------------------------------------------------------------------------------------------------------- */

static void
object_begin(struct report *r, struct buf *b, const struct report_head *head)
{
  (void)r;
  (void)buf_putc(b, '{');
  (void)json_put_member_int(b, "report", 1);
  (void)json_put_member(b, "connection", head->connection);
  (void)json_put_member(b, "connector", head->connector);
  (void)json_put_member(b, "version", head->version);
}

static void
object_check(struct report *r, struct buf *b, const tenon_check *c)
{
  (void)buf_puts(b, r->checks == 0 ? ",\"checks\":[\n" : ",\n");
  (void)shape_put_check(b, c);
}

/* Offers wait for the end, since checks may come between them; the wire bounds their number. */
static void
object_offer(struct report *r, struct buf *b, const tenon_offer *o)
{
  size_t before = r->offered.len;

  (void)b;
  (void)buf_puts(&r->offered, r->offers == 0 ? "" : ",\n");
  (void)shape_put_offer(&r->offered, o);
  if (buf_failed(&r->offered)) {
    r->offered.failed = false;
    r->offered.len = before;
  }
}

static void
object_end(struct report *r, struct buf *b, bool passed, tenon_status cause)
{
  (void)buf_puts(b, r->checks ? "\n]," : ",");
  if (r->offers) {
    (void)buf_puts(b, "\"offers\":[\n");
    (void)buf_put(b, r->offered.ptr, r->offered.len);
    (void)buf_puts(b, "\n],");
  }
  (void)buf_puts(b, "\"outcome\":");
  (void)buf_puts(b, passed ? "\"pass\"" : "\"fail\"");
  if (!passed)
    (void)json_put_member(b, "cause", cause_name(cause));
  report_put_counts(r, b);
  (void)buf_puts(b, "}\n");
}

const struct rendering rendering_json = {object_begin, object_check, object_offer, object_end};
