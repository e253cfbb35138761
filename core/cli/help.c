// SPDX-License-Identifier: Apache-2.0
/* Help: what a command is for, examples first, then its options. It is an answer: it goes to stdout. */
#include "core/cli/help.h"

#include <string.h>

#include "core/cli/args.h"

#define COLUMN 26

static void
print_options(struct cli *cli, const struct option_spec *o, const struct command *c)
{
  for (; o->name; o++) {
    char left[80];
    char letter[8] = "    ";
    if (o->letter)
      (void)snprintf(letter, sizeof letter, "-%c, ", o->letter);
    int n = snprintf(left, sizeof left, "  %s--%s%s%s", letter, o->name, o->argument ? " " : "",
                     o->argument ? o->argument : "");
    cli_print(cli, "%s%*s%s", left, n < COLUMN + 2 ? COLUMN + 2 - n : 2, "", o->help);
    if (c && c->formats && strcmp(o->name, "output") == 0)
      cli_print(cli, ": %s", c->formats);
    cli_print(cli, "\n");
  }
}

static void
print_list(struct cli *cli, const struct command *const *list)
{
  for (; *list; list++)
    cli_print(cli, "  %-14s %s\n", (*list)->name, (*list)->summary);
}

void
help_program(struct cli *cli)
{
  cli_print(cli, "tenon - connect a program to a server, and prove that the connection works\n\n"
                 "  tenon                       open the wizard, or list what is connected\n"
                 "  tenon wizard                make a connection, step by step\n"
                 "  tenon verify NAME           tell whether it works, and what mends it if not\n"
                 "  tenon configure NAME        what is to be done on the server, and by whom\n"
                 "  tenon impersonate NAME SUBJECT...\n"
                 "                              test acting as other people\n\n"
                 "Commands:\n");
  print_list(cli, commands);
  cli_print(cli, "\nOptions:\n");
  print_options(cli, args_group(0), NULL);
  cli_print(
      cli,
      "  -V, --version             show the version\n\n"
      "'tenon help COMMAND' says more. Exit status: 0 passed, 1 failed, 2 usage, 3 environment,\n"
      "4 an answer was needed, 5 cancelled, 10 network, 12 tls, 16 sign-in, 17 denied,\n"
      "18 busy, 19 plugin crashed.\n");
}

void
help_command(struct cli *cli, const struct command *c)
{
  CLEANUP_BUF struct buf path = BUF_INIT(256);

  args_put_path(&path, c);
  cli_print(cli, "%s - %s\n\n", buf_text(&path), c->summary);
  if (c->examples)
    cli_print(cli, "%s\n", c->examples);
  if (c->usage && !c->subs)
    cli_print(cli, "Usage: %s %s\n", buf_text(&path), c->usage);
  if (c->subs) {
    cli_print(cli, "Commands of '%s':\n", buf_text(&path));
    print_list(cli, c->subs);
    cli_print(cli, "\n'%s COMMAND --help' says more.\n", buf_text(&path));
    return;
  }
  if (c->details)
    cli_print(cli, "\n%s", c->details);
  cli_print(cli, "\nOptions:\n");
  if (c->options)
    print_options(cli, c->options, c);
  for (uint32_t bit = TAKES_OUTPUT; bit <= TAKES_HOOKS; bit <<= 1)
    if (c->takes & bit)
      print_options(cli, args_group(bit), c);
  print_options(cli, args_group(0), c);
}

static int
run(struct cli *cli, const struct args *a)
{
  const struct command *const *list = commands;
  const struct command *c = NULL;

  for (size_t i = 0; i < a->n_words; i++) {
    struct suggestion s;
    suggest_init(&s, a->words[i]);
    for (const struct command *const *p = list; p && *p; p++)
      suggest_offer(&s, (*p)->name);
    c = command_find(list, a->words[i]);
    if (!c && suggest_best(&s))
      return args_wrong(cli, a, "There is no command \"%s\". Did you mean \"%s\"?", a->words[i],
                        suggest_best(&s));
    if (!c)
      return args_wrong(cli, a, "There is no command \"%s\".", a->words[i]);
    list = c->subs;
  }
  if (c)
    help_command(cli, c);
  else
    help_program(cli);
  return STATUS_PASSED;
}

const struct command cmd_help = {
    .name = "help",
    .summary = "Say how a command is used",
    .usage = "[COMMAND [SUBCOMMAND]]",
    .examples = "  tenon help verify\n",
    .run = run,
};
