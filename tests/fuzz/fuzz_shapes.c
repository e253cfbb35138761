// SPDX-License-Identifier: Apache-2.0
/* JSON behind its guard, and the shapes: what is read can be written, and read again as the same. */
#include <string.h>

#include "core/json/shapes.h"
#include "tests/fuzz/fuzz.h"

#define TEXT_MAX (4u * 1024u * 1024u)

static void
check_round_trip(const cJSON *json)
{
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  CLEANUP_BUF struct buf first = BUF_INIT(TEXT_MAX), second = BUF_INIT(TEXT_MAX);
  const tenon_check *c = shape_read_check(&a, json);
  const char *why;

  if (!c)
    return;
  fuzz_hold(shape_put_check(&first, c));
  CLEANUP_JSON cJSON *again = json_parse(buf_text(&first), first.len, NULL, &why);
  fuzz_hold(again != NULL);
  const tenon_check *back = shape_read_check(&a, again);
  fuzz_hold(back && shape_put_check(&second, back));
  fuzz_hold(strcmp(buf_text(&first), buf_text(&second)) == 0);
}

static void
connector_round_trip(const cJSON *json)
{
  CLEANUP_BUF struct buf b = BUF_INIT(TEXT_MAX);
  struct connector *c = shape_read_connector(json);

  if (c)
    fuzz_hold(shape_put_connector(&b, &c->d, c->hooks));
  connector_destroy(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  CLEANUP_ARENA struct arena a = ARENA_INIT;
  const char *why = NULL;
  CLEANUP_JSON cJSON *json = json_parse((const char *)bytes, n, NULL, &why);

  fuzz_hold(json || why);
  if (!json)
    return 0;
  check_round_trip(json);
  connector_round_trip(json);
  (void)!shape_read_offer(&a, json);
  (void)!shape_read_step(&a, json);
  (void)!shape_read_ask(&a, json, 0);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "{\"id\":\"a.b\",\"title\":\"T\",\"state\":\"fail\",\"level\":\"required\",\"remedy\":\"r\","
    "\"cause\":"
    "\"auth\",\"elapsed_ms\":1.5,\"retry_ms\":10,\"data\":{\"a\":\"b\"},\"subject\":\"s\"}",
    "{\"id\":\"x\",\"version\":\"1\",\"name\":\"F\",\"hooks\":[\"verify\"],\"runs\":[\"k/"
    "1\"],\"pages\":[{"
    "\"id\":\"p\",\"title\":\"P\"}],\"fields\":[{\"key\":\"k\",\"page\":\"p\",\"label\":\"L\","
    "\"type\":"
    "\"duration\",\"min\":1,\"max\":9e300,\"choices\":[{\"value\":\"a\"}]}]}",
    "{\"ask\":\"q\",\"kind\":\"visit\",\"title\":\"T\",\"url\":\"u\",\"expires_ms\":900000}",
    NULL,
};
