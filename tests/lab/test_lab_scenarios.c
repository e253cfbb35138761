// SPDX-License-Identifier: Apache-2.0
//
// Each scenario shows what its line in the list says, to a client that knows nothing of the lab.
#include <check.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lab_client.h"

static struct lab_run
play(const char *scenario)
{
  struct lab_run lab = lab_start((const char *[]){"--scenario", scenario, NULL});
  ck_assert_str_eq(lab_string(&lab, "scenario"), scenario);
  return lab;
}

static struct lab_answer
ask(const struct lab_run *lab, const char *header, const char *body)
{
  char *envelope = lab_envelope(header, body);
  struct lab_answer answer = lab_ask(lab, &(struct lab_question){.body = envelope});
  free(envelope);
  return answer;
}

static void
assert_answer(const struct lab_answer *answer, long status, const char *code)
{
  char *got = lab_code(answer);
  ck_assert_int_eq(answer->status, status);
  ck_assert_str_eq(got, code);
  free(got);
}

// Opens a mailbox by its SMTP address and checks the outcome.
static void
assert_open(const struct lab_run *lab, const char *kind, const char *address, long status,
            const char *code)
{
  char *header = lab_impersonate(kind, address);
  struct lab_answer answer = ask(lab, header, LAB_GET_FOLDER);
  assert_answer(&answer, status, code);
  lab_answer_finish(&answer);
  free(header);
}

START_TEST(wrong_password__refuses_the_password_of_the_ready_line)
{
  struct lab_run lab = play("wrong-password");
  struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
  assert_answer(&answer, 401, "");
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(denied__impersonates_nobody_not_even_the_missing_but_connects)
{
  struct lab_run lab = play("denied");
  assert_open(&lab, "SmtpAddress", "user00001@contoso.example", 500, "ErrorImpersonateUserDenied");
  assert_open(&lab, "SmtpAddress", "nobody@contoso.example", 500, "ErrorImpersonateUserDenied");
  struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
  assert_answer(&answer, 200, "ErrorInvalidIdMalformed");
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

static void
assert_distrusted(const char *scenario)
{
  struct lab_run lab = play(scenario);
  struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.error, CURLE_PEER_FAILED_VERIFICATION);
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}

START_TEST(certificates__are_expired_misnamed_or_self_signed)
{
  assert_distrusted("certificate-expired");
  assert_distrusted("certificate-wrong-name");
  assert_distrusted("self-signed");
}
END_TEST

START_TEST(certificates__begin_tomorrow_or_lead_to_nobody_that_is_known)
{
  assert_distrusted("certificate-not-yet");
  assert_distrusted("certificate-unknown-authority");
  assert_distrusted("certificate-chain-missing");
  assert_distrusted("tls-intercepted");
}
END_TEST

START_TEST(tls_old__speaks_nothing_that_is_spoken_today)
{
  struct lab_run lab = play("tls-old");
  struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.error, CURLE_SSL_CONNECT_ERROR);
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(client_certificate__refuses_who_shows_none)
{
  struct lab_run lab = play("client-certificate");
  struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.status, 403);
  ck_assert_ptr_nonnull(strstr(answer.body, "403.7"));
  ck_assert_int_eq(access(lab_string(&lab, "tls_certificate"), R_OK), 0);
  ck_assert_uint_gt(strlen(lab_string(&lab, "tls_certificate_password")), 16);
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(owa_login_page__redirects_ews_to_a_page_of_html)
{
  struct lab_run lab = play("owa-login-page");
  struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.status, 302);
  char *location = lab_header(&answer, "Location");
  ck_assert_ptr_nonnull(strstr(location, "/owa/auth/logon.aspx?"));
  ck_assert_ptr_nonnull(strstr(location, "reason=0"));
  lab_answer_finish(&answer);
  const char *path = strchr(location + strlen("https://"), '/');
  answer = lab_ask(&lab, &(struct lab_question){.path = path, .method = "GET"});
  ck_assert_int_eq(answer.status, 200);
  ck_assert_ptr_nonnull(strstr(answer.body, "<form"));
  free(location);
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(blocked__answers_403_with_nothing)
{
  struct lab_run lab = play("blocked");
  struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.status, 403);
  ck_assert_str_eq(answer.body, "");
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(schemes__are_offered_as_the_scenario_says)
{
  struct lab_run lab = play("all-schemes");
  struct lab_answer answer = lab_ask(&lab, &(struct lab_question){.authorization = ""});
  ck_assert_ptr_nonnull(strstr(answer.headers, "WWW-Authenticate: Negotiate"));
  ck_assert_ptr_nonnull(strstr(answer.headers, "WWW-Authenticate: NTLM"));
  ck_assert_ptr_nonnull(strstr(answer.headers, "WWW-Authenticate: Basic"));
  lab_answer_finish(&answer);
  answer = ask(&lab, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.status, 200);
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
  lab = play("basic-off");
  answer = ask(&lab, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.status, 401);
  ck_assert_ptr_null(strstr(answer.headers, "WWW-Authenticate: Basic"));
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(version_old__refuses_versions_after_2010_sp2)
{
  struct lab_run lab = play("version-old");
  struct lab_answer answer = ask(&lab, LAB_VERSION("Exchange2013_SP1"), LAB_CONVERT_ID);
  assert_answer(&answer, 500, "ErrorInvalidServerVersion");
  lab_answer_finish(&answer);
  answer = ask(&lab, LAB_VERSION("Exchange2010_SP2"), LAB_CONVERT_ID);
  assert_answer(&answer, 200, "ErrorInvalidIdMalformed");
  ck_assert_ptr_nonnull(strstr(answer.body, "MajorVersion=\"14\""));
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(throttled__tells_every_third_request_how_long_to_wait)
{
  struct lab_run lab = play("throttled");
  for (int i = 1; i <= 6; i++) {
    struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
    bool busy = i % 3 == 0;
    assert_answer(&answer, busy ? 500 : 200, busy ? "ErrorServerBusy" : "ErrorInvalidIdMalformed");
    if (busy)
      ck_assert_ptr_nonnull(
          strstr(answer.body, "<t:Value Name=\"BackOffMilliseconds\">200</t:Value>"));
    lab_answer_finish(&answer);
  }
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

// Two clients in turn: the first, refused, comes back each time when a third request is due.
START_TEST(throttled__serves_a_mailbox_that_was_refused_when_it_comes_again)
{
  struct lab_run lab = play("throttled");
  unsigned refused = 0;
  for (int i = 1; i <= 18; i++) {
    char address[64];
    snprintf(address, sizeof(address), "user%05d@contoso.example", i % 3 == 0 ? 1 : 2);
    bool busy = i % 3 == 0 && i % 2 == 1;
    refused += busy;
    assert_open(&lab, "SmtpAddress", address, busy ? 500 : 200,
                busy ? "ErrorServerBusy" : "NoError");
  }
  ck_assert_uint_eq(refused, 3);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(slow__sends_the_whole_answer_after_five_seconds)
{
  struct lab_run lab = play("slow");
  time_t start = time(NULL);
  struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
  ck_assert_int_ge(time(NULL) - start, 4);
  assert_answer(&answer, 200, "ErrorInvalidIdMalformed");
  ck_assert_ptr_nonnull(strstr(answer.body, "</s:Envelope>"));
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(reset__resets_the_connection_every_time)
{
  struct lab_run lab = play("reset");
  for (int i = 0; i < 2; i++) {
    struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
    ck_assert_int_eq(answer.error, CURLE_RECV_ERROR);
    ck_assert_str_eq(answer.headers, "");
    lab_answer_finish(&answer);
  }
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(html_500__answers_with_the_web_servers_page)
{
  struct lab_run lab = play("html-500");
  struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.status, 500);
  ck_assert_ptr_nonnull(strstr(answer.body, "Server Error in '/EWS' Application."));
  ck_assert_ptr_nonnull(strstr(answer.headers, "text/html"));
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(gromox__sends_faults_with_http_200_and_a_bare_code)
{
  struct lab_run lab = play("gromox");
  assert_open(&lab, "SmtpAddress", "user00001@contoso.example", 200, "NoError");
  assert_open(&lab, "SmtpAddress", "ceo@contoso.example", 200, "ErrorImpersonateUserDenied");
  assert_open(&lab, "SmtpAddress", "nobody@contoso.example", 200, "ErrorCannotFindUser");
  assert_open(&lab, "SID", "S-1-5-21-1-2-3-4", 200, "ErrorImpersonationFailed");
  assert_open(&lab, "PrimarySmtpAddress", "user00001@contoso.example", 200,
              "ErrorImpersonationFailed");
  struct lab_answer answer = ask(&lab, "", LAB_CONVERT_ID);
  assert_answer(&answer, 500, "SOAP:Server");
  ck_assert_ptr_null(strstr(answer.body, "<detail"));
  ck_assert_ptr_null(strstr(answer.headers, "X-FEServer"));
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("lab: scenarios");
  TCase *scenarios = tcase_create("scenarios");
  tcase_set_timeout(scenarios, 60);
  tcase_add_test(scenarios, wrong_password__refuses_the_password_of_the_ready_line);
  tcase_add_test(scenarios, denied__impersonates_nobody_not_even_the_missing_but_connects);
  tcase_add_test(scenarios, certificates__are_expired_misnamed_or_self_signed);
  tcase_add_test(scenarios, certificates__begin_tomorrow_or_lead_to_nobody_that_is_known);
  tcase_add_test(scenarios, tls_old__speaks_nothing_that_is_spoken_today);
  tcase_add_test(scenarios, client_certificate__refuses_who_shows_none);
  tcase_add_test(scenarios, owa_login_page__redirects_ews_to_a_page_of_html);
  tcase_add_test(scenarios, blocked__answers_403_with_nothing);
  tcase_add_test(scenarios, schemes__are_offered_as_the_scenario_says);
  tcase_add_test(scenarios, version_old__refuses_versions_after_2010_sp2);
  tcase_add_test(scenarios, throttled__tells_every_third_request_how_long_to_wait);
  tcase_add_test(scenarios, throttled__serves_a_mailbox_that_was_refused_when_it_comes_again);
  tcase_add_test(scenarios, slow__sends_the_whole_answer_after_five_seconds);
  tcase_add_test(scenarios, reset__resets_the_connection_every_time);
  tcase_add_test(scenarios, html_500__answers_with_the_web_servers_page);
  tcase_add_test(scenarios, gromox__sends_faults_with_http_200_and_a_bare_code);
  suite_add_tcase(suite, scenarios);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
