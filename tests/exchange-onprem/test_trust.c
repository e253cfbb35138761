// SPDX-License-Identifier: Apache-2.0
//
// "Trust this authority?": when it is asked, what is said with it, and what becomes of the answer.
#include "fake.h"

#include <check.h>
#include <string.h>

#include "servers.h"
#include "suites.h"

#define CERTIFICATE(subject_, issuer_)                                                             \
  {                                                                                                \
    .size = sizeof(tenon_http_certificate), .subject = subject_, .issuer = issuer_,                \
    .names = "localhost", .pem = "-----BEGIN CERTIFICATE-----\n" subject_ "\n", .sha256 = "ab12",  \
    .pin = "sha256//cGlu", .not_before = 1600000000, .not_after = 1900000000                       \
  }

static const tenon_http_certificate leaf = CERTIFICATE("CN=localhost", "CN=Issuing CA");
static const tenon_http_certificate issuing = CERTIFICATE("CN=Issuing CA", "CN=Root CA");
static const tenon_http_certificate alone = CERTIFICATE("CN=localhost", "CN=localhost");
static const tenon_http_certificate made = CERTIFICATE("CN=localhost", "CN=Zscaler CA");
static const tenon_http_certificate maker = CERTIFICATE("CN=Zscaler CA", "CN=Zscaler CA");
static const tenon_http_certificate *const chain[] = {&leaf, &issuing};
static const tenon_http_certificate *const self[] = {&alone};
static const tenon_http_certificate *const proxy[] = {&made, &maker};

#define UNTRUSTED (1u << TENON_HTTP_TLS_UNTRUSTED)
#define TLS(list, n, verdict_, complaints_)                                                        \
  {                                                                                                \
    .size = sizeof(tenon_http_tls), .verdict = (verdict_), .chain = (list), .n_chain = (n),        \
    .complaints = (complaints_)                                                                    \
  }

static const tenon_http_tls unknown = TLS(chain, 2, TENON_HTTP_TLS_UNTRUSTED, UNTRUSTED);
static const tenon_http_tls by_itself =
    TLS(self, 1, TENON_HTTP_TLS_SELF_SIGNED, 1u << TENON_HTTP_TLS_SELF_SIGNED);

static const tenon_http_tls not_asked[] = {
    TLS(chain, 1, TENON_HTTP_TLS_UNTRUSTED, UNTRUSTED), // nothing of the authority was sent
    TLS(proxy, 2, TENON_HTTP_TLS_UNTRUSTED, UNTRUSTED), // a proxy's
    TLS(chain, 2, TENON_HTTP_TLS_UNTRUSTED, UNTRUSTED | 1u << TENON_HTTP_TLS_NAME),
    TLS(chain, 2, TENON_HTTP_TLS_UNTRUSTED, UNTRUSTED | 1u << TENON_HTTP_TLS_EXPIRED),
    TLS(chain, 2, TENON_HTTP_TLS_NAME, 1u << TENON_HTTP_TLS_NAME),
    TLS(chain, 2, TENON_HTTP_TLS_EXPIRED, 1u << TENON_HTTP_TLS_EXPIRED),
    TLS(chain, 2, TENON_HTTP_TLS_PIN, 1u << TENON_HTTP_TLS_PIN),
    TLS(self, 1, TENON_HTTP_TLS_SELF_SIGNED,
        1u << TENON_HTTP_TLS_SELF_SIGNED | 1u << TENON_HTTP_TLS_NAME),
};

static const tenon_http_tls *shown;

static void
shows(const struct fake_request *r, struct fake_answer *a)
{
  (void)r;
  a->fault = TENON_HTTP_FAULT_CERTIFICATE;
  a->shown = shown;
}

static void
verify(const struct fake_option *options, const tenon_http_tls *tls, const char *reply)
{
  shown = tls;
  fake_init(options, shows);
  fake.reply = reply;
  tenon_session *session = fake_open();
  ck_assert_int_eq(fake_connector()->verify(session, &fake.call, &fake.sink), TENON_OK);
  fake_connector()->close(session);
  ck_assert_uint_eq(fake.opened, fake.released);
  fake_finish();
}

START_TEST(trust__shows_the_chain_and_what_is_to_be_compared)
{
  verify(server_answers, &unknown, "yes");
  ck_assert_uint_eq(fake.asked, 1);
  ck_assert_str_eq(fake.ask_title, "Trust the authority CN=Issuing CA for this connection?");
  ck_assert_ptr_nonnull(strstr(fake.ask_body, "1. CN=localhost, issued by CN=Issuing CA, valid"));
  ck_assert_ptr_nonnull(strstr(fake.ask_body, "3. CN=Root CA: not sent, and not known here"));
  ck_assert_ptr_nonnull(strstr(fake.ask_body, "SHA-256 of CN=Issuing CA: ab12"));
  ck_assert_ptr_nonnull(strstr(fake.ask_body, "Compare it with the administrator"));
}
END_TEST

START_TEST(trust__keeps_the_authority_and_leaves_the_rest_to_the_next_verification)
{
  verify(server_answers, &unknown, "yes");
  ck_assert_str_eq(fake.patch_key, "ca_file");
  ck_assert_str_eq(fake.patch, issuing.pem);
  ck_assert_uint_eq(fake.n_checks, 0);
  ck_assert_uint_eq(fake.requests, 1);
}
END_TEST

START_TEST(trust__adds_to_the_authorities_that_were_given)
{
  static const struct fake_option options[] = {{"server", "localhost"},
                                               {"admin", "svc@contoso.example"},
                                               {"ca_file", "-----OTHER-----"},
                                               {NULL, NULL}};
  verify(options, &unknown, "yes");
  ck_assert_str_eq(fake.patch, "-----OTHER-----\n-----BEGIN CERTIFICATE-----\nCN=Issuing CA\n");
}
END_TEST

START_TEST(trust__of_what_is_signed_by_itself_is_trust_in_its_key)
{
  verify(server_answers, &by_itself, "yes");
  ck_assert_str_eq(fake.ask_title,
                   "Accept the key of localhost:8443, whose certificate is signed by itself?");
  ck_assert_str_eq(fake.patch_key, "tls_pin");
  ck_assert_str_eq(fake.patch, "sha256//cGlu");
}
END_TEST

START_TEST(trust__that_is_not_given_leaves_the_failure_as_it_is)
{
  static const char *const replies[] = {"no", "declined", NULL};
  verify(server_answers, &unknown, replies[_i]);
  ck_assert_uint_eq(fake.asked, 1);
  ck_assert_str_eq(fake.patch_key, "");
  ck_assert_int_eq(fake_check_of("tls.certificate")->state, TENON_FAIL);
  ck_assert_int_eq(fake_check_of("ews.endpoint")->state, TENON_SKIP);
}
END_TEST

START_TEST(trust__is_not_asked_for_what_it_does_not_heal)
{
  verify(server_answers, &not_asked[_i], "yes");
  ck_assert_uint_eq(fake.asked, 0);
  ck_assert_str_eq(fake.patch_key, "");
  ck_assert_int_eq(fake_check_of("tls.certificate")->state, TENON_FAIL);
}
END_TEST

START_TEST(trust__is_a_question_of_verify_alone)
{
  static const char *const subjects[] = {"alex@contoso.example", NULL};
  shown = &unknown;
  fake_init(server_answers, shows);
  fake.reply = "yes";
  fake.subjects = subjects;
  fake.n_subjects = 1;
  tenon_session *session = fake_open();
  const tenon_connector *c = fake_connector();
  ck_assert_int_eq(c->browse(session, &fake.call, "mailbox", "a", &fake.sink), TENON_OK);
  ck_assert_int_eq(c->impersonate(session, &fake.call, &fake.source, &fake.sink), TENON_OK);
  ck_assert_uint_eq(fake.asked, 0);
  c->close(session);
  fake_finish();
}
END_TEST

TCase *
trust_cases(void)
{
  TCase *cases = tcase_create("trust");
  tcase_add_test(cases, trust__shows_the_chain_and_what_is_to_be_compared);
  tcase_add_test(cases, trust__keeps_the_authority_and_leaves_the_rest_to_the_next_verification);
  tcase_add_test(cases, trust__adds_to_the_authorities_that_were_given);
  tcase_add_test(cases, trust__of_what_is_signed_by_itself_is_trust_in_its_key);
  tcase_add_loop_test(cases, trust__that_is_not_given_leaves_the_failure_as_it_is, 0, 3);
  tcase_add_loop_test(cases, trust__is_not_asked_for_what_it_does_not_heal, 0,
                      sizeof not_asked / sizeof *not_asked);
  tcase_add_test(cases, trust__is_a_question_of_verify_alone);
  return cases;
}
