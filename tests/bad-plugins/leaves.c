// SPDX-License-Identifier: Apache-2.0
/* Ends the process that it is a guest in. */
#include <unistd.h>

#include "bad.h"

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  (void)s;
  (void)call;
  (void)sink;
  _exit(3);
}

BAD("leaves", .open = good_open, .verify = verify);
