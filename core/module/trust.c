// SPDX-License-Identifier: Apache-2.0
/* The walk: the descriptor's own path, from the root down, one directory at a time with O_NOFOLLOW, and at its end the
 * file again, by device and inode. A sticky directory of root's (/tmp) passes although all may write to it: nobody can
 * rename there what is not theirs. Write for a group passes where the group is the owner's private one. */
#include "core/module/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/module/rules.h"

#define FD_PATH_MAX 64u

#define GROUP_BUFFER_BYTES 16384u

/* A group named like the user, with no other member: what user-private-group systems make with each account. */
static bool
group_is_private(gid_t gid, uid_t uid)
{
  struct passwd user, *u = NULL;
  struct group group, *g = NULL;
  CLEANUP_FREE char *user_text = malloc(GROUP_BUFFER_BYTES),
                    *group_text = malloc(GROUP_BUFFER_BYTES);

  if (!user_text || !group_text || getpwuid_r(uid, &user, user_text, GROUP_BUFFER_BYTES, &u) != 0 ||
      !u || getgrgid_r(gid, &group, group_text, GROUP_BUFFER_BYTES, &g) != 0 || !g)
    return false;
  if (u->pw_gid != gid || strcmp(u->pw_name, g->gr_name) != 0)
    return false;
  for (char **name = g->gr_mem; *name; name++)
    if (strcmp(*name, u->pw_name) != 0)
      return false;
  return true;
}

static int
judge(const struct stat *st, const char *path, struct refusal *r)
{
  const char *what = S_ISDIR(st->st_mode) ? "directory" : "file";
  if (st->st_uid != 0 && st->st_uid != geteuid()) {
    (void)refusal_say(r, TR_OWNER,
                      "The %s %s belongs to user %u; it must be root's or your own (user %u).",
                      what, path, (unsigned)st->st_uid, (unsigned)geteuid());
    return refusal_mend(r, "chown %u '%s', if you trust what is in it.", (unsigned)geteuid(), path);
  }
  bool sticky = S_ISDIR(st->st_mode) && st->st_uid == 0 && (st->st_mode & S_ISVTX);
  bool others = (st->st_mode & S_IWOTH) && !sticky;
  bool group = (st->st_mode & S_IWGRP) && !sticky && !group_is_private(st->st_gid, st->st_uid);
  if (!others && !group)
    return 0;
  (void)refusal_say(r, TR_MODE, "The %s %s may be changed by %s (mode %04o, group %u).", what, path,
                    others ? "everybody" : "a group", (unsigned)(st->st_mode & 07777),
                    (unsigned)st->st_gid);
  return refusal_mend(r, "chmod %s '%s'", others ? group ? "go-w" : "o-w" : "g-w", path);
}

/* The path of an open descriptor, as the kernel knows it now. */
static int
descriptor_path(int fd, char path[static PATH_MAX])
{
  char link[FD_PATH_MAX];
  (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, PATH_MAX - 1);
  if (n < 1 || path[0] != '/')
    return -ENOENT;
  path[n] = '\0';
  return 0;
}

static int
moved(struct refusal *r, const char *path)
{
  if (access("/proc/self/fd", F_OK) != 0) {
    (void)refusal_say(r, TR_SAME_FILE, "Where %s lies cannot be told: /proc is not mounted.", path);
    return refusal_mend(r, "Mount it: mount -t proc proc /proc");
  }
  (void)refusal_say(r, TR_SAME_FILE, "The file %s was moved or replaced while it was looked at.",
                    path);
  return refusal_mend(r, "Try again.");
}

/* Judges every directory from / down to the file, which must be the open one. */
static int
judge_path(int fd, const char *real, struct refusal *r)
{
  char path[PATH_MAX];
  struct stat st, file;
  size_t n = strlen(real), depth = 0;
  CLEANUP_CLOSE int at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

  memcpy(path, real, n + 1);
  if (at < 0 || fstat(at, &st) != 0 || judge(&st, "/", r) != 0)
    return at < 0 ? moved(r, real) : -EPERM;
  for (size_t start = 1; start <= n; depth++) {
    size_t end = start + strcspn(real + start, "/");
    path[end] = '\0';
    int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC | (end < n ? O_DIRECTORY : 0);
    int next = depth < TRUST_DEPTH_MAX ? openat(at, path + start, flags) : -1;
    if (next < 0 || fstat(next, &st) != 0)
      return moved(r, real);
    (void)close(at);
    at = next;
    int err = judge(&st, path, r);
    if (err)
      return err;
    path[end] = real[end];
    start = end + 1;
  }
  if (fstat(fd, &file) != 0 || file.st_dev != st.st_dev || file.st_ino != st.st_ino)
    return moved(r, real);
  return 0;
}

/* A link may point within its own directory (libfoo.so -> libfoo.so.1): whoever judged the directory judged both. */
static int
judge_link(const char *given, const char *real, struct refusal *r)
{
  char directory[PATH_MAX], resolved[PATH_MAX];
  const char *slash = strrchr(given, '/');
  int n = slash ? (int)(slash - given) : 0;

  (void)snprintf(directory, sizeof directory, "%.*s", n, given);
  CLEANUP_CLOSE int at =
      open(slash ? n > 0 ? directory : "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (at < 0 || descriptor_path(at, resolved) != 0)
    return moved(r, given);
  size_t len = strcmp(resolved, "/") == 0 ? 0 : strlen(resolved);
  if (strncmp(real, resolved, len) == 0 && real[len] == '/' && !strchr(real + len + 1, '/'))
    return 0;
  (void)refusal_say(r, TR_SYMLINK, "%s is a symbolic link out of its directory, to %s.", given,
                    real);
  return refusal_mend(r, "Put the file itself there, or name %s.", real);
}

int
trust_open(const char *path, struct refusal *r)
{
  char real[PATH_MAX];
  struct stat st;
  CLEANUP_CLOSE int fd =
      strlen(path) < PATH_MAX ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;

  if (fd < 0) {
    (void)refusal_say(r, TR_FILE, "%s cannot be opened: %s.", path,
                      strlen(path) < PATH_MAX ? strerrordesc_np(errno) : "the path is too long");
    return refusal_mend(r, "Check the path, and that you may read the file.");
  }
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
    (void)refusal_say(r, TR_FILE, "%s is no regular file.", path);
    return refusal_mend(r, "Name the plugin's .so file.");
  }
  if (descriptor_path(fd, real) != 0)
    return moved(r, path);
  int err = judge_link(path, real, r);
  err = err ? err : judge_path(fd, real, r);
  return err ? err : TAKE_FD(fd);
}
