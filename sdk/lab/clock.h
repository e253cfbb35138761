// SPDX-License-Identifier: Apache-2.0
//
// One thread that calls back at a time: held-back answers wait here and not on an event loop.
#ifndef TENON_LAB_CLOCK_H
#define TENON_LAB_CLOCK_H

#include <stdbool.h>

struct clock;

typedef void clock_call(void *context);

struct clock *clock_create(void);

// Calls `call(context)` on the clock's thread after `ms`. false: no memory, it will not be called.
bool clock_after(struct clock *clock, int ms, clock_call *call, void *context);

// Calls what is left at once and ends the thread.
void clock_destroy(struct clock *clock);

#endif
