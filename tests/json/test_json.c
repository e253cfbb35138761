// SPDX-License-Identifier: Apache-2.0
/* What a worker or a file may say in JSON: the limits to the unit, what cJSON alone would take, and that each shape reads
 * back as it was written. */
#include <string.h>

#include "core/base/clock.h"
#include "core/json/json.h"
#include "core/json/shapes.h"
#include "tests/suite.h"

static const char *
why_not(const char *text, size_t len, const struct json_limits *limits)
{
  const char *why = NULL;
  CLEANUP_JSON cJSON *json = json_parse(text, len, limits, &why);
  return json ? "parsed" : why;
}

START_TEST(parse__takes_an_object_with_blanks_around)
{
  const char *text = " {\"a\":[1,{\"b\":\"\\u00e9\"}]} \n";
  ck_assert_str_eq(why_not(text, strlen(text), NULL), "parsed");
}
END_TEST

START_TEST(parse__refuses_what_cjson_would_take)
{
  static const struct {
    const char *text;
    size_t len;
    const char *why;
  } rows[] = {{"{}x", 3, "something stands behind the object"},
              {"[1]", 3, "it is not an object"},
              {"{\"a\":\"\xff\"}", 9, "it is not valid UTF-8"},
              {"{\"a\":\"\\u0000\"}", 14, "a string holds U+0000"},
              {"{\"a\0\":1}", 8, "a control character stands in a string"},
              {"{\"a\":\"b\n\"}", 10, "a control character stands in a string"},
              {"{\"a\":1}\0", 8, "a NUL byte stands in it"},
              {"{\"a\":\"b", 7, "a string does not end"},
              {"{a:1}", 5, "it is not JSON"},
              {"", 0, "it is not JSON"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    ck_assert_str_eq(why_not(rows[i].text, rows[i].len, NULL), rows[i].why);
}
END_TEST

START_TEST(parse__holds_its_limits_to_the_unit)
{
  const struct json_limits limits = {.bytes = 20, .depth = 2, .values = 4};
  ck_assert_str_eq(why_not("{\"a\":[1,2]}", 11, &limits), "parsed");
  ck_assert_str_eq(why_not("{\"a\":[[]]}", 10, &limits), "it is nested too deep");
  ck_assert_str_eq(why_not("{\"a\":[1,2,3,4]}", 15, &limits), "it holds too many values");
  ck_assert_str_eq(why_not("{\"a\":\"0123456789012\"}", 21, &limits), "it is too long");
}
END_TEST

START_TEST(int__reads_numbers_and_text_and_nothing_inexact)
{
  const char *why;
  const char *text = "{\"n\":7,\"t\":\"9007199254740993\",\"f\":1.5,\"big\":1e300,\"w\":\"7x\"}";
  CLEANUP_JSON cJSON *json = json_parse(text, strlen(text), NULL, &why);
  int64_t n = -1;
  ck_assert(json_int(json, "n", &n) && n == 7);
  ck_assert(json_int(json, "t", &n) && n == INT64_C(9007199254740993));
  ck_assert(!json_int(json, "f", &n) && !json_int(json, "big", &n) && !json_int(json, "w", &n));
  ck_assert(!json_int(json, "absent", &n));
}
END_TEST

START_TEST(write__escapes_so_that_it_reads_back)
{
  CLEANUP_BUF struct buf b = BUF_INIT(1000);
  const char *why, *text = "a\"b\\c\n\t\x01\x7f \xe2\x82\xac";
  ck_assert(buf_putc(&b, '{') && json_put_member(&b, "k", text) &&
            json_put_member_int(&b, "n", INT64_MAX) && json_put_member_ms(&b, "ms", 12500000) &&
            buf_putc(&b, '}'));
  CLEANUP_JSON cJSON *json = json_parse(buf_text(&b), b.len, NULL, &why);
  int64_t n = 0;
  double ms = 0;
  ck_assert_str_eq(json_text(json, "k"), text);
  ck_assert(json_int(json, "n", &n) && n == INT64_MAX);
  ck_assert(json_number(json, "ms", &ms) && ms == 12.5);
}
END_TEST

START_TEST(write__lets_nothing_through_that_drives_a_terminal)
{
  CLEANUP_BUF struct buf b = BUF_INIT(1000);
  const char *why, *text = "\xc2\x9b"
                           "2J \xe2\x80\xae"
                           "fdp.exe \xe2\x81\xa6 \x1b \xc2\xa0 \xe2\x80\x93 \xc3\xa9";
  ck_assert(buf_putc(&b, '{') && json_put_member(&b, "k", text) && buf_putc(&b, '}'));
  ck_assert_str_eq(buf_text(&b), "{\"k\":\"\\u009b2J \\u202efdp.exe \\u2066 \\u001b \xc2\xa0 "
                                 "\xe2\x80\x93 \xc3\xa9\"}");
  CLEANUP_JSON cJSON *json = json_parse(buf_text(&b), b.len, NULL, &why);
  ck_assert_str_eq(json_text(json, "k"), text);
}
END_TEST

START_TEST(shapes__check_reads_back_as_it_was)
{
  const tenon_pair data[] = {{"offered", {"NTLM", 4}}, {"also.1", {"a \"quote\"", 9}}};
  const tenon_check c = {.size = sizeof c,
                         .state = TENON_FAIL,
                         .level = TENON_LEVEL_REQUIRED,
                         .id = "auth.basic",
                         .title = "Sign-in",
                         .detail = "d",
                         .remedy = "r",
                         .field = "password",
                         .link = "https://l",
                         .subject = "anna@contoso.example",
                         .because = "x",
                         .cause = TENON_E_AUTH,
                         .elapsed_ns = 1500 * NS_PER_MS,
                         .retry_ns = 30 * NS_PER_S,
                         .data = data,
                         .n_data = 2};
  CLEANUP_BUF struct buf first = BUF_INIT(4000), second = BUF_INIT(4000);
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  const char *why;
  ck_assert(shape_put_check(&first, &c));
  CLEANUP_JSON cJSON *json = json_parse(buf_text(&first), first.len, NULL, &why);
  ck_assert_str_eq(buf_text(&first),
                   "{\"id\":\"auth.basic\",\"title\":\"Sign-in\",\"state\":\"fail\","
                   "\"level\":\"required\",\"detail\":\"d\",\"remedy\":\"r\","
                   "\"field\":\"password\",\"link\":\"https://l\",\"cause\":\"auth\","
                   "\"subject\":\"anna@contoso.example\",\"because\":\"x\","
                   "\"elapsed_ms\":1500,\"retry_ms\":30000,\"data\":{\"offered\":\"NTLM\","
                   "\"also.1\":\"a \\\"quote\\\"\"}}");
  tenon_check *back = shape_read_check(&a, json);
  ck_assert_ptr_nonnull(back);
  ck_assert(shape_put_check(&second, back));
  ck_assert_str_eq(buf_text(&first), buf_text(&second));
  ck_assert_str_eq(check_data(back, "also.1"), "a \"quote\"");
}
END_TEST

START_TEST(shapes__check_without_state_is_refused)
{
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  const char *why, *text = "{\"id\":\"a\",\"title\":\"b\",\"level\":\"required\"}";
  CLEANUP_JSON cJSON *json = json_parse(text, strlen(text), NULL, &why);
  ck_assert_ptr_null(shape_read_check(&a, json));
}
END_TEST

START_TEST(shapes__connector_reads_back_as_it_was)
{
  static const tenon_page page = {sizeof page, 0, "server", "Server", "help", "https://l"};
  static const tenon_choice choices[] = {
      {"a", "A", "the a"}, {"b", NULL, NULL}, {NULL, NULL, NULL}};
  static const tenon_field f1 = {.size = sizeof f1,
                                 .type = TENON_CHOICE,
                                 .flags = TENON_REQUIRED | TENON_SHARED,
                                 .page = "server",
                                 .key = "auth",
                                 .label = "Sign-in",
                                 .preset = "a",
                                 .choices = choices,
                                 .when = "x == 'y'"};
  static const tenon_field f2 = {.size = sizeof f2,
                                 .type = TENON_DURATION,
                                 .flags = TENON_ADVANCED,
                                 .page = "server",
                                 .key = "timeout",
                                 .label = "Timeout",
                                 .min = NS_PER_S,
                                 .max = 60 * NS_PER_S};
  static const char *const runs[] = {"k/1", NULL};
  static const tenon_page *const pages[] = {&page, NULL};
  static const tenon_field *const fields[] = {&f1, &f2, NULL};
  const tenon_connector c = {.size = sizeof c,
                             .flags = TENON_PROBE,
                             .id = "x",
                             .version = "1.0",
                             .name = "X",
                             .summary = "s",
                             .family = "f/1",
                             .roles = TENON_SOURCE,
                             .schema = 3,
                             .retires = "2027-04-01",
                             .successor = "y",
                             .runs = runs,
                             .pages = pages,
                             .fields = fields};
  CLEANUP_BUF struct buf first = BUF_INIT(8000), second = BUF_INIT(8000);
  const char *why;
  ck_assert(shape_put_connector(&first, &c, HOOK_VERIFY | HOOK_BROWSE));
  CLEANUP_JSON cJSON *json = json_parse(buf_text(&first), first.len, NULL, &why);
  ck_assert_str_eq(buf_text(&first),
                   "{\"id\":\"x\",\"version\":\"1.0\",\"name\":\"X\",\"summary\":\"s\","
                   "\"family\":\"f/1\",\"kind\":\"probe\",\"roles\":[\"source\"],"
                   "\"hooks\":[\"verify\",\"browse\"],\"schema\":3,"
                   "\"retires\":\"2027-04-01\",\"successor\":\"y\",\"runs\":[\"k/1\"],"
                   "\"pages\":[{\"id\":\"server\",\"title\":\"Server\",\"help\":\"help\","
                   "\"link\":\"https://l\"}],"
                   "\"fields\":[{\"key\":\"auth\",\"page\":\"server\",\"type\":\"choice\","
                   "\"label\":\"Sign-in\",\"preset\":\"a\",\"when\":\"x == 'y'\","
                   "\"choices\":[{\"value\":\"a\",\"label\":\"A\",\"help\":\"the a\"},"
                   "{\"value\":\"b\"}],\"required\":true,\"shared\":true},"
                   "{\"key\":\"timeout\",\"page\":\"server\",\"type\":\"duration\","
                   "\"label\":\"Timeout\",\"min\":1000,\"max\":60000,\"advanced\":true}]}");
  struct connector *back = shape_read_connector(json);
  ck_assert_ptr_nonnull(back);
  ck_assert(shape_put_connector(&second, &back->d, back->hooks));
  ck_assert_str_eq(buf_text(&first), buf_text(&second));
  ck_assert_int_eq(connector_field(back, "timeout")->max, 60 * NS_PER_S);
  ck_assert_ptr_null(connector_field(back, "absent"));
  connector_destroy(back);
}
END_TEST

SUITE("json", parse__takes_an_object_with_blanks_around, parse__refuses_what_cjson_would_take,
      parse__holds_its_limits_to_the_unit, int__reads_numbers_and_text_and_nothing_inexact,
      write__escapes_so_that_it_reads_back, write__lets_nothing_through_that_drives_a_terminal,
      shapes__check_reads_back_as_it_was, shapes__check_without_state_is_refused,
      shapes__connector_reads_back_as_it_was)
