// SPDX-License-Identifier: Apache-2.0
/* tenon plugin: what is installed, and what one of them says of itself. The list and the requirements run no plugin code:
 * they come from the files' notes. `info` starts the plugin's worker, to show its form too. */
#include <string.h>
#include <unistd.h>

#include "core/cli/cli.h"
#include "core/cli/requirements.h"
#include "core/json/json.h"
#include "core/model/names.h"
#include "core/report/table.h"

static bool
json_wanted(const struct cli *cli)
{
  return strncmp(cli->format, "json", 4) == 0;
}

/* ---- list ----------------------------------------------------------------------------------------------------------- */

static void
put_plugin(struct buf *b, const tenon_plugin_info *p)
{
  (void)buf_putc(b, '{');
  (void)json_put_member(b, "id", p->id);
  (void)json_put_member(b, "version", p->version);
  (void)json_put_member(b, "name", p->name);
  (void)json_put_member(b, "summary", p->summary);
  (void)json_put_member(b, "kind", p->flags & TENON_PROBE ? "probe" : "connector");
  (void)json_put_member(b, "family", p->family);
  (void)json_put_member(b, "needs", p->needs);
  (void)json_put_member(b, "retires", p->retires);
  (void)json_put_member(b, "successor", p->successor);
  (void)json_put_member(b, "path", p->path);
  (void)json_put_key(b, "usable");
  (void)buf_puts(b, p->usable ? "true" : "false");
  (void)json_put_member(b, "rule", p->rule);
  (void)json_put_member(b, "detail", p->detail);
  (void)json_put_member(b, "remedy", p->remedy);
  requirements_put_json(b, p);
  (void)buf_putc(b, '}');
}

static void
print_json(struct cli *cli, const tenon_plugin_info *const *list)
{
  bool lines = strcmp(cli->format, "jsonl") == 0;
  CLEANUP_BUF struct buf b = BUF_INIT(4u << 20);

  (void)buf_puts(&b, lines ? "" : "{\"plugins\":[");
  for (size_t i = 0; list[i]; i++) {
    (void)buf_puts(&b, i && !lines ? ",\n" : "");
    put_plugin(&b, list[i]);
    (void)buf_puts(&b, lines ? "\n" : "");
  }
  (void)buf_puts(&b, lines ? "" : "]}\n");
  (void)cli_write(cli, buf_text(&b), b.len);
}

static void
print_table(struct cli *cli, const tenon_plugin_info *const *list)
{
  struct table t = TABLE_INIT(4);
  CLEANUP_BUF struct buf b = BUF_INIT(4u << 20);
  struct report_style style = cli_style(cli);
  static const char *const heading[] = {"PLUGIN", "VERSION", "NAME", "WHAT IT IS FOR"};

  for (size_t i = 0; i < 4; i++)
    table_add(&t, heading[i]);
  for (size_t i = 0; list[i]; i++) {
    if (!list[i]->usable)
      continue;
    table_add(&t, list[i]->id);
    table_add(&t, list[i]->version);
    table_add(&t, list[i]->name);
    table_add(&t, list[i]->summary);
  }
  if (t.n_cells > 4 && table_put(&t, &style, &b))
    (void)cli_write(cli, buf_text(&b), b.len);
  else
    cli_talk(cli, "No plugin is installed. 'tenon doctor' shows where they are looked for.");
  table_finish(&t);
}

static void
say_refused(struct cli *cli, const tenon_plugin_info *const *list)
{
  (void)cli_flush(cli);
  for (size_t i = 0; list[i]; i++)
    if (!list[i]->usable)
      cli_talk(cli, "Refused (%s): %s: %s %s", list[i]->rule ? list[i]->rule : "?", list[i]->path,
               list[i]->detail ? list[i]->detail : "", list[i]->remedy ? list[i]->remedy : "");
}

static int
run_list(struct cli *cli, const struct args *a)
{
  const tenon_plugin_info *const *list = NULL;

  if (a->n_words)
    return args_wrong(cli, a, "'plugin list' takes no name; 'plugin info ID' does.");
  tenon_context *context = cli_context(cli);
  if (!context)
    return STATUS_ENVIRONMENT;
  if (tenon_context_scan(context, &list) < 0) {
    cli_error(cli, "%s", tenon_context_error(context));
    return STATUS_ENVIRONMENT;
  }
  if (json_wanted(cli)) {
    print_json(cli, list);
    return STATUS_PASSED;
  }
  print_table(cli, list);
  say_refused(cli, list);
  return STATUS_PASSED;
}

/* ---- info ----------------------------------------------------------------------------------------------------------- */

struct info {
  struct cli *cli;
  bool died, done;
  const tenon_plugin_info *plugin;
};

static void
row(struct table *t, const char *key, const char *value)
{
  if (!value || !*value)
    return;
  table_add(t, key);
  table_add(t, value);
}

static void
print_facts(struct cli *cli, const tenon_plugin_info *p, const char *sandbox)
{
  struct table t = TABLE_INIT(2);
  CLEANUP_BUF struct buf b = BUF_INIT(1u << 20);
  struct report_style style = cli_style(cli);
  const char *roles = p->roles == (TENON_SOURCE | TENON_TARGET) ? "source, target"
                      : p->roles == TENON_SOURCE                ? "source"
                      : p->roles == TENON_TARGET                ? "target"
                                                                : NULL;

  style.colour = false;
  row(&t, "id", p->id);
  row(&t, "version", p->version);
  row(&t, "name", p->name);
  row(&t, "for", p->summary);
  row(&t, "kind", p->flags & TENON_PROBE ? "probe" : "connector");
  row(&t, "family", p->family);
  row(&t, "roles", roles);
  row(&t, "needs", p->needs);
  row(&t, "retires", p->retires);
  row(&t, "successor", p->successor);
  CLEANUP_FREE char *asks =
      text_printf("%zu: tenon plugin info %s --requirements", p->n_requirements, p->id);
  row(&t, "account", p->n_requirements ? asks : NULL);
  row(&t, "file", p->path);
  row(&t, "sandbox", sandbox);
  if (table_put(&t, &style, &b))
    (void)cli_write(cli, buf_text(&b), b.len);
  table_finish(&t);
}

static void
print_form(struct cli *cli, const tenon_connector *d)
{
  struct table t = TABLE_INIT(4);
  CLEANUP_BUF struct buf b = BUF_INIT(1u << 20);
  struct report_style style = cli_style(cli);
  static const char *const heading[] = {"FIELD", "TYPE", "LABEL", "WHAT IT IS"};

  for (size_t i = 0; i < 4; i++)
    table_add(&t, heading[i]);
  for (size_t i = 0; d->fields && d->fields[i]; i++) {
    const tenon_field *f = d->fields[i];
    CLEANUP_FREE char *type =
        text_printf("%s%s", type_name(f->type), f->flags & TENON_REQUIRED ? ", required" : "");
    table_add(&t, f->key);
    table_add(&t, type);
    table_add(&t, f->label);
    table_add(&t, f->help);
  }
  (void)buf_putc(&b, '\n');
  if (t.n_cells > 4 && table_put(&t, &style, &b))
    (void)cli_write(cli, buf_text(&b), b.len);
  table_finish(&t);
}

static void
on_event(void *user, tenon_worker *w, const tenon_event *e)
{
  struct info *info = user;

  if (e->kind == TENON_EVENT_READY && json_wanted(info->cli)) {
    (void)cli_write(info->cli, e->json, e->json_len);
    cli_print(info->cli, "\n");
  } else if (e->kind == TENON_EVENT_READY) {
    print_facts(info->cli, info->plugin, tenon_worker_sandbox(w));
    print_form(info->cli, e->connector);
  } else if (e->kind == TENON_EVENT_CHECK) {
    cli_error(info->cli, "%s: %s %s", e->check->title, e->check->detail ? e->check->detail : "",
              e->check->remedy ? e->check->remedy : "");
  }
  info->died = info->died || e->kind == TENON_EVENT_DIED;
  info->done = info->done || info->died || e->kind == TENON_EVENT_READY;
}

/* A file of this directory is a path, although it has no slash: ids have no dots. */
static char *
path_of(const char *what)
{
  bool here = !strchr(what, '/') && strchr(what, '.') && access(what, F_OK) == 0;
  return text_printf("%s%s", here ? "./" : "", what);
}

/* An id, or a file's path. */
static const tenon_plugin_info *
find(struct cli *cli, const char *what)
{
  const tenon_plugin_info *const *list = NULL;
  tenon_context *context = cli_context(cli);

  if (!strchr(what, '/') || !context)
    return context ? cli_plugin(cli, what) : NULL;
  if (tenon_context_inspect(context, what, &list) < 0 || !list[0]) {
    cli_error(cli, "%s: %s", what, tenon_context_error(context));
    return NULL;
  }
  if (list[0]->usable)
    return list[0];
  cli_error(cli, "%s is refused by %s: %s %s", what, list[0]->rule ? list[0]->rule : "a rule",
            list[0]->detail ? list[0]->detail : "", list[0]->remedy ? list[0]->remedy : "");
  return NULL;
}

static int
run_info(struct cli *cli, const struct args *a)
{
  struct info info = {.cli = cli};
  tenon_worker *w = NULL;

  if (a->n_words != 1)
    return args_wrong(cli, a, "Which plugin? An id, or a file's path.");
  CLEANUP_FREE char *what = path_of(a->words[0]);
  if (!what)
    return STATUS_ENVIRONMENT;
  info.plugin = find(cli, what);
  if (!info.plugin)
    return strchr(what, '/') ? STATUS_ENVIRONMENT : STATUS_USAGE;
  if (args_has(a, "requirements"))
    return requirements_print(cli, info.plugin);
  CLEANUP_FREE char *by_path = text_printf("%s#%s", info.plugin->path, info.plugin->id);
  if (!by_path || tenon_worker_create(cli->context, by_path, on_event, &info, &w) < 0) {
    cli_error(cli, "%s", tenon_context_error(cli->context));
    return STATUS_ENVIRONMENT;
  }
  while (!info.done && !cli_interrupted(cli) && tenon_context_run(cli->context, 1000) >= 0)
    ;
  tenon_worker_destroy(w);
  return info.died || !info.done ? STATUS_CRASHED : STATUS_PASSED;
}

static const struct command cmd_list = {
    .name = "list",
    .summary = "List the installed plugins, and why others are refused",
    .usage = "[-o FORMAT]",
    .examples = "  tenon plugin list\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS,
    .formats = "table text json jsonl",
    .run = run_list,
};
static const struct option_spec info_options[] = {
    {"requirements", NULL, "what an account needs first; runs no code of the plugin", 0},
    {NULL, NULL, NULL, 0}};

static const struct command cmd_info = {
    .name = "info",
    .summary = "Show what a plugin says of itself, and its form",
    .usage = "ID|FILE [--requirements] [-o FORMAT]",
    .examples = "  tenon plugin info ./build/mine.so\n"
                "  tenon plugin info ID --requirements\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS | TAKES_HOOKS,
    .formats = "table text json jsonl",
    .options = info_options,
    .run = run_info,
};
static const struct command *const subs[] = {&cmd_list, &cmd_info, NULL};

const struct command cmd_plugin = {
    .name = "plugin",
    .summary = "List plugins, and look into one",
    .usage = "COMMAND",
    .examples = "  tenon plugin list\n  tenon plugin info ID\n",
    .subs = subs,
};
