// SPDX-License-Identifier: Apache-2.0
/* Dies in the middle of a list of subjects. */
#include "bad.h"

static tenon_status
impersonate(tenon_session *s, const tenon_call *call, const tenon_source *source,
            const tenon_sink *sink)
{
  volatile int *volatile nowhere = (int *)8; /* UBSan would catch NULL before the processor does */
  tenon_text subject;

  (void)s;
  (void)call;
  (void)sink;
  if (take(source, &subject))
    *nowhere = 1;
  return TENON_OK;
}

BAD("falls", .open = good_open, .verify = good_verify, .impersonate = impersonate);
