// SPDX-License-Identifier: Apache-2.0
/* The document being read. Anybody may have written it: nothing is taken before all of it was looked at. What stands in
 * the clear holds no secret, and one that does is refused, so that nobody gets used to such files. */
#include <errno.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/json/json.h"
#include "core/secret/box.h"
#include "core/store/shape.h"
#include "core/store/transfer.h"
#include "core/store/transfer_internal.h"

#define FIRST_LETTERS "abcdefghijklmnopqrstuvwxyz"
#define KEY_LETTERS   FIRST_LETTERS "0123456789_.-"

/* Where in the document we are, for the sentences. */
struct place {
  struct buf *why;
  const char *connection; /* or NULL */
  bool sealed;
};

static int
refuse(const struct place *at, const char *what)
{
  (void)buf_printf(at->why, "%s%s%s%s.", at->connection ? "The connection \"" : "The document ",
                   at->connection ? at->connection : "", at->connection ? "\" in it " : "", what);
  return -EBADMSG;
}

static bool
is_key(const char *key)
{
  size_t n = strlen(key);

  return n > 0 && n <= STORE_KEY_MAX && strspn(key, KEY_LETTERS) == n &&
         strchr(FIRST_LETTERS, key[0]);
}

/* Connectors are named as connections are, but for capitals: a file of that name is never opened. */
static bool
is_word(const char *text, size_t max)
{
  size_t n = text ? strlen(text) : 0;

  return n > 0 && n <= max && utf8_printable(text, n) && !strpbrk(text, "/\n\t");
}

static bool
is_file_name(const char *text)
{
  return is_word(text, TRANSFER_FILE_NAME_MAX) && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

static bool
is_taken(const struct transfer_item *item, const char *key)
{
  if (connection_get(item->connection, key))
    return true;
  for (size_t i = 0; i < item->n_blobs; i++)
    if (strcmp(item->blobs[i].key, key) == 0)
      return true;
  return false;
}

static int
read_values(const struct place *at, const cJSON *json, struct transfer_item *item)
{
  const cJSON *values = json_object(json, "values");

  if (!values)
    return refuse(at, "has no answers");
  for (const cJSON *m = values->child; m; m = m->next) {
    size_t n = cJSON_IsString(m) ? strlen(m->valuestring) : 0;
    if (!cJSON_IsString(m) || !is_key(m->string) || is_taken(item, m->string) ||
        n > TRANSFER_TEXT_MAX || !utf8_printable(m->valuestring, n))
      return refuse(at, "has an answer that is none");
    if (!connection_set(item->connection, m->string, m->valuestring))
      return refuse(at, "has too many answers");
  }
  return 0;
}

/* One secret or file; bytes that are secret only where all of it was sealed. */
static int
read_blob(const struct place *at, const cJSON *m, bool is_file, struct transfer_item *item)
{
  const char *name = is_file ? json_text(m, "name") : NULL;
  bool secret = !is_file || json_bool(m, "secret");
  CLEANUP_VAULT_SECRET struct vault_secret bytes = VAULT_SECRET_INIT;

  if (!cJSON_IsObject(m) || !is_key(m->string) || is_taken(item, m->string) ||
      (is_file && !is_file_name(name)))
    return refuse(at, is_file ? "has a file that is none" : "has a secret that is none");
  if (!cJSON_GetObjectItemCaseSensitive(m, "bytes"))
    return transfer_add_blob(item, m->string, name, secret, NULL)
               ? 0
               : refuse(at, "has too many secrets and files");
  if (secret && !at->sealed)
    return refuse(at, "holds a secret in the clear: such a file is not taken");
  int e = box_get_base64(m, "bytes", &bytes);
  if (e == -EBADMSG || (e == 0 && bytes.len > VAULT_ENTRY_MAX))
    return refuse(at, "has bytes that are no base64, or too many");
  if (e < 0)
    return e;
  if (is_file && !secret && !transfer_file_is_public(bytes.ptr, bytes.len))
    return refuse(at, "has a file in the clear that is no certificate");
  return transfer_add_blob(item, m->string, name, secret, &bytes)
             ? 0
             : refuse(at, "has too many secrets and files");
}

static int
read_blobs(const struct place *at, const cJSON *json, const char *key, bool is_file,
           struct transfer_item *item)
{
  const cJSON *list = json_object(json, key);
  int e = 0;

  for (const cJSON *m = list ? list->child : NULL; m && e == 0; m = m->next)
    e = read_blob(at, m, is_file, item);
  return e;
}

static struct connection *
read_head(const cJSON *json, const char *name)
{
  const char *connector = json_text(json, "connector");
  const char *version = json_text(json, "connector_version"), *role = json_text(json, "role");
  int64_t schema = 0;

  if (!name || !connection_name_valid(name) || !is_word(connector, STORE_KEY_MAX) ||
      (version && *version && !is_word(version, STORE_KEY_MAX)) ||
      (json_int(json, "schema", &schema) && (schema < 0 || schema > UINT32_MAX)))
    return NULL;
  struct connection *c = connection_create(name, connector, version, (uint32_t)schema);
  if (c)
    c->role = !role                         ? 0
              : strcmp(role, "source") == 0 ? TENON_SOURCE
              : strcmp(role, "target") == 0 ? TENON_TARGET
                                            : 0;
  return c;
}

static int
read_content(const struct place *at, const cJSON *json, struct transfer_item *item)
{
  int e = read_values(at, json, item);
  e = e ? e : read_blobs(at, json, "files", true, item);
  return e ? e : read_blobs(at, json, "secrets", false, item);
}

/* What a former connector left. */
static int
read_former(const struct place *at, const cJSON *json, struct transfer_item *item)
{
  const char *changed = json_text(json, "changed");
  CLEANUP_CONNECTION struct connection *c =
      cJSON_IsObject(json) ? read_head(json, item->connection->name) : NULL;

  if (!c || (changed && (strlen(changed) >= CLOCK_TEXT_SIZE || !is_word(changed, CLOCK_TEXT_SIZE))))
    return refuse(at, "has a former connector that is none");
  for (size_t i = 0; i < item->n_former; i++)
    if (strcmp(item->former[i].connection->connector, c->connector) == 0)
      return refuse(at, "names one former connector twice");
  if (changed)
    memcpy(c->changed, changed, strlen(changed) + 1);
  struct transfer_item *former = transfer_add_former(item, c);
  if (!former)
    return refuse(at, "has too many former connectors");
  (void)TAKE_PTR(c);
  return read_content(at, json, former);
}

static int
read_item(struct place *at, const cJSON *json, struct transfer *t)
{
  CLEANUP_CONNECTION struct connection *c =
      cJSON_IsObject(json) ? read_head(json, json_text(json, "name")) : NULL;
  const cJSON *m;

  at->connection = NULL;
  if (!c)
    return refuse(at, "has a connection without a proper name or connector");
  for (size_t i = 0; i < t->n; i++)
    if (strcmp(t->items[i].connection->name, c->name) == 0)
      return refuse(at, "names one connection twice");
  struct transfer_item *item = transfer_add(t, c);
  if (!item)
    return refuse(at, "has too many connections");
  at->connection = TAKE_PTR(c)->name;
  int e = read_content(at, json, item);
  cJSON_ArrayForEach(m, json_array(json, TRANSFER_KEY_FORMER))
  {
    e = e ? e : read_former(at, m, item);
  }
  return e;
}

/* ---- the document --------------------------------------------------------------------------------------------------- */

static int
check_version(const struct place *at, const cJSON *json)
{
  int64_t version = 0;

  if (!json_int(json, TRANSFER_KEY_VERSION, &version) || version < 1)
    return refuse(at, "is no export of tenon's");
  if (version > TRANSFER_VERSION) {
    (void)buf_puts(at->why, "A newer tenon wrote it. Update tenon to import it.");
    return -ENOTSUP;
  }
  return 0;
}

static int
read_items(struct place *at, const cJSON *json, struct transfer *ret)
{
  const cJSON *list = json_array(json, TRANSFER_KEY_CONNECTIONS);
  CLEANUP_TRANSFER struct transfer t = {0};
  int e = list && cJSON_GetArraySize(list) > 0 ? 0 : refuse(at, "holds no connection");

  for (const cJSON *m = list ? list->child : NULL; m && e == 0; m = m->next)
    e = read_item(at, m, &t);
  if (e < 0)
    return e;
  *ret = t;
  t = (struct transfer){0};
  return 0;
}

static int
read_plain(struct place *at, const char *text, size_t len, struct transfer *ret)
{
  const char *phrase = "";
  CLEANUP_JSON cJSON *json = json_parse(text, len, NULL, &phrase);

  if (!json) {
    (void)buf_printf(at->why, "It is not one JSON object: %s.", phrase);
    return -EBADMSG;
  }
  int e = check_version(at, json);
  e = e ? e : read_items(at, json, ret);
  box_wipe_json(json);
  return e;
}

static int
open_box(struct place *at, const cJSON *box, vault_passphrase ask, void *user,
         struct vault_secret *ret)
{
  struct buf passphrase = BUF_INIT(VAULT_PASSPHRASE_MAX);

  if (!box_shape_ok(box))
    return refuse(at, "is sealed in a way that cannot be read: it is damaged");
  if (!ask || !ask(user, &passphrase)) {
    buf_wipe(&passphrase);
    (void)buf_puts(at->why, "It is sealed, and nobody was there to type its passphrase. Give it "
                            "with --passphrase-file FILE.");
    return -ENOKEY;
  }
  int e = box_open(box, buf_text(&passphrase), passphrase.len, TRANSFER_LABEL, ret);
  buf_wipe(&passphrase);
  if (e == -EKEYREJECTED)
    (void)buf_puts(at->why, "The passphrase does not open it, or it was changed since it was "
                            "sealed. Try again, or export anew.");
  return e;
}

int
transfer_read(const char *text, size_t len, vault_passphrase ask, void *user, struct transfer *ret,
              struct buf *why)
{
  struct place at = {.why = why};
  const char *phrase = "";
  CLEANUP_VAULT_SECRET struct vault_secret plain = VAULT_SECRET_INIT;
  CLEANUP_JSON cJSON *json = json_parse(text, len, NULL, &phrase);

  if (!json) {
    (void)buf_printf(why, "It is not one JSON object: %s.", phrase);
    return -EBADMSG;
  }
  int e = check_version(&at, json);
  const cJSON *box = e ? NULL : json_object(json, TRANSFER_KEY_BOX);
  if (e < 0 || !box)
    return e ? e : read_items(&at, json, ret);
  e = open_box(&at, box, ask, user, &plain);
  at.sealed = true;
  e = e ? e : read_plain(&at, plain.ptr, plain.len, ret);
  if (e == -ENOMEM)
    (void)buf_puts(why, "Not enough memory to read it.");
  return e;
}
