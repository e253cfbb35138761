// SPDX-License-Identifier: Apache-2.0
//
// Fills the form: where the administrator's domain is at home, as a tenant's id and as a cloud. Asked without a credential, of
// the login hosts alone.
#include "session.h"

#include "cloud_suggest.h"

#include <string.h>

static void
set(const tenon_sink *sink, const char *key, const char *value)
{
  tenon_text text = {value, strlen(value)};
  sink->patch(sink, key, &text);
}

static void
offer(const tenon_sink *sink, const char *value, const char *label)
{
  tenon_offer found = {
      .size = sizeof found, .field = TENON_KEY_TENANT, .value = value, .label = label};
  sink->offer(sink, &found);
}

tenon_status
msgraph_suggest(tenon_session *s, const tenon_call *call, const char *page, const tenon_sink *sink)
{
  const struct oauth_answers *a = &s->answers;
  struct cloud_tenant tenant = {0};
  const char *at = strrchr(a->admin, '@');
  const struct oauth_settings *settings = &a->settings;
  tenon_text given = {NULL, 0};
  if (!cloud_suggest_is_due(s->host, page) || at == NULL ||
      settings->grant == OAUTH_MANAGED_IDENTITY)
    return TENON_OK;
  bool own = strcmp(a->authority, settings->cloud->login) != 0;
  tenon_status status =
      cloud_find_tenant(s->http, call, settings->cloud, own ? a->authority : NULL, at + 1, &tenant);
  if (status != TENON_OK)
    return status;
  if (tenant.found) {
    bool empty = s->host->value(s->host, TENON_KEY_TENANT, &given) != TENON_OK || given.len == 0;
    if (empty)
      set(sink, TENON_KEY_TENANT, tenant.id);
    offer(sink, tenant.id, at + 1);
    if (!own && tenant.cloud != NULL && tenant.cloud != settings->cloud)
      set(sink, TENON_KEY_CLOUD, tenant.cloud->id);
  }
  cloud_tenant_drop(s->http, &tenant);
  return TENON_OK;
}
