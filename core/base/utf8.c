// SPDX-License-Identifier: Apache-2.0
/* One decoder, RFC 3629's table; plain ASCII is passed over eight bytes at a time. */
#include "core/base/utf8.h"

/* The character at p, of at most n bytes: its length, 0 when it is malformed. */
static size_t
decode(const unsigned char *p, size_t n, uint32_t *ret)
{
  static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
  size_t len = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;

  if (p[0] < 0x80) {
    *ret = p[0];
    return 1;
  }
  if (p[0] < 0xc2 || p[0] > 0xf4 || len > n)
    return 0;
  uint32_t c = p[0] & (0xffu >> (len + 1));
  for (size_t i = 1; i < len; i++) {
    if ((p[i] & 0xc0) != 0x80)
      return 0;
    c = c << 6 | (p[i] & 0x3f);
  }
  if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
    return 0;
  *ret = c;
  return len;
}

bool
utf8_valid(const char *bytes, size_t n)
{
  const unsigned char *p = (const unsigned char *)bytes;
  uint32_t c;

  for (size_t i = 0, len; i < n; i += len) {
    i += utf8_plain(bytes + i, n - i);
    if (i == n)
      break;
    if ((len = decode(p + i, n - i, &c)) == 0)
      return false;
  }
  return true;
}

static bool
is_control(uint32_t c)
{
  return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
}

bool
utf8_printable(const char *bytes, size_t n)
{
  const unsigned char *p = (const unsigned char *)bytes;
  uint32_t c;

  for (size_t i = 0, len; i < n; i += len) {
    i += utf8_plain(bytes + i, n - i);
    if (i == n)
      break;
    if ((len = decode(p + i, n - i, &c)) == 0 || is_control(c))
      return false;
  }
  return true;
}

size_t
utf8_cut(const char *bytes, size_t n, size_t max)
{
  if (n <= max)
    return n;
  while (max > 0 && ((unsigned char)bytes[max] & 0xc0) == 0x80)
    max--;
  return max;
}
