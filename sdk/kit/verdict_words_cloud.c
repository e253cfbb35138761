// SPDX-License-Identifier: Apache-2.0
//
// What a verdict says of an application in a cloud: who it is, what it may not do yet, and where that is granted.
#include "verdict_text.h"

#include "graph.h"

#include <string.h>

static const char *
or_else(const char *text, const char *otherwise)
{
  return text != NULL && text[0] != 0 ? text : otherwise;
}

static const char *
app_of(const struct verdict_evidence *e)
{
  const char *of_token = e->claims != NULL ? e->claims->app_id : NULL;
  return or_else(e->client_id, or_else(of_token, "the application's id"));
}

// Where the token says which tenant it is of, that is the one.
static const char *
tenant_of(const struct verdict_evidence *e)
{
  const char *of_token = e->claims != NULL ? e->claims->tenant : NULL;
  return or_else(of_token, or_else(e->tenant, "organizations"));
}

void
verdict_put_cloud(struct kit_text *to, const struct verdict_evidence *e, const char *name)
{
  const char *portal = e->cloud != NULL ? e->cloud->portal : "https://entra.microsoft.com";
  const char *login = e->cloud != NULL ? e->cloud->login : "https://login.microsoftonline.com";
  const char *role = e->permission != NULL ? graph_role_id(e->permission) : NULL;
  if (strcmp(name, "appid") == 0)
    kit_text_put(to, app_of(e));
  else if (strcmp(name, "tenant") == 0)
    kit_text_put(to, tenant_of(e));
  else if (strcmp(name, "permission") == 0)
    kit_text_put(to, or_else(e->permission, "the permission"));
  else if (strcmp(name, "roleid") == 0)
    kit_text_put(to, or_else(role, "the id of the permission"));
  else if (strcmp(name, "portal") == 0)
    kit_text_put(to, portal);
  else if (strcmp(name, "audience") == 0)
    kit_text_put(to, or_else(e->claims != NULL ? e->claims->audience : NULL, "an unknown service"));
  else if (strcmp(name, "diagnostics") == 0)
    kit_text_put(to,
                 or_else(verdict_header(e->completion, "x-ms-diagnostics").ptr, "nothing more"));
  else if (strcmp(name, "caserror") == 0)
    kit_text_put(to, or_else(verdict_header(e->completion, "X-CasErrorCode").ptr, "nothing more"));
  else
    kit_text_printf(to, "%s/%s/adminconsent?client_id=%s", login, tenant_of(e), app_of(e));
}
