// SPDX-License-Identifier: Apache-2.0
/* Order: no_new_privs first, since Landlock and seccomp ask for it; seccomp last, since it would stop the others. No
 * RLIMIT_AS (runtimes reserve more than they use) and no RLIMIT_CPU (a bulk run may take days). */
#include "core/worker/sandbox.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

void
sandbox_fact(struct sandbox_facts *f, const char *name, const char *fmt, ...)
{
  va_list ap;
  if (f->n == SANDBOX_FACTS_MAX)
    return;
  va_start(ap, fmt);
  int n = vsnprintf(f->texts[f->n], SANDBOX_FACT_TEXT, fmt, ap);
  va_end(ap);
  size_t len = n < 0 ? 0 : (size_t)n < SANDBOX_FACT_TEXT ? (size_t)n : SANDBOX_FACT_TEXT - 1;
  f->pairs[f->n] = (tenon_pair){name, {f->texts[f->n], len}};
  f->n++;
}

/* Lowers both limits: never above what the process was given. */
static bool
limit(int resource, rlim_t value)
{
  struct rlimit now;
  if (getrlimit((__rlimit_resource_t)resource, &now) != 0)
    return false;
  rlim_t to = now.rlim_max != RLIM_INFINITY && now.rlim_max < value ? now.rlim_max : value;
  return setrlimit((__rlimit_resource_t)resource, &(struct rlimit){to, to}) == 0;
}

static void
limit_all(struct sandbox_facts *f)
{
  bool good = limit(RLIMIT_CORE, 0);
  good = limit(RLIMIT_NOFILE, SANDBOX_FILES_MAX) && good;
  good = limit(RLIMIT_FSIZE, SANDBOX_WRITTEN_MAX) && good;
#ifndef TENON_SANITIZED
  good = limit(RLIMIT_DATA, SANDBOX_DATA_MAX) && good;
#endif
  sandbox_fact(f, "rlimits", "%s", good ? "on" : "in part");
}

void
sandbox_enter(const struct module_file *plugin, struct sandbox_path *paths, size_t n_paths,
              struct sandbox_facts *ret)
{
  sandbox_fact(ret, "profile", "%.80s", plugin->note.needs);
  bool privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  sandbox_fact(ret, "no_new_privs", "%s", privileges ? "on" : "off");
#ifndef TENON_SANITIZED
  sandbox_fact(ret, "not_dumpable", "%s", prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? "on" : "off");
#endif
  limit_all(ret);
  sandbox_landlock(plugin, paths, n_paths, ret);
  sandbox_seccomp(&plugin->note, ret);
}

void
sandbox_none(struct sandbox_facts *ret)
{
  sandbox_fact(ret, "in_process", "no sandbox: the plugin runs inside the host");
}
