// SPDX-License-Identifier: Apache-2.0
/* Pages for plaintext. Each allocation is a mapping of its own: secrets are few and live long, and a mapping can be
 * locked, left out of dumps and unmapped without touching its neighbours. */
#include "core/secret/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

enum { KIND_SECRET, KIND_LOCKED, KIND_UNLOCKED };

struct block {
  size_t mapped;
  _Alignas(max_align_t) unsigned char bytes[];
};

static atomic_int weakest = KIND_SECRET;

static void
note_kind(int kind)
{
  int seen = atomic_load(&weakest);
  while (seen < kind && !atomic_compare_exchange_weak(&weakest, &seen, kind)) {
  }
}

/* The kernel has it switched off before 6.5, and a sandbox or valgrind may not know the call: then NULL. */
static void *
map_secret(size_t n)
{
  CLEANUP_CLOSE int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
  if (fd < 0 || ftruncate(fd, (off_t)n) < 0)
    return NULL;
  void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (p == MAP_FAILED)
    return NULL;
  (void)madvise(p, n, MADV_DONTFORK);
  return p;
}

static void *
map_private(size_t n)
{
  void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED)
    return NULL;
  (void)madvise(p, n, MADV_DONTDUMP);
  (void)madvise(p, n, MADV_WIPEONFORK);
  note_kind(mlock(p, n) == 0 ? KIND_LOCKED : KIND_UNLOCKED);
  return p;
}

void *
secret_memory_alloc(size_t n)
{
  if (n > SECRET_MEMORY_BLOCK_MAX) {
    errno = ENOMEM;
    return NULL;
  }
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t mapped = (sizeof(struct block) + n + page - 1) / page * page;
  int saved = errno;
  struct block *block = map_secret(mapped);
  if (!block)
    block = map_private(mapped);
  if (!block)
    return NULL;
  errno = saved;
  block->mapped = mapped;
  return block->bytes;
}

void
secret_memory_free(void *p)
{
  if (!p)
    return;
  struct block *block = (struct block *)((unsigned char *)p - offsetof(struct block, bytes));
  size_t mapped = block->mapped;
  sodium_memzero(block, mapped);
  (void)munmap(block, mapped);
}

void
secret_memory_wipe(void *p, size_t n)
{
  if (p)
    sodium_memzero(p, n);
}

const char *
secret_memory_kind(void)
{
  static const char *const names[] = {"memfd_secret", "mlock", "unlocked"};
  return names[atomic_load(&weakest)];
}
