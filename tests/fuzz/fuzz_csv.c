// SPDX-License-Identifier: Apache-2.0
/* Lists of subjects as people have them: the reader ends, and no field is longer than it says. */
#include "core/report/csv.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct csv_reader r;
  size_t used, at = 0;
  int what;

  csv_reader_init(&r);
  do {
    what = csv_feed(&r, (const char *)bytes + at, n - at, &used);
    fuzz_hold(used <= n - at && r.field.len <= CSV_FIELD_MAX);
    at += used;
    if (what != CSV_MORE)
      csv_next(&r, what);
  } while (what != CSV_MORE || at < n);
  (void)csv_end(&r);
  csv_reader_finish(&r);
  return 0;
}

const unsigned fuzz_lines_max = 4, fuzz_choices = 0;

const char *const fuzz_seeds[] = {"name;mail", "\"Walden, Alex\",alex@contoso.example",
                                  "a\tb\t\"c\"\"d\"\r", "", NULL};
