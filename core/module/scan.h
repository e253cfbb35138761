// SPDX-License-Identifier: Apache-2.0
/* The plugin files of a directory. */
#ifndef CORE_MODULE_SCAN_H
#define CORE_MODULE_SCAN_H

#include <stddef.h>

#include "core/base/cleanup.h"

#define SCAN_FILES_MAX                                                                             \
  256u /* *.so in one directory; what comes after them in the alphabet is not seen */

struct scan {
  char **paths; /* absolute where the directory is, sorted */
  size_t n;
};

/* Regular or linked files named *.so, not hidden. 0 (also for a directory that is not there, then n is 0), or negative
 * errno. */
int scan_directory(const char *directory, struct scan *ret) TENON_NODISCARD;
void scan_finish(struct scan *s);

#endif
