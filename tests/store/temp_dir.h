// SPDX-License-Identifier: Apache-2.0
/* A directory of the test's own, taken away with all that is in it. */
#ifndef TESTS_STORE_TEMP_DIR_H
#define TESTS_STORE_TEMP_DIR_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline int
temp_dir_unlink_(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
  (void)st, (void)type, (void)ftw;
  return remove(path);
}

static inline void
temp_dir_remove(const char *path)
{
  (void)nftw(path, temp_dir_unlink_, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void
temp_dir_make(char path[static 64])
{
  const char *tmp = getenv("TMPDIR");

  (void)snprintf(path, 64, "%s/tenon-test-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
  if (!mkdtemp(path))
    abort();
}

#endif
