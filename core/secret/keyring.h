// SPDX-License-Identifier: Apache-2.0
/* What the vault (vault_secretservice.c) and tenon-keyring say to each other on their socket: a request, its reply, the
 * next request, until the socket closes. Both come from one build and run on one machine, so these are plain structs; the
 * magic number tells a helper of another build. */
#ifndef CORE_SECRET_KEYRING_H
#define CORE_SECRET_KEYRING_H

#include <stdint.h>

#define KEYRING_PROGRAM "tenon-keyring"
#define KEYRING_FD      3
#define KEYRING_MAGIC   0x316b6e74u /* "tnk1" */

#define KEYRING_ANSWER_MS 10000  /* longest wait for an answer that needs no person */
#define KEYRING_PROMPT_MS 180000 /* for one that the desktop may ask a person about */
#define KEYRING_LABEL_MAX 255u
#define KEYRING_REPLY_MAX (8u << 20) /* bytes of a reply: the longest list of ids */

/* What entries have in the Secret Service besides their secret. */
#define KEYRING_SCHEMA       "org.tenon.Connection"
#define KEYRING_ATTRIBUTE_ID "id"

enum keyring_op {
  KEYRING_HELLO = 1, /* -> the label of the collection */
  KEYRING_PUT,
  KEYRING_GET, /* -> the secret */
  KEYRING_REMOVE,
  KEYRING_LIST, /* -> ids, each followed by \n */
  KEYRING_HAS,
};

#define KEYRING_MAY_PROMPT (1u << 0) /* a person is there: locked collections may be asked for */

struct keyring_request {
  uint32_t magic, op, flags;
  uint32_t n_id, n_label, n_bytes; /* these follow, in this order */
};

/* result: 0; -ENOENT no such entry; -ENOKEY the collection is locked; -ECANCELED the person said no; -ENOSYS libsecret is
 * not here; -ESRCH nobody on the bus keeps secrets; -ENXIO there is no collection to put them in; -EIO anything else.
 * What follows a failure is a text of libsecret's, or nothing. */
struct keyring_reply {
  uint32_t magic;
  int32_t result;
  uint32_t n;
};

#endif
