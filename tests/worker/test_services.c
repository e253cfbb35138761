// SPDX-License-Identifier: Apache-2.0
/* What the host lends and what the sink takes: subjects, questions, kept secrets, and each way to misuse them. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/worker/peer.h"

START_TEST(impersonate__closes_every_subject_once)
{
  struct peer p;
  peer_open(&p, _i, "fine");
  peer_say(&p, "{\"type\":\"impersonate\",\"call\":2,\"jobs\":1}");
  for (int i = 0; i < 300; i++) {
    peer_say(&p,
             "{\"type\":\"subjects\",\"call\":2,\"subjects\":[\"u%d@example.com\",\"u%d@example."
             "com\"]%s}",
             i, i, i == 299 ? ",\"end\":true" : "");
    for (int j = 0; j < 2; j++) { /* the credit comes back before more is given */
      char expected[64];
      snprintf(expected, sizeof expected, "u%d@example.com", i);
      ck_assert_str_eq(json_text(json_object(peer_expect(&p, "check"), "check"), "subject"),
                       expected);
    }
  }
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "ok");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(source__hands_out_no_more_than_jobs)
{
  struct peer p;
  peer_open(&p, _i, "greedy");
  peer_say(&p, "{\"type\":\"subjects\",\"call\":2,\"subjects\":[\"a\",\"b\",\"c\",\"d\",\"e\"],"
               "\"end\":true}");
  peer_say(&p, "{\"type\":\"impersonate\",\"call\":2,\"jobs\":3}");
  ck_assert_str_eq(json_text(peer_check(&p, "puppet.held"), "detail"), "held 3 of 3");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "ok");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(impersonate__waiting_for_subjects_ends_on_cancel)
{
  struct peer p;
  peer_open(&p, _i, "fine");
  peer_say(&p, "{\"type\":\"impersonate\",\"call\":2,\"jobs\":4}");
  peer_say(&p, "{\"type\":\"subjects\",\"call\":2,\"subjects\":[\"a@example.com\"]}");
  (void)peer_expect(&p, "check");
  peer_say(&p, "{\"type\":\"cancel\",\"call\":2}");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "cancelled");
  /* nothing of it is left for the next */
  peer_say(&p, "{\"type\":\"impersonate\",\"call\":3,\"jobs\":4}");
  peer_say(&p, "{\"type\":\"subjects\",\"call\":3,\"subjects\":[],\"end\":true}");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "ok");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(question__gets_its_answer)
{
  struct peer p;
  int64_t ticket;
  peer_open(&p, _i, "ask");
  static const char *const answers[][2] = {
      {"\"text\":\"yes\"", "status 0 text yes length 0 over 0"},
      {"\"declined\":true", "status -8 text - length 0 over 0"},
      {"\"noanswer\":true", "status -9 text - length 0 over 0"}};
  for (int i = 0; i < 3; i++) {
    peer_say(&p, "{\"type\":\"verify\",\"call\":%d,\"deadline_ms\":10000}", 2 + i);
    const cJSON *m = peer_expect(&p, "ask");
    ck_assert_str_eq(json_text(json_object(m, "ask"), "ask"), "puppet.sure");
    ck_assert(json_int(m, "ticket", &ticket));
    peer_say(&p, "{\"type\":\"answer\",\"ticket\":%lld,%s}", (long long)ticket, answers[i][0]);
    ck_assert_str_eq(json_text(peer_check(&p, "puppet.asked"), "detail"), answers[i][1]);
    (void)peer_expect(&p, "ended");
  }
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(question__with_nobody_there_is_refused_at_once_and_named)
{
  struct peer p;
  peer_start(&p, _i);
  peer_load(&p, peer_puppet, "puppet");
  peer_say(&p, "{\"type\":\"open\",\"call\":1,\"values\":{\"mode\":\"ask\"}}");
  (void)peer_expect(&p, "ended");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "noanswer");
  ck_assert(peer_saw(&p, "puppet.sure"));
  ck_assert(!peer_saw(&p, "\"ask\""));
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(question__stops_the_clock)
{
  struct peer p;
  int64_t ticket;
  peer_open(&p, _i, "ask");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2,\"deadline_ms\":600}");
  const cJSON *m = peer_expect(&p, "ask");
  ck_assert(json_int(m, "ticket", &ticket));
  (void)usleep(700000);
  peer_say(&p, "{\"type\":\"answer\",\"ticket\":%lld,\"text\":\"yes\"}", (long long)ticket);
  ck_assert_str_eq(json_text(peer_check(&p, "puppet.asked"), "detail"),
                   "status 0 text yes length 0 over 0");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(secret_answer__is_a_handle_and_scrubbed)
{
  struct peer p;
  int64_t ticket;
  peer_open(&p, _i, "ask-secret");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  ck_assert(json_int(peer_expect(&p, "ask"), "ticket", &ticket));
  peer_say(&p, "{\"type\":\"answer\",\"ticket\":%lld,\"secret\":\"aHVudGVyMi1odW50ZXIy\"}",
           (long long)ticket);
  ck_assert_str_eq(json_text(peer_check(&p, "puppet.asked"), "detail"),
                   "status 0 text - length 15 over 0");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(open_question__is_withdrawn_when_the_hook_is_cancelled)
{
  struct peer p;
  peer_open(&p, _i, "ask");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  (void)peer_expect(&p, "ask");
  peer_say(&p, "{\"type\":\"cancel\",\"call\":2}");
  (void)peer_expect(&p, "withdrawn");
  (void)peer_expect(&p, "ended");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(kept_secret__is_asked_for_kept_and_found_again)
{
  struct peer p;
  int64_t request;
  peer_open(&p, _i, "keep");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  ck_assert(json_int(peer_expect(&p, "signin.begin"), "request", &request));
  peer_say(&p, "{\"type\":\"granted\",\"request\":%lld}", (long long)request);
  ck_assert(json_int(peer_expect(&p, "keep.get"), "request", &request));
  peer_say(&p, "{\"type\":\"kept\",\"request\":%lld,\"none\":true}", (long long)request);
  const cJSON *m = peer_expect(&p, "keep");
  ck_assert_str_eq(json_text(m, "scope"), "connection");
  ck_assert_str_eq(json_text(m, "secret"), "cmVmcmVzaC10b2tlbi00NzEx");
  (void)peer_expect(&p, "signin.end");
  ck_assert_str_eq(json_text(peer_check(&p, "puppet.kept"), "detail"),
                   "locked 0 found -1 kept 0 again -1");
  (void)peer_expect(&p, "ended");

  peer_say(&p, "{\"type\":\"verify\",\"call\":3}");
  ck_assert(json_int(peer_expect(&p, "signin.begin"), "request", &request));
  peer_say(&p, "{\"type\":\"granted\",\"request\":%lld}", (long long)request);
  ck_assert(json_int(peer_expect(&p, "keep.get"), "request", &request));
  peer_say(&p, "{\"type\":\"kept\",\"request\":%lld,\"none\":true}", (long long)request);
  ck_assert_str_eq(json_text(peer_check(&p, "puppet.kept"), "detail"),
                   "locked 0 found 0 kept 0 again -1");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

static const struct {
  const char *mode, *rule;
} misuses[] = {{"bad-remedy", "TR-42"}, {"bad-id", "TR-41"},    {"bad-text", "TR-40"},
               {"bad-utf8", "TR-40"},   {"bad-size", "TR-20"},  {"bad-subject", "TR-44"},
               {"bad-hook", "TR-46"},   {"bad-twice", "TR-43"}, {"bad-null", "TR-20"}};

START_TEST(broken_rule__is_named_once_and_ends_the_results)
{
  struct peer p;
  size_t i = (size_t)_i / 2;
  peer_open(&p, _i % 2, misuses[i].mode);
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  const cJSON *m = peer_expect(&p, "broke");
  ck_assert_str_eq(json_text(m, "rule"), misuses[i].rule);
  ck_assert_ptr_nonnull(json_text(m, "detail"));
  (void)peer_expect(&p, "ended");
  ck_assert(!peer_saw(&p, "puppet.after"));
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(check__with_an_unknown_state_is_a_failure_and_an_unknown_field_is_dropped)
{
  struct peer p;
  peer_open(&p, _i, "bad-field");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  ck_assert_ptr_null(json_text(peer_check(&p, "puppet.bad"), "field"));
  const cJSON *check = peer_check(&p, "puppet.after");
  ck_assert_str_eq(json_text(check, "state"), "fail");
  ck_assert_str_eq(json_text(check, "cause"), "internal");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(patch__of_a_secret_or_a_path_is_a_broken_rule)
{
  static const char *const modes[] = {"bad-patch", "path-patch"};
  for (int i = 0; i < 2; i++) {
    struct peer p;
    peer_open(&p, _i, modes[i]);
    peer_say(&p, "{\"type\":\"suggest\",\"call\":2,\"page\":\"strings\"}");
    ck_assert_str_eq(json_text(peer_expect(&p, "broke"), "rule"), "TR-45");
    ck_assert_int_eq(peer_close(&p), 0);
  }
}
END_TEST

START_TEST(patch__in_verify_follows_an_answer_and_ends_it)
{
  struct peer p;
  int64_t ticket;
  peer_open(&p, _i, "patch-asked");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2,\"deadline_ms\":10000}");
  ck_assert(json_int(peer_expect(&p, "ask"), "ticket", &ticket));
  peer_say(&p, "{\"type\":\"answer\",\"ticket\":%lld,\"text\":\"yes\"}", (long long)ticket);
  const cJSON *m = peer_expect(&p, "patch");
  ck_assert_str_eq(json_text(m, "key"), "file");
  ck_assert_str_eq(json_text(m, "value"), "data:;base64,UABN");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "ok"); /* and no plugin.silent */
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(patch__in_verify_that_nobody_was_asked_for_is_a_broken_rule)
{
  struct peer p;
  peer_open(&p, _i, "patch-unasked");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2,\"deadline_ms\":10000}");
  ck_assert_str_eq(json_text(peer_expect(&p, "broke"), "rule"), "TR-46");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(patch__of_a_file_with_a_secret_in_it_is_a_broken_rule)
{
  struct peer p;
  int64_t ticket;
  peer_open(&p, _i, "patch-secret");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2,\"deadline_ms\":10000}");
  ck_assert(json_int(peer_expect(&p, "ask"), "ticket", &ticket));
  peer_say(&p, "{\"type\":\"answer\",\"ticket\":%lld,\"text\":\"yes\"}", (long long)ticket);
  ck_assert_str_eq(json_text(peer_expect(&p, "broke"), "rule"), "TR-40");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(dns__is_lent_inside_the_sandbox_too)
{
  struct peer p;
  peer_open(&p, _i, "dns");
  for (int i = 0; i < 2; i++) {
    peer_say(&p, "{\"type\":\"verify\",\"call\":%d,\"deadline_ms\":10000}", 2 + i);
    const cJSON *check = peer_check(&p, "puppet.dns");
    ck_assert_str_eq(json_text(check, "state"), "pass");
    ck_assert_str_eq(json_text(check, "detail"), "localhost");
    (void)peer_expect(&p, "ended");
  }
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

int
main(void)
{
  TCase *tc = tcase_create("services");
  tcase_set_timeout(tc, 60);
  tcase_add_loop_test(tc, impersonate__closes_every_subject_once, 0, 2);
  tcase_add_loop_test(tc, source__hands_out_no_more_than_jobs, 0, 2);
  tcase_add_loop_test(tc, impersonate__waiting_for_subjects_ends_on_cancel, 0, 2);
  tcase_add_loop_test(tc, question__gets_its_answer, 0, 2);
  tcase_add_loop_test(tc, question__with_nobody_there_is_refused_at_once_and_named, 0, 2);
  tcase_add_loop_test(tc, question__stops_the_clock, 0, 2);
  tcase_add_loop_test(tc, secret_answer__is_a_handle_and_scrubbed, 0, 2);
  tcase_add_loop_test(tc, open_question__is_withdrawn_when_the_hook_is_cancelled, 0, 2);
  tcase_add_loop_test(tc, kept_secret__is_asked_for_kept_and_found_again, 0, 2);
  tcase_add_loop_test(tc, broken_rule__is_named_once_and_ends_the_results, 0,
                      2 * (int)(sizeof misuses / sizeof *misuses));
  tcase_add_loop_test(tc, check__with_an_unknown_state_is_a_failure_and_an_unknown_field_is_dropped,
                      0, 2);
  tcase_add_loop_test(tc, patch__of_a_secret_or_a_path_is_a_broken_rule, 0, 2);
  tcase_add_loop_test(tc, patch__in_verify_follows_an_answer_and_ends_it, 0, 2);
  tcase_add_loop_test(tc, patch__in_verify_that_nobody_was_asked_for_is_a_broken_rule, 0, 2);
  tcase_add_loop_test(tc, patch__of_a_file_with_a_secret_in_it_is_a_broken_rule, 0, 2);
  tcase_add_loop_test(tc, dns__is_lent_inside_the_sandbox_too, 0, 2);
  Suite *suite = suite_create("worker-services");
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? 1 : 0;
}
