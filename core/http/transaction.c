// SPDX-License-Identifier: Apache-2.0
/* The life of a transaction. Its libcurl handle is set up once and then only told what differs from the request before;
 * curl_easy_reset and setting everything anew would cost more than the rest of this room together. */
#include "core/http/transaction.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/http/channel.h"
#include "core/http/inside.h"
#include "core/secret/memory.h"

static struct pump *
pump_of(struct transaction *t)
{
  return t->channel ? &t->channel->pump : &t->service->pump;
}

/* ---- the handle ---- */

static void
setup_tls(struct transaction *t)
{
  const struct settings *s = &t->service->settings;
  /* on_tls judges; libcurl's own look at the name stays on as a second lock where no exception is named. */
  bool excepted = s->tls.pinned || s->tls.expected_name;
  curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, excepted ? 0L : 2L);
  curl_easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(t->easy, CURLOPT_CAINFO, NULL); /* tls_store.c has the authorities */
  curl_easy_setopt(t->easy, CURLOPT_CAPATH, NULL);
  curl_easy_setopt(t->easy, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(t->easy, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(t->easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(t->easy, CURLOPT_PROXY_CAINFO, NULL);
  curl_easy_setopt(t->easy, CURLOPT_PROXY_CAPATH, NULL);
  /* A resumed session shows no certificate, and so would have no facts. */
  curl_easy_setopt(t->easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
}

static void
setup_route(struct transaction *t)
{
  const struct settings *s = &t->service->settings;
  curl_easy_setopt(t->easy, CURLOPT_NOPROXY,
                   ""); /* decided in settings_route; the environment is not read */
  curl_easy_setopt(t->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 0L); /* they say who refused */
  curl_easy_setopt(t->easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
  if (s->has_dns) /* what was given holds, or libcurl would ask the system */
    curl_easy_setopt(t->easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
}

static void
setup(struct transaction *t)
{
  const struct settings *s = &t->service->settings;
  curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
  curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
  curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(t->easy, CURLOPT_QUICK_EXIT,
                   1L); /* or a hanging resolver holds a cancel for seconds */
  curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
  /* Not 2: one connection, one identity is what the servers' sign-ins rest on, and IIS leaves HTTP/2 for them. */
  curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(t->easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  curl_easy_setopt(t->easy, CURLOPT_USERAGENT, s->user_agent);
  curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS,
                   (long)((s->connect_timeout_ns + NS_PER_MS - 1) / NS_PER_MS));
  setup_tls(t);
  setup_route(t);
  answer_setup(t);
  pump_adopt(pump_of(t), t->easy);
  if (t->channel) {
    curl_easy_setopt(t->easy, CURLOPT_SHARE, t->channel->cookies);
    curl_easy_setopt(t->easy, CURLOPT_COOKIEFILE, ""); /* keeps them, and reads none */
  }
}

struct transaction *
transaction_create(struct http_service *service, struct tenon_http_channel *channel)
{
  struct transaction *t = calloc(1, sizeof *t);
  if (!t)
    return NULL;
  t->service = service;
  t->channel = channel;
  buf_init(&t->target.url, TRANSACTION_URL_MAX);
  buf_init(&t->target.addresses, TRANSACTION_ADDRESSES_MAX);
  buf_init(&t->label, TRANSACTION_LABEL_MAX);
  buf_init(&t->headers, TRANSACTION_HEADER_BYTES_MAX);
  buf_init(&t->body, TENON_HTTP_REQUEST_BODY_MAX);
  buf_init(&t->reply_headers, TENON_HTTP_HEADER_BYTES_MAX);
  buf_init(&t->reply_body, SIZE_MAX / 2); /* body_max bounds it, request by request */
  t->easy = curl_easy_init();
  if (!t->easy) {
    transaction_destroy(t);
    return NULL;
  }
  setup(t);
  return t;
}

void
transaction_destroy(struct transaction *t)
{
  if (!t)
    return;
  transaction_recycle(t);
  if (t->easy)
    curl_easy_cleanup(t->easy);
  free(t->target.host);
  struct buf *bufs[] = {&t->target.url, &t->target.addresses, &t->label,     &t->headers,
                        &t->body,       &t->reply_headers,    &t->reply_body};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
    buf_finish(bufs[i]);
  free(t);
}

/* The answer to a request with a secret in it is most likely a token. */
static void
recycle_body(struct transaction *t)
{
  if (t->has_secret)
    buf_wipe(&t->reply_body);
  else if (t->reply_body.size > TRANSACTION_KEEP_BYTES)
    buf_finish(&t->reply_body);
  else
    buf_clear(&t->reply_body);
}

void
transaction_recycle(struct transaction *t)
{
  secret_memory_free(TAKE_PTR(t->secret_body));
  recycle_body(t);
  buf_clear(&t->label);
  buf_clear(&t->headers);
  buf_clear(&t->body);
  buf_clear(&t->reply_headers);
  tls_facts_unref(TAKE_PTR(t->facts));
  signin_unref(TAKE_PTR(t->signin));
  tls_facts_unref(TAKE_PTR(t->proxy_facts));
  t->n_reply_headers = t->n_sunk = t->n_body = 0;
  t->has_body = t->has_secret = t->connected = false;
  t->stop = STOP_NONE;
  t->sends = 0;
  t->reason[0] = t->error[0] = '\0';
  t->completion = (tenon_http_completion){.size = sizeof t->completion};
}

/* ---- exit ---- */

void
transaction_fail(struct transaction *t, tenon_status status, uint32_t fault, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  (void)vsnprintf(t->reason, sizeof t->reason, fmt, ap);
  va_end(ap);
  t->completion.status = status;
  t->completion.fault = fault;
  t->completion.reason = t->reason;
}

static int64_t
time_of(const struct transaction *t, CURLINFO info)
{
  curl_off_t us = 0;
  (void)curl_easy_getinfo(t->easy, info, &us);
  return us * 1000;
}

static int64_t
between(int64_t from, int64_t to)
{
  return to > from ? to - from : 0;
}

static void
fill_times(struct transaction *t)
{
  tenon_http_completion *c = &t->completion;
  int64_t resolved = time_of(t, CURLINFO_NAMELOOKUP_TIME_T),
          connected = time_of(t, CURLINFO_CONNECT_TIME_T);
  int64_t secured = time_of(t, CURLINFO_APPCONNECT_TIME_T);
  if (!c->reused) {
    c->resolve_ns = t->resolve_ns + resolved;
    c->connect_ns = between(resolved, connected);
    c->tls_ns = secured ? between(connected, secured) : 0;
  }
  c->first_byte_ns =
      between(time_of(t, CURLINFO_PRETRANSFER_TIME_T), time_of(t, CURLINFO_STARTTRANSFER_TIME_T));
}

static void
fill_address(struct transaction *t)
{
  char *ip = NULL;
  long port = 0;
  if (curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &ip) || !ip || !*ip)
    return;
  (void)curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_PORT, &port);
  (void)snprintf(t->address, sizeof t->address, strchr(ip, ':') ? "[%s]:%ld" : "%s:%ld", ip, port);
  t->completion.address = t->address;
}

/* Does this answer say that the credential is good? A load balancer's 503, a redirect or a 403 is given to anybody, and
 * a password that nobody has looked at yet must not be let through sixty-four times at once. A 500 comes from the
 * application behind the sign-in. A token locks no account: all but 401 opens. */
static enum gate_result
gate_result(const struct transaction *t)
{
  int32_t code = t->completion.code;
  if (t->sends == 0)
    return t->completion.status == TENON_E_CANCELLED ? GATE_UNKNOWN : GATE_UNSENT;
  if (code == 401)
    return GATE_REFUSED;
  if (code == 0 || code == 407)
    return GATE_UNKNOWN;
  return t->is_token || (code >= 200 && code < 300) || code == 500 ? GATE_ACCEPTED : GATE_UNKNOWN;
}

static void
leave_channel(struct transaction *t)
{
  t->channel->busy = NULL;
  t->signin = signin_ref(t->channel->signin);
  t->completion.signin = &t->signin->abi;
}

/* Every transaction that is to have a completion comes through here, once. */
void
transaction_finish(struct transaction *t)
{
  tenon_http_completion *c = &t->completion;
  c->total_ns = clock_now_ns() - t->started_ns;
  c->url = buf_text(&t->target.url);
  c->label = buf_text(&t->label);
  c->tls = t->facts && t->facts->abi.n_chain ? &t->facts->abi : NULL;
  c->proxy_tls = t->proxy_facts && t->proxy_facts->abi.n_chain ? &t->proxy_facts->abi : NULL;
  answer_finish(t);
  if (c->status != TENON_OK)
    c->body = (tenon_text){"", 0}; /* a part of an answer is none */
  secret_memory_free(TAKE_PTR(t->secret_body));
  if (t->channel)
    leave_channel(t);
  log_transaction(t);
  service_queue(t->service, t);
  passage_leave(t);
  gate_leave(t->service->gate, &t->visit, t->channel ? channel_gate_result(t) : gate_result(t));
}

void
transaction_rewind(struct transaction *t)
{
  buf_clear(&t->reply_headers);
  buf_clear(&t->reply_body);
  t->n_reply_headers = t->n_sunk = t->sends = 0;
  t->stop = STOP_NONE;
  t->error[0] = '\0';
}

/* It was connected, and another one's credential is on its way: back to the gate, or on with what the gate has said in
 * the meantime. Its connection is lost. */
static void
hold(struct transaction *t)
{
  t->stop = STOP_NONE;
  t->error[0] = '\0';
  tls_facts_unref(TAKE_PTR(t->facts));
  t->state = TRANSACTION_WAITING;
  transaction_admit(t, t->word);
}

void
transaction_end(struct transaction *t, CURLcode result)
{
  tenon_http_completion *c = &t->completion;
  passage_settle(t);
  if (t->state == TRANSACTION_HELD) {
    hold(t);
    return;
  }
  long code = 0, connections = 1;
  (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
  (void)curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &connections);
  c->code = (int32_t)code;
  c->reused = connections == 0 && t->sends > 0;
  t->connected |= !c->reused;
  fill_times(t);
  fill_address(t);
  if (t->channel && channel_leg_ended(t, result))
    return;
  c->reused = !t->connected;
  if (result != CURLE_OK || t->stop != STOP_NONE)
    fault_explain(t, result);
  else if (code == 407 && t->target.proxy)
    passage_refused(t, 407);
  transaction_finish(t);
}

/* Takes it away from libcurl or the gate. */
static void
take_back(struct transaction *t)
{
  passage_leave(t);
  if (t->state == TRANSACTION_RESOLVING)
    names_leave(t->service->names, &t->names);
  if (t->state == TRANSACTION_RUNNING || t->state == TRANSACTION_HELD)
    pump_remove(pump_of(t), t->easy);
  if (t->channel)
    channel_take_back(t);
}

void
transaction_cancel(struct transaction *t)
{
  take_back(t);
  if (t->sends > 0)
    fill_address(t);
  transaction_fail(t, TENON_E_CANCELLED, TENON_HTTP_FAULT_OTHER,
                   "cancelled while waiting for %s port %u", t->target.host, t->target.port);
  transaction_finish(t);
}

void
transaction_abort(struct transaction *t)
{
  take_back(t);
  if (t->channel)
    t->channel->busy = NULL;
  gate_leave(t->service->gate, &t->visit, GATE_UNKNOWN);
}

/* ---- entry ---- */

int64_t
transaction_time_left_ns(const struct transaction *t)
{
  int64_t now = clock_now_ns(), ns = t->timeout_ns - (now - t->started_ns);
  if (t->deadline_ns && t->deadline_ns - now < ns)
    ns = t->deadline_ns - now;
  return ns;
}

/* libcurl counts in milliseconds. */
static int64_t
time_left_ms(const struct transaction *t)
{
  int64_t ns = transaction_time_left_ns(t);
  return ns <= 0 ? 0 : (ns + NS_PER_MS - 1) / NS_PER_MS;
}

/* false: it waits for the proxy's account, or has ended. */
static bool
pass(struct transaction *t, enum gate_word word)
{
  if (word == GATE_GO)
    return true;
  if (word == GATE_WAIT) {
    t->state = TRANSACTION_WAITING;
    return false;
  }
  transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY,
                   word == GATE_SHUT
                       ? "not sent: the %s has refused this sign-in before, and accounts lock"
                       : "not sent to the %s: too many accounts in one session, or memory is out",
                   t->target.proxy->route);
  t->completion.proxy_code = word == GATE_SHUT ? 407 : 0;
  transaction_finish(t);
  return false;
}

static void
launch(struct transaction *t)
{
  if (!pass(t, passage_enter(t)))
    return;
  t->proxy_shaken = t->tunnelled = false;
  int64_t left = time_left_ms(t);
  if (left <= 0) {
    transaction_fail(t, TENON_E_TIMEOUT, TENON_HTTP_FAULT_SLOW,
                     "not sent to %s port %u: the time for it was over", t->target.host,
                     t->target.port);
    transaction_finish(t);
    return;
  }
  curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)left);
  t->state = TRANSACTION_RUNNING;
  CURLMcode code = pump_add(pump_of(t), t->easy);
  if (code == CURLM_OK)
    return;
  transaction_fail(t, TENON_E_NOMEM, TENON_HTTP_FAULT_OTHER, "libcurl did not take the request: %s",
                   curl_multi_strerror(code));
  transaction_finish(t);
}

void
transaction_passed(struct transaction *t, enum gate_word word)
{
  if (pass(t, passage_go_on(t, word)))
    launch(t);
}

/* Connecting has a time of its own, and the look-up is part of it. */
static int64_t
connect_left_ns(const struct transaction *t)
{
  int64_t left = t->started_ns + t->service->settings.connect_timeout_ns - clock_now_ns();
  return left > NS_PER_MS ? left : NS_PER_MS;
}

static bool
give_addresses(struct transaction *t, const char *addresses)
{
  struct target *to = &t->target;
  buf_clear(&to->addresses);
  if (!buf_printf(&to->addresses, "+%s:%u:%s", to->look_up, to->look_up_port, addresses))
    return false;
  to->resolve = (struct curl_slist){.data = to->addresses.ptr};
  curl_easy_setopt(t->easy, CURLOPT_RESOLVE, &to->resolve);
  curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS,
                   (long)((connect_left_ns(t) + NS_PER_MS - 1) / NS_PER_MS));
  return true;
}

static void
fail_proxy_name(struct transaction *t, const char *why)
{
  transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY,
                   "the name of the %s has no address: %s", t->target.proxy->route, why);
  t->completion.proxy_fault = TENON_HTTP_FAULT_RESOLVE;
}

void
transaction_resolved(struct transaction *t, const char *addresses, const char *why)
{
  t->resolve_ns = clock_now_ns() - t->started_ns;
  if (addresses && give_addresses(t, addresses)) {
    launch(t);
    return;
  }
  t->completion.resolve_ns = t->resolve_ns;
  if (addresses)
    transaction_fail(t, TENON_E_NOMEM, TENON_HTTP_FAULT_OTHER, "memory is out");
  else if (t->target.proxy)
    fail_proxy_name(t, why);
  else
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_RESOLVE, "%s", why);
  transaction_finish(t);
}

/* The clock starts here: time spent at the gate was none of this request's. */
static void
run(struct transaction *t)
{
  t->started_ns = clock_now_ns();
  transaction_run(t, true);
}

void
transaction_run(struct transaction *t, bool fresh)
{
  t->resolve_ns = 0;
  int64_t left = connect_left_ns(t), of_all = time_left_ms(t) * NS_PER_MS;
  if (!fresh || !t->target.look_up || of_all <= 0) {
    launch(t);
    return;
  }
  t->state = TRANSACTION_RESOLVING;
  names_enter(t->service->names, t->target.look_up, t->started_ns + (left < of_all ? left : of_all),
              &t->names);
}

static void
go(struct transaction *t)
{
  t->deadline_ns = t->call ? t->call->deadline_ns : 0; /* it stood still at the gate */
  if (!t->channel) {
    run(t);
    return;
  }
  if (t->state == TRANSACTION_WAITING)
    t->started_ns += clock_now_ns() - t->waiting_ns;
  channel_admit(t);
}

void
transaction_admit(struct transaction *t, enum gate_word word)
{
  if (t->state == TRANSACTION_HELD) {
    t->word = word; /* libcurl has not let go of it yet */
    return;
  }
  switch (word) {
  case GATE_GO: go(t); return;
  case GATE_WAIT:
    t->state = TRANSACTION_WAITING;
    t->waiting_ns = clock_now_ns();
    return;
  case GATE_SHUT:
    transaction_fail(t, TENON_E_AUTH, TENON_HTTP_FAULT_GATE,
                     "not sent to %s: this credential was refused before, and accounts lock",
                     t->target.host);
    break;
  case GATE_FULL:
    transaction_fail(t, TENON_E_NOMEM, TENON_HTTP_FAULT_OTHER,
                     "too many accounts in one session, or memory is out");
    break;
  }
  transaction_finish(t);
}

static void
start_completion(struct transaction *t, void *tag)
{
  tenon_http_completion *c = &t->completion;
  *c = (tenon_http_completion){.size = sizeof *c, .tag = tag, .route = "direct"};
  if (t->target.proxy && t->target.proxy->route)
    c->route = t->target.proxy->route;
  else if (t->target.past_proxies)
    c->route = "direct, past any proxy";
  c->route_by = t->target.route_by;
  c->proxy_signin = t->target.proxy && t->target.proxy->account;
}

void
transaction_begin(struct transaction *t, const tenon_call *call, const tenon_http_request *request,
                  void *tag)
{
  t->started_ns = clock_now_ns();
  t->call = call;
  t->deadline_ns = call ? call->deadline_ns : 0;
  t->method[0] = '\0';
  int r = request_take(t, request);
  start_completion(t, tag);
  if (r < 0) {
    t->completion.status = TENON_E_CONFIG;
    t->completion.fault = TENON_HTTP_FAULT_REQUEST;
    t->completion.reason = t->reason;
    transaction_finish(t);
  } else if (t->target.proxy_why) {
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY,
                     "the environment's proxy cannot be used: %s", t->target.proxy_why);
    transaction_finish(t);
  } else if (t->channel) {
    channel_begin(t);
  } else if (request->auth == TENON_HTTP_AUTH_NONE) {
    run(t);
  } else {
    const char *user = request->auth == TENON_HTTP_AUTH_BASIC ? request->user : "";
    t->is_token = request->auth == TENON_HTTP_AUTH_BEARER;
    transaction_admit(
        t, gate_enter(t->service->gate, t->target.host, user, request->secret, &t->visit));
  }
}
