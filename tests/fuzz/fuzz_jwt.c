// SPDX-License-Identifier: Apache-2.0
/* Tokens in any shape. The first line is read as it is; and as claims, encoded, so that mutations reach the JSON. */
#include <string.h>

#include "sdk/kit/jwt.h"
#include "tests/fuzz/fuzz.h"

static void
hold(const struct jwt_claims *c)
{
  const struct {
    const char *text;
    size_t size;
  } texts[] = {{c->audience, sizeof c->audience},
               {c->tenant, sizeof c->tenant},
               {c->app_id, sizeof c->app_id},
               {c->user, sizeof c->user},
               {c->permissions, sizeof c->permissions}};

  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const char *end = memchr(texts[i].text, 0, texts[i].size);
    fuzz_hold(end && kit_utf8_printable(texts[i].text, (size_t)(end - texts[i].text)));
    fuzz_hold(c->readable || texts[i].text[0] == 0);
  }
  fuzz_hold(c->issued >= 0 && c->not_before >= 0 && c->expires >= 0);
  (void)jwt_permits(c, "Mail.Read");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  static struct jwt_claims claims;
  static char token[JWT_TOKEN_MAX], back[JWT_TOKEN_MAX];
  struct kit_text to;
  size_t len = 0;

  jwt_read((const char *)bytes, n, &claims);
  hold(&claims);
  kit_text_init(&to, token, sizeof token);
  jwt_encode(&to, bytes, n);
  if (to.cut)
    return 0;
  fuzz_hold(jwt_decode(token, to.len, back, sizeof back, &len));
  fuzz_hold(len == n && memcmp(back, bytes, n) == 0);

  kit_text_init(&to, token, sizeof token);
  kit_text_put(&to, "e30.");
  jwt_encode(&to, bytes, n);
  kit_text_put(&to, ".");
  jwt_read(token, to.len, &claims);
  hold(&claims);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {
    "{\"aud\":\"https://"
    "graph.microsoft.com\",\"tid\":\"t\",\"appid\":\"a\",\"roles\":[\"Mail.Read\",\"b c\"],"
    "\"exp\":1900000000,\"nbf\":\"1800000000\",\"idtyp\":\"app\"}",
    "{\"aud\":[\"x\"],\"azp\":\"b\",\"scp\":\"A B\",\"upn\":\"admin@contoso.example\",\"iat\":-1}",
    "eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4Iiwicm9sZXMiOlsiYSJdfQ.c2ln",
    "a.b.c.d.e",
    NULL,
};
