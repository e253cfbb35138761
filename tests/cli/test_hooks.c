// SPDX-License-Identifier: Apache-2.0
/* verify, impersonate, browse and plugin as programs, on the test connector; once in a worker and once in the process
 * (TENON_TEST_IN_PROCESS=1). */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/cli/cli.h"
#include "core/json/json.h"
#include "tests/cli/run.h"

/* The command line, in the mode that is tested. */
static const char *
mode(const char *line)
{
  static char text[1024];

  (void)snprintf(text, sizeof text, "%s%s", line,
                 getenv("TENON_TEST_IN_PROCESS") ? " --in-process" : "");
  return text;
}

/* Every line is one JSON object; gives the number of those with this event. */
static int
count_events(const char *text, const char *event)
{
  char *copy = strdup(text), *rest = copy;
  int n = 0;

  for (char *line = strsep(&rest, "\n"); line && *line; line = strsep(&rest, "\n")) {
    const char *why = NULL;
    CLEANUP_JSON cJSON *json = json_parse(line, strlen(line), NULL, &why);
    ck_assert_msg(json != NULL, "%s: %s", why, line);
    ck_assert_ptr_nonnull(json_text(json, "event"));
    n += strcmp(json_text(json, "event"), event) == 0;
  }
  free(copy);
  return n;
}

START_TEST(verify__passes_with_status_0_and_keeps_that_in_mind)
{
  store_test_connection("good", "pass:one", "right");
  CLEANUP_RAN struct ran r = run(mode("verify good"));
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "good   Test   testconnector 1.0.0");
  expect_in(r.out, "Passed: 3 passed.");
  CLEANUP_RAN struct ran list = run("connections list");
  expect_in(list.out, "passed");
}
END_TEST

START_TEST(verify__says_how_to_change_what_a_check_knows_better)
{
  store_test_connection("corp", "moved:new.test fail:other", "right");
  CLEANUP_RAN struct ran r = run(mode("verify corp"));
  expect_in(r.out, "(--set server=new.test)");
  expect_in(r.err, "Next: tenon wizard corp --set server=new.test\n");
  store_test_connection("odd", "moved:$(reboot)", "right");
  CLEANUP_RAN struct ran odd = run(mode("verify odd"));
  expect_in(odd.out, "(--set server=...)");
  expect_in(odd.err, "Next: tenon wizard odd\n");
}
END_TEST

/* What was refused may be granted; where an answer is blamed, another one may do as well. */
START_TEST(verify__offers_both_ways_out_of_a_refusal)
{
  store_test_connection("corp", "moved:new.test cause:denied", "right");
  CLEANUP_RAN struct ran r = run(mode("verify corp"));
  expect_status(&r, STATUS_DENIED);
  expect_in(r.err, "Next: tenon verify corp --wait 15m\n"
                   "Or, with another answer: tenon wizard corp\n");
  store_test_connection("plain", "cause:denied", "right");
  CLEANUP_RAN struct ran plain = run(mode("verify plain"));
  expect_in(plain.err, "Next: tenon verify plain --wait 15m\n");
  ck_assert_ptr_null(strstr(plain.err, "another answer"));
}
END_TEST

START_TEST(verify__ends_with_the_status_of_the_gravest_cause)
{
  static const struct {
    const char *script;
    int status;
  } cases[] = {{"cause:config", STATUS_FAILED},
               {"cause:protocol", STATUS_FAILED},
               {"cause:network", STATUS_NETWORK},
               {"cause:tls", STATUS_TLS},
               {"cause:auth", STATUS_AUTH},
               {"cause:denied", STATUS_DENIED},
               {"cause:transient", STATUS_TRANSIENT},
               {"cause:noanswer", STATUS_NOANSWER},
               {"cause:transient cause:denied cause:auth cause:tls cause:config", STATUS_TLS},
               {"cause:denied cause:transient", STATUS_DENIED},
               {"cause:config cause:transient", STATUS_TRANSIENT},
               {"network", STATUS_NETWORK},
               {"warn:x skip:y", STATUS_PASSED}};
  char name[16], line[64];

  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    (void)snprintf(name, sizeof name, "c%zu", i);
    (void)snprintf(line, sizeof line, "verify %s", name);
    store_test_connection(name, cases[i].script, "right");
    CLEANUP_RAN struct ran r = run(mode(line));
    ck_assert_msg(r.status == cases[i].status, "%s: %d\n%s%s", cases[i].script, r.status, r.out,
                  r.err);
  }
}
END_TEST

START_TEST(verify__names_the_field_when_the_password_is_refused)
{
  store_test_connection("bad", "pass:one", "hunter22-wrong");
  CLEANUP_RAN struct ran r = run(mode("verify bad"));
  expect_status(&r, STATUS_AUTH);
  expect_in(r.out, "field          Password (--secret password=FILE)");
  expect_in(r.out, "Failed (auth)");
  expect_not_in(r.out, "hunter22");
  expect_not_in(r.err, "hunter22");
}
END_TEST

START_TEST(verify__prints_an_object_a_line_and_the_result_last)
{
  store_test_connection("good", "pass:one warn:two", "right");
  CLEANUP_RAN struct ran r = run(mode("verify good -o jsonl"));
  expect_status(&r, STATUS_PASSED);
  ck_assert_int_eq(count_events(r.out, "check"), 4);
  ck_assert_int_eq(count_events(r.out, "result"), 1);
  const char *last = strrchr(r.out, '{'); /* of counts */
  ck_assert_str_eq(last, "{\"pass\":3,\"warn\":1,\"fail\":0,\"skip\":0}}\n");
}
END_TEST

START_TEST(verify__asks_again_while_the_server_is_busy_and_says_so)
{
  store_test_connection("busy", "cause:transient", "right");
  CLEANUP_RAN struct ran r = run(mode("verify busy --wait 3s -o jsonl"));
  expect_status(&r, STATUS_TRANSIENT);
  expect_in(r.err, "Not yet (transient): asking again in 2 s");
  ck_assert_int_eq(count_events(r.out, "result"), 1);
  ck_assert_int_eq(count_events(r.out, "check"), 3);
}
END_TEST

START_TEST(verify__does_not_wait_for_what_will_not_pass_by_itself)
{
  store_test_connection("bad", "cause:tls", "right");
  CLEANUP_RAN struct ran r = run(mode("verify bad --wait 5m"));
  expect_status(&r, STATUS_TLS);
  ck_assert_str_eq(r.err, "");
}
END_TEST

START_TEST(verify__is_cancelled_by_one_signal_and_still_reports)
{
  store_test_connection("slow", "slow", "right");
  CLEANUP_RAN struct ran r = run_interrupted(mode("verify slow -o jsonl"));
  expect_status(&r, STATUS_CANCELLED);
  expect_in(r.out, "\"outcome\":\"fail\",\"cause\":\"cancelled\"");
  CLEANUP_RAN struct ran list = run("connections list");
  expect_in(list.out, "not verified");
}
END_TEST

START_TEST(verify__names_the_question_that_nobody_was_there_to_answer)
{
  store_test_connection("ask", "ask:tls.trust cause:noanswer", "right");
  CLEANUP_RAN struct ran r = run(mode("verify ask"));
  expect_status(&r, STATUS_NOANSWER);
  expect_in(r.err, "tls.trust");
}
END_TEST

START_TEST(verify__keeps_with_the_connection_what_the_plugin_asked_to_keep)
{
  store_test_connection("keep", "kept:token vault:token", "right");
  CLEANUP_RAN struct ran first = run(mode("verify keep"));
  expect_in(first.out, "1 warning"); /* not kept yet */
  CLEANUP_RAN struct ran second = run(mode("verify keep"));
  expect_status(&second, STATUS_PASSED);
  expect_not_in(second.out, "warning");
}
END_TEST

START_TEST(verify__says_that_a_plugin_is_missing_with_status_3)
{
  write_home_file("note", "");
  CLEANUP_RAN struct ran none = run("connections list"); /* no directory yet: */
  store_test_connection("x", "pass:a", "right");
  write_home_file(".config/tenon/connections/x.json",
                  "{\"version\":1,\"connector\":\"tesconnector\",\"values\":{}}");
  CLEANUP_RAN struct ran r = run(mode("verify x"));
  expect_status(&r, STATUS_ENVIRONMENT);
  expect_in(r.err, "Did you mean \"testconnector\"?");
}
END_TEST

START_TEST(verify__says_which_answer_is_missing)
{
  store_test_connection("x", "pass:a", "right");
  write_home_file(".config/tenon/connections/x.json",
                  "{\"version\":1,\"connector\":\"testconnector\",\"values\":{\"server\":\"\"}}");
  CLEANUP_RAN struct ran r = run(mode("verify x -o jsonl"));
  expect_status(&r, STATUS_FAILED);
  expect_in(r.out, "\"field\":\"server\"");
  expect_in(r.out, "\"cause\":\"config\"");
}
END_TEST

/* ---- impersonate ---------------------------------------------------------------------------------------------------- */

START_TEST(impersonate__reports_every_subject_also_twice)
{
  store_test_connection("c", "", "right");
  CLEANUP_RAN struct ran r = run(mode("impersonate c ok-1 deny-2 ok-1 -o jsonl"));
  expect_status(&r, STATUS_DENIED);
  ck_assert_int_eq(count_events(r.out, "check"), 3);
  expect_in(r.out, "\"subjects\":3,\"verdicts\":{");
  expect_in(r.out, "\"ok\":2");
}
END_TEST

START_TEST(impersonate__reads_lines_from_a_file_or_standard_input)
{
  char line[256];

  store_test_connection("c", "", "right");
  write_home_file("people.txt", "\xef\xbb\xbfok-1\r\n\n  ok-2  \nok-3");
  (void)snprintf(line, sizeof line, "impersonate c -o jsonl --from %s/people.txt", run_home);
  CLEANUP_RAN struct ran file = run(mode(line));
  expect_status(&file, STATUS_PASSED);
  ck_assert_int_eq(count_events(file.out, "check"), 3);
  expect_in(file.out, "\"subject\":\"ok-1\"");
  expect_in(file.out, "\"subject\":\"ok-2\"");
  CLEANUP_RAN struct ran in = run_with(mode("impersonate c -o jsonl --from -"), "ok-1\nok-2\n");
  expect_status(&in, STATUS_PASSED);
  ck_assert_int_eq(count_events(in.out, "check"), 2);
}
END_TEST

START_TEST(impersonate__takes_a_csv_column_by_name_or_number)
{
  char line[256];

  store_test_connection("c", "", "right");
  write_home_file("people.csv", "Name,Mail\r\n\"A, B\",ok-1\r\nC,\"ok-2\"\r\n");
  (void)snprintf(line, sizeof line, "impersonate c -o jsonl --column mail --from %s/people.csv",
                 run_home);
  CLEANUP_RAN struct ran name = run(mode(line));
  expect_status(&name, STATUS_PASSED);
  ck_assert_int_eq(count_events(name.out, "check"), 2);
  (void)snprintf(line, sizeof line, "impersonate c -o jsonl --column 2 --from %s/people.csv",
                 run_home);
  CLEANUP_RAN struct ran number = run(mode(line));
  ck_assert_int_eq(count_events(number.out, "check"), 3);
  (void)snprintf(line, sizeof line, "impersonate c --column mial --from %s/people.csv", run_home);
  CLEANUP_RAN struct ran typo = run(mode(line));
  expect_status(&typo, STATUS_USAGE);
  expect_in(typo.err, "Did you mean \"Mail\"?");
}
END_TEST

START_TEST(impersonate__reports_what_is_no_subject_and_goes_on)
{
  store_test_connection("c", "", "right");
  CLEANUP_RAN struct ran r =
      run_with(mode("impersonate c -o jsonl --from -"), "ok-1\n\xff\xfe\nok-2\n");
  expect_status(&r, STATUS_FAILED);
  ck_assert_int_eq(count_events(r.out, "check"), 3);
  expect_in(r.out, "subject.invalid");
}
END_TEST

START_TEST(impersonate__says_that_the_list_was_not_read_to_its_end)
{
  CLEANUP_BUF struct buf list = BUF_INIT(1u << 16);

  store_test_connection("c", "", "right");
  for (int i = 0; i < 1000; i++)
    (void)buf_printf(&list, "stop-%d\n", i);
  CLEANUP_RAN struct ran r = run_with(mode("impersonate c --from - --jobs 1"), buf_text(&list));
  ck_assert_int_ne(r.status, STATUS_PASSED);
  expect_in(r.err, "the rest of the list was not tested");
}
END_TEST

START_TEST(impersonate__says_in_one_line_what_five_refusals_share)
{
  store_test_connection("c", "", "right");
  CLEANUP_RAN struct ran r = run_with(mode("impersonate c --from - --jobs 1"),
                                      "deny-1@a.test\ndeny-2@a.test\ndeny-3@a.test\ndeny-4@a.test\n"
                                      "deny-5@a.test\ndeny-6@a.test\n");
  expect_status(&r, STATUS_DENIED);
  expect_in(r.err, "5 in a row did not pass; in common: ");
  expect_in(r.err, "@a.test");
  ck_assert_ptr_null(strstr(strstr(r.err, "5 in a row") + 1, "5 in a row"));
}
END_TEST

START_TEST(impersonate__writes_csv)
{
  store_test_connection("c", "", "right");
  CLEANUP_RAN struct ran r = run(mode("impersonate c -o csv ok-1 deny-2 --jobs 1"));
  expect_status(&r, STATUS_DENIED);
  expect_in(r.out,
            "subject,verdict,state,cause,id,title,detail,remedy,elapsed_ms\r\nok-1,ok,pass,");
}
END_TEST

START_TEST(impersonate__stops_when_nobody_reads_any_more)
{
  char command[2048];

  store_test_connection("c", "", "right");
  (void)snprintf(command, sizeof command,
                 "export HOME=%s TENON_LIBEXEC=%s TENON_PLUGIN_PATH=%s; (yes ok-1 | "
                 "(timeout 30 %s %s; echo $? >%s/status) | head -1) >/dev/null 2>&1",
                 run_home, TEST_LIBEXEC, TEST_PLUGINS, TEST_PROGRAM,
                 mode("impersonate c -o jsonl --jobs 64 --from -"), run_home);
  ck_assert_int_eq(system(command), 0);
  (void)snprintf(command, sizeof command, "grep -qx 3 %s/status", run_home);
  ck_assert_int_eq(system(command), 0);
}
END_TEST

/* Secrets travel over the socket: neither the program's command line nor the worker's, nor their environments. */
START_TEST(impersonate__shows_no_secret_to_ps)
{
  char command[2048];

  store_test_connection("slow", "slow", "ps-must-not-see-this");
  write_home_file("pattern", "ps-must-not-see-this\n"); /* a shell's own command line is seen too */
  (void)snprintf(
      command, sizeof command,
      "export HOME=%s TENON_LIBEXEC=%s TENON_PLUGIN_PATH=%s; %s %s >/dev/null 2>&1 & p=$!; "
      "sleep 1; cat /proc/$p/cmdline /proc/$p/environ /proc/[0-9]*/cmdline 2>/dev/null "
      ">%s/seen; kill $p; wait $p; grep -aq tenon %s/seen && ! grep -aqf "
      "%s/pattern %s/seen",
      run_home, TEST_LIBEXEC, TEST_PLUGINS, TEST_PROGRAM, mode("verify slow"), run_home, run_home,
      run_home, run_home);
  ck_assert_int_eq(system(command), 0);
}
END_TEST

/* ---- browse and plugin ---------------------------------------------------------------------------------------------- */

START_TEST(browse__lists_what_the_server_offers)
{
  store_test_connection("c", "", "right");
  CLEANUP_RAN struct ran text = run(mode("browse c anna"));
  expect_status(&text, STATUS_PASSED);
  expect_in(text.out, "anna@contoso.example");
  CLEANUP_RAN struct ran lines = run(mode("browse c -o jsonl"));
  ck_assert_int_eq(count_events(lines.out, "offer"), 3);
  CLEANUP_RAN struct ran field = run(mode("browse c --field mialbox"));
  expect_status(&field, STATUS_USAGE);
  expect_in(field.err, "Did you mean \"mailbox\"?");
}
END_TEST

START_TEST(plugin__lists_and_shows_without_a_connection)
{
  char line[512];

  CLEANUP_RAN struct ran list = run("plugin list -o jsonl");
  expect_status(&list, STATUS_PASSED);
  expect_in(list.out, "\"id\":\"testconnector\"");
  CLEANUP_RAN struct ran info = run(mode("plugin info testconnector"));
  expect_status(&info, STATUS_PASSED);
  expect_in(info.out, "password");
  expect_in(info.out, "secret");
  (void)snprintf(line, sizeof line, "plugin info %s/testconnector.so", TEST_PLUGINS);
  CLEANUP_RAN struct ran file = run(mode(line));
  expect_status(&file, STATUS_PASSED);
  CLEANUP_RAN struct ran typo = run("plugin info testconector");
  expect_status(&typo, STATUS_USAGE);
  expect_in(typo.err, "Did you mean \"testconnector\"?");
}
END_TEST

START_TEST(plugin__says_what_an_account_needs_from_the_note_alone)
{
  CLEANUP_RAN struct ran text = run("plugin info testconnector --requirements");
  expect_status(&text, STATUS_PASSED);
  expect_in(text.out, "The role Actor");
  expect_in(text.out, "given by: Director");
  expect_in(text.out, "only with auth = basic and server filled in");
  CLEANUP_RAN struct ran json = run("plugin info testconnector --requirements -o json");
  expect_status(&json, STATUS_PASSED);
  expect_in(json.out, "\"requirements\":[{\"title\":\"The role Actor\"");
  expect_in(json.out, "\"when\":\"auth == 'basic' && server != ''\"");
  expect_in(json.out, "\"applies\":\"with auth = basic and server filled in\"");
  CLEANUP_RAN struct ran list = run("plugin list -o jsonl");
  expect_in(list.out, "\"requirements\":[");
  CLEANUP_RAN struct ran info = run(mode("plugin info testconnector"));
  expect_in(info.out, "tenon plugin info testconnector --requirements");
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("cli hooks");
  TCase *t = tcase_create("hooks");

  tcase_add_checked_fixture(t, run_setup, run_teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, verify__passes_with_status_0_and_keeps_that_in_mind);
  tcase_add_test(t, verify__says_how_to_change_what_a_check_knows_better);
  tcase_add_test(t, verify__offers_both_ways_out_of_a_refusal);
  tcase_add_test(t, verify__ends_with_the_status_of_the_gravest_cause);
  tcase_add_test(t, verify__names_the_field_when_the_password_is_refused);
  tcase_add_test(t, verify__prints_an_object_a_line_and_the_result_last);
  tcase_add_test(t, verify__asks_again_while_the_server_is_busy_and_says_so);
  tcase_add_test(t, verify__does_not_wait_for_what_will_not_pass_by_itself);
  tcase_add_test(t, verify__is_cancelled_by_one_signal_and_still_reports);
  tcase_add_test(t, verify__names_the_question_that_nobody_was_there_to_answer);
  tcase_add_test(t, verify__keeps_with_the_connection_what_the_plugin_asked_to_keep);
  tcase_add_test(t, verify__says_that_a_plugin_is_missing_with_status_3);
  tcase_add_test(t, verify__says_which_answer_is_missing);
  tcase_add_test(t, impersonate__reports_every_subject_also_twice);
  tcase_add_test(t, impersonate__reads_lines_from_a_file_or_standard_input);
  tcase_add_test(t, impersonate__takes_a_csv_column_by_name_or_number);
  tcase_add_test(t, impersonate__reports_what_is_no_subject_and_goes_on);
  tcase_add_test(t, impersonate__says_that_the_list_was_not_read_to_its_end);
  tcase_add_test(t, impersonate__says_in_one_line_what_five_refusals_share);
  tcase_add_test(t, impersonate__writes_csv);
  tcase_add_test(t, impersonate__stops_when_nobody_reads_any_more);
  tcase_add_test(t, impersonate__shows_no_secret_to_ps);
  tcase_add_test(t, browse__lists_what_the_server_offers);
  tcase_add_test(t, plugin__lists_and_shows_without_a_connection);
  tcase_add_test(t, plugin__says_what_an_account_needs_from_the_note_alone);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
