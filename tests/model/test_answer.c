// SPDX-License-Identifier: Apache-2.0
/* Answers and conditions of a form. The host, the worker and the wizard judge by the same functions, so a mistake here is one
 * everywhere. */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/model/answer.h"
#include "tests/suite.h"

static const tenon_choice schemes[] = {
    {"auto", "Whatever is offered", NULL}, {"basic", "Basic", NULL}, {NULL, NULL, NULL}};

static tenon_field
field(uint32_t type)
{
  return (tenon_field){.size = sizeof(tenon_field),
                       .type = type,
                       .key = "k",
                       .label = "Thing",
                       .page = "p",
                       .choices = type == TENON_CHOICE ? schemes : NULL};
}

/* The canonical form, or the sentence behind "!"; static until the next call. */
static const char *
judge(const tenon_field *f, const char *text)
{
  static char result[1024];
  CLEANUP_BUF struct buf value = BUF_INIT(ANSWER_BYTES_MAX), why = BUF_INIT(1024);
  bool ok = answer_check(f, text, &value, &why);
  (void)snprintf(result, sizeof result, "%s%s", ok ? "" : "!", buf_text(ok ? &value : &why));
  return result;
}

#define JUDGED(type, text, expected)                                                               \
  do {                                                                                             \
    tenon_field f_ = field(type);                                                                  \
    ck_assert_str_eq(judge(&f_, text), expected);                                                  \
  } while (0)

START_TEST(answer__is_trimmed)
{
  JUDGED(TENON_TEXT, "  mail.contoso.example \n", "mail.contoso.example");
}
END_TEST

START_TEST(answer__empty_is_good_unless_required)
{
  tenon_field f = field(TENON_TEXT);
  ck_assert_str_eq(judge(&f, " "), "");
  f.flags = TENON_REQUIRED;
  ck_assert_str_eq(judge(&f, " "), "!Thing expects an answer.");
}
END_TEST

START_TEST(answer__choice_goes_by_value_label_or_number)
{
  JUDGED(TENON_CHOICE, "BASIC", "basic");
  JUDGED(TENON_CHOICE, "whatever is offered", "auto");
  JUDGED(TENON_CHOICE, "2", "basic");
  JUDGED(TENON_CHOICE, "3", "!Thing expects one of: auto, basic.");
  JUDGED(TENON_CHOICE, "0", "!Thing expects one of: auto, basic.");
}
END_TEST

START_TEST(answer__of_each_type_is_read_or_refused_by_name)
{
  JUDGED(TENON_INT, "0042", "42");
  JUDGED(TENON_INT, "4x", "!Thing expects a whole number.");
  JUDGED(TENON_BOOL, "Yes", "true");
  JUDGED(TENON_BOOL, "off", "false");
  JUDGED(TENON_BOOL, "maybe", "!Thing expects yes or no.");
  JUDGED(TENON_EMAIL, "anna@contoso.example", "anna@contoso.example");
  JUDGED(TENON_EMAIL, "CONTOSO\\anna", "!Thing expects an address like anna@contoso.example.");
  JUDGED(TENON_PATH, "/tmp/krb5cc_1000", "/tmp/krb5cc_1000");
  JUDGED(TENON_PATH, "FILE:/tmp/krb5cc_1000", "FILE:/tmp/krb5cc_1000");
  JUDGED(TENON_PATH, "DIR::/tmp/tickets/tkt", "DIR::/tmp/tickets/tkt");
  JUDGED(TENON_PATH, "KCM:", "KCM:");
  JUDGED(TENON_PATH, "KEYRING:persistent:1000", "KEYRING:persistent:1000");
  JUDGED(TENON_PATH, "~/svc.keytab", "!Thing expects a whole path, which starts with /.");
  JUDGED(TENON_PATH, "FILE:tickets", "!Thing expects a whole path, which starts with /.");
  JUDGED(TENON_PATH, "c:\\tickets", "!Thing expects a whole path, which starts with /.");
  JUDGED(TENON_URL, "https://mail.contoso.example/x", "https://mail.contoso.example/x");
  JUDGED(TENON_URL, "ftp://x",
         "!Thing expects an address that starts with https:// or http:// and names a host.");
  JUDGED(TENON_URL, "https:///x",
         "!Thing expects an address that starts with https:// or http:// and names a host.");
  JUDGED(TENON_DURATION, "5m", "5m");
  JUDGED(TENON_DURATION, "soon", "!Thing expects a time like 30s, 5m or 1h.");
}
END_TEST

START_TEST(answer__bounds_hold_for_numbers_times_and_lengths)
{
  tenon_field f = field(TENON_INT);
  f.min = 1, f.max = 64;
  ck_assert_str_eq(judge(&f, "64"), "64");
  ck_assert_str_eq(judge(&f, "65"), "!Thing expects between 1 and 64.");
  f = field(TENON_DURATION);
  f.min = NS_PER_S, f.max = 300 * NS_PER_S;
  ck_assert_str_eq(judge(&f, "6m"), "!Thing expects between 1 and 300 s.");
  f = field(TENON_TEXT);
  f.min = 2, f.max = 3;
  ck_assert_str_eq(judge(&f, "abcd"), "!Thing expects between 2 and 3 bytes.");
}
END_TEST

START_TEST(answer__pattern_is_anchored)
{
  tenon_field f = field(TENON_TEXT);
  f.pattern = "[a-z]+|[0-9]+";
  ck_assert_str_eq(judge(&f, "abc"), "abc");
  ck_assert(judge(&f, "abc1")[0] == '!');
}
END_TEST

START_TEST(answer__refusal_ends_with_one_period)
{
  tenon_field f = field(TENON_TEXT);
  f.pattern = "[a-z]+";
  f.help = "letters alone";
  ck_assert_str_eq(judge(&f, "1"), "!Thing expects letters alone.");
  f.help = "Letters alone. No digits.";
  ck_assert_str_eq(judge(&f, "1"), "!Thing expects Letters alone. No digits.");
}
END_TEST

START_TEST(pattern__that_costs_too_much_is_not_compiled)
{
  static const char *const good[] = {"[A-Za-z0-9+/]{43}=", "sha256//[A-Za-z0-9]{43}=",
                                     "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a|(b(c))*"};
  static const char *const bad[] = {"((x{1,255}){1,255}){1,255}",
                                    "x{1,255}{1,255}",
                                    "(a*)*\\1",
                                    "((((((((((((((((((a))))))))))))))))))",
                                    "x{1001}",
                                    "\\"};
  char wide[300];
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    ck_assert_msg(pattern_tame(good[i]), "%s", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg(!pattern_tame(bad[i]), "%s", bad[i]);
  memset(wide, 'a', sizeof wide - 1);
  wide[sizeof wide - 1] = '\0';
  ck_assert(!pattern_tame(wide));
}
END_TEST

START_TEST(answer__with_control_characters_is_refused)
{
  JUDGED(TENON_TEXT, "a\033[2Jb", "!Thing expects text: UTF-8 without control characters.");
}
END_TEST

START_TEST(answer__secret_is_never_repeated_in_the_sentence)
{
  tenon_field f = field(TENON_SECRET);
  f.min = 1, f.max = 4;
  ck_assert_ptr_null(strstr(judge(&f, "hunter2hunter2"), "hunter2"));
}
END_TEST

static const char *
lookup(void *user, const char *key)
{
  (void)user;
  return strcmp(key, "auth") == 0 ? "basic" : strcmp(key, "server") == 0 ? "" : NULL;
}

START_TEST(when__holds_by_equality_and_all_terms)
{
  ck_assert(when_holds(NULL, lookup, NULL));
  ck_assert(when_holds("auth == 'basic'", lookup, NULL));
  ck_assert(!when_holds("auth != 'basic'", lookup, NULL));
  ck_assert(when_holds("auth=='basic'&&server == ''", lookup, NULL));
  ck_assert(!when_holds("auth == 'basic' && server != ''", lookup, NULL));
  ck_assert(when_holds("unheard == ''", lookup, NULL));
}
END_TEST

START_TEST(when__is_said_in_words)
{
  static const char *const said[][2] = {
      {"grant == 'client-secret'", "with grant = client-secret"},
      {"auth != 'ticket'", "with auth other than ticket"},
      {"grant != 'a' && grant != 'b' && cloud != 'b'",
       "with grant other than a, b and cloud other than b"},
      {"server != ''&&tenant==''", "with server filled in and tenant empty"}};
  struct when_term t = {.negated = true};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
    CLEANUP_BUF struct buf b = BUF_INIT(256);
    ck_assert(when_put_words(&b, said[i][0]));
    ck_assert_str_eq(buf_text(&b), said[i][1]);
  }
  ck_assert_str_eq(when_next("a == 'x' && b != 'y'", &t), " b != 'y'");
  ck_assert_str_eq(t.key, "a");
  ck_assert_str_eq(t.value, "x");
  ck_assert(!t.negated);
  ck_assert_ptr_null(when_next("", &t));
  ck_assert_ptr_null(when_next("a = 'x'", &t));
}
END_TEST

START_TEST(when__of_another_grammar_is_not_valid)
{
  static const char *const bad[] = {"",
                                    "auth",
                                    "auth = 'x'",
                                    "auth == x",
                                    "auth == 'x",
                                    "auth == 'x' &&",
                                    "auth == 'x' || b == 'y'",
                                    "Auth == 'x'",
                                    "== 'x'"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg(!when_valid(bad[i]), "\"%s\" was accepted", bad[i]);
  ck_assert(when_valid("a == 'x' && b != 'y'"));
}
END_TEST

SUITE("answer", answer__is_trimmed, answer__empty_is_good_unless_required,
      answer__choice_goes_by_value_label_or_number, answer__of_each_type_is_read_or_refused_by_name,
      answer__bounds_hold_for_numbers_times_and_lengths, answer__pattern_is_anchored,
      answer__refusal_ends_with_one_period, pattern__that_costs_too_much_is_not_compiled,
      answer__with_control_characters_is_refused, answer__secret_is_never_repeated_in_the_sentence,
      when__holds_by_equality_and_all_terms, when__is_said_in_words,
      when__of_another_grammar_is_not_valid)
