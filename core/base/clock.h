// SPDX-License-Identifier: Apache-2.0
/* The two clocks: the monotonic one, in nanoseconds, for every deadline; the civil one, as RFC 3339 text, for people. */
#ifndef CORE_BASE_CLOCK_H
#define CORE_BASE_CLOCK_H

#include <stdint.h>
#include <stdbool.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

int64_t clock_now_ns(void);
/* Milliseconds for poll() until the deadline: -1 for none (deadline 0), 0 when past, else rounded up. */
int clock_poll_ms(int64_t deadline_ns);

#define CLOCK_TEXT_SIZE sizeof("2026-11-22T00:00:00Z")
/* Now, UTC, to the second. */
void clock_text(char text[static CLOCK_TEXT_SIZE]);

/* "30s", "5m", "250ms", "1h", "90" (seconds) -> nanoseconds. */
bool duration_parse(const char *text, int64_t *ret_ns);

#endif
