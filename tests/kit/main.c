// SPDX-License-Identifier: Apache-2.0
//
// Runs the tests of the kit.
#include <check.h>

#include "suites.h"

int
main(void)
{
  Suite *suite = suite_create("kit");
  suite_add_tcase(suite, soap_cases());
  suite_add_tcase(suite, part_cases());
  suite_add_tcase(suite, request_cases());
  suite_add_tcase(suite, verdict_cases());
  suite_add_tcase(suite, verdict_ews_cases());
  suite_add_tcase(suite, oauth_form_cases());
  suite_add_tcase(suite, verdict_cloud_cases());
  suite_add_tcase(suite, verdict_commands_cases());
  suite_add_tcase(suite, layers_cases());
  suite_add_tcase(suite, verdict_graph_cases());
  suite_add_tcase(suite, signin_cases());
  suite_add_tcase(suite, autodiscover_cases());
  suite_add_tcase(suite, discover_cases());
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
