// SPDX-License-Identifier: Apache-2.0
/* The wizard as a pure reducer: a session is one JSON document, an event is another, and wizard_step makes of both the
 * next session and a list of effects for somebody else to run. No I/O, no clock, no secret: of a secret the session
 * knows "set" or nothing. So a wizard can be stopped, resumed, replayed, fuzzed and drawn by any face. The shapes of
 * events, views and effects are in docs/wizard.md. */
#ifndef CORE_WIZARD_WIZARD_H
#define CORE_WIZARD_WIZARD_H

#include <stddef.h>

#include <cjson/cJSON.h>

#include "core/base/cleanup.h"

#define WIZARD_VERSION    1     /* of the session document */
#define WIZARD_OFFERS_MAX 1000u /* kept of one browse or of one field's suggestions */
#define WIZARD_CHECKS_MAX 4096u /* kept of one run */
#define WIZARD_TESTS_MAX  50u   /* tests of subjects kept, the oldest go */
#define WIZARD_STEPS_MAX  512u  /* of one plan */
#define WIZARD_AGAIN_MAX                                                                           \
  3u /* verifications in a row, because answers to questions changed the connection */
#define WIZARD_ASKS_MAX      16u /* questions on the screen at a time; further ones are declined */
#define WIZARD_SUBJECT_BYTES 1024u                 /* of one subject typed for a test */
#define WIZARD_SUBJECTS_MAX  64u                   /* of one test */
#define WIZARD_PRINT_MAX     (16u * 1024u * 1024u) /* a session document read back */
#define WIZARD_DEPTH_MAX     14u                   /* of events and sessions read */
#define WIZARD_VALUES_MAX    200000u               /* values in them */

/* What a test of a subject comes out as, in the words that people know: "says" of a view's tests. */
#define WIZARD_SAYS_SUCCEEDED "Test succeeded"
#define WIZARD_SAYS_FAILED    "Test failed"

/* An empty session: its first event is `start` or `resume`. NULL: memory. */
cJSON *wizard_create(void) TENON_NODISCARD;

/* Applies one event to the session in place. *ret_effects is an array, never NULL on success, for the caller to delete.
 * An event that does not fit changes nothing but the view's `problem`. -ENOMEM: the session is no longer whole, end it.
 * Events with a `generation` other than the running one are dropped. */
int wizard_step(cJSON *session, const cJSON *event, cJSON **ret_effects) TENON_NODISCARD;

/* What is to be shown now: a function of the session alone. NULL: memory. */
cJSON *wizard_view(const cJSON *session) TENON_NODISCARD;

#endif
