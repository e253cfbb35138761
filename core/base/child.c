// SPDX-License-Identifier: Apache-2.0
/* posix_spawn and never fork: the caller may be large and threaded. The socket does not block on our side; poll keeps
 * the deadline. */
#include "core/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "core/base/clock.h"

#define CHILD_READ 4096u
#define FIRST_FREE 10 /* above the numbers that the child gives to its own */

static int
make_ends(int ends[static 2])
{
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
    return -errno;
  for (int i = 0; i < 2; i++) {
    int high = fcntl(ends[i], F_DUPFD_CLOEXEC, FIRST_FREE);
    if (high < 0)
      return -errno;
    (void)close(ends[i]);
    ends[i] = high;
  }
  return fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

static int
make_actions(posix_spawn_file_actions_t *actions, int socket, int at)
{
  int err = 0;

  for (int fd = 0; fd <= STDERR_FILENO && !err; fd++)
    if (fd != at)
      err = posix_spawn_file_actions_addopen(actions, fd, "/dev/null", fd ? O_WRONLY : O_RDONLY, 0);
  if (!err)
    err = posix_spawn_file_actions_adddup2(actions, socket, at);
  if (!err)
    err = posix_spawn_file_actions_addclosefrom_np(actions,
                                                   at > STDERR_FILENO ? at + 1 : STDERR_FILENO + 1);
  return err;
}

static int
make_attributes(posix_spawnattr_t *attr)
{
  sigset_t none, all;

  (void)sigemptyset(&none);
  (void)sigfillset(&all);
  int err = posix_spawnattr_setsigmask(attr, &none);
  if (!err)
    err = posix_spawnattr_setsigdefault(attr, &all);
  if (!err)
    err = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                             POSIX_SPAWN_SETSIGDEF);
  return err;
}

int
child_spawn(const char *path, const posix_spawn_file_actions_t *actions, const char *const *argv,
            const char *const *envp, pid_t *ret)
{
  posix_spawnattr_t attr;

  if (posix_spawnattr_init(&attr) != 0)
    return -ENOMEM;
  int err = make_attributes(&attr);
  if (!err)
    err = posix_spawn(ret, path, actions, &attr, (char *const *)(uintptr_t)argv,
                      (char *const *)(uintptr_t)envp);
  (void)posix_spawnattr_destroy(&attr);
  return -err;
}

static int
spawn(const char *path, const char *const *argv, const char *const *envp, int socket, int at,
      pid_t *ret)
{
  posix_spawn_file_actions_t actions;

  if (posix_spawn_file_actions_init(&actions) != 0)
    return -ENOMEM;
  int err = -make_actions(&actions, socket, at);
  if (!err)
    err = child_spawn(path, &actions, argv, envp, ret);
  (void)posix_spawn_file_actions_destroy(&actions);
  return err;
}

int
child_start(const char *path, const char *const *argv, const char *const *envp, int at,
            struct child *ret)
{
  int ends[2] = {-1, -1};
  pid_t pid = 0;

  int err = make_ends(ends);
  CLEANUP_CLOSE int ours = ends[0];
  CLEANUP_CLOSE int theirs = ends[1];
  if (!err)
    err = spawn(path, argv, envp, theirs, at, &pid);
  if (err)
    return err;
  *ret = (struct child){pid, TAKE_FD(ours)};
  return 0;
}

void
child_end(struct child *c)
{
  if (c->fd >= 0)
    (void)close(c->fd);
  if (c->pid > 0) {
    (void)kill(c->pid, SIGKILL); /* not yet reaped: the number is still its own */
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
      ;
  }
  *c = CHILD_NONE;
}

/* 0 when the socket is ready for `events`. */
static int
wait_for(const struct child *c, short events, int64_t deadline, int interrupt_fd)
{
  struct pollfd fds[] = {{c->fd, events, 0}, {interrupt_fd ? interrupt_fd : -1, POLLIN, 0}};

  int n = poll(fds, 2, clock_poll_ms(deadline));
  if (n < 0)
    return errno == EINTR ? 0 : -errno;
  if (n == 0)
    return -ETIMEDOUT;
  return fds[1].revents ? -ECANCELED : 0;
}

int
child_write(const struct child *c, const void *bytes, size_t n, int64_t deadline, int interrupt_fd)
{
  const char *p = bytes;

  while (n > 0) {
    ssize_t sent = send(c->fd, p, n, MSG_NOSIGNAL);
    if (sent > 0) {
      p += sent;
      n -= (size_t)sent;
      continue;
    }
    if (errno != EAGAIN && errno != EINTR)
      return errno == ECONNRESET ? -EPIPE : -errno;
    int err = wait_for(c, POLLOUT, deadline, interrupt_fd);
    if (err)
      return err;
  }
  return 0;
}

/* How many came; 0 at the end. */
static ssize_t
read_some(const struct child *c, void *ret, size_t n, int64_t deadline, int interrupt_fd)
{
  for (;;) {
    ssize_t got = recv(c->fd, ret, n, 0);
    if (got >= 0)
      return got;
    if (errno == ECONNRESET)
      return 0;
    if (errno != EAGAIN && errno != EINTR)
      return -errno;
    int err = wait_for(c, POLLIN, deadline, interrupt_fd);
    if (err)
      return err;
  }
}

int
child_read(const struct child *c, void *ret, size_t n, int64_t deadline, int interrupt_fd)
{
  char *p = ret;

  while (n > 0) {
    ssize_t got = read_some(c, p, n, deadline, interrupt_fd);
    if (got <= 0)
      return got ? (int)got : -EPIPE;
    p += got;
    n -= (size_t)got;
  }
  return 0;
}

int
child_read_all(const struct child *c, struct buf *ret, int64_t deadline, int interrupt_fd)
{
  for (;;) {
    char *room = buf_room(ret, CHILD_READ);
    if (!room)
      return -EFBIG;
    ssize_t got = read_some(c, room, CHILD_READ, deadline, interrupt_fd);
    if (got <= 0)
      return (int)got;
    buf_grew(ret, (size_t)got);
  }
}
