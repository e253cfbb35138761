// SPDX-License-Identifier: Apache-2.0
/* A plugin's file: hostile tables, read without running any of it. */
#include "core/module/elf_image.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct refusal r = {0};
  struct elf_image e;
  const char *note;
  size_t len;

  if (elf_image_init(&e, bytes, n, &r) != 0)
    return 0;
  if (elf_image_note(&e, &note, &len, &r) == 0)
    fuzz_hold((const unsigned char *)note >= e.ptr && len <= e.size);
  (void)!elf_image_judge(&e, &r);
  elf_image_finish(&e);
  return 0;
}

const unsigned fuzz_lines_max = 1, fuzz_choices = 0;

const char *const fuzz_seeds[] = {NULL}; /* an ELF file is named on the command line */
