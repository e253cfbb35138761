// SPDX-License-Identifier: Apache-2.0
//
// Which way is gone, and which failures leave the next one open. What a way needs on the wire is the
// service's business.
#include "signin.h"

#include "signin_lanes.h"

#include <tenon/exchange.h>

#include <string.h>

#define BIT(way) (1u << (way))
#define KERBEROS (BIT(SIGNIN_KERBEROS) | BIT(SIGNIN_KERBEROS_BARE))
#define NTLM     (BIT(SIGNIN_NTLM) | BIT(SIGNIN_NTLM_WITHIN))

static const struct {
  const char *name, *mechanism, *check;
  uint32_t schemes; // CHALLENGE_* that it needs
} ways[] = {
    [SIGNIN_UNDECIDED] = {"nothing yet", "", NULL, 0},
    [SIGNIN_IMPOSSIBLE] = {"nothing", "", NULL, 0},
    [SIGNIN_KERBEROS] = {"Negotiate (Kerberos)", "Kerberos", TENON_CHECK_AUTH_NEGOTIATE,
                         CHALLENGE_NEGOTIATE},
    [SIGNIN_KERBEROS_BARE] = {"Kerberos", "Kerberos", TENON_CHECK_AUTH_KERBEROS,
                              CHALLENGE_KERBEROS},
    [SIGNIN_NTLM] = {"NTLM", "NTLM", TENON_CHECK_AUTH_NTLM, CHALLENGE_NTLM},
    [SIGNIN_NTLM_WITHIN] = {"Negotiate (NTLM)", "NTLM within Negotiate", TENON_CHECK_AUTH_NEGOTIATE,
                            CHALLENGE_NEGOTIATE},
    [SIGNIN_BASIC] = {"Basic", "Basic", TENON_CHECK_AUTH_BASIC, CHALLENGE_BASIC},
    [SIGNIN_BEARER] = {"a token", "Bearer", TENON_CHECK_AUTH_TOKEN, CHALLENGE_BEARER},
};
#define N_WAYS (sizeof ways / sizeof *ways)

// What a policy admits, and what is tried where the server names nothing.
static const struct {
  uint32_t ways;
  enum signin_way unnamed;
} policies[] = {
    [SIGNIN_AUTO] = {KERBEROS | NTLM | BIT(SIGNIN_BASIC), SIGNIN_BASIC},
    [SIGNIN_ONLY_BASIC] = {BIT(SIGNIN_BASIC), SIGNIN_BASIC},
    [SIGNIN_ONLY_NTLM] = {NTLM, SIGNIN_NTLM},
    [SIGNIN_ONLY_NEGOTIATE] = {KERBEROS | BIT(SIGNIN_NTLM_WITHIN), SIGNIN_KERBEROS},
    [SIGNIN_ONLY_TICKET] = {KERBEROS, SIGNIN_KERBEROS},
    [SIGNIN_ONLY_BEARER] = {BIT(SIGNIN_BEARER), SIGNIN_BEARER},
};

void
signin_init(struct signin *s, const tenon_http *http, const struct signin_account *account,
            const char *url)
{
  *s = (struct signin){.http = http, .account = account, .url = url};
  if (account->policy == SIGNIN_ONLY_BEARER)
    s->way = SIGNIN_BEARER; // whatever is offered: a challenge to it comes after a refusal
  kit_text_init(&s->passed, s->passed_buffer, sizeof s->passed_buffer);
}

void
signin_finish(struct signin *s)
{
  for (size_t i = 0; i < s->n_lanes; i++)
    lane_close(s, &s->lanes[i]);
  s->n_lanes = 0;
}

void
signin_reset(struct signin *s)
{
  s->out = 0;
  kit_text_init(&s->passed, s->passed_buffer, sizeof s->passed_buffer);
}

const char *
signin_way_name(enum signin_way way)
{
  return ways[way].name;
}

const char *
signin_check(const struct signin *s)
{
  const char *check = ways[s->way].check;
  return check != NULL ? check : ways[policies[s->account->policy].unnamed].check;
}

// ---- choosing -----------------------------------------------------------------------------------

static uint32_t
open_ways(const struct signin *s)
{
  uint32_t open = policies[s->account->policy].ways & ~s->out;
  return s->account->secret != NULL ? open : open & (KERBEROS | BIT(SIGNIN_BEARER));
}

static enum signin_way
strongest(const struct signin *s)
{
  uint32_t open = open_ways(s);
  enum signin_way unnamed = policies[s->account->policy].unnamed;
  if (s->offered == 0)
    return (open & BIT(unnamed)) != 0 ? unnamed : SIGNIN_IMPOSSIBLE;
  for (size_t way = SIGNIN_KERBEROS; way < N_WAYS; way++)
    if ((open & BIT(way)) != 0 && (s->offered & ways[way].schemes) != 0)
      return (enum signin_way)way;
  return SIGNIN_IMPOSSIBLE;
}

bool
signin_choose(struct signin *s, const struct challenge *offered)
{
  s->offered = offered->schemes;
  s->way = strongest(s);
  return s->way != SIGNIN_IMPOSSIBLE;
}

// ---- giving way ---------------------------------------------------------------------------------

// Failures that say nothing of the password and leave the next way open. What is not listed ends the
// sign-in: a fault that is not known here may have been a refusal.
static const struct {
  uint32_t fault;
  bool scheme; // it is the scheme's, not the mechanism's: the other scheme may still do
  const char *why;
} open_faults[] = {
    {TENON_HTTP_SIGNIN_OTHER, false, "it failed on this machine"},
    {TENON_HTTP_SIGNIN_NO_MECHANISM, false, "this machine's GSSAPI does not have it"},
    {TENON_HTTP_SIGNIN_NO_TICKET, false, "there is neither a ticket nor a key in a keytab"},
    {TENON_HTTP_SIGNIN_OTHER_TICKET, false, "the ticket cache is of another user"},
    {TENON_HTTP_SIGNIN_TICKET_EXPIRED, false, "the ticket has expired"},
    {TENON_HTTP_SIGNIN_NO_REALM, false, "no realm or no KDC is known for the account"},
    {TENON_HTTP_SIGNIN_NO_KDC, false, "no KDC of the realm answers"},
    {TENON_HTTP_SIGNIN_ACCOUNT_UNKNOWN, false, "the KDC does not know the account by this name"},
    {TENON_HTTP_SIGNIN_SERVICE_UNKNOWN, false, "the KDC does not know the service"},
    {TENON_HTTP_SIGNIN_CLOCK, false, "the clocks differ too much"},
    {TENON_HTTP_SIGNIN_ENCRYPTION, false, "the KDC and this machine share no encryption type"},
    {TENON_HTTP_SIGNIN_NAME, false, "the user name has no form for it"},
    {TENON_HTTP_SIGNIN_NOT_OFFERED, true, "the server does not offer it"},
};

static bool
of_mechanism(enum signin_way way, uint32_t mechanisms)
{
  return (BIT(way) & mechanisms) != 0;
}

// NTLM's first message holds no credential (MS-NLMP 1.3.1.1): without an answer to it, it is not spoken.
bool
signin_is_dead(enum signin_way way, const tenon_http_signin *facts)
{
  bool unanswered =
      facts->fault == TENON_HTTP_SIGNIN_REJECTED || facts->fault == TENON_HTTP_SIGNIN_PROTOCOL;
  return unanswered && of_mechanism(way, NTLM) && facts->legs <= 1;
}

// Why `way` is passed over; NULL when its failure ends the sign-in.
static const char *
why_open(enum signin_way way, const tenon_http_signin *facts, bool *ret_scheme)
{
  *ret_scheme = true;
  if (signin_is_dead(way, facts))
    return "the server does not answer its first message";
  for (size_t i = 0; i < sizeof open_faults / sizeof *open_faults; i++)
    if (open_faults[i].fault == facts->fault && facts->legs == 0) {
      *ret_scheme = open_faults[i].scheme;
      return open_faults[i].why;
    }
  return NULL;
}

static void
say_passed(struct signin *s, enum signin_way way, const char *why, const char *reason)
{
  kit_text_printf(&s->passed, "%s%s was not possible: %s", s->passed.len > 0 ? " " : "",
                  ways[way].mechanism, why);
  if (reason != NULL && reason[0] != 0)
    kit_text_printf(&s->passed, " (%.200s)", reason);
  kit_text_put(&s->passed, ".");
}

bool
signin_pass_over(struct signin *s, enum signin_way way, const char *why, const char *reason,
                 bool scheme)
{
  uint32_t kin = of_mechanism(way, KERBEROS) ? KERBEROS : NTLM;
  uint32_t out = s->out;
  s->out |= scheme ? BIT(way) : kin;
  enum signin_way next = strongest(s);
  if (next == SIGNIN_IMPOSSIBLE) {
    s->out = out; // the last one is told as a failure, not as passed over
    return false;
  }
  say_passed(s, way, why, reason);
  s->way = next;
  return true;
}

void
signin_go_back(struct signin *s, enum signin_way to)
{
  enum signin_way from = s->way;
  s->way = to;
  kit_text_init(&s->passed, s->passed_buffer, sizeof s->passed_buffer);
  say_passed(s, from, "the server does not answer its first message", NULL);
}

bool
signin_gives_way(struct signin *s, enum signin_way way, const tenon_http_completion *completion)
{
  const tenon_http_signin *facts = completion->signin;
  bool scheme = true;
  if (facts == NULL || facts->fault == TENON_HTTP_SIGNIN_OK)
    return false;
  const char *why = why_open(way, facts, &scheme);
  if (why == NULL)
    return false;
  // Another lane's failure has led on already.
  if (way != s->way)
    return true;
  return signin_pass_over(s, way, why, facts->reason, scheme);
}
