// SPDX-License-Identifier: Apache-2.0
/* What the sections of `tenon doctor` share. Each section stands on its own and none ends the others. */
#ifndef CORE_CLI_DOCTOR_H
#define CORE_CLI_DOCTOR_H

#include "core/cli/cli.h"
#include "core/json/json.h"

#define DOCTOR_FACTS_MS 10000 /* longest wait for what the worker knows of this machine */

struct doctor {
  struct cli *cli;
  struct report *report;
  /* What was asked after, or NULL: a host, the connection it is of, and the connection's own proxy. */
  const char *host, *user, *proxy;
  cJSON *facts; /* what the worker said, or NULL */
};

/* One row. A FAIL is required, everything else for information; remedy is shown with WARN and FAIL. */
void doctor_say(struct doctor *d, uint32_t state, const char *id, const char *title,
                const char *detail, const char *remedy);

void
doctor_program(struct doctor *d);    /* doctor_host.c: the program, its helpers, its directories */
void doctor_store(struct doctor *d); /* doctor_store.c: connections and vaults */
void doctor_plugins(struct doctor *d); /* doctor_plugins.c: plugins and their sandbox */
void doctor_facts(struct doctor *d);  /* doctor_facts.c: libraries, authorities; fetches d->facts */
void doctor_signin(struct doctor *d); /* doctor_signin.c: mechanisms, Kerberos, the host */
void doctor_proxies(struct doctor *d); /* doctor_net.c: proxy variables and the way to the host */

#endif
