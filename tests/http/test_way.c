// SPDX-License-Identifier: Apache-2.0
/* The options `resolve` and `dns`: another address, another port, another name server, and the same name as ever. */
#include "core/http/way.h"
#include "tests/dns/responder.h"
#include "tests/http/harness.h"

static struct server server, local, proxy;
static struct responder responder;
static char dns[64], map[64];

static void
start(void)
{
  server = (struct server){.tls = pki_server(PKI_OTHER_NAME)};
  proxy = (struct server){.proxy = true};
  server_start(&server);
  server_start(&proxy);
  responder_start(&responder);
  (void)snprintf(dns, sizeof dns, "127.0.0.1:%u", responder.port);
  (void)snprintf(map, sizeof map, "*:443=*:%u", server.port);
}

static void
open_with(tenon_http_options o)
{
  o.size = sizeof o;
  o.ca_pem = (tenon_text){pki_authority(), strlen(pki_authority())};
  harness_open(&o);
}

static const tenon_http_completion *
get(const char *url)
{
  tenon_http_request r = harness_request(url);
  return harness_perform(&r);
}

START_TEST(resolve__changes_the_port_of_any_host_and_not_the_name)
{
  start();
  (void)snprintf(map, sizeof map, "*:443=127.0.0.1:%u", server.port);
  open_with((tenon_http_options){.resolve = map});
  for (int i = 0; i < 2; i++) {
    const tenon_http_completion *c = get("https://other.test/ok");
    ck_ok(c, 200);
    ck_assert_uint_eq(c->reused, (unsigned)i);
    ck_assert_ptr_nonnull(strstr(c->address, map + strlen("*:443=")));
    ck_assert_ptr_nonnull(strstr(c->tls->chain[0]->names, "other.test"));
  }
  const tenon_http_completion *c = get("https://mail.test/ok"); /* there too, by another name */
  ck_fault(c, TENON_E_TLS, TENON_HTTP_FAULT_CERTIFICATE);
  ck_assert_uint_eq(c->tls->verdict, TENON_HTTP_TLS_NAME);
}
END_TEST

START_TEST(dns__is_asked_once_for_all_requests_and_the_port_is_mapped)
{
  start();
  open_with((tenon_http_options){.resolve = map, .dns = dns});
  tenon_http_request r = harness_request("https://other.test/ok");
  for (int i = 0; i < 20; i++)
    ck_assert_int_eq(http->start(http, &call, &r, NULL), TENON_OK);
  for (int i = 0; i < 20; i++) {
    const tenon_http_completion *c = NULL;
    ck_assert_int_eq(http->next(http, &call, 60 * NS_PER_S, &c), TENON_OK);
    ck_ok(c, 200);
    http->release(http, c);
  }
  ck_ok(get("https://OTHER.test./ok"), 200);
  ck_assert_uint_eq(atomic_load(&responder.udp), 2); /* A and AAAA */
}
END_TEST

START_TEST(dns__that_has_no_address_is_named_with_the_reason)
{
  static const struct {
    const char *url, *says;
  } rows[] = {{"https://missing.test/", "no name missing.test"},
              {"https://bare.test/", "bare.test"},
              {"https://servfail.test/", "servfail.test"},
              {"https://garbage.test/", "garbage.test"},
              {"https://a23456789-123456789-123456789-123456789-123456789-123456789-1234.test/",
               "no name that can be looked up"}};
  start();
  open_with((tenon_http_options){.dns = dns});
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const tenon_http_completion *c = get(rows[i].url);
    ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_RESOLVE);
    ck_assert_msg(strstr(c->reason, rows[i].says) != NULL, "%s", c->reason);
    if (i < 4)
      ck_assert_msg(strstr(c->reason, dns) != NULL, "%s", c->reason);
  }
}
END_TEST

START_TEST(dns__is_not_asked_for_addresses_and_for_localhost)
{
  start();
  local = (struct server){.tls = pki_server(PKI_GOOD)};
  server_start(&local);
  open_with((tenon_http_options){.dns = dns});
  ck_ok(harness_get(&local, "/ok"), 200);
  char url[64];
  (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/ok", local.port);
  ck_ok(get(url), 200);
  ck_assert_uint_eq(atomic_load(&responder.udp), 0);
}
END_TEST

START_TEST(dns__that_is_silent_holds_neither_the_connect_timeout_nor_a_cancel)
{
  start();
  open_with((tenon_http_options){.dns = dns, .connect_timeout_ns = _i ? 0 : 50 * NS_PER_MS});
  if (_i)
    harness_cancel_after(30);
  const tenon_http_completion *c = get("https://silent.test/");
  if (_i) {
    ck_fault(c, TENON_E_CANCELLED, TENON_HTTP_FAULT_OTHER);
  } else {
    ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_RESOLVE);
    ck_assert_ptr_nonnull(strstr(c->reason, dns));
    ck_assert_ptr_nonnull(strstr(c->reason, "silent.test"));
    ck_assert_ptr_nonnull(strstr(c->reason, " within ")); /* and not when the tries are used up */
  }
}
END_TEST

START_TEST(dns__that_is_silent_holds_no_deadline_of_the_call_and_no_neighbour)
{
  start();
  open_with((tenon_http_options){.resolve = map, .dns = dns});
  tenon_http_request slow = harness_request("https://silent.test/"),
                     quick = harness_request("https://other.test/ok");
  call.deadline_ns = clock_now_ns() + 100 * NS_PER_MS;
  int slow_tag, quick_tag;
  ck_assert_int_eq(http->start(http, &call, &slow, &slow_tag), TENON_OK);
  call.deadline_ns = 0;
  ck_assert_int_eq(http->start(http, &call, &quick, &quick_tag), TENON_OK);
  for (int i = 0; i < 2; i++) {
    const tenon_http_completion *c = NULL;
    ck_assert_int_eq(http->next(http, &call, 60 * NS_PER_S, &c), TENON_OK);
    if (c->tag == &quick_tag)
      ck_ok(c, 200);
    else
      ck_assert_ptr_nonnull(strstr(c->reason, " within "));
  }
}
END_TEST

START_TEST(dns__is_left_alone_by_an_abort)
{
  start();
  open_with((tenon_http_options){.resolve = map, .dns = dns});
  tenon_http_request r = harness_request("https://silent.test/");
  for (int i = 0; i < 3; i++)
    ck_assert_int_eq(http->start(http, &call, &r, NULL), TENON_OK);
  http->abort(http);
  ck_ok(get("https://other.test/ok"), 200);
}
END_TEST

START_TEST(dns__knows_the_proxy_by_name)
{
  char url[64];
  start();
  (void)snprintf(url, sizeof url, "http://other.test:%u", proxy.port);
  open_with((tenon_http_options){.dns = dns, .proxy = url});
  local = (struct server){.tls = pki_server(PKI_GOOD)};
  server_start(&local);
  ck_ok(harness_get(&local, "/ok"), 200);
  ck_assert_uint_eq(atomic_load(&proxy.requests), 1);
}
END_TEST

START_TEST(dns__without_the_proxys_name_is_a_proxy_fault)
{
  start();
  open_with((tenon_http_options){.dns = dns, .proxy = "http://missing.test:3128"});
  const tenon_http_completion *c = get("https://other.test/ok");
  ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY);
  ck_assert_ptr_nonnull(strstr(c->reason, "missing.test"));
  ck_assert_ptr_nonnull(strstr(c->reason, dns));
}
END_TEST

START_TEST(dns__that_is_no_server_is_refused_by_its_field)
{
  const char *field = NULL, *why = NULL;
  const tenon_http_options o = {OPTIONS, .dns = "ns.example"};
  service = http_service_create(&config);
  http = http_service_table(service);
  ck_assert_int_eq(http->options(http, &o, &field, &why), TENON_E_CONFIG);
  ck_assert_str_eq(field, "dns");
  ck_assert_ptr_nonnull(why);
}
END_TEST

/* ---- the rules ---- */

START_TEST(rules__are_read_as_people_write_them)
{
  static const struct {
    const char *text;
    bool good;
  } rows[] = {
      {"mail.example=192.0.2.1", true},
      {"mail.example=::1", true},
      {"mail.example=[::1]", true},
      {"mail.example:443=192.0.2.1:8443", true},
      {"*:443=*:8443,*:80=*:8080", true},
      {"[::1]:443=[::1]:8443", true},
      {"192.0.2.1=192.0.2.2", true},
      {"a=192.0.2.1, b=192.0.2.2", true},
      {"mail.example", false},
      {"=192.0.2.1", false},
      {"mail.example=", false},
      {"mail.example=other.example", false},
      {"mail.example:=192.0.2.1", false},
      {"mail.example:0=192.0.2.1", false},
      {"mail.example:443=192.0.2.1:65536", false},
      {"mail.example:44x=192.0.2.1", false},
      {"mail/example=192.0.2.1", false},
      {"[::1=::1", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct ways ways = {.n = 0};
    const char *why = ways_parse(&ways, rows[i].text);
    ck_assert_msg((why == NULL) == rows[i].good, "%s: %s", rows[i].text, why);
    ways_finish(&ways);
  }
}
END_TEST

START_TEST(rules__fit_in_their_order)
{
  struct ways ways = {.n = 0};
  ck_assert_ptr_null(
      ways_parse(&ways, "mail.example:443=192.0.2.1,mail.example=192.0.2.2:25,*:443=*:8443"));
  static const struct {
    const char *host;
    unsigned port, rule; /* 3: none */
  } rows[] = {{"mail.example", 443, 0},
              {"Mail.Example.", 443, 0},
              {"mail.example", 80, 1},
              {"x.example", 443, 2},
              {"x.example", 80, 3}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    ck_assert_ptr_eq(ways_find(&ways, rows[i].host, rows[i].port),
                     rows[i].rule < 3 ? &ways.rules[rows[i].rule] : NULL);
  ways_finish(&ways);
}
END_TEST

static void
teardown(void)
{
  if (responder.port)
    responder_stop(&responder);
}

static void
add(TCase *tc)
{
  tcase_add_checked_fixture(tc, NULL, teardown);
  tcase_add_test(tc, resolve__changes_the_port_of_any_host_and_not_the_name);
  tcase_add_test(tc, dns__is_asked_once_for_all_requests_and_the_port_is_mapped);
  tcase_add_test(tc, dns__that_has_no_address_is_named_with_the_reason);
  tcase_add_test(tc, dns__is_not_asked_for_addresses_and_for_localhost);
  tcase_add_loop_test(tc, dns__that_is_silent_holds_neither_the_connect_timeout_nor_a_cancel, 0, 2);
  tcase_add_test(tc, dns__that_is_silent_holds_no_deadline_of_the_call_and_no_neighbour);
  tcase_add_test(tc, dns__is_left_alone_by_an_abort);
  tcase_add_test(tc, dns__knows_the_proxy_by_name);
  tcase_add_test(tc, dns__without_the_proxys_name_is_a_proxy_fault);
  tcase_add_test(tc, dns__that_is_no_server_is_refused_by_its_field);
  tcase_add_test(tc, rules__are_read_as_people_write_them);
  tcase_add_test(tc, rules__fit_in_their_order);
}

int
main(void)
{
  return harness_run("way", add);
}
