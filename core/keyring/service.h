// SPDX-License-Identifier: Apache-2.0
/* The Secret Service's side: entries found by their id, put into the default collection. */
#ifndef CORE_KEYRING_SERVICE_H
#define CORE_KEYRING_SERVICE_H

#include "core/base/buf.h"
#include "core/keyring/libsecret.h"
#include "core/secret/keyring.h"

struct service {
  const struct libsecret *lib;
  SecretService *bus;
  bool may_prompt; /* of the request under way */
};

/* All give a result of struct keyring_reply; where it is a failure `ret` may hold libsecret's text. */
int service_open(struct service *, struct buf *ret) TENON_NODISCARD;
int service_hello(struct service *, struct buf *ret) TENON_NODISCARD;
int service_put(struct service *, const char *id, const char *label, const char *bytes, size_t n,
                struct buf *ret) TENON_NODISCARD;
/* *ret_value is libsecret's, to be unreferenced; its text is in locked memory. */
int service_get(struct service *, const char *id, SecretValue **ret_value, struct buf *ret)
    TENON_NODISCARD;
int service_has(struct service *, const char *id, struct buf *ret) TENON_NODISCARD;
int service_remove(struct service *, const char *id, struct buf *ret) TENON_NODISCARD;
int service_list(struct service *, struct buf *ret) TENON_NODISCARD;

#endif
