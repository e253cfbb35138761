// SPDX-License-Identifier: Apache-2.0
/* Starting hooks, and what runs beside one: its deadline, its questions, its cancel. */
#include "core/host/internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/module/rules.h"

int64_t
hook_patience(const tenon_context *ctx, uint32_t hook)
{
  switch (hook) {
  case HOOK_OPEN: return ctx->times.open;
  case HOOK_VERIFY: return ctx->times.verify;
  case HOOK_SUGGEST: return ctx->times.suggest;
  case HOOK_CONFIGURE: return ctx->times.configure;
  default: return 0;
  }
}

/* ---- time ------------------------------------------------------------------------------------------------------ */

void
call_pause(tenon_worker *w)
{
  if (w->call.hook && !w->call.paused_ns)
    w->call.paused_ns = clock_now_ns();
}

void
call_resume(tenon_worker *w)
{
  struct call *c = &w->call;
  int64_t stood;

  if (!c->paused_ns || c->n_tickets || signin_waits(w) || gate_waits(w))
    return;
  stood = clock_now_ns() - c->paused_ns;
  c->paused_ns = 0;
  if (c->deadline_ns)
    c->deadline_ns += stood;
  if (c->progress_ns)
    c->progress_ns += stood;
}

static const struct ticket *
find_expired(const struct call *c, int64_t now)
{
  for (size_t i = 0; i < c->n_tickets; i++)
    if (c->tickets[i].expires_ns && c->tickets[i].expires_ns <= now)
      return &c->tickets[i];
  return NULL;
}

/* Whatever the plugin does about it, they leave the screen. */
void
tickets_expire(tenon_worker *w, int64_t now)
{
  for (const struct ticket *t; (t = find_expired(&w->call, now));) {
    tenon_event gone = {.kind = TENON_EVENT_WITHDRAWN, .call = w->call.number, .ticket = t->number};
    (void)ticket_close(w, t->number);
    emit(w, &gone);
  }
}

void
call_progress(tenon_worker *w, int64_t extra_ns)
{
  struct call *c = &w->call;

  if (c->hook != HOOK_BROWSE && c->hook != HOOK_IMPERSONATE)
    return;
  if (extra_ns > w->ctx->times.backoff)
    extra_ns = w->ctx->times.backoff;
  c->progress_ns = clock_now_ns() + w->ctx->times.progress + extra_ns;
}

/* ---- start and end --------------------------------------------------------------------------------------------- */

int
call_may_start(tenon_worker *w, uint32_t hook)
{
  tenon_context *ctx = w->ctx;

  if (w->state == WORKER_DEAD || w->socket.fd < 0 || w->ending != ENDING_NONE)
    return context_fail(ctx, -EPIPE, "The worker of %s is gone.", w->id);
  if (w->call.hook)
    return context_fail(ctx, -EBUSY, "The worker of %s runs %s; wait for it or cancel it.", w->id,
                        hook_name(w->call.hook));
  if (hook != HOOK_OPEN && w->connector && !(w->connector->hooks & hook))
    return context_fail(ctx, -ENOTSUP, "%s has no %s.", w->id, hook_name(hook));
  return 0;
}

/* Without a number of the program's, open and verify begin a round; what else is asked of the session stays in it. */
static uint64_t
round_of(tenon_worker *w, uint32_t hook)
{
  if (w->round)
    return w->round;
  if (hook == HOOK_OPEN || hook == HOOK_VERIFY || !w->own_round)
    w->own_round = ++w->ctx->last_round;
  return w->own_round;
}

/* Milliseconds for the wire. */
int64_t
call_begin(tenon_worker *w, uint32_t hook, int64_t patience_ns)
{
  struct call *c = &w->call;

  if (patience_ns <= 0)
    patience_ns = hook_patience(w->ctx, hook);
  *c = (struct call){.number = ++w->ctx->last_call, .hook = hook, .patience_ns = patience_ns};
  w->last_call = c->number;
  c->round = round_of(w, hook);
  if (patience_ns)
    c->deadline_ns = clock_now_ns() + patience_ns + w->ctx->times.slack;
  call_progress(w, 0);
  if (w->state == WORKER_STARTING)
    call_pause(w); /* loading has its own time */
  return (patience_ns + NS_PER_MS - 1) / NS_PER_MS;
}

/* The line of a call is on its way; when it could not be made, there was no call. */
int
call_begun(tenon_worker *w, uint64_t *ret_call)
{
  int err = send_finish(w);

  if (err) {
    w->call = (struct call){0};
    return context_fail(w->ctx, err, "%s: the call cannot be sent: %s.", w->id, strerror(-err));
  }
  if (ret_call)
    *ret_call = w->call.number;
  return 0;
}

void
call_remember_check(struct call *c, const char *id, const char *title)
{
  size_t len;

  (void)snprintf(c->begun, sizeof c->begun, "%s (%s)", id, title);
  len = strlen(c->begun);
  c->begun[utf8_cut(c->begun, len, len)] = '\0';
}

void
call_full(tenon_worker *w, const char *what, unsigned max)
{
  struct call *c = &w->call;

  if (c->full || c->cancelled || w->ending != ENDING_NONE)
    return;
  c->full = true;
  host_log(w->ctx, TENON_LOG_WARN, w->id, "%s: only the first %u %s are taken", hook_name(c->hook),
           max, what);
  call_cancel(w);
  w->ending = ENDING_SOFT;
  w->due = clock_now_ns() + w->ctx->times.soft;
}

/* Subjects that the hook left open. */
static void
tell_untested(tenon_worker *w, tenon_status cause)
{
  struct finding f;

  finding_untested(&f, cause);
  subjects_tell(w, &f);
}

static void
returned_late(tenon_worker *w)
{
  struct finding f;

  finding_timeout(&f, w);
  if (!w->call.said_timeout)
    emit_finding(w, &f, NULL);
  subjects_tell(w, &f);
  call_end(w, TENON_E_TIMEOUT);
}

void
call_returned(tenon_worker *w, tenon_status status)
{
  struct call *c = &w->call;
  bool late = w->ending == ENDING_SOFT && !c->full;
  const struct subjects *s = &c->subjects;

  if (w->ending == ENDING_TERM)
    return; /* SIGTERM is on its way: the end of the process ends the call */
  if (w->ending == ENDING_SOFT || w->ending == ENDING_CANCEL) {
    w->ending = ENDING_NONE;
    w->due = 0;
  }
  if (c->cancelled) {
    tell_untested(w, TENON_E_CANCELLED);
    call_end(w, TENON_E_CANCELLED);
  } else if (late) {
    returned_late(w);
  } else if (c->full) {
    call_end(w, status == TENON_E_CANCELLED ? TENON_OK : status);
  } else if (c->hook == HOOK_IMPERSONATE && status == TENON_OK && (s->n || !s->ended)) {
    worker_broke(w, TR_SUBJECT_OPEN, "returned from impersonate %s",
                 s->n ? "with subjects open" : "before its last subject");
  } else {
    tell_untested(w, status);
    call_end(w, status);
  }
}

void
call_end(tenon_worker *w, tenon_status status)
{
  tenon_event ev = {.kind = TENON_EVENT_ENDED, .call = w->call.number, .status = status};

  if (!w->call.hook)
    return;
  browser_end(w);
  gate_end(w);
  signin_end(w, NULL);
  for (size_t i = 0; i < w->call.n_tickets; i++) {
    tenon_event gone = {.kind = TENON_EVENT_WITHDRAWN, .call = w->call.number};
    gone.ticket = w->call.tickets[i].number;
    emit(w, &gone);
  }
  subjects_finish(&w->call.subjects);
  w->call = (struct call){.log_bytes = w->call.log_bytes};
  /* The program may have cancelled from one of the last events: there is nothing left to end. */
  if (w->state != WORKER_DEAD && (w->ending == ENDING_CANCEL || w->ending == ENDING_SOFT)) {
    w->ending = ENDING_NONE;
    w->due = 0;
  }
  emit(w, &ev);
}

int
tenon_worker_verify(tenon_worker *w, int64_t deadline_ns, uint64_t *ret_call)
{
  int err = call_may_start(w, HOOK_VERIFY);

  if (err)
    return err;
  deadline_ns = call_begin(w, HOOK_VERIFY, deadline_ns);
  wire_put_verify(send_start(w), w->call.number, deadline_ns);
  return call_begun(w, ret_call);
}

int
tenon_worker_suggest(tenon_worker *w, const char *page, int64_t deadline_ns, uint64_t *ret_call)
{
  int err = call_may_start(w, HOOK_SUGGEST);

  if (err)
    return err;
  deadline_ns = call_begin(w, HOOK_SUGGEST, deadline_ns);
  wire_put_suggest(send_start(w), w->call.number, page, deadline_ns);
  return call_begun(w, ret_call);
}

int
tenon_worker_browse(tenon_worker *w, const char *what, const char *typed, uint64_t *ret_call)
{
  int err = call_may_start(w, HOOK_BROWSE);

  if (err)
    return err;
  (void)call_begin(w, HOOK_BROWSE, 0);
  wire_put_browse(send_start(w), w->call.number, what, typed ? typed : "");
  return call_begun(w, ret_call);
}

int
tenon_worker_configure(tenon_worker *w, uint32_t phase, const tenon_step *const *steps,
                       int64_t deadline_ns, uint64_t *ret_call)
{
  int err = call_may_start(w, HOOK_CONFIGURE);

  if (err)
    return err;
  deadline_ns = call_begin(w, HOOK_CONFIGURE, deadline_ns);
  wire_put_configure(send_start(w), w->call.number, phase, steps, deadline_ns);
  return call_begun(w, ret_call);
}

int
tenon_worker_impersonate(tenon_worker *w, uint32_t jobs, tenon_next_subject next, void *user,
                         uint64_t *ret_call)
{
  int err = call_may_start(w, HOOK_IMPERSONATE);

  if (!err && (jobs < 1 || jobs > WIRE_JOBS_MAX || !next))
    err = context_fail(w->ctx, -EINVAL, "Impersonate takes 1 to %u jobs.", WIRE_JOBS_MAX);
  if (err)
    return err;
  (void)call_begin(w, HOOK_IMPERSONATE, 0);
  w->call.subjects.next = next;
  w->call.subjects.user = user;
  w->call.subjects.window = 2 * jobs < WIRE_WINDOW_MIN ? WIRE_WINDOW_MIN : 2 * jobs;
  _Static_assert(2 * WIRE_JOBS_MAX <= WIRE_WINDOW_MAX, "any number of jobs has its window");
  w->call.subjects.pull = true;
  wire_put_impersonate(send_start(w), w->call.number, jobs);
  return call_begun(w, ret_call);
}

/* ---- cancel and answer ----------------------------------------------------------------------------------------- */

void
call_cancel(tenon_worker *w)
{
  wire_put_cancel(send_start(w), w->call.number);
  (void)send_finish(w);
}

void
tenon_worker_cancel(tenon_worker *w)
{
  if (w->state == WORKER_DEAD || !w->call.hook || w->call.cancelled)
    return;
  w->call.cancelled = true;
  call_cancel(w);
  if (w->ending == ENDING_EOF || w->ending == ENDING_TERM)
    return;
  w->ending = ENDING_CANCEL;
  w->due = clock_now_ns() + w->ctx->times.cancel;
}

static struct ticket *
find_ticket(struct call *c, uint64_t number)
{
  for (size_t i = 0; i < c->n_tickets; i++)
    if (c->tickets[i].number == number)
      return &c->tickets[i];
  return NULL;
}

bool
ticket_close(tenon_worker *w, uint64_t number)
{
  struct ticket *t = find_ticket(&w->call, number);

  if (!t)
    return false;
  *t = w->call.tickets[--w->call.n_tickets];
  call_resume(w);
  return true;
}

int
tenon_worker_answer(tenon_worker *w, uint64_t number, tenon_text text, uint32_t declined)
{
  struct ticket *t = find_ticket(&w->call, number);
  int err;

  if (!t)
    return context_fail(w->ctx, -ENOENT, "The question is not on the screen any more.");
  if (text.ptr && t->secret && (text.len > WIRE_SECRET_MAX || learn(w, text.ptr, text.len) != 0))
    return context_fail(w->ctx, -EMSGSIZE, "The answer is longer than %u bytes.", WIRE_SECRET_MAX);
  wire_put_answer(send_start(w), number, text, t->secret, declined != 0);
  err = send_finish(w);
  if (err)
    return context_fail(w->ctx, err, "%s: the answer cannot be sent: %s.", w->id, strerror(-err));
  if (text.ptr && !declined)
    w->call.answers++;
  (void)ticket_close(w, number);
  return 0;
}
