// SPDX-License-Identifier: Apache-2.0
//
// impersonate: each subject is closed once, by the verdict that the evidence bears.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "suites.h"

static const struct fake_option answers[] = {
    {"server", "localhost"}, {"admin", "svc@contoso.example"}, {NULL, NULL}};
static const struct fake_option basic_only[] = {
    {"server", "localhost"}, {"admin", "svc@contoso.example"}, {"auth", "basic"}, {NULL, NULL}};
static const struct fake_option by_upn[] = {
    {"server", "localhost"}, {"admin", "svc@contoso.example"}, {"identity", "upn"}, {NULL, NULL}};

enum { OK, REFUSED, NO_MAILBOX, ELSEWHERE, DISABLED, INVALID, THROTTLED, ERROR };

static void
run_with(const struct fake_option *options, fake_answer_fn *answer, const char *const *subjects,
         size_t n, tenon_status expected)
{
  fake_init(options, answer);
  fake.door = true;
  fake.subjects = subjects;
  fake.n_subjects = n;
  tenon_session *session = fake_open();
  tenon_status status =
      fake_connector()->impersonate(session, &fake.call, &fake.source, &fake.sink);
  ck_assert_int_eq(status, expected);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  ck_assert_uint_eq(fake.doubled, 0);
}

static void
run(fake_answer_fn *answer, const char *const *subjects, size_t n)
{
  run_with(answers, answer, subjects, n, TENON_OK);
  ck_assert_uint_eq(fake.n_checks, n);
  fake_finish();
}

static void
all_well(const struct fake_request *r, struct fake_answer *a)
{
  ck_assert_str_eq(r->label, "ews.getfolder");
  ck_assert_ptr_nonnull(r->anchor);
  ck_assert_str_eq(r->anchor, r->address);
  fake_success(a, "GetFolder");
}

START_TEST(impersonate__closes_every_subject_once)
{
  run(all_well, NULL, 1000);
  ck_assert_uint_eq(fake.passed, 1000);
  ck_assert_uint_eq(fake.by_verdict[OK], 1000);
  ck_assert_uint_eq(fake.requests, 1000);
  ck_assert_uint_eq(fake.most_in_flight, 4);
}
END_TEST

START_TEST(impersonate__takes_nothing_from_an_empty_source)
{
  run(all_well, NULL, 0);
  ck_assert_uint_eq(fake.requests, 0);
}
END_TEST

START_TEST(impersonate__waits_for_a_source_that_has_none_yet)
{
  fake_init(answers, all_well);
  fake.door = true;
  fake.n_subjects = 100;
  fake.later_every = 7;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->impersonate(session, &fake.call, &fake.source, &fake.sink),
                   TENON_OK);
  ck_assert_uint_eq(fake.passed, 100);
  fake_connector()->close(session);
  fake_finish();
}
END_TEST

START_TEST(impersonate__asks_for_one_mailbox_once_at_a_time)
{
  static const char *const same[] = {"a@b.c", "A@b.c", "a@b.c", "a@b.c", "a@B.c", "d@b.c"};
  run(all_well, same, 6);
  ck_assert_uint_eq(fake.passed, 6);
  ck_assert_ptr_nonnull(fake_check_of_subject("a@B.c"));
}
END_TEST

// A server with one of each: the local part says what it is.
static void
mixed(const struct fake_request *r, struct fake_answer *a)
{
  static const struct {
    const char *prefix, *code, *in_directory;
  } people[] = {
      {"refused", "t:ErrorImpersonateUserDenied", "Mailbox"},
      {"denied-nobody", "t:ErrorImpersonateUserDenied", NULL},
      {"denied-contact", "t:ErrorImpersonateUserDenied", "Contact"},
      {"missing", "t:ErrorNonExistentMailbox", NULL},
      {"elsewhere", "t:ErrorNonExistentMailbox", "Mailbox"},
      {"disabled", "t:ErrorAccountDisabled", "Mailbox"},
      {"odd", "t:ErrorInvalidSmtpAddress", NULL},
      {"strange", "t:ErrorNeverHeardOf", NULL},
      {"gromox", "ErrorCannotFindUser", NULL},
      {"dumb", "SOAP:Server", NULL},
  };
  for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
    if (strncmp(r->address, people[i].prefix, strlen(people[i].prefix)) != 0)
      continue;
    if (strcmp(r->label, "ews.getfolder") == 0)
      fake_fault(a, i == 8 ? 200 : 500, people[i].code);
    else if (people[i].in_directory != NULL)
      fake_found(a, r->address, people[i].in_directory);
    else
      fake_error(a, "ResolveNames", "ErrorNameResolutionNoResults");
    return;
  }
  fake_success(a, "GetFolder");
}

static const struct {
  const char *subject, *verdict, *existence;
  tenon_status cause;
} expected[] = {
    {"refused@b.c", TENON_VERDICT_REFUSED, "known", TENON_E_DENIED},
    {"denied-nobody@b.c", TENON_VERDICT_NO_MAILBOX, "known", TENON_E_CONFIG},
    {"denied-contact@b.c", TENON_VERDICT_ELSEWHERE, "known", TENON_E_CONFIG},
    {"missing@b.c", TENON_VERDICT_NO_MAILBOX, "known", TENON_E_CONFIG},
    {"elsewhere@b.c", TENON_VERDICT_ELSEWHERE, "known", TENON_E_CONFIG},
    {"disabled@b.c", TENON_VERDICT_DISABLED, "unknown", TENON_E_CONFIG},
    {"odd@b.c", TENON_VERDICT_INVALID, "unknown", TENON_E_CONFIG},
    {"strange@b.c", TENON_VERDICT_ERROR, "unknown", TENON_E_PROTOCOL},
    {"gromox@b.c", TENON_VERDICT_NO_MAILBOX, "known", TENON_E_CONFIG},
    {"dumb@b.c", TENON_VERDICT_NO_MAILBOX, "known", TENON_E_CONFIG},
    {"fine@b.c", TENON_VERDICT_OK, "known", TENON_OK},
    {"no address", TENON_VERDICT_INVALID, "unknown", TENON_E_CONFIG},
};

START_TEST(impersonate__tells_the_noes_apart)
{
  const char *subjects[] = {expected[_i].subject};
  run(mixed, subjects, 1);
  const struct fake_check *check = fake_check_of_subject(expected[_i].subject);
  ck_assert_ptr_nonnull(check);
  ck_assert_str_eq(check->verdict, expected[_i].verdict);
  ck_assert_str_eq(check->existence, expected[_i].existence);
  ck_assert_int_eq(check->cause, expected[_i].cause);
  ck_assert_str_eq(check->id, TENON_CHECK_IMPERSONATE_MAILBOX);
}
END_TEST

static void
mute_directory(const struct fake_request *r, struct fake_answer *a)
{
  if (strcmp(r->label, "ews.getfolder") == 0)
    fake_fault(a, 500, "t:ErrorImpersonateUserDenied");
  else
    fake_fault(a, 500, "SOAP:Server");
}

START_TEST(impersonate__says_that_existence_is_unknown_and_stops_asking)
{
  run(mute_directory, NULL, 50);
  ck_assert_uint_eq(fake.by_verdict[REFUSED], 50);
  ck_assert_str_eq(fake.checks[0].existence, "unknown");
  ck_assert_uint_lt(fake.requests, 60); // a few look-ups, then none
}
END_TEST

static void
denied_unlisted(const struct fake_request *r, struct fake_answer *a)
{
  if (strcmp(r->label, "ews.getfolder") == 0)
    fake_fault(a, 500, "t:ErrorImpersonateUserDenied");
  else
    fake_error(a, "ResolveNames", "ErrorNameResolutionNoResults");
}

START_TEST(impersonate__does_not_believe_a_directory_that_is_asked_by_upn)
{
  static const char *const subjects[] = {"a@b.c"};
  run_with(by_upn, denied_unlisted, subjects, 1, TENON_OK);
  ck_assert_uint_eq(fake.by_verdict[REFUSED], 1);
  ck_assert_str_eq(fake.checks[0].existence, "unknown");
  fake_finish();
}
END_TEST

START_TEST(impersonate__asks_the_directory_once_for_an_address)
{
  static const char *const same[] = {"a@b.c", "a@b.c", "a@b.c"};
  run(denied_unlisted, same, 3);
  ck_assert_uint_eq(fake.by_verdict[NO_MAILBOX], 3);
  ck_assert_uint_eq(fake.requests, 4);
}
END_TEST

static void
busy(struct fake_answer *a, unsigned ms)
{
  a->code = 500;
  snprintf(a->body, sizeof a->body,
           "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\" xmlns:t=\"" SOAP_NS_TYPES
           "\"><s:Body><s:Fault>"
           "<faultcode>t:ErrorServerBusy</faultcode><detail><t:MessageXml><t:Value "
           "Name=\"BackOffMilliseconds\">%u</t:Value></t:MessageXml></detail></s:Fault></s:Body>"
           "</s:Envelope>",
           ms);
}

static void
busy_now_and_then(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  if (fake.requests % 50 == 1)
    busy(a, 3);
  else
    fake_success(a, "GetFolder");
}

START_TEST(impersonate__comes_back_after_a_pause)
{
  run(busy_now_and_then, NULL, 1000);
  ck_assert_uint_eq(fake.passed, 1000);
  ck_assert_uint_gt(fake.requests, 1000);
}
END_TEST

static void
busy_forever(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  busy(a, 2);
}

START_TEST(impersonate__gives_up_after_three_tries)
{
  run(busy_forever, NULL, 5);
  ck_assert_uint_eq(fake.by_verdict[THROTTLED], 5);
  ck_assert_uint_eq(fake.requests, 15);
  ck_assert_int_eq(fake.checks[0].cause, TENON_E_TRANSIENT);
  ck_assert_int_gt(fake.checks[0].retry_ns, 0);
}
END_TEST

static void
refused_account(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  fake_challenge(a, "Basic");
}

START_TEST(impersonate__offers_a_refused_password_no_more)
{
  run(refused_account, NULL, 500);
  ck_assert_uint_eq(fake.failed, 500);
  ck_assert_uint_le(fake.requests, 4); // those that were in flight already
  ck_assert_int_eq(fake.checks[0].cause, TENON_E_AUTH);
  ck_assert_int_eq(fake.checks[63].cause, TENON_E_AUTH);
}
END_TEST

// Exchange 2007 refuses every newer version; with four requests in flight each is refused once a step.
static void
knows_2007_only(const struct fake_request *r, struct fake_answer *a)
{
  if (strstr(r->body, "\"Exchange2007_SP1\"") != NULL)
    fake_success(a, "GetFolder");
  else
    fake_fault(a, 500, "t:ErrorInvalidServerVersion");
}

START_TEST(impersonate__steps_down_once_for_all_that_is_in_flight)
{
  run(knows_2007_only, NULL, 50);
  ck_assert_uint_eq(fake.by_verdict[OK], 50);
}
END_TEST

static void
windows_only(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  fake_challenge(a, "Negotiate, NTLM");
}

START_TEST(impersonate__blames_no_password_where_basic_is_not_offered)
{
  run_with(basic_only, windows_only, NULL, 20, TENON_OK);
  fake_finish();
  ck_assert_uint_eq(fake.failed, 20);
  for (size_t i = 0; i < 20; i++) {
    ck_assert_int_eq(fake.checks[i].cause, TENON_E_AUTH);
    ck_assert_str_eq(fake.checks[i].field, "auth");
  }
}
END_TEST

static void
wants_primary(const struct fake_request *r, struct fake_answer *a)
{
  if (strcmp(r->address, "right@b.c") == 0) {
    fake_success(a, "GetFolder");
    return;
  }
  a->code = 500;
  snprintf(a->body, sizeof a->body,
           "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\" xmlns:t=\"" SOAP_NS_TYPES
           "\"><s:Body><s:Fault>"
           "<faultcode>t:ErrorNonPrimarySmtpAddress</faultcode><detail><t:MessageXml><t:Value "
           "Name=\"Primary\">%s</t:Value></t:MessageXml></detail></s:Fault></s:Body></s:Envelope>",
           strcmp(r->address, "loop@b.c") == 0 ? "loop@b.c" : "right@b.c");
}

START_TEST(impersonate__takes_the_primary_address_that_the_server_names)
{
  static const char *const subjects[] = {"second@b.c", "loop@b.c"};
  run(wants_primary, subjects, 2);
  ck_assert_str_eq(fake_check_of_subject("second@b.c")->verdict, TENON_VERDICT_OK);
  ck_assert_str_eq(fake_check_of_subject("loop@b.c")->verdict, TENON_VERDICT_INVALID);
}
END_TEST

static void
garbage(const struct fake_request *r, struct fake_answer *a)
{
  static const char *const bodies[] = {"<", "<a/>",  "\xff\xfe", "{}", "<!DOCTYPE a><a/>",
                                       "",  "<html>"};
  (void)r;
  static const int codes[] = {200, 200, 404, 302, 403, 200, 400};
  a->code = codes[fake.requests % 7];
  snprintf(a->body, sizeof a->body, "%s", bodies[fake.requests % 5]);
}

START_TEST(impersonate__survives_garbage)
{
  run(garbage, NULL, 200);
  ck_assert_uint_eq(fake.failed, 200);
}
END_TEST

START_TEST(impersonate__takes_no_address_that_is_none)
{
  static char long_one[400];
  memset(long_one, 'a', sizeof long_one - 1);
  long_one[10] = '@';
  const char *subjects[] = {"", "nobody", "a b@c", "a\nb@c", "\xff@b", long_one};
  run(all_well, subjects, 6);
  ck_assert_uint_eq(fake.by_verdict[INVALID], 6);
  ck_assert_uint_eq(fake.requests, 0);
}
END_TEST

static int64_t
milliseconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
long_pause(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  busy(a, 60000);
}

START_TEST(impersonate__ends_soon_after_cancel_even_in_a_pause)
{
  int64_t before = milliseconds();
  fake_init(answers, long_pause);
  fake.door = true;
  fake.n_subjects = 1000;
  fake.cancel_after = 4;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->impersonate(session, &fake.call, &fake.source, &fake.sink),
                   TENON_E_CANCELLED);
  ck_assert_int_lt(milliseconds() - before, 5000);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}
END_TEST

TCase *
impersonate_cases(void)
{
  TCase *cases = tcase_create("impersonate");
  tcase_set_timeout(cases, 60);
  tcase_add_test(cases, impersonate__closes_every_subject_once);
  tcase_add_test(cases, impersonate__takes_nothing_from_an_empty_source);
  tcase_add_test(cases, impersonate__waits_for_a_source_that_has_none_yet);
  tcase_add_test(cases, impersonate__asks_for_one_mailbox_once_at_a_time);
  tcase_add_loop_test(cases, impersonate__tells_the_noes_apart, 0,
                      sizeof expected / sizeof *expected);
  tcase_add_test(cases, impersonate__says_that_existence_is_unknown_and_stops_asking);
  tcase_add_test(cases, impersonate__does_not_believe_a_directory_that_is_asked_by_upn);
  tcase_add_test(cases, impersonate__asks_the_directory_once_for_an_address);
  tcase_add_test(cases, impersonate__comes_back_after_a_pause);
  tcase_add_test(cases, impersonate__gives_up_after_three_tries);
  tcase_add_test(cases, impersonate__offers_a_refused_password_no_more);
  tcase_add_test(cases, impersonate__blames_no_password_where_basic_is_not_offered);
  tcase_add_test(cases, impersonate__steps_down_once_for_all_that_is_in_flight);
  tcase_add_test(cases, impersonate__takes_the_primary_address_that_the_server_names);
  tcase_add_test(cases, impersonate__survives_garbage);
  tcase_add_test(cases, impersonate__takes_no_address_that_is_none);
  tcase_add_test(cases, impersonate__ends_soon_after_cancel_even_in_a_pause);
  return cases;
}
