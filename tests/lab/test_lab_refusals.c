// SPDX-License-Identifier: Apache-2.0
//
// The refusals of Entra and of Graph: each scenario shows what its line in the list says.
#include <check.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloud_client.h"

// Whether the header is there with the part in it; NULL: it is not there.
static void
assert_header(struct lab_answer *answer, const char *name, const char *part)
{
  char *value = lab_header(answer, name);
  ck_assert_msg(part == NULL ? value == NULL : value != NULL && strstr(value, part) != NULL,
                "%s: %s", name, value != NULL ? value : "none");
  free(value);
}

// ---- Entra --------------------------------------------------------------------------------------

START_TEST(entra__refuses_an_application_with_the_number_of_the_scenario)
{
  static const struct {
    const char *scenario;
    long status;
    const char *error;
    int code;
  } rows[] = {
      {"consent-missing", 400, "invalid_grant", 65001},
      {"secret-expired", 401, "invalid_client", 7000222},
      {"secret-wrong", 401, "invalid_client", 7000215},
      {"app-unknown", 400, "unauthorized_client", 700016},
      {"app-disabled", 400, "unauthorized_client", 7000112},
      {"tenant-unknown", 400, "invalid_request", 90002},
      {"tenant-elsewhere", 400, "invalid_request", 90002},
      {"resource-missing", 400, "invalid_resource", 500011},
      {"conditional-access", 400, "invalid_grant", 53003},
      {"entra-down", 503, "temporarily_unavailable", 90033},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct lab_run lab = cloud_play(rows[i].scenario);
    struct lab_answer answer = cloud_ask(&lab, GRAPH);
    cloud_assert_refused(&answer, rows[i].status, rows[i].error, rows[i].code);
    ck_assert_int_eq(lab_stop(&lab), 0);
  }
}
END_TEST

START_TEST(entra__refuses_a_person_with_the_number_of_the_scenario)
{
  static const struct {
    const char *scenario;
    const char *error;
    int code;
  } rows[] = {
      {"mfa-required", "invalid_grant", 50076},
      {"consent-missing", "invalid_grant", 65001},
      {"consent-declined", "access_denied", 65004},
      {"conditional-access", "invalid_grant", 53003},
      {"device-code-blocked", "invalid_grant", 53003},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct lab_run lab = cloud_play(rows[i].scenario);
    char *user_code;
    char *code = cloud_device(&lab, EXCHANGE "/.default", &user_code);
    struct lab_answer answer = cloud_poll(&lab, code);
    cloud_assert_refused(&answer, 400, "authorization_pending", 70016);
    cloud_decide(&lab, user_code, "yes");
    answer = cloud_poll(&lab, code);
    cloud_assert_refused(&answer, 400, rows[i].error, rows[i].code);
    free(code);
    free(user_code);
    ck_assert_int_eq(lab_stop(&lab), 0);
  }
}
END_TEST

START_TEST(device_codes__end_in_the_way_of_the_scenario)
{
  static const struct {
    const char *scenario, *first, *second;
    int first_code, second_code;
    long status;
  } rows[] = {
      {"device-code-declined", "authorization_pending", "authorization_declined", 70016, 65004,
       400},
      {"device-code-expired", "authorization_pending", "expired_token", 70016, 70020, 400},
      {"device-code-slow", "slow_down", "slow_down", 70016, 70016, 400},
      {"device-code-confidential", "invalid_client", "invalid_client", 7000218, 7000218, 401},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct lab_run lab = cloud_play(rows[i].scenario);
    char *user_code;
    char *code = cloud_device(&lab, EXCHANGE "/.default", &user_code);
    struct lab_answer answer = cloud_poll(&lab, code);
    cloud_assert_refused(&answer, rows[i].status, rows[i].first, rows[i].first_code);
    answer = cloud_poll(&lab, code);
    cloud_assert_refused(&answer, rows[i].status, rows[i].second, rows[i].second_code);
    free(code);
    free(user_code);
    ck_assert_int_eq(lab_stop(&lab), 0);
  }
}
END_TEST

START_TEST(refusals__of_people_say_in_suberror_whether_signing_in_again_helps)
{
  struct lab_run lab = cloud_play("refresh-revoked");
  char *user_code;
  char *code = cloud_device(&lab, EXCHANGE "/.default offline_access", &user_code);
  cloud_decide(&lab, user_code, "yes");
  struct lab_answer answer = cloud_poll(&lab, code);
  cJSON *json = cloud_json(&answer);
  char *form = cloud_form(&lab, "refresh_token", EXCHANGE "/.default");
  form = cloud_field(form, "refresh_token", cloud_text(json, "refresh_token"));
  lab_answer_finish(&answer);
  cJSON_Delete(json);
  answer = cloud_post(&lab, "oauth2/v2.0/token", form);
  json = cloud_json(&answer);
  ck_assert_str_eq(cloud_text(json, "suberror"), "bad_token");
  cJSON_Delete(json);
  cloud_assert_refused(&answer, 400, "invalid_grant", 50173);
  free(code);
  free(user_code);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(entra__is_busy_twice_and_names_the_time)
{
  struct lab_run lab = cloud_play("entra-throttled");
  for (size_t i = 0; i < 2; i++) {
    struct lab_answer answer = cloud_ask(&lab, GRAPH);
    assert_header(&answer, "Retry-After", "1");
    cloud_assert_refused(&answer, 429, "temporarily_unavailable", 90055);
  }
  free(cloud_token(&lab, GRAPH));
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(entra_html__is_a_page_of_a_proxy)
{
  struct lab_run lab = cloud_play("entra-html");
  struct lab_answer answer = cloud_ask(&lab, GRAPH);
  ck_assert_int_eq(answer.status, 502);
  ck_assert_ptr_nonnull(strstr(answer.body, "<html>"));
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

// By the name that the cloud of a government has.
static long
ask_as(const struct lab_run *lab, const char *host)
{
  char url[256], resolve[256];
  long status = 0;
  const char *port = strrchr(lab_string(lab, "authority"), ':') + 1;
  CURL *curl = curl_easy_init();
  snprintf(url, sizeof(url), "https://%s/contoso.example/v2.0/.well-known/openid-configuration",
           host);
  snprintf(resolve, sizeof(resolve), "%s:443:localhost:%s", host, port);
  struct curl_slist *to = curl_slist_append(NULL, resolve);
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_CONNECT_TO, to);
  curl_easy_setopt(curl, CURLOPT_CAINFO, lab_string(lab, "ca_file"));
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOBODY, 0L);
  FILE *nowhere = fopen("/dev/null", "we");
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, nowhere);
  ck_assert_int_eq(curl_easy_perform(curl), CURLE_OK);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  fclose(nowhere);
  curl_slist_free_all(to);
  curl_easy_cleanup(curl);
  return status;
}

START_TEST(tenant__is_at_home_in_one_cloud)
{
  struct lab_run lab = cloud_play("tenant-elsewhere");
  ck_assert_int_eq(ask_as(&lab, "login.microsoftonline.com"), 400);
  ck_assert_int_eq(ask_as(&lab, "login.partner.microsoftonline.cn"), 400);
  ck_assert_int_eq(ask_as(&lab, "login.microsoftonline.us"), 200);
  ck_assert_int_eq(lab_stop(&lab), 0);
  lab = cloud_play("cloud");
  ck_assert_int_eq(ask_as(&lab, "login.microsoftonline.com"), 200);
  ck_assert_int_eq(ask_as(&lab, "login.microsoftonline.us"), 400);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

// ---- Graph --------------------------------------------------------------------------------------

static void
assert_graph(const char *scenario, const char *path, long status, const char *code)
{
  struct lab_run lab = cloud_play(scenario);
  char *token = cloud_token(&lab, GRAPH);
  struct lab_answer answer = cloud_get(&lab, path, token);
  cJSON *json = cloud_json(&answer);
  ck_assert_int_eq(answer.status, status);
  ck_assert_str_eq(cloud_text(json, "error.code"), code);
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}

#define PERSON   "/v1.0/users/user00001@contoso.example"
#define INBOX    "/mailFolders/inbox"
#define SETTINGS "/mailboxSettings/automaticRepliesSetting"

START_TEST(graph__lacks_what_the_scenario_takes_away)
{
  assert_graph("no-roles", "/v1.0/organization", 403, "Authorization_RequestDenied");
  assert_graph("wrong-audience", "/v1.0/organization", 401, "InvalidAuthenticationToken");
  assert_graph("graph-no-directory", "/v1.0/users", 403, "Authorization_RequestDenied");
  assert_graph("graph-no-directory", PERSON INBOX, 200, "");
  assert_graph("graph-no-mailbox-permission", PERSON INBOX, 403, "ErrorAccessDenied");
  assert_graph("graph-no-mailbox-permission", PERSON SETTINGS, 403, "ErrorAccessDenied");
  assert_graph("graph-no-mailbox-permission", PERSON, 200, "");
  assert_graph("no-exchange-plan", PERSON INBOX, 404, "MailboxNotEnabledForRESTAPI");
}
END_TEST

START_TEST(mailboxes_mixed__answer_in_six_ways)
{
  static const struct {
    const char *person;
    long settings, inbox;
  } rows[] = {
      {"user00001", 200, 200}, {"user00002", 404, 404}, {"user00003", 404, 404},
      {"user00004", 404, 404}, {"user00005", 403, 200}, {"user00006", 403, 403},
  };
  struct lab_run lab = cloud_play("graph-mailboxes-mixed");
  char *token = cloud_token(&lab, GRAPH), path[256];
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    snprintf(path, sizeof(path), "/v1.0/users/%s@contoso.example" SETTINGS, rows[i].person);
    struct lab_answer answer = cloud_get(&lab, path, token);
    ck_assert_int_eq(answer.status, rows[i].settings);
    lab_answer_finish(&answer);
    snprintf(path, sizeof(path), "/v1.0/users/%s@contoso.example" INBOX, rows[i].person);
    answer = cloud_get(&lab, path, token);
    ck_assert_int_eq(answer.status, rows[i].inbox);
    lab_answer_finish(&answer);
  }
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(graph_throttled__names_a_part_of_a_second_and_serves_what_comes_again)
{
  struct lab_run lab = cloud_play("graph-throttled");
  char *token = cloud_token(&lab, GRAPH);
  static const long wanted[] = {200, 200, 429, 200};
  for (size_t i = 0; i < 4; i++) {
    struct lab_answer answer = cloud_get(&lab, "/v1.0/organization", token);
    ck_assert_int_eq(answer.status, wanted[i]);
    assert_header(&answer, "Retry-After", wanted[i] == 429 ? "0.249" : NULL);
    lab_answer_finish(&answer);
  }
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

static void
next_of(const char *scenario, const char *path, char *ret_next, size_t room)
{
  struct lab_run lab = cloud_play(scenario);
  char *token = cloud_token(&lab, GRAPH);
  struct lab_answer answer = cloud_get(&lab, path, token);
  cJSON *json = cloud_json(&answer);
  snprintf(ret_next, room, "%s", cloud_text(json, "@odata.nextLink"));
  ck_assert_str_ne(ret_next, "");
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}

START_TEST(next_links__lead_in_a_circle_or_to_a_stranger)
{
  char next[512], again[512];
  next_of("graph-foreign-link", "/v1.0/users?$top=5", next, sizeof(next));
  ck_assert_int_eq(strncmp(next, "https://graph.fabrikam.example/", 31), 0);
  next_of("graph-paging-loop", "/v1.0/users?$top=5", next, sizeof(next));
  char *path = strstr(next, "/v1.0/");
  next_of("graph-paging-loop", path, again, sizeof(again));
  ck_assert_str_eq(strstr(again, "/v1.0/"), path);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("lab: refusals");
  TCase *refusals = tcase_create("refusals");
  tcase_set_timeout(refusals, 60);
  tcase_add_test(refusals, entra__refuses_an_application_with_the_number_of_the_scenario);
  tcase_add_test(refusals, entra__refuses_a_person_with_the_number_of_the_scenario);
  tcase_add_test(refusals, device_codes__end_in_the_way_of_the_scenario);
  tcase_add_test(refusals, refusals__of_people_say_in_suberror_whether_signing_in_again_helps);
  tcase_add_test(refusals, entra__is_busy_twice_and_names_the_time);
  tcase_add_test(refusals, entra_html__is_a_page_of_a_proxy);
  tcase_add_test(refusals, tenant__is_at_home_in_one_cloud);
  tcase_add_test(refusals, graph__lacks_what_the_scenario_takes_away);
  tcase_add_test(refusals, mailboxes_mixed__answer_in_six_ways);
  tcase_add_test(refusals, graph_throttled__names_a_part_of_a_second_and_serves_what_comes_again);
  tcase_add_test(refusals, next_links__lead_in_a_circle_or_to_a_stranger);
  suite_add_tcase(suite, refusals);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
