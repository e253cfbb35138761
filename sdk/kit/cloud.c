// SPDX-License-Identifier: Apache-2.0
//
// One row a cloud. A login host says little: GCC High and DoD have the same, and GCC is in the global one.
#include "cloud.h"

#include <string.h>

const struct cloud clouds[] = {
    {.id = "global",
     .label = "Microsoft 365 worldwide, and GCC",
     .login = "https://login.microsoftonline.com",
     .graph = "https://graph.microsoft.com",
     .outlook = "https://outlook.office365.com",
     .portal = "https://entra.microsoft.com",
     .connect = "",
     .mg_connect = "",
     .ews_ends = "2027-04-01"},
    {.id = "gcc-high",
     .label = "GCC High (US government, L4)",
     .login = "https://login.microsoftonline.us",
     .graph = "https://graph.microsoft.us",
     .outlook = "https://outlook.office365.us",
     .portal = "https://entra.microsoft.us",
     .connect = "-ExchangeEnvironmentName O365USGovGCCHigh",
     .mg_connect = "-Environment USGov"},
    {.id = "dod",
     .label = "DoD (US government, L5)",
     .login = "https://login.microsoftonline.us",
     .graph = "https://dod-graph.microsoft.us",
     .outlook = "https://outlook-dod.office365.us",
     .portal = "https://entra.microsoft.us",
     .connect = "-ExchangeEnvironmentName O365USGovDoD",
     .mg_connect = "-Environment USGovDoD"},
    {.id = "china",
     .label = "Microsoft 365 in China (21Vianet)",
     .login = "https://login.partner.microsoftonline.cn",
     .graph = "https://microsoftgraph.chinacloudapi.cn",
     .outlook = "https://partner.outlook.cn",
     .portal = "https://entra.microsoftonline.cn",
     .connect = "-ExchangeEnvironmentName O365China",
     .mg_connect = "-Environment China"},
    {.id = NULL},
};

const struct cloud *
cloud_find(const char *id)
{
  if (id == NULL || id[0] == 0)
    return &clouds[0];
  for (const struct cloud *c = clouds; c->id != NULL; c++)
    if (strcmp(c->id, id) == 0)
      return c;
  return NULL;
}

bool
cloud_is_guid(const char *text)
{
  static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text == NULL || strlen(text) != sizeof form - 1)
    return false;
  for (size_t i = 0; i < sizeof form - 1; i++)
    if (form[i] == '-' ? text[i] != '-' : strchr("0123456789abcdefABCDEF", text[i]) == NULL)
      return false;
  return true;
}
