// SPDX-License-Identifier: Apache-2.0
/* How verifications came out, one JSON object a line, newest last. Bounded: when it would grow over its limit the older
 * half goes, at a line's end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/store/internal.h"

#define HISTORY_FILE (STORE_NAME_MAX + sizeof ".jsonl")

static int
open_history(struct store *s, bool make, int *ret_dir, struct buf *why)
{
  int e = make ? dir_make(s->history_dir) : 0;

  if (e == 0)
    e = dir_open(s->history_dir, ret_dir);
  if (e < 0 && e != -ENOENT)
    return store_fail(why, e, "%s cannot be opened: %s.", s->history_dir, strerror(-e));
  return e;
}

/* A line that says what was changed on the server: the only place that knows what takes it back. */
static bool
is_change(const char *line, size_t len)
{
  static const char *const keys[] = {"\"applied\":[", "\"undone\":["};

  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (memmem(line, len, keys[i], strlen(keys[i])))
      return true;
  return false;
}

/* The changes among the first n bytes, as many as there is room for. */
static void
keep_changes(const char *text, size_t n, struct buf *ret)
{
  while (n > 0) {
    const char *newline = memchr(text, '\n', n);
    size_t len = newline ? (size_t)(newline - text) + 1 : n;
    if (is_change(text, len) && ret->len + len <= STORE_HISTORY_MAX / 4)
      (void)buf_put(ret, text, len);
    text += len;
    n -= len;
  }
}

/* Drops whole lines from the front until at most `room` bytes are left; what was changed on the server is kept beside. */
static void
shorten(struct buf *text, size_t room)
{
  CLEANUP_BUF struct buf kept = BUF_INIT(2 * STORE_HISTORY_MAX);

  if (text->len <= room)
    return;
  const char *cut = text->ptr + (text->len - room);
  const char *line = cut[-1] == '\n' ? cut : memchr(cut, '\n', room);
  size_t drop = !line ? text->len : line == cut ? text->len - room : (size_t)(line - text->ptr) + 1;
  keep_changes(text->ptr, drop, &kept);
  buf_drop_front(text, drop);
  if (kept.len == 0 || !buf_put(&kept, text->ptr, text->len))
    return;
  buf_clear(text);
  (void)buf_put(text, kept.ptr, kept.len);
}

static int
read_history(struct store *s, int dir, const char *name, struct buf *ret, struct buf *why)
{
  char file[HISTORY_FILE];

  (void)snprintf(file, sizeof file, "%s.jsonl", name);
  int e = file_read(dir, file, ret, NULL);
  if (e == -ENOENT)
    return 0;
  if (e < 0)
    return store_fail(why, e, "%s/%s cannot be read: %s.", s->history_dir, file, strerror(-e));
  return 0;
}

int
store_history_read(struct store *s, const char *name, struct buf *ret, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1;
  int e = open_history(s, false, &dir, why);

  if (e < 0)
    return e == -ENOENT ? 0 : e;
  return read_history(s, dir, name, ret, why);
}

int
store_history_append(struct store *s, const char *name, const char *lines, size_t len,
                     struct buf *why)
{
  CLEANUP_CLOSE int dir = -1, lock = -1;
  CLEANUP_BUF struct buf text = BUF_INIT(2 * STORE_HISTORY_MAX);
  char file[HISTORY_FILE];

  if (!connection_name_valid(name) || len > STORE_HISTORY_MAX / 2)
    return store_fail(why, -EFBIG, "This verification is too long for the history.");
  int e = open_history(s, true, &dir, why);
  if (e < 0)
    return e;
  e = dir_lock(dir, STORE_LOCK_NAME, STORE_LOCK_MS, &lock);
  if (e < 0)
    return store_fail(why, e, "%s cannot be locked: %s.", s->history_dir, strerror(-e));
  dir_sweep(dir);
  CLEANUP_BUF struct buf ignored = BUF_INIT(STORE_WHY_MAX);
  if (read_history(s, dir, name, &text, &ignored) < 0)
    buf_clear(&text); /* what cannot be read is started anew */
  if (text.len + len > STORE_HISTORY_MAX)
    shorten(&text, STORE_HISTORY_MAX / 2);
  (void)snprintf(file, sizeof file, "%s.jsonl", name);
  e = buf_put(&text, lines, len) ? file_replace(dir, file, text.ptr, text.len) : -ENOMEM;
  if (e < 0)
    return store_fail(why, e, "%s/%s cannot be written: %s.", s->history_dir, file, strerror(-e));
  return 0;
}
