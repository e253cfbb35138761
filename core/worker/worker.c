// SPDX-License-Identifier: Apache-2.0
/* The life of a worker, from an open socket to its end. */
#include "core/worker/worker.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>

#include "core/worker/start.h"

static int
init(struct worker *w, int fd, uint32_t flags)
{
  pthread_condattr_t monotonic;

  *w = (struct worker){.fd = fd, .flags = flags, .file = {.fd = -1}};
  w->commands_end = &w->commands;
  wire_reader_init(&w->reader, WIRE_LINE_TO_WORKER_MAX);
  (void)pthread_mutex_init(&w->lock, NULL);
  (void)pthread_condattr_init(&monotonic);
  (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  (void)pthread_cond_init(&w->changed, &monotonic);
  (void)pthread_condattr_destroy(&monotonic);
  w->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  int err = outbox_init(&w->out, fd);
  err = err ? err : worker_source_init(w);
  w->scrubber = scrubber_create();
  w->secrets = w->scrubber ? secret_table_create(w->scrubber) : NULL;
  return err || w->cancel_fd < 0 || !w->secrets ? -ENOMEM : 0;
}

static void
finish(struct worker *w)
{
  http_service_destroy(w->http);
  dns_service_destroy(w->dns);
  secret_table_destroy(w->secrets);
  scrubber_destroy(w->scrubber);
  connector_destroy(w->connector);
  module_file_finish(&w->file);
  worker_start_finish(w);
  arena_finish(&w->session_arena);
  arena_finish(&w->call_arena);
  worker_source_finish(w);
  for (struct worker_command *c = w->commands, *next; c; c = next) {
    next = c->next;
    worker_command_free(c);
  }
  wire_reader_finish(&w->reader);
  outbox_finish(&w->out);
  if (w->cancel_fd >= 0)
    (void)close(w->cancel_fd);
  (void)pthread_cond_destroy(&w->changed);
  (void)pthread_mutex_destroy(&w->lock);
}

/* Hooks, one after another, until close or the end of the host. */
static int
serve(struct worker *w)
{
  struct worker_command *c;
  bool more = true;
  int err = 0;

  worker_table_init(w);
  worker_browser_init(w);
  worker_sink_init(w);
  while (more && (c = worker_next_command(w))) {
    if (!w->http)
      err = worker_services(w);
    more = !err && worker_run(w, c);
    worker_command_free(c);
  }
  if (w->session)
    w->live.close(w->session);
  outbox_flush(&w->out, -1);
  return err;
}

static void
end_io(struct worker *w, pthread_t io)
{
  {
    LOCK_FOR_SCOPE(&w->lock);
    w->eof = true;
  }
  outbox_wake(&w->out);
  (void)pthread_join(io, NULL);
}

int
worker_main(int fd, uint32_t flags)
{
  struct worker w;
  pthread_t io;
  bool started = false;

  int err = init(&w, fd, flags);
  err = err ? err : worker_start(&w, &io, &started);
  err = err ? err : serve(&w);
  outbox_flush(&w.out, -1);
  if (started)
    end_io(&w, io);
  finish(&w);
  return err ? 1 : 0;
}
