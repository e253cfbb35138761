// SPDX-License-Identifier: Apache-2.0
//
// The hooks over many mailboxes: each of a source reached and reported, and the directory listed.
#ifndef KIT_EWS_MANY_H
#define KIT_EWS_MANY_H

#include "ews_act.h"

#define EWS_SLOTS_MAX  256                 // subjects open at once, whatever the host would allow
#define EWS_KNOCK_NS   INT64_C(2000000000) // the others wait that long for one's first answer
#define EWS_OFFERS_MAX 100                 // rows of the list of mailboxes

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

#endif
