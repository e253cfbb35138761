// SPDX-License-Identifier: Apache-2.0
/* Making a message: on a thread of its own, because libkrb5 may ask the KDC. One at a time for each login, so that the
 * lanes of a bulk run ask once; the others find what the first one got. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>

#include <openssl/evp.h>

#include "core/base/clock.h"
#include "core/http/channel.h"
#include "core/http/inside.h"
#include "core/secret/memory.h"

/* ---- on the thread ---- */

static void
make_message(struct channel_step *step)
{
  login_acquire(step->login, &step->outcome);
  step->acquired = step->outcome.fault == TENON_HTTP_SIGNIN_OK;
  if (step->acquired)
    talk_step(step->talk, step->login, step->in, step->n_in, &step->out, &step->outcome);
}

/* A credential that was got long ago may have run out: the password or the keytab gets another one. */
static void
run(void *work)
{
  struct channel_step *step = work;
  int64_t from = clock_now_ns();
  bool old = step->login->cred != GSS_C_NO_CREDENTIAL;
  login_leaks_begin(step->login->mech);
  make_message(step);
  if (old && step->outcome.fault == TENON_HTTP_SIGNIN_TICKET_EXPIRED) {
    login_retire(step->login);
    make_message(step);
  }
  login_leaks_end(step->login->mech);
  step->took_ns = clock_now_ns() - from;
}

static void
destroy(void *work)
{
  channel_step_destroy(work);
}

void
channel_step_destroy(struct channel_step *step)
{
  OM_uint32 minor;
  if (!step)
    return;
  talk_destroy(step->talk);
  login_unref(step->login);
  if (step->out.value)
    secret_memory_wipe(step->out.value, step->out.length);
  (void)gss_release_buffer(&minor, &step->out);
  free(step->in);
  free(step);
}

/* ---- on ours ---- */

static void
set_timer(tenon_http_channel *ch, int64_t ns)
{
  struct itimerspec when = {.it_value = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S}};
  (void)timerfd_settime(ch->timer_fd, 0, &when, NULL);
}

static void start(tenon_http_channel *ch);

/* The login is free: whoever waits for it is next. */
static void
start_next(struct http_service *s, const struct login *login)
{
  for (tenon_http_channel *ch = s->channels; ch && !login->busy; ch = ch->next)
    if (ch->login == login && ch->step && !ch->errand)
      start(ch);
}

static void
on_back(void *user)
{
  tenon_http_channel *ch = user;
  struct http_service *s = ch->service;
  if (!errand_is_back(ch->errand))
    return; /* an event of one that had the same number before */
  struct channel_step *step = TAKE_PTR(ch->step);
  pump_unwatch(&s->pump, errand_fd(ch->errand));
  errand_finish(TAKE_PTR(ch->errand));
  set_timer(ch, 0);
  struct login *login = login_ref(step->login);
  login->busy = NULL;
  channel_stepped(ch->busy, step);
  start_next(s, login);
  login_unref(login);
}

static void
fail(tenon_http_channel *ch, const char *reason)
{
  struct channel_step *step = TAKE_PTR(ch->step);
  step->outcome.fault = TENON_HTTP_SIGNIN_OTHER;
  (void)snprintf(step->outcome.reason, sizeof step->outcome.reason, "%s", reason);
  channel_stepped(ch->busy, step);
}

/* The one before may have been refused while this one waited for the login. */
static bool
gate_closed(tenon_http_channel *ch)
{
  struct transaction *t = ch->busy;
  if (ch->scheme->mech != LOGIN_KERBEROS || !gate_visiting(&t->visit))
    return false;
  enum gate_word word = gate_send(t->service->gate, &t->visit);
  if (word == GATE_GO)
    return false;
  set_timer(ch, 0);
  ch->talk = TAKE_PTR(ch->step->talk);
  channel_step_destroy(TAKE_PTR(ch->step));
  transaction_admit(t, word);
  return true;
}

static void
start(tenon_http_channel *ch)
{
  if (gate_closed(ch))
    return;
  ch->errand = errand_start(run, destroy, ch->step);
  if (!ch->errand) {
    fail(ch, errno == EAGAIN ? "too many calls of the Kerberos library still wait for a KDC"
                             : "there is no memory for a thread");
    return;
  }
  if (!pump_watch(&ch->service->pump, errand_fd(ch->errand), on_back, ch)) {
    errand_abandon(TAKE_PTR(ch->errand));
    ch->step = NULL;
    channel_renew_login(ch);
    channel_refuse(ch->busy, TENON_HTTP_SIGNIN_OTHER, "memory is out");
    return;
  }
  ch->login->busy = ch;
}

void
channel_step_late(void *user)
{
  tenon_http_channel *ch = user;
  uint64_t times;
  char reason[128];
  (void)!read(ch->timer_fd, &times, sizeof times);
  struct transaction *t = ch->busy;
  if (!t || t->state != TRANSACTION_SIGNING)
    return;
  (void)snprintf(reason, sizeof reason, "the Kerberos library had no answer within %.3g s",
                 (double)(clock_now_ns() - t->started_ns) / NS_PER_S);
  channel_step_abandon(ch);
  channel_refuse(t, TENON_HTTP_SIGNIN_NO_KDC, reason);
}

void
channel_step(struct transaction *t, const char *token, size_t n)
{
  tenon_http_channel *ch = t->channel;
  struct channel_step *step = calloc(1, sizeof *step);
  if (step && n > 0) {
    step->in = malloc(n + 1);
    if (step->in)
      memcpy(step->in, token, n);
  }
  if (!step || (n > 0 && !step->in)) {
    free(step);
    channel_refuse(t, TENON_HTTP_SIGNIN_OTHER, "memory is out");
    return;
  }
  step->n_in = n;
  step->login = login_ref(ch->login);
  step->talk = TAKE_PTR(ch->talk);
  ch->step = step;
  t->state = TRANSACTION_SIGNING;
  int64_t left = transaction_time_left_ns(t);
  set_timer(ch, left > 0 ? left : 1);
  if (!ch->login->busy)
    start(ch);
}

void
channel_step_abandon(tenon_http_channel *ch)
{
  set_timer(ch, 0);
  if (!ch->errand) {
    channel_step_destroy(TAKE_PTR(ch->step));
    return;
  }
  pump_unwatch(&ch->service->pump, errand_fd(ch->errand));
  ch->step = NULL;
  errand_abandon(TAKE_PTR(ch->errand));
  channel_renew_login(ch);
}

/* The thread that was left behind may hold the login's locks for as long as the KDC keeps silent. */
void
channel_renew_login(tenon_http_channel *ch)
{
  struct http_service *s = ch->service;
  struct login *old = ch->login, *fresh = login_renew(old);
  struct login **at = &s->logins;
  while (*at && *at != old)
    at = &(*at)->next;
  if (*at) {
    *at = old->next;
    login_unref(old);
  }
  if (!fresh)
    return; /* no memory: what comes fails by itself, `busy` stays */
  fresh->next = s->logins;
  s->logins = fresh;
  for (tenon_http_channel *other = s->channels; other; other = other->next) {
    if (other->login != old)
      continue;
    other->login = login_ref(fresh);
    if (other->step && !other->errand) {
      login_unref(other->step->login);
      other->step->login = login_ref(fresh);
    }
    login_unref(old);
  }
  start_next(s, fresh);
}
