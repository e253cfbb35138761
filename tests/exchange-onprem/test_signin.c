// SPDX-License-Identifier: Apache-2.0
//
// Signing in by every way: the strongest that is offered and can be gone, one attempt, and what is said of
// those that were passed over.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "servers.h"
#include "suites.h"

#define FORM(...)                                                                                  \
  {                                                                                                \
    {"server", "localhost:8443"}, {"admin", "svc@contoso.example"},                                \
        {"mailbox", "alex@contoso.example"}, __VA_ARGS__,                                          \
    {                                                                                              \
      NULL, NULL                                                                                   \
    }                                                                                              \
  }

static const struct fake_option automatic[] = FORM({"password", "x"});
static const struct fake_option ntlm[] = FORM({"password", "x"}, {"auth", "ntlm"});
static const struct fake_option negotiate[] = FORM({"password", "x"}, {"auth", "negotiate"});
static const struct fake_option ticket[] = FORM({"auth", "ticket"});

static const char *schemes; // that the server offers

static void
server(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user == NULL)
    fake_challenge(a, schemes);
}

// ---- what becomes of a sign-in ------------------------------------------------------------------

static bool
kerberos(const tenon_http_identity *id)
{
  return id->scheme == TENON_HTTP_SIGNIN_NEGOTIATE || id->scheme == TENON_HTTP_SIGNIN_KERBEROS;
}

static void
all_well(const tenon_http_identity *id, tenon_http_signin *facts)
{
  facts->legs = kerberos(id) ? 1 : 2;
  facts->binding = "tls-server-end-point, SHA-256";
  facts->scheme = id->scheme == TENON_HTTP_SIGNIN_NTLM ? "NTLM" : "Negotiate";
}

static void
no_kdc(const tenon_http_identity *id, tenon_http_signin *facts)
{
  all_well(id, facts);
  if (!kerberos(id))
    return;
  facts->legs = 0;
  facts->fault = TENON_HTTP_SIGNIN_NO_KDC;
  facts->reason = "Cannot contact any KDC for realm 'CONTOSO.EXAMPLE'";
}

static void
nothing_here(const tenon_http_identity *id, tenon_http_signin *facts)
{
  no_kdc(id, facts);
  if (kerberos(id))
    return;
  facts->legs = 0;
  facts->fault = TENON_HTTP_SIGNIN_NO_MECHANISM;
}

static void
wrong_at_the_kdc(const tenon_http_identity *id, tenon_http_signin *facts)
{
  no_kdc(id, facts);
  if (kerberos(id))
    facts->fault = TENON_HTTP_SIGNIN_PASSWORD;
}

static void
refused(const tenon_http_identity *id, tenon_http_signin *facts)
{
  all_well(id, facts);
  facts->fault = TENON_HTTP_SIGNIN_REJECTED;
  facts->netbios_domain = "CONTOSO";
}

static void
refused_after_no_kdc(const tenon_http_identity *id, tenon_http_signin *facts)
{
  no_kdc(id, facts);
  if (!kerberos(id))
    refused(id, facts);
}

static void
cut_off(const tenon_http_identity *id, tenon_http_signin *facts)
{
  (void)id;
  facts->legs = 1;
  facts->fault = TENON_HTTP_SIGNIN_CONNECTION;
}

static void
no_ticket(const tenon_http_identity *id, tenon_http_signin *facts)
{
  ck_assert_ptr_null(id->secret);
  ck_assert_ptr_null(id->user);
  facts->fault = TENON_HTTP_SIGNIN_NO_TICKET;
}

// ---- verify ---------------------------------------------------------------------------------------

static const struct fake_check *
verify(const struct fake_option *form, const char *offered, fake_signin_fn *signin, const char *id,
       uint32_t state)
{
  fake_init(form, server);
  schemes = offered;
  fake.signin = signin;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->verify(session, &fake.call, &fake.sink), TENON_OK);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  ck_assert_uint_eq(fake.channels_open, 0);
  fake_finish();
  const struct fake_check *check = fake_check_of(id);
  ck_assert_msg(check != NULL, "no check %s", id);
  ck_assert_msg(check->state == state, "%s is %u: %s", id, check->state, check->title);
  return check;
}

static const struct {
  const struct fake_option *form;
  const char *offered;
  fake_signin_fn *signin;
  const char *id, *says;
  uint32_t scheme;
} ways[] = {
    {automatic, "Negotiate, NTLM, Basic", all_well, "auth.negotiate", "by Negotiate (Kerberos)",
     TENON_HTTP_SIGNIN_NEGOTIATE},
    {automatic, "Kerberos, Basic", all_well, "auth.kerberos", "by Kerberos",
     TENON_HTTP_SIGNIN_KERBEROS},
    {automatic, "Negotiate, NTLM, Basic", no_kdc, "auth.ntlm", "by NTLM", TENON_HTTP_SIGNIN_NTLM},
    {automatic, "Negotiate, Basic", no_kdc, "auth.negotiate", "by Negotiate (NTLM)",
     TENON_HTTP_SIGNIN_NEGOTIATE_NTLM},
    {automatic, "Negotiate, NTLM, Basic", nothing_here, "auth.basic", "with Basic", 0},
    {automatic, "Basic", all_well, "auth.basic", "with Basic", 0},
    {automatic, "", all_well, "auth.basic", "with Basic", 0},
    {ntlm, "Negotiate, NTLM, Basic", all_well, "auth.ntlm", "by NTLM", TENON_HTTP_SIGNIN_NTLM},
    {ntlm, "Negotiate", all_well, "auth.negotiate", "by Negotiate (NTLM)",
     TENON_HTTP_SIGNIN_NEGOTIATE_NTLM},
    {negotiate, "Negotiate, NTLM", no_kdc, "auth.negotiate", "by Negotiate (NTLM)",
     TENON_HTTP_SIGNIN_NEGOTIATE_NTLM},
    {server_answers_basic, "Negotiate, NTLM, Basic", all_well, "auth.basic", "with Basic", 0},
    {ticket, "Negotiate, NTLM, Basic", all_well, "auth.negotiate", "by Negotiate (Kerberos)",
     TENON_HTTP_SIGNIN_NEGOTIATE},
};

START_TEST(verify__signs_in_by_the_strongest_way_that_can_be_gone)
{
  const struct fake_check *check =
      verify(ways[_i].form, ways[_i].offered, ways[_i].signin, ways[_i].id, TENON_PASS);
  ck_assert_msg(strstr(check->detail, ways[_i].says) != NULL, "it says: %s", check->detail);
  ck_assert_uint_eq(fake.failed, 0);
  ck_assert_uint_eq(fake.last_scheme, ways[_i].scheme);
}
END_TEST

// KDCs that do not answer are waited for.
START_TEST(verify__says_beforehand_that_a_kdc_is_asked)
{
  verify(ntlm, "Negotiate, NTLM", all_well, "auth.ntlm", TENON_PASS);
  ck_assert_ptr_nonnull(strstr(fake.begun, "\nSign-in by NTLM\n"));
  verify(automatic, "Negotiate, NTLM", all_well, "auth.negotiate", TENON_PASS);
  ck_assert_ptr_nonnull(
      strstr(fake.begun, "\nSign-in by Negotiate (Kerberos), asking a domain controller (KDC)\n"));
}
END_TEST

START_TEST(verify__says_what_was_passed_over_and_why)
{
  const struct fake_check *check =
      verify(automatic, "Negotiate, NTLM", no_kdc, "auth.ntlm", TENON_PASS);
  ck_assert_str_eq(check->passed, "Kerberos was not possible: no KDC of the realm answers (Cannot "
                                  "contact any KDC for realm 'CONTOSO.EXAMPLE').");
  ck_assert_ptr_nonnull(strstr(check->detail, check->passed));
  ck_assert_str_eq(check->binding, "tls-server-end-point, SHA-256");
  ck_assert_ptr_nonnull(strstr(check->detail, "bound to the server's certificate"));
}
END_TEST

START_TEST(verify__asks_the_kdc_for_one_way_of_kerberos_only)
{
  verify(automatic, "Negotiate, Kerberos, NTLM", no_kdc, "auth.ntlm", TENON_PASS);
  ck_assert_uint_eq(fake.channels, 2);
}
END_TEST

START_TEST(verify__tries_no_other_way_with_a_password_that_the_kdc_refused)
{
  const struct fake_check *check =
      verify(automatic, "Negotiate, NTLM, Basic", wrong_at_the_kdc, "auth.negotiate", TENON_FAIL);
  ck_assert_str_eq(check->verdict, "auth-password-kdc");
  ck_assert_str_eq(check->field, "password");
  ck_assert_int_eq(check->cause, TENON_E_AUTH);
  ck_assert_uint_eq(fake.channels, 1);
  ck_assert_uint_eq(fake.signed_requests, 0);
}
END_TEST

START_TEST(verify__tries_no_other_way_once_the_server_has_refused)
{
  verify(automatic, "Negotiate, NTLM, Basic", refused_after_no_kdc, "auth.ntlm", TENON_FAIL);
  const struct fake_check *check = fake_check_of("auth.ntlm");
  ck_assert_str_eq(check->verdict, "auth-ntlm-refused");
  ck_assert_str_eq(check->field, "password");
  ck_assert_ptr_nonnull(strstr(check->remedy, "CONTOSO\\svc"));
  ck_assert_ptr_nonnull(strstr(check->passed, "Kerberos was not possible"));
  ck_assert_uint_eq(fake.signins, 1);
  ck_assert_uint_eq(fake.signed_requests, 0);
  ck_assert_str_eq(fake_check_of("impersonate.mailbox")->because, "auth.ntlm");
}
END_TEST

START_TEST(verify__does_not_blame_the_password_when_a_ticket_is_refused)
{
  const struct fake_check *check =
      verify(automatic, "Negotiate, NTLM, Basic", refused, "auth.negotiate", TENON_FAIL);
  ck_assert_str_eq(check->verdict, "auth-ticket-refused");
  ck_assert_str_eq(check->field, "auth");
  ck_assert_uint_eq(fake.channels, 1);
}
END_TEST

START_TEST(verify__names_what_is_missing_on_this_machine)
{
  const struct fake_check *check =
      verify(ntlm, "NTLM, Negotiate", nothing_here, "auth.ntlm", TENON_FAIL);
  ck_assert_str_eq(check->verdict, "auth-ntlm-missing");
  ck_assert_str_eq(check->mend, "apt-get install gss-ntlmssp");
  check = verify(ticket, "NTLM, Negotiate", no_ticket, "auth.negotiate", TENON_FAIL);
  ck_assert_str_eq(check->verdict, "auth-no-ticket");
  ck_assert_str_eq(check->mend, "kinit svc@CONTOSO.EXAMPLE");
}
END_TEST

START_TEST(verify__sends_nothing_where_the_field_admits_nothing_that_is_offered)
{
  static const struct {
    const struct fake_option *form;
    const char *offered, *id, *verdict;
  } cases[] = {
      {ntlm, "Basic", "auth.ntlm", "auth-ntlm-not-offered"},
      {negotiate, "NTLM, Basic", "auth.negotiate", "auth-negotiate-not-offered"},
      {ticket, "NTLM, Basic", "auth.negotiate", "auth-negotiate-not-offered"},
      {automatic, "Bearer", "auth.basic", "auth-bearer-only"},
  };
  const struct fake_check *check =
      verify(cases[_i].form, cases[_i].offered, all_well, cases[_i].id, TENON_FAIL);
  ck_assert_str_eq(check->verdict, cases[_i].verdict);
  ck_assert_str_eq(check->field, "auth");
  ck_assert_uint_eq(fake.channels, 0);
  ck_assert_uint_eq(fake.signed_requests, 0);
}
END_TEST

static void
no_kdc_and_no_ntlm(const tenon_http_identity *id, tenon_http_signin *facts)
{
  no_kdc(id, facts);
  if (kerberos(id))
    return;
  facts->legs = 1;
  facts->fault = TENON_HTTP_SIGNIN_PROTOCOL;
}

START_TEST(verify__tells_the_failure_of_kerberos_where_ntlm_is_not_spoken)
{
  const struct fake_check *check =
      verify(automatic, "Negotiate, Kerberos", no_kdc_and_no_ntlm, "auth.negotiate", TENON_FAIL);
  ck_assert_str_eq(check->verdict, "auth-no-kdc");
  ck_assert_str_eq(check->passed, "NTLM within Negotiate was not possible: the server does not "
                                  "answer its first message.");
  check = verify(automatic, "Negotiate, Basic", no_kdc_and_no_ntlm, "auth.basic", TENON_PASS);
  ck_assert_ptr_nonnull(strstr(check->passed, "NTLM within Negotiate was not possible"));
}
END_TEST

// Two hooks of one session: the second one looks again.
START_TEST(verify__tries_anew_what_was_not_possible_before)
{
  fake_init(automatic, server);
  schemes = "Negotiate, NTLM";
  fake.signin = no_kdc;
  tenon_session *session = fake_open();
  fake_connector()->verify(session, &fake.call, &fake.sink);
  ck_assert_ptr_nonnull(fake_check_of("auth.ntlm"));
  fake.signin = all_well;
  fake_connector()->verify(session, &fake.call, &fake.sink);
  ck_assert_str_eq(fake_check_of("auth.negotiate")->passed, "");
  fake_connector()->close(session);
  fake_finish();
}
END_TEST

// ---- many -----------------------------------------------------------------------------------------

static void
impersonate(const struct fake_option *form, fake_signin_fn *signin, size_t n, uint32_t jobs)
{
  fake_init(form, server);
  schemes = "Negotiate, NTLM";
  fake.signin = signin;
  fake.n_subjects = n;
  fake.source.jobs = jobs;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->impersonate(session, &fake.call, &fake.source, &fake.sink),
                   TENON_OK);
  ck_assert_uint_eq(fake.n_checks, n);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  ck_assert_uint_eq(fake.channels_open, 0);
  ck_assert_uint_eq(fake.doubled, 0);
  fake_finish();
}

START_TEST(impersonate__goes_on_as_many_lanes_as_jobs)
{
  impersonate(ntlm, all_well, 500, 8);
  ck_assert_uint_eq(fake.passed, 500);
  ck_assert_uint_eq(fake.channels, 8);
  ck_assert_uint_eq(fake.signins, 8);
}
END_TEST

START_TEST(impersonate__opens_no_more_lanes_than_there_are)
{
  impersonate(ntlm, all_well, 1000, 200);
  ck_assert_uint_eq(fake.passed, 1000);
  ck_assert_uint_eq(fake.channels, TENON_HTTP_CHANNELS_MAX);
}
END_TEST

START_TEST(impersonate__takes_all_lanes_along_when_a_way_is_passed_over)
{
  impersonate(automatic, no_kdc, 300, 8);
  ck_assert_uint_eq(fake.passed, 300);
  ck_assert_uint_eq(fake.channels, 16);
  ck_assert_uint_eq(fake.signins, 8);
}
END_TEST

START_TEST(impersonate__says_once_what_many_lanes_have_passed_over)
{
  impersonate(automatic, refused_after_no_kdc, 8, 8);
  const char *passed = fake_check_of_subject("user7@contoso.example")->passed;
  const char *first = strstr(passed, "Kerberos was not possible");
  ck_assert_ptr_nonnull(first);
  ck_assert_ptr_null(strstr(first + 1, "Kerberos was not possible"));
}
END_TEST

START_TEST(impersonate__goes_on_a_lane_no_more_once_it_was_refused)
{
  impersonate(ntlm, refused, 500, 1);
  ck_assert_uint_eq(fake.failed, 500);
  ck_assert_uint_eq(fake.signins, 1);
  const struct fake_check *last = fake_check_of_subject("user499@contoso.example");
  ck_assert_int_eq(last->cause, TENON_E_AUTH);
  ck_assert_str_eq(last->field, "password");
}
END_TEST

START_TEST(impersonate__tells_the_rest_why_the_sign_in_failed)
{
  impersonate(ticket, no_ticket, 100, 4);
  ck_assert_uint_eq(fake.failed, 100);
  ck_assert_uint_le(fake.channels, 4);
  const struct fake_check *last = fake_check_of_subject("user99@contoso.example");
  ck_assert_ptr_nonnull(strstr(last->detail, "There is no Kerberos ticket"));
}
END_TEST

START_TEST(impersonate__signs_in_few_times_where_no_connection_lasts)
{
  impersonate(ntlm, cut_off, 500, 8);
  ck_assert_uint_eq(fake.failed, 500);
  ck_assert_uint_le(fake.tried, 30);
  const struct fake_check *last = fake_check_of_subject("user499@contoso.example");
  ck_assert_int_eq(last->cause, TENON_E_NETWORK);
  ck_assert_ptr_nonnull(strstr(last->title, "Not asked"));
}
END_TEST

START_TEST(impersonate__leaves_its_lanes_free_when_it_is_cancelled)
{
  fake_init(ntlm, server);
  schemes = "NTLM";
  fake.signin = all_well;
  fake.n_subjects = 100;
  fake.source.jobs = 8;
  fake.cancel_after = 20;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->impersonate(session, &fake.call, &fake.source, &fake.sink),
                   TENON_E_CANCELLED);
  eventfd_t value;
  eventfd_read(fake.cancel_event, &value);
  fake.cancel_after = 0;
  ck_assert_int_eq(fake_connector()->impersonate(session, &fake.call, &fake.source, &fake.sink),
                   TENON_OK);
  ck_assert_uint_eq(fake.channels, 8);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}
END_TEST

TCase *
signin_cases(void)
{
  TCase *cases = tcase_create("signin");
  tcase_add_loop_test(cases, verify__signs_in_by_the_strongest_way_that_can_be_gone, 0,
                      sizeof ways / sizeof *ways);
  tcase_add_test(cases, verify__says_beforehand_that_a_kdc_is_asked);
  tcase_add_test(cases, verify__says_what_was_passed_over_and_why);
  tcase_add_test(cases, verify__asks_the_kdc_for_one_way_of_kerberos_only);
  tcase_add_test(cases, verify__tries_no_other_way_with_a_password_that_the_kdc_refused);
  tcase_add_test(cases, verify__tries_no_other_way_once_the_server_has_refused);
  tcase_add_test(cases, verify__does_not_blame_the_password_when_a_ticket_is_refused);
  tcase_add_test(cases, verify__names_what_is_missing_on_this_machine);
  tcase_add_loop_test(cases, verify__sends_nothing_where_the_field_admits_nothing_that_is_offered,
                      0, 4);
  tcase_add_test(cases, verify__tells_the_failure_of_kerberos_where_ntlm_is_not_spoken);
  tcase_add_test(cases, verify__tries_anew_what_was_not_possible_before);
  tcase_add_test(cases, impersonate__goes_on_as_many_lanes_as_jobs);
  tcase_add_test(cases, impersonate__opens_no_more_lanes_than_there_are);
  tcase_add_test(cases, impersonate__takes_all_lanes_along_when_a_way_is_passed_over);
  tcase_add_test(cases, impersonate__says_once_what_many_lanes_have_passed_over);
  tcase_add_test(cases, impersonate__goes_on_a_lane_no_more_once_it_was_refused);
  tcase_add_test(cases, impersonate__tells_the_rest_why_the_sign_in_failed);
  tcase_add_test(cases, impersonate__signs_in_few_times_where_no_connection_lasts);
  tcase_add_test(cases, impersonate__leaves_its_lanes_free_when_it_is_cancelled);
  return cases;
}
