// SPDX-License-Identifier: Apache-2.0
/* Where secrets rest: a vault holds bytes under ids that it makes up. There are kinds of it, in a table (vault_kinds):
 * the desktop's Secret Service and the sealed file. vault_open gives all of them at once: new entries go to one of them,
 * and an entry's id says in which it lies, so that a connection stored under one keeps working when new ones go to the
 * other. An entry is read into locked memory that is kept out of core dumps, and zeroed when finished. */
#ifndef CORE_SECRET_VAULT_H
#define CORE_SECRET_VAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/cleanup.h"

#define VAULT_ID_MAX         64u        /* [a-z0-9]+ */
#define VAULT_LABEL_MAX      255u       /* bytes of what an entry is called for people */
#define VAULT_ENTRY_MAX      (1u << 20) /* bytes of one secret */
#define VAULT_ENTRIES_MAX    65536u     /* entries listed */
#define VAULT_PASSPHRASE_MAX 1024u
#define VAULT_WHY_MAX        2048u /* of the sentences for people: BUF_INIT(VAULT_WHY_MAX) */

#define VAULT_SECRET_SERVICE "secret-service"
#define VAULT_SEALED         "sealed"

struct vault;

/* Asks for the passphrase; false: nobody there. The buffer is wiped by the vault. */
typedef bool (*vault_passphrase)(void *user, struct buf *ret);

/* All may be NULL or 0; texts are copied. */
struct vault_options {
  const char *dir;             /* where the sealed file's parts lie: $XDG_DATA_HOME/tenon/vault */
  vault_passphrase passphrase; /* NULL: a vault that needs one does not open */
  void *user;
  const char *use; /* VAULT_...: the kind that new entries go to; NULL: the first that is ready */
  const char *bus; /* the session bus's address; NULL: no desktop */
  const char *runtime; /* $XDG_RUNTIME_DIR, for the desktop's own sockets */
  const char *helper;  /* path of tenon-keyring */
  bool prompts;        /* a person is there whom the desktop may ask to unlock its keyring */
  int interrupt_fd;    /* readable: waiting ends; 0: none */
};

/* One kind of vault. */
struct vault_kind {
  const char *word;   /* VAULT_...: what people type */
  const char *prefix; /* what ids of its entries start with; "" for hexadecimal digits alone */
  int (*open)(const struct vault_options *, struct vault **ret, struct buf *why);
};
extern const struct vault_kind *const vault_kinds[]; /* ends with NULL; in the order of choice */

/* Bytes of a secret in locked memory, a NUL behind them that len does not count. */
struct vault_secret {
  char *ptr;
  size_t len;
};
#define VAULT_SECRET_INIT ((struct vault_secret){0})
void vault_secret_finish(struct vault_secret *s);
int vault_secret_copy(struct vault_secret *ret, const char *bytes, size_t len) TENON_NODISCARD;
#define CLEANUP_VAULT_SECRET __attribute__((cleanup(vault_secret_finish)))

/* All of these give 0 or a negative errno value, and then a sentence with the remedy in `why`. Nothing is created on
 * disk before the first put, and no other program is started before an entry needs it. */
int vault_open(const struct vault_options *o, struct vault **ret, struct buf *why) TENON_NODISCARD;
void vault_close(struct vault *v); /* what vault_open gave; NULL is fine */

/* One kind of an open vault, borrowed from it; it takes every call below. word NULL: the one that new entries go to.
 * -EINVAL: there is no kind of that word; -ENOTSUP: none is ready. */
int vault_of_kind(struct vault *v, const char *word, struct vault **ret, struct buf *why)
    TENON_NODISCARD;
/* The one in which the entry lies, by its id. */
int vault_of_entry(struct vault *v, const char *id, struct vault **ret, struct buf *why)
    TENON_NODISCARD;

/* Of one kind. */
const char *vault_word(const struct vault *v); /* VAULT_... */
const char *vault_name(const struct vault *v); /* "sealed file" */
const char *vault_where(struct vault *v);      /* a path or a keyring, for people */
bool vault_needs_passphrase(
    struct vault *v); /* of all kinds: is it asked for before a sealed entry is read? */
/* May new entries go here? */
int vault_ready(struct vault *v, struct buf *why) TENON_NODISCARD;
/* Can it be read and written? For doctor and before a long dialogue. */
int vault_probe(struct vault *v, struct buf *why) TENON_NODISCARD;
/* Puts the sealed file's key under a new passphrase, or under none (NULL). Entries stay as they are. */
int vault_protect(struct vault *v, const char *passphrase, struct buf *why) TENON_NODISCARD;

/* An id for a new entry: where the entry `like` lies (it need not be there any more), or, NULL, where new ones go. */
int vault_new_id(struct vault *v, const char *like, char ret[static VAULT_ID_MAX + 1],
                 struct buf *why) TENON_NODISCARD;
/* label: what the entry is called for people, where its kind can show that. */
int vault_put(struct vault *v, const char *id, const char *label, const char *bytes, size_t len,
              struct buf *why) TENON_NODISCARD;
/* Is the entry there? -ENOENT: no. Nobody is asked for anything, and a locked vault says what it can see. */
int vault_has(struct vault *v, const char *id, struct buf *why) TENON_NODISCARD;
/* -ENOENT: no such entry; -EBADMSG: it was tampered with or damaged. */
int vault_get(struct vault *v, const char *id, struct vault_secret *ret, struct buf *why)
    TENON_NODISCARD;
int vault_remove(struct vault *v, const char *id,
                 struct buf *why); /* an entry that is not there is removed already */
/* Calls back with every id, of every kind that is ready. */
int vault_list(struct vault *v, void (*each)(void *user, const char *id), void *user,
               struct buf *why) TENON_NODISCARD;

#endif
