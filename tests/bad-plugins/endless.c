// SPDX-License-Identifier: Apache-2.0
/* Offers values for ever, also when it is cancelled. */
#include "bad.h"

static tenon_status
browse(tenon_session *s, const tenon_call *call, const char *what, const char *typed,
       const tenon_sink *sink)
{
  tenon_offer offer = {.size = sizeof offer, .value = "the same"};

  (void)s;
  (void)call;
  (void)what;
  (void)typed;
  for (;;)
    sink->offer(sink, &offer);
  return TENON_OK;
}

BAD("endless", .open = good_open, .verify = good_verify, .browse = browse);
