// SPDX-License-Identifier: Apache-2.0
/* What the program says to whoever mistypes, has nothing stored, or takes its output away. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/cli/cli.h"
#include "tests/cli/run.h"

START_TEST(usage__suggests_the_command_that_was_meant)
{
  static const char *const lines[][2] = {
      {"veryfi x", "verify"},    {"conections", "connections"},      {"connections lsit", "list"},
      {"plugin ifno x", "info"}, {"help imprsonate", "impersonate"}, {"docotr", "doctor"}};

  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    CLEANUP_RAN struct ran r = run(lines[i][0]);
    expect_status(&r, STATUS_USAGE);
    expect_in(r.err, "Did you mean \"");
    expect_in(r.err, lines[i][1]);
    ck_assert_str_eq(r.out, "");
  }
}
END_TEST

START_TEST(usage__suggests_the_option_that_was_meant)
{
  CLEANUP_RAN struct ran r = run("verify x --wiat 3s");
  expect_status(&r, STATUS_USAGE);
  expect_in(r.err, "--wait");
  CLEANUP_RAN struct ran far = run("verify x --zzzzzzzz");
  expect_status(&far, STATUS_USAGE);
  expect_not_in(far.err, "Did you mean");
}
END_TEST

START_TEST(usage__is_wrong_with_status_2_and_names_what_is_wrong)
{
  static const char *const lines[][2] = {
      {"verify", "Which connection?"},
      {"verify a b", "One connection"},
      {"verify x -o html", "\"html\""},
      {"verify x --output", "needs a value"},
      {"verify x --wait soon", "\"soon\""},
      {"verify x --in-process=yes", "takes no value"},
      {"impersonate", "Which connection?"},
      {"impersonate x", "Whom"},
      {"impersonate x a --from f", "not both"},
      {"impersonate x a --column 2", "--column goes with --from"},
      {"impersonate x a --jobs 0", "from 1 to 64"},
      {"impersonate x a --jobs 65", "from 1 to 64"},
      {"impersonate x --from people.csv", "--column"},
      {"connections show", "Which connection?"},
      {"-o json help", "--output"},
      {"plugin info", "Which plugin"},
      {"configure", "Which connection?"},
      {"configure x --yes --undo", "One of --plan, --yes and --undo"},
      {"configure x --step a", "--step goes with"},
      {"configure x --yes -o md", "goes with --plan"},
      {"frobnicate", "\"frobnicate\""}};

  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    CLEANUP_RAN struct ran r = run(lines[i][0]);
    expect_status(&r, STATUS_USAGE);
    expect_in(r.err, lines[i][1]);
    expect_in(r.err, "--help");
    ck_assert_str_eq(r.out, "");
  }
}
END_TEST

START_TEST(usage__takes_no_secret_as_an_argument)
{
  CLEANUP_RAN struct ran r = run("verify x --password hunter22");
  expect_status(&r, STATUS_USAGE);
  expect_in(r.err, "Secrets are not taken as arguments");
  expect_not_in(r.err, "hunter22");
}
END_TEST

START_TEST(help__gives_examples_first_and_to_stdout)
{
  static const char *const commands_[] = {"verify",
                                          "configure",
                                          "impersonate",
                                          "browse",
                                          "connections list",
                                          "plugin info",
                                          "doctor",
                                          "lab",
                                          "vault protect",
                                          "help",
                                          "wizard",
                                          "version",
                                          "connections remove"};
  char line[64];

  for (size_t i = 0; i < sizeof commands_ / sizeof *commands_; i++) {
    (void)snprintf(line, sizeof line, "help %s", commands_[i]);
    CLEANUP_RAN struct ran r = run(line);
    expect_status(&r, STATUS_PASSED);
    expect_in(r.out, "Usage: tenon ");
    ck_assert(strstr(r.out, "  tenon ") < strstr(r.out, "Usage: "));
    ck_assert_str_eq(r.err, "");
    (void)snprintf(line, sizeof line, "%s --help", commands_[i]);
    CLEANUP_RAN struct ran again = run(line);
    ck_assert_str_eq(again.out, r.out);
  }
}
END_TEST

START_TEST(version__is_said_in_three_ways)
{
  CLEANUP_RAN struct ran a = run("--version"), b = run("version"), c = run("-V");
  expect_status(&a, STATUS_PASSED);
  ck_assert_str_eq(a.out, b.out);
  ck_assert_str_eq(a.out, c.out);
  expect_in(a.out, "tenon " TENON_VERSION);
}
END_TEST

START_TEST(options__may_stand_before_the_command)
{
  CLEANUP_RAN struct ran r = run("-o json connections list");
  expect_status(&r, STATUS_PASSED);
  ck_assert_str_eq(r.out, "{\"connections\":[]}\n");
}
END_TEST

START_TEST(output__that_cannot_be_written_is_said)
{
  CLEANUP_RAN struct ran r = run("version");
  expect_status(&r, STATUS_PASSED);
  char command[512];
  (void)snprintf(command, sizeof command, "HOME=%s %s version >/dev/full 2>%s/err", run_home,
                 TEST_PROGRAM, run_home);
  int status = system(command);
  ck_assert_int_eq(WEXITSTATUS(status), STATUS_ENVIRONMENT);
  (void)snprintf(command, sizeof command, "HOME=%s %s version >&- 2>%s/err", run_home, TEST_PROGRAM,
                 run_home);
  status = system(command);
  ck_assert_int_eq(WEXITSTATUS(status), STATUS_ENVIRONMENT);
  (void)snprintf(command, sizeof command, "grep -q 'could not be written' %s/err", run_home);
  ck_assert_int_eq(system(command), 0);
}
END_TEST

/* ---- suggestions by themselves -------------------------------------------------------------------------------------- */

static const char *
nearest(const char *typed, const char *candidate)
{
  struct suggestion s;

  suggest_init(&s, typed);
  suggest_offer(&s, candidate);
  return suggest_best(&s);
}

START_TEST(suggestion__is_near_or_none)
{
  ck_assert_ptr_nonnull(nearest("veryfi", "verify"));
  ck_assert_ptr_nonnull(nearest("verfy", "verify"));
  ck_assert_ptr_nonnull(nearest("imp", "impersonate"));
  ck_assert_ptr_nonnull(nearest("ls", "l"));
  ck_assert_ptr_null(nearest("help", "verify"));
  ck_assert_ptr_null(nearest("", "verify"));
  ck_assert_ptr_null(nearest("x", "verify"));
}
END_TEST

START_TEST(suggestion__prefers_the_nearest)
{
  struct suggestion s;

  suggest_init(&s, "berlni");
  suggest_offer(&s, "bern");
  suggest_offer(&s, "berlin");
  suggest_offer(&s, "berlin2");
  ck_assert_str_eq(suggest_best(&s), "berlin");
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("cli usage");
  TCase *t = tcase_create("usage");

  tcase_add_checked_fixture(t, run_setup, run_teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, usage__suggests_the_command_that_was_meant);
  tcase_add_test(t, usage__suggests_the_option_that_was_meant);
  tcase_add_test(t, usage__is_wrong_with_status_2_and_names_what_is_wrong);
  tcase_add_test(t, usage__takes_no_secret_as_an_argument);
  tcase_add_test(t, help__gives_examples_first_and_to_stdout);
  tcase_add_test(t, version__is_said_in_three_ways);
  tcase_add_test(t, options__may_stand_before_the_command);
  tcase_add_test(t, output__that_cannot_be_written_is_said);
  tcase_add_test(t, suggestion__is_near_or_none);
  tcase_add_test(t, suggestion__prefers_the_nearest);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
