// SPDX-License-Identifier: Apache-2.0
/* A connection that was swapped keeps what the connector it left had and the new one has no use for, so that it can go
 * back without a question. Swapping is one write of the file, like every other save. */
#include <errno.h>
#include <string.h>

#include "core/store/internal.h"

struct connection *
connection_former(const struct connection *c, const char *connector)
{
  for (size_t i = 0; i < c->n_former; i++)
    if (strcmp(c->former[i]->connector, connector) == 0)
      return c->former[i];
  return NULL;
}

struct connection *
connection_take_former(struct connection *c, const char *connector)
{
  for (size_t i = 0; i < c->n_former; i++) {
    struct connection *found = c->former[i];
    if (strcmp(found->connector, connector) != 0)
      continue;
    c->n_former--;
    memmove(&c->former[i], &c->former[i + 1], (c->n_former - i) * sizeof(void *));
    return found;
  }
  return NULL;
}

bool
connection_add_former(struct connection *c, struct connection *former)
{
  CLEANUP_CONNECTION struct connection *owned = former;

  connection_destroy(connection_take_former(c, former->connector));
  if (c->n_former == STORE_FORMER_MAX)
    connection_destroy(connection_take_former(c, c->former[0]->connector));
  struct connection **list =
      realloc(c->former, (c->n_former + 1) * sizeof *list); /* it never shrinks */
  if (!list)
    return false;
  c->former = list;
  list[c->n_former++] = TAKE_PTR(owned);
  return true;
}

/* ---- secrets of all of it ------------------------------------------------------------------------------------------- */

size_t
connection_all_secrets(const struct connection *c)
{
  size_t n = c->n_secrets;

  for (size_t i = 0; i < c->n_former; i++)
    n += c->former[i]->n_secrets;
  return n;
}

struct connection_secret *
connection_any_secret(const struct connection *c, size_t n)
{
  if (n < c->n_secrets)
    return &c->secrets[n];
  n -= c->n_secrets;
  size_t i = 0;
  while (n >= c->former[i]->n_secrets)
    n -= c->former[i++]->n_secrets;
  return &c->former[i]->secrets[n];
}

bool
connection_holds(const struct connection *c, const char *id)
{
  for (size_t i = 0; i < connection_all_secrets(c); i++)
    if (strcmp(connection_any_secret(c, i)->id, id) == 0)
      return true;
  return false;
}

/* ---- swapping ------------------------------------------------------------------------------------------------------- */

static bool
same_values(const struct connection *a, const struct connection *b)
{
  if (a->n_values != b->n_values || strcmp(a->connector, b->connector) != 0)
    return false;
  for (size_t i = 0; i < a->n_values; i++) {
    const char *other = connection_get(b, a->values[i].key);
    if (!other || strcmp(other, a->values[i].value.ptr) != 0)
      return false;
  }
  return true;
}

static const tenon_pair *
value_of(const struct store_swap *swap, const char *key)
{
  for (size_t i = 0; i < swap->n_values; i++)
    if (strcmp(swap->values[i].key, key) == 0)
      return &swap->values[i];
  return NULL;
}

static bool
is_carried(const struct store_swap *swap, const char *key)
{
  for (size_t i = 0; i < swap->n_secrets; i++)
    if (strcmp(swap->secrets[i].key, key) == 0)
      return swap->secrets[i].from == SWAP_CARRIED;
  return false;
}

/* What the old connector had and the new one does not take over as it is. NULL: memory. */
static struct connection *
leave(const struct connection *c, const struct store_swap *swap)
{
  CLEANUP_CONNECTION struct connection *left =
      connection_create(c->name, c->connector, c->connector_version, c->schema);
  bool ok = left;

  for (size_t i = 0; ok && i < c->n_values; i++) {
    const tenon_pair *p = value_of(swap, c->values[i].key);
    if (!p || strcmp(p->value.ptr, c->values[i].value.ptr) != 0)
      ok = connection_set(left, c->values[i].key, c->values[i].value.ptr);
  }
  for (size_t i = 0; ok && i < c->n_secrets; i++)
    if (!is_carried(swap, c->secrets[i].key))
      ok = connection_set_secret(left, c->secrets[i].key, c->secrets[i].id);
  if (!ok)
    return NULL;
  clock_text(left->changed);
  return TAKE_PTR(left);
}

static bool
take_values(struct connection *c, const struct store_swap *swap)
{
  while (c->n_values) {
    CLEANUP_FREE char *key = strdup(c->values[c->n_values - 1].key);
    if (!key || !connection_set(c, key, NULL))
      return false;
  }
  for (size_t i = 0; i < swap->n_values; i++)
    if (!connection_set(c, swap->values[i].key, swap->values[i].value.ptr))
      return false;
  return true;
}

/* Leaves c with the secrets that are there already; those that are new come as slots. */
static int
take_secrets(struct connection *c, const struct connection *old, const struct connection *back,
             const struct store_swap *swap, struct buf *why)
{
  while (c->n_secrets)
    free(c->secrets[--c->n_secrets].key);
  for (size_t i = 0; i < swap->n_secrets; i++) {
    const struct store_swap_secret *secret = &swap->secrets[i];
    if (secret->from == SWAP_NEW)
      continue;
    const struct connection *from = secret->from == SWAP_CARRIED ? old : back;
    const char *id = from ? connection_secret_id(from, secret->key) : NULL;
    if (!id)
      return store_fail(why, -ESTALE, "The secret \"%s\" of \"%s\" is not there any more.",
                        secret->key, c->name);
    if (!connection_set_secret(c, secret->key, id))
      return store_fail(why, -ENOMEM, "Not enough memory to swap \"%s\".", c->name);
  }
  return 0;
}

static int
change_over(struct connection *c, const struct connection *old, const struct store_swap *swap,
            struct buf *why)
{
  CLEANUP_CONNECTION struct connection *back = connection_take_former(c, swap->connector);
  struct connection *left = leave(old, swap);
  int e = take_secrets(c, old, back, swap, why);

  if (e < 0) {
    connection_destroy(left);
    return e;
  }
  if (!left || !connection_add_former(c, left) || !take_values(c, swap) ||
      !connection_connect(c, swap->connector, swap->version, swap->schema))
    return store_fail(why, -ENOMEM, "Not enough memory to swap \"%s\".", c->name);
  c->verified[0] = c->outcome[0] = '\0';
  if (swap->verified)
    connection_verified(c, swap->passed);
  return 0;
}

static int
swap_locked(struct store *s, int dir, struct vault *vault, const struct connection *seen,
            const struct store_swap *swap, struct buf *why)
{
  CLEANUP_CONNECTION struct connection *old = NULL, *c = NULL;
  CLEANUP_FREE struct store_slot *slots = calloc(swap->n_secrets + 1, sizeof *slots);
  size_t n = 0;
  int e = slots ? store_load_at(s, dir, seen->name, &old, why) : -ENOMEM;

  e = e ? e : store_load_at(s, dir, seen->name, &c, why);
  if (e == 0 && !same_values(old, seen))
    return store_fail(why, -ESTALE,
                      "The connection \"%s\" was changed while the swap was under way. Swap again.",
                      seen->name);
  e = e ? e : change_over(c, old, swap, why);
  if (e < 0)
    return e;
  for (size_t i = 0; i < swap->n_secrets; i++)
    if (swap->secrets[i].from == SWAP_NEW)
      slots[n++] = (struct store_slot){c, swap->secrets[i].key, swap->secrets[i].bytes};
  return save_locked(s, dir, vault, c, old, slots, n, 0, why);
}

int
store_swap(struct store *s, struct vault *vault, const struct connection *seen,
           const struct store_swap *swap, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1, lock = -1;
  int e = store_open_for_writing(s, &dir, &lock, why);

  return e ? e : swap_locked(s, dir, vault, seen, swap, why);
}
