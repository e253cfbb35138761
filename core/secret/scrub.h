// SPDX-License-Identifier: Apache-2.0
/* The scrubber knows every secret of one connection, in each form in which it could turn up in text: raw, base64
 * (whole and inside something longer, UTF-16LE too), base64url, percent, JSON and XML. What leaves the worker goes
 * through it. It is called for each check of a bulk run, so the usual answer, "nothing here", costs about a nanosecond
 * a byte and no allocation. Patterns live in secret memory. Any thread may call any function at any time. */
#ifndef CORE_SECRET_SCRUB_H
#define CORE_SECRET_SCRUB_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/cleanup.h"

#define SCRUB_SHORT                                                                                \
  8u /* a value below this is matched in credential positions and encoded forms only */
#define SCRUB_SECRETS_MAX 1024u
#define SCRUB_VALUE_MAX   65536u /* bytes of one secret */
#define SCRUB_LOOK_BACK                                                                            \
  96u /* bytes before a short value in which its credential position is looked for */
#define SCRUB_MARK "***"

struct scrubber;

TENON_NODISCARD struct scrubber *scrubber_create(void); /* NULL: no memory */
void scrubber_destroy(struct scrubber *);               /* NULL is fine */

/* Learns a secret; the same one twice is fine, an empty one is ignored. 0, -ENOMEM, -E2BIG (too long), -ENOSPC (too
 * many). A caller that gets an error must not print what may hold the secret. */
TENON_NODISCARD int scrubber_add(struct scrubber *, const void *bytes, size_t n);

/* Learns a secret as it stands with its account: "user:secret" raw, and in base64 (HTTP Basic). */
TENON_NODISCARD int scrubber_add_account(struct scrubber *, const char *user, const void *bytes,
                                         size_t n);

/* Would this text still show a secret? */
TENON_NODISCARD bool scrub_has(const struct scrubber *, const char *in, size_t n);

/* 0: there is nothing to take out, use `in` as it is (*ret untouched); 1: *ret is a copy with "***" for each secret,
 * NUL-terminated, *ret_n bytes, to be freed with free(); -ENOMEM: print nothing. */
TENON_NODISCARD int scrub_text(const struct scrubber *, const char *in, size_t n, char **ret,
                               size_t *ret_n);

#endif
