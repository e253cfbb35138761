// SPDX-License-Identifier: Apache-2.0
//
// The identity of the machine that this runs on, from Azure's metadata service: link-local, plain http, never through a
// proxy, and either it answers at once or the machine has none.
#include "oauth_parts.h"

#include <string.h>

#define SERVICE "http://169.254.169.254/metadata/identity/oauth2/token"

static bool
is_worth_waiting(const struct oauth_result *r, enum oauth_got got)
{
  int code = r->completion->code;
  return got == OAUTH_GOT_BUSY || code == 404 || code == 410; // while it starts, or is renewed
}

tenon_status
oauth_by_identity(struct oauth *o, const tenon_call *call, struct oauth_slot *slot)
{
  char url[OAUTH_URL_MAX], tried[OAUTH_TRIED_MAX];
  struct kit_text to;
  enum oauth_got got = OAUTH_GOT_NOTHING;
  kit_text_init(&to, tried, sizeof tried);
  kit_text_printf(&to, "GET " SERVICE ", managed identity, resource %s", slot->resource);
  kit_text_init(&to, url, sizeof url);
  kit_text_put(&to, SERVICE "?api-version=2018-02-01&resource=");
  kit_text_put_url(&to, slot->resource, strlen(slot->resource));
  if (o->settings.client_id[0] != 0) {
    kit_text_put(&to, "&client_id=");
    kit_text_put_url(&to, o->settings.client_id, strlen(o->settings.client_id));
  }
  for (int64_t n = 1;; n++) {
    int64_t sent = o->host->now(o->host);
    tenon_status status = oauth_get(o, call, slot, url, tried);
    if (status == TENON_OK)
      status = oauth_read(o, slot, "imds", sent, &got);
    if (status != TENON_OK || got == OAUTH_GOT_TOKEN)
      return status;
    if (n == OAUTH_IMDS_TRIES || !is_worth_waiting(&slot->result, got))
      break;
    status = oauth_rest(o, call, n * INT64_C(1000000000));
    if (status != TENON_OK)
      return status;
  }
  if (slot->result.completion->status != TENON_OK)
    slot->result.local = "This machine has no managed identity: Azure's metadata service does not "
                         "answer. Run it on a machine in Azure, or choose another way to sign in.";
  return TENON_OK;
}
