// SPDX-License-Identifier: Apache-2.0
//
// Several questions in one request. Answers come in any order, some not at all; the status of the whole says nothing of the
// parts. Each part has an id of its own, "3.box": the entry and what it asks.
#include "session.h"

#include <stdio.h>
#include <string.h>

#define BATCH_ID_MAX 24

static size_t
count(unsigned bits)
{
  size_t n = 0;
  for (; bits != 0; bits &= bits - 1)
    n++;
  return n;
}

bool
batch_add(struct batch *batch, struct act *act)
{
  if (batch->n + count(act->wants) > MSGRAPH_PARTS_MAX)
    return false;
  for (enum part part = 0; part < PARTS; part++)
    if ((act->wants & PART_BIT(part)) != 0) {
      batch->n_outlook += act_is_outlook(part);
      batch->entries[batch->n++] = (struct batch_entry){act, part};
    }
  return true;
}

size_t
batch_weight(const struct batch *batch)
{
  return batch->n_outlook < MSGRAPH_OUTLOOK_MAX ? batch->n_outlook : MSGRAPH_OUTLOOK_MAX;
}

static void
id_of(const struct batch *batch, size_t i, char *to, size_t size)
{
  snprintf(to, size, "%u.%s", (unsigned)i % MSGRAPH_PARTS_MAX,
           act_part_name(batch->entries[i].part));
}

void
batch_put(const struct batch *batch, struct kit_text *to)
{
  kit_text_put(to, "{\"requests\":[");
  for (size_t i = 0; i < batch->n; i++) {
    char id[BATCH_ID_MAX];
    id_of(batch, i, id, sizeof id);
    // A path is percent-encoded: nothing in it needs escaping in JSON.
    kit_text_printf(to, "%s{\"id\":\"%s\",\"method\":\"GET\",\"url\":\"", i > 0 ? "," : "", id);
    act_put_path(batch->entries[i].act, batch->entries[i].part, to);
    kit_text_put(to, "\"}");
  }
  kit_text_put(to, "]}");
}

void
batch_prepare(const struct tenon_session *s, const struct kit_text *body, tenon_secret *token,
              struct batch_fill *fill, tenon_http_request *ret)
{
  snprintf(fill->url, sizeof fill->url, "%s/v1.0/$batch", s->root);
  fill->headers[0] = (tenon_pair){"Content-Type", {"application/json", 16}};
  fill->headers[1] = (tenon_pair){"Accept", {"application/json", 16}};
  fill->body = (tenon_http_part){.text = {body->ptr, body->len}};
  *ret = (tenon_http_request){
      .size = sizeof *ret,
      .auth = TENON_HTTP_AUTH_BEARER,
      .secret = token,
      .label = "graph.batch",
      .method = "POST",
      .url = fill->url,
      .headers = fill->headers,
      .n_headers = 2,
      .body = &fill->body,
      .n_body = 1,
  };
}

static const struct batch_entry *
entry_of(const struct batch *batch, const char *id)
{
  for (size_t i = 0; i < batch->n; i++) {
    char own[BATCH_ID_MAX];
    id_of(batch, i, own, sizeof own);
    if (strcmp(own, id) == 0)
      return &batch->entries[i];
  }
  return NULL;
}

static void
take_part(const struct batch *batch, const cJSON *response)
{
  int64_t status = 0;
  const char *id = kit_json_text(response, "id");
  const struct batch_entry *entry = id != NULL ? entry_of(batch, id) : NULL;
  // Twice the same id: the first answer counts.
  if (entry == NULL || entry->act->parts[entry->part].status != 0)
    return;
  if (!kit_json_whole(response, "status", &status) || status < 100 || status > 999)
    return;
  act_take(entry->act, entry->part, (int)status, kit_json_object(response, "body"),
           kit_json_object(response, "headers"));
}

bool
batch_take(const struct batch *batch, const tenon_http_completion *completion)
{
  KIT_CLEANUP_JSON cJSON *json = kit_json_parse(completion->body.ptr, completion->body.len, NULL);
  const cJSON *responses = kit_json_array(json, "responses"), *response = NULL;
  if (responses == NULL)
    return false;
  for (size_t i = 0; i < batch->n; i++)
    batch->entries[i].act->parts[batch->entries[i].part] = (struct part_answer){0};
  cJSON_ArrayForEach(response, responses) take_part(batch, response);
  return true;
}
