// SPDX-License-Identifier: Apache-2.0
//
// The steps. What a registration is made with here is what sign-in and consent count on: one tenant, http://localhost.
#include "cloud_plan.h"

#include <tenon/exchange.h>

#include <string.h>

#define PORTAL_REGISTRATION                                                                        \
  "# In the portal: {portal}, App registrations, New registration: accounts in this\n"             \
  "# organizational directory only; "
#define REGISTERERS "Application Developer, or Cloud Application Administrator"

static const char register_app[] = PORTAL_REGISTRATION
    "http://localhost as a redirect URI for mobile and\n"
    "# desktop applications, where the page of consent ends.\n" CLOUD_PLAN_MANAGE
    "New-MgApplication -DisplayName 'tenon' -SignInAudience AzureADMyOrg "
    "-PublicClient @{RedirectUris=@('http://localhost')}\n"
    "New-MgServicePrincipal -AppId {appid}\n"
    "# A secret (its SecretText is shown once), or upload a certificate in the portal:\n"
    "Add-MgApplicationPassword -ApplicationId " CLOUD_PLAN_APP;

static const char register_public[] = PORTAL_REGISTRATION
    "Authentication: Mobile and desktop applications with\n"
    "# http://localhost, and Allow public client flows.\n" CLOUD_PLAN_MANAGE
    "New-MgApplication -DisplayName 'tenon' -SignInAudience AzureADMyOrg -IsFallbackPublicClient "
    "-PublicClient @{RedirectUris=@('http://localhost')}\n"
    "New-MgServicePrincipal -AppId {appid}";

void
cloud_plan_step(const struct cloud_plan *p, uint32_t state, const char *id, const char *title,
                const char *kind, const char *body, const char *undo, const char *needs)
{
  char commands[CLOUD_PLAN_TEXT_MAX], back[CLOUD_PLAN_TEXT_MAX];
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

void
cloud_plan_register(const struct cloud_plan *p, uint32_t state, const char *id)
{
  cloud_plan_step(p, state, id, "Register the application", TENON_STEP_KIND_ENTRA,
                  p->app ? register_app : register_public,
                  CLOUD_PLAN_MANAGE "Remove-MgApplication -ApplicationId " CLOUD_PLAN_APP,
                  REGISTERERS);
}

void
cloud_plan_permissions(const struct cloud_plan *p, uint32_t state, const char *id,
                       const char *title, const char *body, const char *undo)
{
  cloud_plan_step(p, state, id, title, TENON_STEP_KIND_ENTRA, body, undo,
                  "Owner of the application, or Cloud Application Administrator");
}

void
cloud_plan_consent(const struct cloud_plan *p, uint32_t state, const char *id, const char *resource,
                   const char *scope)
{
  char url[CLOUD_PLAN_TEXT_MAX];
  struct kit_text text;
  kit_text_init(&text, url, sizeof url);
  kit_text_printf(&text, "%s/%s/v2.0/adminconsent?client_id=%s&scope=%s/%s&redirect_uri=%s",
                  p->who.authority, p->who.tenant, p->who.client_id, resource, scope,
                  "http://localhost");
  cloud_plan_step(
      p, state, id,
      p->app ? "Consent for the whole tenant" : "Consent, where users may not do so themselves",
      TENON_STEP_KIND_VISIT, url,
      "# In {portal}: Enterprise applications, the application {appid}, Permissions, Review "
      "permissions.",
      p->app ? "Privileged Role Administrator" : "Cloud Application Administrator");
}

void
cloud_plan_identity(const struct cloud_plan *p, uint32_t state, const char *id)
{
  cloud_plan_step(
      p, state, id, "Switch the machine's managed identity on", TENON_STEP_KIND_ENTRA,
      "# In the Azure portal: the virtual machine, Security, Identity, System assigned: On.\n"
      "Connect-MgGraph{mgconnect} -Scopes Application.Read.All\n"
      "Get-MgServicePrincipal -Filter \"appId eq {appid}\"",
      "# In the Azure portal: the virtual machine, Security, Identity, System assigned: Off.",
      "Virtual Machine Contributor in Azure");
}

void
cloud_plan_assign(const struct cloud_plan *p, uint32_t state, const char *id, const char *title,
                  const char *body)
{
  cloud_plan_step(
      p, state, id, title, TENON_STEP_KIND_ENTRA, body,
      "# In {portal}: Enterprise applications, Managed Identities, {appid}, Permissions.",
      "Privileged Role Administrator");
}

void
cloud_plan_limit(const struct cloud_plan *p, uint32_t state, const char *id, const char *body,
                 const char *undo)
{
  struct cloud_plan optional = *p;
  optional.flags |= TENON_STEP_OPTIONAL;
  cloud_plan_step(&optional, state, id, "Limit the application to some mailboxes",
                  TENON_STEP_KIND_CMDLET, body, undo, "Organization Management");
}

void
cloud_plan_rights(const struct cloud_plan *p, uint32_t state, const char *id)
{
  cloud_plan_step(
      p, state, id, "Give the person full access to the mailboxes", TENON_STEP_KIND_CMDLET,
      "# For each mailbox that the person who signs in is to reach:\n"
      "Connect-ExchangeOnline{connect}\n"
      "Add-MailboxPermission -Identity {mailbox} -User {account} -AccessRights FullAccess "
      "-AutoMapping $false",
      "Connect-ExchangeOnline{connect}\n"
      "Remove-MailboxPermission -Identity {mailbox} -User {account} -AccessRights FullAccess "
      "-Confirm:$false",
      "Recipient Management");
}
