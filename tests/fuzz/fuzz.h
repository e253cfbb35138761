// SPDX-License-Identifier: Apache-2.0
/* A parser and the texts it starts from. Each target is one file that defines these; it is linked either to libFuzzer
 * (`./dev fuzz`), or to driver.c, which mutates the seeds with a fixed generator, so that each run of the suite tries
 * the same inputs. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Ends with NULL. */
extern const char *const fuzz_seeds[];
/* Of how many seeds at most an input is made, one a line; and whether a byte that chooses stands before them. */
extern const unsigned fuzz_lines_max, fuzz_choices;

/* What must hold whatever the input is. */
static inline void
fuzz_hold(int condition)
{
  if (!condition)
    abort();
}

#endif
