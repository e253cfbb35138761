// SPDX-License-Identifier: Apache-2.0
//
// Microsoft Graph below /v1.0. A call is one request, alone or as a part of a $batch; what its parts
// share is here.
#ifndef TENON_LAB_GRAPH_H
#define TENON_LAB_GRAPH_H

#include <cjson/cJSON.h>

#include "form.h"
#include "token.h"

#define GRAPH_ROOT "/v1.0/"

struct graph_call {
  struct lab *lab;
  const struct token *token;
  const char *base;   // "https://graph.microsoft.com"
  const char *client; // client-request-id, or NULL
  const char *method;
  const char *path; // below GRAPH_ROOT, decoded
  const struct form *query;
  bool eventual; // ConsistencyLevel
  // The outcome.
  unsigned int status;
  cJSON *body;
  const char *retry_after; // NULL: none
};

typedef void graph_page(struct graph_call *call);

// Whether the path is Graph's; then the answer is there.
bool graph_serve(struct lab *lab, const struct http_request *request, struct http_answer *answer);

// One call, wherever it came from. The body is the caller's to delete; NULL: none.
void graph_run(struct graph_call *call);

void graph_batch(struct lab *lab, const struct http_request *request, const struct token *token,
                 struct http_answer *answer);

// Sets the outcome. Returns false, for the caller.
bool graph_fail(struct graph_call *call, unsigned int status, const char *code,
                const char *message);
cJSON *graph_error(const char *client, const char *code, const char *message);

// Takes the object as the outcome, with what $select leaves of it and its @odata.context before it.
void graph_answer(struct graph_call *call, cJSON *object, const char *context);

// Checks the names in $select against the properties, which end with NULL. false: the outcome is set.
bool graph_check_select(struct graph_call *call, const char *const *properties, const char *type);
void graph_select(const struct graph_call *call, cJSON *object, const char *const *otherwise);

graph_page graph_organization;
graph_page graph_users;

// Somebody of the tenant: a person of the directory, or the administrator.
struct graph_user {
  struct person person;
  bool admin;
};

// `name` is an object id or a UPN. false: nobody.
bool graph_user_find(const struct lab *lab, const char *name, struct graph_user *ret_user);
cJSON *graph_user_write(const struct graph_call *call, const struct graph_user *user);
bool graph_user_check_select(struct graph_call *call);
void graph_user_answer(struct graph_call *call, const struct graph_user *user);

// What is behind /users/{id}/. `user` NULL: nobody.
void graph_mailbox(struct graph_call *call, const struct graph_user *user, const char *name,
                   const char *rest);

#endif
