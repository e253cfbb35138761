// SPDX-License-Identifier: Apache-2.0
/* What the builders of messages have in common. */
#ifndef CORE_WIRE_PUT_H
#define CORE_WIRE_PUT_H

#include "core/wire/message.h"

static inline void
put_start(struct buf *b, enum wire_type type)
{
  buf_putc(b, '{');
  json_put_member(b, WIRE_KEY_TYPE, wire_type_name(type));
}

static inline void
put_start_call(struct buf *b, enum wire_type type, uint64_t call)
{
  put_start(b, type);
  json_put_member_int(b, WIRE_KEY_CALL, (int64_t)call);
}

static inline bool
put_end(struct buf *b)
{
  buf_putc(b, '}');
  return !buf_failed(b);
}

static inline void
put_true(struct buf *b, const char *key, bool value)
{
  if (value && json_put_key(b, key))
    buf_puts(b, "true");
}

static inline void
put_deadline(struct buf *b, int64_t deadline_ms)
{
  if (deadline_ms > 0)
    json_put_member_int(b, WIRE_KEY_DEADLINE, deadline_ms);
}

static inline void
put_base64(struct buf *b, const char *key, tenon_text bytes)
{
  json_put_key(b, key);
  buf_putc(b, '"');
  wire_put_base64(b, bytes.ptr, bytes.len);
  buf_putc(b, '"');
}

#endif
