// SPDX-License-Identifier: Apache-2.0
/* What is found in the tables of verdicts. */
#ifndef CORE_CLI_EXPLAIN_H
#define CORE_CLI_EXPLAIN_H

#include "core/cli/cli.h"

#define EXPLAIN_FILES_MAX  16u
#define EXPLAIN_BYTES_MAX  (4u << 20) /* of one table */
#define EXPLAIN_VALUES_MAX 65536u
#define EXPLAIN_HITS_MAX   512u
#define EXPLAIN_WHOLE_MAX  3u /* more are listed by name */
#define EXPLAIN_TEXT_MAX   4096u
#define EXPLAIN_OUT_MAX    (8u << 20)

struct cJSON;

struct explain_hits {
  const struct cJSON *rows[EXPLAIN_HITS_MAX];
  size_t n;
  const char *word; /* the meaning of a word of data.verdict, or NULL */
};

#endif
