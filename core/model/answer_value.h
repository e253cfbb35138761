// SPDX-License-Identifier: Apache-2.0
/* The types one by one: each writes the canonical form of a non-empty, trimmed text, or says what is expected. */
#ifndef CORE_MODEL_ANSWER_VALUE_H
#define CORE_MODEL_ANSWER_VALUE_H

#include "core/base/buf.h"
#include "tenon/plugin.h"

/* NULL: ret_value holds the canonical form. Else: what was expected, as in "expects ...". */
const char *answer_value(const tenon_field *field, const char *text, struct buf *ret_value);

/* The value within min and max of its type? NULL, or the phrase with the bounds, written to phrase. */
const char *answer_bounds(const tenon_field *field, const char *value, struct buf *phrase);

#endif
