// SPDX-License-Identifier: Apache-2.0
//
// One mailbox, asked and waited for; and what it means for each mailbox when the batch came to nothing as a whole.
#include "session.h"

#include <stdlib.h>
#include <string.h>

// The parts stay wanted: nothing was heard of them.
static enum act_step
outer_busy(struct tenon_session *s, struct act *act, const struct verdict_row *row)
{
  int64_t now = s->host->now(s->host);
  if (row->cause == TENON_E_TRANSIENT)
    s->verdict.check.retry_ns = backoff_busy(&s->backoff, now, s->verdict.retry_ns);
  return act->tries < BACKOFF_TRIES ? ACT_AGAIN : ACT_DONE_FAILED;
}

enum act_step
act_outer(struct tenon_session *s, struct act *act, const tenon_http_completion *completion,
          struct answer *answer)
{
  answer_drop(s, answer);
  answer_read(s, "POST /v1.0/$batch", NEED_MAIL, PLACE_ACT, completion, answer);
  answer->completion = NULL; // the caller's
  bool old = act->generation != s->generation;
  if (completion->code == 401 && act->renewals < MSGRAPH_RENEWALS_MAX &&
      (old || token_may_renew(s))) {
    act->renewals++;
    return old ? ACT_AGAIN : ACT_TOKEN;
  }
  struct verdict_evidence *e = &answer->evidence;
  e->mailbox = act->subject;
  e->check = act->nobody ? TENON_CHECK_IMPERSONATE_ROLE : TENON_CHECK_IMPERSONATE_MAILBOX;
  e->seen |= act->nobody ? SEEN_PROBE : 0;
  act->tries++;
  if (act->tries >= BACKOFF_TRIES)
    e->seen |= SEEN_AGAIN;
  verdict_judge(e, &s->verdict);
  verdict_add(&s->verdict, TENON_DATA_EXISTENCE, "unknown");
  const struct verdict_row *row = s->verdict.row;
  return row->retry == VERDICT_BACKOFF ? outer_busy(s, act, row) : ACT_DONE_FAILED;
}

// Sends what the mailbox wants, alone. *ret as of act_next.
static tenon_status
send_alone(struct tenon_session *s, const tenon_call *call, struct act *act, tenon_secret *token,
           enum act_step *ret)
{
  char body[MSGRAPH_BATCH_BYTES_MAX / 4];
  struct kit_text text;
  struct batch batch = {0};
  struct batch_fill fill;
  tenon_http_request request;
  const tenon_http_completion *completion = NULL;
  kit_text_init(&text, body, sizeof body);
  (void)batch_add(&batch, act);
  batch_put(&batch, &text);
  act->generation = s->generation;
  batch_prepare(s, &text, token, &fill, &request);
  tenon_status status = s->http->perform(s->http, call, &request, &completion);
  if (status != TENON_OK)
    return status;
  if (completion->status == TENON_E_CANCELLED || call->cancelled(call)) {
    s->http->release(s->http, completion);
    return TENON_E_CANCELLED;
  }
  bool good = completion->code == 200 && batch_take(&batch, completion);
  *ret = good ? act_next(s, act) : act_outer(s, act, completion, &s->outer);
  // What the verdict says lies in its own buffer or in s->outer, but for headers: those of the completion.
  if (s->outer_completion != NULL)
    s->http->release(s->http, s->outer_completion);
  s->outer_completion = completion;
  return TENON_OK;
}

void
act_forget(struct tenon_session *s)
{
  answer_drop(s, &s->outer);
  if (s->outer_completion != NULL)
    s->http->release(s->http, s->outer_completion);
  s->outer_completion = NULL;
}

// Is the pause one that somebody waits out?
static bool
is_patient(const struct tenon_session *s, int64_t pause)
{
  return pause <= MSGRAPH_PAUSE_NS && (pause == 0 || s->verdict.retry_ns > 0);
}

tenon_status
act_perform(struct tenon_session *s, const tenon_call *call, struct act *act, enum act_step *ret)
{
  for (;;) {
    tenon_secret *token = NULL;
    tenon_status status = token_get(s, call, OAUTH_ANY, &token);
    if (status != TENON_OK)
      return status;
    if (token == NULL) {
      token_judge_subject(s, act->subject);
      s->verdict.check.subject = NULL;
      *ret = ACT_DONE_FAILED;
      return TENON_OK;
    }
    status = send_alone(s, call, act, token, ret);
    if (status == TENON_OK && *ret == ACT_CONTROL) {
      status = act_control(s, call);
      *ret = act_next(s, act);
    }
    if (status == TENON_OK && *ret == ACT_TOKEN)
      status = token_renew(s, call);
    if (status != TENON_OK || *ret == ACT_DONE_OK || *ret == ACT_DONE_FAILED)
      return status;
    int64_t pause = *ret == ACT_AGAIN ? backoff_wait(&s->backoff, s->host->now(s->host)) : 0;
    if (!is_patient(s, pause)) {
      *ret = ACT_DONE_FAILED;
      return TENON_OK;
    }
    status = ask_sleep(s, call, pause);
    if (status != TENON_OK)
      return status;
  }
}

tenon_status
act_control(struct tenon_session *s, const tenon_call *call)
{
  enum act_step step = ACT_DONE_FAILED;
  s->controlled = true;
  struct act *act = malloc(sizeof *act);
  if (act == NULL)
    return TENON_E_NOMEM;
  act_init(s, act, s->mailbox, strlen(s->mailbox));
  act->control = true;
  tenon_status status = act_perform(s, call, act, &step);
  free(act);
  return status;
}
