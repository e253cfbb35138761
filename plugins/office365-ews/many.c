// SPDX-License-Identifier: Apache-2.0
//
// The hooks over many mailboxes: the kit's, with a token before them.
#include "session.h"

#include <string.h>

#define CHECK_TRUNCATED CLOUDEWS_ID ".browse-truncated"

tenon_status
cloudews_impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
                     const tenon_sink *sink)
{
  bool good = false;
  token_anew(s);
  tenon_status status = token_get_patiently(s, call, OAUTH_ANY, &good);
  if (status != TENON_OK)
    return status;
  return good ? ews_many(&s->ews, call, source, sink) : ews_many_tell(&s->ews, call, source, sink);
}

// An application asks the address list as somebody: the test mailbox, else who is being typed, else the administrator.
static void
ask_as(struct tenon_session *s, const char *typed)
{
  struct ews_session *ews = &s->ews;
  if (!s->app || ews->directory[0] != 0)
    return;
  bool address = ews_address_fault(typed, strlen(typed)) == NULL;
  const char *whom = address ? typed : s->answers.admin;
  (void)kit_text_copy(ews->directory, sizeof ews->directory, whom);
  (void)kit_text_copy(ews->anchor, sizeof ews->anchor, whom);
  ews_templates(ews);
}

tenon_status
cloudews_browse(tenon_session *s, const tenon_call *call, const char *what, const char *typed,
                const tenon_sink *sink)
{
  char directory[EWS_ADDRESS_MAX + 1], anchor[EWS_ADDRESS_MAX + 1];
  bool good = false;
  if (strcmp(what, "mailbox") != 0)
    return TENON_E_UNSUPPORTED;
  token_anew(s);
  tenon_status status = token_get_patiently(s, call, OAUTH_ANY, &good);
  if (status != TENON_OK)
    return status;
  if (!good) {
    sink->check(sink, &s->ews.verdict.check);
    return TENON_OK;
  }
  memcpy(directory, s->ews.directory, sizeof directory);
  memcpy(anchor, s->ews.anchor, sizeof anchor);
  ask_as(s, typed);
  status = ews_browse(&s->ews, call, typed, CHECK_TRUNCATED, sink);
  memcpy(s->ews.directory, directory, sizeof directory);
  memcpy(s->ews.anchor, anchor, sizeof anchor);
  ews_templates(&s->ews);
  return status;
}
