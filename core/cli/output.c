// SPDX-License-Identifier: Apache-2.0
/* Reports on their way to stdout. */
#include <sys/ioctl.h>

#include "core/cli/cli.h"

static unsigned
terminal_width(const struct cli *cli)
{
  struct winsize size = {0};

  if (!cli->out_tty || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
    return 0;
  return size.ws_col;
}

struct report_style
cli_style(const struct cli *cli)
{
  return (struct report_style){cli->colour_out, cli->utf8, terminal_width(cli)};
}

static bool
write_out(void *user, const char *bytes, size_t n)
{
  return cli_write(user, bytes, n);
}

struct report *
cli_report(struct cli *cli)
{
  struct report_style style = cli_style(cli);
  uint32_t format = REPORT_TEXT;

  (void)report_format_from_name(cli->format, &format); /* args.c let only known ones through */
  struct report *r = report_create(format, &style, write_out, cli);
  if (!r)
    cli_error(cli, "Not enough memory for the report.");
  return r;
}
