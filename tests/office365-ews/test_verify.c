// SPDX-License-Identifier: Apache-2.0
//
// verify: a token, EWS, one mailbox; and one cause when it is not well.
#include "cloud.h"

#include <string.h>

#include "../../plugins/office365-ews/session.h"
#include "suites.h"

#define POLICY "EWS is blocked by policy for this user or tenant"

static void
verify(void)
{
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->verify(session, &fake.call, &fake.sink), TENON_OK);
  fake_connector()->close(session);
  fake_finish();
}

static void
expect(const char *id, uint32_t state)
{
  const struct fake_check *check = fake_check_of(id);
  ck_assert_msg(check != NULL, "no check %s", id);
  ck_assert_msg(check->state == state, "%s is %u: %s", id, check->state, check->title);
}

START_TEST(verify__of_an_application_takes_one_token_and_two_requests)
{
  cloud_init(cloud_app);
  verify();
  ck_assert_uint_eq(fake.failed, 0);
  ck_assert_uint_eq(play.token_requests, 1);
  ck_assert_uint_eq(play.ews_requests, 2);
  expect("auth.token", TENON_PASS);
  expect("ews.policy", TENON_PASS);
  expect("impersonate.role", TENON_PASS);
  expect("impersonate.mailbox", TENON_PASS);
  ck_assert_ptr_nonnull(
      strstr(play.last_token_body, "scope=https%3A%2F%2Foutlook.office365.com%2F.default"));
  ck_assert_str_eq(fake_check_of("auth.token")->permissions, "full_access_as_app");
}
END_TEST

START_TEST(verify__of_an_application_acts_in_every_request_about_a_mailbox)
{
  cloud_init(cloud_app);
  verify();
  ck_assert_uint_eq(play.with_header, 1); // of ConvertId none is wanted
  ck_assert_uint_eq(play.without_anchor, 0);
  ck_assert_ptr_nonnull(
      strstr(play.last_body, "<t:SmtpAddress>alex@contoso.example</t:SmtpAddress>"));
}
END_TEST

START_TEST(verify__says_every_id_once)
{
  cloud_init(cloud_app);
  play.code = _i == 0 ? 0 : 403;
  verify();
  for (size_t i = 0; i < fake.n_checks; i++)
    for (size_t j = 0; j < i; j++)
      ck_assert_str_ne(fake.checks[i].id, fake.checks[j].id);
}
END_TEST

START_TEST(verify__without_a_mailbox_warns_about_access_alone)
{
  cloud_init(cloud_app_bare);
  verify();
  ck_assert_uint_eq(fake.failed, 0);
  expect("impersonate.role", TENON_WARN);
  ck_assert_str_eq(fake_check_of("impersonate.role")->field, "mailbox");
  ck_assert_ptr_null(fake_check_of("impersonate.mailbox"));
}
END_TEST

START_TEST(verify__takes_a_token_without_roles_for_one_of_rbac)
{
  cloud_init(cloud_app);
  play.roles = "";
  verify();
  expect("auth.token", TENON_WARN);
  ck_assert_uint_eq(fake_check_of("auth.token")->level, TENON_LEVEL_RECOMMENDED);
  ck_assert_ptr_nonnull(strstr(fake_check_of("auth.token")->remedy, "Application EWS.AccessAsApp"));
  ck_assert_str_eq(fake_check_of("auth.token")->missing, "full_access_as_app");
  expect("impersonate.mailbox", TENON_PASS);
}
END_TEST

START_TEST(verify__names_switch_and_list_when_a_policy_blocks)
{
  cloud_init(cloud_app);
  play.code = 403;
  play.policy = POLICY;
  verify();
  expect("auth.token", TENON_PASS);
  expect("ews.endpoint", TENON_PASS);
  expect("ews.policy", TENON_FAIL);
  expect("impersonate.mailbox", TENON_SKIP);
  const struct fake_check *check = fake_check_of("ews.policy");
  ck_assert_str_eq(check->because, "");
  ck_assert_ptr_nonnull(strstr(check->detail, "EwsEnabled is false"));
  ck_assert_ptr_nonnull(strstr(check->detail, "EwsAllowedAppIDs"));
  ck_assert_ptr_nonnull(strstr(check->mend, "-RetrieveEwsOperationAccessPolicy"));
  ck_assert_ptr_nonnull(strstr(check->mend, "'" CLIENT "'"));
}
END_TEST

START_TEST(verify__asks_for_a_new_token_once_when_one_is_refused)
{
  cloud_init(cloud_app);
  play.bad_until = 2;
  verify();
  ck_assert_uint_eq(fake.failed, 0);
  ck_assert_uint_eq(play.token_requests, 2);
  ck_assert_uint_eq(play.refused, 1);
}
END_TEST

START_TEST(verify__ends_when_the_new_token_is_refused_as_well)
{
  cloud_init(cloud_app);
  play.bad_until = 99;
  play.diagnostics = "2000001;reason=\"words\";error_category=\"invalid_token\"";
  verify();
  expect("auth.token", TENON_FAIL);
  expect("ews.endpoint", TENON_PASS);
  expect("ews.policy", TENON_SKIP);
  ck_assert_uint_eq(play.token_requests, 2);
  ck_assert_uint_eq(play.refused, 2);
  ck_assert_ptr_nonnull(strstr(fake_check_of("auth.token")->detail, "2000001"));
}
END_TEST

START_TEST(verify__without_a_token_sends_nothing_to_ews)
{
  cloud_init(cloud_app);
  play.fail_from = 1, play.fail_till = 9, play.fail_code = 401;
  play.fail_body = "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: no.\","
                   "\"error_codes\":[7000215]}";
  verify();
  expect("auth.token", TENON_FAIL);
  expect("ews.endpoint", TENON_SKIP);
  ck_assert_uint_eq(play.ews_requests, 0);
  ck_assert_uint_eq(play.token_requests, 1);
}
END_TEST

START_TEST(verify__tells_the_end_whatever_else_is_wrong)
{
  cloud_init(cloud_app);
  play.code = _i == 0 ? 0 : 403;
  verify();
  const struct fake_check *check = fake_check_of("ews.sunset");
  ck_assert_ptr_nonnull(check);
  ck_assert_str_eq(check->successor, "office365-graph");
}
END_TEST

START_TEST(sunset__counts_whole_days_to_the_date)
{
  const int64_t last = 1806537600; // 2027-04-01T00:00:00Z
  ck_assert_int_eq(sunset_days_left("2027-04-01", last - 1), 1);
  ck_assert_int_eq(sunset_days_left("2027-04-01", last), 0);
  ck_assert_int_eq(sunset_days_left("2027-04-01", last - 86400), 1);
  ck_assert_int_eq(sunset_days_left("2027-04-01", last - 86401), 2);
  ck_assert_int_eq(sunset_days_left("2027-04-01", last + 86400), 0);
}
END_TEST

static const struct fake_check *
sunset(const struct fake_option *options, int64_t now)
{
  struct report report;
  cloud_init(options);
  tenon_session *session = fake_open();
  report_init(&report, &fake.host, &fake.sink);
  sunset_report(session, &report, now);
  fake_connector()->close(session);
  fake_finish();
  return fake_check_of("ews.sunset");
}

START_TEST(sunset__is_a_warning_before_the_day_and_a_failure_after_it)
{
  const struct fake_check *check = sunset(cloud_app, 1795305600); // 2026-11-22
  ck_assert_uint_eq(check->state, TENON_WARN);
  ck_assert_uint_eq(check->level, TENON_LEVEL_RECOMMENDED);
  ck_assert_str_eq(check->days_left, "130");
  check = sunset(cloud_app, 1806537601);
  ck_assert_uint_eq(check->state, TENON_FAIL);
  ck_assert_str_eq(check->days_left, "0");
}
END_TEST

START_TEST(sunset__says_that_a_sovereign_cloud_has_no_date)
{
  static const struct fake_option china[] = {{"admin", "admin@contoso.example"},
                                             {"client_id", CLIENT},
                                             {"cloud", "china"},
                                             {"grant", "client-secret"},
                                             {NULL, NULL}};
  const struct fake_check *check = sunset(china, 1806537601);
  ck_assert_uint_eq(check->state, TENON_PASS);
  ck_assert_ptr_nonnull(strstr(check->detail, "no date is announced"));
  ck_assert_str_eq(check->days_left, "");
}
END_TEST

START_TEST(form__refuses_by_the_field_what_cannot_work)
{
  static const struct {
    const char *key, *value;
  } wrong[] = {{"identity", "sid"}, {"ews_url", "http://localhost"}, {"grant", "password"}};
  const struct fake_option options[] = {{"admin", "admin@contoso.example"},
                                        {"client_id", CLIENT},
                                        {wrong[_i].key, wrong[_i].value},
                                        {NULL, NULL}};
  tenon_session *session = NULL;
  cloud_init(options);
  ck_assert_int_eq(fake_connector()->open(&fake.host, &fake.call, &fake.sink, &session),
                   TENON_E_CONFIG);
  ck_assert_str_eq(fake.checks[0].field, wrong[_i].key);
  fake_finish();
}
END_TEST

START_TEST(form__has_no_user_principal_names_for_a_person)
{
  static const struct fake_option options[] = {{"admin", "admin@contoso.example"},
                                               {"client_id", CLIENT},
                                               {"grant", "device-code"},
                                               {"identity", "upn"},
                                               {NULL, NULL}};
  tenon_session *session = NULL;
  cloud_init(options);
  ck_assert_int_eq(fake_connector()->open(&fake.host, &fake.call, &fake.sink, &session),
                   TENON_E_CONFIG);
  ck_assert_str_eq(fake.checks[0].field, "identity");
  fake_finish();
}
END_TEST

TCase *
verify_cases(void)
{
  TCase *cases = tcase_create("verify");
  tcase_add_test(cases, verify__of_an_application_takes_one_token_and_two_requests);
  tcase_add_test(cases, verify__of_an_application_acts_in_every_request_about_a_mailbox);
  tcase_add_loop_test(cases, verify__says_every_id_once, 0, 2);
  tcase_add_test(cases, verify__without_a_mailbox_warns_about_access_alone);
  tcase_add_test(cases, verify__takes_a_token_without_roles_for_one_of_rbac);
  tcase_add_test(cases, verify__names_switch_and_list_when_a_policy_blocks);
  tcase_add_test(cases, verify__asks_for_a_new_token_once_when_one_is_refused);
  tcase_add_test(cases, verify__ends_when_the_new_token_is_refused_as_well);
  tcase_add_test(cases, verify__without_a_token_sends_nothing_to_ews);
  tcase_add_loop_test(cases, verify__tells_the_end_whatever_else_is_wrong, 0, 2);
  tcase_add_test(cases, sunset__counts_whole_days_to_the_date);
  tcase_add_test(cases, sunset__is_a_warning_before_the_day_and_a_failure_after_it);
  tcase_add_test(cases, sunset__says_that_a_sovereign_cloud_has_no_date);
  tcase_add_loop_test(cases, form__refuses_by_the_field_what_cannot_work, 0, 3);
  tcase_add_test(cases, form__has_no_user_principal_names_for_a_person);
  return cases;
}
