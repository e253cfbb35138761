// SPDX-License-Identifier: Apache-2.0
/* Prints for ever. */
#include <stdio.h>

#include "bad.h"

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  (void)s;
  (void)call;
  (void)sink;
  for (;;)
    (void)puts("the same line, again and again, until somebody stops it");
  return TENON_OK;
}

BAD("flood", .open = good_open, .verify = verify);
