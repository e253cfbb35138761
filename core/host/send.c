// SPDX-License-Identifier: Apache-2.0
/* Lines on their way to a worker. They are queued and sent as the socket takes them; a socket that takes nothing any
 * more is a dead worker, which the loop finds out by itself. */
#include "core/host/internal.h"

#include <errno.h>
#include <string.h>

struct buf *
send_start(tenon_worker *w)
{
  buf_clear(&w->ctx->out);
  return &w->ctx->out;
}

void
send_flush(tenon_worker *w)
{
  int left;

  if (w->socket.fd < 0)
    return;
  left = wire_queue_flush(&w->queue, w->socket.fd);
  if (left < 0)
    wire_queue_finish(&w->queue);
  loop_want_write(w, left > 0);
}

int
send_finish(tenon_worker *w)
{
  struct buf *b = &w->ctx->out;
  int err;

  if (w->socket.fd < 0)
    err = -EPIPE;
  else if (buf_failed(b))
    err = -EMSGSIZE;
  else
    err = wire_queue_put(w->holding ? &w->held : &w->queue, b->ptr, b->len);
  /* It may have been a secret. */
  if (b->ptr)
    explicit_bzero(b->ptr, b->len);
  buf_clear(b);
  if (!err)
    send_flush(w);
  return err;
}
