// SPDX-License-Identifier: Apache-2.0
//
// Does the connection work? Layer by layer, in three requests over one connection: one without a
// credential, one signed in that needs no mailbox, one acting as somebody else. A layer that fails
// ends its branch; the rest is skipped with the reason.
#include "verify.h"

#include "acting.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SIGN_IN "auth" // stands for the check of the way that is gone

static const struct report_layer layers[] = {
    LAYERS_TABLE,
    {TENON_CHECK_EWS_ENDPOINT, "EWS"},
    {SIGN_IN, "Sign-in"}, // see id_of_layer
    {TENON_CHECK_EWS_VERSION, "Version"},
    ACTING_TABLE,
};
#define N_LAYERS (sizeof layers / sizeof *layers)

// The sign-in's id is that of the way, which is known late.
static const char *
id_of_layer(const struct verification *v, size_t i)
{
  return strcmp(layers[i].id, SIGN_IN) == 0 ? signin_check(&v->s->ews.signin) : layers[i].id;
}

void
verify_pass(struct verification *v, const char *id, const char *detail, int64_t elapsed_ns,
            const tenon_pair *data, size_t n_data)
{
  const char *title = id;
  for (size_t i = 0; i < N_LAYERS; i++)
    if (strcmp(id_of_layer(v, i), id) == 0)
      title = layers[i].title;
  report_pass(&v->report, id, title, detail, elapsed_ns, data, n_data);
}

void
verify_fail(struct verification *v, const char *otherwise)
{
  report_verdict(&v->report, &v->s->ews.verdict, otherwise);
}

// What comes after the last that was said, and what belongs to EWS and was left out.
static void
skip_rest(struct verification *v)
{
  struct report_layer rest[N_LAYERS];
  size_t n = v->s->ews.mailbox[0] != 0 ? N_LAYERS : N_LAYERS - 1; // the mailbox is the last of them
  for (size_t i = 0; i < n; i++)
    rest[i] = (struct report_layer){id_of_layer(v, i), layers[i].title};
  report_skip_rest(&v->report, rest, n, LAYERS_N);
}

// ---- EWS ----------------------------------------------------------------------------------------

static void
note_build(struct verification *v, const struct ews_answer *answer)
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
  const struct ews_answer *answer = &v->anonymous;
  if (answer->completion->code == 401 || verdict_is_ews(&answer->evidence))
    return true;
  verdict_judge(&answer->evidence, &v->s->ews.verdict);
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
                  ews_ladder_version(v->s->ews.version));
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
  report_check(&v->report, &check, 0);
}

static bool
version(struct verification *v, const struct ews_answer *answer)
{
  struct tenon_session *s = v->s;
  if (ews_ladder_steps_down(soap_reply_code(&answer->reply)) && !s->ews.version_known &&
      ews_ladder_version(s->ews.version + 1) == NULL) {
    struct verdict_evidence evidence = answer->evidence;
    evidence.seen |= SEEN_AGAIN;
    verdict_judge(&evidence, &s->ews.verdict);
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

// ---- all of it --------------------------------------------------------------------------------

// Which check the sign-in is depends on the way that leads through; that of EWS is said in any case. KDCs that
// do not answer are waited for, half a minute and more: whoever watches is told for whom.
static void
begin_sign_in(struct verification *v)
{
  const struct signin *signin = &v->s->ews.signin;
  bool kerberos = signin->way == SIGNIN_KERBEROS || signin->way == SIGNIN_KERBEROS_BARE;
  char title[96];
  snprintf(title, sizeof title, "Sign-in by %s%s", signin_way_name(signin->way),
           kerberos ? ", asking a domain controller (KDC)" : "");
  report_begin(&v->report, TENON_CHECK_EWS_ENDPOINT, title);
}

static tenon_status
with_account(struct verification *v)
{
  struct ews_answer answer = {0};
  begin_sign_in(v);
  tenon_status status = ews_ask_patiently(&v->s->ews, v->call, EWS_CONVERT_ID, PLACE_SIGNIN,
                                          v->s->ews.admin, &answer);
  if (status != TENON_OK)
    return status;
  note_build(v, &answer);
  bool good = verify_signed_in(v, &answer) && version(v, &answer);
  ews_answer_drop(&v->s->ews, &answer);
  return good ? verify_impersonation(v) : TENON_OK;
}

tenon_status
onprem_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  struct verification v = {.s = s, .call = call};
  ews_anew(&s->ews);
  report_init(&v.report, s->ews.host, sink);
  tenon_status status = verify_server(s, call, &v.report);
  if (status == TENON_OK && !session_has_server(s))
    skip_rest(&v);
  if (status != TENON_OK || !session_has_server(s))
    return status;
  report_begin(&v.report, TENON_CHECK_NET_RESOLVE, "Connection");
  status = ews_ask_patiently(&s->ews, call, EWS_CONVERT_ID, PLACE_OPEN, s->ews.admin, &v.anonymous);
  if (status != TENON_OK)
    return status;
  bool changed = false;
  status = trust_offer(&v, &v.anonymous, sink, &changed);
  if (status != TENON_OK || changed) {
    ews_answer_drop(&s->ews, &v.anonymous);
    return status;
  }
  note_build(&v, &v.anonymous);
  v.open = verdict_is_ews(&v.anonymous.evidence);
  if (layers_report(&v.report, &v.anonymous.evidence, &s->ews.verdict, TENON_CHECK_EWS_ENDPOINT) &&
      endpoint(&v) && verify_way_open(&v))
    status = with_account(&v);
  ews_answer_drop(&s->ews, &v.anonymous);
  if (status == TENON_OK && v.report.failed != NULL)
    skip_rest(&v);
  return status;
}
