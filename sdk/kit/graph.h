// SPDX-License-Identifier: Apache-2.0
//
// What Microsoft Graph says, as far as a verdict needs it, and how it wants to be asked.
#ifndef KIT_GRAPH_H
#define KIT_GRAPH_H

#include "text.h"

#define GRAPH_CODE_MAX 96
#define GRAPH_TEXT_MAX 512
#define GRAPH_NEST_MAX 8 // inner errors that are looked into

// {"error":{"code","message","innerError":{...}}}, alone or as the body of a part of a $batch answer. The most specific
// code of the nested ones is kept; it may be "".
struct graph_error {
  char code[GRAPH_CODE_MAX];
  char text[GRAPH_TEXT_MAX];
  char request_id[64], date[40];
  bool readable;
};

struct cJSON;

void graph_error_read(const char *bytes, size_t len, struct graph_error *ret);
// The same of a body that was parsed already; body may be NULL.
void graph_error_take(const struct cJSON *body, struct graph_error *ret);

// The id that an application permission has in Graph, the same in all tenants: "810c84a8-..." of "Mail.Read"; NULL: none that is
// known here.
const char *graph_role_id(const char *permission);
#define GRAPH_APP_ID "00000003-0000-0000-c000-000000000000" // of Graph itself, in every tenant

// Percent-encoded for a path or a query: all but the unreserved characters of RFC 3986.
void graph_put_encoded(struct kit_text *to, const char *text);
// "/users/alex@contoso.example", whatever the id, name or address holds: '#' of a guest, a '$' in front.
void graph_put_user(struct kit_text *to, const char *id);
// A string literal of OData, percent-encoded: quotes around it, each one inside doubled.
void graph_put_literal(struct kit_text *to, const char *text);
// The value of $search over names and addresses, percent-encoded: "displayName:x" OR "mail:x" ...
void graph_put_search(struct kit_text *to, const char *typed);

// Is the link one of the API at root: the same scheme, host and port, and a path under it? A bearer token goes nowhere else.
bool graph_link_is_home(const char *root, const char *link);

#endif
