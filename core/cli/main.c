// SPDX-License-Identifier: Apache-2.0
/* The program: makes itself private, sets up its streams, runs one command, and sees to it that what it wrote arrived. */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "core/cli/args.h"
#include "core/cli/dirs.h"
#include "core/cli/help.h"
#include "core/cli/interrupt.h"

#define OUT_BUFFER (64u << 10)

const struct command *const commands[] = {
    &cmd_wizard, &cmd_connections, &cmd_verify,  &cmd_configure, &cmd_impersonate,
    &cmd_browse, &cmd_swap,        &cmd_plugin,  &cmd_lab,       &cmd_vault,
    &cmd_doctor, &cmd_explain,     &cmd_version, &cmd_help,      NULL};

/* Secrets pass through: no core file, no debugger of the same user. */
static void
make_private(void)
{
  const struct rlimit none = {0, 0};

  (void)setrlimit(RLIMIT_CORE, &none);          /* lowering is always allowed */
  (void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L); /* cannot fail with 0 */
}

/* A descriptor 0, 1 or 2 that is closed would be taken by the next file we open. */
static void
open_standard(void)
{
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
      _exit(STATUS_ENVIRONMENT);
}

static bool
wants_colour(bool tty)
{
  const char *no_colour = getenv("NO_COLOR");
  const char *term = getenv("TERM");

  return tty && !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
}

static void
streams_init(struct cli *cli)
{
  static char buffer[OUT_BUFFER];

  cli->out = stdout;
  cli->err = stderr;
  cli->in_tty = isatty(STDIN_FILENO);
  cli->out_tty = isatty(STDOUT_FILENO);
  cli->err_tty = isatty(STDERR_FILENO);
  cli->colour_out = wants_colour(cli->out_tty);
  cli->colour_err = wants_colour(cli->err_tty);
  cli->format = "text";
  if (!cli->out_tty)
    (void)setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  (void)setlocale(LC_CTYPE, "");
  cli->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static int
run_command(struct cli *cli, const struct args *a)
{
  if (args_has(a, "help")) {
    if (a->command)
      help_command(cli, a->command);
    else
      help_program(cli);
    return STATUS_PASSED;
  }
  if (args_has(a, "version"))
    return cmd_version.run(cli, a);
  return a->command ? a->command->run(cli, a) : cli_bare(cli, a);
}

static int
run_program(struct cli *cli, int argc, char **argv)
{
  struct args a;
  int status = args_parse(cli, argc, argv, &a);

  if (status)
    return status;
  if (interrupt_init(cli) < 0 || (dirs_init(cli) < 0 && a.command != &cmd_doctor)) {
    cli_error(cli, "There is no home directory: set HOME, or XDG_CONFIG_HOME, XDG_DATA_HOME and "
                   "XDG_STATE_HOME.");
    return STATUS_ENVIRONMENT;
  }
  return run_command(cli, &a);
}

/* An answer that did not arrive is no answer. */
static int
close_out(struct cli *cli, int status)
{
  if (cli_flush(cli))
    return status;
  cli_error(cli, "The output could not be written: %s.",
            cli->out_error == EPIPE ? "its reader is gone" : strerror(cli->out_error));
  return STATUS_ENVIRONMENT;
}

int
main(int argc, char **argv)
{
  struct cli cli = {.interrupt_fd = -1};

  make_private();
  open_standard();
  streams_init(&cli);
  int status = close_out(&cli, run_program(&cli, argc, argv));
  tenon_context_destroy(cli.context);
  vault_close(cli.vault);
  store_destroy(cli.store);
  free(cli.config_dir);
  free(cli.data_dir);
  free(cli.state_dir);
  return status;
}
