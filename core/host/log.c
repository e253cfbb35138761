// SPDX-License-Identifier: Apache-2.0
/* Lines for the program's log. What a worker writes to its outputs becomes log lines too, bounded, so that a plugin
 * that prints neither disturbs the wire nor fills a disk. */
#include "core/host/internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"

void
host_log(tenon_context *ctx, int32_t level, const char *plugin, const char *fmt, ...)
{
  char text[HOST_ERROR_MAX];
  va_list ap;

  if (!ctx->log)
    return;
  va_start(ap, fmt);
  (void)vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  ctx->log(ctx->log_user, level, plugin, text);
}

/* What is no text for people becomes '?'. */
static void
make_printable(char *text, size_t len)
{
  if (utf8_printable(text, len))
    return;
  for (size_t i = 0; i < len; i++)
    if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x7f)
      text[i] = text[i] == '\t' ? ' ' : '?';
}

void
worker_log(tenon_worker *w, int32_t level, const char *text, size_t len)
{
  CLEANUP_FREE char *scrubbed = NULL;
  char line[WIRE_LOG_LINE_MAX + 1];
  int found = scrub_text(w->scrubber, text, len, &scrubbed, &len);

  if (found < 0 || !w->ctx->log)
    return;
  len = utf8_cut(found ? scrubbed : text, len, WIRE_LOG_LINE_MAX);
  memcpy(line, found ? scrubbed : text, len);
  line[len] = '\0';
  make_printable(line, len);
  w->ctx->log(w->ctx->log_user, level, w->id, line);
}

/* The last words on stderr often name the cause of an abort. */
static void
remember_words(tenon_worker *w, const char *line, size_t len)
{
  CLEANUP_FREE char *scrubbed = NULL;
  int found = scrub_text(w->scrubber, line, len, &scrubbed, &len);

  if (found < 0 || len == 0)
    return;
  len = utf8_cut(found ? scrubbed : line, len, sizeof w->last_words - 1);
  memcpy(w->last_words, found ? scrubbed : line, len);
  w->last_words[len] = '\0';
  make_printable(w->last_words, len);
}

static void
end_line(tenon_worker *w, struct output *o)
{
  if (o->len == 0)
    return;
  if (o == &w->err)
    remember_words(w, o->line, o->len);
  worker_log(w, o == &w->err ? TENON_LOG_WARN : TENON_LOG_INFO, o->line, o->len);
  o->len = 0;
}

static void
take_bytes(tenon_worker *w, struct output *o, const char *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (bytes[i] == '\n') {
      end_line(w, o);
      o->cut = false;
    } else if (o->len < sizeof o->line) {
      o->line[o->len++] = bytes[i];
    } else if (!o->cut) {
      end_line(w, o);
      o->cut = true; /* the rest of this line is dropped */
    }
    if (o->cut)
      o->len = 0;
  }
}

/* Reads what is there, until the flood limit; what is left behind a flood does not matter any more. */
void
output_read(tenon_worker *w, struct output *o)
{
  char bytes[4096];

  while (o->source.fd >= 0) {
    ssize_t n = read(o->source.fd, bytes, sizeof bytes);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      return;
    if (n <= 0) {
      output_finish(w, o);
      return;
    }
    w->call.log_bytes += (size_t)n;
    if (w->call.log_bytes > WIRE_LOG_MAX) {
      worker_broke(w, NULL, "flooded its %s with more than %u bytes",
                   o == &w->err ? "standard error" : "standard output", WIRE_LOG_MAX);
      return;
    }
    take_bytes(w, o, bytes, (size_t)n);
  }
}

void
output_finish(tenon_worker *w, struct output *o)
{
  if (o->source.fd < 0)
    return;
  end_line(w, o);
  loop_remove(w->ctx, &o->source);
}
