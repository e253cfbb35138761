// SPDX-License-Identifier: Apache-2.0
/* Writing, under the writers' lock. The order keeps every moment good: entries in doubt are written down, new vault
 * entries made, the connection's file replaced, entries no longer named dropped. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/store/internal.h"
#include "core/store/shape.h"

int
store_open_for_writing(struct store *s, int *ret_dir, int *ret_lock, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1;
  int e = dir_make(s->connections_dir);

  if (e < 0)
    return store_fail(why, e, "%s cannot be made: %s.", s->connections_dir, strerror(-e));
  e = store_open_dir(s, &dir, why);
  if (e < 0)
    return e;
  e = dir_lock(dir, STORE_LOCK_NAME, STORE_LOCK_MS, ret_lock);
  if (e < 0)
    return store_fail(why, e, "%s cannot be locked: %s.", s->connections_dir,
                      e == -EBUSY ? "another tenon is writing; try again" : strerror(-e));
  dir_sweep(dir);
  *ret_dir = TAKE_FD(dir);
  return 0;
}

/* ---- secrets of a connection ---------------------------------------------------------------------------------------- */

static struct connection_secret *
find_secret(struct connection *c, const char *key)
{
  for (size_t i = 0; i < c->n_secrets; i++)
    if (strcmp(c->secrets[i].key, key) == 0)
      return &c->secrets[i];
  return NULL;
}

static void
drop_secret(struct connection *c, struct connection_secret *found)
{
  free(found->key);
  *found = c->secrets[--c->n_secrets];
}

bool
connection_set_secret(struct connection *c, const char *key, const char *id)
{
  struct connection_secret *found = find_secret(c, key);

  if (!id) {
    if (found)
      drop_secret(c, found);
    return true;
  }
  if (strlen(id) > VAULT_ID_MAX || strlen(id) == 0)
    return false;
  if (!found) {
    struct connection_secret *secrets =
        c->n_secrets < STORE_VALUES_MAX ? realloc(c->secrets, (c->n_secrets + 1) * sizeof *secrets)
                                        : NULL;
    if (!secrets)
      return false;
    c->secrets = secrets;
    char *copy = strdup(key);
    if (!copy)
      return false;
    found = &secrets[c->n_secrets++];
    found->key = copy;
  }
  (void)snprintf(found->id, sizeof found->id, "%s", id);
  return true;
}

int
store_secret(struct vault *vault, const struct connection *c, const char *key,
             struct vault_secret *ret, struct buf *why)
{
  const char *id = connection_secret_id(c, key);

  if (!id)
    return store_fail(why, -ENOENT, "The connection \"%s\" has no secret \"%s\".", c->name, key);
  return vault_get(vault, id, ret, why);
}

/* ---- saving ----------------------------------------------------------------------------------------------------------- */

/* What one save does to the vault. */
struct change {
  char (*ids)[VAULT_ID_MAX + 1]; /* of the new entries, "" where one is taken away; one a slot */
  const char **doubt;            /* ids that a crash leaves in doubt: new and old */
  size_t n_doubt;
};

static void
change_finish(struct change *change)
{
  free(change->ids);
  free(change->doubt);
}

/* New entries go where the connection's others lie, so that whoever runs it unattended finds them all; `move`: where new
 * ones go now. */
static int
make_ids(struct change *change, struct vault *vault, const struct connection *old,
         const struct store_slot *slots, size_t n, bool move, struct buf *why)
{
  size_t n_old = old ? connection_all_secrets(old) : 0;
  const char *like = n_old && !move ? connection_any_secret(old, 0)->id : NULL;

  change->ids = calloc(n + 1, sizeof *change->ids);
  change->doubt = calloc(n + n_old + 1, sizeof *change->doubt);
  if (!change->ids || !change->doubt)
    return store_fail(why, -ENOMEM, "Not enough memory to save the connection.");
  for (size_t i = 0; i < n; i++) {
    int e = slots[i].bytes.ptr ? vault_new_id(vault, like, change->ids[i], why) : 0;
    if (e < 0)
      return e;
    if (slots[i].bytes.ptr)
      change->doubt[change->n_doubt++] = change->ids[i];
  }
  return 0;
}

static int
put_entries(const struct change *change, struct vault *vault, const char *name,
            const struct store_slot *slots, size_t n, struct buf *why)
{
  for (size_t i = 0; i < n; i++) {
    const tenon_text *t = &slots[i].bytes;
    char label[VAULT_LABEL_MAX + 1];
    (void)snprintf(label, sizeof label, "tenon %s: %s", name, slots[i].key);
    int e = t->ptr ? vault_put(vault, change->ids[i], label, t->ptr, t->len, why) : 0;
    if (e < 0)
      return e;
  }
  return 0;
}

static int
write_file(struct store *s, int dir, const struct connection *c, struct buf *why)
{
  CLEANUP_BUF struct buf text = BUF_INIT(STORE_FILE_MAX);
  char file[CONNECTION_FILE];

  if (!connection_write(c, &text))
    return store_fail(why, buf_failed(&text) ? -EFBIG : -ENOMEM,
                      "The connection \"%s\" does not fit into %u bytes.", c->name, STORE_FILE_MAX);
  store_file_name(file, c->name);
  int e = file_replace(dir, file, text.ptr, text.len);
  if (e < 0)
    return store_fail(why, e, "%s/%s cannot be written: %s.", s->connections_dir, file,
                      strerror(-e));
  return 0;
}

/* The connection names the new entries, and those that it named and does not any more are in doubt from now on. */
static int
name_entries(struct connection *c, const struct connection *old, struct change *change,
             const struct store_slot *slots, size_t n, struct buf *why)
{
  for (size_t i = 0; i < n; i++)
    if (!connection_set_secret(slots[i].of, slots[i].key,
                               slots[i].bytes.ptr ? change->ids[i] : NULL))
      return store_fail(why, -ENOMEM, "The connection \"%s\" has too many secrets.", c->name);
  for (size_t i = 0; old && i < connection_all_secrets(old); i++)
    if (!connection_holds(c, connection_any_secret(old, i)->id))
      change->doubt[change->n_doubt++] = connection_any_secret(old, i)->id;
  return 0;
}

int
save_locked(struct store *s, int dir, struct vault *vault, struct connection *c,
            const struct connection *old, const struct store_slot *slots, size_t n, uint32_t how,
            struct buf *why)
{
  __attribute__((cleanup(change_finish))) struct change change = {0};

  int e = make_ids(&change, vault, old, slots, n, how & SAVE_MOVE, why);
  e = e ? e : name_entries(c, old, &change, slots, n, why);
  if (e == 0 && change.n_doubt)
    e = pending_add(s, dir, c->name, change.doubt, change.n_doubt, why);
  if (e == 0)
    e = put_entries(&change, vault, c->name, slots, n, why);
  if (e == 0) {
    if (!(how & SAVE_DATED))
      clock_text(c->changed);
    if (!*c->created)
      memcpy(c->created, c->changed, sizeof c->created);
    e = write_file(s, dir, c, why);
  }
  pending_collect(s, dir, vault);
  return e;
}

/* Another process may have replaced secrets since `c` was loaded, or swapped: the ids on disk are the living ones. */
static bool
adopt_ids(struct connection *c, struct connection *old)
{
  for (size_t i = 0; old && i < old->n_secrets; i++)
    if (!connection_set_secret(c, old->secrets[i].key, old->secrets[i].id))
      return false;
  return true;
}

/* What former connectors left is changed by a swap and an import only. */
static int
adopt_former(struct connection *c, const char *name, struct store *s, int dir, struct buf *why)
{
  CLEANUP_CONNECTION struct connection *disk = NULL;
  int e = store_load_at(s, dir, name, &disk, why);

  if (e == 0) {
    struct connection **mine = c->former;
    size_t n = c->n_former;
    c->former = disk->former, c->n_former = disk->n_former;
    disk->former = mine, disk->n_former = n;
  }
  return e;
}

static int
save_named(struct store *s, struct vault *vault, struct connection *c,
           const struct store_slot *slots, size_t n, uint32_t how, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1, lock = -1;
  CLEANUP_CONNECTION struct connection *old = NULL;
  CLEANUP_BUF struct buf old_why = BUF_INIT(STORE_WHY_MAX);

  if (!connection_name_valid(c->name))
    return store_fail(
        why, -EINVAL,
        "\"%s\" cannot be a connection's name: lower-case letters, digits, '.', '_' and "
        "'-', at most %u, starting with a letter or digit.",
        c->name, STORE_NAME_MAX);
  if (n && !vault)
    return store_fail(why, -EINVAL, "There is no vault for the secrets of \"%s\".", c->name);
  int e = store_open_for_writing(s, &dir, &lock, why);
  if (e < 0)
    return e;
  e = store_load_at(s, dir, c->name, &old, &old_why);
  if ((how & SAVE_CREATE) && e != -ENOENT)
    return store_fail(
        why, -EEXIST,
        "There is a connection \"%s\" already. Choose another name, or change it with "
        "`tenon wizard %s`.",
        c->name, c->name);
  if (e == -ENOTSUP || e == -EPERM)
    return store_fail(why, e, "%s", buf_text(&old_why));
  if (!(how & SAVE_WHOLE) && !adopt_ids(c, old))
    return store_fail(why, -ENOMEM, "Not enough memory to save \"%s\".", c->name);
  e = old && !(how & SAVE_WHOLE) && (old->n_former || c->n_former)
          ? adopt_former(c, c->name, s, dir, why)
          : 0;
  return e ? e : save_locked(s, dir, vault, c, old, slots, n, 0, why);
}

int
store_save(struct store *s, struct vault *vault, struct connection *c, const tenon_pair *secrets,
           size_t n_secrets, bool create, struct buf *why)
{
  CLEANUP_FREE struct store_slot *slots = calloc(n_secrets + 1, sizeof *slots);

  if (!slots)
    return store_fail(why, -ENOMEM, "Not enough memory to save \"%s\".", c->name);
  for (size_t i = 0; i < n_secrets; i++)
    slots[i] = (struct store_slot){c, secrets[i].key, secrets[i].value};
  return save_named(s, vault, c, slots, n_secrets, create ? SAVE_CREATE : 0, why);
}

int
store_save_whole(struct store *s, struct vault *vault, struct connection *c,
                 const struct store_slot *slots, size_t n, bool create, struct buf *why)
{
  return save_named(s, vault, c, slots, n, SAVE_WHOLE | (create ? SAVE_CREATE : 0), why);
}

/* ---- moving between vaults ------------------------------------------------------------------------------------------ */

struct moved {
  struct store_slot *slots;
  struct vault_secret *secrets;
  size_t n;
};

static void
moved_finish(struct moved *m)
{
  for (size_t i = 0; i < m->n; i++)
    vault_secret_finish(&m->secrets[i]);
  free(m->secrets);
  free(m->slots);
}

/* Reads those that do not lie where new ones go, of former connectors too. */
static int
read_elsewhere(struct vault *vault, struct connection *c, struct connection *of, struct moved *m,
               struct buf *why)
{
  struct vault *to = NULL, *from = NULL;
  int e = vault_of_kind(vault, NULL, &to, why);

  for (size_t i = 0; i < of->n_secrets && e == 0; i++) {
    e = vault_of_entry(vault, of->secrets[i].id, &from, why);
    if (e < 0 || from == to)
      continue;
    e = vault_get(vault, of->secrets[i].id, &m->secrets[m->n], why);
    if (e == 0) {
      m->slots[m->n] =
          (struct store_slot){of, of->secrets[i].key, {m->secrets[m->n].ptr, m->secrets[m->n].len}};
      m->n++;
    }
  }
  for (size_t i = 0; of == c && i < c->n_former && e == 0; i++)
    e = read_elsewhere(vault, c, c->former[i], m, why);
  return e;
}

int
store_move_secrets(struct store *s, struct vault *vault, const char *name, size_t *ret_n,
                   struct buf *why)
{
  CLEANUP_CLOSE int dir = -1, lock = -1;
  CLEANUP_CONNECTION struct connection *old = NULL, *c = NULL;
  __attribute__((cleanup(moved_finish))) struct moved m = {0};

  int e = store_open_for_writing(s, &dir, &lock, why);
  e = e ? e : store_load_at(s, dir, name, &old, why);
  e = e ? e : store_load_at(s, dir, name, &c, why);
  if (e < 0)
    return e;
  m.slots = calloc(connection_all_secrets(c) + 1, sizeof *m.slots);
  m.secrets = calloc(connection_all_secrets(c) + 1, sizeof *m.secrets);
  if (!m.slots || !m.secrets)
    return store_fail(why, -ENOMEM, "Not enough memory to move secrets.");
  e = read_elsewhere(vault, c, c, &m, why);
  if (e == 0 && m.n)
    e = save_locked(s, dir, vault, c, old, m.slots, m.n, SAVE_MOVE, why);
  if (e == 0)
    *ret_n = m.n;
  return e;
}

int
store_verified(struct store *s, const char *name, bool passed, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1, lock = -1;
  CLEANUP_CONNECTION struct connection *c = NULL;
  int e = store_open_for_writing(s, &dir, &lock, why);

  if (e == 0)
    e = store_load_at(s, dir, name, &c, why);
  if (e < 0)
    return e;
  connection_verified(c, passed);
  return write_file(s, dir, c, why);
}

/* ---- removing and renaming ---------------------------------------------------------------------------------------- */

static int
doubt_all(struct store *s, int dir, const struct connection *c, struct buf *why)
{
  size_t n = connection_all_secrets(c);
  CLEANUP_FREE const char **ids = calloc(n + 1, sizeof *ids);

  if (!ids)
    return store_fail(why, -ENOMEM, "Not enough memory to remove \"%s\".", c->name);
  for (size_t i = 0; i < n; i++)
    ids[i] = connection_any_secret(c, i)->id;
  return n ? pending_add(s, dir, c->name, ids, n, why) : 0;
}

static void
history_name(char ret[static STORE_NAME_MAX + 8], const char *name)
{
  (void)snprintf(ret, STORE_NAME_MAX + 8, "%s.jsonl", name);
}

int
store_remove(struct store *s, struct vault *vault, const char *name, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1, lock = -1, history = -1;
  CLEANUP_CONNECTION struct connection *c = NULL;
  CLEANUP_BUF struct buf load_why = BUF_INIT(STORE_WHY_MAX);
  char file[CONNECTION_FILE], history_file[STORE_NAME_MAX + 8];

  if (!connection_name_valid(name))
    return store_fail(why, -ENOENT, "There is no connection \"%s\".", name);
  int e = store_open_for_writing(s, &dir, &lock, why);
  if (e < 0)
    return e;
  e = store_load_at(s, dir, name, &c, &load_why);
  if (e == -ENOENT || e == -ENOTSUP || e == -EPERM)
    return store_fail(why, e, "%s", buf_text(&load_why));
  e = c ? doubt_all(s, dir, c, why) : 0; /* of a damaged file nobody knows the entries */
  if (e < 0)
    return e;
  store_file_name(file, name);
  e = file_remove(dir, file);
  if (e < 0)
    return store_fail(why, e, "%s/%s cannot be removed: %s.", s->connections_dir, file,
                      strerror(-e));
  pending_collect(s, dir, vault);
  history_name(history_file, name);
  if (dir_open(s->history_dir, &history) == 0)
    (void)file_remove(history, history_file); /* a history without its connection harms nobody */
  return 0;
}

static int
rename_locked(struct store *s, int dir, const char *from, const char *to, struct buf *why)
{
  char old_file[CONNECTION_FILE], new_file[CONNECTION_FILE];

  store_file_name(old_file, from);
  store_file_name(new_file, to);
  if (faccessat(dir, old_file, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
    return store_fail(why, -ENOENT, "There is no connection \"%s\".", from);
  if (faccessat(dir, new_file, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    return store_fail(why, -EEXIST, "There is a connection \"%s\" already.", to);
  if (renameat(dir, old_file, dir, new_file) < 0 || fsync(dir) < 0)
    return store_fail(why, -errno, "%s/%s cannot be renamed: %s.", s->connections_dir, old_file,
                      strerror(errno));
  return 0;
}

int
store_rename(struct store *s, const char *from, const char *to, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1, lock = -1, history = -1;
  char old_history[STORE_NAME_MAX + 8], new_history[STORE_NAME_MAX + 8];

  if (!connection_name_valid(from) || !connection_name_valid(to))
    return store_fail(
        why, -EINVAL,
        "\"%s\" cannot be a connection's name: lower-case letters, digits, '.', '_' and "
        "'-', at most %u, starting with a letter or digit.",
        connection_name_valid(from) ? to : from, STORE_NAME_MAX);
  int e = store_open_for_writing(s, &dir, &lock, why);
  if (e == 0)
    e = rename_locked(s, dir, from, to, why);
  if (e < 0)
    return e;
  history_name(old_history, from);
  history_name(new_history, to);
  if (dir_open(s->history_dir, &history) == 0)
    (void)renameat(history, old_history, history, new_history); /* there may be none */
  return 0;
}
