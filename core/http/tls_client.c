// SPDX-License-Identifier: Apache-2.0
/* Reading PKCS#12 and PEM. An unencrypted key is refused although it could be used: the file is an answer of the
 * connection, and would lie open beside it. */
#include "core/http/tls_client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#define MEMORY_OUT "memory is out"
#define NAKED                                                                                      \
  "its private key is not encrypted, so it would lie open in the file: give it a password with "   \
  "openssl pkcs12 -export -in FILE -out NEW.p12 (of a key alone: openssl pkcs8 -topk8 -in FILE)"
#define OLD_EXPORT                                                                                 \
  "it is encrypted in a way that this machine no longer reads (RC2, an old export of Windows): "   \
  "export it again with AES256-SHA256"

/* What a password callback has to know. */
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
  if (!u->password.ptr || u->password.len > (size_t)size)
    return -1;
  memcpy(to, u->password.ptr, u->password.len);
  return (int)u->password.len;
}

static bool
is_pem(tenon_text file)
{
  return memmem(file.ptr, file.len, "-----BEGIN ", 11) != NULL;
}

/* ---- PEM ---- */

static const char *
read_pem_key(struct tls_client *c, BIO *bio, struct unlock *u)
{
  c->key = PEM_read_bio_PrivateKey(bio, NULL, give_password, u);
  ERR_clear_error();
  if (c->key && !u->asked)
    return NAKED;
  if (c->key)
    return NULL;
  if (!u->asked)
    return "there is no private key in it: it needs the certificate, its chain and the encrypted "
           "key, or is a PKCS#12 file";
  return u->password.ptr ? "the password does not open its private key"
                         : "its private key is encrypted, and the password is missing";
}

/* The one that the key belongs to is the certificate, wherever it stands; the rest is its chain. */
static const char *
read_pem_certificates(struct tls_client *c, BIO *bio)
{
  X509 *found;
  while ((found = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
    if (!c->certificate && X509_check_private_key(found, c->key) == 1)
      c->certificate = found;
    else if (sk_X509_num(c->chain) >= (int)TLS_CLIENT_CERTIFICATES_MAX ||
             !sk_X509_push(c->chain, found)) {
      X509_free(found);
      return "it holds more than 16 certificates: give only the client's and its chain";
    }
  }
  bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end)
    return "one of its certificates is damaged: export it again";
  if (c->certificate)
    return NULL;
  return sk_X509_num(c->chain) ? "its private key belongs to none of its certificates"
                               : "there is a private key in it, but no certificate";
}

static const char *
read_pem(struct tls_client *c, tenon_text file, struct unlock *u)
{
  BIO *keys = BIO_new_mem_buf(file.ptr, (int)file.len);
  BIO *certificates = BIO_new_mem_buf(file.ptr, (int)file.len);
  c->chain = sk_X509_new_null();
  const char *why = keys && certificates && c->chain ? read_pem_key(c, keys, u) : MEMORY_OUT;
  if (!why)
    why = read_pem_certificates(c, certificates);
  BIO_free(keys);
  BIO_free(certificates);
  return why;
}

/* ---- PKCS#12 ---- */

static bool
opens(PKCS12 *p12, const char *password)
{
  return PKCS12_verify_mac(p12, password, -1) == 1;
}

static const char *
parse(struct tls_client *c, PKCS12 *p12, const char *password)
{
  bool read = PKCS12_parse(p12, password, &c->key, &c->certificate, &c->chain) == 1;
  bool old = !read && ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_UNSUPPORTED;
  for (unsigned long e; !read && !old && (e = ERR_get_error());)
    old = ERR_GET_REASON(e) == ERR_R_UNSUPPORTED;
  ERR_clear_error();
  if (!read)
    return old ? OLD_EXPORT : "it is damaged: export it again";
  if (!c->key)
    return "there is no private key in it: export the certificate together with its key";
  return c->certificate ? NULL : "its private key belongs to none of its certificates";
}

static const char *
read_pkcs12(struct tls_client *c, tenon_text file, struct unlock *u)
{
  const unsigned char *at = (const unsigned char *)file.ptr;
  PKCS12 *p12 = d2i_PKCS12(NULL, &at, (long)file.len);
  ERR_clear_error();
  if (!p12)
    return "it is neither PKCS#12 (.p12, .pfx) nor PEM with a certificate and an encrypted key";
  const char *why = NULL;
  u->asked = true;
  if (!PKCS12_mac_present(p12) || opens(p12, NULL) || opens(p12, ""))
    u->asked = false, why = NAKED;
  else if (!u->password.ptr)
    why = "it is encrypted, and the password is missing";
  else if (!opens(p12, u->password.ptr))
    why = "the password does not open it";
  if (!why) {
    u->asked = false; /* what is wrong from now on is not the password */
    why = parse(c, p12, u->password.ptr);
  }
  ERR_clear_error();
  PKCS12_free(p12);
  return why;
}

/* ---- is it of use? ---- */

static const char *
sentence(struct tls_client *c, const char *fmt, const ASN1_TIME *when)
{
  char day[16] = "an unknown day";
  struct tm tm;
  if (ASN1_TIME_to_tm(when, &tm) == 1)
    (void)strftime(day, sizeof day, "%Y-%m-%d", &tm);
  (void)snprintf(c->why, sizeof c->why, fmt, day);
  return c->why;
}

static const char *
judge(struct tls_client *c)
{
  const ASN1_TIME *until = X509_get0_notAfter(c->certificate),
                  *since = X509_get0_notBefore(c->certificate);
  if (X509_check_private_key(c->certificate, c->key) != 1)
    return "its private key does not belong to its certificate";
  if (X509_cmp_current_time(until) < 0)
    return sentence(c, "the certificate ended on %s: have it renewed", until);
  if (X509_cmp_current_time(since) > 0)
    return sentence(c, "the certificate begins on %s: wait, or set this machine's clock", since);
  if (X509_check_purpose(c->certificate, X509_PURPOSE_SSL_CLIENT, 0) != 1)
    return "the certificate is not made for signing in (its extended key usage lacks clientAuth)";
  SSL_CTX *trial = SSL_CTX_new(TLS_client_method());
  int r = trial ? tls_client_use(c, trial) : 0;
  SSL_CTX_free(trial);
  return r < 0 ? "its key or signature is too weak for this machine" : NULL;
}

const char *
tls_client_read(struct tls_client *c, tenon_text file, tenon_text password, bool *ret_password)
{
  struct unlock u = {password, false};
  *ret_password = false;
  if (file.len > TLS_CLIENT_BYTES_MAX)
    return "it is larger than 1 MiB";
  const char *why = is_pem(file) ? read_pem(c, file, &u) : read_pkcs12(c, file, &u);
  *ret_password = why && u.asked && !c->key;
  if (!why)
    why = judge(c);
  ERR_clear_error();
  return why;
}

void
tls_client_finish(struct tls_client *c)
{
  X509_free(c->certificate);
  EVP_PKEY_free(c->key);
  sk_X509_pop_free(c->chain, X509_free);
  *c = (struct tls_client){0};
}

int
tls_client_use(const struct tls_client *c, SSL_CTX *ctx)
{
  if (!c->certificate)
    return 0;
  bool ok = SSL_CTX_use_cert_and_key(ctx, c->certificate, c->key, c->chain, 1) == 1;
  if (ok)
    SSL_CTX_set_post_handshake_auth(ctx, 1); /* TLS 1.3: asked for once the path is known */
  ERR_clear_error();
  return ok ? 0 : -ENOMEM;
}
