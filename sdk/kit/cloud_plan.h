// SPDX-License-Identifier: Apache-2.0
//
// An administrator's plan for a connector with tokens: the steps that are the same whatever the service, in the words and the
// commands of all of them, and the parts of those that name the service. Whoever runs one may run it alone: each names the
// modules that it connects by, in the cloud that was answered.
#ifndef KIT_CLOUD_PLAN_H
#define KIT_CLOUD_PLAN_H

#include "verdict.h"

#include <tenon/plugin.h>

#define CLOUD_PLAN_TEXT_MAX 4096 // bytes of a step's commands

// Parts of commands; {places} are filled in by the step. The service principal, and the registration:
#define CLOUD_PLAN_SP        "(Get-MgServicePrincipal -Filter \"appId eq {appid}\").Id"
#define CLOUD_PLAN_APP       "(Get-MgApplication -Filter \"appId eq {appid}\").Id"
#define CLOUD_PLAN_MANAGE    "Connect-MgGraph{mgconnect} -Scopes Application.ReadWrite.All\n"
#define CLOUD_PLAN_ROLE(id)  "@{Id='" id "';Type='Role'}"
#define CLOUD_PLAN_SCOPE(id) "@{Id='" id "';Type='Scope'}"
// What the registration asks of other services than this one. The list is replaced as a whole: they are read first and kept.
#define CLOUD_PLAN_OTHERS(service)                                                                 \
  "@((Get-MgApplication -Filter \"appId eq {appid}\").RequiredResourceAccess | Where-Object { "    \
  "$_.ResourceAppId -ne '" service "' })"
// Asks for these permissions of the service, and takes that back.
#define CLOUD_PLAN_REQUIRE(service, name, list)                                                    \
  "# Other permissions of " name                                                                   \
  " go into the same list, or are not asked for any more.\n" CLOUD_PLAN_MANAGE                     \
  "Update-MgApplication -ApplicationId " CLOUD_PLAN_APP                                            \
  " -RequiredResourceAccess (" CLOUD_PLAN_OTHERS(service) " + @{ResourceAppId='" service           \
                                                          "';ResourceAccess=@(" list ")})"
#define CLOUD_PLAN_UNREQUIRE(service)                                                              \
  CLOUD_PLAN_MANAGE "Update-MgApplication -ApplicationId " CLOUD_PLAN_APP                          \
                    " -RequiredResourceAccess " CLOUD_PLAN_OTHERS(service)
// Assigns permissions to a managed identity, each CLOUD_PLAN_ASSIGN_ONE.
#define CLOUD_PLAN_ASSIGN(list)                                                                    \
  "# A managed identity has no registration to consent to: what it may is assigned.\n"             \
  "Connect-MgGraph{mgconnect} -Scopes Application.Read.All,AppRoleAssignment.ReadWrite.All" list
#define CLOUD_PLAN_ASSIGN_ONE(service, id)                                                         \
  "\nNew-MgServicePrincipalAppRoleAssignment -ServicePrincipalId " CLOUD_PLAN_SP                   \
  " -PrincipalId " CLOUD_PLAN_SP                                                                   \
  " -ResourceId (Get-MgServicePrincipal -Filter \"appId eq '" service "'\").Id -AppRoleId " id
// RBAC for Applications. why: comments, roles: each CLOUD_PLAN_LIMIT_ROLE, unroles: each CLOUD_PLAN_UNLIMIT_ROLE.
#define CLOUD_PLAN_LIMIT(why, roles)                                                               \
  why "# -ObjectId is the enterprise application's: with the registration's it fails without a "   \
      "word.\n"                                                                                    \
      "# A change counts after half an hour to two hours; the last command shows it at once.\n"    \
      "Connect-MgGraph{mgconnect} -Scopes Application.Read.All\n"                                  \
      "Connect-ExchangeOnline{connect}\n"                                                          \
      "New-ServicePrincipal -AppId {appid} -ObjectId " CLOUD_PLAN_SP " -DisplayName 'tenon'\n"     \
      "New-ManagementScope -Name 'tenon' -RecipientRestrictionFilter \"CustomAttribute1 -eq "      \
      "'tenon'\"\n" roles                                                                          \
      "Test-ServicePrincipalAuthorization -Identity {appid} -Resource {mailbox}"
#define CLOUD_PLAN_LIMIT_ROLE(name, role)                                                          \
  "New-ManagementRoleAssignment -Name '" name "' -App {appid} -Role '" role                        \
  "' -CustomResourceScope 'tenon'\n"
#define CLOUD_PLAN_UNLIMIT(unroles)                                                                \
  "Connect-ExchangeOnline{connect}\n" unroles                                                      \
  "Remove-ManagementScope -Identity 'tenon' -Confirm:$false\n"                                     \
  "Remove-ServicePrincipal -Identity {appid}"
#define CLOUD_PLAN_UNLIMIT_ROLE(name)                                                              \
  "Remove-ManagementRoleAssignment -Identity '" name "' -Confirm:$false\n"

struct cloud_plan {
  const tenon_sink *sink;
  struct verdict_evidence who; // what {places} are filled from; mailbox is not NULL
  bool app;                    // it is for an application, not for a person
  uint32_t flags;              // of the steps to come
};

void cloud_plan_step(const struct cloud_plan *, uint32_t state, const char *id, const char *title,
                     const char *kind, const char *body, const char *undo, const char *needs);
// The registration, with the redirect URI at which the page of consent ends.
void cloud_plan_register(const struct cloud_plan *, uint32_t state, const char *id);
void cloud_plan_permissions(const struct cloud_plan *, uint32_t state, const char *id,
                            const char *title, const char *body, const char *undo);
// The page that asks for exactly this scope of the service at `resource` ("https://graph.microsoft.com").
void cloud_plan_consent(const struct cloud_plan *, uint32_t state, const char *id,
                        const char *resource, const char *scope);
// In their place, of a managed identity: switched on, and assigned what it may.
void cloud_plan_identity(const struct cloud_plan *, uint32_t state, const char *id);
void cloud_plan_assign(const struct cloud_plan *, uint32_t state, const char *id, const char *title,
                       const char *body);
// Which mailboxes: of an application, for who does not mean all of them; of a person, full access to each.
void cloud_plan_limit(const struct cloud_plan *, uint32_t state, const char *id, const char *body,
                      const char *undo);
void cloud_plan_rights(const struct cloud_plan *, uint32_t state, const char *id);

#endif
