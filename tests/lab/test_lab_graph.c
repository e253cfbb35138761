// SPDX-License-Identifier: Apache-2.0
//
// Graph of the lab: tokens, pages, batches, and what each kind of person's mailbox answers.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cloud_client.h"

static cJSON *
get(const struct lab_run *lab, const char *path, const char *token, long status)
{
  struct lab_answer answer = cloud_get(lab, path, token);
  ck_assert_msg(answer.status == status, "%s: %ld %s", path, answer.status, answer.body);
  cJSON *json = cloud_json(&answer);
  lab_answer_finish(&answer);
  return json;
}

static void
assert_error(const struct lab_run *lab, const char *path, const char *token, long status,
             const char *code)
{
  cJSON *json = get(lab, path, token, status);
  ck_assert_str_eq(cloud_text(json, "error.code"), code);
  ck_assert_str_ne(cloud_text(json, "error.message"), "");
  ck_assert_uint_eq(strlen(cloud_text(json, "error.innerError.request-id")), 36);
  ck_assert_uint_eq(strlen(cloud_text(json, "error.innerError.date")), 19);
  cJSON_Delete(json);
}

// Posts a batch; the caller deletes the answer.
static cJSON *
batch(const struct lab_run *lab, const char *token, const char *body, long status)
{
  char bearer[8192];
  snprintf(bearer, sizeof(bearer), "Bearer %s", token);
  struct lab_answer answer = lab_ask(lab, &(struct lab_question){.path = "/v1.0/$batch",
                                                                 .type = "application/json",
                                                                 .authorization = bearer,
                                                                 .body = body});
  ck_assert_int_eq(answer.error, 0);
  ck_assert_msg(answer.status == status, "%ld %s", answer.status, answer.body);
  cJSON *json = cloud_json(&answer);
  lab_answer_finish(&answer);
  return json;
}

static const cJSON *
part(const cJSON *json, const char *id)
{
  const cJSON *found = NULL, *response;
  cJSON_ArrayForEach(response, cloud_item(json, "responses")) if (strcmp(cloud_text(response, "id"),
                                                                         id) == 0) found = response;
  ck_assert_msg(found != NULL, "no part %s", id);
  return found;
}

static void
assert_part(const cJSON *json, const char *id, int status, const char *code)
{
  const cJSON *found = part(json, id);
  ck_assert_int_eq(cloud_item(found, "status")->valueint, status);
  ck_assert_str_eq(cloud_text(found, "body.error.code"), code);
}

// The three questions by which a connector finds out about a mailbox.
static cJSON *
probe(const struct lab_run *lab, const char *token, const char *address)
{
  char body[1024];
  snprintf(body, sizeof(body),
           "{\"requests\":["
           "{\"id\":\"dir\",\"method\":\"GET\",\"url\":\"/users/%s?$select=id,mail\"},"
           "{\"id\":\"set\",\"method\":\"GET\","
           "\"url\":\"/users/%s/mailboxSettings/automaticRepliesSetting\"},"
           "{\"id\":\"box\",\"method\":\"GET\","
           "\"url\":\"/users/%s/mailFolders/inbox?$select=id,totalItemCount\"}]}",
           address, address, address);
  return batch(lab, token, body, 200);
}

START_TEST(graph__takes_no_token_but_its_own)
{
  struct lab_run lab = cloud_play("cloud");
  char *exchange = cloud_token(&lab, EXCHANGE), *token = cloud_token(&lab, GRAPH);
  assert_error(&lab, "/v1.0/organization", NULL, 401, "InvalidAuthenticationToken");
  assert_error(&lab, "/v1.0/organization", "nonsense", 401, "InvalidAuthenticationToken");
  assert_error(&lab, "/v1.0/organization", exchange, 401, "InvalidAuthenticationToken");
  // The signature of another token.
  char *forged = strdup(token);
  snprintf(strrchr(forged, '.'), strlen(strrchr(forged, '.')) + 1, "%s", strrchr(exchange, '.'));
  assert_error(&lab, "/v1.0/organization", forged, 401, "InvalidAuthenticationToken");
  cJSON_Delete(get(&lab, "/v1.0/organization", token, 200));
  free(forged);
  free(exchange);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(graph__takes_no_token_that_has_ended)
{
  struct lab_run lab =
      lab_start((const char *[]){"--scenario", "cloud", "--token-seconds", "1", NULL});
  char *token = cloud_token(&lab, GRAPH);
  cJSON *claims = cloud_claims(token);
  const struct timespec pause = {.tv_nsec = 50 * 1000000};
  while ((double)time(NULL) < cloud_item(claims, "exp")->valuedouble)
    nanosleep(&pause, NULL);
  assert_error(&lab, "/v1.0/organization", token, 401, "InvalidAuthenticationToken");
  cJSON_Delete(claims);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(organization__has_bought_exchange)
{
  struct lab_run lab = cloud_play("plain");
  char *token = cloud_token(&lab, GRAPH);
  cJSON *json = get(&lab, "/v1.0/organization?$select=id,assignedPlans", token, 200);
  ck_assert_str_eq(cloud_text(json, "value.0.id"), lab_string(&lab, "tenant"));
  ck_assert_str_eq(cloud_text(json, "value.0.assignedPlans.1.service"), "exchange");
  ck_assert_str_eq(cloud_text(json, "value.0.assignedPlans.1.capabilityStatus"), "Enabled");
  ck_assert_ptr_null(cloud_item(json, "value.0.displayName"));
  cJSON_Delete(json);
  assert_error(&lab, "/v1.0/organization?$select=id,nothing", token, 400, "BadRequest");
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(users__are_told_page_by_page_and_nobody_twice)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = cloud_token(&lab, GRAPH);
  char path[512] = "/v1.0/users?$top=7&$select=id,mail", first[64] = "";
  size_t people = 0, pages = 0;
  while (path[0] != '\0') {
    cJSON *json = get(&lab, path, token, 200);
    const char *next = cloud_text(json, "@odata.nextLink");
    people += (size_t)cJSON_GetArraySize(cloud_item(json, "value"));
    ck_assert_str_ne(cloud_text(json, "value.0.mail"), first);
    snprintf(first, sizeof(first), "%s", cloud_text(json, "value.0.mail"));
    ck_assert_ptr_null(cloud_item(json, "value.0.displayName"));
    size_t authority = strlen(lab_string(&lab, "graph"));
    ck_assert(next[0] == '\0' || strncmp(next, lab_string(&lab, "graph"), authority) == 0);
    snprintf(path, sizeof(path), "%s", next[0] != '\0' ? next + authority : "");
    cJSON_Delete(json);
    pages++;
  }
  // 25 allowed, 3 denied, 2 disabled, 2 elsewhere.
  ck_assert_uint_eq(people, 32);
  ck_assert_uint_eq(pages, 5);
  assert_error(&lab, "/v1.0/users?$top=1000", token, 400, "Request_BadRequest");
  assert_error(&lab, "/v1.0/users?$skiptoken=mine", token, 400, "Request_BadRequest");
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(users__are_found_by_a_filter_and_by_a_search)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = cloud_token(&lab, GRAPH);
  cJSON *json = get(&lab, "/v1.0/users?$filter=mail%20eq%20%27ceo@contoso.example%27", token, 200);
  ck_assert_str_eq(cloud_text(json, "value.0.displayName"), "Margaret Whitfield");
  ck_assert_int_eq(cJSON_GetArraySize(cloud_item(json, "value")), 1);
  cJSON_Delete(json);
  json = get(&lab,
             "/v1.0/users?$filter=startswith(displayName,%27Marg%27)%20or%20"
             "startswith(surname,%27Berger%27)",
             token, 200);
  ck_assert_int_eq(cJSON_GetArraySize(cloud_item(json, "value")), 2);
  cJSON_Delete(json);
  static const char search[] = "/v1.0/users?$search=%22displayName:whitf%22&$count=true";
  assert_error(&lab, search, token, 400, "Request_UnsupportedQuery");
  char bearer[8192];
  snprintf(bearer, sizeof(bearer), "Bearer %s", token);
  struct lab_answer answer =
      lab_ask(&lab, &(struct lab_question){.path = search,
                                           .method = "GET",
                                           .header = "ConsistencyLevel: eventual",
                                           .authorization = bearer});
  json = cloud_json(&answer);
  ck_assert_int_eq(cloud_item(json, "@odata.count")->valueint, 1);
  ck_assert_str_eq(cloud_text(json, "value.0.mail"), "ceo@contoso.example");
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(user__is_found_by_upn_and_by_id_and_not_by_another_address)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = cloud_token(&lab, GRAPH);
  cJSON *json =
      get(&lab, "/v1.0/users/former.intern@contoso.example?$select=id,accountEnabled", token, 200);
  char path[128];
  ck_assert(cJSON_IsFalse(cloud_item(json, "accountEnabled")));
  snprintf(path, sizeof(path), "/v1.0/users('%s')", cloud_text(json, "id"));
  cJSON *again = get(&lab, path, token, 200);
  ck_assert_str_eq(cloud_text(again, "mail"), "former.intern@contoso.example");
  cJSON_Delete(again);
  cJSON_Delete(json);
  static const char *const nobody[] = {"/v1.0/users/mailbox00001@contoso.example",
                                       "/v1.0/users/nobody@contoso.example"};
  for (size_t i = 0; i < 2; i++)
    assert_error(&lab, nobody[i], token, 404, "Request_ResourceNotFound");
  assert_error(&lab, "/v1.0/me", token, 400, "BadRequest");
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(batch__tells_of_each_kind_of_person)
{
  static const struct {
    const char *address;
    int directory;
    const char *directory_code;
    int box;
    const char *box_code;
  } people[] = {
      {"user00001@contoso.example", 200, "", 200, ""},
      {"former.intern@contoso.example", 200, "", 200, ""},
      {"ceo@contoso.example", 200, "", 403, "ErrorAccessDenied"},
      {"plant.manager@contoso.example", 200, "", 404, "MailboxNotEnabledForRESTAPI"},
      {"nobody@contoso.example", 404, "Request_ResourceNotFound", 404, "ErrorInvalidUser"},
  };
  struct lab_run lab = cloud_play("cloud");
  char *token = cloud_token(&lab, GRAPH);
  for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
    cJSON *json = probe(&lab, token, people[i].address);
    assert_part(json, "dir", people[i].directory, people[i].directory_code);
    assert_part(json, "set", people[i].box, people[i].box_code);
    assert_part(json, "box", people[i].box, people[i].box_code);
    // In another order than they were asked.
    ck_assert_str_ne(cloud_text(json, "responses.0.id"), "dir");
    cJSON_Delete(json);
  }
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(batch__refuses_what_it_cannot_run)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = cloud_token(&lab, GRAPH), many[4096] = "{\"requests\":[";
  for (size_t i = 0; i < 21; i++)
    snprintf(many + strlen(many), sizeof(many) - strlen(many),
             "%s{\"id\":\"%zu\",\"method\":\"GET\",\"url\":\"/organization\"}", i > 0 ? "," : "",
             i);
  snprintf(many + strlen(many), sizeof(many) - strlen(many), "]}");
  const char *const bad[] = {
      many,
      "{\"requests\":[]}",
      "{\"requests\":7}",
      "not JSON",
      "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/organization\"}]} and more",
      "{\"requests\":[{\"method\":\"GET\",\"url\":\"/organization\"}]}",
      "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"https://a.example/\"}]}",
      "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/organization\"},"
      "{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/organization\"}]}",
      "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/organization\","
      "\"body\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}]}",
  };
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    cJSON *json = batch(&lab, token, bad[i], 400);
    ck_assert_str_eq(cloud_text(json, "error.code"), "BadRequest");
    cJSON_Delete(json);
  }
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(batch__does_not_run_what_depends_on_a_failure)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = cloud_token(&lab, GRAPH);
  cJSON *json = batch(
      &lab, token,
      "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/users/nobody@contoso.example\"},"
      "{\"id\":\"2\",\"method\":\"GET\",\"url\":\"/organization\",\"dependsOn\":[\"1\"]},"
      "{\"id\":\"3\",\"method\":\"GET\",\"url\":\"/organization\"}]}",
      200);
  assert_part(json, "1", 404, "Request_ResourceNotFound");
  assert_part(json, "2", 424, "FailedDependency");
  assert_part(json, "3", 200, "");
  cJSON_Delete(json);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(mailbox_settings__tell_the_replies_and_what_the_mailbox_is_for)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = cloud_token(&lab, GRAPH);
  cJSON *json = get(&lab, "/v1.0/users/former.intern@contoso.example/mailboxSettings", token, 200);
  ck_assert_str_eq(cloud_text(json, "userPurpose"), "shared");
  const char *moment = cloud_text(json, "automaticRepliesSetting.scheduledStartDateTime.dateTime");
  ck_assert_uint_eq(strlen(moment), strlen("2026-07-01T06:00:00.0000000"));
  cJSON_Delete(json);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

// A person's token, with these scopes.
static char *
sign_in(const struct lab_run *lab, const char *scopes)
{
  char *user_code;
  char *code = cloud_device(lab, scopes, &user_code);
  cloud_decide(lab, user_code, "yes");
  struct lab_answer answer = cloud_poll(lab, code);
  cJSON *json = cloud_json(&answer);
  ck_assert_int_eq(answer.status, 200);
  char *token = strdup(cloud_text(json, "access_token"));
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  free(code);
  free(user_code);
  return token;
}

START_TEST(person__sees_shared_folders_and_nobodys_settings)
{
  struct lab_run lab = cloud_play("cloud");
  char *token = sign_in(&lab, "User.Read.All MailboxSettings.ReadWrite Mail.Read.Shared");
  cJSON *json = get(&lab, "/v1.0/me?$select=userPrincipalName", token, 200);
  ck_assert_str_eq(cloud_text(json, "userPrincipalName"), "svc-tenon@contoso.example");
  cJSON_Delete(json);
  assert_error(&lab, "/v1.0/me/mailFolders/inbox", token, 404, "MailboxNotEnabledForRESTAPI");
  json = probe(&lab, token, "user00001@contoso.example");
  assert_part(json, "dir", 200, "");
  assert_part(json, "set", 403, "ErrorAccessDenied");
  assert_part(json, "box", 200, "");
  cJSON_Delete(json);
  json = probe(&lab, token, "ceo@contoso.example");
  assert_part(json, "box", 404, "ErrorItemNotFound");
  cJSON_Delete(json);
  free(token);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("lab: graph");
  TCase *graph = tcase_create("graph");
  tcase_set_timeout(graph, 60);
  tcase_add_test(graph, graph__takes_no_token_but_its_own);
  tcase_add_test(graph, graph__takes_no_token_that_has_ended);
  tcase_add_test(graph, organization__has_bought_exchange);
  tcase_add_test(graph, users__are_told_page_by_page_and_nobody_twice);
  tcase_add_test(graph, users__are_found_by_a_filter_and_by_a_search);
  tcase_add_test(graph, user__is_found_by_upn_and_by_id_and_not_by_another_address);
  tcase_add_test(graph, batch__tells_of_each_kind_of_person);
  tcase_add_test(graph, batch__refuses_what_it_cannot_run);
  tcase_add_test(graph, batch__does_not_run_what_depends_on_a_failure);
  tcase_add_test(graph, mailbox_settings__tell_the_replies_and_what_the_mailbox_is_for);
  tcase_add_test(graph, person__sees_shared_folders_and_nobodys_settings);
  suite_add_tcase(suite, graph);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
