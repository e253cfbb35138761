// SPDX-License-Identifier: Apache-2.0
/* A plugin reads no file of the person's by path: the host does, before the worker starts, so that the sandbox may deny
 * the file system and an error names the field. */
#include "core/host/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/buf.h"
#include "core/model/answer.h"
#include "core/wire/wire.h"
#include "core/wizard/form.h"

struct build {
  struct settings *s;
  const struct settings_source *from;
  struct form form;
  struct settings_problem *why;
  tenon_pair *values, *files, *secrets;
};

/* ---- reading files ------------------------------------------------------------------------------------------------ */

static int
open_path(const char *path)
{
  const char *home = strncmp(path, "~/", 2) == 0 ? getenv("HOME") : NULL;
  CLEANUP_FREE char *whole = home ? text_printf("%s/%s", home, path + 2) : NULL;

  if (home && !whole)
    return -ENOMEM;
  int fd = open(whole ? whole : path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

static int
read_whole(int fd, char *bytes, size_t n)
{
  for (size_t done = 0; done < n;) {
    ssize_t got = read(fd, bytes + done, n - done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return got < 0 ? -errno : -EIO;
    done += (size_t)got;
  }
  return 0;
}

int
settings_read_file(const char *path, char **ret_bytes, size_t *ret_n)
{
  CLEANUP_CLOSE int fd = open_path(path);
  struct stat st;

  if (fd < 0)
    return fd;
  if (fstat(fd, &st) != 0)
    return -errno;
  if (!S_ISREG(st.st_mode))
    return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
  if (st.st_size > (off_t)ANSWER_FILE_MAX)
    return -EFBIG;
  size_t n = (size_t)st.st_size;
  CLEANUP_FREE char *bytes = calloc(1, n + 1);
  if (!bytes)
    return -ENOMEM;
  int error = read_whole(fd, bytes, n);
  if (error)
    return error;
  *ret_bytes = TAKE_PTR(bytes);
  *ret_n = n;
  return 0;
}

/* ---- one field ------------------------------------------------------------------------------------------------------ */

static int
refuse(struct build *b, const tenon_field *field, const char *detail, const char *remedy)
{
  (void)snprintf(b->why->field, sizeof b->why->field, "%s", field->key);
  (void)snprintf(b->why->detail, sizeof b->why->detail, "%s", detail);
  (void)snprintf(b->why->remedy, sizeof b->why->remedy, "%s", remedy);
  return -EINVAL;
}

static int
refuse_file(struct build *b, const tenon_field *field, const char *path, int error)
{
  char detail[SETTINGS_PROBLEM_MAX], remedy[SETTINGS_PROBLEM_MAX];
  const char *what = error == -EFBIG    ? "it is larger than 1 MiB"
                     : error == -EINVAL ? "it is not a regular file"
                                        : strerror(-error);

  (void)snprintf(detail, sizeof detail, "%s: %.512s cannot be read: %s.", field->label, path, what);
  (void)snprintf(remedy, sizeof remedy, "Give the path of a file that you can read in \"%s\".",
                 field->key);
  return refuse(b, field, detail, remedy);
}

static int
read_inline(const char *text, char **ret_bytes, size_t *ret_n)
{
  int error =
      wire_base64(text + sizeof ANSWER_INLINE - 1, ANSWER_INLINE_BYTES_MAX, ret_bytes, ret_n);
  return error == -EMSGSIZE ? -EFBIG : error;
}

static int
add_file(struct build *b, const tenon_field *field, const char *path)
{
  CLEANUP_FREE char *bytes = NULL;
  size_t n = 0;

  int error =
      answer_is_inline(path) ? read_inline(path, &bytes, &n) : settings_read_file(path, &bytes, &n);
  if (error == -ENOMEM)
    return error;
  if (error)
    return refuse_file(b, field, path, error);
  char *copy = arena_bytes(&b->s->arena, bytes, n);
  explicit_bzero(bytes, n);
  if (!copy)
    return -ENOMEM;
  b->files[b->s->s.n_files++] = (tenon_pair){field->key, {copy, n}};
  return 0;
}

static int
add_value(struct build *b, const tenon_field *field, const char *value)
{
  const char *copy = arena_text(&b->s->arena, value);

  if (!copy)
    return -ENOMEM;
  b->values[b->s->s.n_values++] = (tenon_pair){field->key, {copy, strlen(copy)}};
  return 0;
}

/* The plugin gets it as it stands, and has neither our directory nor a home. */
static int
add_path(struct build *b, const tenon_field *field, const char *value)
{
  char detail[SETTINGS_PROBLEM_MAX], remedy[SETTINGS_PROBLEM_MAX];

  if (answer_path(value))
    return add_value(b, field, value);
  (void)snprintf(detail, sizeof detail, "%s: %.512s does not start with /.", field->label, value);
  (void)snprintf(remedy, sizeof remedy, "Give the whole path in \"%s\".", field->key);
  return refuse(b, field, detail, remedy);
}

static int
missing(struct build *b, const tenon_field *field)
{
  char detail[SETTINGS_PROBLEM_MAX], remedy[SETTINGS_PROBLEM_MAX];
  const char *how = field->type == TENON_SECRET ? "--secret %s=FILE" : "--set %s=VALUE";
  char option[128];

  (void)snprintf(option, sizeof option, how, field->key);
  (void)snprintf(detail, sizeof detail, "%s is needed and not set.", field->label);
  (void)snprintf(remedy, sizeof remedy, "Set it with the wizard: tenon wizard NAME %s", option);
  return refuse(b, field, detail, remedy);
}

static int
add_field(struct build *b, const tenon_field *field)
{
  tenon_text secret = {NULL, 0};
  bool is_required = field->flags & TENON_REQUIRED;

  if (!form_applies(&b->form, field))
    return 0;
  if (field->type == TENON_SECRET) {
    if (!b->from->secret || !b->from->secret(b->from->user, field->key, &secret))
      return is_required ? missing(b, field) : 0;
    b->secrets[b->s->s.n_secrets++] = (tenon_pair){field->key, secret};
    return 0;
  }
  const char *value = form_value(&b->form, field);
  if (!value || !*value)
    return is_required ? missing(b, field) : 0;
  return field->type == TENON_FILE   ? add_file(b, field, value)
         : field->type == TENON_PATH ? add_path(b, field, value)
                                     : add_value(b, field, value);
}

/* ---- all of them ----------------------------------------------------------------------------------------------------- */

static const char *
answer_of(void *user, const char *key)
{
  const struct settings_source *from = user;
  return from->answer ? from->answer(from->user, key) : NULL;
}

static bool
secret_of(void *user, const char *key)
{
  const struct settings_source *from = user;
  tenon_text unused;
  return from->secret && from->secret(from->user, key, &unused);
}

int
settings_build(struct settings *s, const struct connector *c, const struct connector *owner,
               const struct settings_source *from, struct settings_problem *ret_why)
{
  struct form form = {c, owner, answer_of, secret_of, (void *)(uintptr_t)from};
  struct build b = {s, from, form, ret_why, NULL, NULL, NULL};
  size_t n = c->n_fields ? c->n_fields : 1;

  *s = (struct settings){.s = {.size = sizeof s->s}, .arena = ARENA_INIT};
  *ret_why = (struct settings_problem){.field = ""};
  b.values = arena_alloc(&s->arena, n * sizeof *b.values);
  b.files = arena_alloc(&s->arena, n * sizeof *b.files);
  b.secrets = arena_alloc(&s->arena, (n + from->n_kept) * sizeof *b.secrets);
  int error = b.values && b.files && b.secrets ? 0 : -ENOMEM;
  s->s.values = b.values;
  s->s.files = b.files;
  s->s.secrets = b.secrets;
  for (size_t i = 0; i < c->n_fields && !error; i++)
    error = add_field(&b, c->d.fields[i]);
  for (size_t i = 0; i < from->n_kept && !error; i++)
    b.secrets[s->s.n_secrets++] = from->kept[i];
  if (error)
    settings_finish(s);
  return error;
}

void
settings_finish(struct settings *s)
{
  for (size_t i = 0; i < s->s.n_files; i++)
    explicit_bzero((char *)(uintptr_t)s->s.files[i].value.ptr, s->s.files[i].value.len);
  arena_finish(&s->arena);
  *s = (struct settings){.arena = ARENA_INIT};
}

/* ---- whose it is --------------------------------------------------------------------------------------------------- */

static bool
decides(const tenon_field *f)
{
  if (f->type == TENON_SECRET || f->browse || (f->flags & TENON_VOLATILE))
    return false;
  return !(f->flags & TENON_ADVANCED) || f->type == TENON_URL;
}

char *
settings_owner(const struct connector *c, const char *(*answer)(void *user, const char *key),
               void *user)
{
  CLEANUP_BUF struct buf owner = BUF_INIT(SETTINGS_OWNER_MAX);

  (void)buf_puts(&owner, c->d.id);
  for (size_t i = 0; i < c->n_fields; i++) {
    const tenon_field *f = c->d.fields[i];
    const char *text = decides(f) ? answer(user, f->key) : NULL;
    if (!text)
      text = f->preset;
    if (decides(f) && text && *text) /* lengths, so that two answers are not one */
      (void)buf_printf(&owner, "\n%s %zu %s", f->key, strlen(text), text);
  }
  return buf_take(&owner, NULL);
}
