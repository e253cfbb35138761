// SPDX-License-Identifier: Apache-2.0
/* What passes through ordinary memory here is wiped by whoever owns it: the caller's buffer and JSON. */
#include "core/secret/box.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "core/secret/vault_kind.h"

#define KEY_BYTES   crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SALT_BYTES  crypto_pwhash_SALTBYTES
#define BASE64      sodium_base64_VARIANT_ORIGINAL

struct parts {
  struct vault_secret salt, nonce, sealed;
  int64_t passes, bytes;
};

static void
parts_finish(struct parts *p)
{
  vault_secret_finish(&p->salt);
  vault_secret_finish(&p->nonce);
  vault_secret_finish(&p->sealed);
}
#define CLEANUP_PARTS __attribute__((cleanup(parts_finish)))

/* ---- base64 --------------------------------------------------------------------------------------------------------- */

void
box_put_base64(struct buf *to, const char *key, const void *bytes, size_t n)
{
  size_t size = sodium_base64_ENCODED_LEN(n, BASE64); /* with a NUL */

  (void)json_put_key(to, key);
  (void)buf_putc(to, '"');
  char *room = buf_room(to, size);
  if (room) {
    (void)sodium_bin2base64(room, size, bytes, n, BASE64);
    buf_grew(to, size - 1);
  }
  (void)buf_putc(to, '"');
}

int
box_get_base64(const cJSON *object, const char *key, struct vault_secret *ret)
{
  const char *text = json_text(object, key);
  size_t len = text ? strlen(text) : 0, got = 0;
  CLEANUP_VAULT_SECRET struct vault_secret s = VAULT_SECRET_INIT;

  if (!text)
    return -EBADMSG;
  int e = vault_secret_make(&s, len / 4 * 3 + 3);
  if (e < 0)
    return e;
  if (sodium_base642bin((unsigned char *)s.ptr, s.len, text, len, NULL, &got, NULL, BASE64) != 0)
    return -EBADMSG;
  s.ptr[got] = '\0';
  *ret = (struct vault_secret){s.ptr, got};
  s = VAULT_SECRET_INIT;
  return 0;
}

void
box_wipe_json(cJSON *json)
{
  if (!json)
    return;
  if (json->valuestring)
    sodium_memzero(json->valuestring, strlen(json->valuestring));
  for (cJSON *m = json->child; m; m = m->next)
    box_wipe_json(m); /* as deep as the guard let it be */
}

/* ---- the box -------------------------------------------------------------------------------------------------------- */

static int
derive(const char *passphrase, size_t len, const char *salt, int64_t passes, int64_t bytes,
       struct vault_secret *ret)
{
  int e = vault_secret_make(ret, KEY_BYTES);
  if (e < 0)
    return e;
  return crypto_pwhash((unsigned char *)ret->ptr, KEY_BYTES, passphrase, len,
                       (const unsigned char *)salt, (unsigned long long)passes, (size_t)bytes,
                       crypto_pwhash_ALG_ARGON2ID13) == 0
             ? 0
             : -ENOMEM;
}

int
box_put(struct buf *to, const char *passphrase, const char *label, const void *bytes, size_t n)
{
  unsigned char salt[SALT_BYTES], nonce[NONCE_BYTES];
  CLEANUP_VAULT_SECRET struct vault_secret key = VAULT_SECRET_INIT;
  CLEANUP_FREE unsigned char *sealed = malloc(n + TAG_BYTES);

  if (!sealed)
    return -ENOMEM;
  randombytes_buf(salt, sizeof salt);
  randombytes_buf(nonce, sizeof nonce);
  int e = derive(passphrase, strlen(passphrase), (const char *)salt, BOX_KDF_PASSES, BOX_KDF_MEMORY,
                 &key);
  if (e < 0)
    return e;
  (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, bytes, n,
                                                   (const unsigned char *)label, strlen(label),
                                                   NULL, nonce, (const unsigned char *)key.ptr);
  (void)json_put_member(to, "kdf", "argon2id");
  (void)json_put_member_int(to, "passes", BOX_KDF_PASSES);
  (void)json_put_member_int(to, "bytes", BOX_KDF_MEMORY);
  box_put_base64(to, "salt", salt, sizeof salt);
  box_put_base64(to, "nonce", nonce, sizeof nonce);
  box_put_base64(to, "sealed", sealed, n + TAG_BYTES);
  return buf_failed(to) ? -ENOMEM : 0;
}

static int
read_parts(const cJSON *box, struct parts *p)
{
  const char *kdf = json_text(box, "kdf");

  if (!kdf || strcmp(kdf, "argon2id") != 0 || !json_int(box, "passes", &p->passes) ||
      !json_int(box, "bytes", &p->bytes) || p->passes < 1 || p->passes > BOX_KDF_PASSES_MAX ||
      p->bytes < (int64_t)crypto_pwhash_MEMLIMIT_MIN || p->bytes > BOX_KDF_BYTES_MAX)
    return -EBADMSG;
  int e = box_get_base64(box, "salt", &p->salt);
  e = e ? e : box_get_base64(box, "nonce", &p->nonce);
  e = e ? e : box_get_base64(box, "sealed", &p->sealed);
  if (e < 0)
    return e;
  return p->salt.len == SALT_BYTES && p->nonce.len == NONCE_BYTES && p->sealed.len >= TAG_BYTES
             ? 0
             : -EBADMSG;
}

bool
box_shape_ok(const cJSON *box)
{
  CLEANUP_PARTS struct parts p = {0};

  return read_parts(box, &p) == 0;
}

int
box_open(const cJSON *box, const char *passphrase, size_t len, const char *label,
         struct vault_secret *ret)
{
  CLEANUP_PARTS struct parts p = {0};
  CLEANUP_VAULT_SECRET struct vault_secret key = VAULT_SECRET_INIT, plain = VAULT_SECRET_INIT;

  int e = read_parts(box, &p);
  e = e ? e : derive(passphrase, len, p.salt.ptr, p.passes, p.bytes, &key);
  e = e ? e : vault_secret_make(&plain, p.sealed.len - TAG_BYTES);
  if (e < 0)
    return e;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          (unsigned char *)plain.ptr, NULL, NULL, (const unsigned char *)p.sealed.ptr, p.sealed.len,
          (const unsigned char *)label, strlen(label), (const unsigned char *)p.nonce.ptr,
          (const unsigned char *)key.ptr) != 0)
    return -EKEYREJECTED;
  *ret = plain;
  plain = VAULT_SECRET_INIT;
  return 0;
}
