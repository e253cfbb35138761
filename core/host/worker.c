// SPDX-License-Identifier: Apache-2.0
/* Making a worker, telling it what to load, and letting it go. */
#include "core/host/internal.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

static int
send_login(tenon_worker *w, const char *key, const struct proxy_login *l)
{
  if (!l->password)
    return 0;
  if (learn(w, l->password, l->password_len) != 0 ||
      gate_learn(w, WIRE_SCOPE_HOST, key, l->password, l->password_len) != 0)
    return -ENOMEM;
  wire_put_secret(send_start(w), WIRE_SCOPE_HOST, key, (tenon_text){l->password, l->password_len});
  return send_finish(w);
}

static int
send_load(tenon_worker *w)
{
  const struct proxies *p = &w->ctx->proxies;
  struct wire_load load = {
      .plugin = w->path,
      .connector = w->id,
      .host_name = w->ctx->host_name,
      .host_version = w->ctx->host_version,
      .http_proxy = p->http,
      .https_proxy = p->https,
      .no_proxy = p->no,
      .https_user = p->https_login.user,
      .http_user = p->http_login.user,
      .paths = (const char *const *)w->paths,
  };
  int err;

  wire_put_load(send_start(w), &load);
  err = send_finish(w);
  err = err ? err : send_login(w, WIRE_PROXY_PASSWORD, &p->https_login);
  return err ? err : send_login(w, WIRE_HTTP_PASSWORD, &p->http_login);
}

static void
init_sources(tenon_worker *w)
{
  w->socket = (struct source){.kind = SOURCE_SOCKET, .fd = -1, .worker = w};
  w->process = (struct source){.kind = SOURCE_PROCESS, .fd = -1, .worker = w};
  w->out = (struct output){.source = {.kind = SOURCE_STDOUT, .fd = -1, .worker = w}};
  w->err = (struct output){.source = {.kind = SOURCE_STDERR, .fd = -1, .worker = w}};
}

int
worker_start(tenon_worker *w)
{
  int err;

  init_sources(w);
  wire_reader_init(&w->reader, WIRE_LINE_MAX);
  w->state = WORKER_STARTING;
  err = w->ctx->flags & TENON_IN_PROCESS ? worker_thread(w) : worker_spawn(w);
  if (!err)
    err = send_load(w);
  w->due = clock_now_ns() + w->ctx->times.load;
  return err;
}

static int
start(tenon_worker *w, const char *connector)
{
  tenon_context *ctx = w->ctx;
  int err;

  init_sources(w);
  w->scrubber = scrubber_create();
  if (!w->scrubber)
    return context_fail(ctx, -ENOMEM, "There is no memory for a worker.");
  err = plugins_find(ctx, connector, &w->path, &w->id);
  return err ? err : worker_start(w);
}

int
tenon_worker_create(tenon_context *ctx, const char *connector, tenon_on_event on_event, void *user,
                    tenon_worker **ret)
{
  tenon_worker *w;
  int err;

  if (ctx->n_workers >= HOST_WORKERS_MAX)
    return context_fail(ctx, -ENOBUFS, "There are %u workers already.", HOST_WORKERS_MAX);
  w = calloc(1, sizeof *w);
  if (!w)
    return context_fail(ctx, -ENOMEM, "There is no memory for a worker.");
  w->ctx = ctx;
  w->on_event = on_event;
  w->user = user;
  err = start(w, connector);
  if (err) {
    worker_release(w, 0);
    worker_free(w);
    return err;
  }
  w->next = ctx->workers;
  ctx->workers = w;
  ctx->n_workers++;
  *ret = w;
  return 0;
}

void
worker_free(tenon_worker *w)
{
  subjects_finish(&w->call.subjects);
  wire_reader_finish(&w->reader);
  wire_queue_finish(&w->queue);
  paths_finish(w);
  connector_destroy(w->connector);
  keep_finish(&w->kept);
  gate_forget(w);
  browser_free(w);
  scrubber_destroy(w->scrubber);
  free(w->connection);
  free(w->sandbox);
  free(w->path);
  free(w->id);
  free(w);
}

/* Within an event its memory is still in use: the loop frees it at the end of its turn. */
void
tenon_worker_destroy(tenon_worker *w)
{
  tenon_worker **at;
  tenon_context *ctx;

  if (!w || w->destroyed)
    return;
  ctx = w->ctx;
  at = &ctx->workers;
  while (*at != w)
    at = &(*at)->next;
  *at = w->next;
  ctx->n_workers--;
  w->destroyed = true;
  worker_release(w, ctx->times.close);
  browser_end(w);
  gate_end(w);
  signin_end(w, NULL);
  if (!ctx->running) {
    worker_free(w);
    return;
  }
  w->next = ctx->trash;
  ctx->trash = w;
}

int
tenon_worker_close(tenon_worker *w)
{
  int err;

  if (w->state == WORKER_DEAD || w->socket.fd < 0)
    return context_fail(w->ctx, -EPIPE, "The worker of %s is gone.", w->id);
  if (w->call.hook)
    return context_fail(w->ctx, -EBUSY, "The worker of %s runs %s; cancel it first.", w->id,
                        hook_name(w->call.hook));
  wire_put_close(send_start(w));
  err = send_finish(w);
  if (err)
    return context_fail(w->ctx, err, "%s: close cannot be sent: %s.", w->id, strerror(-err));
  w->ending = ENDING_CLOSE;
  w->due = clock_now_ns() + w->ctx->times.close;
  return 0;
}

const char *
tenon_worker_sandbox(const tenon_worker *w)
{
  return w->sandbox ? w->sandbox : "";
}

const char *
tenon_worker_connector(const tenon_worker *w)
{
  return w->id;
}

void
tenon_worker_round(tenon_worker *w, uint64_t round)
{
  w->round = round;
}

int64_t
tenon_worker_pid(const tenon_worker *w)
{
  return w->pid;
}
