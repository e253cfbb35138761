// SPDX-License-Identifier: Apache-2.0
/* A seat is one worker and where it is: starting, opening, running, ended. Callbacks only note what happened; the seats
 * are moved on between two turns of the loop, so that no call is started from inside a callback. */
#include "core/cli/session.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "core/cli/seat.h"

/* ---- events --------------------------------------------------------------------------------------------------------- */

static void
on_ready(struct seat *seat, const tenon_event *e)
{
  CLEANUP_JSON cJSON *json = NULL;
  const char *phrase = NULL;

  if (e->json)
    json = json_parse(e->json, e->json_len, NULL, &phrase);
  seat->connector = json ? shape_read_connector(json) : NULL;
  seat->state = SEAT_READY;
  if (seat->index == 0 && seat->session->job->ready && e->connector)
    seat->session->job->ready(seat->session->job->user, e->connector);
}

static void
on_ended(struct seat *seat, tenon_status status)
{
  if (seat->state == SEAT_OPENING && status >= 0) {
    seat->state = SEAT_OPEN;
    seat->is_open = true;
    return;
  }
  seat->state = SEAT_ENDED;
  seat->status = status;
}

/* Tokens are of the one who signed in: where the answer makes it another one they are forgotten. */
static void
on_patch(struct session *s, const tenon_event *e)
{
  CLEANUP_FREE char *before = session_owner(s);

  s->job->patch(s->job->user, e->id, e->text.ptr);
  CLEANUP_FREE char *after = session_owner(s);
  if (before && after && strcmp(before, after) != 0)
    session_secrets_forget(s);
}

static void
on_event(void *user, tenon_worker *w, const tenon_event *e)
{
  struct seat *seat = user;
  struct session *s = seat->session;
  const struct session_job *job = s->job;

  s->news = true;
  visits_clear(s->visits);
  switch (e->kind) {
  case TENON_EVENT_READY: on_ready(seat, e); break;
  case TENON_EVENT_BEGAN:
    if (job->began)
      job->began(job->user, e->id, e->title);
    break;
  case TENON_EVENT_CHECK:
    if (job->check)
      job->check(job->user, e->check);
    seat->unanswered =
        seat->unanswered || (e->check->state == TENON_FAIL && e->check->cause == TENON_E_NOANSWER);
    break;
  case TENON_EVENT_OFFER:
    if (job->offer)
      job->offer(job->user, e->offer);
    break;
  case TENON_EVENT_STEP:
    if (job->step)
      job->step(job->user, e->step);
    break;
  case TENON_EVENT_PATCH:
    if (job->patch && seat->index == 0)
      on_patch(s, e);
    break;
  case TENON_EVENT_ASK:
    if (!visits_take(s->visits, w, e))
      prompt_answer(s->cli, w, e, &s->unanswered);
    break;
  case TENON_EVENT_WITHDRAWN: visits_withdrawn(s->visits, w, e->ticket, s->cancelled); break;
  case TENON_EVENT_KEEP: session_keep(s, e->id, e->text); break;
  case TENON_EVENT_ENDED: on_ended(seat, e->status); break;
  case TENON_EVENT_DIED:
    if (seat->state != SEAT_ENDED)
      seat->status = TENON_E_CRASHED;
    seat->state = SEAT_ENDED;
    seat->is_gone = true;
    break;
  default: break;
  }
}

/* ---- the seats ------------------------------------------------------------------------------------------------------ */

static void
fail_check(struct seat *seat, const char *id, const char *title, const struct settings_problem *p)
{
  tenon_check c = {.size = sizeof c,
                   .state = TENON_FAIL,
                   .level = seat->index && !seat->session->acting ? TENON_LEVEL_RECOMMENDED
                                                                  : TENON_LEVEL_REQUIRED,
                   .id = id,
                   .title = title,
                   .detail = p->detail,
                   .remedy = p->remedy,
                   .field = *p->field ? p->field : NULL,
                   .cause = TENON_E_CONFIG};

  if (seat->session->job->check)
    seat->session->job->check(seat->session->job->user, &c);
  seat->state = SEAT_ENDED;
  seat->status = TENON_E_CONFIG;
}

void
session_fail(struct seat *seat, const char *what, int e)
{
  struct settings_problem p = {
      .remedy = "Try again; 'tenon doctor' shows what is wrong with this machine."};

  (void)snprintf(p.detail, sizeof p.detail, "The plugin's worker could not %s: %s.", what,
                 strerror(-e));
  fail_check(seat, "plugin.crashed", "Plugin", &p);
}

static void
open_seat(struct seat *seat)
{
  struct session *s = seat->session;
  const struct connector *owner = seat->index ? s->seats[0].connector : NULL;
  struct settings_source from = session_secrets_source(s);
  struct settings_problem problem = {0};
  struct settings settings = {0};
  uint64_t call = 0;

  if (!seat->connector) {
    session_fail(seat, "say what it is", -EPROTO);
    return;
  }
  int e = settings_build(&settings, seat->connector, owner, &from, &problem);
  if (e == -EINVAL) {
    fail_check(seat, "connection.answers", "Answers", &problem);
    return;
  }
  settings.s.connection = s->job->unstored ? s->job->unstored : s->connection->name;
  settings.s.flags |=
      TENON_ANSWERS; /* also where nobody is there: then the question's id is said */
  if (e == 0)
    e = tenon_worker_open(seat->worker, &settings.s, 0, &call);
  settings_finish(&settings);
  seat->state = SEAT_OPENING;
  if (e < 0)
    session_fail(seat, "be opened", e);
}

static void
no_hook(struct seat *seat)
{
  struct settings_problem p = {
      .remedy = "Use a connector that has it: 'tenon plugin list' shows what is installed."};
  const struct connector *c = seat->connector;

  (void)snprintf(p.detail, sizeof p.detail, "The connector %s has no %s.", c->d.id,
                 hook_name(seat->session->job->hook));
  fail_check(seat, "plugin.unsupported", c->d.name ? c->d.name : c->d.id, &p);
}

static void
start_hook(struct seat *seat)
{
  const struct session_job *job = seat->session->job;
  uint64_t call = 0;
  int e = -ENOSYS;

  if (!(seat->connector->hooks & job->hook)) {
    no_hook(seat);
    return;
  }
  if (job->hook == HOOK_BROWSE && !job->what) {
    seat->state = SEAT_ENDED;
    return;
  }
  seat->state = SEAT_RUNNING;
  if (job->hook == HOOK_VERIFY)
    e = tenon_worker_verify(seat->worker, 0, &call);
  else if (job->hook == HOOK_BROWSE)
    e = tenon_worker_browse(seat->worker, job->what, job->typed, &call);
  else if (job->hook == HOOK_IMPERSONATE)
    e = tenon_worker_impersonate(seat->worker, job->jobs, job->next, job->next_user, &call);
  else if (job->hook == HOOK_CONFIGURE)
    e = session_configure(seat, &call);
  if (e < 0)
    session_fail(seat, "start", e);
}

/* false: all have ended. */
static bool
advance(struct session *s)
{
  bool running = false;

  for (size_t i = 0; i < s->n_seats; i++) {
    struct seat *seat = &s->seats[i];
    if (s->cancelled && seat->state != SEAT_RUNNING && seat->state != SEAT_OPENING)
      seat->state = SEAT_ENDED; /* what ended in spite of the cancel leads to nothing more */
    /* a probe takes presets from the connection's connector: it waits until that has said what it is */
    if (seat->state == SEAT_READY && session_only_meets(seat))
      seat->state = SEAT_ENDED;
    else if (seat->state == SEAT_READY && (i == 0 || s->seats[0].connector))
      open_seat(seat);
    else if (seat->state == SEAT_READY && s->seats[0].state == SEAT_ENDED)
      seat->state = SEAT_ENDED;
    if (seat->state == SEAT_OPEN)
      start_hook(seat);
    running = running || seat->state != SEAT_ENDED;
  }
  return running;
}

static void
cancel(struct session *s)
{
  visits_clear(s->visits);
  for (size_t i = 0; i < s->n_seats; i++) {
    struct seat *seat = &s->seats[i];
    if (seat->state == SEAT_RUNNING || seat->state == SEAT_OPENING)
      tenon_worker_cancel(seat->worker);
    else
      seat->state = SEAT_ENDED;
  }
  s->cancelled = true;
}

/* ---- the loop ------------------------------------------------------------------------------------------------------- */

/* Of two times in milliseconds, where -1 is never. */
static int
sooner(int a, int b)
{
  return a < 0 ? b : b < 0 || a < b ? a : b;
}

static void
wait_for_news(struct session *const *list, size_t n, tenon_context *context)
{
  struct session *s = list[0];
  const struct session_job *job = s->job;
  int next_fd = job->next_fd && !s->cancelled ? job->next_fd(job->next_user) : -1;
  int typed_fd = s->cancelled || next_fd == STDIN_FILENO ? -1 : visits_fd(s->visits);
  struct pollfd fds[] = {{tenon_context_fd(context), POLLIN, 0},
                         {s->cancelled ? -1 : s->cli->interrupt_fd, POLLIN, 0},
                         {next_fd, POLLIN, 0},
                         {typed_fd, POLLIN, 0}};

  for (size_t i = 0; i < n; i++)
    if (list[i]->job->idle)
      list[i]->job->idle(list[i]->job->user);
  int draw = s->cancelled ? -1 : visits_draw(s->visits);
  (void)poll(fds, 4, sooner(draw, tenon_context_timeout_ms(context))); /* a failure: no news */
  if (next_fd >= 0 && fds[2].revents)
    tenon_worker_more(s->seats[0].worker);
  bool quits = typed_fd >= 0 && fds[3].revents && visits_read(s->visits);
  for (size_t i = 0; i < n; i++)
    if ((cli_interrupted(s->cli) || s->cli->out_error || quits) && !list[i]->cancelled)
      cancel(list[i]); /* nobody reads any more is as good as Ctrl-C */
}

/* One turn of the context's loop; did anything happen in one of them? */
static bool
turn(struct session *const *list, size_t n, tenon_context *context)
{
  bool news = false;

  for (size_t i = 0; i < n; i++)
    list[i]->news = false;
  if (tenon_context_run(context, 0) <= 0)
    return false;
  for (size_t i = 0; i < n; i++)
    news = news || list[i]->news;
  return news;
}

static void
loop(struct session *const *list, size_t n, tenon_context *context)
{
  for (bool running = n > 0; running;) {
    while (turn(list, n, context))
      ;
    running = false;
    for (size_t i = 0; i < n; i++)
      running = advance(list[i]) || running;
    if (running)
      wait_for_news(list, n, context);
  }
}

void
session_loop(struct session *s)
{
  loop(&s, 1, s->cli->context);
}

/* ---- from start to end ---------------------------------------------------------------------------------------------- */

static int
add_seat(struct session *s, tenon_context *context, const char *id)
{
  struct seat *seat = &s->seats[s->n_seats];

  if (s->n_seats == SESSION_WORKERS_MAX)
    return 0;
  *seat = (struct seat){.session = s, .index = s->n_seats, .state = SEAT_STARTING};
  if (tenon_worker_create(context, id, on_event, seat, &seat->worker) < 0) {
    cli_error(s->cli, "%s", tenon_context_error(context));
    return STATUS_ENVIRONMENT;
  }
  tenon_worker_round(seat->worker, s->round);
  s->n_seats++;
  return 0;
}

static int
add_probes(struct session *s, tenon_context *context, const char *family)
{
  const tenon_plugin_info *const *list = NULL;
  char *ids[SESSION_WORKERS_MAX] = {0};
  size_t n = 0;
  int status = 0;

  if (!family || tenon_context_scan(context, &list) < 0)
    return 0;
  for (size_t i = 0; list[i] && n + 1 < SESSION_WORKERS_MAX; i++)
    if (list[i]->usable && (list[i]->flags & TENON_PROBE) && list[i]->family &&
        strcmp(list[i]->family, family) == 0)
      ids[n++] = strdup(list[i]->id); /* the list may not outlive the next call */
  for (size_t i = 0; i < n && status == 0; i++)
    if (ids[i])
      status = add_seat(s, context, ids[i]);
  for (size_t i = 0; i < n; i++)
    free(ids[i]);
  return status;
}

static int
start(struct session *s)
{
  const tenon_plugin_info *plugin = cli_plugin(s->cli, s->connection->connector);
  tenon_context *context = cli_context(s->cli);

  if (!plugin || !context)
    return STATUS_ENVIRONMENT;
  CLEANUP_FREE char *family = plugin->family ? strdup(plugin->family) : NULL;
  int status = session_secrets_load(s);
  if (status == 0)
    status = add_seat(s, context, s->connection->connector);
  if (status == 0 && s->job->probes)
    status = add_probes(s, context, family);
  return status;
}

static tenon_status
status_of(const struct session *s)
{
  if (s->cancelled)
    return TENON_E_CANCELLED;
  /* A question that the hook could do without leaves the failure its own cause. */
  for (size_t i = 0; s->unanswered && i < (s->acting ? s->n_seats : 1); i++)
    if (s->seats[i].unanswered)
      return TENON_E_NOANSWER;
  return s->acted < 0 ? s->acted : s->seats[0].status;
}

static void
finish(struct session *s)
{
  for (size_t i = 0; i < s->n_seats; i++) {
    tenon_worker_destroy(s->seats[i].worker);
    connector_destroy(s->seats[i].connector);
  }
  session_secrets_finish(s);
  free(s);
}

static struct session *
make(struct cli *cli, const struct session_side *side, uint64_t round, struct visits *visits)
{
  struct session *s = calloc(1, sizeof *s);

  if (!s) {
    cli_error(cli, "Not enough memory to start.");
    return NULL;
  }
  s->cli = cli;
  s->connection = side->connection;
  s->job = side->job;
  s->round = round;
  s->visits = visits;
  return s;
}

int
session_run_all(struct cli *cli, struct session_side *sides, size_t n)
{
  struct session *all[SESSION_SIDES_MAX] = {NULL}, *running[SESSION_SIDES_MAX] = {NULL};
  tenon_context *context = cli_context(cli);
  struct visits visits = {.cli = cli, .progress = PROGRESS_INIT(cli)};
  size_t n_running = 0;

  if (!context || n > SESSION_SIDES_MAX)
    return STATUS_ENVIRONMENT;
  uint64_t round = tenon_context_round(context);
  for (size_t i = 0; i < n; i++) {
    all[i] = make(cli, &sides[i], round, &visits);
    sides[i].failed = all[i] ? start(all[i]) : STATUS_ENVIRONMENT;
    if (!sides[i].failed)
      running[n_running++] = all[i];
  }
  loop(running, n_running, context);
  visits_clear(&visits);
  for (size_t i = 0; i < n; i++) {
    if (all[i] && !sides[i].failed) {
      if (sides[i].job->planned && all[i]->seats[0].status >= 0 && !all[i]->cancelled)
        session_act(all[i]);
      session_secrets_end(all[i]);
      sides[i].status = status_of(all[i]);
    }
    if (all[i])
      finish(all[i]);
  }
  return 0;
}

int
session_run(struct cli *cli, struct connection *c, const struct session_job *job,
            tenon_status *ret_status)
{
  struct session_side side = {.connection = c, .job = job};
  int status = session_run_all(cli, &side, 1);

  status = status ? status : side.failed;
  if (status == 0)
    *ret_status = side.status;
  return status;
}
