// SPDX-License-Identifier: Apache-2.0
//
// Forms by libcurl's escaping, JSON by cJSON.
#include "cloud_client.h"

#include <check.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_ROOM  512
#define CLAIMS_MAX 4096

struct lab_run
cloud_play(const char *scenario)
{
  return lab_start((const char *[]){"--scenario", scenario, NULL});
}

char *
cloud_field(char *form, const char *name, const char *value)
{
  char *longer = NULL;
  char *escaped = curl_easy_escape(NULL, value, 0);
  ck_assert_ptr_nonnull(escaped);
  ck_assert_int_gt(asprintf(&longer, "%s&%s=%s", form, name, escaped), 0);
  curl_free(escaped);
  free(form);
  return longer;
}

struct lab_answer
cloud_post(const struct lab_run *lab, const char *page, char *form)
{
  char path[PATH_ROOM];
  snprintf(path, sizeof(path), "/%s/%s", lab_string(lab, "tenant"), page);
  struct lab_answer answer =
      lab_ask(lab, &(struct lab_question){.path = page[0] == '/' ? page : path,
                                          .type = "application/x-www-form-urlencoded",
                                          .authorization = "",
                                          .body = form});
  ck_assert_int_eq(answer.error, 0);
  free(form);
  return answer;
}

struct lab_answer
cloud_get(const struct lab_run *lab, const char *path, const char *token)
{
  char bearer[8192] = "";
  if (token != NULL)
    snprintf(bearer, sizeof(bearer), "Bearer %s", token);
  struct lab_answer answer =
      lab_ask(lab, &(struct lab_question){.path = path, .method = "GET", .authorization = bearer});
  ck_assert_int_eq(answer.error, 0);
  return answer;
}

char *
cloud_form(const struct lab_run *lab, const char *grant, const char *scope)
{
  char *form = cloud_field(strdup("lab=1"), "grant_type", grant);
  form = cloud_field(form, "client_id", lab_string(lab, "client_id"));
  return scope != NULL ? cloud_field(form, "scope", scope) : form;
}

struct lab_answer
cloud_ask(const struct lab_run *lab, const char *resource)
{
  char scope[PATH_ROOM];
  snprintf(scope, sizeof(scope), "%s/.default", resource);
  char *form = cloud_form(lab, "client_credentials", scope);
  return cloud_post(lab, "oauth2/v2.0/token",
                    cloud_field(form, "client_secret", lab_string(lab, "client_secret")));
}

char *
cloud_token(const struct lab_run *lab, const char *resource)
{
  struct lab_answer answer = cloud_ask(lab, resource);
  ck_assert_int_eq(answer.status, 200);
  cJSON *json = cloud_json(&answer);
  char *token = strdup(cloud_text(json, "access_token"));
  ck_assert_uint_gt(strlen(token), 100);
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  return token;
}

cJSON *
cloud_json(const struct lab_answer *answer)
{
  cJSON *json = cJSON_Parse(answer->body);
  ck_assert_msg(json != NULL, "no JSON: %ld %s", answer->status, answer->body);
  return json;
}

const cJSON *
cloud_item(const cJSON *json, const char *path)
{
  char name[PATH_ROOM];
  while (json != NULL && *path != '\0') {
    // "@odata.nextLink" is one name.
    size_t length = path[0] == '@' ? strlen(path) : strcspn(path, ".");
    snprintf(name, sizeof(name), "%.*s", (int)length, path);
    json = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, (int)strtol(name, NULL, 10))
                               : cJSON_GetObjectItemCaseSensitive(json, name);
    path += length + (path[length] == '.');
  }
  return json;
}

const char *
cloud_text(const cJSON *json, const char *path)
{
  const char *text = cJSON_GetStringValue(cloud_item(json, path));
  return text != NULL ? text : "";
}

cJSON *
cloud_claims(const char *token)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  char text[CLAIMS_MAX];
  size_t length = 0;
  unsigned int held = 0, bits = 0;
  const char *payload = strchr(token, '.');
  ck_assert_ptr_nonnull(payload);
  for (payload++; *payload != '.'; payload++) {
    const char *letter = strchr(letters, *payload);
    ck_assert_msg(*payload != '\0' && letter != NULL, "no base64url: %s", token);
    held = held << 6 | (unsigned int)(letter - letters);
    bits += 6;
    if (bits >= 8 && length + 1 < sizeof(text)) {
      bits -= 8;
      text[length++] = (char)(held >> bits);
    }
  }
  text[length] = '\0';
  cJSON *claims = cJSON_Parse(text);
  ck_assert_ptr_nonnull(claims);
  return claims;
}

void
cloud_assert_refused(struct lab_answer *answer, long status, const char *error, int code)
{
  cJSON *json = cloud_json(answer);
  char number[32];
  snprintf(number, sizeof(number), "AADSTS%d: ", code);
  ck_assert_msg(answer->status == status, "%ld: %s", answer->status, answer->body);
  ck_assert_str_eq(cloud_text(json, "error"), error);
  const cJSON *codes = cloud_item(json, "error_codes");
  ck_assert_int_eq(cJSON_GetArraySize(codes), 1);
  ck_assert_int_eq(cJSON_GetArrayItem(codes, 0)->valueint, code);
  ck_assert_ptr_nonnull(strstr(cloud_text(json, "error_description"), number));
  cJSON_Delete(json);
  lab_answer_finish(answer);
}

char *
cloud_device(const struct lab_run *lab, const char *scope, char **ret_user_code)
{
  char *form = cloud_field(strdup("lab=1"), "client_id", lab_string(lab, "client_id"));
  struct lab_answer answer =
      cloud_post(lab, "oauth2/v2.0/devicecode", cloud_field(form, "scope", scope));
  ck_assert_int_eq(answer.status, 200);
  cJSON *json = cloud_json(&answer);
  char *code = strdup(cloud_text(json, "device_code"));
  *ret_user_code = strdup(cloud_text(json, "user_code"));
  cJSON_Delete(json);
  lab_answer_finish(&answer);
  return code;
}

struct lab_answer
cloud_poll(const struct lab_run *lab, const char *device_code)
{
  char *form = cloud_form(lab, GRANT_DEVICE, NULL);
  return cloud_post(lab, "oauth2/v2.0/token", cloud_field(form, "device_code", device_code));
}

void
cloud_decide(const struct lab_run *lab, const char *user_code, const char *decision)
{
  char *form = cloud_field(strdup("lab=1"), "user_code", user_code);
  struct lab_answer answer = cloud_post(lab, "/devicelogin", cloud_field(form, "answer", decision));
  ck_assert_int_eq(answer.status, 200);
  lab_answer_finish(&answer);
}
