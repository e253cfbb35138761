// SPDX-License-Identifier: Apache-2.0
/* dlerror stops at the first thing it meets and names it in words that differ by version of the C library. So the
 * file's own tables are asked again: each library it needs, then each symbol it imports, looked for in those
 * libraries. */
#include "core/module/load_blame.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "core/module/elf_image.h"
#include "core/module/rules.h"

#define LIBRARIES_MAX 64u

struct libraries {
  void *handles[LIBRARIES_MAX];
  size_t n;
};

static int
blame_library(const struct elf_image *e, const char *path, struct libraries *libraries,
              struct refusal *r)
{
  for (size_t i = 0; i < e->n_dynamic; i++) {
    elf_dyn d = elf_image_dyn(e, i);
    const char *name = d.d_tag == DT_NEEDED ? elf_image_string(e, d.d_un.d_val) : NULL;
    if (!name || libraries->n == LIBRARIES_MAX)
      continue;
    void *handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle) {
      (void)refusal_say(r, TR_IMPORTS, "%s needs the library %s, which cannot be loaded: %s.", path,
                        name, dlerror());
      return refusal_mend(
          r, "Install the package that has %s, or link that library into the plugin.", name);
    }
    libraries->handles[libraries->n++] = handle;
  }
  return 0;
}

static bool
provided(const struct libraries *libraries, const char *name)
{
  for (size_t i = 0; i < libraries->n; i++)
    if (dlsym(libraries->handles[i], name))
      return true;
  return dlsym(RTLD_DEFAULT, name) != NULL;
}

static int
blame_symbol(const struct elf_image *e, const char *path, const struct libraries *libraries,
             struct refusal *r)
{
  for (size_t i = 1; i < e->n_symbols; i++) {
    const char *name;
    elf_sym s;
    if (!elf_image_symbol(e, i, &s, &name) || s.st_shndx != SHN_UNDEF ||
        ELF_SYM_BIND(s.st_info) != STB_GLOBAL || provided(libraries, name))
      continue;
    (void)refusal_say(r, TR_IMPORTS, "%s needs the symbol %s, which none of its libraries has.",
                      path, name);
    return refusal_mend(r,
                        "Link the library that defines %s into the plugin; -Wl,-z,defs finds this "
                        "when it is built.",
                        name);
  }
  return 0;
}

int
load_blame(const char *path, int fd, const char *said, struct refusal *r)
{
  struct elf_image e;
  struct libraries libraries = {.n = 0};

  (void)refusal_say(r, TR_IMPORTS, "%s cannot be loaded: %s.", path,
                    said ? said : "the loader gives no reason");
  (void)refusal_mend(r, "Build the plugin on this system, or install what it needs.");
  struct refusal unused;
  if (elf_image_read(&e, fd, &unused) == 0) {
    if (blame_library(&e, path, &libraries, r) == 0)
      (void)blame_symbol(&e, path, &libraries, r);
    elf_image_finish(&e);
  }
  return -EPERM;
}
