// SPDX-License-Identifier: Apache-2.0
/* Aborts in open, with a last word. */
#include <stdio.h>

#include "bad.h"

static tenon_status
open_session(const tenon_host *host, const tenon_call *call, const tenon_sink *sink,
             tenon_session **ret)
{
  (void)host;
  (void)call;
  (void)sink;
  (void)ret;
  (void)fputs("an assertion failed\n", stderr);
  abort();
}

BAD("aborts", .open = open_session, .verify = good_verify);
