// SPDX-License-Identifier: Apache-2.0
/* What goes wrong below HTTP: each cause has its own fault, and a sentence with host and port. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>

#include "tests/http/harness.h"

static struct server server;

/* libcurl finds this one first: a name that hangs, and one that is not there, without asking anybody's DNS. */
__attribute__((visibility("default"))) int
getaddrinfo(const char *node, const char *service_name, const struct addrinfo *hints,
            struct addrinfo **res)
{
  static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
  if (!real)
    real = (__typeof__(real))dlsym(RTLD_NEXT, "getaddrinfo");
  if (node && strcmp(node, "hangs.test") == 0)
    sleep(20);
  if (node && strcmp(node, "nowhere.test") == 0)
    return EAI_NONAME;
  return real(node, service_name, hints, res);
}

static void
start_tls(void)
{
  server = (struct server){.tls = pki_server(PKI_GOOD)};
  server_start(&server);
  harness_open(NULL);
}

static const tenon_http_completion *
get(const char *path)
{
  tenon_http_request r = harness_request(harness_url(&server, path));
  r.timeout_ns = 500 * NS_PER_MS;
  return harness_perform(&r);
}

static void
ck_names_server(const tenon_http_completion *c)
{
  char port[16];
  (void)snprintf(port, sizeof port, "port %u", server.port);
  ck_assert_msg(strstr(c->reason, "localhost") && strstr(c->reason, port), "%s", c->reason);
}

START_TEST(fault__of_each_way_to_break_an_answer)
{
  static const struct {
    const char *path;
    tenon_status status;
    uint32_t fault;
  } ways[] = {
      {"/drop", TENON_E_NETWORK, TENON_HTTP_FAULT_RESET},
      {"/reset", TENON_E_NETWORK, TENON_HTTP_FAULT_RESET},
      {"/half", TENON_E_NETWORK, TENON_HTTP_FAULT_RESET},
      {"/slow", TENON_E_TIMEOUT, TENON_HTTP_FAULT_SLOW},
      {"/garbage", TENON_E_PROTOCOL, TENON_HTTP_FAULT_MALFORMED},
      {"/bad-chunk", TENON_E_PROTOCOL, TENON_HTTP_FAULT_MALFORMED},
      {"/long-header", TENON_E_PROTOCOL, TENON_HTTP_FAULT_TOO_LARGE},
      {"/headers/200", TENON_E_PROTOCOL, TENON_HTTP_FAULT_TOO_LARGE},
      {"/gzip-bomb", TENON_E_PROTOCOL, TENON_HTTP_FAULT_TOO_LARGE},
      {"/bytes/5000000", TENON_E_PROTOCOL, TENON_HTTP_FAULT_TOO_LARGE},
  };
  start_tls();
  ck_ok(harness_get(&server, "/ok"),
        200); /* the handshake takes what it takes; what is timed is the answer */
  const tenon_http_completion *c = ways[_i].fault == TENON_HTTP_FAULT_SLOW
                                       ? get(ways[_i].path)
                                       : harness_get(&server, ways[_i].path);
  ck_fault(c, ways[_i].status, ways[_i].fault);
  ck_names_server(c);
  ck_assert_ptr_nonnull(c->tls); /* the handshake was fine, and its facts are there */
  ck_assert_uint_eq(c->body.len, 0);
  ck_assert_ptr_nonnull(strstr(log_text, c->reason));
}
END_TEST

START_TEST(fault__refused_where_nobody_listens)
{
  server.port = server_free_port();
  harness_open(NULL);
  const tenon_http_completion *c = get("/ok");
  ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_REFUSED);
  ck_names_server(c);
}
END_TEST

START_TEST(fault__resolve_where_the_name_has_no_address)
{
  harness_open(NULL);
  tenon_http_request r = harness_request("https://nowhere.test/");
  const tenon_http_completion *c = harness_perform(&r);
  ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_RESOLVE);
  ck_assert_ptr_nonnull(strstr(c->reason, "nowhere.test"));
}
END_TEST

START_TEST(fault__resolve_where_the_resolver_hangs)
{
  harness_open(NULL);
  tenon_http_request r = harness_request("https://hangs.test/");
  r.timeout_ns = 200 * NS_PER_MS;
  ck_fault(harness_perform(&r), TENON_E_NETWORK, TENON_HTTP_FAULT_RESOLVE);
}
END_TEST

START_TEST(fault__unreachable_where_the_connection_hangs)
{
  server.port = server_blackhole();
  harness_open(NULL);
  ck_fault(get("/ok"), TENON_E_NETWORK, TENON_HTTP_FAULT_UNREACHABLE);
}
END_TEST

START_TEST(fault__connect_timeout_is_its_own)
{
  server.port = server_blackhole();
  tenon_http_options o = {OPTIONS, .connect_timeout_ns = 200 * NS_PER_MS};
  harness_open(&o);
  int64_t start = clock_now_ns();
  tenon_http_request r = harness_request(harness_url(&server, "/ok"));
  ck_fault(harness_perform(&r), TENON_E_NETWORK, TENON_HTTP_FAULT_UNREACHABLE);
  ck_assert_int_lt(clock_now_ns() - start, 10 * NS_PER_S);
}
END_TEST

/* Cancel while resolving, connecting, waiting for the answer. */
START_TEST(cancel__ends_a_request_wherever_it_waits)
{
  static const char *const urls[] = {"https://hangs.test/", NULL, NULL};
  tenon_http_request r = harness_request(NULL);
  start_tls();
  r.url = urls[_i];
  if (_i == 1)
    server.port = server_blackhole();
  if (_i > 0)
    r.url = harness_url(&server, "/slow");
  harness_cancel_after(100);
  int64_t start = clock_now_ns();
  const tenon_http_completion *c = harness_perform(&r);
  int64_t took = clock_now_ns() - start;
  ck_fault(c, TENON_E_CANCELLED, TENON_HTTP_FAULT_OTHER);
  http_service_finish_hook(service);
  ck_assert_int_lt(took, 2 * NS_PER_S); /* of a resolver that hangs for 20 s; the ABI says 250 ms */
}
END_TEST

START_TEST(cancel__ends_next)
{
  const tenon_http_completion *c;
  start_tls();
  tenon_http_request r = harness_request(harness_url(&server, "/slow"));
  ck_assert_int_eq(http->start(http, &call, &r, NULL), TENON_OK);
  harness_cancel_after(50);
  ck_assert_int_eq(http->next(http, &call, 10 * NS_PER_S, &c), TENON_E_CANCELLED);
  http->abort(http);
  ck_assert_int_eq(http->next(http, &call, 0, &c), TENON_E_CONFIG);
}
END_TEST

START_TEST(deadline__of_the_call_holds_for_its_requests)
{
  start_tls();
  ck_ok(harness_get(&server, "/ok"), 200); /* the deadline is for the answer, not for a handshake */
  call.deadline_ns = clock_now_ns() + 200 * NS_PER_MS;
  tenon_http_request r = harness_request(harness_url(&server, "/slow"));
  ck_fault(harness_perform(&r), TENON_E_TIMEOUT, TENON_HTTP_FAULT_SLOW);
  ck_fault(harness_perform(&r), TENON_E_TIMEOUT,
           TENON_HTTP_FAULT_SLOW); /* past it: not even sent */
  ck_assert_uint_eq(atomic_load(&server.requests), 2);
}
END_TEST

START_TEST(body_max__holds_for_a_sink_too)
{
  start_tls();
  tenon_http_request r = harness_request(harness_url(&server, "/bytes/1000"));
  r.body_max = 999;
  ck_fault(harness_perform(&r), TENON_E_PROTOCOL, TENON_HTTP_FAULT_TOO_LARGE);
  r.body_max = 1000;
  ck_ok(harness_perform(&r), 200);
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_loop_test(tc, fault__of_each_way_to_break_an_answer, 0, 10);
  tcase_add_test(tc, fault__refused_where_nobody_listens);
  tcase_add_test(tc, fault__resolve_where_the_name_has_no_address);
  tcase_add_test(tc, fault__resolve_where_the_resolver_hangs);
  tcase_add_test(tc, fault__unreachable_where_the_connection_hangs);
  tcase_add_test(tc, fault__connect_timeout_is_its_own);
  tcase_add_loop_test(tc, cancel__ends_a_request_wherever_it_waits, 0, 3);
  tcase_add_test(tc, cancel__ends_next);
  tcase_add_test(tc, deadline__of_the_call_holds_for_its_requests);
  tcase_add_test(tc, body_max__holds_for_a_sink_too);
}

int
main(void)
{
  return harness_run("faults", add);
}
