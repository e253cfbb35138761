// SPDX-License-Identifier: Apache-2.0
/* tenon version. */
#include "core/cli/cli.h"

static int
run(struct cli *cli, const struct args *a)
{
  if (a->n_words)
    return args_wrong(cli, a, "'version' takes no argument.");
  cli_print(cli, "tenon %s (plugin ABI %u.%u)\n", TENON_VERSION, TENON_ABI_MAJOR, TENON_ABI_MINOR);
  return STATUS_PASSED;
}

const struct command cmd_version = {
    .name = "version",
    .summary = "Show the version",
    .usage = "",
    .examples = "  tenon version\n",
    .run = run,
};
