// SPDX-License-Identifier: Apache-2.0
//
// The search over a network made of a table: which host is asked what, with a credential or without,
// and what is made of the answers.
#include "discover_net.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

#define DOMAIN "https://contoso.example/autodiscover/autodiscover."
#define HOST   "https://autodiscover.contoso.example/autodiscover/autodiscover."
#define HTTP   "http://autodiscover.contoso.example/autodiscover/autodiscover."
#define MAIL   "https://mail.contoso.example/autodiscover/autodiscover."
#define EWS    "https://mail.contoso.example/EWS/Exchange.asmx"
#define IIS    "X-FEServer: E1\nX-SOAP-Enabled: True\nWWW-Authenticate: Basic realm=\"x\"\n"
#define SOAP(inside)                                                                               \
  "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"                     \
  "<GetUserSettingsResponseMessage xmlns=\"" AUTODISCOVER_NS_SOAP "\"><Response>"                  \
  "<ErrorCode>NoError</ErrorCode><UserResponses><UserResponse>" inside                             \
  "</UserResponse></UserResponses></Response></GetUserSettingsResponseMessage></s:Body>"           \
  "</s:Envelope>"
#define SETTINGS                                                                                   \
  SOAP("<ErrorCode>NoError</ErrorCode><UserSettings><UserSetting><Name>ExternalEwsUrl</Name>"      \
       "<Value>" EWS "</Value></UserSetting></UserSettings>")
#define GO_TO(kind, target)                                                                        \
  SOAP("<ErrorCode>" kind "</ErrorCode><RedirectTarget>" target "</RedirectTarget>")

// ---- where a credential goes ------------------------------------------------------------------

START_TEST(search__sends_a_credential_to_what_looks_like_exchange_alone)
{
  static const struct row rows[] = {
      {.url = DOMAIN "xml", .code = 401, .headers = "WWW-Authenticate: Basic realm=\"blog\"\n"},
      {.url = HTTP, .code = 401, .headers = IIS},
      {.url = NULL}};
  ck_assert_int_eq(net_run(rows), DISCOVER_NOTHING);
  ck_assert_uint_eq(net.n_credentials, 0);
  ck_assert_ptr_nonnull(strstr(net_try(DOMAIN "xml")->dropped, "shows nothing of Exchange"));
  ck_assert_str_eq(net_try(HTTP)->dropped, "only a redirect counts without TLS");
}
END_TEST

START_TEST(search__ends_at_the_first_refusal)
{
  static const struct row rows[] = {{.url = DOMAIN "xml", .code = 401, .headers = IIS},
                                    {.url = HOST "xml", .code = 401, .headers = IIS},
                                    {.url = DOMAIN, .code = 401, .headers = IIS, .signed_in = true},
                                    {.url = HOST, .code = 200, .body = SETTINGS, .signed_in = true},
                                    {.url = NULL}};
  ck_assert_int_eq(net_run(rows), DISCOVER_REFUSED);
  ck_assert_uint_eq(net.n_credentials, 1);
}
END_TEST

START_TEST(search__asks_pox_where_soap_is_missing)
{
  static const struct row rows[] = {
      {.url = HOST "xml", .code = 401, .headers = IIS},
      {.url = HOST "svc", .code = 404, .signed_in = true},
      {.url = HOST "xml", .code = 200, .body = SETTINGS, .signed_in = true},
      {.url = NULL}};
  ck_assert_int_eq(net_run(rows), DISCOVER_FOUND);
  ck_assert_str_eq(found.ews, EWS);
  ck_assert_uint_eq(net.n_credentials, 2);
}
END_TEST

#define INSIDE "https://exch01.corp.contoso.example/EWS/Exchange.asmx"
#define BOTH                                                                                       \
  SOAP("<ErrorCode>NoError</ErrorCode><UserSettings><UserSetting><Name>InternalEwsUrl</Name>"      \
       "<Value>" INSIDE "</Value></UserSetting><UserSetting><Name>ExternalEwsUrl</Name>"           \
       "<Value>" EWS "</Value></UserSetting></UserSettings>")

START_TEST(search__of_two_addresses_takes_the_one_that_answers_from_here)
{
  static const struct row rows[] = {{.url = HOST "xml", .code = 401, .headers = IIS},
                                    {.url = HOST, .code = 200, .body = BOTH, .signed_in = true},
                                    {.url = INSIDE, .code = 401, .headers = IIS},
                                    {.url = EWS, .code = 401, .headers = IIS},
                                    {.url = NULL}};
  ck_assert_int_eq(net_run(rows), DISCOVER_FOUND);
  ck_assert_str_eq(found.ews, EWS);
  ck_assert_str_eq(found.other, INSIDE);
  struct row without[] = {rows[0], rows[1], rows[2], rows[4]};
  ck_assert_int_eq(net_run(without), DISCOVER_FOUND);
  ck_assert_str_eq(found.ews, INSIDE);
  ck_assert_str_eq(found.other, EWS);
  struct row neither[] = {rows[0], rows[1], rows[4]};
  ck_assert_int_eq(net_run(neither), DISCOVER_FOUND);
  ck_assert_str_eq(found.ews, EWS);
}
END_TEST

START_TEST(search__without_an_account_takes_what_is_said_to_anybody)
{
  static const struct row rows[] = {
      {.url = HOST "xml", .code = 401, .headers = IIS},
      {.url = HOST "json", .code = 200, .body = "{\"Protocol\":\"EWS\",\"Url\":\"" EWS "\"}"},
      {.url = NULL}};
  struct discover_settings how = net_settings();
  how.account = NULL;
  ck_assert_int_eq(net_run_with(rows, &how), DISCOVER_FOUND);
  ck_assert_uint_eq(net.n_credentials, 0);
  how.address = "svc@fabrikam.example";
  ck_assert_int_eq(net_run_with(rows, &how), DISCOVER_NOTHING);
}
END_TEST

// ---- redirects --------------------------------------------------------------------------------

static const struct row foreign[] = {
    {.url = HTTP,
     .code = 302,
     .headers = "Location: https://a.fabrikam.example/autodiscover/"
                "autodiscover.xml\n"},
    {.url = "https://a.fabrikam.example/", .code = 401, .headers = IIS},
    {.url = "https://a.fabrikam.example/", .code = 200, .body = SETTINGS, .signed_in = true},
    {.url = NULL}};

START_TEST(redirect__to_another_domain_waits_for_a_yes)
{
  ck_assert_int_eq(net_run(foreign), DISCOVER_FOREIGN);
  ck_assert_uint_eq(net.n_credentials, 0);
  ck_assert_uint_eq(net.questions, 1);
  net.answer = "no";
  ck_assert_int_eq(net_run(foreign), DISCOVER_FOREIGN);
  net.answer = "yes";
  ck_assert_int_eq(net_run(foreign), DISCOVER_FOUND);
}
END_TEST

#define FOREIGN_EWS "https://mail.fabrikam.example/EWS/Exchange.asmx"

START_TEST(answer_to_anybody__that_names_another_domain_waits_for_a_yes)
{
  static const struct row rows[] = {{.url = HOST "json",
                                     .code = 200,
                                     .body = "{\"Protocol\":\"EWS\",\"Url\":\"" FOREIGN_EWS "\"}"},
                                    {.url = HOST "xml", .code = 401, .headers = IIS},
                                    {.url = HOST, .code = 200, .body = SETTINGS, .signed_in = true},
                                    {.url = NULL}};
  const struct row alone[] = {rows[0], rows[3]};
  ck_assert_int_eq(net_run(alone), DISCOVER_FOREIGN);
  ck_assert_uint_eq(net.questions, 1);
  net.answer = "yes";
  ck_assert_int_eq(net_run(alone), DISCOVER_FOUND);
  ck_assert_str_eq(found.ews, FOREIGN_EWS);
  unsigned before = net.questions;
  ck_assert_int_eq(net_run(rows), DISCOVER_FOUND); // the domain's own Exchange is heard first
  ck_assert_str_eq(found.ews, EWS);
  ck_assert_uint_eq(net.questions, before);
}
END_TEST

START_TEST(redirect__that_nobody_may_be_asked_about_is_a_no)
{
  struct discover_settings how = net_settings();
  how.may_ask = false;
  ck_assert_int_eq(net_run_with(foreign, &how), DISCOVER_FOREIGN);
  ck_assert_uint_eq(net.questions, 0);
}
END_TEST

START_TEST(redirect__to_plain_http_is_never_followed)
{
  static const struct row rows[] = {
      {.url = HOST "xml",
       .code = 302,
       .headers = "Location: http://mail.contoso.example/autodiscover/autodiscover.xml\n"},
      {.url = NULL}};
  ck_assert_int_eq(net_run(rows), DISCOVER_FOREIGN);
  ck_assert(!net_was_asked("http://mail."));
}
END_TEST

START_TEST(redirect__that_comes_back_ends)
{
  static const struct row rows[] = {
      {.url = HOST "xml", .code = 401, .headers = IIS},
      {.url = MAIL "xml", .code = 401, .headers = IIS},
      {.url = HOST "svc", .code = 200, .body = GO_TO("RedirectUrl", MAIL "svc"), .signed_in = true},
      {.url = MAIL "svc", .code = 200, .body = GO_TO("RedirectUrl", HOST "svc"), .signed_in = true},
      {.url = NULL}};
  ck_assert_int_eq(net_run(rows), DISCOVER_LOOP);
  ck_assert_uint_eq(net.n_credentials, 2);
}
END_TEST

START_TEST(redirect__to_the_same_address_ends)
{
  static const struct row rows[] = {{.url = HOST "xml", .code = 401, .headers = IIS},
                                    {.url = HOST,
                                     .code = 200,
                                     .body = GO_TO("RedirectAddress", "SVC@contoso.example"),
                                     .signed_in = true},
                                    {.url = NULL}};
  ck_assert_int_eq(net_run(rows), DISCOVER_LOOP);
  ck_assert_uint_eq(net.n_credentials, 1);
}
END_TEST

START_TEST(redirect__stops_after_ten)
{
  static struct row rows[DISCOVER_HOPS_MAX + 4];
  static char urls[DISCOVER_HOPS_MAX + 4][128], headers[DISCOVER_HOPS_MAX + 4][160];
  for (size_t i = 0; i < DISCOVER_HOPS_MAX + 3; i++) {
    snprintf(urls[i], sizeof urls[i], "https://%s%zu.contoso.example/autodiscover/autodiscover.xml",
             "h", i);
    snprintf(headers[i], sizeof headers[i],
             "Location: https://h%zu.contoso.example/autodiscover/autodiscover.xml\n", i + 1);
    rows[i] = (struct row){.url = urls[i], .code = 302, .headers = headers[i]};
  }
  rows[0].url = HOST "xml";
  ck_assert_int_eq(net_run(rows), DISCOVER_HOPS);
  ck_assert_uint_eq(found.hops, DISCOVER_HOPS_MAX);
  ck_assert(net_was_asked("https://h10.") && !net_was_asked("https://h11."));
}
END_TEST

START_TEST(redirect__to_the_cloud_s_address_is_the_verdict)
{
  static const struct row rows[] = {
      {.url = HOST "xml", .code = 401, .headers = IIS},
      {.url = HOST,
       .code = 200,
       .body = GO_TO("RedirectAddress", "svc@contoso.mail.onmicrosoft.com"),
       .signed_in = true},
      {.url = NULL}};
  ck_assert_int_eq(net_run(rows), DISCOVER_CLOUD);
  ck_assert(!net_was_asked("https://contoso.mail."));
}
END_TEST

// ---- other ends -------------------------------------------------------------------------------

START_TEST(busy__is_asked_three_times_and_no_more)
{
  static const struct row rows[] = {{.url = HOST "xml", .code = 401, .headers = IIS},
                                    {.url = HOST,
                                     .code = 200,
                                     .body = SOAP("<ErrorCode>ServerBusy</ErrorCode>"),
                                     .signed_in = true},
                                    {.url = NULL}};
  net.tick = DISCOVER_PAUSE_NS;
  ck_assert_int_eq(net_run(rows), DISCOVER_BUSY);
  ck_assert_uint_eq(net.n_credentials, 1 + DISCOVER_BUSY_MAX);
}
END_TEST

START_TEST(busy__gives_way_to_the_next_candidate)
{
  static const struct row rows[] = {{.url = DOMAIN "xml", .code = 401, .headers = IIS},
                                    {.url = HOST "xml", .code = 401, .headers = IIS},
                                    {.url = DOMAIN, .code = 503, .signed_in = true},
                                    {.url = HOST, .code = 200, .body = SETTINGS, .signed_in = true},
                                    {.url = NULL}};
  ck_assert_int_eq(net_run(rows), DISCOVER_FOUND);
  ck_assert_uint_eq(net.n_credentials, 2);
}
END_TEST

START_TEST(host_that_hangs__is_not_waited_for_once_another_has_answered)
{
  static const struct row rows[] = {{.url = HOST "xml", .code = 401, .headers = IIS},
                                    {.url = HOST, .code = 200, .body = SETTINGS, .signed_in = true},
                                    {.url = NULL}};
  net.hangs = DOMAIN;
  ck_assert_int_eq(net_run(rows), DISCOVER_FOUND);
  ck_assert_int_lt(net.now, DISCOVER_GRACE_NS + 1000000);
  ck_assert_ptr_nonnull(strstr(net_try(DOMAIN "xml")->dropped, "not waited for"));
}
END_TEST

START_TEST(host_that_hangs__is_asked_again_when_the_others_come_to_nothing)
{
  static const struct row rows[] = {
      {.url = HOST "xml", .code = 401, .headers = IIS},
      {.url = HOST, .code = 404, .signed_in = true},
      {.url = DOMAIN "xml", .code = 401, .headers = IIS},
      {.url = DOMAIN, .code = 200, .body = SETTINGS, .signed_in = true},
      {.url = NULL}};
  net.hangs = DOMAIN;
  ck_assert_int_eq(net_run(rows), DISCOVER_FOUND);
  ck_assert_str_eq(found.server, "contoso.example");
}
END_TEST

START_TEST(exchange_online__is_not_asked_where_mail_stays_here)
{
  static const struct row rows[] = {{.url = NULL}};
  ck_assert_int_eq(net_run(rows), DISCOVER_NOTHING);
  ck_assert(!net_was_asked("https://outlook.office365.com/"));
}
END_TEST

START_TEST(exchange_online__is_asked_last_where_mail_goes_there)
{
  static const tenon_dns_record mx = {.size = sizeof mx,
                                      .target = "contoso-example.mail.protection.outlook.com"};
  static const struct row rows[] = {
      {.url = "https://outlook.office365.com/",
       .code = 200,
       .body =
           "{\"Protocol\":\"EWS\",\"Url\":\"https://outlook.office365.com/EWS/Exchange.asmx\"}"},
      {.url = NULL}};
  net.mx = &mx;
  ck_assert_int_eq(net_run(rows), DISCOVER_CLOUD);
  ck_assert(strncmp(net.asked[net.n_asked - 1].url, "https://outlook.office365.com/", 30) == 0);
}
END_TEST

START_TEST(srv__of_another_port_is_stale_and_not_asked)
{
  static const tenon_dns_record srv = {
      .size = sizeof srv, .port = 444, .target = "mail.contoso.example"};
  static const struct row rows[] = {{.url = MAIL, .code = 401, .headers = IIS}, {.url = NULL}};
  net.srv = &srv;
  ck_assert_int_eq(net_run(rows), DISCOVER_STALE);
  ck_assert(!net_was_asked(MAIL));
}
END_TEST

START_TEST(srv__to_another_domain_waits_for_a_yes)
{
  static const tenon_dns_record srv = {
      .size = sizeof srv, .port = 443, .target = "a.fabrikam.example"};
  net.srv = &srv;
  ck_assert_int_eq(net_run(foreign + 1), DISCOVER_FOREIGN);
  ck_assert_uint_eq(net.n_credentials, 0);
}
END_TEST

START_TEST(search__says_why_there_is_no_srv_record_without_a_service)
{
  static const struct row rows[] = {{.url = NULL}};
  struct discover_settings how = net_settings();
  how.dns = NULL;
  ck_assert_int_eq(net_run_with(rows, &how), DISCOVER_NOTHING);
  ck_assert_str_eq(net_try("_autodiscover")->dropped, "this host looks up no such records");
}
END_TEST

START_TEST(search__the_failure_that_tells_most_is_kept_with_all_others)
{
  static const struct row rows[] = {
      {.url = DOMAIN, .code = 200, .headers = "Content-Type: text/html\n", .body = "<html/>"},
      {.url = HOST, .fault = TENON_HTTP_FAULT_CERTIFICATE},
      {.url = HTTP, .fault = TENON_HTTP_FAULT_REFUSED},
      {.url = NULL}};
  ck_assert_int_eq(net_run(rows), DISCOVER_CERTIFICATE);
  ck_assert_str_eq(found.server, "autodiscover.contoso.example");
  tenon_pair data[DISCOVER_TRIES_MAX];
  ck_assert_uint_eq(discover_data(&found, data), found.n_tries);
  ck_assert_str_eq(data[0].key, "tried.1");
  ck_assert_str_eq(data[1].value.ptr, DOMAIN "xml (domain): HTTP 200; dropped: a web page");
}
END_TEST

START_TEST(search__of_an_address_without_a_domain_asks_nobody)
{
  static const struct row rows[] = {{.url = NULL}};
  struct discover_settings how = net_settings();
  how.address = "svc@localhost";
  ck_assert_int_eq(net_run_with(rows, &how), DISCOVER_NOTHING);
  ck_assert_uint_eq(net.n_asked, 0);
}
END_TEST

TCase *
discover_cases(void)
{
  TCase *cases = tcase_create("discover");
  tcase_add_checked_fixture(cases, net_set_up, NULL);
  tcase_add_test(cases, search__sends_a_credential_to_what_looks_like_exchange_alone);
  tcase_add_test(cases, search__ends_at_the_first_refusal);
  tcase_add_test(cases, search__asks_pox_where_soap_is_missing);
  tcase_add_test(cases, search__of_two_addresses_takes_the_one_that_answers_from_here);
  tcase_add_test(cases, search__without_an_account_takes_what_is_said_to_anybody);
  tcase_add_test(cases, redirect__to_another_domain_waits_for_a_yes);
  tcase_add_test(cases, answer_to_anybody__that_names_another_domain_waits_for_a_yes);
  tcase_add_test(cases, redirect__that_nobody_may_be_asked_about_is_a_no);
  tcase_add_test(cases, redirect__to_plain_http_is_never_followed);
  tcase_add_test(cases, redirect__that_comes_back_ends);
  tcase_add_test(cases, redirect__to_the_same_address_ends);
  tcase_add_test(cases, redirect__stops_after_ten);
  tcase_add_test(cases, redirect__to_the_cloud_s_address_is_the_verdict);
  tcase_add_test(cases, busy__is_asked_three_times_and_no_more);
  tcase_add_test(cases, busy__gives_way_to_the_next_candidate);
  tcase_add_test(cases, host_that_hangs__is_not_waited_for_once_another_has_answered);
  tcase_add_test(cases, host_that_hangs__is_asked_again_when_the_others_come_to_nothing);
  tcase_add_test(cases, exchange_online__is_not_asked_where_mail_stays_here);
  tcase_add_test(cases, exchange_online__is_asked_last_where_mail_goes_there);
  tcase_add_test(cases, srv__of_another_port_is_stale_and_not_asked);
  tcase_add_test(cases, srv__to_another_domain_waits_for_a_yes);
  tcase_add_test(cases, search__says_why_there_is_no_srv_record_without_a_service);
  tcase_add_test(cases, search__the_failure_that_tells_most_is_kept_with_all_others);
  tcase_add_test(cases, search__of_an_address_without_a_domain_asks_nobody);
  return cases;
}
