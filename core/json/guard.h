// SPDX-License-Identifier: Apache-2.0
/* What cJSON would let pass, refused before it sees the text. */
#ifndef CORE_JSON_GUARD_H
#define CORE_JSON_GUARD_H

#include "core/json/json.h"

/* NULL when the text may be parsed; else why not. */
const char *json_guard(const char *text, size_t len, const struct json_limits *limits);

#endif
