// SPDX-License-Identifier: Apache-2.0
//
// The token that every request carries, and what there is to say where there is none.
#include "session.h"

#include <string.h>
#include <strings.h>

void
token_anew(struct tenon_session *s)
{
  oauth_anew(s->oauth);
  s->tokenless = s->renewed = s->bulk = false;
  s->token_tries = 0;
  s->token = NULL;
}

const char *
token_account(const struct tenon_session *s)
{
  if (s->app)
    return s->answers.client_id[0] != 0 ? s->answers.client_id : "the managed identity";
  if (s->claims.user[0] != 0)
    return s->claims.user;
  return s->answers.admin[0] != 0 ? s->answers.admin : "the person who signed in";
}

void
token_witness(const struct tenon_session *s, struct verdict_evidence *e)
{
  verdict_gather_holder(e, &s->answers.settings, &s->claims);
  e->account = token_account(s);
}

// By name: "https://graph.microsoft.com", with or without '/', or Graph's own id.
bool
token_is_foreign(const struct tenon_session *s)
{
  const char *audience = s->claims.audience;
  size_t n = strlen(audience), own = strlen(s->resource);
  if (!s->claims.readable || n == 0 || strcasecmp(audience, GRAPH_APP_ID) == 0)
    return false;
  n -= audience[n - 1] == '/';
  return n != own || strncasecmp(audience, s->resource, n) != 0;
}

static void
judge(struct tenon_session *s, const char *mailbox)
{
  struct verdict_evidence e = {
      .seen = SEEN_SENT,
      .mailbox = mailbox,
      .thumbprint = s->answers.thumbprint,
      .check = s->bulk ? TENON_CHECK_IMPERSONATE_MAILBOX : NULL,
  };
  verdict_gather_token(&e, s->token, &s->answers.settings, &s->challenge);
  e.place |= s->bulk ? PLACE_ACT : 0;
  verdict_judge(&e, &s->verdict);
}

void
token_evidence(struct tenon_session *s, struct verdict_evidence *ret)
{
  *ret = (struct verdict_evidence){.seen = SEEN_SENT};
  verdict_gather_token(ret, s->token, &s->answers.settings, &s->challenge);
}

void
token_judge_subject(struct tenon_session *s, const char *subject)
{
  bool bulk = s->bulk;
  s->bulk = true;
  judge(s, subject);
  s->bulk = bulk;
  s->verdict.check.subject = subject;
  verdict_add(&s->verdict, TENON_DATA_EXISTENCE, "unknown");
}

// Trouble of the token endpoint that passes is waited out with all mailboxes that are open.
static bool
waits(struct tenon_session *s)
{
  tenon_status cause = s->token->status;
  bool passes = cause == TENON_E_TRANSIENT || cause == TENON_E_NETWORK || cause == TENON_E_TIMEOUT;
  if (!s->bulk || !passes || ++s->token_tries >= BACKOFF_TRIES)
    return false;
  (void)backoff_busy(&s->backoff, s->host->now(s->host), s->token->retry_ns);
  return true;
}

tenon_status
token_get(struct tenon_session *s, const tenon_call *call, enum oauth_fresh fresh,
          tenon_secret **ret)
{
  *ret = fresh == OAUTH_ANY && !s->tokenless ? oauth_at_hand(s->oauth, s->resource) : NULL;
  if (*ret != NULL || s->tokenless)
    return TENON_OK;
  const struct oauth_result *r = NULL;
  const char *scopes = s->app ? NULL : permissions_scopes;
  tenon_status status = oauth_token(s->oauth, call, s->resource, scopes, fresh, &r);
  if (status != TENON_OK)
    return status;
  s->token = r;
  s->generation++;
  *ret = r->token;
  if (r->token != NULL) {
    s->claims = r->claims;
    s->token_tries = 0;
    return TENON_OK;
  }
  s->tokenless = !waits(s);
  judge(s, s->mailbox);
  return TENON_OK;
}

tenon_status
token_get_patiently(struct tenon_session *s, const tenon_call *call, enum oauth_fresh fresh,
                    tenon_secret **ret)
{
  for (unsigned tries = 1;; tries++) {
    tenon_status status = token_get(s, call, fresh, ret);
    if (status != TENON_OK || *ret != NULL || s->token->status != TENON_E_TRANSIENT)
      return status;
    int64_t pause = s->verdict.retry_ns;
    if (tries == BACKOFF_TRIES || pause <= 0 || pause > MSGRAPH_PAUSE_NS)
      return TENON_OK;
    status = ask_sleep(s, call, pause);
    if (status != TENON_OK)
      return status;
    s->tokenless = false;
  }
}

bool
token_may_renew(const struct tenon_session *s)
{
  return !s->renewed && !s->tokenless;
}

tenon_status
token_renew(struct tenon_session *s, const tenon_call *call)
{
  tenon_secret *token = NULL;
  s->renewed = true;
  return token_get(s, call, OAUTH_AFTER_401, &token);
}
