// SPDX-License-Identifier: Apache-2.0
//
// Several requests are in flight when a server turns busy, and all come back with the same news: it
// counts once, or four requests would quadruple a pause.
#include "backoff.h"

void
backoff_init(struct backoff *backoff)
{
  *backoff = (struct backoff){.next_ns = BACKOFF_FIRST_NS};
}

int64_t
backoff_busy(struct backoff *backoff, int64_t now_ns, int64_t asked_ns)
{
  int64_t pause = asked_ns;
  int64_t left = backoff_wait(backoff, now_ns);
  if (pause <= 0) {
    if (left > 0)
      return left;
    pause = backoff->next_ns;
    backoff->next_ns =
        backoff->next_ns < BACKOFF_MAX_NS / 2 ? backoff->next_ns * 2 : BACKOFF_MAX_NS;
  }
  if (pause > BACKOFF_MAX_NS)
    pause = BACKOFF_MAX_NS;
  if (pause < left)
    pause = left;
  backoff->until_ns = now_ns + pause;
  return pause;
}

void
backoff_good(struct backoff *backoff)
{
  backoff->next_ns = BACKOFF_FIRST_NS;
}

int64_t
backoff_wait(const struct backoff *backoff, int64_t now_ns)
{
  return backoff->until_ns > now_ns ? backoff->until_ns - now_ns : 0;
}
