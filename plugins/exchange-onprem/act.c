// SPDX-License-Identifier: Apache-2.0
//
// One mailbox: act as it, read what that means, and where the answer is ambiguous say what to ask
// next. Knows nothing of how requests are sent, so that one mailbox in verify and a million in
// impersonate go the same way.
#include "session.h"

#include <string.h>

void
act_init(struct act *act, const char *subject, size_t len)
{
  memset(act, 0, sizeof *act);
  struct kit_text text;
  kit_text_init(&text, act->subject, sizeof act->subject);
  kit_text_put_n(&text, subject, len);
  memcpy(act->address, act->subject, sizeof act->address);
}

void
act_drop(struct tenon_session *s, struct act *act)
{
  answer_drop(s, &act->answer);
}

static uint64_t
seen_of(enum existence existence)
{
  switch (existence) {
  case EXISTENCE_MAILBOX: return SEEN_EXISTS;
  case EXISTENCE_FOREIGN: return SEEN_FOREIGN;
  case EXISTENCE_NONE: return SEEN_MISSING;
  default: return 0;
  }
}

void
act_judge(struct tenon_session *s, struct act *act, uint64_t more)
{
  struct verdict_evidence *evidence = &act->answer.evidence;
  evidence->seen |= seen_of(act->existence) | more;
  if (evidence->check == NULL)
    evidence->check = TENON_CHECK_IMPERSONATE_MAILBOX;
  verdict_judge(evidence, &s->verdict);
  verdict_add(&s->verdict, TENON_DATA_EXISTENCE,
              act->existence == EXISTENCE_UNKNOWN ? "unknown" : "known");
}

// What kind of server it is has to be known once; most answers are not read that far.
static void
look_at_kind(struct tenon_session *s, struct act *act, const tenon_http_completion *completion)
{
  if (!s->looked)
    answer_read(s, OPERATION_GET_FOLDER, PLACE_ACT, act->address, completion, &act->answer);
  s->looked = true;
}

static enum act_step
pause_or_fail(struct tenon_session *s, struct act *act)
{
  int64_t now = s->host->now(s->host);
  int64_t asked = s->verdict.retry_ns;
  // A connection that broke, or a mailbox's own trouble, says nothing about how busy the server is.
  if (s->verdict.row->cause == TENON_E_TRANSIENT)
    s->verdict.check.retry_ns = backoff_busy(&s->backoff, now, asked);
  if (act->tries < BACKOFF_TRIES)
    return ACT_AGAIN;
  act_judge(s, act, SEEN_AGAIN);
  if (s->verdict.row->cause == TENON_E_TRANSIENT)
    s->verdict.check.retry_ns = backoff_wait(&s->backoff, now);
  return ACT_DONE_FAILED;
}

static enum act_step
look_up_or_fail(struct tenon_session *s, struct act *act)
{
  if (act->existence == EXISTENCE_UNKNOWN && lookup_known(s, act->address, &act->existence))
    act_judge(s, act, 0);
  if (act->existence != EXISTENCE_UNKNOWN || !lookup_possible(s))
    return ACT_DONE_FAILED;
  return ACT_LOOK_UP;
}

static enum act_step
decide(struct tenon_session *s, struct act *act)
{
  act_judge(s, act, act->corrected ? SEEN_AGAIN : 0);
  switch (s->verdict.row->retry) {
  case VERDICT_BACKOFF: return pause_or_fail(s, act);
  case VERDICT_STEP:
    if (ask_steps_down(s, &act->answer))
      return ACT_AGAIN;
    act_judge(s, act, SEEN_AGAIN);
    return ACT_DONE_FAILED;
  case VERDICT_CORRECT: {
    struct kit_text text;
    kit_text_init(&text, act->address, sizeof act->address);
    kit_text_put(&text, act->answer.reply.address);
    act->corrected = true;
    return ACT_AGAIN;
  }
  default: break;
  }
  return s->verdict.row->lookup ? look_up_or_fail(s, act) : ACT_DONE_FAILED;
}

enum act_step
act_answered(struct tenon_session *s, struct act *act, const tenon_http_completion *completion)
{
  act_drop(s, act);
  act->tries++;
  if (completion->code == 200) {
    soap_read_code(s->reader, completion->body.ptr, completion->body.len, &act->answer.reply);
    if (act->answer.reply.state == SOAP_READ && act->answer.reply.class == SOAP_CLASS_SUCCESS) {
      act->answer.completion = completion;
      look_at_kind(s, act, completion);
      s->version_known = s->acted = true;
      backoff_good(&s->backoff);
      return ACT_DONE_OK;
    }
  }
  answer_read(s, OPERATION_GET_FOLDER, PLACE_ACT, act->address, completion, &act->answer);
  return decide(s, act);
}

enum act_step
act_knocked(struct tenon_session *s, struct act *act, const tenon_http_completion *completion)
{
  act_drop(s, act);
  answer_read(s, OPERATION_CONVERT_ID, PLACE_OPEN | PLACE_ACT, act->address, completion,
              &act->answer);
  if (ask_opens(s, &act->answer))
    return ACT_AGAIN;
  act->tries++;
  return decide(s, act);
}

enum act_step
act_looked_up(struct tenon_session *s, struct act *act, enum existence existence)
{
  act->existence = existence;
  act_judge(s, act, 0);
  return ACT_DONE_FAILED;
}

static tenon_status
look_up(struct tenon_session *s, const tenon_call *call, struct act *act)
{
  struct answer answer = {0};
  tenon_status status = ask(s, call, OPERATION_RESOLVE_NAMES, PLACE_BROWSE, act->address, &answer);
  if (status != TENON_OK)
    return status;
  act_looked_up(s, act, lookup_read(s, act->address, answer.completion));
  answer_drop(s, &answer);
  return TENON_OK;
}

tenon_status
act_perform(struct tenon_session *s, const tenon_call *call, struct act *act, enum act_step *ret)
{
  for (;;) {
    struct ews_request fill;
    tenon_http_request request;
    const tenon_http_completion *completion = NULL;
    bool open = s->door_open;
    act->answer.version = s->version;
    ask_prepare(s, open ? OPERATION_GET_FOLDER : OPERATION_CONVERT_ID, open,
                open ? act->address : s->admin, &fill, &request);
    tenon_status status = ask_send(s, call, open, &request, &completion);
    if (status != TENON_OK)
      return status;
    if (completion->status == TENON_E_CANCELLED)
      return TENON_E_CANCELLED;
    *ret = open ? act_answered(s, act, completion) : act_knocked(s, act, completion);
    if (*ret == ACT_LOOK_UP) {
      *ret = ACT_DONE_FAILED;
      return look_up(s, call, act);
    }
    if (*ret != ACT_AGAIN)
      return TENON_OK;
    int64_t pause = backoff_wait(&s->backoff, s->host->now(s->host));
    if (pause > ONPREM_VERIFY_PAUSE_NS || (pause > 0 && s->verdict.retry_ns <= 0)) {
      *ret = ACT_DONE_FAILED;
      return TENON_OK;
    }
    status = ask_sleep(s, call, pause);
    if (status != TENON_OK)
      return status;
  }
}

void
act_report_invalid(struct tenon_session *s, const tenon_sink *sink, const char *subject,
                   const char *why, bool as_subject)
{
  char detail[256];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "Nothing was sent: %s.", why);
  static const tenon_pair data[] = {
      {TENON_DATA_VERDICT, {TENON_VERDICT_INVALID, sizeof TENON_VERDICT_INVALID - 1}},
      {"symptom", {"not-an-address", 14}},
      {TENON_DATA_EXISTENCE, {"unknown", 7}},
  };
  bool sid = s->identity == EWS_IDENTITY_SID;
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_FAIL,
      .level = TENON_LEVEL_REQUIRED,
      .id = TENON_CHECK_IMPERSONATE_MAILBOX,
      .title = sid ? "This is not a security identifier" : "This is not a mail address",
      .detail = detail,
      .remedy = sid ? "Write it as S-1-5-21-..., or set the field `identity` to smtp."
                    : "Write it as name@domain.",
      .field = as_subject ? NULL : TENON_KEY_MAILBOX,
      .subject = as_subject ? subject : NULL,
      .cause = TENON_E_CONFIG,
      .data = data,
      .n_data = sizeof data / sizeof *data,
  };
  sink->check(sink, &check);
}
