// SPDX-License-Identifier: Apache-2.0
/* A session from load to close, in a process and in a thread, by raw lines. */
#include <check.h>
#include <signal.h>
#include <string.h>

#include "core/base/clock.h"
#include "tests/worker/peer.h"

START_TEST(worker__says_who_it_is_and_how_it_is_confined)
{
  struct peer p;
  peer_start(&p, _i);
  peer_load(&p, peer_puppet, "puppet");
  const cJSON *m = peer_expect(&p, "ready");
  ck_assert_str_eq(json_text(json_object(m, "connector"), "id"), "puppet");
  const cJSON *sandbox = json_object(m, "sandbox");
  if (_i)
    ck_assert_ptr_nonnull(json_text(sandbox, "in_process"));
  else
    ck_assert_str_eq(json_text(sandbox, "no_new_privs"), "on");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(worker__refuses_a_connector_that_the_file_does_not_have)
{
  struct peer p;
  peer_start(&p, _i);
  peer_load(&p, peer_puppet, "marionette");
  const cJSON *m = peer_expect(&p, "refused");
  ck_assert_str_eq(json_text(m, "rule"), "TR-31");
  ck_assert_ptr_nonnull(strstr(json_text(m, "detail"), "marionette"));
  ck_assert_ptr_nonnull(json_text(m, "remedy"));
  peer_drain(&p);
  ck_assert_int_eq(peer_wait(&p), 1);
}
END_TEST

START_TEST(worker__hands_over_answers_presets_and_files)
{
  struct peer p;
  peer_open(&p, _i, "values");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  const cJSON *data = json_object(peer_check(&p, "puppet.values"), "data");
  ck_assert_str_eq(json_text(data, "level"), "7");
  ck_assert_str_eq(json_text(data, "file"), "3");
  ck_assert_str_eq(json_text(data, "hidden"), "none");
  ck_assert_str_eq(json_text(data, "undeclared"), "-10");
  ck_assert_str_eq(json_text(data, "secret"), "-10 0");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "ok");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(worker__never_echoes_a_secret)
{
  struct peer p;
  peer_open(&p, _i, "echo");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  (void)peer_expect(&p, "ended");
  ck_assert(!peer_saw(&p, "correct-horse"));
  ck_assert(!peer_saw(&p, "minted-token"));
  ck_assert(peer_saw(&p, "signed in with ***"));
  ck_assert(peer_saw(&p, "not concealed"));
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(verify__returns_when_it_is_cancelled)
{
  struct peer p;
  peer_open(&p, _i, "wait");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  peer_say(&p, "{\"type\":\"cancel\",\"call\":2}");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "cancelled");
  /* the next call starts uncancelled: it ends by its deadline only */
  int64_t before = clock_now_ns();
  peer_say(&p, "{\"type\":\"verify\",\"call\":3,\"deadline_ms\":300}");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "cancelled");
  ck_assert_int_ge(clock_now_ns() - before, 290 * NS_PER_MS);
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(hook__that_does_not_say_why_is_told_for_it)
{
  static const struct {
    const char *mode, *words, *cause;
  } cases[] = {{"mute", "verify returned ok and reported no check (TR-58)", "internal"},
               {"mute-denied", "verify returned denied and reported no failed check", "denied"},
               {"half", "began the check puppet.half, gave it no result", "internal"}};
  struct peer p;
  peer_open(&p, _i % 2, cases[_i / 2].mode);
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  const cJSON *check = peer_check(&p, "plugin.silent");
  ck_assert_ptr_nonnull(strstr(json_text(check, "detail"), cases[_i / 2].words));
  ck_assert_str_eq(json_text(check, "cause"), cases[_i / 2].cause);
  ck_assert_ptr_nonnull(json_text(check, "remedy"));
  (void)peer_expect(&p, "ended");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(cancel__before_the_hook_began_is_not_lost)
{
  struct peer p;
  peer_open(&p, _i, "wait");
  peer_say(&p, "{\"type\":\"cancel\",\"call\":2}\n{\"type\":\"verify\",\"call\":2}");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "cancelled");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(end_of_file__ends_the_process_while_a_hook_hangs)
{
  struct peer p;
  peer_open(&p, 0, "hang");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  (void)peer_expect(&p, "began");
  (void)close(p.fd);
  p.fd = -1;
  ck_assert_int_eq(peer_wait(&p), 0);
}
END_TEST

START_TEST(end_of_file__makes_a_hook_in_the_process_return)
{
  struct peer p;
  peer_open(&p, 1, "wait");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  (void)peer_expect(&p, "began");
  (void)close(p.fd);
  p.fd = -1;
  ck_assert_int_eq(peer_wait(&p), 0);
}
END_TEST

START_TEST(close__runs_the_plugins_close)
{
  struct peer p;
  peer_open(&p, _i, "fine");
  peer_say(&p, "{\"type\":\"close\"}");
  peer_drain(&p);
  ck_assert(peer_saw(&p, "the puppet closes"));
  ck_assert_int_eq(peer_wait(&p), 0);
}
END_TEST

START_TEST(worker__ends_when_the_host_speaks_nonsense)
{
  static const char *const lines[] = {"{", "[]", "{\"type\":\"verify\"}",
                                      "{\"type\":\"cancel\",\"call\":-1}", "\xff"};
  struct peer p;
  peer_open(&p, 0, "fine");
  peer_say(&p, "%s", lines[_i]);
  peer_drain(&p);
  (void)peer_wait(&p);
}
END_TEST

START_TEST(worker__skips_messages_it_does_not_know)
{
  struct peer p;
  peer_open(&p, _i, "fine");
  peer_say(&p, "{\"type\":\"sing\",\"song\":1}");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2,\"unknown\":{}}");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "ok");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

START_TEST(plugin__that_prints_does_not_reach_the_wire)
{
  char text[256];
  struct peer p;
  peer_open(&p, 0, "stdout");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  (void)peer_expect(&p, "began");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "ok");
  peer_output(&p, text, sizeof text);
  ck_assert_ptr_nonnull(strstr(text, "\"ended\""));
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

#ifndef TENON_SANITIZED
START_TEST(sandbox__lets_no_plugin_start_programs_or_write_files)
{
  struct peer p;
  peer_open(&p, 0, "escape");
  peer_say(&p, "{\"type\":\"verify\",\"call\":2}");
  const cJSON *data = json_object(peer_check(&p, "puppet.escape"), "data");
  ck_assert_str_eq(json_text(data, "execute"), "1");
  ck_assert_str_eq(json_text(data, "spawn"), "1"); /* EPERM */
  ck_assert_str_eq(json_text(data, "fork"), "1");
  ck_assert_str_eq(json_text(data, "packet"), "1");
  ck_assert_str_eq(json_text(data, "thread"), "0"); /* threads still work */
  if (!peer_saw(&p, "\"landlock\":\"off")) {
    ck_assert_str_eq(json_text(data, "write"), "13"); /* EACCES */
    ck_assert_str_eq(json_text(data, "read"), "13");
  }
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST
#endif

START_TEST(hooks__that_a_connector_has_report_their_own_kinds)
{
  struct peer p;
  peer_open(&p, _i, "fine");
  peer_say(&p, "{\"type\":\"browse\",\"call\":2,\"what\":\"mailbox\",\"typed\":\"an\"}");
  ck_assert_str_eq(json_text(json_object(peer_expect(&p, "offer"), "offer"), "value"), "an");
  (void)peer_expect(&p, "ended");
  peer_say(&p, "{\"type\":\"suggest\",\"call\":3,\"page\":\"strings\"}");
  ck_assert_str_eq(json_text(peer_expect(&p, "patch"), "value"), "strings");
  ck_assert_ptr_null(json_text(peer_expect(&p, "patch"), "value"));
  (void)peer_expect(&p, "ended");
  peer_say(&p, "{\"type\":\"configure\",\"call\":4,\"phase\":\"plan\"}");
  ck_assert_str_eq(json_text(json_object(peer_expect(&p, "step"), "step"), "state"), "missing");
  (void)peer_expect(&p, "ended");
  peer_say(&p, "{\"type\":\"configure\",\"call\":5,\"phase\":\"apply\",\"steps\":[{\"id\":\"puppet."
               "step\",\"title\":\"A\","
               "\"state\":\"missing\",\"kind\":\"puppet.cmd/1\",\"body\":\"do that\"}]}");
  ck_assert_str_eq(json_text(peer_check(&p, "puppet.step"), "detail"), "do that");
  ck_assert_str_eq(json_text(peer_expect(&p, "ended"), "status"), "ok");
  ck_assert_int_eq(peer_close(&p), 0);
}
END_TEST

int
main(void)
{
  TCase *tc = tcase_create("session");
  tcase_set_timeout(tc, 60);
  tcase_add_loop_test(tc, worker__says_who_it_is_and_how_it_is_confined, 0, 2);
  tcase_add_loop_test(tc, worker__refuses_a_connector_that_the_file_does_not_have, 0, 2);
  tcase_add_loop_test(tc, worker__hands_over_answers_presets_and_files, 0, 2);
  tcase_add_loop_test(tc, worker__never_echoes_a_secret, 0, 2);
  tcase_add_loop_test(tc, verify__returns_when_it_is_cancelled, 0, 2);
  tcase_add_loop_test(tc, hook__that_does_not_say_why_is_told_for_it, 0, 6);
  tcase_add_loop_test(tc, cancel__before_the_hook_began_is_not_lost, 0, 2);
  tcase_add_test(tc, end_of_file__ends_the_process_while_a_hook_hangs);
  tcase_add_test(tc, end_of_file__makes_a_hook_in_the_process_return);
  tcase_add_loop_test(tc, close__runs_the_plugins_close, 0, 2);
  tcase_add_loop_test(tc, worker__ends_when_the_host_speaks_nonsense, 0, 5);
  tcase_add_loop_test(tc, worker__skips_messages_it_does_not_know, 0, 2);
  tcase_add_test(tc, plugin__that_prints_does_not_reach_the_wire);
#ifndef TENON_SANITIZED
  tcase_add_test(tc, sandbox__lets_no_plugin_start_programs_or_write_files);
#endif
  tcase_add_loop_test(tc, hooks__that_a_connector_has_report_their_own_kinds, 0, 2);
  Suite *suite = suite_create("worker-session");
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? 1 : 0;
}
