// SPDX-License-Identifier: Apache-2.0
/* The wizard on a terminal, one question at a time. It knows no more than the views say: input in face_line_input.c,
 * what is shown in face_line_show.c, a page's questions in face_line_form.c, the steps behind the form in
 * face_line_steps.c. */
#ifndef CORE_CLI_FACE_LINE_H
#define CORE_CLI_FACE_LINE_H

#include "core/cli/visit.h"
#include "core/cli/wizard_run.h"
#include "core/report/flow.h"

#define LINE_TYPED_MAX 65536u /* bytes of one line typed */
#define LINE_LIST_ROWS 15     /* rows of a list shown at a time */

struct line_face {
  struct wizard_run *run;
  struct cli *cli;
  struct report_style style;
  cJSON *view;
  char place[160];                     /* of the heading shown last */
  cJSON *asked;                        /* keys of the page's fields that were asked, in order */
  char helped[64];                     /* key of the field whose help was shown last */
  bool advanced;                       /* the page's advanced fields are asked too */
  bool is_transient;                   /* a line is on the terminal that the next one replaces */
  int list_at;                         /* first row of the list shown */
  int64_t shown_ticket;                /* the question shown last */
  int64_t visit_ticket, visit_expires; /* the page shown; 0: none, and 0: it does not expire */
  char visit_left[VISIT_LEFT_MAX];     /* as it stands on the terminal */
  bool typed_all;                      /* standard input is at its end */
  unsigned interrupts;                 /* Ctrl-C since something ran */
  int status;                          /* of the program, once over */
  bool over;
};

enum typed {
  TYPED_LINE,
  TYPED_END,  /* end of input: nobody is there */
  TYPED_STOP, /* Ctrl-C */
  TYPED_GONE, /* the question was withdrawn */
};

/* ---- input -------------------------------------------------------------------------------------------------------- */

int line_signals_begin(void); /* a descriptor readable after Ctrl-C */
void line_signals_end(void);
bool line_signalled(void); /* and forgets it */

/* Shows the prompt and reads a line; hidden: without echo. ticket: a question that may be withdrawn meanwhile, or 0. The
 * driver runs on. */
enum typed line_read(struct line_face *f, const char *prompt, bool hidden, int64_t ticket,
                     struct buf *ret);
/* The same for a command: trimmed. At the end of input or on Ctrl-C the wizard is over and it says false. */
bool line_command(struct line_face *f, const char *prompt, struct buf *ret);
/* The wizard ends because nobody typed; `what` was needed. */
void line_nobody(struct line_face *f, enum typed how, const char *what);

/* Runs the driver until no hook runs; questions of plugins are put on the way. Ctrl-C cancels. */
void line_wait(struct line_face *f);
/* Sends, waits for what it started, and reads the view again. */
void line_send(struct line_face *f, const char *event, const char *key, const char *text);
void line_send_made(struct line_face *f, cJSON *event);
void line_look(struct line_face *f); /* reads the view again */

/* ---- showing -------------------------------------------------------------------------------------------------------- */

void line_tell(struct line_face *f, enum colour colour, size_t indent, const char *fmt, ...)
    TENON_PRINTF(4, 5);
/* The same behind a head of its own, which takes at least `columns`. */
void line_row(struct line_face *f, enum colour colour, const char *head, size_t columns,
              const char *fmt, ...) TENON_PRINTF(5, 6);
void line_gap(struct line_face *f);
void line_heading(struct line_face *f);
void line_transient(struct line_face *f, const char *text);
void line_check(struct line_face *f, const cJSON *check, bool is_test);
void line_problem(struct line_face *f); /* the view's sentence, once */
void line_notes(struct line_face *f);
void line_connectors(struct line_face *f);
void line_requirements(struct line_face *f,
                       const char *connector); /* what an account for it needs */
void line_steps(struct line_face *f);          /* of a plan */
/* Numbered from 1; gives how many there are. */
int line_offers(struct line_face *f, const cJSON *offers);
/* The value of the offer that the text picks by its number or its value; NULL: none. */
const char *line_pick(const cJSON *offers, const char *text);

/* ---- steps ---------------------------------------------------------------------------------------------------------- */

bool line_is(const struct line_face *f, const char *view);
bool line_can(const struct line_face *f, const char *event);
void line_form(struct line_face *f);
void line_choose(struct line_face *f);
void line_plan(struct line_face *f);
void line_request(struct line_face *f); /* writes the plan for a colleague to a file */
void line_report(struct line_face *f);
void line_verification(struct line_face *f);
void line_ask(struct line_face *f); /* a plugin's question, while its hook runs */
/* Before waiting: how long a page that is shown is good for. In milliseconds: when to draw it again; -1: never. */
int line_visit_draw(struct line_face *f);
void line_visit_over(struct line_face *f, int64_t ticket); /* it is no longer asked */
void line_quit(struct line_face *f);

#endif
