// SPDX-License-Identifier: Apache-2.0
//
// Which way is taken of what is offered; the rest of the sign-in is tested with the connector.
#include "signin.h"

#include <tenon/exchange.h>

#include <check.h>
#include <string.h>

#include "suites.h"

static const struct {
  enum signin_policy policy;
  const char *offered;
  enum signin_way way;
  const char *check; // of the way, or before it is known of the policy
} choices[] = {
    {SIGNIN_AUTO, "Negotiate, NTLM, Basic", SIGNIN_KERBEROS, TENON_CHECK_AUTH_NEGOTIATE},
    {SIGNIN_AUTO, "NTLM, Kerberos", SIGNIN_KERBEROS_BARE, TENON_CHECK_AUTH_KERBEROS},
    {SIGNIN_AUTO, "Basic realm=\"x\", NTLM", SIGNIN_NTLM, TENON_CHECK_AUTH_NTLM},
    {SIGNIN_AUTO, "Basic", SIGNIN_BASIC, TENON_CHECK_AUTH_BASIC},
    {SIGNIN_AUTO, "", SIGNIN_BASIC, TENON_CHECK_AUTH_BASIC},
    {SIGNIN_AUTO, "Bearer x=\"y\", Digest", SIGNIN_IMPOSSIBLE, TENON_CHECK_AUTH_BASIC},
    {SIGNIN_ONLY_BASIC, "Negotiate, NTLM, Basic", SIGNIN_BASIC, TENON_CHECK_AUTH_BASIC},
    {SIGNIN_ONLY_BASIC, "Negotiate, NTLM", SIGNIN_IMPOSSIBLE, TENON_CHECK_AUTH_BASIC},
    {SIGNIN_ONLY_NTLM, "Negotiate, NTLM, Basic", SIGNIN_NTLM, TENON_CHECK_AUTH_NTLM},
    {SIGNIN_ONLY_NTLM, "Negotiate, Basic", SIGNIN_NTLM_WITHIN, TENON_CHECK_AUTH_NEGOTIATE},
    {SIGNIN_ONLY_NTLM, "", SIGNIN_NTLM, TENON_CHECK_AUTH_NTLM},
    {SIGNIN_ONLY_NEGOTIATE, "Negotiate, NTLM", SIGNIN_KERBEROS, TENON_CHECK_AUTH_NEGOTIATE},
    {SIGNIN_ONLY_NEGOTIATE, "NTLM, Basic", SIGNIN_IMPOSSIBLE, TENON_CHECK_AUTH_NEGOTIATE},
    {SIGNIN_ONLY_TICKET, "Negotiate, NTLM", SIGNIN_KERBEROS, TENON_CHECK_AUTH_NEGOTIATE},
    {SIGNIN_ONLY_TICKET, "NTLM, Basic", SIGNIN_IMPOSSIBLE, TENON_CHECK_AUTH_NEGOTIATE},
};

static bool
choose(struct signin *s, struct signin_account *account, const char *offered)
{
  struct challenge challenge;
  challenge_init(&challenge);
  challenge_add(&challenge, offered, strlen(offered));
  signin_init(s, NULL, account, "https://mail.contoso.example/");
  return signin_choose(s, &challenge);
}

START_TEST(signin__takes_the_strongest_way_that_the_policy_admits)
{
  struct signin s;
  struct signin_account account = {.policy = choices[_i].policy};
  if (account.policy != SIGNIN_ONLY_TICKET)
    account.secret = (tenon_secret *)&account;
  bool possible = choose(&s, &account, choices[_i].offered);
  ck_assert_int_eq(s.way, choices[_i].way);
  ck_assert_int_eq(possible, choices[_i].way != SIGNIN_IMPOSSIBLE);
  ck_assert_str_eq(signin_check(&s), choices[_i].check);
}
END_TEST

START_TEST(signin__has_no_way_but_kerberos_without_a_password)
{
  struct signin s;
  struct signin_account account = {.policy = SIGNIN_AUTO};
  ck_assert(!choose(&s, &account, "NTLM, Basic"));
  ck_assert(choose(&s, &account, "Negotiate, NTLM, Basic"));
  ck_assert_str_eq(signin_way_name(s.way), "Negotiate (Kerberos)");
}
END_TEST

START_TEST(signin__is_not_begun_before_the_server_was_asked)
{
  struct signin s;
  struct signin_account account = {.policy = SIGNIN_AUTO};
  tenon_http_request request = {.size = sizeof request};
  const tenon_http_completion *completion = NULL;
  signin_init(&s, NULL, &account, "https://mail.contoso.example/");
  ck_assert_int_eq(signin_perform(&s, NULL, &request, &completion), TENON_E_CONFIG);
  ck_assert_int_eq(signin_start(&s, NULL, &request, &s), TENON_E_CONFIG);
  signin_finish(&s);
}
END_TEST

TCase *
signin_cases(void)
{
  TCase *cases = tcase_create("signin");
  tcase_add_loop_test(cases, signin__takes_the_strongest_way_that_the_policy_admits, 0,
                      sizeof choices / sizeof *choices);
  tcase_add_test(cases, signin__has_no_way_but_kerberos_without_a_password);
  tcase_add_test(cases, signin__is_not_begun_before_the_server_was_asked);
  return cases;
}
