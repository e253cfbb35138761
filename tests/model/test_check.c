// SPDX-License-Identifier: Apache-2.0
/* What many checks come to: the outcome and cause that a run is judged by, and the names that reports print. */
#include <string.h>

#include "core/model/check.h"
#include "core/model/names.h"
#include "tests/suite.h"

static struct tally
sum(const tenon_check *checks, size_t n)
{
  struct tally t = {0};
  for (size_t i = 0; i < n; i++)
    tally_add(&t, &checks[i]);
  return t;
}

START_TEST(tally__passes_with_warnings_and_failed_recommendations)
{
  const tenon_check checks[] = {
      {.state = TENON_PASS},
      {.state = TENON_WARN, .cause = TENON_E_TLS},
      {.state = TENON_FAIL, .level = TENON_LEVEL_RECOMMENDED, .cause = TENON_E_DENIED},
      {.state = TENON_SKIP}};
  struct tally t = sum(checks, 4);
  ck_assert(tally_passed(&t));
  ck_assert_int_eq(tally_cause(&t), TENON_OK);
  ck_assert_uint_eq(t.fail, 1);
}
END_TEST

START_TEST(tally__names_the_most_telling_cause)
{
  const tenon_check checks[] = {{.state = TENON_FAIL, .cause = TENON_E_DENIED},
                                {.state = TENON_FAIL, .cause = TENON_E_TLS},
                                {.state = TENON_FAIL, .cause = TENON_E_AUTH}};
  struct tally t = sum(checks, 3);
  ck_assert(!tally_passed(&t));
  ck_assert_int_eq(tally_cause(&t), TENON_E_TLS);
}
END_TEST

START_TEST(tally__reads_unknown_states_and_causes_as_the_abi_says)
{
  const tenon_check checks[] = {{.state = 77, .level = 99, .cause = -1000}};
  struct tally t = sum(checks, 1);
  ck_assert_uint_eq(t.failed_required, 1);
  ck_assert_int_eq(tally_cause(&t), TENON_E_INTERNAL);
}
END_TEST

START_TEST(check_copy__shares_nothing_with_the_original)
{
  char id[] = "auth.basic", title[] = "Sign-in", value[] = "NTLM";
  tenon_pair data[] = {{"offered", {value, 4}}};
  tenon_check c = {
      .size = sizeof c, .id = id, .title = title, .data = data, .n_data = 1, .state = TENON_FAIL};
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  const tenon_check *copy = check_copy(&a, &c);
  memset(id, 'x', 3), memset(title, 'x', 3), memset(value, 'x', 3);
  ck_assert_str_eq(copy->id, "auth.basic");
  ck_assert_str_eq(copy->title, "Sign-in");
  ck_assert_str_eq(check_data(copy, "offered"), "NTLM");
  ck_assert_ptr_null(check_data(copy, "tried"));
}
END_TEST

START_TEST(names__of_every_code_read_back_to_it)
{
  for (tenon_status s = TENON_OK; s >= TENON_E_TIMEOUT; s--) {
    tenon_status back = 1;
    ck_assert(cause_from_name(cause_name(s), &back));
    ck_assert_int_eq(back, s);
  }
  for (uint32_t t = TENON_TEXT; t <= TENON_PATH; t++) {
    uint32_t back = 0;
    ck_assert(type_from_name(type_name(t), &back));
    ck_assert_uint_eq(back, t);
  }
}
END_TEST

START_TEST(names__of_unknown_codes_are_what_the_abi_reads_them_as)
{
  uint32_t code = 5;
  ck_assert_str_eq(cause_name(-99), "internal");
  ck_assert_str_eq(cause_name(3), "ok");
  ck_assert_str_eq(state_name(9), "fail");
  ck_assert_str_eq(level_name(0), "required");
  ck_assert_str_eq(type_name(99), "text");
  ck_assert_str_eq(log_level_name(-1), "debug");
  ck_assert(!state_from_name("splendid", &code) && !state_from_name(NULL, &code) && code == 5);
}
END_TEST

SUITE("check", tally__passes_with_warnings_and_failed_recommendations,
      tally__names_the_most_telling_cause, tally__reads_unknown_states_and_causes_as_the_abi_says,
      check_copy__shares_nothing_with_the_original, names__of_every_code_read_back_to_it,
      names__of_unknown_codes_are_what_the_abi_reads_them_as)
