// SPDX-License-Identifier: Apache-2.0
/* Certificates made for one test run: an authority, and servers with one thing wrong each. */
#ifndef TESTS_HTTP_PKI_H
#define TESTS_HTTP_PKI_H

#include <openssl/ssl.h>

#include <tenon/plugin.h>

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
  PKI_CN_ONLY,        /* localhost in the CN and no subjectAltName */
};

/* A server's context with this certificate; freed by the caller. */
SSL_CTX *pki_server(enum pki_kind);
/* The authority in PEM; static. */
const char *pki_authority(void);
/* The certificate of the last context made, in PEM; static. */
const char *pki_last_pem(void);

/* Has it want a client certificate by the authority. */
void pki_want_client(SSL_CTX *);
/* Has it speak TLS from and to this version; 0: any. */
void pki_versions(SSL_CTX *, int from, int to);

/* A certificate for a client, in the ways in which people have one. */
enum pki_client {
  PKI_CLIENT_PKCS12,   /* with the password */
  PKI_CLIENT_PEM,      /* certificate, authority, and the key in PKCS#8 with the password */
  PKI_CLIENT_OLD_PEM,  /* the key first, in the form of OpenSSL 0.9 (Proc-Type: 4,ENCRYPTED) */
  PKI_CLIENT_NAKED,    /* PEM, the key unencrypted */
  PKI_CLIENT_NAKED_12, /* PKCS#12 without a password */
  PKI_CLIENT_EXPIRED,  /* PEM */
  PKI_CLIENT_SERVER,   /* PEM, for servers only */
  PKI_CLIENT_MIXED,    /* PEM, with another one's key */
  PKI_CLIENT_NO_KEY,   /* PEM */
  PKI_CLIENT_NO_CERTIFICATE, /* PEM, an encrypted key alone */
};
#define PKI_CLIENT_PASSWORD "correct horse"
/* Its bytes; static. */
tenon_text pki_client(enum pki_client);

#endif
