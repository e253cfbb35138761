// SPDX-License-Identifier: Apache-2.0
/* The certificate that this side shows to a server that asks for one. Its key is decrypted here, in memory, and handed
 * to OpenSSL; it is on no disk and in no argument. */
#ifndef CORE_HTTP_TLS_CLIENT_H
#define CORE_HTTP_TLS_CLIENT_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include <tenon/plugin.h>

#include "core/base/cleanup.h"

#define TLS_CLIENT_BYTES_MAX        (1024u * 1024u) /* of the file */
#define TLS_CLIENT_CERTIFICATES_MAX 16u             /* in it */
#define TLS_CLIENT_WHY_MAX          512u /* bytes of the sentence that says what is wrong */

struct tls_client {
  X509 *certificate; /* NULL: there is none */
  EVP_PKEY *key;
  STACK_OF(X509) * chain;       /* what leads to its authority; or NULL */
  char why[TLS_CLIENT_WHY_MAX]; /* sentences that hold a name or a date */
};

/* PKCS#12, or PEM with an encrypted key. password: NUL behind it; ptr NULL: none. NULL: fine; else what is wrong, and
 * whether it is the password. The sentence lives until
 * tls_client_finish. */
const char *tls_client_read(struct tls_client *, tenon_text file, tenon_text password,
                            bool *ret_password);
void tls_client_finish(struct tls_client *);

/* Has a connection's SSL_CTX show it. -ENOMEM, or 0. */
TENON_NODISCARD int tls_client_use(const struct tls_client *, SSL_CTX *);

#endif
