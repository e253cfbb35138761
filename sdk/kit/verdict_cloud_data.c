// SPDX-License-Identifier: Apache-2.0
//
// What a verdict of a cloud carries for programs: numbers, ids for Microsoft's support, and what the token said.
#include "verdict_text.h"

#include <tenon/exchange.h>

#include <stdio.h>
#include <string.h>

static const char *
first_of(const char *const *texts, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (texts[i] != NULL && texts[i][0] != 0)
      return texts[i];
  return NULL;
}

const char *
verdict_request_id(const struct verdict_evidence *e)
{
  const char *const ids[] = {
      e->graph != NULL ? e->graph->request_id : NULL,
      verdict_header(e->completion, "request-id").ptr,
      e->token != NULL ? e->token->correlation : NULL,
      verdict_header(e->completion, "x-ms-request-id").ptr,
      verdict_header(e->completion, "client-request-id").ptr,
  };
  return first_of(ids, sizeof ids / sizeof *ids);
}

uint32_t
verdict_aadsts(const struct verdict_evidence *e)
{
  return e->token != NULL && e->token->n_codes > 0 ? e->token->codes[e->token->n_codes - 1] : 0;
}

static void
add_token(struct verdict *v, const struct verdict_evidence *e)
{
  const struct oauth_error *error = e->token;
  if (error == NULL)
    return;
  static const char names[] = "{number}";
  if (error->n_codes > 0)
    verdict_add(v, TENON_DATA_AADSTS, verdict_write(v, names, e));
  verdict_add(v, "error", error->error);
  verdict_add(v, "suberror", error->suberror);
  verdict_add(v, "said", error->text);
  verdict_add(v, "trace_id", error->trace);
  verdict_add(v, "timestamp", error->timestamp);
}

static void
add_claims(struct verdict *v, const struct verdict_evidence *e)
{
  const struct jwt_claims *claims = e->claims;
  const char *const tenants[] = {claims != NULL ? claims->tenant : NULL, e->tenant};
  const char *const apps[] = {claims != NULL ? claims->app_id : NULL, e->client_id};
  verdict_add(v, TENON_DATA_TENANT, first_of(tenants, 2));
  verdict_add(v, TENON_DATA_APP_ID, first_of(apps, 2));
  if (claims != NULL && claims->readable) {
    verdict_add(v, TENON_DATA_TOKEN_KIND, claims->app ? "app" : "delegated");
    verdict_add(v, TENON_DATA_PERMISSIONS, claims->permissions);
  }
  if ((e->seen & SEEN_UNPERMITTED) != 0)
    verdict_add(v, TENON_DATA_MISSING, e->permission);
}

void
verdict_add_cloud(struct verdict *v, const struct verdict_evidence *e)
{
  if ((e->seen & SEEN_CLOUD) == 0)
    return;
  add_token(v, e);
  add_claims(v, e);
  verdict_add(v, "diagnostics", verdict_header(e->completion, "x-ms-diagnostics").ptr);
  verdict_add(v, "policy", verdict_header(e->completion, "X-EWS-Policy-Reason").ptr);
  if (e->graph != NULL)
    verdict_add(v, "said", e->graph->text);
}
