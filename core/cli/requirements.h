// SPDX-License-Identifier: Apache-2.0
/* What a connector says that an account needs, before anything is typed. It stands in the note: no plugin code runs. */
#ifndef CORE_CLI_REQUIREMENTS_H
#define CORE_CLI_REQUIREMENTS_H

#include "core/cli/cli.h"

/* ,"requirements":[...]; nothing where the note has none. */
void requirements_put_json(struct buf *b, const tenon_plugin_info *p);
/* In the form of -o, on stdout. An exit status. */
int requirements_print(struct cli *cli, const tenon_plugin_info *p);

#endif
