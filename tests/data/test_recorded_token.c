// SPDX-License-Identifier: Apache-2.0
//
// What Entra ID and the metadata service have answered instead of a token, where a collection of such answers lies beside
// the source: each is read without a crash and gets the verdict that its file's name says.
#include "json.h"
#include "verdict.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA     TENON_SHARED_DATA "/oauth-graph"
#define FILE_MAX (1 << 20)

static struct verdict verdict;
static struct challenge challenge;
static struct oauth_result result;
static struct oauth_settings settings;
static tenon_http_completion completion;
static char bytes[FILE_MAX + 1];
static size_t n_bytes;

static void
judge(const char *text, size_t len, enum oauth_grant grant, const char *step)
{
  completion = (tenon_http_completion){
      .size = sizeof completion,
      .code = 400,
      .url = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
      .route = "direct",
      .body = {text, len},
  };
  settings = (struct oauth_settings){.grant = grant,
                                     .cloud = cloud_find(NULL),
                                     .authority = "https://login.microsoftonline.com",
                                     .tenant = "contoso.example",
                                     .client_id = "11111111-2222-3333-4444-555555555555",
                                     .login_hint = "anna@contoso.example"};
  memset(&result, 0, sizeof result);
  result.status = TENON_E_AUTH;
  result.step = step;
  result.completion = &completion;
  oauth_error_read(text, len, &result.error);
  struct verdict_evidence evidence = {0};
  verdict_gather_token(&evidence, &result, &settings, &challenge);
  verdict_judge(&evidence, &verdict);
  ck_assert_ptr_nonnull(verdict.check.remedy);
  ck_assert_str_eq(verdict.check.id, "auth.token");
}

static void
read_file(const char *folder, const char *name)
{
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  ck_assert_msg(file != NULL, "%s", path);
  n_bytes = fread(bytes, 1, FILE_MAX, file);
  bytes[n_bytes] = 0;
  fclose(file);
}

static const struct {
  const char *part, *row;
  enum oauth_grant grant;
  const char *step;
} rows[] = {
    {"500011-", "token-resource-absent", OAUTH_CLIENT_SECRET, "token"},
    {"50076-", "token-mfa-required", OAUTH_BROWSER, "refresh"},
    {"65001-", "token-consent-missing", OAUTH_BROWSER, "token"},
    {"65001-", "token-consent-missing-app", OAUTH_CERTIFICATE, "token"},
    {"700016-", "token-app-unknown", OAUTH_CLIENT_SECRET, "token"},
    {"7000215-", "token-secret-wrong", OAUTH_CLIENT_SECRET, "token"},
    {"7000218-", "token-credential-missing", OAUTH_CLIENT_SECRET, "token"},
    {"7000218-", "token-credential-expected", OAUTH_DEVICE_CODE, "device"},
    {"7000222-", "token-secret-expired", OAUTH_CLIENT_SECRET, "token"},
    {"70011-", "token-scope-invalid", OAUTH_CLIENT_SECRET, "token"},
    {"hostile-no-error-member", "token-tenant-missing", OAUTH_CLIENT_SECRET, "token"},
    {"msal-70002-70008", "token-session-ended", OAUTH_DEVICE_CODE, "refresh"},
    {"msal-7000218", "token-credential-missing", OAUTH_CLIENT_SECRET, "token"},
    {"msal-90010", "token-tenant-missing", OAUTH_CLIENT_SECRET, "token"},
    {"msaljs-700081", "token-redirect-spa", OAUTH_BROWSER, "refresh"},
    {"msaljs-70016", "token-device-pending", OAUTH_DEVICE_CODE, "device"},
    {"msaljs-9002313", "token-session-ended", OAUTH_BROWSER, "refresh"},
};

START_TEST(recorded__refusals_of_tokens_get_the_verdict_of_their_name)
{
  DIR *dir = opendir(DATA "/token-errors");
  unsigned n = 0;
  ck_assert_ptr_nonnull(dir);
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
    if (strstr(entry->d_name, ".json") == NULL || strncmp(entry->d_name, "SYNTHETIC", 9) == 0)
      continue;
    read_file(DATA "/token-errors", entry->d_name);
    bool named = false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
      if (strncmp(entry->d_name, rows[i].part, strlen(rows[i].part)) == 0) {
        judge(bytes, n_bytes, rows[i].grant, rows[i].step);
        ck_assert_msg(strcmp(verdict.row->name, rows[i].row) == 0, "%s: %s", entry->d_name,
                      verdict.row->name);
        named = true;
      }
    ck_assert_msg(named, "%s has no verdict", entry->d_name);
    n++;
  }
  closedir(dir);
  ck_assert_uint_gt(n, 10);
}
END_TEST

// Rows that say nothing but `error`: no number of the collection comes to them.
START_TEST(recorded__every_number_of_the_collection_has_words_of_its_own)
{
  static const char *const general[] = {
      "token-refused", "token-grant-refused",  "token-client-refused",
      "token-denied",  "token-unreadable",     "token-client-unauthorized",
      "token-rule",    "token-sign-in-wanted", "token-resource-refused"};
  read_file(DATA "/token-errors", "SYNTHETIC-by-code.json");
  KIT_CLEANUP_JSON cJSON *all = kit_json_parse(bytes, n_bytes, NULL);
  const cJSON *one;
  ck_assert_ptr_nonnull(all);
  cJSON_ArrayForEach(one, all)
  {
    char *text = cJSON_PrintUnformatted(one);
    judge(text, strlen(text), OAUTH_DEVICE_CODE, "token");
    for (size_t i = 0; i < sizeof general / sizeof *general; i++)
      ck_assert_msg(strcmp(verdict.row->name, general[i]) != 0, "%s: %s", one->string, general[i]);
    free(text);
  }
}
END_TEST

START_TEST(recorded__errors_of_managed_identities_are_read)
{
  static const char *const files[][2] = {
      {"imds-error-500011.json", "token-resource-absent"},
      {"imds-missing-api-version.json", "token-imds-failed"},
      {"arc-error-codes-as-string.json", "token-resource-absent"},
      {"cloudshell-error-object.json", "token-imds-failed"},
      {"appservice-error.json", "token-imds-failed"},
  };
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    read_file(DATA "/managed-identity", files[i][0]);
    judge(bytes, n_bytes, OAUTH_MANAGED_IDENTITY, "imds");
    ck_assert_msg(strcmp(verdict.row->name, files[i][1]) == 0, "%s: %s", files[i][0],
                  verdict.row->name);
  }
}
END_TEST

// Every prefix of an answer is one that a broken connection could leave.
START_TEST(recorded__refusals_may_end_anywhere)
{
  read_file(DATA "/token-errors", "50076-mfa-required.json");
  for (size_t n = 0; n < n_bytes; n++)
    judge(bytes, n, OAUTH_BROWSER, "refresh");
}
END_TEST

int
main(void)
{
  if (access(DATA, R_OK) != 0)
    return 77; // skipped: the collection is not here
  TCase *cases = tcase_create("recorded");
  tcase_set_timeout(cases, 60);
  tcase_add_test(cases, recorded__refusals_of_tokens_get_the_verdict_of_their_name);
  tcase_add_test(cases, recorded__every_number_of_the_collection_has_words_of_its_own);
  tcase_add_test(cases, recorded__errors_of_managed_identities_are_read);
  tcase_add_test(cases, recorded__refusals_may_end_anywhere);
  Suite *suite = suite_create("recorded tokens");
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
