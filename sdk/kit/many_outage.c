// SPDX-License-Identifier: Apache-2.0
//
// A server that does not answer costs each request its whole time, and a list of twenty thousand
// mailboxes would take days to say one thing. After some failures in a row the rest is told of it
// unasked, but for one now and then, so that the run goes on by itself when the server is back.
#include "many.h"

#include "text.h"

bool
many_is_outage(const tenon_http_completion *completion)
{
  const tenon_http_signin *signin = completion->signin;
  return completion->status == TENON_E_NETWORK || completion->status == TENON_E_TIMEOUT ||
         completion->status == TENON_E_TLS ||
         (signin != NULL && signin->fault == TENON_HTTP_SIGNIN_CONNECTION);
}

void
many_outage_note(struct many_outage *o, int64_t now_ns, const tenon_http_completion *completion)
{
  o->trying = false;
  if (many_is_outage(completion)) {
    o->failures++;
    o->next_ns = now_ns + MANY_OUTAGE_RETRY_NS;
  } else {
    o->failures = 0;
  }
}

void
many_outage_keep(struct many_outage *o, const tenon_http *http,
                 const tenon_http_completion *completion)
{
  many_outage_drop(o, http);
  o->last = completion;
}

void
many_outage_drop(struct many_outage *o, const tenon_http *http)
{
  if (o->last != NULL)
    http->release(http, o->last);
  o->last = NULL;
}

bool
many_outage_holds(const struct many_outage *o)
{
  return o->failures >= MANY_OUTAGE_MAX && o->last != NULL;
}

bool
many_outage_turn(struct many_outage *o, int64_t now_ns)
{
  if (o->trying || now_ns < o->next_ns)
    return false;
  o->trying = true;
  return true;
}

void
many_outage_put(const struct many_outage *o, struct many_outage_words *ret)
{
  struct kit_text text;
  kit_text_init(&text, ret->title, sizeof ret->title);
  kit_text_printf(&text, "Not asked: the last %u requests got no answer", o->failures);
  kit_text_init(&text, ret->tried, sizeof ret->tried);
  kit_text_printf(&text, "nothing for this mailbox, since the last %u requests got no answer",
                  o->failures);
  kit_text_init(&text, ret->detail, sizeof ret->detail);
  kit_text_printf(&text,
                  "Nothing was sent for this mailbox. What became of the last request: %.640s.",
                  o->last->reason != NULL ? o->last->reason : "no answer");
}
