// SPDX-License-Identifier: Apache-2.0
//
// Makes the certificates with OpenSSL. P-256, because a handshake with it is cheap enough for
// thousands of connections.
#include "certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#define DAY_SECONDS (24L * 60 * 60)
#define HOST_NAMES  "DNS:localhost,DNS:mail.contoso.example,IP:127.0.0.1"
#define GOOD_NAMES                                                                                 \
  HOST_NAMES ",DNS:contoso.example,DNS:autodiscover.contoso.example,"                              \
             "DNS:autodiscover.emea.contoso.example,DNS:autodiscover.fabrikam.example,"            \
             "DNS:outlook.office365.com"
#define WRONG_NAMES     "DNS:webmail.fabrikam.example"
#define GOOD_SUBJECT    "mail.contoso.example"
#define WRONG_SUBJECT   "webmail.fabrikam.example"
#define AUTHORITY_NAME  "tenon-lab CA"
#define VALID_DAYS      90L // well over what clients warn of
#define EXPIRED_DAYS    3L
#define ISSUED_DAYS_AGO 1L

struct paper {
  const char *subject;
  const char *names; // subjectAltName, NULL for the authority
  long from;         // seconds from now
  long until;
};

static bool
extend(X509 *certificate, X509 *issuer, int kind, const char *value)
{
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
  bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

static bool
number(X509 *certificate)
{
  unsigned char bytes[8];
  if (RAND_bytes(bytes, sizeof(bytes)) != 1)
    return false;
  uint64_t serial;
  memcpy(&serial, bytes, sizeof(serial));
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1;
}

static bool
add_extensions(X509 *certificate, X509 *issuer, const struct paper *paper)
{
  bool authority = paper->names == NULL;
  return extend(certificate, issuer, NID_basic_constraints,
                authority ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
         extend(certificate, issuer, NID_key_usage,
                authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
         extend(certificate, issuer, NID_subject_key_identifier, "hash") &&
         (authority || (extend(certificate, issuer, NID_ext_key_usage, "serverAuth") &&
                        extend(certificate, issuer, NID_subject_alt_name, paper->names)));
}

// Issues `paper` for `key`. Without an issuer it signs itself.
static X509 *
issue(const struct paper *paper, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
  X509 *certificate = X509_new();
  if (certificate == NULL)
    return NULL;
  X509_NAME *name = X509_get_subject_name(certificate);
  X509 *signer = issuer != NULL ? issuer : certificate;
  bool made = X509_set_version(certificate, X509_VERSION_3) == 1 && number(certificate) &&
              X509_gmtime_adj(X509_getm_notBefore(certificate), paper->from) != NULL &&
              X509_gmtime_adj(X509_getm_notAfter(certificate), paper->until) != NULL &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                         (const unsigned char *)paper->subject, -1, -1, 0) == 1 &&
              X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1 &&
              X509_set_pubkey(certificate, key) == 1 &&
              add_extensions(certificate, signer, paper) &&
              X509_sign(certificate, issuer_key, EVP_sha256()) != 0;
  if (made)
    return certificate;
  X509_free(certificate);
  return NULL;
}

static char *
take_bytes(BIO *bio)
{
  char *bytes = NULL;
  long length = BIO_get_mem_data(bio, &bytes);
  return length > 0 ? strndup(bytes, (size_t)length) : NULL;
}

static char *
write_certificate(X509 *certificate)
{
  BIO *bio = BIO_new(BIO_s_mem());
  if (bio == NULL)
    return NULL;
  char *text = PEM_write_bio_X509(bio, certificate) == 1 ? take_bytes(bio) : NULL;
  BIO_free(bio);
  return text;
}

static char *
write_key(EVP_PKEY *key)
{
  BIO *bio = BIO_new(BIO_s_mem());
  if (bio == NULL)
    return NULL;
  char *text =
      PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1 ? take_bytes(bio) : NULL;
  BIO_free(bio);
  return text;
}

static struct paper
server_paper(enum certificate_kind kind)
{
  struct paper paper = {.subject = GOOD_SUBJECT,
                        .names = GOOD_NAMES,
                        .from = -ISSUED_DAYS_AGO * DAY_SECONDS,
                        .until = VALID_DAYS * DAY_SECONDS};
  if (kind == CERTIFICATE_EXPIRED) {
    paper.from = -(VALID_DAYS + EXPIRED_DAYS) * DAY_SECONDS;
    paper.until = -EXPIRED_DAYS * DAY_SECONDS;
  } else if (kind == CERTIFICATE_WRONG_NAME) {
    paper.subject = WRONG_SUBJECT;
    paper.names = WRONG_NAMES;
  } else if (kind == CERTIFICATE_NOT_AUTODISCOVER) {
    paper.names = HOST_NAMES;
  }
  return paper;
}

bool
certificate_make(enum certificate_kind kind, struct certificate *ret_certificate)
{
  // The authority is older than any paper that it signs, the expired one too.
  const struct paper authority_paper = {.subject = AUTHORITY_NAME,
                                        .from = -2 * VALID_DAYS * DAY_SECONDS,
                                        .until = VALID_DAYS * DAY_SECONDS};
  const struct paper paper = server_paper(kind);
  EVP_PKEY *authority_key = EVP_EC_gen("P-256");
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *authority = NULL;
  X509 *server = NULL;
  struct certificate made = {0};
  if (authority_key != NULL && key != NULL)
    authority = issue(&authority_paper, authority_key, NULL, authority_key);
  if (authority != NULL)
    server = kind == CERTIFICATE_SELF_SIGNED ? issue(&paper, key, NULL, key)
                                             : issue(&paper, key, authority, authority_key);
  if (server != NULL) {
    made.authority = write_certificate(authority);
    made.server = write_certificate(server);
    made.key = write_key(key);
  }
  X509_free(server);
  X509_free(authority);
  EVP_PKEY_free(key);
  EVP_PKEY_free(authority_key);
  if (made.authority == NULL || made.server == NULL || made.key == NULL) {
    certificate_finish(&made);
    return false;
  }
  *ret_certificate = made;
  return true;
}

void
certificate_finish(struct certificate *certificate)
{
  if (certificate->key != NULL)
    OPENSSL_cleanse(certificate->key, strlen(certificate->key));
  free(certificate->authority);
  free(certificate->server);
  free(certificate->key);
  *certificate = (struct certificate){0};
}
