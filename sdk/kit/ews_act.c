// SPDX-License-Identifier: Apache-2.0
//
// The rules of one mailbox: what an answer leads to is the row's word, and the directory is asked where
// the row wants to know more.
#include "ews_act.h"

#include "acting.h"

#include <tenon/exchange.h>

#include <string.h>

void
ews_act_init(struct ews_act *act, const char *subject, size_t len)
{
  memset(act, 0, sizeof *act);
  struct kit_text text;
  kit_text_init(&text, act->subject, sizeof act->subject);
  kit_text_put_n(&text, subject, len);
  memcpy(act->address, act->subject, sizeof act->address);
}

void
ews_act_drop(struct ews_session *s, struct ews_act *act)
{
  ews_answer_drop(s, &act->answer);
}

static uint64_t
seen_of(enum ews_existence existence)
{
  switch (existence) {
  case EXISTENCE_MAILBOX: return SEEN_EXISTS;
  case EXISTENCE_FOREIGN: return SEEN_FOREIGN;
  case EXISTENCE_NONE: return SEEN_MISSING;
  default: return 0;
  }
}

void
ews_act_judge(struct ews_session *s, struct ews_act *act, uint64_t more)
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
look_at_kind(struct ews_session *s, struct ews_act *act, const tenon_http_completion *completion)
{
  if (!s->looked)
    ews_answer_read(s, EWS_GET_FOLDER, PLACE_ACT, act->address, completion, &act->answer);
  s->looked = true;
}

// An application asks the directory as somebody: where nobody was named, as who could be acted as.
static void
note_directory(struct ews_session *s, const struct ews_act *act)
{
  if (s->reach != EWS_REACH_APP || s->directory[0] != 0)
    return;
  memcpy(s->directory, act->address, sizeof s->directory);
  if (s->anchor[0] == 0)
    memcpy(s->anchor, act->address, sizeof s->anchor);
  ews_templates(s);
}

static enum ews_step
pause_or_fail(struct ews_session *s, struct ews_act *act)
{
  int64_t now = s->host->now(s->host);
  int64_t asked = s->verdict.retry_ns;
  // A connection that broke, or a mailbox's own trouble, says nothing about how busy the server is.
  if (s->verdict.row->cause == TENON_E_TRANSIENT)
    s->verdict.check.retry_ns = backoff_busy(&s->backoff, now, asked);
  if (act->tries < BACKOFF_TRIES)
    return ACT_AGAIN;
  ews_act_judge(s, act, SEEN_AGAIN);
  if (s->verdict.row->cause == TENON_E_TRANSIENT)
    s->verdict.check.retry_ns = backoff_wait(&s->backoff, now);
  return ACT_DONE_FAILED;
}

static enum ews_step
look_up_or_fail(struct ews_session *s, struct ews_act *act)
{
  if (act->existence == EXISTENCE_UNKNOWN && ews_lookup_known(s, act->address, &act->existence))
    ews_act_judge(s, act, 0);
  if (act->existence != EXISTENCE_UNKNOWN || !ews_lookup_possible(s))
    return ACT_DONE_FAILED;
  return ACT_LOOK_UP;
}

static enum ews_step
decide(struct ews_session *s, struct ews_act *act)
{
  ews_act_judge(s, act, act->corrected ? SEEN_AGAIN : 0);
  switch (s->verdict.row->retry) {
  case VERDICT_BACKOFF: return pause_or_fail(s, act);
  case VERDICT_STEP:
    if (ews_steps_down(s, &act->answer))
      return ACT_AGAIN;
    ews_act_judge(s, act, SEEN_AGAIN);
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

enum ews_step
ews_act_answered(struct ews_session *s, struct ews_act *act,
                 const tenon_http_completion *completion)
{
  ews_act_drop(s, act);
  if (ews_renews(s, completion, act->answer.sent)) {
    s->http->release(s->http, completion);
    return ACT_AGAIN;
  }
  act->tries++;
  if (completion->code == 200) {
    soap_read_code(s->reader, completion->body.ptr, completion->body.len, &act->answer.reply);
    if (act->answer.reply.state == SOAP_READ && act->answer.reply.class == SOAP_CLASS_SUCCESS) {
      act->answer.completion = completion;
      look_at_kind(s, act, completion);
      s->version_known = s->acted = true;
      backoff_good(&s->backoff);
      note_directory(s, act);
      return ACT_DONE_OK;
    }
  }
  ews_answer_read(s, EWS_GET_FOLDER, PLACE_ACT, act->address, completion, &act->answer);
  return decide(s, act);
}

enum ews_step
ews_act_knocked(struct ews_session *s, struct ews_act *act, const tenon_http_completion *completion)
{
  ews_act_drop(s, act);
  ews_answer_read(s, EWS_CONVERT_ID, PLACE_OPEN | PLACE_ACT, act->address, completion,
                  &act->answer);
  if (ews_opens(s, &act->answer))
    return ACT_AGAIN;
  act->tries++;
  return decide(s, act);
}

enum ews_step
ews_act_looked_up(struct ews_session *s, struct ews_act *act, enum ews_existence existence)
{
  act->existence = existence;
  ews_act_judge(s, act, 0);
  return ACT_DONE_FAILED;
}

static tenon_status
look_up(struct ews_session *s, const tenon_call *call, struct ews_act *act)
{
  struct ews_answer answer = {0};
  tenon_status status = ews_ask(s, call, EWS_RESOLVE_NAMES, PLACE_BROWSE, act->address, &answer);
  if (status != TENON_OK)
    return status;
  ews_act_looked_up(s, act, ews_lookup_read(s, act->address, answer.completion));
  ews_answer_drop(s, &answer);
  return TENON_OK;
}

// Sends what is due; *ret is the answer, or what stands for one.
static tenon_status
send_act(struct ews_session *s, const tenon_call *call, struct ews_act *act, bool open,
         const tenon_http_completion **ret)
{
  struct ews_request fill;
  tenon_http_request request;
  bool ready = true;
  tenon_status status = open ? ews_ready(s, call, &ready) : TENON_OK;
  if (status != TENON_OK)
    return status;
  act->answer.version = s->version;
  act->answer.sent = open && ready ? s->login->secret : NULL;
  if (!ready) {
    *ret = ews_unsent(s);
    return TENON_OK;
  }
  ews_prepare(s, open ? EWS_GET_FOLDER : EWS_CONVERT_ID, open, open ? act->address : s->admin,
              &fill, &request);
  status = ews_send(s, call, open, &request, ret);
  return status == TENON_OK && (*ret)->status == TENON_E_CANCELLED ? TENON_E_CANCELLED : status;
}

tenon_status
ews_act_perform(struct ews_session *s, const tenon_call *call, struct ews_act *act,
                enum ews_step *ret)
{
  for (;;) {
    const tenon_http_completion *completion = NULL;
    bool open = s->door_open;
    tenon_status status = send_act(s, call, act, open, &completion);
    if (status != TENON_OK)
      return status;
    *ret = open ? ews_act_answered(s, act, completion) : ews_act_knocked(s, act, completion);
    if (*ret == ACT_LOOK_UP) {
      *ret = ACT_DONE_FAILED;
      return look_up(s, call, act);
    }
    if (*ret != ACT_AGAIN)
      return TENON_OK;
    int64_t pause = backoff_wait(&s->backoff, s->host->now(s->host));
    if (pause > EWS_VERIFY_PAUSE_NS || (pause > 0 && s->verdict.retry_ns <= 0)) {
      *ret = ACT_DONE_FAILED;
      return TENON_OK;
    }
    status = ews_sleep(s, call, pause);
    if (status != TENON_OK)
      return status;
  }
}

void
ews_act_report_invalid(struct ews_session *s, const tenon_sink *sink, const char *subject,
                       const char *why, bool as_subject)
{
  bool sid = s->identity == EWS_IDENTITY_SID;
  acting_invalid(sink, subject, why,
                 sid ? "This is not a security identifier" : "This is not a mail address",
                 sid ? "Write it as S-1-5-21-..., or set the field `identity` to smtp."
                     : "Write it as name@domain.",
                 as_subject);
}
