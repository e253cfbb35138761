// SPDX-License-Identifier: Apache-2.0
/* Questions that a plugin puts while its hook runs. Those whose reply was given beforehand never reach a person; with
 * nobody there a question is answered so, and its id is kept for the one who reads why. */
#include "core/wizard/state.h"

#include <string.h>

static cJSON *
reply_effect(struct wizard *w, int64_t ticket)
{
  cJSON *e = effect(w, "reply");
  put_int(w, e, "ticket", ticket);
  return e;
}

static bool
reply_fits(const cJSON *ask, const char *text)
{
  const char *kind = json_text(ask, "kind");
  const cJSON *choices = json_array(ask, "choices");

  if (kind && strcmp(kind, "confirm") == 0)
    return strcmp(text, "yes") == 0 || strcmp(text, "no") == 0;
  if (kind && strcmp(kind, "choice") == 0)
    return find_by(choices, "value", text);
  return true;
}

static bool
ask_is(const cJSON *ask, const char *kind)
{
  const char *mine = json_text(ask, "kind");
  return mine && strcmp(mine, kind) == 0;
}

/* Replies that were given beforehand answer without a person. */
static bool
reply_beforehand(struct wizard *w, const cJSON *ask, int64_t ticket)
{
  const char *id = json_text(ask, "ask"),
             *text = json_text(json_object(w->s, "replies"), id ? id : "");

  if (ask_is(ask, "secret")) {
    if (!id || !state_secret_set(w, id))
      return false;
    put_text(w, reply_effect(w, ticket), "secret", id);
    return true;
  }
  if (!text || !reply_fits(ask, text))
    return false;
  put_text(w, reply_effect(w, ticket), "text", text);
  return true;
}

static void
on_asked(struct wizard *w, const cJSON *event)
{
  const cJSON *ask = json_object(event, "ask");
  const char *id = json_text(ask, "ask");
  int64_t ticket = 0;

  if (!busy_hook(w) || !id || !json_int(event, "ticket", &ticket) ||
      reply_beforehand(w, ask, ticket))
    return;
  cJSON *asks = need_array(w, w->s, "asks");
  if (json_bool(w->s, "nobody") || cJSON_GetArraySize(asks) >= (int)WIZARD_ASKS_MAX) {
    put_bool(w, reply_effect(w, ticket), "noanswer", true);
    if (!has_word(json_array(w->s, "unanswered"), id))
      push_text(w, need_array(w, w->s, "unanswered"), id);
    return;
  }
  push_copy(w, asks, ask);
  if (asks && asks->child)
    put_int(w, asks->child->prev, "ticket", ticket);
}

static cJSON *
find_ask(struct wizard *w, const cJSON *event)
{
  cJSON *asks = cJSON_GetObjectItemCaseSensitive(w->s, "asks"), *ask;
  int64_t wanted = 0, ticket = 0;

  if (!json_int(event, "ticket", &wanted))
    return find_by(asks, "ask", json_text(event, "ask"));
  cJSON_ArrayForEach(ask, asks)
  {
    if (json_int(ask, "ticket", &ticket) && ticket == wanted)
      return ask;
  }
  return NULL;
}

static void
close_ask(struct wizard *w, cJSON *ask)
{
  cJSON *asks = cJSON_GetObjectItemCaseSensitive(w->s, "asks");

  cJSON_Delete(cJSON_DetachItemViaPointer(asks, ask));
  if (!cJSON_GetArraySize(asks))
    drop(w->s, "asks");
}

static void
on_withdrawn(struct wizard *w, const cJSON *event)
{
  cJSON *ask = find_ask(w, event);

  if (ask)
    close_ask(w, ask);
}

/* A secret reply is held by the driver: here it is only known that it came. */
static void
on_reply(struct wizard *w, const cJSON *event)
{
  cJSON *ask = find_ask(w, event);
  const char *text = json_text(event, "text");
  int64_t ticket = 0;

  if (!ask || !json_int(ask, "ticket", &ticket)) {
    say(w, "There is no such question now.");
    return;
  }
  bool is_secret = ask_is(ask, "secret"), is_declined = json_bool(event, "declined");
  if (!is_declined && !is_secret && !ask_is(ask, "notice") && (!text || !reply_fits(ask, text))) {
    say(w, "That is no answer to \"%.200s\".",
        json_text(ask, "title") ? json_text(ask, "title") : "");
    return;
  }
  cJSON *e = reply_effect(w, ticket);
  if (is_declined)
    put_bool(w, e, "declined", true);
  else if (is_secret)
    put_bool(w, e, "held", true);
  else
    put_text(w, e, "text", text ? text : "seen");
  close_ask(w, ask);
}

const struct event_row ask_events[] = {{"asked", on_asked, true, false},
                                       {"withdrawn", on_withdrawn, true, false},
                                       {"reply", on_reply, true, false},
                                       {NULL, NULL, false, false}};
