// SPDX-License-Identifier: Apache-2.0
/* A rendering is a table of functions; each puts its piece into the buffer, which report.c then writes. */
#ifndef CORE_REPORT_INTERNAL_H
#define CORE_REPORT_INTERNAL_H

#include "core/base/arena.h"
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
  /* text: hashes of the remedies shown with it */
  uint64_t remedies[REPORT_REMEDIES_MAX];
  size_t n_remedies;
  char meaning[REPORT_MEANING_MAX]; /* title of its first check, "..." for the subject */
  bool mixed;                       /* another check of it had another title */
  bool passed;
  size_t n_first;
  char first[REPORT_FIRST_MAX * REPORT_SUBJECT_MAX]; /* whom it was said of first, in one line */
};

/* What the connector's form calls a field. */
struct named_field {
  struct named_field *next;
  const char *key, *label;
  bool secret;
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
  struct arena arena; /* of the fields */
  struct named_field *fields;
};

/* The verdict of a check with a subject: data.verdict, else the state's word. */
const char *report_check_verdict(const tenon_check *c);
struct verdict_count *report_count_of(struct report *r, const char *verdict);
/* What the form calls it, or NULL. */
const struct named_field *report_field_of(const struct report *r, const char *key);
/* "counts":{...}, behind a comma. */
void report_put_counts(const struct report *r, struct buf *b);

#endif
