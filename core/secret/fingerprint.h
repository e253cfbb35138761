// SPDX-License-Identifier: Apache-2.0
/* What stands for a secret, and for an account with its secret, where only "is it the same?" is asked: keyed hashes
 * under a key that is made anew each time, so that they say nothing to whoever finds them. */
#ifndef CORE_SECRET_FINGERPRINT_H
#define CORE_SECRET_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

#define FINGERPRINT_BYTES 32u

void fingerprint_key(uint8_t ret[FINGERPRINT_BYTES]);
/* ret and bytes may be the same memory. */
void fingerprint_secret(const uint8_t key[FINGERPRINT_BYTES], const void *bytes, size_t n,
                        uint8_t ret[FINGERPRINT_BYTES]);
/* The user without regard to case: servers have none. `secret` is its fingerprint. */
void fingerprint_account(const uint8_t key[FINGERPRINT_BYTES], const char *user,
                         const uint8_t secret[FINGERPRINT_BYTES], uint8_t ret[FINGERPRINT_BYTES]);

#endif
