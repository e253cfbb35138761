// SPDX-License-Identifier: Apache-2.0
/* The command line, read: which command, its options, its words. */
#ifndef CORE_CLI_ARGS_H
#define CORE_CLI_ARGS_H

#include "core/cli/cli.h"

/* Options of a group (TAKES_ bit; 0: those of every command), ending with name NULL. */
const struct option_spec *args_group(uint32_t takes);

/* Fills `a`, and what the common options say into `cli`. 0, or an exit status after the failure was said. A command line
 * without a command leaves a->command NULL. */
int args_parse(struct cli *cli, int argc, char **argv, struct args *a);

/* What a command's usage line starts with: "tenon connections show". */
void args_put_path(struct buf *b, const struct command *c);
const struct command *command_find(const struct command *const *list, const char *name);

#endif
