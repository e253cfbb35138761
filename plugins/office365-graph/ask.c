// SPDX-License-Identifier: Apache-2.0
//
// One request and its answer, waited for.
#include "session.h"

#include <string.h>

static bool
wants_claims(const tenon_http_completion *c)
{
  tenon_text asked = verdict_header(c, "WWW-Authenticate");
  return c->code == 401 && asked.ptr != NULL && strstr(asked.ptr, "claims=") != NULL;
}

static uint64_t
seen_of_token(const struct tenon_session *s, const struct permission *wanted)
{
  if (!s->claims.readable)
    return 0;
  return (permission_held(s, wanted) ? 0 : SEEN_UNPERMITTED) |
         (s->claims.permissions[0] != 0 ? 0 : SEEN_POWERLESS);
}

void
answer_read(struct tenon_session *s, const char *tried, enum need need, uint32_t place,
            const tenon_http_completion *completion, struct answer *ret)
{
  const struct permission *wanted = permission_for(s, need);
  ret->completion = completion;
  (void)kit_text_copy(ret->tried, sizeof ret->tried, tried);
  ret->evidence = (struct verdict_evidence){
      .place = place,
      .mailbox = s->mailbox,
      .server = s->server,
      .tried = ret->tried,
      .permission = wanted->name,
      .seen = SEEN_SENT | seen_of_token(s, wanted),
  };
  token_witness(s, &ret->evidence);
  verdict_gather(&ret->evidence, completion, s->reader, &ret->reply, &ret->challenge);
  if (completion->code == 0 || completion->fault != TENON_HTTP_FAULT_NONE)
    return;
  ret->evidence.soap = NULL;
  ret->json = kit_json_parse(completion->body.ptr, completion->body.len, NULL);
  graph_error_take(ret->json, &ret->error);
  ret->evidence.graph = &ret->error;
  if (wants_claims(completion))
    ret->evidence.seen |= SEEN_CLAIMS;
  else if (completion->code == 401 && token_is_foreign(s)) {
    ret->evidence.finding = "graph-audience";
    ret->evidence.found = s->claims.audience;
  }
}

bool
answer_is_good(const struct answer *answer)
{
  return answer->completion != NULL && answer->completion->code == 200 && answer->json != NULL &&
         cJSON_IsObject(answer->json) && !answer->error.readable;
}

void
answer_drop(struct tenon_session *s, struct answer *answer)
{
  cJSON_Delete(answer->json);
  if (answer->completion != NULL)
    s->http->release(s->http, answer->completion);
  answer->json = NULL;
  answer->completion = NULL;
}

// "GET /v1.0/users": without the query, which may hold what somebody typed.
static void
describe(const struct question *q, char *to, size_t size)
{
  struct kit_text text;
  kit_text_init(&text, to, size);
  kit_text_put(&text, "GET ");
  const char *url = q->path != NULL ? q->path : q->link;
  kit_text_put_n(&text, url, strcspn(url, "?"));
}

static tenon_status
send_once(struct tenon_session *s, const tenon_call *call, const struct question *q,
          tenon_secret *token, struct answer *ret)
{
  static const tenon_pair headers[] = {{"Accept", {"application/json", 16}},
                                       {"ConsistencyLevel", {"eventual", 8}}};
  char url[CLOUD_URL_MAX + MSGRAPH_PATH_MAX], tried[MSGRAPH_TRIED_MAX];
  struct kit_text text;
  kit_text_init(&text, url, sizeof url);
  kit_text_printf(&text, "%s%s", s->root, q->path != NULL ? q->path : "");
  tenon_http_request request = {
      .size = sizeof request,
      .auth = TENON_HTTP_AUTH_BEARER,
      .secret = token,
      .label = q->label,
      .url = q->link != NULL ? q->link : url,
      .headers = headers,
      .n_headers = q->eventual ? 2 : 1,
  };
  const tenon_http_completion *completion = NULL;
  tenon_status status = s->http->perform(s->http, call, &request, &completion);
  if (status != TENON_OK)
    return status;
  if (completion->status == TENON_E_CANCELLED || call->cancelled(call)) {
    s->http->release(s->http, completion);
    return TENON_E_CANCELLED;
  }
  describe(q, tried, sizeof tried);
  answer_read(s, tried, q->need, q->place, completion, ret);
  return TENON_OK;
}

// Was that answer one to try again after, and how long from now? False: it stands.
static bool
pauses(struct tenon_session *s, struct answer *answer, unsigned tries, int64_t *ret_ns)
{
  if (answer_is_good(answer))
    return false;
  const struct verdict_row *row = verdict_find(&answer->evidence);
  if (row->retry != VERDICT_BACKOFF)
    return false;
  if (tries >= BACKOFF_TRIES) {
    answer->evidence.seen |= SEEN_AGAIN;
    return false;
  }
  verdict_judge(&answer->evidence, &s->verdict);
  *ret_ns = s->verdict.retry_ns;
  // Who waits at a screen is not made to wait for a guess.
  return *ret_ns <= MSGRAPH_PAUSE_NS && (*ret_ns > 0 || row->cause != TENON_E_TRANSIENT);
}

tenon_status
ask(struct tenon_session *s, const tenon_call *call, const struct question *q, struct answer *ret)
{
  for (unsigned tries = 1;; tries++) {
    tenon_secret *token = NULL;
    int64_t pause = 0;
    tenon_status status = token_get(s, call, OAUTH_ANY, &token);
    if (status != TENON_OK || token == NULL)
      return status;
    status = send_once(s, call, q, token, ret);
    if (status != TENON_OK)
      return status;
    bool refused = ret->completion->code == 401 && token_may_renew(s);
    if (!refused && !pauses(s, ret, tries, &pause))
      return TENON_OK;
    answer_drop(s, ret);
    status = refused ? token_renew(s, call) : ask_sleep(s, call, pause);
    if (status != TENON_OK)
      return status;
  }
}

tenon_status
ask_sleep(struct tenon_session *s, const tenon_call *call, int64_t ns)
{
  return backoff_sleep(s->host, call, ns);
}
