// SPDX-License-Identifier: Apache-2.0
/* Secrets that outlive the hook, and the lock that lets one session at a time sign in. Both live with the host: a line
 * asks, the hook waits for the answer, cancel or its deadline. */
#include <string.h>

#include "core/base/utf8.h"
#include "core/module/rules.h"
#include "core/worker/keys.h"
#include "core/worker/state.h"

static struct worker *
worker_of(const tenon_host *h)
{
  return ((const struct worker_table *)h)->w;
}

static bool
good_key(const char *key)
{
  size_t n = key ? strnlen(key, WORKER_KEY_MAX + 1) : 0;
  return n > 0 && n <= WORKER_KEY_MAX && utf8_printable(key, n);
}

tenon_status
worker_keep(const tenon_host *h, uint32_t scope, const char *key, tenon_secret *secret)
{
  struct worker *w = worker_of(h);
  char name[KEYS_SIZE];
  tenon_secret *same;
  size_t mark;

  if (!good_key(key) || !secret || !secret_table_owns(w->secrets, secret) ||
      (scope != TENON_KEEP_PROCESS && scope != TENON_KEEP_CONNECTION))
    return TENON_E_CONFIG;
  tenon_text bytes = secret_plaintext(secret);
  if (!keys_join(name, KEYS_KEPT, key) ||
      secret_table_add(w->secrets, name, bytes.ptr, bytes.len, &same) != 0)
    return TENON_E_NOMEM;
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_keep(b, scope, key, bytes);
  return worker_line_end(w, mark, true) ? TENON_OK : TENON_E_NOMEM;
}

tenon_status
worker_await_locked(struct worker *w, uint64_t request, tenon_secret **ret)
{
  while (w->answered_request != request)
    if (worker_call_over(w) || !worker_wait_locked(w, 0))
      return TENON_E_CANCELLED;
  *ret = w->answered_secret;
  return TENON_OK;
}

static tenon_status
await_secret(struct worker *w, uint64_t request, tenon_secret **ret)
{
  LOCK_FOR_SCOPE(&w->lock);
  return worker_await_locked(w, request, ret);
}

tenon_status
worker_kept(const tenon_host *h, const tenon_call *c, const char *key, tenon_secret **ret)
{
  struct worker *w = worker_of(h);
  tenon_secret *secret = NULL;
  size_t mark;

  (void)c;
  if (!good_key(key) || !ret)
    return TENON_E_CONFIG;
  uint64_t request = ++w->last_request;
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_keep_get(b, request, key);
  if (!worker_line_end(w, mark, true))
    return TENON_E_NOMEM;
  tenon_status status = await_secret(w, request, &secret);
  if (status != TENON_OK)
    return status;
  char name[KEYS_SIZE];
  if (!secret && keys_join(name, KEYS_KEPT, key))
    secret = secret_table_find(w->secrets, name);
  if (!secret)
    return TENON_E_CONFIG;
  *ret = secret;
  return TENON_OK;
}

/* The deadline stands still: it is somebody else's sign-in that takes the time. */
static tenon_status
await_grant(struct worker *w, uint64_t request)
{
  tenon_secret *none;
  LOCK_FOR_SCOPE(&w->lock);
  worker_clock_stop(w);
  tenon_status status = worker_await_locked(w, request, &none);
  worker_clock_go(w);
  return status == TENON_OK && w->answered_tangled ? TENON_E_TRANSIENT : status;
}

static char **
find_signin(struct worker *w, const char *resource)
{
  for (size_t i = 0; i < WORKER_SIGNINS_MAX; i++)
    if (resource ? w->signins[i] && strcmp(w->signins[i], resource) == 0 : !w->signins[i])
      return &w->signins[i];
  return NULL;
}

tenon_status
worker_signin_begin(const tenon_host *h, const tenon_call *c, const char *resource)
{
  struct worker *w = worker_of(h);
  size_t mark;

  (void)c;
  if (!good_key(resource) || find_signin(w, resource))
    return TENON_E_CONFIG; /* held already: waiting for it would never end */
  char **slot = find_signin(w, NULL);
  if (!slot || !(*slot = strdup(resource)))
    return TENON_E_NOMEM;
  uint64_t request = ++w->last_request;
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_signin_begin(b, request, resource);
  bool sent = worker_line_end(w, mark, true);
  tenon_status status = sent ? await_grant(w, request) : TENON_E_NOMEM;
  if (status != TENON_OK)
    worker_signin_end(h, resource); /* the host may have granted it by now */
  return status;
}

void
worker_signin_end(const tenon_host *h, const char *resource)
{
  struct worker *w = worker_of(h);
  char **slot = resource ? find_signin(w, resource) : NULL;
  size_t mark;

  if (!slot)
    return;
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_signin_end(b, *slot);
  (void)worker_line_end(w, mark, true);
  free(*slot);
  *slot = NULL;
}

void
worker_keep_finish_hook(struct worker *w)
{
  for (size_t i = 0; i < WORKER_SIGNINS_MAX; i++)
    if (w->signins[i]) {
      worker_log(w, TENON_LOG_WARN,
                 "The sign-in to %s was not ended when %s returned (" TR_SIGNIN ").", w->signins[i],
                 hook_name(w->call.hook));
      worker_signin_end(&w->table.abi, w->signins[i]);
    }
}
