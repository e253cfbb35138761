// SPDX-License-Identifier: Apache-2.0
/* Names only: whether a file is a plugin is its note's business. */
#include "core/module/scan.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "core/base/buf.h"

#define SUFFIX ".so"

static int
wanted(const struct dirent *entry)
{
  size_t n = strlen(entry->d_name), suffix = strlen(SUFFIX);
  return entry->d_name[0] != '.' && n > suffix && strcmp(entry->d_name + n - suffix, SUFFIX) == 0 &&
         entry->d_type != DT_DIR;
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
  return strcmp((*a)->d_name, (*b)->d_name);
}

int
scan_directory(const char *directory, struct scan *ret)
{
  struct dirent **entries = NULL;
  struct scan s = {0};
  int found = scandir(directory, &entries, wanted, by_bytes);

  if (found < 0 && errno != ENOENT && errno != ENOTDIR)
    return -errno;
  int err = found > 0 && !(s.paths = calloc((size_t)found, sizeof *s.paths)) ? -ENOMEM : 0;
  for (int i = 0; i < found; i++) {
    if (!err && s.n < SCAN_FILES_MAX) {
      s.paths[s.n] = text_printf("%s/%s", directory, entries[i]->d_name);
      err = s.paths[s.n] ? 0 : -ENOMEM;
      s.n += err ? 0 : 1;
    }
    free(entries[i]);
  }
  free(entries);
  if (err)
    scan_finish(&s);
  else
    *ret = s;
  return err;
}

void
scan_finish(struct scan *s)
{
  for (size_t i = 0; i < s->n; i++)
    free(s->paths[i]);
  free(s->paths);
  *s = (struct scan){0};
}
