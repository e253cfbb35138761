// SPDX-License-Identifier: Apache-2.0
//
// The test cases of the connector, by file.
#ifndef TESTS_ONPREM_SUITES_H
#define TESTS_ONPREM_SUITES_H

#include <check.h>

TCase *verify_cases(void);
TCase *impersonate_cases(void);
TCase *outage_cases(void);
TCase *signin_cases(void);
TCase *form_cases(void);
TCase *trust_cases(void);

#endif
