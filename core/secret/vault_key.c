// SPDX-License-Identifier: Apache-2.0
/* The key file's shape:
 *   {"version":1,"protection":"none","key":"BASE64"}
 *   {"version":1,"protection":"passphrase","kdf":"argon2id","passes":3,"bytes":67108864,"salt":"...","nonce":"...",
 *    "sealed":"..."}
 * Whatever of it passes through ordinary memory is wiped. */
#include "core/secret/vault_key.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "core/base/file.h"
#include "core/secret/box.h"
#include "core/secret/vault_kind.h"

#define KEY_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define LABEL     "tenon vault key 1" /* authenticated with the sealed key */

static int
damaged(const char *dir_path, struct buf *why)
{
  return vault_fail(why, -EBADMSG,
                    "The vault's key file %s/" VAULT_KEY_FILE
                    " is damaged. Restore it from a backup; without it the "
                    "stored secrets are lost: then remove %s and enter them again with `tenon "
                    "wizard NAME`.",
                    dir_path, dir_path);
}

static int
check_mode(const struct stat *st, const char *dir_path, struct buf *why)
{
  if (st->st_uid != geteuid())
    return vault_fail(why, -EPERM,
                      "The vault's key file %s/" VAULT_KEY_FILE
                      " belongs to another user (uid %u). "
                      "Run: `chown %u %s/" VAULT_KEY_FILE "`",
                      dir_path, (unsigned)st->st_uid, (unsigned)geteuid(), dir_path);
  if (st->st_mode & 077)
    return vault_fail(why, -EPERM,
                      "The vault's key file %s/" VAULT_KEY_FILE
                      " can be read by others (mode %04o). Run: `chmod 600 "
                      "%s/" VAULT_KEY_FILE
                      "`, and change the passwords kept in it if someone may have read it.",
                      dir_path, (unsigned)st->st_mode & 07777u, dir_path);
  return 0;
}

static int
ask_passphrase(const struct vault_options *o, struct buf *ret, struct buf *why)
{
  if (o->passphrase && o->passphrase(o->user, ret))
    return 0;
  return vault_fail(
      why, -ENOKEY,
      "The vault is protected by a passphrase and nobody was there to type it. Run "
      "tenon on a terminal, or take the passphrase away with `tenon vault unprotect`.");
}

static int
unseal(const cJSON *json, const char *dir_path, const struct vault_options *o,
       struct vault_secret *ret, struct buf *why)
{
  struct buf passphrase = BUF_INIT(VAULT_PASSPHRASE_MAX);

  if (!box_shape_ok(json)) /* before a person is asked in vain */
    return damaged(dir_path, why);
  int e = ask_passphrase(o, &passphrase, why);
  if (e == 0) {
    e = box_open(json, buf_text(&passphrase), passphrase.len, LABEL, ret);
    if (e == -ENOMEM)
      (void)vault_fail(why, e, "Not enough memory to derive the vault's key.");
  }
  buf_wipe(&passphrase);
  if (e == -EKEYREJECTED)
    return vault_fail(why, e,
                      "The passphrase does not open the vault in %s. Try again; a forgotten "
                      "passphrase cannot be recovered.",
                      dir_path);
  return e;
}

static int
open_key(const cJSON *json, const char *dir_path, const struct vault_options *o,
         struct vault_secret *ret, struct buf *why)
{
  const char *protection = json_text(json, "protection");
  int64_t version = 0;

  if (!json_int(json, "version", &version) || !protection)
    return damaged(dir_path, why);
  if (version != 1)
    return vault_fail(why, -ENOTSUP,
                      "The vault's key file %s/" VAULT_KEY_FILE
                      " was written by a newer tenon. Update tenon to use it.",
                      dir_path);
  int e = -EBADMSG;
  if (strcmp(protection, "passphrase") == 0)
    e = unseal(json, dir_path, o, ret, why);
  else if (strcmp(protection, "none") == 0)
    e = box_get_base64(json, "key", ret);
  if (e == -EBADMSG || (e == 0 && ret->len != KEY_BYTES)) {
    buf_clear(why);
    return damaged(dir_path, why);
  }
  return e;
}

static int
parse_key(struct buf *text, const struct stat *st, const char *dir_path,
          const struct vault_options *o, struct vault_secret *ret, struct buf *why)
{
  const char *phrase = NULL;
  int e = check_mode(st, dir_path, why);
  if (e < 0)
    return e;
  CLEANUP_JSON cJSON *json = json_parse(buf_text(text), text->len, NULL, &phrase);
  if (!json)
    return damaged(dir_path, why);
  e = open_key(json, dir_path, o, ret, why);
  box_wipe_json(json);
  if (e < 0)
    vault_secret_finish(ret);
  return e;
}

int
vault_key_read(int dir, const char *dir_path, const struct vault_options *o,
               struct vault_secret *ret, struct buf *why)
{
  struct buf text = BUF_INIT(VAULT_KEY_FILE_MAX);
  struct stat st;
  int e = file_read(dir, VAULT_KEY_FILE, &text, &st);

  if (e == -EFBIG || e == -EINVAL)
    e = damaged(dir_path, why);
  else if (e < 0 && e != -ENOENT)
    (void)vault_fail(why, e, "The vault's key file %s/" VAULT_KEY_FILE " cannot be read: %s.",
                     dir_path, strerror(-e));
  else if (e == 0)
    e = parse_key(&text, &st, dir_path, o, ret, why);
  buf_wipe(&text);
  return e;
}

int
vault_key_make(int dir, const char *dir_path, struct vault_secret *ret, struct buf *why)
{
  int e = vault_secret_make(ret, KEY_BYTES);
  if (e < 0)
    return vault_fail(why, e, "No locked memory left for the vault's key.");
  crypto_aead_xchacha20poly1305_ietf_keygen((unsigned char *)ret->ptr);
  e = vault_key_write(dir, dir_path, ret, NULL, why);
  if (e < 0)
    vault_secret_finish(ret);
  return e;
}

int
vault_key_write(int dir, const char *dir_path, const struct vault_secret *key,
                const char *passphrase, struct buf *why)
{
  struct buf text = BUF_INIT(VAULT_KEY_FILE_MAX);
  int e = 0;

  (void)buf_puts(&text, "{");
  (void)json_put_member_int(&text, "version", 1);
  (void)json_put_member(&text, "protection", passphrase ? "passphrase" : "none");
  if (passphrase)
    e = box_put(&text, passphrase, LABEL, key->ptr, KEY_BYTES);
  else
    box_put_base64(&text, "key", key->ptr, KEY_BYTES);
  (void)buf_puts(&text, "}\n");
  if (e == 0)
    e = buf_failed(&text) ? -ENOMEM : file_replace(dir, VAULT_KEY_FILE, text.ptr, text.len);
  buf_wipe(&text);
  if (e < 0)
    (void)vault_fail(why, e, "The vault's key file %s/" VAULT_KEY_FILE " cannot be written: %s.",
                     dir_path, strerror(-e));
  return e;
}

bool
vault_key_protected(int dir)
{
  struct buf text = BUF_INIT(VAULT_KEY_FILE_MAX);
  const char *phrase = NULL;
  bool yes = false;

  if (file_read(dir, VAULT_KEY_FILE, &text, NULL) == 0) {
    CLEANUP_JSON cJSON *json = json_parse(buf_text(&text), text.len, NULL, &phrase);
    const char *protection = json ? json_text(json, "protection") : NULL;
    yes = protection && strcmp(protection, "passphrase") == 0;
    box_wipe_json(json);
  }
  buf_wipe(&text);
  return yes;
}
