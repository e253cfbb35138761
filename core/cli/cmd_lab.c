// SPDX-License-Identifier: Apache-2.0
/* tenon lab: becomes tenon-lab, the server to rehearse against. */
#include <errno.h>
#include <string.h>

#include "core/cli/cli.h"

static int
run(struct cli *cli, const struct args *a)
{
  CLEANUP_FREE char *path = text_printf("%s/tenon-lab", cli_libexec_dir(cli));
  static const char *argv[CLI_OPTIONS_MAX + 2];

  if (!path)
    return STATUS_ENVIRONMENT;
  argv[0] = "tenon-lab";
  for (size_t i = 0; i < a->n_words; i++)
    argv[i + 1] = a->words[i];
  (void)execv(path, (char *const *)argv);
  cli_error(cli, "%s cannot be started: %s. Is the lab installed? It comes with tenon's build.",
            path, strerror(errno));
  return STATUS_ENVIRONMENT;
}

const struct command cmd_lab = {
    .name = "lab",
    .summary = "Start a server to rehearse against, on this machine only",
    .usage = "[--scenario NAME] [--list] ...",
    .examples = "  tenon lab --list                    the scenarios\n"
                "  tenon lab --scenario NAME           prints one JSON line when it is ready\n",
    .details = "Everything behind 'lab' is passed on; 'tenon lab -- --help' asks the lab itself.\n",
    .passes = true,
    .run = run,
};
