// SPDX-License-Identifier: Apache-2.0
//
// The walk over many mailboxes, as every connector goes it: subjects are taken in as slots are free, what is open is asked
// and read, one pause holds for all, and a server that does not answer is not asked for each. What a slot is, and what is sent
// for it, is the connector's.
#ifndef KIT_MANY_H
#define KIT_MANY_H

#include "backoff.h"

#include <tenon/http.h>
#include <tenon/plugin.h>

#include <stdbool.h>
#include <stddef.h>

#define MANY_ANNOUNCE_NS     INT64_C(5000000000) // a pause at least this long is told to the host
#define MANY_OUTAGE_MAX      5 // requests in a row without an answer, then most are not sent
#define MANY_OUTAGE_RETRY_NS INT64_C(10000000000) // one is sent all the same, that often

struct many;
struct many_manner {
  // Takes a subject in; a slot is free for it.
  void (*open)(struct many *, tenon_text subject);
  // Sends what may be sent; pause_ns > 0: the session's pause is not over.
  tenon_status (*send)(struct many *, int64_t pause_ns);
  // An answer has come; the completion is the connector's from now on.
  tenon_status (*receive)(struct many *, const tenon_http_completion *);
};

// Member of a connector's own run, as its first. The caller fills what is above n_open.
struct many {
  const struct many_manner *manner;
  const tenon_host *host;
  const tenon_http *http;
  const tenon_call *call;
  const tenon_source *source;
  const tenon_sink *sink;
  const struct backoff *backoff;
  size_t n_slots;
  size_t n_open, n_flying; // slots taken, requests on their way: counted by the connector
  bool ended;              // the source has no more
  bool later;              // the source has none right now
  int64_t told_until_ns;   // the pause that the host was told of
};

// How many slots: at most as many as the connector takes, and as the host allows.
size_t many_slots(const tenon_source *, size_t most);
// TENON_OK: all were told. What is still on its way otherwise is the caller's to abort.
tenon_status many_walk(struct many *);
// Of an address, whatever its letters' case.
uint32_t many_hash(const char *subject);

// ---- a server that does not answer ----------------------------------------------------------------
// What is told of all is told of the last one that failed, whose completion is kept for it.
struct many_outage {
  unsigned failures; // in a row
  bool trying;       // one is on its way all the same
  int64_t next_ns;   // when the next one may
  const tenon_http_completion *last;
};

// Is that a failure of the way to the server, which says nothing of the mailbox?
bool many_is_outage(const tenon_http_completion *);
void many_outage_note(struct many_outage *, int64_t now_ns, const tenon_http_completion *);
// The completion is the outage's from now on.
void many_outage_keep(struct many_outage *, const tenon_http *, const tenon_http_completion *);
void many_outage_drop(struct many_outage *, const tenon_http *);
bool many_outage_holds(const struct many_outage *);
// May one be sent? Takes the turn.
bool many_outage_turn(struct many_outage *, int64_t now_ns);
// What is told of a mailbox that was not asked.
struct many_outage_words {
  char title[128], detail[1024], tried[128];
};
void many_outage_put(const struct many_outage *, struct many_outage_words *ret);

#endif
