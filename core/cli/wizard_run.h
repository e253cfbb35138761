// SPDX-License-Identifier: Apache-2.0
/* One run of `tenon wizard`: what the command line said, the driver, and what the faces share. */
#ifndef CORE_CLI_WIZARD_RUN_H
#define CORE_CLI_WIZARD_RUN_H

#include "core/cli/cli.h"
#include "core/host/driver.h"

#define WIZARD_ANSWERS_MAX (1u << 20) /* bytes of a file of answers */
#define WIZARD_SECRET_MAX  65536u /* bytes of a secret read from a file, a command or the terminal */
#define WIZARD_EVENT_MAX   (16u << 20) /* a line on the JSON face's standard input */

struct wizard_run {
  struct cli *cli;
  const struct args *args;
  struct driver *driver;
  struct connection *stored;    /* the one being changed, or NULL */
  struct vault_secret *secrets; /* of it, in its order, read when first asked for */
  cJSON *start;                 /* the event in the making */
  bool unverified, stdin_read;
  /* Only the form is wanted: the line face ends where the verification would begin. What it says first; or NULL. */
  bool form_only;
  const char *greeting;
  /* The face's: called after each event. */
  void (*moved)(struct wizard_run *run, const cJSON *event);
  void *face;
};

/* wizard_answers.c: the command line's answers and secrets into run->start and the driver. An exit status, 0: go on. */
int wizard_take_answers(struct wizard_run *run) TENON_NODISCARD;
int wizard_take_secrets(struct wizard_run *run) TENON_NODISCARD;

/* wizard_save.c: the driver's ops. */
bool wizard_stored_secret(void *user, const char *key, tenon_text *ret);
bool wizard_save(void *user, const cJSON *save, const tenon_pair *secrets, size_t n, cJSON *reply);

/* The faces; each gives the exit status. */
int face_line(struct wizard_run *run);
int face_json(struct wizard_run *run);
int face_none(struct wizard_run *run);

/* Sends one event made of name and an optional member; an exit status, 0: it was applied. */
int wizard_send(struct wizard_run *run, const char *event, const char *key, const char *text)
    TENON_NODISCARD;
int wizard_send_made(struct wizard_run *run, cJSON *event)
    TENON_NODISCARD; /* owns the event, wipes its text */
/* Answers given for keys that the form has not, or in the wrong place: said on stderr; the exit status, 0: none. */
int wizard_check_given(struct wizard_run *run, const cJSON *view) TENON_NODISCARD;
/* Fields that keep the wizard from going on: said on stderr, each with the option that answers it; the exit status, 0:
 * none. */
int wizard_name_problems(struct wizard_run *run) TENON_NODISCARD;
/* Until no hook runs. The exit status of an interrupt or a failure, said; 0: go on. */
int wizard_wait(struct wizard_run *run) TENON_NODISCARD;
/* The exit status of a wizard that is at its end. */
int wizard_status(struct wizard_run *run, const cJSON *view);
/* "Saved connection ...", where its secrets lie, and what comes next. */
void wizard_say_saved(struct wizard_run *run, const cJSON *view);
/* The text of a check, on stderr, as `tenon verify` shows it. */
void wizard_say_check(struct wizard_run *run, const cJSON *check);

#endif
