// SPDX-License-Identifier: Apache-2.0
/* From a path to code that may be called: open and trust, read and judge, and only then dlopen, of the very descriptor
 * that was judged. The two halves are separate because the worker builds its sandbox between them, by the note. */
#ifndef CORE_MODULE_LOAD_H
#define CORE_MODULE_LOAD_H

#include "core/model/connector.h"
#include "core/module/note.h"

#define MODULE_FD_FIRST                                                                            \
  64 /* plugins' descriptors start here: out of the way of numbers that are closed and reused */

struct module_file {
  char *path; /* as given */
  int fd;
  struct note note;
};

/* Everything short of running it. On failure there is nothing to finish. TR-01 to TR-16. */
int module_file_open(struct module_file *f, const char *path, struct refusal *r) TENON_NODISCARD;
void module_file_finish(struct module_file *f);

/* Loads it and reads the descriptor: TR-18 to TR-31. The descriptor stays open and the code mapped for the life of the
 * process, also when this fails or the file is finished. */
int module_load(struct module_file *f, const char *connector, struct connector **ret,
                tenon_connector *ret_live, struct refusal *r) TENON_NODISCARD;

#endif
