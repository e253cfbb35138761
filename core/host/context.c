// SPDX-License-Identifier: Apache-2.0
/* A context: where things lie, what the program wants, and its workers. */
#include "core/host/internal.h"

#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

static const struct host_times patience = {
    .load = HOST_LOAD_NS,
    .open = HOST_OPEN_NS,
    .verify = HOST_VERIFY_NS,
    .suggest = HOST_SUGGEST_NS,
    .configure = HOST_CONFIGURE_NS,
    .progress = HOST_PROGRESS_NS,
    .backoff = HOST_BACKOFF_NS,
    .slack = HOST_SLACK_NS,
    .soft = HOST_SOFT_NS,
    .term = HOST_TERM_NS,
    .cancel = HOST_CANCEL_NS,
    .close = HOST_CLOSE_NS,
    .eof = HOST_EOF_NS,
    .browser = HOST_BROWSER_NS,
};

int
context_fail(tenon_context *ctx, int err, const char *fmt, ...)
{
  va_list ap;

  va_start(ap, fmt);
  (void)vsnprintf(ctx->error, sizeof ctx->error, fmt, ap);
  va_end(ap);
  return err;
}

const char *
tenon_context_error(const tenon_context *ctx)
{
  return ctx->error;
}

uint64_t
tenon_context_round(tenon_context *ctx)
{
  return ++ctx->last_round;
}

struct host_times *
host_times_of(tenon_context *ctx)
{
  return &ctx->times;
}

/* Directories of plugins: as given, or the installed ones and then the user's. */
static int
take_dirs(tenon_context *ctx, const char *const *dirs)
{
  const char *data = secure_getenv("XDG_DATA_HOME"), *home = secure_getenv("HOME");
  CLEANUP_FREE char *users = NULL;
  const char *usual[] = {TENON_PLUGINDIR, NULL, NULL};
  size_t n = 0;

  if (data && data[0] == '/')
    users = text_printf("%s/tenon/plugins", data);
  else if (home && home[0] == '/')
    users = text_printf("%s/.local/share/tenon/plugins", home);
  usual[1] = users;
  dirs = dirs ? dirs : usual;
  while (dirs[n])
    n++;
  ctx->plugin_dirs = calloc(n + 1, sizeof *ctx->plugin_dirs);
  for (size_t i = 0; ctx->plugin_dirs && i < n; i++)
    if (!(ctx->plugin_dirs[i] = strdup(dirs[i])))
      return -ENOMEM;
  return ctx->plugin_dirs ? 0 : -ENOMEM;
}

static int
take_options(tenon_context *ctx, const tenon_context_options *o)
{
  ctx->flags = o->flags;
  ctx->log = o->log;
  ctx->log_user = o->log_user;
  ctx->libexec_dir = strdup(o->libexec_dir ? o->libexec_dir : TENON_LIBEXECDIR);
  ctx->host_name = strdup(o->host_name ? o->host_name : "libtenon");
  ctx->host_version = strdup(o->host_version ? o->host_version : TENON_VERSION);
  if (!ctx->libexec_dir || !ctx->host_name || !ctx->host_version)
    return -ENOMEM;
  return take_dirs(ctx, o->plugin_dirs);
}

static int
set_up(tenon_context *ctx, const tenon_context_options *o)
{
  int err = take_options(ctx, o);

  if (err)
    return context_fail(ctx, err, "There is no memory for a context.");
  if (sodium_init() < 0)
    return context_fail(ctx, -EIO, "libsodium finds no source of random numbers.");
  err = gate_init(&ctx->gate);
  if (err)
    return context_fail(ctx, err, "There is no memory for a context.");
  err = proxies_init(&ctx->proxies, o);
  if (err)
    return context_fail(ctx, err, "The proxy URL cannot be read. Write it as http://host:port.");
  ctx->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (ctx->epoll < 0)
    return context_fail(ctx, -errno, "epoll_create1: %s", strerror(errno));
  return 0;
}

int
tenon_context_create(const tenon_context_options *given, tenon_context **ret)
{
  tenon_context_options o = {.size = sizeof o};
  tenon_context *ctx;

  if (given) {
    if (given->size < 2 * sizeof(uint32_t) || given->size > TENON_STRUCT_SIZE_MAX)
      return -EINVAL;
    memcpy(&o, given, given->size < sizeof o ? given->size : sizeof o);
  }
  ctx = calloc(1, sizeof *ctx);
  if (!ctx)
    return -ENOMEM;
  ctx->epoll = -1;
  ctx->times = patience;
  buf_init(&ctx->out, WIRE_LINE_TO_WORKER_MAX);
  *ret = ctx;
  return set_up(ctx, &o);
}

/* Close first, all at once; what has not left after the time for closing is killed. */
static void
end_workers(tenon_context *ctx)
{
  int64_t until = clock_now_ns() + ctx->times.close;

  for (tenon_worker *w = ctx->workers; w; w = w->next) {
    w->on_event = NULL;
    if (w->call.hook || tenon_worker_close(w) != 0)
      worker_release(w, 0);
  }
  for (;;) {
    bool alive = false;
    for (tenon_worker *w = ctx->workers; w; w = w->next)
      alive = alive || w->state != WORKER_DEAD;
    if (!alive || clock_now_ns() >= until)
      break;
    if (tenon_context_run(ctx, clock_poll_ms(until)) < 0)
      break;
  }
  while (ctx->workers)
    tenon_worker_destroy(ctx->workers);
}

void
tenon_context_destroy(tenon_context *ctx)
{
  if (!ctx)
    return;
  end_workers(ctx);
  graves_visit(ctx, true);
  keep_finish(&ctx->kept);
  gate_finish(&ctx->gate);
  plugins_finish(ctx->scanned);
  plugins_finish(ctx->inspected);
  proxies_finish(&ctx->proxies);
  buf_wipe(&ctx->out);
  if (ctx->epoll >= 0)
    (void)close(ctx->epoll);
  for (char **dir = ctx->plugin_dirs; dir && *dir; dir++)
    free(*dir);
  free(ctx->plugin_dirs);
  free(ctx->libexec_dir);
  free(ctx->host_name);
  free(ctx->host_version);
  free(ctx);
}
