// SPDX-License-Identifier: Apache-2.0
//
// The assertion by which an application proves its certificate: RFC 7523, signed as PS256 with a salt as long as the
// digest. OpenSSL's own choice for PSS is the longest salt that fits, which is no PS256, and is refused as a wrong
// signature.
#include "jwt.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIGNATURE_MAX 2048 // bytes: of a key of 16384 bits, OpenSSL's longest

struct jwt_key {
  EVP_PKEY *key;
  X509 *certificate;
  char thumbprint[2 * SHA_DIGEST_LENGTH + 1];
  unsigned char sha256[SHA256_DIGEST_LENGTH];
  int64_t ends;
};

// ---- opening ----------------------------------------------------------------------------------

struct unlock {
  tenon_text password;
  bool asked;
};

static int
give_password(char *to, int size, int writing, void *user)
{
  struct unlock *u = user;
  (void)writing;
  u->asked = true;
  if (u->password.ptr == NULL || u->password.len > (size_t)size)
    return -1;
  memcpy(to, u->password.ptr, u->password.len);
  return (int)u->password.len;
}

#define NAKED                                                                                      \
  "Its private key is not encrypted: give it a password with "                                     \
  "openssl pkcs12 -export -in FILE -out NEW.p12, and choose that file."
#define STRANGER                                                                                   \
  "Its private key belongs to none of its certificates: export the certificate together with its " \
  "key."
#define NO_KEY                                                                                     \
  "There is no private key in it: export the certificate together with its key. The file that "    \
  "Entra ID shows or takes (.cer, .crt) holds the certificate alone."

// What is wrong with the password, and nothing else.
static const char *const of_password[] = {
    "Its private key is encrypted: enter the certificate's password.",
    "The password does not open its private key: enter that of the certificate's file.",
    "It is encrypted: enter the certificate's password.",
    "The password does not open it: enter that of the certificate's file.",
};

bool
jwt_key_why_is_password(const char *why)
{
  for (size_t i = 0; i < sizeof of_password / sizeof *of_password; i++)
    if (why == of_password[i])
      return true;
  return false;
}

static const char *
read_pem(struct jwt_key *k, tenon_text bytes, struct unlock *u)
{
  BIO *keys = BIO_new_mem_buf(bytes.ptr, (int)bytes.len);
  BIO *certificates = BIO_new_mem_buf(bytes.ptr, (int)bytes.len);
  k->key = keys != NULL ? PEM_read_bio_PrivateKey(keys, NULL, give_password, u) : NULL;
  for (unsigned i = 0; k->key != NULL && certificates != NULL && i < JWT_KEYS_MAX; i++) {
    X509 *found = PEM_read_bio_X509(certificates, NULL, NULL, NULL);
    if (found == NULL)
      break;
    if (k->certificate == NULL && X509_check_private_key(found, k->key) == 1)
      k->certificate = found;
    else
      X509_free(found);
  }
  BIO_free(keys);
  BIO_free(certificates);
  if (k->key == NULL && !u->asked)
    return NO_KEY;
  if (k->key == NULL && u->password.ptr == NULL)
    return of_password[0];
  if (k->key == NULL)
    return of_password[1];
  if (!u->asked)
    return NAKED;
  return k->certificate != NULL ? NULL : STRANGER;
}

static bool
is_unsupported(void)
{
  bool found = false;
  for (unsigned long e; (e = ERR_get_error()) != 0;)
    found |= ERR_GET_REASON(e) == ERR_R_UNSUPPORTED;
  return found;
}

static bool
opens(PKCS12 *p12, const char *password)
{
  return PKCS12_verify_mac(p12, password, -1) == 1;
}

static const char *
parse_pkcs12(struct jwt_key *k, PKCS12 *p12, const struct unlock *u)
{
  if (!PKCS12_mac_present(p12) || opens(p12, NULL) || opens(p12, ""))
    return NAKED;
  if (u->password.ptr == NULL)
    return of_password[2];
  if (!opens(p12, u->password.ptr))
    return of_password[3];
  ERR_clear_error();
  if (PKCS12_parse(p12, u->password.ptr, &k->key, &k->certificate, NULL) != 1)
    return is_unsupported() ? "It is encrypted in a way that is no longer read (RC2, an old export "
                              "of Windows): export it again with AES256-SHA256."
                            : "It is damaged: export it again.";
  if (k->key == NULL)
    return NO_KEY;
  return k->certificate != NULL ? NULL : STRANGER;
}

static const char *
read_pkcs12(struct jwt_key *k, tenon_text bytes, const struct unlock *u)
{
  const unsigned char *at = (const unsigned char *)bytes.ptr;
  PKCS12 *p12 = d2i_PKCS12(NULL, &at, (long)bytes.len);
  if (p12 == NULL)
    return "It is neither PKCS#12 (.pfx, .p12) nor PEM with a certificate and an encrypted key.";
  const char *why = parse_pkcs12(k, p12, u);
  PKCS12_free(p12);
  return why;
}

static const char *
judge(const struct jwt_key *k)
{
  if (EVP_PKEY_base_id(k->key) != EVP_PKEY_RSA)
    return "Its key is not RSA, and Entra ID takes no other: make one with RSA, 2048 bits or more.";
  if (EVP_PKEY_bits(k->key) < JWT_RSA_BITS_MIN)
    return "Its RSA key is too short: make one of 2048 bits or more.";
  return EVP_PKEY_size(k->key) <= SIGNATURE_MAX ? NULL : "Its RSA key is too long: take 2048 bits.";
}

static const char *
describe(struct jwt_key *k)
{
  unsigned char sha1[SHA_DIGEST_LENGTH];
  struct tm ends;
  if (X509_digest(k->certificate, EVP_sha1(), sha1, NULL) != 1 ||
      X509_digest(k->certificate, EVP_sha256(), k->sha256, NULL) != 1 ||
      ASN1_TIME_to_tm(X509_get0_notAfter(k->certificate), &ends) != 1)
    return "Its certificate cannot be read: export it again.";
  for (size_t i = 0; i < sizeof sha1; i++)
    snprintf(k->thumbprint + 2 * i, 3, "%02X", sha1[i]);
  k->ends = (int64_t)timegm(&ends);
  return NULL;
}

struct jwt_key *
jwt_key_open(tenon_text bytes, tenon_text password, const char **ret_why)
{
  struct unlock u = {.password = password};
  struct jwt_key *k = calloc(1, sizeof *k);
  const char *why = NULL;
  if (k == NULL || bytes.ptr == NULL || bytes.len == 0 || bytes.len > INT32_MAX)
    why = k == NULL ? "There is no memory." : "It is empty: choose the certificate's file.";
  else if (memmem(bytes.ptr, bytes.len, "-----BEGIN ", 11) != NULL)
    why = read_pem(k, bytes, &u);
  else
    why = read_pkcs12(k, bytes, &u);
  if (why == NULL)
    why = judge(k);
  if (why == NULL)
    why = describe(k);
  ERR_clear_error();
  if (why == NULL)
    return k;
  *ret_why = why;
  jwt_key_close(k);
  return NULL;
}

void
jwt_key_close(struct jwt_key *k)
{
  if (k == NULL)
    return;
  EVP_PKEY_free(k->key); // which wipes it
  X509_free(k->certificate);
  free(k);
}

const char *
jwt_key_thumbprint(const struct jwt_key *k)
{
  return k->thumbprint;
}

int64_t
jwt_key_ends(const struct jwt_key *k)
{
  return k->ends;
}

// ---- signing ----------------------------------------------------------------------------------

static bool
sign(EVP_PKEY *key, const char *text, size_t len, unsigned char *to, size_t *n)
{
  EVP_MD_CTX *md = EVP_MD_CTX_new();
  EVP_PKEY_CTX *how = NULL;
  bool good = md != NULL && EVP_DigestSignInit(md, &how, EVP_sha256(), NULL, key) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1 &&
              EVP_DigestSign(md, to, n, (const unsigned char *)text, len) == 1;
  EVP_MD_CTX_free(md);
  ERR_clear_error();
  return good;
}

static void
put_header(struct kit_text *to, const struct jwt_key *k)
{
  char thumbprint[64], json[160];
  struct kit_text text;
  kit_text_init(&text, thumbprint, sizeof thumbprint);
  jwt_encode(&text, k->sha256, sizeof k->sha256);
  kit_text_init(&text, json, sizeof json);
  kit_text_printf(&text, "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"%s\"}", thumbprint);
  jwt_encode(to, json, text.len);
}

static bool
put_claims(struct kit_text *to, const char *client_id, const char *audience, int64_t now_s)
{
  char json[JWT_ASSERTION_MAX / 2], uuid[JWT_UUID_SIZE];
  struct kit_text text;
  if (!jwt_uuid(uuid))
    return false;
  kit_text_init(&text, json, sizeof json);
  kit_text_put(&text, "{\"aud\":\"");
  kit_text_put_json(&text, audience);
  kit_text_put(&text, "\",\"iss\":\"");
  kit_text_put_json(&text, client_id);
  kit_text_put(&text, "\",\"sub\":\"");
  kit_text_put_json(&text, client_id);
  int64_t from = now_s - JWT_SKEW_S;
  kit_text_printf(&text, "\",\"jti\":\"%s\",\"nbf\":%lld,\"iat\":%lld,\"exp\":%lld}", uuid,
                  (long long)from, (long long)from, (long long)(from + JWT_LIFETIME_S));
  jwt_encode(to, json, text.len);
  return !text.cut;
}

bool
jwt_assert(const struct jwt_key *k, const char *client_id, const char *audience, int64_t now_s,
           struct kit_text *ret)
{
  unsigned char signature[SIGNATURE_MAX];
  size_t n = sizeof signature, start = ret->len;
  put_header(ret, k);
  kit_text_put(ret, ".");
  if (!put_claims(ret, client_id, audience, now_s))
    return false;
  if (ret->cut || !sign(k->key, ret->ptr + start, ret->len - start, signature, &n))
    return false;
  kit_text_put(ret, ".");
  jwt_encode(ret, signature, n);
  return !ret->cut;
}
