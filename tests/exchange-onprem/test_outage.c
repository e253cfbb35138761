// SPDX-License-Identifier: Apache-2.0
//
// impersonate at servers that do not answer, or are none to sign in to; and what one mailbox tells of
// the next.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

static const struct fake_option answers[] = {
    {"server", "localhost"}, {"admin", "svc@contoso.example"}, {NULL, NULL}};

static const struct fake_option basic_only[] = {
    {"server", "localhost"}, {"admin", "svc@contoso.example"}, {"auth", "basic"}, {NULL, NULL}};

enum { OK, REFUSED, ERROR = 7 };

static void
impersonate(size_t n)
{
  fake.n_subjects = n;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->impersonate(session, &fake.call, &fake.source, &fake.sink),
                   TENON_OK);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  ck_assert_uint_eq(fake.n_checks, n);
}

// ---- servers that do not answer ---------------------------------------------------------------

static void
dead(const struct fake_request *r, struct fake_answer *a)
{
  static const uint32_t faults[] = {TENON_HTTP_FAULT_UNREACHABLE, TENON_HTTP_FAULT_SLOW,
                                    TENON_HTTP_FAULT_TLS, TENON_HTTP_FAULT_RESET};
  (void)r;
  a->fault = faults[fake.n_subjects % 4];
}

START_TEST(impersonate__asks_a_dead_server_for_few_of_many)
{
  static const tenon_status causes[] = {TENON_E_NETWORK, TENON_E_TIMEOUT, TENON_E_TLS,
                                        TENON_E_NETWORK};
  fake_init(answers, dead);
  fake.door = _i >= 4; // dead from the first, or once it has asked for a sign-in
  impersonate(2000 + (size_t)_i % 4);
  ck_assert_uint_eq(fake.by_verdict[ERROR], 2000 + (size_t)_i % 4);
  ck_assert_uint_le(fake.requests, 12);
  ck_assert_str_eq(fake.checks[0].verdict, TENON_VERDICT_ERROR);
  for (size_t i = 0; i < FAKE_CHECKS_MAX; i++)
    ck_assert_int_eq(fake.checks[i].cause, causes[_i % 4]);
  const struct fake_check *last = fake_check_of_subject("user1999@contoso.example");
  ck_assert_ptr_nonnull(strstr(last->title, "Not asked: the last "));
  ck_assert_ptr_nonnull(strstr(last->title, " requests got no answer"));
  ck_assert_uint_eq(fake.signed_requests > 0, _i >= 4);
  fake_finish();
}
END_TEST

static void
away_for_a_while(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  if (fake.requests > 3 && fake.given < 500)
    a->fault = TENON_HTTP_FAULT_REFUSED;
  else
    fake_success(a, "GetFolder");
}

// Each LATER of the source takes a while: every hundredth subject.
START_TEST(impersonate__goes_on_when_the_server_is_back)
{
  fake_init(answers, away_for_a_while);
  fake.door = true;
  fake.later_every = 100;
  fake.later_ns = INT64_C(6000000000);
  impersonate(1000);
  ck_assert_uint_ge(fake.passed, 300);
  ck_assert_uint_ge(fake.by_verdict[ERROR], 300);
  ck_assert_uint_eq(fake.passed + fake.failed, 1000);
  ck_assert_str_eq(fake_check_of_subject("user999@contoso.example")->verdict, TENON_VERDICT_OK);
  fake_finish();
}
END_TEST

static void
stumbles(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  if (fake.requests % 5 != 0)
    a->fault = TENON_HTTP_FAULT_SLOW;
  else
    fake_success(a, "GetFolder");
}

START_TEST(impersonate__asks_for_all_while_there_are_answers)
{
  fake_init(answers, stumbles);
  fake.door = true;
  impersonate(500);
  ck_assert_uint_eq(fake.requests, 500);
  fake_finish();
}
END_TEST

// ---- servers that are none to sign in to ------------------------------------------------------

static void
no_basic(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  fake_challenge(a, "Negotiate, NTLM");
}

static void
login_page(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  snprintf(a->body, sizeof a->body, "<html><form action='/owa/auth.owa'><input type='password'>");
}

START_TEST(impersonate__sends_no_password_where_it_is_of_no_use)
{
  fake_init(basic_only, _i == 0 ? no_basic : login_page);
  impersonate(20);
  ck_assert_uint_eq(fake.signed_requests, 0);
  ck_assert_uint_eq(fake.failed, 20);
  for (size_t i = 0; i < 20; i++) {
    ck_assert_str_eq(fake.checks[i].field, _i == 0 ? "auth" : "server");
    ck_assert_str_eq(fake.checks[i].verdict, TENON_VERDICT_ERROR);
  }
  fake_finish();
}
END_TEST

static void
works(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  fake_success(a, "GetFolder");
}

START_TEST(impersonate__asks_once_whether_to_sign_in)
{
  fake_init(answers, works);
  fake.door = true;
  impersonate(100);
  ck_assert_uint_eq(fake.knocks, 1);
  ck_assert_uint_eq(fake.passed, 100);
  fake_finish();
}
END_TEST

// ---- one tells of the other -------------------------------------------------------------------

static void
second_denied(const struct fake_request *r, struct fake_answer *a)
{
  if (strcmp(r->label, "ews.resolvenames") == 0)
    fake_found(a, r->address, "Mailbox");
  else if (strstr(r->address, "user0@") != NULL)
    fake_success(a, "GetFolder");
  else
    fake_fault(a, 500, "t:ErrorImpersonateUserDenied");
}

START_TEST(impersonate__takes_the_scope_for_the_cause_where_the_role_is_proven)
{
  fake_init(answers, second_denied);
  fake.door = true;
  fake.source.jobs = 1;
  impersonate(2);
  const struct fake_check *check = fake_check_of_subject("user1@contoso.example");
  ck_assert_str_eq(check->verdict, TENON_VERDICT_REFUSED);
  ck_assert_ptr_nonnull(strstr(check->likely, "scope"));
  ck_assert_ptr_nonnull(strstr(check->mend, "-CustomRecipientWriteScope"));
  fake_finish();
}
END_TEST

// Has neither the headers of Exchange nor its way with faults.
static void
denied_elsewhere(const struct fake_request *r, struct fake_answer *a)
{
  if (strcmp(r->label, "ews.resolvenames") == 0)
    fake_found(a, r->address, "Mailbox");
  else if (strstr(r->address, "user0@") != NULL)
    fake_fault(a, 200, "ErrorImpersonateUserDenied");
  else
    fake_fault(a, 500, "ErrorNonExistentMailbox");
}

START_TEST(impersonate__names_no_cmdlets_where_the_server_is_no_exchange)
{
  fake_init(answers, denied_elsewhere);
  fake.door = true;
  fake.source.jobs = 1;
  impersonate(2);
  for (size_t i = 0; i < 2; i++) {
    ck_assert_str_eq(fake.checks[i].mend, "");
    ck_assert_str_eq(fake.checks[i].prove, "");
  }
  fake_finish();
}
END_TEST

TCase *
outage_cases(void)
{
  TCase *cases = tcase_create("outage");
  tcase_set_timeout(cases, 60);
  tcase_add_loop_test(cases, impersonate__asks_a_dead_server_for_few_of_many, 0, 8);
  tcase_add_test(cases, impersonate__goes_on_when_the_server_is_back);
  tcase_add_test(cases, impersonate__asks_for_all_while_there_are_answers);
  tcase_add_loop_test(cases, impersonate__sends_no_password_where_it_is_of_no_use, 0, 2);
  tcase_add_test(cases, impersonate__asks_once_whether_to_sign_in);
  tcase_add_test(cases, impersonate__takes_the_scope_for_the_cause_where_the_role_is_proven);
  tcase_add_test(cases, impersonate__names_no_cmdlets_where_the_server_is_no_exchange);
  return cases;
}
