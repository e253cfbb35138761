// SPDX-License-Identifier: Apache-2.0
/* The legs of a sign-in. The first is anonymous and has no body: it shows what the server offers, and the certificate
 * that the channel bindings are made of. Then messages, and the body with the last of them, so that it travels once.
 * Every leg must go over the connection of the one before it. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "core/base/clock.h"
#include "core/base/buf.h"
#include "core/http/channel.h"
#include "core/http/inside.h"
#include "core/http/ntlm.h"
#include "core/http/offer.h"
#include "core/secret/memory.h"

/* ---- the connection ---- */

static void
forget_link(tenon_http_channel *ch)
{
  tls_facts_unref(TAKE_PTR(ch->link.facts));
  ch->link.port = 0;
}

static void
adopt_link(struct transaction *t, int port)
{
  tenon_http_channel *ch = t->channel;
  forget_link(ch);
  ch->link.port = port;
  ch->link.facts = t->facts ? tls_facts_ref(t->facts) : NULL;
}

void
channel_drop(tenon_http_channel *ch)
{
  forget_link(ch);
  talk_destroy(TAKE_PTR(ch->talk));
  secret_memory_free(TAKE_PTR(ch->line));
  ch->stage = CHANNEL_DOWN;
}

static const char *
fingerprint(const struct tls_facts *facts)
{
  return facts && facts->abi.n_chain ? facts->abi.chain[0]->sha256 : "";
}

/* The first message may go over another connection than the anonymous leg, which some servers close: nothing but the
 * certificate ties the two. */
static bool
may_move(const struct transaction *t)
{
  const tenon_http_channel *ch = t->channel;
  return ch->stage == CHANNEL_TALKING && ch->signin->abi.legs <= 1 && t->sends == 0 &&
         strcmp(fingerprint(t->facts), fingerprint(ch->link.facts)) == 0;
}

bool
channel_sends(struct transaction *t, int local_port)
{
  tenon_http_channel *ch = t->channel;
  bool same = ch->link.port == local_port && ch->link.facts == t->facts;
  if (same)
    return true;
  if (ch->stage != CHANNEL_ANONYMOUS && !may_move(t))
    return false;
  adopt_link(t, local_port);
  return true;
}

/* ---- sending ---- */

void
channel_send_leg(struct transaction *t)
{
  tenon_http_channel *ch = t->channel;
  transaction_rewind(t);
  request_leg(t, ch->line, ch->last);
  transaction_run(t, ch->stage == CHANNEL_ANONYMOUS);
  pump_park(&ch->pump, true, false); /* the service's pump looks after it at once */
}

static void
start_signin(struct transaction *t)
{
  tenon_http_channel *ch = t->channel;
  struct login_form forms[2];
  const char *why = NULL;
  channel_drop(ch);
  signin_unref(ch->signin);
  ch->signin = signin_create();
  if (!ch->signin) {
    transaction_fail(t, TENON_E_NOMEM, TENON_HTTP_FAULT_OTHER, "memory is out");
    transaction_finish(t);
    return;
  }
  ch->signin->abi.scheme = ch->scheme->header;
  ch->signin->abi.mechanism = ch->scheme->mechanism;
  ch->last = false;
  if (ch->login->user && login_forms(ch->scheme->mech, ch->login->user, forms, &why) == 0) {
    channel_refuse(t, TENON_HTTP_SIGNIN_NAME, why);
    return;
  }
  ch->stage = CHANNEL_ANONYMOUS;
  channel_send_leg(t);
}

static bool
of_origin(const struct transaction *t)
{
  CLEANUP_FREE char *origin =
      text_printf(strchr(t->target.host, ':') ? "%s://[%s]:%u" : "%s://%s:%u",
                  t->target.tls ? "https" : "http", t->target.host, t->target.port);
  return origin && strcmp(origin, t->channel->origin) == 0;
}

void
channel_begin(struct transaction *t)
{
  tenon_http_channel *ch = t->channel;
  ch->restarts = 0;
  if (!of_origin(t)) {
    transaction_fail(t, TENON_E_CONFIG, TENON_HTTP_FAULT_REQUEST,
                     "the request goes elsewhere than its channel, which is to %s", ch->origin);
    transaction_finish(t);
    return;
  }
  if (ch->stage == CHANNEL_UP && pump_connected(&ch->pump)) {
    ch->last = true;
    channel_send_leg(t);
  } else {
    start_signin(t);
  }
}

/* ---- ends ---- */

void
channel_refuse(struct transaction *t, uint32_t signin_fault, const char *reason)
{
  tenon_http_channel *ch = t->channel;
  ch->signin->abi.fault = signin_fault;
  signin_set(ch->signin, &ch->signin->abi.reason, reason);
  log_signin(ch);
  channel_drop(ch);
  transaction_fail(t, TENON_E_AUTH, TENON_HTTP_FAULT_OTHER, "no sign-in to %s by %s%s%s%s: %s",
                   t->target.host, ch->scheme->header, ch->scheme->spnego ? " (" : "",
                   ch->scheme->spnego ? ch->scheme->mechanism : "", ch->scheme->spnego ? ")" : "",
                   reason);
  transaction_finish(t);
}

/* The server has said no to the last message. Its answer is the completion's. */
static bool
reject(tenon_http_channel *ch)
{
  ch->signin->abi.fault = TENON_HTTP_SIGNIN_REJECTED;
  log_signin(ch);
  channel_drop(ch);
  return false;
}

static void
signed_in(tenon_http_channel *ch)
{
  secret_memory_free(TAKE_PTR(ch->line));
  ch->stage = CHANNEL_UP;
  ch->signin->abi.mutual = ch->talk->complete && ch->talk->mutual;
  log_signin(ch);
}

/* ---- what came back ---- */

/* The server's offers of this scheme, and the message in one of them, decoded into *ret (free). false: not base64. */
static bool
read_offer(const struct transaction *t, struct offer *offer, char **ret, size_t *ret_n)
{
  const char *at = buf_text(&t->reply_headers);
  *offer = (struct offer){.offered = false};
  for (size_t i = 0; i < t->n_reply_headers; i++) {
    const char *value = at + strlen(at) + 1;
    if (strcasecmp(at, "www-authenticate") == 0)
      offer_read(offer, value, strlen(value), t->channel->scheme->header);
    at = value + strlen(value) + 1;
  }
  *ret = NULL;
  *ret_n = 0;
  if (!offer->token)
    return true;
  size_t n = offer->n_token;
  char *bytes = n % 4 || n / 4 * 3 > TALK_TOKEN_MAX ? NULL : malloc(n / 4 * 3 + 1);
  int decoded =
      bytes ? EVP_DecodeBlock((unsigned char *)bytes, (const unsigned char *)offer->token, (int)n)
            : -1;
  if (decoded < 0) {
    free(bytes);
    return false;
  }
  *ret_n = (size_t)decoded - (offer->token[n - 1] == '=') - (offer->token[n - 2] == '=');
  *ret = bytes;
  return true;
}

/* Why a connection ended that a leg was on. */
static bool
was_closed(CURLcode result)
{
  return result == CURLE_GOT_NOTHING || result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR;
}

/* ---- legs ---- */

static void
note_challenge(tenon_http_channel *ch, const char *token, size_t n)
{
  struct ntlm_challenge c;
  tenon_http_signin *abi = &ch->signin->abi;
  if (ch->scheme->mech != LOGIN_NTLM || !ntlm_read_challenge(token, n, &c))
    return;
  signin_set(ch->signin, &abi->netbios_domain, c.netbios_domain);
  signin_set(ch->signin, &abi->dns_domain, c.dns_domain);
  signin_set(ch->signin, &abi->server_name, c.server_name);
}

/* The connection that the channel was signed in on is gone, or the server has forgotten. */
static bool
restart(struct transaction *t)
{
  tenon_http_channel *ch = t->channel;
  if (ch->restarts >= CHANNEL_RESTARTS_MAX)
    return false;
  ch->restarts++;
  start_signin(t);
  return true;
}

static bool
up_leg_ended(struct transaction *t, CURLcode result)
{
  tenon_http_channel *ch = t->channel;
  if (t->stop == STOP_MOVED || (result == CURLE_OK && t->completion.code == 401))
    if (restart(t))
      return true;
  if (t->stop == STOP_MOVED) {
    channel_refuse(t, TENON_HTTP_SIGNIN_CONNECTION,
                   "the server closes the connection again and again");
    return true;
  }
  if (result != CURLE_OK)
    channel_drop(ch);
  return false;
}

static bool
anonymous_leg_ended(struct transaction *t, CURLcode result)
{
  tenon_http_channel *ch = t->channel;
  struct offer offer;
  CLEANUP_FREE char *token = NULL;
  size_t n = 0;
  if (result != CURLE_OK || t->stop != STOP_NONE || t->completion.code != 401) {
    channel_drop(ch); /* nothing to sign in to */
    return false;
  }
  (void)read_offer(t, &offer, &token, &n);
  if (!offer.offered) {
    channel_refuse(t, TENON_HTTP_SIGNIN_NOT_OFFERED, "the server does not offer it");
    return true;
  }
  channel_talk(t);
  return true;
}

/* The server's last word on the sign-in is in an answer that is not 401. */
static bool
accepted(struct transaction *t, const char *token, size_t n)
{
  tenon_http_channel *ch = t->channel;
  struct login_outcome outcome = {.fault = TENON_HTTP_SIGNIN_OK};
  gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor;
  if (n > 0 && !ch->talk->complete) {
    login_leaks_begin(ch->scheme->mech);
    talk_step(ch->talk, ch->login, token, n, &out, &outcome);
    login_leaks_end(ch->scheme->mech);
    (void)gss_release_buffer(&minor, &out);
  }
  if (outcome.fault == TENON_HTTP_SIGNIN_OK) {
    signed_in(ch);
    return false;
  }
  channel_refuse(t, TENON_HTTP_SIGNIN_PROTOCOL, outcome.reason);
  return true;
}

/* 401, and there was a message of ours: another one is wanted, or it was the last. */
static bool
answered_401(struct transaction *t, bool good, const char *token, size_t n)
{
  tenon_http_channel *ch = t->channel;
  if (good && n > 0 && !ch->talk->complete) {
    note_challenge(ch, token, n);
    secret_memory_free(TAKE_PTR(ch->line));
    channel_step(t, token, n);
    return true;
  }
  if (ch->last)
    return reject(ch);
  channel_refuse(t, TENON_HTTP_SIGNIN_PROTOCOL,
                 good ? "the server has no answer to the first message"
                      : "the server's message is not base64, or too long");
  return true;
}

static bool
message_leg_ended(struct transaction *t, CURLcode result)
{
  tenon_http_channel *ch = t->channel;
  struct offer offer;
  CLEANUP_FREE char *token = NULL;
  size_t n = 0;
  if (ch->last && t->sends > 0 && (t->stop == STOP_MOVED || was_closed(result))) {
    ch->signin->abi.fault = TENON_HTTP_SIGNIN_CONNECTION;
    channel_drop(ch);
    transaction_fail(t, TENON_E_NETWORK, TENON_HTTP_FAULT_RESET,
                     "%s port %u closed the connection upon the last message of the sign-in",
                     t->target.host, t->target.port);
    transaction_finish(t);
    return true;
  }
  if (t->stop == STOP_MOVED || was_closed(result)) {
    channel_refuse(t, TENON_HTTP_SIGNIN_CONNECTION,
                   "the server closed the connection in the middle of the sign-in");
    return true;
  }
  if (result != CURLE_OK || t->stop != STOP_NONE) {
    channel_drop(ch);
    return false;
  }
  bool good = read_offer(t, &offer, &token, &n);
  if (t->completion.code == 401)
    return answered_401(t, good, token, n);
  if (ch->last)
    return accepted(t, token, good ? n : 0);
  channel_drop(ch); /* an answer to the first message: nobody wanted a second one */
  return false;
}

bool
channel_leg_ended(struct transaction *t, CURLcode result)
{
  switch (t->channel->stage) {
  case CHANNEL_ANONYMOUS: return anonymous_leg_ended(t, result);
  case CHANNEL_TALKING: return message_leg_ended(t, result);
  case CHANNEL_UP: return up_leg_ended(t, result);
  case CHANNEL_DOWN: return false;
  }
  return false;
}

/* ---- for the rest of the room ---- */

bool
channel_hides(const struct transaction *t)
{
  const tenon_http_channel *ch = t->channel;
  long code = 0;
  if (ch->stage == CHANNEL_DOWN)
    return false;
  (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
  return code == 401;
}

enum gate_result
channel_gate_result(const struct transaction *t)
{
  const tenon_http_channel *ch = t->channel;
  int32_t code = t->completion.code;
  if (!ch->last || ch->scheme->mech == LOGIN_KERBEROS)
    return GATE_UNKNOWN;
  if (ch->signin->abi.fault == TENON_HTTP_SIGNIN_REJECTED)
    return GATE_REFUSED;
  return (code >= 200 && code < 300) || code == 500 ? GATE_ACCEPTED : GATE_UNKNOWN;
}

void
channel_take_back(struct transaction *t)
{
  tenon_http_channel *ch = t->channel;
  channel_step_abandon(ch);
  channel_drop(ch);
}
