// SPDX-License-Identifier: Apache-2.0
//
// One verification on its way: what was said, and the parts that lie in files of their own.
#ifndef EXCHANGE_ONPREM_VERIFY_H
#define EXCHANGE_ONPREM_VERIFY_H

#include "layers.h"
#include "session.h"

struct verification {
  struct tenon_session *s;
  const tenon_call *call;
  struct report report;
  struct ews_build build;
  bool open; // it answered without asking for a sign-in
  struct ews_answer anonymous;
};

#define PAIR(key, value)                                                                           \
  {                                                                                                \
    key,                                                                                           \
    {                                                                                              \
      value, strlen(value)                                                                         \
    }                                                                                              \
  }

// Titles come from the table of layers in verify.c.
void verify_pass(struct verification *, const char *id, const char *detail, int64_t elapsed_ns,
                 const tenon_pair *data, size_t n_data);
// Reports session->verdict; under the id given where its own was said already.
void verify_fail(struct verification *, const char *otherwise);

// ---- verify_signin.c ----------------------------------------------------------------------------
// Is there a way to sign in that is of use? Where there is none, nothing of a credential is sent.
bool verify_way_open(struct verification *);
// What the answer to the first signed-in request says of the endpoint and the sign-in; false: enough.
bool verify_signed_in(struct verification *, const struct ews_answer *);

// ---- verify_role.c ------------------------------------------------------------------------------
// The role and, where one is given, the mailbox to act as.
tenon_status verify_impersonation(struct verification *);

// ---- trust.c ------------------------------------------------------------------------------------
// Asks whether an authority that is not known, or a certificate that nobody signed, shall be trusted.
// *ret_changed: it shall, the connection was changed, and the host verifies anew.
tenon_status trust_offer(const struct verification *, const struct ews_answer *, const tenon_sink *,
                         bool *ret_changed);

#endif
