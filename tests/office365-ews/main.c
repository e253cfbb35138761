// SPDX-License-Identifier: Apache-2.0
//
// Runs the tests of the connector for EWS of Exchange Online.
#include <check.h>

#include "suites.h"

int
main(void)
{
  Suite *suite = suite_create("office365-ews");
  suite_add_tcase(suite, verify_cases());
  suite_add_tcase(suite, many_cases());
  suite_add_tcase(suite, plan_cases());
  suite_add_tcase(suite, suggest_cases());
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
