// SPDX-License-Identifier: Apache-2.0
/* cJSON with a guard before it and short names around it. cJSON alone takes what must not be taken (text behind the
 * value, invalid UTF-8, \u0000, any depth up to a thousand): json_parse looks first. Only objects, keys compared with
 * case. */
#ifndef CORE_JSON_JSON_H
#define CORE_JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "core/base/buf.h"

#define JSON_DEPTH_MAX  16u
#define JSON_VALUES_MAX 16384u

struct json_limits {
  size_t bytes, depth, values;
};

/* Parses one JSON object. NULL on failure, with *ret_why a static phrase ("not valid UTF-8"). limits NULL: the above and
 * no bound on bytes. */
cJSON *json_parse(const char *text, size_t len, const struct json_limits *limits,
                  const char **ret_why) TENON_NODISCARD;

/* Members by key; NULL, 0 or false when absent or of another type. */
const char *json_text(const cJSON *object, const char *key);
const cJSON *json_object(const cJSON *object, const char *key);
const cJSON *json_array(const cJSON *object, const char *key);
bool json_bool(const cJSON *object, const char *key);
bool json_number(const cJSON *object, const char *key, double *ret);
/* A whole number, also one written as a string of digits. */
bool json_int(const cJSON *object, const char *key, int64_t *ret);

/* Printed without blanks; NULL when memory is out; for the caller to free. */
char *json_print(const cJSON *value) TENON_NODISCARD;

static inline void
cleanup_json_(cJSON **value)
{
  cJSON_Delete(*value);
}
#define CLEANUP_JSON __attribute__((cleanup(cleanup_json_)))

/* ---- writing without a tree: for what is written often --------------------------------------------------------- */

/* "..." with what JSON wants escaped. len bytes of valid UTF-8. */
bool json_put_text(struct buf *b, const char *text, size_t len);
/* ,"key":"text" (without the comma behind a '{'); nothing at all when text is NULL. */
bool json_put_member(struct buf *b, const char *key, const char *text);
bool json_put_member_int(struct buf *b, const char *key, int64_t value);
/* Milliseconds with up to three decimals, of nanoseconds. */
bool json_put_member_ms(struct buf *b, const char *key, int64_t ns);
/* ,"key": for a value that the caller puts next. */
bool json_put_key(struct buf *b, const char *key);

#endif
