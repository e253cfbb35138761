// SPDX-License-Identifier: Apache-2.0
/* The part of libsecret's and GLib's ABI that we use, opened when the program runs: nothing needs their headers to build
 * or their packages to install. Both keep their ABI (libsecret-1.so.0, libglib-2.0.so.0); names and values are those of
 * their documentation. */
#ifndef CORE_KEYRING_LIBSECRET_H
#define CORE_KEYRING_LIBSECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LIBSECRET_FILE "libsecret-1.so.0"

#define SECRET_SERVICE_OPEN_SESSION 2
#define SECRET_COLLECTION_NONE      0
#define SECRET_SEARCH_ALL           2
#define SECRET_ITEM_CREATE_REPLACE  2
#define SECRET_COLLECTION_DEFAULT   "default"
#define G_DBUS_ERROR_DOMAIN         "g-dbus-error-quark"
#define G_DBUS_ERROR_UNKNOWN        2 /* G_DBUS_ERROR_SERVICE_UNKNOWN */

typedef struct {
  uint32_t domain;
  int code;
  char *message;
} GError;

typedef struct GList {
  void *data;
  struct GList *next, *prev;
} GList;

typedef struct GHashTable GHashTable;
typedef struct SecretService SecretService;
typedef struct SecretCollection SecretCollection;
typedef struct SecretItem SecretItem;
typedef struct SecretValue SecretValue;
typedef void (*GDestroyNotify)(void *);

/* X(result, name, parameters). gboolean is int, gssize is ssize_t; unused cancellables and schemas are void *. */
#define LIBSECRET_FUNCTIONS(X)                                                                     \
  X(void, g_error_free, (GError *))                                                                \
  X(void, g_free, (void *))                                                                        \
  X(void, g_object_unref, (void *))                                                                \
  X(void, g_list_free, (GList *))                                                                  \
  X(void, g_list_free_full, (GList *, GDestroyNotify))                                             \
  X(const char *, g_quark_to_string, (uint32_t))                                                   \
  X(unsigned, g_str_hash, (const void *))                                                          \
  X(int, g_str_equal, (const void *, const void *))                                                \
  X(GHashTable *, g_hash_table_new,                                                                \
    (unsigned (*)(const void *), int (*)(const void *, const void *)))                             \
  X(int, g_hash_table_insert, (GHashTable *, void *, void *))                                      \
  X(void *, g_hash_table_lookup, (GHashTable *, const void *))                                     \
  X(void, g_hash_table_unref, (GHashTable *))                                                      \
  X(SecretService *, secret_service_get_sync, (int, void *, GError **))                            \
  X(GList *, secret_service_search_sync,                                                           \
    (SecretService *, const void *, GHashTable *, int, void *, GError **))                         \
  X(int, secret_service_unlock_sync, (SecretService *, GList *, void *, GList **, GError **))      \
  X(SecretCollection *, secret_collection_for_alias_sync,                                          \
    (SecretService *, const char *, int, void *, GError **))                                       \
  X(int, secret_collection_get_locked, (SecretCollection *))                                       \
  X(char *, secret_collection_get_label, (SecretCollection *))                                     \
  X(SecretItem *, secret_item_create_sync,                                                         \
    (SecretCollection *, const void *, GHashTable *, const char *, SecretValue *, int, void *,     \
     GError **))                                                                                   \
  X(int, secret_item_get_locked, (SecretItem *))                                                   \
  X(int, secret_item_load_secret_sync, (SecretItem *, void *, GError **))                          \
  X(SecretValue *, secret_item_get_secret, (SecretItem *))                                         \
  X(GHashTable *, secret_item_get_attributes, (SecretItem *))                                      \
  X(int, secret_item_delete_sync, (SecretItem *, void *, GError **))                               \
  X(SecretValue *, secret_value_new, (const char *, ssize_t, const char *))                        \
  X(const char *, secret_value_get, (SecretValue *, size_t *))                                     \
  X(void, secret_value_unref, (void *))

struct libsecret {
#define LIBSECRET_MEMBER(result, name, parameters) result(*name) parameters;
  LIBSECRET_FUNCTIONS(LIBSECRET_MEMBER)
#undef LIBSECRET_MEMBER
};

/* Opens the library; NULL: it is not here, or lacks a function, and *ret_why says which (static). */
const struct libsecret *libsecret_open(const char **ret_why);

#endif
