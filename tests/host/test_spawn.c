// SPDX-License-Identifier: Apache-2.0
/* What a worker's process is born with, and how its end is told from others'. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "core/base/clock.h"
#include "core/model/check.h"
#include "tests/host/harness.h"
#include "tests/suite.h"

#define FAKE TENON_TEST_BUILD "/tests/host/fake"

#define OF_LIBC                                                                                    \
  UINT64_C(0x180000000) /* signals 32 and 33: posix_spawn of glibc 2.36 leaves them ignored */

static char detail[16384], lines[8192];

static void
take_look(struct bench *b, const tenon_event *ev)
{
  (void)b;
  if (ev->kind != TENON_EVENT_CHECK || strcmp(ev->check->id, "a.look") != 0)
    return;
  (void)snprintf(detail, sizeof detail, "%s", ev->check->detail);
  lines[0] = '\0';
  for (size_t i = 0; i < ev->check->n_data; i++)
    (void)snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%s\n",
                   ev->check->data[i].value.ptr);
}

/* What a worker of this context sees. */
static void
look_at(struct bench *b)
{
  b->hook = take_look;
  bench_worker(b, "/bin/true#look");
  ck_assert_int_eq(tenon_worker_verify(b->worker, 0, NULL), 0);
  bench_wait(b, 1);
}

static void
look(struct bench *b)
{
  bench_init(b, FAKE);
  look_at(b);
}

START_TEST(worker__has_four_descriptors)
{
  struct bench b;
  int more = open("/dev/null", O_RDONLY); /* not marked to be closed */

  ck_assert_int_ge(more, 0);
  look(&b);
  ck_assert_msg(strncmp(detail, "fd0 fd1 fd2 fd3 PATH=", 21) == 0, "%s", detail);
  (void)close(more);
  bench_finish(&b);
}
END_TEST

START_TEST(worker__has_them_also_where_the_program_closed_its_own)
{
  struct bench b;

  bench_init(&b, FAKE);
  for (int fd = 0; fd < 3; fd++)
    (void)close(fd);
  look_at(&b);
  bench_finish(&b);
  for (int fd = 0; fd < 3; fd++)
    ck_assert_int_eq(open("/dev/null", O_RDWR), fd);
  ck_assert(strncmp(detail, "fd0 fd1 fd2 fd3 PATH=", 21) == 0);
}
END_TEST

START_TEST(worker__gets_only_the_environment_that_it_needs)
{
  struct bench b;

  ck_assert_int_eq(setenv("MY_SECRET", "hunter2", 1), 0);
  ck_assert_int_eq(setenv("LD_PRELOAD_X", "x", 1), 0);
  ck_assert_int_eq(setenv("KRB5CCNAME", "/tmp/tickets", 1), 0);
  ck_assert_int_eq(setenv("TZ", "Europe/Rome", 1), 0);
  ck_assert_int_eq(setenv("LC_ALL", "de_DE.UTF-8", 1), 0);
  look(&b);
  ck_assert_ptr_nonnull(strstr(detail, "LC_ALL=C.UTF-8 "));
  ck_assert_ptr_nonnull(strstr(detail, "KRB5CCNAME=/tmp/tickets "));
  ck_assert_ptr_nonnull(strstr(detail, "TZ=Europe/Rome "));
  ck_assert_ptr_null(strstr(detail, "MY_SECRET"));
  ck_assert_ptr_null(strstr(detail, "LD_PRELOAD"));
  ck_assert_ptr_null(strstr(detail, "HOME="));
  ck_assert_ptr_null(strstr(detail, "de_DE"));
  bench_finish(&b);
}
END_TEST

START_TEST(worker__has_a_session_of_its_own_and_fresh_signals)
{
  unsigned long long ignored;
  sigset_t set;
  struct bench b;

  ck_assert_int_eq(sigfillset(&set), 0);
  ck_assert_int_eq(sigprocmask(SIG_BLOCK, &set, NULL), 0);
  (void)signal(SIGUSR1, SIG_IGN);
  (void)signal(SIGPIPE, SIG_IGN);
  look(&b);
  ck_assert_int_eq(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
  ck_assert_ptr_nonnull(strstr(detail, "own-session "));
  ck_assert_ptr_nonnull(strstr(detail, "SigBlk=0 "));
  ck_assert_ptr_nonnull(strstr(detail, "SigIgn="));
  ignored = strtoull(strstr(detail, "SigIgn=") + 7, NULL, 16);
  ck_assert_uint_eq(ignored & ~OF_LIBC, 0);
  bench_finish(&b);
}
END_TEST

START_TEST(worker__whose_status_somebody_else_took_ended_of_an_unknown_cause)
{
  struct bench b;

  (void)signal(SIGCHLD, SIG_IGN); /* the kernel throws statuses away */
  bench_init(&b, FAKE);
  bench_worker(&b, "/bin/true#exit3");
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait_died(&b);
  ck_assert_msg(strstr(b.finding, "ended, cause unknown") != NULL, "%s", b.finding);
  bench_finish(&b);
}
END_TEST

START_TEST(worker__is_reaped_when_it_is_destroyed)
{
  struct bench b;

  look(&b);
  tenon_worker_destroy(b.worker);
  bench_finish(&b);
  ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}
END_TEST

START_TEST(worker__that_cannot_be_started_is_an_error_at_once)
{
  tenon_worker *w = NULL;
  struct bench b;

  bench_init(&b, "/nonexistent");
  ck_assert_int_lt(tenon_worker_create(b.ctx, "/bin/true#x", NULL, NULL, &w), 0);
  ck_assert_ptr_nonnull(strstr(tenon_context_error(b.ctx), "/nonexistent"));
  bench_finish(&b);
}
END_TEST

START_TEST(context__leaks_no_descriptor)
{
  int before = dup(0), after;
  struct bench b;

  for (int i = 0; i < 3; i++) {
    look(&b);
    bench_finish(&b);
  }
  after = dup(0);
  ck_assert_int_eq(after, before + 1);
}
END_TEST

START_TEST(context__can_be_polled)
{
  struct bench b;

  bench_init(&b, FAKE);
  b.hook = take_look;
  bench_worker(&b, "/bin/true#look");
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  ck_assert_int_gt(tenon_context_timeout_ms(b.ctx), 0);
  for (int i = 0; i < 1000 && !b.ended; i++) {
    fd_set set;
    struct timeval second = {1, 0};
    FD_ZERO(&set);
    FD_SET(tenon_context_fd(b.ctx), &set);
    (void)select(tenon_context_fd(b.ctx) + 1, &set, NULL, NULL, &second);
    ck_assert_int_ge(tenon_context_run(b.ctx, 0), 0);
  }
  ck_assert_uint_eq(b.ended, 1);
  bench_finish(&b);
}
END_TEST

/* ---- proxies --------------------------------------------------------------------------------------------------- */

static void
no_proxies(void)
{
  static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "HTTP_PROXY",
                                      "no_proxy",   "NO_PROXY",    "all_proxy",   "ALL_PROXY"};

  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    (void)unsetenv(names[i]);
}

START_TEST(proxy__of_the_environment_is_told_and_its_password_is_a_secret)
{
  struct bench b;

  no_proxies();
  ck_assert_int_eq(setenv("https_proxy", "http://adm%40x:p%40ss%3Aword@proxy.example:3128", 1), 0);
  ck_assert_int_eq(setenv("HTTP_PROXY", "http://evil.example:1", 1), 0);
  ck_assert_int_eq(setenv("NO_PROXY", "localhost,.contoso.example", 1), 0);
  look(&b);
  ck_assert_ptr_nonnull(strstr(
      lines, "'proxies':{'https':'http://proxy.example:3128','no':'localhost,.contoso.example',"
             "'user':'adm@x'}"));
  ck_assert_ptr_nonnull(strstr(
      lines, "{'type':'secret','scope':'host','key':'proxy_password','value':'cEBzczp3b3Jk'}"));
  ck_assert_ptr_null(strstr(lines, "evil"));
  bench_finish(&b);
}
END_TEST

START_TEST(proxy__of_each_variable_has_its_own_account)
{
  struct bench b;

  no_proxies();
  ck_assert_int_eq(setenv("https_proxy", "http://inner.example:3128", 1), 0);
  ck_assert_int_eq(setenv("http_proxy", "http://adm:secret@outer.example:8080", 1), 0);
  look(&b);
  ck_assert_ptr_nonnull(strstr(
      lines, "'proxies':{'http':'http://outer.example:8080','https':'http://inner.example:3128',"
             "'http_user':'adm'}"));
  ck_assert_ptr_nonnull(strstr(
      lines, "{'type':'secret','scope':'host','key':'http_proxy_password','value':'c2VjcmV0'}"));
  ck_assert_ptr_null(strstr(lines, "'key':'proxy_password'"));
  bench_finish(&b);
}
END_TEST

START_TEST(proxy__of_the_program_counts_more_than_the_environment)
{
  tenon_context_options o = {.size = sizeof o,
                             .libexec_dir = FAKE,
                             .http_proxy = "http://mine.example:8080",
                             .https_proxy = ""};
  struct bench b;

  no_proxies();
  ck_assert_int_eq(setenv("https_proxy", "http://other.example:3128", 1), 0);
  bench_init(&b, FAKE);
  tenon_context_destroy(b.ctx);
  ck_assert_int_eq(tenon_context_create(&o, &b.ctx), 0);
  look_at(&b);
  ck_assert_ptr_nonnull(strstr(lines, "'proxies':{'http':'http://mine.example:8080'}"));
  bench_finish(&b);
}
END_TEST

START_TEST(proxy__that_is_no_url_is_refused_with_the_remedy)
{
  static const char *const urls[] = {"http://user:secret@", "http://user:a/secret@proxy:3128"};

  for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
    tenon_context_options o = {.size = sizeof o, .http_proxy = urls[i]};
    tenon_context *ctx = NULL;
    ck_assert_int_lt(tenon_context_create(&o, &ctx), 0);
    ck_assert_ptr_nonnull(strstr(tenon_context_error(ctx), "http://host:port"));
    ck_assert_ptr_null(strstr(tenon_context_error(ctx), "secret"));
    tenon_context_destroy(ctx);
  }
}
END_TEST

SUITE("spawn", worker__has_four_descriptors, worker__has_them_also_where_the_program_closed_its_own,
      worker__gets_only_the_environment_that_it_needs,
      worker__has_a_session_of_its_own_and_fresh_signals,
      worker__whose_status_somebody_else_took_ended_of_an_unknown_cause,
      worker__is_reaped_when_it_is_destroyed, worker__that_cannot_be_started_is_an_error_at_once,
      context__leaks_no_descriptor, context__can_be_polled,
      proxy__of_the_environment_is_told_and_its_password_is_a_secret,
      proxy__of_each_variable_has_its_own_account,
      proxy__of_the_program_counts_more_than_the_environment,
      proxy__that_is_no_url_is_refused_with_the_remedy)
