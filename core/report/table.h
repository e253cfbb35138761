// SPDX-License-Identifier: Apache-2.0
/* Rows with columns as wide as their widest cell. The last column is wrapped, the others never. */
#ifndef CORE_REPORT_TABLE_H
#define CORE_REPORT_TABLE_H

#include "core/report/report.h"

#define TABLE_COLUMNS_MAX 8u
#define TABLE_CELL_MAX    48u /* columns of a cell but the last one's, before the next is pushed on */

struct table {
  size_t n_columns, n_cells, widths[TABLE_COLUMNS_MAX];
  char **cells;
  bool failed;
};

#define TABLE_INIT(n) ((struct table){.n_columns = (n)})
void table_finish(struct table *t);
/* One cell, row by row from the left; NULL is empty. The first row is the heading. */
void table_add(struct table *t, const char *text);
/* Renders; false: memory. */
bool table_put(const struct table *t, const struct report_style *s, struct buf *b);

#endif
