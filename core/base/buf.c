// SPDX-License-Identifier: Apache-2.0
/* The buffer doubles until its maximum; what does not fit fails it and changes nothing. */
#include "core/base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SIZE_FIRST 256u

void
buf_init(struct buf *b, size_t max)
{
  *b = BUF_INIT(max);
}

void
buf_finish(struct buf *b)
{
  free(b->ptr);
  buf_init(b, b->max);
}

void
buf_wipe(struct buf *b)
{
  if (b->ptr)
    explicit_bzero(b->ptr, b->size);
  buf_finish(b);
}

void
buf_clear(struct buf *b)
{
  b->len = 0;
  b->failed = false;
  if (b->ptr)
    b->ptr[0] = '\0';
}

static bool
fail(struct buf *b)
{
  b->failed = true;
  return false;
}

/* A buffer may hold a secret, so what it grows out of is zeroed: no realloc. */
static bool
grow(struct buf *b, size_t needed)
{
  size_t size = b->size ? b->size : SIZE_FIRST;

  while (size < needed)
    size *= 2;
  char *ptr = malloc(size);
  if (!ptr)
    return fail(b);
  if (b->ptr) {
    memcpy(ptr, b->ptr, b->len + 1);
    explicit_bzero(b->ptr, b->size);
    free(b->ptr);
  } else {
    ptr[0] = '\0';
  }
  b->ptr = ptr;
  b->size = size;
  return true;
}

char *
buf_room(struct buf *b, size_t n)
{
  if (b->failed || n > b->max || b->len > b->max - n) {
    b->failed = true;
    return NULL;
  }
  if (b->size - b->len <= n && !grow(b, b->len + n + 1))
    return NULL;
  return b->ptr + b->len;
}

void
buf_grew(struct buf *b, size_t n)
{
  b->len += n;
  b->ptr[b->len] = '\0';
}

bool
buf_put(struct buf *b, const void *bytes, size_t n)
{
  char *room = buf_room(b, n);

  if (!room)
    return false;
  if (n)
    memcpy(room, bytes, n);
  buf_grew(b, n);
  return true;
}

bool
buf_puts(struct buf *b, const char *text)
{
  return buf_put(b, text, strlen(text));
}

bool
buf_putc(struct buf *b, char c)
{
  if (b->failed || b->len >= b->max || b->size - b->len < 2)
    return buf_put(b, &c, 1);
  b->ptr[b->len++] = c;
  b->ptr[b->len] = '\0';
  return true;
}

bool
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
  va_list again;
  va_copy(again, ap);
  size_t left = b->failed ? 0 : b->size - b->len;
  int n = vsnprintf(left ? b->ptr + b->len : NULL, left, fmt, ap);
  char *room = n < 0 ? NULL : buf_room(b, (size_t)n);

  if (room && (size_t)n >= left)
    (void)vsnprintf(room, (size_t)n + 1, fmt, again);
  if (room)
    b->len += (size_t)n;
  else if (left)
    b->ptr[b->len] = '\0'; /* what did not fit is not there */
  va_end(again);
  return room ? true : fail(b);
}

bool
buf_printf(struct buf *b, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  bool ok = buf_vprintf(b, fmt, ap);
  va_end(ap);
  return ok;
}

void
buf_drop_front(struct buf *b, size_t n)
{
  if (n == 0)
    return;
  memmove(b->ptr, b->ptr + n, b->len - n + 1);
  b->len -= n;
}

char *
buf_take(struct buf *b, size_t *ret_len)
{
  if (b->failed || (!b->ptr && !buf_put(b, "", 0)))
    return NULL;
  if (ret_len)
    *ret_len = b->len;
  char *bytes = TAKE_PTR(b->ptr);
  buf_init(b, b->max);
  return bytes;
}

const char *
buf_text(const struct buf *b)
{
  return b->ptr ? b->ptr : "";
}

char *
text_printf(const char *fmt, ...)
{
  char *text = NULL;
  va_list ap;
  va_start(ap, fmt);
  int n = vasprintf(&text, fmt, ap);
  va_end(ap);
  return n < 0 ? NULL : text;
}
