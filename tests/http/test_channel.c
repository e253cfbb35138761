// SPDX-License-Identifier: Apache-2.0
/* Signing in by NTLM, bare and within Negotiate, against gss-ntlmssp. */
#include "tests/http/channel_kit.h"

#define NTLM      TENON_HTTP_SIGNIN_NTLM
#define NEGOTIATE TENON_HTTP_SIGNIN_NEGOTIATE_NTLM
#define USER      "CONTOSO\\svc-tenon"

START_TEST(ntlm__signs_in_with_bindings_and_sends_the_body_once)
{
  kit_serve();
  tenon_http_channel *ch = kit_open(NTLM, USER, PASSWORD);
  const tenon_http_completion *c = kit_post(ch, "/echo", "<hello/>");
  ck_ok(c, 200);
  ck_signin(c, TENON_HTTP_SIGNIN_OK);
  ck_assert_ptr_nonnull(strstr(c->body.ptr, "<hello/>"));
  ck_assert_str_eq(c->signin->scheme, "NTLM");
  ck_assert_str_eq(c->signin->mechanism, "NTLM");
  ck_assert_str_eq(c->signin->user, USER);
  ck_assert_str_eq(c->signin->source, "password");
  ck_assert_str_eq(c->signin->binding, "tls-server-end-point, SHA-256");
  ck_assert_uint_eq(c->signin->legs, 2);
  ck_assert_ptr_null(c->signin->reason);
  ck_assert_uint_eq(c->reused, 0);
  ck_assert_int_gt(c->tls_ns, 0);
  ck_assert_uint_eq(acceptor.bodies_early, 0);
  ck_assert_uint_eq(acceptor.bound, 1);
  ck_assert_uint_eq(server.connections, 1);
  ck_assert_str_eq(acceptor.user, "svc-tenon");
  ck_assert_str_eq(acceptor.domain, "CONTOSO");
}
END_TEST

START_TEST(negotiate__carries_ntlm_and_nothing_else)
{
  acceptor.scheme = "Negotiate";
  kit_serve();
  tenon_http_channel *ch = kit_open(NEGOTIATE, USER, PASSWORD);
  const tenon_http_completion *c = kit_post(ch, "/echo", "<hello/>");
  ck_ok(c, 200);
  ck_signin(c, TENON_HTTP_SIGNIN_OK);
  ck_assert_str_eq(c->signin->scheme, "Negotiate");
  ck_assert_str_eq(c->signin->mechanism, "NTLM");
  ck_assert_uint_eq(acceptor.bound, 1);
  ck_assert_uint_eq(acceptor.bodies_early, 0);
  ck_assert_str_eq(acceptor.source, USER);
}
END_TEST

START_TEST(ntlm__sends_a_upn_whole_and_without_a_domain)
{
  kit_serve();
  tenon_http_channel *ch = kit_open(NTLM, "svc-tenon@contoso.example", PASSWORD);
  const tenon_http_completion *c = kit_post(ch, "/ok", "x");
  ck_ok(c, 200);
  ck_assert_str_eq(acceptor.user, "svc-tenon@contoso.example");
  ck_assert_str_eq(acceptor.domain, "");
  ck_assert_str_eq(c->signin->user, "svc-tenon@contoso.example");
}
END_TEST

START_TEST(ntlm__sends_a_bare_name_without_a_domain)
{
  kit_serve();
  ck_ok(kit_post(kit_open(NTLM, "svc-tenon", PASSWORD), "/ok", "x"), 200);
  ck_assert_str_eq(acceptor.user, "svc-tenon");
  ck_assert_str_eq(acceptor.domain, "");
}
END_TEST

START_TEST(ntlm__says_what_the_challenge_says_of_the_server)
{
  kit_serve();
  const tenon_http_completion *c = kit_post(kit_open(NTLM, USER, "wrong"), "/ok", "x");
  ck_assert_ptr_nonnull(c->signin->server_name);
  ck_assert_ptr_nonnull(c->signin->netbios_domain);
  ck_assert_str_eq(c->signin->netbios_domain, "WORKSTATION");
}
END_TEST

START_TEST(ntlm__has_no_bindings_in_the_clear)
{
  kit_serve_plain();
  const tenon_http_completion *c = kit_post(kit_open(NTLM, USER, PASSWORD), "/ok", "x");
  ck_ok(c, 200);
  ck_assert_ptr_null(c->signin->binding);
  ck_assert_ptr_null(c->tls);
}
END_TEST

START_TEST(ntlm__sends_a_wrong_password_once)
{
  kit_serve();
  tenon_http_channel *ch = kit_open(NTLM, USER, "wrong");
  const tenon_http_completion *c = kit_post(ch, "/echo", "<secret/>");
  ck_ok(c, 401);
  ck_signin(c, TENON_HTTP_SIGNIN_REJECTED);
  ck_assert_str_eq(c->body.ptr, "who are you?");
  ck_assert_uint_eq(acceptor.refused, 1);
  c = kit_post(ch, "/echo", "again");
  ck_fault(c, TENON_E_AUTH, TENON_HTTP_FAULT_GATE);
  ck_assert_ptr_nonnull(c->signin);
  c = kit_post(kit_open(NTLM, USER, "wrong"), "/echo", "again");
  ck_fault(c, TENON_E_AUTH, TENON_HTTP_FAULT_GATE);
  ck_assert_uint_eq(acceptor.messages, 2);
}
END_TEST

START_TEST(lanes__send_a_wrong_password_once)
{
  tenon_http_channel *lanes[8];
  kit_serve();
  for (size_t i = 0; i < 8; i++)
    lanes[i] = kit_open(NTLM, USER, "wrong");
  for (size_t i = 0; i < 8; i++)
    kit_start(lanes[i], "/echo", "x", lanes[i]);
  unsigned shut = 0, rejected = 0;
  for (size_t i = 0; i < 8; i++) {
    const tenon_http_completion *c = kit_next();
    rejected += c->code == 401 && c->signin->fault == TENON_HTTP_SIGNIN_REJECTED;
    shut += c->fault == TENON_HTTP_FAULT_GATE;
  }
  ck_assert_uint_eq(rejected, 1);
  ck_assert_uint_eq(shut, 7);
  ck_assert_uint_eq(acceptor.refused, 1);
}
END_TEST

START_TEST(lanes__sign_in_side_by_side)
{
  tenon_http_channel *lanes[8];
  kit_serve();
  for (size_t i = 0; i < 8; i++)
    lanes[i] = kit_open(i % 2 ? NTLM : NTLM, USER, PASSWORD);
  for (unsigned round = 0; round < 3; round++) {
    for (size_t i = 0; i < 8; i++)
      kit_start(lanes[i], "/echo", "x", lanes[i]);
    for (size_t i = 0; i < 8; i++) {
      const tenon_http_completion *c = kit_next();
      ck_ok(c, 200);
      http->release(http, c);
    }
  }
  ck_assert_uint_eq(server.connections, 8);
  ck_assert_uint_eq(acceptor.signed_in, 8);
  ck_assert_uint_eq(acceptor.anonymous, 8);
}
END_TEST

static void
seals(uint32_t scheme)
{
  kit_serve();
  tenon_http_channel *ch = kit_open(scheme, USER, PASSWORD);
  tenon_text signature, sealed, plain;
  ck_assert_int_eq(http->channel_wrap(ch, (tenon_text){"early", 5}, &signature, &sealed),
                   TENON_E_AUTH);
  ck_ok(kit_post(ch, "/ok", NULL), 200);
  for (int i = 0; i < 3; i++) {
    const tenon_http_completion *c = kit_seal(ch, "<s:Envelope/>");
    tenon_text s = {c->body.ptr + 2, 16}, d = {c->body.ptr + 18, c->body.len - 18};
    ck_assert_int_eq(http->channel_unwrap(ch, s, d, &plain), TENON_OK);
    ck_assert_uint_eq(plain.len, 26);
    ck_assert_mem_eq(plain.ptr, "<s:Envelope/><s:Envelope/>", 26);
  }
  ck_assert_int_eq(http->channel_unwrap(ch, (tenon_text){"0123456789abcdef", 16},
                                        (tenon_text){"nonsense", 8}, &plain),
                   TENON_E_PROTOCOL);
}

START_TEST(wrap__seals_by_ntlm)
{
  seals(NTLM);
}
END_TEST

START_TEST(wrap__seals_by_ntlm_within_negotiate)
{
  acceptor.scheme = "Negotiate";
  seals(NEGOTIATE);
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_test(tc, ntlm__signs_in_with_bindings_and_sends_the_body_once);
  tcase_add_test(tc, negotiate__carries_ntlm_and_nothing_else);
  tcase_add_test(tc, ntlm__sends_a_upn_whole_and_without_a_domain);
  tcase_add_test(tc, ntlm__sends_a_bare_name_without_a_domain);
  tcase_add_test(tc, ntlm__says_what_the_challenge_says_of_the_server);
  tcase_add_test(tc, ntlm__has_no_bindings_in_the_clear);
  tcase_add_test(tc, ntlm__sends_a_wrong_password_once);
  tcase_add_test(tc, lanes__send_a_wrong_password_once);
  tcase_add_test(tc, lanes__sign_in_side_by_side);
  tcase_add_test(tc, wrap__seals_by_ntlm);
  tcase_add_test(tc, wrap__seals_by_ntlm_within_negotiate);
}

int
main(void)
{
  return harness_run_with("channel", kit_setup, kit_teardown, add);
}
