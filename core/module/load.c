// SPDX-License-Identifier: Apache-2.0
/* dlopen by descriptor. glibc takes an object that it has loaded under the same name for the same object, so a
 * number is never used for two files: each file's descriptor is moved up and never closed, and what got mapped
 * must be the file that was judged. Nothing is ever dlclosed: a plugin's libraries leave threads and handlers
 * behind. */
#include "core/module/load.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/module/descriptor.h"
#include "core/module/elf_image.h"
#include "core/module/load_blame.h"
#include "core/module/rules.h"
#include "core/module/trust.h"

#define ENTRY       "tenon_entry_1"
#define FD_PATH_MAX 64u
#define MAP_LINE    4352u

typedef const tenon_module *(*entry_function)(void);

/* What this process has loaded: it grows only, and is shared by the threads of in-process workers. */
struct loaded {
  struct loaded *next;
  int fd;
  struct stat st;
  entry_function entry;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct loaded *all;

int
module_file_open(struct module_file *f, const char *path, struct refusal *r)
{
  struct elf_image image;
  const char *json;
  size_t len;
  struct note note;
  CLEANUP_CLOSE int fd = trust_open(path, r);
  CLEANUP_FREE char *copy = strdup(path);

  if (fd < 0)
    return fd;
  if (!copy)
    return refusal_say(r, TR_FILE, "There is no memory to open the file.");
  int err = elf_image_read(&image, fd, r);
  if (err)
    return err;
  err = elf_image_judge(&image, r);
  err = err ? err : elf_image_note(&image, &json, &len, r);
  err = err ? err : note_parse(&note, json, len, r);
  elf_image_finish(&image);
  if (err)
    return err;
  *f = (struct module_file){.path = TAKE_PTR(copy), .fd = TAKE_FD(fd), .note = note};
  return 0;
}

void
module_file_finish(struct module_file *f)
{
  if (f->fd >= 0)
    (void)close(f->fd);
  note_finish(&f->note);
  free(f->path);
  f->path = NULL;
  f->fd = -1;
}

struct mapping {
  unsigned major, minor;
  unsigned long inode;
};

/* The file that this address of the process is mapped from, as the kernel lists it. */
static bool
find_mapping(const void *address, struct mapping *ret)
{
  char line[MAP_LINE];
  bool found = false;
  FILE *maps = fopen("/proc/self/maps", "re");
  while (maps && !found && fgets(line, sizeof line, maps)) {
    unsigned long low, high;
    found = sscanf(line, "%lx-%lx %*s %*s %x:%x %lu", &low, &high, &ret->major, &ret->minor,
                   &ret->inode) == 5 &&
            (uintptr_t)address >= low && (uintptr_t)address < high;
  }
  if (maps)
    (void)fclose(maps);
  return found;
}

/* Compared with a mapping of our own and not with fstat: btrfs lists another device than it stats. */
static bool
mapped_from(const void *address, int fd)
{
  struct mapping theirs, ours;
  void *page = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
  if (page == MAP_FAILED)
    return false;
  bool same = find_mapping(address, &theirs) && find_mapping(page, &ours) &&
              theirs.major == ours.major && theirs.minor == ours.minor &&
              theirs.inode == ours.inode;
  (void)munmap(page, 1);
  return same;
}

static bool
unchanged(const struct stat *a, const struct stat *b)
{
  return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
         a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Above the numbers that come and go; where a process may have few descriptors, above half of them. */
static int
move_up(int fd)
{
  int high = fcntl(fd, F_DUPFD_CLOEXEC, MODULE_FD_FIRST);
  struct rlimit limit;

  if (high >= 0 || errno != EINVAL || getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return high;
  return fcntl(fd, F_DUPFD_CLOEXEC, (int)(limit.rlim_cur / 2));
}

static int
load_new_locked(const char *path, int fd, const struct stat *st, entry_function *ret,
                struct refusal *r)
{
  char name[FD_PATH_MAX];
  struct loaded *l = calloc(1, sizeof *l);
  int high = l ? move_up(fd) : -1;

  if (high < 0) {
    free(l);
    return refusal_say(r, TR_FILE, "There is no memory or no descriptor left to load %s.", path);
  }
  *l = (struct loaded){.next = all, .fd = high, .st = *st};
  all = l; /* from here on the descriptor is used up, whatever comes */
  (void)snprintf(name, sizeof name, "/proc/self/fd/%d", high);
  void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!handle)
    return load_blame(path, fd, dlerror(), r);
  void *symbol = dlsym(handle, ENTRY);
  if (!symbol || !mapped_from(symbol, fd)) {
    (void)refusal_say(r, TR_SAME_FILE, "What was loaded for %s is not that file.", path);
    return refusal_mend(r, "Start tenon again; if this comes back, report it with the path.");
  }
  memcpy(&l->entry, &symbol, sizeof l->entry);
  *ret = l->entry;
  return 0;
}

static int
find_entry(const struct module_file *f, entry_function *ret, struct refusal *r)
{
  struct stat st;
  LOCK_FOR_SCOPE(&lock);
  if (fstat(f->fd, &st) != 0)
    return refusal_say(r, TR_FILE, "%s cannot be looked at: %s.", f->path, strerrordesc_np(errno));
  for (struct loaded *l = all; l; l = l->next) {
    if (l->st.st_dev != st.st_dev || l->st.st_ino != st.st_ino)
      continue;
    if (l->entry && unchanged(&l->st, &st)) {
      *ret = l->entry;
      return 0;
    }
    if (l->entry) {
      (void)refusal_say(r, TR_SAME_FILE, "%s was changed in place after this process loaded it.",
                        f->path);
      return refusal_mend(
          r, "Start the program again; install plugins by renaming a new file over the old one.");
    }
  }
  return load_new_locked(f->path, f->fd, &st, ret, r);
}

int
module_load(struct module_file *f, const char *connector, struct connector **ret,
            tenon_connector *ret_live, struct refusal *r)
{
  entry_function entry = NULL;
  int err = find_entry(f, &entry, r);
  if (err)
    return err;
  return descriptor_read(entry(), &f->note, connector, ret, ret_live, r);
}
