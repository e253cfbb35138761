// SPDX-License-Identifier: Apache-2.0
/* A save that changes secrets touches two places, the vault and the connection's file, and may be killed between them.
 * Which entries it is about to add or drop is written down first:
 *   {"version":1,"entries":[{"connection":"onprem","id":"3f..."}]}
 * The next writer drops those that no file of a connection names: it may have been renamed since. Listing the vault
 * instead would take entries of another store that shares it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "core/base/file.h"
#include "core/json/json.h"
#include "core/store/internal.h"

static cJSON *
read_list(int dir)
{
  CLEANUP_BUF struct buf text = BUF_INIT(STORE_PENDING_MAX);
  const char *phrase = NULL;

  if (file_read(dir, STORE_PENDING_NAME, &text, NULL) < 0)
    return NULL;
  return json_parse(buf_text(&text), text.len, NULL, &phrase);
}

static cJSON *
entries_of(cJSON *list)
{
  cJSON *entries = cJSON_GetObjectItemCaseSensitive(list, "entries");

  return cJSON_IsArray(entries) ? entries : NULL;
}

static cJSON *
new_list(void)
{
  cJSON *list = cJSON_CreateObject();

  if (list && cJSON_AddNumberToObject(list, "version", 1) &&
      cJSON_AddArrayToObject(list, "entries"))
    return list;
  cJSON_Delete(list);
  return NULL;
}

static bool
add_entry(cJSON *entries, const char *name, const char *id)
{
  cJSON *entry = cJSON_CreateObject();

  if (entry && cJSON_AddStringToObject(entry, "connection", name) &&
      cJSON_AddStringToObject(entry, "id", id) && cJSON_AddItemToArray(entries, entry))
    return true;
  cJSON_Delete(entry);
  return false;
}

static int
write_list(int dir, const cJSON *list)
{
  CLEANUP_FREE char *text = json_print(list);

  return text ? file_replace(dir, STORE_PENDING_NAME, text, strlen(text)) : -ENOMEM;
}

int
pending_add(struct store *s, int dir, const char *name, const char *const *ids, size_t n,
            struct buf *why)
{
  CLEANUP_JSON cJSON *list = read_list(dir);
  if (!list || !entries_of(list)) {
    cJSON_Delete(list);
    list = new_list();
  }
  bool added = list != NULL;
  for (size_t i = 0; i < n && added; i++)
    added = add_entry(entries_of(list), name, ids[i]);
  int e = added ? write_list(dir, list) : -ENOMEM;
  if (e < 0)
    return store_fail(why, e, "%s/" STORE_PENDING_NAME " cannot be written: %s.",
                      s->connections_dir, strerror(-e));
  return 0;
}

/* The bytes tell, whoever wrote the file and whether it is whole. One that cannot be read names for all we know every
 * entry. */
static bool
file_names(int dir, const char *file, const char *id)
{
  CLEANUP_BUF struct buf text = BUF_INIT(STORE_FILE_MAX);

  return file_read(dir, file, &text, NULL) < 0 ||
         memmem(buf_text(&text), text.len, id, strlen(id)) != NULL;
}

/* Of any name: a connection may have been renamed between a crash and now. */
static bool
any_file_names(int dir, const char *id)
{
  int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *d = fd < 0 ? NULL : fdopendir(fd);
  bool found = !d;

  if (!d && fd >= 0)
    (void)close(fd);
  for (struct dirent *entry; d && !found && (entry = readdir(d));) {
    size_t n = strlen(entry->d_name), suffix = strlen(CONNECTION_SUFFIX);
    if (n > suffix && *entry->d_name != '.' &&
        strcmp(entry->d_name + n - suffix, CONNECTION_SUFFIX) == 0)
      found = file_names(dir, entry->d_name, id);
  }
  if (d)
    (void)closedir(d);
  return found;
}

/* Is the entry settled: held by its connection, or gone from the vault? A file that cannot be read holds for all we
 * know every entry. */
static bool
settle(struct store *s, int dir, struct vault *vault, const cJSON *entry)
{
  const char *name = json_text(entry, "connection");
  const char *id = json_text(entry, "id");
  CLEANUP_CONNECTION struct connection *c = NULL;
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);

  if (!name || !id || !connection_name_valid(name))
    return true;
  int e = store_load_at(s, dir, name, &c, &why);
  if (e < 0 && e != -ENOENT)
    return false;
  if (c && connection_holds(c, id))
    return true;
  return !any_file_names(dir, id) && vault_remove(vault, id, &why) == 0;
}

size_t
store_in_doubt(struct store *s)
{
  CLEANUP_CLOSE int dir = -1;

  if (dir_open(s->connections_dir, &dir) < 0)
    return 0;
  CLEANUP_JSON cJSON *list = read_list(dir);
  return list && entries_of(list) ? (size_t)cJSON_GetArraySize(entries_of(list)) : 0;
}

void
pending_collect(struct store *s, int dir, struct vault *vault)
{
  CLEANUP_JSON cJSON *list = read_list(dir);
  cJSON *entries = list ? entries_of(list) : NULL;

  if (!vault || !entries)
    return;
  cJSON *next = NULL;
  bool changed = false;
  for (cJSON *entry = entries->child; entry; entry = next) {
    next = entry->next;
    if (!settle(s, dir, vault, entry))
      continue;
    cJSON_Delete(cJSON_DetachItemViaPointer(entries, entry));
    changed = true;
  }
  if (!entries->child)
    (void)file_remove(dir, STORE_PENDING_NAME); /* tried again by the next writer */
  else if (changed)
    (void)write_list(dir, list);
}
