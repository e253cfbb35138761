// SPDX-License-Identifier: Apache-2.0
/* When the driver keeps a worker, and when it ends one. With the variable TENON_TEST_IN_PROCESS the plugin runs in a
 * thread, where a worker has no process of its own to be told by. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/host/driver_internal.h"
#include "tests/wizard/bench.h"

#define WAIT_NS (20 * NS_PER_S) /* a wait that takes longer is a failure */

static tenon_context *ctx;
static struct driver *d;

static void
begin_with(const char *connector, const char *key, const char *answer)
{
  static const char *const dirs[] = {TENON_TEST_BUILD "/tests/host",
                                     TENON_TEST_BUILD "/tests/host/connectors", NULL};
  const tenon_context_options o = {.size = sizeof o,
                                   .flags = getenv("TENON_TEST_IN_PROCESS") ? TENON_IN_PROCESS : 0,
                                   .libexec_dir = TENON_TEST_BUILD "/core/worker",
                                   .plugin_dirs = dirs};
  const struct driver_ops ops = {NULL, NULL, NULL, NULL};
  CLEANUP_FREE char *text = text_printf("{'event':'start','connector':'%s','answers':{'%s':'%s'}}",
                                        connector, key, answer);
  CLEANUP_JSON cJSON *start = quoted(text);

  ck_assert_int_eq(tenon_context_create(&o, &ctx), 0);
  d = driver_create(ctx, &ops);
  ck_assert_ptr_nonnull(d);
  ck_assert_int_eq(driver_start(d, start), 0);
}

static void
begin(const char *script)
{
  begin_with("testconnector", "script", script);
}

static void
finish(void)
{
  driver_destroy(d);
  tenon_context_destroy(ctx);
  d = NULL;
  ctx = NULL;
}

static void
settle(void)
{
  int64_t until = clock_now_ns() + WAIT_NS;

  while (driver_busy(d)) {
    ck_assert_int_ge(driver_run(d, 1000), 0);
    ck_assert(clock_now_ns() < until);
  }
}

static void
act(const char *text)
{
  CLEANUP_JSON cJSON *event = quoted(text);

  settle();
  ck_assert_int_eq(driver_send(d, event), 0);
  settle();
}

static void
verify(const char *outcome)
{
  act("{'event':'goto','page':'verification'}");
  act("{'event':'verify'}");
  CLEANUP_JSON cJSON *view = driver_view(d);
  ck_assert_pstr_eq(json_text(view, "outcome"), outcome);
}

START_TEST(worker__is_kept_for_all_hooks_of_the_same_answers)
{
  begin("pass:a");
  act("{'event':'secret','key':'password','text':'right'}");
  verify("pass");
  const tenon_worker *worker = d->connector->worker;
  act("{'event':'test','subject':'anna'}");
  act("{'event':'browse','typed':''}");
  act("{'event':'plan'}");
  act("{'event':'apply'}");
  act("{'event':'next'}");
  verify("pass");
  ck_assert_ptr_eq(d->connector->worker, worker);
}
END_TEST

START_TEST(worker__goes_when_an_answer_changes)
{
  begin("pass:a");
  act("{'event':'secret','key':'password','text':'wrong'}");
  verify("fail");
  act("{'event':'answer','key':'server','text':'mail.contoso.example'}");
  act("{'event':'secret','key':'password','text':'right'}");
  ck_assert_ptr_null(d->connector);
  verify("pass");
}
END_TEST

START_TEST(worker__goes_after_five_idle_minutes_and_a_new_one_comes)
{
  begin("pass:a");
  act("{'event':'secret','key':'password','text':'right'}");
  verify("pass");
  ck_assert_int_gt(d->idle_since, 0);
  d->idle_since -= DRIVER_IDLE_NS - NS_PER_S;
  ck_assert_int_ge(driver_run(d, 0), 0);
  ck_assert_ptr_nonnull(d->connector);
  ck_assert_int_le(driver_wait_ms(d), 1000);
  d->idle_since -= NS_PER_S;
  ck_assert_int_ge(driver_run(d, 0), 0);
  ck_assert_ptr_null(d->connector);
  verify("pass");
}
END_TEST

START_TEST(round__begins_by_verify_or_another_answer_only)
{
  begin("pass:a");
  act("{'event':'secret','key':'password','text':'wrong'}");
  verify("fail");
  uint64_t round = d->round;
  act("{'event':'test','subject':'anna'}");
  act("{'event':'browse','typed':''}");
  d->idle_since -= DRIVER_IDLE_NS;
  ck_assert_int_ge(driver_run(d, 0), 0);
  ck_assert_ptr_null(d->connector);
  act("{'event':'test','subject':'anna'}");
  ck_assert_uint_eq(d->round, round);
  verify("fail");
  ck_assert_uint_gt(d->round, round);
  round = d->round;
  act("{'event':'answer','key':'server','text':'mail.contoso.example'}");
  act("{'event':'browse','typed':''}");
  ck_assert_uint_gt(d->round, round);
}
END_TEST

/* As kinit does it. */
static void
make_tickets(const char *path)
{
  (void)unlink(path);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, "\5\4tickets", 9), 9);
  (void)close(fd);
}

START_TEST(worker__that_verifies_again_sees_the_tickets_of_a_new_kinit)
{
  char dir[] = "/tmp/tenon-driver-XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(dir));
  CLEANUP_FREE char *cache = text_printf("%s/cache", dir);
  make_tickets(cache);
  begin_with("kerberos", "cache", cache);
  for (int i = 0; i < 3; i++) {
    verify("pass");
    CLEANUP_FREE char *session = json_print(driver_session(d));
    ck_assert_msg(strstr(session, "\"rw\"") != NULL, "%s", session);
    make_tickets(cache);
    act("{'event':'next'}");
  }
  (void)unlink(cache);
  (void)rmdir(dir);
}
END_TEST

START_TEST(tokens__kept_under_other_answers_are_not_used)
{
  begin("signin:shop");
  act("{'event':'secret','key':'password','text':'right'}");
  verify("pass");
  act("{'event':'answer','key':'admin','text':'somebody else'}");
  act("{'event':'goto','page':'verification'}");
  act("{'event':'verify'}");
  CLEANUP_FREE char *session = json_print(driver_session(d));
  ck_assert_ptr_nonnull(strstr(session, "testconnector.keep"));
  ck_assert_ptr_null(strstr(session, "testconnector.found"));
}
END_TEST

START_TEST(secret__is_held_beside_the_session_and_wiped_in_its_event)
{
  CLEANUP_JSON cJSON *event = quoted("{'event':'secret','key':'password','text':'c4n4ry'}");
  tenon_text found = {NULL, 0};

  begin("pass:a");
  settle();
  ck_assert_int_eq(driver_send(d, event), 0);
  ck_assert_ptr_null(json_text(event, "text"));
  ck_assert(secret_find(d, "password", &found));
  ck_assert_str_eq(found.ptr, "c4n4ry");
  CLEANUP_FREE char *session = json_print(d->session);
  ck_assert_ptr_null(strstr(session, "c4n4ry"));
  act("{'event':'unset','key':'password'}");
  ck_assert(!secret_find(d, "password", &found));
}
END_TEST

START_TEST(secret__that_is_too_long_is_refused)
{
  CLEANUP_JSON cJSON *event = quoted("{'event':'secret','key':'password'}");
  CLEANUP_FREE char *text = calloc(1, DRIVER_SECRET_BYTES_MAX + 2);

  memset(text, 'x', DRIVER_SECRET_BYTES_MAX + 1);
  cJSON_AddStringToObject(event, "text", text);
  begin("pass:a");
  settle();
  ck_assert_int_lt(driver_send(d, event), 0);
}
END_TEST

START_TEST(quitting__while_a_hook_runs_ends_it)
{
  CLEANUP_JSON cJSON *verify_ = quoted("{'event':'verify'}"), *quit = quoted("{'event':'quit'}");

  begin("pass:a slow");
  act("{'event':'goto','page':'verification'}");
  ck_assert_int_eq(driver_send(d, verify_), 0);
  ck_assert(driver_busy(d));
  ck_assert_int_eq(driver_send(d, quit), 0);
  ck_assert(!driver_busy(d));
  int64_t start = clock_now_ns();
  driver_destroy(d);
  d = NULL;
  ck_assert(clock_now_ns() - start < WAIT_NS);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("driver");
  TCase *c = tcase_create("driver");

  tcase_set_timeout(c, 60);
  tcase_add_checked_fixture(c, NULL, finish);
  tcase_add_test(c, worker__is_kept_for_all_hooks_of_the_same_answers);
  tcase_add_test(c, worker__goes_when_an_answer_changes);
  tcase_add_test(c, worker__that_verifies_again_sees_the_tickets_of_a_new_kinit);
  tcase_add_test(c, worker__goes_after_five_idle_minutes_and_a_new_one_comes);
  tcase_add_test(c, round__begins_by_verify_or_another_answer_only);
  tcase_add_test(c, tokens__kept_under_other_answers_are_not_used);
  tcase_add_test(c, secret__is_held_beside_the_session_and_wiped_in_its_event);
  tcase_add_test(c, secret__that_is_too_long_is_refused);
  tcase_add_test(c, quitting__while_a_hook_runs_ends_it);
  suite_add_tcase(suite, c);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
