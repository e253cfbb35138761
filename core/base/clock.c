// SPDX-License-Identifier: Apache-2.0
/* Durations are whole numbers with a unit; a bare number is seconds. */
#include "core/base/clock.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

int64_t
clock_now_ns(void)
{
  struct timespec ts;
  (void)clock_gettime(CLOCK_MONOTONIC, &ts); /* cannot fail: the clock exists and ts is ours */
  return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int
clock_poll_ms(int64_t deadline_ns)
{
  if (deadline_ns == 0)
    return -1;
  int64_t left = deadline_ns - clock_now_ns();
  if (left <= 0)
    return 0;
  int64_t ms = (left + NS_PER_MS - 1) / NS_PER_MS;
  return ms > INT_MAX ? INT_MAX : (int)ms;
}

void
clock_text(char text[static CLOCK_TEXT_SIZE])
{
  time_t now = time(NULL);
  struct tm tm = {0};

  (void)gmtime_r(&now, &tm);
  (void)strftime(text, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static const struct {
  const char *suffix;
  int64_t ns;
} units[] = {{"", NS_PER_S},       {"ms", NS_PER_MS},      {"s", NS_PER_S},
             {"m", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S}, {"d", 86400 * NS_PER_S}};

bool
duration_parse(const char *text, int64_t *ret_ns)
{
  int64_t n = 0;
  const char *p = text;

  for (; *p >= '0' && *p <= '9'; p++)
    if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *p - '0', &n))
      return false;
  if (p == text)
    return false;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strcmp(p, units[i].suffix) == 0 && !__builtin_mul_overflow(n, units[i].ns, &n)) {
      *ret_ns = n;
      return true;
    }
  return false;
}
