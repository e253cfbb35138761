// SPDX-License-Identifier: Apache-2.0
/* Signing in by Kerberos, bare and within Negotiate, with a real KDC (MIT krb5). */
#include <sys/stat.h>

#include "core/http/errand.h"
#include "tests/http/channel_kit.h"

#define NEGOTIATE TENON_HTTP_SIGNIN_NEGOTIATE
#define KERBEROS  TENON_HTTP_SIGNIN_KERBEROS
#define UPN       "svc-tenon@contoso.example"
#define PRINCIPAL "svc-tenon@CONTOSO.EXAMPLE"

static void
setup(void)
{
  kit_setup();
  acceptor.scheme = "Negotiate";
  acceptor.ntlm = false;
}

static void
check_signed_in(const tenon_http_completion *c, const char *scheme)
{
  ck_ok(c, 200);
  ck_signin(c, TENON_HTTP_SIGNIN_OK);
  ck_assert_str_eq(c->signin->scheme, scheme);
  ck_assert_str_eq(c->signin->mechanism, "Kerberos");
  ck_assert_str_eq(c->signin->user, PRINCIPAL);
  ck_assert_str_eq(c->signin->realm, "CONTOSO.EXAMPLE");
  ck_assert_str_eq(c->signin->service, "HTTP/localhost@CONTOSO.EXAMPLE");
  ck_assert_str_eq(c->signin->binding, "tls-server-end-point, SHA-256");
  ck_assert_uint_eq(c->signin->legs, 1);
  ck_assert_uint_eq(c->signin->mutual, 1);
  ck_assert_int_gt(c->signin->ticket_ends, (int64_t)time(NULL) + 60);
  ck_assert_int_gt(c->signin->library_ns, 0);
  ck_assert_uint_eq(acceptor.bound, 1);
  ck_assert_uint_eq(acceptor.bodies_early, 0);
  ck_assert_str_eq(acceptor.source, PRINCIPAL);
}

START_TEST(negotiate__signs_in_by_password_and_proves_the_server)
{
  kit_serve();
  tenon_http_channel *ch = kit_open(NEGOTIATE, UPN, kdc.password);
  const tenon_http_completion *c = kit_post(ch, "/echo", "<hello/>");
  check_signed_in(c, "Negotiate");
  ck_assert_ptr_nonnull(strstr(c->body.ptr, "<hello/>"));
  ck_assert_str_eq(c->signin->source, "password");
  ck_ok(kit_post(ch, "/ok", "again"), 200);
  ck_assert_uint_eq(acceptor.messages, 1);
}
END_TEST

START_TEST(kerberos__signs_in_bare)
{
  acceptor.scheme = "Kerberos";
  kit_serve();
  check_signed_in(kit_post(kit_open(KERBEROS, UPN, kdc.password), "/ok", "x"), "Kerberos");
}
END_TEST

START_TEST(user__without_a_realm_gets_the_default_one)
{
  kit_serve();
  check_signed_in(kit_post(kit_open(NEGOTIATE, "svc-tenon", kdc.password), "/ok", "x"),
                  "Negotiate");
}
END_TEST

START_TEST(user__of_a_netbios_domain_gets_the_default_realm)
{
  kit_serve();
  check_signed_in(kit_post(kit_open(NEGOTIATE, "CONTOSO\\svc-tenon", kdc.password), "/ok", "x"),
                  "Negotiate");
}
END_TEST

START_TEST(user__of_a_dns_domain_gets_its_realm)
{
  kit_serve();
  tenon_http_channel *ch = kit_open(NEGOTIATE, "contoso.example\\svc-tenon", kdc.password);
  check_signed_in(kit_post(ch, "/ok", "x"), "Negotiate");
}
END_TEST

START_TEST(ticket_cache__signs_in_without_a_password)
{
  kit_serve();
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE};
  id.ticket_cache = kdc.ticket_cache;
  const tenon_http_completion *c = kit_post(kit_open_as(&id), "/ok", "x");
  check_signed_in(c, "Negotiate");
  char source[600];
  snprintf(source, sizeof source, "ticket cache %s", kdc.ticket_cache);
  ck_assert_str_eq(c->signin->source, source);
}
END_TEST

START_TEST(ticket_cache__of_the_environment_is_the_default)
{
  kit_serve();
  setenv("KRB5CCNAME", kdc.ticket_cache, 1);
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE};
  const tenon_http_completion *c = kit_post(kit_open_as(&id), "/ok", "x");
  check_signed_in(c, "Negotiate");
  ck_assert_ptr_nonnull(strstr(c->signin->source, kdc.ticket_cache));
}
END_TEST

START_TEST(ticket_cache__that_cannot_be_written_does)
{
  kit_serve();
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE};
  id.ticket_cache = kdc.ticket_cache;
  const char *path = kdc.ticket_cache + strlen("FILE:");
  ck_assert_int_eq(chmod(path, 0400), 0);
  const tenon_http_completion *c = kit_post(kit_open_as(&id), "/ok", "x");
  ck_assert_int_eq(chmod(path, 0600), 0);
  check_signed_in(c, "Negotiate");
}
END_TEST

START_TEST(keytab__signs_in_without_a_password)
{
  kit_serve();
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE, .user = UPN};
  id.keytab = kdc.client_keytab;
  const tenon_http_completion *c = kit_post(kit_open_as(&id), "/ok", "x");
  check_signed_in(c, "Negotiate");
  ck_assert_ptr_nonnull(strstr(c->signin->source, "keytab /"));
}
END_TEST

START_TEST(keytab__says_whom_it_is_for)
{
  kit_serve();
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE};
  id.keytab = kdc.client_keytab;
  check_signed_in(kit_post(kit_open_as(&id), "/ok", "x"), "Negotiate");
}
END_TEST

/* An AD account whose UPN ends in a domain that is no realm. */
START_TEST(user__of_an_alternate_suffix_is_found_by_the_kdc)
{
  kit_serve();
  kdc_add("svc\\@fabrikam.example", "Geheim 99", "");
  const tenon_http_completion *c =
      kit_post(kit_open(NEGOTIATE, "svc@fabrikam.example", "Geheim 99"), "/ok", "x");
  ck_ok(c, 200);
  ck_signin(c, TENON_HTTP_SIGNIN_OK);
  ck_assert_str_eq(c->signin->realm, "CONTOSO.EXAMPLE");
}
END_TEST

/* Not signed in, and no message was sent to the server. */
static const tenon_http_completion *
check_refused(const tenon_http_identity *id, uint32_t fault)
{
  const tenon_http_completion *c = kit_post(kit_open_as(id), "/ok", "x");
  ck_fault(c, TENON_E_AUTH, TENON_HTTP_FAULT_OTHER);
  ck_signin(c, fault);
  ck_assert_ptr_nonnull(c->signin->reason);
  ck_assert_uint_eq(acceptor.messages, 0);
  ck_assert_uint_eq(c->signin->legs, 0);
  return c;
}

static tenon_http_identity
by_password(const char *user, const char *password)
{
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE, .user = user};
  id.secret = harness_secret(password);
  return id;
}

/* Lines of the KDC's log with this text. */
static unsigned
kdc_said(const char *text)
{
  char path[600], line[2048];
  snprintf(path, sizeof path, "%s/kdc.log", kdc.directory);
  FILE *file = fopen(path, "r");
  unsigned n = 0;
  ck_assert_ptr_nonnull(file);
  while (fgets(line, sizeof line, file))
    n += strstr(line, text) != NULL;
  fclose(file);
  return n;
}

START_TEST(password__that_is_wrong_is_tried_once)
{
  kit_serve();
  tenon_http_identity id = by_password(UPN, "wrong");
  unsigned before = kdc_said("PREAUTH_FAILED");
  check_refused(&id, TENON_HTTP_SIGNIN_PASSWORD);
  ck_fault(kit_post(kit_open_as(&id), "/ok", "x"), TENON_E_AUTH, TENON_HTTP_FAULT_GATE);
  ck_assert_uint_eq(kdc_said("PREAUTH_FAILED"), before + 1);
}
END_TEST

START_TEST(lanes__ask_the_kdc_once)
{
  tenon_http_channel *lanes[8];
  unsigned before_as = kdc_said("AS_REQ") - kdc_said("NEEDED_PREAUTH");
  unsigned before_tgs = kdc_said("TGS_REQ");
  kit_serve();
  tenon_http_identity id = by_password(UPN, kdc.password);
  for (size_t i = 0; i < 8; i++)
    lanes[i] = kit_open_as(&id);
  for (size_t i = 0; i < 8; i++)
    kit_start(lanes[i], "/ok", "x", lanes[i]);
  for (size_t i = 0; i < 8; i++)
    ck_ok(kit_next(), 200);
  ck_assert_uint_eq(acceptor.signed_in, 8);
  ck_assert_uint_eq(acceptor.bound, 8);
  ck_assert_uint_eq(kdc_said("AS_REQ") - kdc_said("NEEDED_PREAUTH"), before_as + 1);
  ck_assert_uint_eq(kdc_said("TGS_REQ"), before_tgs + 1);
}
END_TEST

START_TEST(lanes__by_keytab_ask_the_kdc_once)
{
  unsigned before_as = kdc_said("AS_REQ") - kdc_said("NEEDED_PREAUTH");
  unsigned before_tgs = kdc_said("TGS_REQ");
  kit_serve();
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE, .keytab = kdc.client_keytab};
  for (size_t i = 0; i < 8; i++)
    kit_start(kit_open_as(&id), "/ok", "x", NULL);
  for (size_t i = 0; i < 8; i++)
    ck_ok(kit_next(), 200);
  ck_assert_uint_eq(kdc_said("AS_REQ") - kdc_said("NEEDED_PREAUTH"), before_as + 1);
  ck_assert_uint_eq(kdc_said("TGS_REQ"), before_tgs + 1);
}
END_TEST

START_TEST(lanes__send_a_wrong_password_to_the_kdc_once)
{
  unsigned before = kdc_said("PREAUTH_FAILED"), shut = 0, wrong = 0;
  kit_serve();
  tenon_http_identity id = by_password(UPN, "wrong");
  for (size_t i = 0; i < 8; i++)
    kit_start(kit_open_as(&id), "/ok", "x", NULL);
  for (size_t i = 0; i < 8; i++) {
    const tenon_http_completion *c = kit_next();
    shut += c->fault == TENON_HTTP_FAULT_GATE;
    wrong += c->signin->fault == TENON_HTTP_SIGNIN_PASSWORD;
  }
  ck_assert_uint_eq(wrong, 1);
  ck_assert_uint_eq(shut, 7);
  ck_assert_uint_eq(kdc_said("PREAUTH_FAILED"), before + 1);
}
END_TEST

START_TEST(account__that_is_unknown_locked_or_expired_says_so)
{
  kit_serve();
  tenon_http_identity id = by_password("nobody@contoso.example", "x");
  check_refused(&id, TENON_HTTP_SIGNIN_ACCOUNT_UNKNOWN);
  id = by_password("svc-locked@contoso.example", kdc.password);
  check_refused(&id, TENON_HTTP_SIGNIN_ACCOUNT_LOCKED);
  id = by_password("svc-expired@contoso.example", kdc.password);
  check_refused(&id, TENON_HTTP_SIGNIN_PASSWORD_EXPIRED);
}
END_TEST

START_TEST(realm__that_nobody_knows_says_so)
{
  kit_serve();
  tenon_http_identity id = by_password("fabrikam.example\\svc", "x");
  const tenon_http_completion *c = check_refused(&id, TENON_HTTP_SIGNIN_NO_REALM);
  ck_assert_ptr_nonnull(strstr(c->signin->reason, "FABRIKAM.EXAMPLE"));
}
END_TEST

/* The other form of the name is looked up in the default realm, which nobody named. */
START_TEST(realm__that_was_named_is_the_one_that_is_blamed)
{
  kit_serve();
  kdc_elsewhere(server_free_port());
  tenon_http_identity id = by_password("svc@fabrikam.example", "x");
  const tenon_http_completion *c = check_refused(&id, TENON_HTTP_SIGNIN_NO_REALM);
  ck_assert_ptr_nonnull(strstr(c->signin->reason, "FABRIKAM.EXAMPLE"));
}
END_TEST

START_TEST(realm__of_an_alternate_suffix_that_refuses_is_believed)
{
  kit_serve();
  kdc_add("svc-typo\\@fabrikam.example", "Geheim 99", "");
  tenon_http_identity id = by_password("svc-typo@fabrikam.example", "x");
  check_refused(&id, TENON_HTTP_SIGNIN_PASSWORD);
}
END_TEST

START_TEST(ticket__that_is_not_there_says_so)
{
  kit_serve();
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE};
  check_refused(&id, TENON_HTTP_SIGNIN_NO_TICKET);
  id.ticket_cache = "FILE:/nonexistent/other";
  check_refused(&id, TENON_HTTP_SIGNIN_NO_TICKET);
  id.keytab = "/nonexistent/keytab";
  const tenon_http_completion *c = check_refused(&id, TENON_HTTP_SIGNIN_NO_TICKET);
  ck_assert_ptr_nonnull(strstr(c->signin->reason, "/nonexistent/keytab"));
  id.keytab = kdc.client_keytab;
  id.user = "somebody@contoso.example";
  c = check_refused(&id, TENON_HTTP_SIGNIN_NO_TICKET);
  ck_assert_ptr_nonnull(strstr(c->signin->reason, "somebody@CONTOSO.EXAMPLE"));
}
END_TEST

START_TEST(ticket_cache__of_another_user_says_whose_it_is)
{
  kit_serve();
  tenon_http_identity id = {.size = sizeof id,
                            .scheme = NEGOTIATE,
                            .user = "somebody@contoso.example",
                            .ticket_cache = kdc.ticket_cache};
  const tenon_http_completion *c = check_refused(&id, TENON_HTTP_SIGNIN_OTHER_TICKET);
  ck_assert_ptr_nonnull(strstr(c->signin->reason, "those of svc-tenon@CONTOSO.EXAMPLE"));
  id.ticket_cache = "FILE:/nonexistent/other";
  check_refused(&id, TENON_HTTP_SIGNIN_NO_TICKET);
}
END_TEST

START_TEST(ticket__that_has_expired_says_so)
{
  char cache[600];
  kit_serve();
  snprintf(cache, sizeof cache, "FILE:%s/short", kdc.directory);
  kdc_kinit(cache, "-l 1s");
  usleep(2200000);
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE, .ticket_cache = cache};
  check_refused(&id, TENON_HTTP_SIGNIN_TICKET_EXPIRED);
}
END_TEST

START_TEST(ticket__that_was_renewed_is_found)
{
  char cache[600];
  kit_serve();
  snprintf(cache, sizeof cache, "FILE:%s/renewed", kdc.directory);
  kdc_kinit(cache, "-l 2s");
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE, .ticket_cache = cache};
  ck_ok(kit_post(kit_open_as(&id), "/ok", "x"), 200);
  usleep(3200000);
  const tenon_http_completion *c = kit_post(kit_open_as(&id), "/ok", "x");
  ck_signin(c, TENON_HTTP_SIGNIN_TICKET_EXPIRED);
  kdc_kinit(cache, "-l 1h");
  ck_ok(kit_post(kit_open_as(&id), "/ok", "x"), 200);
}
END_TEST

START_TEST(ticket__by_password_is_got_anew_when_it_has_expired)
{
  kit_serve();
  kdc_add("svc-short", "Geheim 99", "-maxlife '3 seconds'");
  tenon_http_identity id = by_password("svc-short", "Geheim 99");
  ck_ok(kit_post(kit_open_as(&id), "/ok", "x"), 200);
  usleep(4200000);
  ck_ok(kit_post(kit_open_as(&id), "/ok", "x"), 200);
}
END_TEST

START_TEST(password__that_was_changed_meanwhile_is_tried_once)
{
  unsigned shut = 0, wrong = 0;
  kit_serve();
  kdc_add("svc-changing", "Geheim 99", "-maxlife '3 seconds'");
  tenon_http_identity id = by_password("svc-changing", "Geheim 99");
  ck_ok(kit_post(kit_open_as(&id), "/ok", "x"), 200);
  kdc_change("svc-changing", "Anders 99");
  usleep(4200000);
  unsigned before = kdc_said("PREAUTH_FAILED");
  for (size_t i = 0; i < 8; i++)
    kit_start(kit_open_as(&id), "/ok", "x", NULL);
  for (size_t i = 0; i < 8; i++) {
    const tenon_http_completion *c = kit_next();
    shut += c->fault == TENON_HTTP_FAULT_GATE;
    wrong += c->signin->fault == TENON_HTTP_SIGNIN_PASSWORD;
  }
  ck_assert_uint_eq(wrong, 1);
  ck_assert_uint_eq(shut, 7);
  ck_fault(kit_post(kit_open_as(&id), "/ok", "x"), TENON_E_AUTH, TENON_HTTP_FAULT_GATE);
  ck_assert_uint_eq(kdc_said("PREAUTH_FAILED"), before + 1);
}
END_TEST

START_TEST(service__that_the_kdc_does_not_know_says_so)
{
  kit_serve();
  tenon_http_identity id = by_password(UPN, kdc.password);
  id.service = "HTTP@other.contoso.example";
  const tenon_http_completion *c = check_refused(&id, TENON_HTTP_SIGNIN_SERVICE_UNKNOWN);
  ck_assert_str_eq(c->signin->service, "HTTP/other.contoso.example@CONTOSO.EXAMPLE");
}
END_TEST

START_TEST(bindings__to_another_certificate_are_refused_by_the_server)
{
  static const unsigned char other[] = "tls-server-end-point:another certificate's hash";
  acceptor.binding = other;
  acceptor.n_binding = sizeof other - 1;
  kit_serve();
  const tenon_http_completion *c = kit_post(kit_open(NEGOTIATE, UPN, kdc.password), "/ok", "x");
  ck_ok(c, 401);
  ck_signin(c, TENON_HTTP_SIGNIN_REJECTED);
}
END_TEST

START_TEST(kdc__that_is_down_says_so)
{
  kit_serve();
  kdc_elsewhere(server_free_port());
  tenon_http_identity id = by_password(UPN, kdc.password);
  const tenon_http_completion *c = check_refused(&id, TENON_HTTP_SIGNIN_NO_KDC);
  ck_assert_ptr_nonnull(strstr(c->signin->reason, "CONTOSO.EXAMPLE"));
}
END_TEST

START_TEST(kdc__that_keeps_silent_holds_no_cancel_up)
{
  kit_serve();
  kdc_elsewhere(server_blackhole());
  tenon_http_identity id = by_password(UPN, kdc.password);
  tenon_http_channel *ch = kit_open_as(&id);
  harness_cancel_after(300);
  int64_t from = clock_now_ns();
  const tenon_http_completion *c = kit_post(ch, "/ok", "x");
  ck_assert_int_eq(c->status, TENON_E_CANCELLED);
  ck_assert_int_lt(clock_now_ns() - from, 550 * NS_PER_MS);
  ck_assert_uint_eq(errands_abandoned(), 1);
  http->channel_close(ch);
}
END_TEST

START_TEST(kdc__that_comes_back_is_asked_again_after_a_cancel)
{
  char config_before[600];
  kit_serve();
  snprintf(config_before, sizeof config_before, "%s", getenv("KRB5_CONFIG"));
  kdc_elsewhere(server_blackhole());
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE, .keytab = kdc.client_keytab};
  tenon_http_channel *a = kit_open_as(&id), *b = kit_open_as(&id);
  const tenon_http_completion *c = NULL;
  kit_start(a, "/ok", "x",
            NULL); /* first, so that it is this one that asks and the other that waits for it */
  ck_assert_int_eq(http->next(http, &call, NS_PER_S / 2, &c), TENON_E_TRANSIENT);
  kit_start(b, "/ok", "x", NULL);
  ck_assert_int_eq(http->next(http, &call, NS_PER_S / 2, &c), TENON_E_TRANSIENT);
  setenv("KRB5_CONFIG", config_before, 1);
  http->channel_close(a);
  ck_ok(kit_next(), 200);
  check_signed_in(kit_post(b, "/ok", "y"), "Negotiate");
}
END_TEST

START_TEST(kdc__that_keeps_silent_ends_with_the_requests_time)
{
  kit_serve();
  kdc_elsewhere(server_blackhole());
  tenon_http_identity id = by_password(UPN, kdc.password);
  tenon_http_request r = harness_request(harness_url(&server, "/ok"));
  const tenon_http_completion *c = NULL;
  r.timeout_ns = NS_PER_S / 2;
  ck_assert_int_eq(http->channel_perform(kit_open_as(&id), &call, &r, &c), TENON_OK);
  ck_fault(c, TENON_E_AUTH, TENON_HTTP_FAULT_OTHER);
  ck_signin(c, TENON_HTTP_SIGNIN_NO_KDC);
}
END_TEST

START_TEST(lanes__wait_for_a_silent_kdc_in_few_threads)
{
  kit_serve();
  kdc_elsewhere(server_blackhole());
  tenon_http_identity id = {.size = sizeof id, .scheme = NEGOTIATE, .keytab = kdc.client_keytab};
  for (size_t i = 0; i < 8; i++)
    kit_start(kit_open_as(&id), "/ok", "x", NULL);
  const tenon_http_completion *c = NULL;
  ck_assert_int_eq(http->next(http, &call, NS_PER_S / 2, &c), TENON_E_TRANSIENT);
  http->abort(http);
  ck_assert_uint_le(errands_abandoned(), 8);
}
END_TEST

static void
seals(uint32_t scheme)
{
  tenon_text plain;
  kit_serve();
  tenon_http_channel *ch = kit_open(scheme, UPN, kdc.password);
  ck_ok(kit_post(ch, "/ok", NULL), 200);
  for (int i = 0; i < 3; i++) {
    const tenon_http_completion *c = kit_seal(ch, "<s:Envelope/>");
    size_t n = (unsigned char)c->body.ptr[0] | (size_t)(unsigned char)c->body.ptr[1] << 8;
    tenon_text s = {c->body.ptr + 2, n}, d = {c->body.ptr + 2 + n, c->body.len - 2 - n};
    ck_assert_uint_gt(n, 16);
    ck_assert_uint_eq(d.len, 26);
    ck_assert_int_eq(http->channel_unwrap(ch, s, d, &plain), TENON_OK);
    ck_assert_uint_eq(plain.len, 26);
    ck_assert_mem_eq(plain.ptr, "<s:Envelope/><s:Envelope/>", 26);
  }
}

START_TEST(wrap__seals_by_kerberos)
{
  acceptor.scheme = "Kerberos";
  seals(KERBEROS);
}
END_TEST

START_TEST(wrap__seals_by_kerberos_within_negotiate)
{
  seals(NEGOTIATE);
}
END_TEST

static void
add(TCase *tc)
{
  tcase_add_test(tc, negotiate__signs_in_by_password_and_proves_the_server);
  tcase_add_test(tc, kerberos__signs_in_bare);
  tcase_add_test(tc, user__without_a_realm_gets_the_default_one);
  tcase_add_test(tc, user__of_a_netbios_domain_gets_the_default_realm);
  tcase_add_test(tc, user__of_a_dns_domain_gets_its_realm);
  tcase_add_test(tc, ticket_cache__signs_in_without_a_password);
  tcase_add_test(tc, ticket_cache__of_the_environment_is_the_default);
  tcase_add_test(tc, ticket_cache__that_cannot_be_written_does);
  tcase_add_test(tc, ticket_cache__of_another_user_says_whose_it_is);
  tcase_add_test(tc, keytab__signs_in_without_a_password);
  tcase_add_test(tc, keytab__says_whom_it_is_for);
  tcase_add_test(tc, user__of_an_alternate_suffix_is_found_by_the_kdc);
  tcase_add_test(tc, password__that_is_wrong_is_tried_once);
  tcase_add_test(tc, lanes__ask_the_kdc_once);
  tcase_add_test(tc, lanes__by_keytab_ask_the_kdc_once);
  tcase_add_test(tc, lanes__send_a_wrong_password_to_the_kdc_once);
  tcase_add_test(tc, account__that_is_unknown_locked_or_expired_says_so);
  tcase_add_test(tc, realm__that_nobody_knows_says_so);
  tcase_add_test(tc, realm__that_was_named_is_the_one_that_is_blamed);
  tcase_add_test(tc, realm__of_an_alternate_suffix_that_refuses_is_believed);
  tcase_add_test(tc, ticket__that_is_not_there_says_so);
  tcase_add_test(tc, ticket__that_has_expired_says_so);
  tcase_add_test(tc, ticket__that_was_renewed_is_found);
  tcase_add_test(tc, ticket__by_password_is_got_anew_when_it_has_expired);
  tcase_add_test(tc, password__that_was_changed_meanwhile_is_tried_once);
  tcase_add_test(tc, service__that_the_kdc_does_not_know_says_so);
  tcase_add_test(tc, bindings__to_another_certificate_are_refused_by_the_server);
  tcase_add_test(tc, kdc__that_is_down_says_so);
  tcase_add_test(tc, kdc__that_keeps_silent_holds_no_cancel_up);
  tcase_add_test(tc, kdc__that_comes_back_is_asked_again_after_a_cancel);
  tcase_add_test(tc, kdc__that_keeps_silent_ends_with_the_requests_time);
  tcase_add_test(tc, lanes__wait_for_a_silent_kdc_in_few_threads);
  tcase_add_test(tc, wrap__seals_by_kerberos);
  tcase_add_test(tc, wrap__seals_by_kerberos_within_negotiate);
}

int
main(int argc, char **argv)
{
  if (argc < 2)
    return 99;
  kdc_start(argv[1]);
  int r = harness_run_with("channel_kerberos", setup, kit_teardown, add);
  kdc_stop();
  return r;
}
