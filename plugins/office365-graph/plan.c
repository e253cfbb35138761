// SPDX-License-Identifier: Apache-2.0
//
// What is to be done in the tenant, in order, so that this connection works: who it is for runs it, or hands it to who may.
// Each step says whether it is done, as far as the wire shows: a token proves the application, its roles the permissions.
#include "session.h"

#include "cloud_plan.h"

#include <stdlib.h>
#include <string.h>

#define REQUIRE(list) CLOUD_PLAN_REQUIRE(GRAPH_APP_ID, "Microsoft Graph", list)

// Graph's own ids: User.Read.All, MailboxSettings.Read, Mail.ReadBasic.All.
#define ID_USERS    "df021288-bdef-4463-88db-98f22de89214"
#define ID_SETTINGS "40f97065-369a-49f4-947c-6a255697ae91"
#define ID_MAIL     "693c5e45-0940-467d-9b8a-1022fb9d42ef"

#define ID_MY_USER     "e1fe6dd8-ba31-4d61-89e7-88639da4683d" // User.Read
#define ID_BASIC_USERS "b340eb25-3456-403f-be2f-af7a0d370277" // User.ReadBasic.All
#define ID_MY_MAIL     "a4b8392a-d8d1-4954-a029-8e668a39a170" // Mail.ReadBasic
#define ID_SHARED_MAIL "7b9103a5-4610-446b-9670-80643382c1fa" // Mail.Read.Shared

#define ROLE_MAIL     "tenon mail"
#define ROLE_SETTINGS "tenon settings"

static const char permissions_of_app[] = REQUIRE(
    CLOUD_PLAN_ROLE(ID_USERS) "," CLOUD_PLAN_ROLE(ID_SETTINGS) "," CLOUD_PLAN_ROLE(ID_MAIL));
// Where a scope of RBAC for Applications opens the mailboxes, consent to the rest would undo it.
static const char permissions_of_scoped[] = REQUIRE(CLOUD_PLAN_ROLE(ID_USERS));
static const char permissions_of_identity[] = CLOUD_PLAN_ASSIGN(
    CLOUD_PLAN_ASSIGN_ONE(GRAPH_APP_ID, ID_USERS) CLOUD_PLAN_ASSIGN_ONE(GRAPH_APP_ID, ID_SETTINGS)
        CLOUD_PLAN_ASSIGN_ONE(GRAPH_APP_ID, ID_MAIL));
static const char permissions_of_person[] =
    REQUIRE(CLOUD_PLAN_SCOPE(ID_MY_USER) "," CLOUD_PLAN_SCOPE(ID_BASIC_USERS) "," CLOUD_PLAN_SCOPE(
        ID_MY_MAIL) "," CLOUD_PLAN_SCOPE(ID_SHARED_MAIL));

static const char scope_of_app[] = CLOUD_PLAN_LIMIT(
    "# Only where not all mailboxes are meant. A scope adds and takes nothing away: while the "
    "tenant\n"
    "# consents to MailboxSettings.Read and Mail.ReadBasic.All (or Mail.Read), the application "
    "opens\n"
    "# every mailbox, whatever stands here. Take that consent back, and keep User.Read.All.\n",
    CLOUD_PLAN_LIMIT_ROLE(ROLE_MAIL, "Application Mail.ReadBasic")
        CLOUD_PLAN_LIMIT_ROLE(ROLE_SETTINGS, "Application MailboxSettings.Read"));

struct planning {
  struct tenon_session *s;
  struct cloud_plan plan;
  uint32_t app, permissions, consent, scope; // states
};

// ---- what the wire shows --------------------------------------------------------------------------

static void
look_at_refusal(struct planning *p, const struct oauth_error *error)
{
  enum oauth_shown shown = oauth_error_shows(error);
  if (shown == OAUTH_SHOWS_NO_APPLICATION)
    p->app = TENON_STEP_MISSING;
  else if (shown != OAUTH_SHOWS_NOTHING)
    p->app = TENON_STEP_DONE;
  if (shown == OAUTH_SHOWS_NO_CONSENT)
    p->consent = TENON_STEP_MISSING;
}

static tenon_status
look(struct planning *p, const tenon_call *call)
{
  struct tenon_session *s = p->s;
  tenon_secret *token = NULL;
  char missing[MSGRAPH_MISSING_MAX];
  p->app = p->permissions = p->consent = p->scope = TENON_STEP_UNKNOWN;
  // A person is not made to sign in for a plan: only what is at hand counts.
  if (!s->app && oauth_at_hand(s->oauth, s->resource) == NULL)
    return TENON_OK;
  tenon_status status = token_get(s, call, OAUTH_ANY, &token);
  if (status != TENON_OK)
    return status;
  if (token == NULL) {
    look_at_refusal(p, &s->token->error);
    return TENON_OK;
  }
  p->app = TENON_STEP_DONE;
  if (s->claims.readable)
    p->permissions = p->consent =
        permissions_missing(s, missing, sizeof missing) ? TENON_STEP_MISSING : TENON_STEP_DONE;
  return TENON_OK;
}

// Opened without a permission in the token: by a role of RBAC for Applications; or, by a person, through rights in it.
static tenon_status
look_at_mailbox(struct planning *p, const tenon_call *call)
{
  struct tenon_session *s = p->s;
  enum act_step step = ACT_DONE_FAILED;
  if (p->app != TENON_STEP_DONE || msgraph_address_fault(s->mailbox, strlen(s->mailbox)) != NULL)
    return TENON_OK;
  struct act *act = malloc(sizeof *act);
  if (act == NULL)
    return TENON_E_NOMEM;
  act_init(s, act, s->mailbox, strlen(s->mailbox));
  tenon_status status = act_perform(s, call, act, &step);
  bool by_scope = s->claims.readable && !permission_held(s, permission_for(s, NEED_MAIL));
  if (status == TENON_OK && step == ACT_DONE_OK && (by_scope || !s->app))
    p->scope = TENON_STEP_DONE;
  else if (status == TENON_OK && !s->app && s->verdict.check.cause == TENON_E_DENIED)
    p->scope = TENON_STEP_MISSING;
  free(act);
  act_forget(s);
  return status;
}

// ---- the steps --------------------------------------------------------------------------------------

static void
plan_application(struct planning *p)
{
  const struct tenon_session *s = p->s;
  bool scoped = s->app && p->scope == TENON_STEP_DONE;
  if (scoped && p->permissions == TENON_STEP_MISSING &&
      permission_held(s, permission_for(s, NEED_DIRECTORY)))
    p->permissions = p->consent = TENON_STEP_DONE;
  cloud_plan_register(&p->plan, p->app, MSGRAPH_ID ".app");
  cloud_plan_permissions(
      &p->plan, p->permissions, MSGRAPH_ID ".permissions",
      scoped   ? "Ask for the application permission User.Read.All"
      : s->app ? "Ask for the application permissions User.Read.All, MailboxSettings.Read and "
                 "Mail.ReadBasic.All"
               : "Ask for the delegated permissions User.Read, User.ReadBasic.All, Mail.ReadBasic "
                 "and Mail.Read.Shared",
      scoped   ? permissions_of_scoped
      : s->app ? permissions_of_app
               : permissions_of_person,
      CLOUD_PLAN_UNREQUIRE(GRAPH_APP_ID));
  cloud_plan_consent(&p->plan, p->consent, MSGRAPH_ID ".consent", s->resource, ".default");
}

static void
plan_identity(struct planning *p)
{
  cloud_plan_identity(&p->plan, p->app, MSGRAPH_ID ".app");
  cloud_plan_assign(&p->plan, p->permissions, MSGRAPH_ID ".permissions",
                    "Assign it the application permissions User.Read.All, MailboxSettings.Read and "
                    "Mail.ReadBasic.All",
                    permissions_of_identity);
}

tenon_status
msgraph_configure(tenon_session *s, const tenon_call *call, uint32_t phase,
                  const tenon_step *const *steps, const tenon_sink *sink)
{
  (void)steps;
  if (phase != TENON_PLAN)
    return TENON_E_UNSUPPORTED;
  struct planning p = {.s = s, .plan = {.sink = sink, .app = s->app}};
  token_anew(s);
  tenon_status status = look(&p, call);
  if (status == TENON_OK)
    status = look_at_mailbox(&p, call);
  if (status != TENON_OK)
    return status;
  token_witness(s, &p.plan.who);
  p.plan.who.mailbox = s->mailbox[0] != 0 ? s->mailbox : "NAME@DOMAIN";
  p.plan.who.server = s->server;
  p.plan.who.tried = "";
  if (s->answers.settings.grant == OAUTH_MANAGED_IDENTITY)
    plan_identity(&p);
  else
    plan_application(&p);
  if (s->app)
    cloud_plan_limit(&p.plan, p.scope, MSGRAPH_ID ".scope", scope_of_app,
                     CLOUD_PLAN_UNLIMIT(CLOUD_PLAN_UNLIMIT_ROLE(ROLE_MAIL)
                                            CLOUD_PLAN_UNLIMIT_ROLE(ROLE_SETTINGS)));
  else
    cloud_plan_rights(&p.plan, p.scope, MSGRAPH_ID ".scope");
  return TENON_OK;
}
