// SPDX-License-Identifier: Apache-2.0
/* dlopen failed: which library or symbol is not there? */
#ifndef CORE_MODULE_LOAD_BLAME_H
#define CORE_MODULE_LOAD_BLAME_H

#include "core/module/refusal.h"

/* said: what dlerror said, used when nothing better is found. Returns -EPERM. TR-18. */
int load_blame(const char *path, int fd, const char *said, struct refusal *r);

#endif
