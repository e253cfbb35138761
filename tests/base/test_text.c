// SPDX-License-Identifier: Apache-2.0
/* The small pieces that everything stands on: UTF-8, durations, arenas. What they let through, nobody looks at again. */
#include <string.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/utf8.h"
#include "tests/suite.h"

static bool
valid(const char *text)
{
  return utf8_valid(text, strlen(text));
}

START_TEST(utf8__accepts_every_length_of_character)
{
  ck_assert(valid("a \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf"));
}
END_TEST

START_TEST(utf8__refuses_what_rfc_3629_forbids)
{
  static const char *const bad[] = {"\xc0\x80" /* overlong NUL */,
                                    "\xe0\x80\xaf" /* overlong slash */,
                                    "\xed\xa0\x80" /* surrogate */,
                                    "\xf4\x90\x80\x80" /* above U+10FFFF */,
                                    "\xff",
                                    "\x80" /* no start */,
                                    "\xe2\x82" /* cut */,
                                    "\xc3("};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg(!valid(bad[i]), "row %zu was accepted", i);
}
END_TEST

START_TEST(utf8__printable_refuses_terminal_escapes_and_c1)
{
  ck_assert(utf8_printable("a\tb\n", 4));
  ck_assert(!utf8_printable("\033[2J", 4));
  ck_assert(!utf8_printable("a\0b", 3));
  ck_assert(!utf8_printable("\xc2\x9b", 2)); /* CSI as one character */
  ck_assert(!utf8_printable("\x7f", 1));
}
END_TEST

START_TEST(utf8__cut_keeps_characters_whole)
{
  ck_assert_uint_eq(utf8_cut("a\xe2\x82\xac", 4, 3), 1);
  ck_assert_uint_eq(utf8_cut("a\xe2\x82\xac", 4, 4), 4);
  ck_assert_uint_eq(utf8_cut("ab", 2, 1), 1);
}
END_TEST

START_TEST(duration__reads_units_and_bare_seconds)
{
  int64_t ns;
  ck_assert(duration_parse("250ms", &ns) && ns == 250 * NS_PER_MS);
  ck_assert(duration_parse("90", &ns) && ns == 90 * NS_PER_S);
  ck_assert(duration_parse("5m", &ns) && ns == 300 * NS_PER_S);
}
END_TEST

START_TEST(duration__refuses_what_is_none_and_what_overflows)
{
  static const char *const bad[] = {
      "", "s", "5 m", "-3s", "1.5h", "5y", "99999999999999999999", "9999999999999d"};
  int64_t ns = 1;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg(!duration_parse(bad[i], &ns), "\"%s\" was accepted", bad[i]);
  ck_assert_int_eq(ns, 1);
}
END_TEST

START_TEST(arena__gives_zeroed_aligned_memory_of_any_size)
{
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  for (size_t n = 1; n < 100000; n *= 3) {
    unsigned char *p = arena_alloc(&a, n);
    ck_assert_ptr_nonnull(p);
    ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
    ck_assert_uint_eq(p[0] | p[n - 1], 0);
    memset(p, 0xff, n);
  }
  ck_assert_ptr_null(arena_text(&a, NULL));
  ck_assert_str_eq(arena_text(&a, "kept"), "kept");
}
END_TEST

SUITE("text", utf8__accepts_every_length_of_character, utf8__refuses_what_rfc_3629_forbids,
      utf8__printable_refuses_terminal_escapes_and_c1, utf8__cut_keeps_characters_whole,
      duration__reads_units_and_bare_seconds, duration__refuses_what_is_none_and_what_overflows,
      arena__gives_zeroed_aligned_memory_of_any_size)
