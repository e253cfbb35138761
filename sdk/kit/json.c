// SPDX-License-Identifier: Apache-2.0
//
// One pass over the bytes that knows strings from the rest and nothing else of JSON: depth, number of values, U+0000,
// UTF-8. Whether it is JSON cJSON says afterwards; it would let all of these pass.
#include "json.h"

#include <openssl/crypto.h>
#include <string.h>

#define DOUBLE_WHOLE_MAX 9007199254740992.0 // 2^53: beyond it a number of JSON is not exact

// Behind the string that starts at p (its quote); NULL: *ret_why.
static const char *
pass_string(const char *p, const char *end, const char **ret_why)
{
  for (p++; p < end && *p != '"'; p++) {
    if ((unsigned char)*p < 0x20) {
      *ret_why = "a control character stands in a string of it";
      return NULL;
    }
    if (*p != '\\')
      continue;
    if (end - p >= 6 && memcmp(p, "\\u0000", 6) == 0) {
      *ret_why = "a string of it holds a zero byte";
      return NULL;
    }
    p++;
  }
  *ret_why = "it is cut off";
  return p < end ? p + 1 : NULL;
}

static const char *
scan(const char *p, const char *end)
{
  size_t depth = 0, values = 0;
  const char *why = NULL;
  while (p < end) {
    char c = *p;
    if (c == '"') {
      p = pass_string(p, end, &why);
      if (p == NULL)
        return why;
      continue;
    }
    if (c == 0)
      return "a zero byte stands in it";
    if ((c == '{' || c == '[') && ++depth > KIT_JSON_DEPTH_MAX)
      return "it is nested too deeply";
    if ((c == '}' || c == ']') && depth > 0)
      depth--;
    if ((c == '{' || c == '[' || c == ',') && ++values > KIT_JSON_VALUES_MAX)
      return "it has too many values";
    p++;
  }
  return depth > 0 ? "it is cut off" : NULL;
}

static const char *
guard(const char *bytes, size_t len)
{
  if (len > KIT_JSON_BYTES_MAX)
    return "it is too long";
  if (len == 0)
    return "it is empty";
  const char *why = scan(bytes, bytes + len);
  if (why != NULL)
    return why;
  return kit_utf8_valid(bytes, len) ? NULL : "it is not UTF-8";
}

static bool
is_rest_blank(const char *p, const char *end)
{
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
    p++;
  return p == end;
}

cJSON *
kit_json_parse(const char *bytes, size_t len, const char **ret_why)
{
  const char *unused, *end = NULL;
  const char **why = ret_why != NULL ? ret_why : &unused;
  if (bytes == NULL)
    len = 0;
  if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
    bytes += 3;
    len -= 3;
  }
  *why = guard(bytes, len);
  if (*why != NULL)
    return NULL;
  cJSON *json = cJSON_ParseWithLengthOpts(bytes, len, &end, false);
  if (json == NULL) {
    *why = "it is not JSON";
    return NULL;
  }
  if (!is_rest_blank(end, bytes + len)) {
    *why = "something follows its JSON";
    kit_json_wipe(json);
    return NULL;
  }
  return json;
}

static const cJSON *
member(const cJSON *object, const char *name)
{
  return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

const cJSON *
kit_json_object(const cJSON *object, const char *name)
{
  const cJSON *found = member(object, name);
  return cJSON_IsObject(found) ? found : NULL;
}

const cJSON *
kit_json_array(const cJSON *object, const char *name)
{
  const cJSON *found = member(object, name);
  return cJSON_IsArray(found) ? found : NULL;
}

const char *
kit_json_text(const cJSON *object, const char *name)
{
  const cJSON *found = member(object, name);
  return cJSON_IsString(found) ? found->valuestring : NULL;
}

static bool
whole_of_text(const char *text, int64_t *ret)
{
  uint64_t value = 0;
  bool negative = text[0] == '-';
  const char *p = text + negative;
  if (*p == 0)
    return false;
  for (; *p != 0; p++) {
    if (*p < '0' || *p > '9' || value > (uint64_t)INT64_MAX / 10)
      return false;
    value = value * 10 + (uint64_t)(*p - '0');
  }
  if (value > (uint64_t)INT64_MAX)
    return false;
  *ret = negative ? -(int64_t)value : (int64_t)value;
  return true;
}

bool
kit_json_whole(const cJSON *object, const char *name, int64_t *ret)
{
  const cJSON *found = member(object, name);
  if (cJSON_IsString(found))
    return whole_of_text(found->valuestring, ret);
  if (!cJSON_IsNumber(found) || !(found->valuedouble <= DOUBLE_WHOLE_MAX) ||
      found->valuedouble < -DOUBLE_WHOLE_MAX)
    return false;
  int64_t value = (int64_t)found->valuedouble;
  if ((double)value != found->valuedouble)
    return false;
  *ret = value;
  return true;
}

bool
kit_json_is_null(const cJSON *object, const char *name)
{
  return cJSON_IsNull(member(object, name));
}

static void
wipe_below(cJSON *json)
{
  for (cJSON *at = json; at != NULL; at = at->next) {
    if (at->valuestring != NULL)
      OPENSSL_cleanse(at->valuestring, strlen(at->valuestring));
    wipe_below(at->child); // no deeper than KIT_JSON_DEPTH_MAX
  }
}

void
kit_json_wipe(cJSON *json)
{
  wipe_below(json);
  cJSON_Delete(json);
}
