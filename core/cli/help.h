// SPDX-License-Identifier: Apache-2.0
/* The help texts, out of the commands' own tables. */
#ifndef CORE_CLI_HELP_H
#define CORE_CLI_HELP_H

#include "core/cli/cli.h"

void help_program(struct cli *cli);
void help_command(struct cli *cli, const struct command *c);

#endif
