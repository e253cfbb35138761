// SPDX-License-Identifier: Apache-2.0
/* Is this text that may cross a boundary? */
#ifndef CORE_BASE_UTF8_H
#define CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* 0 unless one of the eight bytes is c. Exact up to the first that is, which is enough for yes and no. */
static inline uint64_t
utf8_has_byte(uint64_t eight, unsigned char c)
{
  uint64_t x = eight ^ UINT64_C(0x0101010101010101) * c;
  return (x - UINT64_C(0x0101010101010101)) & ~x & UINT64_C(0x8080808080808080);
}

/* 0 when all eight bytes lie between space and tilde: most text does, and need not be looked at byte by byte. */
static inline uint64_t
utf8_not_plain(uint64_t eight)
{
  uint64_t below = (eight - UINT64_C(0x2020202020202020)) & ~eight;
  return ((eight | below) & UINT64_C(0x8080808080808080)) | utf8_has_byte(eight, 0x7f);
}

/* How many bytes at the start are known to be plain; those behind them may be too. */
static inline size_t
utf8_plain(const char *bytes, size_t n)
{
  uint64_t eight;
  size_t i = 0;
  for (; n - i >= sizeof eight; i += sizeof eight) {
    memcpy(&eight, bytes + i, sizeof eight);
    if (utf8_not_plain(eight))
      break;
  }
  return i;
}

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF). */
bool utf8_valid(const char *bytes, size_t n);
/* The same, and no control characters but \n and \t (so no NUL and no terminal escapes; C1 controls are refused too). */
bool utf8_printable(const char *bytes, size_t n);
/* The largest length <= max that does not cut a character. */
size_t utf8_cut(const char *bytes, size_t n, size_t max);

#endif
