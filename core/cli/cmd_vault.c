// SPDX-License-Identifier: Apache-2.0
/* tenon vault: where secrets rest, which vault new ones go to, and a passphrase for the sealed file. A passphrase is
 * typed on the terminal, twice, and never an argument. */
#include <string.h>

#include "core/cli/cli.h"
#include "core/json/json.h"
#include "core/report/table.h"
#include "core/secret/vault_choice.h"

#define VAULT_LINE_MAX (16u << 10)

/* ---- show ----------------------------------------------------------------------------------------------------------- */

/* One kind of vault, as it is now. */
struct shown {
  struct vault *vault;
  bool new_here; /* new secrets go here */
  const char *protection;
  bool broken;
  struct buf why; /* when it is broken */
};

static void
look(struct vault *all, const char *word, struct shown *ret)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);
  struct vault *chosen = NULL;

  *ret = (struct shown){.broken = true, .why = BUF_INIT(VAULT_WHY_MAX)};
  if (vault_of_kind(all, word, &ret->vault, &ret->why) < 0)
    return;
  ret->broken = vault_ready(ret->vault, &ret->why) < 0 || vault_probe(ret->vault, &ret->why) < 0;
  ret->new_here = vault_of_kind(all, NULL, &chosen, &why) == 0 && chosen == ret->vault;
  ret->protection = strcmp(word, VAULT_SEALED) != 0      ? "the desktop's keyring protects it"
                    : vault_needs_passphrase(ret->vault) ? "under a passphrase"
                                                         : "key file, no passphrase";
}

static void
put_json(struct buf *b, const char *word, struct shown *s)
{
  const char *why = s->broken ? buf_text(&s->why) : NULL;

  (void)buf_putc(b, '{');
  (void)json_put_member(b, "vault", word);
  (void)json_put_member(b, "where", s->vault ? vault_where(s->vault) : NULL);
  (void)json_put_member(b, "state", why ? "unusable" : "ready");
  (void)json_put_key(b, "new_secrets");
  (void)buf_puts(b, s->new_here ? "true" : "false");
  (void)json_put_member(b, "why", why);
  (void)buf_putc(b, '}');
}

static void
add_row(struct table *t, const char *word, struct shown *s)
{
  bool usable = !s->broken;

  table_add(t, word);
  table_add(t, s->new_here ? "new secrets" : usable ? "" : "not usable");
  table_add(t, s->vault && (usable || s->new_here) ? vault_where(s->vault) : "-");
  table_add(t, usable || s->new_here ? s->protection : "");
}

static int
run_show(struct cli *cli, const struct args *a)
{
  CLEANUP_BUF struct buf b = BUF_INIT(VAULT_LINE_MAX);
  struct table t = TABLE_INIT(4);
  struct report_style style = cli_style(cli);
  struct vault *v = a->n_words ? NULL : cli_vault(cli);
  bool json = strcmp(cli->format, "json") == 0;
  int status = STATUS_PASSED;

  if (!v)
    return a->n_words ? args_wrong(cli, a, "'vault show' takes no argument.") : STATUS_ENVIRONMENT;
  for (size_t i = 0; vault_kinds[i]; i++) {
    struct shown s;
    look(v, vault_kinds[i]->word, &s);
    (void)buf_puts(&b, json ? (i ? "," : "{\"vaults\":[") : "");
    if (json)
      put_json(&b, vault_kinds[i]->word, &s);
    add_row(&t, vault_kinds[i]->word, &s);
    if (s.broken && (s.new_here || !json))
      cli_talk(cli, "%s", buf_text(&s.why));
    if (s.broken && s.new_here)
      status = STATUS_ENVIRONMENT;
    buf_finish(&s.why);
  }
  style.colour = false;
  if (json ? buf_puts(&b, "]}\n") : table_put(&t, &style, &b))
    (void)cli_write(cli, buf_text(&b), b.len);
  table_finish(&t);
  return status;
}

/* ---- use ------------------------------------------------------------------------------------------------------------ */

/* How many secrets of stored connections lie in another vault than the one for new ones. */
static size_t
count_elsewhere(const struct store_list *list, struct vault *v)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);
  struct vault *to = NULL, *at = NULL;
  size_t n = 0;

  if (vault_of_kind(v, NULL, &to, &why) < 0)
    return 0;
  for (size_t i = 0; i < list->n; i++) {
    const struct connection *c = list->entries[i].connection;
    for (size_t j = 0; c && j < connection_all_secrets(c); j++)
      n += vault_of_entry(v, connection_any_secret(c, j)->id, &at, &why) == 0 && at != to;
  }
  return n;
}

static int
move_all(struct cli *cli, const struct store_list *list, struct vault *v)
{
  int status = STATUS_PASSED;
  size_t total = 0;

  for (size_t i = 0; i < list->n && !cli_interrupted(cli); i++) {
    CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
    size_t n = 0;
    if (!list->entries[i].connection)
      continue;
    if (store_move_secrets(cli_store(cli), v, list->entries[i].name, &n, &why) < 0) {
      cli_error(cli, "The secrets of \"%s\" stay where they are: %s", list->entries[i].name,
                buf_text(&why));
      status = STATUS_ENVIRONMENT;
    }
    total += n;
  }
  cli_talk(cli, "%zu secret%s moved.", total, total == 1 ? " was" : "s were");
  return cli_interrupted(cli) ? STATUS_CANCELLED : status;
}

/* Known, and able to take a secret now. */
static struct vault *
try_kind(struct cli *cli, const char *word, struct vault *all)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);
  struct vault *v = NULL;

  if (vault_of_kind(all, word, &v, &why) == 0 && vault_ready(v, &why) == 0)
    return v;
  cli_error(cli, "%s", buf_text(&why));
  return NULL;
}

static int
run_use(struct cli *cli, const struct args *a)
{
  CLEANUP_STORE_LIST struct store_list list = {0};
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);

  if (a->n_words != 1)
    return args_wrong(cli, a, "Which vault: " VAULT_SECRET_SERVICE ", " VAULT_SEALED " or auto?");
  const char *word = strcmp(a->words[0], "auto") == 0 ? NULL : a->words[0];
  if (word && strcmp(word, VAULT_SECRET_SERVICE) != 0 && strcmp(word, VAULT_SEALED) != 0)
    return args_wrong(cli, a,
                      "There is no vault \"%s\". There are: " VAULT_SECRET_SERVICE ", " VAULT_SEALED
                      ", and auto, the first of them that is ready.",
                      word);
  struct vault *all = cli_vault_as(cli, word);
  struct vault *v = all ? try_kind(cli, word, all) : NULL;
  if (!v || !cli_store(cli))
    return STATUS_ENVIRONMENT;
  if (vault_choice_write(cli->config_dir, word, &why) < 0 ||
      store_list(cli_store(cli), &list, &why) < 0) {
    cli_error(cli, "%s", buf_text(&why));
    return STATUS_ENVIRONMENT;
  }
  cli_talk(cli, "New secrets go to the %s, %s.", vault_name(v), vault_where(v));
  if (args_has(a, "move"))
    return move_all(cli, &list, all);
  size_t n = count_elsewhere(&list, all);
  if (n)
    cli_talk(cli,
             "%zu stored before lie elsewhere and are used there. To move them: tenon vault use "
             "%s --move",
             n, a->words[0]);
  return STATUS_PASSED;
}

/* ---- the sealed file's passphrase ----------------------------------------------------------------------------------- */

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
run_protect(struct cli *cli, const struct args *a)
{
  struct buf passphrase = BUF_INIT(VAULT_PASSPHRASE_MAX);
  struct vault *v = cli_vault(cli);

  if (a->n_words)
    return args_wrong(cli, a, "A passphrase is never an argument: it is asked for.");
  if (!v)
    return STATUS_ENVIRONMENT;
  if (!cli_person(cli)) {
    cli_error(cli, "An answer was needed and nobody was there: vault.passphrase");
    return STATUS_NOANSWER;
  }
  int status = prompt_new_passphrase(cli, "New passphrase of the sealed file: ", &passphrase);
  if (status == 0)
    status = protect(cli, v, buf_text(&passphrase),
                     "The sealed file is under a passphrase now. It is asked for whenever a secret "
                     "in it is used.");
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
                     "The sealed file needs no passphrase now: its key lies in its key file.")
           : STATUS_ENVIRONMENT;
}

static const struct command cmd_show = {
    .name = "show",
    .summary = "Say which vaults there are, and which one new secrets go to",
    .usage = "[-o FORMAT]",
    .examples = "  tenon vault show\n",
    .takes = TAKES_OUTPUT,
    .formats = "table text json",
    .run = run_show,
};
static const struct option_spec use_options[] = {
    {"move", NULL, "move the secrets of all stored connections there too", 0}, {0}};
static const struct command cmd_use = {
    .name = "use",
    .summary = "Choose the vault that new secrets go to",
    .usage = VAULT_SECRET_SERVICE "|" VAULT_SEALED "|auto [--move]",
    .examples = "  tenon vault use sealed            the file sealed with a key of its own\n"
                "  tenon vault use secret-service    the desktop's keyring\n"
                "  tenon vault use auto              the desktop's where there is one\n",
    .details = "A connection keeps using the vault that its secrets lie in, unless they are moved: "
               "what runs without\na desktop, by cron or over ssh, needs the sealed file.\n",
    .options = use_options,
    .run = run_use,
};
static const struct command cmd_protect = {
    .name = "protect",
    .summary = "Put the sealed file under a passphrase, or change it",
    .usage = "",
    .examples = "  tenon vault protect\n",
    .run = run_protect,
};
static const struct command cmd_unprotect = {
    .name = "unprotect",
    .summary = "Take the sealed file's passphrase away",
    .usage = "",
    .examples = "  tenon vault unprotect\n",
    .run = run_unprotect,
};
static const struct command *const subs[] = {&cmd_show, &cmd_use, &cmd_protect, &cmd_unprotect,
                                             NULL};

const struct command cmd_vault = {
    .name = "vault",
    .summary = "Show where secrets are kept, choose, and protect them",
    .usage = "COMMAND",
    .examples = "  tenon vault\n  tenon vault use sealed --move\n  tenon vault protect\n",
    .subs = subs,
};
