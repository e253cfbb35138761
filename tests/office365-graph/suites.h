// SPDX-License-Identifier: Apache-2.0
//
// The test cases of the connector, by file.
#ifndef TESTS_MSGRAPH_SUITES_H
#define TESTS_MSGRAPH_SUITES_H

#include <check.h>

TCase *verify_cases(void);
TCase *impersonate_cases(void);
TCase *busy_cases(void);
TCase *browse_cases(void);
TCase *plan_cases(void);
TCase *oracle_cases(void);

#endif
