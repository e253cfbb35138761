// SPDX-License-Identifier: Apache-2.0
/* tenon doctor, the plugins: where they are looked for, which are refused and why, and what confines one. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/cli/doctor.h"

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
    doctor_say(d, there ? TENON_PASS : TENON_SKIP, "doctor.plugin_dir", "Plugin directory", detail,
               NULL);
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

  if (d->cli->in_process || !id || !d->facts) {
    doctor_say(d, TENON_SKIP, "doctor.sandbox", "Sandbox",
               !id                  ? "not tried: there is no plugin to run"
               : d->cli->in_process ? "none: --in-process runs plugins in this process"
                                    : "not tried: tenon-worker does not work",
               NULL);
    return;
  }
  if (tenon_worker_create(d->cli->context, id, on_event, &p, &w) < 0) {
    doctor_say(
        d, TENON_FAIL, "doctor.sandbox", "Sandbox", tenon_context_error(d->cli->context),
        "Install tenon again, or set TENON_LIBEXEC to the directory that holds tenon-worker.");
    return;
  }
  while (!p.done && !cli_interrupted(d->cli) && tenon_context_run(d->cli->context, 1000) >= 0)
    ;
  const char *on = tenon_worker_sandbox(w);
  doctor_say(d, *on ? TENON_PASS : TENON_WARN, "doctor.sandbox", "Sandbox",
             *on ? on : "the worker did not start, or has no protection on",
             *on ? NULL : "Run 'tenon plugin info' on a plugin to see why.");
  tenon_worker_destroy(w);
}

void
doctor_plugins(struct doctor *d)
{
  const tenon_plugin_info *const *list = NULL;
  tenon_context *context = cli_context(d->cli);
  CLEANUP_FREE char *first = NULL;

  say_dirs(d);
  if (!context || tenon_context_scan(context, &list) < 0) {
    doctor_say(d, TENON_FAIL, "doctor.plugins", "Plugins",
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
    doctor_say(d, p->usable ? TENON_PASS : TENON_WARN,
               p->usable ? "doctor.plugin" : "doctor.plugin_refused", p->id ? p->id : "refused",
               detail, p->usable ? NULL : p->remedy);
    if (p->usable && !first)
      first = strdup(p->id);
  }
  say_sandbox(d, first);
}
