// SPDX-License-Identifier: Apache-2.0
/* Writes to the socket that it should not know of. */
#include <unistd.h>

#include "bad.h"

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  (void)s;
  (void)call;
  (void)sink;
  return write(3, "HTTP/1.1 200 OK\r\n", 17) == 17 ? TENON_OK : TENON_E_INTERNAL;
}

BAD("garbage", .open = good_open, .verify = verify);
