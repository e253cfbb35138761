// SPDX-License-Identifier: Apache-2.0
//
// A cloud made of nothing: a token endpoint and EWS behind one function, with what goes wrong switched on by the test.
#ifndef TESTS_OFFICE365_EWS_CLOUD_H
#define TESTS_OFFICE365_EWS_CLOUD_H

#include "../exchange-onprem/fake.h"

#define CLIENT "11111111-2222-3333-4444-555555555555"

struct cloud_play {
  const char *roles;             // of tokens; NULL: full_access_as_app
  unsigned good_until;           // EWS takes the tokens before this one only; 0: all
  unsigned bad_until;            // ...and refuses those before this one
  unsigned fail_from, fail_till; // token requests of these numbers are refused; counted from 1
  int fail_code;
  const char *fail_body;
  int lives_s; // of a token; 0: an hour
  const char *diagnostics, *policy, *caserror;
  int code;                 // of every answer of EWS; 0: as it should be
  const char *denied_error; // code for "denied@..."
  // what happened
  unsigned tokens, refused, token_requests, ews_requests, with_header, with_mailbox, without_anchor;
  char last_token_body[8192], last_body[8192];
};

extern struct cloud_play play;
extern const struct fake_option cloud_app[], cloud_app_bare[], cloud_person[];

// Clears the play, and starts the fake.
void cloud_init(const struct fake_option *options);
void cloud_answer(const struct fake_request *, struct fake_answer *);

#endif
