// SPDX-License-Identifier: Apache-2.0
/* tenon vault: which vault keeps the secrets and where, and a passphrase for it. A passphrase is typed on the terminal,
 * twice, and never an argument. */
#include <string.h>

#include "core/cli/cli.h"

static int
run_show(struct cli *cli, const struct args *a)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);
  struct vault *v = cli_vault(cli);

  if (a->n_words)
    return args_wrong(cli, a, "'vault show' takes no argument.");
  if (!v)
    return STATUS_ENVIRONMENT;
  cli_print(cli, "%s  %s  %s\n", vault_name(v), vault_where(v),
            vault_needs_passphrase(v) ? "under a passphrase" : "key file, no passphrase");
  if (vault_probe(v, &why) == 0)
    return STATUS_PASSED;
  cli_error(cli, "%s", buf_text(&why));
  return STATUS_ENVIRONMENT;
}

static int
protect(struct cli *cli, struct vault *v, const char *passphrase, const char *said)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);

  if (vault_protect(v, passphrase, &why) < 0) {
    cli_error(cli, "%s", buf_text(&why));
    return STATUS_ENVIRONMENT;
  }
  cli_talk(cli, "%s", said);
  return STATUS_PASSED;
}

static int
ask_twice(struct cli *cli, struct buf *ret)
{
  struct buf again = BUF_INIT(VAULT_PASSPHRASE_MAX);
  bool same = prompt_secret(cli, "New passphrase of the vault: ", ret) && ret->len > 0 &&
              prompt_secret(cli, "Once more: ", &again) && ret->len == again.len &&
              memcmp(ret->ptr, again.ptr, ret->len) == 0;

  buf_wipe(&again);
  if (cli_interrupted(cli))
    return STATUS_CANCELLED;
  if (!same)
    cli_error(cli, "The two were not the same, or empty. Nothing was changed.");
  return same ? 0 : STATUS_USAGE;
}

static int
run_protect(struct cli *cli, const struct args *a)
{
  struct buf passphrase = BUF_INIT(VAULT_PASSPHRASE_MAX);
  struct vault *v = cli_vault(cli);

  if (a->n_words)
    return args_wrong(cli, a, "A passphrase is never an argument: it is asked for.");
  if (!v)
    return STATUS_ENVIRONMENT;
  if (!cli->in_tty || !cli->err_tty) {
    cli_error(cli, "An answer was needed and nobody was there: vault.passphrase");
    return STATUS_NOANSWER;
  }
  int status = ask_twice(cli, &passphrase);
  if (status == 0)
    status =
        protect(cli, v, buf_text(&passphrase),
                "The vault is under a passphrase now. It is asked for whenever a secret is used.");
  buf_wipe(&passphrase);
  return status;
}

static int
run_unprotect(struct cli *cli, const struct args *a)
{
  struct vault *v = cli_vault(cli);

  if (a->n_words)
    return args_wrong(cli, a, "'vault unprotect' takes no argument.");
  return v ? protect(cli, v, NULL,
                     "The vault needs no passphrase now: its key lies in its key file.")
           : STATUS_ENVIRONMENT;
}

static const struct command cmd_show = {
    .name = "show",
    .summary = "Say which vault keeps the secrets, and where",
    .usage = "",
    .examples = "  tenon vault show\n",
    .run = run_show,
};
static const struct command cmd_protect = {
    .name = "protect",
    .summary = "Put the vault under a passphrase, or change it",
    .usage = "",
    .examples = "  tenon vault protect\n",
    .run = run_protect,
};
static const struct command cmd_unprotect = {
    .name = "unprotect",
    .summary = "Take the passphrase away",
    .usage = "",
    .examples = "  tenon vault unprotect\n",
    .run = run_unprotect,
};
static const struct command *const subs[] = {&cmd_show, &cmd_protect, &cmd_unprotect, NULL};

const struct command cmd_vault = {
    .name = "vault",
    .summary = "Show where secrets are kept, and protect them",
    .usage = "COMMAND",
    .examples = "  tenon vault\n  tenon vault protect\n",
    .subs = subs,
};
