// SPDX-License-Identifier: Apache-2.0
/* A test that waits too long fails by an assertion here, not by the suite's timeout: it says what it waited for. */
#include "tests/worker/peer.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "core/worker/worker.h"

const char *const peer_puppet = TEST_PUPPET;

static void *
run(void *user)
{
  int fd = (int)(intptr_t)user;
  int status = worker_main(fd, WORKER_IN_PROCESS);
  (void)close(fd);
  return (void *)(intptr_t)status;
}

static pid_t
spawn(int fd, int output)
{
  char *argv[] = {(char *)(uintptr_t)TEST_WORKER, NULL};
  char *env[] = {(char *)(uintptr_t) "PATH=/usr/bin:/bin", (char *)(uintptr_t) "LC_ALL=C.UTF-8",
                 NULL};
  posix_spawn_file_actions_t actions;
  pid_t pid;
  ck_assert_int_eq(posix_spawn_file_actions_init(&actions), 0);
  ck_assert_int_eq(posix_spawn_file_actions_adddup2(&actions, output, 1), 0);
  ck_assert_int_eq(posix_spawn_file_actions_adddup2(&actions, output, 2), 0);
  ck_assert_int_eq(posix_spawn_file_actions_adddup2(&actions, fd, WIRE_FD), 0);
  ck_assert_int_eq(posix_spawn(&pid, TEST_WORKER, &actions, NULL, argv, env), 0);
  (void)posix_spawn_file_actions_destroy(&actions);
  return pid;
}

/* Above 3, so that dup2 to 3 neither hits one of them nor leaves close-on-exec set. */
static int
high(int fd)
{
  int moved = fcntl(fd, F_DUPFD_CLOEXEC, 10);
  ck_assert_int_ge(moved, 10);
  (void)close(fd);
  return moved;
}

void
peer_start(struct peer *p, int in_process)
{
  int pair[2], pipes[2] = {-1, -1};
  ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  pair[0] = high(pair[0]);
  pair[1] = high(pair[1]);
  *p = (struct peer){.fd = pair[0], .output = -1};
  wire_reader_init(&p->reader, WIRE_LINE_MAX);
  buf_init(&p->transcript, 64u * 1024 * 1024);
  if (in_process) {
    ck_assert_int_eq(pthread_create(&p->thread, NULL, run, (void *)(intptr_t)pair[1]), 0);
    return;
  }
  ck_assert_int_eq(pipe2(pipes, O_CLOEXEC | O_NONBLOCK), 0);
  pipes[0] = high(pipes[0]);
  pipes[1] = high(pipes[1]);
  p->pid = spawn(pair[1], pipes[1]);
  p->output = pipes[0];
  (void)close(pair[1]);
  (void)close(pipes[1]);
}

void
peer_say(struct peer *p, const char *fmt, ...)
{
  CLEANUP_BUF struct buf line = BUF_INIT(WIRE_LINE_TO_WORKER_MAX);
  va_list ap;
  va_start(ap, fmt);
  ck_assert(buf_vprintf(&line, fmt, ap));
  va_end(ap);
  ck_assert(buf_putc(&line, '\n'));
  ck_assert_int_eq(wire_send(p->fd, line.ptr, line.len, -1), 0);
}

/* False: end of file. */
static bool
next(struct peer *p)
{
  const char *why = "";
  char *line;
  size_t n;
  int found;
  while ((found = wire_reader_next(&p->reader, &line, &n)) == 0) {
    struct pollfd fd = {.fd = p->fd, .events = POLLIN};
    ck_assert_msg(poll(&fd, 1, PEER_PATIENCE_MS) == 1, "nothing came; so far: %s",
                  buf_text(&p->transcript));
    ssize_t got = wire_reader_fill(&p->reader, p->fd);
    if (got == 0 || got == -ECONNRESET)
      return false;
    ck_assert_int_gt(got, 0);
  }
  ck_assert_int_eq(found, 1);
  ck_assert(buf_put(&p->transcript, line, n) && buf_putc(&p->transcript, '\n'));
  cJSON_Delete(p->last);
  p->last = wire_parse(line, n, &why);
  ck_assert_msg(p->last != NULL, "%s: %s", why, line);
  return true;
}

const cJSON *
peer_expect(struct peer *p, const char *type)
{
  do
    ck_assert_msg(next(p), "the worker left before '%s'; so far: %s", type,
                  buf_text(&p->transcript));
  while (strcmp(json_text(p->last, "type"), type) != 0);
  return p->last;
}

const cJSON *
peer_check(struct peer *p, const char *id)
{
  const cJSON *check;
  do
    check = json_object(peer_expect(p, "check"), "check");
  while (strcmp(json_text(check, "id"), id) != 0);
  return check;
}

void
peer_drain(struct peer *p)
{
  while (next(p))
    ;
}

bool
peer_saw(const struct peer *p, const char *text)
{
  return strstr(buf_text(&p->transcript), text) != NULL;
}

int
peer_wait(struct peer *p)
{
  int status = 0;
  void *result = NULL;
  if (p->pid == 0) {
    ck_assert_int_eq(pthread_join(p->thread, &result), 0);
    status = (int)(intptr_t)result;
  } else {
    ck_assert_int_eq(waitpid(p->pid, &status, 0), p->pid);
    status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  cJSON_Delete(p->last);
  wire_reader_finish(&p->reader);
  buf_finish(&p->transcript);
  if (p->fd >= 0)
    (void)close(p->fd);
  if (p->output >= 0)
    (void)close(p->output);
  return status;
}

int
peer_close(struct peer *p)
{
  peer_say(p, "{\"type\":\"close\"}");
  peer_drain(p);
  return peer_wait(p);
}

void
peer_load(struct peer *p, const char *plugin, const char *connector)
{
  peer_say(p,
           "{\"type\":\"load\",\"plugin\":\"%s\",\"connector\":\"%s\",\"host\":{\"name\":\"test\","
           "\"version\":\"1\"},"
           "\"proxies\":{}}",
           plugin, connector);
}

void
peer_open(struct peer *p, int in_process, const char *mode)
{
  peer_start(p, in_process);
  peer_load(p, peer_puppet, "puppet");
  /* base64 of correct-horse-battery */
  peer_say(p,
           "{\"type\":\"secret\",\"key\":\"password\",\"value\":\"Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5\"}");
  peer_say(
      p,
      "{\"type\":\"open\",\"call\":1,\"values\":{\"mode\":\"%s\"},\"files\":{\"file\":\"AAEC\"},"
      "\"interactive\":true,\"deadline_ms\":10000}",
      mode);
  ck_assert_str_eq(json_text(peer_expect(p, "ended"), "status"), "ok");
}

void
peer_output(struct peer *p, char *text, size_t size)
{
  ssize_t n = p->output >= 0 ? read(p->output, text, size - 1) : 0;
  text[n < 0 ? 0 : n] = '\0';
}
