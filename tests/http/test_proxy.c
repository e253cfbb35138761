// SPDX-License-Identifier: Apache-2.0
/* Proxies: which way is taken, that it is shown, and that a proxy's refusal is not mistaken for the server's. */
#include "core/http/proxy.h"
#include "tests/http/harness.h"

static struct server server, plain, proxy, secure, local;
static char server_pem[8192];
static char proxy_url[64], proxy_route[80];

static void
start(const char *authorization)
{
  server = (struct server){.tls = pki_server(PKI_GOOD)};
  (void)snprintf(server_pem, sizeof server_pem, "%s", pki_last_pem());
  plain = (struct server){0};
  proxy = (struct server){.proxy = true, .proxy_authorization = authorization};
  server_start(&server);
  server_start(&plain);
  server_start(&proxy);
  (void)snprintf(proxy_url, sizeof proxy_url, "http://localhost:%u", proxy.port);
  (void)snprintf(proxy_route, sizeof proxy_route, "proxy %s", proxy_url);
}

static void
open_with(tenon_http_options o)
{
  o.size = sizeof o;
  o.ca_pem = (tenon_text){pki_authority(), strlen(pki_authority())};
  harness_open(&o);
}

START_TEST(proxy__of_the_options_carries_https_in_a_tunnel)
{
  start(NULL);
  open_with((tenon_http_options){.proxy = proxy_url});
  for (int i = 0; i < 2; i++) {
    const tenon_http_completion *c = harness_get(&server, "/ok");
    ck_ok(c, 200);
    ck_assert_str_eq(c->route, proxy_route);
    ck_assert_ptr_nonnull(c->tls);
    ck_assert_str_eq(c->tls->chain[0]->subject, "CN=localhost");
    ck_assert_uint_eq(c->reused, (unsigned)i);
  }
  ck_assert_uint_eq(atomic_load(&proxy.requests), 1);
  const tenon_http_completion *c = harness_get(&plain, "/ok");
  ck_ok(c, 200);
  ck_assert_str_eq(c->body.ptr, "via proxy");
}
END_TEST

START_TEST(proxy__of_the_environment_is_used_but_for_no_proxy)
{
  start(NULL);
  config.environment.https_proxy = proxy_url;
  config.environment.no_proxy = _i ? "example.org, localhost" : "example.org";
  open_with((tenon_http_options){0});
  ck_assert_str_eq(harness_get(&server, "/ok")->route, _i ? "direct" : proxy_route);
  ck_assert_str_eq(harness_get(&plain, "/ok")->route, "direct"); /* http_proxy is not set */
}
END_TEST

START_TEST(proxy__none_overrules_the_environment)
{
  start(NULL);
  config.environment.https_proxy = proxy_url;
  open_with((tenon_http_options){.proxy = "none"});
  ck_assert_str_eq(harness_get(&server, "/ok")->route, "direct");
  ck_assert_uint_eq(atomic_load(&proxy.requests), 0);
}
END_TEST

/* Row: the proxy is of the options, of the environment. */
START_TEST(proxy__is_passed_by_where_the_request_says_so)
{
  start(NULL);
  config.environment.https_proxy = config.environment.http_proxy = proxy_url;
  open_with((tenon_http_options){.proxy = _i ? NULL : proxy_url});
  const struct server *const both[] = {&server, &plain};
  for (int i = 0; i < 2; i++) {
    tenon_http_request r = harness_request(harness_url(both[i], "/ok"));
    r.flags = TENON_HTTP_DIRECT;
    const tenon_http_completion *c = harness_perform(&r);
    ck_ok(c, 200);
    ck_assert_str_eq(c->route, "direct, past any proxy");
    ck_assert_uint_eq(c->route_by, TENON_HTTP_ROUTE_REQUEST);
    ck_assert_uint_eq(atomic_load(&proxy.requests), (unsigned)i);
    http_service_finish_hook(service); /* the next one gets the same handle and has the same URL */
    r.flags = 0;
    c = harness_perform(&r);
    ck_ok(c, 200);
    ck_assert_str_eq(c->route, proxy_route);
    ck_assert_uint_eq(atomic_load(&proxy.requests), (unsigned)i + 1);
  }
}
END_TEST

/* As tests of whoever talks to a link-local address have it done. */
START_TEST(proxy__passed_by_is_no_way_round_the_rules_of_resolve)
{
  char resolve[80];
  start(NULL);
  config.environment.http_proxy = proxy_url;
  (void)snprintf(resolve, sizeof resolve, "169.254.169.254:80=127.0.0.1:%u", plain.port);
  open_with((tenon_http_options){.resolve = resolve});
  tenon_http_request r = harness_request("http://169.254.169.254/ok");
  r.flags = TENON_HTTP_DIRECT;
  const tenon_http_completion *c = harness_perform(&r);
  ck_ok(c, 200);
  ck_assert_str_eq(c->route, "direct, past any proxy");
  ck_assert_uint_eq(atomic_load(&proxy.requests), 0);
}
END_TEST

START_TEST(proxy__the_process_environment_is_not_read)
{
  start(NULL);
  ck_assert_int_eq(setenv("https_proxy", proxy_url, 1), 0);
  ck_assert_int_eq(setenv("ALL_PROXY", proxy_url, 1), 0);
  open_with((tenon_http_options){0});
  ck_ok(harness_get(&server, "/ok"), 200);
  ck_assert_uint_eq(atomic_load(&proxy.requests), 0);
}
END_TEST

START_TEST(proxy__signs_in_by_handle)
{
  start("Basic anVtcDpob3Atb3Zlci1pdA==");
  open_with((tenon_http_options){
      .proxy = proxy_url, .proxy_user = "jump", .proxy_secret = harness_secret("hop-over-it")});
  ck_ok(harness_get(&server, "/ok"), 200);
  ck_ok(harness_get(&plain, "/ok"), 200);
  tenon_http_request r = harness_request(harness_url(&server, "/echo"));
  ck_assert_ptr_null(strstr(harness_perform(&r)->body.ptr,
                            "Proxy-Authorization")); /* the server does not get it */
}
END_TEST

/* Row: the account is of https_proxy's URL, of http_proxy's, of one proxy that both name. */
START_TEST(proxy__account_goes_to_no_other_proxy)
{
  static struct server other;
  start(NULL);
  other = (struct server){.proxy = true};
  server_start(&other);
  char other_url[64];
  (void)snprintf(other_url, sizeof other_url, "http://localhost:%u", other.port);
  struct http_environment *env = &config.environment;
  env->https_proxy = proxy_url;
  env->http_proxy = _i == 2 ? proxy_url : other_url;
  if (_i == 1) {
    env->http_user = "jump";
    env->http_secret = harness_secret("hop-over-it");
  } else {
    env->https_user = "jump";
    env->https_secret = harness_secret("hop-over-it");
  }
  open_with((tenon_http_options){0});
  ck_assert_uint_eq(harness_get(&server, "/ok")->proxy_signin, _i != 1);
  ck_assert_uint_eq(harness_get(&plain, "/ok")->proxy_signin, _i != 0);
  ck_assert_uint_eq(atomic_load(&proxy.with_authorization), _i == 1 ? 0u : _i == 2 ? 2u : 1u);
  ck_assert_uint_eq(atomic_load(&other.with_authorization), _i == 1 ? 1u : 0u);
}
END_TEST

START_TEST(proxy__account_of_the_options_counts_more_than_the_environments)
{
  start("Basic anVtcDpob3Atb3Zlci1pdA==");
  struct http_environment *env = &config.environment;
  env->http_proxy = env->https_proxy = proxy_url;
  env->http_user = env->https_user = "other";
  env->http_secret = env->https_secret = harness_secret("of-the-machine");
  open_with(
      (tenon_http_options){.proxy_user = "jump", .proxy_secret = harness_secret("hop-over-it")});
  ck_ok(harness_get(&server, "/ok"), 200);
  ck_ok(harness_get(&plain, "/ok"), 200);
}
END_TEST

START_TEST(proxy__wanting_a_sign_in_is_a_proxy_fault)
{
  start("Basic xxxx");
  open_with((tenon_http_options){.proxy = proxy_url});
  const struct server *const both[] = {&server, &plain};
  for (int i = 0; i < 2; i++) {
    const tenon_http_completion *c = harness_get(both[i], "/ok");
    ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY);
    ck_assert_ptr_nonnull(strstr(c->reason, "407"));
    ck_assert_ptr_nonnull(strstr(c->reason, "sign-in"));
    ck_assert_ptr_nonnull(strstr(c->reason, proxy_route));
  }
}
END_TEST

START_TEST(proxy__that_cannot_reach_the_server_or_be_reached_is_a_proxy_fault)
{
  start(NULL);
  server.port = server_free_port();
  if (_i)
    (void)snprintf(proxy_url, sizeof proxy_url, "http://localhost:%u", server_free_port());
  open_with((tenon_http_options){.proxy = proxy_url});
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY);
  ck_assert_ptr_nonnull(strstr(c->reason, proxy_url));
}
END_TEST

START_TEST(proxy__of_a_kind_we_do_not_speak_is_said_when_it_is_needed)
{
  start(NULL);
  config.environment.https_proxy = "socks5://localhost:1";
  open_with((tenon_http_options){0});
  ck_ok(harness_get(&plain, "/ok"), 200);
  ck_fault(harness_get(&server, "/ok"), TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY);
}
END_TEST

START_TEST(proxy__of_the_environment_without_a_port_is_refused)
{
  start(NULL);
  config.environment.https_proxy = _i ? "http://localhost/" : "localhost";
  open_with((tenon_http_options){0});
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY);
  ck_assert_ptr_nonnull(
      strstr(c->reason, "environment's proxy cannot be used: it names no port: write it as"));
}
END_TEST

START_TEST(proxy__refusing_the_sign_in_is_asked_once)
{
  start("Basic xxxx");
  open_with((tenon_http_options){
      .proxy = proxy_url, .proxy_user = "jump", .proxy_secret = harness_secret("wrong-password")});
  tenon_http_request r = harness_request(harness_url(&server, "/ok"));
  for (int i = 0; i < 10; i++)
    ck_assert_int_eq(http->start(http, &call, &r, NULL), TENON_OK);
  for (int i = 0; i < 10; i++) {
    const tenon_http_completion *c = NULL;
    ck_assert_int_eq(http->next(http, &call, 60 * NS_PER_S, &c), TENON_OK);
    ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY);
    ck_assert_int_eq(c->proxy_code, 407);
    ck_assert_int_eq(c->code, 0);
    http->release(http, c);
  }
  ck_assert_uint_eq(atomic_load(&proxy.with_authorization), 1);
}
END_TEST

START_TEST(proxy__refusing_with_401_is_asked_once_too)
{
  start(NULL);
  proxy.proxy_says = "401 Unauthorized\r\nServer: tinyproxy/1.11.1\r\n";
  open_with((tenon_http_options){
      .proxy = proxy_url, .proxy_user = "jump", .proxy_secret = harness_secret("wrong-password")});
  for (int i = 0; i < 3; i++) {
    const tenon_http_completion *c = harness_get(&server, "/ok");
    ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY);
    ck_assert_int_eq(c->proxy_code, i ? 407 : 401);
    ck_assert_uint_eq(c->proxy_signin, 1);
  }
  ck_assert_uint_eq(atomic_load(&proxy.with_authorization), 1);
}
END_TEST

START_TEST(proxy__that_lets_one_in_lets_all_in)
{
  start("Basic anVtcDpob3Atb3Zlci1pdA==");
  open_with((tenon_http_options){
      .proxy = proxy_url, .proxy_user = "jump", .proxy_secret = harness_secret("hop-over-it")});
  tenon_http_request r = harness_request(harness_url(&server, "/ok"));
  for (int i = 0; i < 10; i++)
    ck_assert_int_eq(http->start(http, &call, &r, NULL), TENON_OK);
  for (int i = 0; i < 10; i++) {
    const tenon_http_completion *c = NULL;
    ck_assert_int_eq(http->next(http, &call, 60 * NS_PER_S, &c), TENON_OK);
    ck_ok(c, 200);
    http->release(http, c);
  }
}
END_TEST

START_TEST(proxy__waited_for_can_be_cancelled_and_aborted)
{
  start(NULL);
  (void)snprintf(proxy_url, sizeof proxy_url, "http://127.0.0.1:%u", server_blackhole());
  open_with((tenon_http_options){
      .proxy = proxy_url, .proxy_user = "jump", .proxy_secret = harness_secret("hop-over-it")});
  tenon_http_request r = harness_request(harness_url(&server, "/ok"));
  for (int i = 0; i < 3; i++)
    ck_assert_int_eq(http->start(http, &call, &r, NULL), TENON_OK);
  if (_i)
    http->abort(http);
  harness_cancel_after(20);
  ck_fault(harness_perform(&r), TENON_E_CANCELLED, TENON_HTTP_FAULT_OTHER);
}
END_TEST

START_TEST(proxy__answering_itself_is_told_from_the_server)
{
  static const struct {
    const char *says, *header, *value;
    int code;
  } rows[] = {
      {"403 Forbidden\r\nServer: squid/5.7\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\n",
       "X-Squid-Error", "ERR_ACCESS_DENIED 0", 403},
      {"503 Service Unavailable\r\nVia: 1.1 gate (squid)\r\n", "Via", "1.1 gate (squid)", 503},
      {"407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\n",
       "Proxy-Authenticate", "Negotiate", 407},
      {"302 Found\r\nLocation: http://portal.test/\r\n", "Location", "http://portal.test/", 302},
  };
  start(NULL);
  proxy.proxy_says = rows[_i].says;
  open_with((tenon_http_options){.proxy = proxy_url});
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY);
  ck_assert_uint_eq(c->proxy_fault, TENON_HTTP_FAULT_NONE);
  ck_assert_int_eq(c->proxy_code, rows[_i].code);
  ck_assert_int_eq(c->code, 0);
  ck_assert_str_eq(harness_header(c, rows[_i].header), rows[_i].value);
  ck_assert_ptr_null(c->tls);
}
END_TEST

START_TEST(proxy__headers_of_a_tunnel_are_not_the_servers)
{
  start(NULL);
  open_with((tenon_http_options){.proxy = proxy_url});
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_ok(c, 200);
  ck_assert_ptr_nonnull(harness_header(c, "X-Twice"));
  ck_assert_ptr_null(harness_header(c, "X-Proxy-Line"));
  ck_assert_uint_eq(c->route_by, TENON_HTTP_ROUTE_SET);
  local = (struct server){.tls = pki_server(PKI_STRANGER)};
  server_start(&local);
  c = harness_get(&local, "/ok");
  ck_fault(c, TENON_E_TLS, TENON_HTTP_FAULT_CERTIFICATE);
  ck_assert_uint_eq(c->n_headers, 0);
}
END_TEST

START_TEST(proxy__by_https_has_a_certificate_of_its_own)
{
  start(NULL);
  secure = (struct server){.proxy = true, .tls = pki_server(PKI_GOOD)};
  server_start(&secure);
  (void)snprintf(proxy_url, sizeof proxy_url, "https://localhost:%u", secure.port);
  open_with((tenon_http_options){.proxy = proxy_url});
  for (int i = 0; i < 2; i++) {
    const tenon_http_completion *c = harness_get(&server, "/ok");
    ck_ok(c, 200);
    ck_assert_str_eq(c->tls->chain[0]->pem, server_pem);
    ck_assert_uint_eq(c->reused, (unsigned)i);
    if (i == 0)
      ck_assert_str_ne(c->proxy_tls->chain[0]->pem, server_pem);
  }
  ck_assert_str_eq(harness_get(&plain, "/ok")->body.ptr, "via proxy");
}
END_TEST

START_TEST(proxy__by_https_is_blamed_for_its_own_certificate)
{
  static const struct {
    enum pki_kind kind;
    uint32_t verdict;
  } rows[] = {{PKI_STRANGER, TENON_HTTP_TLS_UNTRUSTED},
              {PKI_OTHER_NAME, TENON_HTTP_TLS_NAME},
              {PKI_EXPIRED, TENON_HTTP_TLS_EXPIRED}};
  start(NULL);
  secure = (struct server){.proxy = true, .tls = pki_server(rows[_i].kind)};
  server_start(&secure);
  (void)snprintf(proxy_url, sizeof proxy_url, "https://localhost:%u", secure.port);
  open_with((tenon_http_options){.proxy = proxy_url, .expected_name = "other.test"});
  const struct server *const both[] = {&server, &plain};
  for (int i = 0; i < 2; i++) {
    const tenon_http_completion *c = harness_get(both[i], "/ok");
    ck_fault(c, TENON_E_TLS, TENON_HTTP_FAULT_PROXY);
    ck_assert_uint_eq(c->proxy_fault, TENON_HTTP_FAULT_CERTIFICATE);
    ck_assert_uint_eq(c->proxy_tls->verdict, rows[_i].verdict);
    ck_assert_ptr_null(c->tls);
    ck_assert_ptr_nonnull(strstr(c->reason, proxy_url));
  }
  ck_assert_uint_eq(atomic_load(&server.connections), 0);
}
END_TEST

START_TEST(proxy__by_https_leaves_the_servers_certificate_to_the_server)
{
  start(NULL);
  secure = (struct server){.proxy = true, .tls = pki_server(PKI_GOOD)};
  server_start(&secure);
  local = (struct server){.tls = pki_server(PKI_STRANGER)};
  server_start(&local);
  (void)snprintf(proxy_url, sizeof proxy_url, "https://localhost:%u", secure.port);
  open_with((tenon_http_options){.proxy = proxy_url});
  const tenon_http_completion *c = harness_get(&local, "/ok");
  ck_fault(c, TENON_E_TLS, TENON_HTTP_FAULT_CERTIFICATE);
  ck_assert_uint_eq(c->tls->verdict, TENON_HTTP_TLS_UNTRUSTED);
  ck_assert_uint_eq(c->proxy_tls->verdict, TENON_HTTP_TLS_OK);
}
END_TEST

START_TEST(proxy__by_https_where_it_speaks_no_tls_is_the_proxys)
{
  start(NULL);
  (void)snprintf(proxy_url, sizeof proxy_url, "https://localhost:%u", proxy.port);
  open_with((tenon_http_options){.proxy = proxy_url, .connect_timeout_ns = 300 * NS_PER_MS});
  const tenon_http_completion *c =
      harness_get(&server, "/ok"); /* it waits for a line that never ends */
  ck_fault(c, TENON_E_TLS, TENON_HTTP_FAULT_PROXY);
  ck_assert_uint_eq(c->proxy_fault, TENON_HTTP_FAULT_TLS);
}
END_TEST

START_TEST(route__says_who_decided)
{
  start(NULL);
  config.environment.https_proxy = proxy_url;
  config.environment.no_proxy = "127.0.0.1";
  open_with((tenon_http_options){.proxy = _i ? "none" : NULL});
  char url[64];
  (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/ok", server.port);
  tenon_http_request r = harness_request(url);
  ck_assert_uint_eq(harness_perform(&r)->route_by,
                    _i ? TENON_HTTP_ROUTE_SET : TENON_HTTP_ROUTE_EXEMPT);
  ck_assert_uint_eq(harness_get(&server, "/ok")->route_by,
                    _i ? TENON_HTTP_ROUTE_SET : TENON_HTTP_ROUTE_ENVIRONMENT);
  ck_assert_uint_eq(harness_get(&plain, "/ok")->route_by,
                    _i ? TENON_HTTP_ROUTE_SET : TENON_HTTP_ROUTE_DIRECT);
}
END_TEST

START_TEST(no_proxy__exempts_as_the_usual_programs_do)
{
  static const struct {
    const char *list, *host;
    bool exempt;
  } rows[] = {
      {NULL, "a.example.org", false},
      {"", "a.example.org", false},
      {"*", "a.example.org", true},
      {"example.org", "example.org", true},
      {"example.org", "a.example.org", true},
      {"example.org", "notexample.org", false},
      {".example.org", "a.example.org", true},
      {"*.example.org", "a.example.org", true},
      {".example.org", "example.org.evil.test", false},
      {"EXAMPLE.org", "A.Example.ORG", true},
      {"x.test,example.org", "a.example.org", true},
      {"x.test example.org", "a.example.org", true},
      {"example.org:443", "example.org", true},
      {"example.org:8443", "example.org", false},
      {"example.org", "example.org.", true},
      {"10.0.0.1", "10.0.0.1", true},
      {"10.0.0.1", "10.0.0.10", false},
      {"10.0.0.0/8", "10.200.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"10.0.0.0/9", "10.127.0.1", true},
      {"10.0.0.0/9", "10.128.0.1", false},
      {"0.1", "10.0.0.1", false},
      {"::1", "::1", true},
      {"[::1]:443", "::1", true},
      {"fe80::/10", "febf::1", true},
      {"fe80::/10", "fec0::1", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    ck_assert_msg(proxy_exempt(rows[i].list, rows[i].host, 443) == rows[i].exempt, "%s %s",
                  rows[i].list, rows[i].host);
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_test(tc, proxy__of_the_options_carries_https_in_a_tunnel);
  tcase_add_loop_test(tc, proxy__of_the_environment_is_used_but_for_no_proxy, 0, 2);
  tcase_add_test(tc, proxy__none_overrules_the_environment);
  tcase_add_loop_test(tc, proxy__is_passed_by_where_the_request_says_so, 0, 2);
  tcase_add_test(tc, proxy__passed_by_is_no_way_round_the_rules_of_resolve);
  tcase_add_test(tc, proxy__the_process_environment_is_not_read);
  tcase_add_test(tc, proxy__signs_in_by_handle);
  tcase_add_loop_test(tc, proxy__account_goes_to_no_other_proxy, 0, 3);
  tcase_add_test(tc, proxy__account_of_the_options_counts_more_than_the_environments);
  tcase_add_test(tc, proxy__wanting_a_sign_in_is_a_proxy_fault);
  tcase_add_loop_test(tc, proxy__that_cannot_reach_the_server_or_be_reached_is_a_proxy_fault, 0, 2);
  tcase_add_test(tc, proxy__of_a_kind_we_do_not_speak_is_said_when_it_is_needed);
  tcase_add_loop_test(tc, proxy__of_the_environment_without_a_port_is_refused, 0, 2);
  tcase_add_test(tc, proxy__refusing_the_sign_in_is_asked_once);
  tcase_add_test(tc, proxy__refusing_with_401_is_asked_once_too);
  tcase_add_test(tc, proxy__that_lets_one_in_lets_all_in);
  tcase_add_loop_test(tc, proxy__waited_for_can_be_cancelled_and_aborted, 0, 2);
  tcase_add_loop_test(tc, proxy__answering_itself_is_told_from_the_server, 0, 4);
  tcase_add_test(tc, proxy__headers_of_a_tunnel_are_not_the_servers);
  tcase_add_test(tc, proxy__by_https_has_a_certificate_of_its_own);
  tcase_add_loop_test(tc, proxy__by_https_is_blamed_for_its_own_certificate, 0, 3);
  tcase_add_test(tc, proxy__by_https_leaves_the_servers_certificate_to_the_server);
  tcase_add_test(tc, proxy__by_https_where_it_speaks_no_tls_is_the_proxys);
  tcase_add_loop_test(tc, route__says_who_decided, 0, 2);
  tcase_add_test(tc, no_proxy__exempts_as_the_usual_programs_do);
}

int
main(void)
{
  return harness_run("proxy", add);
}
