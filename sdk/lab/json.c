// SPDX-License-Identifier: Apache-2.0
//
// The guard is the depth: cJSON calls itself for each level, and takes what stands behind a value for
// nothing.
#include "json.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Brackets outside of strings.
static bool
is_shallow(const char *bytes, size_t length)
{
  size_t depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < length; i++) {
    char letter = bytes[i];
    if (quoted && letter == '\\')
      i++;
    else if (letter == '"')
      quoted = !quoted;
    else if (!quoted && (letter == '{' || letter == '['))
      depth++;
    else if (!quoted && (letter == '}' || letter == ']') && depth > 0)
      depth--;
    if (depth > JSON_DEPTH_MAX)
      return false;
  }
  return true;
}

cJSON *
json_read(const char *bytes, size_t length)
{
  if (memchr(bytes, '\0', length) != NULL || !is_shallow(bytes, length))
    return NULL;
  return cJSON_ParseWithLengthOpts(bytes, length + 1, NULL, 1);
}

void
json_answer(struct http_answer *answer, unsigned int status, cJSON *object, const char *type)
{
  char *printed = cJSON_PrintUnformatted(object);
  cJSON_Delete(object);
  answer->status = status;
  http_answer_header(answer, "Content-Type", "%s",
                     type != NULL ? type : "application/json; charset=utf-8");
  if (printed == NULL)
    answer->body.failed = true;
  else
    text_append(&answer->body, printed);
  free(printed);
}
