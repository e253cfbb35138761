// SPDX-License-Identifier: Apache-2.0
/* Is this text an answer to that field? Decided from the declaration alone, without network and without the plugin. */
#ifndef CORE_MODEL_ANSWER_H
#define CORE_MODEL_ANSWER_H

#include <stdbool.h>
#include <string.h>

#include "core/base/buf.h"
#include "tenon/plugin.h"

#define ANSWER_BYTES_MAX   65536u /* of one answer */
#define PATTERN_BYTES_MAX  256u
#define PATTERN_DEPTH_MAX  16u   /* groups within groups */
#define PATTERN_COPIES_MAX 1000u /* that the braces of one pattern make, groups counted through */
#define ANSWER_FILE_MAX    (1024u * 1024u) /* of a file that a field of type FILE names */

/* A file that is kept as an answer itself instead of lying somewhere: its bytes in base64 behind this (RFC 2397). */
#define ANSWER_INLINE           "data:;base64,"
#define ANSWER_INLINE_BYTES_MAX 32768u /* of such a file */

/* Is the answer to a field of type FILE such a one? */
static inline bool
answer_is_inline(const char *text)
{
  return strncmp(text, ANSWER_INLINE, sizeof ANSWER_INLINE - 1) == 0;
}

/* An answer as a person is shown it: "(512 bytes, kept in the connection)" for such a file, else the text itself. */
#define ANSWER_SHOWN_MAX 64u
const char *answer_shown(const char *text, char room[static ANSWER_SHOWN_MAX]);

/* Checks the answer, and writes its canonical form (trimmed; a choice by its value, also when its label or number was
 * typed; "yes" as "true") to ret_value. On failure ret_why gets a sentence that names the field's label and the remedy.
 * An empty answer is good unless the field is required. Secrets are only checked for length. */
bool answer_check(const tenon_field *field, const char *text, struct buf *ret_value,
                  struct buf *ret_why);

/* The path within the answer to a field of type PATH: "/tmp/krb5cc_1000" of itself and of "FILE:/tmp/krb5cc_1000" (DIR:
 * and WRFILE: likewise); "" where it names no path ("KCM:", "KEYRING:persistent:1000"). NULL: it is not whole: a worker
 * has another directory and no home. */
const char *answer_path(const char *text);

/* Is the pattern of a field short and simple enough to be compiled? */
bool pattern_tame(const char *pattern);

/* The present answer to a key, or NULL. */
typedef const char *(*answer_lookup)(void *user, const char *key);

/* Does the field apply, given the other answers? A missing answer counts as its preset, then as empty; the lookup sees
 * to that. NULL: always. */
bool when_holds(const char *when, answer_lookup lookup, void *user);
/* Is the expression one of the grammar? */
bool when_valid(const char *when);

/* One comparison of it. */
#define WHEN_KEY_MAX   64u
#define WHEN_VALUE_MAX 256u
struct when_term {
  char key[WHEN_KEY_MAX], value[WHEN_VALUE_MAX];
  bool negated; /* != */
};
/* The first comparison; gives what stands behind it and its "&&". NULL: there is none, or it does not parse. */
const char *when_next(const char *when, struct when_term *ret);
/* As a person says it: "with auth = ticket and server filled in". */
bool when_put_words(struct buf *b, const char *when);

#endif
