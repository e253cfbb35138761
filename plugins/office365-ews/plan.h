// SPDX-License-Identifier: Apache-2.0
//
// Between what the wire shows of the steps and their commands.
#ifndef OFFICE365_EWS_PLAN_H
#define OFFICE365_EWS_PLAN_H

#include "session.h"

// TENON_STEP_... of each.
struct plan_states {
  uint32_t app, permissions, consent, scope, allow_list;
};

// Looks without changing anything, and without making a person sign in.
tenon_status plan_look(struct tenon_session *, const tenon_call *, struct plan_states *ret);

#endif
