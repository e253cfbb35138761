// SPDX-License-Identifier: Apache-2.0
//
// What is to be done in the tenant, in order, so that this connection works: who it is for runs it, or hands it to who may.
// Each step says whether it is done, as far as the wire shows: a token proves the application, its roles the permissions.
#include "session.h"

#include <stdlib.h>
#include <string.h>

#define SP     "(Get-MgServicePrincipal -Filter \"appId eq {appid}\").Id"
#define APP    "(Get-MgApplication -Filter \"appId eq {appid}\").Id"
#define GRAPH  "(Get-MgServicePrincipal -Filter \"appId eq '" GRAPH_APP_ID "'\").Id"
#define MANAGE "Connect-MgGraph{mgconnect} -Scopes Application.ReadWrite.All\n"
#define ASSIGN(id)                                                                                 \
  "New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId " SP " -PrincipalId " SP            \
  " -ResourceId " GRAPH " -AppRoleId " id "\n"
#define ROLE(id)  "@{Id='" id "';Type='Role'}"
#define SCOPE(id) "@{Id='" id "';Type='Scope'}"
// The list is replaced as a whole: what is asked of other services is read first and kept.
#define OTHERS                                                                                     \
  "@((Get-MgApplication -Filter \"appId eq {appid}\").RequiredResourceAccess | Where-Object { "    \
  "$_.ResourceAppId -ne '" GRAPH_APP_ID "' })"
#define REQUIRE(list)                                                                              \
  "# Other permissions of Microsoft Graph go into the same list, or are not asked for any more."   \
  "\n" MANAGE "Update-MgApplication -ApplicationId " APP " -RequiredResourceAccess (" OTHERS       \
  " + @{ResourceAppId='" GRAPH_APP_ID "';ResourceAccess=@(" list ")})"
#define UNREQUIRE                                                                                  \
  MANAGE "Update-MgApplication -ApplicationId " APP " -RequiredResourceAccess " OTHERS

// Graph's own ids: User.Read.All, MailboxSettings.Read, Mail.ReadBasic.All.
#define ID_USERS    "df021288-bdef-4463-88db-98f22de89214"
#define ID_SETTINGS "40f97065-369a-49f4-947c-6a255697ae91"
#define ID_MAIL     "693c5e45-0940-467d-9b8a-1022fb9d42ef"

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

static const char permissions_of_app[] =
    REQUIRE(ROLE(ID_USERS) "," ROLE(ID_SETTINGS) "," ROLE(ID_MAIL));
// Where a scope of RBAC for Applications opens the mailboxes, consent to the rest would undo it.
static const char permissions_of_scoped[] = REQUIRE(ROLE(ID_USERS));
static const char permissions_of_identity[] =
    "# A managed identity has no registration to consent to: its permissions are assigned.\n"
    "Connect-MgGraph{mgconnect} -Scopes "
    "Application.Read.All,AppRoleAssignment.ReadWrite.All\n" ASSIGN(ID_USERS) ASSIGN(ID_SETTINGS)
        ASSIGN(ID_MAIL);
// User.Read, User.ReadBasic.All, Mail.ReadBasic, Mail.Read.Shared.
static const char permissions_of_person[] =
    REQUIRE(SCOPE("e1fe6dd8-ba31-4d61-89e7-88639da4683d") "," SCOPE(
        "b340eb25-3456-403f-be2f-"
        "af7a0d370277") "," SCOPE("a4b8392a-d8d1-4954-a029-8e668a39a170") "," SCOPE("7b9103a5-4610-"
                                                                                    "446b-9670-"
                                                                                    "80643382c1f"
                                                                                    "a"));

static const char scope_of_app[] =
    "# Only where not all mailboxes are meant. A scope adds and takes nothing away: while the "
    "tenant\n"
    "# consents to MailboxSettings.Read and Mail.ReadBasic.All (or Mail.Read), the application "
    "opens\n"
    "# every mailbox, whatever stands here. Take that consent back, and keep User.Read.All.\n"
    "# -ObjectId is the enterprise application's: with the registration's it fails without a "
    "word.\n"
    "# Changes count after half an hour to two hours.\n"
    "Connect-MgGraph{mgconnect} -Scopes Application.Read.All\n"
    "Connect-ExchangeOnline{connect}\n"
    "New-ServicePrincipal -AppId {appid} -ObjectId " SP " -DisplayName 'tenon'\n"
    "New-ManagementScope -Name 'tenon' -RecipientRestrictionFilter \"CustomAttribute1 -eq "
    "'tenon'\"\n"
    "New-ManagementRoleAssignment -Name 'tenon mail' -App {appid} -Role 'Application "
    "Mail.ReadBasic' "
    "-CustomResourceScope 'tenon'\n"
    "New-ManagementRoleAssignment -Name 'tenon settings' -App {appid} -Role 'Application "
    "MailboxSettings.Read' -CustomResourceScope 'tenon'\n"
    "Test-ServicePrincipalAuthorization -Identity {appid}";

static const char rights_of_person[] =
    "# For each mailbox that the person who signs in is to reach:\n"
    "Connect-ExchangeOnline{connect}\n"
    "Add-MailboxPermission -Identity {mailbox} -User {account} -AccessRights FullAccess "
    "-AutoMapping $false";

struct planning {
  struct tenon_session *s;
  const tenon_sink *sink;
  struct verdict_evidence who;
  uint32_t app, permissions, consent, scope; // states
  uint32_t flags;                            // of the steps to come
};

static void
put_step(struct planning *p, uint32_t state, const char *id, const char *title, const char *kind,
         const char *body, const char *undo, const char *needs)
{
  char commands[MSGRAPH_PLAN_TEXT_MAX], back[MSGRAPH_PLAN_TEXT_MAX / 2];
  struct kit_text to, from;
  bool command = strcmp(kind, TENON_STEP_KIND_VISIT) != 0;
  kit_text_init(&to, commands, sizeof commands);
  kit_text_init(&from, back, sizeof back);
  verdict_expand(&to, body, &p->who, command);
  verdict_expand(&from, undo, &p->who, command);
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

#define UNREGISTER MANAGE "Remove-MgApplication -ApplicationId " APP
#define REVOKE                                                                                     \
  "In {portal}: Enterprise applications, the application {appid}, Permissions, Review "            \
  "permissions, Revoke."

static void
plan_app(struct planning *p)
{
  bool scoped = p->scope == TENON_STEP_DONE;
  if (scoped && p->permissions == TENON_STEP_MISSING &&
      permission_held(p->s, permission_for(p->s, NEED_DIRECTORY)))
    p->permissions = p->consent = TENON_STEP_DONE;
  put_step(p, p->app, MSGRAPH_ID ".app", "Register the application", TENON_STEP_KIND_ENTRA,
           register_app, UNREGISTER, "Application Developer, or Cloud Application Administrator");
  put_step(p, p->permissions, MSGRAPH_ID ".permissions",
           scoped ? "Ask for the application permission User.Read.All"
                  : "Ask for the application permissions User.Read.All, MailboxSettings.Read and "
                    "Mail.ReadBasic.All",
           TENON_STEP_KIND_ENTRA, scoped ? permissions_of_scoped : permissions_of_app, UNREQUIRE,
           "Owner of the application, or Cloud Application Administrator");
  put_step(p, p->consent, MSGRAPH_ID ".consent", "Consent for the whole tenant",
           TENON_STEP_KIND_VISIT, "{consent}", REVOKE, "Privileged Role Administrator");
}

static void
plan_identity(struct planning *p)
{
  put_step(p, p->app, MSGRAPH_ID ".app", "Switch the machine's managed identity on",
           TENON_STEP_KIND_ENTRA, register_identity,
           "# In the Azure portal: the virtual machine, Security, Identity, System assigned: Off.",
           "Virtual Machine Contributor in Azure");
  put_step(p, p->permissions, MSGRAPH_ID ".permissions",
           "Assign it the permissions User.Read.All, MailboxSettings.Read and Mail.ReadBasic.All",
           TENON_STEP_KIND_ENTRA, permissions_of_identity,
           "# In {portal}: Enterprise applications, Managed Identities, {appid}, Permissions.",
           "Privileged Role Administrator");
}

static void
plan_person(struct planning *p)
{
  put_step(p, p->app, MSGRAPH_ID ".app", "Register the application", TENON_STEP_KIND_ENTRA,
           register_public, UNREGISTER,
           "Application Developer, or Cloud Application Administrator");
  put_step(p, p->permissions, MSGRAPH_ID ".permissions",
           "Ask for the delegated permissions User.Read, User.ReadBasic.All, Mail.ReadBasic and "
           "Mail.Read.Shared",
           TENON_STEP_KIND_ENTRA, permissions_of_person, UNREQUIRE,
           "Owner of the application, or Cloud Application Administrator");
  put_step(p, p->consent, MSGRAPH_ID ".consent", "Consent, where users may not do so themselves",
           TENON_STEP_KIND_VISIT, "{consent}", REVOKE, "Cloud Application Administrator");
  put_step(p, p->scope, MSGRAPH_ID ".scope", "Give the person full access to the mailboxes",
           TENON_STEP_KIND_CMDLET, rights_of_person,
           "Remove-MailboxPermission -Identity {mailbox} -User {account} -AccessRights FullAccess",
           "Recipient Management");
}

static void
plan_scope(struct planning *p)
{
  p->flags = TENON_STEP_OPTIONAL;
  put_step(p, p->scope, MSGRAPH_ID ".scope", "Limit the application to some mailboxes",
           TENON_STEP_KIND_CMDLET, scope_of_app,
           "Remove-ManagementRoleAssignment -Identity 'tenon mail' -Confirm:$false\n"
           "Remove-ManagementRoleAssignment -Identity 'tenon settings' -Confirm:$false\n"
           "Remove-ManagementScope -Identity 'tenon' -Confirm:$false\n"
           "Remove-ServicePrincipal -Identity {appid}",
           "Organization Management");
}

tenon_status
msgraph_configure(tenon_session *s, const tenon_call *call, uint32_t phase,
                  const tenon_step *const *steps, const tenon_sink *sink)
{
  (void)steps;
  if (phase != TENON_PLAN)
    return TENON_E_UNSUPPORTED;
  struct planning p = {.s = s, .sink = sink};
  token_anew(s);
  tenon_status status = look(&p, call);
  if (status == TENON_OK)
    status = look_at_mailbox(&p, call);
  if (status != TENON_OK)
    return status;
  token_witness(s, &p.who);
  p.who.mailbox = s->mailbox[0] != 0 ? s->mailbox : "NAME@DOMAIN";
  p.who.server = s->server;
  p.who.tried = "";
  if (!s->app) {
    plan_person(&p);
    return TENON_OK;
  }
  if (s->answers.settings.grant == OAUTH_MANAGED_IDENTITY)
    plan_identity(&p);
  else
    plan_app(&p);
  plan_scope(&p);
  return TENON_OK;
}
