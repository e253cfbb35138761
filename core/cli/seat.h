// SPDX-License-Identifier: Apache-2.0
/* What session.c and session_secrets.c share. */
#ifndef CORE_CLI_SEAT_H
#define CORE_CLI_SEAT_H

#include "core/cli/session.h"
#include "core/cli/visit.h"
#include "core/host/settings.h"
#include "core/json/shapes.h"

enum seat_state { SEAT_STARTING, SEAT_READY, SEAT_OPENING, SEAT_OPEN, SEAT_RUNNING, SEAT_ENDED };

struct seat {
  struct session *session;
  size_t index; /* 0: the connection's connector; others: probes */
  tenon_worker *worker;
  struct connector *connector; /* once ready */
  enum seat_state state;
  tenon_status status;
  bool unanswered;       /* a check failed for want of an answer */
  bool is_open, is_gone; /* it has a session; its worker died */
  /* The second act of configure. */
  uint32_t phase;
  const tenon_step *steps[SESSION_STEPS_MAX + 1]; /* its share; ends with NULL */
  size_t n_steps;
};

struct kept_secret {
  char *key;
  struct vault_secret secret;
  bool stored;
};

struct session {
  struct cli *cli;
  struct connection *connection;
  const struct session_job *job;
  struct seat seats[SESSION_WORKERS_MAX];
  size_t n_seats;
  uint64_t round; /* of all its calls */
  bool cancelled, unanswered, news;
  bool acting; /* configure: in its second act */
  tenon_status acted;
  struct visits *visits; /* pages that somebody is sent to: of all sides */
  /* As they were when it began; the connection's own list changes with what is kept. */
  struct kept_secret *secrets;
  size_t n_secrets;
  tenon_pair *kept_before; /* those of them whose keys start with "kept." */
  size_t n_kept_before;
  struct kept_secret kept[SESSION_KEPT_MAX]; /* new ones */
  size_t n_kept;
  unsigned stores; /* done while it runs */
};

/* Opens the connection's secrets; 0 or an exit status, said. */
int session_secrets_load(struct session *s);
void session_secrets_finish(struct session *s);
/* A plugin keeps a secret: it is stored at once, since the one that it had may be worth nothing any more. */
void session_keep(struct session *s, const char *key, tenon_text bytes);
/* Stores what could not be stored meanwhile. A failure is said and fails nothing: the plugin gets it anew next time. */
void session_secrets_end(struct session *s);
/* Takes away what plugins kept so far. */
void session_secrets_forget(struct session *s);
/* settings_owner of the connection as it is now; NULL: not known, or memory. */
char *session_owner(struct session *s) TENON_NODISCARD;
struct settings_source session_secrets_source(struct session *s);

/* session.c: */
void session_loop(struct session *s); /* until every seat has ended */
/* The seat has ended: its worker could not do that. */
void session_fail(struct seat *seat, const char *what, int e);
/* session_configure.c: */
bool session_only_meets(const struct seat *seat); /* nothing is wanted of it now but who it is */
int session_configure(struct seat *seat, uint64_t *ret_call) TENON_NODISCARD; /* starts its hook */
void session_act(struct session *s);                                          /* the second act */

#endif
