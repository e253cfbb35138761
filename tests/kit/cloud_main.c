// SPDX-License-Identifier: Apache-2.0
//
// Runs the tests of what the kit has for clouds.
#include "cloud_suites.h"

int
main(void)
{
  Suite *suite = suite_create("kit-cloud");
  suite_add_tcase(suite, json_cases());
  suite_add_tcase(suite, jwt_cases());
  suite_add_tcase(suite, key_cases());
  suite_add_tcase(suite, oauth_error_cases());
  suite_add_tcase(suite, oauth_cases());
  suite_add_tcase(suite, oauth_person_cases());
  suite_add_tcase(suite, oauth_browser_cases());
  suite_add_tcase(suite, oauth_machine_cases());
  suite_add_tcase(suite, oauth_certificate_cases());
  suite_add_tcase(suite, tenant_cases());
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? 0 : 1;
}
