// SPDX-License-Identifier: Apache-2.0
/* What a request for rights says about a connection besides its steps. */
#ifndef CORE_CLI_CONFIGURE_REQUEST_H
#define CORE_CLI_CONFIGURE_REQUEST_H

#include "core/base/arena.h"
#include "core/cli/cli.h"
#include "core/json/json.h"
#include "core/report/plan.h"

/* The answers that a person gave, but no secrets, no paths of files and nothing advanced: which account, which server.
 * value: the answer to a field, or NULL. Texts are copied into the arena. */
void request_take_form(struct plan_request *r, struct arena *a, const tenon_connector *d,
                       const char *(*value)(void *user, const char *key), void *user);
/* How it came out; checks may be NULL. */
void request_take_checks(struct plan_request *r, struct arena *a, const cJSON *checks,
                         const char *time);
/* How the connection was verified last, of its history. */
void request_take_history(struct plan_request *r, struct arena *a, struct cli *cli,
                          const char *name);
/* The page for the plan of a wizard's session; name: what the connection is or would be called, or NULL. */
void request_put_session(struct buf *page, const cJSON *session, const char *name);
/* Program and date. */
void request_take_now(struct plan_request *r, struct arena *a);

#endif
