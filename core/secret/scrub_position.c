// SPDX-License-Identifier: Apache-2.0
/* Credential positions are found by looking backwards from the value: quotes and spaces, a separator, quotes and
 * spaces, then the word in front. It errs on the side of taking out. */
#include "core/secret/scrub_position.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/secret/scrub.h"

static const char *const markers[] = {
    "password", "passwd",  "passphrase", "pwd",    "pass", "secret",        "token", "credential",
    "apikey",   "api_key", "assertion",  "cookie", "pin",  "authorization", "auth",  "kennwort",
};
static const char *const schemes[] = {"bearer", "basic", "negotiate", "ntlm"};

static bool
word_char(char c)
{
  return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Moves back over quotes, brackets, backslashes (quotes within quotes) and spaces. */
static size_t
skip_back(const char *in, size_t at, size_t floor)
{
  while (at > floor && strchr(" \t\"'`\\([{", in[at - 1]) && in[at - 1] != '\0')
    at--;
  return at;
}

static bool
word_is(const char *word, size_t n, const char *const *list, size_t n_list, bool anywhere)
{
  for (size_t i = 0; i < n_list; i++) {
    size_t len = strlen(list[i]);
    if (!anywhere && n == len && strncasecmp(word, list[i], len) == 0)
      return true;
    for (size_t at = 0; anywhere && at + len <= n; at++)
      if (strncasecmp(word + at, list[i], len) == 0)
        return true;
  }
  return false;
}

/* "https://user:VALUE@" */
static bool
in_url(const char *in, size_t n, size_t at, size_t end, size_t floor)
{
  if (end >= n || in[end] != '@' || at == floor || in[at - 1] != ':')
    return false;
  for (size_t i = at - 1; i > floor + 1; i--) {
    if (in[i - 1] == '/' && in[i - 2] == '/')
      return true;
    if (in[i - 1] == '/' || isspace((unsigned char)in[i - 1]))
      return false;
  }
  return false;
}

bool
scrub_credential_position(const char *in, size_t n, size_t at, size_t n_value)
{
  size_t floor = at > SCRUB_LOOK_BACK ? at - SCRUB_LOOK_BACK : 0, end = at + n_value;
  if (end < n && word_char(in[end]) && word_char(in[end - 1]))
    return false;
  if (in_url(in, n, at, end, floor))
    return true;
  size_t before = skip_back(in, at, floor);
  bool separated = before > floor && strchr("=:>", in[before - 1]) && in[before - 1] != '\0';
  if (separated)
    before = skip_back(in, before - 1, floor);
  size_t start = before;
  while (start > floor && word_char(in[start - 1]))
    start--;
  if (before == at || start == before)
    return false;
  const char *word = in + start;
  if (!separated)
    return word_is(word, before - start, schemes, sizeof schemes / sizeof *schemes, false);
  return word_is(word, before - start, markers, sizeof markers / sizeof *markers, true);
}
