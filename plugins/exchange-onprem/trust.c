// SPDX-License-Identifier: Apache-2.0
//
// "Trust this authority?", asked of a person who can compare what the server shows with what its
// administrator says. The answer is one exception, kept with the connection: the authority, or the key
// of the one certificate that nobody has signed. What else is wrong with a certificate is no matter of
// trust, and is not asked about.
#include "verify.h"

#include <stdlib.h>
#include <string.h>

static const tenon_http_tls *
refused_tls(const struct ews_answer *answer)
{
  const tenon_http_completion *c = answer->completion;
  return c->fault == TENON_HTTP_FAULT_CERTIFICATE ? c->tls : NULL;
}

// The one that would be trusted; NULL: this is nothing to ask about.
static const tenon_http_certificate *
candidate(const struct ews_answer *answer)
{
  const tenon_http_tls *tls = refused_tls(answer);
  if (tls == NULL || tls->n_chain == 0 || tls->complaints != 1u << tls->verdict)
    return NULL;
  if (tls->verdict == TENON_HTTP_TLS_SELF_SIGNED)
    return tls->chain[0];
  bool proxy = (answer->evidence.seen & (SEEN_INSPECTED | SEEN_FRESH)) != 0;
  bool sent = (answer->evidence.seen & SEEN_LEAF_ONLY) == 0;
  return tls->verdict == TENON_HTTP_TLS_UNTRUSTED && sent && !proxy ? verdict_chain_end(tls) : NULL;
}

static void
put_question(const struct verification *v, const struct ews_answer *answer,
             const tenon_http_certificate *c, struct kit_text *title, struct kit_text *body)
{
  bool itself = c == answer->completion->tls->chain[0];
  if (itself)
    kit_text_printf(title, "Accept the key of %.200s, whose certificate is signed by itself?",
                    v->s->ews.server.authority);
  else
    kit_text_printf(title, "Trust the authority %.200s for this connection?", c->subject);
  kit_text_printf(body, "%.200s shows a certificate that this machine has no reason to trust:\n",
                  v->s->ews.server.authority);
  verdict_expand(body, "{chain}", &answer->evidence, false);
  kit_text_printf(body, "\nSHA-256 of %.200s: %.64s\n", c->subject, c->sha256);
  kit_text_put(body, "Compare it with the administrator of the server: whoever answers in its name "
                     "is given the password. ");
  kit_text_printf(body, "With yes this %s is kept with the connection, in `%s`.",
                  itself ? "key" : "authority", itself ? TENON_KEY_TLS_PIN : TENON_KEY_CA_FILE);
}

// Waits as long as the person does. TENON_E_NOANSWER too where nobody is there or the answer is no.
static tenon_status
ask_person(const struct verification *v, const tenon_ask *question)
{
  const tenon_host *host = v->s->ews.host;
  uint64_t ticket = 0;
  tenon_text reply = {NULL, 0};
  tenon_status status = host->ask(host, v->call, question, &ticket);
  if (status != TENON_OK)
    return TENON_E_NOANSWER;
  status = host->answer(host, v->call, ticket, INT64_MAX, &reply, NULL);
  if (status == TENON_E_CANCELLED && v->call->cancelled(v->call))
    return TENON_E_CANCELLED;
  return status == TENON_OK && reply.ptr != NULL && strcmp(reply.ptr, "yes") == 0
             ? TENON_OK
             : TENON_E_NOANSWER;
}

// What was in the file stays: the authority is one more.
static bool
add_authority(const struct verification *v, const tenon_sink *sink, const char *pem)
{
  const tenon_host *host = v->s->ews.host;
  tenon_text before = {NULL, 0};
  if (host->value(host, TENON_KEY_CA_FILE, &before) != TENON_OK || before.ptr == NULL)
    before = (tenon_text){"", 0};
  size_t room = before.len + strlen(pem) + 2;
  char *both = malloc(room);
  if (both == NULL)
    return false;
  struct kit_text text;
  kit_text_init(&text, both, room);
  kit_text_put_n(&text, before.ptr, before.len);
  if (text.len > 0 && both[text.len - 1] != '\n')
    kit_text_put(&text, "\n");
  kit_text_put(&text, pem);
  const tenon_text file = {both, text.len};
  bool fits = text.len <= ONPREM_CA_BYTES_MAX;
  if (fits)
    sink->patch(sink, TENON_KEY_CA_FILE, &file);
  free(both);
  return fits;
}

tenon_status
trust_offer(const struct verification *v, const struct ews_answer *answer, const tenon_sink *sink,
            bool *ret_changed)
{
  char title[320], body[ONPREM_QUESTION_MAX];
  struct kit_text title_text, body_text;
  const tenon_http_certificate *c = candidate(answer);
  *ret_changed = false;
  if (c == NULL)
    return TENON_OK;
  kit_text_init(&title_text, title, sizeof title);
  kit_text_init(&body_text, body, sizeof body);
  put_question(v, answer, c, &title_text, &body_text);
  const tenon_ask question = {.size = sizeof question,
                              .kind = TENON_ASK_CONFIRM,
                              .id = TRUST_ASK,
                              .title = title,
                              .body = body};
  tenon_status status = ask_person(v, &question);
  if (status == TENON_E_CANCELLED)
    return status;
  if (status != TENON_OK)
    return TENON_OK;
  const tenon_text pin = {c->pin, strlen(c->pin)};
  if (answer->completion->tls->verdict == TENON_HTTP_TLS_SELF_SIGNED) {
    sink->patch(sink, TENON_KEY_TLS_PIN, &pin);
    *ret_changed = true;
  } else {
    *ret_changed = add_authority(v, sink, c->pem);
  }
  return TENON_OK;
}
