// SPDX-License-Identifier: Apache-2.0
/* Forgets what it allocated. Only a sanitized build notices. */
#include <string.h>

#include "bad.h"

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  const tenon_check passed = check_of(TENON_PASS, "net.connect");
  char *volatile lost = malloc(4321);

  const tenon_check fine = check_of(TENON_PASS, "leaks.fine");

  (void)s;
  (void)call;
  if (lost)
    memset(lost, 'x', 4321);
  lost = NULL;
  sink->check(sink, &passed);
  sink->check(sink, &fine);
  return TENON_OK;
}

BAD("leaks", .open = good_open, .verify = verify);
