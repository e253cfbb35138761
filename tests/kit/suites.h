// SPDX-License-Identifier: Apache-2.0
//
// The test cases of the kit, by file.
#ifndef TESTS_KIT_SUITES_H
#define TESTS_KIT_SUITES_H

#include <check.h>

TCase *soap_cases(void);
TCase *part_cases(void);
TCase *request_cases(void);
TCase *verdict_cases(void);
TCase *verdict_ews_cases(void);
TCase *oauth_form_cases(void);
TCase *verdict_cloud_cases(void);
TCase *verdict_commands_cases(void);
TCase *layers_cases(void);
TCase *verdict_graph_cases(void);
TCase *signin_cases(void);
TCase *autodiscover_cases(void);
TCase *discover_cases(void);

#endif
