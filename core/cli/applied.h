// SPDX-License-Identifier: Apache-2.0
/* What was changed on the server and not yet taken back, as the connection's history tells it (docs/store.md): the only
 * place that knows, so it is written step by step, as each one ends. */
#ifndef CORE_CLI_APPLIED_H
#define CORE_CLI_APPLIED_H

#include "core/cli/session.h"

/* The steps that may be taken back, the latest first; NULL-ended, in the arena. 0, or an exit status that was said. */
int applied_read(struct cli *cli, const char *name, struct arena *a,
                 const tenon_step *ret[static SESSION_STEPS_MAX + 1], size_t *ret_n);
/* Notes that the step was carried out, or taken back. false: it was not noted, which was said. */
bool applied_note(struct cli *cli, const char *name, uint32_t phase, const tenon_step *step);

#endif
