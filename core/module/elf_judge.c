// SPDX-License-Identifier: Apache-2.0
/* What the file asks of the dynamic loader, and what tenon will not do for it: each rule spares somebody a crash or a
 * hole that others have had. docs/abi.md says which. */
#include <string.h>

#include "core/module/elf_image.h"
#include "core/module/rules.h"
#include "tenon/plugin.h"

#define ENTRY_PREFIX "tenon_entry_"
#define ENTRY        "tenon_entry_1"
#define HOST_PREFIX  "tenon_"
#define NOTE_OWNER   "tenon"
#define NOTE_ALIGN   4u

static int
judge_segments(const struct elf_image *e, struct refusal *r)
{
  bool stack = false;
  for (size_t i = 0; i < e->ehdr.e_phnum; i++) {
    elf_phdr p = elf_image_phdr(e, i);
    if (p.p_type == PT_LOAD && (p.p_flags & PF_W) && (p.p_flags & PF_X)) {
      (void)refusal_say(r, TR_WRITE_EXEC, "A segment is writable and executable at once.");
      return refusal_mend(r,
                          "Link without -N and without a linker script that merges code and data.");
    }
    if (p.p_type == PT_GNU_STACK)
      stack = (p.p_flags & PF_X) == 0;
  }
  if (stack)
    return 0;
  (void)refusal_say(r, TR_EXEC_STACK, "It wants an executable stack.");
  return refusal_mend(r, "Link with -Wl,-z,noexecstack; an assembler file without a "
                         ".note.GNU-stack section causes this.");
}

static int
judge_dynamic(const struct elf_image *e, struct refusal *r)
{
  for (size_t i = 0; i < e->n_dynamic; i++) {
    elf_dyn d = elf_image_dyn(e, i);
    if (d.d_tag == DT_RUNPATH || d.d_tag == DT_RPATH) {
      const char *path = elf_image_string(e, d.d_un.d_val);
      (void)refusal_say(r, TR_RUNPATH,
                        "It brings a search path for libraries of its own (%s '%s').",
                        d.d_tag == DT_RPATH ? "RPATH" : "RUNPATH", path ? path : "?");
      return refusal_mend(r, "Link without -rpath, or remove it: patchelf --remove-rpath FILE.");
    }
    if (d.d_tag == DT_TEXTREL || (d.d_tag == DT_FLAGS && (d.d_un.d_val & DF_TEXTREL))) {
      (void)refusal_say(r, TR_WRITE_EXEC,
                        "Its code has to be written to when it is loaded (text relocations).");
      return refusal_mend(r, "Compile everything that goes into it with -fPIC.");
    }
    if (d.d_tag == DT_FLAGS && (d.d_un.d_val & DF_STATIC_TLS)) {
      (void)refusal_say(
          r, TR_STATIC_TLS,
          "It wants a place in the static thread-local block, which is small and shared.");
      return refusal_mend(
          r, "Compile without -ftls-model=initial-exec; a library linked into it may do this.");
    }
    if (d.d_tag == DT_FLAGS_1 && (d.d_un.d_val & DF_1_PIE)) {
      (void)refusal_say(r, TR_SHARED, "The file is a program, not a plugin.");
      return refusal_mend(r, "Link it with -shared, without -pie.");
    }
  }
  return 0;
}

static int
refuse_entry(struct refusal *r, const char *other)
{
  if (!other) {
    (void)refusal_say(r, TR_ENTRY, "It does not export " ENTRY ".");
    return refusal_mend(
        r, "Put TENON_MODULE(&connector); into one file of it, and export that symbol.");
  }
  (void)refusal_say(r, TR_ENTRY, "It is built for ABI %s, this host speaks ABI %u.",
                    other + strlen(ENTRY_PREFIX), TENON_ABI_MAJOR);
  return refusal_mend(r, "Install a newer tenon, or a build of the plugin for ABI %u.",
                      TENON_ABI_MAJOR);
}

static int
judge_symbols(const struct elf_image *e, struct refusal *r)
{
  const char *name, *other = NULL;
  bool found = false;
  elf_sym s;

  for (size_t i = 1; i < e->n_symbols; i++) {
    if (!elf_image_symbol(e, i, &s, &name)) {
      (void)refusal_say(r, TR_WHOLE, "The name of symbol %zu lies outside the string table.", i);
      return refusal_mend(r, "Build the plugin again; the file is damaged.");
    }
    if (strncmp(name, HOST_PREFIX, strlen(HOST_PREFIX)) != 0)
      continue;
    if (s.st_shndx == SHN_UNDEF) {
      (void)refusal_say(r, TR_HOST_SYMBOLS,
                        "It needs the symbol %s of its host; hosts export none.", name);
      return refusal_mend(r, "Call the host through the tables it hands over; link with "
                             "-Wl,-z,defs to find such calls.");
    }
    if (ELF_SYM_TYPE(s.st_info) == STT_FUNC && ELF_SYM_BIND(s.st_info) == STB_GLOBAL) {
      found = found || strcmp(name, ENTRY) == 0;
      other = strncmp(name, ENTRY_PREFIX, strlen(ENTRY_PREFIX)) == 0 ? name : other;
    }
  }
  return found ? 0 : refuse_entry(r, other);
}

int
elf_image_judge(const struct elf_image *e, struct refusal *r)
{
  int err = judge_segments(e, r);
  err = err ? err : judge_dynamic(e, r);
  return err ? err : judge_symbols(e, r);
}

/* ---- the note -------------------------------------------------------------------------------------------------- */

static int
refuse_note(struct refusal *r, const char *what)
{
  (void)refusal_say(r, TR_NOTE, "%s.", what);
  return refusal_mend(
      r, "Put one TENON_NOTE(\"{...}\"); into one file of the plugin, at most %u bytes.",
      TENON_NOTE_BYTES);
}

struct found_note {
  const char *text;
  size_t len, count;
};

static size_t
padded(size_t n)
{
  return (n + NOTE_ALIGN - 1) / NOTE_ALIGN * NOTE_ALIGN;
}

/* The notes of one segment; those of others are passed over. False: a size points outside. */
static bool
scan_notes(const unsigned char *p, size_t n, size_t align, struct found_note *found)
{
  Elf32_Nhdr h; /* the same for both classes */
  while (n >= sizeof h) {
    memcpy(&h, p, sizeof h);
    if (h.n_namesz > n || h.n_descsz > n)
      return false;
    size_t owner = sizeof h, text = owner + padded(h.n_namesz);
    size_t whole = align == 8 ? (text + h.n_descsz + 7) / 8 * 8 : text + padded(h.n_descsz);
    if (text > n || h.n_descsz > n - text)
      return false;
    if (h.n_type == TENON_NOTE_TYPE && h.n_namesz == sizeof NOTE_OWNER &&
        memcmp(p + owner, NOTE_OWNER, sizeof NOTE_OWNER) == 0) {
      found->text = (const char *)p + text;
      found->len = h.n_descsz;
      found->count++;
    }
    if (whole >= n)
      break;
    p += whole;
    n -= whole;
  }
  return true;
}

int
elf_image_note(const struct elf_image *e, const char **ret, size_t *ret_len, struct refusal *r)
{
  struct found_note found = {0};
  for (size_t i = 0; i < e->ehdr.e_phnum; i++) {
    elf_phdr p = elf_image_phdr(e, i);
    if (p.p_type == PT_NOTE && p.p_filesz > 0 &&
        !scan_notes(e->ptr + p.p_offset, (size_t)p.p_filesz, (size_t)p.p_align, &found))
      return refuse_note(r, "A note is larger than the segment it stands in");
  }
  if (found.count == 0)
    return refuse_note(r, "The file has no tenon note: it is no plugin of tenon");
  if (found.count > 1)
    return refuse_note(r, "The file has more than one tenon note");
  if (found.len > TENON_NOTE_BYTES)
    return refuse_note(r, "The tenon note is too long");
  while (found.len > 0 && found.text[found.len - 1] == '\0')
    found.len--; /* the string literal's own NUL */
  *ret = found.text;
  *ret_len = found.len;
  return 0;
}
