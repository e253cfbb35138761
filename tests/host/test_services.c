// SPDX-License-Identifier: Apache-2.0
/* What a connector asks of the host: a person's answer, a token kept, its turn to sign in. */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "tests/host/harness.h"
#include "tests/suite.h"

static void
verify(struct bench *b, const char *script, const char *const *more)
{
  char text[256];
  const char *answers[8] = {text};

  (void)snprintf(text, sizeof text, "script=%s", script);
  for (size_t i = 0; more && more[i]; i++)
    answers[i + 1] = more[i];
  bench_init(b, NULL);
  bench_worker(b, TESTCONNECTOR);
  bench_open(b, answers);
  ck_assert_int_eq(b->status, TENON_OK);
  ck_assert_int_eq(tenon_worker_verify(b->worker, 0, NULL), 0);
}

static void
until_asked(struct bench *b)
{
  int64_t until = clock_now_ns() + BENCH_MS * NS_PER_MS;

  while (!b->ticket && clock_now_ns() < until)
    ck_assert_int_ge(tenon_context_run(b->ctx, 1000), 0);
  ck_assert_uint_ne(b->ticket, 0);
}

static char detail[256];

static void
take_detail(struct bench *b, const tenon_event *ev)
{
  (void)b;
  if (ev->kind == TENON_EVENT_CHECK && strcmp(ev->check->id, "testconnector.answer") == 0)
    (void)snprintf(detail, sizeof detail, "%s", ev->check->detail);
}

START_TEST(ask__brings_the_answer_to_the_plugin)
{
  struct bench b;

  verify(&b, "ask:test.color", NULL);
  b.hook = take_detail;
  until_asked(&b);
  ck_assert_int_eq(tenon_worker_answer(b.worker, b.ticket, (tenon_text){"blue", 4}, 0), 0);
  bench_wait(&b, 2);
  ck_assert_str_eq(detail, "blue");
  ck_assert(bench_saw(&b, "ask test.color"));
  ck_assert_int_lt(tenon_worker_answer(b.worker, b.ticket, (tenon_text){"blue", 4}, 0), 0);
  bench_finish(&b);
}
END_TEST

START_TEST(ask__for_a_secret_brings_a_handle)
{
  struct bench b;

  verify(&b, "secret:test.code", NULL);
  b.hook = take_detail;
  until_asked(&b);
  ck_assert_int_eq(tenon_worker_answer(b.worker, b.ticket, (tenon_text){"123456", 6}, 0), 0);
  bench_wait(&b, 2);
  ck_assert_str_eq(detail, "the code");
  bench_finish(&b);
}
END_TEST

START_TEST(ask__tells_a_no_from_nobody)
{
  struct bench b;
  char wanted[16];

  verify(&b, "ask:test.color", NULL);
  b.hook = take_detail;
  until_asked(&b);
  ck_assert_int_eq(tenon_worker_answer(b.worker, b.ticket, (tenon_text){0}, 1), 0);
  bench_wait(&b, 2);
  (void)snprintf(wanted, sizeof wanted, "(%d)", TENON_E_CANCELLED);
  ck_assert_str_eq(detail, wanted);
  b.ticket = 0;
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  until_asked(&b);
  ck_assert_int_eq(tenon_worker_answer(b.worker, b.ticket, (tenon_text){0}, 0), 0);
  bench_wait(&b, 3);
  (void)snprintf(wanted, sizeof wanted, "(%d)", TENON_E_NOANSWER);
  ck_assert_str_eq(detail, wanted);
  bench_finish(&b);
}
END_TEST

START_TEST(ask__stops_the_clock)
{
  static const char *const answers[] = {"script=ask:test.color", NULL};
  struct bench b;

  bench_init(&b, NULL);
  bench_worker(&b, TESTCONNECTOR);
  bench_open(&b, answers);
  host_times_of(b.ctx)->slack = 0;
  ck_assert_int_eq(tenon_worker_verify(b.worker, 800 * NS_PER_MS, NULL), 0);
  until_asked(&b);
  for (int64_t until = clock_now_ns() + 900 * NS_PER_MS; clock_now_ns() < until;)
    ck_assert_int_ge(tenon_context_run(b.ctx, 50), 0);
  ck_assert_int_eq(tenon_worker_answer(b.worker, b.ticket, (tenon_text){"red", 3}, 0), 0);
  bench_wait(&b, 2);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_uint_eq(b.findings, 0);
  bench_finish(&b);
}
END_TEST

static void
verify_visitor(struct bench *b, const char *script, int64_t deadline_ms)
{
  const char *const answers[] = {script, NULL};

  bench_init(b, NULL);
  bench_worker(b, VISITOR);
  bench_open(b, answers);
  host_times_of(b->ctx)->slack = 0;
  ck_assert_int_eq(tenon_worker_verify(b->worker, deadline_ms * NS_PER_MS, NULL), 0);
}

/* The code is good for 15 minutes, the hook for less than the person takes. */
START_TEST(ask__to_visit_a_page_stops_the_clock)
{
  struct bench b;

  verify_visitor(&b, "script=device:900", 600);
  bench_wait(&b, 2);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_msg(b.findings == 0, "%s", b.finding);
  ck_assert(bench_saw(&b, "check pass visitor.device"));
  bench_finish(&b);
}
END_TEST

START_TEST(ask__that_expires_leaves_the_screen_and_the_clock_runs_on)
{
  struct bench b;

  verify_visitor(&b, "script=ignore:200", 400);
  bench_wait(&b, 2);
  const char *gone = strstr(buf_text(&b.events), "withdrawn"),
             *late = strstr(buf_text(&b.events), "plugin.timeout");
  ck_assert_msg(gone && late && gone < late, "%s", buf_text(&b.events));
  ck_assert_int_eq(b.status, TENON_E_TIMEOUT);
  bench_finish(&b);
}
END_TEST

START_TEST(ask__that_expires_is_off_before_the_next_one_is_put)
{
  struct bench b;

  verify_visitor(&b, "script=expire:200", 20000);
  bench_wait(&b, 2);
  ck_assert_ptr_nonnull(strstr(buf_text(&b.events), "ask visitor.signin\nwithdrawn\n"));
  ck_assert(bench_saw(&b, "check pass visitor.expired"));
  ck_assert_ptr_null(strstr(buf_text(&b.events), "withdrawn\nwithdrawn"));
  bench_finish(&b);
}
END_TEST

START_TEST(ask__is_off_the_screen_when_the_call_was_cancelled)
{
  struct bench b;

  verify_visitor(&b, "script=hold", 20000);
  until_asked(&b);
  tenon_worker_cancel(b.worker);
  bench_wait(&b, 2);
  ck_assert_int_eq(b.status, TENON_E_CANCELLED);
  ck_assert(bench_saw(&b, "withdrawn"));
  bench_finish(&b);
}
END_TEST

START_TEST(ask__is_withdrawn_from_the_screen)
{
  struct bench b;

  verify(&b, "visit:test.device", NULL);
  bench_wait(&b, 2);
  ck_assert(bench_saw(&b, "ask test.device"));
  ck_assert(bench_saw(&b, "withdrawn"));
  bench_finish(&b);
}
END_TEST

START_TEST(ask__is_answered_at_once_where_the_program_answers_nothing)
{
  tenon_pair script = {"script", {"ask:test.color", 14}};
  tenon_settings s = {.size = sizeof s, .values = &script, .n_values = 1};
  struct bench b;

  bench_init(&b, NULL);
  b.hook = take_detail;
  bench_worker(&b, TESTCONNECTOR);
  ck_assert_int_eq(tenon_worker_open(b.worker, &s, 0, NULL), 0);
  bench_wait(&b, 1);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_str_eq(detail, "(nobody)");
  ck_assert(!bench_saw(&b, "ask test.color"));
  bench_finish(&b);
}
END_TEST

START_TEST(keep__lasts_as_long_as_the_context)
{
  static const char *const answers[] = {"script=kept:token", NULL};
  struct bench b;

  verify(&b, "kept:token keep:token", NULL);
  bench_wait(&b, 2);
  ck_assert(bench_saw(&b, "check warn testconnector.kept"));
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 3);
  ck_assert(bench_saw(&b, "check pass testconnector.kept"));
  tenon_worker_destroy(b.worker);
  bench_clear(&b);
  bench_worker(&b, TESTCONNECTOR);
  bench_open(&b, answers);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert(bench_saw(&b, "check pass testconnector.kept"));
  bench_finish(&b);
}
END_TEST

static void
verify_as(struct bench *b, const char *connection)
{
  tenon_pair script = {"script", {"kept:token", 10}};
  tenon_settings s = {.size = sizeof s, .values = &script, .n_values = 1, .connection = connection};

  bench_clear(b);
  bench_worker(b, TESTCONNECTOR);
  ck_assert_int_eq(tenon_worker_open(b->worker, &s, 0, NULL), 0);
  bench_wait(b, 1);
  ck_assert_int_eq(tenon_worker_verify(b->worker, 0, NULL), 0);
  bench_wait(b, 2);
}

START_TEST(keep__is_not_seen_by_another_connection)
{
  struct bench b;

  verify(&b, "keep:token", NULL);
  bench_wait(&b, 2);
  verify_as(&b, "another");
  ck_assert(bench_saw(&b, "check warn testconnector.kept"));
  verify_as(&b, NULL);
  ck_assert(bench_saw(&b, "check warn testconnector.kept"));
  verify_as(&b, "bench");
  ck_assert(bench_saw(&b, "check pass testconnector.kept"));
  bench_finish(&b);
}
END_TEST

static void
open_and_verify(struct bench *b, tenon_worker *w, const char *script, const char *stored)
{
  tenon_pair value = {"script", {script, strlen(script)}};
  tenon_pair secret = {"kept.refresh", {stored, stored ? strlen(stored) : 0}};
  tenon_settings s = {.size = sizeof s, .values = &value, .n_values = 1, .connection = "one"};

  if (stored) {
    s.secrets = &secret;
    s.n_secrets = 1;
  }
  ck_assert_int_eq(tenon_worker_open(w, &s, 0, NULL), 0);
  bench_wait(b, b->ended + 1);
}

/* Row: kept for the process, with the connection. The other worker was there before. */
START_TEST(keep__is_found_by_the_other_workers_of_the_connection)
{
  static const char before[] = "refresh-token-of-the-test-5";
  struct bench b;

  bench_init(&b, NULL);
  bench_worker(&b, VISITOR);
  tenon_worker *second = bench_second(&b, VISITOR);
  open_and_verify(&b, b.worker, "share:token rotate", before);
  open_and_verify(&b, second, "have:token rotate", before);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  bench_wait(&b, 3);
  ck_assert_str_eq(b.kept, "refresh-token-of-the-test-6");
  ck_assert_int_eq(tenon_worker_verify(second, 0, NULL), 0);
  bench_wait(&b, 4);
  ck_assert(bench_saw(&b, "check pass visitor.have"));
  ck_assert_str_eq(b.kept, "refresh-token-of-the-test-7");
  bench_finish(&b);
}
END_TEST

START_TEST(keep__has_room_for_64_kib_and_names_the_limit)
{
  struct bench b;

  verify_visitor(&b, "script=big:65536", 20000);
  bench_wait(&b, 2);
  ck_assert(bench_saw(&b, "check pass visitor.big"));
  ck_assert(bench_saw(&b, "keep big"));
  bench_finish(&b);
  verify_visitor(&b, "script=big:65537", 20000);
  bench_wait(&b, 2);
  ck_assert(bench_saw(&b, "check fail visitor.big"));
  ck_assert_ptr_nonnull(
      strstr(buf_text(&b.log), "A secret of 65537 bytes is not remembered: 65536 are the most."));
  bench_finish(&b);
}
END_TEST

START_TEST(keep__of_a_worker_without_a_connection_is_its_own)
{
  tenon_pair script = {"script", {"kept:token keep:token", 21}};
  tenon_settings s = {.size = sizeof s, .values = &script, .n_values = 1};
  struct bench b;

  bench_init(&b, NULL);
  for (int i = 0; i < 2; i++) {
    bench_clear(&b);
    bench_worker(&b, TESTCONNECTOR);
    ck_assert_int_eq(tenon_worker_open(b.worker, &s, 0, NULL), 0);
    bench_wait(&b, 1);
    ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
    bench_wait(&b, 2);
    ck_assert(bench_saw(&b, "check warn testconnector.kept"));
    ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
    bench_wait(&b, 3);
    ck_assert(bench_saw(&b, "check pass testconnector.kept"));
    tenon_worker_destroy(b.worker);
  }
  bench_finish(&b);
}
END_TEST

START_TEST(keep__with_the_connection_is_told_and_given_back)
{
  static const char *const given_back[] = {"!kept.refresh=token-of-the-test", NULL};
  struct bench b;

  verify(&b, "vault:refresh", NULL);
  bench_wait(&b, 2);
  ck_assert(bench_saw(&b, "keep refresh"));
  ck_assert_str_eq(b.kept, "token-of-the-test");
  bench_finish(&b);
  verify(&b, "kept:refresh", given_back);
  bench_wait(&b, 2);
  ck_assert(bench_saw(&b, "check pass testconnector.kept"));
  bench_finish(&b);
}
END_TEST

START_TEST(signin__lets_one_in_and_the_others_find_its_token)
{
  tenon_pair script = {"script", {"signin:tenant", 13}};
  tenon_settings s = {.size = sizeof s, .values = &script, .n_values = 1, .connection = "one"};
  tenon_worker *workers[3];
  struct bench b;
  size_t kept = 0, found = 0;

  bench_init(&b, NULL);
  for (size_t i = 0; i < 3; i++) {
    workers[i] = bench_second(&b, TESTCONNECTOR);
    ck_assert_int_eq(tenon_worker_open(workers[i], &s, 0, NULL), 0);
  }
  bench_wait(&b, 3);
  for (size_t i = 0; i < 3; i++)
    ck_assert_int_eq(tenon_worker_verify(workers[i], 0, NULL), 0);
  bench_wait(&b, 6);
  for (const char *at = buf_text(&b.events); (at = strstr(at, "check pass testconnector.")); at++) {
    kept += strncmp(at, "check pass testconnector.keep\n", 30) == 0;
    found += strncmp(at, "check pass testconnector.found\n", 31) == 0;
  }
  ck_assert_uint_eq(kept, 1);
  ck_assert_uint_eq(found, 2);
  bench_finish(&b);
}
END_TEST

START_TEST(signin__of_a_worker_that_is_gone_passes_on)
{
  tenon_pair script = {"script", {"signin:tenant", 13}};
  tenon_settings s = {.size = sizeof s, .values = &script, .n_values = 1, .connection = "one"};
  tenon_worker *first;
  struct bench b;

  bench_init(&b, NULL);
  first = bench_second(&b, TESTCONNECTOR);
  bench_worker(&b, TESTCONNECTOR);
  ck_assert_int_eq(tenon_worker_open(first, &s, 0, NULL), 0);
  ck_assert_int_eq(tenon_worker_open(b.worker, &s, 0, NULL), 0);
  bench_wait(&b, 2);
  ck_assert_int_eq(tenon_worker_verify(first, 0, NULL), 0);
  ck_assert_int_ge(tenon_context_run(b.ctx, 1000), 0);
  ck_assert_int_eq(tenon_worker_verify(b.worker, 0, NULL), 0);
  for (int i = 0; i < 4; i++)
    ck_assert_int_ge(tenon_context_run(b.ctx, 10), 0);
  tenon_worker_destroy(first);
  bench_wait(&b, 3);
  ck_assert_int_eq(b.status, TENON_OK);
  bench_finish(&b);
}
END_TEST

SUITE("services", ask__brings_the_answer_to_the_plugin, ask__for_a_secret_brings_a_handle,
      ask__tells_a_no_from_nobody, ask__stops_the_clock, ask__to_visit_a_page_stops_the_clock,
      ask__that_expires_leaves_the_screen_and_the_clock_runs_on,
      ask__that_expires_is_off_before_the_next_one_is_put,
      ask__is_off_the_screen_when_the_call_was_cancelled, ask__is_withdrawn_from_the_screen,
      ask__is_answered_at_once_where_the_program_answers_nothing,
      keep__lasts_as_long_as_the_context, keep__is_not_seen_by_another_connection,
      keep__is_found_by_the_other_workers_of_the_connection,
      keep__has_room_for_64_kib_and_names_the_limit,
      keep__of_a_worker_without_a_connection_is_its_own,
      keep__with_the_connection_is_told_and_given_back,
      signin__lets_one_in_and_the_others_find_its_token, signin__of_a_worker_that_is_gone_passes_on)
