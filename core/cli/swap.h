// SPDX-License-Identifier: Apache-2.0
/* One run of `tenon swap`: what its files share. */
#ifndef CORE_CLI_SWAP_H
#define CORE_CLI_SWAP_H

#include "core/cli/describe.h"
#include "core/cli/swap_plan.h"
#include "core/cli/wizard_run.h"

#define SWAP_SECRETS_MAX 256u /* of one connection, those that its plugin keeps among them */

/* A secret that the connection has after the swap. */
struct swap_secret {
  char *key;
  uint32_t from;             /* SWAP_CARRIED, SWAP_FORMER, SWAP_NEW */
  struct vault_secret bytes; /* a copy */
};

struct swap {
  struct wizard_run run;
  struct connection *seen; /* as it is stored */
  struct connector *from, *to;
  struct swap_plan plan;
  /* What the form came to. */
  struct connection *next; /* its answers, those too that are never saved */
  cJSON *save;             /* what the wizard would have stored */
  struct swap_secret secrets[SWAP_SECRETS_MAX];
  size_t n_secrets;
};

/* swap_form.c: from the plan and what was given to answers that are complete, asking a person where there is one. The
 * exit status, 0: s->next, save and secrets are set. */
int swap_form(struct swap *s) TENON_NODISCARD;

/* Takes a copy of a secret that is new. false: memory, or too many. */
bool swap_add_secret(struct swap *s, const char *key, tenon_text text) TENON_NODISCARD;

/* swap_verify.c: both connectors beside one another. */
struct swap_side {
  struct swap *swap;
  struct arena arena;
  struct swap_found {
    tenon_check *check;
    struct swap_found *next;
  } * first, **end;
  tenon_status status; /* of the hook */
  bool ran, patched;
};
struct swap_verdict {
  struct swap_side before, after;
};
bool swap_side_passed(const struct swap_side *side, tenon_status *ret_cause);
/* The check of that id that weighs most; NULL: none. */
const tenon_check *swap_side_find(const struct swap_side *side, const char *id);
/* The exit status of what kept both from being run; 0: the verdict is set. */
int swap_verify(struct swap *s, struct swap_verdict *v) TENON_NODISCARD;
void swap_verdict_finish(struct swap_verdict *v);

/* swap_report.c */
void swap_report_text(struct cli *cli, const struct swap *s, const struct swap_verdict *v);
/* The JSON renderings; swapped: it was committed. */
void swap_report_json(struct cli *cli, const struct swap *s, const struct swap_verdict *v,
                      bool swapped);
/* Of --dry-run, in whatever form. */
void swap_report_plan(struct cli *cli, const struct swap *s);

#endif
