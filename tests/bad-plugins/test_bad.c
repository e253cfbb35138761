// SPDX-License-Identifier: Apache-2.0
/* Plugins that misbehave, in real workers. Of each the program hears one thing, which names the plugin, what it did and
 * what to do about it; and then another plugin works in the same context as if nothing had happened. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/model/connector.h"
#include "tests/host/harness.h"
#include "tests/suite.h"

static const char *const none[] = {NULL};

static const struct misdeed {
  const char *plugin;
  uint32_t hook;
  const char *id, *words;
  tenon_status status;
} misdeeds[] = {
    {"crash", HOOK_VERIFY, "plugin.crashed", "SIGSEGV", TENON_E_CRASHED},
    {"crash", HOOK_VERIFY, "plugin.crashed", "in the check net.connect (Connection)",
     TENON_E_CRASHED},
    {"aborts", HOOK_OPEN, "plugin.crashed", "SIGABRT", TENON_E_CRASHED},
    {"aborts", HOOK_OPEN, "plugin.crashed", "an assertion failed", TENON_E_CRASHED},
    {"hang", HOOK_VERIFY, "plugin.timeout", "in the check net.connect (Connection)",
     TENON_E_TIMEOUT},
    {"leaves", HOOK_VERIFY, "plugin.crashed", "ended itself with status 3", TENON_E_CRASHED},
    {"flood", HOOK_VERIFY, "plugin.protocol", "flooded its standard output", TENON_E_PROTOCOL},
    {"garbage", HOOK_VERIFY, "plugin.protocol", "is no message", TENON_E_PROTOCOL},
    {"noremedy", HOOK_VERIFY, "plugin.protocol", "TR-42", TENON_E_PROTOCOL},
    {"endless", HOOK_BROWSE, "plugin.timeout", "its results are enough", TENON_E_TIMEOUT},
    {"liar", HOOK_OPEN, "plugin.refused", "2.0.0", TENON_E_UNSUPPORTED},
    {"liar", HOOK_OPEN, "plugin.refused", "(TR-21)", TENON_E_UNSUPPORTED},
    {"wrongsize", HOOK_OPEN, "plugin.refused", "size", TENON_E_UNSUPPORTED},
    {"stranger", HOOK_IMPERSONATE, "plugin.protocol", "TR-44", TENON_E_PROTOCOL},
    {"twice", HOOK_IMPERSONATE, "plugin.protocol", "TR-44", TENON_E_PROTOCOL},
    {"forgets", HOOK_IMPERSONATE, "plugin.protocol", "TR-47", TENON_E_PROTOCOL},
    {"checks", HOOK_VERIFY, "plugin.protocol", "more than 10000 checks", TENON_E_PROTOCOL},
    {"falls", HOOK_IMPERSONATE, "plugin.crashed", "SIGSEGV", TENON_E_CRASHED},
};

static int32_t
five(void *user, tenon_text *ret)
{
  static const char *const names[] = {"a@x.example", "b@x.example", "c@x.example", "d@x.example",
                                      "e@x.example"};
  unsigned *n = user;

  if (*n == 5)
    return TENON_NEXT_END;
  *ret = (tenon_text){names[*n], strlen(names[*n])};
  ++*n;
  return TENON_NEXT_SUBJECT;
}

static void
run_hook(struct bench *b, uint32_t hook, unsigned *n)
{
  int err = 0;

  if (hook == HOOK_VERIFY)
    err = tenon_worker_verify(b->worker, 10 * NS_PER_S, NULL);
  else if (hook == HOOK_BROWSE)
    err = tenon_worker_browse(b->worker, "mailbox", "", NULL);
  else if (hook == HOOK_IMPERSONATE)
    err = tenon_worker_impersonate(b->worker, 2, five, n, NULL);
  ck_assert_msg(err == 0, "%s", tenon_context_error(b->ctx));
}

static void
hurry(struct bench *b)
{
  struct host_times *t = host_times_of(b->ctx);

  t->verify = 300 * NS_PER_MS;
  t->slack = 0;
  t->soft = t->term = 100 * NS_PER_MS;
}

/* Another plugin, the same context. */
static void
goes_on(struct bench *b)
{
  static const char *const answers[] = {"address=anna@contoso.example", "url=http://127.0.0.1:9/",
                                        NULL};

  tenon_worker_destroy(b->worker);
  host_times_of(b->ctx)->verify = HOST_VERIFY_NS;
  bench_clear(b);
  b->quiet = false;
  bench_worker(b, TENON_TEST_BUILD "/sdk/examples/example1/example1.so#example1");
  bench_open(b, answers);
  ck_assert_int_eq(tenon_worker_verify(b->worker, 0, NULL), 0);
  bench_wait(b, 2);
  ck_assert_uint_eq(b->findings, 0);
  ck_assert_msg(bench_saw(b, "check pass example1.address"), "%s", buf_text(&b->events));
  ck_assert(bench_saw(b, "check fail example1.server"));
  ck_assert_uint_eq(b->died, 0);
  bench_finish(b);
}

static void
expect_finding(const struct bench *b, const char *plugin, const char *id, const char *words)
{
  ck_assert_msg(b->findings == 1, "%u findings; events:\n%s", b->findings, buf_text(&b->events));
  ck_assert_msg(strncmp(b->finding, id, strlen(id)) == 0, "%s", b->finding);
  ck_assert_msg(strstr(b->finding, words) != NULL, "no \"%s\" in: %s", words, b->finding);
  ck_assert_msg(strstr(b->finding, plugin) != NULL, "the plugin is not named: %s", b->finding);
  ck_assert_msg(strstr(b->finding, " | ")[3] != '\0', "no remedy: %s", b->finding);
}

START_TEST(bad_plugin__gives_one_finding_and_the_host_goes_on)
{
  const struct misdeed *m = &misdeeds[_i];
  tenon_settings nothing = {.size = sizeof nothing};
  char connector[512];
  unsigned n = 0;
  struct bench b;

  bench_init(&b, NULL);
  b.quiet = true;
  (void)snprintf(connector, sizeof connector, "%s/tests/bad-plugins/%s.so#%s", TENON_TEST_BUILD,
                 m->plugin, m->plugin);
  bench_worker(&b, connector);
  ck_assert_int_eq(tenon_worker_open(b.worker, &nothing, 0, NULL), 0);
  bench_wait(&b, 1);
  if (m->hook != HOOK_OPEN) {
    ck_assert_int_eq(b.status, TENON_OK);
    hurry(&b);
    if (strcmp(m->plugin, "hang") == 0)
      ck_assert_int_eq(tenon_worker_verify(b.worker, NS_PER_S, NULL), 0);
    else
      run_hook(&b, m->hook, &n);
  }
  bench_wait_died(&b);
  expect_finding(&b, m->plugin, m->id, m->words);
  ck_assert_uint_eq(b.ended, m->hook == HOOK_OPEN ? 1 : 2);
  ck_assert_int_eq(b.status, m->status);
  if (m->hook == HOOK_IMPERSONATE)
    ck_assert_uint_eq(b.with_subject, n);
  goes_on(&b);
}
END_TEST

static void
copy_file(const char *from, const char *to)
{
  int in = open(from, O_RDONLY | O_CLOEXEC),
      out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  char bytes[4096];
  ssize_t n;

  while ((n = read(in, bytes, sizeof bytes)) > 0)
    ck_assert_int_eq(write(out, bytes, (size_t)n), n);
  ck_assert_int_eq(n, 0);
  (void)close(in);
  (void)close(out);
}

START_TEST(plugin__that_anybody_may_write_is_refused)
{
  char dir[] = "/tmp/tenon-bad-XXXXXX", path[64], connector[128];
  const tenon_plugin_info *const *list;
  tenon_settings nothing = {.size = sizeof nothing};
  struct bench b;

  ck_assert_ptr_nonnull(mkdtemp(dir));
  (void)snprintf(path, sizeof path, "%s/good.so", dir);
  copy_file(TENON_TEST_BUILD "/tests/host/testconnector.so", path);
  ck_assert_int_eq(chmod(path, 0666), 0);
  bench_init(&b, NULL);
  ck_assert_int_eq(tenon_context_inspect(b.ctx, path, &list), 0);
  ck_assert_uint_eq(list[0]->usable, 0);
  ck_assert_str_eq(list[0]->rule, "TR-03");
  (void)snprintf(connector, sizeof connector, "%s#testconnector", path);
  bench_worker(&b, connector);
  ck_assert_int_eq(tenon_worker_open(b.worker, &nothing, 0, NULL), 0);
  bench_wait_died(&b);
  expect_finding(&b, path, "plugin.refused", path);
  ck_assert_int_eq(unlink(path), 0);
  ck_assert_int_eq(rmdir(dir), 0);
  goes_on(&b);
}
END_TEST

/* Not a reason to end it: a resolver's thread may outlive its hook too. */
START_TEST(thread__left_behind_is_said_in_the_log)
{
  struct bench b;

  bench_init(&b, NULL);
  bench_worker(&b, TENON_TEST_BUILD "/tests/bad-plugins/thread.so#thread");
  bench_open(&b, none);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_ptr_nonnull(strstr(buf_text(&b.log), "TR-53"));
  goes_on(&b);
}
END_TEST

START_TEST(hang__that_is_cancelled_ends_at_once)
{
  struct bench b;
  int64_t began;

  bench_init(&b, NULL);
  bench_worker(&b, TENON_TEST_BUILD "/tests/bad-plugins/hang.so#hang");
  bench_open(&b, none);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  while (!bench_saw(&b, "began net.connect"))
    ck_assert_int_ge(tenon_context_run(b.ctx, 1000), 0);
  began = clock_now_ns();
  tenon_worker_cancel(b.worker);
  bench_wait_died(&b);
  ck_assert_int_lt(clock_now_ns() - began, 5 * NS_PER_S);
  ck_assert_int_eq(b.status, TENON_E_CANCELLED);
  ck_assert_uint_eq(b.findings, 0);
  goes_on(&b);
}
END_TEST

/* A worker ends with _exit, which skips the leak sanitizer: where there is one, the worker asks for its check first. */
START_TEST(leak__is_told_by_a_sanitized_worker_when_it_closes)
{
  struct bench b;

  bench_init(&b, NULL);
  bench_worker(&b, TENON_TEST_BUILD "/tests/bad-plugins/leaks.so#leaks");
  bench_open(&b, none);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_int_eq(tenon_worker_close(b.worker), 0);
  bench_wait_died(&b);
#ifdef __SANITIZE_ADDRESS__
  expect_finding(&b, "leaks", "plugin.crashed", "leaked");
  ck_assert_ptr_nonnull(strstr(buf_text(&b.log), "4321 byte"));
#else
  ck_assert_uint_eq(b.findings, 0);
#endif
  goes_on(&b);
}
END_TEST

/* ---- a host that is killed ------------------------------------------------------------------------------------- */

static bool
alive(pid_t pid)
{
  char path[64], text[256] = "";
  const char *state;
  int fd;

  (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  if (read(fd, text, sizeof text - 1) < 0)
    text[0] = '\0';
  (void)close(fd);
  state = strrchr(text, ')');
  return state && state[2] != 'Z' && state[2] != 'X';
}

/* A host of its own: a worker that hangs, then its pid on the pipe, then nothing more. */
static void
host_that_waits(int out)
{
  struct bench b;
  pid_t pid;

  bench_init(&b, NULL);
  bench_worker(&b, TENON_TEST_BUILD "/tests/bad-plugins/hang.so#hang");
  bench_open(&b, none);
  if (tenon_worker_verify(b.worker, 0, NULL) != 0)
    _exit(1);
  while (!bench_saw(&b, "began net.connect"))
    (void)tenon_context_run(b.ctx, 1000);
  pid = (pid_t)tenon_worker_pid(b.worker);
  if (write(out, &pid, sizeof pid) != sizeof pid)
    _exit(1);
  for (;;)
    (void)pause();
}

START_TEST(host__that_is_killed_leaves_no_worker_behind)
{
  int ends[2];
  pid_t host, worker = 0;
  int64_t until;

  ck_assert_int_eq(pipe(ends), 0);
  host = fork();
  ck_assert_int_ge(host, 0);
  if (host == 0)
    host_that_waits(ends[1]);
  ck_assert_int_eq(read(ends[0], &worker, sizeof worker), sizeof worker);
  ck_assert(alive(worker));
  ck_assert_int_eq(kill(host, SIGKILL), 0);
  until = clock_now_ns() + 5 * NS_PER_S;
  while (alive(worker) && clock_now_ns() < until)
    (void)usleep(10000);
  ck_assert(!alive(worker));
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("bad-plugins");
  TCase *tc = tcase_create("bad-plugins");
  SRunner *runner;
  int failed;

  tcase_set_timeout(tc, SUITE_SECONDS_MAX);
  tcase_add_loop_test(tc, bad_plugin__gives_one_finding_and_the_host_goes_on, 0,
                      (int)(sizeof misdeeds / sizeof *misdeeds));
  tcase_add_test(tc, plugin__that_anybody_may_write_is_refused);
  tcase_add_test(tc, thread__left_behind_is_said_in_the_log);
  tcase_add_test(tc, hang__that_is_cancelled_ends_at_once);
  tcase_add_test(tc, leak__is_told_by_a_sanitized_worker_when_it_closes);
  tcase_add_test(tc, host__that_is_killed_leaves_no_worker_behind);
  suite_add_tcase(suite, tc);
  runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
