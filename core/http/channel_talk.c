// SPDX-License-Identifier: Apache-2.0
/* Our side of a sign-in: what a message is made of, who may make it now, and how it gets into a header line. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include "core/http/channel.h"
#include "core/http/inside.h"
#include "core/secret/memory.h"

#define PREFIX "Authorization: "

static bool
bind_to_server(tenon_http_channel *ch)
{
  const struct tls_facts *facts = ch->link.facts;
  ch->binding.n = 0;
  if (!facts)
    return true;
  if (!facts->abi.n_chain || !binding_to_certificate(facts->abi.chain[0]->pem, &ch->binding))
    return false;
  signin_set(ch->signin, &ch->signin->abi.binding, ch->binding.text);
  return true;
}

/* A password goes through the gate: for NTLM the server's, for Kerberos the KDC's, which is asked again when a ticket has
 * run out. */
static void
enter_gate(struct transaction *t)
{
  tenon_http_channel *ch = t->channel;
  char kdc[LOGIN_TEXT_MAX + 32];
  (void)snprintf(kdc, sizeof kdc, "KDC of %s",
                 ch->login->realm ? ch->login->realm : "the default realm");
  const char *host = ch->scheme->mech == LOGIN_KERBEROS ? kdc : t->target.host;
  if (!ch->secret)
    channel_admit(t);
  else
    transaction_admit(t,
                      gate_enter(t->service->gate, host, ch->login->user, ch->secret, &t->visit));
}

/* The offer is known: the conversation starts. */
void
channel_talk(struct transaction *t)
{
  tenon_http_channel *ch = t->channel;
  struct login_outcome outcome;
  ch->stage = CHANNEL_TALKING;
  if (!login_mech_there(ch->scheme->mech)) {
    channel_refuse(t, TENON_HTTP_SIGNIN_NO_MECHANISM,
                   ch->scheme->mech == LOGIN_NTLM
                       ? "GSSAPI has no NTLM on this machine (gss-ntlmssp)"
                       : "GSSAPI has no Kerberos on this machine");
    return;
  }
  if (!bind_to_server(ch)) {
    channel_refuse(t, TENON_HTTP_SIGNIN_OTHER, "the server's certificate cannot be read");
    return;
  }
  ch->talk =
      talk_create(ch->scheme->mech, ch->scheme->spnego, ch->service_name, &ch->binding, &outcome);
  if (!ch->talk)
    channel_refuse(t, outcome.fault, outcome.reason);
  else
    enter_gate(t);
}

void
channel_admit(struct transaction *t)
{
  tenon_http_channel *ch = t->channel;
  if (ch->line) { /* it was on its way to the server when the gate closed before it */
    channel_send_leg(t);
    return;
  }
  channel_step(t, NULL, 0);
}

/* ---- a message ---- */

static void
note_step(tenon_http_channel *ch, const struct channel_step *step)
{
  tenon_http_signin *abi = &ch->signin->abi;
  abi->library_ns += step->took_ns;
  signin_set(ch->signin, &abi->user, step->login->name);
  signin_set(ch->signin, &abi->source, step->login->source);
  if (ch->scheme->mech != LOGIN_KERBEROS)
    return;
  const char *at = strrchr(step->login->name, '@');
  signin_set(ch->signin, &abi->realm, at ? at + 1 : step->login->realm);
  if (step->talk)
    signin_set(ch->signin, &abi->service, step->talk->service);
  if (step->talk && step->talk->lifetime > 0 && step->talk->lifetime != GSS_C_INDEFINITE)
    abi->ticket_ends = (int64_t)time(NULL) + step->talk->lifetime;
}

/* What the KDC said of the password. */
static enum gate_result
kdc_result(const struct channel_step *step)
{
  if (step->acquired)
    return GATE_ACCEPTED;
  switch (step->outcome.fault) {
  case TENON_HTTP_SIGNIN_PASSWORD:
  case TENON_HTTP_SIGNIN_ACCOUNT_LOCKED: return GATE_REFUSED;
  case TENON_HTTP_SIGNIN_NO_KDC:
  case TENON_HTTP_SIGNIN_NO_REALM: return GATE_UNSENT;
  default: return GATE_UNKNOWN;
  }
}

static bool
make_line(tenon_http_channel *ch, const gss_buffer_desc *message)
{
  size_t n_scheme = strlen(ch->scheme->header), at = sizeof PREFIX - 1 + n_scheme + 1;
  char *line = secret_memory_alloc(at + (message->length + 2) / 3 * 4 + 1);
  if (!line)
    return false;
  memcpy(line, PREFIX, sizeof PREFIX - 1);
  memcpy(line + sizeof PREFIX - 1, ch->scheme->header, n_scheme);
  line[at - 1] = ' ';
  (void)EVP_EncodeBlock((unsigned char *)line + at, message->value, (int)message->length);
  secret_memory_free(ch->line);
  ch->line = line;
  return true;
}

void
channel_stepped(struct transaction *t, struct channel_step *step)
{
  tenon_http_channel *ch = t->channel;
  struct login_outcome outcome = step->outcome;
  note_step(ch, step);
  ch->talk = TAKE_PTR(step->talk);
  if (ch->scheme->mech == LOGIN_KERBEROS)
    gate_leave(t->service->gate, &t->visit, kdc_result(step));
  bool made = outcome.fault == TENON_HTTP_SIGNIN_OK && step->out.length > 0;
  bool memory = !made || make_line(ch, &step->out);
  channel_step_destroy(step);
  if (outcome.fault != TENON_HTTP_SIGNIN_OK) {
    channel_refuse(t, outcome.fault, outcome.reason);
  } else if (!made) {
    channel_refuse(t, TENON_HTTP_SIGNIN_PROTOCOL,
                   "the server goes on where nothing is left to say");
  } else if (!memory) {
    channel_refuse(t, TENON_HTTP_SIGNIN_OTHER, "memory is out");
  } else if (++ch->signin->abi.legs > CHANNEL_LEGS_MAX) {
    channel_refuse(t, TENON_HTTP_SIGNIN_PROTOCOL, "the server wants ever more messages");
  } else {
    ch->last = ch->scheme->mech == LOGIN_KERBEROS || ch->signin->abi.legs >= 2;
    channel_send_leg(t);
  }
}
