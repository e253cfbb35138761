// SPDX-License-Identifier: Apache-2.0
//
// Telling the host what was found: a check begins, it ends, and what a failure makes pointless is
// skipped with the reason. Keeps the time of the check that is open.
#ifndef KIT_REPORT_H
#define KIT_REPORT_H

#include "verdict.h"

#include <tenon/plugin.h>

struct report {
  const tenon_host *host;
  const tenon_sink *sink;
  int64_t begun_ns;   // when the open check began
  const char *failed; // id of the first check that failed, or NULL
};

void report_init(struct report *report, const tenon_host *host, const tenon_sink *sink);
void report_begin(struct report *report, const char *id, const char *title);
// Ends a check. elapsed_ns < 0: since it began.
void report_pass(struct report *report, const char *id, const char *title, const char *detail,
                 int64_t elapsed_ns, const tenon_pair *data, size_t n_data);
void report_check(struct report *report, tenon_check *check, int64_t elapsed_ns);
// Skips a check because of the one that failed first.
void report_skip(struct report *report, const char *id, const char *title);
// A FAIL that blames an answer in the form.
void report_field(const tenon_sink *sink, const char *id, const char *field, tenon_status cause,
                  const char *title, const char *detail, const char *remedy);

#endif
