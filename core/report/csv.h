// SPDX-License-Identifier: Apache-2.0
/* RFC 4180, both ways. The reader takes bytes as they come and never holds more than one field. */
#ifndef CORE_REPORT_CSV_H
#define CORE_REPORT_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

#define CSV_FIELD_MAX 65536u /* bytes of one field; a longer one is cut off there and marked */

/* A field as RFC 4180 wants it: quoted when it holds a comma, a quote or a line's end. */
bool csv_put_field(struct buf *b, const char *text, size_t len);

struct csv_reader {
  char separator; /* ',', ';' or tab: seen in the first record */
  enum { CSV_START, CSV_PLAIN, CSV_QUOTED, CSV_QUOTE_SEEN } state;
  bool separator_known, after_cr, anything; /* anything: the record has a byte */
  struct buf field;
  size_t index; /* of the field, from 0 */
};
void csv_reader_init(struct csv_reader *r);
void csv_reader_finish(struct csv_reader *r);

#define CSV_MORE       0 /* wants further bytes */
#define CSV_FIELD      1 /* r->field is a field, number r->index, and others of its record follow */
#define CSV_LAST_FIELD 2 /* the last one of its record */
/* Takes bytes up to the end of a field; *ret_used says how many. After CSV_FIELD or CSV_LAST_FIELD call csv_next before
 * the next bytes. Blank lines are skipped. */
int csv_feed(struct csv_reader *r, const char *bytes, size_t n, size_t *ret_used);
/* The field as it was before the rendering put an apostrophe before what would be a formula. */
const char *csv_field(const struct csv_reader *r);
void csv_next(struct csv_reader *r, int what);
/* No more bytes: CSV_LAST_FIELD when a field was left, else CSV_MORE. */
int csv_end(struct csv_reader *r);

#endif
