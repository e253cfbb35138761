// SPDX-License-Identifier: Apache-2.0
/* The part of a fuzzer that a suite can have: no coverage, but the same forty thousand inputs in every run. Files named
 * on the command line are seeds too (whole files, for what is no text). */
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define ROUNDS      40000u
#define FILE_ROUNDS 3000u
#define INPUT_MAX   (1024u * 1024u)

static unsigned
chance(void)
{
  static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

  state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (unsigned)(state >> 33);
}

static void
mutate(uint8_t *bytes, size_t *n)
{
  static const char interesting[] = "\"{}[]<>/=&;,:'\\\n0-9eEntu\x80\xff ";

  for (unsigned i = chance() % 4; i > 0 && *n > 2; i--) {
    size_t at = chance() % *n;
    if (chance() % 3 == 0) {
      memmove(bytes + at, bytes + at + 1, *n - at - 1);
      --*n;
    } else {
      bytes[at] = chance() % 2 ? (uint8_t)chance()
                               : (uint8_t)interesting[chance() % (sizeof interesting - 1)];
    }
  }
  if (chance() % 16 == 0)
    *n = chance() % (*n + 1);
}

/* A copy of exactly its size, so that a sanitizer sees the first byte read behind it. */
static void
try_one(const uint8_t *bytes, size_t n)
{
  uint8_t *exact = malloc(n ? n : 1);

  if (!exact)
    abort();
  memcpy(exact, bytes, n);
  (void)LLVMFuzzerTestOneInput(exact, n);
  free(exact);
}

static void
try_seeds(uint8_t *bytes)
{
  size_t n_seeds = 0;

  while (fuzz_seeds[n_seeds])
    n_seeds++;
  for (unsigned round = 0; n_seeds && round < ROUNDS; round++) {
    size_t n = 0;
    if (fuzz_choices)
      bytes[n++] = (uint8_t)chance();
    for (unsigned lines = 1 + chance() % fuzz_lines_max; lines > 0; lines--)
      n += (size_t)snprintf((char *)bytes + n, INPUT_MAX - n, "%s\n",
                            fuzz_seeds[chance() % n_seeds]);
    mutate(bytes, &n);
    try_one(bytes, n);
  }
}

static int
try_file(const char *path, uint8_t *bytes)
{
  static uint8_t whole[INPUT_MAX];
  FILE *file = fopen(path, "rb");

  if (!file) {
    perror(path);
    return 1;
  }
  size_t size = fread(whole, 1, sizeof whole, file);
  (void)fclose(file);
  for (unsigned round = 0; round < FILE_ROUNDS; round++) {
    size_t n = size;
    memcpy(bytes, whole, n);
    mutate(bytes, &n);
    try_one(bytes, n);
  }
  return 0;
}

int
main(int argc, char **argv)
{
  uint8_t *bytes = malloc(INPUT_MAX);
  int status = 0;

  if (!bytes)
    return 1;
  try_seeds(bytes);
  for (int i = 1; i < argc; i++)
    status |= try_file(argv[i], bytes);
  free(bytes);
  return status;
}
