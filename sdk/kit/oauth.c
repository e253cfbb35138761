// SPDX-License-Identifier: Apache-2.0
//
// Where a token comes from, in order: the session, another session of the connection, a refresh token, the grant.
#include "oauth_parts.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

bool
oauth_is_app(enum oauth_grant grant)
{
  return grant != OAUTH_DEVICE_CODE && grant != OAUTH_BROWSER;
}

const char *
oauth_grant_name(enum oauth_grant grant)
{
  switch (grant) {
  case OAUTH_CLIENT_SECRET: return "client secret";
  case OAUTH_CERTIFICATE: return "certificate";
  case OAUTH_DEVICE_CODE: return "device code";
  case OAUTH_BROWSER: return "browser";
  case OAUTH_MANAGED_IDENTITY: return "managed identity";
  default: return "unknown";
  }
}

struct oauth *
oauth_create(const tenon_host *host, const tenon_http *http, const struct oauth_settings *settings)
{
  struct oauth *o = calloc(1, sizeof *o);
  if (o == NULL)
    return NULL;
  o->host = host;
  o->http = http;
  o->settings = *settings;
  if (o->settings.client_id == NULL)
    o->settings.client_id = "";
  if (o->settings.login_hint == NULL)
    o->settings.login_hint = "";
  backoff_init(&o->backoff);
  oauth_keep_init(o);
  return o;
}

void
oauth_destroy(struct oauth *o)
{
  if (o != NULL)
    jwt_key_close(o->key);
  free(o);
}

void
oauth_anew(struct oauth *o)
{
  backoff_init(&o->backoff);
  for (size_t i = 0; i < OAUTH_RESOURCES_MAX; i++) {
    o->slots[i].settled = false;
    o->slots[i].result.completion = NULL; // the host has taken it back with the hook before
    if (o->slots[i].result.token == NULL)
      o->slots[i].result.status = TENON_OK;
  }
}

tenon_status
oauth_fail(struct oauth_slot *slot, tenon_status status, const char *step, const char *local)
{
  slot->result.status = status;
  slot->result.step = step;
  slot->result.local = local;
  slot->settled = true;
  return TENON_OK;
}

tenon_status
oauth_rest(struct oauth *o, const tenon_call *call, int64_t ns)
{
  int64_t end = o->host->now(o->host) + ns;
  while (!call->cancelled(call)) {
    if (o->host->now(o->host) >= end)
      return TENON_OK;
    struct pollfd fd = {.fd = call->cancel_fd, .events = POLLIN};
    (void)poll(&fd, 1, OAUTH_POLL_MS);
  }
  return TENON_E_CANCELLED;
}

tenon_status
oauth_remember(struct oauth *o, const char *text, size_t len, tenon_secret **ret)
{
  return o->host->remember(o->host, (tenon_text){text, len}, ret);
}

void
oauth_put_scopes(const struct oauth *o, const struct oauth_slot *slot, struct kit_text *to)
{
  const char *names = oauth_is_app(o->settings.grant) ? "" : slot->scopes;
  const char *p = names[0] != 0 ? names : ".default";
  for (size_t n; *p != 0; p += n + strspn(p + n, " ")) {
    n = strcspn(p, " ");
    kit_text_put(to, to->len > 0 ? " " : "");
    kit_text_put(to, slot->resource);
    kit_text_put(to, "/");
    kit_text_put_n(to, p, n);
  }
  if (!oauth_is_app(o->settings.grant))
    kit_text_put(to, " offline_access openid profile");
}

// ---- slots ------------------------------------------------------------------------------------

static struct oauth_slot *
find(struct oauth *o, const char *resource)
{
  for (size_t i = 0; i < OAUTH_RESOURCES_MAX; i++)
    if (strcmp(o->slots[i].resource, resource) == 0)
      return &o->slots[i];
  return NULL;
}

static void
forget(struct oauth *o, struct oauth_slot *slot)
{
  if (slot->result.completion != NULL)
    o->http->release(o->http, slot->result.completion);
  memset(&slot->result, 0, sizeof slot->result);
  slot->settled = false;
  slot->good_ns = 0;
}

static struct oauth_slot *
slot_for(struct oauth *o, const char *resource, const char *scopes)
{
  struct oauth_slot *slot = find(o, resource);
  if (slot == NULL)
    slot = find(o, "");
  if (slot == NULL)
    slot = &o->slots[o->next++ % OAUTH_RESOURCES_MAX];
  if (strcmp(slot->resource, resource) == 0 && strcmp(slot->scopes, scopes) == 0)
    return slot;
  forget(o, slot);
  slot->floor_ns = 0;
  slot->renewed = false;
  (void)kit_text_copy(slot->resource, sizeof slot->resource, resource);
  (void)kit_text_copy(slot->scopes, sizeof slot->scopes, scopes);
  return slot;
}

tenon_secret *
oauth_at_hand(struct oauth *o, const char *resource)
{
  struct oauth_slot *slot = resource[0] != 0 ? find(o, resource) : NULL;
  bool good = slot != NULL && o->host->now(o->host) < slot->good_ns;
  return good ? slot->result.token : NULL;
}

// ---- getting one ------------------------------------------------------------------------------

static tenon_status
by_grant(struct oauth *o, const tenon_call *call, struct oauth_slot *slot)
{
  switch (o->settings.grant) {
  case OAUTH_CLIENT_SECRET: return oauth_by_secret(o, call, slot);
  case OAUTH_CERTIFICATE: return oauth_by_certificate(o, call, slot);
  case OAUTH_DEVICE_CODE: return oauth_by_device(o, call, slot);
  case OAUTH_BROWSER: return oauth_by_browser(o, call, slot);
  case OAUTH_MANAGED_IDENTITY: return oauth_by_identity(o, call, slot);
  default: return oauth_fail(slot, TENON_E_UNSUPPORTED, "token", "There is no such way.");
  }
}

// The one at hand, if it will do.
static bool
is_good(const struct oauth *o, const struct oauth_slot *slot, enum oauth_fresh fresh)
{
  int64_t now = o->host->now(o->host);
  bool just = now - slot->got_ns <= OAUTH_FRESH_NS;
  if (slot->result.token == NULL || now >= slot->good_ns)
    return false;
  if (fresh == OAUTH_NEW)
    return just;
  // Several requests come back with 401 at a time: the first of them has renewed it for all.
  return fresh == OAUTH_ANY || (slot->renewed && just);
}

// A failure that stands: nothing is sent.
static bool
stands(const struct oauth *o, struct oauth_slot *slot)
{
  struct oauth_result *r = &slot->result;
  if (slot->settled)
    return true;
  int64_t left = backoff_wait(&o->backoff, o->host->now(o->host));
  if (r->status == TENON_OK || left <= 0)
    return false;
  if (r->status == TENON_E_TRANSIENT)
    r->retry_ns = left;
  return true;
}

// Under the lock.
static tenon_status
get(struct oauth *o, const tenon_call *call, struct oauth_slot *slot, enum oauth_fresh fresh)
{
  int64_t since = fresh == OAUTH_NEW ? o->host->now(o->host) - OAUTH_FRESH_NS : INT64_MIN;
  bool next = true;
  if (since < slot->floor_ns)
    since = slot->floor_ns;
  tenon_status status = oauth_kept_access(o, call, slot, since);
  if (status != TENON_OK || slot->result.token != NULL)
    return status;
  if (!oauth_is_app(o->settings.grant))
    status = oauth_by_refresh(o, call, slot, &next);
  return status == TENON_OK && next ? by_grant(o, call, slot) : status;
}

static tenon_status
get_locked(struct oauth *o, const tenon_call *call, struct oauth_slot *slot, enum oauth_fresh fresh)
{
  // TENON_E_TRANSIENT: whoever signs in waits for this session. Better twice than never.
  tenon_status status = o->host->signin_begin(o->host, call, o->lock);
  bool locked = status == TENON_OK;
  if (status == TENON_E_CANCELLED || status == TENON_E_NOMEM)
    return status;
  status = get(o, call, slot, fresh);
  if (locked)
    o->host->signin_end(o->host, o->lock);
  return status;
}

// The tenant is not this cloud's: whose is it? By documents that are public, without the credential.
static tenon_status
look_for_home(struct oauth *o, const tenon_call *call, struct oauth_result *r)
{
  const struct oauth_settings *s = &o->settings;
  struct cloud_tenant tenant;
  if (r->token != NULL || !oauth_error_is_homeless(&r->error) ||
      strcmp(s->authority, s->cloud->login) != 0)
    return TENON_OK;
  tenon_status status = cloud_find_tenant(o->http, call, s->cloud, NULL, s->tenant, &tenant);
  if (status != TENON_OK)
    return status;
  if (tenant.found && strcmp(tenant.cloud->login, s->cloud->login) != 0)
    r->home = tenant.cloud;
  r->homeless = tenant.nowhere;
  cloud_tenant_drop(o->http, &tenant);
  return TENON_OK;
}

static bool
is_end(tenon_status status)
{
  return status == TENON_E_CANCELLED || status == TENON_E_NOMEM;
}

tenon_status
oauth_token(struct oauth *o, const tenon_call *call, const char *resource, const char *scopes,
            enum oauth_fresh fresh, const struct oauth_result **ret)
{
  struct oauth_slot *slot = slot_for(o, resource, scopes != NULL ? scopes : "");
  if (is_good(o, slot, fresh)) {
    slot->result.source = OAUTH_FROM_SESSION;
    *ret = &slot->result;
    return TENON_OK;
  }
  if (slot->result.token == NULL && stands(o, slot)) {
    *ret = &slot->result;
    return TENON_OK;
  }
  if (fresh == OAUTH_AFTER_401 && slot->result.token != NULL)
    slot->floor_ns = slot->got_ns + 1;
  forget(o, slot);
  tenon_status status = get_locked(o, call, slot, fresh);
  if (status == TENON_OK)
    status = look_for_home(o, call, &slot->result);
  if (is_end(status) || (status == TENON_OK && call->cancelled(call) && slot->result.token == NULL))
    return is_end(status) ? status : TENON_E_CANCELLED;
  if (status != TENON_OK)
    (void)oauth_fail(slot, status, "token", "This program could not do it.");
  slot->renewed = fresh == OAUTH_AFTER_401 && slot->result.token != NULL;
  *ret = &slot->result;
  return TENON_OK;
}

// ---- by a client secret -----------------------------------------------------------------------

tenon_status
oauth_by_secret(struct oauth *o, const tenon_call *call, struct oauth_slot *slot)
{
  struct oauth_post post;
  char scopes[OAUTH_SCOPES_MAX + CLOUD_URL_MAX];
  struct kit_text to;
  enum oauth_got got;
  if (o->settings.secret == NULL)
    return oauth_fail(slot, TENON_E_CONFIG, "token", "There is no client secret: enter its value.");
  kit_text_init(&to, scopes, sizeof scopes);
  oauth_put_scopes(o, slot, &to);
  oauth_post_init(&post);
  oauth_post_text(&post, "grant_type", "client_credentials");
  oauth_post_text(&post, "client_id", o->settings.client_id);
  oauth_post_text(&post, "scope", scopes);
  oauth_post_secret(&post, "client_secret", o->settings.secret);
  int64_t sent = o->host->now(o->host);
  tenon_status status =
      oauth_post_send(o, call, slot, &post, "/oauth2/v2.0/token", "client secret");
  if (status == TENON_OK && slot->result.completion != NULL)
    status = oauth_read(o, slot, "token", sent, &got);
  return status;
}
