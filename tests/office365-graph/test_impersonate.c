// SPDX-License-Identifier: Apache-2.0
//
// impersonate: each subject is closed once, by the verdict that all its answers together bear.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

static const struct fake_option with_mailbox[] = {
    {"admin", "anna@contoso.example"},   {"tenant", FAKE_TENANT},
    {"client_id", FAKE_CLIENT},          {"client_secret", "s3cr3t~value-that-is-long"},
    {"mailbox", "alex@contoso.example"}, {NULL, NULL},
};

static void
run(const char *const *subjects, size_t n)
{
  fake.subjects = subjects;
  fake.n_subjects = n;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->impersonate(session, &fake.call, &fake.source, &fake.sink),
                   TENON_OK);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  ck_assert_uint_eq(fake.doubled, 0);
  ck_assert_uint_le(fake.most_weight, 4);
  fake_finish();
}

START_TEST(impersonate__closes_every_subject_once)
{
  static const uint32_t jobs[] = {1, 4, 7, 64};
  fake_init(fake_as_app, fake_all_well);
  fake.source.jobs = jobs[_i];
  run(NULL, 100);
  ck_assert_uint_eq(fake.n_checks, 100);
  ck_assert_uint_eq(fake.passed, 100);
  ck_assert_uint_eq(fake.parts, 300);
  ck_assert_uint_le(fake.most_parts, 20);
  ck_assert_uint_eq(fake.tokens, 1);
  if (jobs[_i] == 64)
    ck_assert_uint_eq(fake.batches, 17); // six to a batch
  if (jobs[_i] == 1)
    ck_assert_uint_eq(fake.most_parts, 3);
}
END_TEST

START_TEST(impersonate__waits_for_a_source_that_has_none_yet)
{
  fake_init(fake_as_app, fake_all_well);
  fake.later_every = 7;
  run(NULL, 50);
  ck_assert_uint_eq(fake.passed, 50);
}
END_TEST

// One mailbox is on its way, and makes two requests: three more would make four.
START_TEST(impersonate__has_no_more_than_four_requests_on_their_way)
{
  fake_init(fake_as_app, fake_all_well);
  fake.source.jobs = 8;
  fake.later_at = 1;
  fake.slow = 4;
  run(NULL, 8);
  ck_assert_uint_eq(fake.passed, 8);
}
END_TEST

START_TEST(impersonate__asks_for_one_mailbox_once_at_a_time)
{
  static const char *const same[] = {"a@b.c", "A@b.c", "a@b.c", "d@b.c", "a@B.c"};
  fake_init(fake_as_app, fake_all_well);
  run(same, 5);
  ck_assert_uint_eq(fake.passed, 5);
  ck_assert_ptr_nonnull(fake_check_of_subject("a@B.c"));
}
END_TEST

// What each is like, by the local part.
static void
answer_why(const char *user, struct fake_answer *a)
{
  bool synced = strncmp(user, "hybrid", 6) == 0, off = strncmp(user, "left", 4) == 0;
  bool licensed = strncmp(user, "pending", 7) == 0;
  if (strncmp(user, "hidden", 6) == 0)
    fake_error(a, 403, "Authorization_RequestDenied");
  else
    fake_json(a,
              "{\"id\":\"x\",\"mail\":\"%s\",\"userType\":\"Member\",\"accountEnabled\":%s,"
              "\"onPremisesSyncEnabled\":%s,\"assignedPlans\":[{\"service\":\"%s\","
              "\"capabilityStatus\":\"Enabled\"}]}",
              user, off ? "false" : "true", synced ? "true" : "null",
              licensed ? "exchange" : "SharePoint");
}

static void
mixed(const char *path, struct fake_answer *a)
{
  static const struct {
    const char *prefix;
    int status;
    const char *code;
  } people[] = {
      {"refused", 403, "ErrorAccessDenied"},
      {"hybrid", 404, "MailboxNotEnabledForRESTAPI"},
      {"left", 404, "ErrorInvalidUser"},
      {"plain", 404, "ResourceNotFound"},
      {"pending", 404, "MailboxNotEnabledForRESTAPI"},
      {"guest", 404, "ResourceNotFound"},
      {"hidden", 404, "ResourceNotFound"},
      {"oddball", 400, "ErrorInvalidIdMalformed"},
      {"missing", 404, "ErrorInvalidUser"},
      {"alias", 404, "ErrorInvalidUser"},
      {"empty", 403, ""},
      {"oddity", 403, "AccessDenied"},
  };
  char user[400];
  fake_all_well(path, a);
  fake_user_of(path, user, sizeof user);
  bool alias = strncmp(path, "/users?", 7) == 0 && fake_path_has(path, "alias");
  if (strncmp(path, "/users?$filter", 14) == 0)
    fake_json(a, alias ? "{\"value\":[{\"id\":\"10a1d484-cd1a-4162-a5a4-832370bac356\",\"mail\":"
                         "\"real@contoso.example\"}]}"
                       : "{\"value\":[]}");
  for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
    if (strncmp(user, people[i].prefix, strlen(people[i].prefix)) != 0)
      continue;
    if (fake_path_has(path, "/mail"))
      fake_error(a, people[i].status, people[i].code);
    else if (fake_path_has(path, "assignedPlans"))
      answer_why(user, a);
    else if (strcmp(people[i].prefix, "missing") == 0 || strcmp(people[i].prefix, "alias") == 0)
      fake_error(a, 404, "Request_ResourceNotFound");
    else if (strcmp(people[i].prefix, "guest") == 0)
      fake_json(a, "{\"id\":\"x\",\"mail\":null,\"userType\":\"Guest\"}");
  }
  if (strncmp(user, "nosettings", 10) == 0 && fake_path_has(path, "/mailboxSettings"))
    fake_error(a, 403, "ErrorAccessDenied");
}

static const struct {
  const char *subject, *verdict, *symptom, *existence;
  tenon_status cause;
} expected[] = {
    {"fine@b.c", TENON_VERDICT_OK, "", "known", TENON_OK},
    {"missing@b.c", TENON_VERDICT_NO_MAILBOX, "graph-no-user", "known", TENON_E_CONFIG},
    {"alias@b.c", TENON_VERDICT_OK, "", "known", TENON_OK},
    {"hybrid@b.c", TENON_VERDICT_ELSEWHERE, "graph-on-premises", "known", TENON_E_CONFIG},
    {"guest@b.c", TENON_VERDICT_ELSEWHERE, "graph-guest", "known", TENON_E_CONFIG},
    {"left@b.c", TENON_VERDICT_DISABLED, "graph-account-disabled", "known", TENON_E_CONFIG},
    {"plain@b.c", TENON_VERDICT_NO_MAILBOX, "graph-unlicensed", "known", TENON_E_CONFIG},
    {"pending@b.c", TENON_VERDICT_NO_MAILBOX, "graph-mailbox-pending", "known", TENON_E_CONFIG},
    {"hidden@b.c", TENON_VERDICT_NO_MAILBOX, "graph-no-mailbox", "known", TENON_E_CONFIG},
    {"oddball@b.c", TENON_VERDICT_INVALID, "graph-address-invalid", "known", TENON_E_CONFIG},
    {"refused@b.c", TENON_VERDICT_OUT_OF_SCOPE, "graph-policy", "known", TENON_E_DENIED},
    {"empty@b.c", TENON_VERDICT_OUT_OF_SCOPE, "graph-policy", "known", TENON_E_DENIED},
    {"nosettings@b.c", TENON_VERDICT_REFUSED, "graph-half", "known", TENON_E_DENIED},
    {"oddity@b.c", TENON_VERDICT_ERROR, "graph-oddity", "known", TENON_E_PROTOCOL},
    {"no address", TENON_VERDICT_INVALID, "not-an-address", "unknown", TENON_E_CONFIG},
    {"10a1d484-cd1a-4162-a5a4-832370bac356", TENON_VERDICT_OK, "", "known", TENON_OK},
};
#define N_EXPECTED (sizeof expected / sizeof *expected)

static void
is_expected(size_t i)
{
  const struct fake_check *check = fake_check_of_subject(expected[i].subject);
  ck_assert_msg(check != NULL, "%s was not closed", expected[i].subject);
  ck_assert_str_eq(check->id, TENON_CHECK_IMPERSONATE_MAILBOX);
  ck_assert_msg(strcmp(check->verdict, expected[i].verdict) == 0, "%s: %s (%s): %s",
                expected[i].subject, check->verdict, check->symptom, check->detail);
  ck_assert_str_eq(check->symptom, expected[i].symptom);
  ck_assert_str_eq(check->existence, expected[i].existence);
  ck_assert_int_eq(check->cause, expected[i].cause);
}

START_TEST(impersonate__tells_the_noes_apart)
{
  const char *subjects[] = {expected[_i].subject};
  fake_init(fake_as_app, mixed);
  run(subjects, 1);
  ck_assert_uint_eq(fake.n_checks, 1);
  is_expected((size_t)_i);
}
END_TEST

// All of them in one run: nobody gets somebody else's answer.
START_TEST(impersonate__keeps_answers_with_their_mailboxes)
{
  const char *subjects[N_EXPECTED];
  for (size_t i = 0; i < N_EXPECTED; i++)
    subjects[i] = expected[i].subject;
  fake_init(fake_as_app, mixed);
  fake.source.jobs = 64;
  run(subjects, N_EXPECTED);
  ck_assert_uint_eq(fake.n_checks, N_EXPECTED);
  for (size_t i = 0; i < N_EXPECTED; i++)
    if (strcmp(expected[i].verdict, TENON_VERDICT_OUT_OF_SCOPE) != 0)
      is_expected(i);
}
END_TEST

START_TEST(impersonate__names_the_permission_that_is_missing)
{
  static const char *const subjects[] = {"refused@b.c", "refused2@b.c"};
  fake_init(fake_as_app, mixed);
  fake.roles = "User.Read.All MailboxSettings.Read";
  run(subjects, 2);
  for (size_t i = 0; i < 2; i++) {
    const struct fake_check *check = fake_check_of_subject(subjects[i]);
    ck_assert_str_eq(check->verdict, TENON_VERDICT_REFUSED);
    ck_assert_ptr_nonnull(strstr(check->title, "Mail.ReadBasic.All"));
  }
}
END_TEST

START_TEST(impersonate__names_the_one_permission_where_half_a_mailbox_opens)
{
  static const char *const subjects[] = {"fine@b.c", "nosettings@b.c"};
  fake_init(fake_as_app, mixed);
  fake.roles = "User.Read.All Mail.ReadBasic.All";
  run(subjects, 2);
  const struct fake_check *check = fake_check_of_subject("nosettings@b.c");
  ck_assert_str_eq(check->verdict, TENON_VERDICT_REFUSED);
  ck_assert_ptr_nonnull(strstr(check->title, "MailboxSettings.Read"));
}
END_TEST

// RBAC for Applications: no role in the token, and some mailboxes open.
START_TEST(impersonate__knows_a_scope_by_a_mailbox_that_opens)
{
  static const char *const subjects[] = {"refused@b.c", "fine@b.c", "refused2@b.c"};
  fake_init(fake_as_app, mixed);
  fake.roles = NULL;
  run(subjects, 3);
  ck_assert_str_eq(fake_check_of_subject("refused@b.c")->verdict, TENON_VERDICT_OUT_OF_SCOPE);
  ck_assert_str_eq(fake_check_of_subject("refused2@b.c")->verdict, TENON_VERDICT_OUT_OF_SCOPE);
}
END_TEST

START_TEST(impersonate__tries_the_test_mailbox_before_it_says_refused)
{
  static const char *const subjects[] = {"refused@b.c", "refused2@b.c"};
  fake_init(with_mailbox, mixed);
  fake.roles = NULL;
  fake.source.jobs = 1;
  run(subjects, 2);
  ck_assert_str_eq(fake_check_of_subject("refused@b.c")->symptom, "graph-out-of-scope");
  ck_assert_str_eq(fake_check_of_subject("refused2@b.c")->symptom, "graph-out-of-scope");
  ck_assert_uint_eq(fake.batches, 3);
}
END_TEST

START_TEST(impersonate__says_refused_where_the_test_mailbox_is_refused_too)
{
  static const struct fake_option options[] = {{"admin", "anna@contoso.example"},
                                               {"tenant", FAKE_TENANT},
                                               {"client_id", FAKE_CLIENT},
                                               {"client_secret", "s3cr3t~value-that-is-long"},
                                               {"mailbox", "refused3@contoso.example"},
                                               {NULL, NULL}};
  static const char *const subjects[] = {"refused@b.c", "refused2@b.c"};
  fake_init(options, mixed);
  fake.roles = NULL;
  run(subjects, 2);
  ck_assert_str_eq(fake_check_of_subject("refused@b.c")->symptom, "graph-role-less");
  ck_assert_str_eq(fake_check_of_subject("refused2@b.c")->verdict, TENON_VERDICT_REFUSED);
  ck_assert_uint_eq(fake.n_checks, 2);
}
END_TEST

static void
shared_folders(const char *path, struct fake_answer *a)
{
  char user[400];
  fake_all_well(path, a);
  fake_user_of(path, user, sizeof user);
  if (fake_path_has(path, "/mailFolders") && strncmp(user, "mine", 4) != 0)
    fake_error(a, 404, "ErrorItemNotFound");
}

START_TEST(impersonate__asks_for_folders_alone_as_a_person)
{
  static const char *const subjects[] = {"mine@b.c", "other@b.c"};
  fake_init(fake_as_person, shared_folders);
  run(subjects, 2);
  ck_assert_str_eq(fake_check_of_subject("mine@b.c")->verdict, TENON_VERDICT_OK);
  const struct fake_check *check = fake_check_of_subject("other@b.c");
  ck_assert_str_eq(check->symptom, "graph-folder-denied");
  ck_assert_ptr_nonnull(strstr(check->mend, "Add-MailboxPermission -Identity 'other@b.c' -User "
                                            "'anna@contoso.example'"));
  ck_assert_ptr_null(strstr(fake.bodies, "mailboxSettings"));
}
END_TEST

static const struct {
  const char *subject, *path;
} escapes[] = {
    {"guest_fabrikam.com#EXT#@b.c", "\"/users/guest_fabrikam.com%23EXT%23@b.c/mailFolders/inbox"},
    {"$x@b.c", "\"/users(%27%24x%40b.c%27)/mailFolders/inbox"},
    {"$o'x@b.c", "\"/users(%27%24o%27%27x%40b.c%27)?"},
    {"o'brien@b.c", "\"/users/o%27brien@b.c/mailFolders"},
    {"a/../b?c&d+e%f@b.c", "\"/users/a%2F..%2Fb%3Fc%26d%2Be%25f@b.c/mailFolders"},
    {"\"q\\@b.c", "\"/users/%22q%5C@b.c/mailFolders"},
    {"m\xc3\xbcller@b.c", "\"/users/m%C3%BCller@b.c/mailFolders"},
};

START_TEST(impersonate__escapes_what_an_address_may_hold)
{
  const char *subjects[] = {escapes[_i].subject};
  fake_init(fake_as_app, fake_all_well);
  run(subjects, 1);
  ck_assert_msg(strstr(fake.bodies, escapes[_i].path) != NULL, "%s", fake.bodies);
  ck_assert_str_eq(fake_check_of_subject(subjects[0])->verdict, TENON_VERDICT_OK);
}
END_TEST

START_TEST(impersonate__doubles_quotes_in_a_filter)
{
  static const char *const subjects[] = {"missing'o@b.c"};
  fake_init(fake_as_app, mixed);
  run(subjects, 1);
  ck_assert_ptr_nonnull(strstr(fake.bodies, "eq%20%27missing%27%27o%40b.c%27%20or%20"));
  ck_assert_ptr_nonnull(strstr(fake.bodies, "%27smtp%3Amissing%27%27o%40b.c%27)"));
}
END_TEST

START_TEST(impersonate__tells_all_why_there_is_no_token)
{
  fake_init(fake_as_app, fake_all_well);
  fake.token_code = 401;
  fake.token_body = "{\"error\":\"invalid_client\",\"error_codes\":[7000215]}";
  run(NULL, 20);
  ck_assert_uint_eq(fake.n_checks, 20);
  ck_assert_uint_eq(fake.failed, 20);
  ck_assert_uint_eq(fake.requests, 0);
  ck_assert_uint_eq(fake.tokens, 1);
  ck_assert_str_eq(fake.checks[0].id, TENON_CHECK_IMPERSONATE_MAILBOX);
  ck_assert_str_eq(fake.checks[0].verdict, TENON_VERDICT_ERROR);
}
END_TEST

START_TEST(impersonate__ends_when_it_is_cancelled)
{
  fake_init(fake_as_app, fake_all_well);
  fake.n_subjects = 1000;
  fake.cancel_after = 3;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->impersonate(session, &fake.call, &fake.source, &fake.sink),
                   TENON_E_CANCELLED);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  ck_assert_uint_le(fake.requests, 4);
  fake_finish();
}
END_TEST

TCase *
impersonate_cases(void)
{
  TCase *cases = tcase_create("impersonate");
  tcase_add_loop_test(cases, impersonate__closes_every_subject_once, 0, 4);
  tcase_add_test(cases, impersonate__waits_for_a_source_that_has_none_yet);
  tcase_add_test(cases, impersonate__has_no_more_than_four_requests_on_their_way);
  tcase_add_test(cases, impersonate__asks_for_one_mailbox_once_at_a_time);
  tcase_add_loop_test(cases, impersonate__tells_the_noes_apart, 0, (int)N_EXPECTED);
  tcase_add_test(cases, impersonate__keeps_answers_with_their_mailboxes);
  tcase_add_test(cases, impersonate__names_the_permission_that_is_missing);
  tcase_add_test(cases, impersonate__names_the_one_permission_where_half_a_mailbox_opens);
  tcase_add_test(cases, impersonate__knows_a_scope_by_a_mailbox_that_opens);
  tcase_add_test(cases, impersonate__tries_the_test_mailbox_before_it_says_refused);
  tcase_add_test(cases, impersonate__says_refused_where_the_test_mailbox_is_refused_too);
  tcase_add_test(cases, impersonate__asks_for_folders_alone_as_a_person);
  tcase_add_loop_test(cases, impersonate__escapes_what_an_address_may_hold, 0,
                      (int)(sizeof escapes / sizeof *escapes));
  tcase_add_test(cases, impersonate__doubles_quotes_in_a_filter);
  tcase_add_test(cases, impersonate__tells_all_why_there_is_no_token);
  tcase_add_test(cases, impersonate__ends_when_it_is_cancelled);
  return cases;
}
