// SPDX-License-Identifier: Apache-2.0
//
// The anonymous form, which has no published schema: one object, of which four members are wanted.
#include "autodiscover.h"
#include "json.h"

#include <string.h>
#include <strings.h>

// false: it is there and is no text that people could be shown. What is not there is "".
static bool
take(const cJSON *json, const char *name, char *to, size_t size, bool *ret_whole)
{
  const char *text = kit_json_text(json, name);
  to[0] = 0;
  if (text == NULL)
    return true;
  *ret_whole = kit_text_copy(to, size, text);
  return kit_utf8_printable(text, strlen(text));
}

// NULL, or why it is none.
static const char *
read_reply(const cJSON *json, struct autodiscover_reply *ret)
{
  char protocol[32];
  bool whole = true, unused;
  if (!cJSON_IsObject(json) || !take(json, "Protocol", protocol, sizeof protocol, &unused) ||
      !take(json, "ErrorCode", ret->code, sizeof ret->code, &unused) ||
      !take(json, "ErrorMessage", ret->text, sizeof ret->text, &unused) ||
      !take(json, "Url", ret->external, sizeof ret->external, &whole))
    return "it is not the JSON of Autodiscover";
  if (!whole)
    return "its address is too long";
  if (ret->external[0] == 0 && ret->code[0] == 0)
    return "it names no address";
  if (ret->external[0] != 0 && strcasecmp(protocol, "EWS") != 0)
    return "it is about another protocol";
  return NULL;
}

void
autodiscover_read_json(const char *bytes, size_t len, struct autodiscover_reply *ret)
{
  const char *why = "it is too long";
  cJSON *json = NULL;
  memset(ret, 0, sizeof *ret);
  if (len <= AUTODISCOVER_BYTES_MAX)
    json = kit_json_parse(bytes, len, &why);
  if (json != NULL)
    why = read_reply(json, ret);
  kit_json_wipe(json);
  if (why != NULL) {
    memset(ret, 0, sizeof *ret);
    (void)kit_text_copy(ret->why, sizeof ret->why, why);
    return;
  }
  ret->kind = ret->external[0] != 0 ? AUTODISCOVER_SETTINGS : AUTODISCOVER_ERROR;
  struct autodiscover_url url;
  ret->cloud = ret->external[0] != 0 && autodiscover_url_read(ret->external, &url) &&
               autodiscover_is_cloud(url.host);
}
