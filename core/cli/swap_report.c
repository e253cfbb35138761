// SPDX-License-Identifier: Apache-2.0
/* Before and after, check by check: the ids are the family's, so that the two line up. */
#include <string.h>

#include "core/cli/sunset.h"
#include "core/cli/swap.h"
#include "core/json/shapes.h"
#include "core/model/names.h"
#include "core/report/table.h"

#define REPORT_MAX (16u << 20) /* bytes of the JSON of one swap */

static const char *
state_of(const tenon_check *c)
{
  return c ? state_name(c->state) : NULL;
}

/* Is this the first check of its id, over the after side and then the before side? */
static bool
is_first(const struct swap_verdict *v, const struct swap_side *side, const struct swap_found *at)
{
  for (const struct swap_found *f = side->first; f != at; f = f->next)
    if (strcmp(f->check->id, at->check->id) == 0)
      return false;
  return side == &v->after || !swap_side_find(&v->after, at->check->id);
}

/* ---- text ------------------------------------------------------------------------------------------------------------ */

static void
add_rows(struct table *t, const struct swap_verdict *v, const struct swap_side *side)
{
  for (const struct swap_found *f = side->first; f; f = f->next) {
    const tenon_check *before = swap_side_find(&v->before, f->check->id),
                      *after = swap_side_find(&v->after, f->check->id);
    if (!is_first(v, side, f))
      continue;
    bool same = before && after && before->state == after->state;
    table_add(t, f->check->id);
    table_add(t, before ? state_of(before) : "-");
    table_add(t, after ? state_of(after) : "-");
    table_add(t, same ? "" : "differs");
  }
}

/* What the new one does not pass, with its remedies. */
static void
put_details(struct cli *cli, const struct swap *s, const struct swap_verdict *v)
{
  struct report *r = NULL;

  for (const struct swap_found *f = v->after.first; f; f = f->next) {
    if (f->check->state != TENON_FAIL && f->check->state != TENON_WARN)
      continue;
    if (!r && !(r = cli_report(cli)))
      return;
    cli_name_fields(r, &s->to->d);
    (void)report_check(r, f->check);
  }
  report_destroy(r);
}

void
swap_report_text(struct cli *cli, const struct swap *s, const struct swap_verdict *v)
{
  struct table t = TABLE_INIT(4);
  CLEANUP_BUF struct buf b = BUF_INIT(REPORT_MAX);
  struct report_style style = cli_style(cli);
  static const char *const heading[] = {"CHECK", "BEFORE", "AFTER", ""};

  for (size_t i = 0; i < 4; i++)
    table_add(&t, heading[i]);
  add_rows(&t, v, &v->after);
  add_rows(&t, v, &v->before);
  cli_print(cli, "Before: %s%s. After: %s.\n", s->from->d.id,
            v->before.ran ? "" : " (could not be verified)", s->to->d.id);
  if (table_put(&t, &style, &b))
    (void)cli_write(cli, buf_text(&b), b.len);
  table_finish(&t);
  put_details(cli, s, v);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------ */

static void
put_plan_members(struct cli *cli, struct buf *b, const struct swap *s)
{
  struct sunset old = {0}, new = {0};

  (void)json_put_member(b, "connection", s->seen->name);
  (void)json_put_member(b, "from", s->from->d.id);
  swap_plan_put(b, &s->plan);
  if (cli_sunset(cli, s->from->d.id, s->seen, &old))
    sunset_put(b, &old);
  if (!cli_sunset(cli, s->to->d.id, s->seen, &new))
    return;
  (void)json_put_key(b, "then");
  (void)buf_putc(b, '{');
  sunset_put(b, &new);
  (void)buf_putc(b, '}');
}

static void
put_result_members(struct buf *b, const struct swap_verdict *v, bool swapped)
{
  tenon_status cause = TENON_OK;
  bool passed = swap_side_passed(&v->after, &cause);

  (void)json_put_member(b, "outcome", passed ? "pass" : "fail");
  (void)json_put_member(b, "cause", passed ? NULL : cause_name(cause));
  (void)json_put_key(b, "swapped");
  (void)buf_puts(b, swapped ? "true" : "false");
}

static void
put_side(struct buf *b, const char *key, const struct swap_side *side, const char *connector)
{
  const char *separator = "";
  tenon_status cause = TENON_OK;
  bool passed = swap_side_passed(side, &cause);

  (void)json_put_key(b, key);
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "connector", connector);
  if (side->ran) {
    (void)json_put_member(b, "outcome", passed ? "pass" : "fail");
    (void)json_put_member(b, "cause", passed ? NULL : cause_name(cause));
  }
  (void)json_put_key(b, "checks");
  (void)buf_putc(b, '[');
  for (const struct swap_found *f = side->first; f; f = f->next) {
    (void)buf_puts(b, separator);
    (void)shape_put_check(b, f->check);
    separator = ",\n";
  }
  (void)buf_puts(b, "]}");
}

static void
put_differences(struct buf *b, const struct swap_verdict *v, const struct swap_side *side,
                const char **separator, bool lines)
{
  for (const struct swap_found *f = side->first; f; f = f->next) {
    const tenon_check *before = swap_side_find(&v->before, f->check->id),
                      *after = swap_side_find(&v->after, f->check->id);
    if (!is_first(v, side, f) || (before && after && before->state == after->state))
      continue;
    (void)buf_puts(b, lines ? "{\"event\":\"difference\"" : *separator);
    (void)buf_puts(b, lines ? "" : "{");
    (void)json_put_member(b, "id", f->check->id);
    (void)json_put_member(b, "title", f->check->title);
    (void)json_put_member(b, "before", state_of(before));
    (void)json_put_member(b, "after", state_of(after));
    (void)buf_puts(b, lines ? "}\n" : "}");
    *separator = ",\n";
  }
}

static void
put_object(struct cli *cli, struct buf *b, const struct swap *s, const struct swap_verdict *v,
           bool swapped)
{
  const char *separator = "";

  (void)buf_putc(b, '{');
  put_plan_members(cli, b, s);
  put_side(b, "before", &v->before, s->from->d.id);
  put_side(b, "after", &v->after, s->to->d.id);
  (void)json_put_key(b, "differences");
  (void)buf_putc(b, '[');
  put_differences(b, v, &v->after, &separator, false);
  put_differences(b, v, &v->before, &separator, false);
  (void)buf_putc(b, ']');
  put_result_members(b, v, swapped);
  (void)buf_puts(b, "}\n");
}

static void
put_check_lines(struct buf *b, const struct swap_side *side, const char *word)
{
  for (const struct swap_found *f = side->first; f; f = f->next) {
    (void)buf_puts(b, "{\"event\":\"check\"");
    (void)json_put_member(b, "side", word);
    (void)shape_put_check_members(b, f->check);
    (void)buf_puts(b, "}\n");
  }
}

static void
put_plan_line(struct cli *cli, struct buf *b, const struct swap *s)
{
  (void)buf_puts(b, "{\"event\":\"plan\"");
  put_plan_members(cli, b, s);
  (void)buf_puts(b, "}\n");
}

static void
put_lines(struct cli *cli, struct buf *b, const struct swap *s, const struct swap_verdict *v,
          bool swapped)
{
  const char *unused = "";

  put_plan_line(cli, b, s);
  put_check_lines(b, &v->before, "before");
  put_check_lines(b, &v->after, "after");
  put_differences(b, v, &v->after, &unused, true);
  put_differences(b, v, &v->before, &unused, true);
  (void)buf_puts(b, "{\"event\":\"result\"");
  put_result_members(b, v, swapped);
  (void)buf_puts(b, "}\n");
}

void
swap_report_json(struct cli *cli, const struct swap *s, const struct swap_verdict *v, bool swapped)
{
  CLEANUP_BUF struct buf b = BUF_INIT(REPORT_MAX);

  if (strcmp(cli->format, "jsonl") == 0)
    put_lines(cli, &b, s, v, swapped);
  else
    put_object(cli, &b, s, v, swapped);
  if (!buf_failed(&b))
    (void)cli_write(cli, buf_text(&b), b.len);
  else
    cli_error(cli, "The report is larger than 16 MiB, or there is no memory for it.");
}

/* ---- the plan alone --------------------------------------------------------------------------------------------------- */

static void
say_sunset(struct cli *cli, const struct swap *s, const char *connector, const char *verb,
           const char *verb_past)
{
  struct sunset sunset;
  char when[SUNSET_TEXT_SIZE];

  if (!cli_sunset(cli, connector, s->seen, &sunset))
    return;
  sunset_text(&sunset, when);
  cli_print(cli, "%s %s on %s.\n", connector, sunset_past(&sunset) ? verb_past : verb, when);
}

static void
plan_text(struct cli *cli, const struct swap *s)
{
  CLEANUP_BUF struct buf options = BUF_INIT(CLI_LINE_MAX);

  swap_plan_print(cli, &s->plan);
  say_sunset(cli, s, s->from->d.id, "stops", "stopped");
  say_sunset(cli, s, s->to->d.id, "itself stops", "itself stopped");
  (void)cli_flush(cli);
  swap_plan_options(&s->plan, &options);
  cli_talk(cli, "Nothing was changed, and nobody was contacted.");
  cli_talk(cli, "What an account needs for it: tenon plugin info %s --requirements", s->to->d.id);
  cli_talk(cli, "Next: tenon swap %s --to %s%s", s->seen->name, s->to->d.id, buf_text(&options));
}

void
swap_report_plan(struct cli *cli, const struct swap *s)
{
  CLEANUP_BUF struct buf b = BUF_INIT(REPORT_MAX);

  if (strcmp(cli->format, "text") == 0) {
    plan_text(cli, s);
    return;
  }
  if (strcmp(cli->format, "jsonl") == 0)
    put_plan_line(cli, &b, s);
  else {
    (void)buf_putc(&b, '{');
    put_plan_members(cli, &b, s);
    (void)buf_puts(&b, "}\n");
  }
  (void)cli_write(cli, buf_text(&b), b.len);
}
