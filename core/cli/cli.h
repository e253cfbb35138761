// SPDX-License-Identifier: Apache-2.0
/* What every subcommand of the program shares: its streams and how they look, the options that many take, the store,
 * the vault and the library's context, opened when first asked for. A subcommand is one file that gives one `struct
 * command`; it reports its own failures on stderr and returns an exit status. */
#ifndef CORE_CLI_CLI_H
#define CORE_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/report/report.h"
#include "core/store/store.h"
#include "tenon/host.h"

/* Exit statuses: fixed, users script them. */
#define STATUS_PASSED      0
#define STATUS_FAILED      1 /* a required check failed, of a cause without a status of its own */
#define STATUS_USAGE       2
#define STATUS_ENVIRONMENT 3 /* store, vault, plugin missing, output that cannot be written */
#define STATUS_NOANSWER    4
#define STATUS_CANCELLED   5
#define STATUS_NETWORK     10
#define STATUS_TLS         12
#define STATUS_AUTH        16
#define STATUS_DENIED      17
#define STATUS_TRANSIENT   18
#define STATUS_CRASHED     19
int status_of_cause(tenon_status cause); /* of tally_cause */

#define CLI_PLUGIN_DIRS_MAX 32u
#define CLI_OPTIONS_MAX     512u   /* options and words of one command line */
#define CLI_LINE_MAX        65536u /* a line typed by a person */

/* ---- commands and their options ---------------------------------------------------------------------------------- */

struct cli;
struct args;

struct option_spec {
  const char *name;     /* without the dashes */
  const char *argument; /* "FILE"; NULL: a switch */
  const char *help;
  char letter; /* 0: none */
};

/* Groups of options that many commands take; args and cli hold what they say. */
#define TAKES_OUTPUT  (1u << 0) /* -o FORMAT: cli->format */
#define TAKES_PLUGINS (1u << 1) /* --plugin-dir DIR */
#define TAKES_HOOKS   (1u << 2) /* --in-process, --verbose */

struct command {
  const char *name;
  const char *summary;  /* "Tell whether a connection works" */
  const char *usage;    /* "NAME [--wait DURATION]" */
  const char *examples; /* lines with their explanation, shown first */
  const char *details;  /* paragraphs, or NULL */
  uint32_t takes;
  const char *formats;               /* TAKES_OUTPUT: "text json jsonl"; the first is the default */
  const struct option_spec *options; /* ends with name NULL; or NULL */
  const struct command *const
      *subs;   /* ends with NULL; or NULL. The first is meant when none is named */
  bool passes; /* its arguments are not read here but passed on as words */
  int (*run)(struct cli *, const struct args *);
};

extern const struct command cmd_wizard, cmd_connections, cmd_verify, cmd_configure, cmd_impersonate,
    cmd_browse, cmd_swap, cmd_plugin, cmd_lab, cmd_vault, cmd_doctor, cmd_explain, cmd_version,
    cmd_help;
extern const struct command cmd_export, cmd_import; /* of connections */
extern const struct command *const commands[];      /* ends with NULL */

struct args_option {
  const struct option_spec *spec;
  const char *value; /* "" for a switch */
};
struct args {
  const struct command *command;
  const char *words[CLI_OPTIONS_MAX]; /* what is no option */
  size_t n_words;
  struct args_option options[CLI_OPTIONS_MAX]; /* in the order given */
  size_t n_options;
};
const char *args_value(const struct args *a,
                       const char *name); /* the last one given; NULL: not given */
bool args_has(const struct args *a, const char *name);
/* The next value of an option that may be repeated; NULL at the end. *at starts as 0. */
const char *args_each(const struct args *a, const char *name, size_t *at);
/* Fails the command for its usage: prints the sentence and the command's usage line; returns STATUS_USAGE. */
int args_wrong(struct cli *cli, const struct args *a, const char *fmt, ...) TENON_PRINTF(3, 4);

/* ---- suggestions --------------------------------------------------------------------------------------------------- */

/* The candidate nearest to what was typed (Damerau-Levenshtein), or NULL when none is near. Offer them one by one. */
struct suggestion {
  const char *typed, *best;
  size_t distance;
};
void suggest_init(struct suggestion *s, const char *typed);
void suggest_offer(struct suggestion *s, const char *candidate); /* borrowed */
const char *suggest_best(const struct suggestion *s);

/* ---- the program ---------------------------------------------------------------------------------------------------- */

struct cli {
  int out_error;   /* errno of the first write to stdout that failed; 0: none */
  FILE *out, *err; /* answers; talk and progress */
  bool in_tty, out_tty, err_tty;
  bool colour_out, colour_err; /* terminal, NO_COLOR, TERM=dumb, --no-color said yes */
  bool utf8;                   /* the locale can show ✓ */
  bool in_process, verbose, privileged;
  bool no_input;      /* the command said that nobody is to be asked */
  const char *format; /* of -o; never NULL in a command that takes it */
  const char *plugin_dirs[CLI_PLUGIN_DIRS_MAX + 1];
  size_t n_plugin_dirs;
  char *config_dir, *data_dir, *state_dir; /* .../tenon by XDG */
  int interrupt_fd; /* readable once SIGINT or SIGTERM came; the second SIGINT ends the program */
  struct store *store;
  struct vault *vault;
  tenon_context *context;
};

/* Opened when first asked for; NULL: it could not be, and stderr says why: return STATUS_ENVIRONMENT. */
struct store *cli_store(struct cli *cli);
struct vault *cli_vault(struct cli *cli);
tenon_context *cli_context(struct cli *cli);
/* The same vault opened anew, with new secrets going to that kind of it (NULL: to the first that is ready). */
struct vault *cli_vault_as(struct cli *cli, const char *use);
/* Where one secret lies and whether it is there. */
struct secret_place {
  const char *state; /* "set", "missing", "not known" */
  const char *vault; /* VAULT_...; "" when not known */
  char *text;        /* as below */
  char *why;         /* NULL when it is set */
};
void secret_place_find(struct cli *cli, const char *id, struct secret_place *ret);
void secret_place_finish(struct secret_place *p);
/* "sealed file, /home/..." of the entry (id NULL: of new ones), for people; for the caller to free; NULL: not known. */
char *cli_vault_place(struct cli *cli, const char *id) TENON_NODISCARD;
/* The directories searched for plugins, ending with NULL; and where tenon-worker and tenon-lab lie. */
const char *const *cli_plugin_dirs(struct cli *cli);
const char *cli_libexec_dir(struct cli *cli);

/* The stored connection of that name; *ret_status is set when it gives NULL: the failure was said, with a suggestion. */
struct connection *cli_connection(struct cli *cli, const char *name, int *ret_status)
    TENON_NODISCARD;
/* The note of the usable plugin with that id, or NULL: said, with a suggestion. */
const tenon_plugin_info *cli_plugin(struct cli *cli, const char *id);
/* Is there one that can be used? Nothing is said. */
bool cli_has_plugin(struct cli *cli, const char *id);

/* "tenon: " and the sentence on stderr, terminal escapes taken out. */
void cli_error(struct cli *cli, const char *fmt, ...) TENON_PRINTF(2, 3);
void cli_talk(struct cli *cli, const char *fmt, ...) TENON_PRINTF(2, 3);  /* a line on stderr */
void cli_print(struct cli *cli, const char *fmt, ...) TENON_PRINTF(2, 3); /* on stdout, as it is */
/* Writes to stdout; false once it cannot be written (the program then ends with STATUS_ENVIRONMENT). */
bool cli_write(struct cli *cli, const char *bytes, size_t n);
bool cli_flush(struct cli *cli); /* the same; call it before waiting */

/* Bare `tenon`: the wizard when nothing is stored, else a list and what to do next. */
int cli_bare(struct cli *cli, const struct args *a);

/* A report that writes to stdout in the form of -o. NULL: memory, said. */
struct report *cli_report(struct cli *cli) TENON_NODISCARD;
/* How text looks on stdout. */
struct report_style cli_style(const struct cli *cli);
/* The same for what goes to stderr. */
struct report_style cli_talk_style(const struct cli *cli);
/* Tells a report what the form calls its fields. */
void cli_name_fields(struct report *r, const tenon_connector *d);

/* True once SIGINT or SIGTERM came. */
bool cli_interrupted(const struct cli *cli);
/* Is there a person to ask, at a terminal? */
bool cli_person(const struct cli *cli);

/* Opens a file that holds a secret and that only its owner can read. `what` begins the sentence of a failure: "The
 * passphrase". 0, or an exit status after it was said. */
int secret_file_open(struct cli *cli, const char *what, const char *path, int *ret_fd)
    TENON_NODISCARD;

/* ---- asking a person (prompt.c): on the terminal, in stderr's colours ------------------------------------------------ */

/* A line without its newline. false: end of input or interrupted. */
bool prompt_line(struct cli *cli, const char *question, struct buf *ret);
/* The same without echo; wipe the buffer after. */
bool prompt_secret(struct cli *cli, const char *question, struct buf *ret);
/* A new passphrase, typed twice. 0, or an exit status after the failure was said; wipe the buffer in any case. */
int prompt_new_passphrase(struct cli *cli, const char *question, struct buf *ret);
/* Answers a TENON_EVENT_ASK: on a terminal asks the person, else says noanswer. Sets *ret_unanswered. */
void prompt_answer(struct cli *cli, tenon_worker *w, const tenon_event *e, bool *ret_unanswered);

#endif
