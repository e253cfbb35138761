// SPDX-License-Identifier: Apache-2.0
//
// A host and an HTTP service made of nothing: answers come from a function of the test, at once or
// when the plugin polls, so that the plugin is tested without worker, network or clock.
#ifndef TESTS_ONPREM_FAKE_H
#define TESTS_ONPREM_FAKE_H

#include "soap.h"

#include <tenon/exchange.h>
#include <tenon/http.h>
#include <tenon/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_CHECKS_MAX 64
#define FAKE_OFFERS_MAX 256

struct fake_request {
  const char *label, *user; // user NULL: without a credential; of a token its own text
  const char *url;
  uint32_t scheme; // TENON_HTTP_SIGNIN_* of the channel; 0: pooled
  char body[8192];
  char address[512]; // of the impersonated, else what ResolveNames looks for; "" when none
  const char *anchor;
};

struct fake_answer {
  const tenon_http_tls *shown; // NULL: a certificate and no issuer
  uint32_t fault, tls;
  int code;
  const tenon_pair *headers;
  size_t n_headers;
  char body[8192];
};

typedef void fake_answer_fn(const struct fake_request *, struct fake_answer *);
// How a channel's sign-in ends, before its request is answered.
typedef void fake_signin_fn(const tenon_http_identity *, tenon_http_signin *);

struct fake_check {
  uint32_t state, level;
  char id[64], title[256], detail[1024], remedy[1024], field[64], because[64], subject[512];
  char days_left[16], successor[64], permissions[128], missing[128], symptom[64];
  char verdict[64], existence[32], mend[512], prove[1024], likely[512], passed[512], binding[64];
  tenon_status cause;
  int64_t retry_ns;
};

#define FAKE_STEPS_MAX   8
#define FAKE_SECRETS_MAX 64

struct fake_step {
  uint32_t state;
  char id[64], kind[64], body[4096], undo[2048];
};

struct fake_option {
  const char *key, *value;
};

struct fake {
  tenon_host host;
  tenon_http http;
  tenon_sink sink;
  tenon_call call;
  tenon_source source;
  const struct fake_option *options; // answers of the form; ends with key == NULL
  fake_answer_fn *answer;
  fake_signin_fn *signin; // NULL: a host without channels
  bool no_secret;
  bool door;                // requests without a credential are answered here: 401
  const char *door_schemes; // ...which offers these; NULL: Basic
  unsigned knocks;          // ...and were so many
  // what happened
  uint32_t last_scheme; // of the last signed-in request: TENON_HTTP_SIGNIN_*; 0: pooled
  unsigned channels, channels_open, tried, signins; // opened in all, open now, begun, judged
  unsigned requests, signed_requests, opened, released, most_in_flight, doubled;
  struct fake_check checks[FAKE_CHECKS_MAX];
  char begun[512]; // titles of what was begun, a line each
  size_t n_checks; // all of them, also those that were not kept
  size_t by_verdict[16];
  size_t passed, failed;
  char offers[FAKE_OFFERS_MAX][512];
  size_t n_offers;
  char patch_key[64], patch[8192];
  const char *reply; // to every question; NULL: nobody is there
  unsigned asked;
  char ask_title[512], ask_body[4096];
  struct fake_step steps[FAKE_STEPS_MAX];
  size_t n_steps;
  char patched[512];                    // "key=value;" of each
  char secrets[FAKE_SECRETS_MAX][1024]; // what was remembered
  size_t n_secrets;
  tenon_step step;
  char step_body[2048];
  // subjects
  const char *const *subjects; // ends with NULL; or NULL: made up
  size_t n_subjects, given;
  unsigned later_every; // says LATER before every n-th subject
  int ready_pipe[2], http_event, cancel_event;
  int64_t now_ns;        // what the clock is ahead
  int64_t later_ns;      // ...and is more with every LATER
  unsigned cancel_after; // requests; 0: never
};

extern struct fake fake;

void fake_init(const struct fake_option *options, fake_answer_fn *answer);
void fake_finish(void);
// The service: called by fake_init, when its descriptors are there.
void fake_http_init(void);
// What the plugin did not give back, as the real one takes it when a hook ends.
void fake_http_finish(void);
const tenon_connector *fake_connector(void);
// Opens, or fails the test.
tenon_session *fake_open(void);
// The last check of an id, or NULL.
const struct fake_check *fake_check_of(const char *id);
const struct fake_check *fake_check_of_subject(const char *subject);

// Composing answers.
void fake_success(struct fake_answer *, const char *operation);
void fake_fault(struct fake_answer *, int code, const char *name);
void fake_error(struct fake_answer *, const char *operation, const char *name);
void fake_found(struct fake_answer *, const char *address, const char *type);
void fake_challenge(struct fake_answer *, const char *schemes);

#endif
