// SPDX-License-Identifier: Apache-2.0
//
// The token endpoint: one function for each grant.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <openssl/sha.h>

#include "entra.h"
#include "json.h"
#include "scenario.h"
#include "token.h"

#define GRANT_TYPE_DEVICE "urn:ietf:params:oauth:grant-type:device_code"

// A token that is due.
struct due {
  const struct entra_scope *scope;
  bool app;
  enum entra_credential credential;
  const char *nonce;
  bool old; // version 1: numbers as text
};

const char *
entra_permissions(const struct lab *lab, const struct entra_scope *scope, bool app)
{
  const struct cloud_play *play = cloud_play_of(lab);
  bool exchange = scope->resource == RESOURCE_EXCHANGE;
  if (!app) {
    const char *scopes = exchange ? play->scopes : play->graph_scopes;
    return scopes != NULL ? scopes : scope->granted;
  }
  const char *roles = exchange ? play->roles : play->graph_roles;
  if (roles != NULL)
    return roles;
  return exchange ? "full_access_as_app"
                  : "User.Read.All MailboxSettings.ReadWrite Mail.ReadBasic.All";
}

static void
add_number(cJSON *object, const char *name, double number, bool as_text)
{
  char text[32];
  snprintf(text, sizeof(text), "%.0f", number);
  if (as_text)
    cJSON_AddStringToObject(object, name, text);
  else
    cJSON_AddNumberToObject(object, name, number);
}

// The scopes as Entra spells them: with their resource before them.
static void
add_scope(cJSON *object, const struct entra_scope *scope, const char *permissions)
{
  struct text text = {0};
  bool graph = scope->resource == RESOURCE_GRAPH;
  text_append(&text, scope->openid ? "openid profile" : "");
  for (size_t length; *permissions != '\0'; permissions += length) {
    permissions += strspn(permissions, " ");
    length = strcspn(permissions, " ");
    if (length > 0)
      text_format(&text, "%s%s%s%.*s", text.length > 0 ? " " : "", graph ? "" : scope->audience,
                  graph ? "" : "/", (int)length, permissions);
  }
  cJSON_AddStringToObject(object, "scope", text.bytes != NULL ? text.bytes : "");
  text_finish(&text);
}

// A refresh token, an id token, and what clients of Microsoft's libraries want to be told.
static bool
add_person(struct entra_call *call, cJSON *object, const struct due *due)
{
  struct text text = {0};
  bool done = true;
  if (due->scope->offline) {
    pthread_mutex_lock(&call->lab->cloud->lock);
    struct grant *grant = grants_add(&call->lab->cloud->grants, GRANT_REFRESH);
    if (grant != NULL)
      cJSON_AddStringToObject(object, "refresh_token", grant->handle);
    done = grant != NULL;
    pthread_mutex_unlock(&call->lab->cloud->lock);
  }
  if (due->scope->openid) {
    done = token_issue_id(call->lab, call->request, due->nonce, &text) && done;
    cJSON_AddStringToObject(object, "id_token", done ? text.bytes : "");
    text_finish(&text);
  }
  if (strcmp(form_text(&call->form, "client_info"), "1") == 0) {
    static const char info[] = "{\"uid\":\"" TOKEN_ADMIN_OBJECT "\",\"utid\":\"" CLOUD_TENANT "\"}";
    jose_encode(&text, info, sizeof(info) - 1);
    cJSON_AddStringToObject(object, "client_info", text.bytes != NULL ? text.bytes : "");
    text_finish(&text);
  }
  return done;
}

static void
answer(struct entra_call *call, const struct due *due)
{
  struct text token = {0};
  struct lab *lab = call->lab;
  const char *permissions = entra_permissions(lab, due->scope, due->app);
  const struct token_wish wish = {.resource = due->scope->resource,
                                  .audience = due->scope->audience,
                                  .app = due->app,
                                  .credential = (int)due->credential,
                                  .permissions = permissions};
  cJSON *object = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "token_type", "Bearer");
  if (!due->app)
    add_scope(object, due->scope, permissions);
  add_number(object, "expires_in", lab->token_seconds, due->old);
  add_number(object, "ext_expires_in", lab->token_seconds, due->old);
  if (due->old) {
    add_number(object, "expires_on", (double)time(NULL) + lab->token_seconds, true);
    add_number(object, "not_before", (double)time(NULL), true);
    cJSON_AddStringToObject(object, "resource", due->scope->audience);
  }
  bool done = token_issue(lab, &wish, &token);
  cJSON_AddStringToObject(object, "access_token", done ? token.bytes : "");
  done = (due->app || add_person(call, object, due)) && done;
  json_answer(call->answer, done ? 200 : 500, object, NULL);
  if (token.bytes != NULL)
    explicit_bzero(token.bytes, token.length);
  text_finish(&token);
  atomic_fetch_add(&lab->cloud->issued, 1);
}

// ---- an application by itself -------------------------------------------------------------------

static void
grant_app(struct entra_call *call, bool old)
{
  struct due due = {.app = true, .old = old};
  struct entra_scope scope;
  char wish[ENTRA_DETAIL_MAX];
  const char *resource = form_text(&call->form, "resource");
  size_t length = strlen(resource);
  snprintf(wish, sizeof(wish), "%.*s/.default",
           (int)(length > 0 && resource[length - 1] == '/' ? length - 1 : length), resource);
  if (!entra_client_check(call, &due.credential))
    return;
  if (due.credential == ENTRA_NOBODY) {
    entra_refuse(call, 7000218, NULL);
    return;
  }
  if (!old && length > 0) {
    entra_refuse(call, 901002, NULL);
    return;
  }
  if (!entra_scope_read(call, old ? wish : form_text(&call->form, "scope"), true, &scope) ||
      entra_plays(call, CLOUD_AT_APP, scope.resource))
    return;
  due.scope = &scope;
  answer(call, &due);
}

// ---- a person -----------------------------------------------------------------------------------

// Public clients have nothing to prove; who sends a secret has registered another kind.
static bool
is_public(struct entra_call *call)
{
  enum entra_credential credential;
  if (!entra_client_check(call, &credential))
    return false;
  return credential == ENTRA_NOBODY || entra_refuse(call, 700025, NULL);
}

static void
answer_person(struct entra_call *call, const char *scopes, const char *nonce, unsigned int at)
{
  struct entra_scope scope;
  if (!entra_scope_read(call, scopes, false, &scope) || entra_plays(call, at, scope.resource))
    return;
  answer(call, &(struct due){.scope = &scope, .nonce = nonce});
}

// What a question for the token of a device code is answered with; 0: the token.
static int
poll_device(struct entra_call *call, struct grant *grant)
{
  const struct cloud_play *play = cloud_play_of(call->lab);
  int64_t now = grants_now_ms(), since = now - grant->asked_ms;
  bool first = grant->polls++ == 0;
  grant->asked_ms = now;
  if (grant->state == GRANT_USED)
    return 70000;
  if (now >= grant->ends_ms || (play->device == DEVICE_EXPIRED && !first))
    return 70020;
  if (grant->state == GRANT_DECLINED || (play->device == DEVICE_DECLINED && !first))
    return CODE_DECLINED;
  if (play->device == DEVICE_SLOW && (first || since < grant->interval_ms - ENTRA_EARLY_MS)) {
    if (first)
      grant->interval_ms += 5000;
    return CODE_SLOW_DOWN;
  }
  return grant->state == GRANT_WAITING ? 70016 : 0;
}

static void
grant_device(struct entra_call *call)
{
  const char *handle = form_text(&call->form, "device_code");
  char scopes[GRANT_TEXT_MAX] = "";
  int code = 70018;
  if (handle[0] == '\0') {
    entra_refuse(call, 900144, "device_code");
    return;
  }
  if (entra_plays(call, CLOUD_AT_POLL, RESOURCE_NONE) || !is_public(call))
    return;
  pthread_mutex_lock(&call->lab->cloud->lock);
  struct grant *grant = grants_find(&call->lab->cloud->grants, GRANT_DEVICE, handle);
  if (grant != NULL) {
    code = poll_device(call, grant);
    memcpy(scopes, grant->scope, sizeof(scopes));
    if (code == 0)
      grant->state = GRANT_USED;
  }
  pthread_mutex_unlock(&call->lab->cloud->lock);
  if (code == 70016 || code == CODE_SLOW_DOWN)
    atomic_fetch_add(&call->lab->cloud->polls, 1);
  if (code != 0)
    entra_refuse(call, code, NULL);
  else
    answer_person(call, scopes, "", CLOUD_AT_DEVICE);
}

// Whether the verifier is the one that the challenge was made of (RFC 7636 4.6).
static bool
fits_challenge(const char *verifier, const char *challenge)
{
  unsigned char digest[SHA256_DIGEST_LENGTH];
  struct text text = {0};
  size_t length = strlen(verifier);
  SHA256((const unsigned char *)verifier, length, digest);
  jose_encode(&text, digest, sizeof(digest));
  bool fits =
      length >= 43 && length <= 128 && text.bytes != NULL && strcmp(text.bytes, challenge) == 0;
  text_finish(&text);
  return fits;
}

static int
redeem(struct entra_call *call, struct grant *grant)
{
  if (grant->state == GRANT_USED)
    return 54005;
  if (grants_now_ms() >= grant->ends_ms)
    return 70008;
  if (strcmp(form_text(&call->form, "redirect_uri"), grant->redirect) != 0)
    return 50011;
  if (!fits_challenge(form_text(&call->form, "code_verifier"), grant->challenge))
    return 501481;
  grant->state = GRANT_USED;
  return 0;
}

static void
grant_code(struct entra_call *call)
{
  struct grant copy = {0};
  int code = 70000;
  if (!is_public(call))
    return;
  pthread_mutex_lock(&call->lab->cloud->lock);
  struct grant *grant =
      grants_find(&call->lab->cloud->grants, GRANT_CODE, form_text(&call->form, "code"));
  if (grant != NULL) {
    code = redeem(call, grant);
    copy = *grant;
  }
  pthread_mutex_unlock(&call->lab->cloud->lock);
  const char *scopes = form_field(&call->form, "scope");
  if (code != 0)
    entra_refuse(call, code, form_text(&call->form, "redirect_uri"));
  else
    answer_person(call, scopes != NULL ? scopes : copy.scope, copy.nonce, CLOUD_AT_CODE);
}

// The old one keeps working, as at Entra.
static void
grant_refresh(struct entra_call *call)
{
  if (!is_public(call))
    return;
  pthread_mutex_lock(&call->lab->cloud->lock);
  bool known = grants_find(&call->lab->cloud->grants, GRANT_REFRESH,
                           form_text(&call->form, "refresh_token")) != NULL;
  pthread_mutex_unlock(&call->lab->cloud->lock);
  struct text scopes = {0};
  if (!known) {
    entra_refuse(call, 70000, NULL);
    return;
  }
  text_format(&scopes, "%s offline_access", form_text(&call->form, "scope"));
  if (scopes.failed)
    call->answer->status = 500;
  else
    answer_person(call, scopes.bytes, "", CLOUD_AT_REFRESH);
  text_finish(&scopes);
}

// ---- the way in ---------------------------------------------------------------------------------

static void
serve(struct entra_call *call, bool old)
{
  const char *type = form_text(&call->form, "grant_type");
  char client_id[ENTRA_DETAIL_MAX];
  bool app = strcmp(type, "client_credentials") == 0;
  entra_client_id(call, client_id, sizeof(client_id));
  if (type[0] == '\0')
    entra_refuse(call, 900144, "grant_type");
  else if (!entra_knows(call, client_id, !app))
    return;
  else if (app)
    grant_app(call, old);
  else if (old)
    entra_refuse(call, 70003, type);
  else if (strcmp(type, GRANT_TYPE_DEVICE) == 0)
    grant_device(call);
  else if (strcmp(type, "authorization_code") == 0)
    grant_code(call);
  else if (strcmp(type, "refresh_token") == 0)
    grant_refresh(call);
  else
    entra_refuse(call, 70003, type);
}

static void
count(struct entra_call *call, bool old)
{
  struct cloud *cloud = call->lab->cloud;
  unsigned int polls = atomic_load(&cloud->polls);
  atomic_fetch_add(&cloud->asked, 1);
  serve(call, old);
  if (call->answer->status != 200 && atomic_load(&cloud->polls) == polls)
    atomic_fetch_add(&cloud->refused, 1);
}

void
entra_token(struct entra_call *call)
{
  count(call, false);
}

void
entra_token_old(struct entra_call *call)
{
  count(call, true);
}
