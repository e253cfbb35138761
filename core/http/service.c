// SPDX-License-Identifier: Apache-2.0
/* The table of functions that plugins call, over transactions, gate and pump. What comes in from a plugin is copied and
 * checked here; nothing behind this file reads the plugin's structs. */
#include "core/http/service.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/http/channel.h"
#include "core/http/inside.h"

#define WAIT_MAX_NS (24 * 3600 * NS_PER_S)

/* Up to where a 1.0 struct goes. */
#define REQUEST_SIZE_1_0 (offsetof(tenon_http_request, body_user) + sizeof(void *))
#define OPTIONS_SIZE_1_0 (offsetof(tenon_http_options, reserved2) + sizeof(uint32_t))

static struct http_service *
service_of(const tenon_http *http)
{
  return (struct http_service *)(uintptr_t)http;
}

/* Copies the smaller of the two sizes into a zeroed struct of ours. */
static bool
copy_in(void *to, size_t n_to, const void *from, size_t n_floor)
{
  uint32_t size = *(const uint32_t *)from;
  if (size < n_floor || size > TENON_STRUCT_SIZE_MAX)
    return false;
  memset(to, 0, n_to);
  memcpy(to, from, size < n_to ? size : n_to);
  return true;
}

/* ---- queues ---- */

void
service_queue(struct http_service *s, struct transaction *t)
{
  t->state = TRANSACTION_ENDED;
  t->next = NULL;
  *s->ended_last = t;
  s->ended_last = &t->next;
}

static void
unqueue(struct http_service *s, struct transaction *t)
{
  struct transaction **at = &s->ended;
  while (*at && *at != t)
    at = &(*at)->next;
  if (!*at)
    return;
  *at = t->next;
  if (s->ended_last == &t->next)
    s->ended_last = at;
}

static const tenon_http_completion *
give(struct http_service *s, struct transaction *t)
{
  unqueue(s, t);
  t->state = TRANSACTION_GIVEN;
  s->in_flight--;
  return &t->completion;
}

/* A channel has its own: their handles are tied to its connection. */
static struct transaction *
acquire(struct http_service *s, struct tenon_http_channel *channel)
{
  struct transaction **list = channel ? &channel->free_list : &s->free_list;
  struct transaction *t = *list;
  if (t) {
    *list = t->next;
  } else if (s->count < TENON_HTTP_IN_FLIGHT_MAX + HTTP_COMPLETIONS_MAX) {
    t = transaction_create(s, channel);
    if (!t)
      return NULL;
    t->next_of_all = s->all;
    s->all = t;
    s->count++;
  }
  if (t)
    t->next = NULL;
  return t;
}

void
service_destroy_transaction(struct http_service *s, struct transaction *t)
{
  struct transaction **at = &s->all;
  while (*at != t)
    at = &(*at)->next_of_all;
  *at = t->next_of_all;
  s->count--;
  transaction_destroy(t);
}

static void
give_back(struct http_service *s, struct transaction *t)
{
  if (t->orphan) {
    service_destroy_transaction(s, t);
    return;
  }
  struct transaction **list = t->channel ? &t->channel->free_list : &s->free_list;
  transaction_recycle(t);
  t->state = TRANSACTION_FREE;
  t->next = *list;
  *list = t;
}

static void
ended(void *user, CURL *easy, CURLcode result)
{
  (void)user;
  char *t = NULL;
  (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
  transaction_end((struct transaction *)(void *)t, result);
}

static void
wake(void *user, struct gate_visit *visit, enum gate_word word)
{
  struct transaction *passing = passage_woken(user, visit);
  if (passing) {
    transaction_passed(passing, word);
    return;
  }
  char *at = (char *)visit - offsetof(struct transaction, visit);
  transaction_admit((struct transaction *)(void *)at, word);
}

static void
resolved(struct names_visit *visit, const char *addresses, const char *why)
{
  char *at = (char *)visit - offsetof(struct transaction, names);
  transaction_resolved((struct transaction *)(void *)at, addresses, why);
}

static void
take_words(void *user)
{
  struct http_service *s = user;
  gate_words_take(&s->words, s->gate);
}

void
http_service_gate_word(struct http_service *s, uint64_t request, enum turn_word word)
{
  gate_words_put(&s->words, request, word);
}

/* ---- the table ---- */

static tenon_status
refuse_options(const char **ret_field, const char **ret_why, const char *field, const char *why)
{
  if (ret_field)
    *ret_field = field;
  if (ret_why)
    *ret_why = why;
  return TENON_E_CONFIG;
}

static tenon_status
table_options(const tenon_http *http, const tenon_http_options *given, const char **ret_field,
              const char **ret_why)
{
  struct http_service *s = service_of(http);
  tenon_http_options o;
  const char *field = NULL, *why = NULL;
  if (!copy_in(&o, sizeof o, given, OPTIONS_SIZE_1_0))
    return refuse_options(ret_field, ret_why, "size",
                          "the struct is smaller than version 1.0 or larger than any");
  if (s->used || s->options_given)
    return refuse_options(ret_field, ret_why, "size",
                          "options are set once, before the first request");
  tenon_status status =
      settings_apply(&s->settings, &o, s->config.secrets, s->credentials, &field, &why);
  if (status == TENON_OK && s->settings.has_dns) {
    s->names = names_create(&s->settings.dns, &s->pump, resolved);
    status = s->names ? TENON_OK : TENON_E_NOMEM;
    field = "dns";
    why = "memory or descriptors are out";
  }
  if (status == TENON_OK) {
    s->options_given = true;
    pump_set_connections_max(&s->pump, s->settings.connections);
    return TENON_OK;
  }
  (void)snprintf(s->why, sizeof s->why, "%s", why); /* it may lie in the settings */
  settings_finish(&s->settings);                    /* nothing of it holds */
  if (settings_init(&s->settings, &s->config, s->credentials) < 0)
    return TENON_E_NOMEM;
  return refuse_options(ret_field, ret_why, field, s->why);
}

tenon_status
service_begin(struct http_service *s, struct tenon_http_channel *channel, const tenon_call *call,
              const tenon_http_request *given, void *tag, struct transaction **ret)
{
  tenon_http_request request;
  if (s->inside_sink)
    return TENON_E_UNSUPPORTED;
  if (!copy_in(&request, sizeof request, given, REQUEST_SIZE_1_0))
    return TENON_E_CONFIG;
  struct transaction *t = acquire(s, channel);
  if (!t)
    return TENON_E_NOMEM;
  if (channel)
    channel->busy = t;
  s->used = true;
  s->in_flight++;
  transaction_begin(t, call, &request, tag);
  *ret = t;
  return TENON_OK;
}

void
service_park(struct http_service *s)
{
  pump_park(&s->pump, s->ended != NULL, s->in_flight == 0);
}

static tenon_status
table_start(const tenon_http *http, const tenon_call *call, const tenon_http_request *request,
            void *tag)
{
  struct http_service *s = service_of(http);
  struct transaction *t;
  if (s->in_flight >= TENON_HTTP_IN_FLIGHT_MAX)
    return TENON_E_TRANSIENT;
  tenon_status status = service_begin(s, NULL, call, request, tag, &t);
  pump_kick(&s->pump);
  service_park(s);
  return status;
}

static int
cancel_fd_of(const tenon_call *call)
{
  return call ? call->cancel_fd : -1;
}

const tenon_http_completion *
service_wait(struct http_service *s, const tenon_call *call, struct transaction *t)
{
  while (t->state != TRANSACTION_ENDED)
    if (pump_drive(&s->pump, cancel_fd_of(call), clock_now_ns() + WAIT_MAX_NS) &&
        t->state != TRANSACTION_ENDED)
      transaction_cancel(t);
  const tenon_http_completion *completion = give(s, t);
  service_park(s);
  return completion;
}

static tenon_status
table_perform(const tenon_http *http, const tenon_call *call, const tenon_http_request *request,
              const tenon_http_completion **ret)
{
  struct http_service *s = service_of(http);
  struct transaction *t;
  tenon_status status = service_begin(s, NULL, call, request, NULL, &t);
  if (status != TENON_OK)
    return status == TENON_E_CONFIG ? TENON_E_UNSUPPORTED : status;
  *ret = service_wait(s, call, t);
  return TENON_OK;
}

/* Until when next() may wait; 0: not at all. */
static int64_t
wait_until(const tenon_call *call, int64_t wait_ns)
{
  if (wait_ns <= 0)
    return 0;
  int64_t until = clock_now_ns() + (wait_ns < WAIT_MAX_NS ? wait_ns : WAIT_MAX_NS);
  return call && call->deadline_ns && call->deadline_ns < until ? call->deadline_ns : until;
}

static tenon_status
wait_for_one(struct http_service *s, const tenon_call *call, int64_t wait_ns)
{
  if (s->ended)
    return TENON_OK;
  int64_t until = wait_until(call, wait_ns);
  for (;;) {
    bool cancelled = pump_drive(&s->pump, cancel_fd_of(call), until);
    if (s->ended)
      return TENON_OK;
    if (s->in_flight == 0)
      return TENON_E_CONFIG;
    if (cancelled)
      return TENON_E_CANCELLED;
    if (until == 0 || clock_now_ns() >= until)
      return TENON_E_TRANSIENT;
  }
}

static tenon_status
table_next(const tenon_http *http, const tenon_call *call, int64_t wait_ns,
           const tenon_http_completion **ret)
{
  struct http_service *s = service_of(http);
  if (s->inside_sink)
    return TENON_E_UNSUPPORTED;
  tenon_status status = wait_for_one(s, call, s->in_flight > 0 ? wait_ns : 0);
  if (status == TENON_OK)
    *ret = give(s, s->ended);
  service_park(s);
  return status;
}

void
service_discard(struct http_service *s, struct transaction *t)
{
  if (t->state == TRANSACTION_ENDED)
    unqueue(s, t);
  else
    transaction_abort(t);
  s->in_flight--;
  give_back(s, t);
}

/* Those at the gate first, or each one that leaves it lets the next one in. */
static void
table_abort(const tenon_http *http)
{
  static const enum transaction_state order[] = {TRANSACTION_WAITING,   TRANSACTION_HELD,
                                                 TRANSACTION_RESOLVING, TRANSACTION_SIGNING,
                                                 TRANSACTION_RUNNING,   TRANSACTION_ENDED};
  struct http_service *s = service_of(http);
  if (s->inside_sink)
    return;
  for (size_t i = 0; i < sizeof order / sizeof *order; i++)
    for (struct transaction *next, *t = s->all; t; t = next) {
      next = t->next_of_all;
      if (t->state == order[i])
        service_discard(s, t);
    }
}

static void
table_release(const tenon_http *http, const tenon_http_completion *completion)
{
  struct transaction *t = (struct transaction *)(uintptr_t)completion;
  if (t && t->state == TRANSACTION_GIVEN && t->service == service_of(http))
    give_back(t->service, t);
}

/* ---- life ---- */

static const tenon_http table = {
    .size = sizeof table,
    .ready_fd = -1,
    .options = table_options,
    .perform = table_perform,
    .start = table_start,
    .next = table_next,
    .abort = table_abort,
    .release = table_release,
    .channel_open = channel_open,
    .channel_perform = channel_perform,
    .channel_start = channel_start,
    .channel_wrap = channel_wrap,
    .channel_unwrap = channel_unwrap,
    .channel_close = channel_close,
};

/* The texts of the config are kept because a refused options() starts again from them. */
static bool
copy_config(struct http_service *s, const struct http_config *config)
{
  const char **texts[] = {
      &s->config.environment.http_proxy,
      &s->config.environment.https_proxy,
      &s->config.environment.no_proxy,
      &s->config.environment.http_user,
      &s->config.environment.https_user,
      &s->config.user_agent,
      &s->config.ca_bundle,
  };
  bool ok = true;
  s->config = *config;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (*texts[i]) {
      *texts[i] = strdup(*texts[i]);
      ok = ok && *texts[i];
    }
  return ok;
}

static void
free_config(struct http_config *config)
{
  const char *texts[] = {
      config->environment.http_proxy,
      config->environment.https_proxy,
      config->environment.no_proxy,
      config->environment.http_user,
      config->environment.https_user,
      config->user_agent,
      config->ca_bundle,
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    free((char *)(uintptr_t)texts[i]);
}

struct http_service *
http_service_create(const struct http_config *config)
{
  struct http_service *s = calloc(1, sizeof *s);
  if (!s)
    return NULL;
  s->ended_last = &s->ended;
  s->words.fd = -1;
  int r = pump_init(&s->pump, ended, s);
  bool ok = copy_config(s, config);
  if (r == 0)
    r = gate_words_init(&s->words);
  ok = ok && r == 0 && pump_watch(&s->pump, s->words.fd, take_words, s);
  s->gate = gate_create(wake, s, s->config.gate.enter ? &s->config.gate : NULL);
  s->credentials = credentials_create(config->scrubber);
  if (!ok || !s->gate || !s->credentials ||
      settings_init(&s->settings, &s->config, s->credentials) < 0) {
    http_service_destroy(s);
    errno = r < 0 ? -r : ENOMEM;
    return NULL;
  }
  pump_set_connections_max(&s->pump, s->settings.connections);
  s->table = table;
  s->table.ready_fd = s->pump.epoll_fd;
  return s;
}

void
http_service_destroy(struct http_service *s)
{
  if (!s)
    return;
  http_service_finish_hook(s);
  while (s->channels)
    channel_close(s->channels);
  for (struct login *next, *login = s->logins; login; login = next) {
    next = login->next;
    login_unref(login);
  }
  for (struct transaction *next, *t = s->all; t; t = next) {
    next = t->next_of_all;
    transaction_destroy(t);
  }
  names_destroy(s->names);
  pump_finish(&s->pump);
  gate_words_finish(&s->words);
  settings_finish(&s->settings);
  gate_destroy(s->gate);
  credentials_destroy(s->credentials);
  free_config(&s->config);
  free(s);
}

const tenon_http *
http_service_table(struct http_service *s)
{
  return &s->table;
}

void
http_service_finish_hook(struct http_service *s)
{
  table_abort(&s->table);
  for (struct transaction *next, *t = s->all; t; t = next) {
    next = t->next_of_all;
    if (t->state == TRANSACTION_GIVEN)
      give_back(s, t);
  }
  if (s->gate)
    gate_next_hook(s->gate);
  pump_forget_cancel(&s->pump);
  service_park(s);
}
