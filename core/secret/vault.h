// SPDX-License-Identifier: Apache-2.0
/* Where secrets rest: a vault holds bytes under ids that the store makes up. The kinds stand in a table (vault_kinds),
 * so that the desktop's Secret Service joins the sealed file later; whoever opens one can say which it is and where. An
 * entry is read into locked memory that is kept out of core dumps, and zeroed when finished. */
#ifndef CORE_SECRET_VAULT_H
#define CORE_SECRET_VAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/cleanup.h"

#define VAULT_ID_MAX         64u        /* [a-z0-9]+ */
#define VAULT_ENTRY_MAX      (1u << 20) /* bytes of one secret */
#define VAULT_ENTRIES_MAX    65536u     /* entries listed */
#define VAULT_PASSPHRASE_MAX 1024u
#define VAULT_WHY_MAX        2048u /* of the sentences for people: BUF_INIT(VAULT_WHY_MAX) */

struct vault;

/* Asks for the passphrase; false: nobody there. The buffer is wiped by the vault. */
typedef bool (*vault_passphrase)(void *user, struct buf *ret);

struct vault_options {
  const char *dir;             /* where the sealed file's parts lie: $XDG_DATA_HOME/tenon/vault */
  vault_passphrase passphrase; /* NULL: a vault that needs one does not open */
  void *user;
};

/* One kind of vault. */
struct vault_kind {
  const char *name; /* "sealed file" */
  bool (*available)(const struct vault_options *);
  int (*open)(const struct vault_options *, struct vault **ret, struct buf *why);
};
extern const struct vault_kind
    *const vault_kinds[]; /* ends with NULL; the first available one is used */

/* Bytes of a secret in locked memory, a NUL behind them that len does not count. */
struct vault_secret {
  char *ptr;
  size_t len;
};
#define VAULT_SECRET_INIT ((struct vault_secret){0})
void vault_secret_finish(struct vault_secret *s);
#define CLEANUP_VAULT_SECRET __attribute__((cleanup(vault_secret_finish)))

/* All of these give 0 or a negative errno value, and then a sentence with the remedy in `why`. Nothing is created on
 * disk before the first put. */
int vault_open(const struct vault_options *o, struct vault **ret, struct buf *why) TENON_NODISCARD;
void vault_close(struct vault *v);
const char *vault_name(const struct vault *v);  /* of its kind */
const char *vault_where(const struct vault *v); /* a path or an address, for people */
bool vault_needs_passphrase(const struct vault *v);

int vault_put(struct vault *v, const char *id, const char *bytes, size_t len, struct buf *why)
    TENON_NODISCARD;
/* -ENOENT: no such entry; -EBADMSG: it was tampered with or damaged. */
int vault_get(struct vault *v, const char *id, struct vault_secret *ret, struct buf *why)
    TENON_NODISCARD;
int vault_remove(struct vault *v, const char *id,
                 struct buf *why); /* an entry that is not there is removed already */
/* Calls back with every id. */
int vault_list(struct vault *v, void (*each)(void *user, const char *id), void *user,
               struct buf *why) TENON_NODISCARD;
/* Can it be read and written? For doctor and before a long dialogue. */
int vault_probe(struct vault *v, struct buf *why) TENON_NODISCARD;
/* Puts the vault's key under a new passphrase, or under none (NULL). Entries stay as they are. */
int vault_protect(struct vault *v, const char *passphrase, struct buf *why) TENON_NODISCARD;

#endif
