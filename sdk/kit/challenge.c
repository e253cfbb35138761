// SPDX-License-Identifier: Apache-2.0
//
// RFC 7235 lists both challenges and their parameters with commas, so that only a reader of tokens
// can tell `Negotiate, NTLM` from `Bearer a="x, y", b="z", Basic realm=""`.
#include "challenge.h"

#include "text.h"

#include <string.h>
#include <strings.h>

struct cursor {
  const char *p, *end;
};

static const struct {
  const char *name;
  uint32_t bit;
} known_schemes[] = {
    {"Basic", CHALLENGE_BASIC},         {"NTLM", CHALLENGE_NTLM},
    {"Negotiate", CHALLENGE_NEGOTIATE}, {"Kerberos", CHALLENGE_KERBEROS},
    {"Bearer", CHALLENGE_BEARER},       {"Digest", CHALLENGE_DIGEST},
};

void
challenge_init(struct challenge *challenge)
{
  *challenge = (struct challenge){0};
}

static bool
is_token(char c)
{
  return c > ' ' && c < 0x7F && strchr("()<>@,;:\\\"/[]?={}", c) == NULL;
}

static bool
is_token68(char c)
{
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (c != 0 && strchr("-._~+/", c) != NULL);
}

static void
skip_space(struct cursor *c)
{
  while (c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
    c->p++;
}

static void
skip_separators(struct cursor *c)
{
  while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == ','))
    c->p++;
}

static size_t
take_token(struct cursor *c, const char **ret)
{
  const char *from = c->p;
  while (c->p < c->end && is_token(*c->p))
    c->p++;
  *ret = from;
  return (size_t)(c->p - from);
}

// A token68 ("TlRMTVNTUAAC==") stands alone between its scheme and a comma or the end.
static void
skip_token68(struct cursor *c)
{
  struct cursor ahead = *c;
  while (ahead.p < ahead.end && is_token68(*ahead.p))
    ahead.p++;
  while (ahead.p < ahead.end && *ahead.p == '=')
    ahead.p++;
  skip_space(&ahead);
  if (ahead.p == ahead.end || *ahead.p == ',')
    *c = ahead;
}

static void
take_value(struct cursor *c, struct kit_text *ret)
{
  if (c->p < c->end && *c->p == '"') {
    for (c->p++; c->p < c->end && *c->p != '"'; c->p++) {
      if (*c->p == '\\' && c->p + 1 < c->end)
        c->p++;
      kit_text_put_n(ret, c->p, 1);
    }
    if (c->p < c->end)
      c->p++;
    return;
  }
  while (c->p < c->end && *c->p != ',' && *c->p != ' ' && *c->p != '\t')
    kit_text_put_n(ret, c->p++, 1);
}

static uint32_t
scheme_bit(const char *name, size_t len)
{
  for (size_t i = 0; i < sizeof known_schemes / sizeof *known_schemes; i++)
    if (strlen(known_schemes[i].name) == len && strncasecmp(known_schemes[i].name, name, len) == 0)
      return known_schemes[i].bit;
  return CHALLENGE_OTHER;
}

static const char *
scheme_name(uint32_t bit)
{
  for (size_t i = 0; i < sizeof known_schemes / sizeof *known_schemes; i++)
    if (known_schemes[i].bit == bit)
      return known_schemes[i].name;
  return NULL;
}

static void
add_scheme(struct challenge *challenge, const char *name, size_t len, uint32_t bit)
{
  challenge->count++;
  if ((challenge->schemes & bit) != 0)
    return;
  challenge->schemes |= bit;
  struct kit_text text = {.ptr = challenge->text, .size = sizeof challenge->text};
  text.len = strlen(challenge->text);
  if (text.len > 0)
    kit_text_put(&text, ", ");
  const char *known = scheme_name(bit);
  if (known != NULL)
    kit_text_put(&text, known);
  else
    kit_text_put_n(&text, name, len);
}

static void
add_parameter(struct challenge *challenge, uint32_t scheme, const char *name, size_t len,
              const char *value)
{
  if (scheme == CHALLENGE_BASIC && len == 5 && strncasecmp(name, "realm", 5) == 0 &&
      challenge->realm[0] == 0) {
    struct kit_text text;
    kit_text_init(&text, challenge->realm, sizeof challenge->realm);
    kit_text_put(&text, value);
  }
  if (scheme == CHALLENGE_BEARER && len == 17 && strncasecmp(name, "authorization_uri", 17) == 0)
    challenge->authorization_uri = value[0] != 0;
}

void
challenge_add(struct challenge *challenge, const char *value, size_t len)
{
  struct cursor c = {value, value + len};
  uint32_t scheme = 0;
  for (;;) {
    skip_separators(&c);
    const char *token;
    size_t n = take_token(&c, &token);
    if (n == 0 || n > CHALLENGE_SCHEME_MAX || challenge->count >= CHALLENGE_COUNT_MAX)
      return;
    struct cursor after = c;
    skip_space(&after);
    if (scheme != 0 && after.p < after.end && *after.p == '=') {
      char buffer[CHALLENGE_REALM_MAX];
      struct kit_text text;
      kit_text_init(&text, buffer, sizeof buffer);
      c.p = after.p + 1;
      skip_space(&c);
      take_value(&c, &text);
      add_parameter(challenge, scheme, token, n, buffer);
      continue;
    }
    scheme = scheme_bit(token, n);
    add_scheme(challenge, token, n, scheme);
    skip_space(&c);
    if (c.p < c.end && *c.p != ',')
      skip_token68(&c);
  }
}

void
challenge_read(struct challenge *challenge, const tenon_pair *headers, size_t n_headers)
{
  challenge_init(challenge);
  for (size_t i = 0; i < n_headers; i++)
    if (strcasecmp(headers[i].key, "WWW-Authenticate") == 0 && headers[i].value.ptr != NULL)
      challenge_add(challenge, headers[i].value.ptr, headers[i].value.len);
}
