// SPDX-License-Identifier: Apache-2.0
//
// Graph's permissions for applications, by name. Their ids are the same in all tenants and all clouds.
#include "graph.h"

#include <string.h>

const char *
graph_role_id(const char *permission)
{
  static const char *const roles[][2] = {
      {"User.ReadBasic.All", "97235f07-e226-4f63-ace3-39588e11d3a1"},
      {"User.Read.All", "df021288-bdef-4463-88db-98f22de89214"},
      {"Organization.Read.All", "498476ce-e0fe-48b0-b801-37ba7e2685c6"},
      {"MailboxSettings.Read", "40f97065-369a-49f4-947c-6a255697ae91"},
      {"MailboxSettings.ReadWrite", "6931bccd-447a-43d1-b442-00a195474933"},
      {"Mail.ReadBasic.All", "693c5e45-0940-467d-9b8a-1022fb9d42ef"},
      {"Mail.Read", "810c84a8-4a9e-49e6-bf7d-12d183f40d01"},
  };
  for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
    if (strcmp(roles[i][0], permission) == 0)
      return roles[i][1];
  return NULL;
}
