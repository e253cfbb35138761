// SPDX-License-Identifier: Apache-2.0
/* One attempt per account over all workers of a host program, counted by the server. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "tests/host/harness.h"
#include "tests/http/pki.h"
#include "tests/http/server.h"
#include "tests/suite.h"

#define SIGNER TENON_TEST_BUILD "/tests/host/connectors/signer.so#signer"
/* "anna:right-one" */
#define RIGHT "Basic YW5uYTpyaWdodC1vbmU="

static struct server server;
static struct bench b;

static void
start(int delay_ms)
{
  server = (struct server){
      .tls = pki_server(PKI_GOOD), .good_authorization = RIGHT, .delay_ms = delay_ms};
  server_start(&server);
  bench_init(&b, NULL);
}

static void
finish(void)
{
  bench_finish(&b);
  server_stop_all();
}

struct who {
  const char *host, *user, *password, *script;
};

static tenon_worker *
open_signer(const struct who *who)
{
  char url[128];
  tenon_worker *w = bench_second(&b, SIGNER);
  unsigned ended = b.ended;
  (void)snprintf(url, sizeof url, "https://%s:%u", who->host, server.port);
  tenon_pair values[] = {{"url", {url, strlen(url)}},
                         {"user", {who->user, strlen(who->user)}},
                         {"script", {who->script, strlen(who->script)}}};
  tenon_pair ca = {"ca", {pki_authority(), strlen(pki_authority())}};
  tenon_pair password = {"password", {who->password, strlen(who->password)}};
  tenon_settings s = {.size = sizeof s,
                      .values = values,
                      .n_values = 3,
                      .files = &ca,
                      .n_files = 1,
                      .secrets = &password,
                      .n_secrets = 1,
                      .connection = "one"};

  ck_assert_int_eq(tenon_worker_open(w, &s, 0, NULL), 0);
  bench_wait(&b, ended + 1);
  return w;
}

static void
verify(tenon_worker *w)
{
  ck_assert_int_eq(tenon_worker_verify(w, 0, NULL), 0);
}

static void
browse(tenon_worker *w)
{
  ck_assert_int_eq(tenon_worker_browse(w, "", "", NULL), 0);
}

static void
wait_for(unsigned ended)
{
  bench_wait(&b, b.ended + ended);
}

static unsigned
saw(const char *line)
{
  unsigned n = 0;
  for (const char *at = buf_text(&b.events); (at = strstr(at, line)) != NULL; at++)
    n++;
  return n;
}

static unsigned
attempts(void)
{
  return atomic_load(&server.with_authorization);
}

/* Until the server has that many credentials in its hands. */
static void
until_attempts(unsigned n)
{
  int64_t until = clock_now_ns() + BENCH_MS * NS_PER_MS;
  while (attempts() < n && clock_now_ns() < until)
    ck_assert_int_ge(tenon_context_run(b.ctx, 10), 0);
  ck_assert_uint_eq(attempts(), n);
}

static const struct who wrong = {"localhost", "anna", "wrong-one", "get:/ok"},
                        right = {"localhost", "anna", "right-one", "get:/ok"};

START_TEST(gate__makes_one_bad_attempt_of_two_connections)
{
  struct who other_name = wrong;
  other_name.host = "127.0.0.1";
  other_name.user = "Anna";
  start(100);
  tenon_worker *first = open_signer(&wrong), *second = open_signer(&other_name);
  verify(first);
  verify(second);
  wait_for(2);
  ck_assert_uint_eq(attempts(), 1);
  ck_assert_uint_eq(saw("check fail signer.1\n"), 1);
  ck_assert_uint_eq(saw("check skip signer.1\n"), 1);
  finish();
}
END_TEST

START_TEST(gate__makes_one_bad_attempt_of_many_requests_of_many_workers)
{
  struct who many = wrong;
  many.script = "start:/ok start:/ok start:/ok start:/ok start:/ok drain";
  start(20);
  tenon_worker *w[3];
  for (int i = 0; i < 3; i++)
    w[i] = open_signer(&many);
  for (int i = 0; i < 3; i++)
    verify(w[i]);
  wait_for(3);
  ck_assert_uint_eq(attempts(), 1);
  ck_assert_uint_eq(saw("check fail signer."), 1);
  ck_assert_uint_eq(saw("check skip signer."), 14);
  finish();
}
END_TEST

START_TEST(gate__does_not_try_again_in_a_worker_that_starts_late)
{
  start(0);
  uint64_t round = tenon_context_round(b.ctx);
  tenon_worker *connector = open_signer(&wrong);
  tenon_worker_round(connector, round);
  verify(connector);
  wait_for(1);
  tenon_worker *probe = open_signer(&wrong);
  tenon_worker_round(probe, round);
  verify(probe);
  wait_for(1);
  ck_assert_uint_eq(attempts(), 1);
  ck_assert(bench_saw(&b, "check skip signer.1"));
  finish();
}
END_TEST

START_TEST(gate__tries_once_more_when_asked_again)
{
  start(0);
  tenon_worker *first = open_signer(&wrong), *second = open_signer(&wrong);
  for (unsigned i = 1; i <= 2; i++) {
    uint64_t round = tenon_context_round(b.ctx);
    tenon_worker_round(first, round);
    tenon_worker_round(second, round);
    verify(first);
    verify(second);
    wait_for(2);
    ck_assert_uint_eq(attempts(), i);
  }
  ck_assert_uint_eq(saw("check fail signer.1\n"), 2);
  ck_assert_uint_eq(saw("check skip signer.1\n"), 2);
  finish();
}
END_TEST

START_TEST(gate__tries_again_what_was_refused_for_verify_only)
{
  start(0);
  tenon_worker *first = open_signer(&wrong), *second = open_signer(&wrong);
  tenon_worker *const asked[] = {first, second};
  for (unsigned i = 1; i <= 2; i++) {
    verify(first);
    wait_for(1);
    for (unsigned j = 0; j < 4; j++) {
      browse(asked[j % 2]);
      wait_for(1);
    }
    ck_assert_uint_eq(attempts(), i);
  }
  ck_assert_uint_eq(saw("check skip signer.1\n"), 8);
  browse(open_signer(&wrong)); /* a session of its own */
  wait_for(1);
  ck_assert_uint_eq(attempts(), 3);
  finish();
}
END_TEST

START_TEST(gate__lets_all_in_once_the_account_was_accepted)
{
  struct who many = right;
  many.script = "start:/ok start:/ok start:/ok drain";
  start(0);
  tenon_worker *first = open_signer(&many), *second = open_signer(&many);
  verify(first);
  verify(second);
  wait_for(2);
  ck_assert_uint_eq(saw("check pass signer."), 8); /* and signer.done */
  ck_assert_uint_eq(attempts(), 6);
  finish();
}
END_TEST

START_TEST(gate__lets_another_account_and_another_password_pass_by)
{
  struct who slow = right, ben = right;
  slow.script = "get:/slow";
  ben.user = "ben";
  start(0);
  tenon_worker *w[] = {open_signer(&slow), open_signer(&ben), open_signer(&wrong)};
  verify(w[0]);
  until_attempts(1);
  verify(w[1]);
  verify(w[2]);
  wait_for(2);
  ck_assert_uint_eq(saw("check fail signer.1\n"), 2);
  finish();
}
END_TEST

START_TEST(gate__passes_on_when_who_is_inside_is_cancelled)
{
  struct who slow = right;
  slow.script = "get:/slow";
  start(0);
  tenon_worker *inside = open_signer(&slow), *waiting = open_signer(&right);
  verify(inside);
  until_attempts(1);
  verify(waiting);
  for (int i = 0; i < 5; i++)
    ck_assert_int_ge(tenon_context_run(b.ctx, 20), 0);
  ck_assert_uint_eq(attempts(), 1);
  tenon_worker_cancel(inside);
  wait_for(2);
  ck_assert_uint_eq(saw("check pass signer.1\n"), 1);
  ck_assert_uint_eq(b.died, 0);
  finish();
}
END_TEST

START_TEST(gate__passes_on_when_who_is_inside_is_gone)
{
  struct who slow = right;
  slow.script = "get:/slow";
  start(0);
  tenon_worker *inside = open_signer(&slow), *waiting = open_signer(&right);
  verify(inside);
  until_attempts(1);
  verify(waiting);
  for (int i = 0; i < 5; i++)
    ck_assert_int_ge(tenon_context_run(b.ctx, 20), 0);
  tenon_worker_destroy(inside);
  wait_for(1);
  ck_assert_uint_eq(saw("check pass signer.1\n"), 1);
  finish();
}
END_TEST

START_TEST(gate__is_left_at_once_by_who_is_cancelled_before_it)
{
  struct who slow = right;
  slow.script = "get:/slow";
  start(0);
  tenon_worker *inside = open_signer(&slow), *waiting = open_signer(&right);
  verify(inside);
  until_attempts(1);
  verify(waiting);
  for (int i = 0; i < 5; i++)
    ck_assert_int_ge(tenon_context_run(b.ctx, 20), 0);
  tenon_worker_cancel(waiting);
  wait_for(1);
  ck_assert_int_eq(b.status, TENON_E_CANCELLED);
  ck_assert_uint_eq(b.died, 0); /* it left by itself */
  ck_assert_uint_eq(attempts(), 1);
  tenon_worker_cancel(inside);
  wait_for(1);
  verify(waiting);
  wait_for(1);
  ck_assert_int_eq(b.status, TENON_OK);
  finish();
}
END_TEST

START_TEST(gate__stops_the_clock_of_who_waits)
{
  struct who slow = right;
  slow.script = "get:/slow";
  start(0);
  host_times_of(b.ctx)->slack = 0;
  tenon_worker *inside = open_signer(&slow), *waiting = open_signer(&right);
  verify(inside);
  until_attempts(1);
  ck_assert_int_eq(tenon_worker_verify(waiting, 800 * NS_PER_MS, NULL), 0);
  for (int64_t until = clock_now_ns() + 1200 * NS_PER_MS; clock_now_ns() < until;)
    ck_assert_int_ge(tenon_context_run(b.ctx, 50), 0);
  tenon_worker_destroy(inside);
  wait_for(1);
  ck_assert_int_eq(b.status, TENON_OK);
  ck_assert_uint_eq(b.findings, 0);
  ck_assert_uint_eq(saw("check pass signer.1\n"), 1);
  finish();
}
END_TEST

/* ---- rings --------------------------------------------------------------------------------------------------------- */

START_TEST(signin__frees_two_that_took_two_locks_in_opposite_order)
{
  struct who x = right, y = right;
  x.script = "begin:x keep:a until:b begin:y end:y end:x";
  y.script = "begin:y keep:b until:a begin:x end:x end:y";
  start(0);
  tenon_worker *first = open_signer(&x), *second = open_signer(&y);
  verify(first);
  verify(second);
  wait_for(2);
  ck_assert_uint_eq(saw("check pass signer.1\n"), 2);
  ck_assert_uint_eq(saw("check pass signer.2\n"), 1);
  ck_assert_uint_eq(saw("check skip signer.2\n"), 1);
  ck_assert_uint_eq(saw("check pass signer.done\n"), 2);
  finish();
}
END_TEST

START_TEST(signin__frees_three_in_a_ring)
{
  static const char *const scripts[] = {"begin:x keep:a until:b until:c begin:y",
                                        "begin:y keep:b until:a until:c begin:z",
                                        "begin:z keep:c until:a until:b begin:x"};
  tenon_worker *w[3];
  start(0);
  for (int i = 0; i < 3; i++) {
    struct who one = right;
    one.script = scripts[i];
    w[i] = open_signer(&one);
  }
  for (int i = 0; i < 3; i++)
    verify(w[i]);
  wait_for(3);
  ck_assert_uint_eq(saw("check skip signer.2\n"), 1);
  ck_assert_uint_eq(saw("check pass signer.2\n"), 2);
  finish();
}
END_TEST

/* One has its turn at the account and waits for the lock, the other has the lock and waits for its turn. */
START_TEST(signin__frees_a_lock_and_a_turn_that_wait_for_each_other)
{
  struct who turn = right, lock = right;
  turn.script = "start:/ok keep:a until:b begin:x drain";
  lock.script = "begin:x keep:b until:a get:/ok end:x";
  start(0);
  tenon_worker *first = open_signer(&turn), *second = open_signer(&lock);
  verify(first);
  verify(second);
  wait_for(2);
  ck_assert_uint_eq(saw("check skip signer.1\n"), 1); /* the lock of the first */
  ck_assert_uint_eq(saw("check pass signer.2\n"), 2); /* requests of both */
  ck_assert_uint_eq(saw("check pass signer.done\n"), 2);
  finish();
}
END_TEST

SUITE("gate", gate__makes_one_bad_attempt_of_two_connections,
      gate__makes_one_bad_attempt_of_many_requests_of_many_workers,
      gate__does_not_try_again_in_a_worker_that_starts_late, gate__tries_once_more_when_asked_again,
      gate__tries_again_what_was_refused_for_verify_only,
      gate__lets_all_in_once_the_account_was_accepted,
      gate__lets_another_account_and_another_password_pass_by,
      gate__passes_on_when_who_is_inside_is_cancelled, gate__passes_on_when_who_is_inside_is_gone,
      gate__is_left_at_once_by_who_is_cancelled_before_it, gate__stops_the_clock_of_who_waits,
      signin__frees_two_that_took_two_locks_in_opposite_order, signin__frees_three_in_a_ring,
      signin__frees_a_lock_and_a_turn_that_wait_for_each_other)
