// SPDX-License-Identifier: Apache-2.0
//
// One request to an endpoint and its answer. Every value of a form is percent-encoded, for secrets hold `+` and `/`; what
// is secret travels as a handle and is encoded by the host.
#include "oauth_parts.h"

#include "json.h"
#include "verdict.h"

#include <string.h>
#include <strings.h>
#include <time.h>

// ---- writing ----------------------------------------------------------------------------------

void
oauth_put_endpoint(const struct oauth *o, const char *path, struct kit_text *to)
{
  kit_text_put(to, o->settings.authority);
  kit_text_put(to, "/");
  kit_text_put_url(to, o->settings.tenant, strlen(o->settings.tenant));
  kit_text_put(to, path);
}

void
oauth_post_init(struct oauth_post *post)
{
  post->n_parts = post->from = 0;
  post->full = false;
  kit_text_init(&post->text, post->buffer, sizeof post->buffer);
}

static void
add_part(struct oauth_post *post, tenon_http_part part)
{
  if (post->n_parts < OAUTH_PARTS_MAX)
    post->parts[post->n_parts++] = part;
  else
    post->full = true;
}

// What was written since the last secret.
static void
end_text(struct oauth_post *post)
{
  if (post->text.len > post->from)
    add_part(post,
             (tenon_http_part){.text = {post->buffer + post->from, post->text.len - post->from}});
  post->from = post->text.len;
}

static void
put_name(struct oauth_post *post, const char *name)
{
  if (post->text.len > 0)
    kit_text_put(&post->text, "&");
  kit_text_put(&post->text, name);
  kit_text_put(&post->text, "=");
}

void
oauth_post_text(struct oauth_post *post, const char *name, const char *value)
{
  put_name(post, name);
  kit_text_put_url(&post->text, value, strlen(value));
}

void
oauth_post_secret(struct oauth_post *post, const char *name, tenon_secret *value)
{
  put_name(post, name);
  end_text(post);
  add_part(post, (tenon_http_part){.secret = value, .encoding = TENON_HTTP_FORM});
}

// ---- sending ----------------------------------------------------------------------------------

static void
note_clock(struct oauth_result *r)
{
  const char *date = verdict_header(r->completion, "Date").ptr;
  struct tm tm = {0};
  int64_t skew = 0;
  if (date != NULL && strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &tm) != NULL)
    skew = (int64_t)timegm(&tm) - (int64_t)time(NULL);
  r->skew_s = skew > OAUTH_SKEW_S || skew < -OAUTH_SKEW_S ? skew : 0;
}

static void
drop_completion(struct oauth *o, struct oauth_slot *slot)
{
  if (slot->result.completion != NULL)
    o->http->release(o->http, slot->result.completion);
  slot->result.completion = NULL;
}

static tenon_status
perform(struct oauth *o, const tenon_call *call, struct oauth_slot *slot,
        const tenon_http_request *request)
{
  struct oauth_result *r = &slot->result;
  const tenon_http_completion *completion = NULL;
  tenon_status status = o->http->perform(o->http, call, request, &completion);
  if (status != TENON_OK)
    return status;
  r->completion = completion;
  if (completion->status == TENON_E_CANCELLED)
    return TENON_E_CANCELLED;
  note_clock(r);
  return TENON_OK;
}

tenon_status
oauth_post_send(struct oauth *o, const tenon_call *call, struct oauth_slot *slot,
                struct oauth_post *post, const char *path, const char *credential)
{
  char url[OAUTH_URL_MAX], id[JWT_UUID_SIZE], scopes[OAUTH_SCOPES_MAX + CLOUD_URL_MAX];
  struct kit_text to;
  drop_completion(o, slot);
  kit_text_init(&to, scopes, sizeof scopes);
  oauth_put_scopes(o, slot, &to);
  kit_text_init(&to, slot->result.tried, sizeof slot->result.tried);
  kit_text_put(&to, "POST ");
  oauth_put_endpoint(o, path, &to);
  kit_text_printf(&to, ", %s, scope %s", credential, scopes);
  kit_text_init(&to, url, sizeof url);
  oauth_put_endpoint(o, path, &to);
  end_text(post);
  if (to.cut || post->text.cut || post->full || !jwt_uuid(id))
    return oauth_fail(slot, TENON_E_CONFIG, "token", "The request is too long to be sent.");
  const tenon_pair headers[] = {
      {"Content-Type", {"application/x-www-form-urlencoded", 33}},
      {"Accept", {"application/json", 16}},
      {"client-request-id", {id, sizeof id - 1}},
      {"return-client-request-id", {"true", 4}},
  };
  const tenon_http_request request = {.size = sizeof request,
                                      .label = "oauth.token",
                                      .url = url,
                                      .headers = headers,
                                      .n_headers = sizeof headers / sizeof *headers,
                                      .body = post->parts,
                                      .n_body = post->n_parts,
                                      .body_max = OAUTH_ANSWER_MAX};
  return perform(o, call, slot, &request);
}

tenon_status
oauth_get(struct oauth *o, const tenon_call *call, struct oauth_slot *slot, const char *url,
          const char *tried)
{
  const tenon_pair headers[] = {{"Metadata", {"true", 4}}, {"Accept", {"application/json", 16}}};
  const tenon_http_request request = {.size = sizeof request,
                                      .label = "oauth.imds",
                                      .url = url,
                                      .headers = headers,
                                      .n_headers = sizeof headers / sizeof *headers,
                                      .timeout_ns = OAUTH_IMDS_NS,
                                      .body_max = OAUTH_ANSWER_MAX,
                                      .flags = TENON_HTTP_DIRECT};
  drop_completion(o, slot);
  (void)kit_text_copy(slot->result.tried, sizeof slot->result.tried, tried);
  return perform(o, call, slot, &request);
}

// ---- reading ----------------------------------------------------------------------------------

// "2026-11-22T00:00:00.0000000Z", as App Service writes it.
static int64_t
time_of_iso(const char *text)
{
  struct tm tm = {0};
  const char *rest = text != NULL ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
  if (rest == NULL)
    return 0;
  rest += *rest == '.' ? 1 + strspn(rest + 1, "0123456789") : 0;
  return strcmp(rest, "Z") == 0 || strcmp(rest, "+00:00") == 0 ? (int64_t)timegm(&tm) : 0;
}

// In seconds from when it was asked for; 0: nobody says.
static int64_t
lifetime_of(const struct oauth_result *r, const cJSON *json)
{
  int64_t life = 0, ends = 0, now = (int64_t)time(NULL) + r->skew_s;
  if (kit_json_whole(json, "expires_in", &life) && life > 0)
    return life < OAUTH_LIFETIME_MAX_S ? life : OAUTH_LIFETIME_MAX_S;
  if (!kit_json_whole(json, "expires_on", &ends))
    ends = time_of_iso(kit_json_text(json, "expires_on"));
  if (ends <= now)
    ends = r->claims.expires;
  if (ends <= now)
    return 0;
  return ends - now < OAUTH_LIFETIME_MAX_S ? ends - now : OAUTH_LIFETIME_MAX_S;
}

// Can it stand in a header as it is?
static bool
is_token(const char *text)
{
  size_t len = text != NULL ? strlen(text) : 0;
  for (size_t i = 0; i < len; i++)
    if (text[i] <= ' ' || text[i] > '~')
      return false;
  return len > 0 && len <= OAUTH_TOKEN_MAX;
}

static tenon_status
take_token(struct oauth *o, struct oauth_slot *slot, const cJSON *json, int64_t sent_ns)
{
  struct oauth_result *r = &slot->result;
  const char *token = kit_json_text(json, "access_token");
  const char *refresh = kit_json_text(json, "refresh_token");
  tenon_secret *secret = NULL;
  tenon_status status = oauth_remember(o, token, strlen(token), &secret);
  if (status != TENON_OK)
    return status;
  if (!oauth_is_app(o->settings.grant) && is_token(refresh))
    oauth_keep_refresh(o, refresh); // before the access token is used: the old one may be dead
  jwt_read(token, strlen(token), &r->claims);
  int64_t life = lifetime_of(r, json);
  int64_t counted_ns = (life > 0 ? life : OAUTH_UNKNOWN_S) * INT64_C(1000000000);
  r->token = secret;
  r->expires_ns = life > 0 ? sent_ns + counted_ns : 0;
  r->status = TENON_OK;
  r->step = NULL;
  slot->got_ns = sent_ns;
  slot->good_ns =
      sent_ns + counted_ns - (counted_ns / 2 < OAUTH_EARLY_NS ? counted_ns / 2 : OAUTH_EARLY_NS);
  oauth_keep_access(o, slot);
  return TENON_OK;
}

static bool
is_busy(const struct oauth_result *r)
{
  static const char *const words[] = {"temporarily_unavailable", "server_error"};
  int code = r->completion->code;
  if (code == 429 || code >= 500)
    return true;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(r->error.error, words[i]) == 0)
      return true;
  return false;
}

enum oauth_got
oauth_classify(struct oauth *o, struct oauth_slot *slot, const char *step)
{
  struct oauth_result *r = &slot->result;
  const tenon_http_completion *c = r->completion;
  r->step = step;
  if (c->status != TENON_OK) {
    (void)backoff_busy(&o->backoff, o->host->now(o->host), 0);
    memset(&r->error, 0, sizeof r->error); // of an answer before
    r->status = c->status;
    return OAUTH_GOT_NOTHING;
  }
  oauth_error_read(c->body.ptr, c->body.len, &r->error);
  if (is_busy(r)) {
    int64_t asked =
        backoff_asked(verdict_header(c, "Retry-After").ptr, (int64_t)time(NULL) + r->skew_s);
    r->retry_ns = backoff_busy(&o->backoff, o->host->now(o->host), asked);
    r->status = TENON_E_TRANSIENT;
    return OAUTH_GOT_BUSY;
  }
  slot->settled = true;
  r->status = r->error.readable ? TENON_E_AUTH : TENON_E_PROTOCOL;
  return r->error.readable ? OAUTH_GOT_REFUSAL : OAUTH_GOT_NOTHING;
}

// A 200 with a token in it that can be used. An `error` beside it counts more.
static bool
is_success(const tenon_http_completion *c, const cJSON *json)
{
  const char *type = kit_json_text(json, "token_type");
  return c->status == TENON_OK && c->code == 200 && kit_json_text(json, "error") == NULL &&
         is_token(kit_json_text(json, "access_token")) &&
         (type == NULL || strcasecmp(type, "Bearer") == 0);
}

tenon_status
oauth_read(struct oauth *o, struct oauth_slot *slot, const char *step, int64_t sent_ns,
           enum oauth_got *ret)
{
  const tenon_http_completion *c = slot->result.completion;
  tenon_status status = TENON_OK;
  cJSON *json = c->status == TENON_OK ? kit_json_parse(c->body.ptr, c->body.len, NULL) : NULL;
  slot->result.local = NULL;
  if (is_success(c, json)) {
    backoff_good(&o->backoff);
    memset(&slot->result.error, 0, sizeof slot->result.error);
    slot->settled = false;
    status = take_token(o, slot, json, sent_ns);
    *ret = OAUTH_GOT_TOKEN;
  } else {
    *ret = oauth_classify(o, slot, step);
  }
  kit_json_wipe(json);
  return status;
}
