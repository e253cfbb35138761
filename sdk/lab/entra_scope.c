// SPDX-License-Identifier: Apache-2.0
//
// Scopes: which resource they are of, and which of them there are.
#include "entra.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define GRAPH_ID    "00000003-0000-0000-c000-000000000000"
#define EXCHANGE_ID "00000002-0000-0ff1-ce00-000000000000"
#define GRAPH_URL   "https://graph.microsoft.com"
#define EXCHANGE    "https://outlook.office365.com"

static const char *const known[][14] = {
    [RESOURCE_EXCHANGE] = {"EWS.AccessAsUser.All", "Exchange.Manage", "IMAP.AccessAsUser.All",
                           "SMTP.Send", "User.Read", NULL},
    [RESOURCE_GRAPH] = {"User.Read", "User.Read.All", "User.ReadBasic.All", "Organization.Read.All",
                        "Directory.Read.All", "Mail.Read", "Mail.Read.Shared", "Mail.ReadBasic",
                        "Mail.ReadBasic.Shared", "Mail.ReadWrite", "Mail.ReadWrite.Shared",
                        "MailboxSettings.Read", "MailboxSettings.ReadWrite", NULL},
};

static bool
is_known(enum resource resource, const char *name)
{
  for (const char *const *scope = known[resource]; *scope != NULL; scope++)
    if (strcasecmp(*scope, name) == 0)
      return true;
  return false;
}

static void
grant(struct entra_scope *scope, const char *name)
{
  size_t used = strlen(scope->granted);
  snprintf(scope->granted + used, sizeof(scope->granted) - used, "%s%s", used > 0 ? " " : "", name);
}

// "offline_access" and its like, which belong to no resource.
static bool
take_plain(struct entra_scope *scope, const char *word)
{
  if (strcmp(word, "offline_access") == 0)
    scope->offline = true;
  else if (strcmp(word, "openid") == 0 || strcmp(word, "profile") == 0 ||
           strcmp(word, "email") == 0)
    scope->openid = true;
  else
    return false;
  return true;
}

// The resource's URL, which ends at `*ret_length`, and the name behind it.
static const char *
split(const char *word, const char **ret_name, size_t *ret_length)
{
  const char *slash = strrchr(word, '/');
  if (slash == NULL) {
    *ret_name = word;
    *ret_length = strlen(GRAPH_URL);
    return GRAPH_URL;
  }
  *ret_name = slash + 1;
  *ret_length = (size_t)(slash - word);
  if (*ret_length == strlen(GRAPH_ID) && strncasecmp(word, GRAPH_ID, *ret_length) == 0)
    word = GRAPH_URL, *ret_length = strlen(GRAPH_URL);
  else if (*ret_length == strlen(EXCHANGE_ID) && strncasecmp(word, EXCHANGE_ID, *ret_length) == 0)
    word = EXCHANGE, *ret_length = strlen(EXCHANGE);
  return word;
}

static bool
take(struct entra_call *call, const char *word, struct entra_scope *scope)
{
  const char *name;
  size_t length;
  if (take_plain(scope, word))
    return true;
  const char *url = split(word, &name, &length);
  enum resource resource = cloud_resource(url, length);
  if (resource == RESOURCE_NONE || !cloud_matches(call->request, url, length)) {
    char named[ENTRA_DETAIL_MAX];
    snprintf(named, sizeof(named), "%.*s", (int)length, url);
    return entra_refuse(call, 500011, named);
  }
  if (scope->resource != RESOURCE_NONE && scope->resource != resource)
    return entra_refuse(call, 28000, NULL);
  scope->resource = resource;
  snprintf(scope->audience, sizeof(scope->audience), "%.*s", (int)length, url);
  if (strcmp(name, ".default") == 0)
    scope->everything = true;
  else if (is_known(resource, name))
    grant(scope, name);
  else
    return entra_refuse(call, 70011, word);
  return true;
}

// What an administrator consented to for people, which .default asks for.
static void
grant_everything(struct entra_scope *scope)
{
  if (scope->resource == RESOURCE_EXCHANGE)
    grant(scope, "EWS.AccessAsUser.All");
  else
    grant(scope, "User.Read.All MailboxSettings.ReadWrite Mail.Read.Shared");
}

bool
entra_scope_read(struct entra_call *call, const char *text, bool app, struct entra_scope *ret_scope)
{
  struct entra_scope scope = {0};
  char words[GRANT_TEXT_MAX], *rest = words;
  if (text[0] == '\0')
    return entra_refuse(call, 900144, "scope");
  if ((size_t)snprintf(words, sizeof(words), "%s", text) >= sizeof(words))
    return entra_refuse(call, 70011, "(too long)");
  for (char *word; (word = strsep(&rest, " ")) != NULL;)
    if (*word != '\0' && !take(call, word, &scope))
      return false;
  if (app && (!scope.everything || scope.granted[0] != '\0'))
    return entra_refuse(call, 1002012, text);
  if (scope.everything && scope.granted[0] != '\0')
    return entra_refuse(call, 70011, text);
  if (scope.everything && !app)
    grant_everything(&scope);
  if (scope.resource == RESOURCE_NONE) {
    scope.resource = RESOURCE_GRAPH;
    snprintf(scope.audience, sizeof(scope.audience), GRAPH_URL);
    grant(&scope, "User.Read");
  }
  *ret_scope = scope;
  return true;
}
