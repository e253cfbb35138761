// SPDX-License-Identifier: Apache-2.0
//
// RFC 5929 section 4.1 for the certificate's digest; MS-NLMP 3.1.5.1.2 and RFC 4121 section 4.1.1.2
// for the MD5 over gss_channel_bindings_struct, whose addresses are empty.
#include "signin_binding.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <string.h>

#define PREFIX      "tls-server-end-point:"
#define PREFIX_SIZE (sizeof(PREFIX) - 1)
#define STRUCT_HEAD 20 // two kinds and two lengths of addresses, the length of the data

bool
signin_binding_of_digest(const unsigned char *digest, size_t length,
                         struct signin_binding *ret_binding)
{
  struct signin_binding binding = {.length = PREFIX_SIZE + length};
  if (binding.length > sizeof(binding.data))
    return false;
  memcpy(binding.data, PREFIX, PREFIX_SIZE);
  memcpy(binding.data + PREFIX_SIZE, digest, length);
  unsigned char hashed[STRUCT_HEAD + BINDING_DATA_SIZE] = {0};
  hashed[STRUCT_HEAD - 4] = (unsigned char)binding.length;
  memcpy(hashed + STRUCT_HEAD, binding.data, binding.length);
  if (EVP_Digest(hashed, STRUCT_HEAD + binding.length, binding.digest, NULL, EVP_md5(), NULL) != 1)
    return false;
  *ret_binding = binding;
  return true;
}

// The digest of the certificate's signature; SHA-256 in the place of MD5 and SHA-1, and where the
// signature has none.
static const EVP_MD *
digest_of(const X509 *certificate)
{
  int digest = NID_undef;
  (void)X509_get_signature_info((X509 *)(uintptr_t)certificate, &digest, NULL, NULL, NULL);
  if (digest == NID_undef || digest == NID_md5 || digest == NID_sha1)
    return EVP_sha256();
  return EVP_get_digestbynid(digest);
}

bool
signin_binding_make(const char *pem, struct signin_binding *ret_binding)
{
  BIO *bio = BIO_new_mem_buf(pem, -1);
  X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
  BIO_free(bio);
  if (certificate == NULL)
    return false;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  const EVP_MD *kind = digest_of(certificate);
  bool made = kind != NULL && X509_digest(certificate, kind, digest, &length) == 1 &&
              signin_binding_of_digest(digest, length, ret_binding);
  X509_free(certificate);
  return made;
}
