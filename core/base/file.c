// SPDX-License-Identifier: Apache-2.0
/* rename() makes the new file visible at once, fsync before it makes its bytes last, fsync of the directory after it
 * makes the name last. Temporary names start with TEMP_PREFIX, which no caller's name does. */
#include "core/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>

#include "core/base/clock.h"

#define TEMP_PREFIX  ".tmp-"
#define LOCK_WAIT_NS (5 * NS_PER_MS)

static int
make_one(const char *path)
{
  return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

int
dir_make(const char *path)
{
  CLEANUP_FREE char *copy = strdup(path);
  if (!copy)
    return -ENOMEM;
  for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    int e = make_one(copy);
    *slash = '/';
    if (e < 0)
      return e;
  }
  return make_one(copy);
}

int
dir_open(const char *path, int *ret_fd)
{
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return -errno;
  *ret_fd = fd;
  return 0;
}

static int
write_all(int fd, const char *bytes, size_t len)
{
  while (len > 0) {
    ssize_t n = write(fd, bytes, len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -errno;
    bytes += n;
    len -= (size_t)n;
  }
  return 0;
}

static int
temp_open(int dir, char name[static 32])
{
  unsigned char random[8];
  if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
    return -EIO;
  int at = snprintf(name, 32, TEMP_PREFIX);
  for (size_t i = 0; i < sizeof random; i++)
    at += snprintf(name + at, (size_t)(32 - at), "%02x", random[i]);
  int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  return fd < 0 ? -errno : fd;
}

static int
fill(int fd, const void *bytes, size_t len)
{
  if (fchmod(fd, 0600) < 0) /* the umask may have taken bits of the owner's */
    return -errno;
  int e = write_all(fd, bytes, len);
  if (e < 0)
    return e;
  return fsync(fd) < 0 ? -errno : 0;
}

int
file_replace(int dir, const char *name, const void *bytes, size_t len)
{
  char temp[32];
  CLEANUP_CLOSE int fd = temp_open(dir, temp);
  if (fd < 0)
    return fd;
  int e = fill(fd, bytes, len);
  if (e == 0 && renameat(dir, temp, dir, name) < 0)
    e = -errno;
  if (e < 0) {
    (void)unlinkat(dir, temp, 0);
    return e;
  }
  return fsync(dir) < 0 ? -errno : 0;
}

int
file_remove(int dir, const char *name)
{
  if (unlinkat(dir, name, 0) < 0)
    return errno == ENOENT ? 0 : -errno;
  return fsync(dir) < 0 ? -errno : 0;
}

int
fd_read_all(int fd, struct buf *ret)
{
  for (;;) {
    char chunk[4096];
    ssize_t n = read(fd, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return n < 0 ? -errno : 0;
    bool fits = buf_put(ret, chunk, (size_t)n);
    explicit_bzero(chunk, (size_t)n); /* it may have been a key */
    if (!fits)
      return -EFBIG;
  }
}

int
file_read(int dir, const char *name, struct buf *ret, struct stat *ret_stat)
{
  /* O_NONBLOCK: a FIFO of that name must not hang us before we see that it is none of ours */
  CLEANUP_CLOSE int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat st;

  if (fd < 0)
    return -errno;
  if (fstat(fd, &st) < 0)
    return -errno;
  if (!S_ISREG(st.st_mode))
    return -EINVAL;
  int e = fd_read_all(fd, ret);
  if (e == 0 && ret_stat)
    *ret_stat = st;
  return e;
}

int
file_check_owner(const struct stat *st, const char *path, struct buf *why)
{
  unsigned owner = (unsigned)st->st_uid, us = (unsigned)geteuid();

  if (owner != us && us == 0)
    (void)buf_printf(why, "%s belongs to uid %u, and tenon runs as root. Run it without sudo.",
                     path, owner);
  else if (owner != us)
    (void)buf_printf(why,
                     "%s belongs to uid %u, and tenon runs as uid %u. If it is yours, run: `sudo "
                     "chown -R %u %s`",
                     path, owner, us, us, path);
  else if (st->st_mode & (S_IWGRP | S_IWOTH))
    (void)buf_printf(why,
                     "%s can be written by others (mode %04o): they could change which server gets "
                     "your passwords. Look at what is in it, then run: `chmod go-w %s`",
                     path, (unsigned)st->st_mode & 07777u, path);
  else
    return 0;
  return -EPERM;
}

void
dir_sweep(int dir)
{
  int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *d = copy < 0 ? NULL : fdopendir(copy);

  if (!d) {
    if (copy >= 0)
      (void)close(copy);
    return;
  }
  for (struct dirent *e = readdir(d); e; e = readdir(d))
    if (strncmp(e->d_name, TEMP_PREFIX, sizeof TEMP_PREFIX - 1) == 0)
      (void)unlinkat(dir, e->d_name, 0);
  (void)closedir(d);
}

int
dir_lock(int dir, const char *name, int wait_ms, int *ret_fd)
{
  CLEANUP_CLOSE int fd = openat(dir, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  int64_t until = clock_now_ns() + wait_ms * NS_PER_MS;

  if (fd < 0)
    return -errno;
  while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return -errno;
    if (clock_now_ns() >= until)
      return -EBUSY;
    struct timespec pause = {.tv_nsec = LOCK_WAIT_NS};
    (void)nanosleep(&pause, NULL);
  }
  *ret_fd = TAKE_FD(fd);
  return 0;
}
