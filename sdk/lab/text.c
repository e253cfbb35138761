// SPDX-License-Identifier: Apache-2.0
//
// The growing text. It doubles, so an answer of a thousand pieces costs a dozen allocations.
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_ROOM_FIRST 2048

static bool
reserve(struct text *text, size_t more)
{
  if (text->failed)
    return false;
  size_t needed = text->length + more + 1;
  if (needed <= text->room)
    return true;
  size_t room = text->room != 0 ? text->room : TEXT_ROOM_FIRST;
  while (room < needed)
    room *= 2;
  char *bytes = realloc(text->bytes, room);
  if (bytes == NULL) {
    text->failed = true;
    return false;
  }
  text->bytes = bytes;
  text->room = room;
  return true;
}

void
text_append_bytes(struct text *text, const void *bytes, size_t length)
{
  if (!reserve(text, length))
    return;
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = '\0';
}

void
text_append(struct text *text, const char *piece)
{
  text_append_bytes(text, piece, strlen(piece));
}

void
text_format(struct text *text, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  if (length < 0) {
    text->failed = true;
  } else if (reserve(text, (size_t)length)) {
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
    text->length += (size_t)length;
  }
  va_end(again);
  va_end(arguments);
}

void
text_append_xml(struct text *text, const char *piece)
{
  while (*piece != '\0') {
    size_t plain = strcspn(piece, "&<>\"");
    text_append_bytes(text, piece, plain);
    piece += plain;
    switch (*piece) {
    case '&': text_append(text, "&amp;"); break;
    case '<': text_append(text, "&lt;"); break;
    case '>': text_append(text, "&gt;"); break;
    case '"': text_append(text, "&quot;"); break;
    default: return;
    }
    piece++;
  }
}

void
text_finish(struct text *text)
{
  free(text->bytes);
  *text = (struct text){0};
}
