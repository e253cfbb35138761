// SPDX-License-Identifier: Apache-2.0
/* Loading a plugin runs its code, in a worker like all of it; it contacts nobody. */
#include "core/cli/describe.h"

#include <string.h>

#include "core/json/shapes.h"

struct asking {
  struct connector *shape;
  char *why; /* of a worker that died */
  bool done;
};

static void
on_event(void *user, tenon_worker *w, const tenon_event *e)
{
  struct asking *a = user;
  const char *phrase = NULL;
  CLEANUP_JSON cJSON *json = e->kind == TENON_EVENT_READY && e->json
                                 ? json_parse(e->json, e->json_len, NULL, &phrase)
                                 : NULL;

  (void)w;
  if (json && !a->shape)
    a->shape = shape_read_connector(json);
  if (e->kind == TENON_EVENT_CHECK && e->check->detail && !a->why)
    a->why = strdup(e->check->detail);
  a->done = a->done || e->kind == TENON_EVENT_READY || e->kind == TENON_EVENT_DIED;
}

struct connector *
cli_describe(struct cli *cli, const char *connector, bool quiet)
{
  struct asking a = {0};
  tenon_worker *w = NULL;

  if (!cli_context(cli) || tenon_worker_create(cli->context, connector, on_event, &a, &w) < 0) {
    if (cli->context && !quiet)
      cli_error(cli, "%s", tenon_context_error(cli->context));
    return NULL;
  }
  while (!a.done && !cli_interrupted(cli) && tenon_context_run(cli->context, 1000) >= 0)
    ;
  tenon_worker_destroy(w);
  if (!a.shape && !quiet)
    cli_error(cli, "The connector %s does not say what it is: %s", connector,
              a.why ? a.why : "its worker ended.");
  free(a.why);
  return a.shape;
}
