// SPDX-License-Identifier: Apache-2.0
//
// Several requests are in flight when a server turns busy, and all come back with the same news: it
// counts once, or four requests would quadruple a pause.
#include "backoff.h"

#include <ctype.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

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

// strtod reads by the locale: here the decimal point is a point. What follows the whole seconds rounds up.
static int64_t
seconds_of(const char *text)
{
  const int64_t max = BACKOFF_ASKED_MAX_NS / 1000000000;
  int64_t whole = 0;
  bool more = false;
  for (; isdigit((unsigned char)*text); text++)
    whole = whole < max ? whole * 10 + (*text - '0') : max;
  if (*text == '.')
    for (text++; isdigit((unsigned char)*text); text++)
      more = more || *text != '0';
  return whole + (more ? 1 : 0);
}

int64_t
backoff_asked(const char *retry_after, int64_t now_s)
{
  struct tm tm = {0};
  int64_t seconds = 0;
  if (retry_after == NULL)
    return 0;
  while (*retry_after == ' ')
    retry_after++;
  if (isdigit((unsigned char)*retry_after) || *retry_after == '.')
    seconds = seconds_of(retry_after);
  else if (strptime(retry_after, "%a, %d %b %Y %H:%M:%S GMT", &tm) != NULL)
    seconds = (int64_t)timegm(&tm) - now_s;
  if (seconds <= 0)
    return 0;
  const int64_t max = BACKOFF_ASKED_MAX_NS / 1000000000;
  return (seconds < max ? seconds : max) * 1000000000;
}

tenon_status
backoff_sleep(const tenon_host *host, const tenon_call *call, int64_t ns)
{
  int64_t end = host->now(host) + ns;
  for (;;) {
    if (call->cancelled(call))
      return TENON_E_CANCELLED;
    int64_t left = end - host->now(host);
    if (left <= 0)
      return TENON_OK;
    int64_t ms = (left + 999999) / 1000000;
    struct pollfd fd = {.fd = call->cancel_fd, .events = POLLIN};
    (void)poll(&fd, 1, ms < BACKOFF_POLL_MS ? (int)ms : BACKOFF_POLL_MS);
  }
}
