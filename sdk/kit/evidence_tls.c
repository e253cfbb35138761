// SPDX-License-Identifier: Apache-2.0
//
// What can be seen in a chain of certificates: where it ends, who has signed it, how old it is.
#include "verdict.h"

#include <tenon/exchange.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define FRESH_S 3600                  // a certificate that is younger was made for this connection
#define SHORT_S (INT64_C(31) * 86400) // ...if it does not last longer either

static bool
contains(const char *text, const char *what)
{
  size_t n = strlen(what);
  for (; text != NULL && *text != 0; text++)
    if (strncasecmp(text, what, n) == 0)
      return true;
  return false;
}

// Programs that end TLS to look into it, by what stands in the certificates that they make. A public
// authority's name must not be among them.
static const struct {
  const char *words, *product;
} inspectors[] = {
    {"Zscaler", "Zscaler"},
    {"Fortinet", "Fortinet FortiGate"},
    {"FortiGate", "Fortinet FortiGate"},
    {"Blue Coat", "Blue Coat ProxySG"},
    {"BlueCoat", "Blue Coat ProxySG"},
    {"ProxySG", "Blue Coat ProxySG"},
    {"Palo Alto Networks", "Palo Alto Networks"},
    {"Sophos", "Sophos"},
    {"Netskope", "Netskope"},
    {"McAfee", "McAfee / Skyhigh Web Gateway"},
    {"Skyhigh", "McAfee / Skyhigh Web Gateway"},
    {"Cisco Umbrella", "Cisco Umbrella"},
    {"Cisco Secure Web", "Cisco Secure Web Appliance"},
    {"IronPort", "Cisco IronPort"},
    {"Forcepoint", "Forcepoint"},
    {"Websense", "Forcepoint (Websense)"},
    {"Check Point", "Check Point"},
    {"WatchGuard", "WatchGuard"},
    {"Fireware", "WatchGuard"},
    {"SonicWall", "SonicWall"},
    {"Barracuda", "Barracuda"},
    {"Smoothwall", "Smoothwall"},
    {"Cato Networks", "Cato Networks"},
    {"Menlo Security", "Menlo Security"},
    {"iboss", "iboss"},
    {"Cloudflare Gateway", "Cloudflare Gateway"},
    {"Gateway CA - Cloudflare", "Cloudflare Gateway"},
    {"pfSense", "pfSense"},
    {"OPNsense", "OPNsense"},
    {"Squid", "Squid"},
    {"Kaspersky", "Kaspersky"},
    {"ESET SSL Filter", "ESET"},
    {"Avast", "Avast"},
    {"AVG Web", "AVG"},
    {"Bitdefender", "Bitdefender"},
    {"mitmproxy", "mitmproxy"},
    {"Fiddler", "Fiddler"},
    {"Charles Proxy", "Charles"},
    {"PortSwigger", "Burp Suite"},
};

const char *
verdict_inspector(const tenon_http_tls *tls)
{
  for (size_t c = 0; tls != NULL && c < tls->n_chain; c++)
    for (size_t i = 0; i < sizeof inspectors / sizeof *inspectors; i++)
      if (contains(tls->chain[c]->issuer, inspectors[i].words) ||
          (c > 0 && contains(tls->chain[c]->subject, inspectors[i].words)))
        return inspectors[i].product;
  return NULL;
}

static const tenon_http_certificate *
by_subject(const tenon_http_tls *tls, const char *subject)
{
  for (size_t i = 1; i < tls->n_chain; i++)
    if (tls->chain[i]->subject != NULL && strcmp(tls->chain[i]->subject, subject) == 0)
      return tls->chain[i];
  return NULL;
}

// A server may send its chain in any order, and what does not belong to it.
const tenon_http_certificate *
verdict_chain_next(const tenon_http_tls *tls, const tenon_http_certificate *of)
{
  if (of == NULL || of->issuer == NULL || of->subject == NULL ||
      strcmp(of->issuer, of->subject) == 0)
    return NULL;
  return by_subject(tls, of->issuer);
}

const tenon_http_certificate *
verdict_chain_end(const tenon_http_tls *tls)
{
  const tenon_http_certificate *end = tls != NULL && tls->n_chain > 0 ? tls->chain[0] : NULL;
  for (size_t i = 0; i < TENON_HTTP_CHAIN_MAX; i++) {
    const tenon_http_certificate *next = verdict_chain_next(tls, end);
    if (next == NULL)
      break;
    end = next;
  }
  return end;
}

static bool
is_fresh(const tenon_http_certificate *leaf)
{
  int64_t age = (int64_t)time(NULL) - leaf->not_before;
  return age >= 0 && age < FRESH_S && leaf->not_after - leaf->not_before <= SHORT_S;
}

static uint64_t
client(const tenon_http_completion *c)
{
  uint64_t seen = c->tls->client_certificate == TENON_HTTP_CLIENT_SHOWN   ? SEEN_ASKED | SEEN_SHOWN
                  : c->tls->client_certificate == TENON_HTTP_CLIENT_ASKED ? SEEN_ASKED
                                                                          : 0;
  // An alert says it in words of its own, or nothing is said and the connection ends.
  bool ended =
      c->fault == TENON_HTTP_FAULT_TLS || (c->fault == TENON_HTTP_FAULT_RESET && c->reused == 0);
  return seen != 0 && ended ? seen | SEEN_CLIENT : seen;
}

uint64_t
verdict_seen_tls(const tenon_http_completion *c)
{
  const tenon_http_tls *tls = c->tls;
  if (tls == NULL || tls->n_chain == 0)
    return 0;
  const tenon_http_certificate *leaf = tls->chain[0];
  uint64_t seen = client(c);
  if (verdict_inspector(tls) != NULL)
    seen |= SEEN_INSPECTED | SEEN_BETWEEN;
  if (is_fresh(leaf))
    seen |= SEEN_FRESH | SEEN_BETWEEN;
  if (verdict_chain_end(tls) == leaf)
    seen |= SEEN_LEAF_ONLY;
  if (leaf->names == NULL || leaf->names[0] == 0)
    seen |= SEEN_NAMELESS;
  return seen;
}
