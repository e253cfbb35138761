// SPDX-License-Identifier: Apache-2.0
/* Text for a terminal: escapes taken out, words wrapped at the width with an indent, colour where it is wanted. */
#ifndef CORE_REPORT_FLOW_H
#define CORE_REPORT_FLOW_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/report/report.h"

/* Appends the text with every control character, direction override and broken byte replaced by '?'; a newline and a
 * tab become a blank. */
bool text_put_safe(struct buf *b, const char *text);
/* Columns the safe text takes, one a character. */
size_t text_columns(const char *text);

enum colour { COLOUR_NONE, COLOUR_GREEN, COLOUR_YELLOW, COLOUR_RED, COLOUR_DIM, COLOUR_BOLD };
void colour_on(struct buf *b, const struct report_style *s, enum colour c);
void colour_off(struct buf *b, const struct report_style *s, enum colour c);

/* Writes words behind what stands in the line already (`column` columns), further lines start with `indent` blanks. A
 * newline in the text starts such a line, and what stands `between two of these` is one word: a command is not broken.
 * Gives the column it ended in. */
size_t flow_put(struct buf *b, const struct report_style *s, size_t column, size_t indent,
                const char *text);
void blanks_put(struct buf *b, size_t n);

#endif
