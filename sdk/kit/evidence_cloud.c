// SPDX-License-Identifier: Apache-2.0
//
// What can be seen in the answers of clouds: what a token says of its holder, why there is none, and what stands in the
// heads of answers that Microsoft's services give.
#include "verdict.h"

#include <string.h>

uint64_t
verdict_seen_claims(const struct jwt_claims *claims, const char *permission)
{
  if (claims == NULL || !claims->readable)
    return 0;
  uint64_t seen = claims->app ? SEEN_APP : SEEN_DELEGATED;
  if (claims->permissions[0] == 0)
    seen |= SEEN_POWERLESS;
  if (permission != NULL && !jwt_permits(claims, permission))
    seen |= SEEN_UNPERMITTED;
  return seen;
}

static uint32_t
place_of(const char *step)
{
  static const struct {
    const char *step;
    uint32_t place;
  } steps[] = {{"device", PLACE_DEVICE},
               {"authorize", PLACE_AUTHORIZE},
               {"refresh", PLACE_REFRESH},
               {"imds", PLACE_IMDS}};
  for (size_t i = 0; step != NULL && i < sizeof steps / sizeof *steps; i++)
    if (strcmp(steps[i].step, step) == 0)
      return PLACE_TOKEN | steps[i].place;
  return PLACE_TOKEN;
}

static bool
is_step(const struct oauth_result *r, const char *step)
{
  return r->step != NULL && strcmp(r->step, step) == 0;
}

// In the browser nothing is wrong with the answers: it was not to be had, or did not come back as it should.
static const char *
finding_in_browser(tenon_status status)
{
  if (status == TENON_E_PROTOCOL || status == TENON_E_INTERNAL)
    return FINDING_TOKEN_BROWSER;
  return status == TENON_E_CONFIG ? FINDING_TOKEN_HERE : FINDING_TOKEN_UNSUPPORTED;
}

// What no endpoint has said. What one has said before may be in the result still: a refused refresh token is why
// somebody has to sign in.
static const char *
finding_of(const struct oauth_result *r)
{
  if (r->home != NULL || r->homeless)
    return r->home != NULL ? FINDING_TENANT_ELSEWHERE : FINDING_TENANT_UNKNOWN;
  if (r->status == TENON_E_NOANSWER)
    return FINDING_TOKEN_NOBODY;
  bool declined = strcmp(r->error.error, "authorization_declined") == 0;
  if (r->status == TENON_E_CANCELLED || (declined && r->local != NULL))
    return FINDING_TOKEN_DECLINED;
  if (r->error.readable || r->local == NULL || is_step(r, "imds"))
    return NULL;
  if (is_step(r, "authorize"))
    return finding_in_browser(r->status);
  if (r->status == TENON_E_UNSUPPORTED)
    return FINDING_TOKEN_UNSUPPORTED;
  return is_step(r, "assertion") ? FINDING_TOKEN_KEY : FINDING_TOKEN_HERE;
}

static const char *
host_of(uint32_t place, const char *authority)
{
  const char *host = authority != NULL ? strstr(authority, "://") : NULL;
  if ((place & PLACE_IMDS) != 0)
    return "169.254.169.254:80";
  return host != NULL ? host + 3 : "the login host";
}

void
verdict_gather_holder(struct verdict_evidence *e, const struct oauth_settings *s,
                      const struct jwt_claims *claims)
{
  e->seen |= SEEN_CLOUD | (oauth_is_app(s->grant) ? SEEN_APP : SEEN_DELEGATED);
  e->claims = claims != NULL && claims->readable ? claims : NULL;
  e->cloud = s->cloud;
  e->client_id = s->client_id;
  e->tenant = s->tenant;
  e->authority = s->authority;
}

void
verdict_gather_token(struct verdict_evidence *e, const struct oauth_result *r,
                     const struct oauth_settings *s, struct challenge *challenge)
{
  e->place = place_of(r->step);
  verdict_gather_holder(e, s, NULL);
  if (e->server == NULL)
    e->server = host_of(e->place, s->authority);
  if (r->completion != NULL)
    verdict_gather(e, r->completion, NULL, NULL, challenge);
  e->finding = finding_of(r);
  e->token = r->error.readable ? &r->error : NULL;
  e->home = r->home;
  e->tried = r->tried[0] != 0 ? r->tried : NULL;
  e->local = r->local;
  e->skew_s = r->skew_s;
  if (e->account == NULL)
    e->account = s->login_hint;
}
