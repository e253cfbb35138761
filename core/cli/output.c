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
cli_talk_style(const struct cli *cli)
{
  struct winsize size = {0};

  if (cli->err_tty)
    (void)ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
  return (struct report_style){cli->colour_err, cli->utf8, size.ws_col, 0};
}

void
cli_name_fields(struct report *r, const tenon_connector *d)
{
  for (size_t i = 0; d->fields && d->fields[i]; i++)
    report_name_field(r, d->fields[i]->key, d->fields[i]->label,
                      d->fields[i]->type == TENON_SECRET);
}

struct report_style
cli_style(const struct cli *cli)
{
  /* A person at a terminal reads the first of many; a file gets them all. */
  return (struct report_style){cli->colour_out, cli->utf8, terminal_width(cli),
                               cli->out_tty ? REPORT_LINES : 0};
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
