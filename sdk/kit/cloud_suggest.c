// SPDX-License-Identifier: Apache-2.0
//
// A domain is looked up once; what was not found is no failure, since the form can be filled by hand.
#include "cloud_suggest.h"

#include <tenon/exchange.h>

#include <string.h>
#include <strings.h>

struct suggestion {
  const tenon_sink *sink;
  const struct oauth_answers *answers;
  const char *check_id, *domain;
};

static void
doubt(const struct suggestion *s, const char *field, const char *title, const char *detail,
      const char *remedy)
{
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_RECOMMENDED,
      .id = s->check_id,
      .title = title,
      .detail = detail,
      .remedy = remedy,
      .field = field,
      .cause = TENON_E_CONFIG,
  };
  s->sink->check(s->sink, &check);
}

static void
unknown(const struct suggestion *s)
{
  char detail[CLOUD_TENANT_MAX + 160];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "No cloud of Microsoft's has a tenant with the domain %.255s.", s->domain);
  doubt(s, TENON_KEY_ADMIN, "This domain is in no tenant of Entra ID", detail,
        "Check the domain. Where the mailboxes are on a server of your own, choose the connector "
        "for on-premises Exchange; else write the tenant's GUID or its onmicrosoft.com domain.");
}

static void
elsewhere(const struct suggestion *s, const struct cloud_tenant *tenant)
{
  char detail[CLOUD_TENANT_MAX + 256];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  bool federated = strcasecmp(tenant->account_type, "federated") == 0;
  if (federated)
    kit_text_printf(&text,
                    "People of %.255s sign in at an identity provider of their own (AD FS or the "
                    "like), where Entra ID sends them.",
                    s->domain);
  else
    kit_text_printf(&text, "The tenant is known, and Entra ID has no account domain %.255s.",
                    s->domain);
  if (federated)
    doubt(
        s, TENON_KEY_ADMIN, "The sign-in is federated", detail,
        "Nothing to do for an application. A person signs in there; where the mailboxes are still "
        "on a server of your own, choose the connector for on-premises Exchange.");
  else
    doubt(
        s, TENON_KEY_ADMIN, "Entra ID does not know accounts of this domain", detail,
        "Check the address. Where the mailboxes are on a server of your own, choose the connector "
        "for on-premises Exchange.");
}

static void
patch(const struct suggestion *s, const char *key, const char *value)
{
  const tenon_text text = {value, strlen(value)};
  s->sink->patch(s->sink, key, &text);
}

static void
offer(const struct suggestion *s, const char *id)
{
  tenon_offer found = {
      .size = sizeof found, .field = TENON_KEY_TENANT, .value = id, .label = s->domain};
  s->sink->offer(s->sink, &found);
}

// An authority of somebody's own stands for no cloud.
static void
found(const struct suggestion *s, const struct cloud_tenant *tenant, bool answered, bool own)
{
  const struct cloud *cloud = s->answers->settings.cloud;
  if (!answered && tenant->id[0] != 0)
    patch(s, TENON_KEY_TENANT, tenant->id);
  if (tenant->id[0] != 0)
    offer(s, tenant->id);
  if (!own && tenant->cloud != NULL && tenant->cloud != cloud)
    patch(s, TENON_KEY_CLOUD, tenant->cloud->id);
  if (tenant->account_type[0] != 0 && strcasecmp(tenant->account_type, "managed") != 0)
    elsewhere(s, tenant);
}

static bool
tenant_answered(const tenon_host *host)
{
  tenon_text given = {NULL, 0};
  return host->value(host, TENON_KEY_TENANT, &given) == TENON_OK && given.ptr != NULL &&
         given.len > 0;
}

static bool
is_due(const char *page, bool answered)
{
  return strcmp(page, OAUTH_PAGE_CREDENTIALS) == 0 ||
         (strcmp(page, OAUTH_PAGE_APPLICATION) == 0 && !answered);
}

tenon_status
cloud_suggest(const tenon_host *host, const tenon_http *http, const tenon_call *call,
              const char *page, const tenon_sink *sink, const struct oauth_answers *answers,
              const char *check_id)
{
  const struct oauth_settings *settings = &answers->settings;
  const char *at = strrchr(answers->admin, '@');
  struct suggestion s = {.sink = sink, .answers = answers, .check_id = check_id};
  bool answered = tenant_answered(host);
  if (!is_due(page, answered) || at == NULL || settings->grant == OAUTH_MANAGED_IDENTITY)
    return TENON_OK;
  s.domain = at + 1;
  bool own = strcmp(answers->authority, settings->cloud->login) != 0;
  struct cloud_tenant tenant;
  tenon_status status = cloud_find_tenant(http, call, settings->cloud,
                                          own ? answers->authority : NULL, s.domain, &tenant);
  if (status != TENON_OK)
    return status;
  bool decided = tenant.completion != NULL && tenant.completion->code != 0;
  if (tenant.found)
    found(&s, &tenant, answered, own);
  else if (decided && !answered)
    unknown(&s);
  cloud_tenant_drop(http, &tenant);
  return TENON_OK;
}
