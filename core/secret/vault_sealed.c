// SPDX-License-Identifier: Apache-2.0
/* The vault that needs nothing but a directory: one file an entry, sealed with XChaCha20-Poly1305 under the vault's
 * key. The entry's id is authenticated with it, so that a file copied over another's name does not open. A file is
 * MAGIC, the nonce, then ciphertext and tag. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/secret/vault_key.h"
#include "core/secret/vault_kind.h"

#define MAGIC       "tenon vault 1\n"
#define MAGIC_BYTES (sizeof MAGIC - 1)
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES
#define FRAME_BYTES (MAGIC_BYTES + NONCE_BYTES + TAG_BYTES)
#define SUFFIX      ".sealed"
#define LOCK_NAME   ".lock"
#define LOCK_MS     5000

struct sealed {
  struct vault vault;
  struct vault_options options;
  char *dir_path;
  struct vault_secret key; /* empty until first needed */
};

static struct sealed *
sealed_of(struct vault *v)
{
  return (struct sealed *)v;
}

static void
file_name(char name[static VAULT_ID_MAX + sizeof SUFFIX], const char *id)
{
  (void)snprintf(name, VAULT_ID_MAX + sizeof SUFFIX, "%s" SUFFIX, id);
}

static size_t
bind_id(unsigned char ret[static MAGIC_BYTES + VAULT_ID_MAX], const char *id)
{
  size_t n = strlen(id);

  memcpy(ret, MAGIC, MAGIC_BYTES);
  memcpy(ret + MAGIC_BYTES, id, n);
  return MAGIC_BYTES + n;
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

static void
sealed_close(struct vault *v)
{
  struct sealed *s = sealed_of(v);

  vault_secret_finish(&s->key);
  free(s->dir_path);
  free(s);
}

static int
open_dir(const struct sealed *s, int *ret_fd, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1;
  struct stat st;
  int e = dir_open(s->dir_path, &dir);
  if (e == 0 && fstat(dir, &st) < 0)
    e = -errno;
  if (e < 0)
    return e == -ENOENT ? e
                        : vault_fail(why, e, "The vault %s cannot be opened: %s.", s->dir_path,
                                     strerror(-e));
  e = file_check_owner(&st, s->dir_path, why);
  if (e == 0)
    *ret_fd = TAKE_FD(dir);
  return e;
}

/* The directory, made if it must be, with the lock held. */
static int
open_for_writing(const struct sealed *s, int *ret_dir, int *ret_lock, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1;
  int e = dir_make(s->dir_path);
  if (e < 0)
    return vault_fail(why, e, "The vault's directory %s cannot be made: %s.", s->dir_path,
                      strerror(-e));
  e = open_dir(s, &dir, why);
  if (e < 0)
    return e;
  e = dir_lock(dir, LOCK_NAME, LOCK_MS, ret_lock);
  if (e < 0)
    return vault_fail(why, e, "The vault %s cannot be locked: %s.", s->dir_path,
                      e == -EBUSY ? "another tenon is writing it; try again" : strerror(-e));
  *ret_dir = TAKE_FD(dir);
  return 0;
}

static int
need_key(struct sealed *s, int dir, bool make, struct buf *why)
{
  if (s->key.ptr)
    return 0;
  int e = vault_key_read(dir, s->dir_path, &s->options, &s->key, why);
  if (e == -ENOENT && make)
    return vault_key_make(dir, s->dir_path, &s->key, why);
  if (e == -ENOENT)
    return vault_fail(why, e,
                      "The vault's key file %s/" VAULT_KEY_FILE
                      " is missing. Restore it from a backup, or enter the secrets again with "
                      "`tenon wizard NAME`.",
                      s->dir_path);
  return e;
}

/* A vault that has entries but no key lost it: a new key would hide that. */
static bool
has_entries(int dir)
{
  int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *d = copy < 0 ? NULL : fdopendir(copy);
  bool found = false;

  if (!d) {
    if (copy >= 0)
      (void)close(copy);
    return true;
  }
  for (struct dirent *e = readdir(d); e && !found; e = readdir(d))
    found = strstr(e->d_name, SUFFIX) != NULL;
  (void)closedir(d);
  return found;
}

/* ---- entries ------------------------------------------------------------------------------------------------------ */

static int
sealed_put(struct vault *v, const char *id, const char *label, const char *bytes, size_t len,
           struct buf *why)
{
  struct sealed *s = sealed_of(v);
  CLEANUP_CLOSE int dir = -1, lock = -1;
  CLEANUP_BUF struct buf file = BUF_INIT(FRAME_BYTES + VAULT_ENTRY_MAX);
  unsigned char bound[MAGIC_BYTES + VAULT_ID_MAX];
  char name[VAULT_ID_MAX + sizeof SUFFIX];

  (void)label; /* a name beside a sealed secret would tell what it opens */
  int e = open_for_writing(s, &dir, &lock, why);
  if (e == 0)
    e = need_key(s, dir, !has_entries(dir), why);
  if (e < 0)
    return e;
  (void)buf_put(&file, MAGIC, MAGIC_BYTES);
  unsigned char *room = (unsigned char *)buf_room(&file, NONCE_BYTES + len + TAG_BYTES);
  if (!room)
    return vault_fail(why, -ENOMEM, "Not enough memory to seal a secret.");
  randombytes_buf(room, NONCE_BYTES);
  (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
      room + NONCE_BYTES, NULL, (const unsigned char *)bytes, len, bound, bind_id(bound, id), NULL,
      room, (const unsigned char *)s->key.ptr);
  buf_grew(&file, NONCE_BYTES + len + TAG_BYTES);
  file_name(name, id);
  dir_sweep(dir);
  e = file_replace(dir, name, file.ptr, file.len);
  if (e < 0)
    return vault_fail(why, e, "The vault's file %s/%s cannot be written: %s.", s->dir_path, name,
                      strerror(-e));
  return 0;
}

static int
unseal(const struct sealed *s, const char *id, const struct buf *file, struct vault_secret *ret)
{
  unsigned char bound[MAGIC_BYTES + VAULT_ID_MAX];
  const unsigned char *p = (const unsigned char *)file->ptr;

  if (file->len < FRAME_BYTES || memcmp(p, MAGIC, MAGIC_BYTES) != 0)
    return -EBADMSG;
  CLEANUP_VAULT_SECRET struct vault_secret secret = VAULT_SECRET_INIT;
  int e = vault_secret_make(&secret, file->len - FRAME_BYTES);
  if (e < 0)
    return e;
  p += MAGIC_BYTES;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          (unsigned char *)secret.ptr, NULL, NULL, p + NONCE_BYTES, secret.len + TAG_BYTES, bound,
          bind_id(bound, id), p, (const unsigned char *)s->key.ptr) != 0)
    return -EBADMSG;
  *ret = secret;
  secret = VAULT_SECRET_INIT;
  return 0;
}

static int
fail_get(const struct sealed *s, const char *name, int e, struct buf *why)
{
  if (e == -ENOENT)
    return vault_fail(why, e,
                      "The vault %s has no entry %s. Enter the secret again with `tenon wizard "
                      "NAME`.",
                      s->dir_path, name);
  if (e == -EBADMSG || e == -EFBIG || e == -EINVAL)
    return vault_fail(why, -EBADMSG,
                      "The vault's file %s/%s was changed or damaged, or belongs to another key. "
                      "Restore it from a backup, or enter the secret again with `tenon wizard "
                      "NAME`.",
                      s->dir_path, name);
  return vault_fail(why, e, "The vault's file %s/%s cannot be read: %s.", s->dir_path, name,
                    strerror(-e));
}

static int
sealed_has(struct vault *v, const char *id, struct buf *why)
{
  struct sealed *s = sealed_of(v);
  CLEANUP_CLOSE int dir = -1;
  char name[VAULT_ID_MAX + sizeof SUFFIX];

  file_name(name, id);
  int e = open_dir(s, &dir, why);
  if (e == 0 && faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
    e = -errno;
  return e == -ENOENT ? fail_get(s, name, e, why) : e;
}

static int
sealed_get(struct vault *v, const char *id, struct vault_secret *ret, struct buf *why)
{
  struct sealed *s = sealed_of(v);
  CLEANUP_CLOSE int dir = -1;
  CLEANUP_BUF struct buf file = BUF_INIT(FRAME_BYTES + VAULT_ENTRY_MAX);
  char name[VAULT_ID_MAX + sizeof SUFFIX];

  file_name(name, id);
  int e = open_dir(s, &dir, why);
  if (e < 0)
    return e == -ENOENT ? fail_get(s, name, e, why) : e;
  e = file_read(dir, name, &file, NULL);
  if (e < 0)
    return fail_get(s, name, e, why);
  e = need_key(s, dir, false, why);
  if (e < 0)
    return e;
  e = unseal(s, id, &file, ret);
  return e < 0 ? fail_get(s, name, e, why) : 0;
}

static int
sealed_remove(struct vault *v, const char *id, struct buf *why)
{
  struct sealed *s = sealed_of(v);
  CLEANUP_CLOSE int dir = -1;
  char name[VAULT_ID_MAX + sizeof SUFFIX];

  int e = open_dir(s, &dir, why);
  if (e < 0)
    return e == -ENOENT ? 0 : e;
  file_name(name, id);
  e = file_remove(dir, name);
  if (e < 0)
    return vault_fail(why, e, "The vault's file %s/%s cannot be removed: %s.", s->dir_path, name,
                      strerror(-e));
  return 0;
}

static int
sealed_list(struct vault *v, void (*each)(void *user, const char *id), void *user, struct buf *why)
{
  struct sealed *s = sealed_of(v);
  int dir = -1;
  int e = open_dir(s, &dir, why);
  if (e < 0)
    return e == -ENOENT ? 0 : e;
  DIR *d = fdopendir(dir);
  if (!d) {
    (void)close(dir);
    return vault_fail(why, -ENOMEM, "The vault %s cannot be listed.", s->dir_path);
  }
  size_t n = 0;
  for (struct dirent *entry = readdir(d); entry && n < VAULT_ENTRIES_MAX; entry = readdir(d)) {
    char id[VAULT_ID_MAX + 1];
    size_t len = strspn(entry->d_name, "abcdefghijklmnopqrstuvwxyz0123456789");
    if (len == 0 || len > VAULT_ID_MAX || strcmp(entry->d_name + len, SUFFIX) != 0)
      continue;
    memcpy(id, entry->d_name, len);
    id[len] = '\0';
    each(user, id);
    n++;
  }
  (void)closedir(d);
  return 0;
}

/* ---- the key ------------------------------------------------------------------------------------------------------- */

static const char *
sealed_where(struct vault *v)
{
  return sealed_of(v)->dir_path;
}

static bool
sealed_needs_passphrase(struct vault *v)
{
  CLEANUP_CLOSE int dir = -1;

  return dir_open(sealed_of(v)->dir_path, &dir) == 0 && vault_key_protected(dir);
}

static int
sealed_probe(struct vault *v, struct buf *why)
{
  struct sealed *s = sealed_of(v);
  CLEANUP_CLOSE int dir = -1;
  int e = open_dir(s, &dir, why);

  if (e < 0)
    return e == -ENOENT ? 0 : e;
  if (faccessat(dir, ".", W_OK | X_OK, 0) < 0)
    return vault_fail(why, -errno, "The vault %s cannot be written to: %s. Run: `chmod 700 %s`",
                      s->dir_path, strerror(errno), s->dir_path);
  e = vault_key_protected(dir) ? 0 : need_key(s, dir, false, why);
  if (e == -ENOENT && !has_entries(dir)) {
    buf_clear(why);
    return 0;
  }
  return e;
}

static int
sealed_protect(struct vault *v, const char *passphrase, struct buf *why)
{
  struct sealed *s = sealed_of(v);
  CLEANUP_CLOSE int dir = -1, lock = -1;
  int e = open_for_writing(s, &dir, &lock, why);

  if (e == 0)
    e = need_key(s, dir, !has_entries(dir), why);
  return e < 0 ? e : vault_key_write(dir, s->dir_path, &s->key, passphrase, why);
}

/* Its directory is made when it is needed. */
static int
sealed_ready(struct vault *v, struct buf *why)
{
  (void)v;
  (void)why;
  return 0;
}

static const struct vault_calls sealed_calls = {
    .word = VAULT_SEALED,
    .name = "sealed file",
    .close = sealed_close,
    .where = sealed_where,
    .needs_passphrase = sealed_needs_passphrase,
    .ready = sealed_ready,
    .put = sealed_put,
    .has = sealed_has,
    .get = sealed_get,
    .remove = sealed_remove,
    .list = sealed_list,
    .probe = sealed_probe,
    .protect = sealed_protect,
};

static int
sealed_open(const struct vault_options *o, struct vault **ret, struct buf *why)
{
  if (!o->dir)
    return vault_fail(why, -ENOTSUP, "There is no directory for the sealed vault.");
  struct sealed *s = calloc(1, sizeof *s);
  char *dir_path = strdup(o->dir);
  if (!s || !dir_path) {
    free(s);
    free(dir_path);
    return vault_fail(why, -ENOMEM, "Not enough memory to open the vault.");
  }
  s->vault.calls = &sealed_calls;
  s->options = *o;
  s->dir_path = dir_path;
  s->options.dir = dir_path;
  *ret = &s->vault;
  return 0;
}

const struct vault_kind vault_kind_sealed = {VAULT_SEALED, "", sealed_open};
