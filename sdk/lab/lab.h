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
#define LAB_PASSWORD_ROOM 128

struct cloud;
struct scenario;
struct signin_acceptor;

struct lab {
  const struct scenario *scenario;
  struct directory directory;
  char password[LAB_PASSWORD_ROOM];
  int latency_ms;
  struct signin_acceptor *acceptor;
  struct cloud *cloud;
  char base[64];           // "https://localhost:45001"
  int token_seconds;       // of an access token's life
  atomic_ullong accepted;  // sign-ins: each request of basic, each connection of others
  atomic_ullong rejected;  // those that had a credential
  atomic_uint bad;         // of these, the administrator's with a wrong password
  atomic_ullong requests;  // that reached EWS, signed in
  atomic_uint busy;        // answers of Autodiscover, as its scenario counts them
  atomic_ullong throttled; // the same, as the scenario `throttled` counts them
  _Atomic uint64_t refused[LAB_REFUSED_SLOTS]; // by it, not come back yet; 0: free
};

#endif
