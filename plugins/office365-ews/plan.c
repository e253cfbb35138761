// SPDX-License-Identifier: Apache-2.0
//
// What is to be done in the tenant, in order, so that this connection works. Who runs it is another's business: a person who
// copies the commands, or a probe. Ids are Microsoft's: of Office 365 Exchange Online and of its permissions.
#include "plan.h"

#include "cloud_plan.h"

#define EXCHANGE      "00000002-0000-0ff1-ce00-000000000000"
#define ROLE          "dc890d15-9560-4a4c-9b7f-a736ec74ec40" // full_access_as_app
#define SCOPE         "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5" // EWS.AccessAsUser.All
#define REQUIRE(list) CLOUD_PLAN_REQUIRE(EXCHANGE, "Office 365 Exchange Online", list)
#define ROLE_NAME     "tenon EWS"

static const char scope_of_app[] = CLOUD_PLAN_LIMIT(
    "# Only where not all mailboxes are meant, and then instead of full_access_as_app: grants add\n"
    "# up, and with that permission the application opens every mailbox whatever stands here.\n",
    CLOUD_PLAN_LIMIT_ROLE(ROLE_NAME, "Application EWS.AccessAsApp"));

// Writing replaces the list; reading it first also shows what is to be taken back.
static const char allow_list[] =
    "# It takes up to a day. EWS ends for everybody on 1 April 2027, where Microsoft has named a "
    "day.\n"
    "Connect-ExchangeOnline{connect}\n"
    "Get-OrganizationConfig | Format-List Ews*\n"
    "Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy | Format-List EwsAllowedAppIDs\n"
    "Set-OrganizationConfig -EwsEnabled $true\n"
    "Set-OrganizationConfig -EwsAllowedAppIDs ((@((Get-OrganizationConfig "
    "-RetrieveEwsOperationAccessPolicy).EwsAllowedAppIDs) + {appid} | Where-Object { $_ }) -join "
    "',')";

static const char disallow[] =
    "Connect-ExchangeOnline{connect}\n"
    "Set-OrganizationConfig -EwsAllowedAppIDs ((@((Get-OrganizationConfig "
    "-RetrieveEwsOperationAccessPolicy).EwsAllowedAppIDs) -split ',' | Where-Object { $_ -and "
    "$_ -ne {appid} }) -join ',')";

static void
plan_application(const struct tenon_session *s, const struct cloud_plan *p,
                 const struct plan_states *states)
{
  cloud_plan_register(p, states->app, CLOUDEWS_ID ".app");
  cloud_plan_permissions(p, states->permissions, CLOUDEWS_ID ".permissions",
                         s->app ? "Ask for the application permission full_access_as_app"
                                : "Ask for the delegated permission EWS.AccessAsUser.All",
                         s->app ? REQUIRE(CLOUD_PLAN_ROLE(ROLE)) : REQUIRE(CLOUD_PLAN_SCOPE(SCOPE)),
                         CLOUD_PLAN_UNREQUIRE(EXCHANGE));
  // Of an application for what its registration asks of this service, which the step before has made this one alone.
  cloud_plan_consent(p, states->consent, CLOUDEWS_ID ".consent", s->answers.settings.cloud->outlook,
                     s->app ? ".default" : token_permission(s));
}

static void
plan_identity(const struct cloud_plan *p, const struct plan_states *states)
{
  cloud_plan_identity(p, states->app, CLOUDEWS_ID ".app");
  cloud_plan_assign(p, states->permissions, CLOUDEWS_ID ".permissions",
                    "Assign it the application permission full_access_as_app",
                    CLOUD_PLAN_ASSIGN(CLOUD_PLAN_ASSIGN_ONE(EXCHANGE, ROLE)));
}

tenon_status
cloudews_configure(tenon_session *s, const tenon_call *call, uint32_t phase,
                   const tenon_step *const *steps, const tenon_sink *sink)
{
  (void)steps;
  if (phase != TENON_PLAN)
    return TENON_E_UNSUPPORTED;
  struct plan_states states;
  tenon_status status = plan_look(s, call, &states);
  if (status != TENON_OK)
    return status;
  struct cloud_plan p = {
      .sink = sink,
      .who = {.account = s->answers.admin, .server = s->ews.server.authority, .tried = ""},
      .app = s->app,
  };
  token_manner.witness(&s->ews, &p.who);
  p.who.mailbox = s->ews.mailbox[0] != 0 ? s->ews.mailbox : "NAME@DOMAIN";
  if (s->answers.settings.grant == OAUTH_MANAGED_IDENTITY)
    plan_identity(&p, &states);
  else
    plan_application(s, &p, &states);
  if (s->app)
    cloud_plan_limit(&p, states.scope, CLOUDEWS_ID ".scope", scope_of_app,
                     CLOUD_PLAN_UNLIMIT(CLOUD_PLAN_UNLIMIT_ROLE(ROLE_NAME)));
  else
    cloud_plan_rights(&p, states.scope, CLOUDEWS_ID ".scope");
  cloud_plan_step(&p, states.allow_list, CLOUDEWS_ID ".allow-list",
                  "Let the application use EWS: the tenant's allow list", TENON_STEP_KIND_CMDLET,
                  allow_list, disallow, "Exchange Administrator");
  return TENON_OK;
}
