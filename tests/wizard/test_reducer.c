// SPDX-License-Identifier: Apache-2.0
/* The way through the form to a verification: each test is a short transcript. */
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

START_TEST(wizard__begins_with_the_target_server)
{
  bench_init(&b);
  send_event(&b, "{'event':'start','catalog':[{'id':'x','name':'X'},{'id':'p','kind':'probe'}]}");
  expect(&b, "view", "choose");
  expect(&b, "title", "Target server");
  expect(&b, "connectors.x.name", "X");
  ck_assert_ptr_null(at(&b, "connectors.p.id"));
}
END_TEST

START_TEST(wizard__says_when_a_connector_retires_and_what_comes_after)
{
  bench_start(&b);
  expect(&b, "retires", "2027-04-01");
  expect(&b, "successor_name", "Later");
  send_event(&b, "{'event':'back'}");
  expect(&b, "view", "choose");
  expect(&b, "connectors.demo.retires", "2027-04-01");
  expect(&b, "connectors.demo.successor_name", "Later");
}
END_TEST

START_TEST(choosing__refuses_what_cannot_be_used_and_says_why)
{
  bench_init(&b);
  CLEANUP_FREE char *start = text_printf("{'event':'start','catalog':%s}", demo_catalog);
  send_event(&b, start);
  send_event(&b, "{'event':'choose','connector':'bad'}");
  expect(&b, "problem", "bad cannot be used: its file is writable by others");
  send_event(&b, "{'event':'choose','connector':'none'}");
  ck_assert_ptr_nonnull(strstr(at(&b, "problem"), "no connector \"none\""));
  send_event(&b, "{'event':'start','role':'target','catalog':[{'id':'x','roles':['source']}]}");
  ck_assert_ptr_null(at(&b, "connectors.x.id"));
  send_event(&b, "{'event':'choose','connector':'x'}");
  expect(&b, "problem", "x is no target.");
}
END_TEST

START_TEST(start__skips_target_server_when_the_connector_is_known)
{
  bench_init(&b);
  CLEANUP_FREE char *start =
      text_printf("{'event':'start','connector':'demo','catalog':%s}", demo_catalog);
  send_event(&b, start);
  expect(&b, "view", "busy");
  ck_assert_str_eq(effect_at(&b, 0), "describe");
  CLEANUP_FREE char *described = text_printf("{'event':'described','generation':%d,'connector':%s}",
                                             generation(&b), demo_shape);
  send_event(&b, described);
  expect(&b, "title", "Admin's credentials");
  expect(&b, "steps.0.id", "credentials");
  ck_assert(!can(&b, "back"));
  send_event(&b, "{'event':'back'}");
  expect(&b, "problem", "This is the first page.");
}
END_TEST

START_TEST(start__with_an_unknown_connector_is_an_error_with_a_remedy)
{
  bench_init(&b);
  send_event(&b, "{'event':'start','connector':'nope','catalog':[]}");
  expect(&b, "view", "error");
  expect(&b, "remedy",
         "See what is installed, and what was refused and why: tenon plugin list (with the same "
         "--plugin-dir, if there was one)");
}
END_TEST

START_TEST(next__stays_and_names_each_field_that_is_missing)
{
  bench_start(&b);
  send_event(&b, "{'event':'next'}");
  expect(&b, "page.id", "credentials");
  ck_assert_ptr_nonnull(at(&b, "fields.admin.problem"));
  expect(&b, "fields.password.problem", "Password is needed.");
}
END_TEST

START_TEST(answer__that_is_wrong_keeps_the_good_one_and_shows_what_was_typed)
{
  bench_start(&b);
  send_event(&b, "{'event':'answer','key':'admin','text':' root@corp.example '}");
  expect(&b, "fields.admin.value", "root@corp.example");
  send_event(&b, "{'event':'answer','key':'admin','text':'root'}");
  expect(&b, "fields.admin.value", "root@corp.example");
  expect(&b, "fields.admin.typed", "root");
  ck_assert_ptr_nonnull(at(&b, "fields.admin.problem"));
  send_event(&b, "{'event':'secret','key':'password','set':true}");
  send_event(&b, "{'event':'next'}");
  expect(&b, "page.id", "credentials");
  send_event(&b, "{'event':'answer','key':'admin','text':'a@b.example'}");
  ck_assert_ptr_null(at(&b, "fields.admin.problem"));
}
END_TEST

START_TEST(answer__to_a_secret_is_refused_and_not_kept)
{
  bench_start(&b);
  send_event(&b, "{'event':'answer','key':'password','text':'c4n4ry'}");
  expect(&b, "fields.password.secret", "unset");
  ck_assert_ptr_nonnull(strstr(at(&b, "problem"), "is a secret"));
  CLEANUP_FREE char *text = json_print(b.session);
  ck_assert_ptr_null(strstr(text, "c4n4ry"));
}
END_TEST

START_TEST(form__shows_a_field_when_its_condition_holds)
{
  bench_start(&b);
  send_event(&b, "{'event':'goto','page':'server'}");
  ck_assert_ptr_null(at(&b, "fields.code.key"));
  send_event(&b, "{'event':'answer','key':'auth','text':'token'}");
  expect(&b, "fields.code.secret", "unset");
  send_event(&b, "{'event':'unset','key':'auth'}");
  ck_assert_ptr_null(at(&b, "fields.code.key"));
}
END_TEST

START_TEST(suggest__runs_on_next_and_its_failure_never_blocks)
{
  bench_start(&b);
  send_event(&b, "{'event':'answer','key':'admin','text':'root@corp.example'}");
  send_event(&b, "{'event':'secret','key':'password','set':true}");
  send_event(&b, "{'event':'next'}");
  expect(&b, "view", "busy");
  expect(&b, "hook", "suggest");
  end_hook(&b, "network");
  expect(&b, "page.id", "server");
  expect(&b, "notes.0.cause", "network");
}
END_TEST

/* A secret of a later page: without it no session would open, and the failure would be no one's. */
START_TEST(suggest__waits_for_the_required_answers_of_later_pages)
{
  bench_start_with(&b, "'label':'Code','when'", "'label':'Code','required':true,'when'");
  send_event(&b, "{'event':'answer','key':'admin','text':'root@corp.example'}");
  send_event(&b, "{'event':'secret','key':'password','set':true}");
  send_event(&b, "{'event':'goto','page':'server'}");
  send_event(&b, "{'event':'answer','key':'auth','text':'token'}");
  send_event(&b, "{'event':'goto','page':'credentials'}");
  send_event(&b, "{'event':'next'}");
  expect(&b, "view", "form");
  expect(&b, "page.id", "server");
  ck_assert_ptr_null(at(&b, "notes.0"));
  send_event(&b, "{'event':'secret','key':'code','set':true}");
  send_event(&b, "{'event':'next'}");
  expect(&b, "view", "busy");
  expect(&b, "hook", "suggest");
}
END_TEST

START_TEST(suggest__marks_what_it_filled_and_leaves_what_was_typed)
{
  bench_start(&b);
  send_event(&b, "{'event':'answer','key':'admin','text':'root@corp.example'}");
  send_event(&b, "{'event':'secret','key':'password','set':true}");
  send_event(&b, "{'event':'answer','key':'room','text':'mine'}");
  send_event(&b, "{'event':'next'}");
  CLEANUP_FREE char *p = text_printf(
      "{'event':'patched','key':'server','text':'mail','generation':%d}", generation(&b));
  CLEANUP_FREE char *q = text_printf(
      "{'event':'patched','key':'room','text':'theirs','generation':%d}", generation(&b));
  send_event(&b, p);
  send_event(&b, q);
  end_hook(&b, "ok");
  expect(&b, "fields.server.value", "mail");
  expect(&b, "fields.server.mark", "patched");
  expect(&b, "fields.room.value", "mine");
  expect(&b, "fields.room.offers.0.value", "theirs");
  ck_assert_str_eq(effect_at(&b, 0), "drop-session");
}
END_TEST

START_TEST(back__after_next_is_the_page_left)
{
  bench_start(&b);
  send_event(&b, "{'event':'answer','key':'admin','text':'root@corp.example'}");
  send_event(&b, "{'event':'secret','key':'password','set':true}");
  CLEANUP_JSON cJSON *before = cJSON_Duplicate(b.view, true);
  send_event(&b, "{'event':'next'}");
  end_hook(&b, "ok");
  send_event(&b, "{'event':'back'}");
  ck_assert(cJSON_Compare(before, b.view, true));
}
END_TEST

START_TEST(verify__gathers_checks_and_opens_finish)
{
  bench_at_verification(&b);
  ck_assert(!can(&b, "finish"));
  send_event(&b, "{'event':'verify'}");
  ck_assert_str_eq(effect_at(&b, 0), "run");
  const cJSON *e = cJSON_GetArrayItem(b.effects, 0);
  ck_assert_str_eq(cJSON_GetArrayItem(json_array(e, "probes"), 0)->valuestring, "demo-probe");
  CLEANUP_FREE char *began =
      text_printf("{'event':'began','id':'a.b','title':'Sign-in','generation':%d}", generation(&b));
  send_event(&b, began);
  expect(&b, "running.a.b", NULL);
  expect(&b, "running.0.title", "Sign-in");
  send_event(&b, "{'event':'cancel'}");
  ck_assert_str_eq(effect_at(&b, 0), "cancel");
  end_hook(&b, "cancelled");
  expect(&b, "problem", "Cancelled.");
  ck_assert_ptr_null(at(&b, "outcome"));
  bench_verify(&b, "pass", NULL);
  expect(&b, "outcome", "pass");
  expect(&b, "consider.0.label", "Test impersonation");
  expect(&b, "consider.0.subject", "Room");
  ck_assert(can(&b, "finish"));
}
END_TEST

START_TEST(verify__without_a_single_check_proves_nothing)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'verify'}");
  end_hook(&b, "ok");
  expect(&b, "outcome", "fail");
}
END_TEST

START_TEST(verify__that_ends_badly_without_a_word_is_a_failed_check)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'verify'}");
  end_hook(&b, "crashed");
  expect(&b, "outcome", "fail");
  expect(&b, "cause", "crashed");
  expect(&b, "checks.0.id", "plugin.protocol");
}
END_TEST

START_TEST(verification__leads_to_the_field_that_a_check_blames)
{
  bench_at_verification(&b);
  bench_verify(&b, "fail", "password");
  expect(&b, "outcome", "fail");
  expect(&b, "cause", "auth");
  expect(&b, "blamed.password.label", "Password");
  ck_assert(!can(&b, "finish"));
  send_event(&b, "{'event':'goto','key':'password'}");
  expect(&b, "page.id", "credentials");
  expect(&b, "focus", "password");
}
END_TEST

START_TEST(changed_answer__ends_the_session_and_the_verification)
{
  bench_at_verification(&b);
  bench_verify(&b, "pass", NULL);
  send_event(&b, "{'event':'answer','key':'server','text':'other'}");
  ck_assert_str_eq(effect_at(&b, 0), "drop-session");
  ck_assert(!can(&b, "finish"));
  ck_assert(can(&b, "finish-unverified"));
  send_event(&b, "{'event':'finish'}");
  ck_assert_ptr_nonnull(strstr(at(&b, "problem"), "Verify first"));
  send_event(&b, "{'event':'answer','key':'server','text':'other'}");
  ck_assert_str_eq(effect_at(&b, 0), "");
}
END_TEST

START_TEST(stale_news__is_dropped)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'verify'}");
  send_event(&b, "{'event':'ended','status':'ok','generation':1}");
  expect(&b, "view", "busy");
  send_event(&b, "{'event':'ended','status':'ok','generation':'x'}");
  expect(&b, "view", "busy");
}
END_TEST

START_TEST(problem__is_said_once)
{
  bench_start(&b);
  send_event(&b, "{'event':'verify'}");
  ck_assert_ptr_nonnull(at(&b, "problem"));
  send_event(&b, "{'event':'answer','key':'admin','text':'a@b.example'}");
  ck_assert_ptr_null(at(&b, "problem"));
}
END_TEST

START_TEST(answer__that_empties_a_required_field_is_said_on_next)
{
  bench_start(&b);
  send_event(&b, "{'event':'answer','key':'admin','text':'a@b.example'}");
  send_event(&b, "{'event':'answer','key':'admin','text':''}");
  expect(&b, "fields.admin.value", "");
  ck_assert_ptr_null(at(&b, "fields.admin.problem"));
  send_event(&b, "{'event':'next'}");
  ck_assert_ptr_nonnull(at(&b, "fields.admin.problem"));
}
END_TEST

START_TEST(suggest__is_asked_once_for_the_same_answers)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'goto','page':'credentials'}");
  send_event(&b, "{'event':'next'}");
  expect(&b, "page.id", "server");
  send_event(&b, "{'event':'answer','key':'room','text':'r'}");
  send_event(&b, "{'event':'goto','page':'credentials'}");
  send_event(&b, "{'event':'next'}");
  expect(&b, "hook", "suggest");
}
END_TEST

START_TEST(same_answer__changes_nothing)
{
  bench_at_verification(&b);
  bench_verify(&b, "pass", NULL);
  send_event(&b, "{'event':'answer','key':'admin','text':'root@corp.example'}");
  ck_assert_str_eq(effect_at(&b, 0), "");
  ck_assert(can(&b, "finish"));
}
END_TEST

START_TEST(verification__names_a_blamed_field_once)
{
  bench_at_verification(&b);
  send_event(&b, "{'event':'verify'}");
  for (int i = 0; i < 2; i++) {
    CLEANUP_FREE char *check = text_printf("{'event':'checked','generation':%d,'check':{'id':'a.%d'"
                                           ",'title':'T','state':'fail','level':"
                                           "'required','remedy':'R','field':'server'}}",
                                           generation(&b), i);
    send_event(&b, check);
  }
  end_hook(&b, "ok");
  expect(&b, "blamed.0.key", "server");
  ck_assert_ptr_null(at(&b, "blamed.1.key"));
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("reducer");
  TCase *c = tcase_create("reducer");
  const TTest *const tests[] = {wizard__begins_with_the_target_server,
                                wizard__says_when_a_connector_retires_and_what_comes_after,
                                choosing__refuses_what_cannot_be_used_and_says_why,
                                start__skips_target_server_when_the_connector_is_known,
                                start__with_an_unknown_connector_is_an_error_with_a_remedy,
                                next__stays_and_names_each_field_that_is_missing,
                                answer__that_is_wrong_keeps_the_good_one_and_shows_what_was_typed,
                                answer__to_a_secret_is_refused_and_not_kept,
                                form__shows_a_field_when_its_condition_holds,
                                suggest__runs_on_next_and_its_failure_never_blocks,
                                suggest__waits_for_the_required_answers_of_later_pages,
                                suggest__marks_what_it_filled_and_leaves_what_was_typed,
                                back__after_next_is_the_page_left,
                                verify__gathers_checks_and_opens_finish,
                                verify__without_a_single_check_proves_nothing,
                                verify__that_ends_badly_without_a_word_is_a_failed_check,
                                verification__leads_to_the_field_that_a_check_blames,
                                changed_answer__ends_the_session_and_the_verification,
                                stale_news__is_dropped,
                                problem__is_said_once,
                                answer__that_empties_a_required_field_is_said_on_next,
                                suggest__is_asked_once_for_the_same_answers,
                                same_answer__changes_nothing,
                                verification__names_a_blamed_field_once};

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
