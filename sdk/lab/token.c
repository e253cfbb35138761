// SPDX-License-Identifier: Apache-2.0
//
// Issuing and checking. What the lab gave out is trusted no more than what it did not: each time the
// signature, the audience and the end are looked at.
#include "token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define ISSUER_V1 "https://sts.windows.net/" CLOUD_TENANT "/"

static cJSON *
header_of(void)
{
  cJSON *header = cJSON_CreateObject();
  cJSON_AddStringToObject(header, "typ", "JWT");
  cJSON_AddStringToObject(header, "alg", "RS256");
  cJSON_AddStringToObject(header, "kid", "tenon-lab");
  return header;
}

static void
add_times(cJSON *payload, const struct lab *lab)
{
  double now = (double)time(NULL);
  cJSON_AddNumberToObject(payload, "iat", now);
  cJSON_AddNumberToObject(payload, "nbf", now);
  cJSON_AddNumberToObject(payload, "exp", now + lab->token_seconds);
}

static void
add_roles(cJSON *payload, const char *permissions)
{
  if (permissions[0] == '\0')
    return;
  cJSON *roles = cJSON_AddArrayToObject(payload, "roles");
  for (size_t length; *permissions != '\0'; permissions += length) {
    char role[128];
    permissions += strspn(permissions, " ");
    length = strcspn(permissions, " ");
    snprintf(role, sizeof(role), "%.*s", (int)length, permissions);
    if (length > 0)
      cJSON_AddItemToArray(roles, cJSON_CreateString(role));
  }
}

static void
add_person(cJSON *payload, const char *scopes)
{
  cJSON_AddStringToObject(payload, "name", "Tenon service account");
  cJSON_AddStringToObject(payload, "oid", TOKEN_ADMIN_OBJECT);
  cJSON_AddStringToObject(payload, "scp", scopes);
  cJSON_AddStringToObject(payload, "sub", "lab-" LAB_ADMIN_ALIAS);
  cJSON_AddStringToObject(payload, "unique_name", LAB_ADMIN);
  cJSON_AddStringToObject(payload, "upn", LAB_ADMIN);
}

bool
token_issue(struct lab *lab, const struct token_wish *wish, struct text *to)
{
  EVP_PKEY *key = cloud_key(lab->cloud);
  const char *audience = cloud_play_of(lab)->audience;
  char serial[24], credential[2] = {(char)('0' + wish->credential), '\0'};
  unsigned int number = atomic_fetch_add(&lab->cloud->serials[wish->resource], 1) + 1;
  snprintf(serial, sizeof(serial), "lab-%u", number);
  cJSON *payload = cJSON_CreateObject();
  cJSON_AddStringToObject(payload, "aud", audience != NULL ? audience : wish->audience);
  cJSON_AddStringToObject(payload, "iss", ISSUER_V1);
  add_times(payload, lab);
  cJSON_AddStringToObject(payload, "app_displayname", APPLICATION_NAME);
  cJSON_AddStringToObject(payload, "appid", APPLICATION_ID);
  cJSON_AddStringToObject(payload, "appidacr", credential);
  cJSON_AddStringToObject(payload, "idp", ISSUER_V1);
  cJSON_AddStringToObject(payload, "idtyp", wish->app ? "app" : "user");
  if (wish->app) {
    cJSON_AddStringToObject(payload, "oid", APPLICATION_OBJECT);
    add_roles(payload, wish->permissions);
    cJSON_AddStringToObject(payload, "sub", APPLICATION_OBJECT);
  } else {
    add_person(payload, wish->permissions);
  }
  cJSON_AddStringToObject(payload, "tid", CLOUD_TENANT);
  cJSON_AddStringToObject(payload, "uti", serial);
  cJSON_AddStringToObject(payload, "ver", "1.0");
  if (key != NULL)
    return jose_sign(key, header_of(), payload, to);
  cJSON_Delete(payload);
  return false;
}

bool
token_issue_id(struct lab *lab, const struct http_request *request, const char *nonce,
               struct text *to)
{
  EVP_PKEY *key = cloud_key(lab->cloud);
  char issuer[320], base[256];
  if (key == NULL)
    return false;
  cloud_base(request, base, sizeof(base));
  snprintf(issuer, sizeof(issuer), "%s/" CLOUD_TENANT "/v2.0", base);
  cJSON *payload = cJSON_CreateObject();
  cJSON_AddStringToObject(payload, "aud", APPLICATION_ID);
  cJSON_AddStringToObject(payload, "iss", issuer);
  add_times(payload, lab);
  cJSON_AddStringToObject(payload, "name", "Tenon service account");
  if (nonce[0] != '\0')
    cJSON_AddStringToObject(payload, "nonce", nonce);
  cJSON_AddStringToObject(payload, "oid", TOKEN_ADMIN_OBJECT);
  cJSON_AddStringToObject(payload, "preferred_username", LAB_ADMIN);
  cJSON_AddStringToObject(payload, "sub", "lab-" LAB_ADMIN_ALIAS);
  cJSON_AddStringToObject(payload, "tid", CLOUD_TENANT);
  cJSON_AddStringToObject(payload, "ver", "2.0");
  return jose_sign(key, header_of(), payload, to);
}

static void
collect_roles(const cJSON *payload, struct token *token)
{
  const cJSON *role;
  size_t used = 0;
  cJSON_ArrayForEach(role, cJSON_GetObjectItemCaseSensitive(payload, "roles"))
  {
    const char *name = cJSON_GetStringValue(role);
    size_t room = sizeof(token->permissions) - used;
    int length = snprintf(token->permissions + used, room, " %s ", name != NULL ? name : "");
    if (length > 0 && (size_t)length < room)
      used += (size_t)length;
  }
}

static void
collect(const cJSON *payload, struct token *token)
{
  token->app = strcmp(jose_text(payload, "idtyp"), "app") == 0;
  snprintf(token->app_id, sizeof(token->app_id), "%s", jose_text(payload, "appid"));
  if (token->app)
    collect_roles(payload, token);
  else
    snprintf(token->permissions, sizeof(token->permissions), " %s ", jose_text(payload, "scp"));
}

static enum token_state
judge(const struct lab *lab, const cJSON *payload, enum resource resource)
{
  const char *audience = jose_text(payload, "aud");
  if (cloud_resource(audience, strlen(audience)) != resource)
    return TOKEN_FOREIGN;
  if (jose_number(payload, "exp") <= (double)time(NULL))
    return TOKEN_EXPIRED;
  if (cloud_play_of(lab)->stale && strcmp(jose_text(payload, "uti"), "lab-1") == 0)
    return TOKEN_EXPIRED;
  return TOKEN_GOOD;
}

enum token_state
token_read(struct lab *lab, const struct http_request *request, enum resource resource,
           struct token *ret_token)
{
  const char *text = http_request_header(request, "Authorization");
  struct jose_token token;
  if (text == NULL || strncasecmp(text, "Bearer ", 7) != 0)
    return TOKEN_MISSING;
  if (!jose_read(text + 7, &token))
    return TOKEN_UNREADABLE;
  enum token_state state = TOKEN_FORGED;
  EVP_PKEY *key = cloud_key(lab->cloud);
  if (key != NULL && jose_verify(&token, key))
    state = judge(lab, token.payload, resource);
  if (state == TOKEN_GOOD) {
    *ret_token = (struct token){.resource = resource};
    collect(token.payload, ret_token);
  }
  jose_finish(&token);
  return state;
}

bool
token_permits(const struct token *token, const char *names)
{
  while (*names != '\0') {
    size_t length = strcspn(names, "|");
    char wanted[128];
    snprintf(wanted, sizeof(wanted), " %.*s ", (int)length, names);
    if (strstr(token->permissions, wanted) != NULL)
      return true;
    names += length;
    names += *names == '|';
  }
  return false;
}
