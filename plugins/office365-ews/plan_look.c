// SPDX-License-Identifier: Apache-2.0
//
// Which steps are done, by what shows on the wire: an endpoint that knows the application, a token's roles, and what EWS says
// to it. What does not show is unknown, and never called missing.
#include "plan.h"

#include <string.h>

static void
look_at_refusal(const struct oauth_error *error, struct plan_states *states)
{
  enum oauth_shown shown = oauth_error_shows(error);
  if (shown == OAUTH_SHOWS_NO_APPLICATION)
    states->app = TENON_STEP_MISSING;
  else if (shown != OAUTH_SHOWS_NOTHING)
    states->app = TENON_STEP_DONE;
  if (shown == OAUTH_SHOWS_NO_CONSENT)
    states->consent = TENON_STEP_MISSING;
}

// A role in the token was added and consented to; without it either may be what is missing, and consent is the last.
static void
look_at_token(const struct tenon_session *s, struct plan_states *states)
{
  states->app = TENON_STEP_DONE;
  if (!s->claims.readable)
    return;
  bool lacks = token_lacks(s);
  states->permissions = lacks ? TENON_STEP_UNKNOWN : TENON_STEP_DONE;
  states->consent = lacks ? TENON_STEP_MISSING : TENON_STEP_DONE;
}

static void
look_at_answer(const struct ews_answer *answer, struct plan_states *states)
{
  uint64_t seen = answer->evidence.seen;
  int code = answer->completion->code;
  if (verdict_is_ews(&answer->evidence))
    states->allow_list = TENON_STEP_DONE;
  else if (code == 403 && (seen & SEEN_POLICY) != 0)
    states->allow_list = TENON_STEP_MISSING;
}

static tenon_status
look_at_ews(struct tenon_session *s, const tenon_call *call, struct plan_states *states)
{
  struct ews_answer answer = {0};
  const char *whom = s->ews.anchor[0] != 0 ? s->ews.anchor : s->ews.admin;
  tenon_status status = ews_ask(&s->ews, call, EWS_CONVERT_ID, PLACE_SIGNIN, whom, &answer);
  if (status != TENON_OK)
    return status;
  look_at_answer(&answer, states);
  ews_answer_drop(&s->ews, &answer);
  return TENON_OK;
}

// An application without the permission that is let in has a role of RBAC for Applications; a person has rights.
static tenon_status
look_at_mailbox(struct tenon_session *s, const tenon_call *call, struct plan_states *states)
{
  struct ews_act act;
  enum ews_step step = ACT_DONE_FAILED;
  const char *mailbox = s->ews.mailbox;
  bool by_scope = !s->app || (s->claims.readable && token_lacks(s));
  if (!by_scope || ews_identity_fault(s->ews.identity, mailbox, strlen(mailbox)) != NULL)
    return TENON_OK;
  ews_act_init(&act, mailbox, strlen(mailbox));
  tenon_status status = ews_act_perform(&s->ews, call, &act, &step);
  if (status != TENON_OK)
    return status;
  if (step == ACT_DONE_OK)
    states->scope = TENON_STEP_DONE;
  else if (s->ews.verdict.check.cause == TENON_E_DENIED)
    states->scope = TENON_STEP_MISSING;
  if (step == ACT_DONE_OK && s->app)
    states->permissions = states->consent = TENON_STEP_DONE; // the role stands for them
  ews_act_drop(&s->ews, &act);
  return TENON_OK;
}

tenon_status
plan_look(struct tenon_session *s, const tenon_call *call, struct plan_states *ret)
{
  bool good = false;
  *ret = (struct plan_states){TENON_STEP_UNKNOWN, TENON_STEP_UNKNOWN, TENON_STEP_UNKNOWN,
                              TENON_STEP_UNKNOWN, TENON_STEP_UNKNOWN};
  token_anew(s);
  if (!s->app && oauth_at_hand(s->oauth, s->answers.settings.cloud->outlook) == NULL)
    return TENON_OK;
  tenon_status status = token_get(s, call, OAUTH_ANY, &good);
  if (status != TENON_OK)
    return status;
  if (!good) {
    look_at_refusal(&s->token->error, ret);
    return TENON_OK;
  }
  look_at_token(s, ret);
  status = look_at_ews(s, call, ret);
  return status == TENON_OK && ret->allow_list == TENON_STEP_DONE ? look_at_mailbox(s, call, ret)
                                                                  : status;
}
