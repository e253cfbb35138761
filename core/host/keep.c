// SPDX-License-Identifier: Apache-2.0
/* What plugins keep, and the order in which they sign in. A token lives in locked memory as long as the context, under
 * the name of the connection it was got for: workers of other connections never see it. Sign-ins to one resource are
 * let through one at a time, in the order of asking, over all workers. */
#include "core/host/internal.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

static void
kept_destroy(struct kept *k)
{
  free(k->owner);
  free(k->key);
  sodium_free(k->bytes);
  free(k);
}

static struct kept **
place_of(struct kept **list, const char *owner, const char *key)
{
  while (*list && (strcmp((*list)->owner, owner) != 0 || strcmp((*list)->key, key) != 0))
    list = &(*list)->next;
  return list;
}

static struct kept *
kept_create(const char *owner, const char *key, const char *bytes, size_t len)
{
  struct kept *k = calloc(1, sizeof *k);

  if (!k)
    return NULL;
  k->owner = strdup(owner);
  k->key = strdup(key);
  k->bytes = sodium_malloc(len + 1);
  k->len = len;
  if (!k->owner || !k->key || !k->bytes) {
    kept_destroy(k);
    return NULL;
  }
  memcpy(k->bytes, bytes, len);
  k->bytes[len] = '\0';
  return k;
}

bool
keep_store(struct kept **list, const char *owner, const char *key, const char *bytes, size_t len)
{
  struct kept **at = place_of(list, owner, key), *k, *old = *at;
  size_t n = 0;

  for (const struct kept *i = *list; i; i = i->next)
    n++;
  if (!old && n >= HOST_KEEP_MAX)
    return false;
  k = kept_create(owner, key, bytes, len);
  if (!k)
    return false;
  k->next = old ? old->next : NULL;
  *at = k;
  if (old)
    kept_destroy(old);
  return true;
}

const struct kept *
keep_find(const struct kept *list, const char *owner, const char *key)
{
  for (; list; list = list->next)
    if (strcmp(list->owner, owner) == 0 && strcmp(list->key, key) == 0)
      return list;
  return NULL;
}

void
keep_finish(struct kept **list)
{
  while (*list) {
    struct kept *k = *list;
    *list = k->next;
    kept_destroy(k);
  }
}

/* Does a lock of that resource stand before this one? */
static bool
is_first(const tenon_context *ctx, const struct signin *s)
{
  for (const struct signin *i = ctx->signins; i != s; i = i->next)
    if (strcmp(i->resource, s->resource) == 0)
      return false;
  return true;
}

static void
grant(struct signin *s)
{
  wire_put_granted(send_start(s->worker), s->request, false);
  (void)send_finish(s->worker);
}

int
signin_begin(tenon_worker *w, uint64_t request, const char *resource)
{
  struct signin **end = &w->ctx->signins, *s;
  size_t n = 0;

  for (; *end; end = &(*end)->next)
    n++;
  if (n >= HOST_WAITERS_MAX)
    return -ENOBUFS;
  s = calloc(1, sizeof *s);
  if (!s || !(s->resource = strdup(resource))) {
    free(s);
    return -ENOMEM;
  }
  s->worker = w;
  s->request = request;
  *end = s;
  if (is_first(w->ctx, s)) {
    grant(s);
    return 0;
  }
  call_pause(w);
  tangle_look(w->ctx);
  return 0;
}

tenon_worker *
signin_holder(const struct signin *s)
{
  for (const struct signin *i = s->worker->ctx->signins; i != s; i = i->next)
    if (strcmp(i->resource, s->resource) == 0)
      return i->worker;
  return NULL;
}

void
signin_give_up(struct signin *s)
{
  struct signin **at = &s->worker->ctx->signins;

  while (*at != s)
    at = &(*at)->next;
  *at = s->next;
  call_resume(s->worker);
  wire_put_granted(send_start(s->worker), s->request, true);
  (void)send_finish(s->worker);
  free(s->resource);
  free(s);
}

/* The next in line for this resource may go. */
static void
let_next(tenon_context *ctx, const char *resource)
{
  for (struct signin *s = ctx->signins; s; s = s->next) {
    if (strcmp(s->resource, resource) != 0)
      continue;
    call_resume(s->worker);
    grant(s);
    return;
  }
}

void
signin_end(tenon_worker *w, const char *resource)
{
  struct signin **at = &w->ctx->signins;

  while (*at) {
    struct signin *s = *at;
    bool held;

    if (s->worker != w || (resource && strcmp(s->resource, resource) != 0)) {
      at = &s->next;
      continue;
    }
    held = is_first(w->ctx, s);
    *at = s->next;
    if (held)
      let_next(w->ctx, s->resource);
    free(s->resource);
    free(s);
  }
  tangle_look(w->ctx); /* the new holder may wait for somebody who waits for it now */
}

bool
signin_has(const tenon_worker *w, const char *resource)
{
  for (const struct signin *s = w->ctx->signins; s; s = s->next)
    if (s->worker == w && strcmp(s->resource, resource) == 0)
      return true;
  return false;
}

bool
signin_waits(const tenon_worker *w)
{
  for (const struct signin *s = w->ctx->signins; s; s = s->next)
    if (s->worker == w && !is_first(w->ctx, s))
      return true;
  return false;
}
