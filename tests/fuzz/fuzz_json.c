// SPDX-License-Identifier: Apache-2.0
/* JSON that a server sent, and the errors of token endpoints and of Graph in it: whatever comes in, what is shown to people is
 * printable and ends. */
#include <string.h>

#include "sdk/kit/graph.h"
#include "sdk/kit/json.h"
#include "sdk/kit/oauth.h"
#include "tests/fuzz/fuzz.h"

static void
hold_text(const char *text, size_t size)
{
  const char *end = memchr(text, 0, size);
  fuzz_hold(end && kit_utf8_printable(text, (size_t)(end - text)));
}

static void
hold_below(const cJSON *json, unsigned depth)
{
  fuzz_hold(depth <= KIT_JSON_DEPTH_MAX);
  for (const cJSON *at = json; at; at = at->next) {
    if (at->valuestring)
      fuzz_hold(kit_utf8_valid(at->valuestring, strlen(at->valuestring)));
    if (at->child)
      hold_below(at->child, depth + 1);
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct oauth_error e;
  struct graph_error g;
  const char *why = NULL;
  int64_t value = 0;

  cJSON *json = kit_json_parse((const char *)bytes, n, &why);
  fuzz_hold((json == NULL) == (why != NULL));
  if (json)
    hold_below(json, 0);
  (void)kit_json_text(json, "error");
  (void)kit_json_whole(json, "expires_in", &value);
  kit_json_wipe(json);

  oauth_error_read((const char *)bytes, n, &e);
  hold_text(e.error, sizeof e.error);
  hold_text(e.suberror, sizeof e.suberror);
  hold_text(e.text, sizeof e.text);
  hold_text(e.correlation, sizeof e.correlation);
  hold_text(e.trace, sizeof e.trace);
  hold_text(e.timestamp, sizeof e.timestamp);
  fuzz_hold(e.n_codes <= OAUTH_CODES_MAX);
  fuzz_hold(json || !e.readable);

  graph_error_read((const char *)bytes, n, &g);
  hold_text(g.code, sizeof g.code);
  hold_text(g.text, sizeof g.text);
  hold_text(g.request_id, sizeof g.request_id);
  hold_text(g.date, sizeof g.date);
  fuzz_hold(json || !g.readable);
  (void)oauth_error_is_dead(&e);
  (void)oauth_error_is_interactive(&e);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS70002: A.AADSTS70008: B. Trace ID: "
    "t\","
    "\"error_codes\":[70002,70008],\"trace_id\":\"t\",\"correlation_id\":\"c\",\"suberror\":\"bad_"
    "token\"}",
    "{\"error\":{\"code\":\"x\",\"message\":\"y\"},\"error_codes\":\"[500011]\"}",
    "{\"token_type\":\"Bearer\",\"expires_in\":\"3599\",\"access_token\":\"a.b.c\",\"n\":[1.5e3,"
    "true,null]}",
    "\xEF\xBB\xBF{\"error\":\"a \\u00e4\\ud83d\\ude00 \\n \\\" sentence\"}",
    "{\"error\":{\"code\":\"ErrorAccessDenied\",\"message\":\"No.\",\"innerError\":{\"request-id\":"
    "\"r\","
    "\"date\":\"d\",\"innererror\":{\"code\":\"x\"}}}}",
    "[[[[[[[[{\"a\":{\"b\":[]}}]]]]]]]]",
    NULL,
};
