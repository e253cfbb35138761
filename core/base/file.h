// SPDX-License-Identifier: Apache-2.0
/* Files that are replaced as a whole and never half: temporary file in the same directory, fsync, rename, fsync of the
 * directory. And what goes with them: private directories, bounded reads, a lock among writers. All give 0 or a
 * negative errno value. */
#ifndef CORE_BASE_FILE_H
#define CORE_BASE_FILE_H

#include <stddef.h>
#include <sys/stat.h>

#include "core/base/buf.h"
#include "core/base/cleanup.h"

/* Makes the directory, mode 0700, and what lies above it, as far as it is not there. */
int dir_make(const char *path) TENON_NODISCARD;
/* Opens it for the calls below; -ENOENT when it is not there. */
int dir_open(const char *path, int *ret_fd) TENON_NODISCARD;

/* Mode 0600. After a crash at any moment the name holds the old bytes or the new ones; a temporary file may be left
 * behind, which dir_sweep takes away. */
int file_replace(int dir, const char *name, const void *bytes, size_t len) TENON_NODISCARD;
/* Removes the name for good; it may be missing. */
int file_remove(int dir, const char *name);
/* Appends the file's bytes: a regular file, never through a symbolic link of that name, -EFBIG when the buffer is too
 * small. ret_stat may be NULL. */
int file_read(int dir, const char *name, struct buf *ret, struct stat *ret_stat) TENON_NODISCARD;
/* Appends what is left to read of a descriptor, -EFBIG when the buffer is too small. What is read may be a secret: no
 * copy is left but the buffer's. */
int fd_read_all(int fd, struct buf *ret) TENON_NODISCARD;
/* Is what was opened ours, and ours alone to write? Else 0 becomes -EPERM and a sentence with the remedy in `why`. */
int file_check_owner(const struct stat *st, const char *path, struct buf *why) TENON_NODISCARD;
/* Takes temporary files away that a crash left; call it holding the writers' lock. */
void dir_sweep(int dir);
/* Waits at most wait_ms for the lock of that name (a file made for it); -EBUSY then. Closing ret_fd lets go. */
int dir_lock(int dir, const char *name, int wait_ms, int *ret_fd) TENON_NODISCARD;

#endif
