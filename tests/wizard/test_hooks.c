// SPDX-License-Identifier: Apache-2.0
/* What comes after a verification, questions, and the ways a wizard is left or taken up again: each test is a short
 * transcript. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/wizard/bench.h"

static struct bench b;

static void
finish(void)
{
  bench_finish(&b);
}

START_TEST(test__shows_how_each_subject_came_out)
{
  bench_at_verification(&b);
  bench_verify(&b, "pass", NULL);
  send_event(&b, "{'event':'browse','typed':'an'}");
  CLEANUP_FREE char *offer =
      text_printf("{'event':'offered','offer':{'value':'anna'},'generation':%d}", generation(&b));
  send_event(&b, offer);
  end_hook(&b, "ok");
  expect(&b, "browsed.offers.0.value", "anna");
  send_event(&b, "{'event':'test','subject':'anna'}");
  CLEANUP_FREE char *check =
      text_printf("{'event':'checked','check':{'id':'x','title':'T','state':'pass','level':"
                  "'required','subject':'anna'},'generation':%d}",
                  generation(&b));
  send_event(&b, check);
  end_hook(&b, "ok");
  expect(&b, "view", "verification");
  expect(&b, "tests.0.subject", "anna");
  expect(&b, "tests.0.says", "Test succeeded");
  expect(&b, "outcome", "pass");
}
END_TEST

static void
plan_one_step(const char *kind)
{
  send_event(&b, "{'event':'plan'}");
  CLEANUP_FREE char *step =
      text_printf("{'event':'stepped','generation':%d,'step':{'id':'s1','title':'Give the "
                  "right','state':'missing','kind':'%s','body':'give','undo':'take'}}",
                  generation(&b), kind);
  CLEANUP_FREE char *runners =
      text_printf("{'event':'runners','generation':%d,'kinds':['demo.step/1']}", generation(&b));
  send_event(&b, step);
  send_event(&b, runners);
  end_hook(&b, "ok");
}

static void
carry_out(const char *event, const char *state)
{
  send_event(&b, event);
  ck_assert_str_eq(effect_at(&b, 0), "run");
  CLEANUP_FREE char *check =
      text_printf("{'event':'checked','generation':%d,'check':{'id':'s1','title':'Give the "
                  "right','state':'%s','level':'required','remedy':'Ask.'}}",
                  generation(&b), state);
  send_event(&b, check);
  end_hook(&b, "ok");
}

START_TEST(plan__changes_nothing_before_a_yes_and_can_be_undone)
{
  bench_at_verification(&b);
  bench_verify(&b, "fail", NULL);
  plan_one_step("demo.step/1");
  expect(&b, "view", "plan");
  expect(&b, "title", "Configuration");
  expect(&b, "plan.s1.can_run", "true");
  ck_assert(!can(&b, "undo"));
  carry_out("{'event':'apply','ids':['s1']}", "pass");
  expect(&b, "view", "report");
  expect(&b, "checks.s1.state", "pass");
  ck_assert(can(&b, "undo"));
  carry_out("{'event':'undo'}", "pass");
  ck_assert(!can(&b, "undo"));
  send_event(&b, "{'event':'next'}");
  expect(&b, "view", "verification");
  ck_assert_ptr_null(at(&b, "outcome"));
}
END_TEST

START_TEST(plan__that_nothing_here_can_run_is_not_applied)
{
  bench_at_verification(&b);
  plan_one_step("other/1");
  ck_assert(!can(&b, "apply"));
  send_event(&b, "{'event':'apply'}");
  expect(&b, "problem",
         "Nothing here can run these steps: run their commands by hand, then verify.");
}
END_TEST

static void
ask_one(const char *kind)
{
  CLEANUP_FREE char *asked = text_printf("{'event':'asked','generation':%d,'ticket':7,'ask':{'ask':"
                                         "'demo.ok','kind':'%s','title':'Well?',"
                                         "'choices':[{'value':'a'}]}}",
                                         generation(&b), kind);
  send_event(&b, asked);
}

static void
patch_in_verify(const char *key, const char *text)
{
  CLEANUP_FREE char *patched = text_printf(
      "{'event':'patched','generation':%d,'key':'%s','text':'%s'}", generation(&b), key, text);
  send_event(&b, patched);
  end_hook(&b, "ok");
}

START_TEST(verify__that_changed_the_connection_is_made_again_with_it)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'verify'}");
  int first = generation(&b);
  patch_in_verify("server", "found.example");
  ck_assert_str_eq(effect_at(&b, 0), "drop-session");
  ck_assert_str_eq(effect_at(&b, 1), "run");
  ck_assert_int_eq(generation(&b), first + 1);
  expect(&b, "view", "busy");
  ck_assert_str_eq(json_text(json_object(b.session, "answers"), "server"), "found.example");
  end_hook(&b, "ok");
  expect(&b, "view", "verification");
}
END_TEST

START_TEST(verify__is_not_made_again_for_ever)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'verify'}");
  for (unsigned i = 0; i < WIZARD_AGAIN_MAX; i++) {
    patch_in_verify("server", i % 2 ? "a.example" : "b.example");
    expect(&b, "view", "busy");
  }
  patch_in_verify("server", "c.example");
  expect(&b, "view", "verification");
  expect(&b, "outcome", "fail");
  send_event(&b, "{'event':'verify'}");
  patch_in_verify("server", "d.example");
  expect(&b, "view", "busy");
}
END_TEST

START_TEST(question__waits_on_the_screen_until_it_is_answered)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'verify'}");
  ask_one("choice");
  expect(&b, "view", "ask");
  expect(&b, "asks.0.ask", "demo.ok");
  send_event(&b, "{'event':'reply','ask':'demo.ok','text':'b'}");
  expect(&b, "view", "ask");
  ck_assert_str_eq(effect_at(&b, 0), "");
  send_event(&b, "{'event':'reply','ask':'demo.ok','text':'a'}");
  expect(&b, "view", "busy");
  ck_assert_str_eq(effect_at(&b, 0), "reply");
  ask_one("confirm");
  CLEANUP_FREE char *gone =
      text_printf("{'event':'withdrawn','ticket':7,'generation':%d}", generation(&b));
  send_event(&b, gone);
  expect(&b, "view", "busy");
}
END_TEST

START_TEST(question__of_a_secret_keeps_the_reply_out_of_the_session)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'verify'}");
  ask_one("secret");
  send_event(&b, "{'event':'reply','ask':'demo.ok'}");
  const cJSON *e = cJSON_GetArrayItem(b.effects, 0);
  ck_assert(json_bool(e, "held"));
}
END_TEST

START_TEST(question__with_nobody_there_is_named)
{
  bench_init(&b);
  CLEANUP_FREE char *start = text_printf(
      "{'event':'start','catalog':%s,'interactive':false,'replies':{'demo.ok':'perhaps'}}",
      demo_catalog);
  send_event(&b, start);
  send_event(&b, "{'event':'choose','connector':'demo'}");
  ask_one("confirm");
  const cJSON *e = cJSON_GetArrayItem(b.effects, 0);
  ck_assert(json_bool(e, "noanswer"));
  expect(&b, "unanswered.0", "demo.ok");
}
END_TEST

START_TEST(finish__saves_answers_that_apply_and_no_volatile_ones)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'answer','key':'once','text':'x'}");
  send_event(&b, "{'event':'answer','key':'room','text':'r1'}");
  send_event(&b, "{'event':'goto','page':'verification'}");
  bench_verify(&b, "pass", NULL);
  expect(&b, "proposed", "corp");
  send_event(&b, "{'event':'finish','name':'taken'}");
  ck_assert_ptr_nonnull(strstr(at(&b, "problem"), "tenon wizard taken"));
  send_event(&b, "{'event':'finish','name':'No Name'}");
  ck_assert_ptr_nonnull(strstr(at(&b, "problem"), "is no name"));
  send_event(&b, "{'event':'finish'}");
  const cJSON *e = cJSON_GetArrayItem(b.effects, 0);
  ck_assert_str_eq(effect_at(&b, 0), "save");
  ck_assert_str_eq(json_text(e, "name"), "corp");
  ck_assert_str_eq(json_text(json_object(e, "answers"), "room"), "r1");
  ck_assert_ptr_null(json_text(json_object(e, "answers"), "once"));
  ck_assert_str_eq(json_text(json_object(e, "secrets"), "password"), "new");
  ck_assert(json_bool(e, "verified"));
  CLEANUP_FREE char *saved =
      text_printf("{'event':'saved','where':'/x','generation':%d}", generation(&b));
  send_event(&b, saved);
  expect(&b, "view", "done");
  expect(&b, "title", "Finish");
  expect(&b, "outcome", "saved");
}
END_TEST

START_TEST(finish__of_a_failed_verification_has_to_be_said_twice)
{
  bench_at_verification(&b);
  bench_verify(&b, "fail", NULL);
  send_event(&b, "{'event':'finish'}");
  ck_assert_ptr_nonnull(strstr(at(&b, "problem"), "unverified"));
  send_event(&b, "{'event':'finish','unverified':true}");
  ck_assert_str_eq(effect_at(&b, 0), "save");
  ck_assert(!json_bool(cJSON_GetArrayItem(b.effects, 0), "verified"));
  CLEANUP_FREE char *failed =
      text_printf("{'event':'failed','detail':'Disk full.','remedy':'Make room.','generation':%d}",
                  generation(&b));
  send_event(&b, failed);
  expect(&b, "view", "verification");
  expect(&b, "problem", "Disk full. Make room.");
}
END_TEST

START_TEST(editing__takes_stored_answers_as_they_are_and_keeps_stored_secrets)
{
  bench_init(&b);
  CLEANUP_FREE char *start =
      text_printf("{'event':'start','catalog':%s,'editing':{'name':'corp','connector':'demo','"
                  "answers':{'admin':"
                  "'a@b.example','host':'h1','gone':'x'},'secrets':['password']}}",
                  demo_catalog);
  send_event(&b, start);
  CLEANUP_FREE char *described = text_printf("{'event':'described','generation':%d,'connector':%s}",
                                             generation(&b), demo_shape);
  send_event(&b, described);
  expect(&b, "mode", "edit");
  expect(&b, "fields.admin.value", "a@b.example");
  expect(&b, "fields.password.secret", "stored");
  ck_assert_ptr_null(at(&b, "unknown.0"));
  send_event(&b, "{'event':'goto','key':'server'}");
  expect(&b, "fields.server.value", "h1");
}
END_TEST

START_TEST(given_answers__that_no_field_takes_are_named)
{
  bench_init(&b);
  CLEANUP_FREE char *start =
      text_printf("{'event':'start','catalog':%s,'connector':'demo','answers':{'amdin':'x',"
                  "'password':'p','admin':'wrong'}}",
                  demo_catalog);
  send_event(&b, start);
  CLEANUP_FREE char *described = text_printf("{'event':'described','generation':%d,'connector':%s}",
                                             generation(&b), demo_shape);
  send_event(&b, described);
  expect(&b, "unknown.0", "amdin");
  expect(&b, "misplaced.0", "password");
  expect(&b, "fields.admin.typed", "wrong");
  CLEANUP_FREE char *text = json_print(b.session);
  ck_assert_ptr_null(strstr(text, "\"p\""));
}
END_TEST

START_TEST(resume__of_a_busy_session_is_its_form_and_says_interrupted)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'verify'}");
  CLEANUP_JSON cJSON *event = cJSON_CreateObject(), *effects = NULL;
  cJSON_AddStringToObject(event, "event", "resume");
  cJSON_AddItemToObject(event, "session", cJSON_Duplicate(b.session, true));
  struct bench other = {.session = wizard_create()};
  ck_assert_int_eq(wizard_step(other.session, event, &effects), 0);
  other.view = wizard_view(other.session);
  expect(&other, "view", "verification");
  expect(&other, "interrupted", "true");
  send_event(&other, "{'event':'verify'}");
  expect(&other, "view", "form");
  expect(&other, "fields.password.problem", "Password is needed.");
  bench_finish(&other);
}
END_TEST

START_TEST(quit__cancels_what_runs_and_says_so)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'verify'}");
  send_event(&b, "{'event':'quit'}");
  ck_assert_str_eq(effect_at(&b, 0), "cancel");
  ck_assert_str_eq(effect_at(&b, 1), "drop-session");
  expect(&b, "view", "done");
  expect(&b, "outcome", "quit");
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("hooks");
  TCase *c = tcase_create("hooks");
  const TTest *const tests[] = {test__shows_how_each_subject_came_out,
                                plan__changes_nothing_before_a_yes_and_can_be_undone,
                                plan__that_nothing_here_can_run_is_not_applied,
                                verify__that_changed_the_connection_is_made_again_with_it,
                                verify__is_not_made_again_for_ever,
                                question__waits_on_the_screen_until_it_is_answered,
                                question__of_a_secret_keeps_the_reply_out_of_the_session,
                                question__with_nobody_there_is_named,
                                finish__saves_answers_that_apply_and_no_volatile_ones,
                                finish__of_a_failed_verification_has_to_be_said_twice,
                                editing__takes_stored_answers_as_they_are_and_keeps_stored_secrets,
                                given_answers__that_no_field_takes_are_named,
                                resume__of_a_busy_session_is_its_form_and_says_interrupted,
                                quit__cancels_what_runs_and_says_so};

  tcase_add_checked_fixture(c, NULL, finish);
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
    tcase_add_test(c, tests[i]);
  suite_add_tcase(suite, c);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
