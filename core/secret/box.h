// SPDX-License-Identifier: Apache-2.0
/* Bytes sealed under a passphrase, as members of a JSON object: Argon2id makes the key (RFC 9106), XChaCha20-Poly1305
 * seals, and a label says what the bytes are for, so that one box is not taken for another.
 *   "kdf":"argon2id","passes":3,"bytes":67108864,"salt":"BASE64","nonce":"BASE64","sealed":"BASE64" */
#ifndef CORE_SECRET_BOX_H
#define CORE_SECRET_BOX_H

#include "core/json/json.h"
#include "core/secret/vault.h"

#define BOX_KDF_PASSES     3u /* RFC 9106's second recommended choice */
#define BOX_KDF_MEMORY     (64u << 20)
#define BOX_KDF_PASSES_MAX 16u /* what a box may ask of us */
#define BOX_KDF_BYTES_MAX  (1u << 30)

/* Appends the members. 0 or -ENOMEM. */
int box_put(struct buf *to, const char *passphrase, const char *label, const void *bytes, size_t n)
    TENON_NODISCARD;
/* Is it a box that could be opened: its members there and within limits? */
bool box_shape_ok(const cJSON *box);
/* -EBADMSG: it is no such box; -EKEYREJECTED: another passphrase or label, or damage; -ENOMEM. */
int box_open(const cJSON *box, const char *passphrase, size_t len, const char *label,
             struct vault_secret *ret) TENON_NODISCARD;

/* ,"key":"BASE64" */
void box_put_base64(struct buf *to, const char *key, const void *bytes, size_t n);
/* The bytes of a member; -EBADMSG, -ENOMEM. */
int box_get_base64(const cJSON *object, const char *key, struct vault_secret *ret) TENON_NODISCARD;
/* Wipes every text of it; before cJSON_Delete, which does not. */
void box_wipe_json(cJSON *json);

#endif
