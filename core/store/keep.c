// SPDX-License-Identifier: Apache-2.0
/* What plugins keep with a stored connection: written the moment it changes, beside whatever else writes the same file.
 * Under the lock the file is read, one secret changed in it and nothing else, and it is written again. */
#include <errno.h>
#include <string.h>

#include "core/store/internal.h"

/* The caller's connection gets the ids that are on disk; its answers stay as it knows them. */
static bool
take_ids(struct connection *c, const struct connection *disk)
{
  while (c->n_secrets)
    free(c->secrets[--c->n_secrets].key);
  for (size_t i = 0; i < disk->n_secrets; i++)
    if (!connection_set_secret(c, disk->secrets[i].key, disk->secrets[i].id))
      return false;
  return true;
}

static int
keep_locked(struct store *s, int dir, struct vault *vault, const char *name,
            const tenon_pair *secrets, size_t n, const struct store_fits *fits,
            struct connection **ret, struct buf *why)
{
  CLEANUP_CONNECTION struct connection *old = NULL, *c = NULL;
  CLEANUP_FREE struct store_slot *slots = calloc(n + 1, sizeof *slots);
  int e = slots ? store_load_at(s, dir, name, &old, why)
                : store_fail(why, -ENOMEM, "Not enough memory to keep a secret.");

  e = e ? e : store_load_at(s, dir, name, &c, why);
  if (e < 0)
    return e;
  if (fits && !fits->fits(fits->user, old))
    return store_fail(why, -ESTALE,
                      "The connection \"%s\" was changed meanwhile, and it was got for how it was "
                      "before.",
                      name);
  for (size_t i = 0; i < n; i++)
    slots[i] = (struct store_slot){c, secrets[i].key, secrets[i].value};
  e = save_locked(s, dir, vault, c, old, slots, n, SAVE_DATED, why);
  if (e == 0)
    *ret = TAKE_PTR(c);
  return e;
}

int
store_keep(struct store *s, struct vault *vault, struct connection *c, const tenon_pair *secrets,
           size_t n, const struct store_fits *fits, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1, lock = -1;
  CLEANUP_CONNECTION struct connection *disk = NULL;
  int e = store_open_for_writing(s, &dir, &lock, why);

  e = e ? e : keep_locked(s, dir, vault, c->name, secrets, n, fits, &disk, why);
  if (e == 0 && !take_ids(c, disk))
    e = store_fail(why, -ENOMEM, "Not enough memory to keep a secret.");
  return e;
}

int
store_reload_secrets(struct store *s, struct connection *c, struct buf *why)
{
  CLEANUP_CONNECTION struct connection *disk = NULL;
  int e = store_load(s, c->name, &disk, why);

  if (e == 0 && !take_ids(c, disk))
    e = store_fail(why, -ENOMEM, "Not enough memory to read \"%s\".", c->name);
  return e;
}
