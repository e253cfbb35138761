// SPDX-License-Identifier: Apache-2.0
//
// Claims of an access token. It belongs to the API that it is for, so that its signature is nobody else's business, and
// one that cannot be read is none the worse.
#include "jwt.h"

#include "json.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- base64url --------------------------------------------------------------------------------

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
jwt_encode(struct kit_text *to, const void *bytes, size_t n)
{
  const unsigned char *p = bytes;
  for (size_t i = 0; i < n; i += 3) {
    size_t left = n - i;
    uint32_t block = (uint32_t)p[i] << 16;
    block |= left > 1 ? (uint32_t)p[i + 1] << 8 : 0;
    block |= left > 2 ? p[i + 2] : 0;
    const char four[] = {alphabet[block >> 18], alphabet[(block >> 12) & 63],
                         alphabet[(block >> 6) & 63], alphabet[block & 63]};
    kit_text_put_n(to, four, left > 2 ? 4 : left + 1);
  }
}

static int
digit_of(char c)
{
  const char *at = c != 0 ? strchr(alphabet, c) : NULL;
  return at != NULL ? (int)(at - alphabet) : -1;
}

bool
jwt_decode(const char *text, size_t len, void *to, size_t size, size_t *ret_len)
{
  unsigned char *out = to;
  size_t n = 0;
  uint32_t held = 0;
  unsigned bits = 0;
  if (len % 4 == 1)
    return false;
  for (size_t i = 0; i < len; i++) {
    int digit = digit_of(text[i]);
    if (digit < 0)
      return false;
    held = (held << 6) | (uint32_t)digit;
    bits += 6;
    if (bits < 8)
      continue;
    bits -= 8;
    if (n == size)
      return false;
    out[n++] = (unsigned char)(held >> bits);
    held &= (1u << bits) - 1;
  }
  *ret_len = n;
  return true;
}

bool
jwt_uuid(char ret[JWT_UUID_SIZE])
{
  unsigned char b[16];
  if (RAND_bytes(b, sizeof b) != 1)
    return false;
  b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
  b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
  snprintf(ret, JWT_UUID_SIZE,
           "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
           b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
  return true;
}

// ---- claims -----------------------------------------------------------------------------------

static void
take(char *to, size_t size, const char *text)
{
  if (text != NULL && to[0] == 0 && kit_utf8_printable(text, strlen(text)))
    (void)kit_text_copy(to, size, text);
}

static void
take_audience(struct jwt_claims *ret, const cJSON *claims)
{
  take(ret->audience, sizeof ret->audience, kit_json_text(claims, "aud"));
  const cJSON *first = cJSON_GetArrayItem(kit_json_array(claims, "aud"), 0);
  if (cJSON_IsString(first))
    take(ret->audience, sizeof ret->audience, first->valuestring);
}

static void
take_permissions(struct jwt_claims *ret, const cJSON *claims)
{
  struct kit_text to;
  const cJSON *role;
  kit_text_init(&to, ret->permissions, sizeof ret->permissions);
  cJSON_ArrayForEach(role, kit_json_array(claims, "roles"))
  {
    const char *name = cJSON_IsString(role) ? role->valuestring : "";
    if (name[0] == 0 || strchr(name, ' ') != NULL || !kit_utf8_printable(name, strlen(name)))
      continue;
    size_t before = to.len;
    kit_text_put(&to, before > 0 ? " " : "");
    kit_text_put(&to, name);
    if (to.cut) {
      ret->permissions[before] = 0; // half a name would be another permission
      return;
    }
  }
  if (to.len == 0)
    take(ret->permissions, sizeof ret->permissions, kit_json_text(claims, "scp"));
}

static int64_t
time_of(const cJSON *claims, const char *name)
{
  int64_t value = 0;
  return kit_json_whole(claims, name, &value) && value > 0 ? value : 0;
}

static void
take_claims(struct jwt_claims *ret, const cJSON *claims)
{
  static const char *const users[] = {"upn", "preferred_username", "unique_name", "email", "oid"};
  const char *kind = kit_json_text(claims, "idtyp"), *scopes = kit_json_text(claims, "scp");
  ret->readable = true;
  ret->app = kind != NULL ? strcmp(kind, "app") == 0 : scopes == NULL;
  take_audience(ret, claims);
  take(ret->tenant, sizeof ret->tenant, kit_json_text(claims, "tid"));
  take(ret->app_id, sizeof ret->app_id, kit_json_text(claims, "appid"));
  take(ret->app_id, sizeof ret->app_id, kit_json_text(claims, "azp"));
  for (size_t i = 0; i < sizeof users / sizeof *users && !ret->app; i++)
    take(ret->user, sizeof ret->user, kit_json_text(claims, users[i]));
  take_permissions(ret, claims);
  ret->issued = time_of(claims, "iat");
  ret->not_before = time_of(claims, "nbf");
  ret->expires = time_of(claims, "exp");
}

void
jwt_read(const char *token, size_t len, struct jwt_claims *ret)
{
  memset(ret, 0, sizeof *ret);
  const char *first = len <= JWT_TOKEN_MAX ? memchr(token, '.', len) : NULL;
  if (first == NULL)
    return;
  const char *middle = first + 1, *end = token + len;
  const char *second = memchr(middle, '.', (size_t)(end - middle));
  if (second == NULL || memchr(second + 1, '.', (size_t)(end - second - 1)) != NULL)
    return; // five parts: it is encrypted (RFC 7516)
  size_t size = (size_t)(second - middle), n = 0;
  char *bytes = malloc(size + 1);
  if (bytes == NULL)
    return;
  cJSON *claims = jwt_decode(middle, size, bytes, size, &n) ? kit_json_parse(bytes, n, NULL) : NULL;
  if (cJSON_IsObject(claims))
    take_claims(ret, claims);
  kit_json_wipe(claims);
  OPENSSL_cleanse(bytes, size);
  free(bytes);
}

bool
jwt_permits(const struct jwt_claims *claims, const char *name)
{
  size_t n = strlen(name);
  for (const char *p = claims->permissions; *p != 0;) {
    size_t word = strcspn(p, " ");
    if (word == n && n > 0 && strncmp(p, name, n) == 0)
      return true;
    p += word;
    p += strspn(p, " ");
  }
  return false;
}
