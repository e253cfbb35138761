// SPDX-License-Identifier: Apache-2.0
/* Events in any order and shape: the reducer always has a view, and its session reads back. */
#include <string.h>

#include "core/json/json.h"
#include "core/wizard/wizard.h"
#include "tests/fuzz/fuzz.h"

static void
one_event(cJSON *session, const char *line, size_t len)
{
  const struct json_limits limits = {WIZARD_PRINT_MAX, WIZARD_DEPTH_MAX, WIZARD_VALUES_MAX};
  const char *why;
  CLEANUP_JSON cJSON *event = json_parse(line, len, &limits, &why);
  CLEANUP_JSON cJSON *effects = NULL;

  if (!event)
    return;
  fuzz_hold(wizard_step(session, event, &effects) == 0 && cJSON_IsArray(effects));
  CLEANUP_JSON cJSON *view = wizard_view(session);
  fuzz_hold(json_text(view, "view") != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  CLEANUP_JSON cJSON *session = wizard_create();
  const char *p = (const char *)bytes, *end = p + n;

  while (p < end) {
    const char *newline = memchr(p, '\n', (size_t)(end - p)), *stop = newline ? newline : end;
    one_event(session, p, (size_t)(stop - p));
    p = stop + 1;
  }
  return 0;
}

const unsigned fuzz_lines_max = 12, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "{\"event\":\"start\",\"catalog\":[{\"id\":\"x\",\"name\":\"X\",\"version\":\"1\",\"summary\":"
    "\"s\","
    "\"roles\":[\"source\"]}]}",
    "{\"event\":\"choose\",\"connector\":\"x\"}",
    "{\"event\":\"described\",\"generation\":1,\"connector\":{\"id\":\"x\",\"version\":\"1\","
    "\"name\":\"X\","
    "\"hooks\":[\"verify\",\"browse\",\"impersonate\",\"suggest\",\"configure\"],\"pages\":[{"
    "\"id\":\"p\","
    "\"title\":\"P\"}],\"fields\":[{\"key\":\"k\",\"page\":\"p\",\"label\":\"L\",\"type\":\"text\","
    "\"browse\":"
    "\"b\"},{\"key\":\"w\",\"page\":\"p\",\"label\":\"W\",\"type\":\"secret\",\"when\":\"k == "
    "'a'\"}]}}",
    "{\"event\":\"ended\",\"generation\":1,\"status\":\"ok\"}",
    "{\"event\":\"answer\",\"key\":\"k\",\"text\":\"a\"}",
    "{\"event\":\"secret\",\"key\":\"w\",\"set\":true}",
    "{\"event\":\"next\"}",
    "{\"event\":\"back\"}",
    "{\"event\":\"verify\"}",
    "{\"event\":\"checked\",\"generation\":2,\"check\":{\"id\":\"a\",\"title\":\"T\",\"state\":"
    "\"fail\","
    "\"level\":\"required\",\"remedy\":\"r\",\"field\":\"k\"}}",
    "{\"event\":\"test\",\"subject\":\"s\"}",
    "{\"event\":\"browse\",\"key\":\"k\",\"typed\":\"t\"}",
    "{\"event\":\"plan\"}",
    "{\"event\":\"stepped\",\"generation\":3,\"step\":{\"id\":\"s\",\"title\":\"T\",\"state\":"
    "\"missing\"}}",
    "{\"event\":\"apply\"}",
    "{\"event\":\"finish\",\"name\":\"corp\",\"unverified\":true}",
    "{\"event\":\"saved\"}",
    "{\"event\":\"quit\"}",
    NULL,
};
