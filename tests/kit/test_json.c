// SPDX-License-Identifier: Apache-2.0
//
// JSON of servers: what is let in, and what reading it gives.
#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "cloud_suites.h"

static const char *why;

static cJSON *
parse(const char *text)
{
  why = NULL;
  return kit_json_parse(text, strlen(text), &why);
}

static const struct {
  const char *text, *why;
} refused[] = {
    {"", "it is empty"},
    {"{", "it is cut off"},
    {"{\"a\":\"b", "it is cut off"},
    {"<html>", "it is not JSON"},
    {"{\"a\":1,}", "it is not JSON"},
    {"{} {}", "something follows its JSON"},
    {"{\"a\":\"\\u0000b\"}", "a string of it holds a zero byte"},
    {"{\"a\":\"x\ny\"}", "a control character stands in a string of it"},
    {"{\"a\":\"\xC0\xAF\"}", "it is not UTF-8"},
    {"{\"a\":\"\xED\xA0\x80\"}", "it is not UTF-8"},
};

START_TEST(json__says_why_it_is_refused)
{
  ck_assert_ptr_null(parse(refused[_i].text));
  ck_assert_str_eq(why, refused[_i].why);
}
END_TEST

START_TEST(json__with_a_zero_byte_is_refused)
{
  ck_assert_ptr_null(kit_json_parse("{}\0", 3, &why));
  ck_assert_str_eq(why, "a zero byte stands in it");
}
END_TEST

// Depth and number of values, at the limit and beyond it.
static cJSON *
nested(size_t depth)
{
  static char text[2 * KIT_JSON_DEPTH_MAX + 8];
  memset(text, '[', depth);
  memset(text + depth, ']', depth);
  text[2 * depth] = 0;
  return parse(text);
}

START_TEST(json__is_nested_so_deep_and_no_deeper)
{
  cJSON *json = nested(KIT_JSON_DEPTH_MAX);
  ck_assert_ptr_nonnull(json);
  kit_json_wipe(json);
  ck_assert_ptr_null(nested(KIT_JSON_DEPTH_MAX + 1));
  ck_assert_str_eq(why, "it is nested too deeply");
}
END_TEST

START_TEST(json__of_too_many_values_is_refused_before_it_is_read)
{
  size_t n = 2 * (size_t)KIT_JSON_VALUES_MAX + 8;
  char *text = malloc(n);
  for (size_t i = 0; i < n; i += 2)
    memcpy(text + i, "0,", 2);
  text[0] = '[';
  text[n - 1] = ']';
  ck_assert_ptr_null(kit_json_parse(text, n, &why));
  ck_assert_str_eq(why, "it has too many values");
  free(text);
}
END_TEST

START_TEST(json__too_long_is_refused)
{
  ck_assert_ptr_null(kit_json_parse("{}", (size_t)KIT_JSON_BYTES_MAX + 1, &why));
  ck_assert_str_eq(why, "it is too long");
}
END_TEST

START_TEST(json__may_begin_with_a_byte_order_mark_and_end_with_blanks)
{
  cJSON *json = parse("\xEF\xBB\xBF{\"a\":\"\xC2\x85z\"} \r\n");
  ck_assert_ptr_nonnull(json);
  ck_assert_str_eq(kit_json_text(json, "a"), "\xC2\x85z");
  kit_json_wipe(json);
}
END_TEST

START_TEST(json__is_read_by_type_and_by_exact_name)
{
  cJSON *json =
      parse("{\"Text\":1,\"text\":\"x\",\"list\":[],\"map\":{\"in\":\"y\"},\"none\":null}");
  ck_assert_str_eq(kit_json_text(json, "text"), "x");
  ck_assert_ptr_null(kit_json_text(json, "Text"));
  ck_assert_ptr_null(kit_json_text(json, "list"));
  ck_assert_ptr_nonnull(kit_json_array(json, "list"));
  ck_assert_ptr_null(kit_json_object(json, "list"));
  ck_assert_str_eq(kit_json_text(kit_json_object(json, "map"), "in"), "y");
  ck_assert(kit_json_is_null(json, "none"));
  ck_assert(!kit_json_is_null(json, "missing"));
  ck_assert_ptr_null(kit_json_text(NULL, "text"));
  kit_json_wipe(json);
}
END_TEST

static const struct {
  const char *text;
  bool whole;
  int64_t value;
} wholes[] = {
    {"{\"n\":3599}", true, 3599},
    {"{\"n\":\"3599\"}", true, 3599},
    {"{\"n\":-1}", true, -1},
    {"{\"n\":\"-1\"}", true, -1},
    {"{\"n\":1e9}", true, 1000000000},
    {"{\"n\":0}", true, 0},
    {"{\"n\":1.5}", false, 0},
    {"{\"n\":\"1.5\"}", false, 0},
    {"{\"n\":\"\"}", false, 0},
    {"{\"n\":\"-\"}", false, 0},
    {"{\"n\":\" 1\"}", false, 0},
    {"{\"n\":1e300}", false, 0},
    {"{\"n\":-1e300}", false, 0},
    {"{\"n\":\"9223372036854775807\"}", true, INT64_MAX},
    {"{\"n\":\"9223372036854775808\"}", false, 0},
    {"{\"n\":\"99999999999999999999\"}", false, 0},
    {"{\"n\":true}", false, 0},
    {"{}", false, 0},
};

START_TEST(json__whole_number_comes_as_number_or_as_text)
{
  int64_t value = 0;
  cJSON *json = parse(wholes[_i].text);
  ck_assert_ptr_nonnull(json);
  ck_assert_int_eq(kit_json_whole(json, "n", &value), wholes[_i].whole);
  ck_assert_int_eq(value, wholes[_i].value);
  kit_json_wipe(json);
}
END_TEST

TCase *
json_cases(void)
{
  TCase *cases = tcase_create("json");
  tcase_add_loop_test(cases, json__says_why_it_is_refused, 0, sizeof refused / sizeof *refused);
  tcase_add_test(cases, json__with_a_zero_byte_is_refused);
  tcase_add_test(cases, json__is_nested_so_deep_and_no_deeper);
  tcase_add_test(cases, json__of_too_many_values_is_refused_before_it_is_read);
  tcase_add_test(cases, json__too_long_is_refused);
  tcase_add_test(cases, json__may_begin_with_a_byte_order_mark_and_end_with_blanks);
  tcase_add_test(cases, json__is_read_by_type_and_by_exact_name);
  tcase_add_loop_test(cases, json__whole_number_comes_as_number_or_as_text, 0,
                      sizeof wholes / sizeof *wholes);
  return cases;
}
