// SPDX-License-Identifier: Apache-2.0
/* What goes onto the wire, what is refused before it gets there, and what is kept out of the log. */
#include "tests/http/harness.h"

static struct server server, plain;

static void
start(void)
{
  server = (struct server){.tls = pki_server(PKI_GOOD)};
  server_start(&server);
  harness_open(NULL);
}

static const char *
echo(tenon_http_request *r)
{
  r->url = harness_url(&server, "/echo");
  const tenon_http_completion *c = harness_perform(r);
  ck_ok(c, 200);
  return c->body.ptr;
}

START_TEST(request__goes_out_plainly)
{
  start();
  tenon_http_part body[] = {{.text = {"<a/>", 4}}, {.text = {"<b/>", 4}}};
  tenon_pair headers[] = {{"Content-Type", {"text/xml", 8}}, {"X-Empty", {"", 0}}};
  tenon_http_request r = harness_request(NULL);
  r.body = body, r.n_body = 2, r.headers = headers, r.n_headers = 2;
  const char *sent = echo(&r);
  ck_assert_msg(!strncmp(sent, "POST /echo HTTP/1.1\r\n", 21), "%s", sent);
  ck_assert_ptr_nonnull(strstr(sent, "\r\nContent-Length: 8\r\n"));
  ck_assert_ptr_nonnull(strstr(sent, "\r\nContent-Type: text/xml\r\n"));
  ck_assert_ptr_nonnull(strstr(sent, "\r\nX-Empty:\r\n"));
  ck_assert_ptr_nonnull(strstr(sent, "\r\nUser-Agent: tenon/"));
  ck_assert_ptr_nonnull(strstr(sent, "\r\n\r\n<a/><b/>"));
  ck_assert_ptr_null(strstr(sent, "Expect"));
  ck_assert_ptr_null(strstr(sent, "Authorization"));
  ck_assert_ptr_null(strstr(sent, "Cookie"));
}
END_TEST

START_TEST(request__of_every_method_over_the_same_handle)
{
  static const struct {
    const char *method;
    bool body;
    const char *line, *length;
  } ways[] = {
      {NULL, false, "GET /echo ", NULL},          {NULL, true, "POST /echo ", "4"},
      {"GET", false, "GET /echo ", NULL},         {"PUT", true, "PUT /echo ", "4"},
      {"DELETE", false, "DELETE /echo ", NULL},   {"PATCH", true, "PATCH /echo ", "4"},
      {"GET", false, "GET /echo ", NULL},         {"POST", false, "POST /echo ", "0"},
      {"OPTIONS", false, "OPTIONS /echo ", NULL}, {"DELETE", false, "DELETE /echo ", NULL},
      {NULL, true, "POST /echo ", "4"},           {NULL, false, "GET /echo ", NULL},
  };
  start();
  tenon_http_part body = {.text = {"body", 4}};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    tenon_http_request r = harness_request(NULL);
    r.method = ways[i].method, r.body = &body, r.n_body = ways[i].body;
    const char *sent = echo(&r);
    char length[64];
    (void)snprintf(length, sizeof length, "\r\nContent-Length: %s",
                   ways[i].length ? ways[i].length : "");
    ck_assert_msg(!strncmp(sent, ways[i].line, strlen(ways[i].line)), "%zu: %s", i, sent);
    ck_assert_msg(!strstr(sent, length) == !ways[i].length, "%zu: %s", i, sent);
    ck_assert_ptr_null(strstr(sent, "Content-Type"));
    http_service_finish_hook(service); /* the next one gets the same handle */
  }
  tenon_http_request head = harness_request(harness_url(&server, "/status/200"));
  head.method = "HEAD";
  ck_ok(harness_perform(&head), 200);
}
END_TEST

START_TEST(request__carries_basic_and_bearer_by_handle)
{
  start();
  tenon_http_request r = harness_request(NULL);
  r.auth = TENON_HTTP_AUTH_BASIC, r.user = "EXAMPLE\\admin",
  r.secret = harness_secret("p\xc3\xa4ss:word");
  ck_assert_ptr_nonnull(
      strstr(echo(&r), "\r\nAuthorization: Basic RVhBTVBMRVxhZG1pbjpww6Rzczp3b3Jk\r\n"));
  r.auth = TENON_HTTP_AUTH_BEARER, r.secret = harness_secret("eyJ0.token");
  ck_assert_ptr_nonnull(strstr(echo(&r), "\r\nAuthorization: Bearer eyJ0.token\r\n"));
  r.auth = TENON_HTTP_AUTH_NONE;
  ck_assert_ptr_null(strstr(echo(&r), "Authorization")); /* nothing stays on the handle */
}
END_TEST

START_TEST(request__puts_secrets_into_bodies_in_their_encoding)
{
  start();
  tenon_secret *s = harness_secret("a&b \"<c>'/\\d");
  tenon_http_part body[] = {
      {.text = {"raw=", 4}},   {.secret = s, .encoding = TENON_HTTP_RAW},
      {.text = {" form=", 6}}, {.secret = s, .encoding = TENON_HTTP_FORM},
      {.text = {" json=", 6}}, {.secret = s, .encoding = TENON_HTTP_JSON},
      {.text = {" xml=", 5}},  {.secret = s, .encoding = TENON_HTTP_XML},
      {.text = {".", 1}},
  };
  tenon_http_request r = harness_request(NULL);
  r.body = body, r.n_body = sizeof body / sizeof *body;
  ck_assert_ptr_nonnull(strstr(echo(&r),
                               "\r\n\r\nraw=a&b \"<c>'/\\d form=a%26b+%22%3Cc%3E%27%2F%5Cd "
                               "json=a&b \\\"<c>'/\\\\d xml=a&amp;b &quot;&lt;c&gt;&apos;/\\d."));
}
END_TEST

START_TEST(request__is_refused_before_it_is_sent)
{
  start();
  plain = (struct server){0};
  server_start(&plain);
  tenon_secret *s = harness_secret("a password");
  tenon_http_request good = harness_request(harness_url(&server, "/ok")), r;
  static const char *const urls[] = {"",
                                     "localhost",
                                     "ftp://localhost/",
                                     "https://",
                                     "https://u:p@localhost/",
                                     "https://local host/",
                                     "https://localhost/\r\nX: y",
                                     "file:///etc/passwd"};
  for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
    r = good, r.url = urls[i];
    ck_fault(harness_perform(&r), TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
  }
  static const tenon_pair headers[] = {
      {"X-A", {"b\r\nX-C: d", 9}},
      {"X-A", {"b\nc", 3}},
      {"X-A", {"b\0c", 3}},
      {"X A", {"b", 1}},
      {"X-A:", {"b", 1}},
      {"X\r\nA", {"b", 1}},
      {"", {"b", 1}},
      {"authorization", {"b", 1}},
      {"HOST", {"b", 1}},
      {"Content-Length", {"0", 1}},
      {"connection", {"close", 5}},
      {"Transfer-Encoding", {"chunked", 7}},
      {"Proxy-Authorization", {"b", 1}},
  };
  for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
    r = good, r.headers = &headers[i], r.n_headers = 1;
    ck_fault(harness_perform(&r), TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
  }
  static const char *const methods[] = {"", "GET /", "G\r\nET",
                                        "AVERYLONGMETHODNAMETHATISNOMETHODATALL"};
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    r = good, r.method = methods[i];
    ck_fault(harness_perform(&r), TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
  }
  tenon_http_part part = {.secret = s};
  tenon_http_request bad[] = {good, good, good, good, good, good, good, good, good};
  bad[0].label = NULL;
  bad[1].auth = 77;
  bad[2].auth = TENON_HTTP_AUTH_BASIC, bad[2].user = "u"; /* no secret */
  bad[3].auth = TENON_HTTP_AUTH_BASIC, bad[3].secret = s; /* no user */
  bad[4].auth = TENON_HTTP_AUTH_BASIC, bad[4].user = "u:v", bad[4].secret = s;
  bad[5].auth = TENON_HTTP_AUTH_BEARER, bad[5].secret = harness_secret("token\r\nX: y");
  bad[6].auth = TENON_HTTP_AUTH_BASIC, bad[6].user = "u",
  bad[6].secret = (tenon_secret *)(void *)&server;
  bad[7].auth = TENON_HTTP_AUTH_BASIC, bad[7].user = "u\r\n", bad[7].secret = s;
  bad[8].flags = TENON_HTTP_DIRECT | 1u << 31; /* of a later version */
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_fault(harness_perform(&bad[i]), TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
  r = good, r.url = harness_url(&plain, "/ok");
  ck_ok(harness_perform(&r), 200); /* http:// is fine without a secret */
  r.auth = TENON_HTTP_AUTH_BASIC, r.user = "u", r.secret = s;
  ck_fault(harness_perform(&r), TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
  r.auth = TENON_HTTP_AUTH_NONE, r.body = &part, r.n_body = 1;
  ck_fault(harness_perform(&r), TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
  ck_assert_uint_eq(atomic_load(&server.requests), 0);
  ck_assert_uint_eq(atomic_load(&plain.requests), 1);
}
END_TEST

START_TEST(request__over_its_limits_is_refused)
{
  start();
  tenon_http_request good = harness_request(harness_url(&server, "/ok")), r = good;
  char *big = malloc(TENON_HTTP_REQUEST_BODY_MAX + 2);
  memset(big, 'b', TENON_HTTP_REQUEST_BODY_MAX + 1);
  big[TENON_HTTP_REQUEST_BODY_MAX + 1] = '\0';
  tenon_http_part part = {.text = {big, TENON_HTTP_REQUEST_BODY_MAX + 1}};
  r.body = &part, r.n_body = 1;
  ck_fault(harness_perform(&r), TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
  tenon_pair header = {"X-Big", {big, 20000}};
  r = good, r.headers = &header, r.n_headers = 1;
  ck_fault(harness_perform(&r), TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
  r = good, r.url = big;
  ck_fault(harness_perform(&r), TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
  free(big);
  ck_ok(harness_perform(&good), 200); /* and the handle is as good as new */
}
END_TEST

START_TEST(answer__has_all_headers_in_order)
{
  start();
  const tenon_http_completion *c = harness_get(&server, "/ok");
  ck_assert_uint_eq(c->n_headers, 4);
  ck_assert_str_eq(c->headers[1].key, "X-Twice");
  ck_assert_str_eq(c->headers[1].value.ptr, "one");
  ck_assert_str_eq(c->headers[2].value.ptr, "two");
  ck_assert_str_eq(c->headers[3].key, "X-Empty");
  ck_assert_uint_eq(c->headers[3].value.len, 0);
  ck_assert_str_eq(c->body.ptr, "ok");
  c = harness_get(&server, "/headers/128");
  ck_ok(c, 200);
  ck_assert_uint_eq(c->n_headers, 128);
  c = harness_get(&server, "/interim");
  ck_ok(c, 200);
  ck_assert_ptr_null(harness_header(c, "X-Early"));
  ck_assert_ptr_nonnull(harness_header(c, "X-Late"));
  ck_assert_str_eq(harness_header(harness_get(&server, "/latin1"), "X-Name"), "M?ller");
}
END_TEST

START_TEST(answer__a_redirect_is_handed_back)
{
  start();
  const tenon_http_completion *c = harness_get(&server, "/redirect");
  ck_ok(c, 302);
  ck_assert_str_eq(harness_header(c, "Location"), "/ok");
  ck_assert_uint_eq(atomic_load(&server.requests), 1);
  tenon_http_request r = harness_request(NULL);
  ck_assert_ptr_null(strstr(echo(&r), "Cookie")); /* and its cookie stays with it */
}
END_TEST

START_TEST(answer__is_decompressed)
{
  start();
  ck_assert_uint_eq(harness_get(&server, "/gzip")->n_headers, 2);
}
END_TEST

static size_t n_sunk, stop_at;

static int32_t
take_piece(void *user, const void *bytes, size_t n)
{
  (void)user, (void)bytes;
  const tenon_http_completion *c;
  ck_assert_int_eq(http->next(http, &call, 0, &c), TENON_E_UNSUPPORTED); /* not from in here */
  n_sunk += n;
  return stop_at && n_sunk > stop_at;
}

START_TEST(answer__streams_to_a_sink_until_it_says_stop)
{
  start();
  tenon_http_request r = harness_request(harness_url(&server, "/bytes/3000000"));
  r.body_sink = take_piece;
  r.body_max = 3000000;
  const tenon_http_completion *c = harness_perform(&r);
  ck_ok(c, 200);
  ck_assert_uint_eq(n_sunk, 3000000);
  ck_assert_uint_eq(c->body.len, 0);
  r.body_max = 2999999;
  ck_fault(harness_perform(&r), TENON_E_PROTOCOL, TENON_HTTP_FAULT_TOO_LARGE);
  n_sunk = 0, stop_at = 100000;
  ck_fault(harness_perform(&r), TENON_E_CANCELLED, TENON_HTTP_FAULT_OTHER);
}
END_TEST

START_TEST(log__names_the_request_and_shows_no_secret)
{
  start();
  tenon_http_request r = harness_request(NULL);
  r.auth = TENON_HTTP_AUTH_BEARER, r.secret = harness_secret("a-secret-token");
  char url[256];
  (void)snprintf(url, sizeof url, "https://localhost:%u/ok/a-secret-token?code=123456&x=y",
                 server.port);
  r.url = url;
  ck_ok(harness_perform(&r), 200);
  ck_assert_ptr_nonnull(strstr(log_text, "test.request"));
  ck_assert_ptr_nonnull(strstr(log_text, "/ok/***?...: 200"));
  ck_assert_ptr_null(strstr(log_text, "a-secret-token"));
  ck_assert_ptr_null(strstr(log_text, "123456"));
}
END_TEST

START_TEST(options__are_refused_with_field_and_sentence)
{
  static const char *const pins[] = {"", "sha256//", "sha256//AAAA", "md5//AAAA",
                                     "sha256//!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
  static const char *const proxies[] = {"socks5://proxy:1", "ftp://proxy:1", "http://u:p@proxy:1",
                                        "http://",          "a b",           "proxy",
                                        "http://proxy/"};
  static const char *const resolves[] = {"x",   "x=",          "=1.2.3.4",
                                         "x=y", "x y=1.2.3.4", "a=1.2.3.4,b"};
  service = http_service_create(&config);
  http = http_service_table(service);
  const char *field, *why;
#define REFUSED(member, value, name)                                                               \
  do {                                                                                             \
    tenon_http_options o = {OPTIONS, .member = value};                                             \
    field = why = NULL;                                                                            \
    ck_assert_int_eq(http->options(http, &o, &field, &why), TENON_E_CONFIG);                       \
    ck_assert_str_eq(field, name);                                                                 \
    ck_assert_uint_gt(strlen(why), 10);                                                            \
    ck_assert_int_eq(http->options(http, &o, NULL, NULL), TENON_E_CONFIG);                         \
  } while (0)
  for (size_t i = 0; i < sizeof pins / sizeof *pins; i++)
    REFUSED(tls_pin, pins[i], "tls_pin");
  for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
    REFUSED(proxy, proxies[i], "proxy");
  for (size_t i = 0; i < sizeof resolves / sizeof *resolves; i++)
    REFUSED(resolve, resolves[i], "resolve");
  REFUSED(ca_pem, ((tenon_text){"no certificate", 14}), "ca_pem");
  REFUSED(ca_pem,
          ((tenon_text){"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 59}),
          "ca_pem");
  REFUSED(expected_name, "https://x/", "expected_name");
  REFUSED(user_agent, "a\r\nb", "user_agent");
  REFUSED(timeout_ns, -1, "timeout_ns");
  REFUSED(connections_max, 100000, "connections_max");
  REFUSED(proxy_secret, (tenon_secret *)(void *)&server, "proxy_user");
  REFUSED(proxy_user, "jump", "proxy_secret");
  tenon_http_options o = {OPTIONS, .resolve = "a=1.2.3.4, b=::1",
                          .tls_pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
  ck_assert_int_eq(http->options(http, &o, &field, &why), TENON_OK);
  ck_assert_int_eq(http->options(http, &o, &field, &why), TENON_E_CONFIG); /* once */
  o.size = 8;
  ck_assert_int_eq(http->options(http, &o, &field, &why), TENON_E_CONFIG);
}
END_TEST

START_TEST(options__resolve_sends_a_name_to_an_address)
{
  char url[64];
  server = (struct server){.tls = pki_server(PKI_OTHER_NAME)};
  server_start(&server);
  tenon_http_options o = {OPTIONS, .resolve = "x.test=192.0.2.1,other.test=127.0.0.1"};
  o.ca_pem = (tenon_text){pki_authority(), strlen(pki_authority())};
  harness_open(&o);
  (void)snprintf(url, sizeof url, "https://other.test:%u/ok", server.port);
  tenon_http_request r = harness_request(url);
  ck_ok(harness_perform(&r), 200);
}
END_TEST

START_TEST(service__refuses_structs_of_no_version)
{
  start();
  const tenon_http_completion *c;
  tenon_http_request r = harness_request(harness_url(&server, "/ok"));
  r.size = 16;
  ck_assert_int_eq(http->start(http, &call, &r, NULL), TENON_E_CONFIG);
  r.size = TENON_STRUCT_SIZE_MAX + 1;
  ck_assert_int_lt(http->perform(http, &call, &r, &c), 0);
  http->release(http, NULL);
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_test(tc, request__goes_out_plainly);
  tcase_add_test(tc, request__of_every_method_over_the_same_handle);
  tcase_add_test(tc, request__carries_basic_and_bearer_by_handle);
  tcase_add_test(tc, request__puts_secrets_into_bodies_in_their_encoding);
  tcase_add_test(tc, request__is_refused_before_it_is_sent);
  tcase_add_test(tc, request__over_its_limits_is_refused);
  tcase_add_test(tc, answer__has_all_headers_in_order);
  tcase_add_test(tc, answer__a_redirect_is_handed_back);
  tcase_add_test(tc, answer__is_decompressed);
  tcase_add_test(tc, answer__streams_to_a_sink_until_it_says_stop);
  tcase_add_test(tc, log__names_the_request_and_shows_no_secret);
  tcase_add_test(tc, options__are_refused_with_field_and_sentence);
  tcase_add_test(tc, options__resolve_sends_a_name_to_an_address);
  tcase_add_test(tc, service__refuses_structs_of_no_version);
}

int
main(void)
{
  return harness_run("request", add);
}
