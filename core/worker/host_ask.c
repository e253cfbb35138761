// SPDX-License-Identifier: Apache-2.0
/* Questions: a ticket at once, the answer later, beside the network. A question has no default. */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/utf8.h"
#include "core/module/grammar.h"
#include "core/module/rules.h"
#include "core/worker/state.h"

#define ASK_FLOOR   (offsetof(tenon_ask, expires_ns) + sizeof(int64_t))
#define CHOICES_MAX 64u

static struct worker *
worker_of(const tenon_host *h)
{
  return ((const struct worker_table *)h)->w;
}

static struct worker_ticket *
find_ticket(struct worker *w, uint64_t id)
{
  for (size_t i = 0; id != 0 && i < WORKER_TICKETS_MAX; i++)
    if (w->tickets[i].state != TICKET_FREE && w->tickets[i].id == id)
      return &w->tickets[i];
  return NULL;
}

/* A text of the question, clean and lent until the hook returns. False: it is no text. */
static bool
clean(struct worker *w, const char **text)
{
  CLEANUP_FREE char *copy = NULL;
  if (!*text)
    return true;
  size_t n = strnlen(*text, WORKER_ASK_MAX + 1);
  if (n > WORKER_ASK_MAX || !utf8_printable(*text, n))
    return false;
  *text = arena_text(&w->call_arena, worker_scrub(w, *text, &copy));
  return *text != NULL;
}

static bool
clean_choices(struct worker *w, tenon_ask *a)
{
  size_t n = 0;
  while (a->choices && n <= CHOICES_MAX && a->choices[n].value)
    n++;
  if (n > CHOICES_MAX || (a->kind == TENON_ASK_CHOICE && n == 0))
    return false;
  tenon_choice *list = arena_alloc(&w->call_arena, (n + 1) * sizeof *list);
  for (size_t i = 0; list && i < n; i++) {
    list[i] = a->choices[i];
    if (!clean(w, &list[i].value) || !clean(w, &list[i].label) || !clean(w, &list[i].help))
      return false;
  }
  a->choices = n > 0 ? list : NULL;
  return list != NULL;
}

static bool
read_ask(struct worker *w, const tenon_ask *theirs, tenon_ask *a)
{
  if (!theirs || theirs->size < ASK_FLOOR || theirs->size > TENON_STRUCT_SIZE_MAX)
    return false;
  memcpy(a, theirs, theirs->size < sizeof *a ? theirs->size : sizeof *a);
  a->size = sizeof *a;
  return a->id && grammar_check_id(a->id) && a->title && *a->title && clean(w, &a->title) &&
         clean(w, &a->body) && clean(w, &a->url) && clean(w, &a->code) && clean_choices(w, a);
}

static bool
is_listed(const struct worker *w, const char *id)
{
  for (const char *const *p = w->connector->d.asks; p && *p; p++)
    if (strcmp(*p, id) == 0)
      return true;
  return false;
}

static uint64_t
open_ticket(struct worker *w, int64_t expires)
{
  LOCK_FOR_SCOPE(&w->lock);
  for (size_t i = 0; i < WORKER_TICKETS_MAX; i++)
    if (w->tickets[i].state == TICKET_FREE) {
      w->tickets[i] =
          (struct worker_ticket){.id = ++w->last_ticket, .state = TICKET_OPEN, .expires = expires};
      worker_clock_stop(w);
      return w->last_ticket;
    }
  return 0;
}

tenon_status
worker_ask(const tenon_host *h, const tenon_call *c, const tenon_ask *theirs, uint64_t *ret)
{
  struct worker *w = worker_of(h);
  tenon_ask a = {0};
  size_t mark;

  (void)c;
  if (!ret || !read_ask(w, theirs, &a))
    return TENON_E_CONFIG;
  if (!is_listed(w, a.id))
    worker_log(w, TENON_LOG_WARN,
               "The question %s is not among the connector's asks (" TR_TICKETS ").", a.id);
  if (!w->interactive) {
    worker_log(w, TENON_LOG_WARN,
               "The question %s needs an answer, and nobody is there to give it.", a.id);
    return TENON_E_NOANSWER;
  }
  uint64_t ticket = open_ticket(w, a.expires_ns);
  if (ticket == 0)
    return TENON_E_NOMEM;
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_ask(b, w->call.id, ticket, &a, clock_now_ns());
  if (!worker_line_end(w, mark, true)) {
    worker_withdraw(h, ticket);
    return TENON_E_NOMEM;
  }
  *ret = ticket;
  return TENON_OK;
}

static void
close_ticket_locked(struct worker *w, struct worker_ticket *t)
{
  if (t->state == TICKET_OPEN)
    worker_clock_go(w);
  if (t->text)
    explicit_bzero(t->text, strlen(t->text));
  free(t->text);
  *t = (struct worker_ticket){0};
}

/* The answer as the plugin gets it; closes the ticket. */
static tenon_status
take_answer_locked(struct worker *w, struct worker_ticket *t, tenon_text *ret,
                   tenon_secret **ret_secret)
{
  tenon_status status = t->state == TICKET_DECLINED   ? TENON_E_CANCELLED
                        : t->state == TICKET_NOANSWER ? TENON_E_NOANSWER
                                                      : TENON_OK;
  if (status == TENON_OK && t->secret && ret_secret)
    *ret_secret = t->secret;
  if (status == TENON_OK && !t->secret && ret) {
    ret->ptr = arena_text(&w->call_arena, t->text ? t->text : "");
    ret->len = ret->ptr ? strlen(ret->ptr) : 0;
    status = ret->ptr ? TENON_OK : TENON_E_NOMEM;
  }
  if (status == TENON_OK)
    w->answers++;
  close_ticket_locked(w, t);
  return status;
}

static tenon_status
await_answer_locked(struct worker *w, struct worker_ticket *t, int64_t until, bool *ret_expired)
{
  while (t->state == TICKET_OPEN) {
    int64_t now = clock_now_ns();
    if (worker_call_over(w))
      return TENON_E_CANCELLED;
    if (t->expires != 0 && now >= t->expires) {
      t->state = TICKET_NOANSWER; /* and still the plugin's to withdraw */
      worker_clock_go(w);
      *ret_expired = true;
      return TENON_E_NOANSWER;
    }
    if (now >= until)
      return TENON_E_TRANSIENT;
    (void)worker_wait_locked(w, t->expires != 0 && t->expires < until ? t->expires : until);
  }
  return TENON_OK;
}

static tenon_status
await_answer(struct worker *w, uint64_t ticket, int64_t until, tenon_text *ret,
             tenon_secret **ret_secret, bool *ret_expired)
{
  LOCK_FOR_SCOPE(&w->lock);
  struct worker_ticket *t = find_ticket(w, ticket);
  if (!t)
    return TENON_E_CONFIG;
  tenon_status status = await_answer_locked(w, t, until, ret_expired);
  return status == TENON_OK ? take_answer_locked(w, t, ret, ret_secret) : status;
}

static void
say_withdrawn(struct worker *w, uint64_t ticket)
{
  size_t mark;
  struct buf *b = worker_line(w, &mark);
  (void)wire_put_withdrawn(b, ticket);
  (void)worker_line_end(w, mark, true);
}

tenon_status
worker_answer(const tenon_host *h, const tenon_call *c, uint64_t ticket, int64_t wait_ns,
              tenon_text *ret, tenon_secret **ret_secret)
{
  struct worker *w = worker_of(h);
  int64_t now = clock_now_ns();
  int64_t until = wait_ns <= 0 ? now : wait_ns < INT64_MAX - now ? now + wait_ns : INT64_MAX;
  bool expired = false;

  (void)c;
  tenon_status status = await_answer(w, ticket, until, ret, ret_secret, &expired);
  if (expired)
    say_withdrawn(w, ticket); /* before the plugin can ask anew: the host's clock may be behind */
  return status;
}

void
worker_withdraw(const tenon_host *h, uint64_t ticket)
{
  struct worker *w = worker_of(h);
  {
    LOCK_FOR_SCOPE(&w->lock);
    struct worker_ticket *t = find_ticket(w, ticket);
    if (!t)
      return;
    close_ticket_locked(w, t);
  }
  say_withdrawn(w, ticket);
}

bool
worker_answered(struct worker *w, const cJSON *message)
{
  int64_t ticket;
  if (!json_int(message, WIRE_KEY_TICKET, &ticket) || ticket < 1)
    return false;
  tenon_secret *secret = worker_take_secret(w, NULL, message, WIRE_KEY_SECRET);
  const char *text = json_text(message, WIRE_KEY_TEXT);
  LOCK_FOR_SCOPE(&w->lock);
  struct worker_ticket *t = find_ticket(w, (uint64_t)ticket);
  if (!t || t->state != TICKET_OPEN)
    return true; /* withdrawn meanwhile */
  t->secret = secret;
  t->text = text ? strdup(text) : NULL;
  t->state = json_bool(message, WIRE_KEY_DECLINED) ? TICKET_DECLINED
             : t->secret || t->text                ? TICKET_ANSWERED
                                                   : TICKET_NOANSWER;
  worker_clock_go(w);
  (void)pthread_cond_broadcast(&w->changed);
  return true;
}

void
worker_ask_finish_hook(struct worker *w)
{
  for (size_t i = 0; i < WORKER_TICKETS_MAX; i++) {
    if (w->tickets[i].state == TICKET_FREE)
      continue;
    worker_log(w, TENON_LOG_WARN,
               "A question was neither answered nor withdrawn when %s returned (" TR_TICKETS ").",
               hook_name(w->call.hook));
    worker_withdraw(&w->table.abi, w->tickets[i].id);
  }
}
