// SPDX-License-Identifier: Apache-2.0
/* tenon connections: what is stored. Secrets are never shown, only that they are set. And bare `tenon`, which starts
 * from there. */
#include <errno.h>
#include <string.h>

#include "core/json/json.h"
#include "core/model/answer.h"
#include "core/model/names.h"
#include "core/report/table.h"
#include "core/cli/radar.h"
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

/* A token that it got, and no answer of a person's. */
static bool
by_plugin(const struct connection_secret *s)
{
  return strncmp(s->key, "kept.", 5) == 0;
}

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
  (void)json_put_member(b, "by", by_plugin(s) ? "plugin" : NULL);
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

/* What connectors that it was swapped away from left. */
static void
put_former(struct buf *b, const struct connection *c)
{
  (void)json_put_key(b, "former");
  (void)buf_putc(b, '{');
  for (size_t i = 0; i < c->n_former; i++) {
    const struct connection *f = c->former[i];
    const char *separator = "";
    (void)json_put_key(b, f->connector);
    (void)buf_putc(b, '{');
    (void)json_put_member(b, "connector_version", f->connector_version);
    (void)json_put_member(b, "changed", *f->changed ? f->changed : NULL);
    (void)json_put_key(b, "values");
    (void)buf_putc(b, '{');
    for (size_t j = 0; j < f->n_values; j++)
      (void)json_put_member(b, f->values[j].key, f->values[j].value.ptr);
    (void)buf_putc(b, '}');
    (void)json_put_key(b, "secrets");
    (void)buf_putc(b, '[');
    for (size_t j = 0; j < f->n_secrets; j++, separator = ",") {
      (void)buf_puts(b, separator);
      (void)json_put_text(b, f->secrets[j].key, strlen(f->secrets[j].key));
    }
    (void)buf_puts(b, "]}");
  }
  (void)buf_putc(b, '}');
}

static void
put_connection(struct cli *cli, struct buf *b, const struct connection *c,
               const struct radar_find *found, bool whole)
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
  radar_put(b, found);
  if (whole)
    put_values(cli, b, c);
  if (whole && c->n_former)
    put_former(b, c);
  (void)buf_putc(b, '}');
}

static void
print_connection(struct cli *cli, const struct connection *c, const struct radar_find *found,
                 bool whole)
{
  CLEANUP_BUF struct buf b = BUF_INIT(2 * STORE_FILE_MAX);

  put_connection(cli, &b, c, found, whole);
  (void)cli_write(cli, buf_text(&b), b.len);
}

/* ---- list ----------------------------------------------------------------------------------------------------------- */

/* What is stored, and for each of it what the radar found. */
struct listing {
  struct store_list list;
  struct radar_find *found;
  bool stops; /* any of it */
};

static void
listing_finish(struct listing *l)
{
  for (size_t i = 0; l->found && i < l->list.n; i++)
    radar_find_finish(&l->found[i]);
  free(l->found);
  store_list_finish(&l->list);
}
#define CLEANUP_LISTING __attribute__((cleanup(listing_finish)))

static void
print_json(struct cli *cli, const struct listing *l)
{
  bool lines = strcmp(cli->format, "jsonl") == 0;
  const char *separator = "";

  cli_print(cli, "%s", lines ? "" : "{\"connections\":[");
  for (size_t i = 0; i < l->list.n; i++) {
    const struct store_entry *e = &l->list.entries[i];
    if (!e->connection)
      continue;
    cli_print(cli, "%s", separator);
    print_connection(cli, e->connection, &l->found[i], false);
    separator = lines ? "\n" : ",\n";
  }
  cli_print(cli, "%s", lines ? (*separator ? "\n" : "") : "]}\n");
}

/* The column of ends is there where there is one: the table is as ever otherwise. */
static void
print_table(struct cli *cli, const struct listing *l)
{
  size_t columns = l->stops ? 5 : 4;
  struct table t = TABLE_INIT(columns);
  CLEANUP_BUF struct buf b = BUF_INIT(STORE_FILE_MAX);
  struct report_style style = cli_style(cli);
  static const char *const heading[] = {"NAME", "CONNECTOR", "LAST VERIFIED", "OUTCOME", "STOPS"};

  for (size_t i = 0; i < columns; i++)
    table_add(&t, heading[i]);
  for (size_t i = 0; i < l->list.n; i++) {
    const struct connection *c = l->list.entries[i].connection;
    char when[SUNSET_TEXT_SIZE] = "-";
    if (!c)
      continue;
    table_add(&t, c->name);
    table_add(&t, c->connector);
    table_add(&t, *c->verified ? c->verified : "-");
    table_add(&t, outcome_text(c));
    if (l->found[i].stops)
      sunset_text(&l->found[i].sunset, when);
    if (l->stops)
      table_add(&t, when);
  }
  if (t.n_cells > columns && table_put(&t, &style, &b))
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
load_list(struct cli *cli, bool with_plans, struct listing *l)
{
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  struct store *store = cli_store(cli);
  struct radar radar = {NULL};

  if (!store || store_list(store, &l->list, &why) != 0) {
    if (store)
      cli_error(cli, "%s", buf_text(&why));
    return STATUS_ENVIRONMENT;
  }
  l->found = calloc(l->list.n + 1, sizeof *l->found);
  if (!l->found)
    return STATUS_ENVIRONMENT;
  if (l->list.n) /* notes are read where there is something to find in them */
    radar_begin(&radar, cli);
  for (size_t i = 0; i < l->list.n; i++)
    if (l->list.entries[i].connection &&
        radar_find(&radar, cli, l->list.entries[i].connection, with_plans, &l->found[i]))
      l->stops = true;
  return 0;
}

static void
say_radar(struct cli *cli, const struct listing *l)
{
  (void)cli_flush(cli);
  for (size_t i = 0; i < l->list.n; i++)
    if (l->list.entries[i].connection)
      radar_say(cli, l->list.entries[i].connection, &l->found[i]);
}

static int
run_list(struct cli *cli, const struct args *a)
{
  CLEANUP_LISTING struct listing l = {{0}};

  if (a->n_words)
    return args_wrong(cli, a, "'connections list' takes no name; 'connections show NAME' does.");
  int status = load_list(cli, args_has(a, "radar"), &l);
  if (status)
    return status;
  if (json_wanted(cli)) {
    print_json(cli, &l);
  } else {
    print_table(cli, &l);
    say_radar(cli, &l);
  }
  if (l.list.n == 0 && !json_wanted(cli))
    cli_talk(cli, "No connection is stored yet. Next: tenon wizard");
  return say_damaged(cli, &l.list) ? STATUS_ENVIRONMENT : STATUS_PASSED;
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
      text_printf("(%s%s; kept in the %s)%s%s", p.state, by_plugin(s) ? " by the plugin" : "",
                  p.text ? p.text : "vault", p.why ? " " : "", p.why ? p.why : "");
  add_row(t, s->key, text);
  secret_place_finish(&p);
}

/* "server, password (secret); since 2026-11-22T10:00:00Z" */
static void
add_former(struct table *t, const struct connection *f)
{
  CLEANUP_BUF struct buf text = BUF_INIT(STORE_FILE_MAX);
  CLEANUP_FREE char *key = text_printf("kept of %s", f->connector);

  for (size_t i = 0; i < f->n_values; i++)
    (void)buf_printf(&text, "%s%s", text.len ? ", " : "", f->values[i].key);
  for (size_t i = 0; i < f->n_secrets; i++)
    (void)buf_printf(&text, "%s%s (secret)", text.len ? ", " : "", f->secrets[i].key);
  (void)buf_printf(&text, "%s since %s", text.len ? ";" : "nothing;", f->changed);
  add_row(t, key ? key : f->connector, buf_text(&text));
}

static void
print_whole(struct cli *cli, const struct connection *c, const struct radar_find *found)
{
  char when[SUNSET_TEXT_SIZE] = "";

  struct table t = TABLE_INIT(2);
  CLEANUP_BUF struct buf b = BUF_INIT(2 * STORE_FILE_MAX);
  CLEANUP_FREE char *connector = text_printf("%s %s", c->connector, c->connector_version);
  CLEANUP_FREE char *verified =
      text_printf("%s%s%s", outcome_text(c), *c->verified ? ", " : "", c->verified);
  struct report_style style = cli_style(cli);

  add_row(&t, "name", c->name);
  add_row(&t, "connector", connector);
  if (found->stops)
    sunset_text(&found->sunset, when);
  add_row(&t, "stops", when);
  add_row(&t, "role", role_text(c->role));
  add_row(&t, "created", c->created);
  add_row(&t, "changed", c->changed);
  add_row(&t, "verified", verified);
  char shown[ANSWER_SHOWN_MAX];
  for (size_t i = 0; i < c->n_values; i++)
    add_row(&t, c->values[i].key, answer_shown(c->values[i].value.ptr, shown));
  for (size_t i = 0; i < c->n_secrets; i++)
    add_secret(cli, &t, &c->secrets[i]);
  for (size_t i = 0; i < c->n_former; i++)
    add_former(&t, c->former[i]);
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
  CLEANUP_RADAR_FIND struct radar_find found = {.plan = {.arena = ARENA_INIT}};
  struct radar radar;
  radar_begin(&radar, cli);
  (void)radar_find(&radar, cli, c, true, &found);
  if (json_wanted(cli)) {
    print_connection(cli, c, &found, true);
    cli_print(cli, "\n");
    return STATUS_PASSED;
  }
  print_whole(cli, c, &found);
  (void)cli_flush(cli);
  radar_say(cli, c, &found);
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

static const struct option_spec list_options[] = {
    {"radar", NULL, "also what a swap would need, where a connector stops: loads the plugins", 0},
    {NULL, NULL, NULL, 0}};

static const struct command cmd_list = {
    .name = "list",
    .summary = "List the stored connections",
    .usage = "[--radar] [-o FORMAT]",
    .examples = "  tenon connections list\n  tenon connections list -o json\n"
                "  tenon connections list --radar     what stops when, and what the swap needs\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS | TAKES_HOOKS,
    .formats = "table text json jsonl",
    .options = list_options,
    .run = run_list,
};
static const struct command cmd_show = {
    .name = "show",
    .summary = "Show a connection's answers; of secrets only that they are set",
    .usage = "NAME [-o FORMAT]",
    .examples = "  tenon connections show onprem\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS | TAKES_HOOKS,
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

/* What comes next: away from what stops soon or has stopped, else a verification. */
static void
say_next(struct cli *cli, const struct listing *l)
{
  const char *example = NULL;
  bool urgent = false;

  (void)cli_flush(cli);
  for (size_t i = 0; i < l->list.n; i++) {
    const struct store_entry *e = &l->list.entries[i];
    if (!example && e->connection)
      example = e->name;
    if (!e->connection || !l->found[i].stops || !sunset_near(&l->found[i].sunset))
      continue;
    radar_say(cli, e->connection, &l->found[i]);
    urgent = true;
  }
  if (example && !urgent)
    cli_talk(cli, "Next: tenon verify %s, or tenon wizard to add a connection.", example);
}

int
cli_bare(struct cli *cli, const struct args *a)
{
  CLEANUP_LISTING struct listing l = {{0}};
  int status = load_list(cli, false, &l);

  if (status)
    return status;
  if (l.list.n == 0) {
    static struct args wizard; /* too large for a stack that the wizard needs too */
    wizard = (struct args){.command = &cmd_wizard};
    (void)a;
    return cmd_wizard.run(cli, &wizard);
  }
  print_table(cli, &l);
  status = say_damaged(cli, &l.list) ? STATUS_ENVIRONMENT : STATUS_PASSED;
  say_next(cli, &l);
  return status;
}
