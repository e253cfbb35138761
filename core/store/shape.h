// SPDX-License-Identifier: Apache-2.0
/* The connection's file: its shape, its migrations. Text in, text out; no I/O. */
#ifndef CORE_STORE_SHAPE_H
#define CORE_STORE_SHAPE_H

#include "core/json/json.h"
#include "core/store/store.h"

#define STORE_KEY_MAX 63u /* bytes of a field's key */

/* From version i to version i + 1, in place; false: the document is not what that version wrote. */
typedef bool (*store_migration)(cJSON *document);
extern const store_migration
    store_migrations[STORE_VERSION]; /* [0] is NULL: there was no version 0 */

/* Brings a document to version `to`, step by step. 0; -EBADMSG: no version, or a step refused; -ENOTSUP: newer. */
int store_migrate(cJSON *document, const store_migration *steps, int to) TENON_NODISCARD;

/* The file's text as a connection of that name. -EBADMSG and -ENOTSUP as above, with a phrase in *ret_why. */
int connection_read(const char *name, const char *text, size_t len, struct connection **ret,
                    const char **ret_why) TENON_NODISCARD;
/* The file's text; false: memory. */
bool connection_write(const struct connection *c, struct buf *ret) TENON_NODISCARD;

#endif
