// SPDX-License-Identifier: Apache-2.0
/* tenon.browser/1. The sandbox lets no plugin listen, so the host does: a line asks for it, the port comes back, and the
 * redirect's query comes as a secret, kept until the plugin waits for it. */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/worker/state.h"

static struct worker *
worker_of(const tenon_browser *b)
{
  return ((const struct worker_browser *)b)->w;
}

static bool
good_state(const char *state)
{
  static const char unreserved[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789-._~";
  size_t n = state ? strnlen(state, TENON_BROWSER_STATE_MAX + 1) : 0;
  return n >= TENON_BROWSER_STATE_MIN && n <= TENON_BROWSER_STATE_MAX &&
         strspn(state, unreserved) == n;
}

static void
browser_close(const tenon_browser *b)
{
  struct worker *w = worker_of(b);
  uint64_t request = w->browser.request;
  size_t mark;
  if (!request)
    return;
  {
    LOCK_FOR_SCOPE(&w->lock);
    w->browser.request = 0;
    w->browser.query = NULL;
  }
  struct buf *line = worker_line(w, &mark);
  (void)wire_put_browser_close(line, request);
  (void)worker_line_end(w, mark, true);
}

/* The query may come before whoever asked has woken up. */
static uint64_t
begin(struct worker *w)
{
  LOCK_FOR_SCOPE(&w->lock);
  w->browser.query = NULL;
  return w->browser.request = ++w->last_request;
}

static tenon_status
await_port(struct worker *w, uint64_t request, unsigned *ret)
{
  tenon_secret *none;
  LOCK_FOR_SCOPE(&w->lock);
  tenon_status status = worker_await_locked(w, request, &none);
  *ret = w->answered_port;
  return status;
}

static tenon_status
browser_listen(const tenon_browser *b, const tenon_call *c, const char *state, const char **ret)
{
  struct worker *w = worker_of(b);
  unsigned port = 0;
  size_t mark;

  (void)c;
  if (!ret || !good_state(state))
    return TENON_E_CONFIG;
  if (w->browser.request)
    return TENON_E_TRANSIENT;
  uint64_t request = begin(w);
  struct buf *line = worker_line(w, &mark);
  (void)wire_put_browser_listen(line, request, state);
  bool sent = worker_line_end(w, mark, true);
  tenon_status status = sent ? await_port(w, request, &port) : TENON_E_NOMEM;
  if (status == TENON_OK && port == 0)
    status = TENON_E_NETWORK;
  if (status != TENON_OK) {
    browser_close(b);
    return status;
  }
  (void)snprintf(w->browser.redirect, sizeof w->browser.redirect, "http://localhost:%u/", port);
  *ret = w->browser.redirect;
  return TENON_OK;
}

static tenon_status
browser_wait(const tenon_browser *b, const tenon_call *c, int64_t wait_ns, tenon_secret **ret)
{
  struct worker *w = worker_of(b);
  int64_t now = clock_now_ns();
  int64_t until = wait_ns <= 0 ? now : wait_ns < INT64_MAX - now ? now + wait_ns : INT64_MAX;

  (void)c;
  LOCK_FOR_SCOPE(&w->lock);
  if (!ret || !w->browser.request)
    return TENON_E_CONFIG;
  while (!w->browser.query) {
    if (worker_call_over(w))
      return TENON_E_CANCELLED;
    if (clock_now_ns() >= until)
      return TENON_E_TRANSIENT;
    (void)worker_wait_locked(w, until);
  }
  *ret = TAKE_PTR(w->browser.query);
  return TENON_OK;
}

void
worker_browser_init(struct worker *w)
{
  w->browser = (struct worker_browser){.abi = {.size = sizeof w->browser.abi,
                                               .listen = browser_listen,
                                               .wait = browser_wait,
                                               .close = browser_close},
                                       .w = w};
}

void
worker_browser_finish_hook(struct worker *w)
{
  browser_close(&w->browser.abi);
}

bool
worker_browser_visited(struct worker *w, const cJSON *message)
{
  int64_t request;
  if (!json_int(message, WIRE_KEY_REQUEST, &request) || request < 1)
    return false;
  tenon_secret *query = worker_take_secret(w, NULL, message, WIRE_KEY_QUERY);
  LOCK_FOR_SCOPE(&w->lock);
  if (w->browser.request == (uint64_t)request && query)
    w->browser.query = query;
  (void)pthread_cond_broadcast(&w->changed);
  return true;
}
