// SPDX-License-Identifier: Apache-2.0
//
// verify: three requests when all is well, and one cause when it is not.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

static const struct fake_option answers[] = {{"server", "localhost:8443"},
                                             {"admin", "svc@contoso.example"},
                                             {"password", "x"},
                                             {"mailbox", "alex@contoso.example"},
                                             {NULL, NULL}};
static const struct fake_option no_mailbox[] = {
    {"server", "localhost"}, {"admin", "svc@contoso.example"}, {NULL, NULL}};

static bool
is_nobody(const struct fake_request *r)
{
  return strstr(r->address, "tenon-nobody") != NULL;
}

// A server on which everything works.
static void
good(const struct fake_request *r, struct fake_answer *a)
{
  if (r->user == NULL)
    fake_challenge(a, "Negotiate, Basic realm=\"x\"");
  else if (strcmp(r->label, "ews.convertid") == 0)
    fake_error(a, "ConvertId", "ErrorInvalidIdMalformed");
  else if (strcmp(r->label, "ews.resolvenames") == 0)
    fake_found(a, r->address, "Mailbox");
  else if (is_nobody(r))
    fake_fault(a, 500, "t:ErrorNonExistentMailbox");
  else
    fake_success(a, "GetFolder");
}

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
  verify(answers, good);
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
  verify(answers, good);
  for (size_t i = 0; i < fake.n_checks; i++)
    for (size_t j = 0; j < i; j++)
      ck_assert_str_ne(fake.checks[i].id, fake.checks[j].id);
}
END_TEST

START_TEST(verify__without_a_mailbox_only_warns_about_the_role)
{
  verify(no_mailbox, good);
  ck_assert_uint_eq(fake.failed, 0);
  expect("impersonate.role", TENON_WARN);
  ck_assert_str_eq(fake_check_of("impersonate.role")->field, "mailbox");
  ck_assert_ptr_null(fake_check_of("impersonate.mailbox"));
}
END_TEST

static void
role_missing(const struct fake_request *r, struct fake_answer *a)
{
  good(r, a);
  if (r->user != NULL && strcmp(r->label, "ews.getfolder") == 0)
    fake_fault(a, 500, "t:ErrorImpersonateUserDenied");
}

// A server that asks nobody to sign in, and answers every request with the same fault.
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
  good(r, a);
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
  verify(_i == 0 ? no_mailbox : answers, heeds_nobody);
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
  verify(no_mailbox, role_missing);
  expect("impersonate.role", TENON_FAIL);
  const struct fake_check *check = fake_check_of("impersonate.role");
  ck_assert_int_eq(check->cause, TENON_E_DENIED);
  ck_assert_ptr_nonnull(strstr(check->mend, "-User 'svc@contoso.example'"));
}
END_TEST

START_TEST(verify__blames_the_missing_role_alone_and_not_the_mailbox_too)
{
  verify(answers, role_missing);
  ck_assert_uint_eq(fake.failed, 1);
  expect("impersonate.role", TENON_FAIL);
  expect("impersonate.mailbox", TENON_SKIP);
  ck_assert_str_eq(fake_check_of("impersonate.mailbox")->because, "impersonate.role");
}
END_TEST

static void
one_denied(const struct fake_request *r, struct fake_answer *a)
{
  good(r, a);
  if (r->user != NULL && strcmp(r->label, "ews.getfolder") == 0 && !is_nobody(r))
    fake_fault(a, 500, "t:ErrorImpersonateUserDenied");
}

START_TEST(verify__blames_the_mailbox_when_the_role_seems_to_be_there)
{
  verify(answers, one_denied);
  ck_assert_uint_eq(fake.failed, 1);
  expect("impersonate.role", TENON_WARN);
  expect("impersonate.mailbox", TENON_FAIL);
  ck_assert_str_eq(fake_check_of("impersonate.mailbox")->verdict, TENON_VERDICT_REFUSED);
  ck_assert_str_eq(fake_check_of("impersonate.mailbox")->existence, "known");
}
END_TEST

static void
wrong_password(const struct fake_request *r, struct fake_answer *a)
{
  good(r, a);
  if (r->user != NULL)
    fake_challenge(a, "Basic realm=\"x\"");
}

START_TEST(verify__names_the_field_when_the_password_is_refused)
{
  verify(answers, wrong_password);
  expect("auth.basic", TENON_FAIL);
  ck_assert_str_eq(fake_check_of("auth.basic")->field, "password");
  ck_assert_int_eq(fake_check_of("auth.basic")->cause, TENON_E_AUTH);
  ck_assert_uint_eq(fake.signed_requests, 1);
  expect("impersonate.mailbox", TENON_SKIP);
  ck_assert_str_eq(fake_check_of("impersonate.mailbox")->because, "auth.basic");
}
END_TEST

static void
basic_off(const struct fake_request *r, struct fake_answer *a)
{
  good(r, a);
  if (r->user == NULL)
    fake_challenge(a, "Negotiate, NTLM");
}

START_TEST(verify__does_not_send_the_password_where_basic_is_not_offered)
{
  verify(answers, basic_off);
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
  verify(answers, refused_connection);
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
  verify(answers, bad_certificate);
  expect("tls.handshake", TENON_PASS);
  expect("tls.certificate", TENON_FAIL);
  ck_assert_str_eq(fake_check_of("tls.certificate")->field, "ca_file");
  ck_assert_uint_eq(fake.signed_requests, 0);
}
END_TEST

static void
login_page(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  snprintf(a->body, sizeof a->body, "<html><form action='/owa/auth.owa'><input type='password'>");
}

START_TEST(verify__sends_no_password_to_a_login_page)
{
  verify(answers, login_page);
  expect("ews.endpoint", TENON_FAIL);
  ck_assert_str_eq(fake_check_of("ews.endpoint")->verdict, "login-page");
  ck_assert_uint_eq(fake.signed_requests, 0);
}
END_TEST

static void
old_server(const struct fake_request *r, struct fake_answer *a)
{
  good(r, a);
  if (r->user != NULL && strstr(r->body, "\"Exchange2010\"") == NULL)
    fake_fault(a, 500, "t:ErrorInvalidServerVersion");
}

START_TEST(verify__steps_down_to_the_version_of_an_old_server)
{
  verify(answers, old_server);
  ck_assert_uint_eq(fake.failed, 0);
  ck_assert_ptr_nonnull(strstr(fake_check_of("ews.version")->detail, "as Exchange2010."));
}
END_TEST

static void
no_version(const struct fake_request *r, struct fake_answer *a)
{
  good(r, a);
  if (r->user != NULL)
    fake_fault(a, 500, "t:ErrorInvalidServerVersion");
}

START_TEST(verify__ends_when_no_version_is_taken)
{
  verify(answers, no_version);
  expect("auth.basic", TENON_PASS);
  expect("ews.version", TENON_FAIL);
  expect("impersonate.role", TENON_SKIP);
}
END_TEST

static void
busy_twice(const struct fake_request *r, struct fake_answer *a)
{
  good(r, a);
  if (r->user != NULL && fake.signed_requests < 3) {
    snprintf(a->body, sizeof a->body,
             "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\" xmlns:t=\"" SOAP_NS_TYPES
             "\"><s:Body><s:Fault>"
             "<faultcode>t:ErrorServerBusy</faultcode><detail><t:MessageXml><t:Value "
             "Name=\"BackOffMilliseconds\">20</t:Value></t:MessageXml></detail></s:Fault></s:Body>"
             "</s:Envelope>");
    a->code = 500;
  }
}

START_TEST(verify__waits_out_a_short_pause)
{
  verify(answers, busy_twice);
  ck_assert_uint_eq(fake.failed, 0);
}
END_TEST

static void
error_page(const struct fake_request *r, struct fake_answer *a)
{
  good(r, a);
  if (r->user == NULL)
    return;
  a->code = 500;
  snprintf(a->body, sizeof a->body, "<html>Server Error in '/EWS' Application.</html>");
}

START_TEST(verify__does_not_wait_for_a_guess)
{
  verify(answers, error_page);
  ck_assert_uint_eq(fake.requests, 2);
  expect("ews.endpoint", TENON_FAIL);
  ck_assert_int_eq(fake_check_of("ews.endpoint")->cause, TENON_E_TRANSIENT);
}
END_TEST

static void
nothing_behind(const struct fake_request *r, struct fake_answer *a)
{
  good(r, a);
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
  good(r, a);
  if (r->user != NULL)
    a->fault = TENON_HTTP_FAULT_RESET;
}

START_TEST(verify__blames_ews_and_not_the_sign_in_for_what_lies_behind_it)
{
  static fake_answer_fn *const servers[] = {nothing_behind, cut_off, error_page};
  verify(answers, servers[_i]);
  ck_assert_uint_eq(fake.failed, 1);
  expect("ews.endpoint", TENON_FAIL);
  expect("auth.basic", TENON_SKIP);
  ck_assert_str_eq(fake_check_of("auth.basic")->because, "ews.endpoint");
}
END_TEST

START_TEST(verify__passes_the_sign_in_where_a_policy_blocks_ews)
{
  verify(answers, blocked);
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
  verify(answers, resets);
  ck_assert_uint_eq(fake.requests, 3);
  expect("ews.endpoint", TENON_FAIL);
}
END_TEST

static void
garbage(const struct fake_request *r, struct fake_answer *a)
{
  static const char *const bodies[] = {"<", "<a/>", "\xff\xfe", "{}", "<!DOCTYPE a><a/>", ""};
  if (r->user == NULL)
    fake_challenge(a, "Basic");
  else
    snprintf(a->body, sizeof a->body, "%s", bodies[fake.requests % 6]);
}

START_TEST(verify__survives_garbage)
{
  verify(answers, garbage);
  ck_assert_uint_ge(fake.failed, 1);
}
END_TEST

static void
wait_long(const struct fake_request *r, struct fake_answer *a)
{
  good(r, a);
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
  fake_init(answers, _i == 0 ? good : wait_long);
  fake.cancel_after = (unsigned)_i + 1;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->verify(session, &fake.call, &fake.sink), TENON_E_CANCELLED);
  ck_assert_uint_eq(fake.requests, (unsigned)_i + 1);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}
END_TEST

static const struct {
  struct fake_option options[6];
  const char *field;
} wrong_forms[] = {
    {{{"admin", "svc@contoso.example"}, {NULL, NULL}}, "server"},
    {{{"server", "http://mail/"}, {"admin", "svc@contoso.example"}, {NULL, NULL}}, "server"},
    {{{"server", "mail"}, {"admin", "svc"}, {NULL, NULL}}, "admin"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"username", "a:b"}, {NULL, NULL}}, "username"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"auth", "ntlm"}, {NULL, NULL}}, "auth"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"auth", "negotiate"}, {NULL, NULL}}, "auth"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"auth", "oauth"}, {NULL, NULL}}, "auth"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"auth", "magic"}, {NULL, NULL}}, "auth"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"identity", "name"}, {NULL, NULL}}, "identity"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"timeout", "soon"}, {NULL, NULL}}, "timeout"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"proxy", "bad"}, {NULL, NULL}}, "proxy"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"powershell", "yes"}, {NULL, NULL}}, "powershell"},
};

START_TEST(open__refuses_an_answer_by_the_name_of_its_field)
{
  fake_init(wrong_forms[_i].options, good);
  tenon_session *session = NULL;
  ck_assert_int_eq(fake_connector()->open(&fake.host, &fake.call, &fake.sink, &session),
                   TENON_E_CONFIG);
  ck_assert_ptr_null(session);
  ck_assert_uint_eq(fake.n_checks, 1);
  ck_assert_str_eq(fake.checks[0].field, wrong_forms[_i].field);
  ck_assert_uint_gt(strlen(fake.checks[0].remedy), 5);
  fake_finish();
}
END_TEST

START_TEST(open__wants_a_password)
{
  fake_init(answers, good);
  fake.no_secret = true;
  tenon_session *session = NULL;
  ck_assert_int_eq(fake_connector()->open(&fake.host, &fake.call, &fake.sink, &session),
                   TENON_E_CONFIG);
  ck_assert_str_eq(fake.checks[0].field, "password");
  fake_finish();
}
END_TEST

START_TEST(browse__waits_out_a_short_pause)
{
  fake_init(answers, busy_twice);
  tenon_session *session = fake_open();
  ck_assert_int_eq(
      fake_connector()->browse(session, &fake.call, "mailbox", "alex@contoso.example", &fake.sink),
      TENON_OK);
  ck_assert_uint_eq(fake.failed, 0);
  ck_assert_uint_eq(fake.n_offers, 1);
  fake_connector()->close(session);
  fake_finish();
}
END_TEST

START_TEST(browse__offers_what_the_directory_finds)
{
  fake_init(answers, good);
  tenon_session *session = fake_open();
  const tenon_connector *c = fake_connector();
  ck_assert_int_eq(c->browse(session, &fake.call, "mailbox", "alex@contoso.example", &fake.sink),
                   TENON_OK);
  ck_assert_uint_eq(fake.n_offers, 1);
  ck_assert_str_eq(fake.offers[0], "alex@contoso.example");
  ck_assert_int_eq(c->browse(session, &fake.call, "nothing", "", &fake.sink), TENON_E_UNSUPPORTED);
  c->close(session);
  fake_finish();
}
END_TEST

static void
letters(const struct fake_request *r, struct fake_answer *a)
{
  char address[64];
  if (strlen(r->address) != 1 || r->address[0] > 'c') {
    fake_error(a, "ResolveNames", "ErrorNameResolutionNoResults");
    return;
  }
  snprintf(address, sizeof address, "%c@contoso.example",
           r->address[0] == 'c' ? 'a' : r->address[0]);
  fake_found(a, address, "Mailbox");
}

START_TEST(browse__lists_by_letter_when_nothing_was_typed)
{
  fake_init(answers, letters);
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->browse(session, &fake.call, "mailbox", "", &fake.sink),
                   TENON_OK);
  ck_assert_uint_eq(fake.n_offers, 2);  // a, b; c found a again
  ck_assert_uint_eq(fake.requests, 27); // and one that asks whether to sign in
  ck_assert_uint_eq(fake.n_checks, 0);
  fake_connector()->close(session);
  fake_finish();
}
END_TEST

START_TEST(browse__reports_why_there_is_no_list)
{
  fake_init(answers, wrong_password);
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->browse(session, &fake.call, "mailbox", "", &fake.sink),
                   TENON_OK);
  ck_assert_uint_eq(fake.signed_requests, 1);
  ck_assert_uint_eq(fake.failed, 1);
  fake_connector()->close(session);
  fake_finish();
}
END_TEST

START_TEST(browse__sends_no_password_where_it_is_of_no_use)
{
  fake_init(answers, _i == 0 ? basic_off : login_page);
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->browse(session, &fake.call, "mailbox", "a", &fake.sink),
                   TENON_OK);
  ck_assert_uint_eq(fake.signed_requests, 0);
  ck_assert_uint_eq(fake.failed, 1);
  ck_assert_str_eq(fake.checks[0].field, _i == 0 ? "auth" : "server");
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}
END_TEST

START_TEST(plan__says_whether_the_role_is_there)
{
  static const struct {
    fake_answer_fn *answer;
    uint32_t state;
  } cases[] = {
      {good, TENON_STEP_DONE}, {role_missing, TENON_STEP_MISSING}, {garbage, TENON_STEP_UNKNOWN}};
  fake_init(answers, cases[_i].answer);
  tenon_session *session = fake_open();
  const tenon_connector *c = fake_connector();
  ck_assert_int_eq(c->configure(session, &fake.call, TENON_PLAN, NULL, &fake.sink), TENON_OK);
  ck_assert_uint_eq(fake.step.state, cases[_i].state);
  ck_assert_ptr_nonnull(strstr(fake.step_body, "-User 'svc@contoso.example'"));
  ck_assert_int_eq(c->configure(session, &fake.call, TENON_APPLY, NULL, &fake.sink),
                   TENON_E_UNSUPPORTED);
  c->close(session);
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
  tcase_add_loop_test(cases, open__refuses_an_answer_by_the_name_of_its_field, 0,
                      sizeof wrong_forms / sizeof *wrong_forms);
  tcase_add_test(cases, open__wants_a_password);
  tcase_add_test(cases, browse__waits_out_a_short_pause);
  tcase_add_test(cases, browse__offers_what_the_directory_finds);
  tcase_add_test(cases, browse__lists_by_letter_when_nothing_was_typed);
  tcase_add_loop_test(cases, browse__sends_no_password_where_it_is_of_no_use, 0, 2);
  tcase_add_loop_test(cases, verify__blames_ews_and_not_the_sign_in_for_what_lies_behind_it, 0, 3);
  tcase_add_test(cases, verify__passes_the_sign_in_where_a_policy_blocks_ews);
  tcase_add_test(cases, verify__asks_as_often_as_impersonate_where_the_connection_breaks);
  tcase_add_test(cases, browse__reports_why_there_is_no_list);
  tcase_add_loop_test(cases, plan__says_whether_the_role_is_there, 0, 3);
  return cases;
}
