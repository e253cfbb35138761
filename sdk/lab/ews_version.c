// SPDX-License-Identifier: Apache-2.0
//
// Versions: what the lab says it is and what it takes. A value that no Exchange knows is an invalid
// request (there is no Exchange2019), a known one that is too new for this server another error.
#include "ews.h"

#include <string.h>

const struct ews_version ews_version_se = {15, 2, 2562, 17, "V2017_07_11", "V2017_07_11"};
const struct ews_version ews_version_2010 = {14, 2, 328, 9, "Exchange2010_SP2", "Exchange2010_SP2"};
const struct ews_version ews_version_gromox = {15, 0, 847, 4040, "Exchange2013_SP1", "V2017_07_11"};
const struct ews_version ews_version_online = {15, 20, 8769, 12, "V2018_01_08", "V2018_01_08"};

static const char *const known[] = {
    "Exchange2007",     "Exchange2007_SP1", "Exchange2009", "Exchange2010",     "Exchange2010_SP1",
    "Exchange2010_SP2", "Exchange2012",     "Exchange2013", "Exchange2013_SP1", "Exchange2015",
    "Exchange2016",     "V2015_10_05",      "V2016_01_06",  "V2016_04_13",      "V2016_07_13",
    "V2016_10_10",      "V2017_01_07",      "V2017_04_14",  "V2017_07_11",      "V2018_01_08",
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

static size_t
rank(const char *version)
{
  size_t i = 0;
  while (i < KNOWN && strcmp(version, known[i]) != 0)
    i++;
  return i;
}

bool
ews_version_check(const struct ews_version *version, const char *asked, struct ews_fault *ret_fault)
{
  if (asked == NULL)
    return true;
  // The newest is Exchange Online's alone; others have never heard of it.
  bool online = strcmp(asked, "V2018_01_08") == 0;
  if (rank(asked) == KNOWN || (online && version != &ews_version_online))
    return ews_fault_set(ret_fault, "ErrorInvalidRequest");
  if (rank(asked) > rank(version->newest))
    return ews_fault_set(ret_fault, "ErrorInvalidServerVersion");
  return true;
}
