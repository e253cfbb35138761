// SPDX-License-Identifier: Apache-2.0
/* Takes subjects and says nothing of them. */
#include "bad.h"

static tenon_status
impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
            const tenon_sink *sink)
{
  tenon_text subject;

  (void)s;
  (void)call;
  (void)sink;
  (void)take(source, &subject);
  return TENON_OK;
}

BAD("forgets", .open = good_open, .verify = good_verify, .impersonate = impersonate);
