// SPDX-License-Identifier: Apache-2.0
/* Signing in by NTLM, bare and within Negotiate, against gss-ntlmssp; and what holds for every channel. */
#include "tests/http/channel_kit.h"

START_TEST(ntlm__signs_in_with_bindings_and_sends_the_body_once)
{
  kit_serve();
  tenon_http_channel *ch = kit_open(TENON_HTTP_SIGNIN_NTLM, "CONTOSO\\svc-tenon", PASSWORD);
  const tenon_http_completion *c = kit_post(ch, "/echo", "<hello/>");
  ck_ok(c, 200);
  ck_signin(c, TENON_HTTP_SIGNIN_OK);
  ck_assert_ptr_nonnull(strstr(c->body.ptr, "<hello/>"));
  ck_assert_str_eq(c->signin->scheme, "NTLM");
  ck_assert_str_eq(c->signin->mechanism, "NTLM");
  ck_assert_str_eq(c->signin->user, "CONTOSO\\svc-tenon");
  ck_assert_str_eq(c->signin->source, "password");
  ck_assert_str_eq(c->signin->binding, "tls-server-end-point, SHA-256");
  ck_assert_uint_eq(c->signin->legs, 2);
  ck_assert_ptr_null(c->signin->reason);
  ck_assert_uint_eq(acceptor.bodies_early, 0);
  ck_assert_uint_eq(acceptor.bound, 1);
  ck_assert_uint_eq(server.connections, 1);
  ck_assert_str_eq(acceptor.user, "svc-tenon");
  ck_assert_str_eq(acceptor.domain, "CONTOSO");
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_test(tc, ntlm__signs_in_with_bindings_and_sends_the_body_once);
}

int
main(void)
{
  return harness_run_with("channel", kit_setup, kit_teardown, add);
}
