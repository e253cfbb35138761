// SPDX-License-Identifier: Apache-2.0
/* One line on stderr that says what is going on, where stderr is a terminal; it is taken away before anything else is
 * written, so that it never mixes with answers. */
#ifndef CORE_CLI_PROGRESS_H
#define CORE_CLI_PROGRESS_H

#include "core/cli/cli.h"

#define PROGRESS_PAUSE_NS INT64_C(100000000) /* between two drawings */
#define PROGRESS_MAX      200u               /* bytes of the line */

struct progress {
  struct cli *cli;
  bool shown;
  int64_t drawn_ns;
};

#define PROGRESS_INIT(cli_) ((struct progress){.cli = (cli_)})
/* May it be drawn now? Ask before making the text. */
bool progress_due(const struct progress *p);
void progress_draw(struct progress *p, const char *text);
void progress_clear(struct progress *p);

#endif
