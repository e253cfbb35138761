// SPDX-License-Identifier: Apache-2.0
/* tenon doctor: what this machine offers, what is in the way, and what mends it. It works with nothing configured and
 * everything broken: each section stands on its own, and none ends the others. */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/cli/cli.h"

struct doctor {
  struct cli *cli;
  struct report *report;
};

static void
say(struct doctor *d, uint32_t state, const char *id, const char *title, const char *detail,
    const char *remedy)
{
  tenon_check c = {.size = sizeof c,
                   .state = state,
                   .level = state == TENON_FAIL ? TENON_LEVEL_REQUIRED : TENON_LEVEL_INFO,
                   .id = id,
                   .title = title,
                   .detail = detail,
                   .remedy = remedy,
                   .cause = state == TENON_FAIL ? TENON_E_CONFIG : TENON_OK};

  (void)report_check(d->report, &c);
}

/* ---- the program ---------------------------------------------------------------------------------------------------- */

static void
say_program(struct doctor *d)
{
  struct rlimit core = {0};
  char text[256];

  (void)snprintf(text, sizeof text, "tenon %s, plugin ABI %u.%u%s", TENON_VERSION, TENON_ABI_MAJOR,
                 TENON_ABI_MINOR, d->cli->utf8 ? "" : "; the locale is not UTF-8");
  say(d, TENON_PASS, "doctor.version", "Version", text, NULL);
  bool dumps = getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur != 0;
  bool dumpable = prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) != 0;
  (void)snprintf(text, sizeof text, "core dumps %s, %s", dumps ? "on" : "off",
                 dumpable ? "can be debugged by this user" : "closed to debuggers of this user");
  say(d, dumps || dumpable ? TENON_WARN : TENON_PASS, "doctor.memory", "Memory", text,
      dumps || dumpable
          ? "Nothing you can do: the kernel refused it. Keep this account to yourself."
          : NULL);
}

/* A program that the others need, beside us. */
static void
say_helper(struct doctor *d, const char *name, const char *id, uint32_t missing)
{
  CLEANUP_FREE char *path = text_printf("%s/%s", cli_libexec_dir(d->cli), name);
  CLEANUP_FREE char *detail =
      path ? text_printf(access(path, X_OK) == 0 ? "%s" : "%s is not there, or cannot be run", path)
           : NULL;
  bool there = path && access(path, X_OK) == 0;

  say(d, there ? TENON_PASS : missing, id, name, detail,
      there ? NULL : "Install tenon again, or set TENON_LIBEXEC to the directory that holds it.");
}

/* ---- store and vault ------------------------------------------------------------------------------------------------ */

static bool
has_plugin(struct doctor *d, const char *connector)
{
  const tenon_plugin_info *const *list = NULL;
  tenon_context *context = cli_context(d->cli);

  if (!context || tenon_context_scan(context, &list) < 0)
    return false;
  for (size_t i = 0; list[i]; i++)
    if (list[i]->usable && list[i]->id && strcmp(list[i]->id, connector) == 0)
      return true;
  return false;
}

static void
say_orphan(struct doctor *d, const struct connection *c)
{
  CLEANUP_FREE char *detail =
      text_printf("needs the connector %s, and no plugin that can be used has it", c->connector);

  say(d, TENON_FAIL, "doctor.connector", c->name, detail,
      "Mend what is said of the plugins below, or name the connector's directory with "
      "--plugin-dir.");
}

static void
say_store(struct doctor *d)
{
  CLEANUP_STORE_LIST struct store_list list = {0};
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  struct store *store = cli_store(d->cli);
  struct stat st;

  if (!store)
    return;
  if (store_list(store, &list, &why) < 0) {
    CLEANUP_FREE char *own = text_printf("See to it that %s is a directory, is yours and is open "
                                         "to you: `ls -ld %s`",
                                         store_where(store), store_where(store));
    say(d, TENON_FAIL, "doctor.store", "Connections", buf_text(&why), own);
    return;
  }
  CLEANUP_FREE char *detail = text_printf("%zu in %s", list.n, store_where(store));
  bool open_to_others = stat(store_where(store), &st) == 0 && (st.st_mode & 077);
  CLEANUP_FREE char *remedy =
      text_printf("Others may read it. Run: `chmod 700 %s`", store_where(store));
  say(d, open_to_others ? TENON_WARN : TENON_PASS, "doctor.store", "Connections", detail,
      open_to_others ? remedy : NULL);
  for (size_t i = 0; i < list.n; i++)
    if (!list.entries[i].connection)
      say(d, TENON_FAIL, "doctor.connection", list.entries[i].name,
          "cannot be read; the other connections are not touched by it", list.entries[i].why);
    else if (!has_plugin(d, list.entries[i].connection->connector))
      say_orphan(d, list.entries[i].connection);
}

/* Where something is to be written one day: the directory itself, or the nearest above it that is there. */
static void
say_writable(struct doctor *d, const char *id, const char *title, const char *path)
{
  CLEANUP_FREE char *at = strdup(path);
  struct stat st = {0};
  char *end;

  while (at && *at && access(at, F_OK) < 0 && errno == ENOENT && (end = strrchr(at, '/')))
    end[end == at] = '\0';
  if (!at || access(at, W_OK | X_OK) == 0)
    return;
  CLEANUP_FREE char *detail =
      text_printf("%s: %s cannot be written to: %s", path, at, strerror(errno));
  CLEANUP_FREE char *remedy =
      stat(at, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid()
          ? text_printf("Run: `chmod u+rwx %s`", at)
          : strdup("Set HOME, or the XDG variable of this directory, to a place that is yours.");
  say(d, TENON_FAIL, id, title, detail, remedy);
}

static void
say_vault(struct doctor *d)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);
  struct vault *all = cli_vault(d->cli), *v = NULL;

  if (!all || vault_of_kind(all, NULL, &v, &why) < 0)
    return;
  CLEANUP_FREE char *detail =
      text_printf("%s in %s, %s", vault_name(v), vault_where(v),
                  vault_needs_passphrase(v) ? "under a passphrase" : "key file, no passphrase");
  if (vault_probe(v, &why) < 0)
    say(d, TENON_FAIL, "doctor.vault", "Vault", detail, buf_text(&why));
  else
    say(d, TENON_PASS, "doctor.vault", "Vault", detail, NULL);
}

/* ---- plugins -------------------------------------------------------------------------------------------------------- */

static void
say_dirs(struct doctor *d)
{
  const char *const *dirs = cli_plugin_dirs(d->cli);

  for (size_t i = 0; dirs[i]; i++) {
    struct stat st;
    bool there = stat(dirs[i], &st) == 0;
    CLEANUP_FREE char *detail = text_printf("%s%s", dirs[i],
                                            there             ? ""
                                            : errno == ENOENT ? " (not there)"
                                                              : " (closed)");
    say(d, there ? TENON_PASS : TENON_SKIP, "doctor.plugin_dir", "Plugin directory", detail, NULL);
  }
}

struct probe {
  bool done;
};

static void
on_event(void *user, tenon_worker *w, const tenon_event *e)
{
  struct probe *p = user;

  (void)w;
  p->done = p->done || e->kind == TENON_EVENT_READY || e->kind == TENON_EVENT_DIED;
}

/* The sandbox is known once a worker has put itself into it. */
static void
say_sandbox(struct doctor *d, const char *id)
{
  struct probe p = {0};
  tenon_worker *w = NULL;

  if (d->cli->in_process || !id) {
    say(d, TENON_SKIP, "doctor.sandbox", "Sandbox",
        id ? "none: --in-process runs plugins in this process"
           : "not tried: there is no plugin to run",
        NULL);
    return;
  }
  if (tenon_worker_create(d->cli->context, id, on_event, &p, &w) < 0) {
    say(d, TENON_FAIL, "doctor.sandbox", "Sandbox", tenon_context_error(d->cli->context),
        "Install tenon again, or set TENON_LIBEXEC to the directory that holds tenon-worker.");
    return;
  }
  while (!p.done && !cli_interrupted(d->cli) && tenon_context_run(d->cli->context, 1000) >= 0)
    ;
  const char *on = tenon_worker_sandbox(w);
  say(d, *on ? TENON_PASS : TENON_WARN, "doctor.sandbox", "Sandbox",
      *on ? on : "the worker did not start, or has no protection on",
      *on ? NULL : "Run 'tenon plugin info' on a plugin to see why.");
  tenon_worker_destroy(w);
}

static void
say_plugins(struct doctor *d)
{
  const tenon_plugin_info *const *list = NULL;
  tenon_context *context = cli_context(d->cli);
  CLEANUP_FREE char *first = NULL;

  say_dirs(d);
  if (!context || tenon_context_scan(context, &list) < 0) {
    say(d, TENON_FAIL, "doctor.plugins", "Plugins",
        context ? tenon_context_error(context) : "the library could not be set up",
        "Correct the directories above.");
    return;
  }
  for (size_t i = 0; list[i]; i++) {
    const tenon_plugin_info *p = list[i];
    CLEANUP_FREE char *detail =
        p->usable
            ? text_printf("%s, %s", p->version, p->path)
            : text_printf("%s: %s %s", p->path, p->rule ? p->rule : "", p->detail ? p->detail : "");
    say(d, p->usable ? TENON_PASS : TENON_WARN,
        p->usable ? "doctor.plugin" : "doctor.plugin_refused", p->id ? p->id : "refused", detail,
        p->usable ? NULL : p->remedy);
    if (p->usable && !first)
      first = strdup(p->id);
  }
  say_sandbox(d, first);
}

/* ---- the network's surroundings ------------------------------------------------------------------------------------- */

/* http://name:password@host -> http://name:...@host */
static char *
mask(const char *url)
{
  const char *from = strstr(url, "://");
  from = from ? from + 3 : url;
  const char *at = memrchr(from, '@', strcspn(from, "/?#"));
  const char *colon = at ? memchr(from, ':', (size_t)(at - from)) : NULL;

  if (!colon)
    return strdup(url);
  return text_printf("%.*s:...%s", (int)(colon - url), url, at);
}

static void
say_proxies(struct doctor *d)
{
  static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                      "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
  bool any = false;

  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = getenv(names[i]);
    CLEANUP_FREE char *masked = value && *value ? mask(value) : NULL;
    if (masked)
      say(d, TENON_PASS, "doctor.proxy", names[i], masked, NULL);
    any = any || masked;
  }
  if (!any)
    say(d, TENON_PASS, "doctor.proxy", "Proxy", "none in the environment", NULL);
}

static int
run(struct cli *cli, const struct args *a)
{
  struct doctor d = {.cli = cli, .report = cli_report(cli)};
  struct report_head head = {0};
  tenon_status cause = TENON_OK;

  if (a->n_words || !d.report) {
    report_destroy(d.report);
    return a->n_words ? args_wrong(cli, a, "'doctor' takes no argument.") : STATUS_ENVIRONMENT;
  }
  (void)report_begin(d.report, &head);
  say_program(&d);
  say_helper(&d, "tenon-worker", "doctor.worker", TENON_FAIL);
  say_helper(&d, "tenon-lab", "doctor.lab", TENON_SKIP);
  say_store(&d);
  say_vault(&d);
  say_writable(&d, "doctor.config_dir", "Settings", cli->config_dir);
  say_writable(&d, "doctor.data_dir", "Data", cli->data_dir);
  say_writable(&d, "doctor.state_dir", "History", cli->state_dir);
  say_proxies(&d);
  say_plugins(&d);
  (void)report_end(d.report, TENON_OK);
  bool passed = report_outcome(d.report, TENON_OK, &cause);
  report_destroy(d.report);
  return passed ? STATUS_PASSED : STATUS_ENVIRONMENT;
}

const struct command cmd_doctor = {
    .name = "doctor",
    .summary = "Say what this machine offers, what is in the way, and what mends it",
    .usage = "[-o FORMAT]",
    .examples = "  tenon doctor\n  tenon doctor -o json > for-the-ticket.json\n",
    .details = "Shows no secret; passwords in proxy variables are masked.\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS | TAKES_HOOKS,
    .formats = "text json jsonl",
    .run = run,
};
