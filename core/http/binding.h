// SPDX-License-Identifier: Apache-2.0
/* Channel bindings: what ties a sign-in to the TLS connection it was made on (tls-server-end-point, RFC 5929 section
 * 4), so that whoever sits between with a certificate of his own cannot pass it on. */
#ifndef CORE_HTTP_BINDING_H
#define CORE_HTTP_BINDING_H

#include <stdbool.h>
#include <stddef.h>

#define BINDING_BYTES_MAX 128u /* the prefix and the longest digest */
#define BINDING_TEXT_MAX  64u

struct binding {
  unsigned char data[BINDING_BYTES_MAX]; /* application data */
  size_t n;                              /* 0: none */
  char text[BINDING_TEXT_MAX];           /* "tls-server-end-point, SHA-256" */
};

/* To the server's certificate. false: it cannot be read. */
bool binding_to_certificate(const char *pem, struct binding *ret);

#endif
