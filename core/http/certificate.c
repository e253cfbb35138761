// SPDX-License-Identifier: Apache-2.0
/* A certificate in words. What stands in it was written by whoever made it, so text from it is escaped or cleaned
 * before it becomes a plugin's and a person's. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/base/buf.h"
#include "core/base/utf8.h"
#include "core/http/tls.h"

#define NAMES_MAX 4096u /* bytes of subjectAltName shown */

bool
certificate_pin(const X509 *certificate, unsigned char pin[static TLS_PIN_SIZE])
{
  unsigned char *der = NULL;
  int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  bool ok = n > 0 && EVP_Digest(der, (size_t)n, pin, NULL, EVP_sha256(), NULL) == 1;
  OPENSSL_free(der);
  return ok;
}

/* A name may hold controls (U+009B drives a terminal), which no plugin may show. */
static void
clean(char *text, size_t n)
{
  if (utf8_printable(text, n))
    return;
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x7f)
      text[i] = text[i] == '\n' ? '\n' : '?';
}

static const char *
text_of_bio(struct arena *arena, BIO *bio)
{
  char *bytes = NULL;
  long n = BIO_get_mem_data(bio, &bytes);
  char *text = arena_bytes(arena, n > 0 ? bytes : "", n > 0 ? (size_t)n : 0);
  BIO_free(bio);
  if (text)
    clean(text, strlen(text));
  return text ? text : "";
}

static const char *
name_text(struct arena *arena, const X509_NAME *name)
{
  BIO *bio = BIO_new(BIO_s_mem());
  if (!bio)
    return "";
  (void)X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
  return text_of_bio(arena, bio);
}

static const char *
pem_text(struct arena *arena, X509 *certificate)
{
  BIO *bio = BIO_new(BIO_s_mem());
  if (!bio)
    return "";
  (void)PEM_write_bio_X509(bio, certificate);
  return text_of_bio(arena, bio);
}

static void
put_name(struct buf *out, const GENERAL_NAME *name)
{
  int type = 0;
  const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
  if (type != GEN_DNS && type != GEN_IPADD)
    return;
  const unsigned char *bytes = ASN1_STRING_get0_data(value);
  int n = ASN1_STRING_length(value);
  if (out->len > 0)
    buf_puts(out, ", ");
  if (type == GEN_IPADD) {
    char text[INET6_ADDRSTRLEN] = "?";
    (void)inet_ntop(n == 4 ? AF_INET : AF_INET6, bytes, text, n == 4 || n == 16 ? sizeof text : 0);
    buf_puts(out, text);
    return;
  }
  for (int i = 0; i < n; i++)
    buf_putc(out, bytes[i] > ' ' && bytes[i] < 0x7f ? (char)bytes[i] : '?');
}

static const char *
alternative_names(struct arena *arena, const X509 *certificate)
{
  CLEANUP_BUF struct buf out = BUF_INIT(NAMES_MAX);
  GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
  for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
    put_name(&out, sk_GENERAL_NAME_value(names, i));
  GENERAL_NAMES_free(names);
  const char *text = arena_text(arena, buf_text(&out));
  return text ? text : "";
}

static int64_t
seconds_of(const ASN1_TIME *time)
{
  struct tm tm;
  return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static const char *
fingerprint(struct arena *arena, const X509 *certificate)
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  char text[2 * EVP_MAX_MD_SIZE + 1] = "";
  if (X509_digest(certificate, EVP_sha256(), digest, &n) == 1)
    for (unsigned i = 0; i < n; i++)
      (void)snprintf(text + (size_t)2 * i, 3, "%02x", digest[i]);
  const char *copy = arena_text(arena, text);
  return copy ? copy : "";
}

static const char *
pin_text(struct arena *arena, const X509 *certificate)
{
  unsigned char pin[TLS_PIN_SIZE];
  char text[8 + (TLS_PIN_SIZE + 2) / 3 * 4 + 1] = "sha256//";
  if (!certificate_pin(certificate, pin))
    return "";
  (void)EVP_EncodeBlock((unsigned char *)text + 8, pin, sizeof pin);
  const char *copy = arena_text(arena, text);
  return copy ? copy : "";
}

static tenon_http_certificate
read_certificate(struct arena *arena, X509 *certificate)
{
  const char *signature = OBJ_nid2ln(X509_get_signature_nid(certificate));
  return (tenon_http_certificate){
      .size = sizeof(tenon_http_certificate),
      .subject = name_text(arena, X509_get_subject_name(certificate)),
      .issuer = name_text(arena, X509_get_issuer_name(certificate)),
      .names = alternative_names(arena, certificate),
      .pem = pem_text(arena, certificate),
      .sha256 = fingerprint(arena, certificate),
      .pin = pin_text(arena, certificate),
      .signature = signature ? signature : "unknown",
      .not_before = seconds_of(X509_get0_notBefore(certificate)),
      .not_after = seconds_of(X509_get0_notAfter(certificate)),
  };
}

void
tls_facts_read_chain(struct tls_facts *facts, STACK_OF(X509) * chain, X509 *leaf)
{
  facts->abi.n_chain = 0;
  for (int i = -1; i < sk_X509_num(chain) && facts->abi.n_chain < TENON_HTTP_CHAIN_MAX; i++) {
    X509 *certificate = i < 0 ? leaf : sk_X509_value(chain, i);
    if (!certificate || (i >= 0 && X509_cmp(certificate, leaf) == 0))
      continue; /* the server's own stands first, once */
    size_t n = facts->abi.n_chain++;
    facts->certificates[n] = read_certificate(&facts->arena, certificate);
    facts->chain[n] = &facts->certificates[n];
  }
}
