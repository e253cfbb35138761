// SPDX-License-Identifier: Apache-2.0
/* The secrets of one session, and the handles by which plugins name them. A plugin gets a tenon_secret, which says
 * nothing; core/http puts the plaintext where it belongs. reveal hands out a copy that is wiped on conceal, so that a
 * pointer kept too long shows zeros. Every secret that comes in here is told to the scrubber first.
 * All functions lock; any thread may call them. */
#ifndef CORE_SECRET_HANDLE_H
#define CORE_SECRET_HANDLE_H

#include <tenon/plugin.h>

#include <stdbool.h>
#include <stddef.h>

#include "core/secret/scrub.h"

#define SECRET_TABLE_MAX    1024u  /* handles of a session */
#define SECRET_VALUE_MAX    65536u /* bytes of one secret */
#define SECRET_KEY_MAX      255u   /* bytes of its key */
#define SECRET_REVEALED_MAX 8u     /* plaintexts handed out at a time */

struct secret_table;

/* The scrubber is borrowed and must outlive the table. NULL: no memory. */
TENON_NODISCARD struct secret_table *secret_table_create(struct scrubber *);
/* Wipes everything; every handle and revealed text is dead afterwards. NULL is fine. */
void secret_table_destroy(struct secret_table *);

/* Adds n bytes, copied. key: the field's key or what keep() named it, or NULL for one that only its handle finds. A key
 * that is there already now finds the new bytes; handles of the old ones stay valid. Equal bytes under the same key (or
 * none) give the same handle. 0, -ENOMEM, -E2BIG, -ENOSPC. */
TENON_NODISCARD int secret_table_add(struct secret_table *, const char *key, const void *bytes,
                                     size_t n, tenon_secret **ret);
/* The handle under this key, or NULL. */
TENON_NODISCARD tenon_secret *secret_table_find(struct secret_table *, const char *key);
/* The key it was added under, for the life of the table; NULL: none. */
const char *secret_key(const tenon_secret *);
/* Is it one of ours? Plugins hand in pointers. */
TENON_NODISCARD bool secret_table_owns(struct secret_table *, const tenon_secret *);

/* tenon_host.reveal and .conceal: TENON_OK, TENON_E_CONFIG (not a handle of this table), TENON_E_TRANSIENT (8 are
 * revealed), TENON_E_NOMEM. Text has a NUL behind it. Reveals of one secret are counted and share the text. */
TENON_NODISCARD tenon_status secret_table_reveal(struct secret_table *, tenon_secret *,
                                                 tenon_text *ret);
void secret_table_conceal(struct secret_table *, tenon_secret *);
/* When a hook returns: conceals what was not; gives how many that were. */
unsigned secret_table_conceal_all(struct secret_table *);

/* For core/http and the worker (keep over the wire) only: the bytes, in secret memory, NUL behind them, for the life of
 * the table. */
tenon_text secret_plaintext(const tenon_secret *);

#endif
