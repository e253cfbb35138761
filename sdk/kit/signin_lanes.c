// SPDX-License-Identifier: Apache-2.0
//
// Signed-in requests on their way: pooled ones with Basic or a token, the others each on a lane of its own. A lane
// is a channel that is signed in once and then carries one request after another.
#include "signin_lanes.h"

#include <string.h>

static uint32_t
scheme_of(enum signin_way way)
{
  switch (way) {
  case SIGNIN_KERBEROS: return TENON_HTTP_SIGNIN_NEGOTIATE;
  case SIGNIN_KERBEROS_BARE: return TENON_HTTP_SIGNIN_KERBEROS;
  case SIGNIN_NTLM_WITHIN: return TENON_HTTP_SIGNIN_NEGOTIATE_NTLM;
  default: return TENON_HTTP_SIGNIN_NTLM;
  }
}

void
lane_close(struct signin *s, struct signin_lane *lane)
{
  if (lane->channel != NULL)
    s->http->channel_close(lane->channel);
  *lane = (struct signin_lane){0};
}

static tenon_status
lane_open(struct signin *s, const tenon_call *call, struct signin_lane *lane)
{
  if (lane->channel != NULL && lane->way == s->way)
    return TENON_OK;
  lane_close(s, lane);
  const struct signin_account *account = s->account;
  const tenon_http_identity identity = {
      .size = sizeof identity,
      .scheme = scheme_of(s->way),
      .user = account->user,
      .secret = account->secret,
      .ticket_cache = account->ticket_cache,
      .keytab = account->keytab,
      .service = account->service,
  };
  lane->way = s->way;
  return s->http->channel_open(s->http, call, s->url, &identity, &lane->channel);
}

// One that is signed in already, else one that is free, else a new one.
static struct signin_lane *
lane_free(struct signin *s)
{
  struct signin_lane *found = NULL;
  for (size_t i = 0; i < s->n_lanes; i++) {
    struct signin_lane *lane = &s->lanes[i];
    if (!lane->busy && lane->channel != NULL && lane->way == s->way)
      return lane;
    if (!lane->busy)
      found = lane;
  }
  if (found == NULL && s->n_lanes < SIGNIN_LANES_MAX)
    found = &s->lanes[s->n_lanes++];
  return found;
}

// A free lane for the present way, open. A way that no channel can be opened for gives way as well.
static tenon_status
lane_take(struct signin *s, const tenon_call *call, struct signin_lane **ret)
{
  struct signin_lane *lane = lane_free(s);
  if (lane == NULL)
    return TENON_E_TRANSIENT;
  tenon_status status = lane_open(s, call, lane);
  if (status == TENON_OK)
    *ret = lane;
  return status;
}

// What a channel that does not open leaves open.
static bool
passed_over(struct signin *s, tenon_status status)
{
  if (status == TENON_E_CONFIG)
    return signin_pass_over(s, s->way, "the user name or the service cannot be used with it", NULL,
                            false);
  return status == TENON_E_UNSUPPORTED &&
         signin_pass_over(s, s->way, "this host has no channels", NULL, false);
}

static bool
pooled(struct signin *s, tenon_http_request *request)
{
  bool basic = s->way == SIGNIN_BASIC, bearer = s->way == SIGNIN_BEARER;
  request->auth = basic    ? TENON_HTTP_AUTH_BASIC
                  : bearer ? TENON_HTTP_AUTH_BEARER
                           : TENON_HTTP_AUTH_NONE;
  request->user = basic ? s->account->user : NULL;
  request->secret = basic || bearer ? s->account->secret : NULL;
  return basic || bearer;
}

// One attempt by the present way; TENON_OK with *ret NULL: it gave way before a request was sent.
static tenon_status
attempt(struct signin *s, const tenon_call *call, tenon_http_request *request,
        const tenon_http_completion **ret)
{
  if (pooled(s, request))
    return s->http->perform(s->http, call, request, ret);
  struct signin_lane *lane = NULL;
  tenon_status status = lane_take(s, call, &lane);
  if (status != TENON_OK)
    return passed_over(s, status) ? TENON_OK : status;
  return s->http->channel_perform(lane->channel, call, request, ret);
}

// A way that gave way; its failure is told after all when the last one turns out to be none.
struct kept {
  enum signin_way way;
  const tenon_http_completion *completion;
};

static void
keep(struct signin *s, struct kept *kept, enum signin_way way,
     const tenon_http_completion *completion)
{
  s->http->release(s->http, kept->completion);
  *kept = (struct kept){way, completion};
}

static const tenon_http_completion *
most_informative(struct signin *s, struct kept *kept, const tenon_http_completion *last)
{
  bool dead = last->signin != NULL && signin_is_dead(s->way, last->signin);
  if (kept->completion == NULL || !dead) {
    s->http->release(s->http, kept->completion);
    return last;
  }
  s->http->release(s->http, last);
  signin_go_back(s, kept->way);
  return kept->completion;
}

tenon_status
signin_perform(struct signin *s, const tenon_call *call, tenon_http_request *request,
               const tenon_http_completion **ret)
{
  struct kept kept = {.way = s->way};
  if (s->way == SIGNIN_UNDECIDED || s->way == SIGNIN_IMPOSSIBLE)
    return TENON_E_CONFIG;
  for (;;) {
    const tenon_http_completion *completion = NULL;
    enum signin_way way = s->way;
    tenon_status status = attempt(s, call, request, &completion);
    if (status != TENON_OK) {
      s->http->release(s->http, kept.completion);
      return status;
    }
    if (completion != NULL && !signin_gives_way(s, way, completion)) {
      *ret = most_informative(s, &kept, completion);
      return TENON_OK;
    }
    if (completion != NULL)
      keep(s, &kept, way, completion);
  }
}

tenon_status
signin_start(struct signin *s, const tenon_call *call, tenon_http_request *request, void *tag)
{
  if (s->way == SIGNIN_UNDECIDED || s->way == SIGNIN_IMPOSSIBLE)
    return TENON_E_CONFIG;
  for (;;) {
    if (pooled(s, request))
      return s->http->start(s->http, call, request, tag);
    struct signin_lane *lane = NULL;
    tenon_status status = lane_take(s, call, &lane);
    if (status == TENON_OK)
      status = s->http->channel_start(lane->channel, call, request, tag);
    else if (passed_over(s, status))
      continue;
    if (status == TENON_OK) {
      lane->busy = true;
      lane->tag = tag;
    }
    return status;
  }
}

bool
signin_done(struct signin *s, const tenon_http_completion *completion)
{
  for (size_t i = 0; i < s->n_lanes; i++) {
    struct signin_lane *lane = &s->lanes[i];
    if (!lane->busy || lane->tag != completion->tag)
      continue;
    lane->busy = false;
    if (!signin_gives_way(s, lane->way, completion))
      return false;
    s->http->release(s->http, completion);
    return true;
  }
  return false;
}

void
signin_abort(struct signin *s)
{
  s->http->abort(s->http);
  for (size_t i = 0; i < s->n_lanes; i++)
    s->lanes[i].busy = false;
}
