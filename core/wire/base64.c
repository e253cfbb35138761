// SPDX-License-Identifier: Apache-2.0
/* Bytes that need not be text, as text. libsodium's conversion runs in constant time: these bytes are mostly secrets.
 * */
#include "core/wire/wire.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

bool
wire_put_base64(struct buf *b, const void *bytes, size_t n)
{
  size_t size = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL); /* counts the NUL */
  char *room = buf_room(b, size);

  if (!room)
    return false;
  sodium_bin2base64(room, size, bytes, n, sodium_base64_VARIANT_ORIGINAL);
  buf_grew(b, size - 1);
  return true;
}

/* libsodium 1.0.18 takes bytes above 0x7f for digits. */
static bool
is_ascii(const char *text, size_t len)
{
  unsigned char all = 0;

  for (size_t i = 0; i < len; i++)
    all |= (unsigned char)text[i];
  return all < 0x80;
}

int
wire_base64(const char *text, size_t max, char **ret, size_t *ret_len)
{
  size_t len = strlen(text), size = len / 4 * 3, got = 0;
  char *bytes;

  if (size > max + 2)
    return -EMSGSIZE;
  if (!is_ascii(text, len))
    return -EINVAL;
  bytes = malloc(size + 1);
  if (!bytes)
    return -ENOMEM;
  if (sodium_base642bin((unsigned char *)bytes, size, text, len, NULL, &got, NULL,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      got > max) {
    explicit_bzero(bytes, size);
    free(bytes);
    return got > max ? -EMSGSIZE : -EINVAL;
  }
  bytes[got] = '\0';
  *ret = bytes;
  *ret_len = got;
  return 0;
}
