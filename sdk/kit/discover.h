// SPDX-License-Identifier: Apache-2.0
//
// From a mail address to the address of EWS. Candidates are asked without a credential and side by side;
// a credential goes only over https, to a verified host that asked for one and looks like Exchange, and a
// refusal ends the search, since accounts lock. Every address tried is kept with what became of it, and of
// the failures the one that tells most, not the last.
//
// The order is Outlook's: the domain, autodiscover.DOMAIN, what http://autodiscover.DOMAIN sends to, the SRV
// record. At each host the anonymous JSON form is asked beside the older ones, for it needs no sign-in.
#ifndef KIT_DISCOVER_H
#define KIT_DISCOVER_H

#include "autodiscover.h"
#include "signin.h"
#include "verdict.h"

#include <tenon/dns.h>
#include <tenon/http.h>
#include <tenon/plugin.h>

#define DISCOVER_TRIES_MAX   24 // addresses tried; also the pairs of data that tell of them
#define DISCOVER_HOPS_MAX    10 // redirects followed, to URLs and to addresses
#define DISCOVER_BUSY_MAX    2  // times that one which was busy is asked again
#define DISCOVER_SRV_MAX     4  // records looked at
#define DISCOVER_OUTCOME_MAX 448
#define DISCOVER_KEY_MAX     32 // bytes of "tried.24"
#define DISCOVER_DROPPED_MAX 256
#define DISCOVER_ANSWER_MAX  (64u * 1024u)        // bytes of an answer to a probe
#define DISCOVER_PROBE_NS    INT64_C(5000000000)  // of a question without a credential
#define DISCOVER_SIGNIN_NS   INT64_C(10000000000) // of one with
#define DISCOVER_GRACE_NS    INT64_C(1000000000) // the others get that long once one has shown itself
#define DISCOVER_PAUSE_NS    INT64_C(300000000)   // before one that was busy is asked again
#define DISCOVER_QUESTION_NS INT64_C(45000000000) // one look for a person's answer

#define DISCOVER_ASK_REDIRECT "discover.redirect" // the id of the question

// What a try, and in the end the search, came to; the later one tells more.
enum discover_end {
  DISCOVER_NOTHING,     // no candidate
  DISCOVER_NETWORK,     // a host of the right name that cannot be reached
  DISCOVER_STALE,       // an SRV record that leads nowhere
  DISCOVER_CERTIFICATE, // a host of the right name that is not it
  DISCOVER_BUSY,
  DISCOVER_HOPS,    // too many redirects
  DISCOVER_LOOP,    // redirects that come back
  DISCOVER_FOREIGN, // a redirect to another domain that nobody allowed
  DISCOVER_NO_WAY,  // it asks for a sign-in of a kind that cannot be had here
  DISCOVER_ERROR,   // Autodiscover answered with another error
  DISCOVER_UNKNOWN, // Autodiscover knows nobody of that address
  DISCOVER_CLOUD,   // the mailbox lives in Exchange Online
  DISCOVER_REFUSED, // the credential
  DISCOVER_FOUND,
};

struct discover_try {
  const char *step; // "autodiscover.DOMAIN, JSON": how the address came about
  char url[EWS_URL_MAX];
  char outcome[DISCOVER_OUTCOME_MAX]; // of name, connection, TLS and HTTP, in words
  char dropped[DISCOVER_DROPPED_MAX]; // why it was not it; "" when it was
  enum discover_end end;
  bool outlook; // the one that Outlook would take, as far as this shows
  bool busy;
};

struct discover_settings {
  const tenon_host *host;
  const tenon_http *http;
  const tenon_dns *dns;   // NULL: SRV and MX are not looked up
  const char *dns_server; // "address:port", or NULL: the system's
  const char *address;
  const struct signin_account *account; // NULL: nothing is asked that needs a sign-in
  bool may_ask;                         // a person may be asked
};

struct discover {
  enum discover_end end;
  char ews[EWS_URL_MAX];                  // with FOUND
  char other[EWS_URL_MAX];                // of the two addresses, for inside and outside; or ""
  char how[DISCOVER_OUTCOME_MAX];         // by what it was found
  char address[AUTODISCOVER_ADDRESS_MAX]; // the last one asked for
  char server[EWS_HOST_MAX];              // the host of the try that tells most
  char words[DISCOVER_OUTCOME_MAX];       // of the end: "InvalidUser: ..."
  struct discover_try tries[DISCOVER_TRIES_MAX];
  size_t n_tries;
  size_t best; // of tries, the one that tells most
  unsigned hops;
  const tenon_http_completion *completion; // of that one, until discover_finish; or NULL
  struct challenge challenge;
  // for a check's data
  char texts[DISCOVER_TRIES_MAX][DISCOVER_OUTCOME_MAX + DISCOVER_DROPPED_MAX + EWS_URL_MAX + 64];
  char keys[DISCOVER_TRIES_MAX][DISCOVER_KEY_MAX];
};

// Waits; TENON_OK however it ended, else what ended the hook. Before the hook returns: discover_finish.
tenon_status discover_run(struct discover *, const struct discover_settings *, const tenon_call *);
void discover_finish(struct discover *, const struct discover_settings *);

// For people: "password refused" and the like go through the table of verdicts.
void discover_evidence(const struct discover *, const struct discover_settings *,
                       struct verdict_evidence *ret);
// Pairs "tried.1" and so on; returns how many.
size_t discover_data(struct discover *, tenon_pair ret[DISCOVER_TRIES_MAX]);

#endif
