// SPDX-License-Identifier: Apache-2.0
/* The commands that need no plugin: what is stored, the vault, doctor. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/cli/cli.h"
#include "core/json/json.h"
#include "tests/cli/run.h"

START_TEST(bare__lists_what_is_stored_and_says_what_is_next)
{
  store_test_connection("onprem", "pass:a", "s3cret-pw");
  CLEANUP_RAN struct ran r = run("");
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "onprem");
  expect_in(r.out, "not verified");
  expect_in(r.err, "tenon verify onprem");
}
END_TEST

START_TEST(list__says_where_to_begin_when_nothing_is_stored)
{
  CLEANUP_RAN struct ran r = run("connections");
  expect_status(&r, STATUS_PASSED);
  ck_assert_str_eq(r.out, "");
  expect_in(r.err, "tenon wizard");
}
END_TEST

START_TEST(list__shows_good_ones_beside_a_damaged_one)
{
  store_test_connection("onprem", "pass:a", "s3cret-pw");
  write_home_file(".config/tenon/connections/broken.json", "{");
  CLEANUP_RAN struct ran r = run("connections list");
  expect_status(&r, STATUS_ENVIRONMENT);
  expect_in(r.out, "onprem");
  expect_in(r.err, "connections/broken.json is damaged");
  expect_in(r.err, "tenon connections remove broken");
}
END_TEST

START_TEST(show__never_shows_a_secret)
{
  static const char *const lines[] = {"connections show onprem", "connections show onprem -o json",
                                      "connections list -o json", "doctor", "vault show"};

  store_test_connection("onprem", "pass:a", "s3cret-pw");
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    CLEANUP_RAN struct ran r = run(lines[i]);
    expect_not_in(r.out, "s3cret-pw");
    expect_not_in(r.err, "s3cret-pw");
  }
  CLEANUP_RAN struct ran r = run("connections show onprem");
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "password   (set; kept in the sealed file");
}
END_TEST

START_TEST(show__is_one_json_object)
{
  store_test_connection("onprem", "pass:a", "s3cret-pw");
  CLEANUP_RAN struct ran r = run("connections show onprem -o json");
  CLEANUP_JSON cJSON *json = cJSON_Parse(r.out);
  ck_assert_str_eq(json_text(json, "name"), "onprem");
  ck_assert_str_eq(json_text(json_object(json, "values"), "server"), "x.test");
  ck_assert_str_eq(cJSON_GetArrayItem(json_array(json, "secrets"), 0)->valuestring, "password");
}
END_TEST

START_TEST(show__suggests_the_name_that_was_meant)
{
  store_test_connection("onprem", "pass:a", "x");
  static const char *const lines[] = {"connections show onperm", "connections remove onpre",
                                      "verify onprm", "connections rename onpremm x"};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    CLEANUP_RAN struct ran r = run(lines[i]);
    expect_status(&r, STATUS_USAGE);
    expect_in(r.err, "Did you mean \"onprem\"?");
  }
}
END_TEST

START_TEST(remove__takes_the_connection_and_its_secrets_away)
{
  char vault[160];
  struct stat st;

  store_test_connection("onprem", "pass:a", "x");
  CLEANUP_RAN struct ran r = run("connections remove onprem");
  expect_status(&r, STATUS_PASSED);
  CLEANUP_RAN struct ran again = run("connections show onprem");
  expect_status(&again, STATUS_USAGE);
  (void)snprintf(vault, sizeof vault, "ls %s/.local/share/tenon/vault/*.sealed >/dev/null 2>&1",
                 run_home);
  ck_assert_int_ne(system(vault), 0);
  (void)st;
}
END_TEST

START_TEST(rename__keeps_the_secrets_and_does_not_overwrite)
{
  store_test_connection("a", "pass:a", "x");
  store_test_connection("b", "pass:a", "x");
  CLEANUP_RAN struct ran taken = run("connections rename a b");
  expect_status(&taken, STATUS_USAGE);
  CLEANUP_RAN struct ran bad = run("connections rename a ../x");
  expect_status(&bad, STATUS_USAGE);
  expect_in(bad.err, "starting with a letter or digit");
  CLEANUP_RAN struct ran good = run("connections rename a c");
  expect_status(&good, STATUS_PASSED);
  CLEANUP_RAN struct ran show = run("connections show c");
  expect_in(show.out, "password");
}
END_TEST

START_TEST(home__that_is_missing_is_said)
{
  char command[512];

  (void)snprintf(command, sizeof command,
                 "env -i XDG_CONFIG_HOME=relative HOME=%s %s connections list 2>%s/err", run_home,
                 TEST_PROGRAM, run_home);
  ck_assert_int_eq(WEXITSTATUS(system(command)), STATUS_PASSED);
  (void)snprintf(command, sizeof command, "test ! -e relative");
  ck_assert_int_eq(system(command), 0);
}
END_TEST

/* ---- doctor --------------------------------------------------------------------------------------------------------- */

START_TEST(doctor__works_with_nothing_configured)
{
  CLEANUP_RAN struct ran r = run("doctor");
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "tenon " TENON_VERSION);
  expect_in(r.out, "core dumps off");
  expect_in(r.out, "sealed file in");
  expect_in(r.out, "testconnector");
  expect_in(r.out, "no_new_privs");
}
END_TEST

START_TEST(doctor__names_everything_that_is_broken_with_its_remedy)
{
  char command[512];

  store_test_connection("onprem", "pass:a", "x");
  write_home_file(".config/tenon/connections/broken.json", "{");
  (void)snprintf(command, sizeof command, "chmod 644 %s/.local/share/tenon/vault/key.json",
                 run_home);
  ck_assert_int_eq(system(command), 0);
  CLEANUP_RAN struct ran r = run("doctor -o jsonl");
  expect_status(&r, STATUS_ENVIRONMENT);
  expect_in(r.out, "connections/broken.json is damaged");
  expect_in(r.out, "chmod 600 ");
  expect_in(r.out, "\"outcome\":\"fail\"");
}
END_TEST

/* Root writes everywhere: a file stands where a directory has to be. */
START_TEST(doctor__names_a_place_where_nothing_can_be_written)
{
  char command[256];

  (void)snprintf(command, sizeof command, "mkdir -p %s/.local && : > %s/.local/state", run_home,
                 run_home);
  ck_assert_int_eq(system(command), 0);
  CLEANUP_RAN struct ran r = run("doctor -o jsonl");
  expect_status(&r, STATUS_ENVIRONMENT);
  expect_in(r.out, "\"id\":\"doctor.state_dir\"");
  expect_in(r.out, "Not a directory");
}
END_TEST

START_TEST(doctor__names_a_connection_whose_connector_is_gone)
{
  char command[256];

  store_test_connection("onprem", "pass:a", "x");
  CLEANUP_RAN struct ran whole = run("doctor");
  expect_status(&whole, STATUS_PASSED);
  (void)snprintf(command, sizeof command,
                 "sed -i s/testconnector/moved.away/ %s/.config/tenon/connections/onprem.json",
                 run_home);
  ck_assert_int_eq(system(command), 0);
  CLEANUP_RAN struct ran r = run("doctor");
  expect_status(&r, STATUS_ENVIRONMENT);
  expect_in(r.out, "needs the connector moved.away");
}
END_TEST

START_TEST(doctor__masks_the_password_of_a_proxy)
{
  char command[512];

  (void)snprintf(command, sizeof command,
                 "https_proxy=http://anna:hunter22@proxy.test:3128 HOME=%s %s doctor >%s/out 2>&1",
                 run_home, TEST_PROGRAM, run_home);
  (void)system(command); /* without the worker it fails; what it prints counts */
  (void)snprintf(command, sizeof command, "grep -q 'http://anna:...@proxy.test:3128' %s/out",
                 run_home);
  ck_assert_int_eq(system(command), 0);
  (void)snprintf(command, sizeof command, "grep -q hunter22 %s/out", run_home);
  ck_assert_int_ne(system(command), 0);
}
END_TEST

START_TEST(vault__asks_a_person_for_a_passphrase_and_nobody_else)
{
  CLEANUP_RAN struct ran r = run_with("vault protect", "open sesame\nopen sesame\n");
  expect_status(&r, STATUS_NOANSWER);
  expect_in(r.err, "vault.passphrase");
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("cli connections");
  TCase *t = tcase_create("connections");

  tcase_add_checked_fixture(t, run_setup, run_teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, bare__lists_what_is_stored_and_says_what_is_next);
  tcase_add_test(t, list__says_where_to_begin_when_nothing_is_stored);
  tcase_add_test(t, list__shows_good_ones_beside_a_damaged_one);
  tcase_add_test(t, show__never_shows_a_secret);
  tcase_add_test(t, show__is_one_json_object);
  tcase_add_test(t, show__suggests_the_name_that_was_meant);
  tcase_add_test(t, remove__takes_the_connection_and_its_secrets_away);
  tcase_add_test(t, rename__keeps_the_secrets_and_does_not_overwrite);
  tcase_add_test(t, home__that_is_missing_is_said);
  tcase_add_test(t, doctor__works_with_nothing_configured);
  tcase_add_test(t, doctor__names_everything_that_is_broken_with_its_remedy);
  tcase_add_test(t, doctor__names_a_place_where_nothing_can_be_written);
  tcase_add_test(t, doctor__names_a_connection_whose_connector_is_gone);
  tcase_add_test(t, doctor__masks_the_password_of_a_proxy);
  tcase_add_test(t, vault__asks_a_person_for_a_passphrase_and_nobody_else);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
