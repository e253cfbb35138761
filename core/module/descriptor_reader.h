// SPDX-License-Identifier: Apache-2.0
/* Inside descriptor_*.c: reading one thing of a descriptor, with the place it stands at for the refusal. */
#ifndef CORE_MODULE_DESCRIPTOR_READER_H
#define CORE_MODULE_DESCRIPTOR_READER_H

#include "core/base/arena.h"
#include "core/model/connector.h"
#include "core/module/refusal.h"

#define PLACE_MAX 160u

struct descriptor_reader {
  struct arena *arena;
  struct refusal *r;
  char place[PLACE_MAX]; /* "connector example1, field 3 (host)" */
};

/* Everything here returns 0, or -EPERM with the refusal. */

int descriptor_wrong(struct descriptor_reader *d, const char *rule, const char *remedy,
                     const char *fmt, ...) TENON_PRINTF(4, 5);
/* Copies a growable struct: the smaller of its size and ours, into a zeroed `to`. floor: its size in 1.0. */
int descriptor_struct(struct descriptor_reader *d, const char *what, const void *from, size_t floor,
                      void *to, size_t size) TENON_NODISCARD;
/* Copies a string: NULL stays NULL unless needed. good: its grammar, or NULL. */
int descriptor_text(struct descriptor_reader *d, const char *what, const char *text, bool needed,
                    bool (*good)(const char *), const char **ret) TENON_NODISCARD;

/* Copies pages and fields of d into c. */
int descriptor_form(struct descriptor_reader *d, const tenon_connector *from, struct connector *c)
    TENON_NODISCARD;
/* Judges one field, already copied, against those before it. */
int descriptor_field_judge(struct descriptor_reader *d, const struct connector *c,
                           const tenon_field *f) TENON_NODISCARD;

#endif
