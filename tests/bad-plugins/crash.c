// SPDX-License-Identifier: Apache-2.0
/* Dies of a bad pointer in the middle of a check. */
#include "bad.h"

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  volatile int *volatile nowhere = (int *)8; /* UBSan would catch NULL before the processor does */

  (void)s;
  (void)call;
  sink->begin(sink, "net.connect", "Connection");
  *nowhere = 1;
  return TENON_OK;
}

BAD("crash", .open = good_open, .verify = verify);
