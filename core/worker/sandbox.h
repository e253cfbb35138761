// SPDX-License-Identifier: Apache-2.0
/* What a worker gives up before it runs a plugin's code. Best effort: what the kernel does not have is reported,
 * and not a reason to stop. In a build with sanitizers the limits they cannot live with are left out. */
#ifndef CORE_WORKER_SANDBOX_H
#define CORE_WORKER_SANDBOX_H

#include <stddef.h>

#include "core/module/load.h"

#define SANDBOX_FILES_MAX   256u                  /* open descriptors */
#define SANDBOX_WRITTEN_MAX (64u * 1024u * 1024u) /* bytes of a file it writes */
#define SANDBOX_DATA_MAX    (1024u * 1024u * 1024u)
#define SANDBOX_FACTS_MAX   8u
#define SANDBOX_PATHS_MAX   16u /* that somebody has answered */
#define SANDBOX_FACT_TEXT   96u

/* What is on, as pairs of name and text, for `ready` and doctor. */
struct sandbox_facts {
  tenon_pair pairs[SANDBOX_FACTS_MAX];
  char texts[SANDBOX_FACTS_MAX][SANDBOX_FACT_TEXT];
  size_t n;
};

void sandbox_fact(struct sandbox_facts *f, const char *name, const char *fmt, ...)
    TENON_PRINTF(3, 4);

/* A ticket cache or a keytab that somebody has answered, "FILE:/tmp/krb5cc_1000": what of it the plugin may touch. Only
 * what begins as one of these does: a plugin must not get at other files by what it makes people type. */
struct sandbox_path {
  const char *text;
  const char *why; /* NULL: it is let through, or needs nothing */
};

/* Confines this thread and all that come after it, by what the plugin's note needs. paths are for a plugin that needs
 * net+krb5; `why` is filled in. */
void sandbox_enter(const struct module_file *plugin, struct sandbox_path *paths, size_t n_paths,
                   struct sandbox_facts *ret);
/* Says that there is none. */
void sandbox_none(struct sandbox_facts *ret);

/* The two big parts, for sandbox_enter. */
void sandbox_landlock(const struct module_file *plugin, struct sandbox_path *paths, size_t n_paths,
                      struct sandbox_facts *f);
void sandbox_seccomp(const struct note *note, struct sandbox_facts *f);

#endif
