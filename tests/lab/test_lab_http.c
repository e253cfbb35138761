// SPDX-License-Identifier: Apache-2.0
//
// What surrounds EWS in the plain lab: sign-in, headers, connections, delays, and input made to do
// harm.
#include <check.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lab_client.h"

static struct lab_run lab;

static void
open_lab(void)
{
  lab = lab_start(NULL);
}

static void
close_lab(void)
{
  ck_assert_int_eq(lab_stop(&lab), 0);
}

static long
status_of(const struct lab_question *question)
{
  struct lab_question whole = *question;
  char *envelope = lab_envelope("", LAB_CONVERT_ID);
  if (whole.body == NULL)
    whole.body = envelope;
  struct lab_answer answer = lab_ask(&lab, &whole);
  long status = answer.status;
  ck_assert_int_eq(answer.error, 0);
  lab_answer_finish(&answer);
  free(envelope);
  return status;
}

static void
assert_refused(const char *body, const char *code)
{
  struct lab_answer answer = lab_ask(&lab, &(struct lab_question){.body = body});
  char *got = lab_code(&answer);
  ck_assert_str_eq(got, code);
  ck_assert_int_eq(answer.status, 500);
  free(got);
  lab_answer_finish(&answer);
}

START_TEST(sign_in__takes_upn_and_both_domain_forms_whatever_the_case)
{
  static const char *const users[] = {"svc-tenon@contoso.example", "SVC-Tenon@CONTOSO.example",
                                      "CONTOSO\\svc-tenon", "contoso.example\\svc-tenon"};
  for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
    ck_assert_int_eq(status_of(&(struct lab_question){.user = users[i]}), 200);
}
END_TEST

START_TEST(sign_in__refuses_everything_else_with_a_challenge)
{
  static const struct lab_question wrong[] = {
      {.password = "not it"},
      {.password = ""},
      {.user = "user00001@contoso.example"},
      {.user = "svc-tenon"},
      {.authorization = ""},
      {.authorization = "Basic"},
      {.authorization = "Basic !!!!"},
      {.authorization = "Basic c3ZjLXRlbm9u"},
      {.authorization = "Negotiate TlRMTVNTUAABAAAA"},
      {.authorization = "Bearer e30.e30."},
  };
  for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
    ck_assert_int_eq(status_of(&wrong[i]), 401);
  struct lab_answer answer = lab_ask(&lab, &(struct lab_question){.authorization = ""});
  char *challenge = lab_header(&answer, "WWW-Authenticate");
  ck_assert_str_eq(challenge, "Basic realm=\"mail.contoso.example\"");
  free(challenge);
  lab_answer_finish(&answer);
}
END_TEST

START_TEST(http__finds_ews_whatever_the_case_of_its_path)
{
  ck_assert_int_eq(status_of(&(struct lab_question){.path = "/ews/exchange.ASMX"}), 200);
  ck_assert_int_eq(status_of(&(struct lab_question){.path = "/EWS/Nothing.asmx"}), 404);
}
END_TEST

START_TEST(http__refuses_another_content_type_and_a_body_too_large)
{
  ck_assert_int_eq(status_of(&(struct lab_question){.type = "application/json"}), 415);
  size_t length = 2 * 1024 * 1024;
  char *large = malloc(length);
  memset(large, ' ', length);
  ck_assert_int_eq(status_of(&(struct lab_question){.body = large, .length = length}), 413);
  free(large);
}
END_TEST

START_TEST(http__sends_the_headers_that_a_person_looks_for_in_a_trace)
{
  struct lab_answer answers[2];
  char *ids[2];
  for (size_t i = 0; i < 2; i++) {
    answers[i] = lab_post(&lab, "", LAB_CONVERT_ID);
    ids[i] = lab_header(&answers[i], "request-id");
    ck_assert_uint_eq(strlen(ids[i]), 36);
  }
  ck_assert_str_ne(ids[0], ids[1]);
  static const char *const names[] = {"X-FEServer", "X-OWA-Version", "X-CalculatedBETarget"};
  for (size_t i = 0; i < 3; i++) {
    char *value = lab_header(&answers[0], names[i]);
    ck_assert_ptr_nonnull(value);
    free(value);
  }
  for (size_t i = 0; i < 2; i++) {
    free(ids[i]);
    lab_answer_finish(&answers[i]);
  }
}
END_TEST

START_TEST(http__keeps_the_connection_after_success_refusal_and_fault)
{
  struct lab_answer answer = lab_post(&lab, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.connects, 1);
  lab_answer_finish(&answer);
  answer = lab_post(&lab, "", "<m:Nothing/>");
  ck_assert_int_eq(answer.connects, 0);
  lab_answer_finish(&answer);
  char *envelope = lab_envelope("", LAB_CONVERT_ID);
  answer = lab_ask(&lab, &(struct lab_question){.password = "wrong", .body = envelope});
  ck_assert_int_eq(answer.status, 401);
  ck_assert_int_eq(answer.connects, 0);
  lab_answer_finish(&answer);
  answer = lab_post(&lab, "", LAB_CONVERT_ID);
  ck_assert_int_eq(answer.connects, 0);
  lab_answer_finish(&answer);
  free(envelope);
}
END_TEST

START_TEST(xml__with_a_document_type_is_refused)
{
  assert_refused("<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "ErrorSchemaValidation");
  // In UTF-16 the words cannot be seen before the parser has read them.
  static const char words[] = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><!DOCTYPE a><a/>";
  char wide[2 + 2 * sizeof(words)] = {(char)0xff, (char)0xfe};
  for (size_t i = 0; i + 1 < sizeof(words); i++) {
    wide[2 + 2 * i] = words[i];
    wide[3 + 2 * i] = '\0';
  }
  struct lab_answer answer =
      lab_ask(&lab, &(struct lab_question){.body = wide, .length = 2 * sizeof(words)});
  ck_assert_int_eq(answer.status, 500);
  ck_assert_ptr_nonnull(strstr(answer.body, "not text in UTF-8"));
  lab_answer_finish(&answer);
}
END_TEST

START_TEST(xml__that_is_broken_or_not_soap_is_refused)
{
  assert_refused("", "ErrorSchemaValidation");
  assert_refused("not xml", "ErrorSchemaValidation");
  assert_refused("<a><b></a>", "ErrorSchemaValidation");
  assert_refused("<a>&undeclared;</a>", "ErrorSchemaValidation");
  assert_refused("<a>&#0;</a>", "ErrorSchemaValidation");
  assert_refused("<a/>", "ErrorInvalidRequest");
}
END_TEST

static char *
repeat(const char *piece, size_t times)
{
  size_t length = strlen(piece);
  char *text = calloc(1, length * times + 1);
  for (size_t i = 0; i < times; i++)
    memcpy(text + i * length, piece, length);
  return text;
}

START_TEST(xml__past_the_limits_of_depth_elements_and_attributes_is_refused)
{
  char *deep = repeat("<a>", 200);
  assert_refused(deep, "ErrorSchemaValidation");
  free(deep);
  char *many = repeat("<a/>", 3000);
  size_t room = strlen(many) + 16;
  char *document = malloc(room);
  snprintf(document, room, "<r>%s</r>", many);
  assert_refused(document, "ErrorSchemaValidation");
  free(document);
  free(many);
  assert_refused("<a b='' c='' d='' e='' f='' g='' h=''/>", "ErrorSchemaValidation");
}
END_TEST

START_TEST(xml__broken_by_comments_and_sections_is_read_as_one_text)
{
  char *header =
      lab_impersonate("SmtpAddress", " user<!-- x -->0000<![CDATA[1@contoso]]>.example\n ");
  struct lab_answer answer = lab_post(&lab, header, LAB_GET_FOLDER);
  char *code = lab_code(&answer);
  ck_assert_str_eq(code, "NoError");
  free(code);
  free(header);
  lab_answer_finish(&answer);
}
END_TEST

START_TEST(fault__escapes_what_the_client_wrote)
{
  char *header = lab_impersonate("SmtpAddress", "a&amp;b@contoso.example");
  struct lab_answer answer = lab_post(&lab, header, LAB_GET_FOLDER);
  ck_assert_ptr_nonnull(strstr(answer.body, ">a&amp;b@contoso.example<"));
  free(header);
  lab_answer_finish(&answer);
}
END_TEST

#define FLIGHT     16
#define LATENCY_MS 300

static CURL *
make_flight(const struct lab_run *late, const char *envelope, struct curl_slist *headers)
{
  CURL *curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, lab_string(late, "ews"));
  curl_easy_setopt(curl, CURLOPT_CAINFO, lab_string(late, "ca_file"));
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_USERNAME, "svc-tenon@contoso.example");
  curl_easy_setopt(curl, CURLOPT_PASSWORD, lab_password(late));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, envelope);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  return curl;
}

static int
fly(CURLM *multi)
{
  int running = 1;
  while (running > 0) {
    ck_assert_int_eq(curl_multi_perform(multi, &running), CURLM_OK);
    curl_multi_poll(multi, NULL, 0, 100, NULL);
  }
  int left;
  int done = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left)) != NULL) {
    long status = 0;
    curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
    done += status == 200;
  }
  return done;
}

START_TEST(latency__holds_each_answer_and_they_overlap)
{
  struct lab_run late = lab_start((const char *[]){"--latency", "300", NULL});
  char *envelope = lab_envelope("", LAB_CONVERT_ID);
  struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: text/xml");
  CURLM *multi = curl_multi_init();
  CURL *flights[FLIGHT];
  freopen("/dev/null", "w", stdout);
  for (size_t i = 0; i < FLIGHT; i++) {
    flights[i] = make_flight(&late, envelope, headers);
    curl_multi_add_handle(multi, flights[i]);
  }
  struct timespec start;
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  ck_assert_int_eq(fly(multi), FLIGHT);
  clock_gettime(CLOCK_MONOTONIC, &end);
  long ms = (end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000;
  ck_assert_int_ge(ms, LATENCY_MS);
  // One after the other they would take 4.8 s.
  ck_assert_int_lt(ms, FLIGHT * LATENCY_MS * 3 / 4);
  for (size_t i = 0; i < FLIGHT; i++) {
    curl_multi_remove_handle(multi, flights[i]);
    curl_easy_cleanup(flights[i]);
  }
  curl_multi_cleanup(multi);
  curl_slist_free_all(headers);
  free(envelope);
  ck_assert_int_eq(lab_stop(&late), 0);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("lab: HTTP");
  TCase *http = tcase_create("http");
  tcase_set_timeout(http, 60);
  tcase_add_unchecked_fixture(http, open_lab, close_lab);
  tcase_add_test(http, sign_in__takes_upn_and_both_domain_forms_whatever_the_case);
  tcase_add_test(http, sign_in__refuses_everything_else_with_a_challenge);
  tcase_add_test(http, http__finds_ews_whatever_the_case_of_its_path);
  tcase_add_test(http, http__refuses_another_content_type_and_a_body_too_large);
  tcase_add_test(http, http__sends_the_headers_that_a_person_looks_for_in_a_trace);
  tcase_add_test(http, http__keeps_the_connection_after_success_refusal_and_fault);
  tcase_add_test(http, xml__with_a_document_type_is_refused);
  tcase_add_test(http, xml__that_is_broken_or_not_soap_is_refused);
  tcase_add_test(http, xml__past_the_limits_of_depth_elements_and_attributes_is_refused);
  tcase_add_test(http, xml__broken_by_comments_and_sections_is_read_as_one_text);
  tcase_add_test(http, fault__escapes_what_the_client_wrote);
  tcase_add_test(http, latency__holds_each_answer_and_they_overlap);
  suite_add_tcase(suite, http);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
