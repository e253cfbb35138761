// SPDX-License-Identifier: Apache-2.0
//
// $batch: up to twenty calls in one. The answers come in another order than the requests, since a
// client must go by their ids.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "graph.h"
#include "json.h"

struct part {
  const char *id;
  unsigned int status;
  cJSON *answer;
};

struct batch {
  struct lab *lab;
  const struct token *token;
  const char *client;
  char base[256];
  size_t count;
  struct part parts[GRAPH_BATCH_MAX];
};

static cJSON *
write_part(const char *id, struct graph_call *call)
{
  cJSON *answer = cJSON_CreateObject();
  cJSON_AddStringToObject(answer, "id", id);
  cJSON_AddNumberToObject(answer, "status", call->status);
  cJSON *headers = cJSON_AddObjectToObject(answer, "headers");
  cJSON_AddStringToObject(headers, "Cache-Control", "no-cache");
  cJSON_AddStringToObject(headers, "Content-Type", "application/json");
  if (call->retry_after != NULL)
    cJSON_AddStringToObject(headers, "Retry-After", call->retry_after);
  cJSON_AddItemToObject(answer, "body", call->body);
  return answer;
}

static bool
is_eventual(const cJSON *request)
{
  const cJSON *headers = cJSON_GetObjectItemCaseSensitive(request, "headers");
  return strcasecmp(
             jose_text(cJSON_GetObjectItem(headers, "ConsistencyLevel") != NULL ? headers : NULL,
                       "ConsistencyLevel"),
             "eventual") == 0;
}

// Splits the part's URL, decodes it, and runs the call.
static void
run(const cJSON *request, struct graph_call *call)
{
  const char *url = jose_text(request, "url");
  char path[GRAPH_PATH_MAX];
  struct form query;
  url += url[0] == '/';
  size_t length = strcspn(url, "?");
  const char *behind = url[length] == '?' ? url + length + 1 : "";
  if (length >= sizeof(path) || !form_read(behind, strlen(behind), &query)) {
    graph_fail(call, 400, "BadRequest", "The URL of the request is too long.");
    return;
  }
  snprintf(path, sizeof(path), "%.*s", (int)length, url);
  form_decode(path, false);
  call->method = jose_text(request, "method");
  call->path = path;
  call->query = &query;
  call->eventual = is_eventual(request);
  graph_run(call);
  form_finish(&query);
}

// Whether all that the part depends on went well.
static bool
may_run(const struct batch *batch, const cJSON *request)
{
  const cJSON *other;
  cJSON_ArrayForEach(other, cJSON_GetObjectItemCaseSensitive(request, "dependsOn"))
  {
    const char *id = cJSON_GetStringValue(other);
    bool well = false;
    for (size_t i = 0; i < batch->count && id != NULL; i++)
      well = well || (strcmp(batch->parts[i].id, id) == 0 && batch->parts[i].status < 400);
    if (!well)
      return false;
  }
  return true;
}

static void
take(struct batch *batch, const cJSON *request)
{
  struct graph_call call = {
      .lab = batch->lab, .token = batch->token, .base = batch->base, .client = batch->client};
  struct part *part = &batch->parts[batch->count];
  part->id = jose_text(request, "id");
  if (may_run(batch, request))
    run(request, &call);
  else
    graph_fail(&call, 424, "FailedDependency", "A request that this one depends on has failed.");
  part->status = call.status;
  part->answer = write_part(part->id, &call);
  batch->count++;
}

// What is wrong with the whole; NULL: nothing.
static const char *
find_fault(const cJSON *requests)
{
  const cJSON *one, *other;
  int count = cJSON_GetArraySize(requests);
  if (!cJSON_IsArray(requests) || count == 0)
    return "The batch must hold an array of requests.";
  if (count > GRAPH_BATCH_MAX)
    return "The number of requests in the batch is over the maximum of 20.";
  cJSON_ArrayForEach(one, requests)
  {
    if (jose_text(one, "id")[0] == '\0' || jose_text(one, "method")[0] == '\0' ||
        jose_text(one, "url")[0] == '\0')
      return "A request in the batch lacks its id, method or url.";
    if (strncmp(jose_text(one, "url"), "http", 4) == 0)
      return "The url of a request in the batch must be relative.";
    for (other = one->next; other != NULL; other = other->next)
      if (strcmp(jose_text(one, "id"), jose_text(other, "id")) == 0)
        return "The ids of the requests in the batch must be unique.";
  }
  return NULL;
}

static void
answer_all(struct batch *batch, const cJSON *requests, struct http_answer *answer)
{
  const cJSON *request;
  cJSON_ArrayForEach(request, requests) take(batch, request);
  cJSON *object = cJSON_CreateObject();
  cJSON *responses = cJSON_AddArrayToObject(object, "responses");
  while (batch->count > 0)
    cJSON_AddItemToArray(responses, batch->parts[--batch->count].answer);
  json_answer(answer, 200, object, "application/json");
}

void
graph_batch(struct lab *lab, const struct http_request *request, const struct token *token,
            struct http_answer *answer)
{
  struct batch batch = {
      .lab = lab, .token = token, .client = http_request_header(request, "client-request-id")};
  cJSON *whole =
      strcmp(request->method, "POST") == 0 ? json_read(request->body, request->length) : NULL;
  const cJSON *requests = cJSON_GetObjectItemCaseSensitive(whole, "requests");
  const char *fault = find_fault(requests);
  cloud_base(request, batch.base, sizeof(batch.base));
  if (fault != NULL)
    json_answer(answer, 400, graph_error(batch.client, "BadRequest", fault), "application/json");
  else
    answer_all(&batch, requests, answer);
  cJSON_Delete(whole);
}
