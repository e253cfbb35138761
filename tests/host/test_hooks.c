// SPDX-License-Identifier: Apache-2.0
/* The hooks of a well-behaved connector, through the host, and what the program is told of them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/host/harness.h"
#include "tests/suite.h"

static const char *const good[] = {"server=mail.contoso.example", "auth=basic", "!password=right",
                                   NULL};

static void
start(struct bench *b, const char *const *answers)
{
  bench_init(b, NULL);
  bench_worker(b, TESTCONNECTOR);
  bench_open(b, answers);
  ck_assert_msg(b->status == TENON_OK, "open: %d\n%s\n%s", b->status, buf_text(&b->events),
                buf_text(&b->log));
}

static void
expect_events(const struct bench *b, const char *wanted)
{
  ck_assert_str_eq(buf_text(&b->events), wanted);
}

START_TEST(worker__says_what_the_connector_is_before_anything_else)
{
  struct bench b;

  start(&b, good);
  expect_events(&b, "ready testconnector\nended ok\n");
  ck_assert_str_eq(tenon_worker_connector(b.worker), "testconnector");
  if (bench_in_process())
    ck_assert_int_eq(tenon_worker_pid(b.worker), 0);
  else
    ck_assert_int_gt(tenon_worker_pid(b.worker), 1);
  bench_finish(&b);
}
END_TEST

START_TEST(worker__is_found_by_the_id_of_its_connector)
{
  struct bench b;

  bench_init(&b, NULL);
  bench_worker(&b, "testconnector");
  bench_open(&b, good);
  ck_assert_int_eq(b.status, TENON_OK);
  bench_finish(&b);
}
END_TEST

START_TEST(worker__of_an_unknown_connector_is_refused_with_the_directories)
{
  struct bench b;
  tenon_worker *w = NULL;

  bench_init(&b, NULL);
  ck_assert_int_eq(tenon_worker_create(b.ctx, "nobody", NULL, NULL, &w), -ENOENT);
  ck_assert_ptr_nonnull(strstr(tenon_context_error(b.ctx), "tests/host"));
  bench_finish(&b);
}
END_TEST

START_TEST(open__names_the_field_when_an_answer_is_wrong)
{
  static const char *const wrong[] = {"server=wrong", NULL};
  struct bench b;

  bench_init(&b, NULL);
  bench_worker(&b, TESTCONNECTOR);
  bench_open(&b, wrong);
  expect_events(&b, "ready testconnector\ncheck fail testconnector.server\nended config\n");
  bench_finish(&b);
}
END_TEST

START_TEST(verify__tells_each_check_as_it_begins_and_ends)
{
  struct bench b;

  start(&b, good);
  bench_clear(&b);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 1);
  expect_events(&b, "began net.connect\ncheck pass net.connect\nbegan auth.basic\ncheck pass "
                    "auth.basic\nended ok\n");
  bench_finish(&b);
}
END_TEST

static void
keep_json(struct bench *b, const tenon_event *ev)
{
  if (ev->kind == TENON_EVENT_CHECK && ev->check->state == TENON_FAIL)
    (void)snprintf(b->finding, sizeof b->finding, "%.*s", (int)ev->json_len, ev->json);
}

START_TEST(verify__hands_the_check_on_as_json_too)
{
  static const char *const wrong[] = {"!password=guessed", NULL};
  struct bench b;

  start(&b, wrong);
  b.hook = keep_json;
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_ptr_nonnull(
      strstr(b.finding, "{\"id\":\"auth.basic\",\"title\":\"Sign-in\",\"state\":\"fail\""));
  ck_assert_ptr_nonnull(strstr(b.finding, "\"field\":\"password\""));
  ck_assert_ptr_nonnull(strstr(b.finding, "\"cause\":\"auth\""));
  ck_assert_int_eq(b.status, TENON_OK);
  bench_finish(&b);
}
END_TEST

START_TEST(verify__gives_the_status_of_a_hook_that_could_not_run)
{
  static const char *const answers[] = {"script=network pass:never.reached", NULL};
  struct bench b;

  start(&b, answers);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_int_eq(b.status, TENON_E_NETWORK);
  ck_assert(!bench_saw(&b, "check pass never.reached"));
  bench_finish(&b);
}
END_TEST

START_TEST(verify__can_be_cancelled_and_run_again)
{
  static const char *const answers[] = {"script=slow", NULL};
  struct bench b;

  start(&b, answers);
  for (unsigned i = 2; i < 4; i++) {
    ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
    ck_assert_int_ge(tenon_context_run(b.ctx, 1000), 0);
    tenon_worker_cancel(b.worker);
    bench_wait(&b, i);
    ck_assert_int_eq(b.status, TENON_E_CANCELLED);
  }
  ck_assert_uint_eq(b.died, 0);
  bench_finish(&b);
}
END_TEST

START_TEST(verify__that_stops_at_its_deadline_leaves_the_worker_alive)
{
  static const char *const answers[] = {"script=slow", NULL};
  struct bench b;

  start(&b, answers);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 100000000, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_int_eq(b.status, TENON_E_TIMEOUT);
  ck_assert_uint_eq(b.findings, 1);
  ck_assert_ptr_nonnull(strstr(b.finding, "testconnector"));
  ck_assert_uint_eq(b.died, 0);
  bench_finish(&b);
}
END_TEST

START_TEST(suggest__patches_and_offers)
{
  struct bench b;

  start(&b, good);
  bench_clear(&b);
  ck_assert_int_eq(tenon_worker_suggest(b.worker, "server", 0, NULL), 0);
  bench_wait(&b, 1);
  expect_events(
      &b, "patch mailbox=anna@contoso.example\npatch script=(unset)\noffer anna@contoso.example\n"
          "offer ben@contoso.example\noffer carla@contoso.example\nended ok\n");
  bench_finish(&b);
}
END_TEST

START_TEST(browse__offers_what_begins_with_the_typed)
{
  struct bench b;

  start(&b, good);
  bench_clear(&b);
  ck_assert_int_eq(tenon_worker_browse(b.worker, "mailbox", "be", NULL), 0);
  bench_wait(&b, 1);
  expect_events(&b, "offer ben@contoso.example\nended ok\n");
  bench_finish(&b);
}
END_TEST

START_TEST(configure__plans_applies_and_takes_back)
{
  static const tenon_step assign = {
      .size = sizeof assign, .id = "role.assign", .title = "T", .body = "B"};
  const tenon_step *const list[] = {&assign, NULL};
  struct bench b;

  start(&b, good);
  bench_clear(&b);
  ck_assert_int_eq(tenon_worker_configure(b.worker, TENON_APPLY, list, 0, NULL), 0);
  bench_wait(&b, 1);
  ck_assert(bench_saw(&b, "check pass role.assign"));
  ck_assert_int_eq(tenon_worker_configure(b.worker, TENON_PLAN, NULL, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert(bench_saw(&b, "step role.create missing"));
  ck_assert(bench_saw(&b, "step role.assign done"));
  ck_assert_int_eq(tenon_worker_configure(b.worker, TENON_UNDO, list, 0, NULL), 0);
  bench_wait(&b, 3);
  bench_clear(&b);
  ck_assert_int_eq(tenon_worker_configure(b.worker, TENON_PLAN, NULL, 0, NULL), 0);
  bench_wait(&b, 1);
  ck_assert(bench_saw(&b, "step role.assign missing"));
  bench_finish(&b);
}
END_TEST

START_TEST(close__ends_the_worker_without_a_finding)
{
  struct bench b;

  start(&b, good);
  bench_clear(&b);
  ck_assert_int_eq(tenon_worker_close(b.worker), 0);
  bench_wait_died(&b);
  expect_events(&b, "died\n");
  bench_finish(&b);
}
END_TEST

START_TEST(log__holds_the_lines_of_the_plugin_without_its_secrets)
{
  static const char *const answers[] = {
      "script=log:right-in-the-middle-of-the-log log:opensesame print", "!password=opensesame",
      NULL};
  struct bench b;

  start(&b, answers);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_ptr_nonnull(
      strstr(buf_text(&b.log), "info testconnector right-in-the-middle-of-the-log\n"));
  ck_assert_ptr_nonnull(strstr(buf_text(&b.log), "info testconnector ***\n"));
  ck_assert_ptr_null(strstr(buf_text(&b.log), "opensesame"));
  bench_finish(&b);
}
END_TEST

START_TEST(output__of_the_plugin_becomes_log_lines_without_its_secrets)
{
  static const char *const answers[] = {"script=print print:my-opensesame", "!password=opensesame",
                                        NULL};
  struct bench b;

  if (bench_in_process())
    return; /* there stdout is the program's own */
  start(&b, answers);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_int_eq(tenon_worker_close(b.worker), 0);
  bench_wait_died(&b);
  ck_assert_ptr_nonnull(strstr(buf_text(&b.log), "info testconnector a line on stdout\n"));
  ck_assert_ptr_nonnull(strstr(buf_text(&b.log), "info testconnector my-***\n"));
  bench_finish(&b);
}
END_TEST

START_TEST(scan__lists_the_connector_from_its_note)
{
  const tenon_plugin_info *const *list = NULL;
  struct bench b;

  bench_init(&b, NULL);
  ck_assert_int_eq(tenon_context_scan(b.ctx, &list), 0);
  while (*list && (!(*list)->id || strcmp((*list)->id, "testconnector") != 0))
    list++;
  ck_assert_ptr_nonnull(*list);
  ck_assert_uint_eq((*list)->usable, 1);
  ck_assert_str_eq((*list)->family, "test/1");
  ck_assert_str_eq((*list)->needs, "net");
  ck_assert_int_eq(tenon_context_inspect(b.ctx, "/etc/passwd", &list), 0);
  ck_assert_ptr_nonnull(list[0]);
  ck_assert_uint_eq(list[0]->usable, 0);
  ck_assert_ptr_nonnull(list[0]->rule);
  ck_assert_ptr_nonnull(list[0]->remedy);
  bench_finish(&b);
}
END_TEST

SUITE("hooks", worker__says_what_the_connector_is_before_anything_else,
      worker__is_found_by_the_id_of_its_connector,
      worker__of_an_unknown_connector_is_refused_with_the_directories,
      open__names_the_field_when_an_answer_is_wrong, verify__tells_each_check_as_it_begins_and_ends,
      verify__hands_the_check_on_as_json_too, verify__gives_the_status_of_a_hook_that_could_not_run,
      verify__can_be_cancelled_and_run_again,
      verify__that_stops_at_its_deadline_leaves_the_worker_alive, suggest__patches_and_offers,
      browse__offers_what_begins_with_the_typed, configure__plans_applies_and_takes_back,
      close__ends_the_worker_without_a_finding,
      log__holds_the_lines_of_the_plugin_without_its_secrets,
      output__of_the_plugin_becomes_log_lines_without_its_secrets,
      scan__lists_the_connector_from_its_note)
