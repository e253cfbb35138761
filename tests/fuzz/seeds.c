// SPDX-License-Identifier: Apache-2.0
/* Beside libFuzzer: lays the target's seeds into the corpus directory, its last argument, before that is read. */
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  const char *directory = (*argv)[*argc - 1];

  for (unsigned i = 0; fuzz_seeds[i]; i++) {
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/seed-%u", directory, i);
    FILE *file = fopen(path, "wb");
    if (!file)
      continue; /* the last argument is an input to try again */
    (void)fprintf(file, "%s%s\n", fuzz_choices ? " " : "", fuzz_seeds[i]);
    (void)fclose(file);
  }
  return 0;
}
