// SPDX-License-Identifier: Apache-2.0
/* tenon configure: what is to be done on the server for a connection to work, and doing it where something installed here
 * can. Nothing is changed without --yes; what was changed is in the history, with what takes it back. */
#include <string.h>

#include "core/base/arena.h"
#include "core/cli/applied.h"
#include "core/cli/configure.h"
#include "core/cli/configure_request.h"
#include "core/model/connector.h"
#include "core/model/names.h"

/* ---- what comes back -------------------------------------------------------------------------------------------- */

static const char *
answer_of(void *user, const char *key)
{
  return connection_get(user, key);
}

static void
on_ready(void *user, const tenon_connector *d)
{
  struct configure *c = user;

  request_take_form(&c->request, &c->arena, d, answer_of, c->connection);
  request_take_history(&c->request, &c->arena, c->cli, c->connection->name);
  request_take_now(&c->request, &c->arena);
  c->request.connection = c->connection->name;
}

static void
on_began(void *user, const char *id, const char *title)
{
  struct configure *c = user;
  char text[PROGRESS_MAX];

  (void)snprintf(text, sizeof text, "  ... %s", title ? title : id);
  progress_draw(&c->progress, text);
}

static void
on_step(void *user, const tenon_step *step)
{
  struct configure *c = user;

  c->too_many = c->too_many || c->n_steps == SESSION_STEPS_MAX;
  if (c->too_many)
    return;
  c->steps[c->n_steps] = step_copy(&c->arena, step);
  if (c->steps[c->n_steps])
    c->n_steps++;
  else
    c->nomem = true;
}

/* SIZE_MAX: it is no step's. */
static size_t
step_of(const struct configure *c, const char *id)
{
  for (size_t i = 0; i < c->n_steps; i++)
    if (strcmp(c->steps[i]->id, id) == 0)
      return i;
  return SIZE_MAX;
}

static void
on_check(void *user, const tenon_check *check)
{
  struct configure *c = user;
  size_t i = c->n_agreed ? step_of(c, check->id) : SIZE_MAX;
  bool is_good = check->state == TENON_PASS || check->state == TENON_WARN;
  tenon_check *copy = check_copy(&c->arena, check);

  tally_add(&c->tally, check);
  if (copy && i != SIZE_MAX)
    c->results[i] = copy;
  else if (copy && c->n_checks < CONFIGURE_CHECKS_MAX)
    c->checks[c->n_checks++] = copy;
  if (i != SIZE_MAX && is_good) /* at once: nobody may come back to do it later */
    c->lost = !applied_note(c->cli, c->connection->name, c->phase, c->steps[i]) || c->lost;
  /* In a plan only what went wrong is worth a line. */
  if (c->n_agreed || check->state == TENON_FAIL || check->state == TENON_WARN)
    configure_show_check(c, check);
}

/* Named by --step; without one all that are not optional. */
static bool
is_wanted(const struct configure *c, const tenon_step *step)
{
  const char *id;
  size_t at = 0;

  if (!args_has(c->args, "step"))
    return c->phase == TENON_UNDO || plan_is_open(step);
  while ((id = args_each(c->args, "step", &at)))
    if (strcmp(id, step->id) == 0)
      return c->phase == TENON_UNDO || step->state != TENON_STEP_DONE;
  return false;
}

/* Every one that was named has to be there, or nothing is done. */
static const char *
missing_step(const struct configure *c)
{
  const char *id;
  size_t at = 0;

  while ((id = args_each(c->args, "step", &at)))
    if (step_of(c, id) == SIZE_MAX)
      return id;
  return NULL;
}

static void
on_planned(void *user, struct session *s)
{
  struct configure *c = user;

  for (size_t i = 0; i < c->n_steps; i++)
    c->can_run[i] = session_runs(s, c->steps[i]->kind);
  if (!c->json && !c->md)
    configure_show_plan(c);
  (void)cli_flush(c->cli);
  c->no_step = missing_step(c);
  for (size_t i = 0; c->phase != TENON_PLAN && !c->nomem && !c->no_step && i < c->n_steps; i++)
    if (is_wanted(c, c->steps[i])) {
      c->wanted[i] = true;
      c->agreed[i] = session_carry_out(s, c->phase, c->steps[i]);
      c->n_agreed += c->agreed[i];
    }
}

static void
on_idle(void *user)
{
  struct configure *c = user;

  (void)cli_flush(c->cli);
}

/* ---- what is said at the end ------------------------------------------------------------------------------------ */

static void
say_after_plan(const struct configure *c)
{
  const char *name = c->connection->name;
  size_t open = configure_open(c), left = configure_left(c);

  if (open > left)
    cli_talk(c->cli, "Next: tenon configure %s --yes    (--undo takes it back)", name);
  if (left)
    cli_talk(c->cli, "For a colleague who holds the rights: tenon configure %s -o md", name);
  cli_talk(c->cli, "%s: tenon verify %s%s", open ? "Then" : "Next", name,
           open ? " --wait 15m" : "");
}

static void
say_after_change(const struct configure *c)
{
  const char *name = c->connection->name;

  if (c->phase == TENON_UNDO)
    cli_talk(c->cli, "Taken back.");
  else if (!c->n_agreed)
    cli_talk(c->cli, "Every step is done already. Next: tenon verify %s", name);
  else
    cli_talk(c->cli,
             "Next: tenon verify %s --wait 15m    (taken back by: tenon configure %s --undo)", name,
             name);
}

/* What nobody here runs is left to a person, and whoever scripts this has to notice. */
static int
say_left(const struct configure *c)
{
  bool is_undo = c->phase == TENON_UNDO;
  const char *kind = NULL;
  size_t left = 0;

  for (size_t i = 0; i < c->n_steps; i++)
    if (c->wanted[i] && !c->agreed[i]) {
      left++;
      kind = c->steps[i]->kind;
    }
  if (!left)
    return STATUS_PASSED;
  if (c->n_agreed)
    cli_error(c->cli, "%zu of the steps %s left: no plugin installed here runs them (%s).", left,
              left == 1 ? "is" : "are", kind ? kind : "of no kind");
  else
    cli_error(c->cli, "Nothing was %s: no plugin installed here runs such steps (%s).",
              is_undo ? "taken back" : "applied", kind ? kind : "of no kind");
  if (is_undo)
    cli_talk(c->cli, "Run the commands by hand.");
  else
    cli_talk(c->cli, "Run the commands by hand, or send a request: tenon configure %s -o md",
             c->connection->name);
  return STATUS_ENVIRONMENT;
}

/* The hook ended badly, and no check says why. */
static void
explain(struct configure *c, tenon_status ended)
{
  char detail[128];
  tenon_check check = {.size = sizeof check,
                       .state = TENON_FAIL,
                       .level = TENON_LEVEL_REQUIRED,
                       .id = "plugin.silent",
                       .title = c->request.connector ? c->request.connector : "Connector",
                       .detail = detail,
                       .remedy = "Try again; 'tenon verify' may say more.",
                       .cause = ended};

  if (ended >= 0 || ended == TENON_E_CANCELLED || tally_cause(&c->tally) != TENON_OK)
    return;
  (void)snprintf(detail, sizeof detail, "It ended early (%s) and did not say why.",
                 cause_name(ended));
  on_check(c, &check);
}

/* Nobody says what became of them. false: of none. */
static bool
say_unknown(const struct configure *c)
{
  bool any = false;

  (void)cli_flush(c->cli);
  for (size_t i = 0; i < c->n_steps; i++) {
    if (!c->agreed[i] || c->results[i])
      continue;
    cli_error(c->cli, "\"%s\" has no result: look on the server whether it was %s.",
              c->steps[i]->title, c->phase == TENON_UNDO ? "taken back" : "carried out");
    any = true;
  }
  return any;
}

/* A failed check speaks before the hook's own word, as in a verification. */
static tenon_status
outcome(const struct configure *c, tenon_status ended)
{
  tenon_status cause = tally_cause(&c->tally);
  bool is_unknown = say_unknown(c);

  if (ended != TENON_E_CANCELLED && cause != TENON_OK)
    return cause;
  return ended < 0 ? ended : is_unknown ? TENON_E_INTERNAL : TENON_OK;
}

static int
say_no_step(const struct configure *c)
{
  struct suggestion s;

  suggest_init(&s, c->no_step);
  for (size_t i = 0; i < c->n_steps; i++)
    suggest_offer(&s, c->steps[i]->id);
  const char *best = suggest_best(&s);
  return args_wrong(c->cli, c->args, "The plan has no step \"%s\".%s%s%s", c->no_step,
                    best ? " Did you mean \"" : " -o json names them.", best ? best : "",
                    best ? "\"?" : "");
}

static int
finish(struct configure *c, tenon_status ended)
{
  explain(c, ended);
  tenon_status status = outcome(c, ended);
  int exit_status = status_of_cause(status);

  if (c->json)
    configure_show_json(c, status);
  else if (c->md && status == TENON_OK)
    configure_show_request(c);
  (void)cli_flush(c->cli);
  if (c->too_many)
    cli_error(c->cli, "The plan has more than %u steps; the rest of it is left out.",
              SESSION_STEPS_MAX);
  if (c->no_step)
    return say_no_step(c);
  if (status != TENON_OK)
    return exit_status;
  exit_status = c->phase == TENON_PLAN ? STATUS_PASSED : say_left(c);
  if (exit_status == STATUS_PASSED && c->lost)
    exit_status = STATUS_ENVIRONMENT;
  else if (exit_status == STATUS_PASSED && !c->json && !c->md && c->n_steps)
    (c->phase == TENON_PLAN ? say_after_plan : say_after_change)(c);
  return exit_status;
}

/* ---- from start to end ------------------------------------------------------------------------------------------ */

static int
configure(struct configure *c)
{
  struct session_job job = {.hook = HOOK_CONFIGURE,
                            .probes = true,
                            .unplanned = c->phase == TENON_UNDO,
                            .user = c,
                            .ready = on_ready,
                            .began = on_began,
                            .check = on_check,
                            .idle = on_idle,
                            .step = on_step,
                            .planned = on_planned};
  tenon_status ended = TENON_OK;

  if (c->phase == TENON_UNDO) {
    int status = applied_read(c->cli, c->connection->name, &c->arena, c->steps, &c->n_steps);
    if (status)
      return status;
    if (!c->n_steps && !c->json) {
      cli_talk(c->cli, "Nothing that was applied from here is left to take back.");
      return STATUS_PASSED;
    }
  }
  int status = session_run(c->cli, c->connection, &job, &ended);
  progress_clear(&c->progress);
  if (status == 0 && c->nomem) {
    cli_error(c->cli, "Not enough memory for the plan: nothing was changed.");
    status = STATUS_ENVIRONMENT;
  }
  return status ? status : finish(c, ended);
}

static int
run(struct cli *cli, const struct args *a)
{
  bool plan = args_has(a, "plan"), yes = args_has(a, "yes"), undo = args_has(a, "undo");
  struct configure *c = NULL;
  int status = STATUS_ENVIRONMENT;

  if (a->n_words != 1)
    return args_wrong(cli, a, a->n_words ? "One connection at a time." : "Which connection?");
  if (plan + yes + undo > 1)
    return args_wrong(cli, a, "One of --plan, --yes and --undo.");
  if (args_has(a, "step") && !yes && !undo)
    return args_wrong(cli, a, "--step goes with --yes or --undo.");
  bool md = strcmp(cli->format, "md") == 0;
  if (md && (yes || undo))
    return args_wrong(cli, a, "-o md writes a request, and goes with --plan only.");
  CLEANUP_CONNECTION struct connection *connection = cli_connection(cli, a->words[0], &status);
  if (!connection)
    return status;
  c = calloc(1, sizeof *c);
  if (!c) {
    cli_error(cli, "Not enough memory to start.");
    return STATUS_ENVIRONMENT;
  }
  c->cli = cli;
  c->connection = connection;
  c->args = a;
  c->phase = undo ? TENON_UNDO : yes ? TENON_APPLY : TENON_PLAN;
  c->md = md;
  c->json = strcmp(cli->format, "json") == 0;
  c->progress = PROGRESS_INIT(cli);
  status = configure(c);
  arena_finish(&c->arena);
  free(c);
  return status;
}

static const struct option_spec options[] = {
    {"plan", NULL, "show the steps and change nothing (what it does unless told)", 0},
    {"yes", NULL, "carry out the steps that are not done", 0},
    {"undo", NULL, "take back what --yes or the wizard carried out", 0},
    {"step", "ID", "of --yes and --undo: this step and no other (may be repeated)", 0},
    {NULL, NULL, NULL, 0}};

const struct command cmd_configure = {
    .name = "configure",
    .summary = "Show what is to be done on the server, and do it where that is possible",
    .usage = "NAME [--plan|--yes|--undo] [--step ID]... [-o FORMAT]",
    .examples =
        "  tenon configure onprem                   each step: its state, who may do it, the "
        "commands\n"
        "  tenon configure onprem -o md >ask.md     a page for the colleague who holds the rights\n"
        "  tenon configure onprem --yes             carry out what is not done\n"
        "  tenon configure onprem --undo            and take it back\n",
    .details =
        "A plan changes nothing. --yes carries out the steps that a plugin installed here can "
        "run,\n"
        "but for optional ones that no --step names, and notes each with what takes it back. Exit\n"
        "status 3: steps are left that only a person can carry out. A request (-o md) holds no\n"
        "password and no other secret.\n",
    .takes = TAKES_OUTPUT | TAKES_PLUGINS | TAKES_HOOKS,
    .formats = "text json md",
    .options = options,
    .run = run,
};
