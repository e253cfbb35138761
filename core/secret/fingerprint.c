// SPDX-License-Identifier: Apache-2.0
/* BLAKE2b with a key (RFC 7693). */
#include "core/secret/fingerprint.h"

#include <sodium.h>

_Static_assert(FINGERPRINT_BYTES >= crypto_generichash_BYTES_MIN &&
                   FINGERPRINT_BYTES <= crypto_generichash_KEYBYTES_MAX,
               "a fingerprint is a hash, and a key");

void
fingerprint_key(uint8_t ret[FINGERPRINT_BYTES])
{
  randombytes_buf(ret, FINGERPRINT_BYTES);
}

void
fingerprint_secret(const uint8_t key[FINGERPRINT_BYTES], const void *bytes, size_t n,
                   uint8_t ret[FINGERPRINT_BYTES])
{
  (void)crypto_generichash(ret, FINGERPRINT_BYTES, bytes, n, key, FINGERPRINT_BYTES);
}

/* The secret first: its length is fixed, so no two pairs look alike. */
void
fingerprint_account(const uint8_t key[FINGERPRINT_BYTES], const char *user,
                    const uint8_t secret[FINGERPRINT_BYTES], uint8_t ret[FINGERPRINT_BYTES])
{
  crypto_generichash_state state;
  (void)crypto_generichash_init(&state, key, FINGERPRINT_BYTES, FINGERPRINT_BYTES);
  (void)crypto_generichash_update(&state, secret, FINGERPRINT_BYTES);
  for (; *user; user++) {
    unsigned char c = (unsigned char)*user;
    c = c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
    (void)crypto_generichash_update(&state, &c, 1);
  }
  (void)crypto_generichash_final(&state, ret, FINGERPRINT_BYTES);
}
