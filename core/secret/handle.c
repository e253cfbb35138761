// SPDX-License-Identifier: Apache-2.0
/* The table behind tenon_secret. Handles stay valid until the table goes, so a replaced secret is only unlinked from
 * its key; what was revealed is a copy, wiped when the last reveal of it is concealed. */
#include "core/secret/handle.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/secret/memory.h"

struct tenon_secret {
  struct tenon_secret *next;
  char *key;   /* NULL: only its handle finds it */
  char *bytes; /* secret memory, as are the bytes of revealed */
  size_t n;
  char *revealed;
  unsigned reveals;
};

struct secret_table {
  pthread_mutex_t lock;
  struct scrubber *scrubber;
  struct tenon_secret *secrets;
  size_t count;
  unsigned reveals;
};

struct secret_table *
secret_table_create(struct scrubber *scrubber)
{
  struct secret_table *table = calloc(1, sizeof *table);
  if (!table)
    return NULL;
  table->scrubber = scrubber;
  if (pthread_mutex_init(&table->lock, NULL) != 0) {
    free(table);
    return NULL;
  }
  return table;
}

static void
secret_destroy(struct tenon_secret *secret)
{
  secret_memory_free(secret->bytes);
  secret_memory_free(secret->revealed);
  free(secret->key);
  free(secret);
}

void
secret_table_destroy(struct secret_table *table)
{
  if (!table)
    return;
  for (struct tenon_secret *next, *secret = table->secrets; secret; secret = next) {
    next = secret->next;
    secret_destroy(secret);
  }
  (void)pthread_mutex_destroy(&table->lock);
  free(table);
}

static bool
same_key(const char *a, const char *b)
{
  return a == b || (a && b && strcmp(a, b) == 0);
}

static struct tenon_secret *
find_equal_locked(struct secret_table *table, const char *key, const void *bytes, size_t n)
{
  for (struct tenon_secret *secret = table->secrets; secret; secret = secret->next)
    if (same_key(secret->key, key) && secret->n == n && sodium_memcmp(secret->bytes, bytes, n) == 0)
      return secret;
  return NULL;
}

static struct tenon_secret *
find_key_locked(struct secret_table *table, const char *key)
{
  for (struct tenon_secret *secret = table->secrets; secret; secret = secret->next)
    if (secret->key && strcmp(secret->key, key) == 0)
      return secret;
  return NULL;
}

static struct tenon_secret *
secret_create(const char *key, const void *bytes, size_t n)
{
  struct tenon_secret *secret = calloc(1, sizeof *secret);
  if (!secret)
    return NULL;
  secret->n = n;
  secret->bytes = secret_memory_alloc(n + 1);
  secret->key = key ? strdup(key) : NULL;
  if (!secret->bytes || (key && !secret->key)) {
    secret_destroy(secret);
    return NULL;
  }
  if (n > 0)
    memcpy(secret->bytes, bytes, n);
  return secret;
}

int
secret_table_add(struct secret_table *table, const char *key, const void *bytes, size_t n,
                 tenon_secret **ret)
{
  if (n > SECRET_VALUE_MAX || (key && strlen(key) > SECRET_KEY_MAX))
    return -E2BIG;
  LOCK_FOR_SCOPE(&table->lock);
  struct tenon_secret *secret = find_equal_locked(table, key, bytes, n);
  if (secret && (!key || find_key_locked(table, key) == secret)) {
    *ret = secret;
    return 0;
  }
  if (table->count >= SECRET_TABLE_MAX)
    return -ENOSPC;
  /* The scrubber first: from here on the bytes may turn up anywhere. */
  int r = scrubber_add(table->scrubber, bytes, n);
  if (r < 0)
    return r;
  secret = secret_create(key, bytes, n);
  if (!secret)
    return -ENOMEM;
  secret->next = table->secrets; /* in front: a key finds the newest */
  table->secrets = secret;
  table->count++;
  *ret = secret;
  return 0;
}

tenon_secret *
secret_table_find(struct secret_table *table, const char *key)
{
  LOCK_FOR_SCOPE(&table->lock);
  return find_key_locked(table, key);
}

const char *
secret_key(const tenon_secret *secret)
{
  return secret->key;
}

static bool
owns_locked(const struct secret_table *table, const tenon_secret *secret)
{
  for (const struct tenon_secret *ours = table->secrets; ours; ours = ours->next)
    if (ours == secret)
      return true;
  return false;
}

bool
secret_table_owns(struct secret_table *table, const tenon_secret *secret)
{
  LOCK_FOR_SCOPE(&table->lock);
  return owns_locked(table, secret);
}

tenon_status
secret_table_reveal(struct secret_table *table, tenon_secret *secret, tenon_text *ret)
{
  LOCK_FOR_SCOPE(&table->lock);
  if (!owns_locked(table, secret))
    return TENON_E_CONFIG;
  if (table->reveals >= SECRET_REVEALED_MAX)
    return TENON_E_TRANSIENT;
  if (!secret->revealed) {
    secret->revealed = secret_memory_alloc(secret->n + 1);
    if (!secret->revealed)
      return TENON_E_NOMEM;
  }
  if (secret->reveals++ == 0)
    memcpy(secret->revealed, secret->bytes, secret->n);
  table->reveals++;
  *ret = (tenon_text){secret->revealed, secret->n};
  return TENON_OK;
}

/* The mapping stays until the table goes: a stale pointer reads zeros, it does not crash the worker. */
static void
conceal_locked(struct tenon_secret *secret)
{
  secret_memory_wipe(secret->revealed, secret->n);
}

void
secret_table_conceal(struct secret_table *table, tenon_secret *secret)
{
  LOCK_FOR_SCOPE(&table->lock);
  if (!owns_locked(table, secret) || secret->reveals == 0)
    return;
  table->reveals--;
  if (--secret->reveals == 0)
    conceal_locked(secret);
}

unsigned
secret_table_conceal_all(struct secret_table *table)
{
  LOCK_FOR_SCOPE(&table->lock);
  unsigned open = table->reveals;
  for (struct tenon_secret *secret = table->secrets; secret; secret = secret->next) {
    if (secret->reveals > 0)
      conceal_locked(secret);
    secret->reveals = 0;
  }
  table->reveals = 0;
  return open;
}

tenon_text
secret_plaintext(const tenon_secret *secret)
{
  return (tenon_text){secret->bytes, secret->n};
}
