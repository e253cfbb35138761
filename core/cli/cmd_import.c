// SPDX-License-Identifier: Apache-2.0
/* tenon connections import: all of the document is read and held against what is stored before anything is written; then
 * each connection is stored as a whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "core/base/file.h"
#include "core/cli/transfer.h"

/* ---- reading -------------------------------------------------------------------------------------------------------- */

struct asking {
  struct cli *cli;
  const char *file; /* NULL: a person is asked */
  int status;       /* of a failure that was said */
  bool asked;
};

static bool
ask_passphrase(void *user, struct buf *ret)
{
  struct asking *ask = user;
  struct buf given = BUF_INIT(2 * VAULT_PASSPHRASE_MAX + 1024);

  ask->asked = true;
  if (!ask->file)
    return cli_person(ask->cli) && prompt_secret(ask->cli, "Passphrase of the export: ", ret);
  ask->status = cli_read_passphrase(ask->cli, ask->file, &given);
  bool got = ask->status == 0 && buf_put(ret, given.ptr, given.len);
  buf_wipe(&given);
  return got;
}

static int
status_of(int e)
{
  return e == -ENOKEY ? STATUS_NOANSWER : e == -ENOMEM ? STATUS_ENVIRONMENT : STATUS_USAGE;
}

static int
read_document(struct cli *cli, const struct args *a, struct transfer *ret)
{
  const char *path = a->words[0];
  bool from_stdin = strcmp(path, "-") == 0;
  CLEANUP_BUF struct buf text = BUF_INIT(TRANSFER_BYTES_MAX);
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  CLEANUP_CLOSE int fd = from_stdin ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  struct asking ask = {.cli = cli, .file = args_value(a, "passphrase-file")};

  if (from_stdin && ask.file && strcmp(ask.file, "-") == 0)
    return args_wrong(cli, a, "Standard input can hold the export or the passphrase, not both.");
  int e = !from_stdin && fd < 0 ? -errno : fd_read_all(from_stdin ? STDIN_FILENO : fd, &text);
  if (e < 0) {
    cli_error(cli, "%s cannot be read: %s.", path, strerror(-e));
    return STATUS_USAGE;
  }
  e = transfer_read(buf_text(&text), text.len, ask_passphrase, &ask, ret, &why);
  if (e == 0 && ask.file && !ask.asked) {
    e = -EBADMSG; /* whoever can replace the file could else leave the seal out */
    (void)buf_puts(&why, "It is not sealed, and anybody may have written it: the passphrase proves "
                         "nothing. Leave --passphrase-file out to import it all the same.");
  }
  if (e < 0 && !ask.status)
    cli_error(cli, "%s is not imported. %s", path, buf_text(&why));
  return ask.status ? ask.status : e < 0 ? status_of(e) : 0;
}

/* ---- checking ------------------------------------------------------------------------------------------------------- */

static int
take_name(struct cli *cli, const struct args *a, struct transfer *t)
{
  const char *name = args_value(a, "as");

  if (!name)
    return 0;
  if (t->n != 1)
    return args_wrong(cli, a, "--as names one connection, and there are %zu in the file.", t->n);
  if (!connection_name_valid(name))
    return args_wrong(cli, a,
                      "\"%s\" cannot be a connection's name: lower-case letters, digits, '.', '_' "
                      "and '-', at most %u, starting with a letter or digit.",
                      name, STORE_NAME_MAX);
  char *copy = strdup(name);
  if (!copy)
    return STATUS_ENVIRONMENT;
  free(t->items[0].connection->name);
  t->items[0].connection->name = copy;
  return 0;
}

/* Is there one of that name, readable or not? */
static bool
is_there(struct store *store, const char *name, struct connection **ret)
{
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);

  return store_load(store, name, ret, &why) != -ENOENT;
}

static int
check_clashes(struct cli *cli, struct store *store, const struct transfer *t)
{
  int status = 0;

  for (size_t i = 0; i < t->n; i++) {
    CLEANUP_CONNECTION struct connection *old = NULL;
    const char *name = t->items[i].connection->name;
    if (!is_there(store, name, &old))
      continue;
    cli_error(
        cli,
        "There is a connection \"%s\" already. Nothing was imported. Import with --as NAME to "
        "have both, or with --replace.",
        name);
    status = STATUS_USAGE;
  }
  return status;
}

static void
warn_connectors(struct cli *cli, const struct transfer *t)
{
  for (size_t i = 0; i < t->n; i++) {
    const struct connection *c = t->items[i].connection;
    if (!cli_has_plugin(cli, c->connector))
      cli_talk(cli,
               "\"%s\" needs the connector %s, which is not here: install it before you use "
               "the connection. `tenon doctor` says where it is looked for.",
               c->name, c->connector);
  }
}

/* ---- storing -------------------------------------------------------------------------------------------------------- */

static void
add_slots(const struct transfer_item *item, struct connection *of, struct store_slot *slots,
          size_t *n)
{
  for (size_t i = 0; i < item->n_blobs; i++)
    if (!item->blobs[i].file && item->blobs[i].there)
      slots[(*n)++] = (struct store_slot){
          of, item->blobs[i].key, {item->blobs[i].bytes.ptr, item->blobs[i].bytes.len}};
}

/* What former connectors left goes into the connection, its files to the disk, and its secrets behind the others. */
static int
take_former(struct cli *cli, struct transfer_item *item, struct store_slot *slots, size_t *n)
{
  int status = 0;

  for (size_t i = 0; i < item->n_former && !status; i++) {
    struct transfer_item *former = &item->former[i];
    status = imported_files_write(cli, former);
    struct connection *c = TAKE_PTR(former->connection);
    add_slots(former, c, slots, n);
    if (!connection_add_former(item->connection, c))
      status = STATUS_ENVIRONMENT;
  }
  return status;
}

static void
say_imported(struct cli *cli, const struct transfer_item *item)
{
  const char *name = item->connection->name;
  CLEANUP_BUF struct buf missing = BUF_INIT(CLI_LINE_MAX);

  for (size_t i = 0; i < item->n_blobs; i++)
    if (!item->blobs[i].there)
      (void)buf_printf(&missing, "%s%s", missing.len ? ", " : "", item->blobs[i].key);
  cli_talk(cli, "Imported \"%s\".", name);
  if (missing.len)
    cli_talk(cli, "Not in the file: %s. To enter what is missing: tenon wizard %s",
             buf_text(&missing), name);
  else
    cli_talk(cli, "Next: tenon verify %s", name);
}

static size_t
count_blobs(const struct transfer_item *item)
{
  size_t n = item->n_blobs;

  for (size_t i = 0; i < item->n_former; i++)
    n += item->former[i].n_blobs;
  return n;
}

/* Nothing of a connection that is replaced stays, secrets that did not come neither: a secret must not go to a server
 * that somebody else wrote into the file. */
static int
save_item(struct cli *cli, struct store *store, struct transfer_item *item,
          const struct connection *old, bool replace)
{
  CLEANUP_FREE struct store_slot *slots = calloc(count_blobs(item) + 1, sizeof *slots);
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  size_t n = 0;

  if (!slots)
    return STATUS_ENVIRONMENT;
  add_slots(item, item->connection, slots, &n);
  int status = take_former(cli, item, slots, &n);
  bool any = n || (old && connection_all_secrets(old));
  struct vault *vault = any && !status ? cli_vault(cli) : NULL;
  if (status || (any && !vault))
    return STATUS_ENVIRONMENT;
  if (store_save_whole(store, vault, item->connection, slots, n, !replace, &why) == 0)
    return 0;
  cli_error(cli, "\"%s\" was not imported: %s", item->connection->name, buf_text(&why));
  return STATUS_ENVIRONMENT;
}

static int
store_item(struct cli *cli, struct store *store, struct transfer_item *item, bool replace)
{
  CLEANUP_CONNECTION struct connection *old = NULL;

  if (replace)
    (void)is_there(store, item->connection->name, &old);
  int status = imported_files_write(cli, item);
  if (status)
    return status;
  status = save_item(cli, store, item, old, replace);
  if (status) {
    imported_files_forget(cli, item->connection);
    return status;
  }
  if (old)
    imported_files_forget(cli, old);
  say_imported(cli, item);
  return 0;
}

static int
run(struct cli *cli, const struct args *a)
{
  CLEANUP_TRANSFER struct transfer t = {0};
  bool replace = args_has(a, "replace");

  if (a->n_words != 1)
    return args_wrong(cli, a, a->n_words ? "One file at a time." : "Which file?");
  struct store *store = cli_store(cli);
  if (!store)
    return STATUS_ENVIRONMENT;
  int status = read_document(cli, a, &t);
  status = status ? status : take_name(cli, a, &t);
  if (!status && !replace)
    status = check_clashes(cli, store, &t);
  if (status)
    return status;
  warn_connectors(cli, &t);
  for (size_t i = 0; i < t.n && !status; i++)
    status = store_item(cli, store, &t.items[i], replace);
  return status;
}

static const struct option_spec options[] = {
    {"as", "NAME", "store it under this name", 0},
    {"replace", NULL, "replace connections of the same name, with their secrets", 0},
    {"passphrase-file", "FILE",
     "where it is read from (- for standard input); else it is asked for", 0},
    {0}};

const struct command cmd_import = {
    .name = "import",
    .summary = "Store connections that were exported",
    .usage = "FILE|- [--as NAME] [--replace] [--passphrase-file FILE]",
    .examples = "  tenon connections import onprem.json\n"
                "  tenon connections import onprem.json --as berlin\n",
    .details = "Secrets that are not in the file are named, to be entered with `tenon wizard "
               "NAME`.\n",
    .takes = TAKES_PLUGINS,
    .options = options,
    .run = run,
};
