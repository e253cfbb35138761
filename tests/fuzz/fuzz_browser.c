// SPDX-License-Identifier: Apache-2.0
/* Whatever comes to the listener of a browser sign-in: only a head that carries the state is taken, and then its query lies
 * within the bytes. */
#include <string.h>

#include "core/host/browser.h"
#include "tests/fuzz/fuzz.h"

#define STATE "0123456789abcdef"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  const char *text = (const char *)bytes;
  size_t scanned = 0, end = 0, again = 0;
  tenon_text query = {0};

  for (size_t i = 1; i <= n && !end; i++)
    end = browser_head_end(text, i, &scanned);
  fuzz_hold(browser_head_end(text, n, &again) == end);
  enum browser_word word = browser_judge(text, end ? end : n, STATE, 40000, &query);
  fuzz_hold((word == BROWSER_TAKEN) == (query.ptr != NULL));
  if (!query.ptr)
    return 0;
  fuzz_hold(query.ptr > text && query.ptr + query.len <= text + n);
  fuzz_hold(query.len >= strlen("state=" STATE) && query.len <= TENON_BROWSER_QUERY_MAX);
  fuzz_hold(!memchr(query.ptr, ' ', query.len) && !memchr(query.ptr, '\n', query.len));
  return 0;
}

const unsigned fuzz_lines_max = 5, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "GET /?code=abc&state=" STATE " HTTP/1.1\r\nHost: localhost:40000\r\n\r\n",
    "GET /?state=%30123456789abcdef&error=access_denied HTTP/1.0\nhost: 127.0.0.1:40000\n\n",
    "GET /favicon.ico HTTP/1.1\r\nHost: localhost:40000\r\nCookie: a=b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: evil.example:40000\r\n\r\n",
    "POST /?state=" STATE " HTTP/1.1\r\nHost: localhost:40000\r\nContent-Length: 3\r\n\r\nabc",
    NULL,
};
