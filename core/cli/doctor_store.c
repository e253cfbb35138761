// SPDX-License-Identifier: Apache-2.0
/* tenon doctor, what is stored: each connection, and the vaults. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/cli/doctor.h"
#include "core/secret/vault_kind.h"

static void
say_orphan(struct doctor *d, const struct connection *c)
{
  CLEANUP_FREE char *detail =
      text_printf("needs the connector %s, and no plugin that can be used has it", c->connector);

  doctor_say(d, TENON_FAIL, "doctor.connector", c->name, detail,
             "Mend what is said of the plugins below, or name the connector's directory with "
             "--plugin-dir.");
}

static void
say_connections(struct doctor *d)
{
  CLEANUP_STORE_LIST struct store_list list = {0};
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  struct store *store = cli_store(d->cli);
  struct stat st;

  if (!store)
    return;
  if (store_list(store, &list, &why) < 0) {
    doctor_say(d, TENON_FAIL, "doctor.store", "Connections", store_where(store), buf_text(&why));
    return;
  }
  CLEANUP_FREE char *detail = text_printf("%zu in %s", list.n, store_where(store));
  bool open_to_others = stat(store_where(store), &st) == 0 && (st.st_mode & 077);
  CLEANUP_FREE char *remedy =
      text_printf("Others may read it. Run: `chmod 700 %s`", store_where(store));
  doctor_say(d, open_to_others ? TENON_WARN : TENON_PASS, "doctor.store", "Connections", detail,
             remedy);
  for (size_t i = 0; i < list.n; i++)
    if (!list.entries[i].connection)
      doctor_say(d, TENON_FAIL, "doctor.connection", list.entries[i].name,
                 "cannot be read; the other connections are not touched by it",
                 list.entries[i].why);
    else if (!cli_has_plugin(d->cli, list.entries[i].connection->connector))
      say_orphan(d, list.entries[i].connection);
}

static void
say_vault(struct doctor *d, struct vault *all, const char *word)
{
  CLEANUP_BUF struct buf why = BUF_INIT(VAULT_WHY_MAX);
  struct vault *v = NULL, *chosen = NULL;

  bool is_chosen = vault_of_kind(all, NULL, &chosen, &why) == 0;
  buf_clear(&why);
  int e = vault_of_kind(all, word, &v, &why);
  e = e ? e : vault_ready(v, &why);
  e = e ? e : vault_probe(v, &why);
  is_chosen = is_chosen && v == chosen;
  /* where it lies has said already that there is no session bus, and nobody asked for one */
  bool is_told = e < 0 && e != -ENOTCONN && !is_chosen;
  const char *use = is_chosen ? "; new secrets go here" : "";
  CLEANUP_FREE char *detail =
      !v ? strdup(word)
      : strcmp(word, VAULT_SEALED) != 0
          ? text_printf("%s, %s%s%s%s", vault_name(v), vault_where(v), use, is_told ? ": " : "",
                        is_told ? buf_text(&why) : "")
          : text_printf(
                "%s in %s, %s%s", vault_name(v), vault_where(v),
                vault_needs_passphrase(v) ? "under a passphrase" : "key file, no passphrase", use);
  uint32_t broken = is_chosen || strcmp(word, VAULT_SEALED) == 0 ? TENON_FAIL : TENON_SKIP;
  doctor_say(d, e == 0 ? TENON_PASS : broken, "doctor.vault", "Vault", detail, buf_text(&why));
}

void
doctor_store(struct doctor *d)
{
  struct vault *all = NULL;

  say_connections(d);
  all = cli_vault(d->cli);
  if (!all)
    doctor_say(d, TENON_FAIL, "doctor.vault", "Vault", "the choice of a vault cannot be read",
               "Choose again: `tenon vault use auto`");
  for (size_t i = 0; all && vault_kinds[i]; i++)
    say_vault(d, all, vault_kinds[i]->word);
}
