// SPDX-License-Identifier: Apache-2.0
/* The wire between host and worker: lines with a bound, and nothing else. docs/wire.md is the page that this file and
 * message.h put into C; the names of types and keys stand here once, for both sides. */
#ifndef CORE_WIRE_WIRE_H
#define CORE_WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/buf.h"
#include "core/base/cleanup.h"
#include "core/json/json.h"

#define WIRE_FD                 3               /* the worker's end of the socket */
#define WIRE_LINE_MAX           (1024u * 1024u) /* bytes of a line towards the host, without its \n */
#define WIRE_LINE_TO_WORKER_MAX (8u * 1024u * 1024u) /* and towards the worker: files and plans */
#define WIRE_DEPTH_MAX          16u
#define WIRE_VALUES_MAX         16384u
#define WIRE_CHECKS_MAX         10000u          /* of one call, without a subject */
#define WIRE_OFFERS_MAX         10000u          /* of one call */
#define WIRE_LOG_MAX            (1024u * 1024u) /* bytes of log and output of one call */
#define WIRE_LOG_LINE_MAX       4096u           /* bytes of one log line; what is longer is cut */
#define WIRE_QUEUE_MAX          (24u * 1024u * 1024u) /* bytes that wait for the worker to read them */
#define WIRE_FRAME_SUBJECTS     64u                   /* subjects in one line */
#define WIRE_SUBJECT_MAX        4096u                 /* bytes of one subject */
#define WIRE_JOBS_MAX           64u
#define WIRE_WINDOW_MIN         64u    /* subjects with the worker: 2 x jobs, at least this */
#define WIRE_WINDOW_MAX         256u   /* and at most this */
#define WIRE_SECRET_MAX         65536u /* bytes of one secret, decoded */

/* ---- reading -----------------------------------------------------------------------------------------------------
 * */

/* Makes lines of bytes. Memory grows with the longest line seen, up to max; what is moved or given back is zeroed, so
 * that a line holding a secret leaves no copy behind. */
struct wire_reader {
  char *ptr;
  size_t size, start, end, scanned, max;
};

void wire_reader_init(struct wire_reader *r, size_t max);
void wire_reader_finish(struct wire_reader *r);
/* Reads once from the descriptor. Positive: bytes; 0: end of file; negative errno, -EAGAIN when there is nothing. */
ssize_t wire_reader_fill(struct wire_reader *r, int fd) TENON_NODISCARD;
/* The same from memory: for tests and fuzzing. 0, or -ENOMEM. */
int wire_reader_feed(struct wire_reader *r, const void *bytes, size_t n) TENON_NODISCARD;
/* 1: a line, NUL-ended in place, without its \n, valid until the next fill or feed. 0: no whole line yet. -EMSGSIZE:
 * the line is longer than max. */
int wire_reader_next(struct wire_reader *r, char **ret_line, size_t *ret_len) TENON_NODISCARD;
/* Bytes of a line that has not ended yet. */
size_t wire_reader_rest(const struct wire_reader *r);

/* One JSON object within the limits above. NULL: *ret_why is a static phrase. */
cJSON *wire_parse(const char *line, size_t len, const char **ret_why) TENON_NODISCARD;
/* Zeroes every text in it: before cJSON_Delete, for a message that held a secret. NULL is fine. */
void wire_wipe(cJSON *message);

/* ---- writing, the host's way: never blocks ------------------------------------------------------------------------
 * */

struct wire_queue {
  char *ptr;
  size_t size, start, end;
};

#define WIRE_QUEUE_INIT ((struct wire_queue){0})

void wire_queue_finish(struct wire_queue *q);
/* Appends a line and its \n. -EMSGSIZE: longer than WIRE_LINE_TO_WORKER_MAX; -ENOBUFS: the worker is WIRE_QUEUE_MAX
 * behind; -ENOMEM. */
int wire_queue_put(struct wire_queue *q, const char *line, size_t len) TENON_NODISCARD;
/* Sends what the socket takes, and zeroes it. 0: all is out; 1: some is left, wait for POLLOUT; negative errno. */
int wire_queue_flush(struct wire_queue *q, int fd) TENON_NODISCARD;
size_t wire_queue_len(const struct wire_queue *q);

/* ---- writing, the worker's way: blocks ----------------------------------------------------------------------------
 * */

/* Sends it all, waiting while the host does not read. When cancel_fd (-1: none) becomes readable before the first byte
 * went out: -ECANCELED; a line that was begun is finished. Raises no SIGPIPE. The descriptor may be non-blocking. */
int wire_send(int fd, const char *bytes, size_t n, int cancel_fd) TENON_NODISCARD;

/* ---- base64, as in RFC 4648 with padding ---------------------------------------------------------------------------
 * */

bool wire_put_base64(struct buf *b, const void *bytes, size_t n); /* without quotes */
/* Decodes into memory for the caller to zero and free; always followed by a NUL that *ret_len does not count. -EINVAL,
 * -EMSGSIZE (more than max bytes), -ENOMEM. */
int wire_base64(const char *text, size_t max, char **ret, size_t *ret_len) TENON_NODISCARD;

#endif
