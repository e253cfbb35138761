// SPDX-License-Identifier: Apache-2.0
/* The directory of connections: finding and reading. Reading takes no lock, for files are replaced as a whole. */
#include "core/store/store.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/store/internal.h"
#include "core/store/shape.h"

int
store_fail(struct buf *why, int error, const char *fmt, ...)
{
  va_list ap;

  va_start(ap, fmt);
  (void)buf_vprintf(why, fmt, ap);
  va_end(ap);
  return error;
}

struct store *
store_create(const struct store_options *o)
{
  struct store *s = calloc(1, sizeof *s);

  if (!s)
    return NULL;
  s->connections_dir = text_printf("%s/connections", o->config_dir);
  s->history_dir = text_printf("%s/history", o->state_dir);
  if (!s->connections_dir || !s->history_dir) {
    store_destroy(s);
    return NULL;
  }
  return s;
}

void
store_destroy(struct store *s)
{
  if (!s)
    return;
  free(s->connections_dir);
  free(s->history_dir);
  free(s);
}

const char *
store_where(const struct store *s)
{
  return s->connections_dir;
}

void
store_file_name(char ret[static CONNECTION_FILE], const char *name)
{
  (void)snprintf(ret, CONNECTION_FILE, "%s" CONNECTION_SUFFIX, name);
}

int
store_open_dir(struct store *s, int *ret_dir, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1;
  struct stat st;
  int e = dir_open(s->connections_dir, &dir);

  if (e == 0 && fstat(dir, &st) < 0)
    e = -errno;
  if (e < 0)
    return e == -ENOENT
               ? e
               : store_fail(why, e, "%s cannot be opened: %s.", s->connections_dir, strerror(-e));
  e = file_check_owner(&st, s->connections_dir, why);
  if (e == 0)
    *ret_dir = TAKE_FD(dir);
  return e;
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

static int
fail_read(const struct store *s, const char *name, int e, struct buf *why)
{
  const char *dir = s->connections_dir;

  if (e == -ENOENT)
    return store_fail(why, e, "There is no connection \"%s\".", name);
  if (e == -EFBIG)
    return store_fail(why, -EBADMSG, "%s/%s.json is larger than %u bytes: no connection is.", dir,
                      name, STORE_FILE_MAX);
  if (e == -ELOOP || e == -EINVAL)
    return store_fail(why, -EBADMSG,
                      "%s/%s.json is no regular file. Replace it by the file itself.", dir, name);
  return store_fail(why, e, "%s/%s.json cannot be read: %s.%s", dir, name, strerror(-e),
                    e == -EACCES ? " It must belong to you, mode 0600." : "");
}

static int
fail_shape(const struct store *s, const char *name, int e, const char *phrase, struct buf *why)
{
  const char *dir = s->connections_dir;

  if (e == -ENOTSUP)
    return store_fail(
        why, e, "%s/%s.json was written by a newer tenon. Update tenon to use this connection.",
        dir, name);
  return store_fail(
      why, e,
      "%s/%s.json is damaged (%s). Restore it from a backup, or remove it with `tenon "
      "connections remove %s` and make it anew with `tenon wizard %s`.",
      dir, name, phrase, name, name);
}

int
store_load_at(struct store *s, int dir, const char *name, struct connection **ret, struct buf *why)
{
  CLEANUP_BUF struct buf text = BUF_INIT(STORE_FILE_MAX);
  char file[CONNECTION_FILE];
  const char *phrase = NULL;
  struct stat st;

  store_file_name(file, name);
  int e = file_read(dir, file, &text, &st);
  if (e < 0)
    return fail_read(s, name, e, why);
  CLEANUP_FREE char *path = text_printf("%s/%s", s->connections_dir, file);
  e = path ? file_check_owner(&st, path, why) : -ENOMEM;
  if (e < 0)
    return e;
  e = connection_read(name, buf_text(&text), text.len, ret, &phrase);
  return e < 0 ? fail_shape(s, name, e, phrase, why) : 0;
}

int
store_load(struct store *s, const char *name, struct connection **ret, struct buf *why)
{
  CLEANUP_CLOSE int dir = -1;

  if (!connection_name_valid(name))
    return store_fail(
        why, -ENOENT,
        "\"%s\" cannot be a connection's name: lower-case letters, digits, '.', '_' and "
        "'-', at most %u, starting with a letter or digit.",
        name, STORE_NAME_MAX);
  int e = store_open_dir(s, &dir, why);
  if (e == -ENOENT)
    return fail_read(s, name, e, why);
  return e < 0 ? e : store_load_at(s, dir, name, ret, why);
}

/* ---- listing ---------------------------------------------------------------------------------------------------------- */

void
store_list_finish(struct store_list *l)
{
  for (size_t i = 0; i < l->n; i++) {
    free(l->entries[i].name);
    connection_destroy(l->entries[i].connection);
    free(l->entries[i].why);
  }
  free(l->entries);
  *l = (struct store_list){0};
}

static int
by_name(const void *a, const void *b)
{
  return strcmp(((const struct store_entry *)a)->name, ((const struct store_entry *)b)->name);
}

static bool
is_connection_file(const char *file, char name[static CONNECTION_FILE])
{
  size_t n = strlen(file);

  if (n < sizeof CONNECTION_SUFFIX || n >= CONNECTION_FILE ||
      strcmp(file + n - sizeof CONNECTION_SUFFIX + 1, CONNECTION_SUFFIX) != 0)
    return false;
  (void)snprintf(name, CONNECTION_FILE, "%.*s", (int)(n - sizeof CONNECTION_SUFFIX + 1), file);
  return connection_name_valid(name);
}

static int
add_entry(struct store *s, int dir, const char *name, struct store_list *l)
{
  struct store_entry *entries = realloc(l->entries, (l->n + 1) * sizeof *entries);
  if (!entries)
    return -ENOMEM;
  l->entries = entries;
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);
  struct store_entry e = {.name = strdup(name)};
  if (e.name && store_load_at(s, dir, name, &e.connection, &why) < 0)
    e.why = strdup(buf_text(&why));
  l->entries[l->n++] = e;
  return e.name && (e.connection || e.why) ? 0 : -ENOMEM;
}

static int
list_dir(struct store *s, DIR *d, struct store_list *l)
{
  for (struct dirent *entry = readdir(d); entry; entry = readdir(d)) {
    char name[CONNECTION_FILE];
    if (!is_connection_file(entry->d_name, name))
      continue;
    int e = l->n < STORE_CONNECTIONS_MAX ? add_entry(s, dirfd(d), name, l) : -E2BIG;
    if (e < 0)
      return e;
  }
  return 0;
}

int
store_list(struct store *s, struct store_list *ret, struct buf *why)
{
  CLEANUP_STORE_LIST struct store_list list = {0};
  int fd = -1;
  int e = store_open_dir(s, &fd, why);
  if (e < 0 && e != -ENOENT)
    return e;
  if (e == 0) {
    DIR *d = fdopendir(fd);
    e = d ? list_dir(s, d, &list) : -ENOMEM;
    if (d)
      (void)closedir(d);
    else
      (void)close(fd);
    if (e < 0)
      return store_fail(why, e, "%s cannot be listed: %s.", s->connections_dir, strerror(-e));
    if (list.n)
      qsort(list.entries, list.n, sizeof *list.entries, by_name);
  }
  *ret = list;
  list = (struct store_list){0};
  return 0;
}
