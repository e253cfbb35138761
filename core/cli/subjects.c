// SPDX-License-Identifier: Apache-2.0
/* Reads only what is there: a pipe that is slow says LATER, and the loop polls it beside the worker. */
#include "core/cli/subjects.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

enum got { GOT_SUBJECT, GOT_LATER, GOT_END };

/* ---- bytes ---------------------------------------------------------------------------------------------------------- */

/* More bytes in the chunk; wait: even if that blocks. */
static enum got
fill(struct subjects *s, bool wait)
{
  struct pollfd fd = {s->fd, POLLIN, 0};

  if (s->ended)
    return GOT_END;
  if (!wait && !s->regular && poll(&fd, 1, 0) == 0)
    return GOT_LATER;
  ssize_t n = read(s->fd, s->chunk, sizeof s->chunk);
  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return GOT_LATER;
  if (n <= 0) {
    s->ended = true;
    s->failed = n < 0;
    s->error = errno;
    return GOT_END;
  }
  s->used = 0;
  s->have = (size_t)n;
  return GOT_SUBJECT;
}

/* Spreadsheets begin UTF-8 with a byte order mark. */
static void
skip_mark(struct subjects *s)
{
  if (s->have - s->used >= 3 && memcmp(s->chunk + s->used, "\xef\xbb\xbf", 3) == 0)
    s->used += 3;
}

/* ---- lines ---------------------------------------------------------------------------------------------------------- */

static void
trim(struct buf *b)
{
  size_t front = strspn(buf_text(b), " \t\r");

  buf_drop_front(b, b->len ? front : 0);
  while (b->len && strchr(" \t\r", b->ptr[b->len - 1]))
    b->ptr[--b->len] = '\0';
}

/* A line that is too long stays cut; the host says that it is no subject. */
static enum got
next_line(struct subjects *s, bool wait)
{
  for (;;) {
    const char *from = s->chunk + s->used;
    const char *end = memchr(from, '\n', s->have - s->used);
    size_t n = end ? (size_t)(end - from) : s->have - s->used;
    (void)buf_put(&s->line, from, n);
    s->used += n + (end != NULL);
    enum got got = end ? GOT_SUBJECT : fill(s, wait);
    if (got == GOT_LATER)
      return got;
    if (got == GOT_SUBJECT && !end)
      continue;
    trim(&s->line);
    if (s->line.len)
      return GOT_SUBJECT;
    if (got == GOT_END)
      return got;
    buf_clear(&s->line);
  }
}

/* ---- CSV ------------------------------------------------------------------------------------------------------------ */

/* The next field; *ret_what is CSV_FIELD or CSV_LAST_FIELD. */
static enum got
next_field(struct subjects *s, bool wait, int *ret_what)
{
  for (;;) {
    size_t used = 0;
    int what = csv_feed(&s->reader, s->chunk + s->used, s->have - s->used, &used);
    s->used += used;
    if (what == CSV_MORE) {
      enum got got = fill(s, wait);
      if (got == GOT_SUBJECT)
        continue;
      what = got == GOT_END ? csv_end(&s->reader) : CSV_MORE;
      if (what == CSV_MORE)
        return got;
    }
    *ret_what = what;
    return GOT_SUBJECT;
  }
}

static enum got
next_cell(struct subjects *s, bool wait)
{
  for (;;) {
    int what = CSV_MORE;
    enum got got = next_field(s, wait, &what);
    if (got != GOT_SUBJECT)
      return got;
    bool ours = s->reader.index == s->column;
    bool missing = what == CSV_LAST_FIELD && s->reader.index < s->column;
    if (ours) {
      const char *text = csv_field(&s->reader), *whole = buf_text(&s->reader.field);
      (void)buf_put(&s->line, text, s->reader.field.len - (size_t)(text - whole));
    }
    csv_next(&s->reader, what);
    if (ours || missing) {
      trim(&s->line);
      return GOT_SUBJECT;
    }
  }
}

static int
find_column(struct cli *cli, const struct args *a, struct subjects *s, const char *from,
            const char *column)
{
  struct suggestion near;
  int what = CSV_MORE;
  bool found = false;
  char *names[64] = {0};
  size_t n = 0;

  suggest_init(&near, column);
  while (what != CSV_LAST_FIELD && next_field(s, true, &what) == GOT_SUBJECT) {
    if (!found && strcasecmp(buf_text(&s->reader.field), column) == 0) {
      s->column = s->reader.index;
      found = true;
    }
    if (n < 64 && (names[n] = strdup(buf_text(&s->reader.field))))
      suggest_offer(&near, names[n++]);
    csv_next(&s->reader, what);
  }
  int status = 0;
  if (!found && suggest_best(&near))
    status = args_wrong(cli, a, "%s has no column \"%s\". Did you mean \"%s\"?", from, column,
                        suggest_best(&near));
  else if (!found)
    status = args_wrong(cli, a, "%s has no column \"%s\"; its first line names the columns.", from,
                        column);
  for (size_t i = 0; i < n; i++)
    free(names[i]);
  return status;
}

/* By number: then the first line is data already. */
static bool
column_number(const char *column, size_t *ret)
{
  char *end = NULL;
  unsigned long n = strtoul(column, &end, 10);

  if (*column < '0' || *column > '9' || *end || n < 1 || n > 10000)
    return false;
  *ret = n - 1;
  return true;
}

static int
open_csv(struct cli *cli, const struct args *a, struct subjects *s, const char *from,
         const char *column)
{
  s->csv = true;
  csv_reader_init(&s->reader);
  return column_number(column, &s->column) ? 0 : find_column(cli, a, s, from, column);
}

/* ---- the source ----------------------------------------------------------------------------------------------------- */

static int
open_file(struct cli *cli, struct subjects *s, const char *from)
{
  struct stat st;

  s->owned = strcmp(from, "-") != 0;
  s->fd = s->owned ? open(from, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
  if (s->fd < 0 || fstat(s->fd, &st) < 0 || S_ISDIR(st.st_mode)) {
    cli_error(cli, "%s cannot be read: %s.", from,
              s->fd < 0 ? strerror(errno) : "it is a directory");
    return STATUS_USAGE;
  }
  s->regular = S_ISREG(st.st_mode);
  if (fill(s, true) == GOT_SUBJECT)
    skip_mark(s);
  return 0;
}

int
subjects_open(struct cli *cli, const struct args *a, const char *from, const char *column,
              struct subjects **ret)
{
  struct subjects *s = calloc(1, sizeof *s);

  if (!s) {
    cli_error(cli, "Not enough memory to read subjects.");
    return STATUS_ENVIRONMENT;
  }
  s->fd = -1;
  s->line = BUF_INIT(CSV_FIELD_MAX);
  *ret = s;
  if (!from) {
    s->words = a->words + 1;
    s->n_words = a->n_words - 1;
    return 0;
  }
  int status = open_file(cli, s, from);
  return status == 0 && column ? open_csv(cli, a, s, from, column) : status;
}

void
subjects_destroy(struct subjects *s)
{
  if (!s)
    return;
  if (s->owned && s->fd >= 0)
    (void)close(s->fd);
  if (s->csv)
    csv_reader_finish(&s->reader);
  buf_finish(&s->line);
  free(s);
}

static int32_t
next_word(struct subjects *s, tenon_text *ret)
{
  if (s->at_word == s->n_words)
    return TENON_NEXT_END;
  const char *word = s->words[s->at_word++];
  *ret = (tenon_text){word, strlen(word)};
  return TENON_NEXT_SUBJECT;
}

static int32_t
next_read(struct subjects *s, tenon_text *ret)
{
  if (!s->half) /* a line half read is kept over LATER */
    buf_clear(&s->line);
  enum got got = s->csv ? next_cell(s, false) : next_line(s, false);
  s->half = got == GOT_LATER;
  if (got != GOT_SUBJECT)
    return got == GOT_LATER ? TENON_NEXT_LATER : TENON_NEXT_END;
  *ret = (tenon_text){buf_text(&s->line), s->line.len};
  return TENON_NEXT_SUBJECT;
}

int32_t
subjects_next(void *user, tenon_text *ret)
{
  struct subjects *s = user;
  int32_t got = s->fd < 0 ? next_word(s, ret) : next_read(s, ret);

  s->count += got == TENON_NEXT_SUBJECT;
  s->drained = s->drained || got == TENON_NEXT_END;
  return got;
}

int
subjects_fd(void *user)
{
  const struct subjects *s = user;

  return s->ended || s->regular ? -1 : s->fd;
}
