// SPDX-License-Identifier: Apache-2.0
/* May this file's code run here? Only when nobody but root and the user could have put it there: the file and every
 * directory above it are owned by one of them and writable by no other. Judged on the open descriptor, so that what was
 * judged is what is loaded. */
#ifndef CORE_MODULE_TRUST_H
#define CORE_MODULE_TRUST_H

#include "core/module/refusal.h"

#define TRUST_DEPTH_MAX 64u /* directories above a plugin */

/* Opens the file for reading: a descriptor for the caller to close, or -EPERM with the refusal (TR-01 to TR-04). */
int trust_open(const char *path, struct refusal *r) TENON_NODISCARD;

#endif
