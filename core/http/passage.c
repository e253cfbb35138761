// SPDX-License-Identifier: Apache-2.0
/* The way through a proxy, and who stood in it. What fails between this host and the proxy is the proxy's, however much
 * it looks like the server's: a proxy answers in the place of a server that nobody has spoken to yet. */
#include "core/http/passage.h"

#include <errno.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/http/inside.h"

/* ---- the gate ---- */

static bool
carries_password(const struct transaction *t)
{
  return t->target.proxy && t->target.proxy->url && t->target.proxy->account;
}

/* Nobody is let go to look for a connection, as the gate would have it: whoever finds one has sent the password. */
static enum gate_word
send_word(struct transaction *t, enum gate_word word)
{
  struct http_service *s = t->service;
  if (word == GATE_GO)
    word = gate_send(s->gate, &t->proxy_visit);
  t->passage = word == GATE_GO     ? PASSAGE_INSIDE
               : word == GATE_WAIT ? PASSAGE_WAITING
                                   : PASSAGE_NONE;
  if (word == GATE_WAIT) {
    t->passage_since = clock_now_ns();
    t->next_in_passage = s->in_passage;
    s->in_passage = t;
  }
  return word;
}

enum gate_word
passage_enter(struct transaction *t)
{
  if (t->passage != PASSAGE_NONE || !carries_password(t))
    return GATE_GO;
  const struct proxy *proxy = t->target.proxy;
  return send_word(t, gate_enter(t->service->gate, proxy->gate, proxy->account->user,
                                 proxy->account->secret, &t->proxy_visit));
}

enum gate_word
passage_go_on(struct transaction *t, enum gate_word word)
{
  return send_word(t, word);
}

static void
forget(struct transaction *t)
{
  struct transaction **at = &t->service->in_passage;
  while (*at && *at != t)
    at = &(*at)->next_in_passage;
  if (*at)
    *at = t->next_in_passage;
}

struct transaction *
passage_woken(struct http_service *s, struct gate_visit *visit)
{
  struct transaction *t = s->in_passage;
  while (t && &t->proxy_visit != visit)
    t = t->next_in_passage;
  if (!t)
    return NULL;
  forget(t);
  t->passage = PASSAGE_NONE;
  t->started_ns += clock_now_ns() - t->passage_since; /* waiting was none of its time */
  return t;
}

static void
leave(struct transaction *t, enum gate_result result)
{
  if (t->passage == PASSAGE_NONE)
    return;
  forget(t);
  t->passage = PASSAGE_NONE;
  gate_leave(t->service->gate, &t->proxy_visit, result);
}

void
passage_made(struct transaction *t)
{
  t->tunnelled = t->target.tls; /* else the password goes with the request, and the answer tells */
}

void
passage_settle(struct transaction *t)
{
  if (t->tunnelled)
    leave(t, GATE_ACCEPTED);
}

/* 407 (RFC 9110 15.5.8); tinyproxy answers 401 to a wrong password. */
static bool
wants_sign_in(int32_t code)
{
  return code == 407 || code == 401;
}

void
passage_leave(struct transaction *t)
{
  const tenon_http_completion *c = &t->completion;
  bool answered = t->sends > 0 && c->code > 0;
  leave(t, wants_sign_in(c->proxy_code)    ? GATE_REFUSED
           : c->proxy_code > 0 || answered ? GATE_ACCEPTED
                                           : GATE_UNKNOWN);
}

/* ---- what went wrong ---- */

#define ROUTE(t) (t)->target.proxy->route
#define WHERE(t) (t)->target.host, (t)->target.port

static void
blame(struct transaction *t, tenon_status status, uint32_t fault)
{
  t->completion.status = status;
  t->completion.proxy_fault = fault;
}

void
passage_refused(struct transaction *t, int32_t code)
{
  if (wants_sign_in(code))
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY,
                     "the %s wants a sign-in before it connects to %s port %u (%d)%s", ROUTE(t),
                     WHERE(t), (int)code,
                     t->target.proxy->account ? ", and refused the one it was given" : "");
  else
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY,
                     "the %s did not connect to %s port %u, and answered %d itself", ROUTE(t),
                     WHERE(t), (int)code);
  t->completion.code = 0; /* of the server there is none */
  t->completion.proxy_code = code;
}

static void
explain_connect(struct transaction *t)
{
  long error = 0;
  (void)curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &error);
  transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY, "the %s does not answer (%s)",
                   ROUTE(t), error ? strerror((int)error) : "no connection");
  blame(t, TENON_E_NETWORK,
        error == ECONNREFUSED ? TENON_HTTP_FAULT_REFUSED : TENON_HTTP_FAULT_UNREACHABLE);
}

static void
explain_tls(struct transaction *t, CURLcode code)
{
  const tenon_http_tls *tls = t->proxy_facts ? &t->proxy_facts->abi : NULL;
  bool judged = tls && tls->verdict != TENON_HTTP_TLS_OK;
  if (judged)
    transaction_fail(t, TENON_E_TLS, TENON_HTTP_FAULT_PROXY,
                     "the certificate of the %s itself is not accepted: %s", ROUTE(t),
                     tls->verdict_text ? tls->verdict_text : "unknown reason");
  else
    transaction_fail(t, TENON_E_TLS, TENON_HTTP_FAULT_PROXY,
                     "the TLS handshake with the %s itself failed: %s", ROUTE(t),
                     *t->error ? t->error : curl_easy_strerror(code));
  blame(t, TENON_E_TLS, judged ? TENON_HTTP_FAULT_CERTIFICATE : TENON_HTTP_FAULT_TLS);
}

/* libcurl tells the two apart in words only. */
static void
explain_timeout(struct transaction *t)
{
  double seconds = (double)(clock_now_ns() - t->started_ns) / NS_PER_S;
  bool asked = strstr(t->error, "CONNECT") != NULL;
  bool shaking = t->proxy_facts && !asked;
  transaction_fail(
      t, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY,
      shaking ? "the %s took the connection but did not finish the TLS handshake, on the way to %s "
                "port %u, within %.3g s"
      : asked ? "the %s took the connection but gave none to %s port %u within %.3g s"
              : "the %s gave no connection to %s port %u within %.3g s",
      ROUTE(t), WHERE(t), seconds);
  blame(t, shaking ? TENON_E_TLS : TENON_E_NETWORK,
        shaking ? TENON_HTTP_FAULT_TLS
        : asked ? TENON_HTTP_FAULT_SLOW
                : TENON_HTTP_FAULT_UNREACHABLE);
}

static bool
explain_by_code(struct transaction *t, CURLcode code)
{
  switch (code) {
  case CURLE_COULDNT_RESOLVE_PROXY:
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY,
                     "the name of the %s has no address", ROUTE(t));
    blame(t, TENON_E_NETWORK, TENON_HTTP_FAULT_RESOLVE);
    return true;
  case CURLE_COULDNT_CONNECT: explain_connect(t); return true;
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CIPHER:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_ISSUER_ERROR:
    if (t->target.proxy->tls)
      explain_tls(t, code);
    return t->target.proxy->tls;
  case CURLE_GOT_NOTHING:
  case CURLE_SEND_ERROR:
  case CURLE_RECV_ERROR:
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_PROXY,
                     "the %s closed the connection before it had one to %s port %u", ROUTE(t),
                     WHERE(t));
    blame(t, TENON_E_NETWORK, TENON_HTTP_FAULT_RESET);
    return true;
  default: return false;
  }
}

/* libcurl says a time-out in three ways; while names are looked up and while a connection is waited for it is ours. */
static bool
is_proxys_timeout(const struct transaction *t)
{
  return t->proxy_facts || strstr(t->error, "CONNECT") ||
         strncmp(t->error, "Connection", 10) == 0 ||
         strncmp(t->error, "Failed to connect", 17) == 0;
}

bool
passage_explain(struct transaction *t, CURLcode code)
{
  long answered = 0;
  /* The server's handshake has begun, or the request is sent: the proxy is through. */
  if (!t->target.proxy || t->sends > 0 || t->facts)
    return false;
  (void)curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &answered);
  if (answered >= 300) {
    passage_refused(t, (int32_t)answered);
    return true;
  }
  if (code == CURLE_OPERATION_TIMEDOUT && is_proxys_timeout(t)) {
    explain_timeout(t);
    return true;
  }
  return explain_by_code(t, code);
}
