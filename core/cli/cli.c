// SPDX-License-Identifier: Apache-2.0
/* What is opened when first asked for, and how the program speaks. */
#include "core/cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "core/report/flow.h"

int
status_of_cause(tenon_status cause)
{
  switch (cause) {
  case TENON_OK: return STATUS_PASSED;
  case TENON_E_CRASHED:
  case TENON_E_TIMEOUT: return STATUS_CRASHED;
  case TENON_E_NETWORK: return STATUS_NETWORK;
  case TENON_E_TLS: return STATUS_TLS;
  case TENON_E_AUTH: return STATUS_AUTH;
  case TENON_E_DENIED: return STATUS_DENIED;
  case TENON_E_TRANSIENT: return STATUS_TRANSIENT;
  case TENON_E_CANCELLED: return STATUS_CANCELLED;
  case TENON_E_NOANSWER: return STATUS_NOANSWER;
  default: return STATUS_FAILED;
  }
}

/* ---- speaking ------------------------------------------------------------------------------------------------------- */

/* A sentence is folded at the width of a terminal; what is indented is laid out already. */
static void
say(struct cli *cli, const char *prefix, const char *fmt, va_list ap)
{
  CLEANUP_BUF struct buf text = BUF_INIT(CLI_LINE_MAX);
  CLEANUP_BUF struct buf safe = BUF_INIT(2 * CLI_LINE_MAX);
  CLEANUP_BUF struct buf folded = BUF_INIT(4 * CLI_LINE_MAX);
  struct report_style style = cli_talk_style(cli);

  (void)buf_vprintf(&text, fmt, ap);
  (void)text_put_safe(&safe, buf_text(&text));
  bool fold = style.width > 0 && *buf_text(&safe) != ' ';
  if (fold)
    (void)flow_put(&folded, &style, strlen(prefix), 0, buf_text(&safe));
  (void)fprintf(cli->err, "%s%s\n", prefix, buf_text(fold ? &folded : &safe));
  (void)fflush(cli->err);
}

void
cli_error(struct cli *cli, const char *fmt, ...)
{
  va_list ap;

  va_start(ap, fmt);
  say(cli, "tenon: ", fmt, ap);
  va_end(ap);
}

void
cli_talk(struct cli *cli, const char *fmt, ...)
{
  va_list ap;

  va_start(ap, fmt);
  say(cli, "", fmt, ap);
  va_end(ap);
}

void
cli_print(struct cli *cli, const char *fmt, ...)
{
  va_list ap;

  va_start(ap, fmt);
  if (vfprintf(cli->out, fmt, ap) < 0 && cli->out_error == 0)
    cli->out_error = errno;
  va_end(ap);
}

bool
cli_write(struct cli *cli, const char *bytes, size_t n)
{
  if (fwrite(bytes, 1, n, cli->out) != n && cli->out_error == 0)
    cli->out_error = errno;
  return cli->out_error == 0;
}

bool
cli_flush(struct cli *cli)
{
  if (fflush(cli->out) != 0 && cli->out_error == 0)
    cli->out_error = errno;
  return cli->out_error == 0;
}

/* ---- opened when first asked for ------------------------------------------------------------------------------------ */

struct store *
cli_store(struct cli *cli)
{
  if (!cli->store)
    cli->store = store_create(&(struct store_options){cli->config_dir, cli->state_dir});
  if (!cli->store)
    cli_error(cli, "Not enough memory to open the store.");
  return cli->store;
}

static void
log_line(void *user, int32_t level, const char *plugin, const char *text)
{
  struct cli *cli = user;

  if (cli->verbose || level == TENON_LOG_ERROR)
    cli_talk(cli, "%s: %s", plugin ? plugin : "tenon", text);
}

tenon_context *
cli_context(struct cli *cli)
{
  tenon_context_options o = {.size = sizeof o,
                             .flags = cli->in_process ? TENON_IN_PROCESS : 0,
                             .libexec_dir = cli_libexec_dir(cli),
                             .plugin_dirs = cli_plugin_dirs(cli),
                             .host_name = "tenon",
                             .host_version = TENON_VERSION,
                             .log = log_line,
                             .log_user = cli};

  if (cli->context)
    return cli->context;
  if (tenon_context_create(&o, &cli->context) < 0) {
    cli_error(cli, "%s",
              cli->context ? tenon_context_error(cli->context) : "Not enough memory to start.");
    tenon_context_destroy(TAKE_PTR(cli->context));
  }
  return cli->context;
}

/* ---- by name -------------------------------------------------------------------------------------------------------- */

static void
no_connection(struct cli *cli, struct store *store, const char *name, const char *sentence)
{
  CLEANUP_STORE_LIST struct store_list list = {0};
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  struct suggestion s;

  suggest_init(&s, name);
  if (store_list(store, &list, &why) == 0)
    for (size_t i = 0; i < list.n; i++)
      suggest_offer(&s, list.entries[i].name);
  if (suggest_best(&s))
    cli_error(cli, "%s Did you mean \"%s\"?", sentence, suggest_best(&s));
  else if (list.n)
    cli_error(cli, "%s 'tenon connections list' shows what there is.", sentence);
  else
    cli_error(cli, "%s None is stored yet: 'tenon wizard' makes one.", sentence);
}

struct connection *
cli_connection(struct cli *cli, const char *name, int *ret_status)
{
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  struct connection *c = NULL;
  struct store *store = cli_store(cli);

  if (!store) {
    *ret_status = STATUS_ENVIRONMENT;
    return NULL;
  }
  int e = store_load(store, name, &c, &why);
  if (e == 0)
    return c;
  if (e == -ENOENT)
    no_connection(cli, store, name, buf_text(&why));
  else
    cli_error(cli, "%s", buf_text(&why));
  *ret_status = e == -ENOENT ? STATUS_USAGE : STATUS_ENVIRONMENT;
  return NULL;
}

const tenon_plugin_info *
cli_plugin(struct cli *cli, const char *id)
{
  const tenon_plugin_info *const *list = NULL;
  tenon_context *context = cli_context(cli);
  struct suggestion s;

  if (!context)
    return NULL;
  if (tenon_context_scan(context, &list) < 0) {
    cli_error(cli, "%s", tenon_context_error(context));
    return NULL;
  }
  suggest_init(&s, id);
  for (size_t i = 0; list[i]; i++) {
    const tenon_plugin_info *p = list[i];
    if (p->id && strcmp(p->id, id) == 0 && p->usable)
      return p;
    if (p->id && strcmp(p->id, id) == 0) {
      cli_error(cli, "The plugin \"%s\" (%s) is refused by %s: %s %s", id, p->path,
                p->rule ? p->rule : "a rule", p->detail ? p->detail : "",
                p->remedy ? p->remedy : "");
      return NULL;
    }
    if (p->id && p->usable)
      suggest_offer(&s, p->id);
  }
  if (suggest_best(&s))
    cli_error(cli, "There is no plugin \"%s\". Did you mean \"%s\"?", id, suggest_best(&s));
  else
    cli_error(cli,
              "There is no plugin \"%s\". 'tenon plugin list' shows what is there, 'tenon doctor' "
              "where it was looked for.",
              id);
  return NULL;
}

bool
cli_has_plugin(struct cli *cli, const char *id)
{
  const tenon_plugin_info *const *list = NULL;
  tenon_context *context = cli_context(cli);

  if (!context || tenon_context_scan(context, &list) < 0)
    return false;
  for (size_t i = 0; list[i]; i++)
    if (list[i]->usable && list[i]->id && strcmp(list[i]->id, id) == 0)
      return true;
  return false;
}
