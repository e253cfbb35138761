// SPDX-License-Identifier: Apache-2.0
/* The plan goes to stdout whatever its form: it is what was asked for. What to do next is talk. */
#include "core/cli/configure.h"

#include <string.h>

#include "core/json/shapes.h"
#include "core/model/names.h"
#include "core/report/flow.h"

size_t
configure_open(const struct configure *c)
{
  size_t n = 0;

  for (size_t i = 0; i < c->n_steps; i++)
    n += plan_is_open(c->steps[i]);
  return n;
}

size_t
configure_left(const struct configure *c)
{
  size_t n = 0;

  for (size_t i = 0; i < c->n_steps; i++)
    n += plan_is_open(c->steps[i]) && !c->can_run[i];
  return n;
}

/* ---- text ------------------------------------------------------------------------------------------------------- */

void
configure_show_plan(struct configure *c)
{
  CLEANUP_BUF struct buf b = BUF_INIT(PLAN_TEXT_MAX);
  struct report_style style = cli_style(c->cli);

  style.width = style.width ? style.width : REPORT_WIDTH;
  progress_clear(&c->progress);
  colour_on(&b, &style, COLOUR_BOLD);
  (void)buf_printf(&b, "%s: ", c->connection->name);
  (void)text_put_safe(&b, c->request.connector ? c->request.connector : c->connection->connector);
  colour_off(&b, &style, COLOUR_BOLD);
  (void)buf_putc(&b, '\n');
  for (size_t i = 0; i < c->n_steps; i++)
    if (c->phase == TENON_UNDO)
      plan_put_undo(&b, &style, c->steps[i]);
    else
      plan_put_step(&b, &style, c->steps[i], c->can_run[i]);
  if (c->n_steps && c->phase != TENON_UNDO)
    plan_put_sum(&b, c->steps, c->n_steps);
  else if (!c->n_steps)
    (void)buf_puts(&b, "There is nothing to configure.\n");
  (void)cli_write(c->cli, buf_text(&b), b.len);
}

static bool
write_err(void *user, const char *bytes, size_t n)
{
  struct cli *cli = user;
  return fwrite(bytes, 1, n, cli->err) == n;
}

static bool
write_out(void *user, const char *bytes, size_t n)
{
  return cli_write(user, bytes, n);
}

void
configure_show_check(struct configure *c, const tenon_check *check)
{
  const struct report_style style = c->md ? cli_talk_style(c->cli) : cli_style(c->cli);
  struct report *r = NULL;

  if (c->json)
    return;
  progress_clear(&c->progress);
  r = report_create(REPORT_TEXT, &style, c->md ? write_err : write_out, c->cli);
  if (r)
    (void)report_check(r, check);
  report_destroy(r);
  (void)cli_flush(c->cli);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

static void
put_steps(struct buf *b, const struct configure *c)
{
  (void)json_put_key(b, "steps");
  (void)buf_putc(b, '[');
  for (size_t i = 0; i < c->n_steps; i++) {
    (void)buf_puts(b, i ? "," : "");
    (void)shape_put_step(b, c->steps[i]);
    b->len--; /* the brace, for two members more */
    (void)json_put_key(b, "can_run");
    (void)buf_puts(b, c->can_run[i] ? "true" : "false");
    if (c->results[i]) {
      (void)json_put_key(b, "result");
      (void)shape_put_check(b, c->results[i]);
    }
    (void)buf_putc(b, '}');
  }
  (void)buf_putc(b, ']');
}

static void
put_checks(struct buf *b, const struct configure *c)
{
  if (!c->n_checks)
    return;
  (void)json_put_key(b, "checks");
  (void)buf_putc(b, '[');
  for (size_t i = 0; i < c->n_checks; i++) {
    (void)buf_puts(b, i ? "," : "");
    (void)shape_put_check(b, c->checks[i]);
  }
  (void)buf_putc(b, ']');
}

void
configure_show_json(struct configure *c, tenon_status status)
{
  CLEANUP_BUF struct buf b = BUF_INIT(PLAN_TEXT_MAX);

  (void)buf_putc(&b, '{');
  (void)json_put_member(&b, "connection", c->connection->name);
  (void)json_put_member(&b, "connector", c->connection->connector);
  (void)json_put_member(&b, "phase", phase_name(c->phase));
  put_steps(&b, c);
  put_checks(&b, c);
  (void)json_put_member(&b, "outcome", status < 0 ? "fail" : "pass");
  if (status < 0)
    (void)json_put_member(&b, "cause", cause_name(status));
  (void)buf_puts(&b, "}\n");
  (void)cli_write(c->cli, buf_text(&b), b.len);
}

/* ---- the request ------------------------------------------------------------------------------------------------ */

void
configure_show_request(struct configure *c)
{
  CLEANUP_BUF struct buf b = BUF_INIT(PLAN_TEXT_MAX);

  progress_clear(&c->progress);
  c->request.steps = c->steps;
  c->request.n_steps = c->n_steps;
  plan_put_request(&b, &c->request);
  (void)cli_write(c->cli, buf_text(&b), b.len);
}
