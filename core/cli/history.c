// SPDX-License-Identifier: Apache-2.0
/* The checks first, the outcome behind them: it is known last. */
#include "core/cli/history.h"

#include "core/json/shapes.h"
#include "core/model/names.h"

static void
begin(struct buf *line)
{
  char time[CLOCK_TEXT_SIZE];

  clock_text(time);
  (void)buf_putc(line, '{');
  (void)json_put_member(line, "time", time);
}

static void
begin_checks(struct buf *line)
{
  (void)json_put_key(line, "checks");
  (void)buf_putc(line, '[');
}

void
history_begin(struct buf *line)
{
  begin(line);
  begin_checks(line);
}

void
history_begin_swap(struct buf *line, const char *from, const char *to)
{
  begin(line);
  (void)json_put_key(line, "swap");
  (void)buf_putc(line, '{');
  (void)json_put_member(line, "from", from);
  (void)json_put_member(line, "to", to);
  (void)buf_putc(line, '}');
  begin_checks(line);
}

void
history_check(struct buf *line, const tenon_check *c)
{
  if (line->len && line->ptr[line->len - 1] != '[')
    (void)buf_putc(line, ',');
  (void)shape_put_check(line, c);
}

void
history_end(struct buf *line, bool passed, tenon_status cause)
{
  if (buf_failed(line)) { /* too long: without its checks */
    buf_clear(line);
    history_begin(line);
  }
  (void)buf_putc(line, ']');
  (void)json_put_member(line, "outcome", passed ? "pass" : "fail");
  if (!passed)
    (void)json_put_member(line, "cause", cause_name(cause));
  (void)buf_puts(line, "}\n");
}

void
history_save(struct cli *cli, const char *name, const struct buf *line, bool passed)
{
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  struct store *store = cli_store(cli);

  if (store && (store_history_append(store, name, line->ptr, line->len, &why) < 0 ||
                store_verified(store, name, passed, &why) < 0))
    cli_error(cli, "The outcome was not noted: %s", buf_text(&why));
}
