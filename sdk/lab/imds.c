// SPDX-License-Identifier: Apache-2.0
//
// Tokens for whoever is on the machine: what is asked for is a resource, numbers are text, and a header
// keeps out what a web page or a proxy could be made to send.
#include "imds.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "entra.h"
#include "guid.h"
#include "json.h"
#include "token.h"

#define IMDS_PATH "/metadata/identity/oauth2/token"

static void
refuse(struct entra_call *call, const char *error, const char *description)
{
  cJSON *object = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "error", error);
  if (description != NULL) {
    cJSON_AddStringToObject(object, "error_description", description);
  } else {
    cJSON *versions = cJSON_AddArrayToObject(object, "newest-versions");
    cJSON_AddItemToArray(versions, cJSON_CreateString("2021-02-01"));
    cJSON_AddItemToArray(versions, cJSON_CreateString("2020-10-01"));
  }
  json_answer(call->answer, 400, object, NULL);
}

static bool
is_wanted(struct entra_call *call)
{
  const char *metadata = http_request_header(call->request, "Metadata");
  const char *client_id = form_field(&call->form, "client_id");
  if (metadata == NULL || strcasecmp(metadata, "true") != 0 ||
      http_request_header(call->request, "X-Forwarded-For") != NULL)
    refuse(call, "invalid_request", "Required metadata header not specified");
  else if (form_text(&call->form, "api-version")[0] == '\0')
    refuse(call, "Bad request. api-version was not specified in the request", NULL);
  else if (form_text(&call->form, "resource")[0] == '\0')
    refuse(call, "invalid_request", "The parameter 'resource' is missing");
  else if (client_id != NULL && strcasecmp(client_id, APPLICATION_ID) != 0)
    refuse(call, "invalid_request", "Identity not found");
  else
    return true;
  return false;
}

static void
add_seconds(cJSON *object, const char *name, double seconds)
{
  char text[32];
  snprintf(text, sizeof(text), "%.0f", seconds);
  cJSON_AddStringToObject(object, name, text);
}

static void
answer_token(struct entra_call *call, const struct entra_scope *scope)
{
  struct lab *lab = call->lab;
  struct text token = {0};
  double now = (double)time(NULL);
  const struct token_wish wish = {.resource = scope->resource,
                                  .audience = scope->audience,
                                  .app = true,
                                  .credential = ENTRA_CERTIFICATE,
                                  .permissions = entra_permissions(lab, scope, true)};
  bool done = token_issue(lab, &wish, &token);
  cJSON *object = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "access_token", done ? token.bytes : "");
  cJSON_AddStringToObject(object, "client_id", APPLICATION_ID);
  add_seconds(object, "expires_in", lab->token_seconds);
  add_seconds(object, "expires_on", now + lab->token_seconds);
  add_seconds(object, "ext_expires_in", lab->token_seconds);
  add_seconds(object, "not_before", now);
  cJSON_AddStringToObject(object, "resource", form_text(&call->form, "resource"));
  cJSON_AddStringToObject(object, "token_type", "Bearer");
  json_answer(call->answer, done ? 200 : 500, object, NULL);
  if (token.bytes != NULL)
    explicit_bzero(token.bytes, token.length);
  text_finish(&token);
  atomic_fetch_add(&lab->cloud->issued, 1);
}

static void
serve(struct entra_call *call)
{
  char wish[ENTRA_DETAIL_MAX];
  struct entra_scope scope;
  const char *resource = form_text(&call->form, "resource");
  size_t length = strlen(resource);
  if (!is_wanted(call))
    return;
  length -= resource[length - 1] == '/';
  snprintf(wish, sizeof(wish), "%.*s/.default", (int)length, resource);
  if (entra_scope_read(call, wish, true, &scope) &&
      !entra_plays(call, CLOUD_AT_APP, scope.resource))
    answer_token(call, &scope);
}

bool
imds_serve(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  struct entra_call call = {.lab = lab, .request = request, .answer = answer, .rest = ""};
  if (strcasecmp(request->path, IMDS_PATH) != 0)
    return false;
  guid_make(call.correlation);
  http_answer_header(answer, "Server", "IMDS/150.870.65.1475");
  atomic_fetch_add(&lab->cloud->asked, 1);
  if (strcmp(request->method, "GET") != 0)
    answer->status = 405;
  else if (form_query(request, &call.form))
    serve(&call);
  else
    answer->status = 400;
  if (answer->status != 200)
    atomic_fetch_add(&lab->cloud->refused, 1);
  return true;
}
