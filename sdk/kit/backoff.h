// SPDX-License-Identifier: Apache-2.0
//
// One clock per session that all of its requests share. A server that says "busy" to one request
// means the account, so that the others must wait too, and its own number is better than any guess.
#ifndef KIT_BACKOFF_H
#define KIT_BACKOFF_H

#include <tenon/plugin.h>

#include <stdint.h>

#define BACKOFF_FIRST_NS INT64_C(10000000000)  // when the server names no time: 10 s, then doubled
#define BACKOFF_MAX_NS   INT64_C(300000000000) // 5 min, whatever the server says
#define BACKOFF_ASKED_MAX_NS                                                                       \
  INT64_C(3600000000000)     // 1 h: what a server asks for beyond counts as this
#define BACKOFF_TRIES   3    // of one subject, the first one counted
#define BACKOFF_POLL_MS 1000 // longest sleep between two looks around

struct backoff {
  int64_t until_ns; // nothing is sent before; 0: go on
  int64_t next_ns;  // how long the next unnamed pause is
};

// The pause that a Retry-After names, in nanoseconds and rounded up to whole seconds: "120", a decimal as Graph sends it
// ("2.128"), or an HTTP date, against now_s (seconds since 1970). 0: none, or not readable. At most BACKOFF_ASKED_MAX_NS.
int64_t backoff_asked(const char *retry_after, int64_t now_s);

void backoff_init(struct backoff *backoff);
// The server was busy and asked for a pause of asked_ns (0: it named none). Gives the pause from now.
int64_t backoff_busy(struct backoff *backoff, int64_t now_ns, int64_t asked_ns);
// The server answered: the next unnamed pause starts small again.
void backoff_good(struct backoff *backoff);
// How long to wait from now, 0: not at all.
int64_t backoff_wait(const struct backoff *backoff, int64_t now_ns);
// Sleeps until the time has come or the call is cancelled.
tenon_status backoff_sleep(const tenon_host *, const tenon_call *, int64_t ns);

#endif
