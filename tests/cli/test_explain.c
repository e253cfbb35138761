// SPDX-License-Identifier: Apache-2.0
/* tenon explain, against the tables that this build has made. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli/cli.h"
#include "core/json/json.h"
#include "tests/cli/run.h"

START_TEST(explain__tells_a_code_whole)
{
  static const char *const lines[] = {"explain AADSTS50076", "explain aadsts50076", "explain 50076",
                                      "explain token-mfa-required"};

  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    CLEANUP_RAN struct ran r = run(lines[i]);
    expect_status(&r, STATUS_PASSED);
    expect_in(r.out, "(token-mfa-required)");
    expect_in(r.out, "  check     auth.token");
    expect_in(r.out, "nor an app password");
    expect_in(r.out, "  prove     Connect-MgGraph -Scopes AuditLog.Read.All\n            Get-Mg");
    ck_assert_str_eq(r.err, "");
  }
}
END_TEST

START_TEST(explain__lists_what_a_check_can_find)
{
  CLEANUP_RAN struct ran r = run("explain tls.certificate");
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "certificate-expired");
  expect_in(r.out, "cloud-inspected");
  expect_in(r.out, "tells all of one");
  expect_not_in(r.out, "  prove ");
}
END_TEST

START_TEST(explain__knows_the_words_of_a_bulk_run)
{
  CLEANUP_RAN struct ran r = run("explain out-of-scope");
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "out-of-scope: The role is there, and its scope does not reach this mailbox.");
}
END_TEST

START_TEST(explain__is_json_where_that_is_wanted)
{
  CLEANUP_RAN struct ran r = run("explain 7000215 -o json");
  const char *why;

  expect_status(&r, STATUS_PASSED);
  r.out[strcspn(r.out, "\n")] = 0;
  CLEANUP_JSON cJSON *json = json_parse(r.out, strlen(r.out), NULL, &why);
  ck_assert_ptr_nonnull(json);
  const cJSON *rows = json_array(json, "rows");
  ck_assert_int_eq(cJSON_GetArraySize(rows), 1);
  ck_assert_str_eq(json_text(cJSON_GetArrayItem(rows, 0), "name"), "token-secret-wrong");
  ck_assert_str_eq(json_text(cJSON_GetArrayItem(rows, 0), "field"), "client_secret");
}
END_TEST

START_TEST(explain__says_where_an_unknown_number_is_told_of)
{
  CLEANUP_RAN struct ran r = run("explain AADSTS12345678");
  expect_status(&r, STATUS_ENVIRONMENT);
  expect_in(r.err, "https://login.microsoftonline.com/error?code=12345678");
  ck_assert_str_eq(r.out, "");
}
END_TEST

START_TEST(explain__suggests_what_was_meant)
{
  CLEANUP_RAN struct ran r = run("explain tls.certifcate");
  expect_status(&r, STATUS_ENVIRONMENT);
  expect_in(r.err, "Did you mean \"tls.certificate\"?");
  CLEANUP_RAN struct ran none = run("explain zzzzzzzzzzzzzzzzzzzzzzzzz");
  expect_status(&none, STATUS_ENVIRONMENT);
  expect_in(none.err, "Nothing is known of");
}
END_TEST

START_TEST(explain__wants_one_thing)
{
  CLEANUP_RAN struct ran r = run("explain");
  expect_status(&r, STATUS_USAGE);
  CLEANUP_RAN struct ran two = run("explain a b");
  expect_status(&two, STATUS_USAGE);
}
END_TEST

START_TEST(explain__takes_no_part_of_a_number_for_the_whole)
{
  static const char *const lines[] = {"explain 5007", "explain ADSTS50076", "explain 076"};

  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    CLEANUP_RAN struct ran r = run(lines[i]);
    expect_status(&r, STATUS_ENVIRONMENT);
    ck_assert_str_eq(r.out, "");
  }
}
END_TEST

int
main(void)
{
  TCase *cases = tcase_create("explain");
  tcase_set_timeout(cases, 60);
  tcase_add_checked_fixture(cases, run_setup, run_teardown);
  tcase_add_test(cases, explain__tells_a_code_whole);
  tcase_add_test(cases, explain__lists_what_a_check_can_find);
  tcase_add_test(cases, explain__knows_the_words_of_a_bulk_run);
  tcase_add_test(cases, explain__is_json_where_that_is_wanted);
  tcase_add_test(cases, explain__says_where_an_unknown_number_is_told_of);
  tcase_add_test(cases, explain__suggests_what_was_meant);
  tcase_add_test(cases, explain__wants_one_thing);
  tcase_add_test(cases, explain__takes_no_part_of_a_number_for_the_whole);
  Suite *suite = suite_create("explain");
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
