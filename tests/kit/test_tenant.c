// SPDX-License-Identifier: Apache-2.0
//
// Cases follow with what they are about.
#include "cloud_suites.h"

TCase *
tenant_cases(void)
{
  return tcase_create("tenant");
}
