// SPDX-License-Identifier: Apache-2.0
/* What the host does when a worker breaks the rules of the wire, by a worker that does nothing else. Each time: one
 * finding that names the plugin, the end of the call, the end of the worker, and a host that goes on. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/host/harness.h"
#include "tests/suite.h"

#include "core/base/clock.h"

#define FAKE TENON_TEST_BUILD "/tests/host/fake"

static void
start(struct bench *b, const char *id)
{
  char connector[256];

  bench_init(b, FAKE);
  (void)snprintf(connector, sizeof connector, "/bin/true#%s", id);
  bench_worker(b, connector);
}

/* The host is as good as new: another worker verifies. */
static void
goes_on(struct bench *b)
{
  tenon_worker_destroy(b->worker);
  bench_clear(b);
  bench_worker(b, "/bin/true#good");
  ck_assert_int_eq(tenon_worker_verify(b->worker, 0, NULL), 0);
  bench_wait(b, 1);
  ck_assert_int_eq(b->status, TENON_OK);
  ck_assert_uint_eq(b->checks, 1);
  tenon_worker_destroy(b->worker);
  bench_finish(b);
}

static void
expect_finding(struct bench *b, const char *id, const char *words)
{
  ck_assert_msg(b->findings == 1, "%u findings; events:\n%s", b->findings, buf_text(&b->events));
  ck_assert_msg(strncmp(b->finding, id, strlen(id)) == 0, "%s", b->finding);
  ck_assert_msg(strstr(b->finding, words) != NULL, "no \"%s\" in: %s", words, b->finding);
  ck_assert_msg(strstr(b->finding, " | ") && strstr(b->finding, " | ")[3], "no remedy: %s",
                b->finding);
  ck_assert_uint_eq(b->died, 1);
}

static void
verify_breaks(const char *fake, const char *id, const char *words, tenon_status status)
{
  struct bench b;

  (void)setenv("https_proxy", "http://svc:a-password@127.0.0.1:9", 1);
  start(&b, fake);
  b.quiet = true;
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait_died(&b);
  expect_finding(&b, id, words);
  ck_assert_msg(strstr(b.finding, fake) != NULL, "the plugin is not named: %s", b.finding);
  ck_assert_uint_eq(b.ended, 1);
  ck_assert_int_eq(b.status, status);
  goes_on(&b);
}

static const struct broken {
  const char *fake, *words;
} broken[] = {
    {"garbage", "no message"},
    {"trailing", "no message"},
    {"deep", "no message"},
    {"toolong", "more than 1048576 bytes"},
    {"unknowncall", "which does not run"},
    {"nocall", "without the number"},
    {"noremedy", "TR-42"},
    {"manychecks", "more than 10000 checks"},
    {"flood", "flooded its standard output"},
    {"logs", "flooded the log"},
    {"eof", "closed its connection"},
    {"unknowns", "flooded the log"},
    {"heavy", "bytes of results in one call"},
    {"signins", "asked twice for the sign-in lock"},
    {"gatecrasher", "came to the gate without a new number"},
    {"gateless", "came to the gate without an account"},
    {"gatecrowd", "waits at the gate with more than 512 accounts"},
    {"gateleft", "left the gate without its number or its result"},
    {"patchfile", "patched the name of the file 'f'"},
    {"patchsecret", "patched the secret 'f'"},
    {"patchnothing", "patched what is no field: 'f'"},
    {"terminal", "control characters in \"began\""},
};

START_TEST(host__stops_a_worker_that_breaks_the_rules_of_the_wire)
{
  verify_breaks(broken[_i].fake, "plugin.protocol", broken[_i].words, TENON_E_PROTOCOL);
}
END_TEST

START_TEST(host__refuses_a_check_after_the_hook_has_returned)
{
  struct bench b;

  start(&b, "afterended");
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait_died(&b);
  expect_finding(&b, "plugin.protocol", "after its hook had returned");
  ck_assert_uint_eq(b.ended, 1);
  goes_on(&b);
}
END_TEST

START_TEST(host__refuses_a_second_ready)
{
  struct bench b;

  start(&b, "twice");
  bench_wait_died(&b);
  expect_finding(&b, "plugin.protocol", "\"ready\" twice");
  goes_on(&b);
}
END_TEST

static const struct broken lying[] = {
    {"pattern", "too costly"},
    {"nochoice", "choice without choices"},
    {"escape", "control characters in \"ready\""},
};

START_TEST(host__refuses_a_connector_that_no_descriptor_could_be)
{
  struct bench b;

  start(&b, lying[_i].fake);
  bench_wait_died(&b);
  expect_finding(&b, "plugin.protocol", lying[_i].words);
  goes_on(&b);
}
END_TEST

START_TEST(host__is_not_held_by_what_a_dead_worker_left_running)
{
  verify_breaks("heir", "plugin.crashed", "status 3", TENON_E_CRASHED);
}
END_TEST

START_TEST(host__refuses_a_check_before_ready)
{
  struct bench b;

  start(&b, "early-check");
  bench_wait_died(&b);
  expect_finding(&b, "plugin.protocol", "before \"ready\"");
  goes_on(&b);
}
END_TEST

START_TEST(host__skips_a_message_of_an_unknown_type)
{
  struct bench b;

  start(&b, "unknowntype");
  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
    bench_wait(&b, (unsigned)i + 1);
  }
  ck_assert_uint_eq(b.findings, 0);
  ck_assert_uint_eq(b.died, 0);
  goes_on(&b);
}
END_TEST

START_TEST(host__names_the_signal_of_a_crash)
{
  verify_breaks("segv", "plugin.crashed", "SIGSEGV", TENON_E_CRASHED);
}
END_TEST

START_TEST(host__names_the_status_of_a_plugin_that_exits)
{
  verify_breaks("exit3", "plugin.crashed", "ended itself with status 3", TENON_E_CRASHED);
}
END_TEST

START_TEST(host__kills_a_worker_that_ignores_its_deadline)
{
  struct bench b;
  struct host_times *t;

  start(&b, "hang");
  t = host_times_of(b.ctx);
  t->slack = 0;
  t->soft = t->term = 50 * NS_PER_MS;
  ck_assert_int_eq(tenon_worker_verify(b.worker, 50 * NS_PER_MS, NULL), 0);
  bench_wait_died(&b);
  expect_finding(&b, "plugin.timeout", "hang");
  ck_assert_int_eq(b.status, TENON_E_TIMEOUT);
  goes_on(&b);
}
END_TEST

START_TEST(host__lets_a_worker_live_that_stops_at_its_deadline)
{
  struct bench b;

  start(&b, "stubborn");
  host_times_of(b.ctx)->slack = 0;
  ck_assert_int_eq(tenon_worker_verify(b.worker, 50 * NS_PER_MS, NULL), 0);
  bench_wait(&b, 1);
  ck_assert_int_eq(b.status, TENON_E_TIMEOUT);
  ck_assert_uint_eq(b.findings, 1);
  ck_assert_uint_eq(b.died, 0);
  ck_assert_int_eq(tenon_worker_close(b.worker), 0);
  bench_wait_died(&b);
  goes_on(&b);
}
END_TEST

START_TEST(cancel__ends_the_call_and_not_the_worker)
{
  struct bench b;

  start(&b, "stubborn");
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  ck_assert_int_ge(tenon_context_run(b.ctx, 20), 0);
  tenon_worker_cancel(b.worker);
  bench_wait(&b, 1);
  ck_assert_int_eq(b.status, TENON_E_CANCELLED);
  ck_assert_uint_eq(b.died, 0);
  goes_on(&b);
}
END_TEST

START_TEST(cancel__kills_a_worker_that_ignores_it)
{
  struct bench b;

  start(&b, "hang");
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  while (!bench_saw(&b, "ready hang"))
    ck_assert_int_ge(tenon_context_run(b.ctx, 1000), 0);
  tenon_worker_cancel(b.worker);
  bench_wait_died(&b);
  ck_assert_int_eq(b.status, TENON_E_CANCELLED);
  ck_assert_uint_eq(b.ended, 1);
  ck_assert_uint_eq(b.findings, 0);
  goes_on(&b);
}
END_TEST

START_TEST(load__has_a_deadline)
{
  struct bench b;

  bench_init(&b, FAKE);
  host_times_of(b.ctx)->load = 100 * NS_PER_MS;
  bench_worker(&b, "/bin/true#silent");
  bench_wait_died(&b);
  expect_finding(&b, "plugin.timeout", "while it was loaded");
  host_times_of(b.ctx)->load = HOST_LOAD_NS;
  goes_on(&b);
}
END_TEST

START_TEST(load__does_not_count_against_the_first_call)
{
  struct bench b;

  start(&b, "slowload");
  host_times_of(b.ctx)->slack = 0;
  ck_assert_int_eq(tenon_worker_verify(b.worker, 600 * NS_PER_MS, NULL), 0);
  bench_wait(&b, 1);
  ck_assert_int_eq(b.status, TENON_OK);
  goes_on(&b);
}
END_TEST

START_TEST(browse__ends_well_when_there_are_too_many_offers)
{
  struct bench b;

  start(&b, "offers");
  b.quiet = true;
  ck_assert_int_eq(tenon_worker_browse(b.worker, "mailbox", "", NULL), 0);
  bench_wait(&b, 1);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_uint_eq(b.offers, 10000);
  ck_assert_uint_eq(b.died, 0);
  ck_assert_ptr_nonnull(strstr(buf_text(&b.log), "only the first 10000 offers"));
  goes_on(&b);
}
END_TEST

START_TEST(browse__that_never_stops_offering_is_killed)
{
  struct bench b;
  struct host_times *t;

  start(&b, "endless");
  b.quiet = true;
  t = host_times_of(b.ctx);
  t->soft = t->term = 50 * NS_PER_MS;
  ck_assert_int_eq(tenon_worker_browse(b.worker, "mailbox", "", NULL), 0);
  bench_wait_died(&b);
  expect_finding(&b, "plugin.timeout", "its results are enough");
  ck_assert_uint_eq(b.offers, 10000);
  goes_on(&b);
}
END_TEST

START_TEST(browse__without_progress_is_ended)
{
  struct bench b;

  start(&b, "silentbrowse");
  host_times_of(b.ctx)->progress = 50 * NS_PER_MS;
  ck_assert_int_eq(tenon_worker_browse(b.worker, "mailbox", "", NULL), 0);
  bench_wait(&b, 1);
  ck_assert_ptr_nonnull(strstr(b.finding, "had no result for"));
  ck_assert_int_eq(b.status, TENON_E_TIMEOUT);
  ck_assert_uint_eq(b.findings, 1);
  goes_on(&b);
}
END_TEST

/* ---- subjects -------------------------------------------------------------------------------------------------- */

static int32_t
three(void *user, tenon_text *ret)
{
  static const char *const names[] = {"ann", "bob", "cid"};
  unsigned *n = user;

  if (*n == 3)
    return TENON_NEXT_END;
  *ret = (tenon_text){names[*n], 3};
  ++*n;
  return TENON_NEXT_SUBJECT;
}

static void
impersonate(struct bench *b, const char *fake)
{
  static unsigned n;

  n = 0;
  start(b, fake);
  ck_assert_int_eq(tenon_worker_impersonate(b->worker, 4, three, &n, NULL), 0);
  bench_wait(b, 1);
}

START_TEST(impersonate__accounts_for_each_subject_when_the_worker_breaks_the_rules)
{
  struct bench b;

  impersonate(&b, "nobody");
  bench_wait_died(&b);
  expect_finding(&b, "plugin.protocol", "TR-44");
  ck_assert_uint_eq(b.with_subject, 3);
  ck_assert(bench_saw(&b, "check fail plugin.protocol bob"));
  goes_on(&b);
}
END_TEST

START_TEST(impersonate__that_leaves_subjects_open_breaks_a_rule)
{
  struct bench b;

  impersonate(&b, "lazy");
  bench_wait_died(&b);
  expect_finding(&b, "plugin.protocol", "TR-47");
  ck_assert_uint_eq(b.with_subject, 3);
  goes_on(&b);
}
END_TEST

START_TEST(impersonate__that_gives_up_says_so_of_each_subject)
{
  struct bench b;

  impersonate(&b, "early");
  ck_assert_int_eq(b.status, TENON_E_AUTH);
  ck_assert_uint_eq(b.findings, 0);
  ck_assert_uint_eq(b.died, 0);
  ck_assert(bench_saw(&b, "check fail subject.untested cid"));
  goes_on(&b);
}
END_TEST

/* As a program does whose reader is gone: it cancels when it is told of a subject. */
static void
cancel_at_finding(struct bench *b, const tenon_event *e)
{
  if (e->kind == TENON_EVENT_CHECK)
    tenon_worker_cancel(b->worker);
}

START_TEST(cancel__from_the_last_events_of_a_call_does_not_end_the_worker)
{
  struct bench b;
  unsigned n = 0;

  start(&b, "early");
  b.hook = cancel_at_finding;
  ck_assert_int_eq(tenon_worker_impersonate(b.worker, 2, three, &n, NULL), 0);
  bench_wait(&b, 1);
  b.hook = NULL;
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_uint_eq(b.died, 0);
  goes_on(&b);
}
END_TEST

START_TEST(calls__are_refused_while_one_runs_and_when_the_worker_is_gone)
{
  struct bench b;

  start(&b, "stubborn");
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), -EBUSY);
  ck_assert_ptr_nonnull(strstr(tenon_context_error(b.ctx), "verify"));
  tenon_worker_cancel(b.worker);
  bench_wait(&b, 1);
  ck_assert_int_eq(tenon_worker_suggest(b.worker, "p", 0, NULL), -ENOTSUP);
  ck_assert_int_eq(tenon_worker_close(b.worker), 0);
  bench_wait_died(&b);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), -EPIPE);
  goes_on(&b);
}
END_TEST

static void
destroy_on_check(struct bench *b, const tenon_event *ev)
{
  if (ev->kind != TENON_EVENT_CHECK)
    return;
  b->hook = NULL;
  tenon_worker_destroy(b->worker);
  b->worker = NULL;
}

START_TEST(worker__may_be_destroyed_from_its_own_event)
{
  struct bench b;

  start(&b, "good");
  b.hook = destroy_on_check;
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  while (b.worker)
    ck_assert_int_ge(tenon_context_run(b.ctx, 1000), 0);
  ck_assert_uint_eq(b.ended, 0);
  goes_on(&b);
}
END_TEST

static void
verify_again(struct bench *b, const tenon_event *ev)
{
  if (ev->kind == TENON_EVENT_ENDED && b->ended < 3)
    ck_assert_int_eq(tenon_worker_verify(b->worker, 0, NULL), 0);
}

START_TEST(call__may_be_started_from_the_end_of_another)
{
  struct bench b;

  start(&b, "good");
  b.hook = verify_again;
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 3);
  ck_assert_uint_eq(b.checks, 3);
  b.hook = NULL;
  goes_on(&b);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("protocol");
  TCase *tc = tcase_create("protocol");
  SRunner *runner;
  int failed;

  tcase_set_timeout(tc, SUITE_SECONDS_MAX);
  tcase_add_loop_test(tc, host__stops_a_worker_that_breaks_the_rules_of_the_wire, 0,
                      (int)(sizeof broken / sizeof *broken));
  tcase_add_loop_test(tc, host__refuses_a_connector_that_no_descriptor_could_be, 0,
                      (int)(sizeof lying / sizeof *lying));
  const TTest *const tests[] = {
      host__is_not_held_by_what_a_dead_worker_left_running,
      cancel__from_the_last_events_of_a_call_does_not_end_the_worker,
      host__refuses_a_check_after_the_hook_has_returned,
      host__refuses_a_second_ready,
      host__refuses_a_check_before_ready,
      host__skips_a_message_of_an_unknown_type,
      host__names_the_signal_of_a_crash,
      host__names_the_status_of_a_plugin_that_exits,
      host__kills_a_worker_that_ignores_its_deadline,
      host__lets_a_worker_live_that_stops_at_its_deadline,
      cancel__ends_the_call_and_not_the_worker,
      cancel__kills_a_worker_that_ignores_it,
      load__has_a_deadline,
      load__does_not_count_against_the_first_call,
      browse__ends_well_when_there_are_too_many_offers,
      browse__that_never_stops_offering_is_killed,
      browse__without_progress_is_ended,
      impersonate__accounts_for_each_subject_when_the_worker_breaks_the_rules,
      impersonate__that_leaves_subjects_open_breaks_a_rule,
      impersonate__that_gives_up_says_so_of_each_subject,
      calls__are_refused_while_one_runs_and_when_the_worker_is_gone,
      worker__may_be_destroyed_from_its_own_event,
      call__may_be_started_from_the_end_of_another,
  };
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
    tcase_add_test(tc, tests[i]);
  suite_add_tcase(suite, tc);
  runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
