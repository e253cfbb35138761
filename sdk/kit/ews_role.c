// SPDX-License-Identifier: Apache-2.0
//
// A negative control: acting as somebody who does not exist touches no mailbox. Exchange looks at the
// role before it looks for the person, so that "you may not" and "there is nobody" tell whether the
// role is there. Other servers look the other way round: "there is nobody" proves nothing.
#include "ews_act.h"

#include <tenon/exchange.h>

#include <string.h>

static void
invent(struct ews_session *s, struct ews_act *act)
{
  char id[EWS_ID_MAX], value[EWS_ADDRESS_MAX + 1];
  struct kit_text text;
  ews_ids_next(&s->ids, id);
  kit_text_init(&text, value, sizeof value);
  if (s->identity == EWS_IDENTITY_SID) {
    kit_text_put(&text, "S-1-5-21-1-1-1-1999999999");
  } else {
    const char *at = strrchr(s->admin, '@');
    kit_text_printf(&text, "tenon-nobody-%.8s%s", id, at != NULL ? at : "@invalid");
  }
  ews_act_init(act, value, text.len);
}

tenon_status
ews_role_probe(struct ews_session *s, const tenon_call *call, struct ews_act *act,
               enum ews_role *ret)
{
  invent(s, act);
  act->existence = EXISTENCE_NONE; // by construction: the directory need not be asked
  enum ews_step step;
  bool acted = s->acted;
  tenon_status status = ews_act_perform(s, call, act, &step);
  s->acted = acted; // nobody was acted as
  if (status != TENON_OK)
    return status;
  *ret = step == ACT_DONE_OK ? ROLE_IGNORED : ROLE_UNKNOWN;
  if (step == ACT_DONE_OK)
    return TENON_OK;
  struct verdict_evidence *evidence = &act->answer.evidence;
  evidence->seen = (evidence->seen & ~SEEN_MISSING) | SEEN_PROBE;
  evidence->check = TENON_CHECK_IMPERSONATE_ROLE;
  verdict_judge(evidence, &s->verdict);
  const struct verdict_row *row = s->verdict.row;
  const char *word = row->word != NULL ? row->word : "";
  if (strcmp(row->check, TENON_CHECK_IMPERSONATE_ROLE) == 0)
    *ret = ROLE_MISSING;
  else if (strcmp(word, TENON_VERDICT_NO_MAILBOX) == 0 || strcmp(word, TENON_VERDICT_INVALID) == 0)
    *ret = ROLE_LIKELY;
  return TENON_OK;
}
