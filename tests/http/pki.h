// SPDX-License-Identifier: Apache-2.0
/* Certificates made for one test run: an authority, and servers with one thing wrong each. */
#ifndef TESTS_HTTP_PKI_H
#define TESTS_HTTP_PKI_H

#include <openssl/ssl.h>

enum pki_kind {
  PKI_GOOD, /* localhost and 127.0.0.1, by the authority */
  PKI_EXPIRED,
  PKI_NOT_YET,
  PKI_OTHER_NAME,     /* other.test, by the authority */
  PKI_SELF_SIGNED,    /* localhost, by itself */
  PKI_STRANGER,       /* localhost, by an authority that nobody knows */
  PKI_WEAK,           /* localhost, 1024 bits */
  PKI_STALE_STRANGER, /* expired, and by that authority */
  PKI_ODD_NAME,       /* localhost, a C1 control in its subject */
};

/* A server's context with this certificate; freed by the caller. */
SSL_CTX *pki_server(enum pki_kind);
/* The authority in PEM; static. */
const char *pki_authority(void);
/* The certificate of the last context made, in PEM; static. */
const char *pki_last_pem(void);

#endif
