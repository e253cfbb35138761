// SPDX-License-Identifier: Apache-2.0
/* One line about each transaction, for who looks into the log. No query (it may carry a code or a token), no header, no
 * body; and the scrubber has the last word. */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/http/channel.h"
#include "core/http/inside.h"

#define LOG_LINE_MAX 4096u

static void
write_line(struct http_service *s, int32_t level, const char *text, size_t n)
{
  CLEANUP_FREE char *clean = NULL;
  size_t n_clean = 0;
  int r = scrub_text(s->config.scrubber, text, n, &clean, &n_clean);
  if (r >= 0 && !s->config.log(s->config.log_user, level, r == 1 ? clean : text))
    s->config.log = NULL;
}

void
log_signin(const struct tenon_http_channel *ch)
{
  struct http_service *s = ch->service;
  const tenon_http_signin *f = &ch->signin->abi;
  int32_t level = f->fault == TENON_HTTP_SIGNIN_OK ? TENON_LOG_DEBUG : TENON_LOG_INFO;
  if (!s->config.log || level > s->config.log_level)
    return;
  CLEANUP_BUF struct buf line = BUF_INIT(LOG_LINE_MAX);
  buf_printf(&line, "http sign-in at %s: %s, %s as %s by %s, %s, %u legs, %lld ms in the library: ",
             ch->origin, f->scheme, f->mechanism, f->user ? f->user : "whoever",
             f->source ? f->source : "nothing yet", f->binding ? f->binding : "not bound", f->legs,
             (long long)(f->library_ns / NS_PER_MS));
  if (f->fault == TENON_HTTP_SIGNIN_OK)
    buf_puts(&line, f->mutual ? "signed in, the server too" : "signed in");
  else
    buf_printf(&line, "refused (%u)%s%s", f->fault, f->reason ? ": " : "",
               f->reason ? f->reason : "");
  write_line(s, level, buf_text(&line), line.len);
}

void
log_transaction(const struct transaction *t)
{
  struct http_service *s = t->service;
  const tenon_http_completion *c = &t->completion;
  int32_t level = c->status == TENON_OK ? TENON_LOG_DEBUG : TENON_LOG_INFO;
  if (!s->config.log || level > s->config.log_level)
    return;
  const char *url = buf_text(&t->target.url);
  size_t n = strcspn(url, "?#");
  CLEANUP_BUF struct buf line = BUF_INIT(LOG_LINE_MAX);
  buf_printf(&line, "http %s: %s %.*s%s: ", buf_text(&t->label), t->method,
             (int)(n > 1024 ? 1024 : n), url, url[n] ? "?..." : "");
  if (c->status == TENON_OK)
    buf_printf(&line, "%d, %zu bytes, %lld ms, %s%s", c->code, c->body.len,
               (long long)(c->total_ns / NS_PER_MS), c->route, c->reused ? ", reused" : "");
  else
    buf_puts(&line, c->reason);
  write_line(s, level, buf_text(&line), line.len);
}
