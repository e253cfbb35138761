// SPDX-License-Identifier: Apache-2.0
/* How a worker comes to its end, and what is said then. A deadline: cancel, 2 s, SIGTERM, 1 s, SIGKILL. The caller's
 * cancel and close: their time, then SIGKILL. A broken rule: SIGKILL. Whatever the way, the call under way gets its
 * finding, every subject that was with the worker gets a check, then come ENDED and DIED. */
#include "core/host/internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- what is said ---------------------------------------------------------------------------------------------- */

/* " in verify, in the check net.connect (Connection)" */
static void
say_where(const tenon_worker *w, char *ret, size_t size)
{
  const struct call *c = &w->call;

  if (w->state == WORKER_STARTING)
    (void)snprintf(ret, size, " while it was loaded");
  else if (w->ending == ENDING_CLOSE)
    (void)snprintf(ret, size, " while it closed");
  else if (!c->hook)
    (void)snprintf(ret, size, " between two calls");
  else
    (void)snprintf(ret, size, " in %s%s%s", hook_name(c->hook),
                   c->begun[0] ? ", in the check " : "", c->begun);
}

static void
finding_crashed(struct finding *f, const tenon_worker *w, const char *how)
{
  char where[HOST_BEGUN_MAX + 64];
  bool words = w->last_words[0] != '\0';

  *f = (struct finding){
      .id = "plugin.crashed", .cause = TENON_E_CRASHED, .title = "The plugin crashed"};
  say_where(w, where, sizeof where);
  finding_say(f, "The plugin %s (%s) %s%s.%s%s", w->id, w->path, how, where,
              words ? " Its last words: " : "", w->last_words);
  finding_blame(f, w);
}

void
finding_timeout(struct finding *f, const tenon_worker *w)
{
  const struct call *c = &w->call;
  char where[HOST_BEGUN_MAX + 64];
  int64_t limit = c->stalled ? w->ctx->times.progress : c->patience_ns;

  *f = (struct finding){.id = "plugin.timeout",
                        .cause = TENON_E_TIMEOUT,
                        .title = "The plugin did not finish in time"};
  say_where(w, where, sizeof where);
  if (w->state == WORKER_STARTING)
    limit = w->ctx->times.load;
  if (c->full)
    finding_say(f,
                "The plugin %s (%s) did not stop when it was told that its results are enough%s.",
                w->id, w->path, where);
  else
    finding_say(f, "The plugin %s (%s) %s %" PRId64 ".%" PRId64 " s%s.", w->id, w->path,
                c->stalled ? "had no result for" : "did not finish within", limit / NS_PER_S,
                limit % NS_PER_S / (NS_PER_S / 10), where);
  finding_mend(f,
               "Try again; when it happens again, raise the field \"timeout\" where the form has "
               "it, or report this to the plugin's vendor.");
}

void
finding_untested(struct finding *f, tenon_status cause)
{
  bool cancelled = cause == TENON_E_CANCELLED;

  *f = (struct finding){.id = "subject.untested", .cause = cause, .title = "Not tested"};
  finding_say(f, cancelled ? "The run was cancelled before this one was tested."
                           : "The plugin gave up before this one was tested.");
  finding_mend(f, cancelled ? "Run it again for those that are left."
                            : "Mend what the failed checks of this run name, and run it again.");
}

/* ---- the end --------------------------------------------------------------------------------------------------- */

void
worker_die(tenon_worker *w, const struct finding *f, tenon_status status)
{
  tenon_event died = {.kind = TENON_EVENT_DIED};
  struct finding untested;

  if (w->state == WORKER_DEAD)
    return;
  w->state = WORKER_DEAD;
  w->due = 0;
  worker_release(w, 0);
  wire_queue_finish(&w->queue);
  paths_finish(w);
  if (f)
    emit_finding(w, f, NULL);
  else
    finding_untested(&untested, status);
  subjects_tell(w, f ? f : &untested);
  call_end(w, status);
  browser_end(w);
  gate_end(w);
  signin_end(w, NULL);
  emit(w, &died);
}

void
worker_broke(tenon_worker *w, const char *rule, const char *fmt, ...)
{
  struct finding f = {
      .id = "plugin.protocol",
      .cause = TENON_E_PROTOCOL,
      .title = "The plugin broke the rules",
      .rule = rule,
  };
  char what[HOST_ERROR_MAX / 2], where[HOST_BEGUN_MAX + 64];
  va_list ap;

  va_start(ap, fmt);
  (void)vsnprintf(what, sizeof what, fmt, ap);
  va_end(ap);
  say_where(w, where, sizeof where);
  finding_say(&f, "The plugin %s (%s) was stopped%s: it %s%s%s%s.", w->id, w->path, where, what,
              rule ? " (" : "", rule ? rule : "", rule ? ")" : "");
  finding_blame(&f, w);
  worker_die(w, &f, TENON_E_PROTOCOL);
}

static void
die_of_time(tenon_worker *w)
{
  struct finding f;

  finding_timeout(&f, w);
  worker_die(w, &f, TENON_E_TIMEOUT);
}

void
worker_exited(tenon_worker *w)
{
  struct finding f;
  char how[128];
  bool clean;

  reap_kill_rest(w);
  worker_drain(w);
  output_read(w, &w->out);
  output_read(w, &w->err);
  output_finish(w, &w->err);
  if (w->state == WORKER_DEAD || w->destroyed)
    return;
  clean = reap_status(w, how, sizeof how);
  if (w->ending == ENDING_TERM) {
    die_of_time(w);
  } else if (w->ending == ENDING_CLOSE && clean) {
    worker_die(w, NULL, TENON_E_CANCELLED);
  } else {
    finding_crashed(&f, w, how);
    worker_die(w, &f, TENON_E_CRASHED);
  }
}

/* Usually the process ends in this very moment; then its status says more. */
void
worker_eof(tenon_worker *w)
{
  loop_remove(w->ctx, &w->socket);
  if (w->ending == ENDING_CLOSE || w->ending == ENDING_TERM)
    return;
  w->ending = ENDING_EOF;
  w->due = clock_now_ns() + w->ctx->times.eof;
}

/* ---- time ------------------------------------------------------------------------------------------------------ */

static int64_t
earlier(int64_t a, int64_t b)
{
  return !a || (b && b < a) ? b : a;
}

int64_t
worker_due(const tenon_worker *w)
{
  const struct call *c = &w->call;
  int64_t due = w->due;

  if (w->state == WORKER_DEAD || w->destroyed)
    return 0;
  if (c->subjects.pull)
    return 1;
  due = earlier(due, browser_due(w));
  if (w->ending != ENDING_NONE)
    return due;
  for (size_t i = 0; i < c->n_tickets; i++)
    due = earlier(due, c->tickets[i].expires_ns);
  return c->paused_ns ? due : earlier(earlier(due, c->deadline_ns), c->progress_ns);
}

/* `due` has come. */
static void
end_comes(tenon_worker *w, int64_t now)
{
  switch (w->ending) {
  case ENDING_NONE:
  case ENDING_TERM: die_of_time(w); break;
  case ENDING_SOFT:
    reap_terminate(w);
    w->ending = ENDING_TERM;
    w->due = now + w->ctx->times.term;
    break;
  case ENDING_CANCEL:
    host_log(w->ctx, TENON_LOG_WARN, w->id, "did not stop when it was cancelled and was ended");
    worker_die(w, NULL, TENON_E_CANCELLED);
    break;
  case ENDING_CLOSE:
    host_log(w->ctx, TENON_LOG_WARN, w->id, "did not close in time and was ended");
    worker_die(w, NULL, TENON_E_CANCELLED);
    break;
  case ENDING_EOF: worker_broke(w, NULL, "closed its connection to the host"); break;
  }
}

void
worker_overdue(tenon_worker *w, int64_t now)
{
  struct call *c = &w->call;

  browser_overdue(w, now);
  if (c->subjects.pull) {
    subjects_grant(w);
    return;
  }
  if (w->due && w->due <= now) {
    end_comes(w, now);
    return;
  }
  tickets_expire(w, now);
  if (w->destroyed || w->ending != ENDING_NONE || c->paused_ns)
    return;
  c->stalled = c->progress_ns && c->progress_ns <= now;
  if (!c->stalled && !(c->deadline_ns && c->deadline_ns <= now))
    return;
  call_cancel(w);
  w->ending = ENDING_SOFT;
  w->due = now + w->ctx->times.soft;
}
