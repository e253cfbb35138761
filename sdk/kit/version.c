// SPDX-License-Identifier: Apache-2.0
//
// The schema name that a server reports says nothing of the product: only the build number does, and
// 2019 and Subscription Edition differ in the third part of it alone.
#include "version.h"

#include <stdio.h>
#include <string.h>

// Every operation of the kit exists in 2013 SP1, and everything up to Subscription Edition takes it.
static const char *const ladder[EWS_LADDER_STEPS] = {
    "Exchange2013_SP1",
    "Exchange2010_SP2",
    "Exchange2010",
    "Exchange2007_SP1",
};

const char *
ews_ladder_version(size_t step)
{
  return step < EWS_LADDER_STEPS ? ladder[step] : NULL;
}

// ErrorInvalidRequest: what Exchange 2019 says to a version name that it has never heard of.
int
ews_ladder_steps_down(const char *code)
{
  return strcmp(code, "ErrorInvalidServerVersion") == 0 ||
         strcmp(code, "ErrorInvalidRequest") == 0 ||
         strcmp(code, "ErrorInvalidSchemaVersionForMailboxVersion") == 0;
}

// The last row whose numbers are not above the build's is the product's.
static const struct {
  uint32_t major, minor, build;
  struct ews_product product;
} products[] = {
    {8, 0, 0, {"Exchange Server 2007", "2017-04-11"}},
    {14, 0, 0, {"Exchange Server 2010", "2020-10-13"}},
    {15, 0, 0, {"Exchange Server 2013", "2023-04-11"}},
    {15, 1, 0, {"Exchange Server 2016", "2025-10-14"}},
    {15, 2, 0, {"Exchange Server 2019", "2025-10-14"}},
    {15, 2, 2562, {"Exchange Server Subscription Edition", NULL}},
    {15, 20, 0, {"Exchange Online", NULL}},
};

const struct ews_product *
ews_product_of(const struct ews_build *build)
{
  const struct ews_product *found = NULL;
  for (size_t i = 0; i < sizeof products / sizeof *products; i++)
    if (products[i].major == build->major && products[i].minor <= build->minor &&
        (products[i].minor < build->minor || products[i].build <= build->build))
      found = &products[i].product;
  return found;
}

int
ews_build_parse(const char *text, size_t len, struct ews_build *ret)
{
  char copy[48];
  struct ews_build build = {0};
  if (len >= sizeof copy)
    return -1;
  memcpy(copy, text, len);
  copy[len] = 0;
  if (sscanf(copy, "%5u.%5u.%6u.%6u", &build.major, &build.minor, &build.build, &build.revision) <
      3)
    return -1;
  *ret = build;
  return 0;
}
