// SPDX-License-Identifier: Apache-2.0
//
// One mailbox: reach it, read what that means, and where the answer is ambiguous say what to ask next.
// Knows nothing of how requests are sent, so that one mailbox in verify and a million in impersonate go
// the same way.
#ifndef KIT_EWS_ACT_H
#define KIT_EWS_ACT_H

#include "ews_session.h"

#define EWS_LOOKUP_FAILURES 3 // in a row, then the directory is not asked any more

enum ews_step {
  ACT_DONE_OK,
  ACT_DONE_FAILED, // session->verdict says why
  ACT_AGAIN,       // ask the same again, after the session's pause
  ACT_LOOK_UP,     // ask the directory for act->address
};

struct ews_act {
  char subject[EWS_ADDRESS_MAX + 1]; // as it was given
  char address[EWS_ADDRESS_MAX + 1]; // as it is asked for
  unsigned tries;
  bool corrected;
  enum ews_existence existence;
  struct ews_answer answer;
};

void ews_act_init(struct ews_act *, const char *subject, size_t len);
// What the answer to GetFolder means, and what to do next. Owns the completion from now on.
enum ews_step ews_act_answered(struct ews_session *, struct ews_act *,
                               const tenon_http_completion *);
// The same of the request that was sent without a credential in this mailbox's stead.
enum ews_step ews_act_knocked(struct ews_session *, struct ews_act *,
                              const tenon_http_completion *);
// The directory's answer has come.
enum ews_step ews_act_looked_up(struct ews_session *, struct ews_act *, enum ews_existence);
void ews_act_drop(struct ews_session *, struct ews_act *);
// All of it, waiting: for verify.
tenon_status ews_act_perform(struct ews_session *, const tenon_call *, struct ews_act *,
                             enum ews_step *ret);
// Judges and completes the verdict for a failure of this mailbox.
void ews_act_judge(struct ews_session *, struct ews_act *, uint64_t more);
// The check for an address that cannot be one; nothing is sent.
void ews_act_report_invalid(struct ews_session *, const tenon_sink *, const char *subject,
                            const char *why, bool as_subject);

// ---- is it in the directory? --------------------------------------------------------------------
bool ews_lookup_known(const struct ews_session *, const char *address, enum ews_existence *ret);
bool ews_lookup_possible(const struct ews_session *);
// Reads the answer to ResolveNames and remembers it.
enum ews_existence ews_lookup_read(struct ews_session *, const char *address,
                                   const tenon_http_completion *);

// ---- may the administrator act as anybody? ------------------------------------------------------
// IGNORED: it worked, so that whom tenon acts as is not heeded at all.
enum ews_role { ROLE_UNKNOWN, ROLE_MISSING, ROLE_LIKELY, ROLE_IGNORED };
// Acts as somebody who does not exist. `act` holds the answer until ews_act_drop.
tenon_status ews_role_probe(struct ews_session *, const tenon_call *, struct ews_act *,
                            enum ews_role *ret);

#endif
