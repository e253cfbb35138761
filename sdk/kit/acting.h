// SPDX-License-Identifier: Apache-2.0
//
// What is told of acting as others, by every connector in the same words: the proof or its absence in a verification, and
// each of many mailboxes.
#ifndef KIT_ACTING_H
#define KIT_ACTING_H

#include "report.h"
#include "verdict.h"

#define ACTING_ROLE    "Impersonation role" // titles
#define ACTING_MAILBOX "Impersonation"

// The last two layers of a verification.
#define ACTING_TABLE                                                                               \
  {TENON_CHECK_IMPERSONATE_ROLE, ACTING_ROLE},                                                     \
  {                                                                                                \
    TENON_CHECK_IMPERSONATE_MAILBOX, ACTING_MAILBOX                                                \
  }

// One mailbox that was opened is the proof of both.
void acting_proven(struct report *, const char *detail);
// "The application 1f6a... opened the mailbox of anna@contoso.example": of a connector with tokens. person: NULL of an
// application; client_id "": a managed identity without one.
void acting_put_opened(struct kit_text *, const char *client_id, const char *person,
                       const char *address);
// A warning that sends to the field `mailbox`: one that opens is the proof. given: one was, and is none; own: by rights that
// the person has on it.
void acting_not_proven(struct report *, const char *title, const char *detail, bool given,
                       bool own);
// Somebody invented was acted as: every test would succeed and mean nothing. field: whose answer names such a server.
void acting_ignored(struct report *, const char *detail, const char *remedy, const char *field);

// One of many. detail may be NULL.
void acting_ok(const tenon_sink *, const char *subject, const char *detail, int64_t elapsed_ns);
void acting_failed(const tenon_sink *, struct verdict *, const char *subject, int64_t elapsed_ns);
// What was given cannot be a mailbox; nothing was sent. as_subject: it is one of many, not the form's.
void acting_invalid(const tenon_sink *, const char *subject, const char *why, const char *title,
                    const char *remedy, bool as_subject);
// All of them wait.
void acting_pause(const tenon_sink *, int64_t pause_ns);

#endif
