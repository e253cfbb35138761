// SPDX-License-Identifier: Apache-2.0
//
// The table of scenarios, and finding a row by a name that may be misspelt.
#include "scenario.h"

#include <stdlib.h>
#include <string.h>

#define BASIC "Basic realm=\"" LAB_HOST "\""

static const char *const basic[] = {BASIC, NULL};
static const char *const every_scheme[] = {"Negotiate", "NTLM", BASIC, NULL};
static const char *const windows[] = {"Negotiate", "NTLM", NULL};
static const char *const negotiate[] = {"Negotiate", NULL};
static const char *const kerberos[] = {"Negotiate", "Kerberos", NULL};
static const char *const gromox_basic[] = {"Basic realm=\"ews realm\"", NULL};

// What a row has when it says nothing else.
#define EXCHANGE_WITH(schemes)                                                                     \
  .version = &ews_version_se, .challenges = (schemes), .soap_prefix = "s"
#define EXCHANGE EXCHANGE_WITH(basic)

static const struct scenario scenarios[] = {
    {.name = "plain", .summary = "everything in order: Exchange SE with basic sign-in", EXCHANGE},
    {.name = "wrong-password",
     .summary = "the password on the ready line is refused",
     EXCHANGE,
     .refuses_password = true},
    {.name = "denied",
     .summary = "the administrator may impersonate nobody: the role is missing",
     EXCHANGE,
     .denies_everyone = true},
    {.name = "certificate-expired",
     .summary = "the server's certificate ended three days ago",
     EXCHANGE,
     .certificate = CERTIFICATE_EXPIRED},
    {.name = "certificate-wrong-name",
     .summary = "the server's certificate is for another host name",
     EXCHANGE,
     .certificate = CERTIFICATE_WRONG_NAME},
    {.name = "self-signed",
     .summary = "the server's certificate is signed by itself, not by the CA",
     EXCHANGE,
     .certificate = CERTIFICATE_SELF_SIGNED},
    {.name = "certificate-not-yet",
     .summary = "the server's certificate begins tomorrow",
     EXCHANGE,
     .certificate = CERTIFICATE_NOT_YET},
    {.name = "certificate-unknown-authority",
     .summary =
         "the certificate leads to an issuing CA, which is sent, of a root that is not ca_file",
     EXCHANGE,
     .certificate = CERTIFICATE_STRANGER},
    {.name = "certificate-chain-missing",
     .summary = "the same, and nothing but the server's own certificate is sent",
     EXCHANGE,
     .certificate = CERTIFICATE_CHAINLESS},
    {.name = "tls-intercepted",
     .summary = "the certificate has the right name, and the CA of a TLS-inspecting proxy made it",
     EXCHANGE,
     .certificate = CERTIFICATE_INTERCEPTED},
    {.name = "tls-old",
     .summary = "the server speaks TLS 1.0 and 1.1 only",
     EXCHANGE,
     .tls = "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:+SHA1:+SIGN-ALL:%COMPAT"},
    {.name = "client-certificate",
     .summary = "a client certificate is required; the ready line has one, and its password",
     EXCHANGE,
     .wants_client = true,
     .front = scenario_client_certificate},
    {.name = "owa-login-page",
     .summary = "forms sign-in stands before EWS: every request is sent to a log-on page",
     EXCHANGE,
     .front = scenario_log_on_page},
    {.name = "blocked",
     .summary = "403 with an empty body: a policy blocks EWS",
     EXCHANGE,
     .back = scenario_blocked},
    {.name = "all-schemes",
     .summary = "Negotiate and NTLM are offered beside basic",
     EXCHANGE_WITH(every_scheme)},
    {.name = "basic-off",
     .summary = "Exchange's default: only Negotiate and NTLM are offered, basic is refused",
     EXCHANGE_WITH(windows)},
    {.name = "ntlm",
     .summary = "Negotiate and NTLM, without Extended Protection: before 2019 CU14",
     EXCHANGE_WITH(windows)},
    {.name = "extended-protection",
     .summary = "Negotiate and NTLM; a sign-in must be bound to the TLS connection",
     EXCHANGE_WITH(windows),
     .protection = PROTECTION_REQUIRE},
    {.name = "extended-protection-allow",
     .summary = "Negotiate and NTLM; a sign-in may be bound, but not to another connection",
     EXCHANGE_WITH(windows),
     .protection = PROTECTION_ALLOW},
    {.name = "negotiate-only",
     .summary = "Negotiate and nothing else; Kerberos or NTLM within it",
     EXCHANGE_WITH(negotiate)},
    {.name = "kerberos-only",
     .summary = "Negotiate and Kerberos, and no NTLM within; needs --keytab",
     EXCHANGE_WITH(kerberos),
     .refuses_ntlm = true},
    {.name = "kerberos-each-request",
     .summary = "Kerberos signs one request in, not the connection: IIS as it comes",
     EXCHANGE_WITH(windows),
     .kerberos_each_request = true},
    {.name = "windows-refused",
     .summary = "only Negotiate and NTLM are offered, and nobody signs in by them",
     EXCHANGE_WITH(windows),
     .refuses_password = true},
    {.name = "lockout",
     .summary = "every scheme is accepted; the account is locked after three wrong passwords",
     EXCHANGE_WITH(every_scheme),
     .locks_out = true},
    {.name = "drop-ntlm",
     .summary = "the connection is closed after the challenge of NTLM: a balancer without affinity",
     EXCHANGE_WITH(windows),
     .drops_handshake = true},
    {.name = "version-old",
     .summary = "Exchange 2010 SP2: newer request versions are refused",
     .version = &ews_version_2010,
     .challenges = basic,
     .soap_prefix = "s"},
    {.name = "throttled",
     .summary = "every third request is told to wait 200 ms (ErrorServerBusy), none twice in a row",
     EXCHANGE,
     .back = scenario_throttle},
    {.name = "slow",
     .summary = "answers take five seconds and come in pieces",
     EXCHANGE,
     .deliver = scenario_slow},
    {.name = "reset",
     .summary = "every connection is reset after the request was read",
     EXCHANGE,
     .front = scenario_reset},
    {.name = "html-500",
     .summary = "the web server's own error page (500, HTML) instead of SOAP",
     EXCHANGE,
     .back = scenario_error_page},
    {.name = "autodiscover-plain",
     .summary = "Autodiscover at autodiscover.contoso.example, by SOAP, signed in",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_plain},
    {.name = "autodiscover-pox",
     .summary = "likewise, in its oldest form alone (POX)",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_pox},
    {.name = "autodiscover-windows",
     .summary = "likewise, by Negotiate and NTLM, which must be bound to the TLS connection",
     EXCHANGE_WITH(windows),
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_plain,
     .protection = PROTECTION_REQUIRE},
    {.name = "autodiscover-srv",
     .summary = "Autodiscover is found by its SRV record alone",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_srv},
    {.name = "autodiscover-http-redirect",
     .summary = "http://autodiscover.contoso.example sends to another host of the domain",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_http_redirect},
    {.name = "autodiscover-foreign-redirect",
     .summary = "likewise, to a host of another domain",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_foreign_redirect},
    {.name = "autodiscover-redirect-address",
     .summary = "the address has moved to another domain (RedirectAddress)",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_redirect_address},
    {.name = "autodiscover-loop",
     .summary = "two hosts send to each other (RedirectUrl)",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_loop},
    {.name = "autodiscover-cloud",
     .summary = "the mailbox lives in Exchange Online, as Autodiscover says",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_cloud},
    {.name = "autodiscover-cloud-exchanger",
     .summary = "likewise, as the domain's mail exchanger shows",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_cloud_exchanger},
    {.name = "autodiscover-stale-srv",
     .summary = "SRV records to a port that is not 443, and to a host that is gone",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_stale_srv},
    {.name = "autodiscover-web-site",
     .summary = "the domain has a web site and no Autodiscover",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_web_site},
    {.name = "autodiscover-address-unknown",
     .summary = "Autodiscover knows nobody of that address",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_address_unknown},
    {.name = "autodiscover-busy",
     .summary = "Autodiscover is busy twice (ServerBusy), then answers",
     EXCHANGE,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_busy},
    {.name = "autodiscover-certificate",
     .summary = "the certificate is not for autodiscover.contoso.example",
     EXCHANGE,
     .certificate = CERTIFICATE_NOT_AUTODISCOVER,
     .group = GROUP_AUTODISCOVER,
     .discovery = &discovery_plain},
    {.name = "gromox",
     .summary = "not Exchange but Gromox: faults come with HTTP 200 and no detail",
     .challenges = gromox_basic,
     .version = &ews_version_gromox,
     .soap_prefix = "SOAP",
     .not_exchange = true,
     .operations = scenario_gromox_operations,
     .identities = scenario_gromox_identities,
     .fault = scenario_gromox_fault},
};

#define SCENARIOS     (sizeof(scenarios) / sizeof(scenarios[0]))
#define SCENARIOS_MAX 160 // of all tables

const struct scenario *
scenario_at(size_t index)
{
  if (index < SCENARIOS)
    return &scenarios[index];
  index -= SCENARIOS;
  return index < scenarios_cloud_count ? &scenarios_cloud[index] : NULL;
}

const struct scenario *
scenario_find(const char *name)
{
  const struct scenario *scenario;
  for (size_t i = 0; (scenario = scenario_at(i)) != NULL; i++)
    if (strcmp(scenario->name, name) == 0)
      return scenario;
  return NULL;
}

bool
scenario_lists(const char *const *list, const char *name)
{
  if (list == NULL)
    return true;
  while (*list != NULL)
    if (strcmp(*list++, name) == 0)
      return true;
  return false;
}

bool
scenario_offers(const struct scenario *scenario, const char *scheme)
{
  size_t length = strlen(scheme);
  for (const char *const *challenge = scenario->challenges; *challenge != NULL; challenge++)
    if (strncmp(*challenge, scheme, length) == 0 &&
        ((*challenge)[length] == '\0' || (*challenge)[length] == ' '))
      return true;
  return false;
}

// Letters of `name` that must change to make `other`, at most SPELL_MAX long.
#define SPELL_MAX 48

static size_t
distance(const char *name, const char *other)
{
  size_t row[SPELL_MAX + 1];
  size_t width = strnlen(other, SPELL_MAX);
  for (size_t j = 0; j <= width; j++)
    row[j] = j;
  for (size_t i = 0; name[i] != '\0' && i < SPELL_MAX; i++) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < width; j++) {
      size_t changed = diagonal + (name[i] != other[j]);
      diagonal = row[j + 1];
      size_t least = row[j] < diagonal ? row[j] + 1 : diagonal + 1;
      row[j + 1] = changed < least ? changed : least;
    }
  }
  return row[width];
}

struct candidate {
  const char *name;
  size_t distance;
};

static int
compare(const void *one, const void *other)
{
  const struct candidate *left = one;
  const struct candidate *right = other;
  return (left->distance > right->distance) - (left->distance < right->distance);
}

size_t
scenario_suggest(const char *name, size_t room, const char **ret_names)
{
  struct candidate candidates[SCENARIOS_MAX];
  const struct scenario *scenario;
  size_t total = 0;
  for (; total < SCENARIOS_MAX && (scenario = scenario_at(total)) != NULL; total++) {
    const char *other = scenario->name;
    bool part = name[0] != '\0' && strstr(other, name) != NULL;
    candidates[total] =
        (struct candidate){.name = other, .distance = part ? 0 : distance(name, other)};
  }
  qsort(candidates, total, sizeof(candidates[0]), compare);
  size_t near = strlen(name) / 3 + 1;
  size_t count = 0;
  while (count < room && count < total && candidates[count].distance <= near) {
    ret_names[count] = candidates[count].name;
    count++;
  }
  return count;
}
