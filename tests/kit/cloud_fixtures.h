// SPDX-License-Identifier: Apache-2.0
//
// One symptom of a cloud: what came back, and the row that it must be found under.
#ifndef TESTS_KIT_CLOUD_FIXTURES_H
#define TESTS_KIT_CLOUD_FIXTURES_H

#include "verdict.h"

#define CLIENT_ID "11111111-2222-3333-4444-555555555555"

struct cloud_fixture {
  const char *row;
  // of a token: what the endpoint said; token false: of another answer
  bool token;
  enum oauth_grant grant;
  const char *step, *error, *suberror;
  unsigned number;
  tenon_status status;
  const char *local;
  // of any answer
  uint32_t fault, tls;
  int code;
  const char *key, *value; // a header
  const char *body;
  const char *reason;
  uint64_t seen;
  const char *finding;
  const tenon_http_tls *shown;
};

// What a fixture without a chain of its own was shown.
extern const tenon_http_tls cloud_shown;
extern const struct cloud_fixture cloud_fixtures[];
extern const size_t n_cloud_fixtures;

#endif
