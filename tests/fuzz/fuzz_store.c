// SPDX-License-Identifier: Apache-2.0
/* A connection's file, whoever wrote it: it is refused with a phrase, or read, and then written as it was. */
#include <string.h>

#include "core/store/shape.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  CLEANUP_BUF struct buf first = BUF_INIT(STORE_FILE_MAX), second = BUF_INIT(STORE_FILE_MAX);
  struct connection *c = NULL, *again = NULL;
  const char *why = NULL;

  if (connection_read("corp", (const char *)bytes, n, &c, &why) != 0) {
    fuzz_hold(why != NULL);
    return 0;
  }
  fuzz_hold(connection_write(c, &first));
  fuzz_hold(connection_read("corp", buf_text(&first), first.len, &again, &why) == 0);
  fuzz_hold(connection_write(again, &second));
  fuzz_hold(strcmp(buf_text(&first), buf_text(&second)) == 0);
  connection_destroy(c);
  connection_destroy(again);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "{\"version\":1,\"name\":\"corp\",\"connector\":\"x\",\"connector_version\":\"1\",\"schema\":1,"
    "\"role\":"
    "\"source\",\"created\":\"2026-11-22T00:00:00Z\",\"changed\":\"2026-11-22T00:00:00Z\","
    "\"values\":{"
    "\"server\":\"s\",\"password\":{\"secret\":\"abcdef0123456789\"}},\"verified\":{\"time\":"
    "\"2026-11-22T00:00:00Z\",\"outcome\":\"pass\"},\"later\":{\"a\":[1,2]}}",
    "{\"version\":1,\"connector\":\"y\",\"schema\":2,\"values\":{\"tenant\":\"t\"},\"former\":{"
    "\"x\":"
    "{\"connector_version\":\"1\",\"schema\":1,\"changed\":\"2026-11-22T00:00:00Z\",\"values\":{"
    "\"server\":\"s\",\"password\":{\"secret\":\"abcdef0123456789\"}},\"later\":1},\"z\":{"
    "\"values\":{}}}}",
    "{\"version\":2}",
    NULL,
};
