// SPDX-License-Identifier: Apache-2.0
/* Plugins: TENON_PLUGIN_PATH (a build tree's, or a developer's), the installed directory, the person's own, --plugin-dir.
 * The two variables count only where the program runs with the rights of who called it (secure_getenv). */
#include "core/cli/dirs.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

static char *
home_dir(void)
{
  const char *home = getenv("HOME");

  if (home && *home == '/')
    return strdup(home);
  const struct passwd *pw = getpwuid(geteuid()); /* one thread, before any other */
  return pw && pw->pw_dir && *pw->pw_dir == '/' ? strdup(pw->pw_dir) : NULL;
}

/* The XDG specification: a relative path is as if unset. */
static char *
xdg_dir(const char *variable, const char *home, const char *fallback)
{
  const char *set = getenv(variable);

  if (set && *set == '/')
    return text_printf("%s/tenon", set);
  return home ? text_printf("%s/%s/tenon", home, fallback) : NULL;
}

int
dirs_init(struct cli *cli)
{
  CLEANUP_FREE char *home = home_dir();

  cli->config_dir = xdg_dir("XDG_CONFIG_HOME", home, ".config");
  cli->data_dir = xdg_dir("XDG_DATA_HOME", home, ".local/share");
  cli->state_dir = xdg_dir("XDG_STATE_HOME", home, ".local/state");
  if (cli->config_dir && cli->data_dir && cli->state_dir)
    return 0;
  free(TAKE_PTR(cli->config_dir)); /* all or none */
  free(TAKE_PTR(cli->data_dir));
  free(TAKE_PTR(cli->state_dir));
  return -ENOENT;
}

static void
add(struct cli *cli, const char **dirs, size_t *n, const char *dir)
{
  (void)cli;
  if (*n < 2 * CLI_PLUGIN_DIRS_MAX && dir && *dir)
    dirs[(*n)++] = dir;
}

const char *const *
cli_plugin_dirs(struct cli *cli)
{
  static const char *dirs[2 * CLI_PLUGIN_DIRS_MAX + 1]; /* one program, one list */
  static size_t n;

  if (n)
    return dirs;
  const char *path = secure_getenv("TENON_PLUGIN_PATH");
  char *copy = path ? strdup(path) : NULL; /* lives as long as the program */
  char *rest = copy;
  for (char *dir = rest ? strsep(&rest, ":") : NULL; dir && n < CLI_PLUGIN_DIRS_MAX;
       dir = strsep(&rest, ":"))
    add(cli, dirs, &n, dir);
  add(cli, dirs, &n, TENON_PLUGIN_DIR);
  if (cli->data_dir)
    add(cli, dirs, &n, text_printf("%s/plugins", cli->data_dir));
  for (size_t i = 0; i < cli->n_plugin_dirs; i++)
    add(cli, dirs, &n, cli->plugin_dirs[i]);
  return dirs;
}

const char *
cli_libexec_dir(struct cli *cli)
{
  const char *dir = secure_getenv("TENON_LIBEXEC");

  (void)cli;
  return dir && *dir ? dir : TENON_LIBEXEC_DIR;
}
