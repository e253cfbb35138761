// SPDX-License-Identifier: Apache-2.0
/* Runs one hook on a stored connection: the worker of its connector and, where asked, those of the family's probes
 * beside it, from start to end, while signals, questions and a source of subjects are served. */
#ifndef CORE_CLI_SESSION_H
#define CORE_CLI_SESSION_H

#include "core/cli/cli.h"

#define SESSION_WORKERS_MAX 9u  /* the connector and the probes of its family */
#define SESSION_KEPT_MAX    64u /* secrets that plugins keep with a connection in one run */

struct session;

/* What to run. Exactly one of the hooks is meant by `hook` (HOOK_ of core/model/connector.h). */
struct session_job {
  uint32_t hook;
  bool probes;              /* run the family's probes beside it (verify) */
  const char *what, *typed; /* browse; what NULL: nothing, after all */
  uint32_t jobs;            /* impersonate */
  tenon_next_subject next;
  void *next_user;
  int (*next_fd)(void *user); /* polled after next said LATER; -1: none */
  /* What comes back. Any may be NULL. */
  void *user;
  void (*ready)(void *user, const tenon_connector *); /* of the connection's own connector */
  void (*began)(void *user, const char *id, const char *title);
  void (*check)(void *user, const tenon_check *);
  void (*offer)(void *user, const tenon_offer *);
  /* An answer to a question changed the connection; text NULL: unset. */
  void (*patch)(void *user, const char *key, const char *text);
  void (*idle)(void *user); /* nothing to do now: draw, flush */
};

/* Runs it to the end. *ret_status is how it ended: TENON_OK, TENON_E_CANCELLED, TENON_E_NOANSWER, or the connector's
 * hook's own. 0; or an exit status after the failure was said (no plugin, no vault). */
int session_run(struct cli *cli, struct connection *c, const struct session_job *job,
                tenon_status *ret_status);

#endif
