// SPDX-License-Identifier: Apache-2.0
/* See harness.h. */
#include "tests/host/harness.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/model/names.h"

static void
on_log(void *user, int32_t level, const char *plugin, const char *text)
{
  struct bench *b = user;

  buf_printf(&b->log, "%s %s %s\n", log_level_name(level), plugin ? plugin : "-", text);
}

static void
saw_check(struct bench *b, const tenon_event *ev)
{
  const tenon_check *c = ev->check;

  b->checks++;
  b->fails += c->state == TENON_FAIL;
  b->with_subject += c->subject != NULL;
  if ((strncmp(c->id, "plugin.", 7) == 0) && !c->subject) {
    b->findings++;
    (void)snprintf(b->finding, sizeof b->finding, "%s: %s | %s", c->id, c->detail ? c->detail : "",
                   c->remedy ? c->remedy : "");
  }
  if (!b->quiet)
    buf_printf(&b->events, "check %s %s%s%s\n", state_name(c->state), c->id, c->subject ? " " : "",
               c->subject ? c->subject : "");
}

static void
saw_value(struct bench *b, const tenon_event *ev)
{
  switch (ev->kind) {
  case TENON_EVENT_OFFER:
    b->offers++;
    if (!b->quiet)
      buf_printf(&b->events, "offer %s\n", ev->offer->value);
    break;
  case TENON_EVENT_PATCH:
    buf_printf(&b->events, "patch %s=%s\n", ev->id, ev->text.ptr ? ev->text.ptr : "(unset)");
    break;
  case TENON_EVENT_STEP:
    b->steps++;
    buf_printf(&b->events, "step %s %s\n", ev->id, step_state_name(ev->step->state));
    break;
  case TENON_EVENT_KEEP:
    (void)snprintf(b->kept, sizeof b->kept, "%.*s", (int)ev->text.len, ev->text.ptr);
    buf_printf(&b->events, "keep %s\n", ev->id);
    break;
  default: break;
  }
}

static void
saw_other(struct bench *b, const tenon_event *ev)
{
  switch (ev->kind) {
  case TENON_EVENT_READY: buf_printf(&b->events, "ready %s\n", ev->id); break;
  case TENON_EVENT_BEGAN:
    if (!b->quiet)
      buf_printf(&b->events, "began %s\n", ev->id);
    break;
  case TENON_EVENT_ASK:
    b->ticket = ev->ticket;
    buf_printf(&b->events, "ask %s\n", ev->id);
    break;
  case TENON_EVENT_WITHDRAWN: buf_printf(&b->events, "withdrawn\n"); break;
  case TENON_EVENT_ENDED:
    b->ended++;
    b->status = ev->status;
    buf_printf(&b->events, "ended %s\n", cause_name(ev->status));
    break;
  case TENON_EVENT_DIED:
    b->died++;
    buf_printf(&b->events, "died\n");
    break;
  default: saw_value(b, ev); break;
  }
}

static void
on_event(void *user, tenon_worker *w, const tenon_event *ev)
{
  struct bench *b = user;

  (void)w;
  if (ev->kind == TENON_EVENT_CHECK)
    saw_check(b, ev);
  else
    saw_other(b, ev);
  if (b->hook)
    b->hook(b, ev);
}

bool
bench_in_process(void)
{
  return getenv("TENON_TEST_IN_PROCESS") != NULL;
}

void
bench_init(struct bench *b, const char *libexec)
{
  static const char *const dirs[] = {TENON_TEST_BUILD "/tests/host", NULL};
  tenon_context_options o = {
      .size = sizeof o,
      .flags = bench_in_process() ? TENON_IN_PROCESS : 0,
      .libexec_dir = libexec ? libexec : TENON_TEST_BUILD "/core/worker",
      .plugin_dirs = dirs,
      .log = on_log,
      .log_user = b,
  };

  *b = (struct bench){.events = BUF_INIT(1u << 24), .log = BUF_INIT(1u << 24)};
  ck_assert_int_eq(tenon_context_create(&o, &b->ctx), 0);
}

void
bench_finish(struct bench *b)
{
  tenon_context_destroy(b->ctx);
  buf_finish(&b->events);
  buf_finish(&b->log);
}

tenon_worker *
bench_second(struct bench *b, const char *connector)
{
  tenon_worker *w = NULL;
  int err = tenon_worker_create(b->ctx, connector, on_event, b, &w);

  ck_assert_msg(err == 0, "%s: %d %s", connector, err, tenon_context_error(b->ctx));
  return w;
}

void
bench_worker(struct bench *b, const char *connector)
{
  b->worker = bench_second(b, connector);
}

void
bench_clear(struct bench *b)
{
  buf_clear(&b->events);
  b->checks = b->findings = b->ended = b->died = b->with_subject = b->fails = b->offers = b->steps =
      0;
}

static void
run_until(struct bench *b, const unsigned *count, unsigned wanted)
{
  int64_t until = clock_now_ns() + BENCH_MS * NS_PER_MS;

  while (*count < wanted && clock_now_ns() < until) {
    if (count != &b->died && b->died)
      break;
    ck_assert_int_ge(tenon_context_run(b->ctx, 1000), 0);
  }
  ck_assert_msg(*count >= wanted || b->died, "waited in vain; events so far:\n%s\nlog:\n%s",
                buf_text(&b->events), buf_text(&b->log));
}

void
bench_wait(struct bench *b, unsigned ended)
{
  run_until(b, &b->ended, ended);
}

void
bench_wait_died(struct bench *b)
{
  run_until(b, &b->died, 1);
  ck_assert_uint_eq(b->died, 1);
}

static size_t
take_answers(const char *const *answers, bool secret, tenon_pair *ret)
{
  static char keys[2][16][64];
  size_t n = 0;

  for (; *answers; answers++) {
    const char *text = *answers + (**answers == '!'), *equals = strchr(text, '=');
    if ((**answers == '!') != secret)
      continue;
    (void)snprintf(keys[secret][n], 64, "%.*s", (int)(equals - text), text);
    ret[n] = (tenon_pair){keys[secret][n], {equals + 1, strlen(equals + 1)}};
    n++;
  }
  return n;
}

void
bench_open(struct bench *b, const char *const *answers)
{
  tenon_pair values[16], secrets[16];
  tenon_settings s = {
      .size = sizeof s, .flags = TENON_ANSWERS, .values = values, .secrets = secrets};
  unsigned ended = b->ended;

  s.n_values = take_answers(answers, false, values);
  s.n_secrets = take_answers(answers, true, secrets);
  s.connection = "bench";
  ck_assert_int_eq(tenon_worker_open(b->worker, &s, 0, NULL), 0);
  bench_wait(b, ended + 1);
}

bool
bench_saw(const struct bench *b, const char *line)
{
  const char *at = buf_text(&b->events);
  size_t len = strlen(line);

  while ((at = strstr(at, line)) != NULL) {
    if ((at == b->events.ptr || at[-1] == '\n') && at[len] == '\n')
      return true;
    at += len;
  }
  return false;
}
