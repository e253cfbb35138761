// SPDX-License-Identifier: Apache-2.0
//
// Does the connection work? A token, the organization, the users, and a mailbox, each on top of the one before. A layer that
// fails ends its branch; the rest is skipped with the reason.
#include "session.h"

#include "acting.h"
#include "layers.h"

#include <stdlib.h>
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
    {TENON_CHECK_GRAPH_ENDPOINT, "Graph"},
    {TENON_CHECK_GRAPH_PERMISSIONS, "Permissions"},
    ACTING_TABLE,
};
#define N_LAYERS (sizeof layers / sizeof *layers)

struct verification {
  struct tenon_session *s;
  const tenon_call *call;
  struct report report;
  bool layered;     // the layers below HTTP were told
  bool permitted;   // the token holds all that is wanted
  char domain[256]; // the tenant's default one, or ""
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
pass(struct verification *v, const char *id, const char *detail, int64_t elapsed,
     const tenon_pair *data, size_t n)
{
  report_pass(&v->report, id, title_of(id), detail, elapsed, data, n);
}

// ---- the token ----------------------------------------------------------------------------------

// The first host that was spoken to: Entra ID's, or Graph's where the token was at hand.
static bool
tell_layers(struct verification *v, const struct verdict_evidence *e)
{
  struct tenon_session *s = v->s;
  if (v->layered || e->completion == NULL)
    return true;
  v->layered = true;
  return layers_report(&v->report, e, &s->verdict, TENON_CHECK_AUTH_TOKEN);
}

static bool
tell_token_layers(struct verification *v)
{
  struct verdict_evidence e;
  token_evidence(v->s, &e);
  return tell_layers(v, &e);
}

static void
put_time(int64_t seconds, char *to, size_t size)
{
  time_t when = (time_t)seconds;
  struct tm tm;
  to[0] = 0;
  if (seconds > 0 && gmtime_r(&when, &tm) != NULL)
    strftime(to, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

// Graph has taken it: what it says of itself.
static void
tell_token(struct verification *v)
{
  struct tenon_session *s = v->s;
  const struct jwt_claims *c = &s->claims;
  char detail[1024], until[32];
  struct kit_text text;
  put_time(c->expires, until, sizeof until);
  kit_text_init(&text, detail, sizeof detail);
  if (!c->readable)
    kit_text_put(&text, "A token that cannot be read from outside.");
  else if (c->app)
    kit_text_printf(&text, "For the application %.64s in the tenant %.64s, by %s.", c->app_id,
                    c->tenant, oauth_grant_name(s->answers.settings.grant));
  else
    kit_text_printf(&text, "For %.320s through the application %.64s, by %s.",
                    c->user[0] != 0 ? c->user : "a person", c->app_id,
                    oauth_grant_name(s->answers.settings.grant));
  if (until[0] != 0)
    kit_text_printf(&text, " Valid until %s.", until);
  const char *kind = c->app ? "app" : "delegated";
  const tenon_pair data[] = {
      PAIR(TENON_DATA_TOKEN_KIND, kind),
      PAIR(TENON_DATA_TENANT, c->tenant),
      PAIR(TENON_DATA_APP_ID, c->app_id),
      PAIR(TENON_DATA_EXPIRES, until),
      PAIR(TENON_DATA_PERMISSIONS, c->permissions),
  };
  pass(v, TENON_CHECK_AUTH_TOKEN, detail, -1, data, c->readable ? 5 : 0);
}

// The tenant reached is another one than the id that was typed: the mailboxes would be those of strangers.
static bool
tenant_differs(struct verification *v)
{
  struct tenon_session *s = v->s;
  const struct oauth_answers *a = &s->answers;
  if (!s->claims.readable || s->claims.tenant[0] == 0 || !cloud_is_guid(a->tenant) ||
      strcasecmp(a->tenant, s->claims.tenant) == 0)
    return false;
  char detail[256];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text, "Asked for was a token of the tenant %.40s, and one of %.40s came.",
                  a->tenant, s->claims.tenant);
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_FAIL,
      .level = TENON_LEVEL_REQUIRED,
      .id = TENON_CHECK_AUTH_TOKEN,
      .title = "The token is of another tenant",
      .detail = detail,
      .remedy = "Give the tenant with the mailboxes in the field `tenant`, and an application that "
                "is registered there.",
      .field = TENON_KEY_TENANT,
      .cause = TENON_E_CONFIG,
  };
  report_check(&v->report, &check, -1);
  return true;
}

// ---- Graph ----------------------------------------------------------------------------------------

static void
take_domain(struct verification *v, const cJSON *organization)
{
  const cJSON *domains = kit_json_array(organization, "verifiedDomains"), *domain = NULL;
  cJSON_ArrayForEach(domain, domains)
  {
    const char *name = kit_json_text(domain, "name");
    bool is_default = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(domain, "isDefault"));
    if (name != NULL && (v->domain[0] == 0 || is_default))
      (void)kit_text_copy(v->domain, sizeof v->domain, name);
  }
}

// Null, or not there: it may not be seen. A list without Exchange: there is none.
static bool
is_without_exchange(const cJSON *organization)
{
  const cJSON *plans = kit_json_array(organization, "assignedPlans"), *plan = NULL;
  if (plans == NULL)
    return false;
  cJSON_ArrayForEach(plan, plans)
  {
    const char *service = kit_json_text(plan, "service");
    const char *state = kit_json_text(plan, "capabilityStatus");
    if (service != NULL && state != NULL && strcmp(service, "exchange") == 0 &&
        (strcmp(state, "Enabled") == 0 || strcmp(state, "Warning") == 0))
      return false;
  }
  return true;
}

static void
fail_answer(struct verification *v, struct answer *answer)
{
  struct tenon_session *s = v->s;
  verdict_judge(&answer->evidence, &s->verdict);
  report_verdict(&v->report, &s->verdict, TENON_CHECK_GRAPH_ENDPOINT);
}

// Is it the answer that one of the two questions may have, as long as Graph answers?
static bool
is_denied(const struct answer *answer)
{
  return answer->completion != NULL && answer->error.readable &&
         strcmp(verdict_find(&answer->evidence)->name, "graph-directory-denied") == 0;
}

// The organization's name, and whether there is any Exchange; false: that ends it.
static bool
look_at_organization(struct verification *v, struct answer *answer, struct kit_text *detail)
{
  const cJSON *list = kit_json_array(answer->json, "value");
  const cJSON *organization = cJSON_GetArrayItem(list, 0);
  const char *name = kit_json_text(organization, "displayName");
  if (!answer_is_good(answer))
    return true; // denied, and the users will tell
  take_domain(v, organization);
  kit_text_printf(detail, "%.200s", name != NULL ? name : "An organization without a name");
  if (v->domain[0] != 0)
    kit_text_printf(detail, " (%.200s)", v->domain);
  kit_text_put(detail, ". ");
  if (!is_without_exchange(organization))
    return true;
  answer->evidence.finding = "graph-no-plan";
  answer->evidence.found = name != NULL ? name : "the organization";
  fail_answer(v, answer);
  return false;
}

static tenon_status
get(struct verification *v, const char *label, const char *path, enum need need,
    struct answer *answer)
{
  struct question q = {.label = label, .path = path, .need = need, .place = PLACE_SIGNIN};
  return ask(v->s, v->call, &q, answer);
}

// The answers to both say together whether Graph works; false: it does not.
static bool
tell_endpoint(struct verification *v, struct answer *organization, struct answer *users)
{
  char detail[640];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  if (!look_at_organization(v, organization, &text))
    return false;
  if (!answer_is_good(users) && !is_denied(users)) {
    fail_answer(v, users);
    return false;
  }
  kit_text_printf(&text, "Graph answers at %.200s.", v->s->server);
  if (!answer_is_good(organization))
    kit_text_put(&text, " The organization may not be read, which is not needed.");
  if (!answer_is_good(users))
    kit_text_put(&text, " The list of users may not be read: Browse is empty.");
  const tenon_pair data[] = {PAIR("server", v->s->server), PAIR("domain", v->domain)};
  pass(v, TENON_CHECK_GRAPH_ENDPOINT, detail, -1, data, v->domain[0] != 0 ? 2 : 1);
  return true;
}

// Said by Graph once four fifths of the directory's budget are gone.
static void
tell_budget(struct verification *v, const struct answer *answer)
{
  tenon_text share = verdict_header(answer->completion, "x-ms-throttle-limit-percentage");
  if (share.ptr == NULL || share.ptr[0] == 0)
    return;
  char detail[128];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  kit_text_printf(&text,
                  "Of what Graph gives this application for ten seconds %.16s is used (1 is "
                  "all).",
                  share.ptr);
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_INFO,
      .id = TENON_CHECK_THROTTLE_BUDGET,
      .title = "Graph is near its limit for this application",
      .detail = detail,
      .remedy = "See whether another program uses the same application id; with its own there is a "
                "budget for each.",
      .cause = TENON_E_TRANSIENT,
  };
  report_check(&v->report, &check, 0);
}

// ---- permissions ------------------------------------------------------------------------------------

static void
warn_permissions(struct verification *v, const char *missing)
{
  struct tenon_session *s = v->s;
  bool none = s->claims.permissions[0] == 0;
  bool scopable = s->app && strstr(missing, "Mail") != NULL; // no scope grants reading users
  char detail[MSGRAPH_MISSING_MAX + 512], remedy[1024], consent[CLOUD_URL_MAX + 256];
  struct kit_text text;
  permissions_consent(s, consent, sizeof consent);
  kit_text_init(&text, detail, sizeof detail);
  if (none && s->app)
    kit_text_put(&text, "The token holds no application permission at all. ");
  kit_text_printf(&text, "Not in the token: %s.", missing);
  if (scopable)
    kit_text_put(&text, " What RBAC for Applications grants stands in no token: there the check of "
                        "the mailbox tells.");
  else if (s->app)
    kit_text_put(&text, " Users cannot be listed without it; acting as mailboxes that are known by "
                        "their address works.");
  kit_text_init(&text, remedy, sizeof remedy);
  kit_text_printf(&text,
                  "Add the %s permissions of Microsoft Graph (%s) to the application, consent and "
                  "verify again%s. The page of consent: %s",
                  s->app ? "application" : "delegated", missing,
                  scopable ? "; where RBAC for Applications is meant to grant them, there is "
                             "nothing to do"
                           : "",
                  consent);
  const tenon_pair data[] = {PAIR(TENON_DATA_PERMISSIONS, s->claims.permissions),
                             PAIR(TENON_DATA_MISSING, missing), PAIR("consent", consent)};
  tenon_check check = {
      .size = sizeof check,
      .state = TENON_WARN,
      .level = TENON_LEVEL_RECOMMENDED,
      .id = TENON_CHECK_GRAPH_PERMISSIONS,
      .title = none ? "The token holds no permissions" : "Permissions are missing in the token",
      .detail = detail,
      .remedy = remedy,
      .link = "https://learn.microsoft.com/exchange/permissions-exo/application-rbac",
      .cause = TENON_E_DENIED,
      .data = data,
      .n_data = sizeof data / sizeof *data,
  };
  report_check(&v->report, &check, 0);
}

static void
tell_permissions(struct verification *v)
{
  struct tenon_session *s = v->s;
  char missing[MSGRAPH_MISSING_MAX];
  if (!s->claims.readable) {
    pass(v, TENON_CHECK_GRAPH_PERMISSIONS, "The token does not show what it permits.", 0, NULL, 0);
    return;
  }
  v->permitted = !permissions_missing(s, missing, sizeof missing);
  if (!v->permitted) {
    warn_permissions(v, missing);
    return;
  }
  const tenon_pair data[] = {PAIR(TENON_DATA_PERMISSIONS, s->claims.permissions)};
  pass(v, TENON_CHECK_GRAPH_PERMISSIONS, s->claims.permissions, 0, data, 1);
}

// ---- acting as others -------------------------------------------------------------------------------

static void
warn_unproven(struct verification *v, const char *detail)
{
  acting_not_proven(&v->report, "Access to other mailboxes is not proven", detail,
                    v->s->mailbox[0] != 0, !v->s->app);
}

// Somebody made up is the control: Exchange's no tells whether it looked at the permission.
static tenon_status
by_control(struct verification *v)
{
  struct tenon_session *s = v->s;
  enum act_step step = ACT_DONE_FAILED;
  char nobody[MSGRAPH_ADDRESS_MAX + 1];
  struct kit_text text;
  const char *at = strrchr(s->answers.admin, '@');
  kit_text_init(&text, nobody, sizeof nobody);
  kit_text_printf(&text, "tenon-nobody-%08x@%s", (unsigned)(s->host->now(s->host) / 1000),
                  v->domain[0] != 0 ? v->domain
                  : at != NULL      ? at + 1
                                    : "invalid");
  struct act *act = malloc(sizeof *act);
  if (act == NULL)
    return TENON_E_NOMEM;
  act_init(s, act, nobody, text.len);
  act->nobody = true;
  tenon_status status = act_perform(s, v->call, act, &step);
  bool denied = step == ACT_DONE_FAILED && s->verdict.check.cause == TENON_E_DENIED;
  if (status == TENON_OK && denied && !v->permitted && s->claims.readable)
    report_verdict(&v->report, &s->verdict, TENON_CHECK_IMPERSONATE_ROLE);
  else if (status == TENON_OK)
    warn_unproven(v, step == ACT_DONE_FAILED && s->verdict.check.cause == TENON_E_CONFIG
                         ? "A mailbox that was made up is not there, and was not refused: a sign "
                           "that the permission is there, and no proof."
                         : "What Graph answers to a mailbox that was made up tells nothing.");
  free(act);
  act_forget(s);
  return status;
}

static void
tell_opened(struct verification *v, const struct act *act)
{
  const struct tenon_session *s = v->s;
  char detail[2 * MSGRAPH_ADDRESS_MAX + 128];
  struct kit_text text;
  kit_text_init(&text, detail, sizeof detail);
  acting_put_opened(&text, s->answers.client_id, s->app ? NULL : token_account(s),
                    act->mail[0] != 0 ? act->mail : act->subject);
  if (act->items >= 0)
    kit_text_printf(&text, ", %lld in the inbox", (long long)act->items);
  kit_text_put(&text, ".");
  acting_proven(&v->report, detail);
}

static tenon_status
by_mailbox(struct verification *v)
{
  struct tenon_session *s = v->s;
  enum act_step step = ACT_DONE_FAILED;
  struct act *act = malloc(sizeof *act);
  if (act == NULL)
    return TENON_E_NOMEM;
  act_init(s, act, s->mailbox, strlen(s->mailbox));
  tenon_status status = act_perform(s, v->call, act, &step);
  if (status == TENON_OK && step == ACT_DONE_OK) {
    tell_opened(v, act);
  } else if (status == TENON_OK) {
    // The permission is the application's, and missing for all mailboxes; anything else is this one's.
    bool role = s->verdict.row != NULL && !s->tokenless &&
                strcmp(s->verdict.row->check, TENON_CHECK_IMPERSONATE_ROLE) == 0;
    if (role)
      s->verdict.check.id = TENON_CHECK_IMPERSONATE_ROLE;
    else if (s->verdict.check.field == NULL)
      s->verdict.check.field = TENON_KEY_MAILBOX;
    report_verdict(&v->report, &s->verdict, TENON_CHECK_IMPERSONATE_MAILBOX);
  }
  free(act);
  act_forget(s);
  return status;
}

static tenon_status
verify_acting(struct verification *v)
{
  struct tenon_session *s = v->s;
  report_begin(&v->report, TENON_CHECK_IMPERSONATE_ROLE, ACTING_ROLE);
  if (s->mailbox[0] == 0)
    return by_control(v);
  const char *fault = msgraph_address_fault(s->mailbox, strlen(s->mailbox));
  if (fault == NULL)
    return by_mailbox(v);
  tenon_status status = by_control(v);
  if (status == TENON_OK) {
    report_invalid(v->report.sink, s->mailbox, fault, false);
    report_say(&v->report, TENON_CHECK_IMPERSONATE_MAILBOX);
  }
  return status;
}

// ---- all of it --------------------------------------------------------------------------------------

static tenon_status
with_graph(struct verification *v, struct answer *organization, struct answer *users)
{
  struct tenon_session *s = v->s;
  tenon_status status =
      get(v, "graph.organization",
          "/v1.0/organization?$select=id,displayName,verifiedDomains,assignedPlans",
          NEED_ORGANIZATION, organization);
  if (status != TENON_OK)
    return status;
  if (organization->completion == NULL) { // a new token was needed, and none came
    report_verdict(&v->report, &s->verdict, TENON_CHECK_AUTH_TOKEN);
    return TENON_OK;
  }
  if (!tell_layers(v, &organization->evidence))
    return TENON_OK;
  if (organization->completion->code == 401) {
    fail_answer(v, organization);
    return TENON_OK;
  }
  if (tenant_differs(v))
    return TENON_OK;
  if (organization->completion->code != 0)
    tell_token(v);
  report_begin(&v->report, TENON_CHECK_GRAPH_ENDPOINT, title_of(TENON_CHECK_GRAPH_ENDPOINT));
  if (!answer_is_good(organization) && !is_denied(organization)) {
    fail_answer(v, organization);
    return TENON_OK;
  }
  status = get(v, "graph.users", "/v1.0/users?$top=1&$select=id,mail", NEED_DIRECTORY, users);
  if (status != TENON_OK || users->completion == NULL || !tell_endpoint(v, organization, users))
    return status;
  tell_budget(v, users);
  tell_permissions(v);
  return verify_acting(v);
}

tenon_status
msgraph_verify(tenon_session *s, const tenon_call *call, const tenon_sink *sink)
{
  struct verification v = {.s = s, .call = call};
  struct answer *answers = calloc(2, sizeof *answers);
  tenon_secret *token = NULL;
  if (answers == NULL)
    return TENON_E_NOMEM;
  token_anew(s);
  s->acted = s->controlled = false;
  report_init(&v.report, s->host, sink);
  report_begin(&v.report, TENON_CHECK_AUTH_TOKEN, title_of(TENON_CHECK_AUTH_TOKEN));
  tenon_status status = token_get_patiently(s, call, OAUTH_NEW, &token);
  if (status == TENON_OK && tell_token_layers(&v)) {
    if (token == NULL)
      report_verdict(&v.report, &s->verdict, TENON_CHECK_AUTH_TOKEN);
    else
      status = with_graph(&v, &answers[0], &answers[1]);
  }
  answer_drop(s, &answers[0]);
  answer_drop(s, &answers[1]);
  free(answers);
  if (status == TENON_OK && v.report.failed != NULL)
    report_skip_rest(&v.report, layers, s->mailbox[0] != 0 ? N_LAYERS : N_LAYERS - 1, LAYERS_N);
  return status;
}
