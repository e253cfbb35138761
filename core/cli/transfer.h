// SPDX-License-Identifier: Apache-2.0
/* What `connections export` and `connections import` share. */
#ifndef CORE_CLI_TRANSFER_H
#define CORE_CLI_TRANSFER_H

#include "core/cli/cli.h"
#include "core/store/transfer.h"

/* A passphrase from a file that only its owner can read, or from standard input ("-"). 0, or an exit status after the
 * failure was said; wipe the buffer in any case. */
int cli_read_passphrase(struct cli *cli, const char *path, struct buf *ret) TENON_NODISCARD;

/* Files that came with an import lie in a directory of our own; a connection's answers name them by path. */
/* Writes the item's files and sets its answers. 0, or an exit status after the failure was said; nothing is left then. */
int imported_files_write(struct cli *cli, struct transfer_item *item) TENON_NODISCARD;
/* Takes the files away that lie there and that this connection names. */
void imported_files_forget(struct cli *cli, const struct connection *c);

#endif
