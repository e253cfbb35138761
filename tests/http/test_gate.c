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

/* ---- the host program above it ------------------------------------------------------------------------------------- */

#define RIGHT "Basic YWRtaW46cmlnaHQtb25l"

static enum turn_word words[8]; /* for each that asks, in their order; TURN_WAIT: none for now */
static char said[512];          /* what the host program heard */
static uint64_t asked;

static void
hear(const char *what, const char *detail)
{
  size_t n = strlen(said);
  (void)snprintf(said + n, sizeof said - n, "%s %s\n", what, detail);
}

static uint64_t
up_enter(void *user, const char *host, const char *name, const tenon_secret *secret, bool connected)
{
  (void)user, (void)host, (void)name, (void)secret;
  hear("enter", connected ? "connected" : "");
  if (words[asked] != TURN_WAIT)
    http_service_gate_word(service, asked + 1, words[asked]);
  return ++asked;
}

static void
up_left(void *user, uint64_t request, enum gate_result result)
{
  char detail[64];
  (void)user;
  (void)snprintf(detail, sizeof detail, "%u %s", (unsigned)request,
                 turn_result_name((enum turn_result)result));
  hear("left", detail);
}

static void
up_refused(void *user, const char *host, const char *name, const tenon_secret *secret)
{
  (void)user, (void)name, (void)secret;
  hear("refused", host);
}

static void
start_below(struct server with)
{
  start_server(with);
  config.gate = (struct gate_upstream){.enter = up_enter, .left = up_left, .refused = up_refused};
  harness_open(NULL);
}

START_TEST(gate__asks_above_once_and_no_more_when_it_is_open)
{
  words[0] = TURN_GO;
  start_below((struct server){.delay_ms = 20, .good_authorization = RIGHT});
  tenon_http_request r = sign_in(&server, "/ok", "right-one");
  start_many(&r, 10);
  take(10);
  start_many(&r, 3);
  take(3);
  ck_assert_uint_eq(n_200, 13);
  ck_assert_str_eq(said, "enter \nleft 1 accepted\n");
}
END_TEST

START_TEST(gate__sends_nothing_that_was_refused_above)
{
  words[0] = words[1] = TURN_SHUT;
  start_below((struct server){.good_authorization = RIGHT});
  tenon_http_request r = sign_in(&server, "/ok", "right-one");
  start_many(&r, 5);
  take(5);
  ck_assert_uint_eq(n_gate, 5);
  ck_fault(harness_perform(&r), TENON_E_AUTH, TENON_HTTP_FAULT_GATE);
  ck_assert_uint_eq(atomic_load(&server.with_authorization), 0);
  ck_assert_str_eq(said, "enter \n");
  http_service_finish_hook(service); /* the next hook asks again */
  ck_fault(harness_perform(&r), TENON_E_AUTH, TENON_HTTP_FAULT_GATE);
  ck_assert_str_eq(said, "enter \nenter \n");
}
END_TEST

START_TEST(gate__goes_on_where_another_session_was_accepted)
{
  words[0] = TURN_OPEN;
  start_below((struct server){.good_authorization = RIGHT});
  tenon_http_request r = sign_in(&server, "/ok", "right-one");
  start_many(&r, 4);
  take(4);
  ck_assert_uint_eq(n_200, 4);
  ck_assert_str_eq(said, "enter \n");
}
END_TEST

START_TEST(gate__looks_for_a_connection_and_asks_again)
{
  words[0] = TURN_LOOK;
  words[1] = TURN_GO;
  start_below((struct server){.good_authorization = RIGHT});
  tenon_http_request r = sign_in(&server, "/ok", "right-one");
  start_many(&r, 3);
  take(3);
  ck_assert_uint_eq(n_200, 3);
  ck_assert_str_eq(said, "enter \nenter connected\nleft 2 accepted\n");
}
END_TEST

START_TEST(gate__tells_above_that_there_is_no_connection)
{
  words[0] = TURN_GO;
  start_below((struct server){.good_authorization = RIGHT});
  struct server away = {.port = server_free_port(), .tls = server.tls};
  tenon_http_request r = sign_in(&away, "/ok", "right-one");
  ck_fault(harness_perform(&r), TENON_E_NETWORK, TENON_HTTP_FAULT_REFUSED);
  ck_assert_str_eq(said, "enter \nleft 1 unsent\n");
}
END_TEST

START_TEST(gate__leaves_when_cancelled_before_the_word)
{
  words[0] = TURN_WAIT;
  words[1] = TURN_GO;
  start_below((struct server){.good_authorization = RIGHT});
  tenon_http_request r = sign_in(&server, "/ok", "right-one");
  harness_cancel_after(50);
  ck_assert_int_eq(harness_perform(&r)->status, TENON_E_CANCELLED);
  ck_assert_str_eq(said, "enter \nleft 1 unknown\n");
  http_service_gate_word(service, 1, TURN_GO); /* it comes late, and does nothing */
  uint64_t count;
  ck_assert_int_eq(read(call.cancel_fd, &count, sizeof count), sizeof count);
  ck_ok(harness_perform(&r), 200);
  ck_assert_uint_eq(atomic_load(&server.with_authorization), 1);
}
END_TEST

START_TEST(gate__leaves_when_the_hook_ends_before_the_word)
{
  words[0] = TURN_WAIT;
  start_below((struct server){.good_authorization = RIGHT});
  tenon_http_request r = sign_in(&server, "/ok", "right-one");
  start_many(&r, 3);
  http_service_finish_hook(service);
  ck_assert_str_eq(said, "enter \nleft 1 unknown\n");
}
END_TEST

START_TEST(gate__tells_above_when_a_good_account_is_refused)
{
  words[0] = words[1] = TURN_GO;
  start_below((struct server){.good_authorization = RIGHT});
  tenon_http_request r = sign_in(&server, "/ok", "right-one");
  ck_ok(harness_perform(&r), 200);
  server.good_authorization = "Basic of another day";
  ck_ok(harness_perform(&r), 401);
  ck_fault(harness_perform(&r), TENON_E_AUTH, TENON_HTTP_FAULT_GATE);
  ck_assert_str_eq(said, "enter \nleft 1 accepted\nrefused localhost\n");
}
END_TEST

START_TEST(gate__does_not_ask_above_about_tokens)
{
  start_below((struct server){0});
  tenon_http_request r = sign_in(&server, "/ok", "a-token-of-some-length");
  r.auth = TENON_HTTP_AUTH_BEARER;
  r.user = NULL;
  ck_ok(harness_perform(&r), 200);
  ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(gate__tries_once_more_in_the_next_hook)
{
  start_server((struct server){.good_authorization = RIGHT});
  harness_open(NULL);
  tenon_http_request r = sign_in(&server, "/ok", "wrong-one");
  for (unsigned i = 1; i <= 2; i++) {
    ck_ok(harness_perform(&r), 401);
    ck_fault(harness_perform(&r), TENON_E_AUTH, TENON_HTTP_FAULT_GATE);
    ck_assert_uint_eq(atomic_load(&server.with_authorization), i);
    http_service_finish_hook(service);
  }
}
END_TEST

START_TEST(gate__knows_an_account_by_another_name_of_the_server)
{
  char url[128];
  start_server((struct server){.good_authorization = RIGHT});
  harness_open(NULL);
  tenon_http_request r = sign_in(&server, "/ok", "wrong-one");
  ck_ok(harness_perform(&r), 401);
  (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/ok", server.port);
  r.url = url;
  r.user = "ADMIN";
  ck_fault(harness_perform(&r), TENON_E_AUTH, TENON_HTTP_FAULT_GATE);
  ck_assert_uint_eq(atomic_load(&server.with_authorization), 1);
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_test(tc, gate__asks_above_once_and_no_more_when_it_is_open);
  tcase_add_test(tc, gate__sends_nothing_that_was_refused_above);
  tcase_add_test(tc, gate__goes_on_where_another_session_was_accepted);
  tcase_add_test(tc, gate__looks_for_a_connection_and_asks_again);
  tcase_add_test(tc, gate__tells_above_that_there_is_no_connection);
  tcase_add_test(tc, gate__leaves_when_cancelled_before_the_word);
  tcase_add_test(tc, gate__leaves_when_the_hook_ends_before_the_word);
  tcase_add_test(tc, gate__tells_above_when_a_good_account_is_refused);
  tcase_add_test(tc, gate__does_not_ask_above_about_tokens);
  tcase_add_test(tc, gate__tries_once_more_in_the_next_hook);
  tcase_add_test(tc, gate__knows_an_account_by_another_name_of_the_server);
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
