// SPDX-License-Identifier: Apache-2.0
//
// The test cases of what the kit has for clouds, by file.
#ifndef TESTS_KIT_CLOUD_SUITES_H
#define TESTS_KIT_CLOUD_SUITES_H

#include <check.h>

TCase *json_cases(void);
TCase *jwt_cases(void);
TCase *key_cases(void);
TCase *oauth_error_cases(void);
TCase *oauth_cases(void);
TCase *oauth_person_cases(void);
TCase *oauth_browser_cases(void);
TCase *oauth_machine_cases(void);
TCase *oauth_certificate_cases(void);
TCase *tenant_cases(void);

#endif
