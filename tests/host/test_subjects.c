// SPDX-License-Identifier: Apache-2.0
/* Many subjects: each is closed once, none is forgotten, and a slow program slows the plugin down instead of filling
 * memory. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "core/base/clock.h"
#include "core/wire/wire.h"
#include "tests/host/harness.h"
#include "tests/suite.h"

static void
start(struct bench *b)
{
  static const char *const none[] = {NULL};

  bench_init(b, NULL);
  bench_worker(b, TESTCONNECTOR);
  bench_open(b, none);
  bench_clear(b);
}

/* ---- sources --------------------------------------------------------------------------------------------------- */

struct list {
  const char *const *names; /* ends with NULL; an empty one: later */
  size_t at;
};

static int32_t
next_of_list(void *user, tenon_text *ret)
{
  struct list *l = user;
  const char *name = l->names[l->at];

  if (!name)
    return TENON_NEXT_END;
  l->at++;
  if (!name[0])
    return TENON_NEXT_LATER;
  *ret = (tenon_text){name, strlen(name)};
  return TENON_NEXT_SUBJECT;
}

struct count {
  unsigned at, end, most;
  const struct bench *b;
};

static int32_t
next_of_count(void *user, tenon_text *ret)
{
  static char name[64];
  struct count *c = user;
  unsigned with_worker = c->at - c->b->with_subject;

  if (with_worker > c->most)
    c->most = with_worker;
  if (c->at == c->end)
    return TENON_NEXT_END;
  ret->len = (size_t)snprintf(name, sizeof name, "ok-%u@contoso.example", c->at++);
  ret->ptr = name;
  return TENON_NEXT_SUBJECT;
}

static void
run_list(struct bench *b, uint32_t jobs, struct list *l)
{
  ck_assert_int_eq(tenon_worker_impersonate(b->worker, jobs, next_of_list, l, NULL), 0);
  bench_wait(b, 1);
}

/* ---- tests ----------------------------------------------------------------------------------------------------- */

START_TEST(impersonate__reports_each_subject_by_its_name)
{
  static const char *const names[] = {"ok-ann", "deny-bob", "ok-cid", NULL};
  struct list l = {names, 0};
  struct bench b;

  start(&b);
  run_list(&b, 1, &l);
  ck_assert_str_eq(
      buf_text(&b.events),
      "check pass testconnector.mailbox ok-ann\ncheck fail testconnector.mailbox deny-bob\n"
      "check pass testconnector.mailbox ok-cid\nended ok\n");
  bench_finish(&b);
}
END_TEST

START_TEST(impersonate__reports_duplicates_as_often_as_they_were_given)
{
  static const char *const names[] = {"ok-ann", "ok-ann", "ok-ann", "ok-bob", NULL};
  struct list l = {names, 0};
  struct bench b;

  start(&b);
  run_list(&b, 4, &l);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_uint_eq(b.with_subject, 4);
  bench_finish(&b);
}
END_TEST

START_TEST(impersonate__answers_itself_for_what_is_no_subject)
{
  static const char *const names[] = {"ok-ann", "tab\rin it", "ok-bob", NULL};
  struct list l = {names, 0};
  struct bench b;

  start(&b);
  run_list(&b, 1, &l);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_uint_eq(b.with_subject, 3);
  ck_assert_uint_eq(b.fails, 1);
  bench_finish(&b);
}
END_TEST

START_TEST(impersonate__of_nothing_ends_well)
{
  static const char *const names[] = {NULL};
  struct list l = {names, 0};
  struct bench b;

  start(&b);
  run_list(&b, 4, &l);
  ck_assert_str_eq(buf_text(&b.events), "ended ok\n");
  bench_finish(&b);
}
END_TEST

START_TEST(impersonate__waits_for_more)
{
  static const char *const names[] = {"ok-ann", "", "ok-bob", NULL};
  struct list l = {names, 0};
  struct bench b;

  start(&b);
  ck_assert_int_eq(tenon_worker_impersonate(b.worker, 4, next_of_list, &l, NULL), 0);
  for (int i = 0; i < 100 && b.with_subject < 1; i++)
    ck_assert_int_ge(tenon_context_run(b.ctx, 100), 0);
  for (int i = 0; i < 3; i++)
    ck_assert_int_ge(tenon_context_run(b.ctx, 20), 0);
  ck_assert_uint_eq(b.with_subject, 1);
  ck_assert_uint_eq(b.ended, 0);
  tenon_worker_more(b.worker);
  bench_wait(&b, 1);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_uint_eq(b.with_subject, 2);
  bench_finish(&b);
}
END_TEST

START_TEST(impersonate__that_gives_up_accounts_for_all_it_was_given)
{
  static const char *const names[] = {"ok-a", "stop-b", "ok-c", "ok-d", NULL};
  struct list l = {names, 0};
  struct bench b;

  start(&b);
  run_list(&b, 2, &l);
  ck_assert_int_eq(b.status, TENON_E_AUTH);
  ck_assert_uint_eq(b.with_subject, (unsigned)l.at);
  bench_finish(&b);
}
END_TEST

START_TEST(impersonate__that_is_cancelled_accounts_for_all_it_was_given)
{
  static const char *const names[] = {"slow-a", "slow-b", "slow-c", "slow-d", "slow-e", "slow-f",
                                      "slow-g", "slow-h", "slow-i", "slow-j", "slow-k", NULL};
  struct list l = {names, 0};
  struct bench b;

  start(&b);
  ck_assert_int_eq(tenon_worker_impersonate(b.worker, 2, next_of_list, &l, NULL), 0);
  for (int i = 0; i < 1000 && b.with_subject < 2; i++)
    ck_assert_int_ge(tenon_context_run(b.ctx, 100), 0);
  tenon_worker_cancel(b.worker);
  bench_wait(&b, 1);
  ck_assert_int_eq(b.status, TENON_E_CANCELLED);
  ck_assert_uint_eq(b.with_subject, (unsigned)l.at);
  ck_assert_uint_eq(b.died, 0);
  bench_finish(&b);
}
END_TEST

START_TEST(impersonate__has_never_more_than_its_window_with_the_worker)
{
  struct bench b;
  struct count c = {.end = 20000, .b = &b};

  start(&b);
  b.quiet = true;
  ck_assert_int_eq(tenon_worker_impersonate(b.worker, 8, next_of_count, &c, NULL), 0);
  bench_wait(&b, 1);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_uint_eq(b.with_subject, 20000);
  ck_assert_uint_gt(c.most, 16); /* or every few results would be a round trip */
  ck_assert_uint_le(c.most, WIRE_WINDOW_MIN);
  bench_finish(&b);
}
END_TEST

START_TEST(impersonate__needs_no_more_memory_for_more_subjects)
{
#ifdef TENON_SANITIZED
  return; /* the sanitizer holds on to what was freed */
#endif
  struct bench b;
  struct count c = {.end = 2000, .b = &b};
  struct rusage before, after;

  start(&b);
  b.quiet = true;
  for (unsigned round = 1; round <= 2; round++) {
    ck_assert_int_eq(tenon_worker_impersonate(b.worker, 64, next_of_count, &c, NULL), 0);
    bench_wait(&b, round);
    ck_assert_int_eq(b.status, TENON_OK);
    ck_assert_int_eq(getrusage(RUSAGE_SELF, round == 1 ? &before : &after), 0);
    c.end = 100000;
  }
  ck_assert_uint_eq(b.with_subject, 100000);
  ck_assert_int_le(after.ru_maxrss - before.ru_maxrss, 2048);
  bench_finish(&b);
}
END_TEST

SUITE("subjects", impersonate__reports_each_subject_by_its_name,
      impersonate__reports_duplicates_as_often_as_they_were_given,
      impersonate__answers_itself_for_what_is_no_subject, impersonate__of_nothing_ends_well,
      impersonate__waits_for_more, impersonate__that_gives_up_accounts_for_all_it_was_given,
      impersonate__that_is_cancelled_accounts_for_all_it_was_given,
      impersonate__has_never_more_than_its_window_with_the_worker,
      impersonate__needs_no_more_memory_for_more_subjects)
