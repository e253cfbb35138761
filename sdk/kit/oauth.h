// SPDX-License-Identifier: Apache-2.0
//
// Tokens of Entra ID (OAuth 2.0, RFC 6749): how one is got, shared, renewed and explained. One `oauth` is one session's
// application and person; it gives a token for each resource that is asked for.
//
//   Where a token comes from, in this order: this session's own; the host's keep, where another session of this
//   connection (a probe, the connector) has just got one; a refresh token out of the vault; the grant itself. All but
//   the first happen under the host's sign-in lock of this application and person, so that a person sees one device
//   code and the endpoint one request. Access tokens live in memory only, as secrets; refresh tokens in the vault.
//   A refusal is remembered for the hook: the same failing request is not sent twice (AADSTS50196).
//
// Rules of time: a token counts as expired OAUTH_EARLY_NS before its end, so that none ends on its way; a 429 or 5xx of
// the endpoint is waited out with the caller's patience and not counted as a refusal.
#ifndef KIT_OAUTH_H
#define KIT_OAUTH_H

#include "cloud.h"
#include "jwt.h"

#include <tenon/browser.h>
#include <tenon/http.h>
#include <tenon/plugin.h>

#define OAUTH_EARLY_NS INT64_C(300000000000) // 5 min
#define OAUTH_FRESH_NS                                                                             \
  INT64_C(30000000000) // "just got": a Verify takes a token of that age from another session
#define OAUTH_ID_MAX        64 // bytes of an application id
#define OAUTH_SCOPES_MAX    1024
#define OAUTH_TRIED_MAX     512
#define OAUTH_TEXT_MAX      1024 // bytes kept of an error's sentence
#define OAUTH_CODES_MAX     4    // AADSTS numbers kept of an error
#define OAUTH_RESOURCES_MAX 4    // tokens that one session holds at a time
#define OAUTH_INTERVAL_S                                                                           \
  5 // between two polls of a device code, where the server names none (RFC 8628 3.2)
#define OAUTH_INTERVAL_MAX_S 60
#define OAUTH_DEVICE_MAX_S   900 // a device code is waited for that long at most
#define OAUTH_BROWSER_MAX_S  600
#define OAUTH_ANSWER_MAX     (256 * 1024)        // bytes of an answer of the endpoint
#define OAUTH_IMDS_NS        INT64_C(2000000000) // the metadata service answers at once or is not there
#define OAUTH_TOKEN_MAX      (48 * 1024)         // bytes of an access or refresh token
#define OAUTH_LIFETIME_MAX_S                                                                       \
  172800 // a token is asked for anew after that long, whatever the server says of it
#define OAUTH_UNKNOWN_S                                                                            \
  600 // ...and after this where neither the server nor the token says how long it lives

enum oauth_grant {
  OAUTH_CLIENT_SECRET,
  OAUTH_CERTIFICATE,
  OAUTH_DEVICE_CODE,
  OAUTH_BROWSER,
  OAUTH_MANAGED_IDENTITY,
};

// Questions that a connector with tokens may ask: both go into its `asks`.
#define OAUTH_ASK_DEVICE  "auth.device-code"
#define OAUTH_ASK_BROWSER "auth.browser"

// Borrowed, for the life of the oauth.
struct oauth_settings {
  enum oauth_grant grant;
  const struct cloud *cloud;
  const char *authority; // base URL of the login host without a trailing '/'; never NULL
  const char
      *tenant; // GUID or domain; never NULL; "organizations" only for device code and browser
  const char *client_id;  // managed identity: of a user-assigned one, or ""
  tenon_secret *secret;   // OAUTH_CLIENT_SECRET
  tenon_text certificate; // OAUTH_CERTIFICATE: the file's bytes
  tenon_secret *certificate_password;
  const char *login_hint; // the administrator's address, or ""
};

// What the endpoint said instead of a token; also of errors in answers of other hosts that have its shape.
struct oauth_error {
  char error[64], suberror[64];    // "invalid_grant", "consent_required"; "" when there is none
  char text[OAUTH_TEXT_MAX];       // the sentence, cut before its trace ids
  uint32_t codes[OAUTH_CODES_MAX]; // AADSTS numbers, most specific last; n_codes 0: none
  size_t n_codes;
  char correlation[64], trace[64], timestamp[32]; // what Microsoft's support asks for
  bool readable;                                  // it was the JSON that it should be
};

void oauth_error_read(const char *bytes, size_t len, struct oauth_error *ret);

enum oauth_fresh {
  OAUTH_ANY, // any that has not expired
  OAUTH_NEW, // Verify: not older than OAUTH_FRESH_NS, since new permissions are only in new tokens; a delegated one is renewed
             // by its refresh token
  OAUTH_AFTER_401, // the one at hand was refused: it is thrown away
};

// From where the token came, for people.
enum oauth_source { OAUTH_FROM_GRANT, OAUTH_FROM_REFRESH, OAUTH_FROM_KEPT, OAUTH_FROM_SESSION };

// A token, or why there is none. Owned by the oauth; valid until the next oauth_token for the same resource or the hook's
// end; `completion` too.
struct oauth_result {
  tenon_secret *token; // NULL: none, and the rest says why
  enum oauth_source source;
  struct jwt_claims claims;
  int64_t expires_ns; // host clock; 0: not known
  // Of the failure, or of the request that gave the token; NULL where no request was made.
  const tenon_http_completion *completion;
  struct oauth_error error;
  const char *
      step; // what failed: "token", "device", "authorize", "assertion", "imds", "refresh"; NULL: nothing
  const char *
      local; // a failure of this side in words (the certificate, the clock, nobody to answer), or NULL
  // TENON_OK with a token; else the cause below the protocol, or TENON_E_AUTH refused, TENON_E_TRANSIENT busy,
  // TENON_E_PROTOCOL no answer of a token endpoint, TENON_E_NOANSWER nobody there, TENON_E_CONFIG the certificate.
  tenon_status status;
  int64_t
      retry_ns; // TENON_E_TRANSIENT: the endpoint is left alone for so long; asked before, the same comes back
  int64_t skew_s; // the endpoint's clock (Date) less this machine's; 0: none, or not known
  // The cloud does not know the tenant, and the others were asked, once a failure and never where the authority is
  // somebody's own.
  const struct cloud *home; // the one that has it; NULL: none that was found
  bool homeless;            // all have answered, and none of them has it
  char tried
      [OAUTH_TRIED_MAX]; // "POST https://.../token, client secret, scope https://graph.microsoft.com/.default"
};

// Is it the refusal of a refresh token for its own sake, so that only a new sign-in helps?
bool oauth_error_is_dead(const struct oauth_error *);
// Is the tenant not known there, or said to be in another cloud?
bool oauth_error_is_homeless(const struct oauth_error *);
// May a person at a browser mend it (MFA, consent, a new sign-in)?
bool oauth_error_is_interactive(const struct oauth_error *);
// What a refusal shows of the registration: nothing; that the tenant has none; that there is one (its credential was looked
// at); or that there is one and nobody has consented.
enum oauth_shown {
  OAUTH_SHOWS_NOTHING,
  OAUTH_SHOWS_NO_APPLICATION,
  OAUTH_SHOWS_APPLICATION,
  OAUTH_SHOWS_NO_CONSENT
};
enum oauth_shown oauth_error_shows(const struct oauth_error *);

struct oauth; // made by oauth_create: holds what it learned for the life of the session

struct oauth *oauth_create(const tenon_host *, const tenon_http *,
                           const struct oauth_settings *); // NULL: memory
void oauth_destroy(struct oauth *);
// A hook begins: what was refused before may be tried once more.
void oauth_anew(struct oauth *);

// A token for the resource ("https://graph.microsoft.com"). scopes: of a delegated grant, names without the resource,
// separated by blanks ("EWS.AccessAsUser.All"); an application asks for .default. Returns TENON_OK with *ret set, token or
// not; others end the hook: TENON_E_CANCELLED, TENON_E_NOMEM.
tenon_status oauth_token(struct oauth *, const tenon_call *, const char *resource,
                         const char *scopes, enum oauth_fresh, const struct oauth_result **ret);
// Cheap, for each request of a bulk run: the session's token while it is good, else NULL: ask oauth_token.
tenon_secret *oauth_at_hand(struct oauth *, const char *resource);
// May this grant act as an application (true), or does it act as the person (false)?
bool oauth_is_app(enum oauth_grant);
const char *oauth_grant_name(enum oauth_grant); // "client secret", for people

#endif
