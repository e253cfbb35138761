// SPDX-License-Identifier: Apache-2.0
/* The sealed vault's key: 32 random bytes in a file of mode 0600, as they are or sealed under a passphrase (Argon2id).
 * Changing the passphrase rewrites this one file and no entry. */
#ifndef CORE_SECRET_VAULT_KEY_H
#define CORE_SECRET_VAULT_KEY_H

#include "core/secret/vault.h"

#define VAULT_KEY_FILE     "key.json"
#define VAULT_KEY_FILE_MAX 4096u

/* Reads the key into *ret. -ENOENT: there is none yet. dir_path is for the sentences. */
int vault_key_read(int dir, const char *dir_path, const struct vault_options *o,
                   struct vault_secret *ret, struct buf *why) TENON_NODISCARD;
/* Makes a new one and writes it, unprotected. */
int vault_key_make(int dir, const char *dir_path, struct vault_secret *ret, struct buf *why)
    TENON_NODISCARD;
/* Writes the key under a passphrase, or as it is (NULL). */
int vault_key_write(int dir, const char *dir_path, const struct vault_secret *key,
                    const char *passphrase, struct buf *why) TENON_NODISCARD;
/* Is it under a passphrase? false also when there is no readable key. */
bool vault_key_protected(int dir);

#endif
