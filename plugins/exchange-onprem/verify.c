// SPDX-License-Identifier: Apache-2.0
//
// Does the connection work? Layer by layer, in three requests over one connection: one without a
// credential, one signed in that needs no mailbox, one acting as somebody else. A layer that fails
// ends its branch; the rest is skipped with the reason.
#include "verify.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SIGN_IN "auth" // stands for the check of the way that is gone

static const struct {
  const char *id, *title;
} layers[] = {
    {TENON_CHECK_NET_PROXY, "Proxy"},
    {TENON_CHECK_NET_RESOLVE, "Name"},
    {TENON_CHECK_NET_CONNECT, "Connection"},
    {TENON_CHECK_TLS_HANDSHAKE, "TLS"},
    {TENON_CHECK_TLS_CERTIFICATE, "Certificate"},
    {TENON_CHECK_EWS_ENDPOINT, "EWS"},
    {SIGN_IN, "Sign-in"},
    {TENON_CHECK_EWS_VERSION, "Version"},
    {TENON_CHECK_IMPERSONATE_ROLE, "Impersonation role"},
    {TENON_CHECK_IMPERSONATE_MAILBOX, "Impersonation"},
};
#define N_LAYERS (sizeof layers / sizeof *layers)

// The sign-in's id is that of the way, which is known late.
static const char *
id_of_layer(const struct verification *v, size_t i)
{
  return strcmp(layers[i].id, SIGN_IN) == 0 ? signin_check(&v->s->signin) : layers[i].id;
}

bool
verify_said(const struct verification *v, const char *id)
{
  for (size_t i = 0; i < v->n_ids; i++)
    if (strcmp(v->ids[i], id) == 0)
      return true;
  return false;
}

void
verify_say(struct verification *v, const char *id)
{
  if (v->n_ids < VERIFY_IDS_MAX)
    v->ids[v->n_ids++] = id;
}

void
verify_pass(struct verification *v, const char *id, const char *detail, int64_t elapsed_ns,
            const tenon_pair *data, size_t n_data)
{
  const char *title = id;
  for (size_t i = 0; i < N_LAYERS; i++)
    if (strcmp(id_of_layer(v, i), id) == 0)
      title = layers[i].title;
  verify_say(v, id);
  report_pass(&v->report, id, title, detail, elapsed_ns, data, n_data);
}

void
verify_fail(struct verification *v, const char *otherwise)
{
  tenon_check *check = &v->s->verdict.check;
  if (verify_said(v, check->id))
    check->id = otherwise;
  verify_say(v, check->id);
  report_check(&v->report, check, -1);
}

// What comes after the last that was said, and what belongs to EWS and was left out.
static void
skip_rest(struct verification *v)
{
  size_t last = 0, endpoint_at = 0;
  for (size_t i = 0; i < N_LAYERS; i++) {
    last = verify_said(v, id_of_layer(v, i)) ? i : last;
    endpoint_at = strcmp(layers[i].id, TENON_CHECK_EWS_ENDPOINT) == 0 ? i : endpoint_at;
  }
  for (size_t i = 1; i < N_LAYERS; i++) {
    const char *id = id_of_layer(v, i);
    bool mailbox = strcmp(id, TENON_CHECK_IMPERSONATE_MAILBOX) == 0;
    if (verify_said(v, id) || (i <= last && i < endpoint_at) || (mailbox && v->s->mailbox[0] == 0))
      continue;
    report_skip(&v->report, id, layers[i].title);
  }
}

// ---- below HTTP -------------------------------------------------------------------------------

// Works, and is worth a word: title NULL where it is not.
static void
certificate_said(struct verification *v, const char *title, const char *detail, const char *remedy,
                 const tenon_pair *data, size_t n)
{
  if (title == NULL) {
    verify_pass(v, TENON_CHECK_TLS_CERTIFICATE, detail, 0, data, n);
    return;
  }
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_RECOMMENDED,
      .id = TENON_CHECK_TLS_CERTIFICATE,
      .title = title,
      .detail = detail,
      .remedy = remedy,
      .cause = TENON_E_TLS,
      .data = data,
      .n_data = n,
  };
  verify_say(v, check.id);
  report_check(&v->report, &check, 0);
}

#define INSPECTED_REMEDY                                                                           \
  "Have the server excepted from the inspection of TLS: the proxy sees the password, and where "   \
  "Extended Protection is demanded, NTLM and Kerberos are refused through it."

static void
certificate(struct verification *v, const tenon_http_tls *tls)
{
  const tenon_http_certificate *cert = tls->chain[0];
  char since[16], until[16], detail[896];
  struct kit_text text;
  kit_text_init(&text, since, sizeof since);
  kit_text_put_date(&text, cert->not_before);
  kit_text_init(&text, until, sizeof until);
  kit_text_put_date(&text, cert->not_after);
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "For %.300s; issued by %.200s; valid until %s.",
                  cert->names[0] != 0 ? cert->names : cert->subject, cert->issuer, until);
  const char *inspector = verdict_inspector(tls);
  if (tls->complaints != 0)
    kit_text_put(&text, " Accepted because its key is the pinned one, whatever else is wrong.");
  if (inspector != NULL)
    kit_text_printf(&text, " Made by %s, which ends TLS on the way and looks into it.", inspector);
  const tenon_pair data[] = {
      PAIR("names", cert->names), PAIR("subject", cert->subject), PAIR("issuer", cert->issuer),
      PAIR("not_before", since),  PAIR("not_after", until),       PAIR("sha256", cert->sha256),
      PAIR("pin", cert->pin),
  };
  const size_t n = sizeof data / sizeof *data;
  int64_t days = (cert->not_after - (int64_t)time(NULL)) / 86400;
  if (inspector != NULL)
    certificate_said(v, "A TLS-inspecting proxy answers for the server", detail, INSPECTED_REMEDY,
                     data, n);
  else
    certificate_said(v, days < ONPREM_CERTIFICATE_DAYS ? "The certificate ends soon" : NULL, detail,
                     "Renew the server's certificate before that day.", data, n);
}

static bool
proxied(const tenon_http_completion *c)
{
  return c->route != NULL && strncmp(c->route, "proxy", 5) == 0;
}

// Who decided on the route. "" where nobody named a proxy.
static const char *
by_whom(const tenon_http_completion *c)
{
  switch (c->route_by) {
  case TENON_HTTP_ROUTE_SET:
    return proxied(c) ? ", from the field `proxy`" : ": the field `proxy` says so";
  case TENON_HTTP_ROUTE_ENVIRONMENT: return ", from the environment";
  case TENON_HTTP_ROUTE_EXEMPT: return ": NO_PROXY says so";
  default: return "";
  }
}

static void
layer_passed(struct verification *v, const char *id, const tenon_http_completion *c)
{
  char detail[320];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  if (strcmp(id, TENON_CHECK_NET_PROXY) == 0) {
    const tenon_pair data[] = {PAIR("route", c->route)};
    kit_text_printf(&text, "The route is %.200s%s.", c->route, by_whom(c));
    verify_pass(v, id, detail, proxied(c) ? c->connect_ns : 0, data, 1);
  } else if (strcmp(id, TENON_CHECK_NET_RESOLVE) == 0) {
    kit_text_printf(&text, "%s is at %.100s.", v->s->server.host, c->address);
    verify_pass(v, id, c->address != NULL ? detail : NULL, c->resolve_ns, NULL, 0);
  } else if (strcmp(id, TENON_CHECK_NET_CONNECT) == 0) {
    kit_text_printf(&text, "Connected to %.100s.", c->address != NULL ? c->address : "it");
    verify_pass(v, id, detail, c->connect_ns, NULL, 0);
  } else if (strcmp(id, TENON_CHECK_TLS_HANDSHAKE) == 0) {
    const tenon_http_tls *tls = c->tls;
    bool done = tls != NULL && tls->protocol != NULL;
    kit_text_printf(&text, "%.40s, %.80s.", done ? tls->protocol : "",
                    done && tls->cipher != NULL ? tls->cipher : "");
    verify_pass(v, id, done ? detail : NULL, c->tls_ns, NULL, 0);
  } else if (c->tls != NULL && c->tls->n_chain > 0) {
    certificate(v, c->tls);
  }
}

// Reports the layers up to the one that failed; false when one did.
static bool
report_layers(struct verification *v, const struct answer *answer)
{
  const tenon_http_completion *c = answer->completion;
  bool by_name = !proxied(c), chosen = c->route_by != TENON_HTTP_ROUTE_DIRECT;
  const struct verdict_row *failed = c->code == 0 ? verdict_find(&answer->evidence) : NULL;
  for (size_t i = 0; strcmp(layers[i].id, TENON_CHECK_EWS_ENDPOINT) != 0; i++) {
    if (failed != NULL && strcmp(failed->check, layers[i].id) == 0)
      break;
    bool way = i == 1 || i == 2; // name and connection are the proxy's business
    if ((i == 0 && by_name && !chosen) || (way && !by_name))
      continue;
    layer_passed(v, layers[i].id, c);
  }
  if (failed == NULL)
    return true;
  verdict_judge(&answer->evidence, &v->s->verdict);
  verify_fail(v, TENON_CHECK_EWS_ENDPOINT);
  return false;
}

// ---- EWS ----------------------------------------------------------------------------------------

static void
note_build(struct verification *v, const struct answer *answer)
{
  tenon_text header = verdict_header(answer->completion, "X-OWA-Version");
  if (answer->evidence.soap != NULL && answer->reply.build.major != 0)
    v->build = answer->reply.build;
  else if (v->build.major == 0 && header.ptr != NULL)
    (void)ews_build_parse(header.ptr, header.len, &v->build);
}

// Does what answers there look like EWS, as far as that shows without a sign-in?
static bool
endpoint(struct verification *v)
{
  const struct answer *answer = &v->anonymous;
  if (answer->completion->code == 401 || verdict_is_ews(&answer->evidence))
    return true;
  verdict_judge(&answer->evidence, &v->s->verdict);
  verify_fail(v, TENON_CHECK_EWS_ENDPOINT);
  return false;
}

static void
report_product(struct verification *v, const char *number, const struct ews_product *product)
{
  char detail[320];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "%s, build %s; spoken to as %s.", product->name, number,
                  ews_ladder_version(v->s->version));
  const char *end = product->support_end != NULL ? product->support_end : "";
  const tenon_pair data[] = {PAIR("build", number), PAIR("product", product->name),
                             PAIR("support_end", end)};
  char today[16];
  struct kit_text day;
  kit_text_init(&day, today, sizeof today);
  kit_text_put_date(&day, (int64_t)time(NULL));
  if (end[0] == 0 || strcmp(today, end) < 0) {
    verify_pass(v, TENON_CHECK_EWS_VERSION, detail, 0, data, end[0] == 0 ? 2 : 3);
    return;
  }
  kit_text_printf(&text, " Its support ended on %s.", end);
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_RECOMMENDED,
      .id = TENON_CHECK_EWS_VERSION,
      .title = "The server is out of support",
      .detail = detail,
      .remedy =
          "Plan the move to Exchange Server Subscription Edition. The connection works as it is.",
      .cause = TENON_E_CONFIG,
      .data = data,
      .n_data = sizeof data / sizeof *data,
  };
  verify_say(v, check.id);
  report_check(&v->report, &check, 0);
}

static bool
version(struct verification *v, const struct answer *answer)
{
  struct tenon_session *s = v->s;
  if (ews_ladder_steps_down(soap_reply_code(&answer->reply)) && !s->version_known &&
      ews_ladder_version(s->version + 1) == NULL) {
    struct verdict_evidence evidence = answer->evidence;
    evidence.seen |= SEEN_AGAIN;
    verdict_judge(&evidence, &s->verdict);
    verify_fail(v, TENON_CHECK_EWS_VERSION);
    return false;
  }
  char number[48];
  snprintf(number, sizeof number, "%u.%u.%u.%u", v->build.major, v->build.minor, v->build.build,
           v->build.revision);
  const struct ews_product *product = ews_product_of(&v->build);
  if (product != NULL) {
    report_product(v, number, product);
    return true;
  }
  char detail[128];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  if (v->build.major != 0)
    kit_text_printf(&text, "Build %s, which is none of Exchange that tenon knows.", number);
  else
    kit_text_put(&text, "The server does not say which version it runs.");
  verify_pass(v, TENON_CHECK_EWS_VERSION, detail, 0, NULL, 0);
  return true;
}

// ---- impersonation ----------------------------------------------------------------------------

static void
role_proven(struct verification *v, const struct act *act)
{
  char detail[EWS_ADDRESS_MAX + ONPREM_ACCOUNT_MAX + 64];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "%s acted as %s.", v->s->account, act->address);
  static const tenon_pair data[] = {{TENON_DATA_VERDICT, {TENON_VERDICT_OK, 2}}};
  verify_pass(v, TENON_CHECK_IMPERSONATE_ROLE, detail, -1, NULL, 0);
  verify_pass(v, TENON_CHECK_IMPERSONATE_MAILBOX, detail, 0, data, 1);
}

static void
role_not_proven(struct verification *v, enum role role, bool mailbox_given)
{
  const char *likely = "The server looked for the person before it looked at the role, as it does "
                       "when the role is there; that is a sign and no proof.";
  const char *unknown =
      "The server's answer to acting as somebody who does not exist tells nothing "
      "about the role.";
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_RECOMMENDED,
      .id = TENON_CHECK_IMPERSONATE_ROLE,
      .title = "The role ApplicationImpersonation is not proven",
      .detail = role == ROLE_LIKELY ? likely : unknown,
      .remedy = mailbox_given
                    ? "Give a mailbox that exists in the field `mailbox`, and verify again."
                    : "Give somebody's mailbox in the field `mailbox`: acting as it is the proof.",
      .field = TENON_KEY_MAILBOX,
      .cause = TENON_E_CONFIG,
  };
  verify_say(v, check.id);
  report_check(&v->report, &check, -1);
}

// Somebody invented could be acted as: on this server every test of impersonation would succeed.
static void
role_ignored(struct verification *v, const struct act *act)
{
  char detail[EWS_ADDRESS_MAX + ONPREM_ACCOUNT_MAX + 128];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "%s acted as %s, whom tenon made up, and the server opened a mailbox.",
                  v->s->account, act->address);
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_FAIL,
      .level = TENON_LEVEL_REQUIRED,
      .id = TENON_CHECK_IMPERSONATE_ROLE,
      .title = "The server does not heed whom tenon acts as",
      .detail = detail,
      .remedy = "Name a server that knows impersonation: this one opens the same mailbox whoever "
                "is acted as, so that every test of it would succeed and mean nothing.",
      .field = TENON_KEY_SERVER,
      .cause = TENON_E_UNSUPPORTED,
  };
  verify_say(v, check.id);
  report_check(&v->report, &check, -1);
}

static tenon_status
role_by_control(struct verification *v, bool mailbox_given, bool *ret_missing)
{
  struct act act;
  enum role role;
  tenon_status status = role_probe(v->s, v->call, &act, &role);
  if (status != TENON_OK)
    return status;
  if (role == ROLE_MISSING)
    verify_fail(v, TENON_CHECK_IMPERSONATE_ROLE);
  else if (role == ROLE_IGNORED)
    role_ignored(v, &act);
  else
    role_not_proven(v, role, mailbox_given);
  *ret_missing = role == ROLE_MISSING || role == ROLE_IGNORED;
  act_drop(v->s, &act);
  return TENON_OK;
}

// The mailbox failed. Where the role is missing altogether that is the one cause, and the mailbox is
// skipped; else the mailbox has a cause of its own.
static tenon_status
mailbox_failed(struct verification *v, struct act *act)
{
  struct tenon_session *s = v->s;
  bool missing = false;
  if (verdict_is_ews(&act->answer.evidence)) {
    tenon_status status = role_by_control(v, true, &missing);
    if (status != TENON_OK)
      return status;
  }
  if (missing)
    return TENON_OK;
  act_judge(s, act, 0); // again: the control has used the session's verdict
  if (s->verdict.check.field == NULL)
    s->verdict.check.field = TENON_KEY_MAILBOX;
  verify_fail(v, TENON_CHECK_IMPERSONATE_MAILBOX);
  return TENON_OK;
}

// It worked. Exchange refuses what it does not allow; of a server that is none that is to be seen.
static tenon_status
mailbox_worked(struct verification *v, const struct act *act)
{
  if (ews_product_of(&v->build) == NULL) {
    struct act control;
    enum role role;
    tenon_status status = role_probe(v->s, v->call, &control, &role);
    if (status != TENON_OK)
      return status;
    if (role == ROLE_IGNORED)
      role_ignored(v, &control);
    act_drop(v->s, &control);
    if (role == ROLE_IGNORED)
      return TENON_OK;
  }
  role_proven(v, act);
  return TENON_OK;
}

static tenon_status
act_as_mailbox(struct verification *v)
{
  struct act act;
  enum act_step step;
  act_init(&act, v->s->mailbox, strlen(v->s->mailbox));
  tenon_status status = act_perform(v->s, v->call, &act, &step);
  if (status != TENON_OK)
    return status;
  status = step == ACT_DONE_OK ? mailbox_worked(v, &act) : mailbox_failed(v, &act);
  act_drop(v->s, &act);
  return status;
}

static tenon_status
impersonation(struct verification *v)
{
  struct tenon_session *s = v->s;
  bool missing = false;
  report_begin(&v->report, TENON_CHECK_IMPERSONATE_ROLE, "Impersonation role");
  if (s->mailbox[0] == 0)
    return role_by_control(v, false, &missing);
  const char *fault = ews_identity_fault(s->identity, s->mailbox, strlen(s->mailbox));
  if (fault == NULL)
    return act_as_mailbox(v);
  tenon_status status = role_by_control(v, true, &missing);
  if (status == TENON_OK) {
    act_report_invalid(s, v->report.sink, s->mailbox, fault, false);
    verify_say(v, TENON_CHECK_IMPERSONATE_MAILBOX);
  }
  return status;
}

// ---- all of it --------------------------------------------------------------------------------

static tenon_status
with_account(struct verification *v)
{
  struct answer answer = {0};
  // Which check the sign-in is depends on the way that leads through; that of EWS is said in any case.
  report_begin(&v->report, TENON_CHECK_EWS_ENDPOINT, "Sign-in");
  tenon_status status =
      ask_patiently(v->s, v->call, OPERATION_CONVERT_ID, PLACE_SIGNIN, v->s->admin, &answer);
  if (status != TENON_OK)
    return status;
  note_build(v, &answer);
  bool good = verify_signed_in(v, &answer) && version(v, &answer);
  answer_drop(v->s, &answer);
  return good ? impersonation(v) : TENON_OK;
}

tenon_status
onprem_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  struct verification v = {.s = s, .call = call};
  ask_anew(s);
  report_init(&v.report, s->host, sink);
  tenon_status status = verify_server(s, call, &v.report);
  if (status == TENON_OK && !session_has_server(s))
    skip_rest(&v);
  if (status != TENON_OK || !session_has_server(s))
    return status;
  report_begin(&v.report, TENON_CHECK_NET_RESOLVE, "Connection");
  status = ask_patiently(s, call, OPERATION_CONVERT_ID, PLACE_OPEN, s->admin, &v.anonymous);
  if (status != TENON_OK)
    return status;
  bool changed = false;
  status = trust_offer(&v, &v.anonymous, sink, &changed);
  if (status != TENON_OK || changed) {
    answer_drop(s, &v.anonymous);
    return status;
  }
  note_build(&v, &v.anonymous);
  v.open = verdict_is_ews(&v.anonymous.evidence);
  if (report_layers(&v, &v.anonymous) && endpoint(&v) && verify_way_open(&v))
    status = with_account(&v);
  answer_drop(s, &v.anonymous);
  if (status == TENON_OK && v.report.failed != NULL)
    skip_rest(&v);
  return status;
}
