// SPDX-License-Identifier: Apache-2.0
//
// Runs the tests of the connector for Microsoft 365 through Graph.
#include <check.h>

#include "suites.h"

int
main(void)
{
  Suite *suite = suite_create("office365-graph");
  suite_add_tcase(suite, verify_cases());
  suite_add_tcase(suite, impersonate_cases());
  suite_add_tcase(suite, busy_cases());
  suite_add_tcase(suite, browse_cases());
  suite_add_tcase(suite, plan_cases());
  suite_add_tcase(suite, oracle_cases());
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
