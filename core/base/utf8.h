// SPDX-License-Identifier: Apache-2.0
/* Is this text that may cross a boundary? */
#ifndef CORE_BASE_UTF8_H
#define CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF). */
bool utf8_valid(const char *bytes, size_t n);
/* The same, and no control characters but \n and \t (so no NUL and no terminal escapes; C1 controls are refused too). */
bool utf8_printable(const char *bytes, size_t n);
/* The largest length <= max that does not cut a character. */
size_t utf8_cut(const char *bytes, size_t n, size_t max);

#endif
