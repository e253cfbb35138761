// SPDX-License-Identifier: Apache-2.0
/* tenon configure as a program, on the test connector and the test probe; once in a worker and once in the process
 * (TENON_TEST_IN_PROCESS=1). */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli/cli.h"
#include "core/json/json.h"
#include "tests/cli/run.h"

#define PROBE " --plugin-dir " TEST_PROBES

/* The command line, in the mode that is tested. */
static const char *
mode(const char *line)
{
  static char text[1024];

  (void)snprintf(text, sizeof text, "%s%s", line,
                 getenv("TENON_TEST_IN_PROCESS") ? " --in-process" : "");
  return text;
}

static char *
history_of(const char *name)
{
  char path[256];
  static char text[65536];

  (void)snprintf(path, sizeof path, "%s/.local/state/tenon/history/%s.jsonl", run_home, name);
  FILE *file = fopen(path, "r");
  size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
  if (file)
    (void)fclose(file);
  text[n] = '\0';
  return text;
}

static cJSON *
parsed(const char *text)
{
  const char *why = NULL;
  size_t n = strlen(text);

  ck_assert_msg(n > 0 && text[n - 1] == '\n', "no line: %s", text);
  cJSON *json = json_parse(text, n - 1, NULL, &why);
  ck_assert_msg(json != NULL, "%s: %s", why, text);
  return json;
}

static const cJSON *
step_at(const cJSON *json, int i)
{
  const cJSON *step = cJSON_GetArrayItem(json_array(json, "steps"), i);
  ck_assert_ptr_nonnull(step);
  return step;
}

/* ---- the plan ------------------------------------------------------------------------------------------------------- */

START_TEST(plan__is_what_it_does_unless_told_and_changes_nothing)
{
  store_test_connection("c", "plan:half", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c"));
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "c: Test\n");
  expect_in(r.out, "  done     Create the role\n");
  expect_in(r.out, "  missing  Assign the role\n");
  expect_in(r.out, "\n             Add-Role test\n             Set-Role test\n");
  expect_in(r.out, "\n             Drop-Role test\n");
  expect_in(r.out, "2 steps: 1 done, 1 missing\n");
  expect_not_in(r.out, "New-Role"); /* it is done */
  expect_in(r.err, "tenon configure c --yes");
  expect_in(r.err, "tenon verify c --wait 15m");
  CLEANUP_RAN struct ran same = run(mode("configure c --plan"));
  ck_assert_str_eq(same.out, r.out);
  ck_assert_str_eq(history_of("c"), "");
}
END_TEST

START_TEST(plan__says_who_may_do_what_nobody_here_runs)
{
  store_test_connection("c", "kind:nobody", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c"));
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "who may: Organization Management");
  expect_in(r.out, "run by hand");
  expect_not_in(r.out, "would run");
  expect_in(r.err, "tenon configure c -o md");
  expect_not_in(r.err, "--yes");
}
END_TEST

START_TEST(plan__as_json_has_the_steps_and_who_can_run_them)
{
  store_test_connection("c", "kind:probe", "right");
  CLEANUP_RAN struct ran alone = run(mode("configure c -o json"));
  expect_status(&alone, STATUS_PASSED);
  CLEANUP_JSON cJSON *json = parsed(alone.out);
  ck_assert_str_eq(json_text(json, "phase"), "plan");
  ck_assert_str_eq(json_text(json, "outcome"), "pass");
  ck_assert_str_eq(json_text(step_at(json, 0), "id"), "role.create");
  ck_assert_str_eq(json_text(step_at(json, 0), "needs"), "Organization Management");
  ck_assert(!json_bool(step_at(json, 0), "can_run"));
  ck_assert(json_bool(step_at(json, 1), "can_run"));
  CLEANUP_RAN struct ran both = run(mode("configure c -o json" PROBE));
  CLEANUP_JSON cJSON *probed = parsed(both.out);
  ck_assert(json_bool(step_at(probed, 0), "can_run"));
}
END_TEST

START_TEST(plan__that_fails_says_so_with_the_status_of_its_cause)
{
  store_test_connection("c", "plan:network", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes"));
  expect_status(&r, STATUS_NETWORK);
  expect_in(r.out, "ended early (network)");
  ck_assert_str_eq(history_of("c"), "");
  CLEANUP_RAN struct ran md = run(mode("configure c -o md"));
  expect_status(&md, STATUS_NETWORK);
  ck_assert_str_eq(md.out, "");
  expect_in(md.err, "ended early (network)");
  CLEANUP_RAN struct ran json = run(mode("configure c -o json"));
  expect_status(&json, STATUS_NETWORK);
  expect_in(json.out, "\"outcome\":\"fail\",\"cause\":\"network\"");
}
END_TEST

START_TEST(plan__of_a_connection_whose_answers_are_wrong_names_the_field)
{
  store_test_connection("c", "", "right");
  CLEANUP_RAN struct ran changed = run(mode("wizard c --no-input --unverified --set server=wrong"));
  CLEANUP_RAN struct ran r = run(mode("configure c -o json"));
  expect_status(&r, STATUS_FAILED);
  expect_in(r.out, "\"field\":\"server\"");
}
END_TEST

START_TEST(plan__that_is_too_long_is_cut_and_that_is_said)
{
  store_test_connection("c", "plan:many", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c"));
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "256 steps: 256 missing");
  expect_in(r.err, "more than 256 steps");
}
END_TEST

/* ---- carrying out, and back ----------------------------------------------------------------------------------------- */

START_TEST(yes__carries_out_what_is_not_done_and_undo_takes_it_back_once)
{
  store_test_connection("c", "plan:half", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes -o json"));
  expect_status(&r, STATUS_PASSED);
  CLEANUP_JSON cJSON *json = parsed(r.out);
  ck_assert_str_eq(json_text(json, "phase"), "apply");
  ck_assert_ptr_null(json_object(step_at(json, 0), "result"));
  ck_assert_str_eq(json_text(json_object(step_at(json, 1), "result"), "state"), "pass");
  expect_in(history_of("c"), "\"applied\":[{\"id\":\"role.assign\"");
  expect_in(history_of("c"), "\"undo\":\"Drop-Role test\"");
  expect_not_in(history_of("c"), "role.create");

  CLEANUP_RAN struct ran back = run(mode("configure c --undo"));
  expect_status(&back, STATUS_PASSED);
  expect_in(back.out, "Drop-Role test");
  expect_in(history_of("c"), "\"undone\":[\"role.assign\"]");
  CLEANUP_RAN struct ran again = run(mode("configure c --undo"));
  expect_status(&again, STATUS_PASSED);
  expect_in(again.err, "Nothing that was applied from here is left");
  ck_assert_str_eq(again.out, "");
}
END_TEST

START_TEST(undo__goes_backwards_and_forgets_only_what_was_taken_back)
{
  store_test_connection("c", "", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes"));
  expect_status(&r, STATUS_PASSED);
  expect_in(r.err, "tenon configure c --undo");
  CLEANUP_RAN struct ran changed =
      run(mode("wizard c --no-input --unverified --set script=apply:denied"));
  CLEANUP_RAN struct ran back = run(mode("configure c --undo -o json"));
  expect_status(&back, STATUS_DENIED);
  CLEANUP_JSON cJSON *json = parsed(back.out);
  ck_assert_str_eq(json_text(step_at(json, 0), "id"), "role.assign");
  ck_assert_str_eq(json_text(json_object(step_at(json, 0), "result"), "state"), "fail");
  ck_assert_str_eq(json_text(json_object(step_at(json, 1), "result"), "state"), "pass");
  CLEANUP_RAN struct ran rest = run(mode("configure c --undo"));
  expect_in(rest.out, "Assign the role");
  expect_not_in(rest.out, "Create the role");
}
END_TEST

START_TEST(yes__leaves_what_is_optional_until_it_is_named)
{
  store_test_connection("c", "plan:optional", "right");
  CLEANUP_RAN struct ran plan = run(mode("configure c"));
  expect_in(plan.out, "optional: the connection works without it");
  expect_in(plan.out, "2 steps: 1 missing, 1 optional\n");
  CLEANUP_RAN struct ran page = run(mode("configure c -o md"));
  expect_in(page.out, "- [ ] **Create the role**");
  expect_in(page.out, "## Only where it is wanted\n\nThe connection works without.\n\n- **Assign");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes -o json"));
  expect_status(&r, STATUS_PASSED);
  CLEANUP_JSON cJSON *json = parsed(r.out);
  ck_assert_ptr_nonnull(json_object(step_at(json, 0), "result"));
  ck_assert(json_bool(step_at(json, 1), "optional"));
  ck_assert_ptr_null(json_object(step_at(json, 1), "result"));
  CLEANUP_RAN struct ran named = run(mode("configure c --yes --step role.assign"));
  expect_status(&named, STATUS_PASSED);
  expect_in(history_of("c"), "role.assign");
}
END_TEST

START_TEST(step__carries_out_and_takes_back_what_was_named_and_nothing_else)
{
  store_test_connection("c", "", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes --step role.assign"));
  expect_status(&r, STATUS_PASSED);
  expect_not_in(history_of("c"), "role.create");
  CLEANUP_RAN struct ran all = run(mode("configure c --yes"));
  CLEANUP_RAN struct ran back = run(mode("configure c --undo --step role.create"));
  expect_status(&back, STATUS_PASSED);
  expect_in(history_of("c"), "\"undone\":[\"role.create\"]");
  expect_not_in(history_of("c"), "\"undone\":[\"role.assign\"]");
}
END_TEST

START_TEST(step__that_is_none_stops_everything_and_suggests)
{
  store_test_connection("c", "", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes --step role.create --step role.asign"));
  expect_status(&r, STATUS_USAGE);
  expect_in(r.err, "no step \"role.asign\". Did you mean \"role.assign\"?");
  ck_assert_str_eq(history_of("c"), "");
}
END_TEST

START_TEST(yes__has_a_probe_of_the_family_run_its_kind)
{
  store_test_connection("c", "kind:probe", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes" PROBE));
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "Create the role");
  expect_in(history_of("c"), "role.create");
  expect_in(history_of("c"), "role.assign");
  CLEANUP_RAN struct ran back = run(mode("configure c --undo" PROBE));
  expect_status(&back, STATUS_PASSED);
  expect_in(history_of("c"), "\"undone\":[\"role.create\"]");
}
END_TEST

START_TEST(yes__applies_nothing_and_says_so_where_nothing_runs_it)
{
  store_test_connection("c", "kind:nobody", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes"));
  expect_status(&r, STATUS_ENVIRONMENT);
  expect_in(r.err,
            "Nothing was applied: no plugin installed here runs such steps (nobody.cmdlet/1).");
  expect_in(r.err, "tenon configure c -o md");
  expect_in(r.out, "New-Role test");
  ck_assert_str_eq(history_of("c"), "");
}
END_TEST

START_TEST(yes__says_what_is_left_when_only_a_part_can_be_run)
{
  store_test_connection("c", "kind:probe", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes"));
  expect_status(&r, STATUS_ENVIRONMENT);
  expect_in(r.err, "1 of the steps is left: no plugin installed here runs them (probe.cmdlet/1).");
  expect_in(history_of("c"), "role.assign");
  expect_not_in(history_of("c"), "role.create");
}
END_TEST

START_TEST(yes__does_nothing_where_all_is_done)
{
  store_test_connection("c", "plan:done", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes"));
  expect_status(&r, STATUS_PASSED);
  expect_in(r.err, "Every step is done already.");
  ck_assert_str_eq(history_of("c"), "");
}
END_TEST

START_TEST(yes__notes_each_step_that_worked_although_another_failed)
{
  store_test_connection("c", "apply:denied", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes"));
  expect_status(&r, STATUS_DENIED);
  expect_in(history_of("c"), "role.create");
  expect_not_in(history_of("c"), "role.assign");
}
END_TEST

START_TEST(yes__does_not_take_silence_for_success)
{
  store_test_connection("c", "apply:silent", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c --yes"));
  expect_status(&r, STATUS_FAILED);
  expect_in(r.err, "\"Assign the role\" has no result");
  expect_not_in(history_of("c"), "role.assign");
}
END_TEST

START_TEST(yes__survives_a_runner_that_dies_and_says_what_is_not_known)
{
  if (getenv("TENON_TEST_IN_PROCESS"))
    return; /* a crash is tenon's there */
  store_test_connection("c", "apply:die", "right");
  CLEANUP_RAN struct ran r = run("configure c --yes");
  expect_status(&r, STATUS_CRASHED);
  expect_in(r.err, "\"Assign the role\" has no result");
  expect_in(history_of("c"), "role.create");
}
END_TEST

START_TEST(yes__stops_at_an_interrupt_and_keeps_what_was_done)
{
  store_test_connection("c", "apply:slow", "right");
  CLEANUP_RAN struct ran r = run_interrupted(mode("configure c --yes"));
  expect_status(&r, STATUS_CANCELLED);
  expect_in(r.err, "\"Assign the role\" has no result");
  expect_in(history_of("c"), "role.create");
}
END_TEST

/* ---- the request ---------------------------------------------------------------------------------------------------- */

START_TEST(request__has_what_a_colleague_needs_and_no_secret)
{
  store_test_connection("c", "plan:half fail:net.door kind:nobody", "hunter22-right");
  CLEANUP_RAN struct ran verified = run(mode("verify c"));
  CLEANUP_RAN struct ran r = run(mode("configure c -o md"));
  expect_status(&r, STATUS_PASSED);
  ck_assert_int_eq(strncmp(r.out, "# Rights for the connection `c`\n", 32), 0);
  expect_in(r.out, "- To: Test, Obeys its answers\n");
  expect_in(r.out, "- Server: `x.test`\n");
  expect_in(r.out, "\n- [ ] **Assign the role**\n");
  expect_in(r.out, "\n  ```text\n  Add-Role test\n  Set-Role test\n  ```\n");
  expect_in(r.out, "\n  To take it back later:\n\n  ```text\n  Drop-Role test\n  ```\n");
  expect_in(r.out, "\n## Done already\n\n- Create the role\n");
  expect_in(r.out, "Did not pass when it was verified (20");
  expect_in(r.out, "Sign-in; A check\n");
  expect_in(r.out, "\n## What to send back\n");
  expect_in(r.out, "`tenon verify c --wait 15m`");
  expect_not_in(r.out, "hunter22");
  expect_not_in(r.out, "Script"); /* advanced */
  expect_not_in(r.out, "New-Role");
}
END_TEST

START_TEST(request__asks_for_nothing_when_all_is_done)
{
  store_test_connection("c", "plan:done", "right");
  CLEANUP_RAN struct ran r = run(mode("configure c -o md"));
  expect_status(&r, STATUS_PASSED);
  expect_in(r.out, "Nothing: every step is done.");
  expect_not_in(r.out, "send back");
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("cli configure");
  TCase *t = tcase_create("configure");

  tcase_add_checked_fixture(t, run_setup, run_teardown);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, plan__is_what_it_does_unless_told_and_changes_nothing);
  tcase_add_test(t, plan__says_who_may_do_what_nobody_here_runs);
  tcase_add_test(t, plan__as_json_has_the_steps_and_who_can_run_them);
  tcase_add_test(t, plan__that_fails_says_so_with_the_status_of_its_cause);
  tcase_add_test(t, plan__of_a_connection_whose_answers_are_wrong_names_the_field);
  tcase_add_test(t, plan__that_is_too_long_is_cut_and_that_is_said);
  tcase_add_test(t, yes__carries_out_what_is_not_done_and_undo_takes_it_back_once);
  tcase_add_test(t, undo__goes_backwards_and_forgets_only_what_was_taken_back);
  tcase_add_test(t, yes__leaves_what_is_optional_until_it_is_named);
  tcase_add_test(t, step__carries_out_and_takes_back_what_was_named_and_nothing_else);
  tcase_add_test(t, step__that_is_none_stops_everything_and_suggests);
  tcase_add_test(t, yes__has_a_probe_of_the_family_run_its_kind);
  tcase_add_test(t, yes__applies_nothing_and_says_so_where_nothing_runs_it);
  tcase_add_test(t, yes__says_what_is_left_when_only_a_part_can_be_run);
  tcase_add_test(t, yes__does_nothing_where_all_is_done);
  tcase_add_test(t, yes__notes_each_step_that_worked_although_another_failed);
  tcase_add_test(t, yes__does_not_take_silence_for_success);
  tcase_add_test(t, yes__survives_a_runner_that_dies_and_says_what_is_not_known);
  tcase_add_test(t, yes__stops_at_an_interrupt_and_keeps_what_was_done);
  tcase_add_test(t, request__has_what_a_colleague_needs_and_no_secret);
  tcase_add_test(t, request__asks_for_nothing_when_all_is_done);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
