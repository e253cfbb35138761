// SPDX-License-Identifier: Apache-2.0
//
// A person signs in once: what was given with the first token gets the next ones, also for another resource, until
// somebody revokes it.
#include "oauth_parts.h"

#include <string.h>

// The server's word on the refresh token: is a person needed?
static bool
needs_person(struct oauth *o, const struct oauth_slot *slot)
{
  const struct oauth_error *e = &slot->result.error;
  if (oauth_error_is_dead(e)) {
    oauth_keep_refresh(o, NULL);
    return true;
  }
  return oauth_error_is_interactive(e);
}

tenon_status
oauth_by_refresh(struct oauth *o, const tenon_call *call, struct oauth_slot *slot, bool *ret_next)
{
  struct oauth_post post;
  char scopes[OAUTH_SCOPES_MAX + CLOUD_URL_MAX];
  struct kit_text to;
  enum oauth_got got;
  tenon_secret *refresh;
  tenon_status status = oauth_kept_refresh(o, call, &refresh);
  *ret_next = true;
  if (status != TENON_OK || refresh == NULL)
    return status;
  kit_text_init(&to, scopes, sizeof scopes);
  oauth_put_scopes(o, slot, &to);
  oauth_post_init(&post);
  oauth_post_text(&post, "grant_type", "refresh_token");
  oauth_post_text(&post, "client_id", o->settings.client_id);
  oauth_post_text(&post, "scope", scopes);
  oauth_post_secret(&post, "refresh_token", refresh);
  int64_t sent = o->host->now(o->host);
  status = oauth_post_send(o, call, slot, &post, "/oauth2/v2.0/token", "refresh token");
  if (status != TENON_OK || slot->result.completion == NULL)
    return status;
  status = oauth_read(o, slot, "refresh", sent, &got);
  if (got == OAUTH_GOT_TOKEN)
    slot->result.source = OAUTH_FROM_REFRESH;
  *ret_next = got == OAUTH_GOT_REFUSAL && needs_person(o, slot);
  if (*ret_next)
    slot->settled = false;
  return status;
}
