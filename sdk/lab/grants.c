// SPDX-License-Identifier: Apache-2.0
//
// The rings.
#include "grants.h"

#include <ctype.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t
grants_now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool
write_random(char *to, size_t room, const char *letters)
{
  unsigned char bytes[GRANT_HANDLE_ROOM];
  size_t count = strlen(letters);
  if (RAND_bytes(bytes, sizeof(bytes)) != 1)
    return false;
  for (size_t i = 0; i + 1 < room; i++)
    to[i] = letters[bytes[i] % count];
  to[room - 1] = '\0';
  return true;
}

struct grant *
grants_add(struct grants *grants, enum grant_kind kind)
{
  struct grant *grant = &grants->rows[grants->next];
  struct grant made = {.kind = kind};
  if (!write_random(made.handle, sizeof(made.handle),
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ||
      !write_random(made.user_code, sizeof(made.user_code), "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"))
    return NULL;
  grants->next = (grants->next + 1) % GRANTS_MAX;
  *grant = made;
  return grant;
}

struct grant *
grants_find(struct grants *grants, enum grant_kind kind, const char *handle)
{
  for (size_t i = 0; i < GRANTS_MAX; i++)
    if (grants->rows[i].kind == kind && strcmp(grants->rows[i].handle, handle) == 0)
      return &grants->rows[i];
  return NULL;
}

// People type it: small letters, blanks and hyphens are forgiven.
struct grant *
grants_find_user_code(struct grants *grants, const char *user_code)
{
  char plain[GRANT_CODE_ROOM] = "";
  size_t length = 0;
  for (; *user_code != '\0' && length + 1 < sizeof(plain); user_code++)
    if (isalnum((unsigned char)*user_code))
      plain[length++] = (char)toupper((unsigned char)*user_code);
  for (size_t i = 0; i < GRANTS_MAX; i++)
    if (grants->rows[i].kind == GRANT_DEVICE && strcmp(grants->rows[i].user_code, plain) == 0)
      return &grants->rows[i];
  return NULL;
}

bool
grants_remember(struct grants *grants, const char *jti)
{
  char cut[GRANT_HANDLE_ROOM];
  snprintf(cut, sizeof(cut), "%s", jti);
  for (size_t i = 0; i < ASSERTIONS_MAX; i++)
    if (strcmp(grants->assertions[i].jti, cut) == 0)
      return false;
  memcpy(grants->assertions[grants->next_assertion].jti, cut, sizeof(cut));
  grants->next_assertion = (grants->next_assertion + 1) % ASSERTIONS_MAX;
  return true;
}
