// SPDX-License-Identifier: Apache-2.0
//
// The clouds that Microsoft runs, and finding a tenant in them without a credential. Tokens and application
// registrations do not cross clouds; GCC High and DoD share a login host and nothing else, so that the cloud is an
// answer and cannot be derived.
// Sources: Microsoft, "National clouds" and "Microsoft Graph national cloud deployments".
#ifndef KIT_CLOUD_H
#define KIT_CLOUD_H

#include "text.h"

#include <tenon/http.h>
#include <tenon/plugin.h>

#define CLOUD_URL_MAX    512 // bytes of an authority's or a resource's URL
#define CLOUD_TENANT_MAX 256 // bytes of a tenant's GUID or domain
#define CLOUD_REGION_MAX 32
#define CLOUD_REALM_NS   INT64_C(3000000000) // the kind of account is asked for that long

struct cloud {
  const char *id;      // "gcc-high": value of the field `cloud`
  const char *label;   // "GCC High (US government, L4)"
  const char *login;   // "https://login.microsoftonline.us"
  const char *graph;   // "https://graph.microsoft.us"
  const char *outlook; // "https://outlook.office365.us": resource and host of EWS
  const char *portal;  // "https://entra.microsoft.us"
  const char *
      connect; // how PowerShell goes there: "-ExchangeEnvironmentName O365USGovGCCHigh"; "" for global
  const char *mg_connect; // "-Environment USGov"; "" for global
  const char *
      ews_ends; // "2027-04-01" where Microsoft has said so; NULL: no date was announced for this cloud
};

extern const struct cloud clouds[];             // ends with id NULL; global first
const struct cloud *cloud_find(const char *id); // NULL or "": global; unknown: NULL

// Where a domain or GUID is at home, by the OpenID configuration of each login host (no credential).
struct cloud_tenant {
  bool found;
  bool nowhere;                  // every cloud has answered, and none of them knows it
  const struct cloud *cloud;     // the one that has it
  char id[CLOUD_TENANT_MAX];     // GUID
  char region[CLOUD_REGION_MAX]; // "EU", "NA", "USGov"; "" unknown
  char account_type
      [CLOUD_REGION_MAX]; // of userrealm: "managed", "federated", "unknown"; "" not asked
  const tenon_http_completion
      *completion; // of the last answer that decided; until cloud_tenant_drop
};

// Asks the given cloud (or authority, where not NULL), and only where it does not know the tenant the other clouds.
// TENON_OK also when nobody knows it. Others end the hook (cancel).
tenon_status cloud_find_tenant(const tenon_http *, const tenon_call *, const struct cloud *,
                               const char *authority, const char *tenant, struct cloud_tenant *ret);
void cloud_tenant_drop(const tenon_http *, struct cloud_tenant *);

// A GUID, in any case?
bool cloud_is_guid(const char *text);

#endif
