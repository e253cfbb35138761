// SPDX-License-Identifier: Apache-2.0
/* Reading an offer. A scheme and a parameter both start with a token; what follows tells them apart. */
#include "core/http/offer.h"

#include <string.h>
#include <strings.h>

struct reader {
  const char *at, *end;
};

static bool
token_char(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != 0 && strchr("!#$%&'*+-.^_`|~", c));
}

static bool
token68_char(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != 0 && strchr("-._~+/", c));
}

static void
skip(struct reader *r, const char *chars)
{
  while (r->at < r->end && *r->at && strchr(chars, *r->at))
    r->at++;
}

static size_t
take_token(struct reader *r)
{
  const char *from = r->at;
  while (r->at < r->end && token_char(*r->at))
    r->at++;
  return (size_t)(r->at - from);
}

/* From the "=" on. */
static void
skip_value(struct reader *r)
{
  r->at++;
  skip(r, " \t");
  if (r->at == r->end || *r->at != '"') {
    while (r->at < r->end && *r->at != ',')
      r->at++;
    return;
  }
  for (r->at++; r->at < r->end && *r->at != '"'; r->at++)
    if (*r->at == '\\' && r->end - r->at > 1)
      r->at++;
  if (r->at < r->end)
    r->at++;
}

/* The token behind a scheme, when it is one and not the first parameter. */
static size_t
take_token68(struct reader *r)
{
  struct reader ahead = *r;
  skip(&ahead, " \t");
  const char *from = ahead.at;
  while (ahead.at < ahead.end && token68_char(*ahead.at))
    ahead.at++;
  size_t n_plain = (size_t)(ahead.at - from);
  skip(&ahead, "=");
  size_t n = (size_t)(ahead.at - from);
  skip(&ahead, " \t");
  if (n_plain == 0 || (ahead.at < ahead.end && *ahead.at != ','))
    return 0;
  *r = ahead;
  r->at = from + n;
  return n;
}

static void
note(struct offer *offer, const char *token, size_t n)
{
  offer->offered = true;
  if (n == 0 || offer->token)
    return;
  offer->token = token;
  offer->n_token = n;
}

void
offer_read(struct offer *offer, const char *value, size_t n, const char *scheme)
{
  struct reader r = {value, value + n};
  for (;;) {
    skip(&r, " \t,");
    if (r.at == r.end)
      return;
    const char *name = r.at;
    size_t n_name = take_token(&r);
    if (n_name == 0) {
      r.at++; /* no challenge starts so: look for the next */
      continue;
    }
    struct reader behind = r;
    skip(&behind, " \t");
    if (behind.at < behind.end && *behind.at == '=') {
      r = behind;
      skip_value(&r);
      continue;
    }
    size_t n_token = take_token68(&r);
    if (n_name == strlen(scheme) && strncasecmp(name, scheme, n_name) == 0)
      note(offer, r.at - n_token, n_token);
  }
}
