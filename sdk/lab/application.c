// SPDX-License-Identifier: Apache-2.0
//
// Making of the application's credentials, as an administrator would: RSA 2048, self-signed, the key
// encrypted with a password.
#include "application.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signin.h"

#define KEY_BITS 2048

static X509 *
certify(EVP_PKEY *key)
{
  X509 *certificate = X509_new();
  if (certificate == NULL)
    return NULL;
  X509_NAME *name = X509_get_subject_name(certificate);
  bool made = X509_set_version(certificate, X509_VERSION_3) == 1 &&
              ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
              X509_gmtime_adj(X509_getm_notBefore(certificate), -86400) != NULL &&
              X509_gmtime_adj(X509_getm_notAfter(certificate), 365L * 86400) != NULL &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                         (const unsigned char *)APPLICATION_NAME, -1, -1, 0) == 1 &&
              X509_set_issuer_name(certificate, name) == 1 &&
              X509_set_pubkey(certificate, key) == 1 &&
              X509_sign(certificate, key, EVP_sha256()) != 0;
  if (made)
    return certificate;
  X509_free(certificate);
  return NULL;
}

static char *
print(X509 *certificate, EVP_PKEY *key, const char *password)
{
  BIO *bio = BIO_new(BIO_s_mem());
  char *bytes, *text = NULL;
  if (bio != NULL &&
      PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_256_cbc(), password, (int)strlen(password),
                                    NULL, NULL) == 1 &&
      PEM_write_bio_X509(bio, certificate) == 1) {
    long length = BIO_get_mem_data(bio, &bytes);
    text = strndup(bytes, (size_t)length);
  }
  BIO_free(bio);
  return text;
}

static bool
thumb(const X509 *certificate, const EVP_MD *digest, char *ret_text, size_t room)
{
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int length;
  struct text text = {0};
  if (X509_digest(certificate, digest, bytes, &length) != 1)
    return false;
  jose_encode(&text, bytes, length);
  bool done = !text.failed;
  if (done)
    snprintf(ret_text, room, "%s", text.bytes);
  text_finish(&text);
  return done;
}

bool
application_make(struct application *ret_application)
{
  struct application made = {.key = EVP_RSA_gen(KEY_BITS)};
  X509 *certificate = made.key != NULL ? certify(made.key) : NULL;
  bool done = certificate != NULL && signin_make_password(made.secret, sizeof(made.secret)) &&
              signin_make_password(made.password, sizeof(made.password)) &&
              thumb(certificate, EVP_sha256(), made.thumbprint, sizeof(made.thumbprint)) &&
              thumb(certificate, EVP_sha1(), made.thumbprint_old, sizeof(made.thumbprint_old));
  // What a form must escape, in every secret and not in some.
  memcpy(made.secret + 3, "8Q~+", 4);
  if (done)
    made.pem = print(certificate, made.key, made.password);
  EVP_PKEY_free(made.key);
  made.key = certificate != NULL ? X509_get_pubkey(certificate) : NULL;
  X509_free(certificate);
  if (made.pem != NULL && made.key != NULL) {
    *ret_application = made;
    return true;
  }
  application_finish(&made);
  return false;
}

void
application_finish(struct application *application)
{
  if (application->pem != NULL)
    OPENSSL_cleanse(application->pem, strlen(application->pem));
  free(application->pem);
  EVP_PKEY_free(application->key);
  OPENSSL_cleanse(application, sizeof(*application));
}
