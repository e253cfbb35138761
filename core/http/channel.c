// SPDX-License-Identifier: Apache-2.0
/* The life of a channel, and the functions of the table. The legs are in channel_legs.c. */
#include "core/http/channel.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>

#include "core/base/clock.h"
#include "core/http/inside.h"
#include "core/secret/memory.h"

#define IDENTITY_SIZE_1_0 (offsetof(tenon_http_identity, service) + sizeof(char *))

static const struct channel_scheme schemes[] = {
    [TENON_HTTP_SIGNIN_NTLM] = {"NTLM", "NTLM", LOGIN_NTLM, false},
    [TENON_HTTP_SIGNIN_NEGOTIATE] = {"Negotiate", "Kerberos", LOGIN_KERBEROS, true},
    [TENON_HTTP_SIGNIN_NEGOTIATE_NTLM] = {"Negotiate", "NTLM", LOGIN_NTLM, true},
    [TENON_HTTP_SIGNIN_KERBEROS] = {"Kerberos", "Kerberos", LOGIN_KERBEROS, false},
};

static struct http_service *
service_of(const tenon_http *http)
{
  return (struct http_service *)(uintptr_t)http;
}

static bool
take_identity(tenon_http_identity *to, const tenon_http_identity *given)
{
  if (!given || given->size < IDENTITY_SIZE_1_0 || given->size > TENON_STRUCT_SIZE_MAX)
    return false;
  memset(to, 0, sizeof *to);
  memcpy(to, given, given->size < sizeof *to ? given->size : sizeof *to);
  if (to->scheme == 0 || to->scheme >= sizeof schemes / sizeof *schemes)
    return false;
  if (to->user && !*to->user)
    to->user = NULL;
  return true;
}

/* ---- logins ---- */

/* Those that no channel has any more make room. */
static bool
make_room(struct http_service *s)
{
  unsigned n = 0;
  for (struct login **at = &s->logins; *at;) {
    struct login *l = *at;
    if (++n < LOGINS_MAX || atomic_load(&l->refs) > 1) {
      at = &l->next;
      continue;
    }
    *at = l->next;
    login_unref(l);
    n--;
  }
  return n < LOGINS_MAX;
}

static struct login *
login_of(struct http_service *s, const tenon_http_identity *id, enum login_mech mech)
{
  const char *cache = id->secret || id->keytab ? NULL : id->ticket_cache;
  const char *keytab = id->secret ? NULL : id->keytab;
  for (struct login *l = s->logins; l; l = l->next)
    if (login_is(l, mech, id->user, id->secret, cache, keytab))
      return login_ref(l);
  if (!make_room(s))
    return NULL;
  struct login *l = login_create(mech, id->user, id->secret, cache, keytab);
  if (!l)
    return NULL;
  l->next = s->logins;
  s->logins = l;
  return login_ref(l);
}

/* ---- life ---- */

static void
on_pump(void *user)
{
  tenon_http_channel *ch = user;
  bool cancelled = pump_drive(&ch->pump, -1, 0);
  (void)cancelled; /* the service's pump looks after that */
  pump_kick(&ch->pump);
  pump_park(&ch->pump, false, ch->busy == NULL);
}

static void
on_ended(void *user, CURL *easy, CURLcode result)
{
  (void)user;
  char *t = NULL;
  (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
  transaction_end((struct transaction *)(void *)t, result);
}

static bool
open_pump(tenon_http_channel *ch)
{
  if (pump_init(&ch->pump, on_ended, ch) < 0) {
    ch->pump.epoll_fd = -1;
    return false;
  }
  pump_set_single(&ch->pump);
  ch->cookies = curl_share_init();
  ch->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (!ch->cookies || ch->timer_fd < 0 ||
      curl_share_setopt(ch->cookies, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) != CURLSHE_OK)
    return false;
  struct pump *pump = &ch->service->pump;
  return pump_watch(pump, ch->pump.epoll_fd, on_pump, ch) &&
         pump_watch(pump, ch->timer_fd, channel_step_late, ch);
}

static void
destroy(tenon_http_channel *ch)
{
  struct pump *pump = &ch->service->pump;
  channel_drop(ch);
  if (ch->pump.epoll_fd >= 0) {
    pump_unwatch(pump, ch->pump.epoll_fd);
    pump_finish(&ch->pump);
  }
  if (ch->timer_fd >= 0) {
    pump_unwatch(pump, ch->timer_fd);
    (void)close(ch->timer_fd);
  }
  if (ch->cookies)
    (void)curl_share_cleanup(ch->cookies);
  signin_unref(ch->signin);
  login_unref(ch->login);
  free(ch->origin);
  free(ch->service_name);
  free(ch);
}

static tenon_http_channel *
create(struct http_service *s, const tenon_http_identity *id, char *origin, const char *host)
{
  tenon_http_channel *ch = calloc(1, sizeof *ch);
  if (!ch) {
    free(origin);
    return NULL;
  }
  ch->service = s;
  ch->pump.epoll_fd = ch->timer_fd = -1;
  ch->scheme = &schemes[id->scheme];
  ch->origin = origin;
  ch->secret = id->secret;
  ch->service_name =
      id->service && *id->service ? strdup(id->service) : text_printf("HTTP@%s", host);
  ch->signin = signin_create();
  ch->login = login_of(s, id, ch->scheme->mech);
  if (!ch->signin || !ch->service_name || !ch->login || !open_pump(ch)) {
    destroy(ch);
    return NULL;
  }
  ch->signin->abi.scheme = ch->scheme->header;
  ch->signin->abi.mechanism = ch->scheme->mechanism;
  return ch;
}

static bool
room_for_one(const struct http_service *s)
{
  unsigned n = 0;
  for (const tenon_http_channel *ch = s->channels; ch; ch = ch->next)
    n++;
  return n < TENON_HTTP_CHANNELS_MAX;
}

static bool
identity_ok(struct http_service *s, const tenon_http_identity *id)
{
  enum login_mech mech = schemes[id->scheme].mech;
  if (id->secret && (!secret_table_owns(s->config.secrets, id->secret) || !id->user))
    return false;
  if (!id->secret && mech == LOGIN_NTLM)
    return false;
  if (id->service && strlen(id->service) > LOGIN_TEXT_MAX)
    return false;
  if ((id->ticket_cache && strlen(id->ticket_cache) > LOGIN_TEXT_MAX) ||
      (id->keytab && strlen(id->keytab) > LOGIN_TEXT_MAX))
    return false;
  return !id->user || strlen(id->user) <= LOGIN_TEXT_MAX;
}

tenon_status
channel_open(const tenon_http *http, const tenon_call *call, const char *url,
             const tenon_http_identity *identity, tenon_http_channel **ret)
{
  struct http_service *s = service_of(http);
  tenon_http_identity id;
  char *host = NULL, *origin = NULL;
  (void)call;
  if (s->inside_sink)
    return TENON_E_UNSUPPORTED;
  if (!take_identity(&id, identity) || !identity_ok(s, &id) || !url)
    return TENON_E_CONFIG;
  if (!room_for_one(s))
    return TENON_E_TRANSIENT;
  int r = request_origin(url, &host, &origin);
  if (r < 0)
    return r == -EINVAL ? TENON_E_CONFIG : TENON_E_NOMEM;
  s->used = true;
  tenon_http_channel *ch = create(s, &id, origin, host);
  free(host);
  if (!ch)
    return TENON_E_NOMEM;
  ch->next = s->channels;
  s->channels = ch;
  *ret = ch;
  return TENON_OK;
}

void
channel_close(tenon_http_channel *ch)
{
  if (!ch || ch->service->inside_sink)
    return;
  struct http_service *s = ch->service;
  for (struct transaction *next, *t = s->all; t; t = next) {
    next = t->next_of_all;
    if (t->channel != ch)
      continue;
    if (t->state == TRANSACTION_GIVEN) {
      curl_easy_setopt(t->easy, CURLOPT_SHARE, NULL);
      t->channel = NULL;
      t->orphan = true;
      continue;
    }
    if (t->state != TRANSACTION_FREE)
      service_discard(s, t);
    service_destroy_transaction(s, t);
  }
  tenon_http_channel **at = &s->channels;
  while (*at != ch)
    at = &(*at)->next;
  *at = ch->next;
  destroy(ch);
  service_park(s);
}

/* ---- requests ---- */

static tenon_status
begin(tenon_http_channel *ch, const tenon_call *call, const tenon_http_request *request, void *tag,
      struct transaction **ret)
{
  struct http_service *s = ch->service;
  if (ch->busy || s->in_flight >= TENON_HTTP_IN_FLIGHT_MAX)
    return TENON_E_TRANSIENT;
  return service_begin(s, ch, call, request, tag, ret);
}

tenon_status
channel_perform(tenon_http_channel *ch, const tenon_call *call, const tenon_http_request *request,
                const tenon_http_completion **ret)
{
  struct transaction *t;
  tenon_status status = begin(ch, call, request, NULL, &t);
  if (status == TENON_E_CONFIG)
    return TENON_E_UNSUPPORTED;
  if (status == TENON_OK)
    *ret = service_wait(ch->service, call, t);
  return status;
}

tenon_status
channel_start(tenon_http_channel *ch, const tenon_call *call, const tenon_http_request *request,
              void *tag)
{
  struct transaction *t;
  tenon_status status = begin(ch, call, request, tag, &t);
  if (status == TENON_OK && ch->busy)
    on_pump(ch); /* so that it is sent before the plugin looks at the next one */
  service_park(ch->service);
  return status;
}

/* ---- sealing ---- */

static bool
can_seal(const tenon_http_channel *ch)
{
  return ch->stage == CHANNEL_UP && ch->talk && ch->talk->complete;
}

tenon_status
channel_wrap(tenon_http_channel *ch, tenon_text plain, tenon_text *ret_signature, tenon_text *ret)
{
  if (!can_seal(ch))
    return TENON_E_AUTH;
  login_leaks_begin(ch->scheme->mech);
  bool ok = talk_wrap(ch->talk, plain, ret_signature, ret);
  login_leaks_end(ch->scheme->mech);
  return ok ? TENON_OK : TENON_E_INTERNAL;
}

tenon_status
channel_unwrap(tenon_http_channel *ch, tenon_text signature, tenon_text sealed, tenon_text *ret)
{
  if (!can_seal(ch))
    return TENON_E_AUTH;
  login_leaks_begin(ch->scheme->mech);
  bool ok = talk_unwrap(ch->talk, signature, sealed, ret);
  login_leaks_end(ch->scheme->mech);
  return ok ? TENON_OK : TENON_E_PROTOCOL;
}
