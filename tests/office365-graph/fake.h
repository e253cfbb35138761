// SPDX-License-Identifier: Apache-2.0
//
// A host, an HTTP service, an Entra ID and a Graph made of nothing: answers come from a function of the test, one call for each
// GET, alone or as a part of a $batch, so that the plugin is tested without worker, network or clock. Tokens are made by the
// kit's own code, against a token endpoint of a few lines.
#ifndef TESTS_MSGRAPH_FAKE_H
#define TESTS_MSGRAPH_FAKE_H

#include <tenon/exchange.h>
#include <tenon/http.h>
#include <tenon/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_CHECKS_MAX 128
#define FAKE_OFFERS_MAX 1024
#define FAKE_STEPS_MAX  8
#define FAKE_BODY_MAX   (256 * 1024)
#define FAKE_TENANT     "84841066-274d-4ec0-a5c1-276be684bdd3"
#define FAKE_CLIENT     "11111111-2222-3333-4444-555555555555"
#define FAKE_ROOT       "https://graph.microsoft.com"
#define FAKE_ALL        "User.Read.All MailboxSettings.Read Mail.ReadBasic.All"

struct fake_answer {
  int code;
  uint32_t fault;
  const char *header, *value; // one header, or NULL
  char body[16384];
};

// path: below /v1.0, with its query, decoded of nothing. The answer begins as 404 without a body.
typedef void fake_graph_fn(const char *path, struct fake_answer *);

// What a $batch as a whole does instead of answering, or how.
enum fake_batch {
  FAKE_BATCH_REVERSED, // in the order that nobody expects
  FAKE_BATCH_HALF,     // the parts after the first half are left out, once
  FAKE_BATCH_SHORT,    // the last part is left out, always
  FAKE_BATCH_TWICE,    // each part twice, the second time as 500
  FAKE_BATCH_CUT,      // the body ends in its middle
};

struct fake_check {
  uint32_t state, level;
  char id[64], title[256], detail[2048], remedy[2048], field[64], because[64], subject[400];
  char verdict[64], symptom[64], existence[32], missing[256], mend[2048], tried[512];
  tenon_status cause;
  int64_t retry_ns;
};

struct fake_offer {
  char value[400], label[256], detail[64];
};

struct fake_step {
  char id[64], title[256], kind[64], body[4096], undo[2048], needs[128];
  uint32_t state;
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
  fake_graph_fn *graph;
  // tokens
  const char *roles;      // of an application's token; NULL: a claim that is not there
  const char *scopes;     // of a person's; NULL: an application's token
  const char *audience;   // NULL: Graph
  const char *tenant;     // NULL: FAKE_TENANT
  const char *token_body; // with token_code, instead of a token
  int token_code;
  unsigned token_busy;    // so many requests for one are answered 503 first
  unsigned tokens;        // asked for so far
  unsigned refused_below; // tokens with a lower number are answered 401
  bool always_401;
  unsigned expires_s; // 0: 3599
  const char *home;   // the login host that knows contoso.example; NULL: none
  // Graph
  enum fake_batch batch;
  int outer_code; // of the first `outer_times` batches
  unsigned outer_times;
  const char *outer_after;
  uint32_t fault; // of every request to Graph
  unsigned slow;  // so many looks for an answer find none
  // what happened
  unsigned requests, batches, parts, most_parts, most_weight, opened, released, doubled;
  bool eventual; // the last GET asked for it
  char last_url[8192], bodies[FAKE_BODY_MAX];
  struct fake_check checks[FAKE_CHECKS_MAX];
  size_t n_checks, passed, failed; // all of them, also those that were not kept
  struct fake_offer offers[FAKE_OFFERS_MAX];
  size_t n_offers;
  struct fake_step steps[FAKE_STEPS_MAX];
  size_t n_steps;
  char patches[512];
  // subjects
  const char *const *subjects; // or NULL: made up
  size_t n_subjects, given;
  unsigned later_every, later_at; // LATER before every n-th, and before that one
  int ready_pipe[2], http_event, cancel_event;
  int64_t now_ns;        // what the clock is ahead
  int64_t busy_ns;       // ...and is more with every poll that has nothing to give
  unsigned cancel_after; // requests; 0: never
};

extern struct fake fake;

extern const struct fake_option fake_as_app[], fake_as_person[];

void fake_init(const struct fake_option *options, fake_graph_fn *graph);
void fake_finish(void);
void fake_http_init(void);   // called by fake_init
void fake_http_finish(void); // ...and by fake_finish
const tenon_connector *fake_connector(void);
tenon_session *fake_open(void); // or fails the test
const struct fake_check *fake_check_of(const char *id);
const struct fake_check *fake_check_of_subject(const char *subject);
const struct fake_step *fake_step_of(const char *id);

// Composing answers.
void fake_json(struct fake_answer *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void fake_error(struct fake_answer *, int code, const char *name);
// Everything is there and open: the organization, two users, every mailbox.
void fake_all_well(const char *path, struct fake_answer *);
// The user in "/users/USER..." or "".
void fake_user_of(const char *path, char *to, size_t size);
bool fake_path_has(const char *path, const char *what);

#endif
