// SPDX-License-Identifier: Apache-2.0
/* Many requests over few connections: reuse, dead ones, the gate, and what a plugin can poll for. */
#include <poll.h>

#include "tests/http/harness.h"

static struct server server;

static void
start(struct server with)
{
  server = with;
  server.tls = pki_server(PKI_GOOD);
  server_start(&server);
  harness_open(NULL);
}

/* Takes n completions, giving each back. */
static void
take(unsigned n, void (*look)(const tenon_http_completion *))
{
  for (unsigned i = 0; i < n; i++) {
    const tenon_http_completion *c = NULL;
    ck_assert_int_eq(http->next(http, &call, 20 * NS_PER_S, &c), TENON_OK);
    look(c);
    http->release(http, c);
  }
}

static bool seen[500];

static void
look_ok(const tenon_http_completion *c)
{
  ck_ok(c, 200);
  ck_assert(!seen[(uintptr_t)c->tag]);
  seen[(uintptr_t)c->tag] = true;
}

START_TEST(pool__answers_500_requests_over_8_connections)
{
  start((struct server){.delay_ms = 1});
  unsigned started = 0, taken = 0;
  tenon_http_request r = harness_request(harness_url(&server, "/ok"));
  while (taken < 500) {
    while (started < 500) {
      tenon_status status = http->start(http, &call, &r, (void *)(uintptr_t)started);
      if (status == TENON_E_TRANSIENT)
        break;
      ck_assert_int_eq(status, TENON_OK);
      started++;
      ck_assert_uint_le(started - taken, TENON_HTTP_IN_FLIGHT_MAX);
    }
    take(1, look_ok);
    taken++;
  }
  ck_assert_uint_eq(atomic_load(&server.connections), 8);
  ck_assert_uint_eq(atomic_load(&server.requests), 500);
  for (int i = 0; i < 500; i++)
    ck_assert(seen[i]);
  const tenon_http_completion *c;
  ck_assert_int_eq(http->next(http, &call, NS_PER_S, &c), TENON_E_CONFIG);
}
END_TEST

START_TEST(pool__ready_fd_is_readable_when_and_only_when_there_is_work)
{
  start((struct server){.delay_ms = 100});
  struct pollfd fd = {.fd = http->ready_fd, .events = POLLIN};
  const tenon_http_completion *c = NULL;
  tenon_http_request r = harness_request(harness_url(&server, "/ok"));
  ck_assert_int_eq(poll(&fd, 1, 0), 0);
  ck_assert_int_eq(http->start(http, &call, &r, NULL), TENON_OK);
  unsigned turns = 0;
  tenon_status status = TENON_E_TRANSIENT;
  for (; status == TENON_E_TRANSIENT; turns++) {
    ck_assert_int_eq(poll(&fd, 1, 10000), 1);
    status = http->next(http, &call, 0, &c);
  }
  ck_assert_int_eq(status, TENON_OK);
  ck_ok(c, 200);
  ck_assert_uint_lt(turns, 60); /* it does not spin while the server takes its time */
  ck_assert_int_eq(http->next(http, &call, 0, &c), TENON_E_CONFIG);
  ck_assert_int_eq(poll(&fd, 1, 50), 0);
}
END_TEST

START_TEST(pool__ready_fd_is_quiet_when_the_server_ends_an_idle_connection)
{
  start((struct server){0});
  struct pollfd fd = {.fd = http->ready_fd, .events = POLLIN};
  ck_ok(harness_get(&server, "/then-close"), 200);
  for (int i = 0; i < 500 && atomic_load(&server.open_now) > 0; i++)
    ck_assert_int_eq(poll(&fd, 1, 20), 0);
  ck_assert_uint_eq(atomic_load(&server.open_now), 0);
  ck_assert_int_eq(poll(&fd, 1, 20), 0);   /* its last bytes are here now */
  ck_ok(harness_get(&server, "/ok"), 200); /* and it is not used again */
}
END_TEST

START_TEST(pool__ready_fd_tells_of_a_request_that_was_never_sent)
{
  start((struct server){0});
  struct pollfd fd = {.fd = http->ready_fd, .events = POLLIN};
  const tenon_http_completion *c = NULL;
  tenon_http_request r = harness_request("gopher://localhost/");
  ck_assert_int_eq(http->start(http, &call, &r, &r), TENON_OK);
  ck_assert_int_eq(poll(&fd, 1, 0), 1);
  ck_assert_int_eq(http->next(http, &call, 0, &c), TENON_OK);
  ck_assert_ptr_eq(c->tag, &r);
  ck_fault(c, TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
}
END_TEST

START_TEST(pool__sends_once_more_when_a_kept_alive_connection_died)
{
  static const char *const methods[] = {"GET", "POST"};
  start((struct server){0});
  tenon_http_part body = {.text = {"body", 4}};
  tenon_http_request r = harness_request(harness_url(&server, "/second-dies"));
  r.method = methods[_i];
  r.body = &body;
  r.n_body = _i ? 1 : 0;
  ck_ok(harness_perform(&r), 200);
  const tenon_http_completion *c = harness_perform(&r);
  ck_ok(c, 200);
  ck_assert_uint_eq(c->reused, 0);
  ck_assert_uint_eq(atomic_load(&server.connections), 2);
  ck_assert_uint_eq(atomic_load(&server.requests), 3);
}
END_TEST

static void
look_any(const tenon_http_completion *c)
{
  ck_ok(c, 200);
}

START_TEST(pool__sends_no_third_time)
{
  start((struct server){.delay_ms = 20});
  tenon_http_request r = harness_request(harness_url(&server, "/second-dies"));
  for (int i = 0; i < 3; i++)
    ck_assert_int_eq(http->start(http, &call, &r, NULL), TENON_OK);
  take(3, look_any); /* three connections that will die when used again */
  ck_assert_uint_eq(atomic_load(&server.connections), 3);
  ck_fault(harness_perform(&r), TENON_E_NETWORK, TENON_HTTP_FAULT_RESET);
  ck_assert_uint_eq(atomic_load(&server.requests), 5);
}
END_TEST

START_TEST(pool__times_of_phases_stand_alone)
{
  start((struct server){.delay_ms = 30});
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_ok(c, 200);
  ck_assert_int_gt(c->connect_ns, 0);
  ck_assert_int_gt(c->tls_ns, 0);
  ck_assert_int_ge(c->first_byte_ns, 25 * NS_PER_MS);
  ck_assert_int_ge(c->total_ns, c->resolve_ns + c->connect_ns + c->tls_ns + c->first_byte_ns);
  ck_assert_str_eq(c->route, "direct");
  char address[32];
  (void)snprintf(address, sizeof address, "127.0.0.1:%u", server.port);
  ck_assert_str_eq(c->address, address);
  c = harness_get(&server, "/ok");
  ck_assert_uint_eq(c->reused, 1);
  ck_assert_int_eq(c->resolve_ns + c->connect_ns + c->tls_ns, 0);
}
END_TEST

START_TEST(pool__abort_leaves_nothing_and_a_new_hook_starts_clean)
{
  start((struct server){.delay_ms = 200});
  tenon_http_request r = harness_request(harness_url(&server, "/ok"));
  for (int i = 0; i < 20; i++)
    ck_assert_int_eq(http->start(http, &call, &r, NULL), TENON_OK);
  http_service_finish_hook(service);
  const tenon_http_completion *c;
  ck_assert_int_eq(http->next(http, &call, 0, &c), TENON_E_CONFIG);
  ck_ok(harness_get(&server, "/ok"), 200);
}
END_TEST

/* ---- the gate ---- */

static unsigned n_401, n_gate, n_200;

static void
look_gate(const tenon_http_completion *c)
{
  n_401 += c->status == TENON_OK && c->code == 401;
  n_200 += c->status == TENON_OK && c->code == 200;
  n_gate += c->status == TENON_E_AUTH && c->fault == TENON_HTTP_FAULT_GATE;
}

static void
start_many(const tenon_http_request *r, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    ck_assert_int_eq(http->start(http, &call, r, NULL), TENON_OK);
}

static tenon_http_request
sign_in(const char *password)
{
  tenon_http_request r = harness_request(harness_url(&server, "/ok"));
  r.auth = TENON_HTTP_AUTH_BASIC;
  r.user = "admin";
  r.secret = harness_secret(password);
  return r;
}

START_TEST(gate__sends_a_wrong_password_once)
{
  start((struct server){.delay_ms = 20, .good_authorization = "Basic YWRtaW46cmlnaHQtb25l"});
  tenon_http_request r = sign_in("wrong-one");
  start_many(&r, 10);
  take(10, look_gate);
  ck_assert_uint_eq(n_401, 1);
  ck_assert_uint_eq(n_gate, 9);
  ck_assert_uint_eq(atomic_load(&server.with_authorization), 1);
  ck_fault(harness_perform(&r), TENON_E_AUTH, TENON_HTTP_FAULT_GATE); /* and later ones neither */
  ck_assert_uint_eq(atomic_load(&server.with_authorization), 1);
  r = sign_in("right-one");
  ck_ok(harness_perform(&r), 200); /* another password is another attempt */
}
END_TEST

START_TEST(gate__opens_with_the_first_accepted_answer)
{
  start((struct server){.delay_ms = 50, .good_authorization = "Basic YWRtaW46cmlnaHQtb25l"});
  tenon_http_request r = sign_in("right-one");
  start_many(&r, 9);
  const tenon_http_completion *c;
  ck_assert_int_eq(http->next(http, &call, 10 * NS_PER_S, &c), TENON_OK);
  ck_assert_uint_eq(atomic_load(&server.connections), 1);
  take(8, look_gate);
  ck_assert_uint_eq(n_200, 8);
  ck_assert_uint_ge(atomic_load(&server.open_most), 4); /* side by side by then */
}
END_TEST

START_TEST(gate__lets_the_next_one_try_when_no_answer_came)
{
  start((struct server){0});
  tenon_http_request r = sign_in("whatever");
  r.url = harness_url(&server, "/drop");
  start_many(&r, 1);
  r.url = harness_url(&server, "/ok");
  start_many(&r, 3);
  take(4, look_gate);
  ck_assert_uint_eq(n_200, 3);
}
END_TEST

/* Whoever asks gets a 503, a redirect or a 403: none of them says that a password is right. */
START_TEST(gate__stays_closed_to_answers_that_anybody_gets)
{
  static const char *const paths[] = {"/status/503", "/status/302", "/status/403", "/status/429"};
  static struct server balancer;
  balancer = (struct server){.tls = pki_server(PKI_GOOD)};
  server_start(&balancer);
  start((struct server){.delay_ms = 20, .good_authorization = "Basic YWRtaW46cmlnaHQtb25l"});
  tenon_http_request r = sign_in("wrong-one");
  r.url = harness_url(&balancer, paths[_i]);
  (void)harness_perform(&r);
  r.url = harness_url(&server, "/ok");
  start_many(&r, 10);
  take(10, look_gate);
  ck_assert_uint_eq(n_401, 1);
  ck_assert_uint_eq(n_gate, 9);
  ck_assert_uint_eq(atomic_load(&server.with_authorization), 1);
}
END_TEST

START_TEST(gate__an_aborted_request_does_not_keep_it_closed)
{
  start((struct server){.delay_ms = 100});
  tenon_http_request r = sign_in("whatever");
  start_many(&r, 5);
  http->abort(http);
  ck_ok(harness_perform(&r), 200);
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_test(tc, pool__answers_500_requests_over_8_connections);
  tcase_add_test(tc, pool__ready_fd_is_readable_when_and_only_when_there_is_work);
  tcase_add_test(tc, pool__ready_fd_is_quiet_when_the_server_ends_an_idle_connection);
  tcase_add_test(tc, pool__ready_fd_tells_of_a_request_that_was_never_sent);
  tcase_add_loop_test(tc, pool__sends_once_more_when_a_kept_alive_connection_died, 0, 2);
  tcase_add_test(tc, pool__sends_no_third_time);
  tcase_add_test(tc, pool__times_of_phases_stand_alone);
  tcase_add_test(tc, pool__abort_leaves_nothing_and_a_new_hook_starts_clean);
  tcase_add_test(tc, gate__sends_a_wrong_password_once);
  tcase_add_loop_test(tc, gate__stays_closed_to_answers_that_anybody_gets, 0, 4);
  tcase_add_test(tc, gate__opens_with_the_first_accepted_answer);
  tcase_add_test(tc, gate__lets_the_next_one_try_when_no_answer_came);
  tcase_add_test(tc, gate__an_aborted_request_does_not_keep_it_closed);
}

int
main(void)
{
  return harness_run("pool", add);
}
