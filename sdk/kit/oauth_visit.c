// SPDX-License-Identifier: Apache-2.0
//
// A person has to go somewhere: the question that says where, and waiting beside it.
#include "oauth_parts.h"

bool
oauth_visit_begin(struct oauth *o, const tenon_call *call, struct oauth_slot *slot,
                  const tenon_ask *ask, struct oauth_visit *ret)
{
  *ret = (struct oauth_visit){
      .step = o->settings.grant == OAUTH_BROWSER ? "authorize" : "device",
      .ends_ns = ask->expires_ns,
  };
  ret->open = o->host->ask(o->host, call, ask, &ret->ticket) == TENON_OK;
  ret->absent = !ret->open;
  if (ret->absent)
    (void)oauth_visit_fail(slot, ret);
  return ret->open;
}

tenon_status
oauth_visit_wait(struct oauth *o, const tenon_call *call, struct oauth_visit *v, int64_t ns)
{
  tenon_text text;
  if (!v->open)
    return oauth_rest(o, call, ns);
  tenon_status status = o->host->answer(o->host, call, v->ticket, ns, &text, NULL);
  if (call->cancelled(call))
    return TENON_E_CANCELLED;
  if (status == TENON_E_TRANSIENT)
    return TENON_OK;
  v->open = false;
  v->declined = status == TENON_E_CANCELLED;
  // A question that ran out is taken off the screen by the host: somebody was there, and was too late.
  bool over = v->ends_ns != 0 && o->host->now(o->host) >= v->ends_ns;
  v->absent = status != TENON_OK && !v->declined && !over;
  return TENON_OK;
}

void
oauth_visit_end(struct oauth *o, struct oauth_visit *v)
{
  if (v->open)
    o->host->withdraw(o->host, v->ticket);
  v->open = false;
}

tenon_status
oauth_visit_fail(struct oauth_slot *slot, const struct oauth_visit *v)
{
  // What a refused refresh token was refused for stays: it is why a person is needed.
  const char *step = slot->result.step != NULL ? slot->result.step : v->step;
  if (v->declined) {
    oauth_error_put(&slot->result.error, "authorization_declined", NULL, NULL);
    return oauth_fail(slot, TENON_E_AUTH, step, "The sign-in was declined here.");
  }
  return oauth_fail(slot, TENON_E_NOANSWER, step,
                    "Somebody has to sign in, and nobody is there: verify the connection where a "
                    "person can answer, or let an application sign in (client secret, "
                    "certificate).");
}

void
oauth_visit_put_body(const struct oauth *o, const char *how, struct kit_text *to)
{
  const char *who = o->settings.login_hint;
  kit_text_put(to, how);
  kit_text_printf(to, " and sign in as %s.", who[0] != 0 ? who : "the administrator");
  kit_text_put(to, " It goes on here by itself.");
}
