// SPDX-License-Identifier: Apache-2.0
/* Which vault new secrets go to, where a person chose: {"version":1,"use":"sealed"} in the settings' directory. No file:
 * the first that is ready. */
#ifndef CORE_SECRET_VAULT_CHOICE_H
#define CORE_SECRET_VAULT_CHOICE_H

#include "core/secret/vault.h"

#define VAULT_CHOICE_FILE     "vault.json"
#define VAULT_CHOICE_FILE_MAX 4096u

/* *ret: one of the words of vault.h, not to be freed, or NULL when nothing was chosen. dir: $XDG_CONFIG_HOME/tenon. */
int vault_choice_read(const char *dir, const char **ret, struct buf *why) TENON_NODISCARD;
/* word NULL: takes the choice back. */
int vault_choice_write(const char *dir, const char *word, struct buf *why) TENON_NODISCARD;

#endif
