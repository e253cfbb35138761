// SPDX-License-Identifier: Apache-2.0
//
// Access tokens: JWTs with the claims of Entra's version 1 tokens, signed and checked by the lab.
#ifndef TENON_LAB_TOKEN_H
#define TENON_LAB_TOKEN_H

#include "cloud.h"

enum token_state {
  TOKEN_GOOD,
  TOKEN_MISSING,    // no Authorization, or another scheme
  TOKEN_UNREADABLE, // it is no token
  TOKEN_FORGED,     // of somebody else's making
  TOKEN_EXPIRED,
  TOKEN_FOREIGN, // for another API
};

struct token {
  enum resource resource;
  bool app; // else the administrator signed in
  char app_id[GUID_ROOM];
  char permissions[TOKEN_PERMISSIONS_MAX]; // roles or scopes, between blanks
};

struct token_wish {
  enum resource resource;
  const char *audience;
  bool app;
  int credential;          // appidacr: 0 none, 1 a secret, 2 a certificate
  const char *permissions; // separated by blanks
};

// Appends a token. false: there is no key, or no memory.
bool token_issue(struct lab *lab, const struct token_wish *wish, struct text *to);

// Appends an id token for the application.
bool token_issue_id(struct lab *lab, const struct http_request *request, const char *nonce,
                    struct text *to);

// Looks at the request's token. *ret_token is set where it is GOOD.
enum token_state token_read(struct lab *lab, const struct http_request *request,
                            enum resource resource, struct token *ret_token);

// Whether the token has one of the names, which '|' separates.
bool token_permits(const struct token *token, const char *names);

// The object id of the administrator.
#define TOKEN_ADMIN_OBJECT "9b0e64d2-71c5-4c3f-a8d6-35f2b80c1e97"

#endif
