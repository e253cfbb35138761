// SPDX-License-Identifier: Apache-2.0
/* What a connector says of itself, copied out of the plugin: the ABI's own structs, without its functions, in memory of
 * ours. Pages and fields are never NULL-pointed; lists end with NULL as in the ABI. */
#ifndef CORE_MODEL_CONNECTOR_H
#define CORE_MODEL_CONNECTOR_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "tenon/plugin.h"

/* The hooks it has, as bits. */
#define HOOK_VERIFY      (1u << 0)
#define HOOK_SUGGEST     (1u << 1)
#define HOOK_IMPERSONATE (1u << 2)
#define HOOK_BROWSE      (1u << 3)
#define HOOK_CONFIGURE   (1u << 4)
#define HOOK_OPEN        (1u << 5) /* never in the mask: names the call */

struct connector {
  tenon_connector d; /* open, close and the rest are NULL */
  uint32_t hooks;
  size_t n_pages, n_fields;
  struct arena arena; /* owns all of it, and this struct too */
};

void connector_destroy(struct connector *c);

const tenon_field *connector_field(const struct connector *c, const char *key); /* NULL: none */

const char *hook_name(uint32_t hook); /* "verify" */
bool hook_from_name(const char *name, uint32_t *ret);

#endif
