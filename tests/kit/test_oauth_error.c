// SPDX-License-Identifier: Apache-2.0
//
// Errors of token endpoints in all their shapes: a few written here, and every recorded one where a copy of the
// recordings lies beside the source.
#include "json.h"
#include "oauth.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloud_suites.h"

#define RECORDED TENON_SHARED_DATA "/oauth-graph/"

static struct oauth_error error;

static void
read_error(const char *text)
{
  memset(&error, 1, sizeof error);
  oauth_error_read(text, strlen(text), &error);
}

START_TEST(error__of_entra_is_read_without_its_ids_in_the_sentence)
{
  read_error("{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: The secret is "
             "wrong.\\r\\nTrace ID: t\\r\\nCorrelation ID: c\\r\\nTimestamp: now\","
             "\"error_codes\":[7000215],\"timestamp\":\"now\",\"trace_id\":\"t-1\",\"correlation_"
             "id\":\"c-1\","
             "\"suberror\":\"bad_token\"}");
  ck_assert(error.readable);
  ck_assert_str_eq(error.error, "invalid_client");
  ck_assert_str_eq(error.suberror, "bad_token");
  ck_assert_str_eq(error.text, "AADSTS7000215: The secret is wrong.");
  ck_assert_uint_eq(error.n_codes, 1);
  ck_assert_uint_eq(error.codes[0], 7000215);
  ck_assert_str_eq(error.trace, "t-1");
  ck_assert_str_eq(error.correlation, "c-1");
  ck_assert_str_eq(error.timestamp, "now");
}
END_TEST

START_TEST(error__sentence_is_cut_in_the_newer_form_too)
{
  read_error(
      "{\"error\":\"x\",\"error_description\":\"AADSTS1: One. Trace ID: t Correlation ID: c\"}");
  ck_assert_str_eq(error.text, "AADSTS1: One.");
  read_error("{\"error\":\"x\",\"error_description\":\"AADSTS1: One.Trace ID: t\"}");
  ck_assert_str_eq(error.text, "AADSTS1: One.");
}
END_TEST

START_TEST(error__numbers_come_from_the_sentence_too_the_most_specific_last)
{
  read_error(
      "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS70002: A.AADSTS70008: B.\"}");
  ck_assert_uint_eq(error.n_codes, 2);
  ck_assert_uint_eq(error.codes[0], 70002);
  ck_assert_uint_eq(error.codes[1], 70008);
}
END_TEST

START_TEST(error__more_numbers_than_fit_are_left_out)
{
  read_error("{\"error_codes\":[1,2,3,4,5,6,-7,8e20,\"9\"]}");
  ck_assert_uint_eq(error.n_codes, OAUTH_CODES_MAX);
  ck_assert_uint_eq(error.codes[OAUTH_CODES_MAX - 1], OAUTH_CODES_MAX);
}
END_TEST

START_TEST(error__numbers_may_be_a_text)
{
  read_error("{\"error\":\"invalid_resource\",\"error_codes\":\"[500011, 7]\"}");
  ck_assert_uint_eq(error.n_codes, 2);
  ck_assert_uint_eq(error.codes[0], 500011);
  ck_assert_uint_eq(error.codes[1], 7);
}
END_TEST

START_TEST(error__may_be_an_object_or_a_sentence)
{
  read_error("{\"error\":{\"code\":\"AudienceNotSupported\",\"message\":\"It is not.\"}}");
  ck_assert_str_eq(error.error, "AudienceNotSupported");
  ck_assert_str_eq(error.text, "It is not.");
  read_error("{\"error\":\"Bad request. No api-version.\"}");
  ck_assert_str_eq(error.error, "");
  ck_assert_str_eq(error.text, "Bad request. No api-version.");
  read_error("{\"statusCode\":500,\"message\":\"An error.\",\"correlationId\":\"c\"}");
  ck_assert_str_eq(error.text, "An error.");
  ck_assert_str_eq(error.correlation, "c");
}
END_TEST

START_TEST(error__shows_nothing_that_is_not_printable)
{
  read_error("{\"error\":\"a\\u0007b\",\"error_description\":\"one\\n\\u001b[31m two\\u0085\"}");
  ck_assert_str_eq(error.error, "a b");
  ck_assert_str_eq(error.text, "one [31m two");
}
END_TEST

static const char *const unreadable[] = {"",
                                         "<html>Bad gateway</html>",
                                         "[]",
                                         "{}",
                                         "null",
                                         "{\"access_token\":\"x\"}",
                                         "{\"error\":5}",
                                         "{\"error\":\"x\""};

START_TEST(error__that_is_none_is_not_readable)
{
  read_error(unreadable[_i]);
  ck_assert(!error.readable);
  ck_assert_uint_eq(error.n_codes, 0);
}
END_TEST

static const struct {
  const char *body;
  bool dead, interactive;
} ends[] = {
    {"{\"error\":\"invalid_grant\",\"suberror\":\"bad_token\",\"error_codes\":[9002313]}", true,
     true},
    {"{\"error\":\"invalid_grant\",\"error_codes\":[700082]}", true, true},
    {"{\"error\":\"invalid_grant\",\"error_codes\":[50173]}", true, true},
    {"{\"error\":\"invalid_grant\"}", true, true},
    {"{\"error\":\"invalid_grant\",\"error_codes\":[50076],\"suberror\":\"basic_action\"}", false,
     true},
    {"{\"error\":\"invalid_grant\",\"error_codes\":[53003],\"suberror\":\"message_only\"}", false,
     false},
    {"{\"error\":\"interaction_required\",\"error_codes\":[50105]}", false, true},
    {"{\"error\":\"invalid_client\",\"error_codes\":[7000218]}", false, false},
    {"{\"error\":\"temporarily_unavailable\"}", false, false},
};

START_TEST(error__tells_a_dead_refresh_token_from_one_that_needs_a_person)
{
  read_error(ends[_i].body);
  ck_assert_int_eq(oauth_error_is_dead(&error), ends[_i].dead);
  ck_assert_int_eq(oauth_error_is_interactive(&error), ends[_i].interactive);
}
END_TEST

// ---- recorded ---------------------------------------------------------------------------------

static size_t
read_file(const char *folder, const char *name, char *to, size_t size)
{
  char path[1024];
  snprintf(path, sizeof path, RECORDED "%s/%s", folder, name);
  FILE *f = fopen(path, "rb");
  ck_assert_ptr_nonnull(f);
  size_t n = fread(to, 1, size - 1, f);
  fclose(f);
  to[n] = 0;
  return n;
}

static void
hold_recorded(const char *name, const char *body)
{
  unsigned code = 0;
  read_error(body);
  ck_assert_msg(error.readable, "%s", name);
  ck_assert_msg(strstr(error.text, "Trace ID") == NULL, "%s: %s", name, error.text);
  if (sscanf(name, "%6u-", &code) != 1 && sscanf(name, "msal-%u-", &code) != 1 &&
      sscanf(name, "msaljs-%u-", &code) != 1)
    return;
  (void)sscanf(name, "%u", &code);
  ck_assert_msg(error.n_codes > 0 && error.codes[0] == code, "%s", name);
}

START_TEST(error__of_every_recording_is_read)
{
  static char body[65536];
  DIR *folder = opendir(RECORDED "token-errors");
  size_t seen = 0;
  if (folder == NULL)
    return;
  for (struct dirent *e; (e = readdir(folder)) != NULL;) {
    if (strstr(e->d_name, ".json") == NULL || strstr(e->d_name, "SYNTHETIC") != NULL)
      continue;
    (void)read_file("token-errors", e->d_name, body, sizeof body);
    hold_recorded(e->d_name, body);
    seen++;
  }
  closedir(folder);
  ck_assert_uint_gt(seen, 10);
}
END_TEST

START_TEST(error__of_every_number_in_the_table_is_read)
{
  static char all[262144];
  DIR *folder = opendir(RECORDED "token-errors");
  if (folder == NULL)
    return;
  closedir(folder);
  size_t n = read_file("token-errors", "SYNTHETIC-by-code.json", all, sizeof all);
  cJSON *json = kit_json_parse(all, n, NULL);
  const cJSON *one;
  ck_assert_ptr_nonnull(json);
  cJSON_ArrayForEach(one, json)
  {
    uint32_t code = (uint32_t)strtoul(one->string, NULL, 10);
    if (!cJSON_IsObject(one) || code == 0)
      continue;
    char *body = cJSON_PrintUnformatted(one);
    read_error(body);
    free(body);
    ck_assert_msg(error.n_codes > 0 && error.codes[0] == code, "%s", one->string);
    ck_assert_msg(error.error[0] != 0 && error.text[0] != 0, "%s", one->string);
  }
  cJSON_Delete(json);
}
END_TEST

START_TEST(error__of_managed_identities_is_read)
{
  static const char *const names[] = {"appservice-error.json", "arc-error-codes-as-string.json",
                                      "cloudshell-error-object.json", "imds-error-500011.json",
                                      "imds-missing-api-version.json"};
  static char body[65536];
  DIR *folder = opendir(RECORDED "managed-identity");
  if (folder == NULL)
    return;
  closedir(folder);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    (void)read_file("managed-identity", names[i], body, sizeof body);
    read_error(body);
    ck_assert_msg(error.readable && error.text[0] != 0, "%s", names[i]);
  }
}
END_TEST

TCase *
oauth_error_cases(void)
{
  TCase *cases = tcase_create("oauth-error");
  tcase_add_test(cases, error__of_entra_is_read_without_its_ids_in_the_sentence);
  tcase_add_test(cases, error__sentence_is_cut_in_the_newer_form_too);
  tcase_add_test(cases, error__numbers_come_from_the_sentence_too_the_most_specific_last);
  tcase_add_test(cases, error__more_numbers_than_fit_are_left_out);
  tcase_add_test(cases, error__numbers_may_be_a_text);
  tcase_add_test(cases, error__may_be_an_object_or_a_sentence);
  tcase_add_test(cases, error__shows_nothing_that_is_not_printable);
  tcase_add_loop_test(cases, error__that_is_none_is_not_readable, 0,
                      sizeof unreadable / sizeof *unreadable);
  tcase_add_loop_test(cases, error__tells_a_dead_refresh_token_from_one_that_needs_a_person, 0,
                      sizeof ends / sizeof *ends);
  tcase_add_test(cases, error__of_every_recording_is_read);
  tcase_add_test(cases, error__of_every_number_in_the_table_is_read);
  tcase_add_test(cases, error__of_managed_identities_is_read);
  return cases;
}
