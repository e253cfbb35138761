// SPDX-License-Identifier: Apache-2.0
/* Pages that a plugin sends a person to, on a terminal: what is shown, how long it is good for, and the browser that is
 * opened where this machine has a desktop. Where a face takes it off again, that is the face's own. */
#ifndef CORE_CLI_VISIT_H
#define CORE_CLI_VISIT_H

#include "core/cli/cli.h"
#include "core/cli/progress.h"

#define VISIT_LIFE_MAX_MS                                                                          \
  (24.0 * 3600 * 1000)      /* one that lives longer is shown as one that does not expire */
#define VISITS_MAX      16u /* on the screen at a time */
#define VISIT_LEFT_MAX  64u /* bytes of the words for the time left */
#define VISIT_TYPED_MAX 64u /* bytes of what is typed meanwhile; a longer line is no command */

struct visit {
  const char *title, *body; /* body NULL: none */
  const char *url, *code;   /* or NULL */
  int64_t expires_ns;       /* of clock_now_ns; 0: never */
};

/* Shows it. A page without a code comes back to this machine: it is opened, if a browser can be. counts: how long it is
 * good for is drawn from now on; else it is said once. */
void visit_show(struct cli *cli, const struct visit *v, bool counts);
/* "14 minutes left", "less than a minute left"; "" for one that does not expire. */
void visit_left(char ret[static VISIT_LEFT_MAX], int64_t expires_ns, int64_t now_ns);
/* When those words change, in milliseconds; -1: not before it expires. */
int visit_left_ms(int64_t expires_ns, int64_t now_ns);
/* What is said when one leaves the screen. */
const char *visit_over(int64_t expires_ns, int64_t now_ns);
/* Does the line typed mean that the person does not want it any more? */
bool visit_is_quit(const char *typed);
/* May standard input be read while one is shown? Not where it holds something else, or belongs to another job. */
bool visit_may_read(const struct cli *cli);

/* ---- those of one run of a command (session.c) ------------------------------------------------------------------- */

struct visits {
  struct cli *cli;
  struct progress progress;
  struct visit_row {
    const tenon_worker *worker;
    uint64_t ticket;
    int64_t expires_ns;
  } rows[VISITS_MAX];
  size_t n;
  char drawn[PROGRESS_MAX]; /* of the line that is on the terminal now; "": none */
  char typed[VISIT_TYPED_MAX];
  size_t n_typed;
  bool typed_all; /* standard input is at its end */
};

/* Takes the question, if it is a page to visit and somebody sees this terminal. */
bool visits_take(struct visits *v, const tenon_worker *w, const tenon_event *e);
/* It is no longer asked; quiet: nobody wants to hear why. */
void visits_withdrawn(struct visits *v, const tenon_worker *w, uint64_t ticket, bool quiet);
/* Before waiting: draws how long is left, where that can move. In milliseconds: when it is to be drawn again; -1: never. */
int visits_draw(struct visits *v);
void visits_clear(struct visits *v); /* before anything else is written */
/* The descriptor to read commands from; -1: none now. */
int visits_fd(const struct visits *v);
/* It is readable. True: the person does not want to go on. */
bool visits_read(struct visits *v);

#endif
