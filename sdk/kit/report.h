// SPDX-License-Identifier: Apache-2.0
//
// Telling the host what was found: a check begins, it ends, and what a failure makes pointless is
// skipped with the reason. Keeps the time of the check that is open, and which ids were said: an id is
// said once.
#ifndef KIT_REPORT_H
#define KIT_REPORT_H

#include "verdict.h"

#include <tenon/plugin.h>

#define REPORT_IDS_MAX 32 // ids that one report remembers

struct report {
  const tenon_host *host;
  const tenon_sink *sink;
  int64_t begun_ns;                // when the open check began
  const char *failed;              // id of the first check that failed, or NULL
  const char *ids[REPORT_IDS_MAX]; // said so far; borrowed, for the life of the report
  size_t n_ids;
};

// One of the checks that a verification consists of, in the order of the way.
struct report_layer {
  const char *id, *title;
};

void report_init(struct report *report, const tenon_host *host, const tenon_sink *sink);
void report_begin(struct report *report, const char *id, const char *title);
// Ends a check. elapsed_ns < 0: since it began.
void report_pass(struct report *report, const char *id, const char *title, const char *detail,
                 int64_t elapsed_ns, const tenon_pair *data, size_t n_data);
void report_check(struct report *report, tenon_check *check, int64_t elapsed_ns);
// Notes an id that was said past the report.
void report_say(struct report *report, const char *id);
bool report_said(const struct report *report, const char *id);
// Ends with what was judged; under the id given where its own was said already.
void report_verdict(struct report *report, struct verdict *verdict, const char *otherwise);
// Skips a check because of the one that failed first.
void report_skip(struct report *report, const char *id, const char *title);
// After a failure: skips of `layers` what comes after the last one that was said. What stands before it and
// was not said is left out where it lies below `sure`, since it did not apply, and skipped from there on.
void report_skip_rest(struct report *report, const struct report_layer *layers, size_t n,
                      size_t sure);
// A FAIL that blames an answer in the form.
void report_field(const tenon_sink *sink, const char *id, const char *field, tenon_status cause,
                  const char *title, const char *detail, const char *remedy);

#endif
