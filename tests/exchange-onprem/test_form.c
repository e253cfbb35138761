// SPDX-License-Identifier: Apache-2.0
//
// The form, and what is asked beside verify: lists of mailboxes, and the plan.
#include "fake.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "servers.h"
#include "suites.h"

static const struct {
  struct fake_option options[6];
  const char *field;
} wrong_forms[] = {
    {{{"server", "http://mail/"}, {"admin", "svc@contoso.example"}, {NULL, NULL}}, "server"},
    {{{"server", "mail"}, {"admin", "svc"}, {NULL, NULL}}, "admin"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"username", "a:b"}, {NULL, NULL}}, "username"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"username", "B\\x@y"}, {NULL, NULL}}, "username"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"username", "B\\"}, {NULL, NULL}}, "username"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"username", "@y"}, {NULL, NULL}}, "username"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"username", "a@b@c"}, {NULL, NULL}}, "username"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"spn", "mail.b.c"}, {NULL, NULL}}, "spn"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"spn", "HTTP/m@B.C"}, {NULL, NULL}}, "spn"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"auth", "oauth"}, {NULL, NULL}}, "auth"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"auth", "magic"}, {NULL, NULL}}, "auth"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"identity", "name"}, {NULL, NULL}}, "identity"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"timeout", "soon"}, {NULL, NULL}}, "timeout"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"proxy", "bad"}, {NULL, NULL}}, "proxy"},
    {{{"server", "mail"}, {"admin", "a@b.c"}, {"powershell", "yes"}, {NULL, NULL}}, "powershell"},
};

START_TEST(open__refuses_an_answer_by_the_name_of_its_field)
{
  fake_init(wrong_forms[_i].options, server_good);
  tenon_session *session = NULL;
  ck_assert_int_eq(fake_connector()->open(&fake.host, &fake.call, &fake.sink, &session),
                   TENON_E_CONFIG);
  ck_assert_ptr_null(session);
  ck_assert_uint_eq(fake.n_checks, 1);
  ck_assert_str_eq(fake.checks[0].field, wrong_forms[_i].field);
  ck_assert_uint_gt(strlen(fake.checks[0].remedy), 5);
  fake_finish();
}
END_TEST

START_TEST(open__wants_a_password)
{
  fake_init(server_answers, server_good);
  fake.no_secret = true;
  tenon_session *session = NULL;
  ck_assert_int_eq(fake_connector()->open(&fake.host, &fake.call, &fake.sink, &session),
                   TENON_E_CONFIG);
  ck_assert_str_eq(fake.checks[0].field, "password");
  fake_finish();
}
END_TEST

START_TEST(open__wants_no_password_for_a_ticket)
{
  static const struct fake_option ticket[] = {
      {"server", "mail"},       {"admin", "a@b.c"},
      {"auth", "ticket"},       {"keytab", "/etc/svc.keytab"},
      {"spn", "HTTP/mail.b.c"}, {NULL, NULL}};
  fake_init(ticket, server_good);
  fake.no_secret = true;
  fake_connector()->close(fake_open());
  fake_finish();
}
END_TEST

START_TEST(browse__waits_out_a_short_pause)
{
  fake_init(server_answers, server_busy_twice);
  tenon_session *session = fake_open();
  ck_assert_int_eq(
      fake_connector()->browse(session, &fake.call, "mailbox", "alex@contoso.example", &fake.sink),
      TENON_OK);
  ck_assert_uint_eq(fake.failed, 0);
  ck_assert_uint_eq(fake.n_offers, 1);
  fake_connector()->close(session);
  fake_finish();
}
END_TEST

START_TEST(browse__offers_what_the_directory_finds)
{
  fake_init(server_answers, server_good);
  tenon_session *session = fake_open();
  const tenon_connector *c = fake_connector();
  ck_assert_int_eq(c->browse(session, &fake.call, "mailbox", "alex@contoso.example", &fake.sink),
                   TENON_OK);
  ck_assert_uint_eq(fake.n_offers, 1);
  ck_assert_str_eq(fake.offers[0], "alex@contoso.example");
  ck_assert_int_eq(c->browse(session, &fake.call, "nothing", "", &fake.sink), TENON_E_UNSUPPORTED);
  c->close(session);
  fake_finish();
}
END_TEST

static void
letters(const struct fake_request *r, struct fake_answer *a)
{
  char address[64];
  if (strlen(r->address) != 1 || r->address[0] > 'c') {
    fake_error(a, "ResolveNames", "ErrorNameResolutionNoResults");
    return;
  }
  snprintf(address, sizeof address, "%c@contoso.example",
           r->address[0] == 'c' ? 'a' : r->address[0]);
  fake_found(a, address, "Mailbox");
}

START_TEST(browse__lists_by_letter_when_nothing_was_typed)
{
  fake_init(server_answers, letters);
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->browse(session, &fake.call, "mailbox", "", &fake.sink),
                   TENON_OK);
  ck_assert_uint_eq(fake.n_offers, 2);  // a, b; c found a again
  ck_assert_uint_eq(fake.requests, 27); // and one that asks whether to sign in
  ck_assert_uint_eq(fake.n_checks, 0);
  fake_connector()->close(session);
  fake_finish();
}
END_TEST

START_TEST(browse__reports_why_there_is_no_list)
{
  fake_init(server_answers, server_wrong_password);
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->browse(session, &fake.call, "mailbox", "", &fake.sink),
                   TENON_OK);
  ck_assert_uint_eq(fake.signed_requests, 1);
  ck_assert_uint_eq(fake.failed, 1);
  fake_connector()->close(session);
  fake_finish();
}
END_TEST

START_TEST(browse__sends_no_password_where_it_is_of_no_use)
{
  fake_init(server_answers_basic, _i == 0 ? server_basic_off : server_login_page);
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->browse(session, &fake.call, "mailbox", "a", &fake.sink),
                   TENON_OK);
  ck_assert_uint_eq(fake.signed_requests, 0);
  ck_assert_uint_eq(fake.failed, 1);
  ck_assert_str_eq(fake.checks[0].field, _i == 0 ? "auth" : "server");
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}
END_TEST

START_TEST(plan__says_whether_the_role_is_there)
{
  static const struct {
    fake_answer_fn *answer;
    uint32_t state;
  } cases[] = {{server_good, TENON_STEP_DONE},
               {server_role_missing, TENON_STEP_MISSING},
               {server_garbage, TENON_STEP_UNKNOWN}};
  fake_init(server_answers, cases[_i].answer);
  tenon_session *session = fake_open();
  const tenon_connector *c = fake_connector();
  ck_assert_int_eq(c->configure(session, &fake.call, TENON_PLAN, NULL, &fake.sink), TENON_OK);
  ck_assert_uint_eq(fake.step.state, cases[_i].state);
  ck_assert_ptr_nonnull(strstr(fake.step_body, "-User 'svc@contoso.example'"));
  ck_assert_ptr_null(strstr(fake.step_body, " \n"));
  ck_assert_int_ne(fake.step_body[strlen(fake.step_body) - 1], ' ');
  ck_assert_int_eq(c->configure(session, &fake.call, TENON_APPLY, NULL, &fake.sink),
                   TENON_E_UNSUPPORTED);
  c->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}
END_TEST

TCase *
form_cases(void)
{
  TCase *cases = tcase_create("form");
  tcase_add_loop_test(cases, open__refuses_an_answer_by_the_name_of_its_field, 0,
                      sizeof wrong_forms / sizeof *wrong_forms);
  tcase_add_test(cases, open__wants_a_password);
  tcase_add_test(cases, open__wants_no_password_for_a_ticket);
  tcase_add_test(cases, browse__waits_out_a_short_pause);
  tcase_add_test(cases, browse__offers_what_the_directory_finds);
  tcase_add_test(cases, browse__lists_by_letter_when_nothing_was_typed);
  tcase_add_loop_test(cases, browse__sends_no_password_where_it_is_of_no_use, 0, 2);
  tcase_add_test(cases, browse__reports_why_there_is_no_list);
  tcase_add_loop_test(cases, plan__says_whether_the_role_is_there, 0, 3);
  return cases;
}
