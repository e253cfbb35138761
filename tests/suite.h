// SPDX-License-Identifier: Apache-2.0
/* The main of a test program: every test named once, run in one libcheck suite. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

#define SUITE_SECONDS_MAX 60 /* of one test, far above what any needs: a hang must end */

static inline int
suite_run(const char *name, const TTest *const *tests, size_t n)
{
  Suite *suite = suite_create(name);
  TCase *tc = tcase_create(name);

  tcase_set_timeout(tc, SUITE_SECONDS_MAX);
  for (size_t i = 0; i < n; i++)
    tcase_add_test(tc, tests[i]);
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SUITE("reader", test_a, test_b) behind the tests. */
#define SUITE(name, ...)                                                                           \
  int main(void)                                                                                   \
  {                                                                                                \
    const TTest *const tests_[] = {__VA_ARGS__};                                                   \
    return suite_run(name, tests_, sizeof tests_ / sizeof *tests_);                                \
  }

#endif
