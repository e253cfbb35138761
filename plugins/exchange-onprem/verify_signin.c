// SPDX-License-Identifier: Apache-2.0
//
// The sign-in of a verification: which way was gone, as whom, bound to what, and what was passed over on
// the way there.
#include "verify.h"

#include <string.h>
#include <time.h>

#define FACTS_MAX 16 // pairs of data of the sign-in's check

struct facts {
  tenon_pair pairs[FACTS_MAX];
  size_t n;
};

static void
add(struct facts *facts, const char *key, const char *value)
{
  if (value != NULL && value[0] != 0 && facts->n < FACTS_MAX)
    facts->pairs[facts->n++] = (tenon_pair){key, {value, strlen(value)}};
}

// It is EWS: said when the answer to the sign-in is here too, for many a proxy asks for a sign-in that
// leads nowhere.
static void
endpoint_passed(struct verification *v)
{
  struct tenon_session *s = v->s;
  const struct ews_answer *answer = &v->anonymous;
  char detail[CHALLENGE_TEXT_MAX + 320];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  const char *offered = answer->challenge.text;
  kit_text_printf(&text, "%s, sign-in by %s.", s->ews.server.url,
                  offered[0] != 0 ? offered : "nothing that it names");
  const tenon_pair data[] = {PAIR(TENON_DATA_OFFERED, offered), PAIR("url", s->ews.server.url)};
  verify_pass(v, TENON_CHECK_EWS_ENDPOINT, detail, answer->completion->first_byte_ns, data, 2);
}
bool
verify_way_open(struct verification *v)
{
  if (ews_opens(&v->s->ews, &v->anonymous))
    return true;
  endpoint_passed(v);
  v->anonymous.evidence.place = PLACE_SIGNIN;
  verdict_judge(&v->anonymous.evidence, &v->s->ews.verdict);
  verify_fail(v, signin_check(&v->s->ews.signin));
  return false;
}

// Without a credential the server did not ask for one, and with it there came a fault: either may be
// what it answers to everybody.
static void
not_asked(struct verification *v)
{
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_RECOMMENDED,
      .id = signin_check(&v->s->ews.signin),
      .title = "The sign-in is not proven",
      .detail =
          "The server answers without a sign-in too, so that its answer does not tell whether "
          "the password is right. Exchange asks everybody to sign in.",
      .remedy = "Check that the server is Exchange itself, and the password by another program.",
      .field = TENON_KEY_SERVER,
      .cause = TENON_E_AUTH,
  };
  report_check(&v->report, &check, -1);
}

static void
put_time(struct kit_text *to, int64_t seconds)
{
  time_t when = (time_t)seconds;
  struct tm tm;
  char text[32];
  if (gmtime_r(&when, &tm) != NULL && strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &tm) > 0)
    kit_text_put(to, text);
}

static void
put_ticket(struct kit_text *to, const tenon_http_signin *signin)
{
  kit_text_printf(to, "; a ticket for %.256s", signin->service);
  if (signin->ticket_ends != 0) {
    kit_text_put(to, " until ");
    put_time(to, signin->ticket_ends);
  }
  if (signin->source != NULL)
    kit_text_printf(to, ", by %.200s", signin->source);
}

// "CONTOSO\svc, by NTLM, bound to the server's certificate (tls-server-end-point, SHA-256)."
static void
put_channel(struct kit_text *to, const struct tenon_session *s, const tenon_http_signin *signin)
{
  kit_text_printf(to, "%.320s, by %s", signin->user != NULL ? signin->user : ews_user(&s->ews),
                  signin_way_name(s->ews.signin.way));
  if (signin->binding != NULL)
    kit_text_printf(to, ", bound to the server's certificate (%.80s)", signin->binding);
  else
    kit_text_put(to, ", without a channel binding, since the certificate names no hash for one");
  if (signin->service != NULL)
    put_ticket(to, signin);
  kit_text_put(to, ".");
}

static void
add_channel(struct facts *facts, const tenon_http_signin *signin)
{
  add(facts, "scheme", signin->scheme);
  add(facts, "mechanism", signin->mechanism);
  add(facts, "user", signin->user);
  add(facts, "source", signin->source);
  add(facts, "binding", signin->binding);
  add(facts, "service", signin->service);
  add(facts, "realm", signin->realm);
  add(facts, "netbios_domain", signin->netbios_domain);
  add(facts, "dns_domain", signin->dns_domain);
  add(facts, "server_name", signin->server_name);
}

static void
sign_in_passed(struct verification *v, const struct ews_answer *answer)
{
  struct tenon_session *s = v->s;
  const tenon_http_signin *signin = answer->completion->signin;
  struct facts facts = {0};
  char detail[EWS_ACCOUNT_MAX + SIGNIN_PASSED_MAX + 1024], ends[32] = "";
  struct kit_text text, until;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_init(&until, ends, sizeof ends);
  if (signin == NULL) {
    kit_text_printf(&text, "%s, with Basic over TLS.", s->ews.account);
    add(&facts, "scheme", "Basic");
    add(&facts, "user", s->ews.account);
  } else {
    put_channel(&text, s, signin);
    add_channel(&facts, signin);
    if (signin->ticket_ends != 0)
      put_time(&until, signin->ticket_ends);
    add(&facts, "ticket_ends", ends);
  }
  if (s->ews.signin.passed.len > 0)
    kit_text_printf(&text, " %s", s->ews.signin.passed_buffer);
  add(&facts, "passed", s->ews.signin.passed_buffer);
  verify_pass(v, signin_check(&s->ews.signin), detail, -1, facts.pairs, facts.n);
}

// A failure is the sign-in's where the account was refused; what else comes instead of EWS shows that
// there is none behind the sign-in, or that it does not work.
bool
verify_signed_in(struct verification *v, const struct ews_answer *answer)
{
  struct tenon_session *s = v->s;
  verdict_judge(&answer->evidence, &s->ews.verdict);
  bool good = verdict_is_good(&answer->evidence);
  bool account = !good && verdict_is_signin(s->ews.verdict.row);
  bool denied = !good && s->ews.verdict.row->cause == TENON_E_DENIED;
  if (!verdict_is_ews(&answer->evidence) && !account && !denied) {
    verify_fail(v, TENON_CHECK_EWS_ENDPOINT);
    return false;
  }
  endpoint_passed(v);
  if (!account && v->open && answer->reply.fault)
    not_asked(v);
  else if (!account)
    sign_in_passed(v, answer);
  if (account || denied)
    verify_fail(v, signin_check(&s->ews.signin));
  return !account && !denied;
}
