// SPDX-License-Identifier: Apache-2.0
/* Runs one hook on a stored connection: the worker of its connector and, where asked, those of the family's probes
 * beside it, from start to end, while signals, questions and a source of subjects are served. Configure comes in two
 * acts: the connector's plan, and what of it is carried out by whichever of them runs its kind. */
#ifndef CORE_CLI_SESSION_H
#define CORE_CLI_SESSION_H

#include "core/cli/cli.h"

#define SESSION_WORKERS_MAX 9u   /* the connector and the probes of its family */
#define SESSION_KEPT_MAX    64u  /* secrets that plugins keep with a connection in one run */
#define SESSION_STORES_MAX  256u /* times that one is stored while the run goes on */
#define SESSION_READS_MAX   5u   /* of a connection whose secrets others replace meanwhile */
#define SESSION_STEPS_MAX   256u /* of one plan */

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
  bool unplanned;             /* configure: the first act only finds out who runs what */
  /* What comes back. Any may be NULL. */
  void *user;
  void (*ready)(void *user, const tenon_connector *); /* of the connection's own connector */
  void (*began)(void *user, const char *id, const char *title);
  void (*check)(void *user, const tenon_check *);
  void (*offer)(void *user, const tenon_offer *);
  /* An answer to a question changed the connection; text NULL: unset. */
  void (*patch)(void *user, const char *key, const char *text);
  void (*idle)(void *user);                     /* nothing to do now: draw, flush */
  void (*step)(void *user, const tenon_step *); /* of the plan */
  /* Between the acts of configure, where the first went well: the place for session_carry_out. */
  void (*planned)(void *user, struct session *);
  /* Of a connection that is not stored yet: its name for workers, its secrets, "kept." ones among them, and where those
   * go that its plugins keep. */
  const char *unstored; /* NULL: it is stored */
  const tenon_pair *secrets;
  size_t n_secrets;
  void (*keep)(void *user, const char *key, tenon_text bytes);
};

/* Does the connector or a probe at hand run steps of that kind? */
bool session_runs(struct session *s, const char *kind);
/* Has the step carried out (TENON_APPLY) or taken back (TENON_UNDO), after those handed in before. The step is borrowed
 * until session_run returns. false: nobody runs its kind, or there are too many. */
bool session_carry_out(struct session *s, uint32_t phase, const tenon_step *step);

/* Runs it to the end. *ret_status is how it ended: TENON_OK, TENON_E_CANCELLED, TENON_E_NOANSWER, or the connector's
 * hook's own. 0; or an exit status after the failure was said (no plugin, no vault). */
int session_run(struct cli *cli, struct connection *c, const struct session_job *job,
                tenon_status *ret_status);

/* Several beside one another, in one round. */
struct session_side {
  struct connection *connection;
  const struct session_job *job;
  tenon_status status; /* as *ret_status */
  int failed;          /* 0; or the exit status after it was said why this one did not start */
};
#define SESSION_SIDES_MAX 2u
/* Runs them to their ends. 0, or an exit status after the failure was said: then none ran. */
int session_run_all(struct cli *cli, struct session_side *sides, size_t n);

#endif
