// SPDX-License-Identifier: Apache-2.0
/* tenon doctor, the program: its version, how private it is, its helpers and where it writes. */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/cli/doctor.h"
#include "core/secret/keyring.h"

static void
say_version(struct doctor *d)
{
  struct rlimit core = {0};
  char text[256];

  (void)snprintf(text, sizeof text, "tenon %s, plugin ABI %u.%u%s", TENON_VERSION, TENON_ABI_MAJOR,
                 TENON_ABI_MINOR, d->cli->utf8 ? "" : "; the locale is not UTF-8");
  doctor_say(d, TENON_PASS, "doctor.version", "Version", text, NULL);
  bool dumps = getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur != 0;
  bool dumpable = prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) != 0;
  (void)snprintf(text, sizeof text, "core dumps %s, %s", dumps ? "on" : "off",
                 dumpable ? "can be debugged by this user" : "closed to debuggers of this user");
  doctor_say(d, dumps || dumpable ? TENON_WARN : TENON_PASS, "doctor.memory", "Memory", text,
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

  doctor_say(d, there ? TENON_PASS : missing, id, name, detail,
             there ? NULL
                   : "Install tenon again, or set TENON_LIBEXEC to the directory that holds it.");
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
  doctor_say(d, TENON_FAIL, id, title, detail, remedy);
}

void
doctor_program(struct doctor *d)
{
  say_version(d);
  say_helper(d, "tenon-worker", "doctor.worker", TENON_FAIL);
  say_helper(d, KEYRING_PROGRAM, "doctor.keyring", TENON_SKIP);
  say_helper(d, "tenon-lab", "doctor.lab", TENON_SKIP);
  if (!d->cli->config_dir || !d->cli->data_dir || !d->cli->state_dir) {
    doctor_say(d, TENON_FAIL, "doctor.home", "Home directory",
               "there is none: connections, secrets and history have no place",
               "Set HOME, or XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME.");
    return;
  }
  say_writable(d, "doctor.config_dir", "Settings", d->cli->config_dir);
  say_writable(d, "doctor.data_dir", "Data", d->cli->data_dir);
  say_writable(d, "doctor.state_dir", "History", d->cli->state_dir);
}
