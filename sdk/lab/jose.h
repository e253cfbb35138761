// SPDX-License-Identifier: Apache-2.0
//
// JSON Web Tokens (RFC 7515, 7518, 7519): the ones that the lab signs, and the assertions of clients.
#ifndef TENON_LAB_JOSE_H
#define TENON_LAB_JOSE_H

#include <cjson/cJSON.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "lab_limits.h"
#include "text.h"

// base64url without padding. Reading refuses anything else, and what does not fit.
void jose_encode(struct text *to, const void *bytes, size_t length);
bool jose_decode(const char *text, size_t length, unsigned char *to, size_t room,
                 size_t *ret_length);

// Takes both objects; what is written is header.payload.signature by RS256.
bool jose_sign(EVP_PKEY *key, cJSON *header, cJSON *payload, struct text *to);

struct jose_token {
  cJSON *header, *payload;
  const char *text; // borrowed
  size_t signed_length;
  unsigned char signature[JOSE_SIGNATURE_MAX];
  size_t signature_length;
};

// Takes a token apart; nothing is trusted yet. false: it is none, and there is nothing to finish.
bool jose_read(const char *text, struct jose_token *ret_token);
void jose_finish(struct jose_token *token);

// Whether the signature is the key's, by RS256 or PS256 with a salt as long as its digest.
bool jose_verify(const struct jose_token *token, EVP_PKEY *key);

// Of an object: "" and 0 where the member is not there or is of another type.
const char *jose_text(const cJSON *object, const char *name);
double jose_number(const cJSON *object, const char *name);

#endif
