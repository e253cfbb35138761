// SPDX-License-Identifier: Apache-2.0
/* What becomes of a connection's answers when it goes to another connector: known from the two forms and from what is
 * stored, without network. */
#ifndef CORE_CLI_SWAP_PLAN_H
#define CORE_CLI_SWAP_PLAN_H

#include "core/cli/cli.h"
#include "core/json/json.h"
#include "core/model/connector.h"

enum swap_fate {
  FATE_CARRIED,  /* shared by both forms, and an answer in the new one too */
  FATE_RESTORED, /* the new connector had it before, and left it here */
  FATE_DROPPED,  /* kept with the connection, for a swap back */
  FATE_ASKED,    /* the new connector needs it, and nobody has given it yet */
};

struct swap_item {
  const char *key;
  const char *label; /* of the form that has it */
  const char *text;  /* the answer; NULL: a secret, or asked for */
  const char *why;   /* FATE_DROPPED: in a few words */
  enum swap_fate fate;
  bool secret;
  bool
      idle; /* carried or restored, but not asked for with these answers: so dropped, unless they change */
};

struct swap_plan {
  const struct connection *c, *back; /* back: what the new connector left here before, or NULL */
  const struct connector *from, *to;
  const cJSON *given;      /* answers by key, or NULL */
  const struct args *args; /* whose --secret and --secret-cmd count as given; or NULL */
  struct swap_item *items;
  size_t n_items;
  struct arena arena;
};

/* Everything given is borrowed for the plan's life. false: memory. */
bool swap_plan_make(struct swap_plan *plan) TENON_NODISCARD;
void swap_plan_finish(struct swap_plan *plan);
/* Carried or restored under that key; NULL: neither. A restored one goes before a carried one. */
const struct swap_item *swap_plan_find(const struct swap_plan *plan, const char *key);
size_t swap_plan_count(const struct swap_plan *plan, enum swap_fate fate);
/* What was given for no field, or is no answer to its field, or is a secret in the open: said. The exit status, 0: none. */
int swap_plan_check(struct cli *cli, const struct swap_plan *plan) TENON_NODISCARD;
/* ,"to":...,"carried":[...],"restored":[...],"dropped":[...],"asked":[...] */
void swap_plan_put(struct buf *b, const struct swap_plan *plan);
/* For people, on stdout. */
void swap_plan_print(struct cli *cli, const struct swap_plan *plan);
/* "--set tenant=VALUE --secret client_secret=FILE", for what is asked. */
void swap_plan_options(const struct swap_plan *plan, struct buf *ret);

#endif
