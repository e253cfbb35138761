// SPDX-License-Identifier: Apache-2.0
//
// The form filled from the administrator's domain: which tenant, which cloud, and who signs in where.
#include "cloud.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"

#define GUID "7c3e1f52-9a46-4d0b-8e57-2f1b6d90c4a8"

static const char *account_type, *home; // home: login host that knows the tenant

static const struct fake_option by_domain[] = {{"admin", "admin@contoso.example"},
                                               {"client_id", CLIENT},
                                               {"grant", "client-secret"},
                                               {NULL, NULL}};
static const struct fake_option answered[] = {{"admin", "admin@contoso.example"},
                                              {"client_id", CLIENT},
                                              {"grant", "client-secret"},
                                              {"tenant", "contoso.onmicrosoft.com"},
                                              {NULL, NULL}};

static void
discovery(const struct fake_request *r, struct fake_answer *a)
{
  static const tenon_pair json = {"Content-Type", {"application/json", 16}};
  ck_assert_ptr_null(r->user); // without a credential
  a->headers = &json;
  a->n_headers = 1;
  a->code = 200;
  if (strstr(r->url, "userrealm") != NULL) {
    snprintf(a->body, sizeof a->body, "{\"account_type\":\"%s\"}", account_type);
  } else if (strncmp(r->url, home, strlen(home)) == 0) {
    snprintf(a->body, sizeof a->body,
             "{\"token_endpoint\":\"%s/" GUID "/oauth2/v2.0/token\",\"issuer\":\"%s/" GUID
             "/v2.0\",\"tenant_region_scope\":\"EU\"}",
             home, home);
  } else {
    a->code = 400;
    snprintf(a->body, sizeof a->body,
             "{\"error\":\"invalid_tenant\",\"error_description\":\"AADSTS90002: no.\","
             "\"error_codes\":[90002]}");
  }
}

static void
suggest_after(const struct fake_option *options, const char *page)
{
  cloud_init(options);
  fake.answer = discovery;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->suggest(session, &fake.call, page, &fake.sink), TENON_OK);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}

static void
suggest(const struct fake_option *options)
{
  suggest_after(options, "credentials");
}

static void
set_up(void)
{
  account_type = "Managed";
  home = "https://login.microsoftonline.com";
}

START_TEST(suggest__finds_the_tenant_of_the_domain_and_says_nothing_more)
{
  suggest(by_domain);
  ck_assert_str_eq(fake.patched, "tenant=" GUID ";");
  ck_assert_uint_eq(fake.n_checks, 0);
}
END_TEST

// The secret is asked for on the page after the address: no session opens before it is there.
START_TEST(suggest__finds_the_tenant_after_the_page_of_the_secret)
{
  suggest_after(by_domain, "application");
  ck_assert_str_eq(fake.patched, "tenant=" GUID ";");
  suggest_after(by_domain, "connection");
  ck_assert_str_eq(fake.patched, "");
}
END_TEST

START_TEST(suggest__leaves_a_tenant_alone_that_was_answered)
{
  suggest(answered);
  ck_assert_str_eq(fake.patched, "");
  ck_assert_uint_eq(fake.n_offers, 1);
  ck_assert_str_eq(fake.offers[0], GUID);
}
END_TEST

START_TEST(suggest__goes_over_to_the_cloud_that_has_the_tenant)
{
  home = "https://login.microsoftonline.us";
  suggest(by_domain);
  ck_assert_ptr_nonnull(strstr(fake.patched, "cloud=gcc-high;"));
}
END_TEST

START_TEST(suggest__warns_of_a_sign_in_that_is_elsewhere)
{
  account_type = "Federated";
  suggest(by_domain);
  ck_assert_uint_eq(fake.n_checks, 1);
  ck_assert_uint_eq(fake.checks[0].state, TENON_WARN);
  ck_assert_ptr_nonnull(strstr(fake.checks[0].remedy, "on-premises Exchange"));
}
END_TEST

START_TEST(suggest__proposes_the_other_connector_for_a_domain_that_no_tenant_has)
{
  home = "https://nowhere.example";
  suggest(by_domain);
  ck_assert_uint_eq(fake.n_checks, 1);
  ck_assert_uint_eq(fake.checks[0].state, TENON_WARN);
  ck_assert_ptr_nonnull(strstr(fake.checks[0].detail, "contoso.example"));
  ck_assert_ptr_nonnull(strstr(fake.checks[0].remedy, "on-premises Exchange"));
  ck_assert_str_eq(fake.patched, "");
}
END_TEST

TCase *
suggest_cases(void)
{
  TCase *cases = tcase_create("suggest");
  tcase_add_checked_fixture(cases, set_up, NULL);
  tcase_add_test(cases, suggest__finds_the_tenant_of_the_domain_and_says_nothing_more);
  tcase_add_test(cases, suggest__finds_the_tenant_after_the_page_of_the_secret);
  tcase_add_test(cases, suggest__leaves_a_tenant_alone_that_was_answered);
  tcase_add_test(cases, suggest__goes_over_to_the_cloud_that_has_the_tenant);
  tcase_add_test(cases, suggest__warns_of_a_sign_in_that_is_elsewhere);
  tcase_add_test(cases, suggest__proposes_the_other_connector_for_a_domain_that_no_tenant_has);
  return cases;
}
