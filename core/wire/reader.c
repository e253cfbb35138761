// SPDX-License-Identifier: Apache-2.0
/* Lines out of a stream of bytes. The buffer starts small and doubles; its memory is zeroed whenever a line moves or
 * the buffer is replaced, because any line may hold a secret and the reader cannot know which. */
#include "core/wire/wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define READER_START 16384u
/* What one fill asks for at least: smaller reads cost a system call each. */
#define READER_ROOM 4096u

void
wire_reader_init(struct wire_reader *r, size_t max)
{
  *r = (struct wire_reader){.max = max};
}

void
wire_reader_finish(struct wire_reader *r)
{
  if (r->ptr)
    explicit_bzero(r->ptr, r->size);
  free(r->ptr);
  *r = (struct wire_reader){.max = r->max};
}

/* Moves what is left to the front and zeroes where it was. */
static void
compact(struct wire_reader *r)
{
  size_t len = r->end - r->start;

  if (r->start == 0)
    return;
  memmove(r->ptr, r->ptr + r->start, len);
  explicit_bzero(r->ptr + len, r->end - len);
  r->scanned -= r->start;
  r->start = 0;
  r->end = len;
}

static int
grow(struct wire_reader *r, size_t room)
{
  size_t size = r->size ? r->size : READER_START;
  char *ptr;

  while (size - r->end < room)
    size *= 2;
  ptr = malloc(size);
  if (!ptr)
    return -ENOMEM;
  if (r->ptr) {
    memcpy(ptr, r->ptr, r->end);
    explicit_bzero(r->ptr, r->size);
  }
  free(r->ptr);
  r->ptr = ptr;
  r->size = size;
  return 0;
}

/* Room for at least n bytes behind the end. */
static int
make_room(struct wire_reader *r, size_t n)
{
  compact(r);
  return r->size - r->end >= n ? 0 : grow(r, n);
}

ssize_t
wire_reader_fill(struct wire_reader *r, int fd)
{
  ssize_t n;
  int err = make_room(r, READER_ROOM);

  if (err)
    return err;
  do
    n = read(fd, r->ptr + r->end, r->size - r->end);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return -errno;
  r->end += (size_t)n;
  return n;
}

int
wire_reader_feed(struct wire_reader *r, const void *bytes, size_t n)
{
  int err = make_room(r, n);

  if (err)
    return err;
  if (n)
    memcpy(r->ptr + r->end, bytes, n);
  r->end += n;
  return 0;
}

int
wire_reader_next(struct wire_reader *r, char **ret_line, size_t *ret_len)
{
  char *newline = NULL;
  size_t len;

  if (r->scanned < r->end)
    newline = memchr(r->ptr + r->scanned, '\n', r->end - r->scanned);
  r->scanned = r->end;
  len = newline ? (size_t)(newline - r->ptr) - r->start : r->end - r->start;
  if (len > r->max)
    return -EMSGSIZE;
  if (!newline)
    return 0;
  *newline = '\0';
  *ret_line = r->ptr + r->start;
  *ret_len = len;
  r->start += len + 1;
  r->scanned = r->start;
  return 1;
}

size_t
wire_reader_rest(const struct wire_reader *r)
{
  return r->end - r->start;
}

cJSON *
wire_parse(const char *line, size_t len, const char **ret_why)
{
  static const struct json_limits limits = {WIRE_LINE_TO_WORKER_MAX, WIRE_DEPTH_MAX,
                                            WIRE_VALUES_MAX};

  return json_parse(line, len, &limits, ret_why);
}

void
wire_wipe(cJSON *message)
{
  for (cJSON *i = message; i; i = i->next) {
    if (i->valuestring)
      explicit_bzero(i->valuestring, strlen(i->valuestring));
    /* Not deeper than WIRE_DEPTH_MAX: wire_parse made it. */
    wire_wipe(i->child);
  }
}
