// SPDX-License-Identifier: Apache-2.0
//
// How the lab starts, what it prints, how it ends and what it leaves behind.
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab_client.h"

static char *
directory_of(const struct lab_run *lab)
{
  char *path = strdup(lab_string(lab, "ca_file"));
  *strrchr(path, '/') = '\0';
  return path;
}

START_TEST(ready_line__says_what_there_is_to_try)
{
  struct lab_run lab = lab_start(NULL);
  ck_assert_str_eq(lab_string(&lab, "event"), "ready");
  ck_assert_str_eq(lab_string(&lab, "domain"), "contoso.example");
  ck_assert_ptr_nonnull(strstr(lab_string(&lab, "ews"), "/EWS/Exchange.asmx"));
  ck_assert_uint_ge(strlen(lab_password(&lab)), 16);
  static const char *const lists[] = {"allowed", "denied", "missing", "disabled"};
  for (size_t i = 0; i < 4; i++)
    ck_assert_int_gt(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(lab.ready, lists[i])), 0);
  ck_assert_ptr_nonnull(strstr(lab_string(&lab, "autodiscover"), "/autodiscover/autodiscover.xml"));
  ck_assert_int_eq(strncmp(lab_string(&lab, "dns"), "127.0.0.1:", 10), 0);
  ck_assert_int_eq(strncmp(lab_string(&lab, "resolve"), "*:443=*:", 8), 0);
  ck_assert_ptr_null(cJSON_GetObjectItemCaseSensitive(lab.ready, "powershell"));
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(ready_line__has_the_cloud_in_every_scenario)
{
  struct lab_run lab = lab_start(NULL);
  ck_assert_int_eq(strncmp(lab_string(&lab, "authority"), "https://localhost:", 18), 0);
  ck_assert_str_eq(lab_string(&lab, "graph"), lab_string(&lab, "authority"));
  ck_assert_uint_eq(strlen(lab_string(&lab, "tenant")), 36);
  ck_assert_uint_eq(strlen(lab_string(&lab, "client_id")), 36);
  ck_assert_uint_ge(strlen(lab_string(&lab, "client_secret")), 32);
  ck_assert_int_eq(access(lab_string(&lab, "client_certificate"), R_OK), 0);
  ck_assert_uint_ge(strlen(lab_string(&lab, "client_certificate_password")), 16);
  ck_assert_ptr_nonnull(strstr(lab_string(&lab, "device"), "/devicelogin"));
  ck_assert_int_eq(strncmp(lab_string(&lab, "imds"), "127.0.0.1:", 10), 0);
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(ready_line__lists_a_hundred_mailboxes_and_the_file_lists_all)
{
  struct lab_run lab = lab_start((const char *[]){"--mailboxes", "250", NULL});
  const cJSON *allowed = cJSON_GetObjectItemCaseSensitive(lab.ready, "allowed");
  ck_assert_int_eq(cJSON_GetArraySize(allowed), 100);
  FILE *file = fopen(lab_string(&lab, "mailboxes_file"), "re");
  ck_assert_ptr_nonnull(file);
  char line[400] = "";
  int lines = 0;
  while (fgets(line, sizeof(line), file) != NULL)
    lines++;
  fclose(file);
  ck_assert_int_eq(lines, 250);
  ck_assert_str_eq(line, "user00250@contoso.example\n");
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(lab__keeps_its_directory_to_itself_and_removes_it_when_its_input_ends)
{
  struct lab_run lab = lab_start(NULL);
  char *directory = directory_of(&lab);
  struct stat status;
  ck_assert_int_eq(stat(directory, &status), 0);
  ck_assert_uint_eq(status.st_mode & 0777, 0700);
  ck_assert_int_eq(lab_stop(&lab), 0);
  ck_assert_int_ne(stat(directory, &status), 0);
  free(directory);
}
END_TEST

START_TEST(lab__removes_its_directory_when_it_is_terminated)
{
  struct lab_run lab = lab_start(NULL);
  char *directory = directory_of(&lab);
  struct stat status;
  kill(lab.pid, SIGTERM);
  ck_assert_int_eq(lab_wait(&lab), 0);
  ck_assert_int_ne(stat(directory, &status), 0);
  close(lab.input);
  cJSON_Delete(lab.ready);
  free(directory);
}
END_TEST

START_TEST(lab__makes_another_password_at_every_start)
{
  struct lab_run one = lab_start(NULL);
  struct lab_run other = lab_start(NULL);
  ck_assert_str_ne(lab_password(&one), lab_password(&other));
  ck_assert_int_eq(lab_stop(&one), 0);
  ck_assert_int_eq(lab_stop(&other), 0);
}
END_TEST

START_TEST(lab__ends_at_once_with_an_answer_held_back)
{
  struct lab_run lab = lab_start((const char *[]){"--latency", "60000", NULL});
  pid_t client = fork();
  if (client == 0) {
    struct lab_answer answer = lab_post(&lab, "", LAB_CONVERT_ID);
    lab_answer_finish(&answer);
    _exit(0);
  }
  usleep(500000);
  ck_assert_int_eq(kill(client, SIGKILL), 0);
  // lab_stop gives it far less than the minute that the answer would be held.
  ck_assert_int_eq(lab_stop(&lab), 0);
}
END_TEST

START_TEST(options__name_an_unknown_scenario_and_the_close_ones)
{
  char *output;
  char *errors;
  int status = lab_run_once((const char *[]){"--scenario", "trottled", NULL}, &output, &errors);
  ck_assert_int_eq(status, 2);
  ck_assert_ptr_nonnull(strstr(errors, "\"trottled\""));
  ck_assert_ptr_nonnull(strstr(errors, "did you mean throttled?"));
  ck_assert_str_eq(output, "");
  free(output);
  free(errors);
}
END_TEST

START_TEST(options__refuse_a_number_out_of_range)
{
  static const char *const wrong[][2] = {{"--mailboxes", "0"},
                                         {"--mailboxes", "1000001"},
                                         {"--mailboxes", "many"},
                                         {"--latency", "-1"},
                                         {"--port", "65536"}};
  for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
    char *output;
    char *errors;
    int status = lab_run_once((const char *[]){wrong[i][0], wrong[i][1], NULL}, &output, &errors);
    ck_assert_int_eq(status, 2);
    ck_assert_ptr_nonnull(strstr(errors, wrong[i][0]));
    ck_assert_ptr_nonnull(strstr(errors, wrong[i][1]));
    free(output);
    free(errors);
  }
}
END_TEST

START_TEST(options__help_begins_with_what_it_is_and_examples)
{
  char *output;
  char *errors;
  ck_assert_int_eq(lab_run_once((const char *[]){"--help", NULL}, &output, &errors), 0);
  ck_assert_ptr_nonnull(strstr(output, "Examples"));
  ck_assert_ptr_nonnull(strstr(output, "Options"));
  ck_assert(strstr(output, "Examples") < strstr(output, "Options"));
  free(output);
  free(errors);
}
END_TEST

START_TEST(list__names_every_scenario_as_a_table_and_as_json)
{
  char *table;
  char *json;
  char *errors;
  ck_assert_int_eq(lab_run_once((const char *[]){"--list", NULL}, &table, &errors), 0);
  free(errors);
  ck_assert_int_eq(lab_run_once((const char *[]){"--list", "-o", "json", NULL}, &json, &errors), 0);
  cJSON *list = cJSON_Parse(json);
  ck_assert_int_ge(cJSON_GetArraySize(list), 14);
  const cJSON *row;
  cJSON_ArrayForEach(row, list)
  {
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, "name"));
    const char *summary = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, "summary"));
    ck_assert_ptr_nonnull(strstr(table, name));
    ck_assert_ptr_nonnull(strstr(table, summary));
  }
  cJSON_Delete(list);
  free(table);
  free(json);
  free(errors);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("lab: life");
  TCase *life = tcase_create("life");
  tcase_set_timeout(life, 60);
  tcase_add_test(life, ready_line__says_what_there_is_to_try);
  tcase_add_test(life, ready_line__has_the_cloud_in_every_scenario);
  tcase_add_test(life, ready_line__lists_a_hundred_mailboxes_and_the_file_lists_all);
  tcase_add_test(life, lab__keeps_its_directory_to_itself_and_removes_it_when_its_input_ends);
  tcase_add_test(life, lab__removes_its_directory_when_it_is_terminated);
  tcase_add_test(life, lab__makes_another_password_at_every_start);
  tcase_add_test(life, lab__ends_at_once_with_an_answer_held_back);
  tcase_add_test(life, options__name_an_unknown_scenario_and_the_close_ones);
  tcase_add_test(life, options__refuse_a_number_out_of_range);
  tcase_add_test(life, options__help_begins_with_what_it_is_and_examples);
  tcase_add_test(life, list__names_every_scenario_as_a_table_and_as_json);
  suite_add_tcase(suite, life);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
