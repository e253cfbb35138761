// SPDX-License-Identifier: Apache-2.0
/* Reports a subject that it was never given. */
#include "bad.h"

static tenon_status
impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
            const tenon_sink *sink)
{
  tenon_check c = check_of(TENON_PASS, "stranger.mailbox");
  tenon_text subject;

  (void)s;
  (void)call;
  c.subject = "nobody@contoso.example";
  if (take(source, &subject))
    sink->check(sink, &c);
  return TENON_OK;
}

BAD("stranger", .open = good_open, .verify = good_verify, .impersonate = impersonate);
