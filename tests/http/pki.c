// SPDX-License-Identifier: Apache-2.0
/* Certificates are made when a test starts, so that none ever expires in the repository. */
#include "tests/http/pki.h"

#include <check.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
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
  bool nameless;     /* no subjectAltName, and no authority */
  const char *usage; /* extendedKeyUsage, or NULL */
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
  bool is_leaf = w->names || w->nameless;
  add_extension(x, NID_basic_constraints, is_leaf ? "CA:FALSE" : "critical,CA:TRUE");
  if (w->usage)
    add_extension(x, NID_ext_key_usage, w->usage);
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
  authority =
      make(&(struct wish){"Test Authority", NULL, -10, 10, authority_key, NULL, NULL, false, NULL});
  stranger = make(
      &(struct wish){"Stranger Authority", NULL, -10, 10, stranger_key, NULL, NULL, false, NULL});
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
  struct wish w = {
      "localhost", "DNS:localhost,IP:127.0.0.1", -2, 5, key, authority, authority_key, false, NULL};
  if (kind == PKI_EXPIRED || kind == PKI_STALE_STRANGER)
    w.from_days = -9, w.to_days = -1;
  if (kind == PKI_NOT_YET)
    w.from_days = 1;
  if (kind == PKI_OTHER_NAME)
    w.name = "other.test", w.names = "DNS:other.test,DNS:*.wild.test";
  if (kind == PKI_ODD_NAME)
    w.name = "lo\xc2\x9b[2J";
  if (kind == PKI_CN_ONLY)
    w.names = NULL, w.nameless = true;
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

void
pki_want_client(SSL_CTX *ctx)
{
  X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), authority);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

void
pki_versions(SSL_CTX *ctx, int from, int to)
{
  ck_assert_int_eq(SSL_CTX_set_min_proto_version(ctx, from), 1);
  ck_assert_int_eq(SSL_CTX_set_max_proto_version(ctx, to), 1);
}

/* ---- certificates of clients ---- */

static void
put_pem_key(BIO *bio, EVP_PKEY *key, enum pki_client kind)
{
  const EVP_CIPHER *cipher = kind == PKI_CLIENT_NAKED ? NULL : EVP_aes_256_cbc();
  const char *password = cipher ? PKI_CLIENT_PASSWORD : NULL;
  int n = password ? (int)strlen(password) : 0;
  if (kind == PKI_CLIENT_OLD_PEM)
    PEM_write_bio_PrivateKey_traditional(bio, key, cipher, (const unsigned char *)password, n, NULL,
                                         NULL);
  else
    PEM_write_bio_PKCS8PrivateKey(bio, key, cipher, password, n, NULL, NULL);
}

static void
put_pem(BIO *bio, X509 *x, EVP_PKEY *key, enum pki_client kind)
{
  if (kind == PKI_CLIENT_OLD_PEM)
    put_pem_key(bio, key, kind);
  if (kind != PKI_CLIENT_NO_CERTIFICATE) {
    PEM_write_bio_X509(bio, authority);
    PEM_write_bio_X509(bio, x);
  }
  if (kind != PKI_CLIENT_OLD_PEM && kind != PKI_CLIENT_NO_KEY)
    put_pem_key(bio, key, kind);
}

static void
put_pkcs12(BIO *bio, X509 *x, EVP_PKEY *key, enum pki_client kind)
{
  STACK_OF(X509) *chain = sk_X509_new_null();
  sk_X509_push(chain, authority);
  const char *password = kind == PKI_CLIENT_NAKED_12 ? "" : PKI_CLIENT_PASSWORD;
  PKCS12 *p12 = PKCS12_create(password, "svc", key, x, chain, 0, 0, 0, 0, 0);
  ck_assert_ptr_nonnull(p12);
  i2d_PKCS12_bio(bio, p12);
  PKCS12_free(p12);
  sk_X509_free(chain);
}

tenon_text
pki_client(enum pki_client kind)
{
  static char bytes[32768];
  make_authorities();
  EVP_PKEY *key = EVP_EC_gen("P-256");
  struct wish w = {
      "svc-tenon", "email:svc@contoso.example", -9, 5, key, authority, authority_key, false,
      "clientAuth"};
  if (kind == PKI_CLIENT_EXPIRED)
    w.to_days = -1;
  if (kind == PKI_CLIENT_SERVER)
    w.usage = "serverAuth";
  X509 *x = make(&w);
  BIO *bio = BIO_new(BIO_s_mem());
  if (kind == PKI_CLIENT_PKCS12 || kind == PKI_CLIENT_NAKED_12)
    put_pkcs12(bio, x, key, kind);
  else
    put_pem(bio, x, kind == PKI_CLIENT_MIXED ? stranger_key : key, kind);
  int n = BIO_read(bio, bytes, sizeof bytes);
  ck_assert_int_gt(n, 0);
  BIO_free(bio);
  X509_free(x);
  EVP_PKEY_free(key);
  return (tenon_text){bytes, (size_t)n};
}
