// SPDX-License-Identifier: Apache-2.0
/* What a kind of vault gives to vault.c: the same calls as vault.h, behind pointers. */
#ifndef CORE_SECRET_VAULT_KIND_H
#define CORE_SECRET_VAULT_KIND_H

#include "core/secret/vault.h"

struct vault_calls {
  const char *word, *name;
  void (*close)(struct vault *);
  const char *(*where)(struct vault *);
  bool (*needs_passphrase)(struct vault *);
  int (*ready)(struct vault *, struct buf *why);
  int (*put)(struct vault *, const char *id, const char *label, const char *bytes, size_t len,
             struct buf *why);
  int (*has)(struct vault *, const char *id, struct buf *why);
  int (*get)(struct vault *, const char *id, struct vault_secret *ret, struct buf *why);
  int (*remove)(struct vault *, const char *id, struct buf *why);
  int (*list)(struct vault *, void (*each)(void *user, const char *id), void *user,
              struct buf *why);
  int (*probe)(struct vault *, struct buf *why);
  int (*protect)(struct vault *, const char *passphrase, struct buf *why);
};

/* The first member of every kind's own struct. */
struct vault {
  const struct vault_calls *calls; /* NULL: it is all kinds together (vault.c) */
};

extern const struct vault_kind vault_kind_secret_service, vault_kind_sealed;

/* A secret of n bytes in locked memory, to be filled; -ENOMEM. */
int vault_secret_make(struct vault_secret *s, size_t n) TENON_NODISCARD;
/* Says the sentence and passes the error on. */
int vault_fail(struct buf *why, int error, const char *fmt, ...) TENON_PRINTF(3, 4);

#endif
