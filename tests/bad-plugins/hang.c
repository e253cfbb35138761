// SPDX-License-Identifier: Apache-2.0
/* Hangs in verify, and does not look at cancel. */
#include <poll.h>

#include "bad.h"

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  (void)s;
  (void)call;
  sink->begin(sink, "net.connect", "Connection");
  for (;;)
    (void)poll(NULL, 0, 1000);
  return TENON_OK;
}

BAD("hang", .open = good_open, .verify = verify);
