// SPDX-License-Identifier: Apache-2.0
/* What others can read is no secret any more; a pipe or a terminal has no readers to exclude. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/cli/cli.h"

int
secret_file_open(struct cli *cli, const char *what, const char *path, int *ret_fd)
{
  CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat st;

  if (fd < 0 || fstat(fd, &st) < 0) {
    cli_error(cli, "%s cannot be read from %s: %s.", what, path, strerror(errno));
    return STATUS_USAGE;
  }
  if (S_ISREG(st.st_mode) && (st.st_mode & 077)) {
    cli_error(cli,
              "%s is not taken from %s: others can read that file. Close it first: chmod 600 %s",
              what, path, path);
    return STATUS_USAGE;
  }
  *ret_fd = TAKE_FD(fd);
  return 0;
}
