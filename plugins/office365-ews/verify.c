// SPDX-License-Identifier: Apache-2.0
//
// Does the connection work? A token, one request that needs no mailbox, one for somebody else's mailbox. What the token is
// worth shows when EWS has answered: until then it is a promise.
#include "session.h"

#include "acting.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define PAIR(key, value)                                                                           \
  {                                                                                                \
    key,                                                                                           \
    {                                                                                              \
      value, strlen(value)                                                                         \
    }                                                                                              \
  }

static const struct report_layer layers[] = {
    LAYERS_TABLE,
    {TENON_CHECK_AUTH_TOKEN, "Token"},
    {TENON_CHECK_EWS_ENDPOINT, "EWS"},
    {TENON_CHECK_EWS_POLICY, "EWS policy"},
    {TENON_CHECK_EWS_VERSION, "Version"},
    ACTING_TABLE,
};
#define N_LAYERS (sizeof layers / sizeof *layers)

struct verification {
  struct tenon_session *s;
  const tenon_call *call;
  struct report report;
  bool layers_said; // of the first host that was spoken to
};

static const char *
title_of(const char *id)
{
  for (size_t i = 0; i < N_LAYERS; i++)
    if (strcmp(layers[i].id, id) == 0)
      return layers[i].title;
  return id;
}

static void
pass(struct verification *v, const char *id, const char *detail, const tenon_pair *data, size_t n)
{
  report_pass(&v->report, id, title_of(id), detail, -1, data, n);
}

static void
fail(struct verification *v, const char *otherwise)
{
  report_verdict(&v->report, &v->s->ews.verdict, otherwise);
}

// ---- the token ------------------------------------------------------------------------------------

static tenon_status
sign_in(struct verification *v, bool *ret)
{
  struct tenon_session *s = v->s;
  char title[96];
  snprintf(title, sizeof title, "Token by %s", oauth_grant_name(s->answers.settings.grant));
  report_begin(&v->report, TENON_CHECK_AUTH_TOKEN, title);
  tenon_status status = token_get_patiently(s, v->call, OAUTH_NEW, ret);
  if (status != TENON_OK)
    return status;
  struct verdict_evidence evidence;
  token_evidence(s, &evidence);
  if (evidence.completion != NULL) {
    v->layers_said = true;
    if (!layers_report(&v->report, &evidence, &s->ews.verdict, TENON_CHECK_AUTH_TOKEN)) {
      *ret = false;
      return TENON_OK;
    }
  }
  if (!*ret)
    fail(v, TENON_CHECK_AUTH_TOKEN);
  return TENON_OK;
}

// ---- EWS ------------------------------------------------------------------------------------------

// "The header must be present": a token of an application was taken, and EWS itself has read the request.
static bool
is_welcome(const struct tenon_session *s, const struct ews_answer *answer)
{
  static const char *const codes[] = {"ErrorInvalidExchangeImpersonationHeaderData",
                                      "ErrorInvalidIdMalformed", "ErrorInvalidSmtpAddress",
                                      "ErrorMissingEmailAddress", "ErrorNonExistentMailbox"};
  if (verdict_is_good(&answer->evidence))
    return true;
  if (!verdict_is_ews(&answer->evidence))
    return false;
  const char *code = soap_reply_code(&answer->reply);
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (strcmp(code, codes[i]) == 0)
      return i > 0 || s->app;
  return false;
}

static void
endpoint_passed(struct verification *v, const struct ews_answer *answer)
{
  const char *url = v->s->ews.server.url;
  const char *front = verdict_header(answer->completion, "X-FEServer").ptr;
  char detail[EWS_URL_MAX + 128];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "%s", url);
  if (front != NULL)
    kit_text_printf(&text, ", answered by %.64s", front);
  kit_text_put(&text, ".");
  const tenon_pair data[] = {PAIR("url", url)};
  pass(v, TENON_CHECK_EWS_ENDPOINT, detail, data, 1);
}

static void
version_passed(struct verification *v, const struct ews_answer *answer)
{
  struct ews_build build = answer->reply.build;
  tenon_text header = verdict_header(answer->completion, "X-OWA-Version");
  char detail[128], number[48];
  struct kit_text text;
  if (build.major == 0 && header.ptr != NULL)
    (void)ews_build_parse(header.ptr, header.len, &build);
  snprintf(number, sizeof number, "%u.%u.%u.%u", build.major, build.minor, build.build,
           build.revision);
  kit_text_init(&text, detail, sizeof detail);
  if (build.major == 0)
    kit_text_put(&text, "Exchange Online, which does not say its build");
  else
    kit_text_printf(&text, "Exchange Online, build %s", number);
  kit_text_printf(&text, "; spoken to as %s.", ews_ladder_version(v->s->ews.version));
  const tenon_pair data[] = {PAIR("build", number)};
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_PASS,
      .level = TENON_LEVEL_INFO,
      .id = TENON_CHECK_EWS_VERSION,
      .title = title_of(TENON_CHECK_EWS_VERSION),
      .detail = detail,
      .data = data,
      .n_data = build.major != 0,
  };
  report_check(&v->report, &check, 0);
}

static void
policy_passed(struct verification *v)
{
  const struct tenon_session *s = v->s;
  char detail[OAUTH_ID_MAX + 160];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  const char *id = s->claims.app_id[0] != 0 ? s->claims.app_id : s->answers.client_id;
  kit_text_printf(&text, "EWS lets the application %s in: the tenant has EWS switched on for it.",
                  id[0] != 0 ? id : "of this token");
  pass(v, TENON_CHECK_EWS_POLICY, detail, NULL, 0);
}

// What EWS made of the token decides what is told of it.
static bool
judge_ews(struct verification *v, struct ews_answer *answer)
{
  struct tenon_session *s = v->s;
  if (is_welcome(s, answer)) {
    token_report(s, &v->report);
    endpoint_passed(v, answer);
    policy_passed(v);
    version_passed(v, answer);
    return true;
  }
  verdict_judge(&answer->evidence, &s->ews.verdict);
  const char *check = s->ews.verdict.check.id;
  bool token = verdict_is_signin(s->ews.verdict.row);
  bool door = strcmp(check, TENON_CHECK_EWS_POLICY) == 0;
  bool inside = verdict_is_ews(&answer->evidence) && strcmp(check, TENON_CHECK_EWS_ENDPOINT) != 0;
  if (token)
    fail(v, TENON_CHECK_EWS_ENDPOINT);
  else
    token_report(s, &v->report);
  if (token || door || inside)
    endpoint_passed(v, answer);
  if (inside && !door)
    policy_passed(v);
  if (!token) {
    verdict_judge(&answer->evidence, &s->ews.verdict);
    fail(v, TENON_CHECK_EWS_ENDPOINT);
  }
  return false;
}

static tenon_status
ask_ews(struct verification *v, bool *ret)
{
  struct tenon_session *s = v->s;
  struct ews_answer answer = {0};
  const char *whom = s->ews.anchor[0] != 0 ? s->ews.anchor : s->ews.admin;
  report_begin(&v->report, TENON_CHECK_EWS_ENDPOINT, title_of(TENON_CHECK_EWS_ENDPOINT));
  *ret = false;
  tenon_status status =
      ews_ask_patiently(&s->ews, v->call, EWS_CONVERT_ID, PLACE_SIGNIN, whom, &answer);
  if (status != TENON_OK)
    return status;
  bool came = true;
  if (!v->layers_said && answer.completion != &s->ews.unsent)
    came = layers_report(&v->report, &answer.evidence, &s->ews.verdict, TENON_CHECK_EWS_ENDPOINT);
  if (came)
    *ret = judge_ews(v, &answer);
  ews_answer_drop(&s->ews, &answer);
  return TENON_OK;
}

// ---- somebody else's mailbox ------------------------------------------------------------------------

static void
access_proven(struct verification *v, const struct ews_act *act)
{
  const struct tenon_session *s = v->s;
  char detail[EWS_ADDRESS_MAX + EWS_ACCOUNT_MAX + 96];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  acting_put_opened(&text, s->answers.client_id, s->app ? NULL : s->ews.account, act->address);
  kit_text_put(&text, ".");
  acting_proven(&v->report, detail);
}

// At best a warning: the proof is one mailbox that opens.
static void
access_not_proven(struct verification *v, enum ews_role role)
{
  const struct tenon_session *s = v->s;
  bool given = s->ews.mailbox[0] != 0;
  const char *detail =
      "Exchange Online's answer to acting as somebody who does not exist tells nothing about it.";
  if (!s->app)
    detail = "A person reaches another mailbox by rights on that mailbox, one by one, since "
             "Exchange Online took the impersonation of accounts away in February 2025.";
  else if (!token_lacks(s))
    detail = "The token holds full_access_as_app, which opens all mailboxes of the tenant, unless "
             "an application access policy limits it.";
  else if (role == ROLE_LIKELY)
    detail = "Exchange Online looked for the person before it refused; that is a sign and no "
             "proof.";
  acting_not_proven(&v->report, "Access to other mailboxes is not proven", detail, given, !s->app);
}

// Somebody invented could be acted as: every test would succeed.
static void
access_ignored(struct verification *v, const struct ews_act *act)
{
  char detail[EWS_ADDRESS_MAX + 128];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "Acting as %s, whom tenon made up, opened a mailbox.", act->address);
  acting_ignored(&v->report, detail,
                 "Leave `ews_url` empty, so that Exchange Online itself is asked.",
                 TENON_KEY_EWS_URL);
}

// A person's rights are each mailbox's: somebody made up tells nothing of them.
static tenon_status
without_mailbox(struct verification *v)
{
  struct ews_act act;
  enum ews_role role = ROLE_UNKNOWN;
  if (!v->s->app) {
    access_not_proven(v, role);
    return TENON_OK;
  }
  tenon_status status = ews_role_probe(&v->s->ews, v->call, &act, &role);
  if (status != TENON_OK)
    return status;
  if (role == ROLE_IGNORED)
    access_ignored(v, &act);
  else
    access_not_proven(v, role);
  ews_act_drop(&v->s->ews, &act);
  return TENON_OK;
}

static tenon_status
with_mailbox(struct verification *v)
{
  struct ews_session *ews = &v->s->ews;
  struct ews_act act;
  enum ews_step step;
  ews_act_init(&act, ews->mailbox, strlen(ews->mailbox));
  tenon_status status = ews_act_perform(ews, v->call, &act, &step);
  if (status != TENON_OK)
    return status;
  if (step == ACT_DONE_OK) {
    access_proven(v, &act);
  } else {
    bool outside = ews->verdict.check.field == NULL;
    access_not_proven(v, ROLE_UNKNOWN);
    if (outside)
      ews->verdict.check.field = TENON_KEY_MAILBOX;
    fail(v, TENON_CHECK_IMPERSONATE_MAILBOX);
  }
  ews_act_drop(ews, &act);
  return TENON_OK;
}

static tenon_status
reach_mailbox(struct verification *v)
{
  struct ews_session *ews = &v->s->ews;
  report_begin(&v->report, TENON_CHECK_IMPERSONATE_ROLE, ACTING_ROLE);
  if (ews->mailbox[0] == 0)
    return without_mailbox(v);
  const char *fault = ews_identity_fault(ews->identity, ews->mailbox, strlen(ews->mailbox));
  if (fault == NULL)
    return with_mailbox(v);
  access_not_proven(v, ROLE_UNKNOWN);
  ews_act_report_invalid(ews, v->report.sink, ews->mailbox, fault, false);
  report_say(&v->report, TENON_CHECK_IMPERSONATE_MAILBOX);
  return TENON_OK;
}

// ---- all of it --------------------------------------------------------------------------------------

tenon_status
cloudews_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  struct verification v = {.s = s, .call = call};
  bool good = false;
  report_init(&v.report, s->ews.host, sink);
  token_anew(s);
  tenon_status status = sign_in(&v, &good);
  if (status == TENON_OK && good)
    status = ask_ews(&v, &good);
  if (status != TENON_OK)
    return status;
  sunset_report(s, &v.report, (int64_t)time(NULL));
  if (good)
    return reach_mailbox(&v);
  size_t n = s->ews.mailbox[0] != 0 ? N_LAYERS : N_LAYERS - 1; // the mailbox is the last of them
  report_skip_rest(&v.report, layers, n, LAYERS_N);
  return TENON_OK;
}
