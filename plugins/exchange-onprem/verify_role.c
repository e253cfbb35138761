// SPDX-License-Identifier: Apache-2.0
//
// May the account act as others? One mailbox that it acted as is the proof; without one, somebody made up
// is the control: the server's no tells whether it looked at the role.
#include "verify.h"

#include "acting.h"

#include <string.h>

static void
role_proven(struct verification *v, const struct ews_act *act)
{
  char detail[EWS_ADDRESS_MAX + EWS_ACCOUNT_MAX + 64];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "%s acted as %s.", v->s->ews.account, act->address);
  acting_proven(&v->report, detail);
}

static void
role_not_proven(struct verification *v, enum ews_role role, bool mailbox_given)
{
  const char *likely = "The server looked for the person before it looked at the role, as it does "
                       "when the role is there; that is a sign and no proof.";
  const char *unknown =
      "The server's answer to acting as somebody who does not exist tells nothing "
      "about the role.";
  acting_not_proven(&v->report, "The role ApplicationImpersonation is not proven",
                    role == ROLE_LIKELY ? likely : unknown, mailbox_given, false);
}

// Somebody invented could be acted as: on this server every test of impersonation would succeed.
static void
role_ignored(struct verification *v, const struct ews_act *act)
{
  char detail[EWS_ADDRESS_MAX + EWS_ACCOUNT_MAX + 128];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "%s acted as %s, whom tenon made up, and the server opened a mailbox.",
                  v->s->ews.account, act->address);
  acting_ignored(&v->report, detail,
                 "Name a server that knows impersonation: this one opens the same mailbox whoever "
                 "is acted as, so that every test of it would succeed and mean nothing.",
                 TENON_KEY_SERVER);
}

static tenon_status
role_by_control(struct verification *v, bool mailbox_given, bool *ret_missing)
{
  struct ews_act act;
  enum ews_role role;
  tenon_status status = ews_role_probe(&v->s->ews, v->call, &act, &role);
  if (status != TENON_OK)
    return status;
  if (role == ROLE_MISSING)
    verify_fail(v, TENON_CHECK_IMPERSONATE_ROLE);
  else if (role == ROLE_IGNORED)
    role_ignored(v, &act);
  else
    role_not_proven(v, role, mailbox_given);
  *ret_missing = role == ROLE_MISSING || role == ROLE_IGNORED;
  ews_act_drop(&v->s->ews, &act);
  return TENON_OK;
}

// The mailbox failed. Where the role is missing altogether that is the one cause, and the mailbox is
// skipped; else the mailbox has a cause of its own.
static tenon_status
mailbox_failed(struct verification *v, struct ews_act *act)
{
  struct tenon_session *s = v->s;
  bool missing = false;
  if (verdict_is_ews(&act->answer.evidence)) {
    tenon_status status = role_by_control(v, true, &missing);
    if (status != TENON_OK)
      return status;
  }
  if (missing)
    return TENON_OK;
  ews_act_judge(&s->ews, act, 0); // again: the control has used the session's verdict
  if (s->ews.verdict.check.field == NULL)
    s->ews.verdict.check.field = TENON_KEY_MAILBOX;
  verify_fail(v, TENON_CHECK_IMPERSONATE_MAILBOX);
  return TENON_OK;
}

// It worked. Exchange refuses what it does not allow; of a server that is none that is to be seen.
static tenon_status
mailbox_worked(struct verification *v, const struct ews_act *act)
{
  if (ews_product_of(&v->build) == NULL) {
    struct ews_act control;
    enum ews_role role;
    tenon_status status = ews_role_probe(&v->s->ews, v->call, &control, &role);
    if (status != TENON_OK)
      return status;
    if (role == ROLE_IGNORED)
      role_ignored(v, &control);
    ews_act_drop(&v->s->ews, &control);
    if (role == ROLE_IGNORED)
      return TENON_OK;
  }
  role_proven(v, act);
  return TENON_OK;
}

static tenon_status
act_as_mailbox(struct verification *v)
{
  struct ews_act act;
  enum ews_step step;
  ews_act_init(&act, v->s->ews.mailbox, strlen(v->s->ews.mailbox));
  tenon_status status = ews_act_perform(&v->s->ews, v->call, &act, &step);
  if (status != TENON_OK)
    return status;
  status = step == ACT_DONE_OK ? mailbox_worked(v, &act) : mailbox_failed(v, &act);
  ews_act_drop(&v->s->ews, &act);
  return status;
}

tenon_status
verify_impersonation(struct verification *v)
{
  struct tenon_session *s = v->s;
  bool missing = false;
  report_begin(&v->report, TENON_CHECK_IMPERSONATE_ROLE, ACTING_ROLE);
  if (s->ews.mailbox[0] == 0)
    return role_by_control(v, false, &missing);
  const char *fault = ews_identity_fault(s->ews.identity, s->ews.mailbox, strlen(s->ews.mailbox));
  if (fault == NULL)
    return act_as_mailbox(v);
  tenon_status status = role_by_control(v, true, &missing);
  if (status == TENON_OK) {
    ews_act_report_invalid(&s->ews, v->report.sink, s->ews.mailbox, fault, false);
    report_say(&v->report, TENON_CHECK_IMPERSONATE_MAILBOX);
  }
  return status;
}
