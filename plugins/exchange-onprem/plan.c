// SPDX-License-Identifier: Apache-2.0
//
// What is to be done on the server so that the administrator may act as others: one role assignment.
// The plan says whether it is there already, as far as the wire shows; who runs it is another's
// business (a probe that runs cmdlets, or a person).
#include "session.h"

#include <string.h>

#define PLAN_TEXT_MAX 2048
#define ASSIGNMENT    "tenon impersonation"

static uint32_t
state_of(enum ews_step step, enum ews_role role)
{
  if (step == ACT_DONE_OK)
    return TENON_STEP_DONE;
  return role == ROLE_MISSING ? TENON_STEP_MISSING : TENON_STEP_UNKNOWN;
}

// Acts as the mailbox that was given, else as nobody.
static tenon_status
look(struct tenon_session *s, const tenon_call *call, uint32_t *ret)
{
  struct ews_act act;
  enum ews_step step = ACT_DONE_FAILED;
  enum ews_role role = ROLE_UNKNOWN;
  size_t len = strlen(s->ews.mailbox);
  if (len > 0 && ews_identity_fault(s->ews.identity, s->ews.mailbox, len) == NULL) {
    ews_act_init(&act, s->ews.mailbox, len);
    tenon_status status = ews_act_perform(&s->ews, call, &act, &step);
    if (status != TENON_OK)
      return status;
    ews_act_drop(&s->ews, &act);
  }
  if (step != ACT_DONE_OK) {
    tenon_status status = ews_role_probe(&s->ews, call, &act, &role);
    if (status != TENON_OK)
      return status;
    ews_act_drop(&s->ews, &act);
  }
  *ret = state_of(step, role);
  return TENON_OK;
}

tenon_status
onprem_configure(tenon_session *s, const tenon_call *call, uint32_t phase,
                 const tenon_step *const *steps, const tenon_sink *sink)
{
  (void)steps;
  if (phase != TENON_PLAN)
    return TENON_E_UNSUPPORTED;
  uint32_t state = TENON_STEP_UNKNOWN;
  bool is_found = false;
  tenon_status status = session_find(s, call, &is_found);
  if (status == TENON_OK && is_found)
    status = look(s, call, &state);
  if (status != TENON_OK)
    return status;
  struct verdict_evidence who = {.account = s->ews.account,
                                 .mailbox = s->ews.mailbox,
                                 .server = s->ews.server.authority,
                                 .tried = ""};
  char body[PLAN_TEXT_MAX];
  struct kit_text text;
  kit_text_init(&text, body, sizeof body);
  verdict_expand(&text,
                 "New-ManagementRoleAssignment -Name \"" ASSIGNMENT
                 "\" -Role ApplicationImpersonation -User {account}\n"
                 "# or, for some mailboxes only:\n"
                 "# New-ManagementScope -Name \"" ASSIGNMENT
                 "\" -RecipientRestrictionFilter \"Department -eq 'Sales'\"\n"
                 "# New-ManagementRoleAssignment -Name \"" ASSIGNMENT
                 "\" -Role ApplicationImpersonation -User {account} "
                 "-CustomRecipientWriteScope \"" ASSIGNMENT "\"",
                 &who, true);
  tenon_step step = {
      .size = sizeof step,
      .state = state,
      .id = "exchange-onprem.role",
      .title = "Assign the role ApplicationImpersonation",
      .kind = "tenon.exchange.cmdlet/1",
      .body = body,
      .undo = "Remove-ManagementRoleAssignment -Identity \"" ASSIGNMENT "\" -Confirm:$false",
      .needs = "Organization Management",
  };
  sink->step(sink, &step);
  return TENON_OK;
}
