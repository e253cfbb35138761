// SPDX-License-Identifier: Apache-2.0
/* The gate while servers are away: nobody waits for a connection that another one does not get, and yet no two send a
 * credential that nobody has accepted. */
#include "core/http/gate.h"
#include "tests/http/harness.h"

static struct server server;
static unsigned n_200, n_401, n_gate, n_unreachable;
static int64_t longest_ns;

static void
start_server(struct server with)
{
  server = with;
  server.tls = pki_server(PKI_GOOD);
  server_start(&server);
}

static tenon_http_request
sign_in(const struct server *at, const char *path, const char *password)
{
  tenon_http_request r = harness_request(harness_url(at, path));
  r.auth = TENON_HTTP_AUTH_BASIC;
  r.user = "admin";
  r.secret = harness_secret(password);
  return r;
}

static void
start_many(const tenon_http_request *r, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    ck_assert_int_eq(http->start(http, &call, r, NULL), TENON_OK);
}

static void
take(unsigned n)
{
  for (unsigned i = 0; i < n; i++) {
    const tenon_http_completion *c = NULL;
    ck_assert_int_eq(http->next(http, &call, 30 * NS_PER_S, &c), TENON_OK);
    n_200 += c->status == TENON_OK && c->code == 200;
    n_401 += c->status == TENON_OK && c->code == 401;
    n_gate += c->fault == TENON_HTTP_FAULT_GATE;
    n_unreachable += c->fault == TENON_HTTP_FAULT_UNREACHABLE;
    if (c->total_ns > longest_ns)
      longest_ns = c->total_ns;
    http->release(http, c);
  }
}

START_TEST(gate__makes_nobody_wait_for_connections_that_do_not_come)
{
  server.port = server_blackhole();
  server.tls = pki_server(PKI_GOOD);
  tenon_http_options o = {OPTIONS, .connect_timeout_ns = 500 * NS_PER_MS, .connections_max = 40};
  harness_open(&o);
  tenon_http_request r = sign_in(&server, "/ok", "right-one");
  int64_t start = clock_now_ns();
  start_many(&r, 40);
  take(40);
  ck_assert_uint_eq(n_unreachable, 40);
  ck_assert_int_lt(clock_now_ns() - start, 10 * NS_PER_S); /* one after another: 20 s */
  ck_assert_int_lt(longest_ns, 5 * NS_PER_S);
}
END_TEST

/* The first finds nobody there, so all go to look for a connection, and all get one. */
START_TEST(gate__sends_a_wrong_password_once_when_the_server_comes_back)
{
  start_server(
      (struct server){.delay_ms = 100, .good_authorization = "Basic YWRtaW46cmlnaHQtb25l"});
  struct server away = {.port = server_free_port(), .tls = server.tls};
  harness_open(NULL);
  tenon_http_request r = sign_in(&away, "/ok", "wrong-one");
  start_many(&r, 1);
  r.url = harness_url(&server, "/ok");
  start_many(&r, 10);
  take(11);
  ck_assert_uint_eq(atomic_load(&server.with_authorization), 1);
  ck_assert_uint_eq(n_401, 1);
  ck_assert_uint_eq(n_gate, 9);
}
END_TEST

START_TEST(gate__serves_all_when_the_server_comes_back)
{
  start_server(
      (struct server){.delay_ms = 100, .good_authorization = "Basic YWRtaW46cmlnaHQtb25l"});
  struct server away = {.port = server_free_port(), .tls = server.tls};
  harness_open(NULL);
  tenon_http_request r = sign_in(&away, "/ok", "right-one");
  start_many(&r, 1);
  r.url = harness_url(&server, "/ok");
  start_many(&r, 10);
  take(11);
  ck_assert_uint_eq(n_200, 10);
}
END_TEST

START_TEST(gate__aborts_and_cancels_whoever_looks_for_a_connection)
{
  start_server((struct server){.delay_ms = 100});
  struct server away = {.port = server_free_port(), .tls = server.tls};
  harness_open(NULL);
  tenon_http_request r = sign_in(&away, "/ok", "right-one");
  (void)harness_perform(&r);
  r.url = harness_url(&server, "/slow");
  start_many(&r, 5);
  const tenon_http_completion *c;
  ck_assert_int_eq(http->next(http, &call, 300 * NS_PER_MS, &c), TENON_E_TRANSIENT);
  ck_assert_uint_eq(atomic_load(&server.with_authorization), 1);
  http->abort(http);
  r.url = harness_url(&server, "/ok");
  ck_ok(harness_perform(&r), 200);
}
END_TEST

/* Those that waited have all of their time when it is their turn, and say nothing of the wait. */
START_TEST(gate__does_not_count_the_wait)
{
  start_server((struct server){0});
  harness_open(NULL);
  tenon_http_request r = sign_in(&server, "/slow", "right-one");
  r.timeout_ns = 700 * NS_PER_MS;
  int64_t start = clock_now_ns();
  start_many(&r, 3);
  take(3);
  int64_t took = clock_now_ns() - start; /* their credential is on the wire: one by one */
  ck_assert_int_ge(took, 2 * NS_PER_S);
  ck_assert_int_lt(longest_ns, took - r.timeout_ns);
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_test(tc, gate__makes_nobody_wait_for_connections_that_do_not_come);
  tcase_add_test(tc, gate__sends_a_wrong_password_once_when_the_server_comes_back);
  tcase_add_test(tc, gate__serves_all_when_the_server_comes_back);
  tcase_add_test(tc, gate__aborts_and_cancels_whoever_looks_for_a_connection);
  tcase_add_test(tc, gate__does_not_count_the_wait);
}

int
main(void)
{
  return harness_run("gate", add);
}
