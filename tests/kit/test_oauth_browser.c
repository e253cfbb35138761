// SPDX-License-Identifier: Apache-2.0
#include "cloud_suites.h"

TCase *
oauth_browser_cases(void)
{
  return tcase_create("browser");
}
