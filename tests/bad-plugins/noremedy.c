// SPDX-License-Identifier: Apache-2.0
/* Says that something failed, and not what to do. */
#include "bad.h"

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  tenon_check c = check_of(TENON_FAIL, "auth.basic");

  (void)s;
  (void)call;
  c.cause = TENON_E_AUTH;
  sink->check(sink, &c);
  return TENON_OK;
}

BAD("noremedy", .open = good_open, .verify = verify);
