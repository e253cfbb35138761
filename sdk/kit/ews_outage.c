// SPDX-License-Identifier: Apache-2.0
//
// A server that does not answer costs each request its whole time, and a list of twenty thousand
// mailboxes would take days to say one thing. After some failures in a row the rest is told of it
// unasked, but for one now and then, so that the run goes on by itself when the server is back.
#include "ews_many.h"

#include <string.h>

bool
ews_outage_is(const tenon_http_completion *completion)
{
  const tenon_http_signin *signin = completion->signin;
  return completion->status == TENON_E_NETWORK || completion->status == TENON_E_TIMEOUT ||
         completion->status == TENON_E_TLS ||
         (signin != NULL && signin->fault == TENON_HTTP_SIGNIN_CONNECTION);
}

void
ews_outage_note(struct ews_outage *o, const struct ews_session *s,
                const tenon_http_completion *completion)
{
  o->trying = false;
  if (ews_outage_is(completion)) {
    o->failures++;
    o->next_ns = s->host->now(s->host) + EWS_OUTAGE_RETRY_NS;
  } else {
    o->failures = 0;
  }
}

void
ews_outage_keep(struct ews_outage *o, struct ews_session *s, struct ews_answer *answer)
{
  ews_outage_drop(o, s);
  o->last = answer->completion;
  answer->completion = NULL;
}

void
ews_outage_drop(struct ews_outage *o, struct ews_session *s)
{
  if (o->last != NULL)
    s->http->release(s->http, o->last);
  o->last = NULL;
}

bool
ews_outage_holds(const struct ews_outage *o)
{
  return o->failures >= EWS_OUTAGE_FAILURES_MAX && o->last != NULL;
}

bool
ews_outage_turn(struct ews_outage *o, const struct ews_session *s)
{
  if (o->trying || s->host->now(s->host) < o->next_ns)
    return false;
  o->trying = true;
  return true;
}

void
ews_outage_judge(const struct ews_outage *o, struct ews_session *s, struct ews_act *act,
                 struct ews_outage_words *words)
{
  struct ews_answer *answer = &act->answer;
  ews_answer_drop(s, answer);
  ews_answer_read(s, EWS_GET_FOLDER, PLACE_ACT, act->address, o->last, answer);
  struct kit_text text;
  kit_text_init(&text, words->title, sizeof words->title);
  kit_text_printf(&text, "Not asked: the last %u requests got no answer", o->failures);
  kit_text_init(&text, words->tried, sizeof words->tried);
  kit_text_printf(&text, "nothing for this mailbox, since the last %u requests got no answer",
                  o->failures);
  kit_text_init(&text, words->detail, sizeof words->detail);
  kit_text_printf(&text,
                  "Nothing was sent for this mailbox. What became of the last request: %.640s.",
                  o->last->reason != NULL ? o->last->reason : "no answer");
  answer->evidence.tried = words->tried;
  answer->evidence.seen &= ~SEEN_SENT;
  ews_act_judge(s, act, 0);
  answer->completion = NULL; // it is the outage's
  s->verdict.check.title = words->title;
  s->verdict.check.detail = words->detail;
}
