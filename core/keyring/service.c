// SPDX-License-Identifier: Apache-2.0
/* Nothing here asks a person unless the request allows it: libsecret's own calls would open a dialog on the desktop for
 * whatever is locked, so locks are looked at first. */
#include "core/keyring/service.h"

#include <errno.h>
#include <string.h>

#include "core/base/utf8.h"

/* Takes the error, says it, and tells what kind it is. */
static int
fail(const struct libsecret *lib, GError *error, struct buf *ret)
{
  int result = -EIO;

  if (!error)
    return result;
  const char *domain = lib->g_quark_to_string(error->domain);
  if (domain && strcmp(domain, G_DBUS_ERROR_DOMAIN) == 0 && error->code == G_DBUS_ERROR_UNKNOWN)
    result = -ESRCH;
  buf_clear(ret);
  (void)buf_puts(ret, error->message);
  lib->g_error_free(error);
  return result;
}

int
service_open(struct service *s, struct buf *ret)
{
  const char *why = "";
  GError *error = NULL;

  if (!s->lib && !(s->lib = libsecret_open(&why))) {
    (void)buf_puts(ret, why);
    return -ENOSYS;
  }
  if (!s->bus)
    s->bus = s->lib->secret_service_get_sync(SECRET_SERVICE_OPEN_SESSION, NULL, &error);
  return s->bus ? 0 : fail(s->lib, error, ret);
}

/* The default collection, or NULL and a result. */
static SecretCollection *
collection(struct service *s, int *ret_result, struct buf *ret)
{
  GError *error = NULL;
  SecretCollection *c = s->lib->secret_collection_for_alias_sync(
      s->bus, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, &error);

  if (!c)
    *ret_result = error ? fail(s->lib, error, ret) : -ENXIO;
  return c;
}

/* 0 when the object (a collection or an item) is open in the end. */
static int
unlock(struct service *s, void *object, bool locked, struct buf *ret)
{
  GList list = {.data = object};
  GList *unlocked = NULL;
  GError *error = NULL;

  if (!locked)
    return 0;
  if (!s->may_prompt)
    return -ENOKEY;
  int n = s->lib->secret_service_unlock_sync(s->bus, &list, NULL, &unlocked, &error);
  s->lib->g_list_free_full(unlocked, s->lib->g_object_unref);
  if (error)
    return fail(s->lib, error, ret);
  return n > 0 ? 0 : -ECANCELED;
}

int
service_hello(struct service *s, struct buf *ret)
{
  int result = 0;
  SecretCollection *c = collection(s, &result, ret);

  if (!c)
    return result;
  char *label = s->lib->secret_collection_get_label(c);
  (void)buf_puts(ret, label ? label : "");
  s->lib->g_free(label);
  s->lib->g_object_unref(c);
  return 0;
}

/* The attributes of one entry (id NULL: of all of ours); keys and values are borrowed. */
static GHashTable *
attributes(struct service *s, const char *id)
{
  GHashTable *t = s->lib->g_hash_table_new(s->lib->g_str_hash, s->lib->g_str_equal);

  (void)s->lib->g_hash_table_insert(t, (void *)(uintptr_t) "xdg:schema",
                                    (void *)(uintptr_t)KEYRING_SCHEMA);
  if (id)
    (void)s->lib->g_hash_table_insert(t, (void *)(uintptr_t)KEYRING_ATTRIBUTE_ID,
                                      (void *)(uintptr_t)id);
  return t;
}

static GList *
search(struct service *s, const char *id, int *ret_result, struct buf *ret)
{
  GError *error = NULL;
  GHashTable *t = attributes(s, id);
  GList *items =
      s->lib->secret_service_search_sync(s->bus, NULL, t, SECRET_SEARCH_ALL, NULL, &error);

  s->lib->g_hash_table_unref(t);
  *ret_result = error ? fail(s->lib, error, ret) : items ? 0 : -ENOENT;
  return items;
}

int
service_put(struct service *s, const char *id, const char *label, const char *bytes, size_t n,
            struct buf *ret)
{
  int result = 0;
  GError *error = NULL;
  SecretCollection *c = collection(s, &result, ret);

  if (!c)
    return result;
  result = unlock(s, c, s->lib->secret_collection_get_locked(c), ret);
  if (result == 0) {
    GHashTable *t = attributes(s, id);
    SecretValue *value = s->lib->secret_value_new(
        bytes, (ssize_t)n, utf8_valid(bytes, n) ? "text/plain" : "application/octet-stream");
    SecretItem *item = s->lib->secret_item_create_sync(c, NULL, t, label, value,
                                                       SECRET_ITEM_CREATE_REPLACE, NULL, &error);
    if (!item)
      result = fail(s->lib, error, ret);
    else
      s->lib->g_object_unref(item);
    s->lib->secret_value_unref(value);
    s->lib->g_hash_table_unref(t);
  }
  s->lib->g_object_unref(c);
  return result;
}

static int
load(struct service *s, SecretItem *item, SecretValue **ret_value, struct buf *ret)
{
  GError *error = NULL;
  int result = unlock(s, item, s->lib->secret_item_get_locked(item), ret);

  if (result < 0)
    return result;
  if (!s->lib->secret_item_load_secret_sync(item, NULL, &error))
    return fail(s->lib, error, ret);
  *ret_value = s->lib->secret_item_get_secret(item);
  return *ret_value ? 0 : -EIO;
}

int
service_get(struct service *s, const char *id, SecretValue **ret_value, struct buf *ret)
{
  int result = 0;
  GList *items = search(s, id, &result, ret);

  if (items)
    result = load(s, items->data, ret_value, ret);
  s->lib->g_list_free_full(items, s->lib->g_object_unref);
  return result;
}

int
service_has(struct service *s, const char *id, struct buf *ret)
{
  int result = 0;

  s->lib->g_list_free_full(search(s, id, &result, ret), s->lib->g_object_unref);
  return result;
}

int
service_remove(struct service *s, const char *id, struct buf *ret)
{
  int result = 0;
  GList *items = search(s, id, &result, ret);

  for (GList *i = items; i && result == 0; i = i->next) {
    GError *error = NULL;
    result = unlock(s, i->data, s->lib->secret_item_get_locked(i->data), ret);
    if (result == 0 && !s->lib->secret_item_delete_sync(i->data, NULL, &error))
      result = fail(s->lib, error, ret);
  }
  s->lib->g_list_free_full(items, s->lib->g_object_unref);
  return result;
}

int
service_list(struct service *s, struct buf *ret)
{
  int result = 0;
  GList *items = search(s, NULL, &result, ret);

  for (GList *i = items; i; i = i->next) {
    GHashTable *t = s->lib->secret_item_get_attributes(i->data);
    const char *id = t ? s->lib->g_hash_table_lookup(t, KEYRING_ATTRIBUTE_ID) : NULL;
    if (id)
      (void)buf_printf(ret, "%s\n", id);
    if (t)
      s->lib->g_hash_table_unref(t);
  }
  s->lib->g_list_free_full(items, s->lib->g_object_unref);
  return result == -ENOENT ? 0 : result;
}
