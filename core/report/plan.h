// SPDX-License-Identifier: Apache-2.0
/* A plan of configure, shown: on a terminal, and as a page for the colleague who may carry it out. Commands stand alone
 * in their lines, unbroken, so that they can be copied. */
#ifndef CORE_REPORT_PLAN_H
#define CORE_REPORT_PLAN_H

#include "core/report/report.h"

#define PLAN_TEXT_MAX  (4u << 20) /* bytes of a plan, shown */
#define PLAN_FACTS_MAX 32u        /* answers named in a request */

/* One step in text; can_run: something here carries it out when told to. */
void plan_put_step(struct buf *b, const struct report_style *s, const tenon_step *step,
                   bool can_run);
/* What was carried out and is about to be taken back. */
void plan_put_undo(struct buf *b, const struct report_style *s, const tenon_step *step);
/* "3 steps: 1 done, 1 missing, 1 optional" and a newline. */
void plan_put_sum(struct buf *b, const tenon_step *const *steps, size_t n);
/* Is it asked for: not done as far as is known, and not optional? */
bool plan_is_open(const tenon_step *step);
bool plan_is_offered(const tenon_step *step); /* optional and not done */

struct plan_fact {
  const char *label, *value;
};

/* What a request tells besides the steps. Texts may be NULL. */
struct plan_request {
  const char *connection;                 /* its name */
  const char *connector, *summary;        /* name of the connector, and for whom it is */
  const char *program, *date;             /* "tenon 0.1.0", "2026-11-22T10:00:00Z" */
  struct plan_fact facts[PLAN_FACTS_MAX]; /* answers that say which account and server are meant */
  size_t n_facts;
  const tenon_step *const *steps;
  size_t n_steps;
  /* The last verification: titles of the checks that did not pass, and of those that did. */
  const char *verified;
  const char *const *failed, *const *passed; /* end with NULL; or NULL */
};

/* The page as Markdown. What plugins and people wrote is escaped. */
void plan_put_request(struct buf *b, const struct plan_request *r);

#endif
