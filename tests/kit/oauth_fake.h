// SPDX-License-Identifier: Apache-2.0
//
// A host, its keep and its people, an endpoint and a browser, with a clock that goes only when somebody waits. Several
// sessions may live on it at a time.
#ifndef TESTS_KIT_OAUTH_FAKE_H
#define TESTS_KIT_OAUTH_FAKE_H

#include "oauth.h"

#define WORLD_REQUESTS_MAX 256
#define WORLD_SECRETS_MAX  256
#define WORLD_KEPT_MAX     16

struct world_request {
  char method[8], url[4096], body[8192], headers[1024], label[32];
  uint32_t flags;
  int64_t timeout_ns, at_ns;
};

// What the endpoint says. code 0: it did not come to an answer.
struct world_reply {
  int code;
  tenon_status status;
  const char *headers; // "Name: value\n..."
  const char *body;
};

typedef void world_endpoint(const struct world_request *, struct world_reply *);

enum world_people {
  WORLD_THERE,    // somebody looks at the screen, and answers nothing
  WORLD_NOBODY,   // ask: TENON_E_NOANSWER
  WORLD_DECLINES, // at the second look
  WORLD_SEEN,     // says "done" at the first
  WORLD_LEAVES,   // was there when it was asked
};

struct world {
  tenon_host host;
  tenon_http http;
  tenon_browser browser;
  tenon_call call;
  int64_t now_ns;
  world_endpoint *endpoint;
  enum world_people people;
  int64_t cancel_at_ns; // 0: never
  bool tangled;         // the lock is refused: two would wait for ever
  bool no_keep;         // nothing can be kept
  bool no_browser;
  // what happened
  struct world_request requests[WORLD_REQUESTS_MAX];
  size_t n_requests;
  size_t open_completions;
  char log[4096];
  unsigned asked, withdrawn, looks, locks, locked;
  bool on_screen;
  char ask_id[64], ask_title[256], ask_body[1024], ask_url[4096], ask_code[64];
  int64_t ask_expires_ns;
  unsigned revealed;
  // the browser
  tenon_status listens;
  const char *query; // "%s" is the state; NULL: nobody comes back
  char state[129];
  bool listening;
};

extern struct world world;

void world_set_up(world_endpoint *);
// Ends the hook: the host takes back what is still open, and says what was forgotten.
void world_end_hook(void);
void world_tear_down(void);
// A secret of the form.
tenon_secret *world_secret(const char *text);
const char *world_text(const tenon_secret *);
// What is kept with the connection under a key that begins so; NULL: nothing.
void world_spoil(const char *prefix, const char *text); // puts text into what is kept
const char *world_vault(const char *prefix);
// Forgets what lives in memory, as a new process does.
void world_restart(void);
// The value of a field in a form, decoded; NULL: it is not there.
const char *world_field(const struct world_request *, const char *name);
const struct world_request *world_last(void);
// The n-th request of that kind of URL.
size_t world_count(const char *in_url);

#endif
