// SPDX-License-Identifier: Apache-2.0
/* A rendering is a table of functions; each puts its piece into the buffer, which report.c then writes. */
#ifndef CORE_REPORT_INTERNAL_H
#define CORE_REPORT_INTERNAL_H

#include "core/report/report.h"

struct rendering {
  void (*begin)(struct report *r, struct buf *b, const struct report_head *head);
  void (*check)(struct report *r, struct buf *b, const tenon_check *c);
  void (*offer)(struct report *r, struct buf *b, const tenon_offer *o);
  void (*end)(struct report *r, struct buf *b, bool passed, tenon_status cause);
};

extern const struct rendering rendering_text, rendering_json, rendering_jsonl, rendering_csv;

struct verdict_count {
  char name[REPORT_VERDICT_MAX];
  uint64_t count;
  uint64_t remedy; /* text: hash of the remedy last shown with it */
};

struct report {
  const struct rendering *rendering;
  struct report_style style;
  report_write write;
  void *user;
  struct buf piece;
  struct buf offered; /* json: offers, rendered */
  bool gone;          /* the reader */
  uint64_t checks;    /* rendered */
  uint64_t offers;
  uint64_t subjects;
  struct tally tally;
  struct verdict_count verdicts[REPORT_VERDICTS_MAX + 1];
  size_t n_verdicts;
};

/* The verdict of a check with a subject: data.verdict, else the state's word. */
const char *report_check_verdict(const tenon_check *c);
struct verdict_count *report_count_of(struct report *r, const char *verdict);
/* "counts":{...}, behind a comma. */
void report_put_counts(const struct report *r, struct buf *b);

#endif
