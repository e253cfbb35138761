// SPDX-License-Identifier: Apache-2.0
//
// The test cases of the connector, by file.
#ifndef TESTS_OFFICE365_EWS_SUITES_H
#define TESTS_OFFICE365_EWS_SUITES_H

#include <check.h>

TCase *verify_cases(void);
TCase *many_cases(void);
TCase *plan_cases(void);
TCase *suggest_cases(void);

#endif
