// SPDX-License-Identifier: Apache-2.0
//
// Entra ID: the paths below /{tenant} and /devicelogin. What its parts share: a call, and the envelope
// of its refusals.
#ifndef TENON_LAB_ENTRA_H
#define TENON_LAB_ENTRA_H

#include "cloud.h"
#include "form.h"

#define ENTRA_DEVICE_LOGIN "/devicelogin"
#define CODE_DECLINED      (-65004) // of a device code: another word than elsewhere
#define CODE_SLOW_DOWN     (-70016)

struct entra_call {
  struct lab *lab;
  const struct http_request *request;
  struct http_answer *answer;
  const char *rest; // of the path, behind the tenant
  bool page;        // people look at it: refusals are HTML
  char tenant[ENTRA_DETAIL_MAX];
  char correlation[GUID_ROOM];
  struct form form; // of the body, or of the query
};

typedef void entra_page(struct entra_call *call);

entra_page entra_token;
entra_page entra_token_old; // of version 1: `resource`, and numbers as text
entra_page entra_device_code;
entra_page entra_device_login;
entra_page entra_authorize;
entra_page entra_admin_consent;
entra_page entra_configuration;
entra_page entra_user_realm;
entra_page entra_instance;
entra_page entra_keys;

// Whether the path is Entra's; then the answer is there.
bool entra_serve(struct lab *lab, const struct http_request *request, struct http_answer *answer);

// Refuses with an AADSTS number, which CODE_... carry below zero. Where its sentence names something,
// `detail` is that. Returns false, for the caller.
bool entra_refuse(struct entra_call *call, int code, const char *detail);

// What the refusal would say, for a redirect: `error` and the whole description.
struct entra_error {
  const char *error;
  char description[1024];
};
void entra_describe(struct entra_call *call, int code, const char *detail,
                    struct entra_error *ret_error);

// Whether the scenario refuses here; the answer is there then.
bool entra_plays(struct entra_call *call, unsigned int at, enum resource resource);

// What all endpoints of an application ask first: the tenant and the application id. `shared`: "common"
// and its like will do.
bool entra_knows(struct entra_call *call, const char *client_id, bool shared);

// ---- scopes -------------------------------------------------------------------------------------

struct entra_scope {
  enum resource resource;
  char audience[ENTRA_DETAIL_MAX];
  bool everything;                     // .default
  bool offline, openid;                // a refresh token, an id token
  char granted[TOKEN_PERMISSIONS_MAX]; // names without the resource, separated by blanks
};

// Reads the scopes that a person (or, with `app`, an application) asks for. false: refused.
bool entra_scope_read(struct entra_call *call, const char *text, bool app,
                      struct entra_scope *ret_scope);

// The roles of the application, or the person's scopes: what the scenario says, or what was asked for.
const char *entra_permissions(const struct lab *lab, const struct entra_scope *scope, bool app);

// ---- who the client is --------------------------------------------------------------------------

enum entra_credential { ENTRA_NOBODY, ENTRA_SECRET = 1, ENTRA_CERTIFICATE = 2 };

// Checks what the client proves itself by; false: refused. NOBODY: nothing was sent.
bool entra_client_check(struct entra_call *call, enum entra_credential *ret_credential);

// The application id of the form, or of Basic; "" for none.
void entra_client_id(struct entra_call *call, char *ret_id, size_t room);

#endif
