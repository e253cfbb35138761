// SPDX-License-Identifier: Apache-2.0
/* TLS as this host wants it judged. The whole decision (chain, dates, name, pin) is made in one OpenSSL callback, which
 * writes down what it saw: libcurl's own certificate information is empty when the chain fails and on reused
 * connections, the two times when somebody wants to read it. The facts hang on the connection's SSL_CTX and are found
 * again by every transaction that the connection carries. */
#ifndef CORE_HTTP_TLS_H
#define CORE_HTTP_TLS_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include <tenon/http.h>

#include "core/base/arena.h"
#include "core/http/tls_client.h"

#define TLS_CA_PEM_MAX          (1024u * 1024u) /* bytes of ca_pem */
#define TLS_CA_CERTIFICATES_MAX 256u            /* certificates in it */
#define TLS_ERRORS_MAX          8u              /* complaints about one chain that are kept */
#define TLS_PIN_SIZE            32

/* What this session asks of a server's certificate. */
struct tls_policy {
  char *ca_bundle;        /* of the system; NULL: libcurl's */
  STACK_OF(X509) * extra; /* ca_pem; or NULL */
  X509_STORE *store;      /* made at the first connection */
  bool pinned;
  unsigned char pin[TLS_PIN_SIZE];
  char *expected_name; /* or NULL */
  struct tls_client client;
};

/* What is known of one TLS connection. Counted; one thread. */
struct tls_facts {
  unsigned refs;
  const struct tls_policy *policy;
  char *host; /* whose certificate it must be */
  int errors[TLS_ERRORS_MAX];
  unsigned n_errors;
  int hello;          /* version that the server chose, as its hello says; 0: none came */
  struct arena arena; /* the text below */
  tenon_http_tls abi;
  tenon_http_certificate certificates[TENON_HTTP_CHAIN_MAX];
  const tenon_http_certificate *chain[TENON_HTTP_CHAIN_MAX];
};

/* Parse one member of the options; NULL: fine, else the sentence that says what is wrong. */
const char *tls_policy_add_ca(struct tls_policy *, tenon_text pem);
const char *tls_policy_set_pin(struct tls_policy *, const char *pin);
void tls_policy_finish(struct tls_policy *);

/* Makes a connection's SSL_CTX judge by the policy, for this host. One reference goes to the caller. */
TENON_NODISCARD int tls_prepare(struct tls_policy *, SSL_CTX *, const char *host,
                                struct tls_facts **ret);

/* "TLS 1.0" where the server wanted a version that is too old; NULL: it did not say. */
const char *tls_facts_old_version(const struct tls_facts *);

/* The facts of a connection, borrowed, protocol and cipher filled in; NULL when it is not ours. */
struct tls_facts *tls_facts_of(SSL *);
struct tls_facts *tls_facts_ref(struct tls_facts *);
void tls_facts_unref(struct tls_facts *); /* NULL is fine */

/* Fills in the chain, at most TENON_HTTP_CHAIN_MAX of it. certificate.c. */
void tls_facts_read_chain(struct tls_facts *, STACK_OF(X509) *, X509 *leaf);
/* sha256 of the certificate's SubjectPublicKeyInfo. */
TENON_NODISCARD bool certificate_pin(const X509 *, unsigned char pin[static TLS_PIN_SIZE]);

#endif
