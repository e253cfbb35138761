// SPDX-License-Identifier: Apache-2.0
//
// The table of the cloud's scenarios: what Entra, Exchange Online and Graph refuse.
#include "exo.h"
#include "scenario.h"

static const char *const bearer[] = {"Bearer", NULL};

// What a row has when it says nothing else.
#define ONLINE                                                                                     \
  .group = GROUP_CLOUD, .online = true, .version = &ews_version_online, .challenges = bearer,      \
  .soap_prefix = "s", .back = exo_policy

#define PLAY(...)                                                                                  \
  .play = &(const struct cloud_play)                                                               \
  {                                                                                                \
    __VA_ARGS__                                                                                    \
  }

const struct scenario scenarios_cloud[] = {
    {.name = "cloud",
     .summary = "everything in order: Entra ID, EWS of Exchange Online with tokens, Graph",
     ONLINE},
};

const size_t scenarios_cloud_count = sizeof(scenarios_cloud) / sizeof(scenarios_cloud[0]);
