// SPDX-License-Identifier: Apache-2.0
/* A plan as a person sees it, and as the page for a colleague: what plugins wrote must neither drive a terminal nor become
 * markup. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/plan.h"

static const struct report_style style = {.width = 60};
static struct buf b = BUF_INIT(PLAN_TEXT_MAX);

static tenon_step
step(uint32_t state, const char *title, const char *body)
{
  return (tenon_step){
      .size = sizeof(tenon_step), .state = state, .id = "a.b", .title = title, .body = body};
}

static void
has(const char *part)
{
  ck_assert_msg(strstr(buf_text(&b), part) != NULL, "no \"%s\" in:\n%s", part, buf_text(&b));
}

static void
has_not(const char *part)
{
  ck_assert_msg(strstr(buf_text(&b), part) == NULL, "\"%s\" in:\n%s", part, buf_text(&b));
}

static void
show(const tenon_step *s, bool can_run)
{
  buf_clear(&b);
  plan_put_step(&b, &style, s, can_run);
}

static void
ask(const tenon_step *s)
{
  const tenon_step *const steps[] = {s, NULL};
  struct plan_request r = {.connection = "corp", .program = "tenon", .steps = steps, .n_steps = 1};

  buf_clear(&b);
  plan_put_request(&b, &r);
}

START_TEST(step__that_is_done_is_a_line)
{
  tenon_step s = step(TENON_STEP_DONE, "Assign the role", "Add-Role");
  show(&s, true);
  ck_assert_str_eq(buf_text(&b), "  done     Assign the role\n");
}
END_TEST

START_TEST(step__keeps_a_command_whole_however_narrow_the_terminal)
{
  tenon_step s = step(TENON_STEP_MISSING, "Assign",
                      "New-ManagementRoleAssignment -Name one -Role two -User three -Scope four");
  show(&s, true);
  has("would run\n             New-ManagementRoleAssignment -Name one -Role two -User three -Scope "
      "four\n");
}
END_TEST

START_TEST(step__tells_what_is_to_be_opened_from_what_is_to_be_run)
{
  tenon_step s =
      step(9, "Consent", "https://login.example/consent?a=b&c=d\nConnect-Thing https://x.example");
  show(&s, false);
  has("  unknown  Consent\n           open\n             https://login.example/consent?a=b&c=d\n"
      "           run by hand\n             Connect-Thing https://x.example\n");
  ask(&s);
  has("\n  Open: <https://login.example/consent?a=b&c=d>\n");
  has("\n  Run:\n\n  ```text\n  Connect-Thing https://x.example\n  ```\n");
  has("cannot be seen from here");
}
END_TEST

START_TEST(step__drives_no_terminal)
{
  tenon_step s = step(TENON_STEP_MISSING, "A \033[2Jtitle",
                      "rm\033]0;x\a\n\xe2\x80\xae"
                      "evil");
  show(&s, false);
  has_not("\033");
  has_not("\a");
  has_not("\xe2\x80\xae");
  ask(&s);
  has_not("\033");
  has_not("\xe2\x80\xae");
}
END_TEST

START_TEST(request__escapes_what_would_be_markup)
{
  tenon_step s = step(TENON_STEP_MISSING, "Use <b>*this*</b> [x](y) `z` | #1", "Add-Role");
  s.needs = "**Global** Administrator";
  ask(&s);
  has("**Use \\<b\\>\\*this\\*\\</b\\> \\[x\\](y) \\`z\\` \\| \\#1**");
  has("Who may do it: \\*\\*Global\\*\\* Administrator\n");
}
END_TEST

/* A body that closed the fence would put the rest of it into the page as text. */
START_TEST(request__has_longer_fences_than_any_in_the_commands)
{
  tenon_step s = step(TENON_STEP_MISSING, "Assign", "echo one\n````\n# Heading\n```");
  ask(&s);
  has("\n  `````text\n  echo one\n  ````\n  # Heading\n  ```\n  `````\n");
}
END_TEST

START_TEST(request__takes_no_address_that_could_leave_its_brackets)
{
  tenon_step s =
      step(TENON_STEP_MISSING, "Open", "https://x.example/><script>\nhttps://x.example/a b");
  ask(&s);
  has_not("Open: <");
  has("  ```text\n  https://x.example/><script>\n  https://x.example/a b\n  ```");
}
END_TEST

START_TEST(request__quotes_values_whatever_is_in_them)
{
  const tenon_step *const none[] = {NULL};
  struct plan_request r = {.connection = "corp",
                           .connector = "A_B",
                           .program = "tenon",
                           .steps = none,
                           .n_facts = 1,
                           .facts = {{"Ser*ver", "a`b\nc"}}};

  buf_clear(&b);
  plan_put_request(&b, &r);
  has("- To: A\\_B\n- Ser\\*ver: `` a`b c ``\n");
  has("Nothing: every step is done.");
}
END_TEST

START_TEST(request__says_what_is_verified_afterwards)
{
  tenon_step open = step(TENON_STEP_MISSING, "Assign", "Add-Role");
  const tenon_step *const steps[] = {&open, NULL};
  const char *const failed[] = {"Role", NULL}, *const passed[] = {"Name", "Sign-in", NULL};
  struct plan_request r = {.connection = "corp",
                           .program = "tenon",
                           .steps = steps,
                           .n_steps = 1,
                           .verified = "2026-11-22T10:00:00Z",
                           .failed = failed,
                           .passed = passed};

  buf_clear(&b);
  plan_put_request(&b, &r);
  has("- Did not pass when it was verified (2026-11-22T10:00:00Z): Role\n");
  has("runs `tenon verify corp --wait 15m`. It changes nothing on the server, asks again while a "
      "right is on its way, and looks at what did not pass and once more at: Name; Sign-in.\n");
  r.passed = NULL;
  buf_clear(&b);
  plan_put_request(&b, &r);
  has("on its way, and says what is still missing.\n");
}
END_TEST

START_TEST(sum__counts_by_state)
{
  tenon_step done = step(TENON_STEP_DONE, "a", NULL), other = step(77, "b", NULL);
  const tenon_step *const steps[] = {&done, &other, &done, NULL};

  buf_clear(&b);
  plan_put_sum(&b, steps, 3);
  ck_assert_str_eq(buf_text(&b), "3 steps: 2 done, 1 unknown\n");
}
END_TEST

static void
forget(void)
{
  buf_finish(&b);
}

int
main(void)
{
  Suite *suite = suite_create("plan");
  TCase *t = tcase_create("plan");

  tcase_add_checked_fixture(t, NULL, forget);
  tcase_add_test(t, step__that_is_done_is_a_line);
  tcase_add_test(t, step__keeps_a_command_whole_however_narrow_the_terminal);
  tcase_add_test(t, step__tells_what_is_to_be_opened_from_what_is_to_be_run);
  tcase_add_test(t, step__drives_no_terminal);
  tcase_add_test(t, request__escapes_what_would_be_markup);
  tcase_add_test(t, request__has_longer_fences_than_any_in_the_commands);
  tcase_add_test(t, request__takes_no_address_that_could_leave_its_brackets);
  tcase_add_test(t, request__quotes_values_whatever_is_in_them);
  tcase_add_test(t, request__says_what_is_verified_afterwards);
  tcase_add_test(t, sum__counts_by_state);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
