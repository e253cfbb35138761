// SPDX-License-Identifier: Apache-2.0
//
// The small parts of the kit: text, challenges, addresses, versions, the back-off clock.
#include "backoff.h"
#include "challenge.h"
#include "ews.h"
#include "url.h"
#include "version.h"

#include <check.h>
#include <string.h>

#include "suites.h"

#define SECOND INT64_C(1000000000)

// ---- text -------------------------------------------------------------------------------------

START_TEST(text__is_cut_at_a_whole_character)
{
  char buffer[6];
  struct kit_text text;
  kit_text_init(&text, buffer, sizeof buffer);
  kit_text_put(&text, "abcd\xC3\xA4");
  ck_assert_str_eq(buffer, "abcd");
  ck_assert(text.cut);
}
END_TEST

START_TEST(text__escapes_for_xml_and_drops_what_xml_cannot_say)
{
  char buffer[64];
  struct kit_text text;
  kit_text_init(&text, buffer, sizeof buffer);
  kit_text_put_xml(&text, "a<&>\"'\x01z", 8);
  ck_assert_str_eq(buffer, "a&lt;&amp;&gt;&quot;&apos; z");
}
END_TEST

START_TEST(text__escapes_for_a_url_all_but_the_unreserved)
{
  char buffer[64];
  struct kit_text text;
  kit_text_init(&text, buffer, sizeof buffer);
  kit_text_put_url(&text, "aZ09-._~ +/\0\xC3\xA4", 13);
  ck_assert_str_eq(buffer, "aZ09-._~%20%2B%2F%00%C3");
  kit_text_init(&text, buffer, 6);
  kit_text_put_url(&text, "abcd/", 5);
  ck_assert_str_eq(buffer, "abcd");
}
END_TEST

START_TEST(text__knows_utf8_from_other_bytes)
{
  ck_assert(kit_utf8_printable("gr\xC3\xBC\xC3\x9F", 6));
  ck_assert(!kit_utf8_printable("\xC0\xAF", 2));
  ck_assert(!kit_utf8_printable("\xED\xA0\x80", 3));
  ck_assert(!kit_utf8_printable("a\nb", 3));
  ck_assert(!kit_utf8_printable("\xE2\x82", 2));
}
END_TEST

// ---- challenges -------------------------------------------------------------------------------

static struct challenge challenge;

static void
offered(const char *value)
{
  challenge_init(&challenge);
  challenge_add(&challenge, value, strlen(value));
}

START_TEST(challenge__reads_several_schemes_in_one_line)
{
  offered("Negotiate, NTLM");
  ck_assert_uint_eq(challenge.schemes, CHALLENGE_NEGOTIATE | CHALLENGE_NTLM);
  ck_assert_str_eq(challenge.text, "Negotiate, NTLM");
}
END_TEST

START_TEST(challenge__is_not_misled_by_commas_in_quotes)
{
  offered(
      "Bearer client_id=\"x\", trusted_issuers=\"a@*, Digest, b\", authorization_uri=\"https://x\""
      ", error=\"invalid_token\",Basic Realm=\"a\\\"b\",Basic Realm=\"\",Negotiate");
  ck_assert_uint_eq(challenge.schemes, CHALLENGE_BEARER | CHALLENGE_BASIC | CHALLENGE_NEGOTIATE);
  ck_assert_uint_eq(challenge.count, 4);
  ck_assert_str_eq(challenge.realm, "a\"b");
  ck_assert(challenge.authorization_uri);
}
END_TEST

START_TEST(challenge__passes_over_a_token)
{
  offered("NTLM TlRMTVNTUAACAAAA+/==, Basic realm=x y");
  ck_assert_uint_eq(challenge.schemes & (CHALLENGE_NTLM | CHALLENGE_BASIC),
                    CHALLENGE_NTLM | CHALLENGE_BASIC);
  ck_assert_str_eq(challenge.realm, "x");
}
END_TEST

START_TEST(challenge__collects_over_several_headers)
{
  const tenon_pair headers[] = {{"WWW-Authenticate", {"Negotiate", 9}},
                                {"Server", {"IIS", 3}},
                                {"Www-authenticate", {"Basic realm=\"m\"", 15}}};
  challenge_read(&challenge, headers, 3);
  ck_assert_str_eq(challenge.text, "Negotiate, Basic");
}
END_TEST

START_TEST(challenge__survives_garbage)
{
  static const char *const bad[] = {
      "",         ",,,,",  "\"",          "=",           "Basic \"", "Basic realm=\"x",
      "\x01\x02", "a=b,c", "Basic realm", "Negotiate =", "  ,Basic"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    offered(bad[i]);
  ck_assert_uint_eq(challenge.schemes, CHALLENGE_BASIC);
}
END_TEST

// ---- addresses --------------------------------------------------------------------------------

static const struct {
  const char *typed, *url;
} derived[] = {
    {"mail.contoso.example", "https://mail.contoso.example/EWS/Exchange.asmx"},
    {"  mail.contoso.example  ", "https://mail.contoso.example/EWS/Exchange.asmx"},
    {"mail.contoso.example:444", "https://mail.contoso.example:444/EWS/Exchange.asmx"},
    {"https://mail.contoso.example", "https://mail.contoso.example/EWS/Exchange.asmx"},
    {"HTTPS://mail.contoso.example:443/", "https://mail.contoso.example/EWS/Exchange.asmx"},
    {"https://mail.contoso.example/owa/#path=/mail",
     "https://mail.contoso.example/EWS/Exchange.asmx"},
    {"https://mail.contoso.example/owa/auth/logon.aspx?url=https%3a%2f%2fx&reason=0",
     "https://mail.contoso.example/EWS/Exchange.asmx"},
    {"https://mail.contoso.example/ews/exchange.asmx?wsdl",
     "https://mail.contoso.example/ews/exchange.asmx"},
    {"https://gate.example/mail/EWS/Exchange.asmx", "https://gate.example/mail/EWS/Exchange.asmx"},
    {"[::1]:8443", "https://[::1]:8443/EWS/Exchange.asmx"},
    {"127.0.0.1:8443", "https://127.0.0.1:8443/EWS/Exchange.asmx"},
};

START_TEST(url__is_derived_from_what_people_type)
{
  struct ews_url url;
  ck_assert_int_eq(ews_url_derive(derived[_i].typed, &url), EWS_URL_OK);
  ck_assert_str_eq(url.url, derived[_i].url);
}
END_TEST

static const struct {
  const char *typed;
  int error;
} refused[] = {
    {"", EWS_URL_EMPTY},
    {"   ", EWS_URL_EMPTY},
    {"http://mail.contoso.example/owa", EWS_URL_PLAIN},
    {"ftp://mail.contoso.example", EWS_URL_SCHEME},
    {"admin@contoso.example", EWS_URL_USER},
    {"https://user:secret@mail.contoso.example/", EWS_URL_USER},
    {"mail contoso", EWS_URL_MALFORMED},
    {"mail:99999", EWS_URL_MALFORMED},
    {"mail:", EWS_URL_MALFORMED},
    {"mail:0", EWS_URL_MALFORMED},
    {"https://", EWS_URL_MALFORMED},
    {"mail\x01", EWS_URL_MALFORMED},
    {"https://mail/\"EWS/Exchange.asmx", EWS_URL_MALFORMED},
    {"outlook.office365.com", EWS_URL_CLOUD},
};

START_TEST(url__refuses_what_would_lose_the_password)
{
  struct ews_url url;
  ck_assert_int_eq(ews_url_derive(refused[_i].typed, &url), refused[_i].error);
  ck_assert_ptr_nonnull(ews_url_error(refused[_i].error));
  ck_assert_ptr_nonnull(ews_url_remedy(refused[_i].error));
}
END_TEST

START_TEST(address__is_told_from_what_is_none)
{
  static const char *const bad[] = {"",      "a",     "@b",      "a@",     "a b@c", "a@b@c",
                                    "a\n@b", "<a@b>", "a,b@c.d", "\xff@b", "a@b\t"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_ptr_nonnull(ews_address_fault(bad[i], strlen(bad[i])));
  char longest[EWS_ADDRESS_MAX + 2];
  memset(longest, 'a', sizeof longest);
  longest[3] = '@';
  ck_assert_ptr_null(ews_address_fault(longest, EWS_ADDRESS_MAX));
  ck_assert_ptr_nonnull(ews_address_fault(longest, EWS_ADDRESS_MAX + 1));
  ck_assert_ptr_null(ews_address_fault("o'brien+x@contoso.example", 25));
}
END_TEST

START_TEST(identity__by_sid_wants_a_sid)
{
  ck_assert_ptr_null(ews_identity_fault(EWS_IDENTITY_SID, "S-1-5-21-1-2-3-500", 18));
  ck_assert_ptr_nonnull(ews_identity_fault(EWS_IDENTITY_SID, "alex@contoso.example", 20));
}
END_TEST

// ---- versions ---------------------------------------------------------------------------------

START_TEST(ladder__goes_down_to_2007)
{
  ck_assert_str_eq(ews_ladder_version(0), "Exchange2013_SP1");
  ck_assert_str_eq(ews_ladder_version(EWS_LADDER_STEPS - 1), "Exchange2007_SP1");
  ck_assert_ptr_null(ews_ladder_version(EWS_LADDER_STEPS));
  ck_assert(ews_ladder_steps_down("ErrorInvalidRequest"));
  ck_assert(ews_ladder_steps_down("ErrorInvalidServerVersion"));
  ck_assert(!ews_ladder_steps_down("ErrorServerBusy"));
}
END_TEST

static const struct {
  const char *build, *product, *end;
} builds[] = {
    {"8.3.83.6", "Exchange Server 2007", "2017-04-11"},
    {"14.2.328.9", "Exchange Server 2010", "2020-10-13"},
    {"15.0.847.32", "Exchange Server 2013", "2023-04-11"},
    {"15.01.2507.039", "Exchange Server 2016", "2025-10-14"},
    {"15.2.1748.10", "Exchange Server 2019", "2025-10-14"},
    {"15.2.2562.17", "Exchange Server Subscription Edition", NULL},
    {"15.20.8769.35", "Exchange Online", NULL},
};

START_TEST(product__is_told_by_the_build)
{
  struct ews_build build;
  ck_assert_int_eq(ews_build_parse(builds[_i].build, strlen(builds[_i].build), &build), 0);
  const struct ews_product *product = ews_product_of(&build);
  ck_assert_ptr_nonnull(product);
  ck_assert_str_eq(product->name, builds[_i].product);
  ck_assert_pstr_eq(product->support_end, builds[_i].end);
}
END_TEST

START_TEST(product__of_an_unknown_build_is_none)
{
  ck_assert_ptr_null(ews_product_of(&(struct ews_build){0}));
  ck_assert_ptr_null(ews_product_of(&(struct ews_build){99, 1, 2, 3}));
  struct ews_build build;
  ck_assert_int_eq(ews_build_parse("banana", 6, &build), -1);
}
END_TEST

// ---- the clock --------------------------------------------------------------------------------

START_TEST(backoff__waits_as_long_as_the_server_says)
{
  struct backoff b;
  backoff_init(&b);
  ck_assert_int_eq(backoff_busy(&b, 0, 2 * SECOND), 2 * SECOND);
  ck_assert_int_eq(backoff_wait(&b, SECOND), SECOND);
  ck_assert_int_eq(backoff_wait(&b, 2 * SECOND), 0);
}
END_TEST

START_TEST(backoff__never_waits_longer_than_five_minutes)
{
  struct backoff b;
  backoff_init(&b);
  ck_assert_int_eq(backoff_busy(&b, 0, 3600 * SECOND), BACKOFF_MAX_NS);
}
END_TEST

START_TEST(backoff__doubles_when_no_time_is_named)
{
  struct backoff b;
  backoff_init(&b);
  int64_t now = 0;
  int64_t last = 0;
  for (int i = 0; i < 10; i++) {
    int64_t pause = backoff_busy(&b, now, 0);
    ck_assert_int_ge(pause, last);
    ck_assert_int_le(pause, BACKOFF_MAX_NS);
    last = pause;
    now += pause;
  }
  ck_assert_int_eq(last, BACKOFF_MAX_NS);
  backoff_good(&b);
  ck_assert_int_eq(backoff_busy(&b, now, 0), BACKOFF_FIRST_NS);
}
END_TEST

START_TEST(backoff__counts_news_of_one_moment_once)
{
  struct backoff b;
  backoff_init(&b);
  int64_t first = backoff_busy(&b, 0, 0);
  ck_assert_int_eq(backoff_busy(&b, SECOND, 0), first - SECOND);
  ck_assert_int_eq(backoff_busy(&b, first, 0), 2 * first);
}
END_TEST

TCase *
part_cases(void)
{
  TCase *cases = tcase_create("parts");
  tcase_add_test(cases, text__is_cut_at_a_whole_character);
  tcase_add_test(cases, text__escapes_for_xml_and_drops_what_xml_cannot_say);
  tcase_add_test(cases, text__escapes_for_a_url_all_but_the_unreserved);
  tcase_add_test(cases, text__knows_utf8_from_other_bytes);
  tcase_add_test(cases, challenge__reads_several_schemes_in_one_line);
  tcase_add_test(cases, challenge__is_not_misled_by_commas_in_quotes);
  tcase_add_test(cases, challenge__passes_over_a_token);
  tcase_add_test(cases, challenge__collects_over_several_headers);
  tcase_add_test(cases, challenge__survives_garbage);
  tcase_add_loop_test(cases, url__is_derived_from_what_people_type, 0,
                      sizeof derived / sizeof *derived);
  tcase_add_loop_test(cases, url__refuses_what_would_lose_the_password, 0,
                      sizeof refused / sizeof *refused);
  tcase_add_test(cases, address__is_told_from_what_is_none);
  tcase_add_test(cases, identity__by_sid_wants_a_sid);
  tcase_add_test(cases, ladder__goes_down_to_2007);
  tcase_add_loop_test(cases, product__is_told_by_the_build, 0, sizeof builds / sizeof *builds);
  tcase_add_test(cases, product__of_an_unknown_build_is_none);
  tcase_add_test(cases, backoff__waits_as_long_as_the_server_says);
  tcase_add_test(cases, backoff__never_waits_longer_than_five_minutes);
  tcase_add_test(cases, backoff__doubles_when_no_time_is_named);
  tcase_add_test(cases, backoff__counts_news_of_one_moment_once);
  return cases;
}
