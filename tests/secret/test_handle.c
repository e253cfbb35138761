// SPDX-License-Identifier: Apache-2.0
/* Handles: found by key, shown only between reveal and conceal, known to the scrubber from the first moment. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/secret/handle.h"
#include "core/secret/memory.h"

static struct scrubber *scrubber;
static struct secret_table *table;

static void
setup(void)
{
  scrubber = scrubber_create();
  table = secret_table_create(scrubber);
  ck_assert_ptr_nonnull(table);
}

static void
teardown(void)
{
  secret_table_destroy(table);
  scrubber_destroy(scrubber);
}

static tenon_secret *
add(const char *key, const char *value)
{
  tenon_secret *secret = NULL;
  ck_assert_int_eq(secret_table_add(table, key, value, strlen(value), &secret), 0);
  ck_assert_ptr_nonnull(secret);
  return secret;
}

START_TEST(table__finds_a_secret_by_its_key)
{
  tenon_secret *password = add("password", "correct horse");
  ck_assert_ptr_eq(secret_table_find(table, "password"), password);
  ck_assert_ptr_null(secret_table_find(table, "client_secret"));
  ck_assert_str_eq(secret_plaintext(password).ptr, "correct horse");
  ck_assert_uint_eq(secret_plaintext(password).len, 13);
}
END_TEST

START_TEST(table__gives_equal_bytes_the_same_handle)
{
  tenon_secret *one = add(NULL, "a minted token");
  ck_assert_ptr_eq(add(NULL, "a minted token"), one);
  ck_assert_ptr_ne(add(NULL, "another token"), one);
  ck_assert_ptr_ne(add("kept", "a minted token"), one);
}
END_TEST

START_TEST(table__finds_the_newest_under_a_key_and_keeps_the_old_handle)
{
  tenon_secret *old = add("token", "first token"), *new = add("token", "second token");
  ck_assert_ptr_eq(secret_table_find(table, "token"), new);
  ck_assert_str_eq(secret_plaintext(old).ptr, "first token");
  (void)add("token", "first token"); /* and back again */
  ck_assert_str_eq(secret_plaintext(secret_table_find(table, "token")).ptr, "first token");
}
END_TEST

START_TEST(table__tells_the_scrubber)
{
  (void)add(NULL, "a minted token");
  ck_assert(scrub_has(scrubber, "<a minted token>", 16));
}
END_TEST

START_TEST(table__takes_no_secret_that_the_scrubber_does_not_know)
{
  tenon_secret *secret = NULL;
  for (unsigned i = 0; i < SCRUB_SECRETS_MAX; i++)
    ck_assert_int_eq(scrubber_add(scrubber, &i, sizeof i), 0);
  ck_assert_int_eq(secret_table_add(table, "password", "correct horse", 13, &secret), -ENOSPC);
  ck_assert_ptr_null(secret_table_find(table, "password"));
}
END_TEST

START_TEST(reveal__shows_zeros_after_conceal)
{
  tenon_secret *password = add("password", "correct horse");
  tenon_text text, again;
  ck_assert_int_eq(secret_table_reveal(table, password, &text), TENON_OK);
  ck_assert_int_eq(secret_table_reveal(table, password, &again), TENON_OK);
  ck_assert_str_eq(text.ptr, "correct horse");
  secret_table_conceal(table, password);
  ck_assert_str_eq(text.ptr, "correct horse"); /* one reveal is left */
  secret_table_conceal(table, password);
  ck_assert_int_eq(text.ptr[0], 0);
  ck_assert_int_eq(text.ptr[12], 0);
  ck_assert_int_eq(secret_table_reveal(table, password, &text), TENON_OK);
  ck_assert_str_eq(text.ptr, "correct horse");
}
END_TEST

START_TEST(reveal__is_refused_for_the_ninth_at_a_time)
{
  tenon_secret *password = add("password", "correct horse");
  tenon_text text;
  for (unsigned i = 0; i < SECRET_REVEALED_MAX; i++)
    ck_assert_int_eq(secret_table_reveal(table, password, &text), TENON_OK);
  ck_assert_int_eq(secret_table_reveal(table, password, &text), TENON_E_TRANSIENT);
  ck_assert_uint_eq(secret_table_conceal_all(table), SECRET_REVEALED_MAX);
  ck_assert_int_eq(text.ptr[0], 0);
  ck_assert_int_eq(secret_table_reveal(table, password, &text), TENON_OK);
}
END_TEST

START_TEST(reveal__refuses_a_handle_that_is_not_ours)
{
  tenon_text text;
  ck_assert_int_eq(secret_table_reveal(table, (tenon_secret *)&text, &text), TENON_E_CONFIG);
  secret_table_conceal(table, (tenon_secret *)&text); /* and this does nothing */
  ck_assert(!secret_table_owns(table, (tenon_secret *)&text));
}
END_TEST

START_TEST(table__refuses_what_is_over_its_limits)
{
  tenon_secret *secret = NULL;
  char *big = calloc(1, SECRET_VALUE_MAX + 1);
  ck_assert_ptr_nonnull(big);
  ck_assert_int_eq(secret_table_add(table, NULL, big, SECRET_VALUE_MAX + 1, &secret), -E2BIG);
  memset(big, 'k', SECRET_KEY_MAX + 1);
  ck_assert_int_eq(secret_table_add(table, big, "x", 1, &secret), -E2BIG);
  free(big);
  ck_assert_ptr_null(secret);
}
END_TEST

START_TEST(memory__is_zeroed_and_has_a_kind)
{
  unsigned char *p = secret_memory_alloc(5000);
  ck_assert_ptr_nonnull(p);
  for (size_t i = 0; i < 5000; i++)
    ck_assert_uint_eq(p[i], 0);
  memset(p, 1, 5000);
  secret_memory_free(p);
  ck_assert_ptr_nonnull(secret_memory_kind());
  ck_assert_ptr_null(secret_memory_alloc(SECRET_MEMORY_BLOCK_MAX + 1));
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("handle");
  TCase *tc = tcase_create("handle");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, table__finds_a_secret_by_its_key);
  tcase_add_test(tc, table__gives_equal_bytes_the_same_handle);
  tcase_add_test(tc, table__finds_the_newest_under_a_key_and_keeps_the_old_handle);
  tcase_add_test(tc, table__tells_the_scrubber);
  tcase_add_test(tc, table__takes_no_secret_that_the_scrubber_does_not_know);
  tcase_add_test(tc, reveal__shows_zeros_after_conceal);
  tcase_add_test(tc, reveal__is_refused_for_the_ninth_at_a_time);
  tcase_add_test(tc, reveal__refuses_a_handle_that_is_not_ours);
  tcase_add_test(tc, table__refuses_what_is_over_its_limits);
  tcase_add_test(tc, memory__is_zeroed_and_has_a_kind);
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
