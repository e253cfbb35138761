// SPDX-License-Identifier: Apache-2.0
/* What a step says to run, line by line. */
#ifndef CORE_REPORT_PLAN_LINES_H
#define CORE_REPORT_PLAN_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

struct plan_line {
  const char *text; /* len bytes of the body */
  size_t len;
  bool is_url; /* an http or https URL and nothing else: to be opened, not run */
};

/* The next line, and *text moves behind it; false at the end. */
bool plan_line_next(const char **text, struct plan_line *ret);
/* Without what could drive a terminal. */
void plan_line_put(struct buf *b, const struct plan_line *line);

#endif
