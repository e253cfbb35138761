// SPDX-License-Identifier: Apache-2.0
#include "cloud_suites.h"

TCase *
tenant_cases(void)
{
  return tcase_create("tenant");
}
