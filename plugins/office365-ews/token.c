// SPDX-License-Identifier: Apache-2.0
//
// The token that every request carries: got, renewed after a refusal, told of, and what there is to say where there is none.
#include "session.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define FACTS_MAX 12 // pairs of data of auth.token

const char *
token_permission(const struct tenon_session *s)
{
  return s->app ? "full_access_as_app" : "EWS.AccessAsUser.All";
}

bool
token_lacks(const struct tenon_session *s)
{
  return s->claims.readable && !jwt_permits(&s->claims, token_permission(s));
}

static void
witness(const struct ews_session *ews, struct verdict_evidence *e)
{
  const struct tenon_session *s = (const struct tenon_session *)ews;
  verdict_gather_holder(e, &s->answers.settings, &s->claims);
  e->seen |=
      verdict_seen_claims(&s->claims, token_permission(s)) & (SEEN_UNPERMITTED | SEEN_POWERLESS);
  e->permission = token_permission(s);
  // What led the request, where it was about no mailbox.
  if ((e->place & PLACE_ACT) == 0 && ews->anchor[0] != 0)
    e->mailbox = ews->anchor;
}

void
token_evidence(struct tenon_session *s, struct verdict_evidence *ret)
{
  *ret = (struct verdict_evidence){
      .seen = SEEN_SENT,
      .mailbox = s->answers.admin,
      .thumbprint = s->answers.thumbprint,
      .permission = token_permission(s),
  };
  verdict_gather_token(ret, s->token, &s->answers.settings, &s->challenge);
}

void
token_anew(struct tenon_session *s)
{
  oauth_anew(s->oauth);
  ews_anew(&s->ews);
  s->token = NULL;
  s->token_tries = 0;
}

tenon_status
token_get(struct tenon_session *s, const tenon_call *call, enum oauth_fresh fresh, bool *ret)
{
  const struct oauth_result *r = NULL;
  const char *resource = s->answers.settings.cloud->outlook;
  const char *scopes = s->app ? NULL : token_permission(s);
  tenon_status status = oauth_token(s->oauth, call, resource, scopes, fresh, &r);
  if (status != TENON_OK)
    return status;
  s->token = r;
  s->claims = r->claims;
  s->login.secret = r->token;
  *ret = r->token != NULL;
  if (*ret)
    return TENON_OK;
  struct verdict_evidence evidence;
  token_evidence(s, &evidence);
  verdict_judge(&evidence, &s->ews.verdict);
  return TENON_OK;
}

tenon_status
token_get_patiently(struct tenon_session *s, const tenon_call *call, enum oauth_fresh fresh,
                    bool *ret)
{
  for (unsigned tries = 1;; tries++) {
    tenon_status status = token_get(s, call, fresh, ret);
    int64_t pause = s->ews.verdict.retry_ns;
    if (status != TENON_OK || *ret || s->token->status != TENON_E_TRANSIENT ||
        tries == BACKOFF_TRIES || pause <= 0 || pause > EWS_VERIFY_PAUSE_NS)
      return status;
    status = ews_sleep(&s->ews, call, pause);
    if (status != TENON_OK)
      return status;
  }
}

// Trouble that passes is waited out with all that is open; what does not pass ends the hook's requests.
static void
give_up_or_wait(struct tenon_session *s)
{
  struct ews_session *ews = &s->ews;
  tenon_status cause = ews->verdict.check.cause;
  bool passes = cause == TENON_E_TRANSIENT || cause == TENON_E_NETWORK || cause == TENON_E_TIMEOUT;
  if (passes && ++s->token_tries < BACKOFF_TRIES) {
    (void)backoff_busy(&ews->backoff, ews->host->now(ews->host), s->token->retry_ns);
    return;
  }
  ews->refused = true;
  (void)kit_text_copy(ews->refused_why, sizeof ews->refused_why, ews->verdict.check.title);
}

static tenon_status
token(struct ews_session *ews, const tenon_call *call, bool refused)
{
  struct tenon_session *s = (struct tenon_session *)ews;
  bool good = true;
  s->login.secret = refused ? NULL : oauth_at_hand(s->oauth, s->answers.settings.cloud->outlook);
  if (s->login.secret != NULL || ews->refused)
    return TENON_OK;
  tenon_status status = token_get(s, call, refused ? OAUTH_AFTER_401 : OAUTH_ANY, &good);
  if (status != TENON_OK)
    return status;
  if (good)
    s->token_tries = 0;
  else
    give_up_or_wait(s);
  return TENON_OK;
}

const struct ews_manner token_manner = {.token = token, .witness = witness};

// ---- what it is -----------------------------------------------------------------------------------

struct facts {
  tenon_pair pairs[FACTS_MAX];
  size_t n;
};

static void
add(struct facts *facts, const char *key, const char *value)
{
  if (value != NULL && value[0] != 0 && facts->n < FACTS_MAX)
    facts->pairs[facts->n++] = (tenon_pair){key, {value, strlen(value)}};
}

static const char *
source_name(enum oauth_source source)
{
  switch (source) {
  case OAUTH_FROM_REFRESH: return "an earlier sign-in";
  case OAUTH_FROM_KEPT:
  case OAUTH_FROM_SESSION: return "a sign-in of a moment ago";
  default: return NULL;
  }
}

static void
put_expires(const struct tenon_session *s, char *to, size_t size)
{
  time_t when = (time_t)s->claims.expires;
  struct tm tm;
  to[0] = 0;
  if (s->claims.expires > 0 && gmtime_r(&when, &tm) != NULL)
    (void)strftime(to, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void
describe(const struct tenon_session *s, const char *expires, struct kit_text *text)
{
  const struct jwt_claims *c = &s->claims;
  const char *source = source_name(s->token->source);
  kit_text_printf(text, "A token for %s by %s", s->answers.settings.cloud->outlook,
                  oauth_grant_name(s->answers.settings.grant));
  if (source != NULL)
    kit_text_printf(text, ", of %s", source);
  if (!c->readable) {
    kit_text_put(text, ". It does not say what it holds.");
    return;
  }
  if (s->app)
    kit_text_printf(text, ": the application %s of the tenant %s", c->app_id, c->tenant);
  else
    kit_text_printf(text, ": %s of the tenant %s, through the application %s",
                    c->user[0] != 0 ? c->user : "a person", c->tenant, c->app_id);
  kit_text_printf(text, "; it permits %s", c->permissions[0] != 0 ? c->permissions : "nothing");
  if (expires[0] != 0)
    kit_text_printf(text, "; valid until %s", expires);
  kit_text_put(text, ".");
}

#define LACKS_APP                                                                                  \
  "Where the application is limited to some mailboxes by RBAC for Applications (role "             \
  "\"Application EWS.AccessAsApp\"), a token like this is right: that role never stands in it. "   \
  "Otherwise add the application permission full_access_as_app of Office 365 Exchange Online and " \
  "grant admin consent."
#define LACKS_PERSON                                                                               \
  "Add the delegated permission EWS.AccessAsUser.All of Office 365 Exchange Online to the "        \
  "application, consent to it, and sign in again."

void
token_report(struct tenon_session *s, struct report *report)
{
  struct facts facts = {0};
  char detail[CLOUDEWS_TEXT_MAX], expires[32], ends[16] = "";
  struct kit_text text, day;
  bool lacks = token_lacks(s);
  kit_text_init(&text, detail, sizeof detail);
  kit_text_init(&day, ends, sizeof ends);
  put_expires(s, expires, sizeof expires);
  describe(s, expires, &text);
  add(&facts, TENON_DATA_TOKEN_KIND, s->app ? "app" : "delegated");
  add(&facts, TENON_DATA_TENANT, s->claims.tenant);
  add(&facts, TENON_DATA_APP_ID, s->claims.app_id);
  add(&facts, TENON_DATA_PERMISSIONS, s->claims.permissions);
  add(&facts, TENON_DATA_MISSING, lacks ? token_permission(s) : NULL);
  add(&facts, TENON_DATA_EXPIRES, expires);
  int64_t days = (s->answers.key_ends - (int64_t)time(NULL)) / 86400;
  bool soon = s->answers.key_ends != 0 && days < CLOUDEWS_CERTIFICATE_DAYS_MIN;
  if (s->answers.key_ends != 0) {
    kit_text_put_date(&day, s->answers.key_ends);
    kit_text_printf(&text, " The certificate %s ends on %s.", s->answers.thumbprint, ends);
    add(&facts, "certificate_ends", ends);
  }
  if (!lacks && !soon) {
    report_pass(report, TENON_CHECK_AUTH_TOKEN, "Token", detail, -1, facts.pairs, facts.n);
    return;
  }
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_RECOMMENDED,
      .id = TENON_CHECK_AUTH_TOKEN,
      .title = lacks ? "The token names no permission for EWS"
                     : "The certificate of the application ends soon",
      .detail = detail,
      .remedy = !lacks   ? "Upload a new certificate to the registration before that day, and give "
                           "its file here."
                : s->app ? LACKS_APP
                         : LACKS_PERSON,
      .field = lacks ? NULL : TENON_KEY_CLIENT_CERTIFICATE,
      .cause = lacks ? TENON_E_DENIED : TENON_E_CONFIG,
      .data = facts.pairs,
      .n_data = facts.n,
  };
  report_check(report, &check, -1);
}
