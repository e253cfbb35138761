// SPDX-License-Identifier: Apache-2.0
/* Words for the host: the log, with secrets taken out, and the one line that says which rule the plugin broke. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/worker/state.h"

struct buf *
worker_line(struct worker *w, size_t *ret_mark)
{
  return outbox_line(&w->out, ret_mark);
}

bool
worker_line_end(struct worker *w, size_t mark, bool flush)
{
  bool full;
  bool good = outbox_line_end(&w->out, mark, &full);
  if (flush || full)
    outbox_flush(&w->out, w->cancel_fd);
  return good;
}

const char *
worker_scrub(struct worker *w, const char *text, char **ret_free)
{
  size_t n;
  *ret_free = NULL;
  if (!text)
    return NULL;
  int found = scrub_text(w->scrubber, text, strlen(text), ret_free, &n);
  return found == 0 ? text : found == 1 ? *ret_free : "";
}

/* A log line is never refused for its bytes: what is no text is shown as '?'. */
static void
make_printable(char *text)
{
  size_t n = strlen(text);
  if (n >= WIRE_LOG_LINE_MAX)
    text[n = utf8_cut(text, n, WIRE_LOG_LINE_MAX - 1)] = '\0';
  if (utf8_printable(text, n))
    return;
  for (char *p = text; *p; p++)
    if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7f)
      *p = '?';
}

static void
put_log(struct worker *w, int32_t level, const char *text)
{
  size_t mark;
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_log(b, level, text);
  (void)worker_line_end(w, mark, false);
}

void
worker_log(struct worker *w, int32_t level, const char *fmt, ...)
{
  CLEANUP_FREE char *copy = NULL;
  char *text;
  va_list ap;

  va_start(ap, fmt);
  int n = vasprintf(&text, fmt, ap);
  va_end(ap);
  if (n < 0)
    return;
  CLEANUP_FREE char *owned = text;
  const char *clean = worker_scrub(w, owned, &copy);
  char *line = copy ? copy : owned;
  if (!clean || *clean == '\0')
    return;
  make_printable(line);
  put_log(w, level, line);
}

void
worker_broke(struct worker *w, const char *rule, const char *fmt, ...)
{
  char text[WORKER_REASON_MAX];
  CLEANUP_FREE char *copy = NULL;
  va_list ap;
  size_t mark;

  if (atomic_exchange(&w->broke, true))
    return;
  va_start(ap, fmt);
  (void)vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  make_printable(text);
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_broke(b, rule, worker_scrub(w, text, &copy));
  (void)worker_line_end(w, mark, true);
  LOCK_FOR_SCOPE(&w->lock);
  worker_call_cancel_locked(w);
}
