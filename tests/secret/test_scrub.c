// SPDX-License-Identifier: Apache-2.0
/* The scrubber must find a secret in every form, and must not spoil text that only looks like one. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/secret/scrub.h"
#include "core/secret/scrub_forms.h"

static struct scrubber *scrubber;

static void
setup(void)
{
  scrubber = scrubber_create();
  ck_assert_ptr_nonnull(scrubber);
}

static void
teardown(void)
{
  scrubber_destroy(scrubber);
}

static void
learn(const char *secret)
{
  ck_assert_int_eq(scrubber_add(scrubber, secret, strlen(secret)), 0);
}

static void
ck_scrubbed(const char *in, const char *expected)
{
  char *out = NULL;
  size_t n = 0;
  int r = scrub_text(scrubber, in, strlen(in), &out, &n);
  ck_assert_int_ge(r, 0);
  ck_assert_str_eq(r == 1 ? out : in, expected);
  ck_assert(scrub_has(scrubber, in, strlen(in)) == (r == 1));
  if (r == 1)
    ck_assert_uint_eq(n, strlen(expected));
  free(out);
}

START_TEST(scrub__takes_a_secret_out_wherever_it_stands)
{
  learn("correct horse battery");
  ck_scrubbed("correct horse battery", "***");
  ck_scrubbed("a correct horse battery, twice: correct horse battery.", "a ***, twice: ***.");
  ck_scrubbed("correct horse batter", "correct horse batter");
}
END_TEST

START_TEST(scrub__knows_percent_json_and_xml_forms)
{
  learn("p\"ss/w&rd <1>'+");
  ck_scrubbed("x=p%22ss%2Fw%26rd%20%3C1%3E%27%2B&y", "x=***&y");
  ck_scrubbed("x=p%22ss%2fw%26rd%20%3c1%3e%27%2b&y", "x=***&y");
  ck_scrubbed("x=p%22ss%2Fw%26rd%20%3C1%3E'%2B&y", "x=***&y");
  ck_scrubbed("x=p%22ss%2Fw%26rd+%3C1%3E%27%2B&y", "x=***&y");
  ck_scrubbed("{\"p\":\"p\\\"ss/w&rd <1>'+\"}", "{\"p\":\"***\"}");
  ck_scrubbed("{\"p\":\"p\\\"ss\\/w&rd <1>'+\"}", "{\"p\":\"***\"}");
  ck_scrubbed("<p>p&quot;ss/w&amp;rd &lt;1&gt;&apos;+</p>", "<p>***</p>");
  ck_scrubbed("<p>p\"ss/w&amp;rd &lt;1&gt;'+</p>", "<p>***</p>");
  ck_scrubbed("<p>p&quot;ss/w&amp;rd &lt;1&gt;&#39;+</p>", "<p>***</p>");
}
END_TEST

/* base64 of any bytes, by the form that is whole. */
static void
encode(enum secret_form form, const char *bytes, char *out)
{
  out[secret_form(form, bytes, strlen(bytes), out)] = '\0';
}

START_TEST(scrub__knows_base64_at_every_alignment)
{
  static const enum secret_form forms[] = {SECRET_FORM_BASE64, SECRET_FORM_BASE64URL,
                                           SECRET_FORM_UTF16_BASE64};
  static const char *const around[] = {"%s",           "x%s",       "xy%s",     "xyz%s",
                                       "user:%s tail", "us:%s?>?>", "u:%stail", "%s."};
  learn("s3cret?>~value?");
  for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
    for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
      char plain[64], coded[256], in[300];
      (void)snprintf(plain, sizeof plain, around[i], "s3cret?>~value?");
      encode(forms[f], plain, coded);
      (void)snprintf(in, sizeof in, "<%s>", coded);
      ck_scrubbed(in, "<***>");
    }
}
END_TEST

START_TEST(scrub__encodes_base64_as_rfc_4648_does)
{
  char out[64];
  encode(SECRET_FORM_BASE64, "fo", out);
  ck_assert_str_eq(out, "Zm8=");
  encode(SECRET_FORM_BASE64, "foobar", out);
  ck_assert_str_eq(out, "Zm9vYmFy");
  encode(SECRET_FORM_BASE64URL, "\xfb\xff\xfe!", out);
  ck_assert_str_eq(out, "-__-IQ");
  encode(SECRET_FORM_UTF16_BASE64, "ls", out);
  ck_assert_str_eq(out, "bABzAA==");
  encode(SECRET_FORM_UTF16_BASE64, "\xf0\x9f\x98\x80", out); /* U+1F600: a surrogate pair */
  ck_assert_str_eq(out, "PdgA3g==");
}
END_TEST

START_TEST(scrub__leaves_a_short_password_in_ordinary_words)
{
  learn("test");
  ck_scrubbed("Test succeeded, test mailbox test@example.org",
              "Test succeeded, test mailbox test@example.org");
  ck_scrubbed("the latest testing", "the latest testing");
  ck_scrubbed("auth=tested", "auth=tested");
}
END_TEST

START_TEST(scrub__takes_a_short_password_out_of_credential_positions)
{
  learn("test");
  ck_scrubbed("password=test&x=test", "password=***&x=test");
  ck_scrubbed("{\"client_secret\": \"test\"}", "{\"client_secret\": \"***\"}");
  ck_scrubbed("{\\\"password\\\":\\\"test\\\"}", "{\\\"password\\\":\\\"***\\\"}");
  ck_scrubbed("<t:Password>test</t:Password>", "<t:Password>***</t:Password>");
  ck_scrubbed("Authorization: Bearer test", "Authorization: Bearer ***");
  ck_scrubbed("PWD: 'test'", "PWD: '***'");
  ck_scrubbed("https://joe:test@proxy:3128/", "https://joe:***@proxy:3128/");
  ck_scrubbed("dGVzdA==", "***");
  ck_scrubbed("dABlAHMAdAA=", "***");
}
END_TEST

START_TEST(scrub__knows_an_account_with_its_secret)
{
  learn("test");
  ck_assert_int_eq(scrubber_add_account(scrubber, "EXAMPLE\\admin", "test", 4), 0);
  ck_scrubbed("sent EXAMPLE\\admin:test there", "sent *** there");
  char coded[64];
  encode(SECRET_FORM_BASE64, "EXAMPLE\\admin:test", coded);
  char in[100];
  (void)snprintf(in, sizeof in, "Basic %s.", coded);
  ck_scrubbed(in, "Basic ***.");
}
END_TEST

START_TEST(scrub__finds_one_byte_secrets_and_ends_of_text)
{
  learn("x");
  ck_scrubbed("password=x", "password=***");
  ck_scrubbed("password=xy x", "password=xy x");
  ck_scrubbed("", "");
}
END_TEST

START_TEST(scrub__takes_the_longest_of_secrets_that_begin_alike)
{
  learn("abcdefgh");
  learn("abcdefghijkl");
  ck_scrubbed("<abcdefghijkl> <abcdefgh>", "<***> <***>");
}
END_TEST

START_TEST(scrub__refuses_what_it_cannot_hold)
{
  char *big = calloc(1, SCRUB_VALUE_MAX + 1);
  ck_assert_ptr_nonnull(big);
  ck_assert_int_eq(scrubber_add(scrubber, big, SCRUB_VALUE_MAX + 1), -E2BIG);
  memset(big, 'k', SCRUB_VALUE_MAX);
  ck_assert_int_eq(scrubber_add(scrubber, big, SCRUB_VALUE_MAX), 0);
  ck_scrubbed(big, "***");
  free(big);
  for (unsigned i = 1; i < SCRUB_SECRETS_MAX; i++) {
    char secret[32];
    learn((snprintf(secret, sizeof secret, "number-%06u", i), secret));
  }
  ck_assert_int_eq(scrubber_add(scrubber, "one too many", 12), -ENOSPC);
  learn("number-000001"); /* known: fine */
  ck_assert_int_eq(scrubber_add(scrubber, "", 0), 0);
}
END_TEST

START_TEST(scrub__is_fast_on_text_without_secrets)
{
  learn("a rather long password");
  char token[1500];
  memset(token, 'T', sizeof token);
  ck_assert_int_eq(scrubber_add(scrubber, token, sizeof token), 0);
  static const char line[] =
      "{\"event\":\"check\",\"id\":\"impersonate.mailbox\",\"state\":\"pass\",\"title\":\"May act "
      "as this mailbox\",\"subject\":\"person000123@example.org\",\"elapsed_ms\":12,\"data\":{}}";
  int64_t start = clock_now_ns();
  for (int i = 0; i < 20000; i++)
    ck_assert(!scrub_has(scrubber, line, sizeof line - 1));
  ck_assert_int_lt(clock_now_ns() - start, 5 * NS_PER_S); /* 20 ms here; valgrind is slow */
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("scrub");
  TCase *tc = tcase_create("scrub");
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, scrub__takes_a_secret_out_wherever_it_stands);
  tcase_add_test(tc, scrub__knows_percent_json_and_xml_forms);
  tcase_add_test(tc, scrub__knows_base64_at_every_alignment);
  tcase_add_test(tc, scrub__encodes_base64_as_rfc_4648_does);
  tcase_add_test(tc, scrub__leaves_a_short_password_in_ordinary_words);
  tcase_add_test(tc, scrub__takes_a_short_password_out_of_credential_positions);
  tcase_add_test(tc, scrub__knows_an_account_with_its_secret);
  tcase_add_test(tc, scrub__finds_one_byte_secrets_and_ends_of_text);
  tcase_add_test(tc, scrub__takes_the_longest_of_secrets_that_begin_alike);
  tcase_add_test(tc, scrub__refuses_what_it_cannot_hold);
  tcase_add_test(tc, scrub__is_fast_on_text_without_secrets);
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
