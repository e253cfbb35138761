// SPDX-License-Identifier: Apache-2.0
//
// Versions of Exchange: which schema to ask for, and what the build number says about the product.
#ifndef KIT_VERSION_H
#define KIT_VERSION_H

#include <stddef.h>
#include <stdint.h>

#define EWS_LADDER_STEPS 4 // versions asked for, one after another, until a server knows one

struct ews_build {
  uint32_t major, minor, build, revision; // 15.1.2507.39; major 0: not known
};

struct ews_product {
  const char *name;        // "Exchange Server 2016"
  const char *support_end; // "2025-10-14"; NULL: still supported
};

// The version to ask for at a step, newest first; NULL below the last one.
const char *ews_ladder_version(size_t step);
// Does this response code say that the version asked for was too new?
int ews_ladder_steps_down(const char *code);

// NULL when the build belongs to no product that is known.
const struct ews_product *ews_product_of(const struct ews_build *build);
// "15.1.2507.39", also "15.01.2507.039". 0 or -1.
int ews_build_parse(const char *text, size_t len, struct ews_build *ret);

#endif
