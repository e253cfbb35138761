// SPDX-License-Identifier: Apache-2.0
//
// JSON Web Tokens at both ends: claims of an access token, read to explain and never to trust, and the assertion by
// which an application proves its certificate (RFC 7523, PS256 of RFC 7518 3.5).
#ifndef KIT_JWT_H
#define KIT_JWT_H

#include "text.h"

#include <tenon/plugin.h>

#define JWT_TOKEN_MAX     65536 // bytes of a token that is read
#define JWT_CLAIM_MAX     512   // bytes of one claim kept
#define JWT_ROLES_MAX     4096  // bytes of all roles or scopes
#define JWT_ASSERTION_MAX 4096
#define JWT_KEYS_MAX      16  // certificates in one file that are looked at
#define JWT_LIFETIME_S    600 // of an assertion
#define JWT_SKEW_S        60  // nbf lies that far back
#define JWT_RSA_BITS_MIN  2048

// What a token says. readable false: it is opaque, which is no error. Texts are "" where the claim is not there.
struct jwt_claims {
  bool readable;
  bool app; // idtyp "app", or neither that nor scp
  char audience[JWT_CLAIM_MAX], tenant[JWT_CLAIM_MAX], app_id[JWT_CLAIM_MAX], user[JWT_CLAIM_MAX];
  char permissions[JWT_ROLES_MAX];     // roles or scopes, separated by blanks
  int64_t issued, not_before, expires; // seconds since 1970; 0: not there
};

void jwt_read(const char *token, size_t len, struct jwt_claims *ret);
// Is `name` one of the blank-separated words?
bool jwt_permits(const struct jwt_claims *, const char *name);

struct jwt_key; // a private key with its certificate

// PKCS#12, or PEM with an encrypted key. *ret_why: a sentence, static, when NULL is returned; names what to do.
struct jwt_key *jwt_key_open(tenon_text bytes, tenon_text password, const char **ret_why);
// Is that sentence about the password, and not about the file?
bool jwt_key_why_is_password(const char *why);
void jwt_key_close(struct jwt_key *); // wipes it; NULL is fine
// SHA-1 as the portal shows it (40 capital hexadecimal digits), and the day it ends, in seconds since 1970.
const char *jwt_key_thumbprint(const struct jwt_key *);
int64_t jwt_key_ends(const struct jwt_key *);

// One assertion for this token endpoint; a new jti each time. now_s: seconds since 1970. false: it cannot be signed.
bool jwt_assert(const struct jwt_key *, const char *client_id, const char *audience, int64_t now_s,
                struct kit_text *ret);

// A random UUID (RFC 9562 5.4) in lower case: of an assertion's jti, and of requests. false: there is no randomness.
#define JWT_UUID_SIZE 37
KIT_NODISCARD bool jwt_uuid(char ret[JWT_UUID_SIZE]);

// base64url without padding (RFC 4648 5), both ways. Decode: false when it is none or does not fit.
void jwt_encode(struct kit_text *to, const void *bytes, size_t n);
bool jwt_decode(const char *text, size_t len, void *to, size_t size, size_t *ret_len);

#endif
