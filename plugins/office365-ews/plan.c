// SPDX-License-Identifier: Apache-2.0
//
// What is to be done in the tenant, in order, so that this connection works. Who runs it is another's business: a person who
// copies the commands, or a probe. Ids are Microsoft's: of Office 365 Exchange Online and of its permissions.
#include "plan.h"

#include <string.h>

#define EXCHANGE "00000002-0000-0ff1-ce00-000000000000"
#define ROLE     "dc890d15-9560-4a4c-9b7f-a736ec74ec40" // full_access_as_app
#define SCOPE    "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5" // EWS.AccessAsUser.All

#define SP     "(Get-MgServicePrincipal -Filter \"appId eq {appid}\").Id"
#define APP    "(Get-MgApplication -Filter \"appId eq {appid}\").Id"
#define MANAGE "Connect-MgGraph{mgconnect} -Scopes Application.ReadWrite.All\n"
// The list is replaced as a whole: what is asked of other services is read first and kept.
#define REQUIRE(id, type)                                                                          \
  "# Other permissions of Office 365 Exchange Online go into the same list, or are not asked for " \
  "any more.\n" MANAGE "Update-MgApplication -ApplicationId " APP                                  \
  " -RequiredResourceAccess (@((Get-MgApplication -Filter \"appId eq "                             \
  "{appid}\").RequiredResourceAccess | Where-Object { $_.ResourceAppId -ne '" EXCHANGE             \
  "' }) + @{ResourceAppId='" EXCHANGE "';ResourceAccess=@(@{Id='" id "';Type='" type "'})})"
#define UNREQUIRE                                                                                  \
  MANAGE                                                                                           \
  "Update-MgApplication -ApplicationId " APP                                                       \
  " -RequiredResourceAccess @((Get-MgApplication -Filter \"appId eq "                              \
  "{appid}\").RequiredResourceAccess | Where-Object { $_.ResourceAppId -ne '" EXCHANGE "' })"
#define UNREGISTER MANAGE "Remove-MgApplication -ApplicationId " APP
#define REVOKE                                                                                     \
  "# In {portal}: Enterprise applications, the application {appid}, Permissions, Review "          \
  "permissions."

static const char register_app[] =
    "# In the portal: {portal}, App registrations, New registration: accounts in this\n"
    "# organizational directory only; http://localhost as a redirect URI for mobile and\n"
    "# desktop applications, where the page of consent ends.\n" MANAGE
    "New-MgApplication -DisplayName 'tenon' -SignInAudience AzureADMyOrg "
    "-PublicClient @{RedirectUris=@('http://localhost')}\n"
    "New-MgServicePrincipal -AppId {appid}\n"
    "# A secret (its SecretText is shown once), or upload a certificate in the portal:\n"
    "Add-MgApplicationPassword -ApplicationId " APP;

static const char register_public[] =
    "# In the portal: {portal}, App registrations, New registration: accounts in this\n"
    "# organizational directory only; Authentication: Mobile and desktop applications with\n"
    "# http://localhost, and Allow public client flows.\n" MANAGE
    "New-MgApplication -DisplayName 'tenon' -SignInAudience AzureADMyOrg -IsFallbackPublicClient "
    "-PublicClient @{RedirectUris=@('http://localhost')}\n"
    "New-MgServicePrincipal -AppId {appid}";

static const char register_identity[] =
    "# In the Azure portal: the virtual machine, Security, Identity, System assigned: On.\n"
    "Get-MgServicePrincipal -Filter \"appId eq {appid}\"";

static const char assign_identity[] =
    "# A managed identity has no registration to consent to: its permission is assigned.\n"
    "Connect-MgGraph{mgconnect} -Scopes Application.Read.All,AppRoleAssignment.ReadWrite.All\n"
    "New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId " SP " -PrincipalId " SP
    " -ResourceId (Get-MgServicePrincipal -Filter \"appId eq '" EXCHANGE "'\").Id -AppRoleId " ROLE;

static const char scope_of_app[] =
    "# Only where not all mailboxes are meant, and then instead of full_access_as_app: grants add\n"
    "# up, and with that permission the application opens every mailbox whatever stands here.\n"
    "# -ObjectId is the enterprise application's: with the registration's it fails without a "
    "word.\n"
    "# A change counts after half an hour to two hours; the last command shows it at once.\n"
    "Connect-MgGraph{mgconnect} -Scopes Application.Read.All\n"
    "Connect-ExchangeOnline{connect}\n"
    "New-ServicePrincipal -AppId {appid} -ObjectId " SP " -DisplayName 'tenon'\n"
    "New-ManagementScope -Name 'tenon' -RecipientRestrictionFilter \"CustomAttribute1 -eq "
    "'tenon'\"\n"
    "New-ManagementRoleAssignment -Name 'tenon EWS' -App {appid} -Role 'Application "
    "EWS.AccessAsApp' -CustomResourceScope 'tenon'\n"
    "Test-ServicePrincipalAuthorization -Identity {appid} -Resource {mailbox}";

static const char unscope[] = "Remove-ManagementRoleAssignment -Identity 'tenon EWS' "
                              "-Confirm:$false\n"
                              "Remove-ManagementScope -Identity 'tenon' -Confirm:$false\n"
                              "Remove-ServicePrincipal -Identity {appid}";

static const char rights_of_person[] =
    "# For each mailbox that the person who signs in is to reach:\n"
    "Connect-ExchangeOnline{connect}\n"
    "Add-MailboxPermission -Identity {mailbox} -User {account} -AccessRights FullAccess "
    "-AutoMapping $false";

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
    "Set-OrganizationConfig -EwsAllowedAppIDs ((@((Get-OrganizationConfig "
    "-RetrieveEwsOperationAccessPolicy).EwsAllowedAppIDs) -split ',' | Where-Object { $_ -and "
    "$_ -ne {appid} }) -join ',')";

struct planning {
  struct tenon_session *s;
  const tenon_sink *sink;
  struct verdict_evidence who;
  struct plan_states states;
  uint32_t flags; // of the steps to come
};

static void
put_step(struct planning *p, uint32_t state, const char *id, const char *title, const char *kind,
         const char *body, const char *undo, const char *needs)
{
  char commands[CLOUDEWS_PLAN_TEXT_MAX], back[CLOUDEWS_PLAN_TEXT_MAX];
  struct kit_text to, from;
  kit_text_init(&to, commands, sizeof commands);
  kit_text_init(&from, back, sizeof back);
  if (strcmp(kind, TENON_STEP_KIND_VISIT) == 0)
    kit_text_put(&to, body);
  else
    verdict_expand(&to, body, &p->who, true);
  verdict_expand(&from, undo, &p->who, true);
  tenon_step step = {
      .size = sizeof step,
      .state = state,
      .id = id,
      .title = title,
      .kind = kind,
      .body = commands,
      .undo = back,
      .needs = needs,
      .flags = p->flags,
  };
  p->sink->step(p->sink, &step);
}

// The page that asks for exactly this permission: of an application for what its registration asks of this service, which
// the step before has made this one alone.
static void
put_consent(const struct planning *p, struct kit_text *to)
{
  const struct tenon_session *s = p->s;
  const char *resource = s->answers.settings.cloud->outlook;
  kit_text_printf(to, "%s/%s/v2.0/adminconsent?client_id=%s&scope=%s/%s&redirect_uri=%s",
                  s->answers.authority, s->answers.tenant, s->answers.client_id, resource,
                  s->app ? ".default" : "EWS.AccessAsUser.All", "http://localhost");
}

static void
plan_application(struct planning *p)
{
  char url[CLOUDEWS_TEXT_MAX];
  struct kit_text consent;
  bool app = p->s->app;
  kit_text_init(&consent, url, sizeof url);
  put_consent(p, &consent);
  put_step(p, p->states.app, CLOUDEWS_ID ".app", "Register the application", TENON_STEP_KIND_ENTRA,
           app ? register_app : register_public, UNREGISTER,
           "Application Developer, or Cloud Application Administrator");
  put_step(p, p->states.permission, CLOUDEWS_ID ".permission",
           app ? "Ask for the application permission full_access_as_app"
               : "Ask for the delegated permission EWS.AccessAsUser.All",
           TENON_STEP_KIND_ENTRA, app ? REQUIRE(ROLE, "Role") : REQUIRE(SCOPE, "Scope"), UNREQUIRE,
           "Owner of the application, or Cloud Application Administrator");
  put_step(p, p->states.consent, CLOUDEWS_ID ".consent",
           app ? "Consent for the whole tenant" : "Consent, where users may not do so themselves",
           TENON_STEP_KIND_VISIT, url, REVOKE,
           app ? "Privileged Role Administrator" : "Cloud Application Administrator");
}

static void
plan_identity(struct planning *p)
{
  put_step(p, p->states.app, CLOUDEWS_ID ".app", "Switch the machine's managed identity on",
           TENON_STEP_KIND_ENTRA, register_identity,
           "# In the Azure portal: the virtual machine, Security, Identity, System assigned: Off.",
           "Virtual Machine Contributor in Azure");
  put_step(p, p->states.permission, CLOUDEWS_ID ".permission",
           "Assign it the application permission full_access_as_app", TENON_STEP_KIND_ENTRA,
           assign_identity,
           "# In {portal}: Enterprise applications, Managed Identities, {appid}, Permissions.",
           "Privileged Role Administrator");
}

tenon_status
cloudews_configure(tenon_session *s, const tenon_call *call, uint32_t phase,
                   const tenon_step *const *steps, const tenon_sink *sink)
{
  (void)steps;
  if (phase != TENON_PLAN)
    return TENON_E_UNSUPPORTED;
  struct planning p = {.s = s, .sink = sink};
  tenon_status status = plan_look(s, call, &p.states);
  if (status != TENON_OK)
    return status;
  p.who = (struct verdict_evidence){
      .account = s->answers.admin, .server = s->ews.server.authority, .tried = ""};
  token_manner.witness(&s->ews, &p.who);
  p.who.mailbox = s->ews.mailbox[0] != 0 ? s->ews.mailbox : "NAME@DOMAIN";
  if (s->answers.settings.grant == OAUTH_MANAGED_IDENTITY)
    plan_identity(&p);
  else
    plan_application(&p);
  p.flags = s->app ? TENON_STEP_OPTIONAL : 0;
  if (s->app)
    put_step(&p, p.states.scope, CLOUDEWS_ID ".scope", "Limit the application to some mailboxes",
             TENON_STEP_KIND_CMDLET, scope_of_app, unscope, "Organization Management");
  else
    put_step(
        &p, p.states.scope, CLOUDEWS_ID ".scope", "Give the person full access to the mailboxes",
        TENON_STEP_KIND_CMDLET, rights_of_person,
        "Remove-MailboxPermission -Identity {mailbox} -User {account} -AccessRights FullAccess "
        "-Confirm:$false",
        "Recipient Management");
  p.flags = 0;
  put_step(&p, p.states.allow_list, CLOUDEWS_ID ".allow-list",
           "Let the application use EWS: the tenant's allow list", TENON_STEP_KIND_CMDLET,
           allow_list, disallow, "Exchange Administrator");
  return TENON_OK;
}
