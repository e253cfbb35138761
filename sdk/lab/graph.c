// SPDX-License-Identifier: Apache-2.0
//
// From the token to the resource, and the shape of what is refused.
#include "graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "guid.h"
#include "json.h"
#include "scenario.h"

#define GRAPH_TYPE                                                                                 \
  "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;"          \
  "charset=utf-8"
#define BUSY_EVERY 3
#define BUSY_WAIT  "0.249"

cJSON *
graph_error(const char *client, const char *code, const char *message)
{
  char id[GUID_ROOM], date[32];
  struct tm parts;
  time_t now = time(NULL);
  guid_make(id);
  strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", gmtime_r(&now, &parts));
  cJSON *object = cJSON_CreateObject();
  cJSON *error = cJSON_AddObjectToObject(object, "error");
  cJSON_AddStringToObject(error, "code", code);
  cJSON_AddStringToObject(error, "message", message);
  cJSON *inner = cJSON_AddObjectToObject(error, "innerError");
  cJSON_AddStringToObject(inner, "date", date);
  cJSON_AddStringToObject(inner, "request-id", id);
  cJSON_AddStringToObject(inner, "client-request-id", client != NULL ? client : id);
  return object;
}

bool
graph_fail(struct graph_call *call, unsigned int status, const char *code, const char *message)
{
  cJSON_Delete(call->body);
  call->status = status;
  call->body = graph_error(call->client, code, message);
  return false;
}

// ---- $select ------------------------------------------------------------------------------------

static bool
lists(const char *const *names, const char *name, size_t length)
{
  for (; names != NULL && *names != NULL; names++)
    if (strlen(*names) == length && strncasecmp(*names, name, length) == 0)
      return true;
  return false;
}

static bool
selects(const char *select, const char *name)
{
  while (*select != '\0') {
    size_t length = strcspn(select, ",");
    size_t before = strspn(select, " ");
    if (before < length && strlen(name) == length - before &&
        strncasecmp(select + before, name, length - before) == 0)
      return true;
    select += length;
    select += *select == ',';
  }
  return false;
}

bool
graph_check_select(struct graph_call *call, const char *const *properties, const char *type)
{
  const char *select = form_text(call->query, "$select");
  while (*select != '\0') {
    size_t length = strcspn(select, ","), before = strspn(select, " ");
    if (before < length && !lists(properties, select + before, length - before)) {
      char message[256];
      snprintf(message, sizeof(message),
               "Parsing OData Select and Expand failed: Could not find a property named '%.*s' on "
               "type 'microsoft.graph.%s'.",
               (int)(length - before < 64 ? length - before : 64), select + before, type);
      return graph_fail(call, 400, "BadRequest", message);
    }
    select += length;
    select += *select == ',';
  }
  return true;
}

void
graph_select(const struct graph_call *call, cJSON *object, const char *const *otherwise)
{
  const char *select = form_text(call->query, "$select");
  for (cJSON *item = object->child, *next; item != NULL; item = next) {
    next = item->next;
    bool wanted = select[0] != '\0'
                      ? selects(select, item->string)
                      : otherwise == NULL || lists(otherwise, item->string, strlen(item->string));
    if (!wanted)
      cJSON_Delete(cJSON_DetachItemViaPointer(object, item));
  }
}

void
graph_answer(struct graph_call *call, cJSON *object, const char *context)
{
  char url[512];
  snprintf(url, sizeof(url), "%s" GRAPH_ROOT "$metadata#%s", call->base, context);
  call->status = 200;
  call->body = cJSON_CreateObject();
  cJSON_AddStringToObject(call->body, "@odata.context", url);
  while (object->child != NULL) {
    cJSON *item = cJSON_DetachItemViaPointer(object, object->child);
    cJSON_AddItemToObject(call->body, item->string, item);
  }
  cJSON_Delete(object);
}

// ---- pages --------------------------------------------------------------------------------------

void
graph_organization(struct graph_call *call)
{
  static const char *const properties[] = {
      "id",         "displayName",       "verifiedDomains",   "assignedPlans",
      "tenantType", "countryLetterCode", "preferredLanguage", "createdDateTime",
      NULL};
  if (!token_permits(call->token, "Organization.Read.All|User.Read.All|Directory.Read.All|"
                                  "User.Read|User.ReadBasic.All")) {
    graph_fail(call, 403, "Authorization_RequestDenied",
               "Insufficient privileges to complete the operation.");
    return;
  }
  if (!graph_check_select(call, properties, "organization"))
    return;
  // With a weak permission what there is to know is null, and the status 200.
  bool weak = !token_permits(call->token, "Organization.Read.All|User.Read.All|Directory.Read.All");
  bool plan = !cloud_play_of(call->lab)->no_plan;
  cJSON *row = cJSON_CreateObject();
  cJSON_AddStringToObject(row, "id", CLOUD_TENANT);
  cJSON_AddStringToObject(row, "displayName", "Contoso");
  cJSON *domains = cJSON_AddArrayToObject(row, "verifiedDomains");
  static const char *const names[] = {DIRECTORY_DOMAIN, CLOUD_INITIAL};
  for (size_t i = 0; i < 2; i++) {
    cJSON *domain = cJSON_CreateObject();
    cJSON_AddStringToObject(domain, "capabilities", "Email, OfficeCommunicationsOnline");
    cJSON_AddBoolToObject(domain, "isDefault", i == 0);
    cJSON_AddBoolToObject(domain, "isInitial", i == 1);
    cJSON_AddStringToObject(domain, "name", names[i]);
    cJSON_AddStringToObject(domain, "type", "Managed");
    cJSON_AddItemToArray(domains, domain);
  }
  if (weak) {
    cJSON_AddNullToObject(row, "assignedPlans");
    cJSON_AddNullToObject(row, "tenantType");
  } else {
    cJSON *plans = cJSON_AddArrayToObject(row, "assignedPlans");
    static const char *const services[] = {"SharePoint", "exchange"};
    for (size_t i = 0; i < 2; i++) {
      cJSON *bought = cJSON_CreateObject();
      cJSON_AddStringToObject(bought, "assignedDateTime", "2025-02-03T09:15:00Z");
      cJSON_AddStringToObject(bought, "capabilityStatus", i == 0 || plan ? "Enabled" : "Deleted");
      cJSON_AddStringToObject(bought, "service", services[i]);
      cJSON_AddStringToObject(bought, "servicePlanId",
                              i == 0 ? "0b1e6c52-4a7d-4d38-9f21-7c5e8a3d6b90"
                                     : "efb87545-963c-4e0d-99df-69c6916d9eb0");
      cJSON_AddItemToArray(plans, bought);
    }
    cJSON_AddStringToObject(row, "tenantType", "AAD");
  }
  cJSON_AddStringToObject(row, "countryLetterCode", "NO");
  cJSON_AddStringToObject(row, "preferredLanguage", "en");
  cJSON_AddStringToObject(row, "createdDateTime", "2019-06-11T08:00:00Z");
  graph_select(call, row, NULL);
  cJSON *object = cJSON_CreateObject();
  cJSON_AddItemToArray(cJSON_AddArrayToObject(object, "value"), row);
  graph_answer(call, object, "organization");
}

// The name in users/NAME, users('NAME') or me; `*ret_rest` is what stands behind it.
static bool
read_user(const char *path, char *ret_name, size_t room, const char **ret_rest)
{
  size_t length;
  if (strcasecmp(path, "me") == 0 || strncasecmp(path, "me/", 3) == 0) {
    snprintf(ret_name, room, "%s", "me");
    *ret_rest = path + 2 + (path[2] == '/');
    return true;
  }
  if (strncasecmp(path, "users/", 6) == 0) {
    path += 6;
    length = strcspn(path, "/");
    snprintf(ret_name, room, "%.*s", (int)length, path);
    *ret_rest = path + length + (path[length] == '/');
    return length > 0 && length < room;
  }
  if (strncasecmp(path, "users('", 7) != 0)
    return false;
  path += 7;
  const char *end = strstr(path, "')");
  if (end == NULL || (size_t)(end - path) >= room)
    return false;
  snprintf(ret_name, room, "%.*s", (int)(end - path), path);
  *ret_rest = end + 2 + (end[2] == '/');
  return true;
}

static void
run_user(struct graph_call *call, const char *name, const char *rest)
{
  struct graph_user user;
  bool me = strcmp(name, "me") == 0;
  if (me && call->token->app) {
    graph_fail(call, 400, "BadRequest",
               "/me request is only valid with delegated authentication flow.");
    return;
  }
  bool found = graph_user_find(call->lab, me ? LAB_ADMIN : name, &user);
  if (rest[0] != '\0')
    graph_mailbox(call, found ? &user : NULL, name, rest);
  else if (!token_permits(call->token, "User.Read.All|User.ReadBasic.All|Directory.Read.All") &&
           !(me && token_permits(call->token, "User.Read")))
    graph_fail(call, 403, "Authorization_RequestDenied",
               "Insufficient privileges to complete the operation.");
  else if (found)
    graph_user_answer(call, &user);
  else {
    char message[EWS_ADDRESS_MAX + 128];
    snprintf(message, sizeof(message),
             "Resource '%.300s' does not exist or one of its queried reference-property objects "
             "are not present.",
             name);
    graph_fail(call, 404, "Request_ResourceNotFound", message);
  }
}

static bool
is_busy(struct graph_call *call)
{
  if (cloud_play_of(call->lab)->graph != GRAPH_BUSY)
    return false;
  unsigned long long count = atomic_fetch_add(&call->lab->throttled, 1) + 1;
  if (!scenario_refuses_once(call->lab, call->path, strlen(call->path), count % BUSY_EVERY == 0))
    return false;
  graph_fail(call, 429, "TooManyRequests", "Too many requests.");
  call->retry_after = BUSY_WAIT;
  return true;
}

void
graph_run(struct graph_call *call)
{
  char name[EWS_ADDRESS_MAX];
  const char *rest;
  if (is_busy(call))
    return;
  bool user = read_user(call->path, name, sizeof(name), &rest);
  bool known =
      user || strcasecmp(call->path, "users") == 0 || strcasecmp(call->path, "organization") == 0;
  if (!known) {
    graph_fail(call, 400, "BadRequest", "Resource not found for the segment.");
    return;
  }
  if (strcasecmp(call->method, "GET") != 0)
    graph_fail(call, 405, "Request_BadRequest",
               "Specified HTTP method is not allowed for the request target.");
  else if (user)
    run_user(call, name, rest);
  else if (strcasecmp(call->path, "users") == 0)
    graph_users(call);
  else
    graph_organization(call);
}

// ---- the way in ---------------------------------------------------------------------------------

static bool
accepts(struct lab *lab, const struct http_request *request, struct token *ret_token,
        struct http_answer *answer)
{
  static const struct {
    const char *code, *message;
  } refusals[] = {
      [TOKEN_MISSING] = {"InvalidAuthenticationToken", "Access token is empty."},
      [TOKEN_UNREADABLE] = {"InvalidAuthenticationToken",
                            "CompactToken parsing failed with error code: 80049217."},
      [TOKEN_FORGED] = {"InvalidAuthenticationToken",
                        "Access token validation failure. Invalid signature."},
      [TOKEN_EXPIRED] = {"InvalidAuthenticationToken",
                         "Lifetime validation failed, the token is expired."},
      [TOKEN_FOREIGN] = {"InvalidAuthenticationToken",
                         "Access token validation failure. Invalid audience."},
  };
  enum token_state state = token_read(lab, request, RESOURCE_GRAPH, ret_token);
  atomic_fetch_add(state == TOKEN_GOOD ? &lab->accepted : &lab->rejected, 1);
  if (state == TOKEN_GOOD)
    return true;
  http_answer_header(answer, "WWW-Authenticate",
                     "Bearer realm=\"\", authorization_uri=\"%s/common/oauth2/authorize\", "
                     "client_id=\"00000003-0000-0000-c000-000000000000\"",
                     lab->base);
  json_answer(answer, 401,
              graph_error(http_request_header(request, "client-request-id"), refusals[state].code,
                          refusals[state].message),
              "application/json");
  return false;
}

static void
serve_one(struct lab *lab, const struct http_request *request, const struct token *token,
          struct http_answer *answer)
{
  struct form query;
  char base[256];
  const char *level = http_request_header(request, "ConsistencyLevel");
  cloud_base(request, base, sizeof(base));
  if (!form_query(request, &query)) {
    answer->status = 414;
    return;
  }
  struct graph_call call = {.lab = lab,
                            .token = token,
                            .base = base,
                            .client = http_request_header(request, "client-request-id"),
                            .method = request->method,
                            .path = request->path + strlen(GRAPH_ROOT),
                            .query = &query,
                            .eventual = level != NULL && strcasecmp(level, "eventual") == 0};
  graph_run(&call);
  if (call.retry_after != NULL)
    http_answer_header(answer, "Retry-After", "%s", call.retry_after);
  json_answer(answer, call.status, call.body, call.status == 200 ? GRAPH_TYPE : "application/json");
}

bool
graph_serve(struct lab *lab, const struct http_request *request, struct http_answer *answer)
{
  struct token token;
  char id[GUID_ROOM];
  if (strncasecmp(request->path, GRAPH_ROOT, strlen(GRAPH_ROOT)) != 0)
    return false;
  const char *client = http_request_header(request, "client-request-id");
  guid_make(id);
  http_answer_header(answer, "request-id", "%s", id);
  http_answer_header(answer, "client-request-id", "%.64s", client != NULL ? client : id);
  http_answer_header(answer, "x-ms-ags-diagnostic",
                     "{\"ServerInfo\":{\"DataCenter\":\"Lab\",\"Slice\":\"E\",\"Ring\":\"1\"}}");
  if (!accepts(lab, request, &token, answer))
    return true;
  if (strcasecmp(request->path, GRAPH_ROOT "$batch") == 0)
    graph_batch(lab, request, &token, answer);
  else
    serve_one(lab, request, &token, answer);
  return true;
}
