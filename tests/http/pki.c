// SPDX-License-Identifier: Apache-2.0
/* Certificates are made when a test starts, so that none ever expires in the repository. */
#include "tests/http/pki.h"

#include <check.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>

static EVP_PKEY *authority_key, *stranger_key;
static X509 *authority, *stranger;
static char authority_pem[8192], last_pem[8192];

static void
add_extension(X509 *x, int nid, const char *value)
{
  X509V3_CTX ctx;
  X509V3_set_ctx_nodb(&ctx);
  X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
  ck_assert_ptr_nonnull(extension);
  ck_assert_int_eq(X509_add_ext(x, extension, -1), 1);
  X509_EXTENSION_free(extension);
}

struct wish {
  const char *name, *names;
  long from_days, to_days;
  EVP_PKEY *key;
  X509 *issuer;
  EVP_PKEY *issuer_key;
};

static X509 *
make(const struct wish *w)
{
  static long serial = 1;
  X509 *x = X509_new();
  ck_assert_ptr_nonnull(x);
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  X509_time_adj_ex(X509_getm_notBefore(x), (int)w->from_days, 0, NULL);
  X509_time_adj_ex(X509_getm_notAfter(x), (int)w->to_days, 0, NULL);
  X509_set_pubkey(x, w->key);
  X509_NAME *name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)w->name, -1, -1, 0);
  X509_set_issuer_name(x, w->issuer ? X509_get_subject_name(w->issuer) : name);
  add_extension(x, NID_basic_constraints, w->names ? "CA:FALSE" : "critical,CA:TRUE");
  if (w->names)
    add_extension(x, NID_subject_alt_name, w->names);
  ck_assert_int_gt(X509_sign(x, w->issuer_key ? w->issuer_key : w->key, EVP_sha256()), 0);
  return x;
}

static void
to_pem(X509 *x, char *pem, size_t size)
{
  BIO *bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, x);
  int n = BIO_read(bio, pem, (int)size - 1);
  ck_assert_int_gt(n, 0);
  pem[n] = '\0';
  BIO_free(bio);
}

static void
make_authorities(void)
{
  if (authority)
    return;
  authority_key = EVP_EC_gen("P-256");
  stranger_key = EVP_EC_gen("P-256");
  authority = make(&(struct wish){"Test Authority", NULL, -10, 10, authority_key, NULL, NULL});
  stranger = make(&(struct wish){"Stranger Authority", NULL, -10, 10, stranger_key, NULL, NULL});
  to_pem(authority, authority_pem, sizeof authority_pem);
}

const char *
pki_authority(void)
{
  make_authorities();
  return authority_pem;
}

const char *
pki_last_pem(void)
{
  return last_pem;
}

SSL_CTX *
pki_server(enum pki_kind kind)
{
  make_authorities();
  EVP_PKEY *key = kind == PKI_WEAK ? EVP_RSA_gen(1024) : EVP_EC_gen("P-256");
  struct wish w = {"localhost", "DNS:localhost,IP:127.0.0.1", -2, 5, key, authority, authority_key};
  if (kind == PKI_EXPIRED || kind == PKI_STALE_STRANGER)
    w.from_days = -9, w.to_days = -1;
  if (kind == PKI_NOT_YET)
    w.from_days = 1;
  if (kind == PKI_OTHER_NAME)
    w.name = "other.test", w.names = "DNS:other.test,DNS:*.wild.test";
  if (kind == PKI_ODD_NAME)
    w.name = "lo\xc2\x9b[2J";
  if (kind == PKI_SELF_SIGNED)
    w.issuer = NULL, w.issuer_key = NULL;
  if (kind == PKI_STRANGER || kind == PKI_STALE_STRANGER)
    w.issuer = stranger, w.issuer_key = stranger_key;
  X509 *x = make(&w);
  to_pem(x, last_pem, sizeof last_pem);
  SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_security_level(ctx, 0);
  ck_assert_int_eq(SSL_CTX_use_certificate(ctx, x), 1);
  ck_assert_int_eq(SSL_CTX_use_PrivateKey(ctx, key), 1);
  X509_free(x);
  EVP_PKEY_free(key);
  return ctx;
}
