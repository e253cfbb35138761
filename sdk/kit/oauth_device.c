// SPDX-License-Identifier: Apache-2.0
//
// Device authorization grant (RFC 8628): the person signs in on any device, and the endpoint is asked now and then
// whether that has happened.
#include "oauth_parts.h"

#include "json.h"

#include <string.h>

struct device {
  tenon_secret *code;
  char user_code[OAUTH_CODE_MAX], url[CLOUD_URL_MAX];
  int64_t interval_s, ends_ns;
  struct oauth_visit visit;
};

#define NS_PER_S INT64_C(1000000000)

static bool
is_shown(const char *text, size_t size)
{
  size_t n = text != NULL ? strlen(text) : 0;
  return n > 0 && n < size && kit_utf8_printable(text, n);
}

static int64_t
bounded(const cJSON *json, const char *name, int64_t otherwise, int64_t max)
{
  int64_t value = 0;
  if (!kit_json_whole(json, name, &value) || value <= 0)
    value = otherwise;
  return value < max ? value : max;
}

// false: it is none. v1 endpoints and AD FS call the page verification_url, and send numbers as text.
static bool
read_device(const struct oauth *o, const cJSON *json, struct device *ret)
{
  const char *url = kit_json_text(json, "verification_uri");
  const char *user_code = kit_json_text(json, "user_code");
  if (url == NULL)
    url = kit_json_text(json, "verification_url");
  if (!is_shown(url, sizeof ret->url) || strncmp(url, "https://", 8) != 0 ||
      !is_shown(user_code, sizeof ret->user_code))
    return false;
  (void)kit_text_copy(ret->url, sizeof ret->url, url);
  (void)kit_text_copy(ret->user_code, sizeof ret->user_code, user_code);
  ret->interval_s = bounded(json, "interval", OAUTH_INTERVAL_S, OAUTH_INTERVAL_MAX_S);
  int64_t life = bounded(json, "expires_in", OAUTH_DEVICE_MAX_S, OAUTH_DEVICE_MAX_S);
  ret->ends_ns = o->host->now(o->host) + life * NS_PER_S;
  return true;
}

static tenon_status
begin(struct oauth *o, const tenon_call *call, struct oauth_slot *slot, const char *scopes,
      struct device *ret)
{
  struct oauth_post post;
  oauth_post_init(&post);
  oauth_post_text(&post, "client_id", o->settings.client_id);
  oauth_post_text(&post, "scope", scopes);
  tenon_status status =
      oauth_post_send(o, call, slot, &post, "/oauth2/v2.0/devicecode", "device code");
  const tenon_http_completion *c = slot->result.completion;
  if (status != TENON_OK || c == NULL)
    return status;
  bool good = c->status == TENON_OK && c->code == 200;
  cJSON *json = good ? kit_json_parse(c->body.ptr, c->body.len, NULL) : NULL;
  const char *code = kit_json_text(json, "device_code");
  if (code != NULL && code[0] != 0 && read_device(o, json, ret))
    status = oauth_remember(o, code, strlen(code), &ret->code);
  else
    (void)oauth_classify(o, slot, "device");
  kit_json_wipe(json);
  return status;
}

static bool
show(struct oauth *o, const tenon_call *call, struct oauth_slot *slot, struct device *d)
{
  char body[OAUTH_BODY_MAX];
  struct kit_text to;
  kit_text_init(&to, body, sizeof body);
  oauth_visit_put_body(o, "Open the page on any device, enter the code", &to);
  const tenon_ask ask = {.size = sizeof ask,
                         .kind = TENON_ASK_VISIT,
                         .id = OAUTH_ASK_DEVICE,
                         .title = "Sign in to Microsoft 365",
                         .body = body,
                         .url = d->url,
                         .code = d->user_code,
                         .expires_ns = d->ends_ns};
  return oauth_visit_begin(o, call, slot, &ask, &d->visit);
}

// After an answer that is no token: is the code still waited for?
static bool
goes_on(struct oauth_slot *slot, struct device *d, enum oauth_got got)
{
  const struct oauth_result *r = &slot->result;
  if (got == OAUTH_GOT_REFUSAL && strcmp(r->error.error, "authorization_pending") == 0)
    return true;
  if (got == OAUTH_GOT_REFUSAL && strcmp(r->error.error, "slow_down") == 0) {
    d->interval_s += 5; // RFC 8628 3.5
    return true;
  }
  if (got == OAUTH_GOT_BUSY || r->status == TENON_E_NETWORK || r->status == TENON_E_TIMEOUT) {
    int64_t asked = r->retry_ns / NS_PER_S;
    d->interval_s *= 2;
    if (got == OAUTH_GOT_BUSY && d->interval_s < asked)
      d->interval_s = asked;
    return true;
  }
  return false;
}

// Nobody has entered it, and the endpoint does not say so itself.
static tenon_status
expire(struct oauth_slot *slot)
{
  if (strcmp(slot->result.error.error, "authorization_pending") == 0 ||
      strcmp(slot->result.error.error, "slow_down") == 0) {
    oauth_error_put(&slot->result.error, "expired_token", NULL, NULL);
    return oauth_fail(slot, TENON_E_AUTH, "device",
                      "Nobody has entered the code in time: verify again for a new one.");
  }
  slot->result.step = "device"; // the endpoint did not answer to the end
  return TENON_OK;
}

// Asks again and again; one last time when the code has ended, for that answer names the reason.
static tenon_status
poll_token(struct oauth *o, const tenon_call *call, struct oauth_slot *slot,
           struct oauth_post *post, struct device *d)
{
  for (bool last = false; !last;) {
    enum oauth_got got = OAUTH_GOT_NOTHING;
    int64_t left = d->ends_ns - o->host->now(o->host), pause;
    if (d->interval_s > OAUTH_INTERVAL_MAX_S)
      d->interval_s = OAUTH_INTERVAL_MAX_S;
    last = left <= d->interval_s * NS_PER_S;
    pause = last ? left : d->interval_s * NS_PER_S;
    tenon_status status = oauth_visit_wait(o, call, &d->visit, pause > 0 ? pause : 0);
    if (status != TENON_OK)
      return status;
    if (d->visit.declined || d->visit.absent)
      return oauth_visit_fail(slot, &d->visit);
    int64_t sent = o->host->now(o->host);
    status = oauth_post_send(o, call, slot, post, "/oauth2/v2.0/token", "device code");
    if (status != TENON_OK || slot->result.completion == NULL)
      return status;
    status = oauth_read(o, slot, "device", sent, &got);
    if (status != TENON_OK || got == OAUTH_GOT_TOKEN || !goes_on(slot, d, got))
      return status;
    slot->settled = false;
  }
  return expire(slot);
}

tenon_status
oauth_by_device(struct oauth *o, const tenon_call *call, struct oauth_slot *slot)
{
  char scopes[OAUTH_SCOPES_MAX + CLOUD_URL_MAX];
  struct kit_text to;
  struct oauth_post post;
  struct device d = {.code = NULL};
  kit_text_init(&to, scopes, sizeof scopes);
  oauth_put_scopes(o, slot, &to);
  tenon_status status = begin(o, call, slot, scopes, &d);
  if (status != TENON_OK || d.code == NULL || !show(o, call, slot, &d))
    return status;
  oauth_post_init(&post);
  oauth_post_text(&post, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
  oauth_post_text(&post, "client_id", o->settings.client_id);
  oauth_post_secret(&post, "device_code", d.code);
  status = poll_token(o, call, slot, &post, &d);
  oauth_visit_end(o, &d.visit);
  return status;
}
