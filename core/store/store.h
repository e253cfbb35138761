// SPDX-License-Identifier: Apache-2.0
/* Connections on disk: one JSON file a connection, mode 0600, replaced as a whole, so that kill -9 at any moment leaves
 * the old one or the new one. Secrets are not in it: it holds ids of vault entries. The file's shape is in
 * docs/store.md; members this version does not know survive a rewrite. */
#ifndef CORE_STORE_STORE_H
#define CORE_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/model/check.h"
#include "core/secret/vault.h"
#include "tenon/plugin.h"

#define STORE_VERSION         1
#define STORE_NAME_MAX        64u        /* [a-z0-9][a-z0-9._-]{0,63} */
#define STORE_FILE_MAX        (4u << 20) /* bytes of one connection's file */
#define STORE_CONNECTIONS_MAX 10000u     /* connections listed */
#define STORE_VALUES_MAX      256u       /* answers of one connection */
#define STORE_HISTORY_MAX     (256u << 10) /* bytes of one connection's history: the older half goes */
#define STORE_LOCK_MS         5000         /* longest wait for another writer */
#define STORE_FORMER_MAX      8u           /* former connectors whose answers a connection keeps */
#define STORE_WHY_MAX         2048u /* of the sentences for people: BUF_INIT(STORE_WHY_MAX) */

struct cJSON;

/* ---- one connection ---------------------------------------------------------------------------------------------- */

struct connection_secret {
  char *key;
  char id[VAULT_ID_MAX + 1]; /* of the vault's entry */
};

/* Made by connection_create or store_load; change it with the functions below. Lists are in the order set. */
struct connection {
  char *name, *connector, *connector_version; /* connector: the plugin's id */
  uint32_t schema;                            /* revision of the connector's form */
  uint32_t role;                              /* TENON_SOURCE or TENON_TARGET; 0: not said */
  tenon_pair *values;                         /* fits tenon_settings.values */
  size_t n_values;
  struct connection_secret *secrets;
  size_t n_secrets;
  char created[CLOCK_TEXT_SIZE], changed[CLOCK_TEXT_SIZE]; /* "" until saved */
  char verified[CLOCK_TEXT_SIZE];                          /* "": never */
  char outcome[16]; /* of that verification: "pass" or "fail" */
  /* What connectors that it was swapped away from left behind: their names, schemas, answers and secrets; `changed` says
   * when. Oldest first. */
  struct connection **former;
  size_t n_former;
  struct cJSON *unknown; /* members of newer writers, kept */
};

bool connection_name_valid(const char *name);
struct connection *connection_create(const char *name, const char *connector, const char *version,
                                     uint32_t schema) TENON_NODISCARD; /* NULL: memory */
void connection_destroy(struct connection *c);                         /* NULL is fine */
/* text NULL unsets. false: memory, or more than STORE_VALUES_MAX. */
bool connection_set(struct connection *c, const char *key, const char *text) TENON_NODISCARD;
const char *connection_get(const struct connection *c, const char *key);       /* NULL: not set */
const char *connection_secret_id(const struct connection *c, const char *key); /* NULL: not set */
/* A connector other than before: keeps values, takes over id, version and schema. */
bool connection_connect(struct connection *c, const char *connector, const char *version,
                        uint32_t schema) TENON_NODISCARD;
void connection_verified(struct connection *c, bool passed); /* now */
/* Takes it in behind the other former ones, in the place of one of the same connector; the oldest goes when there are
 * too many. Owns it from now on, also on failure. */
bool connection_add_former(struct connection *c, struct connection *former) TENON_NODISCARD;
/* How many secrets it names, and the n-th of them, those of former connectors behind its own. */
size_t connection_all_secrets(const struct connection *c);
struct connection_secret *connection_any_secret(const struct connection *c, size_t n);
/* What it kept of that connector, or NULL. */
struct connection *connection_former(const struct connection *c, const char *connector);

static inline void
cleanup_connection_(struct connection **c)
{
  connection_destroy(*c);
}
#define CLEANUP_CONNECTION __attribute__((cleanup(cleanup_connection_)))

/* ---- the store --------------------------------------------------------------------------------------------------- */

struct store;

struct store_options {
  const char *config_dir; /* $XDG_CONFIG_HOME/tenon: holds connections/ */
  const char *state_dir;  /* $XDG_STATE_HOME/tenon: holds history/ */
};

/* Touches no disk: directories are made (0700) by the first save. NULL: memory. */
struct store *store_create(const struct store_options *o) TENON_NODISCARD;
void store_destroy(struct store *s);
const char *store_where(const struct store *s); /* the connections' directory */

/* 0 or a negative errno value, then with a sentence that names the file and the remedy in `why`. */

/* -ENOENT: no such connection; -EBADMSG: its file is damaged; -ENOTSUP: a newer tenon wrote it. */
int store_load(struct store *s, const char *name, struct connection **ret, struct buf *why)
    TENON_NODISCARD;

struct store_entry {
  char *name;
  struct connection *connection; /* NULL: cannot be read: why says it */
  char *why;
};
struct store_list {
  struct store_entry *entries; /* sorted by name */
  size_t n;
};
/* All of them, the damaged ones too. No directory is an empty list. */
int store_list(struct store *s, struct store_list *ret, struct buf *why) TENON_NODISCARD;
void store_list_finish(struct store_list *l);
#define CLEANUP_STORE_LIST __attribute__((cleanup(store_list_finish)))

/* Saves it, new or over the old one of that name. `secrets` sets the secrets of their keys (ptr NULL: takes it away);
 * the others stay as they are. Sets created, changed and the secrets' ids in `c`. vault may be NULL when there are no
 * secrets to set. Entries that a crash left behind are collected. create: -EEXIST when the name is taken. */
int store_save(struct store *s, struct vault *vault, struct connection *c,
               const tenon_pair *secrets, size_t n_secrets, bool create, struct buf *why)
    TENON_NODISCARD;
/* A secret to be set; bytes.ptr NULL: it is taken away. */
struct store_slot {
  struct connection *of; /* the connection, or one of its `former` */
  const char *key;
  tenon_text bytes;
};

/* The same as store_save, but nothing of a connection of that name stays, secrets and `former` neither. */
int store_save_whole(struct store *s, struct vault *vault, struct connection *c,
                     const struct store_slot *slots, size_t n, bool create, struct buf *why)
    TENON_NODISCARD;
/* Moves the connection's secrets into the vault that new ones go to now; *ret_n: how many were elsewhere. */
int store_move_secrets(struct store *s, struct vault *vault, const char *name, size_t *ret_n,
                       struct buf *why) TENON_NODISCARD;
/* Notes on disk how a verification came out, now, whatever else changed since it began. */
int store_verified(struct store *s, const char *name, bool passed, struct buf *why) TENON_NODISCARD;
/* Removes the file, then its vault entries, then its history. vault NULL: entries stay behind. */
int store_remove(struct store *s, struct vault *vault, const char *name, struct buf *why)
    TENON_NODISCARD;
/* How many vault entries wait to be removed, since their vault could not be reached; the next change of a connection
 * tries again. */
size_t store_in_doubt(struct store *s);
int store_rename(struct store *s, const char *from, const char *to, struct buf *why)
    TENON_NODISCARD;
/* The bytes of a connection's secret. */
int store_secret(struct vault *vault, const struct connection *c, const char *key,
                 struct vault_secret *ret, struct buf *why) TENON_NODISCARD;

/* ---- swapping: another connector under the same name -------------------------------------------------------------- */

/* Where a secret of the swapped connection comes from. */
#define SWAP_CARRIED 1u /* it has it under that key */
#define SWAP_FORMER  2u /* kept since the connector was left */
#define SWAP_NEW     3u /* bytes */

struct store_swap_secret {
  const char *key;
  uint32_t from;
  tenon_text bytes; /* SWAP_NEW */
};

struct store_swap {
  const char *connector, *version;
  uint32_t schema;
  const tenon_pair *values; /* all answers that it has then */
  size_t n_values;
  const struct store_swap_secret *secrets; /* all secrets likewise */
  size_t n_secrets;
  bool verified, passed; /* was it verified, and how did that come out */
};

/* Puts the connection under another connector, in one write of its file. `seen` is the connection that the swap was
 * thought out for: -ESTALE when it was changed since. What the old connector had and the new one does not take over as
 * it is goes to `former`, vault entries too; what the new one left there before is taken out of it. */
int store_swap(struct store *s, struct vault *vault, const struct connection *seen,
               const struct store_swap *swap, struct buf *why) TENON_NODISCARD;

/* ---- keeping: what plugins keep with it ----------------------------------------------------------------------------- */

/* Is the connection as it is on disk still the one that the secrets were got for? */
struct store_fits {
  bool (*fits)(void *user, const struct connection *disk);
  void *user;
};
/* Sets secrets (ptr NULL: takes them away) of the stored connection of that name, and nothing else of it, whatever was
 * changed since `c` was loaded; then `c` has the ids of all secrets as they are on disk. fits NULL: always. -ENOENT: it
 * is gone; -ESTALE: it does not fit. */
int store_keep(struct store *s, struct vault *vault, struct connection *c,
               const tenon_pair *secrets, size_t n, const struct store_fits *fits, struct buf *why)
    TENON_NODISCARD;
/* Gives `c` the ids of its secrets as they are on disk: another process may have kept newer ones. */
int store_reload_secrets(struct store *s, struct connection *c, struct buf *why) TENON_NODISCARD;

/* ---- history: how verifications came out -------------------------------------------------------------------------- */

/* Appends lines (each one JSON object, without a newline inside, the lines ended by \n) to the connection's history. */
int store_history_append(struct store *s, const char *name, const char *lines, size_t len,
                         struct buf *why) TENON_NODISCARD;
/* All of it; empty when there is none. */
int store_history_read(struct store *s, const char *name, struct buf *ret, struct buf *why)
    TENON_NODISCARD;

#endif
