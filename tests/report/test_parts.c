// SPDX-License-Identifier: Apache-2.0
/* What commands print beside a report: a table, and what many subjects in a row have in common. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/streak.h"
#include "core/report/table.h"

#define CHECK(...) ((tenon_check){.size = sizeof(tenon_check), __VA_ARGS__})

START_TEST(table__is_as_wide_as_its_widest_cell)
{
  struct table t = TABLE_INIT(2);
  CLEANUP_BUF struct buf got = BUF_INIT(4096);
  static const char *const cells[] = {"NAME", "WHAT", "b\xc3\xa4r", "an animal", "longest", NULL};

  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
    table_add(&t, cells[i]);
  ck_assert(table_put(&t, &(struct report_style){0}, &got));
  ck_assert_str_eq(buf_text(&got), "NAME     WHAT\nb\xc3\xa4r      an animal\nlongest\n");
  table_finish(&t);
}
END_TEST

START_TEST(streak__says_once_what_five_in_a_row_have_in_common)
{
  struct streak s = {0};
  CLEANUP_BUF struct buf line = BUF_INIT(4096);
  static const char *const subjects[] = {"a@x.test", "b@x.test", "c@x.test", "d@x.test",
                                         "e@x.test"};
  tenon_check c = CHECK(.state = TENON_FAIL, .id = "x", .title = "X", .cause = TENON_E_DENIED,
                        .remedy = "Grant it.");

  for (int round = 0; round < 2; round++) {
    for (size_t i = 0; i < 5; i++) {
      c.subject = subjects[i];
      c.detail = i % 2 ? "one" : "two";
      ck_assert(streak_add(&s, &c, &line) == (i == 4));
    }
    ck_assert(!streak_add(&s, &c, &line));
    ck_assert_ptr_nonnull(strstr(buf_text(&line), "all end in @x.test"));
    ck_assert_ptr_nonnull(strstr(buf_text(&line), "denied"));
    ck_assert_ptr_nonnull(strstr(buf_text(&line), "Grant it."));
    ck_assert_ptr_null(strstr(buf_text(&line), "\"one\""));
    const tenon_check pass = CHECK(.state = TENON_PASS, .id = "x", .title = "X", .subject = "f");
    ck_assert(!streak_add(&s, &pass, &line));
  }
  streak_finish(&s);
}
END_TEST

int
main(void)
{
  Suite *suite = suite_create("report-parts");
  TCase *t = tcase_create("parts");

  tcase_add_test(t, table__is_as_wide_as_its_widest_cell);
  tcase_add_test(t, streak__says_once_what_five_in_a_row_have_in_common);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
