// SPDX-License-Identifier: Apache-2.0
//
// Entra's endpoints, as a client sees them that knows nothing of the lab: what gets a token, what is
// refused, and the envelope of refusals.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloud_client.h"

#define PERSON EXCHANGE "/EWS.AccessAsUser.All offline_access openid profile"
// RFC 7636, appendix B.
#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static void
assert_guid(const char *text)
{
  ck_assert_uint_eq(strlen(text), 36);
  ck_assert_uint_eq(strspn(text, "0123456789abcdef-"), 36);
}

START_TEST(token__says_for_which_api_and_application_it_is)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = cloud_token(&lab, EXCHANGE);
  cJSON *claims = cloud_claims(token);
  ck_assert_str_eq(cloud_text(claims, "aud"), EXCHANGE);
  ck_assert_str_eq(cloud_text(claims, "tid"), lab_string(&lab, "tenant"));
  ck_assert_str_eq(cloud_text(claims, "appid"), lab_string(&lab, "client_id"));
  ck_assert_str_eq(cloud_text(claims, "appidacr"), "1");
  ck_assert_str_eq(cloud_text(claims, "idtyp"), "app");
  ck_assert_str_eq(cloud_text(claims, "roles.0"), "full_access_as_app");
  ck_assert_str_eq(cloud_text(claims, "ver"), "1.0");
  ck_assert_ptr_null(cloud_item(claims, "scp"));
  double issued = cloud_item(claims, "iat")->valuedouble;
  ck_assert_double_eq(cloud_item(claims, "exp")->valuedouble - issued, 3599);
  cJSON_Delete(claims);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(token__of_an_application_comes_without_a_refresh_token)
{
  struct lab_run lab = cloud_play("plain");
  struct lab_answer answer = cloud_ask(&lab, GRAPH);
  cJSON *json = cloud_json(&answer);
  ck_assert_str_eq(cloud_text(json, "token_type"), "Bearer");
  ck_assert(cJSON_IsNumber(cloud_item(json, "expires_in")));
  ck_assert(cJSON_IsNumber(cloud_item(json, "ext_expires_in")));
  ck_assert_ptr_null(cloud_item(json, "refresh_token"));
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(refusal__has_the_envelope_of_entra_and_the_id_of_the_client)
{
  static const char id[] = "0f8fad5b-d9cb-469f-a165-70867728950e";
  struct lab_run lab = cloud_play("cloud");
  char path[128];
  char *form = cloud_form(&lab, "client_credentials", GRAPH "/.default");
  snprintf(path, sizeof(path), "/%s/oauth2/v2.0/token", lab_string(&lab, "tenant"));
  struct lab_answer answer =
      lab_ask(&lab, &(struct lab_question){.path = path,
                                           .type = "application/x-www-form-urlencoded",
                                           .header = "client-request-id: "
                                                     "0f8fad5b-d9cb-469f-a165-70867728950e",
                                           .authorization = "",
                                           .body = form});
  cJSON *json = cloud_json(&answer);
  const char *text = cloud_text(json, "error_description");
  ck_assert_str_eq(cloud_text(json, "correlation_id"), id);
  assert_guid(cloud_text(json, "trace_id"));
  ck_assert_ptr_nonnull(strstr(text, " Trace ID: "));
  ck_assert_ptr_nonnull(strstr(text, " Correlation ID: 0f8fad5b"));
  ck_assert_ptr_nonnull(strstr(text, cloud_text(json, "timestamp")));
  ck_assert_ptr_nonnull(strstr(cloud_text(json, "error_uri"), "error?code=7000218"));
  cJSON_Delete(json);
  free(form);
  cloud_assert_refused(&answer, 401, "invalid_client", 7000218);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

static struct lab_answer
ask_with(const struct lab_run *lab, const char *page, const char *client, const char *secret,
         const char *scope)
{
  char *form = cloud_field(strdup("grant_type=client_credentials"), "client_id", client);
  form = cloud_field(form, "client_secret", secret);
  return cloud_post(lab, page, cloud_field(form, "scope", scope));
}

START_TEST(token__is_refused_for_what_is_wrong_first)
{
  struct lab_run lab = cloud_play("cloud");
  const char *client = lab_string(&lab, "client_id"), *secret = lab_string(&lab, "client_secret");
  static const char stranger[] = "11111111-2222-3333-4444-555555555555";
  struct {
    const char *page, *client, *secret, *scope;
    int status;
    const char *error;
    int code;
  } rows[] = {
      {"/fabrikam.example/oauth2/v2.0/token", client, "x", "x", 400, "invalid_request", 90002},
      {"/common/oauth2/v2.0/token", client, secret, "x", 400, "invalid_request", 90010},
      {"oauth2/v2.0/token", stranger, "x", "x", 400, "unauthorized_client", 700016},
      {"oauth2/v2.0/token", client, "x", "x", 401, "invalid_client", 7000215},
      {"oauth2/v2.0/token", client, client, "x", 401, "invalid_client", 7000215},
      {"oauth2/v2.0/token", client, secret, "", 400, "invalid_request", 900144},
      {"oauth2/v2.0/token", client, secret, EXCHANGE "/EWS/Exchange.asmx/.default", 400,
       "invalid_resource", 500011},
      {"oauth2/v2.0/token", client, secret, GRAPH "/User.Read", 400, "invalid_scope", 1002012},
      {"oauth2/v2.0/token", client, secret, GRAPH "/.default " EXCHANGE "/.default", 400,
       "invalid_request", 28000},
  };
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct lab_answer answer =
        ask_with(&lab, rows[i].page, rows[i].client, rows[i].secret, rows[i].scope);
    cloud_assert_refused(&answer, rows[i].status, rows[i].error, rows[i].code);
  }
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(secret__that_was_not_escaped_is_another_secret)
{
  struct lab_run lab = cloud_play("cloud");
  char form[512];
  snprintf(form, sizeof(form), "grant_type=client_credentials&client_id=%s&client_secret=%s",
           lab_string(&lab, "client_id"), lab_string(&lab, "client_secret"));
  struct lab_answer answer =
      cloud_post(&lab, "oauth2/v2.0/token", cloud_field(strdup(form), "scope", GRAPH "/.default"));
  cloud_assert_refused(&answer, 401, "invalid_client", 7000215);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(token__of_version_1_has_its_numbers_in_quotes)
{
  struct lab_run lab = cloud_play("cloud");
  char *form = cloud_form(&lab, "client_credentials", NULL);
  form = cloud_field(form, "resource", EXCHANGE "/");
  struct lab_answer answer = cloud_post(
      &lab, "oauth2/token", cloud_field(form, "client_secret", lab_string(&lab, "client_secret")));
  cJSON *json = cloud_json(&answer);
  ck_assert_int_eq(answer.status, 200);
  ck_assert_str_eq(cloud_text(json, "expires_in"), "3599");
  ck_assert_uint_ge(strlen(cloud_text(json, "expires_on")), 10);
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(device_code__comes_with_a_sentence_and_without_a_complete_address)
{
  struct lab_run lab = cloud_play("cloud");
  char *form = cloud_field(strdup("lab=1"), "client_id", lab_string(&lab, "client_id"));
  struct lab_answer answer =
      cloud_post(&lab, "oauth2/v2.0/devicecode", cloud_field(form, "scope", PERSON));
  cJSON *json = cloud_json(&answer);
  ck_assert_str_eq(cloud_text(json, "verification_uri"), lab_string(&lab, "device"));
  ck_assert_uint_eq(strlen(cloud_text(json, "user_code")), 9);
  ck_assert_int_ge(cloud_item(json, "interval")->valueint, 1);
  ck_assert_int_eq(cloud_item(json, "expires_in")->valueint, 900);
  ck_assert_ptr_nonnull(strstr(cloud_text(json, "message"), cloud_text(json, "user_code")));
  ck_assert_ptr_null(cloud_item(json, "verification_uri_complete"));
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

// A token for somebody at the keyboard; the caller deletes it.
static cJSON *
sign_in(const struct lab_run *lab)
{
  char *user_code;
  char *code = cloud_device(lab, PERSON, &user_code);
  struct lab_answer answer = cloud_poll(lab, code);
  cloud_assert_refused(&answer, 400, "authorization_pending", 70016);
  cloud_decide(lab, user_code, "yes");
  answer = cloud_poll(lab, code);
  ck_assert_int_eq(answer.status, 200);
  cJSON *json = cloud_json(&answer);
  lab_answer_finish(&answer);
  answer = cloud_poll(lab, code);
  cloud_assert_refused(&answer, 400, "invalid_grant", 70000);
  free(code);
  free(user_code);
  return json;
}

START_TEST(device_code__gives_one_token_of_the_administrator_when_it_is_approved)
{
  struct lab_run lab = cloud_play("cloud");
  cJSON *token = sign_in(&lab);
  cJSON *claims = cloud_claims(cloud_text(token, "access_token"));
  ck_assert_str_eq(cloud_text(claims, "scp"), "EWS.AccessAsUser.All");
  ck_assert_str_eq(cloud_text(claims, "upn"), "svc-tenon@contoso.example");
  ck_assert_str_eq(cloud_text(claims, "idtyp"), "user");
  ck_assert_ptr_null(cloud_item(claims, "roles"));
  ck_assert_ptr_nonnull(strstr(cloud_text(token, "scope"), EXCHANGE "/EWS.AccessAsUser.All"));
  cJSON_Delete(claims);
  cJSON_Delete(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(device_code__is_declined_at_the_page_by_small_letters_too)
{
  struct lab_run lab = cloud_play("cloud");
  char *user_code;
  char *code = cloud_device(&lab, PERSON, &user_code);
  for (char *letter = user_code; *letter != '\0'; letter++)
    if (*letter >= 'A' && *letter <= 'Z')
      *letter = (char)(*letter - 'A' + 'a');
  cloud_decide(&lab, user_code, "no");
  struct lab_answer answer = cloud_poll(&lab, code);
  cloud_assert_refused(&answer, 400, "authorization_declined", 65004);
  free(code);
  free(user_code);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(device_page__asks_for_the_code_and_says_when_it_is_not_one)
{
  struct lab_run lab = cloud_play("cloud");
  struct lab_answer answer = cloud_get(&lab, "/devicelogin", NULL);
  ck_assert_ptr_nonnull(strstr(answer.body, "name=\"user_code\""));
  lab_answer_finish(&answer);
  answer = cloud_get(&lab, "/devicelogin?user_code=ABCDEFGHJ&answer=yes", NULL);
  ck_assert_ptr_nonnull(strstr(answer.body, "not one that is waited for"));
  lab_answer_finish(&answer);
  answer = cloud_poll(&lab, "nothing");
  cloud_assert_refused(&answer, 400, "bad_verification_code", 70018);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

static struct lab_answer
refresh(const struct lab_run *lab, const char *token, const char *scope)
{
  char *form = cloud_form(lab, "refresh_token", scope);
  return cloud_post(lab, "oauth2/v2.0/token", cloud_field(form, "refresh_token", token));
}

START_TEST(refresh_token__serves_another_resource_and_comes_again)
{
  struct lab_run lab = cloud_play("cloud");
  cJSON *token = sign_in(&lab);
  const char *old = cloud_text(token, "refresh_token");
  struct lab_answer answer = refresh(&lab, old, GRAPH "/Mail.Read.Shared");
  cJSON *json = cloud_json(&answer);
  cJSON *claims = cloud_claims(cloud_text(json, "access_token"));
  ck_assert_str_eq(cloud_text(claims, "aud"), GRAPH);
  ck_assert_str_ne(cloud_text(json, "refresh_token"), old);
  ck_assert_str_ne(cloud_text(json, "refresh_token"), "");
  cJSON_Delete(claims);
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  answer = refresh(&lab, "nothing", GRAPH "/User.Read");
  cloud_assert_refused(&answer, 400, "invalid_grant", 70000);
  cJSON_Delete(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(person__with_a_secret_is_told_that_the_client_is_public)
{
  struct lab_run lab = cloud_play("cloud");
  char *form = cloud_form(&lab, "refresh_token", GRAPH "/User.Read");
  form = cloud_field(form, "client_secret", lab_string(&lab, "client_secret"));
  struct lab_answer answer =
      cloud_post(&lab, "oauth2/v2.0/token", cloud_field(form, "refresh_token", "x"));
  cloud_assert_refused(&answer, 401, "invalid_client", 700025);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

// What /authorize sends the browser to; the caller frees it.
static char *
authorize(const struct lab_run *lab, const char *redirect)
{
  char path[1024];
  char *form = cloud_field(strdup("response_type=code&code_challenge_method=S256"), "client_id",
                           lab_string(lab, "client_id"));
  form = cloud_field(form, "scope", EXCHANGE "/.default");
  form = cloud_field(form, "code_challenge", CHALLENGE);
  form = cloud_field(form, "state", "s 1&2");
  form = cloud_field(form, "redirect_uri", redirect);
  snprintf(path, sizeof(path), "/%s/oauth2/v2.0/authorize?%s", lab_string(lab, "tenant"), form);
  struct lab_answer answer = cloud_get(lab, path, NULL);
  char *location = lab_header(&answer, "Location");
  ck_assert_msg((answer.status == 302) == (location != NULL), "%ld", answer.status);
  lab_answer_finish(&answer);
  free(form);
  return location;
}

static struct lab_answer
redeem(const struct lab_run *lab, const char *code, const char *verifier)
{
  char *form = cloud_form(lab, "authorization_code", NULL);
  form = cloud_field(form, "code", code);
  form = cloud_field(form, "redirect_uri", "http://localhost:4711");
  return cloud_post(lab, "oauth2/v2.0/token", cloud_field(form, "code_verifier", verifier));
}

START_TEST(authorize__sends_a_code_that_only_the_verifier_redeems_and_once)
{
  struct lab_run lab = cloud_play("cloud");
  char *location = authorize(&lab, "http://localhost:4711");
  char *code = strstr(location, "?code=");
  ck_assert_int_eq(strncmp(location, "http://localhost:4711/?code=", 28), 0);
  ck_assert_ptr_nonnull(strstr(location, "&state=s%201%262"));
  ck_assert_ptr_nonnull(strstr(location, "&session_state="));
  code += 6;
  code[strcspn(code, "&")] = '\0';
  struct lab_answer answer = redeem(&lab, code, CHALLENGE);
  cloud_assert_refused(&answer, 400, "invalid_grant", 501481);
  answer = redeem(&lab, code, VERIFIER);
  ck_assert_int_eq(answer.status, 200);
  lab_answer_finish(&answer);
  answer = redeem(&lab, code, VERIFIER);
  cloud_assert_refused(&answer, 400, "invalid_grant", 54005);
  free(location);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(authorize__sends_nobody_to_another_machine)
{
  struct lab_run lab = cloud_play("cloud");
  ck_assert_ptr_null(authorize(&lab, "https://fabrikam.example/"));
  ck_assert_ptr_null(authorize(&lab, "http://localhost.fabrikam.example/"));
  ck_assert_ptr_null(authorize(&lab, "http://localhost:1@fabrikam.example/"));
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(discovery__tells_where_the_tenant_is_by_its_domain)
{
  struct lab_run lab = cloud_play("plain");
  struct lab_answer answer =
      cloud_get(&lab, "/contoso.example/v2.0/.well-known/openid-configuration", NULL);
  cJSON *json = cloud_json(&answer);
  char wanted[256];
  snprintf(wanted, sizeof(wanted), "%s/%s/oauth2/v2.0/token", lab_string(&lab, "authority"),
           lab_string(&lab, "tenant"));
  ck_assert_str_eq(cloud_text(json, "token_endpoint"), wanted);
  ck_assert_str_eq(cloud_text(json, "msgraph_host"), "graph.microsoft.com");
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  answer = cloud_get(&lab, "/fabrikam.example/v2.0/.well-known/openid-configuration", NULL);
  cloud_assert_refused(&answer, 400, "invalid_tenant", 90002);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(discovery__tells_how_a_domain_signs_in)
{
  struct lab_run lab = cloud_play("plain");
  struct lab_answer answer =
      cloud_get(&lab, "/common/userrealm/ann@contoso.example?api-version=1.0", NULL);
  cJSON *json = cloud_json(&answer);
  ck_assert_str_eq(cloud_text(json, "account_type"), "Managed");
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  answer = cloud_get(&lab, "/common/userrealm/ann@fabrikam.example?api-version=2.0", NULL);
  json = cloud_json(&answer);
  ck_assert_str_eq(cloud_text(json, "NameSpaceType"), "Unknown");
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(admin_consent__answers_at_the_redirect_uri)
{
  struct lab_run lab = cloud_play("cloud");
  char path[256];
  snprintf(path, sizeof(path),
           "/%s/adminconsent?client_id=%s&redirect_uri=http%%3A%%2F%%2Flocalhost&state=7",
           lab_string(&lab, "tenant"), lab_string(&lab, "client_id"));
  struct lab_answer answer = cloud_get(&lab, path, NULL);
  char *location = lab_header(&answer, "Location");
  ck_assert_int_eq(answer.status, 302);
  ck_assert_int_eq(strncmp(location, "http://localhost/?admin_consent=True&tenant=", 44), 0);
  free(location);
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(attempts__count_requests_for_tokens)
{
  struct lab_run lab = cloud_play("cloud");
  free(cloud_token(&lab, GRAPH));
  struct lab_answer answer = ask_with(&lab, "oauth2/v2.0/token", "x", "x", "x");
  lab_answer_finish(&answer);
  answer = cloud_get(&lab, "/lab/attempts", NULL);
  cJSON *json = cloud_json(&answer);
  ck_assert_int_eq(cloud_item(json, "token.requests")->valueint, 2);
  ck_assert_int_eq(cloud_item(json, "token.issued")->valueint, 1);
  ck_assert_int_eq(cloud_item(json, "token.refused")->valueint, 1);
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("lab: entra");
  TCase *entra = tcase_create("entra");
  tcase_set_timeout(entra, 60);
  tcase_add_test(entra, token__says_for_which_api_and_application_it_is);
  tcase_add_test(entra, token__of_an_application_comes_without_a_refresh_token);
  tcase_add_test(entra, refusal__has_the_envelope_of_entra_and_the_id_of_the_client);
  tcase_add_test(entra, token__is_refused_for_what_is_wrong_first);
  tcase_add_test(entra, secret__that_was_not_escaped_is_another_secret);
  tcase_add_test(entra, token__of_version_1_has_its_numbers_in_quotes);
  tcase_add_test(entra, device_code__comes_with_a_sentence_and_without_a_complete_address);
  tcase_add_test(entra, device_code__gives_one_token_of_the_administrator_when_it_is_approved);
  tcase_add_test(entra, device_code__is_declined_at_the_page_by_small_letters_too);
  tcase_add_test(entra, device_page__asks_for_the_code_and_says_when_it_is_not_one);
  tcase_add_test(entra, refresh_token__serves_another_resource_and_comes_again);
  tcase_add_test(entra, person__with_a_secret_is_told_that_the_client_is_public);
  tcase_add_test(entra, authorize__sends_a_code_that_only_the_verifier_redeems_and_once);
  tcase_add_test(entra, authorize__sends_nobody_to_another_machine);
  tcase_add_test(entra, discovery__tells_where_the_tenant_is_by_its_domain);
  tcase_add_test(entra, discovery__tells_how_a_domain_signs_in);
  tcase_add_test(entra, admin_consent__answers_at_the_redirect_uri);
  tcase_add_test(entra, attempts__count_requests_for_tokens);
  suite_add_tcase(suite, entra);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
