// SPDX-License-Identifier: Apache-2.0
//
// The hooks over many mailboxes: each of a source reached and reported, and the directory listed.
#ifndef KIT_EWS_MANY_H
#define KIT_EWS_MANY_H

#include "ews_act.h"

#define EWS_SLOTS_MAX           256 // subjects open at once, whatever the host would allow
#define EWS_ANNOUNCE_NS         INT64_C(5000000000) // a pause at least this long is told to the host
#define EWS_KNOCK_NS            INT64_C(2000000000) // the others wait that long for one's first answer
#define EWS_OUTAGE_FAILURES_MAX 5 // requests in a row without an answer, then most are not sent
#define EWS_OUTAGE_RETRY_NS     INT64_C(10000000000) // one is sent all the same, that often
#define EWS_OFFERS_MAX          100                  // rows of the list of mailboxes

// All subjects of the source, each reported. ews_anew is the caller's.
tenon_status ews_many(struct ews_session *, const tenon_call *, const tenon_source *,
                      const tenon_sink *);
// Nothing can be asked: session->verdict is told of each subject.
tenon_status ews_many_tell(struct ews_session *, const tenon_call *, const tenon_source *,
                           const tenon_sink *);
// Mailboxes of the directory that fit what was typed; with nothing typed, by the letters.
// truncated_id: of the check that says that there are more.
tenon_status ews_browse(struct ews_session *, const tenon_call *, const char *typed,
                        const char *truncated_id, const tenon_sink *);

// ---- a server that does not answer ----------------------------------------------------------------
// What is told of all is told of the last one that failed, whose completion is kept for it.
struct ews_outage {
  unsigned failures; // in a row
  bool trying;       // one is on its way all the same
  int64_t next_ns;   // when the next one may
  const tenon_http_completion *last;
};

// Is that a failure of the way to the server, which says nothing of the mailbox?
bool ews_outage_is(const tenon_http_completion *);
void ews_outage_note(struct ews_outage *, const struct ews_session *,
                     const tenon_http_completion *);
// Takes the completion over from the answer.
void ews_outage_keep(struct ews_outage *, struct ews_session *, struct ews_answer *);
void ews_outage_drop(struct ews_outage *, struct ews_session *);
bool ews_outage_holds(const struct ews_outage *);
// May one be sent? Takes the turn.
bool ews_outage_turn(struct ews_outage *, const struct ews_session *);
// The verdict of a mailbox that was not asked. The texts live in `words`.
struct ews_outage_words {
  char title[128], detail[1024], tried[128];
};
void ews_outage_judge(const struct ews_outage *, struct ews_session *, struct ews_act *,
                      struct ews_outage_words *);

#endif
