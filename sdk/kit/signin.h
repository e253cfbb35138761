// SPDX-License-Identifier: Apache-2.0
//
// Signing in to one web server by the strongest way that it offers and this machine can go. Basic goes
// with every request over pooled connections; NTLM, Negotiate and Kerberos over channels, as many as
// requests are in flight. Whoever asks does not see the difference. A token of a cloud (Bearer) goes with
// every request like Basic, needs no challenge, and may be another one each time.
//
// The order is Kerberos (Negotiate, or the bare scheme), NTLM (bare, or within Negotiate), Basic. A way
// that fails before the server had anything of the credential (no realm, no KDC, no mechanism) gives way
// to the next one that the policy admits, and `passed` says why; a way that was refused, by the server or
// by the KDC, ends it: accounts lock.
#ifndef KIT_SIGNIN_H
#define KIT_SIGNIN_H

#include "challenge.h"
#include "text.h"

#include <tenon/http.h>
#include <tenon/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGNIN_LANES_MAX  TENON_HTTP_CHANNELS_MAX // channels to one server
#define SIGNIN_PASSED_MAX 1024                    // bytes of what was passed over, and why

// What the field `auth` admits.
enum signin_policy {
  SIGNIN_AUTO,
  SIGNIN_ONLY_BASIC,
  SIGNIN_ONLY_NTLM,      // bare, or within Negotiate
  SIGNIN_ONLY_NEGOTIATE, // Kerberos, or NTLM within Negotiate
  SIGNIN_ONLY_TICKET,    // Kerberos by ticket cache or keytab, no password
  SIGNIN_ONLY_BEARER,    // a token, which the account's secret is at the time of a request
};

// The ways that are gone, strongest first.
enum signin_way {
  SIGNIN_UNDECIDED,     // no challenge was read yet
  SIGNIN_IMPOSSIBLE,    // nothing that is offered can be gone
  SIGNIN_KERBEROS,      // within Negotiate
  SIGNIN_KERBEROS_BARE, // scheme Kerberos
  SIGNIN_NTLM,          // scheme NTLM
  SIGNIN_NTLM_WITHIN,   // within Negotiate
  SIGNIN_BASIC,
  SIGNIN_BEARER,
};

// Borrowed texts; live as long as the signin.
struct signin_account {
  enum signin_policy policy;
  const char *user;                  // NULL: whoever the ticket is for
  tenon_secret *secret;              // NULL: ticket or keytab
  const char *ticket_cache, *keytab; // or NULL
  const char *service;               // "HTTP@host", or NULL
};

struct signin_lane {
  tenon_http_channel *channel; // NULL: not opened yet
  enum signin_way way;
  void *tag; // of the request in flight
  bool busy;
};

// The sign-in to one server (scheme, host and port of `url`).
struct signin {
  const tenon_http *http;
  const struct signin_account *account;
  const char *url;
  enum signin_way way;
  uint32_t offered; // CHALLENGE_*; 0: the server names none
  uint32_t out;     // ways, as bits, that cannot be gone from here
  struct signin_lane lanes[SIGNIN_LANES_MAX];
  size_t n_lanes;
  struct kit_text passed; // sentences; "" when nothing was passed over
  char passed_buffer[SIGNIN_PASSED_MAX];
};

void signin_init(struct signin *, const tenon_http *, const struct signin_account *,
                 const char *url);
// Closes the channels.
void signin_finish(struct signin *);
// Forgets what could not be gone, for a person has mended something meanwhile; channels stay open.
void signin_reset(struct signin *);

// Chooses the way by what the server offers to a request without a credential. Where it names no scheme,
// the policy's own is tried (a channel sends nothing that is not offered). false: nothing that is offered
// can be gone; nothing was sent.
bool signin_choose(struct signin *, const struct challenge *offered);
// "Basic", "NTLM", "Negotiate (Kerberos)": for people; and the id of its check, TENON_CHECK_AUTH_*. Before
// the way is known the id is that of the policy.
const char *signin_way_name(enum signin_way);
const char *signin_check(const struct signin *);

// One signed-in request, waited for; a way that fails before the server had anything of the credential
// gives way to the next. The request's auth, user and secret are filled in here. Before signin_choose, or
// with an identity that no channel takes: TENON_E_CONFIG.
tenon_status signin_perform(struct signin *, const tenon_call *, tenon_http_request *,
                            const tenon_http_completion **ret);
// The same, many in flight: TENON_E_TRANSIENT when all lanes are busy. Each completion from next() is
// shown to signin_done before it is used; true: it was a way that gave way, it is released here and the
// request is to be started again. Tags of requests in flight are different from each other.
tenon_status signin_start(struct signin *, const tenon_call *, tenon_http_request *, void *tag);
bool signin_done(struct signin *, const tenon_http_completion *);
// Ends everything in flight without completions, on lanes or not.
void signin_abort(struct signin *);

#endif
