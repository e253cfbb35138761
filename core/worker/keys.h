// SPDX-License-Identifier: Apache-2.0
/* Three name spaces in one table of secrets: fields, what keep() kept, and what is the host's own. */
#ifndef CORE_WORKER_KEYS_H
#define CORE_WORKER_KEYS_H

#include <stdbool.h>
#include <stdio.h>

#include "core/secret/handle.h"

#define KEYS_FIELD "field:"
#define KEYS_KEPT  "kept:"
#define KEYS_HOST  "host:"
#define KEYS_SIZE  (SECRET_KEY_MAX + 1u)

static inline bool
keys_join(char out[static KEYS_SIZE], const char *space, const char *key)
{
  int n = snprintf(out, KEYS_SIZE, "%s%s", space, key);
  return n > 0 && (size_t)n < KEYS_SIZE;
}

#endif
