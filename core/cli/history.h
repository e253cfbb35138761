// SPDX-License-Identifier: Apache-2.0
/* A verification as a line of history: {"time":...,"outcome":...,"cause":...,"checks":[check...]}. */
#ifndef CORE_CLI_HISTORY_H
#define CORE_CLI_HISTORY_H

#include "core/cli/cli.h"

void history_begin(struct buf *line);
/* The same for the verification that a swap went by: with {"swap":{"from":...,"to":...}}. */
void history_begin_swap(struct buf *line, const char *from, const char *to);
void history_check(struct buf *line, const tenon_check *c);
void history_end(struct buf *line, bool passed, tenon_status cause);
/* Appends it, and notes the outcome with the connection. What fails is said and fails nothing. */
void history_save(struct cli *cli, const char *name, const struct buf *line, bool passed);

#endif
