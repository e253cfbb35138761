// SPDX-License-Identifier: Apache-2.0
/* A choice that cannot be read is no choice made: guessing would put secrets where they were not wanted. */
#include "core/secret/vault_choice.h"

#include <errno.h>
#include <string.h>

#include "core/base/file.h"
#include "core/json/json.h"
#include "core/secret/vault_kind.h"

static const char *
known_word(const char *word)
{
  for (size_t i = 0; word && vault_kinds[i]; i++)
    if (strcmp(vault_kinds[i]->word, word) == 0)
      return vault_kinds[i]->word;
  return NULL;
}

int
vault_choice_read(const char *dir, const char **ret, struct buf *why)
{
  CLEANUP_CLOSE int fd = -1;
  CLEANUP_BUF struct buf text = BUF_INIT(VAULT_CHOICE_FILE_MAX);
  const char *phrase = NULL;
  int64_t version = 0;

  *ret = NULL;
  int e = dir_open(dir, &fd);
  e = e ? e : file_read(fd, VAULT_CHOICE_FILE, &text, NULL);
  if (e == -ENOENT || e == -ENOTDIR)
    return 0;
  if (e < 0)
    return vault_fail(why, e, "%s/" VAULT_CHOICE_FILE " cannot be read: %s.", dir, strerror(-e));
  CLEANUP_JSON cJSON *json = json_parse(buf_text(&text), text.len, NULL, &phrase);
  *ret = json && json_int(json, "version", &version) && version == 1
             ? known_word(json_text(json, "use"))
             : NULL;
  return *ret ? 0
              : vault_fail(why, -EBADMSG,
                           "%s/" VAULT_CHOICE_FILE
                           " names no vault that is known. Choose again: `tenon vault use "
                           "auto`.",
                           dir);
}

static int
write_choice(const char *dir, const char *word)
{
  CLEANUP_CLOSE int fd = -1;
  CLEANUP_BUF struct buf text = BUF_INIT(VAULT_CHOICE_FILE_MAX);

  int e = word ? dir_make(dir) : 0;
  e = e ? e : dir_open(dir, &fd);
  if (e < 0)
    return e == -ENOENT && !word ? 0 : e;
  if (!word)
    return file_remove(fd, VAULT_CHOICE_FILE);
  (void)buf_printf(&text, "{\"version\":1,\"use\":\"%s\"}\n", word);
  return buf_failed(&text) ? -ENOMEM : file_replace(fd, VAULT_CHOICE_FILE, text.ptr, text.len);
}

int
vault_choice_write(const char *dir, const char *word, struct buf *why)
{
  int e = write_choice(dir, word);

  return e < 0 ? vault_fail(why, e, "%s/" VAULT_CHOICE_FILE " cannot be written: %s.", dir,
                            strerror(-e))
               : 0;
}
