// SPDX-License-Identifier: Apache-2.0
//
// What Entra tells everybody: where a tenant is at home, how a domain signs in, which keys it has.
#include "entra.h"

#include <openssl/core_names.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"

static void
add_strings(cJSON *object, const char *name, const char *const *strings)
{
  cJSON *list = cJSON_AddArrayToObject(object, name);
  for (; *strings != NULL; strings++)
    cJSON_AddItemToArray(list, cJSON_CreateString(*strings));
}

static void
add_url(cJSON *object, const char *name, const char *base, const char *path)
{
  char url[1280];
  snprintf(url, sizeof(url), "%s%s", base, path);
  cJSON_AddStringToObject(object, name, url);
}

void
entra_configuration(struct entra_call *call)
{
  static const char *const methods[] = {"client_secret_post", "private_key_jwt",
                                        "client_secret_basic", NULL};
  static const char *const responses[] = {"code", NULL};
  static const char *const modes[] = {"query", NULL};
  static const char *const subjects[] = {"pairwise", NULL};
  static const char *const algorithms[] = {"RS256", NULL};
  static const char *const scopes[] = {"openid", "profile", "email", "offline_access", NULL};
  bool shared =
      strcasecmp(call->tenant, "common") == 0 || strcasecmp(call->tenant, "organizations") == 0;
  bool government = cloud_play_of(call->lab)->government;
  char base[256], tenant[1024];
  if (!shared && !cloud_is_tenant(call->lab, call->request, call->tenant)) {
    entra_refuse(call, 90002, call->tenant);
    return;
  }
  cloud_base(call->request, base, sizeof(base));
  snprintf(tenant, sizeof(tenant), "%s/%s", base, shared ? call->tenant : CLOUD_TENANT);
  cJSON *object = cJSON_CreateObject();
  add_url(object, "token_endpoint", tenant, "/oauth2/v2.0/token");
  add_strings(object, "token_endpoint_auth_methods_supported", methods);
  add_url(object, "jwks_uri", tenant, "/discovery/v2.0/keys");
  add_strings(object, "response_modes_supported", modes);
  add_strings(object, "subject_types_supported", subjects);
  add_strings(object, "id_token_signing_alg_values_supported", algorithms);
  add_strings(object, "response_types_supported", responses);
  add_strings(object, "scopes_supported", scopes);
  add_url(object, "issuer", shared ? base : tenant, shared ? "/{tenantid}/v2.0" : "/v2.0");
  add_url(object, "authorization_endpoint", tenant, "/oauth2/v2.0/authorize");
  add_url(object, "device_authorization_endpoint", tenant, "/oauth2/v2.0/devicecode");
  if (shared)
    cJSON_AddNullToObject(object, "tenant_region_scope");
  else
    cJSON_AddStringToObject(object, "tenant_region_scope", government ? "USGov" : "EU");
  if (government && !shared)
    cJSON_AddStringToObject(object, "tenant_region_sub_scope", "DODCON");
  cJSON_AddStringToObject(object, "cloud_instance_name",
                          government ? "microsoftonline.us" : "microsoftonline.com");
  cJSON_AddStringToObject(object, "cloud_graph_host_name", "graph.windows.net");
  cJSON_AddStringToObject(object, "msgraph_host",
                          government ? "graph.microsoft.us" : "graph.microsoft.com");
  json_answer(call->answer, 200, object, NULL);
}

void
entra_user_realm(struct entra_call *call)
{
  const char *user = strchr(call->rest, '/') + 1;
  const char *at = strrchr(user, '@');
  bool second = strcmp(form_text(&call->form, "api-version"), "2.0") == 0;
  const char *domain = at != NULL ? at + 1 : user;
  bool known = cloud_is_tenant(call->lab, call->request, domain);
  cJSON *object = cJSON_CreateObject();
  if (second) {
    cJSON_AddStringToObject(object, "NameSpaceType", known ? "Managed" : "Unknown");
    cJSON_AddStringToObject(object, "Login", user);
  } else {
    cJSON_AddStringToObject(object, "ver", "1.0");
    cJSON_AddStringToObject(object, "account_type", known ? "Managed" : "Unknown");
  }
  if (known) {
    cJSON_AddStringToObject(object, second ? "DomainName" : "domain_name", domain);
    cJSON_AddStringToObject(object, "cloud_instance_name", "microsoftonline.com");
    if (!second)
      cJSON_AddStringToObject(object, "cloud_audience_urn", "urn:federation:MicrosoftOnline");
  }
  json_answer(call->answer, 200, object, NULL);
}

// Which login hosts there are: any is one that the lab is called by.
void
entra_instance(struct entra_call *call)
{
  char base[256], url[512], host[256];
  const char *asked = form_text(&call->form, "authorization_endpoint");
  cloud_base(call->request, base, sizeof(base));
  snprintf(host, sizeof(host), "%s", base + strlen("https://"));
  if (strncasecmp(asked, base, strlen(base)) != 0) {
    entra_refuse(call, 50049, NULL);
    return;
  }
  snprintf(url, sizeof(url), "%s/{tenant}/v2.0/.well-known/openid-configuration", base);
  const char *const aliases[] = {host, NULL};
  cJSON *object = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "tenant_discovery_endpoint", url);
  cJSON_AddStringToObject(object, "api-version", "1.1");
  cJSON *list = cJSON_AddArrayToObject(object, "metadata");
  cJSON *row = cJSON_CreateObject();
  cJSON_AddStringToObject(row, "preferred_network", host);
  cJSON_AddStringToObject(row, "preferred_cache", host);
  add_strings(row, "aliases", aliases);
  cJSON_AddItemToArray(list, row);
  json_answer(call->answer, 200, object, NULL);
}

static void
add_parameter(cJSON *object, const char *name, EVP_PKEY *key, const char *parameter)
{
  unsigned char bytes[1024];
  BIGNUM *number = NULL;
  struct text text = {0};
  if (EVP_PKEY_get_bn_param(key, parameter, &number) == 1)
    jose_encode(&text, bytes, (size_t)BN_bn2bin(number, bytes));
  cJSON_AddStringToObject(object, name, text.bytes != NULL ? text.bytes : "");
  text_finish(&text);
  BN_free(number);
}

void
entra_keys(struct entra_call *call)
{
  EVP_PKEY *signer = cloud_key(call->lab->cloud);
  if (signer == NULL) {
    call->answer->status = 500;
    return;
  }
  cJSON *object = cJSON_CreateObject(), *key = cJSON_CreateObject();
  cJSON_AddItemToArray(cJSON_AddArrayToObject(object, "keys"), key);
  cJSON_AddStringToObject(key, "kty", "RSA");
  cJSON_AddStringToObject(key, "use", "sig");
  cJSON_AddStringToObject(key, "kid", "tenon-lab");
  cJSON_AddStringToObject(key, "alg", "RS256");
  add_parameter(key, "n", signer, OSSL_PKEY_PARAM_RSA_N);
  add_parameter(key, "e", signer, OSSL_PKEY_PARAM_RSA_E);
  json_answer(call->answer, 200, object, NULL);
}
