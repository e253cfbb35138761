// SPDX-License-Identifier: Apache-2.0
/* Forgets what it allocated. Only a sanitized build notices. */
#include <string.h>

#include "bad.h"

static tenon_status
verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  char *volatile lost = malloc(4321);

  (void)s;
  (void)call;
  (void)sink;
  if (lost)
    memset(lost, 'x', 4321);
  lost = NULL;
  return TENON_OK;
}

BAD("leaks", .open = good_open, .verify = verify);
