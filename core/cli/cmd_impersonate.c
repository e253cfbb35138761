// SPDX-License-Identifier: Apache-2.0
/* tenon impersonate: acts as each subject and says how that went. One or a million are the same: subjects are read as
 * the worker has room, and each result goes out as it comes. */
#include <string.h>

#include "core/cli/progress.h"
#include "core/cli/session.h"
#include "core/cli/subjects.h"
#include "core/model/connector.h"
#include "core/report/streak.h"

#define JOBS_PRESET 4u
#define JOBS_MAX    64u

struct impersonate {
  struct cli *cli;
  const struct connection *connection;
  struct report *report;
  struct progress progress;
  struct streak streak;
  bool begun;
  int64_t started_ns;
  uint64_t done;
};

static void
begin(struct impersonate *im, const tenon_connector *d)
{
  struct report_head head = {.connection = im->connection->name,
                             .connector = im->connection->connector,
                             .version = im->connection->connector_version,
                             .title = d ? d->name : NULL};

  if (im->begun)
    return;
  if (im->cli->out_tty)
    progress_clear(&im->progress);
  (void)report_begin(im->report, &head);
  im->begun = true;
}

static void
on_ready(void *user, const tenon_connector *d)
{
  struct impersonate *im = user;

  cli_name_fields(im->report, d);
  begin(im, d);
}

static void
on_check(void *user, const tenon_check *c)
{
  struct impersonate *im = user;
  CLEANUP_BUF struct buf line = BUF_INIT(CLI_LINE_MAX);

  begin(im, NULL);
  if (im->cli->out_tty)
    progress_clear(&im->progress);
  (void)report_check(im->report, c);
  im->done += c->subject != NULL;
  if (streak_add(&im->streak, c, &line)) {
    progress_clear(&im->progress);
    (void)cli_flush(im->cli);
    cli_talk(im->cli, "%s", buf_text(&line));
  }
}

static void
draw(struct impersonate *im)
{
  char text[PROGRESS_MAX];
  double seconds = (double)(clock_now_ns() - im->started_ns) / (double)NS_PER_S;
  int n = snprintf(text, sizeof text, "  %llu done, %.0f/s ", (unsigned long long)im->done,
                   seconds > 0.1 ? (double)im->done / seconds : 0.0);
  const char *name = NULL;
  uint64_t count = 0;

  for (size_t i = 0; report_verdict(im->report, i, &name, &count); i++)
    if (n > 0 && (size_t)n < sizeof text)
      n +=
          snprintf(text + n, sizeof text - (size_t)n, "  %s %llu", name, (unsigned long long)count);
  progress_draw(&im->progress, text);
}

static void
on_idle(void *user)
{
  struct impersonate *im = user;

  (void)cli_flush(im->cli);
  if (progress_due(&im->progress))
    draw(im);
}

static int
run_all(struct impersonate *im, struct connection *c, struct subjects *subjects, uint32_t jobs)
{
  tenon_status ended = TENON_OK, cause = TENON_OK;
  struct session_job job = {.hook = HOOK_IMPERSONATE,
                            .jobs = jobs,
                            .next = subjects_next,
                            .next_user = subjects,
                            .next_fd = subjects_fd,
                            .user = im,
                            .ready = on_ready,
                            .check = on_check,
                            .idle = on_idle};

  im->started_ns = clock_now_ns();
  int status = session_run(im->cli, c, &job, &ended);
  progress_clear(&im->progress);
  if (status)
    return status;
  begin(im, NULL);
  (void)report_end(im->report, ended);
  (void)report_outcome(im->report, ended, &cause);
  if (subjects->failed) {
    cli_error(im->cli, "The list of subjects could not be read to its end: %s.",
              strerror(subjects->error));
    return STATUS_ENVIRONMENT;
  }
  if (!subjects->drained && ended != TENON_E_CANCELLED)
    cli_error(im->cli, "The run ended after %llu subjects; the rest of the list was not tested.",
              (unsigned long long)subjects->count);
  if (subjects->count == 0 && cause == TENON_OK)
    cli_talk(im->cli, "There were no subjects in the list.");
  return status_of_cause(cause);
}

static int
check_usage(struct cli *cli, const struct args *a, uint32_t *ret_jobs)
{
  const char *from = args_value(a, "from");
  const char *jobs = args_value(a, "jobs");
  size_t n = from ? strlen(from) : 0;
  char *end = NULL;

  if (a->n_words == 0)
    return args_wrong(cli, a, "Which connection?");
  if (!from && a->n_words == 1)
    return args_wrong(cli, a, "Whom to act as? Name subjects, or a list: --from FILE.");
  if (from && a->n_words > 1)
    return args_wrong(cli, a, "Subjects on the command line or --from FILE, not both.");
  if (args_has(a, "column") && !from)
    return args_wrong(cli, a, "--column goes with --from FILE.");
  if (n > 4 && strcasecmp(from + n - 4, ".csv") == 0 && !args_has(a, "column"))
    return args_wrong(
        cli, a, "%s is CSV: say which column holds the subjects, --column NAME or NUMBER.", from);
  unsigned long number = jobs ? strtoul(jobs, &end, 10) : JOBS_PRESET;
  if (jobs && (*jobs < '0' || *jobs > '9' || *end || number < 1 || number > JOBS_MAX))
    return args_wrong(cli, a, "--jobs is a number from 1 to %u.", JOBS_MAX);
  *ret_jobs = (uint32_t)number;
  return 0;
}

static int
run(struct cli *cli, const struct args *a)
{
  struct impersonate im = {.cli = cli, .progress = PROGRESS_INIT(cli)};
  struct subjects *subjects = NULL;
  uint32_t jobs = 0;
  int status = check_usage(cli, a, &jobs);

  if (status)
    return status;
  CLEANUP_CONNECTION struct connection *c = cli_connection(cli, a->words[0], &status);
  if (!c)
    return status;
  im.connection = c;
  im.report = cli_report(cli);
  status = im.report
               ? subjects_open(cli, a, args_value(a, "from"), args_value(a, "column"), &subjects)
               : STATUS_ENVIRONMENT;
  if (status == 0)
    status = run_all(&im, c, subjects, jobs);
  subjects_destroy(subjects);
  streak_finish(&im.streak);
  report_destroy(im.report);
  return status;
}

static const struct option_spec options[] = {
    {"from", "FILE", "read subjects from the file, one a line; '-' is standard input", 'f'},
    {"column", "C", "the file is CSV: the column's name, or its number (then no heading)", 'c'},
    {"jobs", "N", "how many at a time (4; at most 64)", 'j'},
    {NULL, NULL, NULL, 0}};

const struct command cmd_impersonate = {
    .name = "impersonate",
    .summary = "Test acting as other people: one, or a list of any length",
    .usage = "NAME SUBJECT... | NAME --from FILE [--column C]  [--jobs N] [-o FORMAT]",
    .examples = "  tenon impersonate onprem anna@corp.example\n"
                "  tenon impersonate onprem --from people.txt --jobs 8\n"
                "  tenon impersonate onprem --from people.csv --column mail -o csv > results.csv\n"
                "  cut -f1 list | tenon impersonate onprem --from - -o jsonl\n",
    .details =
        "Each subject is reported, duplicates as often as they stand in the list. Nothing stops a\n"
        "run early but Ctrl-C. The exit status is that of the gravest cause any subject had.\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS | TAKES_HOOKS,
    .formats = "text json jsonl csv",
    .options = options,
    .run = run,
};
