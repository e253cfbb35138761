// SPDX-License-Identifier: Apache-2.0
/* A byte buffer that is made with the size at which it becomes an error. Once an append did not fit, or memory was
 * refused, the buffer is failed: it holds what it held before, further appends fail too, and one look at the end
 * (buf_failed) tells. It is always followed by a NUL that len does not count. */
#ifndef CORE_BASE_BUF_H
#define CORE_BASE_BUF_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>

#include "core/base/cleanup.h"

struct buf {
  char *ptr;
  size_t len, size, max;
  bool failed;
};

#define BUF_INIT(max_) ((struct buf){.max = (max_)})

void buf_init(struct buf *b, size_t max);
void buf_finish(struct buf *b); /* leaves an empty, usable buffer */
void buf_wipe(
    struct buf *b); /* zeroes what it ever held, then finishes: for buffers that held a secret */
void buf_clear(struct buf *b); /* empty, not failed, keeps its memory */

bool buf_put(struct buf *b, const void *bytes, size_t n);
bool buf_puts(struct buf *b, const char *text);
bool buf_putc(struct buf *b, char c);
bool buf_printf(struct buf *b, const char *fmt, ...) TENON_PRINTF(2, 3);
bool buf_vprintf(struct buf *b, const char *fmt, va_list ap) TENON_PRINTF(2, 0);
/* Room for n more bytes behind len, to be written to and then counted by buf_grew; NULL when it does not fit. */
char *buf_room(struct buf *b, size_t n);
void buf_grew(struct buf *b, size_t n);
void buf_drop_front(struct buf *b, size_t n);

static inline bool
buf_failed(const struct buf *b)
{
  return b->failed;
}

/* The bytes, NUL-ended, for the caller to free; NULL when it failed. Leaves an empty buffer. */
char *buf_take(struct buf *b, size_t *ret_len) TENON_NODISCARD;
/* The text; "" when empty. */
const char *buf_text(const struct buf *b);

static inline void
cleanup_buf_(struct buf *b)
{
  buf_finish(b);
}
#define CLEANUP_BUF __attribute__((cleanup(cleanup_buf_)))

/* asprintf that says NULL on failure. */
char *text_printf(const char *fmt, ...) TENON_PRINTF(1, 2) TENON_NODISCARD;

#endif
