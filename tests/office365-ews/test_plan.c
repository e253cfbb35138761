// SPDX-License-Identifier: Apache-2.0
//
// The plan: steps in their order, commands without holes, and a state only where the wire shows one.
#include "cloud.h"

#include <stdio.h>
#include <string.h>

#include "oauth.h"
#include "../kit/plan_lines.h"
#include "suites.h"

static void
plan(void)
{
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->configure(session, &fake.call, TENON_PLAN, NULL, &fake.sink),
                   TENON_OK);
  fake_connector()->close(session);
  fake_finish();
}

static const struct fake_step *
step(const char *name)
{
  for (size_t i = 0; i < fake.n_steps; i++)
    if (strcmp(strchr(fake.steps[i].id, '.') + 1, name) == 0)
      return &fake.steps[i];
  ck_abort_msg("no step %s", name);
}

START_TEST(plan__has_its_steps_in_order)
{
  static const char *const names[] = {"app", "permissions", "consent", "scope", "allow-list"};
  cloud_init(_i == 0 ? cloud_app : cloud_person);
  plan();
  ck_assert_uint_eq(fake.n_steps, 5);
  for (size_t i = 0; i < 5; i++)
    ck_assert_ptr_eq(step(names[i]), &fake.steps[i]);
}
END_TEST

START_TEST(plan__leaves_no_hole_in_a_command)
{
  cloud_init(_i == 0 ? cloud_app : cloud_person);
  plan();
  for (size_t i = 0; i < fake.n_steps; i++) {
    static const char *const holes[] = {"{appid}", "{mgconnect}", "{connect}", "{portal}",
                                        "{mailbox}"};
    for (size_t h = 0; h < 5; h++) {
      ck_assert_ptr_null(strstr(fake.steps[i].body, holes[h]));
      ck_assert_ptr_null(strstr(fake.steps[i].undo, holes[h]));
    }
  }
}
END_TEST

START_TEST(plan__connects_before_each_cmdlet)
{
  cloud_init(_i == 0 ? cloud_app : cloud_person);
  plan();
  for (size_t i = 0; i < fake.n_steps; i++) {
    plan_lines_are_connected(fake.steps[i].id, fake.steps[i].body);
    plan_lines_are_connected(fake.steps[i].id, fake.steps[i].undo);
  }
}
END_TEST

START_TEST(plan__asks_for_exactly_the_permission_that_is_wanted)
{
  cloud_init(cloud_app);
  plan();
  ck_assert_ptr_nonnull(strstr(step("permissions")->body, "dc890d15-9560-4a4c-9b7f-a736ec74ec40"));
  ck_assert_ptr_nonnull(strstr(step("permissions")->body, "Type='Role'"));
  ck_assert_str_eq(
      step("consent")->body,
      "https://login.microsoftonline.com/contoso.example/v2.0/adminconsent?client_id=" CLIENT
      "&scope=https://outlook.office365.com/.default"
      "&redirect_uri=http://localhost");
  cloud_init(cloud_person);
  plan();
  ck_assert_ptr_nonnull(strstr(step("permissions")->body, "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5"));
  ck_assert_ptr_nonnull(strstr(step("permissions")->body, "Type='Scope'"));
  ck_assert_ptr_nonnull(strstr(step("consent")->body, "/EWS.AccessAsUser.All&"));
  ck_assert_ptr_nonnull(strstr(step("scope")->body, "Add-MailboxPermission"));
}
END_TEST

START_TEST(plan__makes_no_person_sign_in)
{
  cloud_init(cloud_person);
  plan();
  ck_assert_uint_eq(play.token_requests, 0);
  for (size_t i = 0; i < fake.n_steps; i++)
    ck_assert_uint_eq(fake.steps[i].state, TENON_STEP_UNKNOWN);
}
END_TEST

START_TEST(plan__takes_a_mailbox_that_opens_without_the_permission_for_a_scope)
{
  cloud_init(cloud_app);
  play.roles = "";
  plan();
  ck_assert_uint_eq(step("scope")->state, TENON_STEP_DONE);
  ck_assert_uint_eq(step("permissions")->state, TENON_STEP_DONE);
  ck_assert_uint_eq(step("allow-list")->state, TENON_STEP_DONE);
}
END_TEST

START_TEST(plan__goes_to_the_cloud_that_was_answered)
{
  static const struct fake_option options[] = {{"admin", "admin@contoso.example"},
                                               {"client_id", CLIENT},
                                               {"cloud", "gcc-high"},
                                               {"grant", "client-secret"},
                                               {NULL, NULL}};
  cloud_init(options);
  plan();
  ck_assert_ptr_nonnull(
      strstr(step("permissions")->body, "Connect-MgGraph -Environment USGov -Sco"));
  ck_assert_ptr_nonnull(
      strstr(step("allow-list")->body,
             "Connect-ExchangeOnline -ExchangeEnvironmentName O365USGovGCCHigh\n"));
  ck_assert_ptr_nonnull(strstr(step("consent")->body, "https://login.microsoftonline.us/"));
}
END_TEST

static void
is_copied_well(const struct cloud *cloud, const char *text)
{
  char line[2048];
  for (size_t n; *text != 0; text += n + (text[n] == '\n')) {
    n = strcspn(text, "\n");
    snprintf(line, sizeof line, "%.*s", (int)n, text);
    ck_assert_msg(n > 0 && line[n - 1] != ' ', "%s|", line);
    if (strncmp(line, "Connect-", 8) == 0)
      ck_assert_msg(strstr(line, line[8] == 'M' ? cloud->mg_connect : cloud->connect) != NULL,
                    "%s: %s", cloud->id, line);
  }
}

// As they are copied, in every cloud.
START_TEST(plan__has_commands_without_blanks_at_their_ends)
{
  static const char *const ids[] = {"global", "gcc-high", "dod", "china"};
  static const char *const grants[] = {"client-secret", "device-code", "managed-identity"};
  const struct fake_option options[] = {{"admin", "admin@contoso.example"},
                                        {"client_id", CLIENT},
                                        {"client_secret", "s3cr3t~value-that-is-long"},
                                        {"cloud", ids[_i % 4]},
                                        {"grant", grants[_i / 4]},
                                        {NULL, NULL}};
  const struct cloud *cloud = cloud_find(ids[_i % 4]);
  cloud_init(options);
  plan();
  for (size_t i = 0; i < fake.n_steps; i++) {
    is_copied_well(cloud, fake.steps[i].body);
    is_copied_well(cloud, fake.steps[i].undo);
  }
}
END_TEST

TCase *
plan_cases(void)
{
  TCase *cases = tcase_create("plan");
  tcase_add_loop_test(cases, plan__has_its_steps_in_order, 0, 2);
  tcase_add_loop_test(cases, plan__leaves_no_hole_in_a_command, 0, 2);
  tcase_add_loop_test(cases, plan__connects_before_each_cmdlet, 0, 2);
  tcase_add_test(cases, plan__asks_for_exactly_the_permission_that_is_wanted);
  tcase_add_test(cases, plan__makes_no_person_sign_in);
  tcase_add_test(cases, plan__takes_a_mailbox_that_opens_without_the_permission_for_a_scope);
  tcase_add_test(cases, plan__goes_to_the_cloud_that_was_answered);
  tcase_add_loop_test(cases, plan__has_commands_without_blanks_at_their_ends, 0, 12);
  return cases;
}
