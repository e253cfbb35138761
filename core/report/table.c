// SPDX-License-Identifier: Apache-2.0
/* Lists are short, so the cells are kept until their widths are known. */
#include "core/report/table.h"

#include <stdlib.h>
#include <string.h>

#include "core/report/flow.h"

void
table_finish(struct table *t)
{
  for (size_t i = 0; i < t->n_cells; i++)
    free(t->cells[i]);
  free(t->cells);
  *t = TABLE_INIT(t->n_columns);
}

void
table_add(struct table *t, const char *text)
{
  char **cells = realloc(t->cells, (t->n_cells + 1) * sizeof *cells);
  char *copy = strdup(text ? text : "");

  if (cells)
    t->cells = cells;
  if (!cells || !copy) {
    free(copy);
    t->failed = true;
    return;
  }
  size_t n = text_columns(copy);
  size_t *width = &t->widths[t->n_cells % t->n_columns];
  if (n <= TABLE_CELL_MAX && n > *width)
    *width = n;
  cells[t->n_cells++] = copy;
}

static void
put_row(const struct table *t, const struct report_style *s, struct buf *b, char *const *row)
{
  size_t column = 0;

  for (size_t i = 0; i + 1 < t->n_columns; i++) {
    size_t n = text_columns(row[i]);
    size_t fill = n < t->widths[i] ? t->widths[i] - n : 0;
    (void)text_put_safe(b, row[i]);
    blanks_put(b, fill + 2);
    column += n + fill + 2;
  }
  (void)flow_put(b, s, column, column, row[t->n_columns - 1]);
  while (b->len && b->ptr[b->len - 1] == ' ')
    b->ptr[--b->len] = '\0';
  (void)buf_putc(b, '\n');
}

bool
table_put(const struct table *t, const struct report_style *s, struct buf *b)
{
  struct report_style style = *s;

  if (style.width == 0)
    style.width = REPORT_WIDTH;
  for (size_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns) {
    colour_on(b, s, i == 0 ? COLOUR_DIM : COLOUR_NONE);
    put_row(t, &style, b, t->cells + i);
    colour_off(b, s, i == 0 ? COLOUR_DIM : COLOUR_NONE);
  }
  return !t->failed && !buf_failed(b);
}
