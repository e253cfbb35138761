// SPDX-License-Identifier: Apache-2.0
/* One report, many renderings. Checks are handed in as they end and go out at once through a callback: nothing is
 * gathered, so that a million subjects take the memory of one. The room prints nothing itself. Renderings: text for
 * people, json (one object), jsonl (one object a line: the shapes of docs/wire.md), csv (one row a subject). */
#ifndef CORE_REPORT_REPORT_H
#define CORE_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/model/check.h"
#include "tenon/plugin.h"

#define REPORT_PIECE_MAX    (4u << 20) /* bytes of one check, rendered */
#define REPORT_VERDICTS_MAX 32u  /* verdicts counted apart; further ones are counted as "other" */
#define REPORT_VERDICT_MAX  32u  /* bytes of a verdict's name in the counts */
#define REPORT_REMEDIES_MAX 8u   /* explanations written for one verdict of subjects */
#define REPORT_FIRST_MAX    3u   /* subjects named in the sum of a verdict */
#define REPORT_SUBJECT_MAX  72u  /* bytes of such a name, cut */
#define REPORT_MEANING_MAX  160u /* bytes of what a verdict means, cut */
#define REPORT_LINES        200u /* lines for one verdict on a terminal; further ones are counted */
#define REPORT_WIDTH        100u /* columns where nobody knows better */
#define REPORT_WIDTH_MIN    40u
#define REPORT_WIDTH_MAX    160u

#define REPORT_TEXT  1u
#define REPORT_JSON  2u
#define REPORT_JSONL 3u
#define REPORT_CSV   4u
bool report_format_from_name(const char *name, uint32_t *ret); /* "table" is text */

struct report_style {
  bool colour, utf8;
  unsigned width; /* columns; 0: REPORT_WIDTH */
  unsigned lines; /* text: subjects listed for one verdict; 0: all */
};

/* false: the reader is gone; nothing further is rendered. */
typedef bool (*report_write)(void *user, const char *bytes, size_t n);

/* What the report is of; all may be NULL. */
struct report_head {
  const char *connection, *connector, *version;
  const char *title; /* the connector's name */
};

struct report;

struct report *report_create(uint32_t format, const struct report_style *style, report_write write,
                             void *user) TENON_NODISCARD; /* NULL: memory */
void report_destroy(struct report *r);

/* What the form calls a field, so that a check can name it to people. Any time before the check. */
void report_name_field(struct report *r, const char *key, const char *label, bool secret);

/* In this order: begin, then checks or offers, then end. All false once the reader is gone. */
bool report_begin(struct report *r, const struct report_head *head);
bool report_check(struct report *r, const tenon_check *c);
bool report_offer(struct report *r, const tenon_offer *o);
/* status: how the hook ended; a check decides where one failed. */
bool report_end(struct report *r, tenon_status status);

const struct tally *report_tally(const struct report *r);
/* Did it pass, and the cause that speaks for all when not. */
bool report_outcome(const struct report *r, tenon_status status, tenon_status *ret_cause);
/* How often a verdict was given; false at the end. */
bool report_verdict(const struct report *r, size_t i, const char **ret_name, uint64_t *ret_count);

#endif
