// SPDX-License-Identifier: Apache-2.0
//
// EWS as Exchange Online has it, what stands before it, and the metadata service.
#include <check.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloud_client.h"

static struct lab_answer
post(const struct lab_run *lab, const char *token, const char *header, const char *body)
{
  char bearer[8192] = "";
  char *envelope = lab_envelope(header, body);
  if (token != NULL)
    snprintf(bearer, sizeof(bearer), "Bearer %s", token);
  struct lab_answer answer =
      lab_ask(lab, &(struct lab_question){.authorization = bearer, .body = envelope});
  ck_assert_int_eq(answer.error, 0);
  free(envelope);
  return answer;
}

static void
assert_answer(struct lab_answer answer, long status, const char *code)
{
  char *got = lab_code(&answer);
  ck_assert_msg(answer.status == status, "%ld %s", answer.status, answer.body);
  ck_assert_str_eq(got, code);
  free(got);
  lab_answer_finish(&answer);
}

static void
assert_acts(const struct lab_run *lab, const char *token, const char *address, long status,
            const char *code)
{
  char *header = lab_impersonate("PrimarySmtpAddress", address);
  assert_answer(post(lab, token, header, LAB_GET_FOLDER), status, code);
  free(header);
}

// Whether the header is there with the part in it; NULL: it is not there.
static void
assert_header(struct lab_answer *answer, const char *name, const char *part)
{
  char *value = lab_header(answer, name);
  ck_assert_msg(part == NULL ? value == NULL : value != NULL && strstr(value, part) != NULL,
                "%s: %s", name, value != NULL ? value : "none");
  free(value);
}

// A person's token for Exchange.
static char *
sign_in(const struct lab_run *lab)
{
  char *user_code;
  char *code = cloud_device(lab, EXCHANGE "/EWS.AccessAsUser.All", &user_code);
  cloud_decide(lab, user_code, "yes");
  struct lab_answer answer = cloud_poll(lab, code);
  cJSON *json = cloud_json(&answer);
  char *token = strdup(cloud_text(json, "access_token"));
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  free(code);
  free(user_code);
  return token;
}

START_TEST(online__takes_tokens_and_no_password)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = cloud_token(&lab, EXCHANGE), *graph = cloud_token(&lab, GRAPH);
  struct lab_answer answer = post(&lab, NULL, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.status, 401);
  assert_header(&answer, "WWW-Authenticate", "Bearer client_id=");
  assert_header(&answer, "WWW-Authenticate", "Basic Realm=\"\"");
  assert_header(&answer, "x-ms-diagnostics", NULL);
  lab_answer_finish(&answer);
  answer = lab_ask(&lab, &(struct lab_question){.body = ""});
  ck_assert_int_eq(answer.status, 401);
  lab_answer_finish(&answer);
  answer = post(&lab, graph, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.status, 401);
  assert_header(&answer, "x-ms-diagnostics", "2000003;reason=");
  assert_header(&answer, "WWW-Authenticate", "error=\"invalid_token\"");
  lab_answer_finish(&answer);
  assert_acts(&lab, token, "user00001@contoso.example", 200, "NoError");
  free(token);
  free(graph);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(online__says_that_it_is_15_20)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = cloud_token(&lab, EXCHANGE);
  char *header = lab_impersonate("SmtpAddress", "user00002@contoso.example");
  struct lab_answer answer = post(&lab, token, header, LAB_GET_FOLDER);
  ck_assert_ptr_nonnull(strstr(answer.body, "MajorVersion=\"15\" MinorVersion=\"20\""));
  assert_header(&answer, "X-OWA-Version", "15.20.");
  assert_header(&answer, "x-ms-appId", lab_string(&lab, "client_id"));
  lab_answer_finish(&answer);
  free(header);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(application__must_say_as_whom_it_acts)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = cloud_token(&lab, EXCHANGE);
  struct lab_answer answer = post(&lab, token, "", LAB_CONVERT_ID);
  ck_assert_ptr_nonnull(strstr(answer.body, "must be present"));
  assert_answer(answer, 500, "ErrorInvalidExchangeImpersonationHeaderData");
  assert_acts(&lab, token, "user00001@contoso.example", 200, "NoError");
  assert_acts(&lab, token, "former.intern@contoso.example", 200, "NoError");
  assert_acts(&lab, token, "ceo@contoso.example", 500, "ErrorAccessDenied");
  assert_acts(&lab, token, "plant.manager@contoso.example", 500, "ErrorNonExistentMailbox");
  assert_acts(&lab, token, "nobody@contoso.example", 500, "ErrorNonExistentMailbox");
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

static void
assert_opens(const struct lab_run *lab, const char *token, const char *address, const char *code)
{
  char body[1024];
  snprintf(body, sizeof(body),
           "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
           "<m:FolderIds><t:DistinguishedFolderId Id=\"inbox\"><t:Mailbox><t:EmailAddress>%s"
           "</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId></m:FolderIds></m:GetFolder>",
           address);
  assert_answer(post(lab, token, LAB_VERSION("Exchange2013_SP1"), body), 200, code);
}

START_TEST(person__acts_as_nobody_and_opens_what_is_shared)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = sign_in(&lab);
  assert_acts(&lab, token, "user00001@contoso.example", 500, "ErrorImpersonateUserDenied");
  assert_answer(post(&lab, token, "", LAB_CONVERT_ID), 200, "ErrorInvalidIdMalformed");
  assert_opens(&lab, token, "user00001@contoso.example", "NoError");
  assert_opens(&lab, token, "ceo@contoso.example", "ErrorAccessDenied");
  assert_opens(&lab, token, "plant.manager@contoso.example", "ErrorNonExistentMailbox");
  assert_opens(&lab, token, "nobody@contoso.example", "ErrorNonExistentMailbox");
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(on_premises__takes_no_token_of_the_cloud)
{
  struct lab_run lab = cloud_play("plain");
  char *token = cloud_token(&lab, EXCHANGE);
  assert_answer(post(&lab, token, "", LAB_CONVERT_ID), 401, "");
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

// ---- what stands before EWS ---------------------------------------------------------------------

static void
assert_blocked(const char *scenario, long status, const char *header, const char *part)
{
  struct lab_run lab = cloud_play(scenario);
  char *token = cloud_token(&lab, EXCHANGE);
  char *impersonation = lab_impersonate("SmtpAddress", "user00001@contoso.example");
  struct lab_answer answer = post(&lab, token, impersonation, LAB_GET_FOLDER);
  ck_assert_int_eq(answer.status, status);
  ck_assert_str_eq(answer.body, "");
  assert_header(&answer, header, part);
  lab_answer_finish(&answer);
  free(impersonation);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}

START_TEST(policies__block_ews_each_in_its_way)
{
  static const char reason[] = "EWS is blocked by policy";
  assert_blocked("ews-blocked-by-policy", 403, "X-EWS-Policy-Reason", reason);
  assert_blocked("not-on-allow-list", 403, "X-EWS-Policy-Reason", reason);
  assert_blocked("ews-blocked-silently", 403, "X-EWS-Policy-Reason", NULL);
  assert_blocked("ews-blocked-silently", 403, "x-ms-diagnostics", NULL);
  assert_blocked("ews-not-enough-scope", 403, "x-ms-diagnostics",
                 "2000008;reason=\"The token "
                 "contains not enough scope");
  assert_blocked("no-roles", 401, "x-ms-diagnostics",
                 "2000008;reason=\"The token contains no "
                 "permissions");
  assert_blocked("wrong-audience", 401, "x-ms-diagnostics", "2000003;");
}
END_TEST

START_TEST(app_scope__lets_the_application_act_as_two)
{
  struct lab_run lab = cloud_play("app-scope");
  char *token = cloud_token(&lab, EXCHANGE);
  const cJSON *allowed = cJSON_GetObjectItemCaseSensitive(lab.ready, "allowed");
  ck_assert_int_eq(cJSON_GetArraySize(allowed), 2);
  assert_acts(&lab, token, "user00002@contoso.example", 200, "NoError");
  assert_acts(&lab, token, "user00003@contoso.example", 500, "ErrorAccessDenied");
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(token_expired__refuses_the_first_token_and_takes_the_next)
{
  struct lab_run lab = cloud_play("token-expired");
  char *first = cloud_token(&lab, EXCHANGE), *second = cloud_token(&lab, EXCHANGE);
  for (size_t i = 0; i < 2; i++) {
    struct lab_answer answer = post(&lab, first, "", LAB_CONVERT_ID);
    ck_assert_int_eq(answer.status, 401);
    assert_header(&answer, "x-ms-diagnostics", "2000002;");
    lab_answer_finish(&answer);
  }
  assert_acts(&lab, second, "user00001@contoso.example", 200, "NoError");
  free(first);
  free(second);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(no_exchange_plan__has_graph_and_no_exchange)
{
  struct lab_run lab = cloud_play("no-exchange-plan");
  struct lab_answer answer = cloud_ask(&lab, EXCHANGE);
  cloud_assert_refused(&answer, 400, "invalid_resource", 650052);
  char *token = cloud_token(&lab, GRAPH);
  answer = cloud_get(&lab, "/v1.0/organization", token);
  cJSON *json = cloud_json(&answer);
  ck_assert_str_eq(cloud_text(json, "value.0.assignedPlans.1.capabilityStatus"), "Deleted");
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

// ---- the metadata service -----------------------------------------------------------------------

static size_t
collect(char *bytes, size_t size, size_t count, void *pointer)
{
  char *body = pointer;
  size_t before = strlen(body);
  if (before + size * count < 8192)
    memcpy(body + before, bytes, size * count), body[before + size * count] = '\0';
  return size * count;
}

static long
imds(const struct lab_run *lab, const char *query, const char *header, char ret_body[8192])
{
  char url[512];
  long status = 0;
  CURL *curl = curl_easy_init();
  struct curl_slist *list = curl_slist_append(NULL, header);
  ret_body[0] = '\0';
  snprintf(url, sizeof(url), "http://%s/metadata/identity/oauth2/token?%s", lab_string(lab, "imds"),
           query);
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, ret_body);
  ck_assert_int_eq(curl_easy_perform(curl), CURLE_OK);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_slist_free_all(list);
  curl_easy_cleanup(curl);
  return status;
}

START_TEST(imds__gives_a_token_for_a_resource_with_numbers_in_quotes)
{
  struct lab_run lab = cloud_play("cloud");
  char body[8192];
  ck_assert_int_eq(
      imds(&lab, "api-version=2018-02-01&resource=" EXCHANGE "/", "Metadata: true", body), 200);
  cJSON *json = cJSON_Parse(body);
  ck_assert_str_eq(cloud_text(json, "expires_in"), "3599");
  ck_assert_str_eq(cloud_text(json, "resource"), EXCHANGE "/");
  assert_acts(&lab, cloud_text(json, "access_token"), "user00001@contoso.example", 200, "NoError");
  cJSON_Delete(json);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(imds__refuses_what_has_no_header_no_version_or_another_resource)
{
  struct lab_run lab = cloud_play("cloud");
  char body[8192];
  static const char good[] = "api-version=2018-02-01&resource=" EXCHANGE;
  ck_assert_int_eq(imds(&lab, good, "X-Nothing: 1", body), 400);
  ck_assert_ptr_nonnull(strstr(body, "metadata header"));
  ck_assert_int_eq(imds(&lab, "resource=" EXCHANGE, "Metadata: true", body), 400);
  ck_assert_ptr_nonnull(strstr(body, "newest-versions"));
  ck_assert_int_eq(imds(&lab, "api-version=2018-02-01", "Metadata: true", body), 400);
  ck_assert_int_eq(
      imds(&lab, "api-version=2018-02-01&resource=https://a.example", "Metadata: true", body), 400);
  ck_assert_ptr_nonnull(strstr(body, "AADSTS500011"));
  ck_assert_int_eq(
      imds(&lab, "api-version=2018-02-01&client_id=x&resource=" EXCHANGE, "Metadata: true", body),
      400);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("lab: online");
  TCase *online = tcase_create("online");
  tcase_set_timeout(online, 60);
  tcase_add_test(online, online__takes_tokens_and_no_password);
  tcase_add_test(online, online__says_that_it_is_15_20);
  tcase_add_test(online, application__must_say_as_whom_it_acts);
  tcase_add_test(online, person__acts_as_nobody_and_opens_what_is_shared);
  tcase_add_test(online, on_premises__takes_no_token_of_the_cloud);
  tcase_add_test(online, policies__block_ews_each_in_its_way);
  tcase_add_test(online, app_scope__lets_the_application_act_as_two);
  tcase_add_test(online, token_expired__refuses_the_first_token_and_takes_the_next);
  tcase_add_test(online, no_exchange_plan__has_graph_and_no_exchange);
  tcase_add_test(online, imds__gives_a_token_for_a_resource_with_numbers_in_quotes);
  tcase_add_test(online, imds__refuses_what_has_no_header_no_version_or_another_resource);
  suite_add_tcase(suite, online);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
