// SPDX-License-Identifier: Apache-2.0
//
// Signing in to one web server by the strongest way that it offers and this machine can go. Basic goes
// with every request over pooled connections; NTLM, Negotiate and Kerberos over channels, as many as
// requests are in flight. Whoever asks does not see the difference.
//
// The order is Kerberos (Negotiate, or the bare scheme), NTLM (bare, or within Negotiate), Basic. A way
// that fails before anything was sent to the server (no realm, no KDC, no mechanism) gives way to the
// next one that the policy admits, and `passed` says why; a way that was refused ends it: accounts lock.
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
};

enum signin_way {
  SIGNIN_UNDECIDED,  // no challenge was read yet
  SIGNIN_IMPOSSIBLE, // nothing that is offered can be gone
  SIGNIN_BASIC,
  SIGNIN_KERBEROS,       // within Negotiate
  SIGNIN_KERBEROS_BARE,  // scheme Kerberos
  SIGNIN_NTLM,           // scheme NTLM
  SIGNIN_NTLM_NEGOTIATE, // within Negotiate
};

// Borrowed texts; live as long as the signin.
struct signin_account {
  enum signin_policy policy;
  const char *user;                  // NULL: whoever the ticket is for
  tenon_secret *secret;              // NULL: ticket or keytab
  const char *ticket_cache, *keytab; // or NULL
  const char *service;               // or NULL
};

struct signin_lane {
  tenon_http_channel *channel; // NULL: not opened yet
  bool busy;
};

// The sign-in to one server (scheme, host and port of `url`).
struct signin {
  const tenon_http *http;
  const struct signin_account *account;
  const char *url;
  enum signin_way way;
  uint32_t offered; // CHALLENGE_*
  uint32_t out;     // ways, as bits, that cannot be gone from here
  struct signin_lane lanes[SIGNIN_LANES_MAX];
  size_t n_lanes;
  struct kit_text passed;
  char passed_buffer[SIGNIN_PASSED_MAX];
};

void signin_init(struct signin *, const tenon_http *, const struct signin_account *,
                 const char *url);
// Closes the channels.
void signin_finish(struct signin *);

// Chooses the way by what the server offered to a request without a credential. An answer of 401 that
// names no scheme admits Basic. false: nothing that is offered can be gone; nothing was sent.
bool signin_choose(struct signin *, const struct challenge *offered);
// "Basic", "NTLM", "Negotiate (Kerberos)": for people; and the id of its check, TENON_CHECK_AUTH_*.
const char *signin_way_name(enum signin_way);
const char *signin_way_check(enum signin_way);

// One signed-in request, waited for; a way that fails before anything was sent gives way to the next.
// The request's auth, user and secret are filled in here. Before signin_choose: TENON_E_CONFIG.
tenon_status signin_perform(struct signin *, const tenon_call *, tenon_http_request *,
                            const tenon_http_completion **ret);
// The same, many in flight: TENON_E_TRANSIENT when all lanes are busy. Each completion from next() is
// shown to signin_done before it is used; true: it was a way that gave way, it is released here and the
// request is to be started again.
tenon_status signin_start(struct signin *, const tenon_call *, tenon_http_request *, void *tag);
bool signin_done(struct signin *, const tenon_http_completion *);

#endif
