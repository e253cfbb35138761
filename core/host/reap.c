// SPDX-License-Identifier: Apache-2.0
/* The end of processes. A pid may be another process's as soon as it is reaped, and the program that embeds us may reap
 * what it likes; so signals go through the process descriptor, and to the group only while the pid is still ours. */
#include "core/host/internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

/* Alive, or dead and not yet reaped. */
static bool
is_ours(int pidfd)
{
  return pidfd_send_signal(pidfd, 0, NULL, 0) == 0;
}

static void
signal_group(tenon_worker *w, int signal)
{
  if (w->pid <= 0 || w->process.fd < 0 || !is_ours(w->process.fd))
    return;
  (void)kill(-(pid_t)w->pid, signal);
  (void)pidfd_send_signal(w->process.fd, signal, NULL, 0);
}

void
reap_terminate(tenon_worker *w)
{
  signal_group(w, SIGTERM);
}

/* Before its pid is given back, and before its last words are read: they might never end. */
void
reap_kill_rest(tenon_worker *w)
{
  signal_group(w, SIGKILL);
}

bool
reap_status(tenon_worker *w, char *ret, size_t size)
{
  siginfo_t info = {0};

  if (w->has_thread) {
    (void)snprintf(ret, size, "left its thread");
    return true;
  }
  if (waitid(P_PIDFD, (id_t)w->process.fd, &info, WEXITED | WNOHANG) < 0 || info.si_pid == 0)
    (void)snprintf(ret, size, "ended, cause unknown");
  else if (info.si_code == CLD_EXITED)
    (void)snprintf(ret, size, "ended itself with status %d", info.si_status);
  else {
    const char *name = sigabbrev_np(info.si_status), *text = sigdescr_np(info.si_status);
    (void)snprintf(ret, size, "died of SIG%s (%s)", name ? name : "?", text ? text : "unknown");
  }
  return info.si_pid != 0 && info.si_code == CLD_EXITED && info.si_status == 0;
}

/* True: it is gone. */
static bool
reap(int pidfd, bool wait)
{
  siginfo_t info = {0};
  int err;

  do
    err = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | (wait ? 0 : WNOHANG));
  while (err < 0 && errno == EINTR);
  return err < 0 || info.si_pid != 0;
}

static void
bury(tenon_worker *w)
{
  struct grave *g;
  int pidfd = w->process.fd;

  signal_group(w, SIGKILL);
  if (reap(pidfd, false)) {
    loop_remove(w->ctx, &w->process);
    return;
  }
  g = malloc(sizeof *g);
  if (!g) {
    (void)reap(pidfd, true);
    loop_remove(w->ctx, &w->process);
    return;
  }
  /* Its descriptor stays in the loop only as what wakes it. */
  g->pidfd = fcntl(pidfd, F_DUPFD_CLOEXEC, 10);
  loop_remove(w->ctx, &w->process);
  if (g->pidfd < 0) {
    free(g);
    return;
  }
  g->next = w->ctx->graves;
  w->ctx->graves = g;
}

void
worker_release(tenon_worker *w, int64_t wait_ns)
{
  loop_remove(w->ctx, &w->socket);
  if (w->has_thread)
    worker_thread_leave(w, wait_ns);
  if (w->pid > 0 && w->process.fd >= 0)
    bury(w);
  loop_remove(w->ctx, &w->process);
  output_finish(w, &w->out);
  output_finish(w, &w->err);
}

void
graves_visit(tenon_context *ctx, bool wait)
{
  struct grave **at = &ctx->graves;

  while (*at) {
    struct grave *g = *at;
    if (!reap(g->pidfd, wait)) {
      at = &g->next;
      continue;
    }
    *at = g->next;
    (void)close(g->pidfd);
    free(g);
  }
}
