// SPDX-License-Identifier: Apache-2.0
/* Blocks in a list, the newest first; small requests share the newest block. */
#include "core/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_BYTES 2000u /* of a shared block: with its head and malloc's own, half a page */

struct arena_block {
  struct arena_block *next;
  size_t used, size;
  alignas(max_align_t) char bytes[];
};

void
arena_finish(struct arena *a)
{
  while (a->blocks) {
    struct arena_block *next = a->blocks->next;
    free(a->blocks);
    a->blocks = next;
  }
}

static size_t
aligned(size_t n)
{
  return (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static struct arena_block *
add_block(struct arena *a, size_t n)
{
  size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
  struct arena_block *block = calloc(1, sizeof *block + size);

  if (!block)
    return NULL;
  block->size = size;
  block->next = a->blocks;
  a->blocks = block;
  return block;
}

void *
arena_alloc(struct arena *a, size_t n)
{
  struct arena_block *block = a->blocks;

  if (n > SIZE_MAX / 2)
    return NULL;
  n = aligned(n ? n : 1);
  if (!block || block->size - block->used < n)
    block = add_block(a, n);
  if (!block)
    return NULL;
  void *memory = block->bytes + block->used;
  block->used += n;
  return memory;
}

char *
arena_bytes(struct arena *a, const char *bytes, size_t n)
{
  char *copy = arena_alloc(a, n + 1);

  if (copy)
    memcpy(copy, bytes, n);
  return copy;
}

char *
arena_text(struct arena *a, const char *text)
{
  return text ? arena_bytes(a, text, strlen(text)) : NULL;
}
