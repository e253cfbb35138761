// SPDX-License-Identifier: Apache-2.0
/* tenon verify: does the connection work? With --wait it is asked again while the cause may pass by itself (a right that
 * was just granted takes minutes to arrive), and only the last answer is printed. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/cli/history.h"
#include "core/cli/progress.h"
#include "core/cli/session.h"
#include "core/cli/sunset.h"
#include "core/model/connector.h"
#include "core/model/names.h"

#define WAIT_FIRST_NS (2 * NS_PER_S)
#define WAIT_MOST_NS  (60 * NS_PER_S)

#define AGAIN_TIMES                                                                                \
  3u /* verifications in a row, because answers to questions changed the connection */

struct verify {
  struct cli *cli;
  struct connection *connection;
  struct progress progress;
  struct report *report;
  bool waiting; /* checks are held back until the attempt is known to be the last */
  struct arena arena;
  struct held {
    tenon_check *check;
    struct held *next;
  } * first, **end;
  int64_t retry_ns;
  bool begun;   /* the report has its head */
  bool patched; /* an answer to a question changed the connection */
  struct report_head head;
  char *title; /* of the connector */
};

static void
on_ready(void *user, const tenon_connector *d)
{
  struct verify *v = user;

  v->head.version = v->connection->connector_version;
  v->head.title = arena_text(&v->arena, d->name);
  cli_name_fields(v->report, d);
  if (!v->waiting && !v->begun)
    (void)report_begin(v->report, &v->head);
  v->begun = true;
}

static void
hold(struct verify *v, const tenon_check *c)
{
  struct held *h = arena_alloc(&v->arena, sizeof *h);

  if (!h || !(h->check = check_copy(&v->arena, c)))
    return;
  *v->end = h;
  v->end = &h->next;
}

static void
on_check(void *user, const tenon_check *c)
{
  struct verify *v = user;

  hold(v, c);
  if (c->retry_ns > v->retry_ns)
    v->retry_ns = c->retry_ns;
  if (v->waiting)
    return;
  progress_clear(&v->progress);
  (void)report_check(v->report, c);
}

/* What the person has agreed to is kept with the connection, and only that: it may have been changed meanwhile. */
static int
keep_patch(struct verify *v, const char *key, const char *text, struct buf *why)
{
  CLEANUP_CONNECTION struct connection *now = NULL;
  struct store *store = cli_store(v->cli);
  int e = store ? store_load(store, v->connection->name, &now, why) : -ENOENT;

  if (e == 0 && !connection_set(now, key, text))
    e = -ENOMEM;
  return e == 0 ? store_save(store, NULL, now, NULL, 0, false, why) : e;
}

static void
on_patch(void *user, const char *key, const char *text)
{
  struct verify *v = user;
  CLEANUP_BUF struct buf why = BUF_INIT(STORE_WHY_MAX);

  v->patched = connection_set(v->connection, key, text) || v->patched;
  if (keep_patch(v, key, text, &why) != 0)
    cli_error(v->cli, "The answer was not kept with the connection: %s", buf_text(&why));
}

static void
on_began(void *user, const char *id, const char *title)
{
  struct verify *v = user;
  char text[PROGRESS_MAX];

  (void)snprintf(text, sizeof text, "  ... %s", title ? title : id);
  progress_draw(&v->progress, text);
}

static void
on_idle(void *user)
{
  struct verify *v = user;

  (void)cli_flush(v->cli); /* a check is shown when it ends */
}

/* ---- one attempt ---------------------------------------------------------------------------------------------------- */

static void
forget(struct verify *v)
{
  arena_finish(&v->arena);
  v->first = NULL;
  v->end = &v->first;
  v->retry_ns = 0;
}

static int
attempt_once(struct verify *v, tenon_status *ret_status)
{
  struct session_job job = {.hook = HOOK_VERIFY,
                            .probes = true,
                            .user = v,
                            .ready = on_ready,
                            .began = on_began,
                            .check = on_check,
                            .patch = on_patch,
                            .idle = on_idle};

  forget(v);
  v->head = (struct report_head){.connection = v->connection->name,
                                 .connector = v->connection->connector};
  int status = session_run(v->cli, v->connection, &job, ret_status);
  progress_clear(&v->progress);
  return status;
}

/* Again with the connection as an answer has changed it, but not for ever. */
static int
attempt(struct verify *v, tenon_status *ret_status)
{
  int status = 0;

  for (unsigned i = 0; i <= AGAIN_TIMES; i++) {
    v->patched = false;
    status = attempt_once(v, ret_status);
    if (status || !v->patched || *ret_status == TENON_E_CANCELLED)
      return status;
  }
  *ret_status =
      TENON_E_INTERNAL; /* it changes the connection again and again, and proves nothing */
  return status;
}

static struct tally
tally_of(const struct verify *v)
{
  struct tally t = {0};

  for (const struct held *h = v->first; h; h = h->next)
    tally_add(&t, h->check);
  return t;
}

static void
print_held(struct verify *v)
{
  (void)report_begin(v->report, &v->head);
  for (const struct held *h = v->first; h; h = h->next)
    (void)report_check(v->report, h->check);
}

static void
note(struct verify *v, tenon_status status)
{
  CLEANUP_BUF struct buf line = BUF_INIT(STORE_HISTORY_MAX / 2);
  tenon_status cause = TENON_OK;
  bool passed = report_outcome(v->report, status, &cause);

  if (status == TENON_E_CANCELLED || status == TENON_E_NOANSWER)
    return;
  history_begin(&line);
  for (const struct held *h = v->first; h; h = h->next)
    history_check(&line, h->check);
  history_end(&line, passed, cause);
  history_save(v->cli, v->connection->name, &line, passed);
}

/* ---- waiting -------------------------------------------------------------------------------------------------------- */

static bool
may_pass(const struct tally *t)
{
  tenon_status cause = tally_cause(t);

  return cause == TENON_E_TRANSIENT || cause == TENON_E_DENIED;
}

static void
pause_for(struct cli *cli, int64_t ns)
{
  struct pollfd fd = {cli->interrupt_fd, POLLIN, 0};

  (void)poll(&fd, 1, (int)(ns / NS_PER_MS)); /* woken early is asked early */
}

static int
attempts(struct verify *v, int64_t until_ns, tenon_status *ret_status)
{
  int64_t pause_ns = WAIT_FIRST_NS;

  for (;;) {
    int status = attempt(v, ret_status);
    struct tally t = tally_of(v);
    int64_t left = until_ns - clock_now_ns();
    if (status || *ret_status == TENON_E_CANCELLED || !may_pass(&t) || left <= 0)
      return status;
    int64_t wait = v->retry_ns > pause_ns ? v->retry_ns : pause_ns;
    wait = wait < left ? wait : left;
    cli_talk(v->cli, "Not yet (%s): asking again in %lld s; giving up in %lld s.",
             cause_name(tally_cause(&t)), (long long)((wait + NS_PER_S - 1) / NS_PER_S),
             (long long)((left + NS_PER_S - 1) / NS_PER_S));
    pause_for(v->cli, wait);
    if (cli_interrupted(v->cli)) {
      *ret_status = TENON_E_CANCELLED;
      return 0;
    }
    pause_ns = pause_ns * 3 / 2 < WAIT_MOST_NS ? pause_ns * 3 / 2 : WAIT_MOST_NS;
  }
}

/* A failed check blames a field: it is changed in the wizard, and to what the check itself names. What may pass by itself
 * is asked again; a refusal may also be met by another answer, another way to sign in. */
static void
say_next(const struct verify *v, tenon_status cause)
{
  const char *name = v->connection->name;
  const tenon_check *blames = NULL;

  for (const struct held *h = v->first; h && !blames; h = h->next)
    if (h->check->state == TENON_FAIL && h->check->field)
      blames = h->check;
  const char *answer = blames ? check_answer(blames) : NULL;
  (void)cli_flush(v->cli);
  if (cause == TENON_E_CANCELLED)
    return;
  bool may_arrive = cause == TENON_E_TRANSIENT || cause == TENON_E_DENIED;
  if (may_arrive)
    cli_talk(v->cli, "Next: tenon verify %s --wait 15m", name);
  else if (answer)
    cli_talk(v->cli, "Next: tenon wizard %s --set %s=%s", name, blames->field, answer);
  else if (blames)
    cli_talk(v->cli, "Next: tenon wizard %s", name);
  if (cause == TENON_E_DENIED && blames)
    cli_talk(v->cli, "Or, with another answer: tenon wizard %s", name);
  struct sunset sunset;
  if (cli_sunset(v->cli, v->connection->connector, v->connection, &sunset) && sunset_near(&sunset))
    sunset_say(v->cli, name, &sunset);
}

static int
verify(struct verify *v, int64_t wait_ns)
{
  tenon_status ended = TENON_OK, cause = TENON_OK;
  int status = wait_ns ? attempts(v, clock_now_ns() + wait_ns, &ended) : attempt(v, &ended);

  if (status)
    return status;
  if (v->waiting)
    print_held(v);
  (void)report_end(v->report, ended);
  (void)cli_flush(v->cli); /* storing waits for the disk, and nobody has to wait with it */
  note(v, ended);
  (void)report_outcome(v->report, ended, &cause);
  if (strcmp(v->cli->format, "text") == 0)
    say_next(v, cause);
  return status_of_cause(cause);
}

static int
run(struct cli *cli, const struct args *a)
{
  struct verify v = {.cli = cli, .progress = PROGRESS_INIT(cli)};
  const char *wait = args_value(a, "wait");
  int64_t wait_ns = 0;
  int status = STATUS_ENVIRONMENT;

  if (a->n_words != 1)
    return args_wrong(cli, a, a->n_words ? "One connection at a time." : "Which connection?");
  if (wait && (!duration_parse(wait, &wait_ns) || wait_ns <= 0))
    return args_wrong(cli, a, "\"%s\" is no duration: write 30s, 5m or 1h.", wait);
  CLEANUP_CONNECTION struct connection *c = cli_connection(cli, a->words[0], &status);
  if (!c)
    return status;
  v.connection = c;
  v.waiting = wait_ns > 0;
  v.end = &v.first;
  v.report = cli_report(cli);
  if (v.report)
    status = verify(&v, wait_ns);
  forget(&v);
  report_destroy(v.report);
  return status;
}

static const struct option_spec options[] = {
    {"wait", "DURATION", "ask again while the server is busy or a right is on its way", 'w'},
    {NULL, NULL, NULL, 0}};

const struct command cmd_verify = {
    .name = "verify",
    .summary = "Tell whether a connection works, and what mends it if not",
    .usage = "NAME [--wait DURATION] [-o FORMAT]",
    .examples =
        "  tenon verify onprem                 each check, with its remedy where it failed\n"
        "  tenon verify onprem --wait 15m      after a right was granted: until it arrives\n"
        "  tenon verify onprem -o jsonl        one JSON object a check, then the result\n",
    .details =
        "Changes nothing on the server. The exit status says the cause: 10 network, 12 tls,\n"
        "16 sign-in, 17 denied, 18 busy, 19 the plugin crashed, 1 anything else.\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS | TAKES_HOOKS,
    .formats = "text json jsonl",
    .options = options,
    .run = run,
};
