// SPDX-License-Identifier: Apache-2.0
/* A worker as a thread, for debuggers (TENON_IN_PROCESS). The same loop that tenon-worker runs is loaded from a
 * library when it is first needed, and speaks over the same kind of socket: nothing after this file knows the
 * difference, except that a thread cannot be killed. One that does not leave is left behind. */
#include "core/host/internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "core/worker/worker.h"

struct start {
  worker_run_function run;
  int socket, done;
};

static void *
thread_main(void *arg)
{
  struct start s = *(struct start *)arg;
  uint64_t one = 1;

  free(arg);
  (void)s.run(s.socket);
  (void)close(s.socket);
  (void)!write(s.done, &one, sizeof one);
  (void)close(s.done);
  return NULL;
}

static int
load(tenon_context *ctx, worker_run_function *ret)
{
  CLEANUP_FREE char *path = text_printf("%s/libtenon-inprocess.so", ctx->libexec_dir);
  void *library, *symbol;

  if (!path)
    return -ENOMEM;
  library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  symbol = library ? dlsym(library, WORKER_RUN_SYMBOL) : NULL;
  if (!symbol)
    return context_fail(ctx, -ENOENT, "Plugins cannot run in the process: %s. Reinstall tenon.",
                        dlerror());
  memcpy(ret, &symbol, sizeof *ret);
  return 0;
}

/* Signals stay with the program's own threads. */
static int
start_thread(tenon_worker *w, struct start *s)
{
  sigset_t all, old;
  int err;

  (void)sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &old);
  err = -pthread_create(&w->thread, NULL, thread_main, s);
  (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
  return err;
}

int
worker_thread(tenon_worker *w)
{
  CLEANUP_FREE struct start *s = calloc(1, sizeof *s);
  CLEANUP_CLOSE int theirs = -1;
  CLEANUP_CLOSE int done = -1;
  int pair[2], err;

  if (!s)
    return -ENOMEM;
  err = load(w->ctx, &s->run);
  if (err)
    return err;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
    return context_fail(w->ctx, -errno, "No socket can be made for a worker.");
  w->socket.fd = pair[0];
  theirs = pair[1];
  w->process.fd = eventfd(0, EFD_CLOEXEC);
  done = w->process.fd < 0 ? -1 : fcntl(w->process.fd, F_DUPFD_CLOEXEC, 0);
  if (done < 0 || fcntl(w->socket.fd, F_SETFL, O_NONBLOCK) < 0)
    return context_fail(w->ctx, -errno, "No descriptor can be had for a worker.");
  err = loop_add(w->ctx, &w->socket);
  if (!err)
    err = loop_add(w->ctx, &w->process);
  if (err)
    return err;
  s->socket = theirs;
  s->done = done;
  err = start_thread(w, s);
  if (err)
    return context_fail(w->ctx, err, "No thread can be started for a worker.");
  /* They are the thread's now. */
  (void)TAKE_PTR(s);
  (void)TAKE_FD(theirs);
  (void)TAKE_FD(done);
  w->has_thread = true;
  return 0;
}

void
worker_thread_leave(tenon_worker *w, int64_t wait_ns)
{
  struct pollfd done = {.fd = w->process.fd, .events = POLLIN};

  if (!w->has_thread)
    return;
  w->has_thread = false;
  if (poll(&done, 1, (int)(wait_ns / NS_PER_MS)) > 0)
    (void)pthread_join(w->thread, NULL);
  else
    (void)pthread_detach(w->thread);
}
