// SPDX-License-Identifier: Apache-2.0
/* The hash is the one of the certificate's signature; SHA-256 in the place of MD5 and SHA-1 (RFC 5929 section 4.1). That
 * section leaves open what holds for a signature without one hash of its own (Ed25519, ML-DSA): SHA-256 then, as
 * libcurl has it. */
#include "core/http/binding.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define PREFIX "tls-server-end-point:"

static const char *
hash_name(int nid)
{
  switch (nid) {
  case NID_sha256: return "SHA-256";
  case NID_sha384: return "SHA-384";
  case NID_sha512: return "SHA-512";
  default: return OBJ_nid2ln(nid);
  }
}

static bool
hash_certificate(X509 *certificate, struct binding *b)
{
  int nid = NID_undef;
  unsigned n = 0;
  (void)X509_get_signature_info(certificate, &nid, NULL, NULL, NULL);
  if (nid == NID_undef || nid == NID_md5 || nid == NID_sha1)
    nid = NID_sha256;
  const EVP_MD *hash = EVP_get_digestbynid(nid);
  if (!hash || sizeof PREFIX - 1 + (size_t)EVP_MD_get_size(hash) > sizeof b->data)
    return false;
  if (X509_digest(certificate, hash, b->data + sizeof PREFIX - 1, &n) != 1)
    return false;
  memcpy(b->data, PREFIX, sizeof PREFIX - 1);
  b->n = sizeof PREFIX - 1 + n;
  (void)snprintf(b->text, sizeof b->text, "tls-server-end-point, %s", hash_name(nid));
  return true;
}

bool
binding_to_certificate(const char *pem, struct binding *ret)
{
  struct binding b = {.n = 0};
  BIO *bio = BIO_new_mem_buf(pem, -1);
  X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
  bool ok = certificate && hash_certificate(certificate, &b);
  X509_free(certificate);
  BIO_free(bio);
  if (ok)
    *ret = b;
  return ok;
}
