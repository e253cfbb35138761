// SPDX-License-Identifier: Apache-2.0
//
// Where a tenant is at home: its OpenID configuration is public, and a cloud that does not know it says so by number.
#include "cloud.h"

#include "json.h"
#include "oauth.h"

#include <string.h>
#include <strings.h>

#define URL_SIZE (CLOUD_URL_MAX + CLOUD_TENANT_MAX * 3 + 128)

static tenon_status
get(const tenon_http *http, const tenon_call *call, const char *label, const char *url,
    int64_t timeout_ns, const tenon_http_completion **ret)
{
  const tenon_pair headers[] = {{"Accept", {"application/json", 16}}};
  const tenon_http_request request = {.size = sizeof request,
                                      .label = label,
                                      .url = url,
                                      .headers = headers,
                                      .n_headers = 1,
                                      .timeout_ns = timeout_ns,
                                      .body_max = OAUTH_ANSWER_MAX};
  *ret = NULL;
  tenon_status status = http->perform(http, call, &request, ret);
  return status == TENON_OK && (*ret)->status == TENON_E_CANCELLED ? TENON_E_CANCELLED : status;
}

// "https://host/GUID/..." gives the GUID.
static void
take_tenant(const char *url, char *to, size_t size)
{
  const char *host = url != NULL ? strstr(url, "://") : NULL;
  const char *path = host != NULL ? strchr(host + 3, '/') : NULL;
  char guid[37];
  if (path == NULL || strlen(path + 1) < sizeof guid - 1)
    return;
  memcpy(guid, path + 1, sizeof guid - 1);
  guid[sizeof guid - 1] = 0;
  if (to[0] == 0 && cloud_is_guid(guid))
    (void)kit_text_copy(to, size, guid);
}

static bool
has_login(const struct cloud *c, const char *instance)
{
  static const char prefix[] = "https://login.";
  return instance != NULL && strncmp(c->login, prefix, sizeof prefix - 1) == 0 &&
         strcasecmp(c->login + sizeof prefix - 1, instance) == 0;
}

// The cloud of a configuration: the one that a person has said, unless it names another.
static const struct cloud *
cloud_of(const cJSON *json, const struct cloud *asked, bool said)
{
  const char *instance = kit_json_text(json, "cloud_instance_name");
  const char *sub = kit_json_text(json, "tenant_region_sub_scope");
  const struct cloud *found = asked;
  if (said && has_login(asked, instance))
    return asked;
  for (const struct cloud *c = clouds; c->id != NULL; c++)
    if (has_login(c, instance)) {
      found = c;
      break;
    }
  bool dod = sub != NULL && strcasecmp(sub, "DOD") == 0;
  return strcmp(found->id, "gcc-high") == 0 && dod ? cloud_find("dod") : found;
}

static void
take_configuration(const cJSON *json, const struct cloud *asked, bool said,
                   struct cloud_tenant *ret)
{
  const char *region = kit_json_text(json, "tenant_region_scope");
  take_tenant(kit_json_text(json, "token_endpoint"), ret->id, sizeof ret->id);
  take_tenant(kit_json_text(json, "issuer"), ret->id, sizeof ret->id);
  ret->found = ret->id[0] != 0; // AD FS and "common" have such a document too, and no tenant in it
  ret->cloud = ret->found ? cloud_of(json, asked, said) : asked;
  if (region != NULL && kit_utf8_printable(region, strlen(region)))
    (void)kit_text_copy(ret->region, sizeof ret->region, region);
}

static bool
is_unknown(const tenon_http_completion *c)
{
  struct oauth_error e;
  oauth_error_read(c->body.ptr, c->body.len, &e);
  return oauth_error_is_homeless(&e);
}

// *ret_elsewhere: this login host answers, and does not know it.
static tenon_status
ask(const tenon_http *http, const tenon_call *call, const char *login, const struct cloud *cloud,
    const char *tenant, struct cloud_tenant *ret, bool *ret_elsewhere)
{
  char url[URL_SIZE];
  struct kit_text to;
  const tenon_http_completion *c;
  kit_text_init(&to, url, sizeof url);
  kit_text_put(&to, login);
  kit_text_put(&to, "/");
  kit_text_put_url(&to, tenant, strlen(tenant));
  kit_text_put(&to, "/v2.0/.well-known/openid-configuration");
  tenon_status status = get(http, call, "cloud.tenant", url, 0, &c);
  if (status != TENON_OK)
    return status;
  cJSON *json = c->code == 200 ? kit_json_parse(c->body.ptr, c->body.len, NULL) : NULL;
  if (kit_json_text(json, "issuer") != NULL)
    take_configuration(json, cloud, ret->cloud == cloud, ret);
  kit_json_wipe(json);
  *ret_elsewhere = c->status == TENON_OK && !ret->found && is_unknown(c);
  if (ret->completion == NULL || ret->found) {
    http->release(http, ret->completion);
    ret->completion = c;
  } else {
    http->release(http, c);
  }
  return TENON_OK;
}

// Undocumented, and best effort: what it does not say is not known.
static tenon_status
ask_realm(const tenon_http *http, const tenon_call *call, const char *login, const char *tenant,
          struct cloud_tenant *ret)
{
  static const char *const types[] = {"managed", "federated", "unknown"};
  char url[URL_SIZE];
  struct kit_text to;
  const tenon_http_completion *c;
  kit_text_init(&to, url, sizeof url);
  kit_text_put(&to, login);
  kit_text_put(&to, "/common/userrealm/user@"); // the domain decides, not the user
  kit_text_put_url(&to, tenant, strlen(tenant));
  kit_text_put(&to, "?api-version=1.0");
  tenon_status status = get(http, call, "cloud.realm", url, CLOUD_REALM_NS, &c);
  if (status != TENON_OK)
    return status;
  cJSON *json = c->code == 200 ? kit_json_parse(c->body.ptr, c->body.len, NULL) : NULL;
  const char *type = kit_json_text(json, "account_type");
  if (type == NULL)
    type = kit_json_text(json, "NameSpaceType");
  for (size_t i = 0; type != NULL && i < sizeof types / sizeof *types; i++)
    if (strcasecmp(type, types[i]) == 0)
      (void)kit_text_copy(ret->account_type, sizeof ret->account_type, types[i]);
  kit_json_wipe(json);
  http->release(http, c);
  return TENON_OK;
}

// GCC High and DoD share a login host: it is asked once.
static bool
is_next(const struct cloud *c, const struct cloud *asked)
{
  if (strcmp(c->login, asked->login) == 0)
    return false;
  for (const struct cloud *before = clouds; before < c; before++)
    if (strcmp(before->login, c->login) == 0)
      return false;
  return true;
}

tenon_status
cloud_find_tenant(const tenon_http *http, const tenon_call *call, const struct cloud *cloud,
                  const char *authority, const char *tenant, struct cloud_tenant *ret)
{
  const char *login = authority != NULL ? authority : cloud->login;
  bool elsewhere = false, own = strcmp(login, cloud->login) != 0, nowhere = true;
  *ret = (struct cloud_tenant){.cloud = cloud};
  tenon_status status = ask(http, call, login, cloud, tenant, ret, &elsewhere);
  // An authority of somebody's own stands for no cloud, and nobody else is asked for what it does not know.
  for (const struct cloud *c = clouds; status == TENON_OK && elsewhere && !own && c->id != NULL;
       c++) {
    bool unknown = false;
    if (!is_next(c, cloud))
      continue;
    status = ask(http, call, c->login, c, tenant, ret, &unknown);
    nowhere = nowhere && unknown;
    if (status == TENON_OK && ret->found)
      break;
  }
  ret->nowhere = nowhere && elsewhere && !own;
  if (status == TENON_OK && ret->found && strchr(tenant, '.') != NULL)
    status = ask_realm(http, call, own ? login : ret->cloud->login, tenant, ret);
  if (status != TENON_OK)
    cloud_tenant_drop(http, ret);
  return status;
}

void
cloud_tenant_drop(const tenon_http *http, struct cloud_tenant *t)
{
  if (t->completion != NULL)
    http->release(http, t->completion);
  t->completion = NULL;
}
