// SPDX-License-Identifier: Apache-2.0
/* Where the subjects of a bulk run come from: words of the command line, or a file or standard input read as the run
 * goes, so that memory stays flat. A file is lines of one subject each, or CSV with a column chosen. */
#ifndef CORE_CLI_SUBJECTS_H
#define CORE_CLI_SUBJECTS_H

#include "core/cli/cli.h"
#include "core/report/csv.h"

#define SUBJECTS_CHUNK 65536u /* bytes read at a time */

struct subjects {
  const char *const *words; /* of the command line; then fd is -1 */
  size_t n_words, at_word;
  int fd;
  bool owned, regular, ended;
  bool failed;  /* reading did; errno is in error */
  bool drained; /* the end was handed out */
  bool half;    /* a line is half read */
  int error;
  bool csv;
  size_t column; /* from 0 */
  struct csv_reader reader;
  struct buf line;
  char chunk[SUBJECTS_CHUNK];
  size_t used, have;
  uint64_t count; /* handed out */
};

/* Words, or `from` ("-": standard input) with column NULL for lines. *ret is for subjects_destroy. 0, or an exit status
 * after the failure was said: also where the CSV has no such column. */
int subjects_open(struct cli *cli, const struct args *a, const char *from, const char *column,
                  struct subjects **ret);
void subjects_destroy(struct subjects *s);
/* tenon_next_subject: user is the struct. */
int32_t subjects_next(void *user, tenon_text *ret);
/* To be polled before the next one is there; -1: none. */
int subjects_fd(void *user);

#endif
