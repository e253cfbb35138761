// SPDX-License-Identifier: Apache-2.0
/* Lines out of a stream: whole, bounded, and gone when they are done with. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/wire/wire.h"
#include "tests/suite.h"

static void
feed(struct wire_reader *r, const char *text)
{
  ck_assert_int_eq(wire_reader_feed(r, text, strlen(text)), 0);
}

static void
expect(struct wire_reader *r, const char *wanted)
{
  char *line;
  size_t len;

  ck_assert_int_eq(wire_reader_next(r, &line, &len), 1);
  ck_assert_str_eq(line, wanted);
  ck_assert_uint_eq(len, strlen(wanted));
}

static void
expect_result(struct wire_reader *r, int wanted)
{
  char *line;
  size_t len;

  ck_assert_int_eq(wire_reader_next(r, &line, &len), wanted);
}

START_TEST(reader__gives_whole_lines_however_they_come)
{
  static const char text[] = "one\n\nthree is longer\nfour\nrest";
  struct wire_reader r;

  for (size_t step = 1; step < sizeof text; step++) {
    static const char *const lines[] = {"one", "", "three is longer", "four"};
    size_t n = 0;
    wire_reader_init(&r, 100);
    for (size_t at = 0; at < sizeof text - 1; at += step) {
      size_t len = at + step < sizeof text ? step : sizeof text - 1 - at;
      char *line;
      ck_assert_int_eq(wire_reader_feed(&r, text + at, len), 0);
      while (wire_reader_next(&r, &line, &len) == 1)
        ck_assert_str_eq(line, lines[n++]);
    }
    ck_assert_uint_eq(n, 4);
    ck_assert_uint_eq(wire_reader_rest(&r), 4);
    wire_reader_finish(&r);
  }
}
END_TEST

START_TEST(reader__takes_a_line_of_just_the_limit)
{
  struct wire_reader r;

  wire_reader_init(&r, 8);
  feed(&r, "12345678");
  expect_result(&r, 0);
  feed(&r, "\n");
  expect(&r, "12345678");
  wire_reader_finish(&r);
}
END_TEST

START_TEST(reader__refuses_a_line_over_the_limit)
{
  struct wire_reader r;

  wire_reader_init(&r, 8);
  feed(&r, "ok\n123456789\n");
  expect(&r, "ok");
  expect_result(&r, -EMSGSIZE);
  wire_reader_finish(&r);
}
END_TEST

START_TEST(reader__refuses_it_before_its_end_has_come)
{
  struct wire_reader r;

  wire_reader_init(&r, 8);
  feed(&r, "123456789");
  expect_result(&r, -EMSGSIZE);
  wire_reader_finish(&r);
}
END_TEST

START_TEST(reader__leaves_no_copy_of_a_line_that_moved)
{
  struct wire_reader r;
  size_t at = 0;

  wire_reader_init(&r, 1000);
  feed(&r, "a first line\nhunter2");
  expect(&r, "a first line");
  feed(&r, "\n");
  for (size_t i = 0; i + 7 <= r.size; i++)
    at += memcmp(r.ptr + i, "hunter2", 7) == 0;
  ck_assert_uint_eq(at, 1);
  expect(&r, "hunter2");
  wire_reader_finish(&r);
}
END_TEST

START_TEST(reader__tells_end_of_file_from_nothing_yet)
{
  struct wire_reader r;
  int ends[2];

  ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
  wire_reader_init(&r, 100);
  ck_assert_int_eq(wire_reader_fill(&r, ends[0]), -EAGAIN);
  ck_assert_int_eq(write(ends[1], "x\n", 2), 2);
  ck_assert_int_eq(wire_reader_fill(&r, ends[0]), 2);
  expect(&r, "x");
  (void)close(ends[1]);
  ck_assert_int_eq(wire_reader_fill(&r, ends[0]), 0);
  (void)close(ends[0]);
  wire_reader_finish(&r);
}
END_TEST

/* ---- one line -------------------------------------------------------------------------------------------------- */

static bool
parses(const char *line, size_t len)
{
  const char *why = NULL;
  CLEANUP_JSON cJSON *m = wire_parse(line, len, &why);

  ck_assert(m || why);
  return m != NULL;
}

START_TEST(parse__refuses_what_is_not_one_object)
{
  static const char *const bad[] = {
      "",
      " ",
      "null",
      "[]",
      "\"x\"",
      "{",
      "{}x",
      "{} {}",
      "{\"a\"}",
      "{'a':1}",
      "{\"a\":\"\\u0000\"}",
      "{\"a\":\"\xff\"}",
      "{\"a\":\"\xc0\x80\"}",
      "{\"a\":1,}",
      "{\"a\":\"\x01\"}",
  };

  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg(!parses(bad[i], strlen(bad[i])), "taken: %s", bad[i]);
  ck_assert(!parses("{\"a\":\"b\0c\"}", 11));
  ck_assert(parses("{}", 2));
  ck_assert(parses("{\"type\":\"log\",\"text\":\"\\u00e4\"}", 30));
}
END_TEST

START_TEST(parse__refuses_depth_and_number_of_values_over_the_limits)
{
  static char line[100000];
  size_t n;

  for (unsigned depth = WIRE_DEPTH_MAX; depth <= WIRE_DEPTH_MAX + 1; depth++) {
    n = (size_t)snprintf(line, sizeof line, "{\"a\":");
    memset(line + n, '[', depth - 1);
    memset(line + n + depth - 1, ']', depth - 1);
    n += 2u * (depth - 1);
    line[n++] = '}';
    ck_assert_int_eq(parses(line, n), depth == WIRE_DEPTH_MAX);
  }
  n = (size_t)snprintf(line, sizeof line, "{\"a\":[0");
  for (unsigned i = 0; i < WIRE_VALUES_MAX; i++)
    n += (size_t)snprintf(line + n, sizeof line - n, ",0");
  n += (size_t)snprintf(line + n, sizeof line - n, "]}");
  ck_assert(!parses(line, n));
}
END_TEST

SUITE("reader", reader__gives_whole_lines_however_they_come, reader__takes_a_line_of_just_the_limit,
      reader__refuses_a_line_over_the_limit, reader__refuses_it_before_its_end_has_come,
      reader__leaves_no_copy_of_a_line_that_moved, reader__tells_end_of_file_from_nothing_yet,
      parse__refuses_what_is_not_one_object,
      parse__refuses_depth_and_number_of_values_over_the_limits)
