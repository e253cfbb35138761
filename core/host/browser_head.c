// SPDX-License-Identifier: Apache-2.0
/* Reading a browser's request, strictly: what is not understood is not taken. RFC 9112; the query as in RFC 3986, where
 * unreserved characters may be written percent-encoded. */
#include "core/host/browser.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- the head -------------------------------------------------------------------------------------------------- */

size_t
browser_head_end(const char *bytes, size_t n, size_t *scanned)
{
  for (size_t i = *scanned; i < n; i++) {
    if (bytes[i] != '\n')
      continue;
    if (i + 1 < n && bytes[i + 1] == '\n')
      return i + 2;
    if (i + 2 < n && bytes[i + 1] == '\r' && bytes[i + 2] == '\n')
      return i + 3;
    if (i + 2 >= n) {
      *scanned = i; /* what follows decides */
      return 0;
    }
  }
  *scanned = n;
  return 0;
}

/* The next line without its end, cut off the head. */
static tenon_text
next_line(tenon_text *head)
{
  const char *end = memchr(head->ptr, '\n', head->len);
  size_t n = end ? (size_t)(end - head->ptr) : head->len;
  tenon_text line = {head->ptr, n};

  head->ptr += end ? n + 1 : n;
  head->len -= end ? n + 1 : n;
  if (line.len && line.ptr[line.len - 1] == '\r')
    line.len--;
  return line;
}

static bool
has_control(tenon_text line)
{
  for (size_t i = 0; i < line.len; i++) {
    unsigned char c = (unsigned char)line.ptr[i];
    if ((c < 0x20 && c != '\t') || c == 0x7f)
      return true;
  }
  return false;
}

static bool
starts(tenon_text text, const char *with)
{
  size_t n = strlen(with);
  return text.len >= n && strncasecmp(text.ptr, with, n) == 0;
}

static tenon_text
trimmed(tenon_text text)
{
  while (text.len && (*text.ptr == ' ' || *text.ptr == '\t'))
    text.ptr++, text.len--;
  while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
    text.len--;
  return text;
}

/* Only names of this machine, and this port. */
static bool
is_own_name(tenon_text host, unsigned port)
{
  static const char *const names[] = {"localhost", "127.0.0.1"};

  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char name[32];
    int n = snprintf(name, sizeof name, "%s:%u", names[i], port);
    if (host.len == (size_t)n && strncasecmp(host.ptr, name, host.len) == 0)
      return true;
  }
  return false;
}

/* One Host, which is ours. */
static enum browser_word
judge_headers(tenon_text head, unsigned port)
{
  unsigned n = 0, hosts = 0;
  bool ours = false;

  while (head.len) {
    tenon_text line = next_line(&head);
    if (line.len == 0)
      break;
    const char *colon = memchr(line.ptr, ':', line.len);
    if (!colon || colon == line.ptr || *line.ptr == ' ' || *line.ptr == '\t' || has_control(line))
      return BROWSER_MALFORMED;
    if (++n > BROWSER_HEADERS_MAX)
      return BROWSER_LONG;
    if (!starts(line, "host:"))
      continue;
    hosts++;
    ours = is_own_name(trimmed((tenon_text){line.ptr + 5, line.len - 5}), port);
  }
  return hosts != 1 ? BROWSER_MALFORMED : ours ? BROWSER_TAKEN : BROWSER_STRANGE;
}

/* ---- the query ------------------------------------------------------------------------------------------------- */

static bool
is_unreserved(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool
browser_state_valid(const char *state)
{
  size_t n = state ? strnlen(state, TENON_BROWSER_STATE_MAX + 1) : 0;

  if (n < TENON_BROWSER_STATE_MIN || n > TENON_BROWSER_STATE_MAX)
    return false;
  while (*state && is_unreserved(*state))
    state++;
  return !*state;
}

static int
hex(char c)
{
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

static bool
is_state(tenon_text value, const char *state)
{
  char plain[TENON_BROWSER_STATE_MAX + 1] = {0};
  size_t n = 0, wanted = strlen(state);

  for (size_t i = 0; i < value.len; i++) {
    char c = value.ptr[i];
    if (c == '%' && i + 2 < value.len && hex(value.ptr[i + 1]) >= 0 && hex(value.ptr[i + 2]) >= 0) {
      c = (char)(hex(value.ptr[i + 1]) * 16 + hex(value.ptr[i + 2]));
      i += 2;
    }
    if (n == TENON_BROWSER_STATE_MAX)
      return false;
    plain[n++] = c;
  }
  return n == wanted && sodium_memcmp(plain, state, n) == 0;
}

/* Exactly one parameter `state`, and the right one. */
static bool
carries_state(tenon_text query, const char *state)
{
  unsigned found = 0;
  bool right = false;

  while (query.len) {
    const char *end = memchr(query.ptr, '&', query.len);
    size_t n = end ? (size_t)(end - query.ptr) : query.len;
    tenon_text pair = {query.ptr, n};
    if (pair.len >= 6 && memcmp(pair.ptr, "state=", 6) == 0) {
      found++;
      right = is_state((tenon_text){pair.ptr + 6, pair.len - 6}, state);
    }
    query.ptr += end ? n + 1 : n;
    query.len -= end ? n + 1 : n;
  }
  return found == 1 && right;
}

/* Of a URL nothing but these characters (RFC 3986 2), so that what is handed on is a query. */
static bool
is_query(tenon_text text)
{
  for (size_t i = 0; i < text.len; i++)
    if (!is_unreserved(text.ptr[i]) && (!text.ptr[i] || !strchr("%!$&'()*+,;=:@/?", text.ptr[i])))
      return false;
  return true;
}

/* "GET /?... HTTP/1.1" */
static enum browser_word
judge_line(tenon_text line, const char *state, tenon_text *ret_query)
{
  static const char get[] = "GET ", version[] = " HTTP/1.";
  const size_t tail = sizeof version; /* and one digit */

  if (line.len > BROWSER_LINE_MAX)
    return BROWSER_LONG;
  if (has_control(line) || line.len < tail + 2 ||
      memcmp(line.ptr + line.len - tail, version, sizeof version - 1) != 0 ||
      !strchr("01", line.ptr[line.len - 1]))
    return BROWSER_MALFORMED;
  line.len -= tail;
  if (line.len < sizeof get + 1 || memcmp(line.ptr, get, sizeof get - 1) != 0 ||
      memcmp(line.ptr + sizeof get - 1, "/?", 2) != 0)
    return BROWSER_STRANGE;
  tenon_text query = {line.ptr + sizeof get + 1, line.len - sizeof get - 1};
  if (query.len > TENON_BROWSER_QUERY_MAX)
    return BROWSER_LONG;
  if (!is_query(query) || !carries_state(query, state))
    return BROWSER_STRANGE;
  *ret_query = query;
  return BROWSER_TAKEN;
}

enum browser_word
browser_judge(const char *bytes, size_t n, const char *state, unsigned port, tenon_text *ret_query)
{
  tenon_text head = {bytes, n}, query = {0};
  tenon_text line = next_line(&head);
  enum browser_word word = judge_line(line, state, &query);

  if (word == BROWSER_MALFORMED || word == BROWSER_LONG)
    return word;
  enum browser_word headers = judge_headers(head, port);
  if (headers != BROWSER_TAKEN || word != BROWSER_TAKEN)
    return headers != BROWSER_TAKEN ? headers : word;
  *ret_query = query;
  return BROWSER_TAKEN;
}

/* ---- the answer ------------------------------------------------------------------------------------------------ */

#define PAGE(title, text)                                                                          \
  "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "              \
  "content=\"width=device-width\"><title>" title "</title><body><h1>" title "</h1><p>" text        \
  "</p></body></html>\n"

static const struct {
  const char *status, *page;
} answers[] = {
    [BROWSER_TAKEN] = {"200 OK",
                       PAGE("Back to the program",
                            "This window has done its part and can be closed. The program that "
                            "opened it says whether the sign-in came about.")},
    [BROWSER_STRANGE] = {"404 Not Found",
                         PAGE("Not found", "Nobody waits for this page. If you were signing in, "
                                           "begin again from the program.")},
    [BROWSER_MALFORMED] = {"400 Bad Request",
                           PAGE("Bad request", "This is no request of a browser.")},
    [BROWSER_LONG] = {"431 Request Header Fields Too Large",
                      PAGE("Too long", "The request is longer than what is taken here. If you were "
                                       "signing in, begin again from the program, with the cookies "
                                       "of localhost deleted.")},
};

void
browser_answer(enum browser_word word, char ret[static BROWSER_ANSWER_MAX])
{
  (void)snprintf(ret, BROWSER_ANSWER_MAX,
                 "HTTP/1.1 %s\r\n"
                 "Content-Type: text/html; charset=utf-8\r\n"
                 "Content-Length: %zu\r\n"
                 "Cache-Control: no-store\r\n"
                 "Referrer-Policy: no-referrer\r\n"
                 "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                 "X-Content-Type-Options: nosniff\r\n"
                 "Connection: close\r\n\r\n%s",
                 answers[word].status, strlen(answers[word].page), answers[word].page);
}
