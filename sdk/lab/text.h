// SPDX-License-Identifier: Apache-2.0
//
// A text that grows: answers are written into it piece by piece. A failed allocation sticks, so
// that a writer asks once, at the end.
#ifndef TENON_LAB_TEXT_H
#define TENON_LAB_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
  char *bytes;
  size_t length;
  size_t room;
  bool failed;
};

void text_append(struct text *text, const char *piece);
void text_append_bytes(struct text *text, const void *bytes, size_t length);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Adds `piece` so that it may stand in XML content or in an attribute.
void text_append_xml(struct text *text, const char *piece);

void text_finish(struct text *text);

#endif
