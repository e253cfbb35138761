// SPDX-License-Identifier: Apache-2.0
/* tenon connections export: to standard output, without secrets, or sealed under a passphrase with them. Which answers
 * are files, only the connector knows: its worker is asked. */
#include <errno.h>
#include <string.h>

#include "core/cli/transfer.h"
#include "core/host/settings.h"

#define FIELDS_MAX 128u

/* The keys of the fields that are files. */
struct file_fields {
  char *keys[FIELDS_MAX];
  size_t n;
  bool known, done;
};

static void
file_fields_finish(struct file_fields *f)
{
  for (size_t i = 0; i < f->n; i++)
    free(f->keys[i]);
  *f = (struct file_fields){0};
}

static void
on_event(void *user, tenon_worker *w, const tenon_event *e)
{
  struct file_fields *f = user;
  const tenon_field *const *fields = e->kind == TENON_EVENT_READY ? e->connector->fields : NULL;

  (void)w;
  for (size_t i = 0; fields && fields[i] && f->n < FIELDS_MAX; i++)
    if (fields[i]->type == TENON_FILE && (f->keys[f->n] = strdup(fields[i]->key)))
      f->n++;
  f->known = f->known || fields;
  f->done = f->done || e->kind == TENON_EVENT_READY || e->kind == TENON_EVENT_DIED;
}

static void
ask_worker(struct cli *cli, const char *connector, struct file_fields *f)
{
  tenon_worker *w = NULL;

  if (!cli_context(cli) || !cli_has_plugin(cli, connector) ||
      tenon_worker_create(cli->context, connector, on_event, f, &w) < 0)
    return;
  while (!f->done && !cli_interrupted(cli) && tenon_context_run(cli->context, 1000) >= 0)
    ;
  tenon_worker_destroy(w);
}

/* ---- one connection ------------------------------------------------------------------------------------------------- */

static bool
is_file(const struct file_fields *f, const char *key)
{
  for (size_t i = 0; i < f->n; i++)
    if (strcmp(f->keys[i], key) == 0)
      return true;
  return false;
}

static int
add_file(struct cli *cli, struct transfer_item *item, const char *key, const char *path,
         bool with_secrets, bool is_former)
{
  CLEANUP_FREE char *bytes = NULL;
  CLEANUP_VAULT_SECRET struct vault_secret held = VAULT_SECRET_INIT;
  const char *slash = strrchr(path, '/');
  size_t n = 0;

  int e = settings_read_file(path, &bytes, &n);
  /* What a former connector needed may be long gone: then its path goes. */
  if (e < 0 && is_former)
    return connection_set(item->connection, key, path) ? 0 : STATUS_ENVIRONMENT;
  if (e < 0) {
    cli_error(cli, "The file %s, of \"%s\" in \"%s\", cannot be read: %s. Nothing was exported.",
              path, key, item->connection->name, strerror(-e));
    return STATUS_ENVIRONMENT;
  }
  bool secret = !transfer_file_is_public(bytes, n);
  bool goes = !secret || with_secrets;
  e = goes ? vault_secret_copy(&held, bytes, n) : 0;
  explicit_bzero(bytes, n);
  if (e < 0 || !transfer_add_blob(item, key, slash && slash[1] ? slash + 1 : "file", secret,
                                  goes ? &held : NULL)) {
    cli_error(cli, "Not enough memory to export.");
    return STATUS_ENVIRONMENT;
  }
  return 0;
}

static int
add_secret(struct cli *cli, struct transfer_item *item, const struct connection *c, const char *key,
           bool with_secrets)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;
  struct vault *v = with_secrets ? cli_vault(cli) : NULL;

  if (with_secrets && (!v || store_secret(v, c, key, &s, &why) < 0)) {
    cli_error(cli, "%s", buf_text(&why));
    return STATUS_ENVIRONMENT;
  }
  if (transfer_add_blob(item, key, NULL, true, with_secrets ? &s : NULL))
    return 0;
  cli_error(cli, "Not enough memory to export.");
  return STATUS_ENVIRONMENT;
}

static int
fill(struct cli *cli, const struct connection *c, bool with_secrets, bool is_former,
     struct transfer_item *item)
{
  __attribute__((cleanup(file_fields_finish))) struct file_fields f = {0};
  int status = 0;

  item->connection->role = c->role;
  memcpy(item->connection->changed, c->changed, sizeof c->changed);
  ask_worker(cli, c->connector, &f);
  if (!f.known)
    cli_talk(cli,
             "The connector %s of \"%s\" is not here: an answer that names a file goes along as "
             "its path alone.",
             c->connector, c->name);
  for (size_t i = 0; i < c->n_values && !status; i++) {
    const char *key = c->values[i].key, *value = c->values[i].value.ptr;
    if (is_file(&f, key) && *value)
      status = add_file(cli, item, key, value, with_secrets, is_former);
    else if (!connection_set(item->connection, key, value))
      status = STATUS_ENVIRONMENT;
  }
  for (size_t i = 0; i < c->n_secrets && !status; i++)
    if (strncmp(c->secrets[i].key, "kept.", 5) !=
        0) /* the plugin's own: signing in makes them anew */
      status = add_secret(cli, item, c, c->secrets[i].key, with_secrets);
  return status;
}

static int
add_former(struct cli *cli, const struct connection *c, bool with_secrets,
           struct transfer_item *item)
{
  struct connection *copy =
      connection_create(c->name, c->connector, c->connector_version, c->schema);
  struct transfer_item *former = copy ? transfer_add_former(item, copy) : NULL;

  if (former)
    return fill(cli, c, with_secrets, true, former);
  connection_destroy(copy);
  cli_error(cli, "Not enough memory to export.");
  return STATUS_ENVIRONMENT;
}

static int
add_connection(struct cli *cli, const struct connection *c, bool with_secrets, struct transfer *t)
{
  struct connection *copy =
      connection_create(c->name, c->connector, c->connector_version, c->schema);
  struct transfer_item *item = copy ? transfer_add(t, copy) : NULL;

  if (!item) {
    connection_destroy(copy);
    cli_error(cli, "There are more than %u connections, or not enough memory to export them.",
              TRANSFER_CONNECTIONS_MAX);
    return STATUS_ENVIRONMENT;
  }
  int status = fill(cli, c, with_secrets, false, item);
  for (size_t i = 0; i < c->n_former && !status; i++)
    status = add_former(cli, c->former[i], with_secrets, item);
  return status;
}

/* ---- the command ---------------------------------------------------------------------------------------------------- */

static int
gather(struct cli *cli, const struct args *a, bool with_secrets, struct transfer *t)
{
  CLEANUP_STORE_LIST struct store_list list = {0};
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  int status = STATUS_PASSED;

  for (size_t i = 0; i < a->n_words && !status; i++) {
    CLEANUP_CONNECTION struct connection *c = cli_connection(cli, a->words[i], &status);
    for (size_t j = 0; c && j < i; j++)
      if (strcmp(a->words[i], a->words[j]) == 0)
        return args_wrong(cli, a, "\"%s\" is named twice.", a->words[i]);
    status = c ? add_connection(cli, c, with_secrets, t) : status;
  }
  if (a->n_words)
    return status;
  if (!cli_store(cli) || store_list(cli_store(cli), &list, &why) < 0) {
    cli_error(cli, "%s", buf_text(&why));
    return STATUS_ENVIRONMENT;
  }
  for (size_t i = 0; i < list.n && !status; i++) {
    if (list.entries[i].connection)
      status = add_connection(cli, list.entries[i].connection, with_secrets, t);
    else {
      cli_error(cli, "%s", list.entries[i].why);
      status = STATUS_ENVIRONMENT;
    }
  }
  if (!status && list.n == 0) {
    cli_error(cli, "No connection is stored yet. Next: tenon wizard");
    status = STATUS_USAGE;
  }
  return status;
}

static int
get_passphrase(struct cli *cli, const struct args *a, struct buf *ret)
{
  const char *path = args_value(a, "passphrase-file");

  if (path)
    return cli_read_passphrase(cli, path, ret);
  if (!cli_person(cli)) {
    cli_error(cli, "An answer was needed and nobody was there: export.passphrase. Give it with "
                   "--passphrase-file FILE.");
    return STATUS_NOANSWER;
  }
  return prompt_new_passphrase(cli, "Passphrase for the export: ", ret);
}

static int
write_document(struct cli *cli, const struct transfer *t, const char *passphrase)
{
  struct buf text = BUF_INIT(TRANSFER_BYTES_MAX);
  int e = transfer_write(t, passphrase, &text);

  if (e < 0)
    cli_error(cli, "%s",
              e == -EFBIG
                  ? "The export does not fit into 6 MiB. Export fewer connections at a time."
                  : "Not enough memory to seal the export.");
  else
    (void)cli_write(cli, text.ptr, text.len);
  buf_wipe(&text);
  return e < 0 ? STATUS_ENVIRONMENT : STATUS_PASSED;
}

static void
say_left_out_of(struct cli *cli, const struct transfer_item *item)
{
  for (size_t j = 0; j < item->n_blobs; j++)
    if (!item->blobs[j].there)
      cli_talk(cli, "Left out of \"%s\": %s, a secret. With --secrets it goes along, sealed.",
               item->connection->name, item->blobs[j].key);
}

static void
say_left_out(struct cli *cli, const struct transfer *t)
{
  for (size_t i = 0; i < t->n; i++) {
    say_left_out_of(cli, &t->items[i]);
    for (size_t j = 0; j < t->items[i].n_former; j++)
      say_left_out_of(cli, &t->items[i].former[j]);
  }
}

static int
run(struct cli *cli, const struct args *a)
{
  CLEANUP_TRANSFER struct transfer t = {0};
  struct buf passphrase = BUF_INIT(2 * VAULT_PASSPHRASE_MAX + 1024);
  bool with_secrets = args_has(a, "secrets");

  if (a->n_words == 0 && !args_has(a, "all"))
    return args_wrong(cli, a, "Which connections? Name them, or say --all.");
  if (a->n_words && args_has(a, "all"))
    return args_wrong(cli, a, "Names, or --all: not both.");
  if (args_has(a, "passphrase-file") && !with_secrets)
    return args_wrong(cli, a, "--passphrase-file goes with --secrets.");
  int status = gather(cli, a, with_secrets, &t);
  if (!status && with_secrets)
    status = get_passphrase(cli, a, &passphrase);
  if (!status)
    status = write_document(cli, &t, with_secrets ? buf_text(&passphrase) : NULL);
  buf_wipe(&passphrase);
  if (!status)
    say_left_out(cli, &t);
  return status;
}

static const struct option_spec options[] = {
    {"all", NULL, "all of them", 0},
    {"secrets", NULL, "with their secrets, the whole sealed under a passphrase", 0},
    {"passphrase-file", "FILE",
     "where it is read from (- for standard input); else it is asked for", 0},
    {0}};

const struct command cmd_export = {
    .name = "export",
    .summary = "Write connections for another machine",
    .usage = "NAME...|--all [--secrets [--passphrase-file FILE]]",
    .examples = "  tenon connections export onprem > onprem.json\n"
                "  tenon connections export --all --secrets > all.tenon\n",
    .details = "Files that answers name go along with their bytes. Without --secrets no password "
               "and no private key does.\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS | TAKES_HOOKS,
    .formats = "json",
    .options = options,
    .run = run,
};
