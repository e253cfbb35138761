// SPDX-License-Identifier: Apache-2.0
/* The note of a plugin, read from JSON into memory of ours: who it says it is, and what sandbox it wants. All a host
 * needs for its first page, without running the plugin. */
#ifndef CORE_MODULE_NOTE_H
#define CORE_MODULE_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/module/refusal.h"

#define NOTE_CONNECTORS_MAX   16u
#define NOTE_TEXT_MAX         512u /* of one string */
#define NOTE_DEPTH_MAX        8u
#define NOTE_VALUES_MAX       1024u
#define NOTE_NEEDS_MAX        4u  /* elements of "needs" */
#define NOTE_REQUIREMENTS_MAX 16u /* of one connector */

/* What an account needs before anything is typed. */
struct note_requirement {
  const char *title;                 /* "The role ApplicationImpersonation" */
  const char *detail, *needs, *when; /* more, who gives it, a condition on answers; or NULL */
};

struct note_connector {
  const char *id, *version, *name, *summary;
  const char *family, *retires, *successor; /* or NULL */
  const char *retires_when;                 /* for which answers it does; NULL: for all */
  uint32_t roles;                           /* TENON_SOURCE | TENON_TARGET */
  bool probe;
  size_t n_requirements;
  const struct note_requirement *requirements;
};

struct note {
  uint32_t abi_major, abi_minor;
  bool net, krb5;
  const char *exec;  /* path of the program it may run, or NULL */
  const char *needs; /* the profile as text: "net+krb5", "net exec:/usr/bin/pwsh" */
  size_t n_connectors;
  struct note_connector connectors[NOTE_CONNECTORS_MAX];
  struct arena arena;
};

/* TR-09 and TR-10. On failure there is nothing to finish. */
int note_parse(struct note *n, const char *json, size_t len, struct refusal *r) TENON_NODISCARD;
void note_finish(struct note *n);
/* The connector of this id, or NULL. */
const struct note_connector *note_find(const struct note *n, const char *id);

#endif
