// SPDX-License-Identifier: Apache-2.0
/* Return to the line's start, write, erase the rest. */
#include "core/cli/progress.h"

#include <string.h>

#include "core/base/utf8.h"
#include "core/report/flow.h"

static bool
can_move(const struct progress *p)
{
  const char *term = getenv("TERM");

  return p->cli->err_tty && term && strcmp(term, "dumb") != 0;
}

bool
progress_due(const struct progress *p)
{
  return can_move(p) && (!p->shown || clock_now_ns() - p->drawn_ns >= PROGRESS_PAUSE_NS);
}

void
progress_draw(struct progress *p, const char *text)
{
  CLEANUP_BUF struct buf safe = BUF_INIT(4 * PROGRESS_MAX);

  if (!can_move(p))
    return;
  (void)text_put_safe(&safe, text);
  size_t n = utf8_cut(buf_text(&safe), safe.len, 78);
  (void)fprintf(p->cli->err, "\r%.*s\033[K", (int)n, buf_text(&safe));
  (void)fflush(p->cli->err);
  p->shown = true;
  p->drawn_ns = clock_now_ns();
}

void
progress_clear(struct progress *p)
{
  if (!p->shown)
    return;
  (void)fputs("\r\033[K", p->cli->err);
  (void)fflush(p->cli->err);
  p->shown = false;
}
