// SPDX-License-Identifier: Apache-2.0
/* Connections on their way to another machine: one JSON document, without secrets, or sealed as a whole under a
 * passphrase. A file that an answer names goes along with its bytes. Its shape is in docs/store.md. Text in, text out: no
 * I/O, and no vault. */
#ifndef CORE_STORE_TRANSFER_H
#define CORE_STORE_TRANSFER_H

#include "core/store/store.h"

#define TRANSFER_VERSION         1
#define TRANSFER_BYTES_MAX       (6u << 20) /* of a document, sealed or not */
#define TRANSFER_CONNECTIONS_MAX 1000u
#define TRANSFER_BLOBS_MAX       256u   /* secrets and files of one connection */
#define TRANSFER_FILE_NAME_MAX   255u   /* bytes of a file's own name */
#define TRANSFER_TEXT_MAX        65536u /* bytes of one answer */

/* A secret, or the file behind an answer. */
struct transfer_blob {
  char *key;
  char *file;  /* the file's own name, without a directory; NULL: a secret */
  bool secret; /* goes sealed or not at all: every secret, and a file that is no mere certificate */
  bool there;  /* its bytes came along */
  struct vault_secret bytes;
};

struct transfer_item {
  struct connection *connection; /* its answers, but those of files and secrets */
  struct transfer_blob *blobs;
  size_t n_blobs;
  struct transfer_item *former; /* what connectors that it was swapped away from left: likewise */
  size_t n_former;
};

struct transfer {
  struct transfer_item *items;
  size_t n;
};

void transfer_finish(struct transfer *t);
#define CLEANUP_TRANSFER __attribute__((cleanup(transfer_finish)))

/* Adds an item, which takes the connection; a blob, whose texts are copied and whose bytes are taken. NULL or false:
 * memory, or too many; then nothing was taken. */
struct transfer_item *transfer_add(struct transfer *t, struct connection *c) TENON_NODISCARD;
struct transfer_item *transfer_add_former(struct transfer_item *item, struct connection *c)
    TENON_NODISCARD;
bool transfer_add_blob(struct transfer_item *item, const char *key, const char *file, bool secret,
                       struct vault_secret *bytes) TENON_NODISCARD; /* bytes NULL: not along */

/* May these bytes stand in the clear? Certificates in PEM may; anything that could hold a private key may not. */
bool transfer_file_is_public(const char *bytes, size_t n);

/* The document. passphrase NULL: without secrets. 0, -ENOMEM, -EFBIG. */
int transfer_write(const struct transfer *t, const char *passphrase, struct buf *ret)
    TENON_NODISCARD;

/* Reads one. ask: for a passphrase, called when the document is sealed. -EBADMSG, -ENOTSUP (a newer tenon), -ENOKEY (no
 * passphrase was given), -EKEYREJECTED, -ENOMEM; with a sentence that names the place in `why`. */
int transfer_read(const char *text, size_t len, vault_passphrase ask, void *user,
                  struct transfer *ret, struct buf *why) TENON_NODISCARD;

#endif
