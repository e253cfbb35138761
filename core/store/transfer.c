// SPDX-License-Identifier: Apache-2.0
/* The list of what travels, and its document being written. */
#include "core/store/transfer.h"

#include <errno.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/json/json.h"
#include "core/secret/box.h"
#include "core/store/transfer_internal.h"

static void
finish_item(struct transfer_item *item)
{
  for (size_t j = 0; j < item->n_blobs; j++) {
    free(item->blobs[j].key);
    free(item->blobs[j].file);
    vault_secret_finish(&item->blobs[j].bytes);
  }
  free(item->blobs);
  for (size_t j = 0; j < item->n_former; j++)
    finish_item(&item->former[j]); /* it has none of its own */
  free(item->former);
  connection_destroy(item->connection);
}

void
transfer_finish(struct transfer *t)
{
  for (size_t i = 0; i < t->n; i++)
    finish_item(&t->items[i]);
  free(t->items);
  *t = (struct transfer){0};
}

struct transfer_item *
transfer_add(struct transfer *t, struct connection *c)
{
  struct transfer_item *items =
      t->n < TRANSFER_CONNECTIONS_MAX ? realloc(t->items, (t->n + 1) * sizeof *items) : NULL;

  if (!items)
    return NULL;
  t->items = items;
  items[t->n] = (struct transfer_item){.connection = c};
  return &items[t->n++];
}

struct transfer_item *
transfer_add_former(struct transfer_item *item, struct connection *c)
{
  struct transfer_item *former = item->n_former < STORE_FORMER_MAX
                                     ? realloc(item->former, (item->n_former + 1) * sizeof *former)
                                     : NULL;

  if (!former)
    return NULL;
  item->former = former;
  former[item->n_former] = (struct transfer_item){.connection = c};
  return &former[item->n_former++];
}

bool
transfer_add_blob(struct transfer_item *item, const char *key, const char *file, bool secret,
                  struct vault_secret *bytes)
{
  struct transfer_blob *blobs = item->n_blobs < TRANSFER_BLOBS_MAX
                                    ? realloc(item->blobs, (item->n_blobs + 1) * sizeof *blobs)
                                    : NULL;

  if (!blobs)
    return false;
  item->blobs = blobs;
  CLEANUP_FREE char *key_copy = strdup(key);
  CLEANUP_FREE char *file_copy = file ? strdup(file) : NULL;
  if (!key_copy || (file && !file_copy))
    return false;
  blobs[item->n_blobs++] = (struct transfer_blob){.key = TAKE_PTR(key_copy),
                                                  .file = TAKE_PTR(file_copy),
                                                  .secret = secret || !file,
                                                  .there = bytes != NULL,
                                                  .bytes = bytes ? *bytes : VAULT_SECRET_INIT};
  if (bytes)
    *bytes = VAULT_SECRET_INIT;
  return true;
}

bool
transfer_file_is_public(const char *bytes, size_t n)
{
  static const char certificate[] = "-----BEGIN CERTIFICATE-----";
  static const char key[] = "PRIVATE KEY";

  return utf8_valid(bytes, n) && memmem(bytes, n, certificate, sizeof certificate - 1) &&
         !memmem(bytes, n, key, sizeof key - 1);
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */

static void
open_member(struct buf *b, const char *key, char bracket)
{
  (void)json_put_key(b, key);
  (void)buf_putc(b, bracket);
}

static void
put_files(struct buf *b, const struct transfer_item *item, bool sealed)
{
  open_member(b, "files", '{');
  for (size_t i = 0; i < item->n_blobs; i++) {
    const struct transfer_blob *blob = &item->blobs[i];
    if (!blob->file)
      continue;
    open_member(b, blob->key, '{');
    (void)json_put_member(b, "name", blob->file);
    if (blob->secret)
      (void)buf_puts(b, ",\"secret\":true");
    if (blob->there && (sealed || !blob->secret))
      box_put_base64(b, "bytes", blob->bytes.ptr, blob->bytes.len);
    (void)buf_putc(b, '}');
  }
  (void)buf_putc(b, '}');
}

static void
put_secrets(struct buf *b, const struct transfer_item *item, bool sealed)
{
  open_member(b, "secrets", '{');
  for (size_t i = 0; i < item->n_blobs; i++) {
    const struct transfer_blob *blob = &item->blobs[i];
    if (blob->file)
      continue;
    open_member(b, blob->key, '{');
    if (blob->there && sealed)
      box_put_base64(b, "bytes", blob->bytes.ptr, blob->bytes.len);
    (void)buf_putc(b, '}');
  }
  (void)buf_putc(b, '}');
}

/* The members that what a former connector left has too. */
static void
put_members(struct buf *b, const struct transfer_item *item, bool sealed)
{
  const struct connection *c = item->connection;

  (void)json_put_member(b, "connector", c->connector);
  (void)json_put_member(b, "connector_version", c->connector_version);
  (void)json_put_member_int(b, "schema", c->schema);
  open_member(b, "values", '{');
  for (size_t i = 0; i < c->n_values; i++)
    (void)json_put_member(b, c->values[i].key, c->values[i].value.ptr);
  (void)buf_putc(b, '}');
  put_files(b, item, sealed);
  put_secrets(b, item, sealed);
}

static void
put_former(struct buf *b, const struct transfer_item *item, bool sealed)
{
  open_member(b, TRANSFER_KEY_FORMER, '[');
  for (size_t i = 0; i < item->n_former; i++) {
    const struct connection *c = item->former[i].connection;
    (void)buf_puts(b, i ? ",{" : "{");
    put_members(b, &item->former[i], sealed);
    (void)json_put_member(b, "changed", *c->changed ? c->changed : NULL);
    (void)buf_putc(b, '}');
  }
  (void)buf_putc(b, ']');
}

static void
put_item(struct buf *b, const struct transfer_item *item, bool sealed)
{
  const struct connection *c = item->connection;

  (void)buf_putc(b, '{');
  (void)json_put_member(b, "name", c->name);
  (void)json_put_member(b, "role",
                        c->role == TENON_SOURCE   ? "source"
                        : c->role == TENON_TARGET ? "target"
                                                  : NULL);
  put_members(b, item, sealed);
  if (item->n_former)
    put_former(b, item, sealed);
  (void)buf_putc(b, '}');
}

static void
put_items(struct buf *b, const struct transfer *t, bool sealed)
{
  char now[CLOCK_TEXT_SIZE];

  clock_text(now);
  (void)buf_putc(b, '{');
  (void)json_put_member_int(b, TRANSFER_KEY_VERSION, TRANSFER_VERSION);
  (void)json_put_member(b, "exported", now);
  (void)json_put_key(b, TRANSFER_KEY_CONNECTIONS);
  for (size_t i = 0; i < t->n; i++) {
    (void)buf_puts(b, i ? ",\n" : "[\n");
    put_item(b, &t->items[i], sealed);
  }
  (void)buf_puts(b, t->n ? "\n]}\n" : "[]}\n");
}

int
transfer_write(const struct transfer *t, const char *passphrase, struct buf *ret)
{
  struct buf plain = BUF_INIT(TRANSFER_BYTES_MAX / 4 * 3); /* sealed it grows by a third */
  int e = 0;

  if (!passphrase) {
    put_items(ret, t, false);
    return buf_failed(ret) ? -EFBIG : 0;
  }
  put_items(&plain, t, true);
  (void)buf_putc(ret, '{');
  (void)json_put_member_int(ret, TRANSFER_KEY_VERSION, TRANSFER_VERSION);
  (void)json_put_key(ret, TRANSFER_KEY_BOX);
  (void)buf_putc(ret, '{');
  e = buf_failed(&plain) ? -EFBIG : box_put(ret, passphrase, TRANSFER_LABEL, plain.ptr, plain.len);
  (void)buf_puts(ret, "}}\n");
  buf_wipe(&plain);
  return e ? e : buf_failed(ret) ? -EFBIG : 0;
}
