// SPDX-License-Identifier: Apache-2.0
/* The program's vault: what the environment says of the desktop, and what a person chose. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/cli/cli.h"
#include "core/secret/keyring.h"
#include "core/secret/vault_choice.h"

static bool
passphrase(void *user, struct buf *ret)
{
  struct cli *cli = user;

  return cli_person(cli) && prompt_secret(cli, "Passphrase of the vault: ", ret);
}

/* The bus's address: as told, else the socket that systemd makes, if it is ours. */
static char *
session_bus(const char *runtime)
{
  const char *told = secure_getenv("DBUS_SESSION_BUS_ADDRESS");
  CLEANUP_FREE char *path = runtime ? text_printf("%s/bus", runtime) : NULL;
  struct stat st;

  if (told && *told)
    return strdup(told);
  return path && stat(path, &st) == 0 && S_ISSOCK(st.st_mode) && st.st_uid == geteuid()
             ? text_printf("unix:path=%s", path)
             : NULL;
}

static int
open_vault(struct cli *cli, const char *use, struct buf *why)
{
  const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
  CLEANUP_FREE char *dir = text_printf("%s/vault", cli->data_dir);
  CLEANUP_FREE char *helper = text_printf("%s/" KEYRING_PROGRAM, cli_libexec_dir(cli));
  runtime = runtime && *runtime == '/' ? runtime : NULL;
  CLEANUP_FREE char *bus = session_bus(runtime);
  const struct vault_options o = {.dir = dir,
                                  .passphrase = passphrase,
                                  .user = cli,
                                  .use = use,
                                  .bus = bus,
                                  .runtime = runtime,
                                  .helper = helper,
                                  .prompts = cli_person(cli),
                                  .interrupt_fd = cli->interrupt_fd};

  return dir ? vault_open(&o, &cli->vault, why) : -1;
}

struct vault *
cli_vault(struct cli *cli)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);
  const char *use = NULL;

  if (!cli->vault &&
      (vault_choice_read(cli->config_dir, &use, &why) < 0 || open_vault(cli, use, &why) < 0))
    cli_error(cli, "%s", buf_text(&why));
  return cli->vault;
}

struct vault *
cli_vault_as(struct cli *cli, const char *use)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);

  vault_close(TAKE_PTR(cli->vault));
  if (open_vault(cli, use, &why) < 0)
    cli_error(cli, "%s", buf_text(&why));
  return cli->vault;
}

char *
cli_vault_place(struct cli *cli, const char *id)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);
  struct vault *v = cli_vault(cli), *one = NULL;

  if (!v || (id ? vault_of_entry(v, id, &one, &why) : vault_of_kind(v, NULL, &one, &why)) < 0)
    return NULL;
  return text_printf("%s, %s", vault_name(one), vault_where(one));
}

void
secret_place_find(struct cli *cli, const char *id, struct secret_place *ret)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);
  struct vault *v = cli_vault(cli), *one = NULL;
  int e = v ? vault_of_entry(v, id, &one, &why) : -ENOENT;

  *ret = (struct secret_place){.state = "not known", .vault = one ? vault_word(one) : ""};
  ret->text = one ? cli_vault_place(cli, id) : NULL;
  if (e == 0) {
    e = vault_has(v, id, &why);
    ret->state = e == 0 ? "set" : e == -ENOENT ? "missing" : "not known";
  }
  ret->why = e < 0 ? strdup(buf_text(&why)) : NULL;
}

void
secret_place_finish(struct secret_place *p)
{
  free(p->text);
  free(p->why);
  *p = (struct secret_place){0};
}
