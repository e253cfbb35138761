// SPDX-License-Identifier: Apache-2.0
/* Reading and bounds. The file is read into memory rather than mapped: a file that shrinks while it is mapped kills the
 * reader. Tables are copied out entry by entry, since nothing in a hostile file is aligned. */
#include "core/module/elf_image.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/module/rules.h"

#define REBUILD "Build the plugin again; the file is damaged or was not made by a linker."

#if defined __x86_64__
#define MACHINE      EM_X86_64
#define MACHINE_NAME "x86-64"
#elif defined __aarch64__
#define MACHINE      EM_AARCH64
#define MACHINE_NAME "AArch64"
#elif defined __riscv
#define MACHINE      EM_RISCV
#define MACHINE_NAME "RISC-V"
#elif defined __i386__
#define MACHINE      EM_386
#define MACHINE_NAME "i386"
#elif defined __arm__
#define MACHINE      EM_ARM
#define MACHINE_NAME "ARM"
#elif defined __powerpc64__
#define MACHINE      EM_PPC64
#define MACHINE_NAME "POWER"
#elif defined __s390x__
#define MACHINE      EM_S390
#define MACHINE_NAME "s390x"
#else
#error "name this machine here"
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define BYTE_ORDER_HERE ELFDATA2LSB
#else
#define BYTE_ORDER_HERE ELFDATA2MSB
#endif

static bool
within(const struct elf_image *e, uint64_t offset, uint64_t n)
{
  return offset <= e->size && n <= e->size - offset;
}

static int
damaged(struct refusal *r, const char *what)
{
  (void)refusal_say(r, TR_WHOLE, "%s.", what);
  return refusal_mend(r, REBUILD);
}

elf_phdr
elf_image_phdr(const struct elf_image *e, size_t i)
{
  elf_phdr p;
  memcpy(&p, e->ptr + e->ehdr.e_phoff + i * sizeof p, sizeof p);
  return p;
}

elf_dyn
elf_image_dyn(const struct elf_image *e, size_t i)
{
  elf_dyn d;
  memcpy(&d, e->ptr + e->dynamic + i * sizeof d, sizeof d);
  return d;
}

const char *
elf_image_string(const struct elf_image *e, size_t offset)
{
  if (offset >= e->strings_size)
    return NULL;
  const char *text = (const char *)e->ptr + e->strings + offset;
  size_t room = e->strings_size - offset;
  return memchr(text, '\0', room < ELF_NAME_MAX ? room : ELF_NAME_MAX) ? text : NULL;
}

bool
elf_image_symbol(const struct elf_image *e, size_t i, elf_sym *ret, const char **ret_name)
{
  memcpy(ret, e->ptr + e->symbols + i * sizeof *ret, sizeof *ret);
  *ret_name = elf_image_string(e, ret->st_name);
  return *ret_name != NULL;
}

/* Where an address of the loaded object lies in the file: within what a PT_LOAD takes from it. */
static bool
file_offset(const struct elf_image *e, uint64_t address, size_t *ret, size_t *ret_room)
{
  for (size_t i = 0; i < e->ehdr.e_phnum; i++) {
    elf_phdr p = elf_image_phdr(e, i);
    if (p.p_type == PT_LOAD && address >= p.p_vaddr && address - p.p_vaddr < p.p_filesz) {
      *ret = (size_t)(p.p_offset + (address - p.p_vaddr));
      *ret_room = (size_t)(p.p_filesz - (address - p.p_vaddr));
      return true;
    }
  }
  return false;
}

static int
check_header(struct elf_image *e, struct refusal *r)
{
  if (e->size < sizeof e->ehdr || memcmp(e->ptr, ELFMAG, SELFMAG) != 0)
    return damaged(r, "The file is not an ELF file");
  memcpy(&e->ehdr, e->ptr, sizeof e->ehdr);
  const elf_ehdr *h = &e->ehdr;

  if (h->e_ident[EI_CLASS] != ELF_CLASS || h->e_ident[EI_DATA] != BYTE_ORDER_HERE ||
      h->e_machine != MACHINE) {
    (void)refusal_say(
        r, TR_MACHINE,
        "The plugin is built for another machine (class %u, byte order %u, machine %u).",
        (unsigned)h->e_ident[EI_CLASS], (unsigned)h->e_ident[EI_DATA], (unsigned)h->e_machine);
    return refusal_mend(r, "Install the build for " MACHINE_NAME ", %zu bits.", 8 * sizeof(void *));
  }
  if (h->e_type != ET_DYN) {
    (void)refusal_say(r, TR_SHARED, "The file is no shared object (ELF type %u).",
                      (unsigned)h->e_type);
    return refusal_mend(r, "Link it with -shared.");
  }
  if (h->e_ident[EI_VERSION] != EV_CURRENT || h->e_phentsize != sizeof(elf_phdr) ||
      h->e_phnum == 0 || h->e_phnum > ELF_PHDRS_MAX ||
      !within(e, h->e_phoff, h->e_phnum * sizeof(elf_phdr)))
    return damaged(r, "The table of segments lies outside the file");
  return 0;
}

/* The section table is the last thing in a file: looking for it finds a file that was cut short. */
static int
check_sections(const struct elf_image *e, struct refusal *r)
{
  const elf_ehdr *h = &e->ehdr;
  if (h->e_shnum == 0)
    return 0;
  if (h->e_shentsize != sizeof(elf_shdr) || h->e_shnum > ELF_SECTIONS_MAX ||
      !within(e, h->e_shoff, h->e_shnum * sizeof(elf_shdr)))
    return damaged(r, "The table of sections lies outside the file: it may have been cut short");
  return 0;
}

static int
check_segments(struct elf_image *e, struct refusal *r)
{
  bool loads = false;
  for (size_t i = 0; i < e->ehdr.e_phnum; i++) {
    elf_phdr p = elf_image_phdr(e, i);
    if (p.p_type != PT_NULL && p.p_filesz > 0 && !within(e, p.p_offset, p.p_filesz))
      return damaged(r, "A segment lies outside the file: it may have been cut short");
    if (p.p_type == PT_LOAD && (p.p_memsz < p.p_filesz || p.p_vaddr + p.p_memsz < p.p_vaddr))
      return damaged(r, "A segment is larger in the file than in memory");
    loads = loads || p.p_type == PT_LOAD;
    if (p.p_type == PT_DYNAMIC) {
      e->dynamic = (size_t)p.p_offset;
      e->n_dynamic = (size_t)(p.p_filesz / sizeof(elf_dyn));
    }
    if (p.p_type == PT_INTERP) {
      (void)refusal_say(r, TR_SHARED, "The file is a program, not a plugin.");
      return refusal_mend(r, "Link it with -shared, without -pie.");
    }
  }
  if (!loads || e->n_dynamic == 0 || e->n_dynamic > ELF_DYNAMIC_MAX)
    return damaged(r, "The file has no table for the dynamic loader");
  return 0;
}

/* DT_HASH says how many symbols there are. */
static size_t
count_by_hash(const struct elf_image *e, uint64_t address)
{
  size_t offset, room;
  uint32_t head[2];
  if (!file_offset(e, address, &offset, &room) || room < sizeof head)
    return 0;
  memcpy(head, e->ptr + offset, sizeof head);
  return head[1];
}

/* DT_GNU_HASH does not: the last symbol is the end of the chain that starts last. */
static size_t
count_by_gnu_hash(const struct elf_image *e, uint64_t address)
{
  size_t offset, room;
  uint32_t head[4], last = 0, word;
  if (!file_offset(e, address, &offset, &room) || room < sizeof head)
    return 0;
  memcpy(head, e->ptr + offset, sizeof head);
  uint64_t buckets = sizeof head + (uint64_t)head[2] * sizeof(uintptr_t);
  uint64_t chains = buckets + (uint64_t)head[0] * sizeof word;
  if (chains > room)
    return 0;
  for (uint64_t i = 0; i < head[0]; i++) {
    memcpy(&word, e->ptr + offset + buckets + i * sizeof word, sizeof word);
    last = word > last ? word : last;
  }
  if (last < head[1])
    return head[1]; /* nothing is hashed: only imports stand before it */
  for (uint64_t i = last; i < ELF_SYMBOLS_MAX; i++) {
    uint64_t at = chains + (i - head[1]) * sizeof word;
    if (at + sizeof word > room)
      return 0;
    memcpy(&word, e->ptr + offset + at, sizeof word);
    if (word & 1)
      return (size_t)i + 1;
  }
  return 0;
}

static int
find_tables(struct elf_image *e, struct refusal *r)
{
  uint64_t symbols = 0, strings = 0, strings_size = 0, hash = 0, gnu_hash = 0, entry = 0;
  size_t room;

  for (size_t i = 0; i < e->n_dynamic; i++) {
    elf_dyn d = elf_image_dyn(e, i);
    if (d.d_tag == DT_NULL) {
      e->n_dynamic = i;
      break;
    }
    uint64_t *to = d.d_tag == DT_SYMTAB     ? &symbols
                   : d.d_tag == DT_STRTAB   ? &strings
                   : d.d_tag == DT_STRSZ    ? &strings_size
                   : d.d_tag == DT_HASH     ? &hash
                   : d.d_tag == DT_GNU_HASH ? &gnu_hash
                   : d.d_tag == DT_SYMENT   ? &entry
                                            : NULL;
    if (to)
      *to = d.d_un.d_val;
  }
  if (!file_offset(e, strings, &e->strings, &room) || strings_size == 0 || strings_size > room)
    return damaged(r, "The dynamic string table lies outside the file");
  e->strings_size = (size_t)strings_size;
  e->n_symbols = hash ? count_by_hash(e, hash) : gnu_hash ? count_by_gnu_hash(e, gnu_hash) : 0;
  if (entry != sizeof(elf_sym) || e->n_symbols == 0 || e->n_symbols > ELF_SYMBOLS_MAX ||
      !file_offset(e, symbols, &e->symbols, &room) || e->n_symbols * sizeof(elf_sym) > room)
    return damaged(r, "The dynamic symbol table lies outside the file");
  return 0;
}

static int
check_whole(struct elf_image *e, struct refusal *r)
{
  int err = check_header(e, r);
  err = err ? err : check_sections(e, r);
  err = err ? err : check_segments(e, r);
  err = err ? err : find_tables(e, r);
  if (err)
    elf_image_finish(e);
  return err;
}

static int
read_range(int fd, unsigned char *to, size_t at, size_t n, struct refusal *r)
{
  while (at < n) {
    ssize_t got = pread(fd, to + at, n - at, (off_t)at);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return refusal_say(r, TR_FILE, "The file cannot be read: %s.",
                         got < 0 ? strerrordesc_np(errno) : "it became shorter");
    at += (size_t)got;
  }
  return 0;
}

/* The end of what the header and the segments take from a file of n bytes; all of it where they are not to be believed,
 * for the checks to say so. */
static size_t
end_of_tables(const struct elf_image *e)
{
  const elf_ehdr *h = &e->ehdr;

  return h->e_phentsize == sizeof(elf_phdr) && h->e_phnum <= ELF_PHDRS_MAX &&
                 within(e, h->e_phoff, h->e_phnum * sizeof(elf_phdr))
             ? (size_t)h->e_phoff + h->e_phnum * sizeof(elf_phdr)
             : e->size;
}

static size_t
end_of_segments(const struct elf_image *e)
{
  size_t end = 0;

  for (size_t i = 0; i < e->ehdr.e_phnum; i++) {
    elf_phdr p = elf_image_phdr(e, i);
    if (!within(e, p.p_offset, p.p_filesz))
      return e->size;
    if (p.p_offset + p.p_filesz > end)
      end = (size_t)(p.p_offset + p.p_filesz);
  }
  return end;
}

/* What lies behind the segments is debugging information, often most of the file: nobody asks for it, and a list of
 * plugins is read while somebody waits. */
static int
read_segments(struct elf_image *e, unsigned char *to, int fd, struct refusal *r)
{
  size_t head = e->size < sizeof e->ehdr ? e->size : sizeof e->ehdr;
  int err = read_range(fd, to, 0, head, r);

  if (err || head < sizeof e->ehdr || memcmp(to, ELFMAG, SELFMAG) != 0)
    return err;
  memcpy(&e->ehdr, to, sizeof e->ehdr);
  size_t tables = end_of_tables(e);
  err = read_range(fd, to, head, tables, r);
  return err || tables == e->size ? err : read_range(fd, to, tables, end_of_segments(e), r);
}

int
elf_image_read(struct elf_image *e, int fd, struct refusal *r)
{
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
    (void)refusal_say(r, TR_FILE, "It is no regular file.");
    return refusal_mend(r, "Name the plugin's .so file.");
  }
  if (st.st_size > (off_t)ELF_FILE_MAX) {
    (void)refusal_say(r, TR_FILE, "The file has %lld bytes; at most %u are read.",
                      (long long)st.st_size, ELF_FILE_MAX);
    return refusal_mend(r, "Strip it (strip --strip-unneeded), or link less into it.");
  }
  size_t n = (size_t)st.st_size;
  CLEANUP_FREE unsigned char *bytes = calloc(1, n + 1);
  if (!bytes)
    return refusal_say(r, TR_FILE, "There is no memory to read the file.");
  struct elf_image image = {.ptr = bytes, .size = n};
  int err = read_segments(&image, bytes, fd, r);
  if (err)
    return err;
  *e = (struct elf_image){.ptr = TAKE_PTR(bytes), .size = n};
  return check_whole(e, r);
}

int
elf_image_init(struct elf_image *e, const void *bytes, size_t n, struct refusal *r)
{
  unsigned char *copy = calloc(1, n + 1);
  if (!copy)
    return refusal_say(r, TR_FILE, "There is no memory to read the file.");
  memcpy(copy, bytes, n);
  *e = (struct elf_image){.ptr = copy, .size = n};
  return check_whole(e, r);
}

void
elf_image_finish(struct elf_image *e)
{
  free((void *)(uintptr_t)e->ptr);
  *e = (struct elf_image){0};
}
