// SPDX-License-Identifier: Apache-2.0
/* What `tenon configure` found and did, and how it is told: as text, as one JSON object, as a request. */
#ifndef CORE_CLI_CONFIGURE_H
#define CORE_CLI_CONFIGURE_H

#include "core/cli/progress.h"
#include "core/cli/session.h"
#include "core/report/plan.h"

#define CONFIGURE_CHECKS_MAX 256u /* checks that are no step's result */

struct configure {
  struct cli *cli;
  struct connection *connection;
  uint32_t phase;          /* TENON_PLAN, TENON_APPLY, TENON_UNDO */
  bool json, md;           /* neither: text */
  const struct args *args; /* --step */
  const char *no_step;     /* a step was named that the plan has not */
  struct progress progress;
  struct arena arena;
  bool nomem;
  struct plan_request request; /* about the connection */
  const tenon_step *steps[SESSION_STEPS_MAX + 1];
  bool can_run[SESSION_STEPS_MAX];
  bool wanted[SESSION_STEPS_MAX], agreed[SESSION_STEPS_MAX]; /* agreed: handed to its runner */
  tenon_check *results[SESSION_STEPS_MAX]; /* NULL: not carried out, or it did not get so far */
  size_t n_steps, n_agreed;
  bool too_many; /* steps: the rest was left out */
  tenon_check *checks[CONFIGURE_CHECKS_MAX];
  size_t n_checks;
  struct tally tally;
  bool lost; /* something was done that could not be noted */
};

/* The plan on stdout, before anything is carried out (text only). */
void configure_show_plan(struct configure *c);
/* One check as it ends (text: stdout; of a request: stderr; JSON: later). */
void configure_show_check(struct configure *c, const tenon_check *check);
/* The whole, at the end (JSON and request only). passed: no step failed. */
void configure_show_json(struct configure *c, tenon_status status);
void configure_show_request(struct configure *c);

/* Steps that are to be carried out, and those of them that nothing here runs. */
size_t configure_open(const struct configure *c);
size_t configure_left(const struct configure *c);

#endif
