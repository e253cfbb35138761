// SPDX-License-Identifier: Apache-2.0
/* A worker as a process: its own session, an environment made from a list, no descriptor but its socket, and signals
 * as a fresh program finds them. posix_spawn and never fork, because the program that embeds us may be large and
 * threaded. */
#include "core/host/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "core/base/child.h"

#define ENVIRONMENT_MAX 32u /* variables handed on */

extern char **environ;

/* What a worker gets of our environment: where trust and tickets lie, and the time zone of dates in messages. No HOME:
 * nothing personal steers a plugin. Names that end with '*' are prefixes. */
static const char *const handed_on[] = {
    "TZ",           "SSL_CERT_FILE", "SSL_CERT_DIR",  "KRB5*",
#ifdef TENON_SANITIZED
    "ASAN_OPTIONS", "LSAN_OPTIONS",  "UBSAN_OPTIONS", "TSAN_OPTIONS",
#endif
};

static bool
is_handed_on(const char *variable)
{
  size_t len = strcspn(variable, "=");

  for (size_t i = 0; i < sizeof handed_on / sizeof *handed_on; i++) {
    size_t n = strlen(handed_on[i]);
    bool prefix = handed_on[i][n - 1] == '*';
    if (prefix ? len >= n - 1 && strncmp(variable, handed_on[i], n - 1) == 0
               : len == n && strncmp(variable, handed_on[i], n) == 0)
      return true;
  }
  return false;
}

static void
make_environment(const char *ret[static ENVIRONMENT_MAX])
{
  size_t n = 0;

  ret[n++] = "PATH=/usr/local/bin:/usr/bin:/bin";
  ret[n++] = "LANG=C.UTF-8";
  ret[n++] = "LC_ALL=C.UTF-8";
  for (char **v = environ; v && *v && n < ENVIRONMENT_MAX - 1; v++)
    if (is_handed_on(*v))
      ret[n++] = *v;
  ret[n] = NULL;
}

/* The ends of socket and pipes. Ours do not block; all are above the numbers that the child gives to its own. */
struct ends {
  int socket[2], out[2], err[2]; /* [0] ours, [1] the worker's */
};

static void
close_ends(struct ends *e)
{
  int *fds = (int *)e;

  for (size_t i = 0; i < sizeof *e / sizeof *fds; i++)
    if (fds[i] >= 0)
      (void)close(fds[i]);
}
#define CLEANUP_ENDS __attribute__((cleanup(close_ends)))

/* A program may have closed 0 to 3; the child's own numbers must not collide with what is given to them. */
static int
move_up(int *fd)
{
  int high = fcntl(*fd, F_DUPFD_CLOEXEC, 10);

  if (high < 0)
    return -errno;
  (void)close(*fd);
  *fd = high;
  return 0;
}

static int
make_ends(struct ends *e)
{
  int *fds = (int *)e;

  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, e->socket) < 0 ||
      pipe2(e->out, O_CLOEXEC) < 0 || pipe2(e->err, O_CLOEXEC) < 0)
    return -errno;
  for (size_t i = 0; i < sizeof *e / sizeof *fds; i++) {
    int err = move_up(&fds[i]);
    if (err)
      return err;
  }
  if (fcntl(e->socket[0], F_SETFL, O_NONBLOCK) < 0 || fcntl(e->out[0], F_SETFL, O_NONBLOCK) < 0 ||
      fcntl(e->err[0], F_SETFL, O_NONBLOCK) < 0)
    return -errno;
  return 0;
}

static int
make_actions(posix_spawn_file_actions_t *actions, const struct ends *e)
{
  int err = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);

  if (!err)
    err = posix_spawn_file_actions_adddup2(actions, e->out[1], 1);
  if (!err)
    err = posix_spawn_file_actions_adddup2(actions, e->err[1], 2);
  if (!err)
    err = posix_spawn_file_actions_adddup2(actions, e->socket[1], WIRE_FD);
  if (!err)
    err = posix_spawn_file_actions_addclosefrom_np(actions, WIRE_FD + 1);
  return -err;
}

static int
spawn(const char *path, const struct ends *e, pid_t *ret)
{
  const char *const argv[] = {"tenon-worker", NULL};
  const char *environment[ENVIRONMENT_MAX];
  posix_spawn_file_actions_t actions;

  make_environment(environment);
  if (posix_spawn_file_actions_init(&actions) != 0)
    return -ENOMEM;
  int err = make_actions(&actions, e);
  if (!err)
    err = child_spawn(path, &actions, argv, environment, ret);
  (void)posix_spawn_file_actions_destroy(&actions);
  return err;
}

static int
watch(tenon_worker *w, struct ends *e)
{
  int err;

  w->socket.fd = TAKE_FD(e->socket[0]);
  w->out.source.fd = TAKE_FD(e->out[0]);
  w->err.source.fd = TAKE_FD(e->err[0]);
  err = loop_add(w->ctx, &w->socket);
  if (!err)
    err = loop_add(w->ctx, &w->process);
  if (!err)
    err = loop_add(w->ctx, &w->out.source);
  if (!err)
    err = loop_add(w->ctx, &w->err.source);
  return err;
}

int
worker_spawn(tenon_worker *w)
{
  CLEANUP_ENDS struct ends ends = {{-1, -1}, {-1, -1}, {-1, -1}};
  CLEANUP_FREE char *path = text_printf("%s/tenon-worker", w->ctx->libexec_dir);
  pid_t pid = 0;
  int err;

  if (!path)
    return -ENOMEM;
  err = make_ends(&ends);
  if (err)
    return context_fail(w->ctx, err, "No socket or pipe can be made for a worker: %s.",
                        strerror(-err));
  err = spawn(path, &ends, &pid);
  if (err)
    return context_fail(w->ctx, err, "%s cannot be started: %s. %s", path, strerror(-err),
                        err == -EAGAIN || err == -ENOMEM
                            ? "End other programs, or raise the limit (ulimit -u)."
                            : "Reinstall tenon.");
  w->process.fd = pidfd_open(pid, 0);
  if (w->process.fd < 0) {
    err = -errno;
    (void)kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
      ;
    return context_fail(w->ctx, err, "No descriptor can be had for a worker: %s.", strerror(-err));
  }
  w->pid = pid;
  return watch(w, &ends);
}
