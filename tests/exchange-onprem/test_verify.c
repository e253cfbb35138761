// SPDX-License-Identifier: Apache-2.0
//
// verify: three requests when all is well, and one cause when it is not.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "servers.h"
#include "suites.h"

static const struct fake_option no_mailbox[] = {
    {"server", "localhost"}, {"admin", "svc@contoso.example"}, {NULL, NULL}};

static void
verify(const struct fake_option *options, fake_answer_fn *answer)
{
  fake_init(options, answer);
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->verify(session, &fake.call, &fake.sink), TENON_OK);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}

static void
expect(const char *id, uint32_t state)
{
  const struct fake_check *check = fake_check_of(id);
  ck_assert_msg(check != NULL, "no check %s", id);
  ck_assert_msg(check->state == state, "%s is %u: %s", id, check->state, check->title);
}

START_TEST(verify__passes_everything_in_three_requests)
{
  verify(server_answers, server_good);
  ck_assert_uint_eq(fake.failed, 0);
  ck_assert_uint_eq(fake.requests, 3);
  expect("net.resolve", TENON_PASS);
  expect("net.connect", TENON_PASS);
  expect("tls.handshake", TENON_PASS);
  expect("tls.certificate", TENON_PASS);
  expect("ews.endpoint", TENON_PASS);
  expect("auth.basic", TENON_PASS);
  expect("ews.version", TENON_PASS);
  expect("impersonate.role", TENON_PASS);
  expect("impersonate.mailbox", TENON_PASS);
}
END_TEST

START_TEST(verify__says_every_id_once)
{
  verify(server_answers, server_good);
  for (size_t i = 0; i < fake.n_checks; i++)
    for (size_t j = 0; j < i; j++)
      ck_assert_str_ne(fake.checks[i].id, fake.checks[j].id);
}
END_TEST

START_TEST(verify__without_a_mailbox_only_warns_about_the_role)
{
  verify(no_mailbox, server_good);
  ck_assert_uint_eq(fake.failed, 0);
  expect("impersonate.role", TENON_WARN);
  ck_assert_str_eq(fake_check_of("impersonate.role")->field, "mailbox");
  ck_assert_ptr_null(fake_check_of("impersonate.mailbox"));
}
END_TEST

// A server that asks nobody to sign in, and server_answers every request with the same fault.
static void
asks_nobody(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  fake_fault(a, 200, "s:Client");
}

START_TEST(verify__does_not_call_a_password_right_that_nobody_asked_for)
{
  verify(no_mailbox, asks_nobody);
  expect("ews.endpoint", TENON_PASS);
  expect("auth.basic", TENON_WARN);
}
END_TEST

// A server that is no Exchange and opens the same mailbox whoever is acted as.
static void
heeds_nobody(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user != NULL && strcmp(r->label, "ews.convertid") == 0)
    fake_fault(a, 500, "s:Server");
  else if (r->user != NULL)
    fake_success(a, "GetFolder");
  char *version = strstr(a->body, "ServerVersionInfo");
  if (version != NULL)
    *version = '_'; // says nothing of a version
}

START_TEST(verify__does_not_believe_a_server_where_a_made_up_person_can_be_acted_as)
{
  verify(_i == 0 ? no_mailbox : server_answers, heeds_nobody);
  expect("auth.basic", TENON_PASS);
  expect("impersonate.role", TENON_FAIL);
  const struct fake_check *check = fake_check_of("impersonate.role");
  ck_assert_int_eq(check->cause, TENON_E_UNSUPPORTED);
  ck_assert_uint_eq(fake.failed, 1);
  if (_i == 1)
    expect("impersonate.mailbox", TENON_SKIP);
}
END_TEST

START_TEST(verify__finds_the_missing_role_without_a_mailbox)
{
  verify(no_mailbox, server_role_missing);
  expect("impersonate.role", TENON_FAIL);
  const struct fake_check *check = fake_check_of("impersonate.role");
  ck_assert_int_eq(check->cause, TENON_E_DENIED);
  ck_assert_ptr_nonnull(strstr(check->mend, "-User 'svc@contoso.example'"));
}
END_TEST

START_TEST(verify__blames_the_missing_role_alone_and_not_the_mailbox_too)
{
  verify(server_answers, server_role_missing);
  ck_assert_uint_eq(fake.failed, 1);
  expect("impersonate.role", TENON_FAIL);
  expect("impersonate.mailbox", TENON_SKIP);
  ck_assert_str_eq(fake_check_of("impersonate.mailbox")->because, "impersonate.role");
}
END_TEST

static void
one_denied(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user != NULL && strcmp(r->label, "ews.getfolder") == 0 && !server_is_nobody(r))
    fake_fault(a, 500, "t:ErrorImpersonateUserDenied");
}

START_TEST(verify__blames_the_mailbox_when_the_role_seems_to_be_there)
{
  verify(server_answers, one_denied);
  ck_assert_uint_eq(fake.failed, 1);
  expect("impersonate.role", TENON_WARN);
  expect("impersonate.mailbox", TENON_FAIL);
  ck_assert_str_eq(fake_check_of("impersonate.mailbox")->verdict, TENON_VERDICT_REFUSED);
  ck_assert_str_eq(fake_check_of("impersonate.mailbox")->existence, "known");
}
END_TEST

START_TEST(verify__names_the_field_when_the_password_is_refused)
{
  verify(server_answers, server_wrong_password);
  expect("auth.basic", TENON_FAIL);
  ck_assert_str_eq(fake_check_of("auth.basic")->field, "password");
  ck_assert_int_eq(fake_check_of("auth.basic")->cause, TENON_E_AUTH);
  ck_assert_uint_eq(fake.signed_requests, 1);
  expect("impersonate.mailbox", TENON_SKIP);
  ck_assert_str_eq(fake_check_of("impersonate.mailbox")->because, "auth.basic");
}
END_TEST

START_TEST(verify__does_not_send_the_password_where_basic_is_not_offered)
{
  verify(server_answers_basic, server_basic_off);
  ck_assert_uint_eq(fake.signed_requests, 0);
  expect("auth.basic", TENON_FAIL);
  ck_assert_str_eq(fake_check_of("auth.basic")->field, "auth");
  ck_assert_str_eq(fake_check_of("auth.basic")->verdict, "auth-basic-off");
}
END_TEST

static void
refused_connection(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  a->fault = TENON_HTTP_FAULT_REFUSED;
}

START_TEST(verify__skips_what_a_refused_connection_makes_pointless)
{
  verify(server_answers, refused_connection);
  expect("net.resolve", TENON_PASS);
  expect("net.connect", TENON_FAIL);
  expect("tls.handshake", TENON_SKIP);
  expect("auth.basic", TENON_SKIP);
  ck_assert_str_eq(fake_check_of("auth.basic")->because, "net.connect");
  ck_assert_uint_eq(fake.requests, 1);
}
END_TEST

static void
bad_certificate(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  a->fault = TENON_HTTP_FAULT_CERTIFICATE;
  a->tls = TENON_HTTP_TLS_UNTRUSTED;
}

START_TEST(verify__sends_no_password_to_an_untrusted_server)
{
  verify(server_answers, bad_certificate);
  expect("tls.handshake", TENON_PASS);
  expect("tls.certificate", TENON_FAIL);
  ck_assert_str_eq(fake_check_of("tls.certificate")->field, "ca_file");
  ck_assert_uint_eq(fake.signed_requests, 0);
}
END_TEST

START_TEST(verify__sends_no_password_to_a_login_page)
{
  verify(server_answers, server_login_page);
  expect("ews.endpoint", TENON_FAIL);
  ck_assert_str_eq(fake_check_of("ews.endpoint")->verdict, "login-page");
  ck_assert_uint_eq(fake.signed_requests, 0);
}
END_TEST

static void
old_server(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user != NULL && strstr(r->body, "\"Exchange2010\"") == NULL)
    fake_fault(a, 500, "t:ErrorInvalidServerVersion");
}

START_TEST(verify__steps_down_to_the_version_of_an_old_server)
{
  verify(server_answers, old_server);
  ck_assert_uint_eq(fake.failed, 0);
  ck_assert_ptr_nonnull(strstr(fake_check_of("ews.version")->detail, "as Exchange2010."));
}
END_TEST

static void
no_version(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user != NULL)
    fake_fault(a, 500, "t:ErrorInvalidServerVersion");
}

START_TEST(verify__ends_when_no_version_is_taken)
{
  verify(server_answers, no_version);
  expect("auth.basic", TENON_PASS);
  expect("ews.version", TENON_FAIL);
  expect("impersonate.role", TENON_SKIP);
}
END_TEST

START_TEST(verify__waits_out_a_short_pause)
{
  verify(server_answers, server_busy_twice);
  ck_assert_uint_eq(fake.failed, 0);
}
END_TEST

static void
error_page(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user == NULL)
    return;
  a->code = 500;
  snprintf(a->body, sizeof a->body, "<html>Server Error in '/EWS' Application.</html>");
}

START_TEST(verify__does_not_wait_for_a_guess)
{
  verify(server_answers, error_page);
  ck_assert_uint_eq(fake.requests, 2);
  expect("ews.endpoint", TENON_FAIL);
  ck_assert_int_eq(fake_check_of("ews.endpoint")->cause, TENON_E_TRANSIENT);
}
END_TEST

static void
nothing_behind(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user == NULL)
    return;
  a->code = 404;
  a->body[0] = 0;
}

static void
blocked(const struct fake_request *r, struct fake_answer *a)
{
  nothing_behind(r, a);
  if (r->user != NULL)
    a->code = 403;
}

static void
cut_off(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user != NULL)
    a->fault = TENON_HTTP_FAULT_RESET;
}

START_TEST(verify__blames_ews_and_not_the_sign_in_for_what_lies_behind_it)
{
  static fake_answer_fn *const servers[] = {nothing_behind, cut_off, error_page};
  verify(server_answers, servers[_i]);
  ck_assert_uint_eq(fake.failed, 1);
  expect("ews.endpoint", TENON_FAIL);
  expect("auth.basic", TENON_SKIP);
  ck_assert_str_eq(fake_check_of("auth.basic")->because, "ews.endpoint");
}
END_TEST

START_TEST(verify__passes_the_sign_in_where_a_policy_blocks_ews)
{
  verify(server_answers, blocked);
  ck_assert_uint_eq(fake.failed, 1);
  expect("ews.endpoint", TENON_PASS);
  expect("auth.basic", TENON_PASS);
  expect("ews.policy", TENON_FAIL);
}
END_TEST

static void
resets(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  a->fault = TENON_HTTP_FAULT_RESET;
}

START_TEST(verify__asks_as_often_as_impersonate_where_the_connection_breaks)
{
  verify(server_answers, resets);
  ck_assert_uint_eq(fake.requests, 3);
  expect("ews.endpoint", TENON_FAIL);
}
END_TEST

START_TEST(verify__survives_garbage)
{
  verify(server_answers, server_garbage);
  ck_assert_uint_ge(fake.failed, 1);
}
END_TEST

static void
wait_long(const struct fake_request *r, struct fake_answer *a)
{
  server_good(r, a);
  if (r->user == NULL)
    return;
  a->code = 500;
  snprintf(a->body, sizeof a->body,
           "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\" xmlns:t=\"" SOAP_NS_TYPES
           "\"><s:Body><s:Fault><faultcode>t:ErrorServerBusy</faultcode><detail><t:MessageXml>"
           "<t:Value Name=\"BackOffMilliseconds\">14000</t:Value></t:MessageXml></detail></s:Fault>"
           "</s:Body></s:Envelope>");
}

START_TEST(verify__ends_on_cancel_between_requests_and_in_a_pause)
{
  fake_init(server_answers, _i == 0 ? server_good : wait_long);
  fake.cancel_after = (unsigned)_i + 1;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->verify(session, &fake.call, &fake.sink), TENON_E_CANCELLED);
  ck_assert_uint_eq(fake.requests, (unsigned)_i + 1);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}
END_TEST

TCase *
verify_cases(void)
{
  TCase *cases = tcase_create("verify");
  tcase_add_test(cases, verify__passes_everything_in_three_requests);
  tcase_add_test(cases, verify__says_every_id_once);
  tcase_add_test(cases, verify__without_a_mailbox_only_warns_about_the_role);
  tcase_add_loop_test(
      cases, verify__does_not_believe_a_server_where_a_made_up_person_can_be_acted_as, 0, 2);
  tcase_add_test(cases, verify__does_not_call_a_password_right_that_nobody_asked_for);
  tcase_add_test(cases, verify__finds_the_missing_role_without_a_mailbox);
  tcase_add_test(cases, verify__blames_the_missing_role_alone_and_not_the_mailbox_too);
  tcase_add_test(cases, verify__blames_the_mailbox_when_the_role_seems_to_be_there);
  tcase_add_test(cases, verify__names_the_field_when_the_password_is_refused);
  tcase_add_test(cases, verify__does_not_send_the_password_where_basic_is_not_offered);
  tcase_add_test(cases, verify__skips_what_a_refused_connection_makes_pointless);
  tcase_add_test(cases, verify__sends_no_password_to_an_untrusted_server);
  tcase_add_test(cases, verify__sends_no_password_to_a_login_page);
  tcase_add_test(cases, verify__steps_down_to_the_version_of_an_old_server);
  tcase_add_test(cases, verify__ends_when_no_version_is_taken);
  tcase_add_test(cases, verify__waits_out_a_short_pause);
  tcase_add_test(cases, verify__does_not_wait_for_a_guess);
  tcase_add_loop_test(cases, verify__ends_on_cancel_between_requests_and_in_a_pause, 0, 2);
  tcase_add_test(cases, verify__survives_garbage);
  tcase_add_loop_test(cases, verify__blames_ews_and_not_the_sign_in_for_what_lies_behind_it, 0, 3);
  tcase_add_test(cases, verify__passes_the_sign_in_where_a_policy_blocks_ews);
  tcase_add_test(cases, verify__asks_as_often_as_impersonate_where_the_connection_breaks);
  return cases;
}
