// SPDX-License-Identifier: Apache-2.0
/* Getters that never abort on what a peer sent. cJSON_PrintUnformatted allocates with malloc: nobody sets its hooks. */
#include "core/json/json.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/json/guard.h"

#define EXACT_MAX 9007199254740992.0 /* 2^53: beyond it a double skips whole numbers */

static bool
only_blanks(const char *p, const char *end)
{
  while (p < end && strchr(" \t\r\n", *p))
    p++;
  return p == end;
}

cJSON *
json_parse(const char *text, size_t len, const struct json_limits *limits, const char **ret_why)
{
  static const struct json_limits usual = {SIZE_MAX, JSON_DEPTH_MAX, JSON_VALUES_MAX};
  const char *end = NULL, *why = json_guard(text, len, limits ? limits : &usual);

  if (why) {
    *ret_why = why;
    return NULL;
  }
  CLEANUP_JSON cJSON *value = cJSON_ParseWithLengthOpts(text, len, &end, false);
  if (!value)
    *ret_why = "it is not JSON";
  else if (!only_blanks(end, text + len))
    *ret_why = "something stands behind the object";
  else if (!cJSON_IsObject(value))
    *ret_why = "it is not an object";
  else
    return TAKE_PTR(value);
  return NULL;
}

const char *
json_text(const cJSON *object, const char *key)
{
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

const cJSON *
json_object(const cJSON *object, const char *key)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
  return cJSON_IsObject(item) ? item : NULL;
}

const cJSON *
json_array(const cJSON *object, const char *key)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
  return cJSON_IsArray(item) ? item : NULL;
}

bool
json_bool(const cJSON *object, const char *key)
{
  return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, key));
}

bool
json_number(const cJSON *object, const char *key, double *ret)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

  if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble))
    return false;
  *ret = item->valuedouble;
  return true;
}

static bool
int_of_text(const char *text, int64_t *ret)
{
  char *end;

  errno = 0;
  intmax_t n = strtoimax(text, &end, 10);
  if (errno || end == text || *end)
    return false;
  *ret = n;
  return true;
}

bool
json_int(const cJSON *object, const char *key, int64_t *ret)
{
  const char *text = json_text(object, key);
  double n;

  if (text)
    return int_of_text(text, ret);
  if (!json_number(object, key, &n) || fabs(n) > EXACT_MAX || n != floor(n))
    return false;
  *ret = (int64_t)n;
  return true;
}

char *
json_print(const cJSON *value)
{
  return cJSON_PrintUnformatted(value);
}
