// SPDX-License-Identifier: Apache-2.0
//
// A Graph that is busy, forgets parts, loses tokens, or is not there: what is asked again, when, and when not any more.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

#define SECOND INT64_C(1000000000)

static void
run(size_t n)
{
  fake.n_subjects = n;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->impersonate(session, &fake.call, &fake.source, &fake.sink),
                   TENON_OK);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}

static size_t
closed(const char *verdict)
{
  size_t n = 0;
  for (size_t i = 0; i < fake.n_checks && i < FAKE_CHECKS_MAX; i++)
    n += fake.checks[i].subject[0] != 0 && strcmp(fake.checks[i].verdict, verdict) == 0;
  return n;
}

static unsigned busy_left;
static int busy_code;
static const char *busy_after, *busy_name;

static void
busy_parts(const char *path, struct fake_answer *a)
{
  fake_all_well(path, a);
  if (busy_left == 0 || !fake_path_has(path, "/mailFolders"))
    return;
  busy_left--;
  fake_error(a, busy_code, busy_name);
  if (busy_after != NULL) {
    a->header = "retry-after";
    a->value = busy_after;
  }
}

static void
be_busy(unsigned times, int code, const char *name, const char *after)
{
  busy_left = times;
  busy_code = code;
  busy_name = name;
  busy_after = after;
  fake_init(fake_as_app, busy_parts);
}

START_TEST(impersonate__asks_a_busy_part_again_and_no_other)
{
  be_busy(1, 429, "TooManyRequests", "0.249");
  fake.busy_ns = 400 * SECOND;
  run(4);
  ck_assert_uint_eq(closed(TENON_VERDICT_OK), 4);
  ck_assert_uint_eq(fake.parts, 13); // one of twelve once more
}
END_TEST

START_TEST(impersonate__gives_up_on_a_part_that_stays_busy)
{
  be_busy(1000, 429, "ApplicationThrottled", "2.128");
  fake.busy_ns = 400 * SECOND;
  fake.source.jobs = 1;
  run(1);
  ck_assert_uint_eq(closed(TENON_VERDICT_THROTTLED), 1);
  ck_assert_uint_eq(fake.batches, 3);
  ck_assert_int_eq(fake.checks[fake.n_checks - 1].retry_ns, 3 * SECOND);
}
END_TEST

START_TEST(impersonate__tells_the_host_of_a_long_pause_once)
{
  be_busy(4, 503, "serviceNotAvailable", "120");
  fake.busy_ns = 30 * SECOND;
  run(4);
  size_t told = 0;
  for (size_t i = 0; i < fake.n_checks; i++)
    told += strcmp(fake.checks[i].id, TENON_CHECK_THROTTLE_BUDGET) == 0;
  ck_assert_uint_ge(told, 1);
  ck_assert_uint_le(told, 2);
  ck_assert_uint_eq(closed(TENON_VERDICT_OK), 4);
}
END_TEST

START_TEST(impersonate__waits_out_a_batch_that_is_turned_away)
{
  static const int codes[] = {429, 503, 504, 509};
  fake_init(fake_as_app, fake_all_well);
  fake.outer_code = codes[_i];
  fake.outer_times = 2;
  fake.outer_after = "2";
  fake.busy_ns = 400 * SECOND;
  run(8);
  ck_assert_uint_eq(closed(TENON_VERDICT_OK), 8);
}
END_TEST

START_TEST(impersonate__gives_up_on_batches_that_are_turned_away)
{
  fake_init(fake_as_app, fake_all_well);
  fake.outer_code = 503;
  fake.outer_times = 1000;
  fake.outer_after = "1";
  fake.busy_ns = 400 * SECOND;
  run(4);
  ck_assert_uint_eq(closed(TENON_VERDICT_THROTTLED), 4);
  ck_assert_uint_eq(fake.requests, 3);
}
END_TEST

START_TEST(impersonate__asks_again_for_what_was_left_out)
{
  fake_init(fake_as_app, fake_all_well);
  fake.batch = FAKE_BATCH_HALF;
  run(4);
  ck_assert_uint_eq(closed(TENON_VERDICT_OK), 4);
  ck_assert_uint_gt(fake.parts, 12);
}
END_TEST

START_TEST(impersonate__says_that_a_part_never_came)
{
  fake_init(fake_as_app, fake_all_well);
  fake.batch = FAKE_BATCH_SHORT;
  fake.source.jobs = 1;
  run(1);
  ck_assert_uint_eq(fake.n_checks, 1);
  ck_assert_str_eq(fake.checks[0].verdict, TENON_VERDICT_ERROR);
  ck_assert_str_eq(fake.checks[0].symptom, "graph-part-missing");
  ck_assert_uint_eq(fake.batches, 3);
}
END_TEST

START_TEST(impersonate__takes_the_first_of_two_answers)
{
  fake_init(fake_as_app, fake_all_well);
  fake.batch = FAKE_BATCH_TWICE;
  run(8);
  ck_assert_uint_eq(closed(TENON_VERDICT_OK), 8);
  ck_assert_uint_eq(fake.batches, 2);
}
END_TEST

START_TEST(impersonate__does_not_believe_half_an_answer)
{
  fake_init(fake_as_app, fake_all_well);
  fake.batch = FAKE_BATCH_CUT;
  run(4);
  ck_assert_uint_eq(fake.n_checks, 4);
  ck_assert_uint_eq(closed(TENON_VERDICT_ERROR), 4);
  ck_assert_str_eq(fake.checks[0].symptom, "graph-unreadable");
}
END_TEST

START_TEST(impersonate__gets_a_new_token_in_the_middle_of_a_run)
{
  fake_init(fake_as_app, fake_all_well);
  fake.refused_below = 2;
  run(20);
  ck_assert_uint_eq(closed(TENON_VERDICT_OK), 20);
  ck_assert_uint_eq(fake.tokens, 2);
}
END_TEST

START_TEST(impersonate__does_not_ask_for_tokens_without_end)
{
  fake_init(fake_as_app, fake_all_well);
  fake.always_401 = true;
  run(20);
  ck_assert_uint_eq(fake.n_checks, 20);
  ck_assert_uint_eq(closed(TENON_VERDICT_ERROR), 20);
  ck_assert_str_eq(fake.checks[0].symptom, "graph-token-refused");
  ck_assert_uint_eq(fake.tokens, 2);
}
END_TEST

START_TEST(impersonate__waits_for_a_login_host_that_is_busy)
{
  fake_init(fake_as_app, fake_all_well);
  fake.token_busy = 1;
  fake.busy_ns = 30 * SECOND;
  run(4);
  ck_assert_uint_eq(closed(TENON_VERDICT_OK), 4);
  ck_assert_uint_eq(fake.tokens, 2);
}
END_TEST

START_TEST(impersonate__gives_up_on_a_login_host_that_stays_busy)
{
  fake_init(fake_as_app, fake_all_well);
  fake.token_busy = 1000;
  fake.busy_ns = 30 * SECOND;
  run(40);
  ck_assert_uint_eq(fake.failed, 40);
  ck_assert_int_eq(fake_check_of_subject("user39@contoso.example")->cause, TENON_E_TRANSIENT);
  ck_assert_uint_le(fake.tokens, 3);
  ck_assert_uint_eq(fake.requests, 0);
}
END_TEST

static void
one_refuses_tokens(const char *path, struct fake_answer *a)
{
  char user[400];
  fake_all_well(path, a);
  fake_user_of(path, user, sizeof user);
  if (strcmp(user, "user3@contoso.example") == 0)
    fake_error(a, 401, "InvalidAuthenticationToken");
}

START_TEST(impersonate__lets_one_part_refuse_the_token_for_itself_alone)
{
  fake_init(fake_as_app, one_refuses_tokens);
  run(100);
  ck_assert_uint_eq(closed(TENON_VERDICT_OK), 99);
  ck_assert_str_eq(fake_check_of_subject("user3@contoso.example")->symptom, "graph-token-refused");
  ck_assert_uint_le(fake.tokens, 3);
}
END_TEST

START_TEST(impersonate__does_not_ask_a_graph_that_is_not_there_for_all)
{
  fake_init(fake_as_app, fake_all_well);
  fake.fault = TENON_HTTP_FAULT_REFUSED;
  run(100);
  ck_assert_uint_eq(fake.n_checks, 100);
  ck_assert_uint_eq(fake.failed, 100);
  ck_assert_uint_lt(fake.requests, 20);
  const struct fake_check *last = fake_check_of_subject("user99@contoso.example");
  ck_assert_int_eq(last->cause, TENON_E_NETWORK);
  ck_assert_ptr_nonnull(strstr(last->title, "Not asked"));
  ck_assert_ptr_nonnull(strstr(last->detail, "Nothing was sent for this mailbox"));
}
END_TEST

TCase *
busy_cases(void)
{
  TCase *cases = tcase_create("busy");
  tcase_set_timeout(cases, 60);
  tcase_add_test(cases, impersonate__asks_a_busy_part_again_and_no_other);
  tcase_add_test(cases, impersonate__gives_up_on_a_part_that_stays_busy);
  tcase_add_test(cases, impersonate__tells_the_host_of_a_long_pause_once);
  tcase_add_loop_test(cases, impersonate__waits_out_a_batch_that_is_turned_away, 0, 4);
  tcase_add_test(cases, impersonate__gives_up_on_batches_that_are_turned_away);
  tcase_add_test(cases, impersonate__asks_again_for_what_was_left_out);
  tcase_add_test(cases, impersonate__says_that_a_part_never_came);
  tcase_add_test(cases, impersonate__takes_the_first_of_two_answers);
  tcase_add_test(cases, impersonate__does_not_believe_half_an_answer);
  tcase_add_test(cases, impersonate__gets_a_new_token_in_the_middle_of_a_run);
  tcase_add_test(cases, impersonate__does_not_ask_for_tokens_without_end);
  tcase_add_test(cases, impersonate__waits_for_a_login_host_that_is_busy);
  tcase_add_test(cases, impersonate__gives_up_on_a_login_host_that_stays_busy);
  tcase_add_test(cases, impersonate__lets_one_part_refuse_the_token_for_itself_alone);
  tcase_add_test(cases, impersonate__does_not_ask_a_graph_that_is_not_there_for_all);
  return cases;
}
