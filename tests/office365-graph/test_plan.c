// SPDX-License-Identifier: Apache-2.0
//
// configure: the plan in order, with commands that name this application, and what of it is done as far as the wire shows.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "cloud.h"
#include "../kit/plan_lines.h"
#include "suites.h"

static const struct fake_option with_mailbox[] = {
    {"admin", "anna@contoso.example"},   {"tenant", FAKE_TENANT},
    {"client_id", FAKE_CLIENT},          {"client_secret", "s3cr3t~value-that-is-long"},
    {"mailbox", "alex@contoso.example"}, {NULL, NULL},
};

static void
run(void)
{
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->configure(session, &fake.call, TENON_PLAN, NULL, &fake.sink),
                   TENON_OK);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  ck_assert_uint_eq(fake.n_checks, 0);
  fake_finish();
}

static void
state(const char *id, uint32_t wanted)
{
  const struct fake_step *step = fake_step_of(id);
  ck_assert_msg(step != NULL, "no step %s", id);
  ck_assert_msg(step->state == wanted, "%s: %u", id, step->state);
}

START_TEST(configure__plans_the_steps_in_order)
{
  static const char *const ids[] = {"office365-graph.app", "office365-graph.permissions",
                                    "office365-graph.consent", "office365-graph.scope"};
  fake_init(fake_as_app, fake_all_well);
  run();
  ck_assert_uint_eq(fake.n_steps, 4);
  for (size_t i = 0; i < 4; i++) {
    ck_assert_str_eq(fake.steps[i].id, ids[i]);
    ck_assert_uint_gt(strlen(fake.steps[i].undo), 10);
    ck_assert_uint_gt(strlen(fake.steps[i].needs), 10);
    ck_assert_ptr_null(
        strchr(fake.steps[i].body, '{') != NULL ? strstr(fake.steps[i].body, "{appid}") : NULL);
  }
  state(ids[0], TENON_STEP_DONE);
  state(ids[1], TENON_STEP_DONE);
  state(ids[2], TENON_STEP_DONE);
  state(ids[3], TENON_STEP_UNKNOWN);
  ck_assert_str_eq(fake.steps[2].body, "https://login.microsoftonline.com/" FAKE_TENANT
                                       "/v2.0/adminconsent?client_id=" FAKE_CLIENT
                                       "&scope=https://graph.microsoft.com/.default"
                                       "&redirect_uri=http://localhost");
  const char *permissions = fake.steps[1].body, *scope = fake.steps[3].body;
  ck_assert_ptr_nonnull(strstr(permissions, "df021288-bdef-4463-88db-98f22de89214"));
  ck_assert_ptr_nonnull(strstr(permissions, "40f97065-369a-49f4-947c-6a255697ae91"));
  ck_assert_ptr_nonnull(strstr(permissions, "693c5e45-0940-467d-9b8a-1022fb9d42ef"));
  ck_assert_ptr_nonnull(strstr(permissions, "\"appId eq '" FAKE_CLIENT "'\""));
  ck_assert_ptr_nonnull(strstr(scope, "New-ManagementRoleAssignment"));
  ck_assert_ptr_nonnull(strstr(scope, "opens\n# every mailbox, whatever stands here"));
}
END_TEST

// PowerShell replaces the list: without those of other services an application that also uses EWS would lose them.
START_TEST(configure__keeps_what_is_asked_of_other_services)
{
  static const char kept[] = "RequiredResourceAccess | Where-Object { $_.ResourceAppId -ne "
                             "'00000003-0000-0000-c000-000000000000' }";
  fake_init(fake_as_app, fake_all_well);
  run();
  ck_assert_ptr_nonnull(strstr(fake.steps[1].body, kept));
  ck_assert_ptr_nonnull(strstr(fake.steps[1].undo, kept));
  ck_assert_ptr_null(strstr(fake.steps[1].undo, "ResourceAccess=@()"));
}
END_TEST

START_TEST(configure__shows_that_nobody_has_consented)
{
  fake_init(fake_as_app, fake_all_well);
  fake.token_code = 400;
  fake.token_body = "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS65001: The user or "
                    "administrator has not consented.\",\"error_codes\":[65001]}";
  run();
  state("office365-graph.app", TENON_STEP_DONE);
  state("office365-graph.permissions", TENON_STEP_UNKNOWN);
  state("office365-graph.consent", TENON_STEP_MISSING);
}
END_TEST

START_TEST(configure__shows_which_permissions_are_missing)
{
  fake_init(fake_as_app, fake_all_well);
  fake.roles = "User.Read.All";
  run();
  state("office365-graph.app", TENON_STEP_DONE);
  state("office365-graph.permissions", TENON_STEP_MISSING);
  state("office365-graph.consent", TENON_STEP_MISSING);
}
END_TEST

// Consent to the rest would open every mailbox, which the scope is there to prevent.
START_TEST(configure__asks_for_no_more_where_a_scope_does)
{
  fake_init(with_mailbox, fake_all_well);
  fake.roles = "User.Read.All";
  run();
  state("office365-graph.permissions", TENON_STEP_DONE);
  state("office365-graph.scope", TENON_STEP_DONE);
  ck_assert_ptr_null(strstr(fake_step_of("office365-graph.permissions")->body,
                            "693c5e45-0940-467d-9b8a-1022fb9d42ef"));
}
END_TEST

START_TEST(configure__knows_an_application_that_is_not_there)
{
  fake_init(fake_as_app, fake_all_well);
  fake.token_code = 400;
  fake.token_body = "{\"error\":\"unauthorized_client\",\"error_description\":\"AADSTS700016: "
                    "Application was not found.\",\"error_codes\":[700016]}";
  run();
  state("office365-graph.app", TENON_STEP_MISSING);
  state("office365-graph.permissions", TENON_STEP_UNKNOWN);
  ck_assert_uint_eq(fake.n_steps, 4);
}
END_TEST

START_TEST(configure__connects_before_each_cmdlet)
{
  fake_init(_i == 0 ? fake_as_app : fake_as_person, fake_all_well);
  run();
  for (size_t i = 0; i < fake.n_steps; i++) {
    plan_lines_are_connected(fake.steps[i].id, fake.steps[i].body);
    plan_lines_are_connected(fake.steps[i].id, fake.steps[i].undo);
  }
}
END_TEST

// Nobody signs in to see a plan.
START_TEST(configure__plans_rights_in_mailboxes_for_a_person)
{
  fake_init(fake_as_person, fake_all_well);
  run();
  ck_assert_uint_eq(fake.n_steps, 4);
  ck_assert_uint_eq(fake.tokens, 0);
  state("office365-graph.app", TENON_STEP_UNKNOWN);
  ck_assert_ptr_nonnull(strstr(fake_step_of("office365-graph.scope")->body,
                               "Add-MailboxPermission -Identity 'NAME@DOMAIN' -User "
                               "'anna@contoso.example'"));
}
END_TEST

START_TEST(configure__plans_assignments_for_a_managed_identity)
{
  static const struct fake_option options[] = {{"admin", "anna@contoso.example"},
                                               {"grant", "managed-identity"},
                                               {"client_id", FAKE_CLIENT},
                                               {NULL, NULL}};
  fake_init(options, fake_all_well);
  run();
  ck_assert_uint_eq(fake.n_steps, 3);
  ck_assert_ptr_nonnull(strstr(fake_step_of("office365-graph.permissions")->body,
                               "New-MgServicePrincipalAppRoleAssignment"));
}
END_TEST

START_TEST(configure__changes_nothing)
{
  fake_init(fake_as_app, fake_all_well);
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->configure(session, &fake.call, TENON_APPLY, NULL, &fake.sink),
                   TENON_E_UNSUPPORTED);
  fake_connector()->close(session);
  fake_finish();
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
START_TEST(configure__has_commands_without_blanks_at_their_ends)
{
  static const char *const ids[] = {"global", "gcc-high", "dod", "china"};
  static const char *const grants[] = {"client-secret", "device-code", "managed-identity"};
  const struct fake_option options[] = {{"admin", "admin@contoso.example"},
                                        {"client_id", FAKE_CLIENT},
                                        {"client_secret", "s3cr3t~value-that-is-long"},
                                        {"cloud", ids[_i % 4]},
                                        {"grant", grants[_i / 4]},
                                        {NULL, NULL}};
  const struct cloud *cloud = cloud_find(ids[_i % 4]);
  fake_init(options, fake_all_well);
  run();
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
  tcase_add_test(cases, configure__plans_the_steps_in_order);
  tcase_add_loop_test(cases, configure__connects_before_each_cmdlet, 0, 2);
  tcase_add_test(cases, configure__keeps_what_is_asked_of_other_services);
  tcase_add_test(cases, configure__shows_that_nobody_has_consented);
  tcase_add_test(cases, configure__shows_which_permissions_are_missing);
  tcase_add_test(cases, configure__asks_for_no_more_where_a_scope_does);
  tcase_add_test(cases, configure__knows_an_application_that_is_not_there);
  tcase_add_test(cases, configure__plans_rights_in_mailboxes_for_a_person);
  tcase_add_test(cases, configure__plans_assignments_for_a_managed_identity);
  tcase_add_test(cases, configure__changes_nothing);
  tcase_add_loop_test(cases, configure__has_commands_without_blanks_at_their_ends, 0, 12);
  return cases;
}
