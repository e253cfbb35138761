// SPDX-License-Identifier: Apache-2.0
/* The buffer that every message is written into: it ends at its maximum, keeps what it held, and says so once. */
#include <string.h>

#include "core/base/buf.h"
#include "tests/suite.h"

START_TEST(buf__holds_what_was_put)
{
  CLEANUP_BUF struct buf b = BUF_INIT(1000);
  for (int i = 0; i < 100; i++)
    ck_assert(buf_printf(&b, "%03d", i));
  ck_assert_uint_eq(b.len, 300);
  ck_assert(strncmp(buf_text(&b), "000001002", 9) == 0);
  ck_assert_uint_eq(strlen(buf_text(&b)), 300);
}
END_TEST

START_TEST(buf__takes_exactly_its_maximum)
{
  CLEANUP_BUF struct buf b = BUF_INIT(4);
  ck_assert(buf_puts(&b, "abcd"));
  ck_assert(!buf_failed(&b));
}
END_TEST

START_TEST(buf__fails_over_its_maximum_and_keeps_what_it_held)
{
  CLEANUP_BUF struct buf b = BUF_INIT(4);
  ck_assert(buf_puts(&b, "abc"));
  ck_assert(!buf_puts(&b, "de"));
  ck_assert(buf_failed(&b));
  ck_assert(!buf_puts(&b, "d"));
  ck_assert_str_eq(buf_text(&b), "abc");
  ck_assert_ptr_null(buf_take(&b, NULL));
}
END_TEST

START_TEST(buf__is_usable_again_after_clear)
{
  CLEANUP_BUF struct buf b = BUF_INIT(2);
  ck_assert(!buf_puts(&b, "abc"));
  buf_clear(&b);
  ck_assert(buf_puts(&b, "ab"));
  ck_assert_str_eq(buf_text(&b), "ab");
}
END_TEST

START_TEST(buf__take_of_an_empty_one_is_the_empty_text)
{
  CLEANUP_BUF struct buf b = BUF_INIT(2);
  size_t len = 7;
  CLEANUP_FREE char *text = buf_take(&b, &len);
  ck_assert_str_eq(text, "");
  ck_assert_uint_eq(len, 0);
}
END_TEST

START_TEST(buf__drops_from_the_front)
{
  CLEANUP_BUF struct buf b = BUF_INIT(10);
  ck_assert(buf_puts(&b, "line\nrest"));
  buf_drop_front(&b, 5);
  ck_assert_str_eq(buf_text(&b), "rest");
}
END_TEST

SUITE("buf", buf__holds_what_was_put, buf__takes_exactly_its_maximum,
      buf__fails_over_its_maximum_and_keeps_what_it_held, buf__is_usable_again_after_clear,
      buf__take_of_an_empty_one_is_the_empty_text, buf__drops_from_the_front)
