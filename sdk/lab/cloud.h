// SPDX-License-Identifier: Apache-2.0
//
// The cloud's side of the lab: one tenant with one application, the hosts that it goes by in each of
// Microsoft's clouds, and what a scenario changes about it.
#ifndef TENON_LAB_CLOUD_H
#define TENON_LAB_CLOUD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "application.h"
#include "directory.h"
#include "grants.h"
#include "guid.h"
#include "http.h"
#include "lab.h"

#define CLOUD_TENANT  "7c3e1f52-9a46-4d0b-8e57-2f1b6d90c4a8"
#define CLOUD_INITIAL "contoso.onmicrosoft.com" // the tenant's first domain

enum resource { RESOURCE_NONE, RESOURCE_EXCHANGE, RESOURCE_GRAPH };

// Where a scenario refuses with its AADSTS number.
#define CLOUD_AT_TENANT (1u << 0) // whoever names the tenant, without a credential too
#define CLOUD_AT_APPLICATION                                                                       \
  (1u << 1) // whoever names the application, before its credential counts
#define CLOUD_AT_SECRET      (1u << 2)
#define CLOUD_AT_CERTIFICATE (1u << 3)
#define CLOUD_AT_APP         (1u << 4) // client credentials that were right
#define CLOUD_AT_POLL        (1u << 5) // every question for the token of a device code
#define CLOUD_AT_DEVICE      (1u << 6) // a device code that somebody has approved
#define CLOUD_AT_AUTHORIZE   (1u << 7) // the page of the browser, by a redirect
#define CLOUD_AT_CODE        (1u << 8)
#define CLOUD_AT_REFRESH     (1u << 9)
#define CLOUD_AT_DELEGATED   (CLOUD_AT_DEVICE | CLOUD_AT_CODE | CLOUD_AT_REFRESH)
#define CLOUD_AT_TOKEN       (CLOUD_AT_APP | CLOUD_AT_DELEGATED)

enum cloud_trouble { CLOUD_WELL, CLOUD_DOWN, CLOUD_HTML, CLOUD_BUSY };
enum cloud_device { DEVICE_WAITS, DEVICE_DECLINED, DEVICE_EXPIRED, DEVICE_SLOW };
enum cloud_ews { EWS_OPEN, EWS_BY_POLICY, EWS_SILENTLY, EWS_NOT_LISTED };
enum cloud_graph { GRAPH_WELL, GRAPH_BUSY, GRAPH_LOOP, GRAPH_FOREIGN };

// What a scenario changes. All zero: everything is in order.
struct cloud_play {
  int code;           // AADSTS number that refuses, 0: none
  unsigned int at;    // CLOUD_AT_...
  enum resource only; // for this resource alone
  enum cloud_trouble trouble;
  enum cloud_device device;
  enum cloud_ews ews;
  enum cloud_graph graph;
  bool government;    // the tenant is at home in the cloud of the US government
  int clock_s;        // the endpoint's clock less this machine's
  const char *roles;  // of applications at Exchange, in place of full_access_as_app
  const char *scopes; // of people, likewise
  const char *graph_roles;
  const char *graph_scopes;
  const char *audience;
  bool stale;   // the first token for each resource is refused as one that has ended
  bool scoped;  // the application may act as few
  bool mixed;   // each mailbox answers in another way
  bool no_plan; // Exchange Online was not bought
};

struct cloud {
  struct application application;
  struct grants grants;
  pthread_mutex_t lock;                    // of the grants
  EVP_PKEY *key;                           // signs tokens; made when the first is
  atomic_uint serials[RESOURCE_GRAPH + 1]; // tokens issued for each
  atomic_uint asked, issued, refused;      // requests for a token and their outcomes
  atomic_uint polls; // likewise, for that of a device code, while nobody had decided
  atomic_uint busy;  // answers of the scenarios that are busy at first
};

// NULL: no randomness, or no memory.
struct cloud *cloud_create(void);
void cloud_destroy(struct cloud *cloud);

// The key that signs tokens. NULL: it could not be made.
EVP_PKEY *cloud_key(struct cloud *cloud);

const struct cloud_play *cloud_play_of(const struct lab *lab);

// Whether a GUID or domain is the tenant's; in the cloud of the host that is asked.
bool cloud_is_tenant(const struct lab *lab, const struct http_request *request, const char *tenant);

// The resource of a URL such as "https://graph.microsoft.com"; `length` of it count.
enum resource cloud_resource(const char *url, size_t length);

// Whether a token for the resource of `url` may be asked for at this host: clouds do not mix.
bool cloud_matches(const struct http_request *request, const char *url, size_t length);

// Where the lab is called, with the scheme: "https://localhost:45001".
void cloud_base(const struct http_request *request, char *ret_url, size_t room);

// Whether the application may act as this person.
bool cloud_reaches(const struct lab *lab, const struct person *person);

// In which of so many ways an allowed person's mailbox answers in the scenario that mixes them; 0: well.
#define CLOUD_MIXED 6
unsigned int cloud_mixed(const struct person *person);

// Whether it also gets an answer, whatever the scenario does to some.
bool cloud_answers(const struct lab *lab, const struct person *person);

#endif
