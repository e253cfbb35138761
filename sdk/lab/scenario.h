// SPDX-License-Identifier: Apache-2.0
//
// Scenarios: every refusal that an administrator meets, as a row of a table. A row says what differs
// from the plain server; what a row cannot say in a value it says in a hook.
#ifndef TENON_LAB_SCENARIO_H
#define TENON_LAB_SCENARIO_H

#include "certificate.h"
#include "cloud.h"
#include "discovery.h"
#include "ews.h"

// Looks at a request. true: it has filled in the answer and nobody else is asked.
typedef bool scenario_hook(struct lab *lab, const struct http_request *request,
                           struct http_answer *answer);

// Turns a fault into an answer, in another server's way than Exchange's.
typedef void scenario_fault_writer(const struct ews_fault *fault, struct http_answer *answer);

// Extended Protection, as IIS calls its settings.
enum protection {
  PROTECTION_OFF,
  PROTECTION_ALLOW,   // a sign-in that is bound to another TLS connection is refused
  PROTECTION_REQUIRE, // and one that is not bound at all
};

enum scenario_group { GROUP_ON_PREMISES, GROUP_AUTODISCOVER, GROUP_CLOUD };

struct scenario {
  const char *name;
  const char *summary;
  enum scenario_group group;
  bool online;                   // EWS is Exchange Online's
  const struct cloud_play *play; // what the cloud does; NULL: everything in order
  enum certificate_kind certificate;
  const char *tls;   // GnuTLS's priorities; NULL: as they are
  bool wants_client; // a client certificate by the lab's CA, which the ready line has
  const struct ews_version *version;
  const char *const *challenges; // the WWW-Authenticate lines of a 401, ended by NULL:
                                 // these schemes are accepted, and no others
  bool refuses_password;         // nobody signs in
  bool refuses_ntlm;             // Negotiate means Kerberos, so there must be a keytab
  bool drops_handshake;          // the connection ends after the challenge of NTLM
  bool kerberos_each_request;    // Kerberos signs a request in and not the connection
  bool locks_out;                // the account, after SIGNIN_BAD_MAX wrong passwords
  enum protection protection;
  bool denies_everyone; // the role is missing: no impersonation at all
  const char *soap_prefix;
  const struct discovery *discovery; // NULL: discovery_default
  scenario_hook *front;              // before sign-in: a proxy, a firewall, the log-on page
  scenario_hook *back;               // after sign-in, before the operation
  bool not_exchange;                 // no headers of IIS, no interest in RequestServerVersion
  const char *const *operations;     // the ones it knows, ended by NULL; NULL: all of the lab's
  const char *const *identities;     // likewise the children of ConnectingSID that it takes
  scenario_fault_writer *fault;      // NULL: as Exchange does
  void (*deliver)(struct http_answer *answer); // NULL: at once
};

// The tables, one after the other: the one at `index`, or NULL behind the last.
const struct scenario *scenario_at(size_t index);

extern const struct scenario scenarios_cloud[];
extern const size_t scenarios_cloud_count;

// NULL: there is none of that name.
const struct scenario *scenario_find(const char *name);

// The names closest to `name`, best first; returns how many.
size_t scenario_suggest(const char *name, size_t room, const char **ret_names);

// Whether a NULL-ended list, or none, lets `name` pass.
bool scenario_lists(const char *const *list, const char *name);

// Whether the scheme is among the challenges: "Basic", "NTLM".
bool scenario_offers(const struct scenario *scenario, const char *scheme);

// Whether a request that these bytes tell apart is to wait: when it is `due`, and not when it comes again.
bool scenario_refuses_once(struct lab *lab, const void *bytes, size_t length, bool due);

// Hooks, in scenario_hooks.c and scenario_gromox.c.
scenario_hook scenario_throttle;
scenario_hook scenario_log_on_page;
scenario_hook scenario_error_page;
scenario_hook scenario_blocked;
scenario_hook scenario_reset;
scenario_hook scenario_client_certificate;
extern const char *const scenario_gromox_operations[];
extern const char *const scenario_gromox_identities[];
scenario_fault_writer scenario_gromox_fault;
void scenario_slow(struct http_answer *answer);

#endif
