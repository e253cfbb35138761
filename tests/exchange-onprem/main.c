// SPDX-License-Identifier: Apache-2.0
//
// Runs the tests of the connector for on-premises Exchange.
#include <check.h>

#include "suites.h"

int
main(void)
{
  Suite *suite = suite_create("exchange-onprem");
  suite_add_tcase(suite, verify_cases());
  suite_add_tcase(suite, impersonate_cases());
  suite_add_tcase(suite, outage_cases());
  suite_add_tcase(suite, signin_cases());
  suite_add_tcase(suite, form_cases());
  suite_add_tcase(suite, trust_cases());
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
