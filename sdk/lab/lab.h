// SPDX-License-Identifier: Apache-2.0
//
// What the parts of the lab share: the people, the administrator, the scenario being played. It is
// made before the first request and only counters change after.
#ifndef TENON_LAB_LAB_H
#define TENON_LAB_LAB_H

#include <stdatomic.h>
#include <stdint.h>

#include "directory.h"

#define LAB_HOST          "mail." DIRECTORY_DOMAIN
#define LAB_FRONT_END     "EXCH01"
#define LAB_ADMIN_ALIAS   "svc-tenon"
#define LAB_ADMIN         LAB_ADMIN_ALIAS "@" DIRECTORY_DOMAIN
#define LAB_PASSWORD_ROOM 32

struct scenario;

struct lab {
  const struct scenario *scenario;
  struct directory directory;
  char password[LAB_PASSWORD_ROOM];
  int latency_ms;
  atomic_ullong requests;                      // that reached EWS, signed in
  atomic_ullong throttled;                     // the same, as the scenario `throttled` counts them
  _Atomic uint64_t refused[LAB_REFUSED_SLOTS]; // by it, not come back yet; 0: free
};

#endif
