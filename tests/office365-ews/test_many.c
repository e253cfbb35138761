// SPDX-License-Identifier: Apache-2.0
//
// Many mailboxes with a token that ends, is refused or cannot be got any more; and the directory asked as somebody.
#include "cloud.h"

#include <stdio.h>
#include <string.h>

#include "ews_session.h"
#include "suites.h"

static void
impersonate(size_t n, const char *const *subjects)
{
  fake.n_subjects = n;
  fake.subjects = subjects;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->impersonate(session, &fake.call, &fake.source, &fake.sink),
                   TENON_OK);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released + (play.token_requests > 0));
  fake_finish();
}

static size_t
words(const char *word)
{
  size_t n = 0;
  for (size_t i = 0; i < fake.n_checks && i < FAKE_CHECKS_MAX; i++)
    n += strcmp(fake.checks[i].verdict, word) == 0;
  return n;
}

START_TEST(bulk__takes_one_token_for_all)
{
  cloud_init(cloud_app);
  impersonate(40, NULL);
  ck_assert_uint_eq(words("ok"), 40);
  ck_assert_uint_eq(play.token_requests, 1);
  ck_assert_uint_eq(play.with_header, 40);
  ck_assert_uint_eq(play.without_anchor, 0);
}
END_TEST

START_TEST(bulk__renews_a_refused_token_once_for_all_that_are_in_flight)
{
  cloud_init(cloud_app);
  play.bad_until = 2;
  impersonate(20, NULL);
  ck_assert_uint_eq(words("ok"), 20);
  ck_assert_uint_eq(play.token_requests, 2);
  ck_assert_uint_le(play.refused, 4); // as many as were in flight
}
END_TEST

START_TEST(bulk__ends_when_new_tokens_are_refused_as_well)
{
  cloud_init(cloud_app);
  play.bad_until = 99;
  impersonate(20, NULL);
  ck_assert_uint_eq(words("error"), 20);
  ck_assert_uint_eq(play.token_requests, 2);
  ck_assert_uint_le(play.refused, 8);
}
END_TEST

// Those that were on their way with the token before the new one are no proof against the new one.
START_TEST(renewal__lets_go_again_what_was_sent_with_an_older_token)
{
  static struct ews_session s;
  static const struct ews_manner manner;
  struct signin_account login = {.policy = SIGNIN_ONLY_BEARER, .secret = (tenon_secret *)"new"};
  const tenon_secret *older = (const tenon_secret *)"old";
  const tenon_http_completion refused = {.size = sizeof refused, .code = 401};
  const tenon_http_completion taken = {.size = sizeof taken, .code = 200};
  s.manner = &manner;
  s.login = &login;
  s.unproven = true;
  ck_assert(ews_renews(&s, &refused, older));
  ck_assert(!ews_renews(&s, &refused, login.secret));
  ck_assert(!ews_renews(&s, &taken, older));
  ck_assert(s.unproven);
  ck_assert(!ews_renews(&s, &taken, login.secret));
  ck_assert(!s.unproven);
  ck_assert(ews_renews(&s, &refused, login.secret));
}
END_TEST

static void
expire(const struct fake_request *r, struct fake_answer *a)
{
  cloud_answer(r, a);
  if (play.ews_requests == 5 && strstr(r->url, "/oauth2/") == NULL)
    fake.now_ns += INT64_C(4000000000000);
}

START_TEST(bulk__gets_a_new_token_before_the_old_one_ends)
{
  cloud_init(cloud_app);
  fake.answer = expire;
  impersonate(20, NULL);
  ck_assert_uint_eq(words("ok"), 20);
  ck_assert_uint_eq(play.token_requests, 2);
  ck_assert_uint_eq(play.refused, 0);
}
END_TEST

START_TEST(bulk__tells_all_when_no_new_token_is_given)
{
  cloud_init(cloud_app);
  fake.answer = expire;
  play.fail_from = 2, play.fail_till = 99, play.fail_code = 401;
  play.fail_body = "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000222: no.\","
                   "\"error_codes\":[7000222]}";
  impersonate(30, NULL);
  ck_assert_uint_eq(words("ok") + words("error"), 30);
  ck_assert_uint_ge(words("ok"), 5);
  ck_assert_uint_eq(play.token_requests, 2);
  const struct fake_check *last = fake_check_of_subject("user29@contoso.example");
  ck_assert_ptr_nonnull(last);
  ck_assert_str_eq(last->symptom, "cloud-not-sent");
  ck_assert_ptr_nonnull(strstr(last->detail, "expired"));
}
END_TEST

START_TEST(bulk__without_a_token_tells_each_and_asks_once)
{
  cloud_init(cloud_app);
  play.fail_from = 1, play.fail_till = 99, play.fail_code = 400;
  play.fail_body = "{\"error\":\"unauthorized_client\",\"error_description\":\"AADSTS700016: no.\","
                   "\"error_codes\":[700016]}";
  impersonate(5, NULL);
  ck_assert_uint_eq(words("error"), 5);
  ck_assert_uint_eq(play.token_requests, 1);
  ck_assert_uint_eq(play.ews_requests, 0);
  // with all that the verdict knows, as verify shows it
  const struct fake_check *last = fake_check_of_subject("user4@contoso.example");
  ck_assert_ptr_nonnull(last);
  ck_assert_str_eq(last->verdict, "error");
  ck_assert_ptr_nonnull(strstr(last->prove, "Get-MgApplication"));
}
END_TEST

START_TEST(bulk__calls_out_of_scope_what_is_denied_beside_one_that_opens)
{
  static const char *const subjects[] = {"a@contoso.example", "denied@contoso.example", NULL};
  cloud_init(cloud_app_bare);
  fake.source.jobs = 1;
  impersonate(2, subjects);
  const struct fake_check *check = fake_check_of_subject("denied@contoso.example");
  ck_assert_str_eq(check->verdict, "out-of-scope");
  ck_assert_str_eq(check->existence, "known"); // the directory was asked, as the one that opened
  ck_assert_ptr_nonnull(strstr(play.last_body, "<t:SmtpAddress>a@contoso.example</t:SmtpAddress>"));
  ck_assert_ptr_nonnull(strstr(play.last_body, "<m:UnresolvedEntry>denied@contoso.example"));
}
END_TEST

START_TEST(bulk__asks_no_directory_while_it_can_act_as_nobody)
{
  static const char *const subjects[] = {"denied@contoso.example", NULL};
  cloud_init(cloud_app_bare);
  impersonate(1, subjects);
  ck_assert_uint_eq(play.ews_requests, 1);
  ck_assert_str_eq(fake.checks[0].existence, "unknown");
}
END_TEST

static void
busy(const struct fake_request *r, struct fake_answer *a)
{
  cloud_answer(r, a);
  if (play.ews_requests == 1)
    snprintf(a->body, sizeof a->body,
             "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\" xmlns:t=\"" SOAP_NS_TYPES
             "\"><s:Body><s:Fault><faultcode>t:ErrorServerBusy</faultcode><detail><t:MessageXml>"
             "<t:Value Name=\"BackOffMilliseconds\">20</t:Value></t:MessageXml></detail></s:Fault>"
             "</s:Body></s:Envelope>");
  if (play.ews_requests == 1)
    a->code = 500;
}

START_TEST(bulk__waits_when_exchange_online_asks_for_it)
{
  cloud_init(cloud_app);
  fake.answer = busy;
  impersonate(3, NULL);
  ck_assert_uint_eq(words("ok"), 3);
  ck_assert_uint_eq(play.ews_requests, 4);
}
END_TEST

static void
browse(const char *typed)
{
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->browse(session, &fake.call, "mailbox", typed, &fake.sink),
                   TENON_OK);
  fake_connector()->close(session);
  fake_finish();
}

START_TEST(browse__of_an_application_asks_as_somebody)
{
  static const struct {
    const struct fake_option *options;
    const char *typed, *as;
  } cases[] = {{cloud_app, "al", "alex@contoso.example"},
               {cloud_app_bare, "al", "admin@contoso.example"},
               {cloud_app_bare, "kim@contoso.example", "kim@contoso.example"}};
  char element[128];
  cloud_init(cases[_i].options);
  browse(cases[_i].typed);
  snprintf(element, sizeof element, "<t:SmtpAddress>%s</t:SmtpAddress>", cases[_i].as);
  ck_assert_ptr_nonnull(strstr(play.last_body, element));
  ck_assert_uint_eq(fake.n_offers, 1);
}
END_TEST

TCase *
many_cases(void)
{
  TCase *cases = tcase_create("many");
  tcase_add_test(cases, bulk__takes_one_token_for_all);
  tcase_add_test(cases, bulk__renews_a_refused_token_once_for_all_that_are_in_flight);
  tcase_add_test(cases, bulk__ends_when_new_tokens_are_refused_as_well);
  tcase_add_test(cases, renewal__lets_go_again_what_was_sent_with_an_older_token);
  tcase_add_test(cases, bulk__gets_a_new_token_before_the_old_one_ends);
  tcase_add_test(cases, bulk__tells_all_when_no_new_token_is_given);
  tcase_add_test(cases, bulk__without_a_token_tells_each_and_asks_once);
  tcase_add_test(cases, bulk__calls_out_of_scope_what_is_denied_beside_one_that_opens);
  tcase_add_test(cases, bulk__asks_no_directory_while_it_can_act_as_nobody);
  tcase_add_test(cases, bulk__waits_when_exchange_online_asks_for_it);
  tcase_add_loop_test(cases, browse__of_an_application_asks_as_somebody, 0, 3);
  return cases;
}
