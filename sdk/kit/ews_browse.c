// SPDX-License-Identifier: Apache-2.0
//
// The list behind "Browse". EWS has no call that lists all mailboxes: what was typed is looked up in
// the directory, and where nothing was typed the letters are, one after another, until the list is
// long enough to choose from.
#include "ews_many.h"

#include <tenon/exchange.h>

#include <string.h>
#include <strings.h>

struct listing {
  const tenon_sink *sink;
  size_t n;
  bool truncated;
  char addresses[EWS_OFFERS_MAX][EWS_ADDRESS_MAX + 1];
};

static void
offer(void *user, const struct soap_resolution *hit)
{
  struct listing *list = user;
  bool mailbox = strcmp(hit->type, "Mailbox") == 0 || hit->type[0] == 0;
  if (!mailbox || ews_address_fault(hit->address, strlen(hit->address)) != NULL)
    return;
  for (size_t i = 0; i < list->n; i++)
    if (strcasecmp(list->addresses[i], hit->address) == 0)
      return;
  if (list->n == EWS_OFFERS_MAX) {
    list->truncated = true;
    return;
  }
  struct kit_text text;
  kit_text_init(&text, list->addresses[list->n], sizeof list->addresses[0]);
  kit_text_put(&text, hit->address);
  tenon_offer found = {
      .size = sizeof found,
      .value = list->addresses[list->n++],
      .label = hit->name[0] != 0 ? hit->name : NULL,
  };
  list->sink->offer(list->sink, &found);
}

// Looks one entry up. *ret_good: the directory answered, be it with nothing.
static tenon_status
look_up(struct ews_session *s, const tenon_call *call, const char *entry, struct listing *list,
        bool *ret_good)
{
  struct ews_answer answer = {0};
  tenon_status status = ews_ask_patiently(s, call, EWS_RESOLVE_NAMES, PLACE_BROWSE, entry, &answer);
  if (status != TENON_OK)
    return status;
  bool nothing = (answer.evidence.seen & SEEN_SOAP) != 0 &&
                 strcmp(answer.reply.code, "ErrorNameResolutionNoResults") == 0;
  *ret_good = nothing || verdict_is_good(&answer.evidence);
  if (*ret_good && !nothing) {
    const tenon_text *body = &answer.completion->body;
    soap_read(s->reader, body->ptr, body->len, &answer.reply, offer, list);
    list->truncated |= answer.reply.truncated;
  } else if (!*ret_good) {
    verdict_judge(&answer.evidence, &s->verdict);
    list->sink->check(list->sink, &s->verdict.check);
  }
  ews_answer_drop(s, &answer);
  return TENON_OK;
}

static tenon_status
look_up_letters(struct ews_session *s, const tenon_call *call, struct listing *list)
{
  bool good = true;
  for (char letter = 'a'; letter <= 'z' && good && list->n < EWS_OFFERS_MAX; letter++) {
    char entry[2] = {letter, 0};
    tenon_status status = look_up(s, call, entry, list, &good);
    if (status != TENON_OK)
      return status;
  }
  return TENON_OK;
}

static void
report_truncated(const struct listing *list, const char *id)
{
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_INFO,
      .id = id,
      .title = "There are more mailboxes than are shown",
      .remedy = "Type the beginning of the name or address.",
      .field = TENON_KEY_MAILBOX,
      .cause = TENON_E_CONFIG,
  };
  list->sink->check(list->sink, &check);
}

tenon_status
ews_browse(struct ews_session *s, const tenon_call *call, const char *typed,
           const char *truncated_id, const tenon_sink *sink)
{
  char entry[EWS_ADDRESS_MAX + 1];
  struct kit_text text;
  kit_text_init(&text, entry, sizeof entry);
  kit_text_put(&text, typed);
  const char *wanted = kit_text_trimmed(&text);
  struct listing list = {.sink = sink};
  bool good = true;
  tenon_status status =
      wanted[0] == 0 ? look_up_letters(s, call, &list) : look_up(s, call, wanted, &list, &good);
  if (status == TENON_OK && list.truncated)
    report_truncated(&list, truncated_id);
  return status;
}
