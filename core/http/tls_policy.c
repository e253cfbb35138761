// SPDX-License-Identifier: Apache-2.0
/* Reading the exceptions that a connection names: its own authorities and a pinned key. */
#include "core/http/tls.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#define PIN_PREFIX  "sha256//"
#define PIN_ENCODED 44 /* base64 of 32 bytes */

static const char *
read_certificates(BIO *bio, STACK_OF(X509) * into)
{
  for (;;) {
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    if (!certificate) {
      bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      ERR_clear_error();
      if (!at_end)
        return "one of the certificates is damaged: export it again as PEM (Base-64 X.509)";
      return sk_X509_num(into)
                 ? NULL
                 : "there is no certificate in it: PEM begins with -----BEGIN CERTIFICATE-----";
    }
    if (sk_X509_num(into) >= (int)TLS_CA_CERTIFICATES_MAX || !sk_X509_push(into, certificate)) {
      X509_free(certificate);
      return "it holds more than 256 certificates: give only the authority of this server";
    }
  }
}

static const char *
add_ca(struct tls_policy *policy, BIO *bio)
{
  STACK_OF(X509) *certificates = sk_X509_new_null();
  if (!bio || !certificates) {
    sk_X509_free(certificates);
    return "memory is out";
  }
  const char *why = read_certificates(bio, certificates);
  if (why)
    sk_X509_pop_free(certificates, X509_free);
  else
    policy->extra = certificates;
  return why;
}

const char *
tls_policy_add_ca(struct tls_policy *policy, tenon_text pem)
{
  if (pem.len > TLS_CA_PEM_MAX)
    return "it is larger than 1 MiB: give only the authority of this server";
  BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
  const char *why = add_ca(policy, bio);
  BIO_free(bio);
  return why;
}

const char *
tls_policy_set_pin(struct tls_policy *policy, const char *pin)
{
  static const char wrong[] =
      "a pin is sha256// and 44 characters of base64, as a failed check shows it";
  size_t prefix = strlen(PIN_PREFIX);
  if (strncmp(pin, PIN_PREFIX, prefix) != 0 || strlen(pin + prefix) != PIN_ENCODED ||
      pin[prefix + PIN_ENCODED - 1] != '=' || pin[prefix + PIN_ENCODED - 2] == '=')
    return wrong;
  unsigned char bytes[PIN_ENCODED / 4 * 3];
  int n = EVP_DecodeBlock(bytes, (const unsigned char *)pin + prefix, PIN_ENCODED);
  ERR_clear_error();
  if (n != (int)sizeof bytes)
    return wrong;
  memcpy(policy->pin, bytes, TLS_PIN_SIZE);
  policy->pinned = true;
  return NULL;
}

void
tls_policy_finish(struct tls_policy *policy)
{
  free(policy->ca_bundle);
  free(policy->expected_name);
  sk_X509_pop_free(policy->extra, X509_free);
  X509_STORE_free(policy->store);
  tls_client_finish(&policy->client);
  *policy = (struct tls_policy){0};
}
