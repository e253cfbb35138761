// SPDX-License-Identifier: Apache-2.0
/* What the store's files share. */
#ifndef CORE_STORE_INTERNAL_H
#define CORE_STORE_INTERNAL_H

#include "core/store/store.h"

#define CONNECTION_SUFFIX  ".json"
#define CONNECTION_FILE    (STORE_NAME_MAX + sizeof CONNECTION_SUFFIX)
#define STORE_LOCK_NAME    ".lock"
#define STORE_PENDING_NAME ".pending.json"
#define STORE_PENDING_MAX  (256u << 10) /* bytes of the list of entries in doubt */

struct store {
  char *connections_dir, *history_dir;
};

/* Says the sentence and passes the error on. */
int store_fail(struct buf *why, int error, const char *fmt, ...) TENON_PRINTF(3, 4);
/* "NAME.json" */
void store_file_name(char ret[static CONNECTION_FILE], const char *name);
/* id NULL takes the secret away. false: memory, or no id. */
bool connection_set_secret(struct connection *c, const char *key, const char *id) TENON_NODISCARD;
/* Does it name the vault's entry, for itself or for a former connector? */
bool connection_holds(const struct connection *c, const char *id);
/* Takes it out; NULL: there is none. */
struct connection *connection_take_former(struct connection *c, const char *connector)
    TENON_NODISCARD;

/* Loads through a directory that is open. */
int store_load_at(struct store *s, int dir, const char *name, struct connection **ret,
                  struct buf *why) TENON_NODISCARD;

/* The directory, if it is ours alone to write. -ENOENT is not said. */
int store_open_dir(struct store *s, int *ret_dir, struct buf *why) TENON_NODISCARD;
/* The directory (made) and the writers' lock. */
int store_open_for_writing(struct store *s, int *ret_dir, int *ret_lock, struct buf *why)
    TENON_NODISCARD;

/* Vault entries in doubt (pending.c): written down before a save touches the vault, so that whoever comes after a crash
 * knows which entries to look at; nobody else's entries are ever touched. */
/* Adds ids of that connection to the list on disk. */
int pending_add(struct store *s, int dir, const char *name, const char *const *ids, size_t n,
                struct buf *why) TENON_NODISCARD;
/* Removes from the vault the listed entries that no connection names, and the list when nothing is left in
 * doubt. Failures leave the list for the next time. */
void pending_collect(struct store *s, int dir, struct vault *vault);

/* ---- writing (save.c) ---------------------------------------------------------------------------------------------- */

/* Saves under the lock. Entries that `old` names and `c` does not are dropped. how: SAVE_... */
int save_locked(struct store *s, int dir, struct vault *vault, struct connection *c,
                const struct connection *old, const struct store_slot *slots, size_t n,
                uint32_t how, struct buf *why) TENON_NODISCARD;

#define SAVE_CREATE (1u << 0)
#define SAVE_WHOLE  (1u << 1) /* nothing of what is on disk stays */
/* New entries go where new ones go now, not where the connection's others lie. */
#define SAVE_MOVE  (1u << 2)
#define SAVE_DATED (1u << 3) /* it keeps the date of its last change: no person made this one */

#endif
