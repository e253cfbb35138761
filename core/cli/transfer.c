// SPDX-License-Identifier: Apache-2.0
/* Passphrases and files of exports, on this machine's disk. */
#include "core/cli/transfer.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "core/base/file.h"

#define FILES_DIR    "files" /* under $XDG_CONFIG_HOME/tenon */
#define RANDOM_BYTES 4u

/* ---- passphrases ---------------------------------------------------------------------------------------------------- */

static void
trim_line(struct buf *b)
{
  while (b->len && (b->ptr[b->len - 1] == '\n' || b->ptr[b->len - 1] == '\r'))
    b->ptr[--b->len] = '\0';
}

int
cli_read_passphrase(struct cli *cli, const char *path, struct buf *ret)
{
  bool from_stdin = strcmp(path, "-") == 0;
  CLEANUP_CLOSE int fd = -1;

  int status = from_stdin ? 0 : secret_file_open(cli, "The passphrase", path, &fd);
  if (status)
    return status;
  int e = fd_read_all(from_stdin ? STDIN_FILENO : fd, ret);
  trim_line(ret);
  if (e == 0 && ret->len > 0 && ret->len <= VAULT_PASSPHRASE_MAX &&
      !memchr(ret->ptr, '\0', ret->len))
    return 0;
  cli_error(cli, "The passphrase in %s is %s.", from_stdin ? "standard input" : path,
            e == 0 && ret->len == 0 ? "empty"
            : e < 0 && e != -EFBIG  ? strerror(-e)
                                    : "too long, or no text");
  return STATUS_USAGE;
}

/* ---- files ---------------------------------------------------------------------------------------------------------- */

static char *
files_dir(struct cli *cli)
{
  return text_printf("%s/" FILES_DIR, cli->config_dir);
}

static int
write_one(struct cli *cli, const char *dir_path, int dir, struct connection *c,
          const struct transfer_blob *blob)
{
  unsigned char random[RANDOM_BYTES];
  char hex[2 * RANDOM_BYTES + 1];

  randombytes_buf(random, sizeof random);
  (void)sodium_bin2hex(hex, sizeof hex, random, sizeof random);
  CLEANUP_FREE char *name = text_printf("%s.%s.%s", c->name, blob->key, hex);
  CLEANUP_FREE char *path = name ? text_printf("%s/%s", dir_path, name) : NULL;
  int e = path ? file_replace(dir, name, blob->bytes.ptr, blob->bytes.len) : -ENOMEM;
  if (e == 0 && !connection_set(c, blob->key, path))
    e = -ENOMEM;
  if (e < 0)
    cli_error(cli, "The file of \"%s\" cannot be written to %s: %s.", blob->key, dir_path,
              strerror(-e));
  return e;
}

static bool
has_files(const struct transfer_item *item)
{
  for (size_t i = 0; i < item->n_blobs; i++)
    if (item->blobs[i].file && item->blobs[i].there)
      return true;
  return false;
}

int
imported_files_write(struct cli *cli, struct transfer_item *item)
{
  CLEANUP_FREE char *path = files_dir(cli);
  CLEANUP_CLOSE int dir = -1;

  if (!has_files(item))
    return 0;
  int e = path && sodium_init() >= 0 ? dir_make(path) : -ENOMEM;
  e = e ? e : dir_open(path, &dir);
  if (e < 0) {
    cli_error(cli, "%s cannot be made: %s.", path ? path : FILES_DIR, strerror(-e));
    return STATUS_ENVIRONMENT;
  }
  for (size_t i = 0; i < item->n_blobs && e == 0; i++)
    if (item->blobs[i].file && item->blobs[i].there)
      e = write_one(cli, path, dir, item->connection, &item->blobs[i]);
  if (e < 0)
    imported_files_forget(cli, item->connection);
  return e < 0 ? STATUS_ENVIRONMENT : 0;
}

void
imported_files_forget(struct cli *cli, const struct connection *c)
{
  CLEANUP_FREE char *path = files_dir(cli);
  CLEANUP_CLOSE int dir = -1;
  size_t n = path ? strlen(path) : 0;

  if (!path || dir_open(path, &dir) < 0)
    return;
  for (size_t i = 0; i < c->n_values; i++) {
    const char *value = c->values[i].value.ptr;
    if (strncmp(value, path, n) == 0 && value[n] == '/' && value[n + 1] &&
        !strchr(value + n + 1, '/'))
      (void)file_remove(dir, value + n + 1); /* one that stays harms nobody but the disk */
  }
  for (size_t i = 0; i < c->n_former; i++)
    imported_files_forget(cli, c->former[i]);
}
