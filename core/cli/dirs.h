// SPDX-License-Identifier: Apache-2.0
/* Where things lie: XDG's directories, the plugins', the helper programs'. */
#ifndef CORE_CLI_DIRS_H
#define CORE_CLI_DIRS_H

#include "core/cli/cli.h"

/* Sets config_dir, data_dir, state_dir. -ENOENT: there is no home; -ENOMEM. */
int dirs_init(struct cli *cli);

#endif
