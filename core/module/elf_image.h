// SPDX-License-Identifier: Apache-2.0
/* A plugin's file, read and judged without running or mapping any of it: what its ELF tables say, each offset and count
 * held to the file's own size first. Hostile bytes get a refusal, never a crash. */
#ifndef CORE_MODULE_ELF_IMAGE_H
#define CORE_MODULE_ELF_IMAGE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/cleanup.h"
#include "core/module/refusal.h"

#define ELF_FILE_MAX     (64u * 1024u * 1024u)
#define ELF_PHDRS_MAX    64u
#define ELF_SECTIONS_MAX 4096u
#define ELF_DYNAMIC_MAX  1024u
#define ELF_SYMBOLS_MAX  262144u
#define ELF_NAME_MAX     4096u /* of a symbol or library */

#if UINTPTR_MAX == UINT64_MAX
typedef Elf64_Ehdr elf_ehdr;
typedef Elf64_Phdr elf_phdr;
typedef Elf64_Shdr elf_shdr;
typedef Elf64_Dyn elf_dyn;
typedef Elf64_Sym elf_sym;
#define ELF_CLASS       ELFCLASS64
#define ELF_SYM_BIND(i) ELF64_ST_BIND(i)
#define ELF_SYM_TYPE(i) ELF64_ST_TYPE(i)
#else
typedef Elf32_Ehdr elf_ehdr;
typedef Elf32_Phdr elf_phdr;
typedef Elf32_Shdr elf_shdr;
typedef Elf32_Dyn elf_dyn;
typedef Elf32_Sym elf_sym;
#define ELF_CLASS       ELFCLASS32
#define ELF_SYM_BIND(i) ELF32_ST_BIND(i)
#define ELF_SYM_TYPE(i) ELF32_ST_TYPE(i)
#endif

struct elf_image {
  const unsigned char *ptr; /* the whole file, followed by a NUL */
  size_t size;
  elf_ehdr ehdr;
  /* of the dynamic section */
  size_t strings, strings_size; /* offset and bytes of its string table */
  size_t symbols, n_symbols;    /* offset and count of its symbol table */
  size_t dynamic, n_dynamic;
};

/* Reads what the file's segments take of it (pread, the descriptor's position is left alone) and holds it to TR-01 and TR-05
 * to TR-07. On failure there is nothing to finish. */
int elf_image_read(struct elf_image *e, int fd, struct refusal *r) TENON_NODISCARD;
/* The same of bytes in memory, which are copied: for tests and fuzzing. */
int elf_image_init(struct elf_image *e, const void *bytes, size_t n, struct refusal *r)
    TENON_NODISCARD;
void elf_image_finish(struct elf_image *e);

/* The JSON of the one note; not NUL-ended. TR-08. */
int elf_image_note(const struct elf_image *e, const char **ret, size_t *ret_len, struct refusal *r)
    TENON_NODISCARD;
/* What it asks of the loader: TR-11 to TR-16. */
int elf_image_judge(const struct elf_image *e, struct refusal *r) TENON_NODISCARD;

/* The i-th program header and dynamic entry: i is less than ehdr.e_phnum, n_dynamic. */
elf_phdr elf_image_phdr(const struct elf_image *e, size_t i);
elf_dyn elf_image_dyn(const struct elf_image *e, size_t i);
/* Symbol i and its name; false when the name lies outside. */
bool elf_image_symbol(const struct elf_image *e, size_t i, elf_sym *ret, const char **ret_name);
/* The string at this offset of the dynamic string table, or NULL. */
const char *elf_image_string(const struct elf_image *e, size_t offset);

#endif
