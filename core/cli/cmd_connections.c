// SPDX-License-Identifier: Apache-2.0
/* tenon connections: what is stored. Secrets are never shown, only that they are set. And bare `tenon`, which starts
 * from there. */
#include <errno.h>
#include <string.h>

#include "core/json/json.h"
#include "core/model/answer.h"
#include "core/model/names.h"
#include "core/report/table.h"
#include "core/cli/transfer.h"

static bool
json_wanted(const struct cli *cli)
{
  return strncmp(cli->format, "json", 4) == 0;
}

static const char *
role_text(uint32_t role)
{
  return role == TENON_SOURCE ? "source" : role == TENON_TARGET ? "target" : NULL;
}

static const char *
outcome_text(const struct connection *c)
{
  return !*c->outcome ? "not verified" : strcmp(c->outcome, "pass") == 0 ? "passed" : "failed";
}

/* ---- JSON ----------------------------------------------------------------------------------------------------------- */

static void
put_place(struct cli *cli, struct buf *b, const struct connection_secret *s)
{
  struct secret_place p = {0};

  secret_place_find(cli, s->id, &p);
  (void)json_put_key(b, s->key);
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "state", p.state);
  (void)json_put_member(b, "vault", *p.vault ? p.vault : NULL);
  (void)json_put_member(b, "where", p.text);
  (void)json_put_member(b, "why", p.why);
  (void)buf_putc(b, '}');
  secret_place_finish(&p);
}

static void
put_values(struct cli *cli, struct buf *b, const struct connection *c)
{
  (void)json_put_key(b, "values");
  (void)buf_putc(b, '{');
  for (size_t i = 0; i < c->n_values; i++)
    (void)json_put_member(b, c->values[i].key, c->values[i].value.ptr);
  (void)buf_puts(b, "}");
  (void)json_put_key(b, "secrets");
  (void)buf_putc(b, '[');
  for (size_t i = 0; i < c->n_secrets; i++) {
    (void)buf_puts(b, i ? "," : "");
    (void)json_put_text(b, c->secrets[i].key, strlen(c->secrets[i].key));
  }
  (void)buf_puts(b, "]");
  (void)json_put_key(b, "secret_places");
  (void)buf_putc(b, '{');
  for (size_t i = 0; i < c->n_secrets; i++)
    put_place(cli, b, &c->secrets[i]);
  (void)buf_putc(b, '}');
}

static void
put_connection(struct cli *cli, struct buf *b, const struct connection *c, bool whole)
{
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "name", c->name);
  (void)json_put_member(b, "connector", c->connector);
  (void)json_put_member(b, "connector_version", c->connector_version);
  (void)json_put_member(b, "role", role_text(c->role));
  (void)json_put_member(b, "created", *c->created ? c->created : NULL);
  (void)json_put_member(b, "changed", *c->changed ? c->changed : NULL);
  if (*c->outcome) {
    (void)json_put_key(b, "verified");
    (void)buf_putc(b, '{');
    (void)json_put_member(b, "time", c->verified);
    (void)json_put_member(b, "outcome", c->outcome);
    (void)buf_putc(b, '}');
  }
  if (whole)
    put_values(cli, b, c);
  (void)buf_putc(b, '}');
}

static void
print_connection(struct cli *cli, const struct connection *c, bool whole)
{
  CLEANUP_BUF struct buf b = BUF_INIT(2 * STORE_FILE_MAX);

  put_connection(cli, &b, c, whole);
  (void)cli_write(cli, buf_text(&b), b.len);
}

/* ---- list ----------------------------------------------------------------------------------------------------------- */

static void
print_json(struct cli *cli, const struct store_list *list)
{
  bool lines = strcmp(cli->format, "jsonl") == 0;
  const char *separator = "";

  cli_print(cli, "%s", lines ? "" : "{\"connections\":[");
  for (size_t i = 0; i < list->n; i++) {
    const struct store_entry *e = &list->entries[i];
    if (!e->connection)
      continue;
    cli_print(cli, "%s", separator);
    print_connection(cli, e->connection, false);
    separator = lines ? "\n" : ",\n";
  }
  cli_print(cli, "%s", lines ? (*separator ? "\n" : "") : "]}\n");
}

static void
print_table(struct cli *cli, const struct store_list *list)
{
  struct table t = TABLE_INIT(4);
  CLEANUP_BUF struct buf b = BUF_INIT(STORE_FILE_MAX);
  struct report_style style = cli_style(cli);
  static const char *const heading[] = {"NAME", "CONNECTOR", "LAST VERIFIED", "OUTCOME"};

  for (size_t i = 0; i < 4; i++)
    table_add(&t, heading[i]);
  for (size_t i = 0; i < list->n; i++) {
    const struct connection *c = list->entries[i].connection;
    if (!c)
      continue;
    table_add(&t, c->name);
    table_add(&t, c->connector);
    table_add(&t, *c->verified ? c->verified : "-");
    table_add(&t, outcome_text(c));
  }
  if (t.n_cells > 4 && table_put(&t, &style, &b))
    (void)cli_write(cli, buf_text(&b), b.len);
  table_finish(&t);
}

/* How many cannot be read; each is said. */
static size_t
say_damaged(struct cli *cli, const struct store_list *list)
{
  size_t n = 0;

  (void)cli_flush(cli);
  for (size_t i = 0; i < list->n; i++)
    if (!list->entries[i].connection) {
      cli_error(cli, "%s", list->entries[i].why);
      n++;
    }
  return n;
}

static int
load_list(struct cli *cli, struct store_list *list)
{
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  struct store *store = cli_store(cli);

  if (store && store_list(store, list, &why) == 0)
    return 0;
  if (store)
    cli_error(cli, "%s", buf_text(&why));
  return STATUS_ENVIRONMENT;
}

static int
run_list(struct cli *cli, const struct args *a)
{
  CLEANUP_STORE_LIST struct store_list list = {0};

  if (a->n_words)
    return args_wrong(cli, a, "'connections list' takes no name; 'connections show NAME' does.");
  int status = load_list(cli, &list);
  if (status)
    return status;
  if (json_wanted(cli))
    print_json(cli, &list);
  else
    print_table(cli, &list);
  if (list.n == 0 && !json_wanted(cli))
    cli_talk(cli, "No connection is stored yet. Next: tenon wizard");
  return say_damaged(cli, &list) ? STATUS_ENVIRONMENT : STATUS_PASSED;
}

/* ---- show ----------------------------------------------------------------------------------------------------------- */

static void
add_row(struct table *t, const char *key, const char *value)
{
  if (!value || !*value)
    return;
  table_add(t, key);
  table_add(t, value);
}

/* Where it lies, and whether it is there: asked of the vault, whose answer may be that it cannot say. */
static void
add_secret(struct cli *cli, struct table *t, const struct connection_secret *s)
{
  struct secret_place p = {0};

  secret_place_find(cli, s->id, &p);
  CLEANUP_FREE char *text =
      text_printf("(%s; kept in the %s)%s%s", p.state, p.text ? p.text : "vault", p.why ? " " : "",
                  p.why ? p.why : "");
  add_row(t, s->key, text);
  secret_place_finish(&p);
}

static void
print_whole(struct cli *cli, const struct connection *c)
{
  struct table t = TABLE_INIT(2);
  CLEANUP_BUF struct buf b = BUF_INIT(2 * STORE_FILE_MAX);
  CLEANUP_FREE char *connector = text_printf("%s %s", c->connector, c->connector_version);
  CLEANUP_FREE char *verified =
      text_printf("%s%s%s", outcome_text(c), *c->verified ? ", " : "", c->verified);
  struct report_style style = cli_style(cli);

  add_row(&t, "name", c->name);
  add_row(&t, "connector", connector);
  add_row(&t, "role", role_text(c->role));
  add_row(&t, "created", c->created);
  add_row(&t, "changed", c->changed);
  add_row(&t, "verified", verified);
  char shown[ANSWER_SHOWN_MAX];
  for (size_t i = 0; i < c->n_values; i++)
    add_row(&t, c->values[i].key, answer_shown(c->values[i].value.ptr, shown));
  for (size_t i = 0; i < c->n_secrets; i++)
    add_secret(cli, &t, &c->secrets[i]);
  style.colour = false;
  if (table_put(&t, &style, &b))
    (void)cli_write(cli, buf_text(&b), b.len);
  table_finish(&t);
}

static int
run_show(struct cli *cli, const struct args *a)
{
  int status = STATUS_ENVIRONMENT;

  if (a->n_words != 1)
    return args_wrong(cli, a, a->n_words ? "One connection at a time." : "Which connection?");
  CLEANUP_CONNECTION struct connection *c = cli_connection(cli, a->words[0], &status);
  if (!c)
    return status;
  if (json_wanted(cli)) {
    print_connection(cli, c, true);
    cli_print(cli, "\n");
    return STATUS_PASSED;
  }
  print_whole(cli, c);
  return STATUS_PASSED;
}

/* ---- remove, rename ------------------------------------------------------------------------------------------------- */

static int
run_remove(struct cli *cli, const struct args *a)
{
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  int status = STATUS_ENVIRONMENT;

  if (a->n_words != 1)
    return args_wrong(cli, a, a->n_words ? "One connection at a time." : "Which connection?");
  struct store *store = cli_store(cli);
  struct vault *vault = store ? cli_vault(cli) : NULL;
  if (!vault)
    return STATUS_ENVIRONMENT;
  CLEANUP_CONNECTION struct connection *old = NULL;
  (void)(connection_name_valid(a->words[0]) && store_load(store, a->words[0], &old, &why) == 0);
  buf_clear(&why);
  int e = store_remove(store, vault, a->words[0], &why);
  if (e == -ENOENT) {
    struct connection *none =
        cli_connection(cli, a->words[0], &status); /* says it, and what is near */
    connection_destroy(none);
    return STATUS_USAGE;
  }
  if (e < 0) {
    cli_error(cli, "%s", buf_text(&why));
    return STATUS_ENVIRONMENT;
  }
  if (old)
    imported_files_forget(cli, old);
  size_t left = store_in_doubt(store);
  cli_talk(cli, "Removed the connection \"%s\", its %shistory.", a->words[0],
           left ? "" : "secrets and its ");
  if (left)
    cli_talk(cli,
             "%zu secret%s could not be removed now: the vault cannot be reached, see `tenon "
             "vault`. It is tried again with the next change of a connection.",
             left, left == 1 ? "" : "s");
  return STATUS_PASSED;
}

static int
run_rename(struct cli *cli, const struct args *a)
{
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  int status = STATUS_ENVIRONMENT;

  if (a->n_words != 2)
    return args_wrong(cli, a, "Which connection, and what is it to be called?");
  CLEANUP_CONNECTION struct connection *c = cli_connection(cli, a->words[0], &status);
  if (!c)
    return status;
  int e = store_rename(cli_store(cli), a->words[0], a->words[1], &why);
  if (e == 0) {
    cli_talk(cli, "The connection \"%s\" is now called \"%s\".", a->words[0], a->words[1]);
    return STATUS_PASSED;
  }
  cli_error(cli, "%s", buf_text(&why));
  return e == -EEXIST || e == -EINVAL ? STATUS_USAGE : STATUS_ENVIRONMENT;
}

static const struct command cmd_list = {
    .name = "list",
    .summary = "List the stored connections",
    .usage = "[-o FORMAT]",
    .examples = "  tenon connections list\n  tenon connections list -o json\n",
    .takes = TAKES_OUTPUT,
    .formats = "table text json jsonl",
    .run = run_list,
};
static const struct command cmd_show = {
    .name = "show",
    .summary = "Show a connection's answers; of secrets only that they are set",
    .usage = "NAME [-o FORMAT]",
    .examples = "  tenon connections show onprem\n",
    .takes = TAKES_OUTPUT,
    .formats = "table text json jsonl",
    .run = run_show,
};
static const struct command cmd_remove = {
    .name = "remove",
    .summary = "Remove a connection with its secrets and history",
    .usage = "NAME",
    .examples = "  tenon connections remove onprem\n",
    .run = run_remove,
};
static const struct command cmd_rename = {
    .name = "rename",
    .summary = "Give a connection another name",
    .usage = "NAME NEW",
    .examples = "  tenon connections rename onprem berlin\n",
    .run = run_rename,
};
static const struct command *const subs[] = {&cmd_list,   &cmd_show,   &cmd_rename, &cmd_remove,
                                             &cmd_export, &cmd_import, NULL};

const struct command cmd_connections = {
    .name = "connections",
    .summary = "List, show, rename, remove, export, import what is stored",
    .usage = "COMMAND",
    .examples = "  tenon connections\n  tenon connections show onprem\n",
    .subs = subs,
};

/* ---- bare ----------------------------------------------------------------------------------------------------------- */

int
cli_bare(struct cli *cli, const struct args *a)
{
  CLEANUP_STORE_LIST struct store_list list = {0};
  int status = load_list(cli, &list);
  const char *example = NULL;

  if (status)
    return status;
  if (list.n == 0) {
    static struct args wizard; /* too large for a stack that the wizard needs too */
    wizard = (struct args){.command = &cmd_wizard};
    (void)a;
    return cmd_wizard.run(cli, &wizard);
  }
  print_table(cli, &list);
  status = say_damaged(cli, &list) ? STATUS_ENVIRONMENT : STATUS_PASSED;
  for (size_t i = 0; i < list.n && !example; i++)
    example = list.entries[i].connection ? list.entries[i].name : NULL;
  if (example)
    cli_talk(cli, "Next: tenon verify %s, or tenon wizard to add a connection.", example);
  return status;
}
