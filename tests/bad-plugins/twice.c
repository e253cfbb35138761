// SPDX-License-Identifier: Apache-2.0
/* Reports one subject twice. */
#include <stdio.h>

#include "bad.h"

static tenon_status
impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
            const tenon_sink *sink)
{
  tenon_check c = check_of(TENON_PASS, "twice.mailbox");
  char copy[256];
  tenon_text subject;

  (void)s;
  (void)call;
  while (take(source, &subject)) {
    (void)snprintf(copy, sizeof copy, "%s", subject.ptr);
    c.subject = copy;
    sink->check(sink, &c);
    sink->check(sink, &c);
  }
  return TENON_OK;
}

BAD("twice", .open = good_open, .verify = good_verify, .impersonate = impersonate);
