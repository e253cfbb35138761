// SPDX-License-Identifier: Apache-2.0
//
// verify: each layer says what it found, one cause ends its branch, and what is missing is named.
#include "fake.h"

#include <check.h>
#include <string.h>

#include "suites.h"

static const struct fake_option with_mailbox[] = {
    {"admin", "anna@contoso.example"},   {"tenant", FAKE_TENANT},
    {"client_id", FAKE_CLIENT},          {"client_secret", "s3cr3t~value-that-is-long"},
    {"mailbox", "alex@contoso.example"}, {NULL, NULL},
};

static void
begin(const struct fake_option *options, fake_graph_fn *graph)
{
  fake_init(options, graph);
}

static void
run(void)
{
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->verify(session, &fake.call, &fake.sink), TENON_OK);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}

static void
state(const char *id, uint32_t wanted)
{
  const struct fake_check *check = fake_check_of(id);
  ck_assert_msg(check != NULL, "%s was not said", id);
  ck_assert_msg(check->state == wanted, "%s: %u: %s: %s", id, check->state, check->title,
                check->detail);
}

START_TEST(verify__passes_every_layer_with_a_mailbox)
{
  static const char *const ids[] = {
      TENON_CHECK_NET_RESOLVE,       TENON_CHECK_NET_CONNECT,      TENON_CHECK_TLS_HANDSHAKE,
      TENON_CHECK_TLS_CERTIFICATE,   TENON_CHECK_AUTH_TOKEN,       TENON_CHECK_GRAPH_ENDPOINT,
      TENON_CHECK_GRAPH_PERMISSIONS, TENON_CHECK_IMPERSONATE_ROLE, TENON_CHECK_IMPERSONATE_MAILBOX,
  };
  begin(with_mailbox, fake_all_well);
  run();
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
    state(ids[i], TENON_PASS);
  ck_assert_uint_eq(fake.n_checks, sizeof ids / sizeof *ids);
  ck_assert_ptr_nonnull(strstr(fake_check_of(TENON_CHECK_GRAPH_ENDPOINT)->detail, "Contoso"));
  ck_assert_ptr_nonnull(strstr(fake_check_of(TENON_CHECK_IMPERSONATE_MAILBOX)->detail, "60"));
}
END_TEST

START_TEST(verify__proves_nothing_without_a_mailbox)
{
  begin(fake_as_app, fake_all_well);
  run();
  state(TENON_CHECK_IMPERSONATE_ROLE, TENON_WARN);
  ck_assert_str_eq(fake_check_of(TENON_CHECK_IMPERSONATE_ROLE)->field, "mailbox");
  ck_assert_ptr_null(fake_check_of(TENON_CHECK_IMPERSONATE_MAILBOX));
  ck_assert_uint_eq(fake.failed, 0);
}
END_TEST

START_TEST(verify__names_the_permissions_that_the_token_lacks)
{
  begin(with_mailbox, fake_all_well);
  fake.roles = "User.ReadBasic.All Mail.ReadWrite";
  run();
  const struct fake_check *check = fake_check_of(TENON_CHECK_GRAPH_PERMISSIONS);
  ck_assert_uint_eq(check->state, TENON_WARN);
  ck_assert_str_eq(check->missing, "MailboxSettings.Read");
  ck_assert_ptr_nonnull(strstr(check->remedy, "https://login.microsoftonline.com/" FAKE_TENANT
                                              "/adminconsent?client_id=" FAKE_CLIENT));
}
END_TEST

static void
mail_denied(const char *path, struct fake_answer *a)
{
  fake_all_well(path, a);
  if (fake_path_has(path, "/mail"))
    fake_error(a, 403, "ErrorAccessDenied");
}

START_TEST(verify__blames_the_roles_that_are_not_there)
{
  begin(fake_as_app, mail_denied);
  fake.roles = NULL;
  run();
  state(TENON_CHECK_GRAPH_PERMISSIONS, TENON_WARN);
  ck_assert_ptr_nonnull(
      strstr(fake_check_of(TENON_CHECK_GRAPH_PERMISSIONS)->detail, "RBAC for Applications"));
  state(TENON_CHECK_IMPERSONATE_ROLE, TENON_FAIL);
  const struct fake_check *role = fake_check_of(TENON_CHECK_IMPERSONATE_ROLE);
  ck_assert_int_eq(role->cause, TENON_E_DENIED);
  ck_assert_ptr_nonnull(strstr(role->mend, "-AppRoleId '693c5e45-0940-467d-9b8a-1022fb9d42ef'"));
  ck_assert_uint_eq(fake.failed, 1);
}
END_TEST

// No role of RBAC for Applications reads the directory: nobody is told that there is nothing to do.
START_TEST(verify__speaks_of_a_scope_for_mailboxes_alone)
{
  fake_init(fake_as_app, fake_all_well);
  fake.roles = "MailboxSettings.Read Mail.ReadBasic.All";
  run();
  const struct fake_check *check = fake_check_of(TENON_CHECK_GRAPH_PERMISSIONS);
  ck_assert_str_eq(check->missing, "User.Read.All");
  ck_assert_ptr_null(strstr(check->detail, "RBAC"));
  ck_assert_ptr_null(strstr(check->remedy, "RBAC"));
  ck_assert_ptr_nonnull(strstr(check->remedy, "adminconsent?client_id=" FAKE_CLIENT));
}
END_TEST

START_TEST(verify__blames_the_role_and_not_the_mailbox_for_a_missing_permission)
{
  begin(with_mailbox, mail_denied);
  fake.roles = "User.Read.All MailboxSettings.Read";
  run();
  state(TENON_CHECK_IMPERSONATE_ROLE, TENON_FAIL);
  state(TENON_CHECK_IMPERSONATE_MAILBOX, TENON_SKIP);
  ck_assert_ptr_nonnull(
      strstr(fake_check_of(TENON_CHECK_IMPERSONATE_ROLE)->title, "Mail.ReadBasic.All"));
}
END_TEST

// RBAC for Applications stands in no token, and does all the same.
START_TEST(verify__is_content_with_a_mailbox_that_opens_without_roles)
{
  begin(with_mailbox, fake_all_well);
  fake.roles = NULL;
  run();
  state(TENON_CHECK_GRAPH_PERMISSIONS, TENON_WARN);
  state(TENON_CHECK_IMPERSONATE_MAILBOX, TENON_PASS);
  ck_assert_uint_eq(fake.failed, 0);
}
END_TEST

static const char *denied_path;

static void
one_denied(const char *path, struct fake_answer *a)
{
  fake_all_well(path, a);
  if (strncmp(path, denied_path, strlen(denied_path)) == 0)
    fake_error(a, 403, "Authorization_RequestDenied");
}

START_TEST(verify__is_connected_when_one_of_two_may_be_read)
{
  static const char *const paths[] = {"/organization?", "/users?"};
  denied_path = paths[_i];
  begin(with_mailbox, one_denied);
  run();
  state(TENON_CHECK_GRAPH_ENDPOINT, TENON_PASS);
  state(TENON_CHECK_IMPERSONATE_MAILBOX, TENON_PASS);
  ck_assert_ptr_nonnull(
      strstr(fake_check_of(TENON_CHECK_GRAPH_ENDPOINT)->detail, "may not be read"));
}
END_TEST

static const char *plans;

static void
with_plans(const char *path, struct fake_answer *a)
{
  fake_all_well(path, a);
  if (strncmp(path, "/organization?", 14) == 0)
    fake_json(a, "{\"value\":[{\"id\":\"x\",\"displayName\":\"Contoso\",\"assignedPlans\":%s}]}",
              plans);
}

START_TEST(verify__takes_null_for_unknown_and_not_for_no_plan)
{
  plans = "null";
  begin(with_mailbox, with_plans);
  run();
  state(TENON_CHECK_GRAPH_ENDPOINT, TENON_PASS);
}
END_TEST

START_TEST(verify__says_that_a_tenant_has_no_exchange)
{
  static const char *const lists[] = {
      "[]", "[{\"service\":\"exchange\",\"capabilityStatus\":\"Deleted\"}]",
      "[{\"service\":\"SharePoint\",\"capabilityStatus\":\"Enabled\"}]"};
  plans = lists[_i];
  begin(with_mailbox, with_plans);
  run();
  const struct fake_check *check = fake_check_of(TENON_CHECK_GRAPH_ENDPOINT);
  ck_assert_uint_eq(check->state, TENON_FAIL);
  ck_assert_str_eq(check->verdict, "graph-no-plan");
  ck_assert_str_eq(check->field, "tenant");
  state(TENON_CHECK_IMPERSONATE_MAILBOX, TENON_SKIP);
}
END_TEST

START_TEST(verify__gets_a_new_token_once_when_one_is_refused)
{
  begin(with_mailbox, fake_all_well);
  fake.refused_below = 2;
  run();
  ck_assert_uint_eq(fake.tokens, 2);
  ck_assert_uint_eq(fake.failed, 0);
}
END_TEST

START_TEST(verify__gives_up_on_a_token_that_is_refused_twice)
{
  begin(with_mailbox, fake_all_well);
  fake.always_401 = true;
  run();
  const struct fake_check *check = fake_check_of(TENON_CHECK_AUTH_TOKEN);
  ck_assert_uint_eq(check->state, TENON_FAIL);
  ck_assert_str_eq(check->verdict, "graph-token-refused");
  ck_assert_uint_eq(fake.tokens, 2);
  ck_assert_uint_eq(fake.requests, 2);
}
END_TEST

START_TEST(verify__names_the_api_that_the_token_is_for)
{
  begin(with_mailbox, fake_all_well);
  fake.always_401 = true;
  fake.audience = "https://outlook.office365.com";
  run();
  const struct fake_check *check = fake_check_of(TENON_CHECK_AUTH_TOKEN);
  ck_assert_str_eq(check->verdict, "graph-audience");
  ck_assert_ptr_nonnull(strstr(check->detail, "https://outlook.office365.com"));
}
END_TEST

START_TEST(verify__refuses_a_token_of_another_tenant)
{
  begin(with_mailbox, fake_all_well);
  fake.tenant = "99999999-8888-7777-6666-555555555555";
  run();
  const struct fake_check *check = fake_check_of(TENON_CHECK_AUTH_TOKEN);
  ck_assert_uint_eq(check->state, TENON_FAIL);
  ck_assert_str_eq(check->field, "tenant");
  ck_assert_uint_eq(fake.requests, 1);
}
END_TEST

START_TEST(verify__tells_why_there_is_no_token)
{
  begin(with_mailbox, fake_all_well);
  fake.token_code = 401;
  fake.token_body = "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid "
                    "client secret provided.\",\"error_codes\":[7000215]}";
  run();
  state(TENON_CHECK_TLS_CERTIFICATE, TENON_PASS);
  state(TENON_CHECK_AUTH_TOKEN, TENON_FAIL);
  state(TENON_CHECK_GRAPH_ENDPOINT, TENON_SKIP);
  ck_assert_uint_eq(fake.requests, 0);
  ck_assert_uint_eq(fake.failed, 1);
}
END_TEST

START_TEST(verify__says_that_graph_is_not_reached)
{
  begin(with_mailbox, fake_all_well);
  fake.fault = TENON_HTTP_FAULT_REFUSED;
  run();
  const struct fake_check *check = fake_check_of(TENON_CHECK_GRAPH_ENDPOINT);
  state(TENON_CHECK_NET_CONNECT, TENON_PASS); // of the login host
  ck_assert_uint_eq(check->state, TENON_FAIL);
  ck_assert_int_eq(check->cause, TENON_E_NETWORK);
  ck_assert_uint_eq(fake.failed, 1);
}
END_TEST

static const char *odd_body;
static int odd_code;

static void
odd(const char *path, struct fake_answer *a)
{
  (void)path;
  fake_json(a, "%s", odd_body);
  a->code = odd_code;
}

static const struct {
  int code;
  const char *body, *row;
} odds[] = {
    {200, "<html>sign in</html>", "graph-page"},
    {200, "{\"value\":[", "graph-unreadable"},
    {200, "[]", "graph-unreadable"},
    {404, "", "graph-path-unknown"},
    {501, "", "graph-absent"},
    {503, "<html>busy</html>", "graph-busy"},
    {302, "", "graph-redirected"},
    {403, "{\"error\":{\"code\":\"insufficient_claims\"}}", "graph-claims-code"},
};

START_TEST(verify__knows_what_is_no_answer_of_graph)
{
  odd_code = odds[_i].code;
  odd_body = odds[_i].body;
  begin(with_mailbox, odd);
  run();
  ck_assert_uint_eq(fake.failed, 1);
  for (size_t i = 0; i < fake.n_checks; i++)
    if (fake.checks[i].state == TENON_FAIL)
      ck_assert_str_eq(fake.checks[i].verdict, odds[_i].row);
}
END_TEST

START_TEST(verify__opens_the_folders_alone_as_a_person)
{
  static const struct fake_option options[] = {
      {"admin", "anna@contoso.example"},   {"tenant", FAKE_TENANT},
      {"client_id", FAKE_CLIENT},          {"grant", "device-code"},
      {"mailbox", "alex@contoso.example"}, {NULL, NULL}};
  begin(options, fake_all_well);
  fake.scopes = "User.Read User.ReadBasic.All Mail.ReadBasic Mail.Read.Shared";
  run();
  state(TENON_CHECK_AUTH_TOKEN, TENON_PASS);
  state(TENON_CHECK_GRAPH_PERMISSIONS, TENON_PASS);
  state(TENON_CHECK_IMPERSONATE_MAILBOX, TENON_PASS);
  ck_assert_ptr_null(strstr(fake.bodies, "mailboxSettings"));
}
END_TEST

static void
near_limit(const char *path, struct fake_answer *a)
{
  fake_all_well(path, a);
  a->header = "x-ms-throttle-limit-percentage";
  a->value = "0.93";
}

START_TEST(verify__tells_of_a_budget_that_is_nearly_spent)
{
  begin(with_mailbox, near_limit);
  run();
  const struct fake_check *check = fake_check_of(TENON_CHECK_THROTTLE_BUDGET);
  ck_assert_ptr_nonnull(check);
  ck_assert_uint_eq(check->level, TENON_LEVEL_INFO);
  ck_assert_ptr_nonnull(strstr(check->detail, "0.93"));
}
END_TEST

static const struct fake_option without_tenant[] = {{"admin", "anna@contoso.example"},
                                                    {"client_id", FAKE_CLIENT},
                                                    {"client_secret", "s3cr3t~value-that-is-long"},
                                                    {NULL, NULL}};

static void
suggest_after(const struct fake_option *options, const char *home, const char *page)
{
  fake_init(options, fake_all_well);
  fake.home = home;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->suggest(session, &fake.call, page, &fake.sink), TENON_OK);
  fake_connector()->close(session);
  fake_finish();
}

static void
suggest(const struct fake_option *options, const char *home)
{
  suggest_after(options, home, "credentials");
}

// The secret is asked for on the page after the address: no session opens before it is there.
START_TEST(suggest__finds_the_tenant_after_the_page_of_the_secret)
{
  suggest_after(without_tenant, "https://login.microsoftonline.com", "application");
  ck_assert_str_eq(fake.patches, "tenant=" FAKE_TENANT "\n");
  suggest_after(fake_as_app, "https://login.microsoftonline.com", "application");
  ck_assert_uint_eq(fake.n_offers, 0);
}
END_TEST

START_TEST(suggest__finds_the_tenant_of_the_address)
{
  suggest(without_tenant, "https://login.microsoftonline.com");
  ck_assert_str_eq(fake.patches, "tenant=" FAKE_TENANT "\n");
  ck_assert_uint_eq(fake.n_offers, 1);
  ck_assert_str_eq(fake.offers[0].value, FAKE_TENANT);
  ck_assert_uint_eq(fake.tokens, 0);
}
END_TEST

START_TEST(suggest__finds_the_cloud_too)
{
  suggest(without_tenant, "https://login.partner.microsoftonline.cn");
  ck_assert_str_eq(fake.patches, "tenant=" FAKE_TENANT "\ncloud=china\n");
}
END_TEST

START_TEST(suggest__leaves_what_was_answered)
{
  suggest(fake_as_app, "https://login.microsoftonline.com");
  ck_assert_str_eq(fake.patches, "");
  ck_assert_uint_eq(fake.n_offers, 1);
}
END_TEST

START_TEST(suggest__warns_of_a_domain_that_nobody_knows)
{
  suggest(without_tenant, NULL);
  const struct fake_check *check = fake_check_of("office365-graph.tenant");
  ck_assert_str_eq(fake.patches, "");
  ck_assert_uint_eq(fake.n_offers, 0);
  ck_assert_ptr_nonnull(check);
  ck_assert_int_eq(check->state, TENON_WARN);
  ck_assert_ptr_nonnull(strstr(check->remedy, "on-premises Exchange"));
}
END_TEST

START_TEST(open__refuses_a_graph_without_tls)
{
  static const struct fake_option options[] = {{"admin", "anna@contoso.example"},
                                               {"client_id", FAKE_CLIENT},
                                               {"client_secret", "s3cr3t~value-that-is-long"},
                                               {"graph_url", "http://graph.example"},
                                               {NULL, NULL}};
  tenon_session *session = NULL;
  fake_init(options, fake_all_well);
  ck_assert_int_eq(fake_connector()->open(&fake.host, &fake.call, &fake.sink, &session),
                   TENON_E_CONFIG);
  ck_assert_str_eq(fake.checks[0].field, "graph_url");
  fake_finish();
}
END_TEST

TCase *
verify_cases(void)
{
  TCase *cases = tcase_create("verify");
  tcase_add_test(cases, verify__passes_every_layer_with_a_mailbox);
  tcase_add_test(cases, verify__proves_nothing_without_a_mailbox);
  tcase_add_test(cases, verify__names_the_permissions_that_the_token_lacks);
  tcase_add_test(cases, verify__blames_the_roles_that_are_not_there);
  tcase_add_test(cases, verify__speaks_of_a_scope_for_mailboxes_alone);
  tcase_add_test(cases, verify__blames_the_role_and_not_the_mailbox_for_a_missing_permission);
  tcase_add_test(cases, verify__is_content_with_a_mailbox_that_opens_without_roles);
  tcase_add_loop_test(cases, verify__is_connected_when_one_of_two_may_be_read, 0, 2);
  tcase_add_test(cases, verify__takes_null_for_unknown_and_not_for_no_plan);
  tcase_add_loop_test(cases, verify__says_that_a_tenant_has_no_exchange, 0, 3);
  tcase_add_test(cases, verify__gets_a_new_token_once_when_one_is_refused);
  tcase_add_test(cases, verify__gives_up_on_a_token_that_is_refused_twice);
  tcase_add_test(cases, verify__names_the_api_that_the_token_is_for);
  tcase_add_test(cases, verify__refuses_a_token_of_another_tenant);
  tcase_add_test(cases, verify__tells_why_there_is_no_token);
  tcase_add_test(cases, verify__says_that_graph_is_not_reached);
  tcase_add_loop_test(cases, verify__knows_what_is_no_answer_of_graph, 0,
                      (int)(sizeof odds / sizeof *odds));
  tcase_add_test(cases, verify__opens_the_folders_alone_as_a_person);
  tcase_add_test(cases, verify__tells_of_a_budget_that_is_nearly_spent);
  tcase_add_test(cases, suggest__finds_the_tenant_of_the_address);
  tcase_add_test(cases, suggest__finds_the_tenant_after_the_page_of_the_secret);
  tcase_add_test(cases, suggest__finds_the_cloud_too);
  tcase_add_test(cases, suggest__leaves_what_was_answered);
  tcase_add_test(cases, suggest__warns_of_a_domain_that_nobody_knows);
  tcase_add_test(cases, open__refuses_a_graph_without_tls);
  return cases;
}
