// SPDX-License-Identifier: Apache-2.0
/* What holds for every channel, whatever it signs in by: its connection, its requests, its end. */
#include <poll.h>

#include "tests/http/channel_kit.h"

#define NTLM TENON_HTTP_SIGNIN_NTLM
#define USER "CONTOSO\\svc-tenon"

static tenon_http_channel *
open_ntlm(void)
{
  return kit_open(NTLM, USER, PASSWORD);
}

START_TEST(request__rides_on_the_connection_that_is_signed_in)
{
  kit_serve();
  tenon_http_channel *ch = open_ntlm();
  ck_ok(kit_post(ch, "/ok", "1"), 200);
  const tenon_http_completion *c = kit_post(ch, "/echo", "2");
  ck_ok(c, 200);
  ck_assert_uint_eq(c->reused, 1);
  ck_assert_int_eq(c->connect_ns, 0);
  ck_assert_ptr_null(strstr(c->body.ptr, "Authorization"));
  ck_assert_uint_eq(c->signin->legs, 2);
  ck_assert_ptr_nonnull(c->tls);
  ck_assert_uint_eq(acceptor.anonymous, 1);
  ck_assert_uint_eq(acceptor.messages, 2);
}
END_TEST

START_TEST(connection__that_was_closed_between_requests_is_signed_in_anew)
{
  kit_serve();
  tenon_http_channel *ch = open_ntlm();
  ck_ok(kit_post(ch, "/then-close", "1"), 200);
  usleep(200000);
  const tenon_http_completion *c = kit_post(ch, "/ok", "2");
  ck_ok(c, 200);
  ck_assert_uint_eq(c->reused, 0);
  ck_assert_uint_eq(acceptor.signed_in, 2);
  ck_assert_uint_eq(server.connections, 2);
}
END_TEST

START_TEST(connection__that_dies_under_a_request_is_signed_in_anew)
{
  kit_serve();
  tenon_http_channel *ch = open_ntlm();
  ck_ok(kit_post(ch, "/ok", "1"), 200);
  acceptor.drop_next = true;
  const tenon_http_completion *c = kit_post(ch, "/echo", "<2/>");
  ck_ok(c, 200);
  ck_assert_ptr_nonnull(strstr(c->body.ptr, "<2/>"));
  ck_assert_uint_eq(acceptor.signed_in, 2);
}
END_TEST

START_TEST(connection__that_is_closed_behind_the_offer_does_no_harm)
{
  acceptor.close_anonymous = true;
  kit_serve();
  const tenon_http_completion *c = kit_post(open_ntlm(), "/ok", "1");
  ck_ok(c, 200);
  ck_assert_uint_eq(acceptor.bound, 1);
  ck_assert_uint_eq(server.connections, 2);
}
END_TEST

START_TEST(connection__that_is_closed_between_two_messages_is_a_fault)
{
  acceptor.close_after = 1;
  kit_serve();
  const tenon_http_completion *c = kit_post(open_ntlm(), "/ok", "1");
  ck_fault(c, TENON_E_AUTH, TENON_HTTP_FAULT_OTHER);
  ck_signin(c, TENON_HTTP_SIGNIN_CONNECTION);
  ck_assert_uint_eq(acceptor.messages, 1);
}
END_TEST

START_TEST(connection__that_is_closed_upon_the_last_message_is_a_reset)
{
  acceptor.close_after = 2;
  kit_serve();
  const tenon_http_completion *c = kit_post(open_ntlm(), "/ok", "1");
  ck_fault(c, TENON_E_NETWORK, TENON_HTTP_FAULT_RESET);
  ck_signin(c, TENON_HTTP_SIGNIN_CONNECTION);
  ck_assert_uint_eq(acceptor.messages, 2);
}
END_TEST

START_TEST(server__that_forgets_is_signed_in_to_for_each_request)
{
  acceptor.forgetful = true;
  kit_serve();
  tenon_http_channel *ch = open_ntlm();
  ck_ok(kit_post(ch, "/ok", "1"), 200);
  ck_ok(kit_post(ch, "/ok", "2"), 200);
  ck_assert_uint_eq(acceptor.signed_in, 2);
}
END_TEST

START_TEST(offer__without_the_scheme_gets_no_message)
{
  acceptor.offers = "Basic realm=\"NTLM, or not\"";
  kit_serve();
  const tenon_http_completion *c = kit_post(open_ntlm(), "/ok", "1");
  ck_fault(c, TENON_E_AUTH, TENON_HTTP_FAULT_OTHER);
  ck_signin(c, TENON_HTTP_SIGNIN_NOT_OFFERED);
  ck_assert_int_eq(c->code, 401);
  ck_assert_str_eq(harness_header(c, "www-authenticate"), acceptor.offers);
  ck_assert_uint_eq(acceptor.messages, 0);
}
END_TEST

START_TEST(offer__among_others_in_one_line_is_found)
{
  acceptor.offers = "Bearer a=\"x, y\", b=c,Negotiate,NTLM,Basic realm=\"\"";
  kit_serve();
  ck_ok(kit_post(open_ntlm(), "/ok", "1"), 200);
}
END_TEST

START_TEST(answer__that_asks_nobody_is_handed_back)
{
  acceptor.anonymous_code = 200;
  kit_serve();
  const tenon_http_completion *c = kit_post(open_ntlm(), "/status/503", "1");
  ck_ok(c, 503);
  ck_assert_uint_eq(c->signin->legs, 0);
  ck_assert_uint_eq(acceptor.messages, 0);
}
END_TEST

START_TEST(challenge__that_cannot_be_read_is_a_fault)
{
  acceptor.token = "TlRMTVNTUAACAAAA";
  kit_serve();
  const tenon_http_completion *c = kit_post(open_ntlm(), "/ok", "1");
  ck_fault(c, TENON_E_AUTH, TENON_HTTP_FAULT_OTHER);
  ck_signin(c, TENON_HTTP_SIGNIN_PROTOCOL);
  ck_assert_uint_eq(acceptor.messages, 1);
}
END_TEST

START_TEST(challenge__that_is_no_base64_is_a_fault)
{
  acceptor.token = "a";
  kit_serve();
  ck_signin(kit_post(open_ntlm(), "/ok", "1"), TENON_HTTP_SIGNIN_PROTOCOL);
}
END_TEST

START_TEST(challenge__that_does_not_come_is_a_fault)
{
  acceptor.mute = true;
  kit_serve();
  const tenon_http_completion *c = kit_post(open_ntlm(), "/ok", "1");
  ck_fault(c, TENON_E_AUTH, TENON_HTTP_FAULT_OTHER);
  ck_signin(c, TENON_HTTP_SIGNIN_PROTOCOL);
  ck_assert_uint_eq(acceptor.messages, 1);
}
END_TEST

START_TEST(name__of_no_form_is_refused_unsent)
{
  kit_serve();
  static const char *const names[] = {"a@b@c", "\\x", "CONTOSO\\", "@x", "A\\b\\c", "A\\b@c"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const tenon_http_completion *c = kit_post(kit_open(NTLM, names[i], PASSWORD), "/ok", "1");
    ck_fault(c, TENON_E_AUTH, TENON_HTTP_FAULT_OTHER);
    ck_signin(c, TENON_HTTP_SIGNIN_NAME);
  }
  ck_assert_uint_eq(server.requests, 0);
}
END_TEST

START_TEST(cookies__stay_in_their_channel)
{
  kit_serve();
  tenon_http_channel *a = open_ntlm(), *b = open_ntlm();
  ck_ok(kit_post(a, "/redirect", "1"), 302);
  ck_assert_ptr_nonnull(strstr(kit_post(a, "/echo", "2")->body.ptr, "\r\nCookie: a=b\r\n"));
  ck_assert_ptr_null(strstr(kit_post(b, "/echo", "3")->body.ptr, "Cookie"));
  ck_assert_ptr_null(strstr(harness_get(&server, "/echo")->body.ptr, "Cookie"));
}
END_TEST

static size_t n_sunk;

static int32_t
sink(void *user, const void *bytes, size_t n)
{
  (void)user, (void)bytes;
  n_sunk += n;
  return 0;
}

START_TEST(sink__gets_the_answer_and_nothing_of_the_sign_in)
{
  kit_serve();
  tenon_http_request r = harness_request(harness_url(&server, "/bytes/1000"));
  const tenon_http_completion *c = NULL;
  r.body_sink = sink;
  ck_assert_int_eq(http->channel_perform(open_ntlm(), &call, &r, &c), TENON_OK);
  ck_ok(c, 200);
  ck_assert_uint_eq(n_sunk, 1000);
  ck_assert_uint_eq(c->body.len, 0);
}
END_TEST

START_TEST(request__to_another_server_is_refused)
{
  struct server other = {.port = 1};
  kit_serve();
  tenon_http_request r = harness_request(harness_url(&other, "/"));
  const tenon_http_completion *c = NULL;
  ck_assert_int_eq(http->channel_perform(open_ntlm(), &call, &r, &c), TENON_OK);
  ck_fault(c, TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
}
END_TEST

START_TEST(request__with_a_sign_in_of_its_own_is_refused)
{
  kit_serve();
  tenon_http_request r = harness_request(harness_url(&server, "/"));
  const tenon_http_completion *c = NULL;
  r.auth = TENON_HTTP_AUTH_BASIC;
  r.user = "x";
  r.secret = harness_secret("y");
  ck_assert_int_eq(http->channel_perform(open_ntlm(), &call, &r, &c), TENON_OK);
  ck_fault(c, TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST);
}
END_TEST

START_TEST(open__refuses_what_cannot_be_an_identity)
{
  kit_serve();
  tenon_http_channel *ch = NULL;
  const char *url = harness_url(&server, "/");
  tenon_http_identity none = {.size = sizeof none, .scheme = NTLM, .user = USER};
  tenon_http_identity odd = {.size = sizeof odd, .scheme = 99, .user = USER};
  tenon_http_identity nobody = {.size = sizeof nobody, .scheme = NTLM};
  tenon_http_identity stranger = {.size = sizeof stranger, .scheme = NTLM, .user = USER};
  odd.secret = nobody.secret = harness_secret(PASSWORD);
  stranger.secret = (tenon_secret *)&odd;
  const tenon_http_identity *all[] = {&none, &odd, &nobody, &stranger};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    ck_assert_int_eq(http->channel_open(http, &call, url, all[i], &ch), TENON_E_CONFIG);
  none.secret = odd.secret;
  ck_assert_int_eq(http->channel_open(http, &call, "ftp://x/", &none, &ch), TENON_E_CONFIG);
  ck_assert_int_eq(http->channel_open(http, &call, "https://u@x/", &none, &ch), TENON_E_CONFIG);
  ck_assert_ptr_null(ch);
}
END_TEST

START_TEST(open__has_a_limit_and_close_makes_room)
{
  kit_serve();
  tenon_http_channel *ch = NULL, *last = NULL;
  for (unsigned i = 0; i < TENON_HTTP_CHANNELS_MAX; i++)
    last = open_ntlm();
  tenon_http_identity id = {.size = sizeof id, .scheme = NTLM, .user = USER};
  id.secret = harness_secret(PASSWORD);
  ck_assert_int_eq(http->channel_open(http, &call, harness_url(&server, "/"), &id, &ch),
                   TENON_E_TRANSIENT);
  http->channel_close(last);
  ck_assert_int_eq(http->channel_open(http, &call, harness_url(&server, "/"), &id, &ch), TENON_OK);
}
END_TEST

START_TEST(channel__takes_one_request_at_a_time)
{
  kit_serve();
  tenon_http_channel *ch = open_ntlm();
  tenon_http_request r = harness_request(harness_url(&server, "/ok"));
  const tenon_http_completion *c = NULL;
  kit_start(ch, "/ok", "1", NULL);
  ck_assert_int_eq(http->channel_start(ch, &call, &r, NULL), TENON_E_TRANSIENT);
  ck_assert_int_eq(http->channel_perform(ch, &call, &r, &c), TENON_E_TRANSIENT);
  ck_ok(kit_next(), 200);
}
END_TEST

START_TEST(close__ends_what_is_in_flight_and_leaves_completions)
{
  kit_serve();
  tenon_http_channel *a = open_ntlm(), *b = open_ntlm();
  const tenon_http_completion *c = kit_post(a, "/ok", "1"), *none = NULL;
  kit_start(b, "/slow", "2", NULL);
  http->channel_close(b);
  http->channel_close(a);
  http->channel_close(NULL);
  ck_assert_int_eq(http->next(http, &call, 0, &none), TENON_E_CONFIG);
  ck_assert_str_eq(c->body.ptr, "ok");
  ck_assert_str_eq(c->signin->user, USER);
  http->release(http, c);
}
END_TEST

START_TEST(channel__outlives_the_hook)
{
  kit_serve();
  tenon_http_channel *ch = open_ntlm();
  ck_ok(kit_post(ch, "/ok", "1"), 200);
  http_service_finish_hook(service);
  ck_ok(kit_post(ch, "/ok", "2"), 200);
  ck_assert_uint_eq(acceptor.signed_in, 1);
  kit_start(ch, "/slow", "3", NULL);
  http_service_finish_hook(service);
  ck_ok(kit_post(ch, "/ok", "4"), 200);
  ck_assert_uint_eq(acceptor.signed_in, 2);
}
END_TEST

START_TEST(cancel__ends_a_leg_at_once)
{
  kit_serve();
  tenon_http_channel *ch = open_ntlm();
  ck_ok(kit_post(ch, "/ok", "1"), 200);
  harness_cancel_after(50);
  int64_t from = clock_now_ns();
  const tenon_http_completion *c = kit_post(ch, "/slow", "2");
  ck_assert_int_eq(c->status, TENON_E_CANCELLED);
  ck_assert_int_lt(clock_now_ns() - from, 10 * NS_PER_S);
}
END_TEST

START_TEST(time__of_a_request_ends_it_on_a_channel_too)
{
  kit_serve();
  tenon_http_channel *ch = open_ntlm();
  tenon_http_request r = harness_request(harness_url(&server, "/slow"));
  const tenon_http_completion *c = NULL;
  r.timeout_ns = NS_PER_S / 2;
  acceptor.anonymous_code = 200;
  ck_assert_int_eq(http->channel_perform(ch, &call, &r, &c), TENON_OK);
  ck_fault(c, TENON_E_TIMEOUT, TENON_HTTP_FAULT_SLOW);
}
END_TEST

START_TEST(ready_fd__wakes_who_polls_it)
{
  kit_serve();
  tenon_http_channel *ch = open_ntlm();
  const tenon_http_completion *c = NULL;
  kit_start(ch, "/ok", "1", NULL);
  unsigned rounds = 0;
  while (http->next(http, &call, 0, &c) != TENON_OK) {
    struct pollfd at = {.fd = http->ready_fd, .events = POLLIN};
    ck_assert_int_eq(poll(&at, 1, 10000), 1);
    ck_assert_uint_lt(rounds++, 1000);
  }
  ck_ok(c, 200);
  http->release(http, c);
  struct pollfd idle = {.fd = http->ready_fd, .events = POLLIN};
  ck_assert_int_eq(poll(&idle, 1, 100), 0);
}
END_TEST

START_TEST(proxy__carries_the_sign_in_through_its_tunnel)
{
  static struct server proxy = {.proxy = true};
  server_start(&proxy);
  char url[64];
  snprintf(url, sizeof url, "http://127.0.0.1:%u", proxy.port);
  kit_options.proxy = url;
  kit_serve();
  const tenon_http_completion *c = kit_post(open_ntlm(), "/ok", "1");
  ck_ok(c, 200);
  ck_assert_uint_eq(acceptor.bound, 1);
  ck_assert_uint_eq(proxy.connections, 1);
}
END_TEST

START_TEST(log__says_one_line_a_sign_in_and_no_token)
{
  kit_serve();
  ck_ok(kit_post(open_ntlm(), "/ok", "1"), 200);
  ck_assert_ptr_nonnull(strstr(log_text, ": NTLM, NTLM as CONTOSO\\svc-tenon by password, "
                                         "tls-server-end-point, SHA-256, 2 legs"));
  ck_assert_uint_gt(strlen(acceptor.last_token), 100);
  ck_assert_ptr_null(strstr(log_text, acceptor.last_token));
  ck_assert_ptr_null(strstr(log_text, "TlRMTVNT"));
  ck_assert_ptr_null(strstr(log_text, PASSWORD));
}
END_TEST

START_TEST(ready_fd__sleeps_when_the_server_closes_an_idle_connection)
{
  kit_serve();
  const tenon_http_completion *c = kit_post(open_ntlm(), "/then-close", "1");
  ck_ok(c, 200);
  http->release(http, c);
  struct pollfd idle = {.fd = http->ready_fd, .events = POLLIN};
  ck_assert_int_eq(poll(&idle, 1, 300), 0);
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_test(tc, request__rides_on_the_connection_that_is_signed_in);
  tcase_add_test(tc, connection__that_was_closed_between_requests_is_signed_in_anew);
  tcase_add_test(tc, connection__that_dies_under_a_request_is_signed_in_anew);
  tcase_add_test(tc, connection__that_is_closed_behind_the_offer_does_no_harm);
  tcase_add_test(tc, connection__that_is_closed_between_two_messages_is_a_fault);
  tcase_add_test(tc, connection__that_is_closed_upon_the_last_message_is_a_reset);
  tcase_add_test(tc, server__that_forgets_is_signed_in_to_for_each_request);
  tcase_add_test(tc, offer__without_the_scheme_gets_no_message);
  tcase_add_test(tc, offer__among_others_in_one_line_is_found);
  tcase_add_test(tc, answer__that_asks_nobody_is_handed_back);
  tcase_add_test(tc, challenge__that_cannot_be_read_is_a_fault);
  tcase_add_test(tc, challenge__that_is_no_base64_is_a_fault);
  tcase_add_test(tc, challenge__that_does_not_come_is_a_fault);
  tcase_add_test(tc, name__of_no_form_is_refused_unsent);
  tcase_add_test(tc, cookies__stay_in_their_channel);
  tcase_add_test(tc, sink__gets_the_answer_and_nothing_of_the_sign_in);
  tcase_add_test(tc, request__to_another_server_is_refused);
  tcase_add_test(tc, request__with_a_sign_in_of_its_own_is_refused);
  tcase_add_test(tc, open__refuses_what_cannot_be_an_identity);
  tcase_add_test(tc, open__has_a_limit_and_close_makes_room);
  tcase_add_test(tc, channel__takes_one_request_at_a_time);
  tcase_add_test(tc, close__ends_what_is_in_flight_and_leaves_completions);
  tcase_add_test(tc, channel__outlives_the_hook);
  tcase_add_test(tc, cancel__ends_a_leg_at_once);
  tcase_add_test(tc, time__of_a_request_ends_it_on_a_channel_too);
  tcase_add_test(tc, ready_fd__wakes_who_polls_it);
  tcase_add_test(tc, ready_fd__sleeps_when_the_server_closes_an_idle_connection);
  tcase_add_test(tc, proxy__carries_the_sign_in_through_its_tunnel);
  tcase_add_test(tc, log__says_one_line_a_sign_in_and_no_token);
}

int
main(void)
{
  return harness_run_with("channel_life", kit_setup, kit_teardown, add);
}
