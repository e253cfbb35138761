// SPDX-License-Identifier: Apache-2.0
//
// Between the files of oauth*.c, and nobody else.
#ifndef KIT_OAUTH_PARTS_H
#define KIT_OAUTH_PARTS_H

#include "backoff.h"
#include "oauth.h"

#define OAUTH_PARTS_MAX  16   // pieces of a request's body
#define OAUTH_POST_MAX   8192 // bytes of its text, without secrets
#define OAUTH_URL_MAX    4096
#define OAUTH_KEY_MAX    64 // of the host's keep, and of its lock
#define OAUTH_SKEW_S     2 // the endpoint's clock is said to be off from there on: less is the way here
#define OAUTH_POLL_MS    100  // a wait is looked at that often
#define OAUTH_IMDS_TRIES 3    // of a metadata service that is busy, one and two seconds apart
#define OAUTH_CODE_MAX   64   // bytes of the code that a person enters
#define OAUTH_BODY_MAX   1024 // bytes of a question's text
#define OAUTH_LOOK_NS    INT64_C(500000000) // between two looks at the browser and at the person
#define OAUTH_RESULT_MAX (2 * OAUTH_TOKEN_MAX + 1024)

// One token, or why there is none.
struct oauth_slot {
  char resource[CLOUD_URL_MAX]; // "": free
  char scopes[OAUTH_SCOPES_MAX];
  int64_t got_ns, good_ns; // host clock: when it was asked for, until when it is at hand
  int64_t floor_ns;        // one that was got before has been refused (401)
  bool renewed;            // got since a 401
  bool settled;            // the failure in result is final for this hook
  struct oauth_result result;
};

struct oauth {
  const tenon_host *host;
  const tenon_http *http;
  struct oauth_settings settings;
  struct jwt_key *key; // of OAUTH_CERTIFICATE, once it was opened
  struct backoff backoff;
  struct oauth_slot slots[OAUTH_RESOURCES_MAX];
  size_t next; // the slot that is given up next
  char lock[OAUTH_KEY_MAX], refresh[OAUTH_KEY_MAX];
};

// ---- oauth.c: what every way shares -----------------------------------------------------------

// The end without a token: the slot's result says why. Texts are static.
tenon_status oauth_fail(struct oauth_slot *, tenon_status status, const char *step,
                        const char *local);
// Waits; TENON_E_CANCELLED when the call ends meanwhile.
tenon_status oauth_rest(struct oauth *, const tenon_call *, int64_t ns);
// A question of TENON_ASK_VISIT that stands while something is waited for.
struct oauth_visit {
  int64_t ends_ns; // when the question runs out; 0: it does not
  const char *step;
  uint64_t ticket;
  bool open;     // on the screen
  bool declined; // the person said no
  bool absent;   // nobody is there
};
// false: nobody is there; the slot's result says so.
KIT_NODISCARD bool oauth_visit_begin(struct oauth *, const tenon_call *, struct oauth_slot *,
                                     const tenon_ask *, struct oauth_visit *ret);
// Waits for ns, or until the person has answered. TENON_E_CANCELLED.
tenon_status oauth_visit_wait(struct oauth *, const tenon_call *, struct oauth_visit *, int64_t ns);
void oauth_visit_end(struct oauth *, struct oauth_visit *);
// The end because the person said no, or has left.
tenon_status oauth_visit_fail(struct oauth_slot *, const struct oauth_visit *);
// "Sign in as admin@contoso.example"; what follows `how`.
void oauth_visit_put_body(const struct oauth *, const char *how, struct kit_text *to);

// Makes text a secret; TENON_E_NOMEM.
tenon_status oauth_remember(struct oauth *, const char *text, size_t len, tenon_secret **ret);
// The scopes to ask for: "https://graph.microsoft.com/.default".
void oauth_put_scopes(const struct oauth *, const struct oauth_slot *, struct kit_text *to);

// ---- oauth_keep.c: shared with other sessions, and kept ---------------------------------------

// Names of the lock and of the refresh token.
void oauth_keep_init(struct oauth *);
void oauth_keep_access(struct oauth *, const struct oauth_slot *);
// Takes what another session got, if that was at since_ns or later and is still good. TENON_E_CANCELLED.
tenon_status oauth_kept_access(struct oauth *, const tenon_call *, struct oauth_slot *,
                               int64_t since_ns);
// text NULL: it is not used again.
void oauth_keep_refresh(struct oauth *, const char *text);
// *ret NULL: there is none.
tenon_status oauth_kept_refresh(struct oauth *, const tenon_call *, tenon_secret **ret);

// ---- oauth_request.c: one request to an endpoint ----------------------------------------------

// A form on its way, put together from text and secrets. Points into itself: not to be copied.
struct oauth_post {
  tenon_http_part parts[OAUTH_PARTS_MAX];
  size_t n_parts;
  struct kit_text text;
  size_t from; // of the text that is in no part yet
  bool full;
  char buffer[OAUTH_POST_MAX];
};

void oauth_post_init(struct oauth_post *);
void oauth_post_text(struct oauth_post *, const char *name, const char *value);
void oauth_post_secret(struct oauth_post *, const char *name, tenon_secret *value);
// AUTHORITY/TENANT/PATH
void oauth_put_endpoint(const struct oauth *, const char *path, struct kit_text *to);

// Sends it to AUTHORITY/TENANT/PATH and puts the completion, the clock and what was tried into the result. credential:
// "client secret", for people.
tenon_status oauth_post_send(struct oauth *, const tenon_call *, struct oauth_slot *,
                             struct oauth_post *, const char *path, const char *credential);
// A GET, through no proxy, of the metadata service.
tenon_status oauth_get(struct oauth *, const tenon_call *, struct oauth_slot *, const char *url,
                       const char *tried);

enum oauth_got {
  OAUTH_GOT_TOKEN,
  OAUTH_GOT_REFUSAL, // result.error
  OAUTH_GOT_BUSY,    // 429, 5xx: result.retry_ns
  OAUTH_GOT_NOTHING, // no answer, or none of a token endpoint: result.status
};
// Reads the completion in the slot's result; a token is in it and kept afterwards. sent_ns: when it was asked for. The
// result's step is set where there is none. TENON_E_NOMEM.
tenon_status oauth_read(struct oauth *, struct oauth_slot *, const char *step, int64_t sent_ns,
                        enum oauth_got *ret);

// The same of an answer in which there is no token to be.
enum oauth_got oauth_classify(struct oauth *, struct oauth_slot *, const char *step);
// What a redirect says, which has no body; NULL: nothing. error replaces what was there.
void oauth_error_put(struct oauth_error *, const char *error, const char *description,
                     const char *suberror);

// ---- the ways ---------------------------------------------------------------------------------

tenon_status oauth_by_secret(struct oauth *, const tenon_call *, struct oauth_slot *);
tenon_status oauth_by_certificate(struct oauth *, const tenon_call *, struct oauth_slot *);
tenon_status oauth_by_device(struct oauth *, const tenon_call *, struct oauth_slot *);
tenon_status oauth_by_browser(struct oauth *, const tenon_call *, struct oauth_slot *);
tenon_status oauth_by_identity(struct oauth *, const tenon_call *, struct oauth_slot *);
// *ret_next: a person has to sign in.
tenon_status oauth_by_refresh(struct oauth *, const tenon_call *, struct oauth_slot *,
                              bool *ret_next);

#endif
