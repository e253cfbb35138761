// SPDX-License-Identifier: Apache-2.0
/* The authorities that are trusted. The system's bundle is parsed once a process: it takes 20 to 40 ms, which libcurl
 * would spend for every connection once CAPATH is set, as Debian's is. */
#ifndef CORE_HTTP_TLS_STORE_H
#define CORE_HTTP_TLS_STORE_H

#include <openssl/x509.h>

/* The bundle's authorities (NULL: the bundle libcurl was built for) and the extra ones, or NULL when memory is out. A
 * bundle that cannot be read is no authorities: then every chain is untrusted, and says so. */
X509_STORE *tls_store_create(const char *bundle, STACK_OF(X509) * extra);

#endif
