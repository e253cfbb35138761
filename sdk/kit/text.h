// SPDX-License-Identifier: Apache-2.0
//
// Text written into the caller's own memory. The kit allocates nothing on its hot paths: a request,
// a title or a remedy is composed in a buffer whose size is known, and what does not fit is cut at a
// whole character and says so.
#ifndef KIT_TEXT_H
#define KIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KIT_NODISCARD __attribute__((warn_unused_result))

struct kit_text {
  char *ptr; // ends in a zero byte at any time
  size_t len, size;
  bool cut; // something did not fit
};

void kit_text_init(struct kit_text *text, char *buffer, size_t size);
void kit_text_put(struct kit_text *text, const char *string);
void kit_text_put_n(struct kit_text *text, const char *bytes, size_t n);
void kit_text_printf(struct kit_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// A text of the caller's own from another; false: it did not fit and was cut.
bool kit_text_copy(char *to, size_t size, const char *from);

// As character data or attribute value. What XML 1.0 has no way to say becomes a space.
void kit_text_put_xml(struct kit_text *text, const char *bytes, size_t n);
// As a part of a URL or of a form: everything but the unreserved characters of RFC 3986 2.3 as %XX.
void kit_text_put_url(struct kit_text *text, const char *bytes, size_t n);
// Within the quotes of a JSON string.
void kit_text_put_json(struct kit_text *text, const char *string);

// Takes white space off the end, and gives the first byte that is none.
char *kit_text_trimmed(struct kit_text *text);

// Is it UTF-8 without control characters? len bytes, no zero byte needed.
bool kit_utf8_printable(const char *bytes, size_t len);
// Is it UTF-8, whatever characters?
bool kit_utf8_valid(const char *bytes, size_t len);

// "3 s", "5 min", "250 ms": how long a person is told to wait.
void kit_text_put_duration(struct kit_text *text, int64_t ns);

// "2026-11-22" of seconds since 1970.
void kit_text_put_date(struct kit_text *text, int64_t seconds);

#endif
