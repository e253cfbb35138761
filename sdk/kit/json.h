// SPDX-License-Identifier: Apache-2.0
//
// JSON that a server sent: checked before cJSON sees it (size, depth, UTF-8, no zero byte, one value and
// nothing behind it), and read by accessors that a missing or a differently typed member does not surprise.
#ifndef KIT_JSON_H
#define KIT_JSON_H

#include "text.h"

#include <cjson/cJSON.h>

#define KIT_JSON_BYTES_MAX  (4u * 1024u * 1024u)
#define KIT_JSON_DEPTH_MAX  32u
#define KIT_JSON_VALUES_MAX 100000u // each costs 64 bytes once it is read

// NULL: it is no JSON, or breaks a limit; *ret_why (may be NULL) says which. A byte order mark is skipped.
KIT_NODISCARD cJSON *kit_json_parse(const char *bytes, size_t len, const char **ret_why);

static inline void
kit_json_cleanup_(cJSON **json)
{
  cJSON_Delete(*json);
}
#define KIT_CLEANUP_JSON __attribute__((cleanup(kit_json_cleanup_)))

// Of an object, by the exact name; NULL or false where it is not there or is of another type. object may be NULL.
const cJSON *kit_json_object(const cJSON *object, const char *name);
const cJSON *kit_json_array(const cJSON *object, const char *name);
const char *kit_json_text(const cJSON *object, const char *name);
// A number, or a string of digits: Entra v1, IMDS and AD FS send numbers as text. Whole, within int64.
bool kit_json_whole(const cJSON *object, const char *name, int64_t *ret);
bool kit_json_is_null(const cJSON *object, const char *name);
// Overwrites all texts in it before it is freed, since some are tokens; NULL is fine.
void kit_json_wipe(cJSON *json);

#endif
